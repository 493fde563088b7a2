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
