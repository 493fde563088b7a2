//! Samples that are pages, or run in one.

use e2e::{
    files::FileServer, in_both_browsers, page::Page, programs, relay::Relay, stage::Stage, test_server::TestServer,
    wait::until,
};
use serde_json::{Value, json};

use crate::markdown::{Block, Document, blocks, pages};

in_both_browsers!(
    pages_and_scripts_work,
    style_sheets_are_understood,
    the_content_security_policy_suffices,
);

/// The chat's address in the samples, where a relay is put.
const CHAT: &str = "ws://localhost:8005/socket";
/// Any other server's address in the samples, where one is put that sends back what it gets.
const ELSEWHERE: &str = "wss://example.org/socket";
/// What a sample's server answers where a ticket or a token is fetched from.
const ANSWERS: [(&str, &str); 2] = [("/ticket", "a-ticket"), ("/token", "a-token")];

/// Counts the sockets that open, and hides from no script that they are native.
const COUNT_SOCKETS: &str = "() => {
    const Native = WebSocket;
    window.sampleOpened = 0;
    window.WebSocket = new Proxy(Native, {
        construct(target, args, asked) {
            const socket = Reflect.construct(target, args, asked === window.WebSocket ? target : asked);
            socket.addEventListener('open', () => window.sampleOpened++);
            return socket;
        },
    });
}";

/// Connects what is not connected, and tells what is still missing.
const CONNECT: &str = "const rooms = [...document.querySelectorAll('chat-room')];
    if (rooms.some((it) => !it.connect)) return 'no element yet';
    for (const it of rooms) if (it.readyState === 3) it.connect();
    return rooms.some((it) => it.readyState !== 1) ? 'not connected' : '';";

/// A page, and the modules that run in it.
struct Sample {
    place: String,
    page: String,
    scripts: String,
}

/// The servers that samples talk to.
struct Servers {
    relay: Relay,
    other: TestServer,
}

impl Servers {
    async fn start() -> Self {
        Self {
            relay: Relay::start(),
            other: TestServer::start("127.0.0.1:0").await.expect("a free port"),
        }
    }

    /// A sample with the addresses of these servers.
    fn put_into(&self, sample: &str) -> String {
        let other = format!("ws://{}/echo", self.other.addr());
        sample.replace(CHAT, &self.relay.socket()).replace(ELSEWHERE, &other)
    }
}

/// The page that samples stand on which show none themselves.
fn readme_page() -> String {
    let readme = Document::read("README.md");
    let block = readme.blocks.into_iter().find(|block| block.language == "html");
    block.expect("README.md has a page").text
}

fn samples(document: Document) -> Vec<Sample> {
    let mut samples: Vec<Sample> = Vec::new();
    for block in document.blocks {
        let Block { place, text, .. } = block;
        let continued = !block.words.is_empty();
        match &*block.language {
            "html" => samples.push(Sample {
                place,
                page: text,
                scripts: String::new(),
            }),
            "js" => {
                if !continued || samples.is_empty() {
                    samples.push(Sample {
                        place,
                        page: if continued { readme_page() } else { String::new() },
                        scripts: String::new(),
                    });
                }
                let sample = samples.last_mut().expect("there is one now");
                sample.scripts.push_str(&text);
            }
            _ => {}
        }
    }
    samples
}

impl Sample {
    fn html(&self, servers: &Servers) -> String {
        let scripts = match &*self.scripts {
            "" => String::new(),
            scripts => format!("<script type=\"module\">\n{scripts}\nwindow.sampleRan = true;\n</script>"),
        };
        // As a bundler finds the package.
        let names = r#"<script type="importmap">{"imports":{"chat-room":"/pkg/chat_room.js"}}</script>"#;
        let body = [&self.page, &scripts].map(|it| servers.put_into(it)).concat();
        format!("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>A sample</title>{names}{body}</html>")
    }

    async fn run(&self, page: &Page) {
        let console = || page.browser().bidi().console();
        let before = console().len();
        let no_errors = || {
            let errors = console().split_off(before);
            let errors: Vec<_> = errors.into_iter().filter(|it| it.level == "error").collect();
            assert!(errors.is_empty(), "{}: {errors:?}", self.place);
        };
        until(&self.place, async || {
            no_errors();
            let done = if self.scripts.is_empty() {
                page.script(CONNECT, vec![]).await
            } else {
                let opens = [CHAT, ELSEWHERE].iter().any(|it| self.scripts.contains(it));
                let done = "return !window.sampleRan ? 'the script has not run to its end'
                    : arguments[0] && window.sampleOpened === 0 ? 'no socket has opened' : ''";
                page.script(done, vec![json!(opens)]).await
            };
            match done.as_str() {
                Some("") => Ok(()),
                other => Err(other.unwrap_or_default().to_owned()),
            }
        })
        .await;
        no_errors();
    }
}

async fn pages_and_scripts_work(stage: &Stage) {
    let servers = Servers::start().await;
    let samples: Vec<_> = pages().into_iter().flat_map(samples).collect();
    let served: Vec<_> = samples.iter().map(|sample| sample.html(&servers)).collect();
    let paths: Vec<_> = (1..=samples.len())
        .map(|number| format!("/sample-{number}.html"))
        .collect();
    let mut site: Vec<_> = paths
        .iter()
        .map(|it| &**it)
        .zip(served.iter().map(|it| &**it))
        .collect();
    site.extend(ANSWERS);
    let files = FileServer::start(&programs::repository().join("www"), &site).await;
    let page = stage.window().await;
    count_sockets(&page).await;
    for (sample, path) in samples.iter().zip(&paths) {
        page.go(&format!("{}{path}", files.origin())).await;
        sample.run(&page).await;
    }
    assert!(samples.len() > 5, "the samples are found");
}

async fn count_sockets(page: &Page) {
    let script = json!({ "functionDeclaration": COUNT_SOCKETS });
    page.browser().bidi().command("script.addPreloadScript", script).await;
}

/// Tells what of a style sheet has no effect on the page's element.
const MISUNDERSTOOD: &str = r"
    const [text, known] = arguments;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    const kept = [...sheet.cssRules].flatMap((rule) => [...rule.style].length ? [rule] : []);
    const missing = [];
    for (const [, name] of text.matchAll(/^\s+([\w-]+):/gm)) {
        if (!kept.some((rule) => rule.style.getPropertyValue(name))) missing.push(name);
        if (name.startsWith('--chat-room-') && !known.includes(`var(${name}`)) missing.push(name);
    }
    const inside = document.querySelector('chat-room').shadowRoot;
    for (const [, part] of text.matchAll(/::part\(([\w-]+)\)/g)) {
        if (!inside.querySelector(`[part~=${part}]`)) missing.push(`part ${part}`);
    }
    for (const rule of sheet.cssRules) {
        const own = rule.selectorText.replace(/::part.*/, '');
        if (!document.querySelector(own)) missing.push(own);
    }
    return missing;";

async fn style_sheets_are_understood(stage: &Stage) {
    let servers = Servers::start().await;
    // A bubble is there when something was said.
    let page_itself = Sample {
        place: "README.md".to_owned(),
        page: readme_page(),
        scripts: String::new(),
    };
    let site = [("/", &*page_itself.html(&servers))];
    let files = FileServer::start(&programs::repository().join("www"), &site).await;
    let page = stage.window().await;
    page.go(&files.origin()).await;
    page_itself.run(&page).await;
    let said = "const it = document.querySelector('chat-room');
        if (!it.messages().length) it.send('a message');
        return it.shadowRoot.querySelector('[part~=bubble]') ? '' : 'no message yet'";
    until("a message", async || match page.script(said, vec![]).await.as_str() {
        Some("") => Ok(()),
        other => Err(other.unwrap_or_default().to_owned()),
    })
    .await;
    for block in blocks("css") {
        let known = style_of_the_element();
        let missing = page.script(MISUNDERSTOOD, vec![json!(block.text), json!(known)]).await;
        assert_eq!(missing, json!([]), "{}: without effect", block.place);
    }
}

/// All style sheets of the element.
fn style_of_the_element() -> String {
    let folder = programs::repository().join("src/web/element/style");
    let files = std::fs::read_dir(folder).expect("the element has style sheets");
    let paths = files.map(|it| it.expect("it can be read").path());
    paths
        .map(|it| std::fs::read_to_string(it).expect("it is a text"))
        .collect()
}

async fn the_content_security_policy_suffices(stage: &Stage) {
    const HEADER: &str = "Content-Security-Policy: ";
    let servers = Servers::start().await;
    // No script may stand in the page itself, so README's stands beside it.
    let module = r#"<script type="module" src="/start.js"></script>"#;
    let readme = servers.put_into(&readme_page());
    let (_, rest) = readme
        .split_once("<script type=\"module\">")
        .expect("README has a module");
    let (script, element) = rest.split_once("</script>").expect("it ends");
    let html =
        format!("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>A page</title>{module}{element}");
    let mut tried = 0;
    for block in blocks("http") {
        let policy = block.text.trim_end().strip_prefix(HEADER);
        let policy = policy.unwrap_or_else(|| panic!("{}: only {HEADER}is tried", block.place));
        let policy = policy.replace("wss://chat.example.org", &format!("ws://{}", servers.relay.host()));
        let site = [("/", &*html), ("/start.js", script)];
        let files = FileServer::with_policy(&programs::repository().join("www"), &site, &policy).await;
        let page = stage.window().await;
        page.go(&files.origin()).await;
        let sample = Sample {
            place: block.place,
            page: html.clone(),
            scripts: String::new(),
        };
        sample.run(&page).await;
        let styled = "return getComputedStyle(document.querySelector('chat-room')).display";
        assert_ne!(
            page.script(styled, vec![]).await,
            Value::from("inline"),
            "it has its style"
        );
        tried += 1;
    }
    assert!(tried > 0, "the policy is found");
}
