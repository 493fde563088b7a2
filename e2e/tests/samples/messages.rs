//! The error messages: all that are in the code are in `docs/troubleshooting.md`, and no others.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use e2e::programs;

use crate::{
    literals::{self, Literal},
    markdown::Document,
};

/// Texts of the element that tell of trouble: by their names, or by how their names begin.
const ELEMENT: &[&str] = &[
    "refused_*",
    "why_*",
    "url_*",
    "field_*",
    "code_*",
    "room_token",
    "room_forbidden",
    "room_elsewhere",
    "room_restart",
    "room_slow",
    "mixed_content",
    "blocked",
    "protocol_empty",
    "protocol_bad",
    "protocol_twice",
    "no_*",
    "waits_for_you",
    "waiting_offline",
    "waiting_paused",
    "offline_ending",
    "unclean",
    "not_kept",
    "unreadable",
    "server_refused",
    "lost",
    "ended",
    "ended_for_good",
    "turned_away",
    "log_reset",
    "missed",
    "hole",
    "older_full",
    "delivery_failed",
    "source_gone",
    "edited_is_gone",
    "answered_is_gone",
    "held",
    "copy_failed",
    "bare_command",
    "needs_room",
    "notifications_denied",
    "notifications_missing",
    "raw_digit",
    "raw_half",
    "raw_past_room",
    "traffic_not_copied",
    "traffic_errored",
    "traffic_not_sent",
    "traffic_refused",
];

/// Where else messages are, how many words one has at least, and what stands before it: one of these, or anything.
const SOURCES: &[(&str, usize, &[&str])] = &[
    ("src/websocket", 4, &[]),
    ("src/connection", 4, &[]),
    ("src/room/io.rs", 4, &[]),
    (
        "src/web",
        2,
        &[
            "Error(",
            "Exception(",
            "Error::new(",
            "invalidState(",
            "console.warn(",
            "console.error(",
            "super(",
            "write!(",
            "f.write_str(",
        ],
    ),
    ("src/web/element/element.js", 3, &["chinese ?", ":"]),
    ("www/words.js", 3, &["wrongRoom:", "noWasm:", "notLoaded:"]),
    ("wire/src/bad.rs", 2, &[]),
    ("relay/src", 4, &[]),
    ("relay/src", 1, &["info!(", "warn!(", "error!("]),
    ("xtask/src", 1, &["Failure(format!(", "Failure(", "Failure::new("]),
    ("xtask/src/failure.rs", 4, &["],"]),
];

/// What stands before a text that is for nobody but the programmer, the database or the machine.
const NOT_SHOWN: &[&str] = &[
    "expect(",
    ", reason =",
    "must_use =",
    "prepare_cached(",
    "execute_batch(",
    "query_row(",
    "execute(",
    "HELP: &str =",
    "TABLES: &str =",
    "CONTENT_SECURITY: &str =",
    "debug!(",
];

/// Texts that look like messages, and why they are none.
const NO_MESSAGES: &[(&str, &str)] = &[
    ("codes below 1000 are not used", "part of another"),
    ("it only reports \"…\" and never travels", "part of another"),
    (
        "1001 to 2999 are reserved for the protocol itself, this one for \"…\"",
        "part of another",
    ),
    ("codes from 5000 on are not defined", "part of another"),
    ("the server's own code", "a meaning, which is no trouble"),
    ("the log in memory", "part of another"),
    ("there is no version …", "part of another"),
    ("it is not ASCII", "part of another"),
    ("there is more than one", "part of another"),
    ("the connection is not TCP", "only for debugging"),
    (
        "PRAGMA application_id = …; PRAGMA user_version = …;",
        "for the database",
    ),
    ("chat-room is open at … (chat at …)", "no trouble"),
    (
        "the database does not open",
        "caught, and told as a browser that keeps nothing",
    ),
];

#[test]
fn every_error_message_is_explained_and_no_other() {
    let shown = shown();
    let explained = explained();
    let missing: Vec<_> = shown
        .difference(&explained)
        .map(|it| format!("| {} | |", code_span(it)))
        .collect();
    let gone: Vec<_> = explained.difference(&shown).map(String::as_str).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "docs/troubleshooting.md does not explain:\n{}\nand explains what nobody says any more:\n{}",
        missing.join("\n"),
        gone.join("\n")
    );
}

/// The messages of the tables: cells that are one code span. What to do stands behind them.
fn explained() -> BTreeSet<String> {
    let document = Document::read("docs/troubleshooting.md");
    let rows = document.prose.iter().filter(|(_, line)| line.starts_with("| `"));
    let mut explained = BTreeSet::new();
    for (line, row) in rows {
        let cells = row.replace("\\|", "\u{0}");
        let cells: Vec<_> = cells
            .trim_matches('|')
            .split('|')
            .map(|it| it.trim().replace('\u{0}', "|"))
            .collect();
        let (remedy, messages) = cells.split_last().expect("a row has cells");
        assert!(!remedy.is_empty(), "docs/troubleshooting.md:{line}: what to do?");
        for message in messages {
            let text = message.trim_matches('`').trim();
            assert!(
                message.starts_with('`') && message.ends_with('`'),
                "docs/troubleshooting.md:{line}"
            );
            let again = !explained.insert(text.to_owned());
            assert!(!again, "docs/troubleshooting.md:{line}: {text} is there twice");
        }
    }
    explained
}

/// The messages of the code.
fn shown() -> BTreeSet<String> {
    let mut shown: BTreeSet<String> = element_texts().collect();
    for (place, words, before) in SOURCES {
        let mut found = 0;
        for file in files(&programs::repository().join(place)) {
            for Literal { before: left, text } in read(&file) {
                let counts = count(&text) >= *words
                    && (before.is_empty() || before.iter().any(|it| follows(&left, it)))
                    && !NOT_SHOWN.iter().any(|it| follows(&left, it))
                    && !NO_MESSAGES.iter().any(|(known, _)| *known == text);
                if counts {
                    shown.insert(text);
                    found += 1;
                }
            }
        }
        assert!(found > 0, "{place} has no messages: they are somewhere else now");
    }
    shown
}

/// Whether a text is what such code is given: next to it, or anywhere in a macro's brackets.
fn follows(left: &str, what: &str) -> bool {
    let inside = |at: usize| {
        let mut open = 1;
        let mut brackets = left[at + what.len()..].chars();
        brackets.all(|it| {
            open += i32::from(it == '(') - i32::from(it == ')');
            open > 0
        })
    };
    left.ends_with(what) || what.ends_with("!(") && left.rfind(what).is_some_and(inside)
}

/// Both languages of the element's texts.
fn element_texts() -> impl Iterator<Item = String> {
    let file = programs::repository().join("src/web/element/texts.rs");
    let source = fs::read_to_string(file).expect("the element has texts");
    let lines = source
        .lines()
        .filter_map(|line| line.strip_prefix("    ")?.split_once(": \""));
    let named: Vec<_> = lines
        .filter(|(name, _)| name.chars().all(|it| it.is_lowercase() || it == '_'))
        .collect();
    let texts = ELEMENT.iter().flat_map(move |wanted| {
        let wanted_name = |name: &str| match wanted.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == *wanted,
        };
        let found: Vec<_> = named.iter().filter(|(name, _)| wanted_name(name)).collect();
        assert!(!found.is_empty(), "the element has no text {wanted} any more");
        let both = found.iter().flat_map(|(_, rest)| {
            let texts = literals::rust(&format!("\"{rest}"));
            assert_eq!(texts.len(), 2, "{rest}: one text in each language");
            texts.into_iter().map(|it| it.text.replace('%', "…"))
        });
        both.collect::<Vec<_>>()
    });
    texts.collect::<Vec<_>>().into_iter()
}

fn read(file: &Path) -> Vec<Literal> {
    let source = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    match file.extension().and_then(|it| it.to_str()) {
        Some("rs") => literals::rust(&source),
        Some("js") => literals::javascript(&source),
        _ => Vec::new(),
    }
}

/// The file, or those in the folder and below that are no tests.
fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let paths = entries.map(|it| it.expect("it can be read").path());
    let own = paths.filter(|path| !["tests", "tests.rs", "texts.rs"].iter().any(|it| path.ends_with(it)));
    own.flat_map(|path| files(&path)).collect()
}

/// How many words a text has, where two Chinese characters are as good as one.
fn count(text: &str) -> usize {
    let chinese = text.chars().filter(|it| ('\u{4e00}'..'\u{a000}').contains(it)).count();
    let words = text
        .split_whitespace()
        .filter(|word| word.chars().any(|it| it.is_ascii_alphabetic()));
    words.count() + chinese / 2
}

/// As it stands in a cell.
fn code_span(text: &str) -> String {
    let text = text.replace('|', "\\|");
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}
