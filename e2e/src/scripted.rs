//! A server inside the page, by which an element comes into every state at once, also into those that a real server
//! has only by chance.

use serde_json::Value;

use crate::room_page::{ENTER, RoomPage};

/// The key Esc.
const ESCAPE: &str = "\u{e00c}";

/// Points at a text of Bob's.
const POINT: &str = "const texts = [...host.shadowRoot.querySelectorAll('.row.theirs .text')];
    texts.at(-1).dispatchEvent(new MouseEvent('mouseover', { bubbles: true, composed: true }));";

const SERVER: &str = include_str!("scripted.js");

/// Every state, in the order in which one element comes through them.
pub const STATES: &[&str] = &[
    "idle",
    "wrong",
    "connecting",
    "joining",
    "empty",
    "talk",
    "actions",
    "replying",
    "people",
    "menu",
    "search",
    "suggestions",
    "help",
    "inspector",
    "details",
    "changing",
    "above",
    "offline",
    "waiting",
    "closed",
    "broken",
];

/// The server of one page.
#[derive(Debug)]
pub struct Scripted<'a> {
    page: &'a RoomPage,
}

impl<'a> Scripted<'a> {
    /// From now on the page's sockets lead here.
    pub async fn new(page: &'a RoomPage) -> Self {
        page.page().script(SERVER, vec![]).await;
        Self { page }
    }

    /// Brings the element from one of [`STATES`] into the next.
    ///
    /// # Panics
    /// If there is no such state.
    pub async fn bring_about(&self, state: &str) {
        let page = self.page;
        match state {
            "idle" => {
                page.until_state("idle").await;
            }
            "wrong" => {
                page.enter_protocols("chat, chat").await;
                page.click("#connect").await;
                page.until("the complaint", |it| it.protocols.invalid).await;
            }
            "connecting" => {
                // Not this machine: that is never offline.
                page.enter_url("wss://chat.example.org/socket").await;
                page.enter_protocols("one").await;
                page.enter_name("Ann").await;
                page.click("#connect").await;
                page.until_state("connecting").await;
                self.until("return scripted.socket !== undefined").await;
            }
            "joining" => {
                self.run("scripted.socket.open()").await;
                page.until_state("joining").await;
                self.until("return scripted.heard('join').length > 0").await;
            }
            "empty" => {
                self.run("scripted.joined([])").await;
                page.until_state("open").await;
            }
            "talk" => self.talk().await,
            "actions" => {
                page.with_host(POINT).await;
                self.until_there(".actions").await;
            }
            "replying" => {
                page.click(".actions [data-do=reply]").await;
                self.until_there("#mode:not([hidden])").await;
            }
            "people" => {
                page.click("#mode-cancel").await;
                page.click("#people").await;
                self.until_there("#people-panel:not([hidden])").await;
            }
            "menu" => {
                page.click("#people-close").await;
                page.click("#menu-button").await;
                self.until_there("#menu:not([hidden])").await;
            }
            "search" => {
                page.click("#menu-search").await;
                page.page().press("the").await;
                self.until_there("#search-count:not(:empty)").await;
            }
            "suggestions" => {
                page.page().press(ESCAPE).await;
                page.type_text("/").await;
                self.until_there("#suggestions:not([hidden])").await;
            }
            "help" => {
                page.page().press(ESCAPE).await;
                page.type_text(&format!("help{ENTER}")).await;
                self.until_there("#help:not([hidden])").await;
            }
            "inspector" => {
                page.click("#help-close").await;
                page.with_host("host.inspector = true").await;
                self.run(
                    "scripted.socket.say(scripted.entry(21, scripted.BOB, 'Who looks here sees it all'));
                     scripted.socket.say({ type: 'typing', client: scripted.BOB, on: true });
                     scripted.socket.say({ type: 'typing', client: scripted.BOB, on: false });",
                )
                .await;
                self.until_there("#inspector:not([hidden]) [role=treeitem]:nth-child(4)")
                    .await;
            }
            "details" => {
                page.with_host("host.inspector = false").await;
                page.click("#status").await;
                page.until("the details", |it| !it.details.is_empty()).await;
            }
            "changing" => {
                page.click("#status").await;
                page.click("#change").await;
                page.until("the fields", |it| it.url.shown).await;
            }
            "above" => {
                page.click("#connect").await;
                page.with_host("host.shadowRoot.getElementById('message').scrollTop = 0")
                    .await;
                page.until("the top", |it| it.from_top < 1.0 && it.from_end > 100.0)
                    .await;
                self.run("scripted.socket.say(scripted.entry(30, scripted.BOB, 'news'))")
                    .await;
                page.until("the button", |it| it.newer.shown).await;
            }
            "offline" => {
                let offline = "Object.defineProperty(navigator, 'onLine', { get: () => false, configurable: true });
                    window.dispatchEvent(new Event('offline')); scripted.socket.end(1006)";
                self.run(offline).await;
                page.until_state("offline").await;
            }
            "waiting" => {
                self.run("delete navigator.onLine; window.dispatchEvent(new Event('online'))")
                    .await;
                // Again and again, since the first waits are short.
                for _ in 0..7 {
                    page.with_host("if (host.shadowRoot.querySelector('[data-state=waiting]')) host.connect()")
                        .await;
                    page.until_state("connecting").await;
                    self.run("scripted.socket.end(1006)").await;
                    page.until_state("waiting").await;
                }
            }
            "closed" => {
                page.disconnect().await;
                page.until_state("closed").await;
            }
            "broken" => {
                // Other words write everything anew, and the next node is one too many.
                let script = "const { append } = Element.prototype;
                    Element.prototype.append = function () {
                        Element.prototype.append = append;
                        throw new Error('broken on purpose');
                    };
                    host.texts = {};";
                page.with_host(script).await;
                page.until("the confession", |it| !it.broken.is_empty()).await;
            }
            other => panic!("{other} is no state"),
        }
    }

    /// A conversation, with a text that waits, one that was refused, one that is missing, and somebody who types.
    async fn talk(&self) {
        let page = self.page;
        self.run(
            "const log = scripted.conversation(document.documentElement.lang.startsWith('zh'));
             for (const it of log) scripted.socket.say(it);
             scripted.socket.say({ type: 'presence', joined: [{ client: 'ab'.repeat(16), name: 'Zoë' }], left: [scripted.BOB],
                 renamed: [], count: 4 });",
        )
        .await;
        page.until("the conversation", |it| it.rows_of("own").count() >= 4)
            .await;
        page.paste("refused").await;
        page.click("#send").await;
        self.until("return scripted.heard('post').length > 0").await;
        self.run(
            "const { n } = scripted.heard('post').at(-1);
             scripted.socket.say({ type: 'refused', n, code: 'limit', message: 'too much' });
             scripted.socket.say(scripted.entry(20, scripted.BOB, 'after a gap'));
             scripted.socket.say({ type: 'typing', client: scripted.LIN, on: true });",
        )
        .await;
        page.until("a failed post and a hole", |it| {
            it.rows.iter().any(|row| row.delivery == "failed") && it.rows.iter().any(|row| row.kind == "hole")
        })
        .await;
        page.paste("waiting").await;
        page.click("#send").await;
        page.until("a post that waits", |it| {
            it.rows.iter().any(|row| row.delivery == "waiting")
        })
        .await;
    }

    /// Waits until there is such an element.
    async fn until_there(&self, selector: &str) {
        let there = format!("return host.shadowRoot.querySelector({selector:?}) !== null");
        crate::wait::until(selector, async || match self.page.with_host(&there).await {
            Value::Bool(true) => Ok(()),
            other => Err(other.to_string()),
        })
        .await;
    }

    async fn run(&self, script: &str) {
        self.page.page().script(script, vec![]).await;
    }

    async fn until(&self, script: &str) {
        crate::wait::until(script, async || match self.page.page().script(script, vec![]).await {
            Value::Bool(true) => Ok(()),
            other => Err(other.to_string()),
        })
        .await;
    }
}
