//! Entries as lines of a file, for people and for machines.

use super::hex::hex;
use super::{Entry, What};
use crate::websocket::Message;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The entry as one line of JSON, with its line break: `seq`, `at`, `time`, `event`; of a message its `bytes`, and `text`
/// or `hex`; of anything else what is known of it.
pub fn json_line(entry: &Entry, out: &mut String) {
    let mut line = Line { out, empty: true };
    line.out.push('{');
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
            line.name("wasClean");
            line.out.push_str(if close.was_clean { "true" } else { "false" });
        }
        What::Closing | What::Errored | What::Dropped => {}
    }
    line.out.push_str("}\n");
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

/// Fields of an object, one after the other.
struct Line<'o> {
    out: &'o mut String,
    empty: bool,
}

impl Line<'_> {
    fn name(&mut self, name: &str) {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        self.out.push('"');
        self.out.push_str(name);
        self.out.push_str("\":");
    }

    fn number(&mut self, name: &str, value: u64) {
        self.name(name);
        self.out.push_str(&value.to_string());
    }

    fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        self.out.push('"');
        for character in value.chars() {
            match character {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                // Also those that some readers take for the end of a line.
                '\0'..=' ' | '\u{7f}' | '\u{85}' | '\u{2028}' | '\u{2029}' if character != ' ' => {
                    self.out.push_str("\\u");
                    let code = character as u32;
                    for shift in [12, 8, 4, 0] {
                        self.out.extend(char::from_digit((code >> shift) & 15, 16));
                    }
                }
                _ => self.out.push(character),
            }
        }
        self.out.push('"');
    }
}

/// The time of day of a number of milliseconds: `12:34:56.789`.
pub fn time_of_day(millis: u64) -> String {
    let millis = millis % DAY_MS;
    let mut text = String::with_capacity(12);
    push_digits(&mut text, millis / 3_600_000, 2);
    text.push(':');
    push_digits(&mut text, millis / 60_000 % 60, 2);
    text.push(':');
    push_digits(&mut text, millis / 1000 % 60, 2);
    text.push('.');
    push_digits(&mut text, millis % 1000, 3);
    text
}

/// The point in time, in UTC: `2026-01-01T12:34:56.789Z`.
fn utc(millis: u64) -> String {
    // Days are counted in eras of 400 years that begin in March, so that a leap day is the last one of its year.
    let days = millis / DAY_MS + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let mut text = String::with_capacity(24);
    push_digits(&mut text, year, 4);
    text.push('-');
    push_digits(&mut text, month, 2);
    text.push('-');
    push_digits(&mut text, day, 2);
    text.push('T');
    text.push_str(&time_of_day(millis));
    text.push('Z');
    text
}

fn push_digits(text: &mut String, number: u64, width: usize) {
    let digits = number.to_string();
    for _ in digits.len()..width {
        text.push('0');
    }
    text.push_str(&digits);
}
