//! Entries in words: one line for the list, facts for the chosen one.

use super::super::dates::minutes_east;
use super::super::phrases::{self, visible};
use super::super::texts::{Texts, fill};
use crate::traffic::{Data, Heartbeat, Row, What, hex, time_of_day};
use crate::websocket::{Message, ReadyState};

/// How much of a text a row shows, in bytes.
const MAX_PREVIEW_BYTES: usize = 240;

/// How many bytes of a binary message a row shows.
const MAX_PREVIEW_BINARY: usize = 48;

/// What is written in a row of the list.
#[derive(PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// For the style sheet.
    pub(super) kind: &'static str,
    pub(super) time: String,
    pub(super) arrow: &'static str,
    /// What the arrow says, for those who do not see it.
    pub(super) way: &'t str,
    /// The size of a message, or where the socket stands.
    pub(super) size: String,
    pub(super) text: String,
}

/// `rooms`: close codes are those of `chat-room.v1`.
pub(super) fn line<'t>(texts: &Texts<'t>, row: &Row, rooms: bool) -> Line<'t> {
    match row {
        Row::Entry { entry, .. } => {
            let (kind, arrow, way) = way(texts, &entry.what);
            Line {
                kind,
                time: clock(entry.at),
                arrow,
                way,
                size: size(texts, &entry.what),
                text: match entry.what.data() {
                    Some(data) => preview(&data.head),
                    None => event(texts, &entry.what, rooms),
                },
            }
        }
        Row::Fold(fold) => {
            let count = |kind| fold.count(kind).to_string();
            let counts = [count(Heartbeat::Ping), count(Heartbeat::Pong)];
            Line {
                kind: "fold",
                time: clock(fold.entries[0].at),
                arrow: if fold.open { "▾" } else { "▸" },
                way: "",
                size: String::new(),
                text: fill(texts.traffic_heartbeat(), &[&counts[0], &counts[1]]),
            }
        }
    }
}

pub(super) fn way<'t>(texts: &Texts<'t>, what: &What) -> (&'static str, &'static str, &'t str) {
    match what {
        What::Sent(_) => ("sent", "↑", texts.traffic_sent()),
        What::Received(_) => ("received", "↓", texts.traffic_received()),
        What::Refused(_) | What::NotSent(_) | What::Errored | What::Dropped => ("bad", "!", ""),
        What::Closed(close) if !close.was_clean => ("bad", "!", ""),
        _ => ("event", "•", ""),
    }
}

pub(super) fn size(texts: &Texts, what: &What) -> String {
    match (what.data(), what.ready_state()) {
        (Some(Data { bytes, .. }), _) => fill(texts.traffic_size(), &[&bytes.to_string()]),
        (None, Some(state)) => state_words(state),
        (None, None) => String::new(),
    }
}

/// `1 OPEN`
pub(super) fn state_words(state: ReadyState) -> String {
    let mut words = u16::from(state).to_string();
    words.push(' ');
    words.push_str(&state.to_string());
    words
}

/// The beginning of a message, on one line.
fn preview(head: &Message) -> String {
    match head {
        Message::Text(text) => {
            let start = &text[..text.floor_char_boundary(MAX_PREVIEW_BYTES)];
            visible(&start.replace('\n', "⏎").replace('\t', " "))
        }
        Message::Binary(bytes) => hex(&bytes[..bytes.len().min(MAX_PREVIEW_BINARY)]),
    }
}

/// What happened, in one sentence.
pub(super) fn event(texts: &Texts, what: &What, rooms: bool) -> String {
    let mut words = String::new();
    let mut add = |part: &str| {
        if !words.is_empty() {
            words.push_str(" · ");
        }
        words.push_str(part);
    };
    let named = |template: &str, name: &str| match name {
        "" => None,
        name => Some(fill(template, &[&visible(name)])),
    };
    match what {
        What::Sent(_) | What::Received(_) => {}
        What::Began { url, protocol, .. } => {
            add(texts.traffic_began());
            if !url.is_empty() {
                add(&visible(url));
            }
            named(texts.traffic_protocol(), protocol).iter().for_each(|it| add(it));
        }
        What::Connecting {
            url,
            protocols,
            attempt,
        } => {
            add(&fill(texts.traffic_connecting(), &[&visible(url)]));
            named(texts.traffic_offering(), protocols).iter().for_each(|it| add(it));
            add(&fill(texts.traffic_attempt(), &[&attempt.to_string()]));
        }
        What::Refused(error) => add(&fill(texts.traffic_refused(), &[&phrases::open_error(texts, error)])),
        What::Open { protocol, extensions } => {
            add(texts.traffic_open());
            named(texts.traffic_protocol(), protocol).iter().for_each(|it| add(it));
            named(texts.traffic_extensions(), extensions)
                .iter()
                .for_each(|it| add(it));
        }
        What::NotSent(bytes) => add(&fill(texts.traffic_not_sent(), &[&bytes.to_string()])),
        What::Closing => add(texts.traffic_closing()),
        What::Errored => add(texts.traffic_errored()),
        What::Closed(close) => {
            let mut code = texts.traffic_closed().to_owned();
            code.push(' ');
            code.push_str(&close.code.to_string());
            add(&code);
            add(phrases::code(texts, close, rooms));
            add(if close.was_clean {
                texts.clean()
            } else {
                texts.unclean()
            });
            if !close.reason.is_empty() {
                add(&visible(&close.reason));
            }
        }
        What::Dropped => add(texts.traffic_dropped()),
    }
    words
}

/// The time of day where the user is.
pub(super) fn clock(at: u64) -> String {
    let local = at as i64 + minutes_east(at) * 60_000;
    time_of_day(local.max(0) as u64)
}
