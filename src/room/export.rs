//! What was said, as a file: lines of text for people, or JSON for programs.
//!
//! ```
//! use chat_room::room::export::stamp;
//!
//! assert_eq!(stamp(1_795_513_260_000, 60), "2026-11-24 10:41"); // in minutes east of Greenwich
//! ```

use super::{Content, Delivery, Item, ItemId, Said, Timeline};
use crate::file::{Object, date, push_all, push_list, push_text};
use crate::text::{Language, LocalTime};

/// The most items that one piece of a file comes to.
pub const PIECE_ITEMS: usize = 1_000;

/// A piece that has so many bytes has no further item.
pub const PIECE_BYTES: usize = 256 * 1024;

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
    let time = LocalTime::new(millis, minutes_east);
    // Digits alone, in every language.
    [&date(time.day()), " ", &time.clock(Language::Chinese)].concat()
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

/// How a file is written.
#[derive(Clone, Copy)]
pub enum Form<'t> {
    /// A line for each text.
    Text {
        /// What the lines say besides.
        words: Words<'t>,
        /// Tells for a time, in milliseconds since 1970, how many minutes east of Greenwich the place is then.
        minutes_east: &'t dyn Fn(u64) -> i64,
        /// Spells out what would garble a name.
        visible: &'t dyn Fn(&str) -> String,
    },
    /// A JSON array, an object a line: `seq`, `at`, `client`, `name`, `text`, `own`, `delivery`, `edited`, `deleted`,
    /// `replyTo` and `reactions`. What is not known is `null`.
    Json,
}

/// A file of what a timeline has, in order, made by pieces: a log can be so long that nobody should wait for all of it at
/// once. Meanwhile the timeline may change; what comes to it is not in the file, and where what is to be written leaves,
/// the file ends, with the words for it.
#[derive(Debug)]
pub struct Export {
    /// Items from this one on have come later.
    end: ItemId,
    place: Place,
    texts: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Begin,
    Behind(ItemId),
    End,
}

impl Export {
    /// The file of what is here now.
    pub fn new(timeline: &Timeline) -> Self {
        Self {
            end: timeline.next_id(),
            place: Place::Begin,
            texts: 0,
        }
    }

    /// How many texts are in the pieces so far.
    pub fn texts(&self) -> usize {
        self.texts
    }

    /// Whether the last piece was given.
    pub fn is_whole(&self) -> bool {
        self.place == Place::End
    }

    /// The next piece, of [`PIECE_ITEMS`] items or little more than [`PIECE_BYTES`]; nothing behind the last one. `form` is
    /// the same for all pieces.
    pub fn next(&mut self, timeline: &Timeline, form: &Form<'_>) -> Option<String> {
        let mut piece = String::new();
        let begin = match self.place {
            Place::Begin => Some(0),
            Place::Behind(item) => timeline.position(item).map(|it| it + 1),
            Place::End => return None,
        };
        if self.place == Place::Begin {
            form.begin(&mut piece);
        }
        for position in begin.unwrap_or(usize::MAX)..timeline.len() {
            let is_full = position - begin.unwrap_or_default() == PIECE_ITEMS || piece.len() >= PIECE_BYTES;
            let Some(item) = timeline.at(position).filter(|_| !is_full) else {
                return Some(piece);
            };
            self.place = Place::Behind(item.id());
            if item.id() < self.end {
                self.texts += usize::from(form.push(&mut piece, timeline, item, self.texts == 0));
            }
        }
        self.place = Place::End;
        form.end(&mut piece, begin.is_none());
        Some(piece)
    }
}

impl Form<'_> {
    fn begin(&self, file: &mut String) {
        if let Self::Json = self {
            file.push('[');
        }
    }

    /// Gives whether the item is a text, and so stands in the file.
    fn push(&self, file: &mut String, timeline: &Timeline, item: &Item, is_first: bool) -> bool {
        match (self, item.content()) {
            (
                Self::Text {
                    words,
                    minutes_east,
                    visible,
                },
                Content::Said(_) | Content::Text { .. },
            ) => {
                let at = item.at().as_millis();
                push_all(file, &[&stamp(at, minutes_east(at)), " "]);
                push_line(file, timeline, item, words, visible);
                true
            }
            (Self::Text { words, .. }, Content::Hole) => {
                push_all(file, &[words.hole, "\n"]);
                false
            }
            (Self::Json, Content::Said(said)) => {
                file.push_str(if is_first { "\n" } else { ",\n" });
                push_object(file, item, said);
                true
            }
            _ => false,
        }
    }

    fn end(&self, file: &mut String, is_cut: bool) {
        match self {
            Self::Text { words, .. } if is_cut => push_all(file, &[words.hole, "\n"]),
            Self::Text { .. } => {}
            Self::Json => file.push_str("\n]\n"),
        }
    }
}

/// What was said, behind the time.
fn push_line(lines: &mut String, timeline: &Timeline, item: &Item, words: &Words, visible: &dyn Fn(&str) -> String) {
    let (name, text) = match item.content() {
        Content::Said(said) if said.name.is_empty() => (words.nameless.0.to_owned(), said.text()),
        Content::Said(said) => (visible(&said.name), said.text()),
        Content::Text { text, .. } => (words.nameless.1.to_owned(), &text[..]),
        _ => return,
    };
    lines.push_str(&name);
    let own = said_of(item);
    if let Some(source) = own.and_then(|own| said_of(timeline.entry(own.reply_to?)?)) {
        push_answers(lines, source, words, visible);
    }
    lines.push_str(": ");
    // Further lines stand in, so that nobody can write a line of somebody else.
    for (index, line) in text.split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{85}']).enumerate() {
        if index > 0 {
            lines.push_str("\n    ");
        }
        lines.push_str(line);
    }
    if let Some(own) = own {
        if own.is_retracted() {
            lines.push_str(words.deleted);
        }
        let unsent = matches!(own.delivery, Some(Delivery::Waiting | Delivery::Failed));
        for (is_so, mark) in [(own.is_edited(), words.edited), (unsent, words.unsent)] {
            if is_so {
                push_all(lines, &[" (", mark, ")"]);
            }
        }
    }
    lines.push('\n');
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

fn push_object(json: &mut String, item: &Item, said: &Said) {
    let mut object = Object::begin(json);
    object.optional("seq", item.seq());
    object.number("at", item.at().as_millis());
    object.text("client", &said.client);
    object.text("name", &said.name);
    object.text("text", said.text());
    object.flag("own", said.delivery.is_some());
    object.name("delivery").push_str(match said.delivery {
        None => "null",
        Some(Delivery::Waiting) => "\"waiting\"",
        Some(Delivery::Sent) => "\"sent\"",
        Some(Delivery::Failed) => "\"failed\"",
    });
    object.flag("edited", said.is_edited());
    object.flag("deleted", said.is_retracted());
    object.optional("replyTo", said.reply_to);
    push_list(object.name("reactions"), &said.reactions, |json, reaction| {
        let mut object = Object::begin(json);
        object.text("emoji", &reaction.emoji);
        push_list(object.name("clients"), &reaction.clients, |json, client| {
            push_text(json, client)
        });
        object.end();
    });
    object.end();
}
