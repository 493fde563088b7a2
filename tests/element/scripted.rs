//! A server that says what the test tells it to, where the browser's WebSocket would be. What it says and hears are the
//! protocol's own frames.

use chat_room_wire::{Body, Entry, History, Joined, Limits, Member, SUBPROTOCOL, ServerFrame};
use wasm_bindgen::prelude::*;

use crate::page::{Room, until};

#[wasm_bindgen(module = "/tests/element/scripted.js")]
extern "C" {
    fn install();
    fn uninstall();
    fn attempts() -> u32;
    fn offered() -> Vec<String>;
    fn open(protocol: &str);
    fn say(text: &str);
    fn end(code: u16, reason: &str);
    fn heard() -> Vec<String>;
    fn told() -> Vec<String>;
    #[wasm_bindgen(js_name = sayBytes)]
    fn say_bytes(bytes: &[u8]);
}

/// The user of the element, as the relay calls them.
pub(crate) const ME: &str = "6a0ce9459b3b6d841c473c7012ca13a5";
/// Two others.
pub(crate) const BOB: &str = "44643c0cadbaaf9bacea0264c22cb2b9";
pub(crate) const LIN: &str = "1b4f0e9851971998e732078544c96b36";

/// As long as it lives, every new WebSocket of the page leads here.
pub(crate) struct Server;

impl Server {
    pub(crate) fn new() -> Self {
        install();
        Self
    }

    /// An element in this room, in English, called Ann. It has been connected, and the room has this log.
    pub(crate) async fn room(&self, name: &str, log: Vec<Entry>) -> Room {
        let attributes = [
            ("lang", "en"),
            ("url", "ws://localhost/"),
            ("room", name),
            ("name", "Ann"),
        ];
        let room = Room::open(&attributes);
        room.press("connect").await;
        self.let_in(log).await;
        until("the room", || room.state() == "open").await;
        room
    }

    /// Accepts the connection and the join.
    pub(crate) async fn let_in(&self, log: Vec<Entry>) {
        until("a connection", || attempts() > 0).await;
        open(SUBPROTOCOL);
        until("a join", || !self.heard_of("join").is_empty()).await;
        self.say(ServerFrame::Joined(Box::new(joined(log.last().map_or(0, |it| it.seq)))));
        self.history(None, log);
    }

    pub(crate) fn accept(&self, protocol: &str) {
        open(protocol);
    }

    pub(crate) fn say(&self, frame: ServerFrame) {
        say(&frame.to_json());
    }

    /// Any text, whatever is spoken.
    pub(crate) fn say_text(&self, text: &str) {
        say(text);
    }

    pub(crate) fn say_bytes(&self, bytes: &[u8]) {
        say_bytes(bytes);
    }

    /// All messages that the last socket was told: texts, or numbers of bytes joined by commas.
    pub(crate) fn told(&self) -> Vec<String> {
        told()
    }

    /// The server says goodbye.
    pub(crate) fn end_because(&self, code: u16, reason: &str) {
        end(code, reason);
    }

    pub(crate) fn entry(&self, entry: Entry) {
        self.say(ServerFrame::Entry(entry));
    }

    /// Entries by one message.
    pub(crate) fn entries(&self, entries: impl Iterator<Item = Entry>) {
        let frames = entries.map(|it| ServerFrame::Entry(it).to_json());
        self.say_text(&format!("[{}]", frames.collect::<Vec<_>>().join(",")));
    }

    /// The answer to a join or to a question for older entries.
    pub(crate) fn history(&self, before: Option<u64>, entries: Vec<Entry>) {
        let start = entries.first().is_none_or(|first| first.prev == 0);
        self.say(ServerFrame::History(History { before, entries, start }));
    }

    pub(crate) fn end(&self, code: u16) {
        end(code, "");
    }

    /// How many sockets were made.
    pub(crate) fn attempts(&self) -> u32 {
        attempts()
    }

    /// Which subprotocols the last one offered.
    pub(crate) fn offered(&self) -> Vec<String> {
        offered()
    }

    /// The frames of this type that the last one was told.
    pub(crate) fn heard_of(&self, kind: &str) -> Vec<String> {
        let begin = format!(r#"{{"type":"{kind}""#);
        heard().into_iter().filter(|it| it.starts_with(&begin)).collect()
    }

    /// The `n` of the last post.
    pub(crate) fn last_n(&self) -> u64 {
        let post = self.heard_of("post").pop().expect("a post");
        let (_, n) = post.split_once(r#""n":"#).expect("a number");
        n.split(',').next().and_then(|it| it.parse().ok()).expect("a number")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        uninstall();
    }
}

/// What is told at a join: Ann, Bob and Lin are there, or rather somebody whose name hides something.
pub(crate) fn joined(head: u64) -> Joined {
    let member = |client: &str| Member {
        client: client.to_owned(),
        name: name_of(client).to_owned(),
    };
    Joined {
        client: ME.to_owned(),
        epoch: "epoch".to_owned(),
        head,
        recovered: false,
        accepted: 0,
        members: [ME, BOB, LIN].map(member).into(),
        count: 3,
        limits: Limits::default(),
        heartbeat_ms: 20_000,
        restart_ms: 0,
    }
}

/// A text in the log, one minute after the one before it.
pub(crate) fn text(seq: u64, client: &str, text: &str) -> Entry {
    let body = Body::Text {
        text: text.to_owned(),
        reply_to: None,
    };
    entry(seq, client, seq, body)
}

pub(crate) fn entry(seq: u64, client: &str, n: u64, body: Body) -> Entry {
    Entry {
        seq,
        prev: seq - 1,
        at: 1_767_225_600_000 + seq * 60_000,
        client: client.to_owned(),
        name: name_of(client).to_owned(),
        n,
        body,
    }
}

fn name_of(client: &str) -> &'static str {
    match client {
        ME => "Ann",
        BOB => "Bob",
        _ => "Lin\u{202e}nil",
    }
}
