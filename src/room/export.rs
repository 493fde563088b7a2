//! What was said, as a file: lines of text for people, or JSON for programs.
//!
//! ```
//! use chat_room::room::export::stamp;
//!
//! assert_eq!(stamp(1_795_513_260_000, 60), "2026-11-24 10:41"); // in minutes east of Greenwich
//! ```

use super::{Content, Delivery, Item, Said, Timeline};

/// How much of what is answered is quoted, in characters.
const MAX_QUOTED_CHARACTERS: usize = 60;

/// The longest name of a room within a file's name, in characters.
const MAX_NAME_CHARACTERS: usize = 64;

/// What the lines say besides what was said. `%` stands for what is filled in.
#[derive(Clone, Copy, Debug)]
pub struct Words<'t> {
    /// Whom a text answers, and what: two `%`.
    pub answers: &'t str,
    /// Behind a text that was changed.
    pub edited: &'t str,
    /// In the place of one that was taken back.
    pub deleted: &'t str,
    /// Behind a text of one's own that nobody has got.
    pub unsent: &'t str,
    /// Where entries are missing.
    pub hole: &'t str,
    /// Who has said what has no name: oneself, and the others.
    pub nameless: (&'t str, &'t str),
}

/// The time of day at a place that is so many minutes east of Greenwich, as `2026-11-24 09:41`.
pub fn stamp(millis: u64, minutes_east: i64) -> String {
    let minutes = (millis / 60_000) as i64 + minutes_east;
    let (day, minute) = (minutes.div_euclid(1440), minutes.rem_euclid(1440));
    let mut stamp = date(day);
    stamp.push(' ');
    push_two(&mut stamp, minute / 60);
    stamp.push(':');
    push_two(&mut stamp, minute % 60);
    stamp
}

/// The date of the day that is so many days after 1970-01-01, by the Gregorian calendar. Years are counted from March,
/// so that a leap day is the last of its year.
fn date(day: i64) -> String {
    let day = day + 719_468;
    let (era, day) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let mut date = (year + era * 400 + i64::from(month >= 10)).to_string();
    for number in [(month + 2) % 12 + 1, day - (153 * month + 2) / 5 + 1] {
        date.push('-');
        push_two(&mut date, number);
    }
    date
}

fn push_two(text: &mut String, number: i64) {
    if number < 10 {
        text.push('0');
    }
    text.push_str(&number.to_string());
}

/// A file's name: the room and the date. `extension` has no dot.
pub fn file_name(room: &str, millis: u64, minutes_east: i64, extension: &str) -> String {
    let is_bad =
        |it: char| it.is_control() || it.is_whitespace() || b"/\\:*?\"<>|%#".iter().any(|bad| char::from(*bad) == it);
    let clean = |it: char| if is_bad(it) { '-' } else { it };
    let mut name: String = room.trim().chars().take(MAX_NAME_CHARACTERS).map(clean).collect();
    if name.is_empty() {
        name.push_str("chat");
    }
    if name.starts_with('.') {
        name.insert(0, '-');
    }
    let stamp = stamp(millis, minutes_east);
    [&name, "-", &stamp[..stamp.len() - 6], ".", extension].concat()
}

/// A line for each text, in order. `minutes_east` tells for a time how far the place is east of Greenwich then, and
/// `visible` spells out what would garble a name.
pub fn text(
    timeline: &Timeline,
    words: &Words,
    minutes_east: &dyn Fn(u64) -> i64,
    visible: &dyn Fn(&str) -> String,
) -> String {
    let mut lines = String::new();
    for item in timeline.iter() {
        let (name, said) = match item.content() {
            Content::Said(said) if said.name.is_empty() => (words.nameless.0.to_owned(), said.text()),
            Content::Said(said) => (visible(&said.name), said.text()),
            Content::Text { text, .. } => (words.nameless.1.to_owned(), &text[..]),
            Content::Hole => {
                lines.push_str(words.hole);
                lines.push('\n');
                continue;
            }
            _ => continue,
        };
        let at = item.at().as_millis();
        lines.push_str(&stamp(at, minutes_east(at)));
        lines.push(' ');
        lines.push_str(&name);
        let own = said_of(item);
        if let Some(source) = own.and_then(|own| said_of(timeline.entry(own.reply_to?)?)) {
            push_answers(&mut lines, source, words, visible);
        }
        lines.push_str(": ");
        // Further lines stand in, so that nobody can write a line of somebody else.
        for (index, line) in said.split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{85}']).enumerate() {
            if index > 0 {
                lines.push_str("\n    ");
            }
            lines.push_str(line);
        }
        let Some(own) = own else {
            lines.push('\n');
            continue;
        };
        if own.is_retracted() {
            lines.push_str(words.deleted);
        }
        let unsent = matches!(own.delivery, Some(Delivery::Waiting | Delivery::Failed));
        for (is_so, mark) in [(own.is_edited(), words.edited), (unsent, words.unsent)] {
            if is_so {
                push_all(&mut lines, &[" (", mark, ")"]);
            }
        }
        lines.push('\n');
    }
    lines
}

fn said_of(item: &Item) -> Option<&Said> {
    match item.content() {
        Content::Said(said) => Some(said),
        _ => None,
    }
}

fn push_answers(lines: &mut String, source: &Said, words: &Words, visible: &dyn Fn(&str) -> String) {
    let text = if source.is_retracted() {
        words.deleted
    } else {
        source.text().trim()
    };
    let line = text.lines().next().unwrap_or_default();
    let mut quoted: String = line.chars().take(MAX_QUOTED_CHARACTERS).collect();
    if quoted.len() < text.len() {
        quoted.push('…');
    }
    let name = visible(&source.name);
    let mut values = [name.as_str(), quoted.as_str()].into_iter();
    lines.push_str(" (");
    for (index, part) in words.answers.split('%').enumerate() {
        if index > 0 {
            lines.push_str(values.next().unwrap_or_default());
        }
        lines.push_str(part);
    }
    lines.push(')');
}

/// The same as a JSON array, an object a line: `seq`, `at`, `client`, `name`, `text`, `own`, `delivery`, `edited`,
/// `deleted`, `replyTo` and `reactions`. What is not known is `null`.
pub fn json(timeline: &Timeline) -> String {
    let mut json = String::from("[");
    for item in timeline.iter() {
        if let Content::Said(said) = item.content() {
            json.push_str(if json.len() > 1 { ",\n" } else { "\n" });
            push_object(&mut json, item, said);
        }
    }
    json.push_str("\n]\n");
    json
}

fn push_object(json: &mut String, item: &Item, said: &Said) {
    let delivery = match said.delivery {
        None => "null",
        Some(Delivery::Waiting) => "\"waiting\"",
        Some(Delivery::Sent) => "\"sent\"",
        Some(Delivery::Failed) => "\"failed\"",
    };
    let number = |number: Option<u64>| number.map_or_else(|| "null".to_owned(), |it| it.to_string());
    let truth = |it: bool| if it { "true" } else { "false" };
    push_all(
        json,
        &[
            "{\"seq\":",
            &number(item.seq()),
            ",\"at\":",
            &item.at().as_millis().to_string(),
        ],
    );
    for (key, value) in [
        ("client", &said.client[..]),
        ("name", &said.name),
        ("text", said.text()),
    ] {
        push_all(json, &[",\"", key, "\":"]);
        push_text(json, value);
    }
    push_all(
        json,
        &[",\"own\":", truth(said.delivery.is_some()), ",\"delivery\":", delivery],
    );
    push_all(
        json,
        &[
            ",\"edited\":",
            truth(said.is_edited()),
            ",\"deleted\":",
            truth(said.is_retracted()),
        ],
    );
    push_all(json, &[",\"replyTo\":", &number(said.reply_to), ",\"reactions\":["]);
    for (index, reaction) in said.reactions.iter().enumerate() {
        push_all(json, &[if index > 0 { "," } else { "" }, "{\"emoji\":"]);
        push_text(json, &reaction.emoji);
        json.push_str(",\"clients\":[");
        for (index, client) in reaction.clients.iter().enumerate() {
            json.push_str(if index > 0 { "," } else { "" });
            push_text(json, client);
        }
        json.push_str("]}");
    }
    json.push_str("]}");
}

fn push_all(json: &mut String, parts: &[&str]) {
    for part in parts {
        json.push_str(part);
    }
}

fn push_text(json: &mut String, text: &str) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\0'..='\x1f' => {
                json.push_str("\\u00");
                json.push(DIGITS[character as usize >> 4].into());
                json.push(DIGITS[character as usize & 15].into());
            }
            other => json.push(other),
        }
    }
    json.push('"');
}
