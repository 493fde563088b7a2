//! Entries as lines of a file, for people and for machines.

use super::hex::hex;
use super::{Entry, What};
use crate::file::{Object, date, push_all, push_digits};
use crate::websocket::Message;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The entry as one line of JSON, with its line break: `seq`, `at`, `time`, `event`; of a message its `bytes`, and `text`
/// or `hex`; of anything else what is known of it.
pub fn json_line(entry: &Entry, out: &mut String) {
    let mut line = Object::begin(out);
    line.number("seq", entry.seq);
    line.number("at", entry.at);
    line.text("time", &utc(entry.at));
    line.text("event", entry.what.name());
    if let Some(state) = entry.what.ready_state() {
        line.number("readyState", u16::from(state).into());
    }
    match &entry.what {
        What::Sent(data) | What::Received(data) => {
            line.number("bytes", data.bytes as u64);
            if !data.is_whole() {
                line.number("kept", data.head.len() as u64);
            }
            match &data.head {
                Message::Text(text) => line.text("text", text),
                Message::Binary(bytes) => line.text("hex", &hex(bytes)),
            }
        }
        What::Began { url, protocol, .. } => {
            line.text("url", url);
            line.text("protocol", protocol);
        }
        What::Connecting {
            url,
            protocols,
            attempt,
        } => {
            line.text("url", url);
            line.text("protocols", protocols);
            line.number("attempt", (*attempt).into());
        }
        What::Refused(error) => line.text("error", &error.to_string()),
        What::Open { protocol, extensions } => {
            line.text("protocol", protocol);
            line.text("extensions", extensions);
        }
        What::NotSent(bytes) => line.number("bytes", *bytes as u64),
        What::Closed(close) => {
            line.number("code", close.code.into());
            line.text("meaning", &close.meaning().to_string());
            line.text("reason", &close.reason);
            line.flag("wasClean", close.was_clean);
        }
        What::Closing | What::Errored | What::Dropped => {}
    }
    line.end();
    out.push('\n');
}

/// The entry for people to read, with its line break: when, what, how many bytes, and all that is kept of it.
pub fn text_line(entry: &Entry, out: &mut String) {
    out.push_str(&utc(entry.at));
    out.push(' ');
    out.push_str(entry.what.name());
    if let Some(state) = entry.what.ready_state() {
        out.push_str(" readyState ");
        out.push_str(&u16::from(state).to_string());
    }
    let mut words = |words: &[&str]| {
        for word in words.iter().filter(|it| !it.is_empty()) {
            out.push(' ');
            out.push_str(word);
        }
    };
    match &entry.what {
        What::Sent(data) | What::Received(data) => {
            words(&[&data.bytes.to_string(), "bytes"]);
            if !data.is_whole() {
                words(&["of which are kept", &data.head.len().to_string()]);
            }
            match &data.head {
                Message::Text(text) => words(&[text]),
                Message::Binary(bytes) => words(&["binary", &hex(bytes)]),
            }
        }
        What::Began { url, protocol, .. } => words(&[url, protocol]),
        What::Connecting {
            url,
            protocols,
            attempt,
        } => words(&[url, protocols, "attempt", &attempt.to_string()]),
        What::Refused(error) => words(&[&error.to_string()]),
        What::Open { protocol, extensions } => words(&[protocol, extensions]),
        What::NotSent(bytes) => words(&[&bytes.to_string(), "bytes"]),
        What::Closed(close) => {
            let clean = if close.was_clean { "clean" } else { "not clean" };
            words(&[
                &close.code.to_string(),
                clean,
                &close.meaning().to_string(),
                &close.reason,
            ]);
        }
        What::Closing | What::Errored | What::Dropped => {}
    }
    out.push('\n');
}

/// The time of day of a number of milliseconds: `12:34:56.789`.
pub fn time_of_day(millis: u64) -> String {
    let millis = millis % DAY_MS;
    let mut text = String::with_capacity(12);
    for (number, mark) in [
        (millis / 3_600_000, ":"),
        (millis / 60_000 % 60, ":"),
        (millis / 1000 % 60, "."),
    ] {
        push_digits(&mut text, number, 2);
        text.push_str(mark);
    }
    push_digits(&mut text, millis % 1000, 3);
    text
}

/// The point in time, in UTC: `2026-01-01T12:34:56.789Z`.
pub fn utc(millis: u64) -> String {
    let mut text = date((millis / DAY_MS) as i64);
    push_all(&mut text, &["T", &time_of_day(millis), "Z"]);
    text
}
