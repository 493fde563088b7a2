//! What is too much, by the same rules at both ends.

use crate::bad::{BadField, Problem};
use crate::frame::Body;

/// The greatest whole number that every JSON reader takes: 2^53 - 1.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// The shortest key of a client, in bytes: fewer could be guessed.
pub const MIN_KEY_BYTES: usize = 22;

/// The longest key of a client, in bytes.
pub const MAX_KEY_BYTES: usize = 128;

/// The longest name of a room, in bytes of UTF-8.
pub const MAX_ROOM_BYTES: usize = 128;

/// The longest emoji of a reaction, in bytes of UTF-8.
pub const MAX_EMOJI_BYTES: usize = 64;

/// The limits that a relay tells in `joined`. Both ends hold them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest text of a post, in bytes of UTF-8.
    pub text_bytes: u64,
    /// The longest name, in bytes of UTF-8.
    pub name_bytes: u64,
    /// The longest WebSocket message to the relay, in bytes.
    pub message_bytes: u64,
    /// How many posts a second a client may send for long.
    pub posts_per_second: u64,
    /// How many posts it may send at once after it was silent.
    pub post_burst: u64,
    /// The most entries that one `history` gives.
    pub history_entries: u64,
}

impl Default for Limits {
    /// What the relay of this project tells unless it is told otherwise.
    fn default() -> Self {
        Self {
            text_bytes: 16 * 1024,
            name_bytes: 128,
            message_bytes: 64 * 1024,
            posts_per_second: 50,
            post_burst: 200,
            history_entries: 100,
        }
    }
}

impl Limits {
    /// Whether a post may have this body.
    ///
    /// # Errors
    /// Which field of the post is against which limit.
    pub fn check_body(&self, body: &Body) -> Result<(), BadField> {
        match body {
            Body::Text { text, .. } | Body::Edit { text, .. } => {
                if text.chars().all(is_invisible) {
                    return Err(bad("body.text", Problem::Blank));
                }
                not_longer("body.text", text, self.text_bytes)?;
            }
            Body::Reaction { emoji, .. } => {
                check_line("body.emoji", emoji)?;
                not_longer("body.emoji", emoji, MAX_EMOJI_BYTES as u64)?;
            }
            Body::Retract { .. } => {}
            Body::Other { .. } => return Err(bad("body.type", Problem::UnknownBody)),
        }
        match body {
            Body::Edit { of: 0, .. } | Body::Retract { of: 0 } | Body::Reaction { of: 0, .. } => {
                Err(bad("body.of", Problem::Zero))
            }
            Body::Text { reply_to: Some(0), .. } => Err(bad("body.reply_to", Problem::Zero)),
            _ => Ok(()),
        }
    }

    /// Whether somebody may be called this.
    ///
    /// # Errors
    /// What is wrong with the name.
    pub fn check_name(&self, name: &str) -> Result<(), BadField> {
        check_line("name", name)?;
        not_longer("name", name, self.name_bytes)
    }
}

/// Whether a room may be called this.
///
/// # Errors
/// What is wrong with the name.
pub fn check_room(room: &str) -> Result<(), BadField> {
    check_line("room", room)?;
    not_longer("room", room, MAX_ROOM_BYTES as u64)
}

/// Whether this can be a client's key.
///
/// # Errors
/// What is wrong with it.
pub fn check_key(key: &str) -> Result<(), BadField> {
    check_line("key", key)?;
    if key.len() < MIN_KEY_BYTES {
        let (bytes, limit) = (key.len(), MIN_KEY_BYTES);
        return Err(bad("key", Problem::TooShort { bytes, limit }));
    }
    not_longer("key", key, MAX_KEY_BYTES as u64)
}

/// Nothing to be seen: white space, a control character, the empty Braille pattern, or one of those that Unicode has
/// drawn as nothing (`Default_Ignorable_Code_Point`), such as zero-width spaces, Hangul fillers and tags.
///
/// Variation selectors and joiners are among them: they are a part of many emoji, but alone they show nothing.
pub fn is_invisible(character: char) -> bool {
    let drawn_as_nothing = matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    drawn_as_nothing || character.is_whitespace() || character.is_control()
}

fn check_line(path: &str, text: &str) -> Result<(), BadField> {
    let breaks = |it: char| it.is_control() || matches!(it, '\u{2028}' | '\u{2029}');
    if text.chars().any(breaks) {
        Err(bad(path, Problem::ControlCharacter))
    } else if text.chars().all(is_invisible) {
        Err(bad(path, Problem::Blank))
    } else {
        Ok(())
    }
}

fn not_longer(path: &str, text: &str, limit: u64) -> Result<(), BadField> {
    let (bytes, limit) = (text.len(), usize::try_from(limit).unwrap_or(usize::MAX));
    if bytes > limit {
        Err(bad(path, Problem::TooLong { bytes, limit }))
    } else {
        Ok(())
    }
}

fn bad(path: &str, problem: Problem) -> BadField {
    BadField {
        path: path.to_owned(),
        problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Limits = Limits {
        text_bytes: 6,
        name_bytes: 6,
        message_bytes: 1,
        posts_per_second: 1,
        post_burst: 1,
        history_entries: 1,
    };

    fn text(text: &str) -> Body {
        Body::Text {
            text: text.to_owned(),
            reply_to: None,
        }
    }

    fn reaction(emoji: &str) -> Body {
        Body::Reaction {
            of: 1,
            emoji: emoji.to_owned(),
            on: true,
        }
    }

    fn told(result: Result<(), BadField>) -> Result<(), String> {
        result.map_err(|bad| bad.to_string())
    }

    fn wrong(why: &str) -> Result<(), String> {
        Err(why.to_owned())
    }

    #[test]
    fn a_text_may_have_as_many_bytes_as_the_limit_and_no_more() {
        assert_eq!(told(SMALL.check_body(&text("小明"))), Ok(()));
        let long = wrong("body.text has 7 bytes, at most 6 are allowed");
        assert_eq!(told(SMALL.check_body(&text("小明!"))), long);
        let edit = |text: &str| Body::Edit {
            of: 1,
            text: text.to_owned(),
        };
        assert_eq!(told(SMALL.check_body(&edit("123456"))), Ok(()));
        assert_eq!(told(SMALL.check_body(&edit("1234567"))), long);

        let limits = Limits::default();
        let most = usize::try_from(limits.text_bytes).expect("it is small");
        assert_eq!(told(limits.check_body(&text(&"x".repeat(most)))), Ok(()));
        assert!(limits.check_body(&text(&"x".repeat(most + 1))).is_err());
    }

    #[test]
    fn a_text_may_have_lines_and_controls_but_something_to_be_seen() {
        for seen in ["a", " a\n\tb\r\n", "\u{1b}[m", "\u{200b}.", "\u{301}"] {
            assert_eq!(told(Limits::default().check_body(&text(seen))), Ok(()), "{seen:?}");
        }
        for blank in [
            "",
            " ",
            "\n\t\u{3000}",
            "\u{0}\u{7f}",
            "\u{200b}\u{feff}\u{ad}",
            "\u{3164}",
            "\u{e0041}",
        ] {
            let blank_too = wrong("body.text has nothing in it that could be seen");
            assert_eq!(told(Limits::default().check_body(&text(blank))), blank_too, "{blank:?}");
        }
    }

    #[test]
    fn a_name_may_have_as_many_bytes_as_the_limit_and_no_more() {
        assert_eq!(told(SMALL.check_name("小明")), Ok(()));
        assert_eq!(
            told(SMALL.check_name("abcdefg")),
            wrong("name has 7 bytes, at most 6 are allowed")
        );
        assert_eq!(told(Limits::default().check_name(&"x".repeat(128))), Ok(()));
        assert!(Limits::default().check_name(&"x".repeat(129)).is_err());
    }

    #[test]
    fn names_and_rooms_are_one_line_with_something_to_be_seen() {
        let limits = Limits::default();
        for good in ["a", " a ", "小明", "\u{202e}a", "👩\u{200d}🚀", "‿"] {
            assert_eq!(
                (told(limits.check_name(good)), told(check_room(good))),
                (Ok(()), Ok(())),
                "{good:?}"
            );
        }
        for breaking in [
            "a\n",
            "a\r",
            "a\tb",
            "\u{0}a",
            "\u{7f}a",
            "a\u{85}",
            "a\u{9f}",
            "a\u{2028}",
            "a\u{2029}",
        ] {
            let bad = wrong("name has a control character in it");
            assert_eq!(told(limits.check_name(breaking)), bad, "{breaking:?}");
            let bad = wrong("room has a control character in it");
            assert_eq!(told(check_room(breaking)), bad, "{breaking:?}");
        }
        for blank in [
            "",
            "  ",
            "\u{3000}",
            "\u{3164}",
            "\u{115f}\u{1160}\u{ffa0}",
            "\u{2800}",
            "\u{fe0f}\u{200d}",
        ] {
            let bad = wrong("name has nothing in it that could be seen");
            assert_eq!(told(limits.check_name(blank)), bad, "{blank:?}");
            let bad = wrong("room has nothing in it that could be seen");
            assert_eq!(told(check_room(blank)), bad, "{blank:?}");
        }
    }

    #[test]
    fn a_room_may_have_as_many_bytes_as_the_limit_and_no_more() {
        assert_eq!(told(check_room(&"x".repeat(MAX_ROOM_BYTES))), Ok(()));
        let long = wrong("room has 129 bytes, at most 128 are allowed");
        assert_eq!(told(check_room(&"x".repeat(MAX_ROOM_BYTES + 1))), long);
    }

    #[test]
    fn a_key_has_a_least_and_a_greatest_length() {
        assert_eq!(told(check_key(&"k".repeat(MIN_KEY_BYTES))), Ok(()));
        assert_eq!(told(check_key(&"k".repeat(MAX_KEY_BYTES))), Ok(()));
        let short = wrong("key has 21 bytes, at least 22 are needed");
        assert_eq!(told(check_key(&"k".repeat(MIN_KEY_BYTES - 1))), short);
        let long = wrong("key has 129 bytes, at most 128 are allowed");
        assert_eq!(told(check_key(&"k".repeat(MAX_KEY_BYTES + 1))), long);
        assert_eq!(told(check_key("")), wrong("key has nothing in it that could be seen"));
        let broken = format!("{}\n", "k".repeat(MIN_KEY_BYTES));
        assert_eq!(told(check_key(&broken)), wrong("key has a control character in it"));
    }

    #[test]
    fn an_emoji_is_a_short_line() {
        assert_eq!(told(SMALL.check_body(&reaction("👍"))), Ok(()));
        assert_eq!(told(SMALL.check_body(&reaction(&"x".repeat(MAX_EMOJI_BYTES)))), Ok(()));
        let long = wrong("body.emoji has 65 bytes, at most 64 are allowed");
        assert_eq!(
            told(SMALL.check_body(&reaction(&"x".repeat(MAX_EMOJI_BYTES + 1)))),
            long
        );
        let blank = wrong("body.emoji has nothing in it that could be seen");
        assert_eq!(told(SMALL.check_body(&reaction("\u{fe0f}"))), blank);
        let broken = wrong("body.emoji has a control character in it");
        assert_eq!(told(SMALL.check_body(&reaction("a\nb"))), broken);
    }

    #[test]
    fn entries_count_from_one_and_unknown_bodies_are_not_for_posts() {
        let limits = Limits::default();
        let about = |of: u64| {
            let text = "x".to_owned();
            let emoji = text.clone();
            let reply_to = Some(of);
            [
                (Body::Edit { of, text: text.clone() }, "body.of"),
                (Body::Retract { of }, "body.of"),
                (Body::Reaction { of, emoji, on: false }, "body.of"),
                (Body::Text { text, reply_to }, "body.reply_to"),
            ]
        };
        for (body, path) in about(0) {
            assert_eq!(
                told(limits.check_body(&body)),
                Err(format!("{path} must be at least 1")),
                "{body:?}"
            );
        }
        for (body, _) in about(1) {
            assert_eq!(told(limits.check_body(&body)), Ok(()), "{body:?}");
        }
        let other = Body::Other {
            kind: "poll".to_owned(),
        };
        let unknown = wrong("body.type must be text, edit, retract or reaction");
        assert_eq!(told(limits.check_body(&other)), unknown);
    }

    #[test]
    fn each_range_of_invisible_characters_ends_where_it_should() {
        let ranges: [(u32, u32); 19] = [
            (0xad, 0xad),
            (0x34f, 0x34f),
            (0x61c, 0x61c),
            (0x115f, 0x1160),
            (0x17b4, 0x17b5),
            (0x180b, 0x180f),
            (0x200b, 0x200f),
            (0x2028, 0x202f), // Line and paragraph separator, bidi controls, narrow no-break space.
            (0x205f, 0x206f), // Mathematical space, and joiners after it.
            (0x2800, 0x2800),
            (0x3000, 0x3000),
            (0x3164, 0x3164),
            (0xfe00, 0xfe0f),
            (0xfeff, 0xfeff),
            (0xffa0, 0xffa0),
            (0xfff0, 0xfff8),
            (0x1bca0, 0x1bca3),
            (0x1d173, 0x1d17a),
            (0xe0000, 0xe0fff),
        ];
        let seen = |code: u32| char::from_u32(code).is_some_and(|it| !is_invisible(it));
        for (first, last) in ranges {
            assert!((first..=last).all(|code| !seen(code)), "{first:x}");
            assert!(first == 0x200b || seen(first - 1), "before {first:x}");
            assert!(seen(last + 1), "after {last:x}");
        }
        assert!("aé小🙂~\u{a1}".chars().all(|it| !is_invisible(it)));
    }
}
