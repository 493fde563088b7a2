//! What is to be seen of an element, read in one go so that it is of one moment.

use std::fmt;

use serde::Deserialize;

/// Gives what [`Seen`] has, or null where the element has not begun.
pub(super) const SCRIPT: &str = r##"
const host = document.querySelectorAll("chat-room")[arguments[0]];
const root = host?.shadowRoot;
if (!root) return null;
const shown = (element) => Boolean(element?.checkVisibility());
const at = (id) => root.getElementById(id);
const text = (id) => (shown(at(id)) ? at(id).textContent : "");
const control = (id) => ({ shown: shown(at(id)), enabled: at(id) ? !at(id).disabled : false, text: at(id)?.textContent ?? "" });
const field = (id) => ({
  shown: shown(at(id)),
  value: at(id)?.value ?? "",
  invalid: at(id)?.getAttribute("aria-invalid") === "true",
  error: text(id + "-error"),
  label: root.querySelector(`label[for=${id}]`)?.textContent ?? "",
});
const log = at("message");
return {
  state: root.querySelector(".room")?.dataset.state ?? "",
  ready_state: host.readyState,
  number: text("ready-state"),
  words: text("status-words") || text("broken"),
  title: root.querySelector(".title")?.textContent ?? "",
  people: text("people"),
  people_names: shown(at("people")) ? at("people").title : "",
  details: text("details"),
  ending: text("ending"),
  summary: text("summary-url"),
  summary_room: text("summary-room"),
  summary_name: text("summary-name"),
  hint: text("hint"),
  hint_is_error: at("hint")?.className === "error",
  broken: text("broken"),
  url: field("url"),
  room: field("room"),
  name: field("name"),
  protocols: field("protocols"),
  text: field("text"),
  connect: control("connect"),
  disconnect: control("disconnect"),
  send: control("send"),
  newer: control("newer"),
  load_older: control("load-older"),
  older: text("older-words"),
  restart: control("restart"),
  focus: root.activeElement?.closest("[id]")?.id ?? "",
  from_top: log?.scrollTop ?? 0,
  from_end: log ? log.scrollHeight - log.scrollTop - log.clientHeight : 0,
  messages: host.messages(),
  rows: Array.from(root.querySelectorAll(".row"), (row) => ({
    kind: row.classList[1],
    text: row.querySelector(".text")?.textContent ?? "",
    note: row.querySelector(".note")?.textContent ?? "",
    hex: row.querySelector(".hex")?.textContent ?? "",
    sender: row.querySelector(".sender")?.textContent ?? "",
    delivery: row.dataset.delivery ?? "",
    meta: row.querySelector(".delivery")?.textContent ?? "",
    seq: row.dataset.seq ? Number(row.dataset.seq) : null,
    time: row.querySelector("time")?.dateTime ?? "",
    in_log: Boolean(row.querySelector(".mark[role=img]")),
    edited: Boolean(row.querySelector(".edited")),
    deleted: Boolean(row.querySelector(".deleted")),
    quote: row.querySelector(".quote")?.textContent ?? "",
    reactions: Array.from(row.querySelectorAll(".reaction"), (it) => ({
      emoji: it.querySelector(".emoji").textContent,
      count: Number(it.querySelector(".count").textContent),
      names: it.title,
    })),
  })),
};
"##;

/// What is to be seen of an element. What is hidden is empty.
#[derive(Clone, Debug, Deserialize)]
#[expect(
    missing_docs,
    reason = "each is named after the part of the element that it is read from"
)]
pub struct Seen {
    pub state: String,
    pub ready_state: u16,
    pub number: String,
    pub words: String,
    pub title: String,
    /// How many are in the room, in words.
    pub people: String,
    /// Their names, as pointing at the number shows them.
    pub people_names: String,
    pub details: String,
    pub ending: String,
    pub summary: String,
    pub summary_room: String,
    pub summary_name: String,
    pub hint: String,
    pub hint_is_error: bool,
    pub broken: String,
    pub url: Field,
    pub room: Field,
    pub name: Field,
    pub protocols: Field,
    pub text: Field,
    pub connect: Control,
    pub disconnect: Control,
    pub send: Control,
    pub newer: Control,
    pub load_older: Control,
    /// What is said where there is nothing older to be loaded.
    pub older: String,
    pub restart: Control,
    /// The id of the part that has the focus.
    pub focus: String,
    pub from_top: f64,
    /// How far the log is from its end, in CSS pixels.
    pub from_end: f64,
    /// The rows that are in the document: a window of the log, around what is in sight.
    pub rows: Vec<Row>,
    /// All texts that are loaded, as the element tells its page.
    pub messages: Vec<Message>,
}

/// A text, as the element tells its page.
#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    /// Its place in the room's log, if it has one.
    pub seq: Option<u64>,
    /// What was said.
    pub text: String,
    /// Whether one has said it oneself.
    pub own: bool,
    /// `waiting`, `sent` or `failed`, for one's own.
    pub delivery: Option<String>,
}

/// A button.
#[derive(Clone, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Control {
    pub shown: bool,
    pub enabled: bool,
    pub text: String,
}

/// A field with its label and what is wrong with it.
#[derive(Clone, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Field {
    pub shown: bool,
    pub value: String,
    pub invalid: bool,
    pub error: String,
    pub label: String,
}

/// A row of the log.
#[derive(Clone, Deserialize)]
pub struct Row {
    /// `own`, `theirs`, `notice` or `hole`.
    pub kind: String,
    /// The text itself.
    pub text: String,
    /// What is said about a message that is no text, or not all of it.
    pub note: String,
    /// The bytes of a binary message.
    pub hex: String,
    /// Who said it.
    pub sender: String,
    /// `waiting`, `sent` or `failed`, for one's own.
    pub delivery: String,
    /// The same in words, unless it is sent.
    pub meta: String,
    /// Its place in the room's log, if it has one.
    pub seq: Option<u64>,
    /// When it was said, as an ISO date.
    pub time: String,
    /// One's own, and marked as got by everybody.
    pub in_log: bool,
    /// Its author has put another text in its place.
    pub edited: bool,
    /// Its author has taken it back.
    pub deleted: bool,
    /// What it answers: who and what.
    pub quote: String,
    /// The reactions to it, in the order in which they are shown.
    pub reactions: Vec<Reaction>,
}

/// A reaction under a row.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Reaction {
    /// The emoji.
    pub emoji: String,
    /// How many have put it there.
    pub count: u64,
    /// Who, as pointing at it shows.
    pub names: String,
}

impl Seen {
    /// The rows of this kind.
    pub fn rows_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(move |row| row.kind == kind)
    }

    /// The texts of the rows of this kind, in order.
    pub fn texts<'a>(&'a self, kind: &'a str) -> Vec<&'a str> {
        self.rows_of(kind).map(|row| row.text.as_str()).collect()
    }

    /// All texts of others that are loaded, in order, whether they have rows or not.
    pub fn all_theirs(&self) -> Vec<&str> {
        let theirs = self.messages.iter().filter(|it| !it.own);
        theirs.map(|it| it.text.as_str()).collect()
    }

    /// All texts of one's own that are loaded, in order, whether they have rows or not.
    pub fn all_own(&self) -> Vec<&str> {
        let own = self.messages.iter().filter(|it| it.own);
        own.map(|it| it.text.as_str()).collect()
    }

    /// What was said, in order: who, and what.
    pub fn talk(&self) -> Vec<(&str, &str)> {
        let said = self
            .rows
            .iter()
            .filter(|row| matches!(row.kind.as_str(), "own" | "theirs"));
        said.map(|row| (row.sender.as_str(), row.text.as_str())).collect()
    }

    /// Which of “Connect”, “Disconnect” and “Send” can be pressed.
    pub fn enabled(&self) -> [bool; 3] {
        [self.connect.enabled, self.disconnect.enabled, self.send.enabled]
    }
}

// A line each: what is printed when a test fails is to be read.

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shown, enabled, text } = self;
        let enabled = if *enabled { "enabled" } else { "disabled" };
        write!(f, "{text:?} {enabled}{}", hidden(*shown))
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            shown,
            value,
            invalid,
            error,
            label,
        } = self;
        let invalid = if *invalid { "invalid" } else { "valid" };
        write!(f, "{label:?} = {value:?} {invalid} {error:?}{}", hidden(*shown))
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        let parts = [
            &self.sender,
            &self.text,
            &self.note,
            &self.hex,
            &self.delivery,
            &self.meta,
        ];
        parts
            .iter()
            .filter(|it| !it.is_empty())
            .try_for_each(|it| write!(f, " {it:?}"))?;
        if let Some(seq) = self.seq {
            write!(f, " at {seq}")?;
        }
        let marks = [(self.edited, "edited"), (self.deleted, "deleted")];
        for (_, mark) in marks.iter().filter(|(is, _)| *is) {
            write!(f, " {mark}")?;
        }
        if !self.quote.is_empty() {
            write!(f, " to {:?}", self.quote)?;
        }
        let mut reactions = self.reactions.iter();
        reactions.try_for_each(|it| write!(f, " {}×{}", it.emoji, it.count))
    }
}

fn hidden(shown: bool) -> &'static str {
    if shown { "" } else { " hidden" }
}
