//! Every code sample of the README, CONTRIBUTING and `docs/` is run, and so is checked what else these pages promise:
//! links, error messages, options.
//!
//! A block's language says how it is run. The words behind it, which no reader of the rendered page sees, say on what:
//!
//! | language | what is done with it |
//! |---|---|
//! | `html` | opened as a page beside `pkg/`, in both browsers; its elements have to connect to a relay |
//! | `js` | run as a module, on an empty page; `js continued`: in the page of the blocks before it, or README's |
//! | `css` | put on README's page: each declaration has to be understood, each part and property has to exist |
//! | `http` | a Content-Security-Policy: README's page has to work under it without a report |
//! | `sh` | each command is read by the program that it is for, or is in a list with the reason why it is not |
//! | `rust` | compiled as a documentation test for the browser, see `src/lib.rs` |
//! | `toml` | the features that it names exist |
//! | `json` | parsed |
//! | `text` | a conversation in `chat-room.v1`, held with a relay |
//! | `ini` | a unit of systemd: its sections, and what it starts |
//! | `nginx` | nginx carries a conversation with it, where there is one |

mod conversation;
mod links;
mod literals;
mod markdown;
mod messages;
mod pages;
mod promises;
mod proxy;
mod rust;
mod shell;
mod unit;

use markdown::{blocks, pages};

/// Each has its module or its test.
const LANGUAGES: [&str; 11] = [
    "html", "js", "css", "http", "sh", "rust", "toml", "json", "text", "ini", "nginx",
];

#[test]
fn no_block_escapes() {
    for block in pages().iter().flat_map(|page| &page.blocks) {
        let language = &*block.language;
        assert!(
            LANGUAGES.contains(&language),
            "{}: nothing runs `{language}`",
            block.place
        );
        let known = match language {
            "js" => &["continued"][..],
            "rust" => &["no_run"],
            _ => &[],
        };
        for word in &block.words {
            assert!(
                known.contains(&&**word),
                "{}: {language} knows no `{word}`",
                block.place
            );
        }
    }
}

#[test]
fn json_is_json() {
    for block in blocks("json") {
        let value: serde_json::Value =
            serde_json::from_str(&block.text).unwrap_or_else(|error| panic!("{}: {error}", block.place));
        let place = &block.place;
        assert!(
            value["type"].is_null(),
            "{place}: a frame is shown in a conversation, as `text`"
        );
    }
}
