//! The reader's own name in what others say.

use super::characters::{is_spaceless, is_word, small};
use super::markup::{Piece, pieces};

/// Whether a text names this person, outside of code: as a word of its own, where words have spaces between them, or
/// with an `@` before it. A name of one character needs the `@`.
pub fn is_mention(text: &str, name: &str) -> bool {
    pieces(text, name)
        .iter()
        .any(|piece| matches!(piece, Piece::Mention(_)))
}

/// The first such place: from where to where.
pub(super) fn first(text: &str, name: &str) -> Option<(usize, usize)> {
    let name = name.trim();
    let begin = name.chars().next()?;
    let is_short = name.chars().nth(1).is_none();
    let mut before = None;
    for (start, character) in text.char_indices() {
        if small(character) == small(begin)
            && let Some(end) = end_of(&text[start..], name).map(|length| start + length)
        {
            let is_called = before == Some('@');
            let after = text[end..].chars().next();
            if borders(after, name.chars().next_back()) && (is_called || !is_short && borders(before, Some(begin))) {
                return Some((start - usize::from(is_called), end));
            }
        }
        before = Some(character);
    }
    None
}

/// How long the name is that the text begins with, in whatever capitals.
fn end_of(text: &str, name: &str) -> Option<usize> {
    let mut characters = text.char_indices();
    for wanted in name.chars() {
        let (_, character) = characters.next()?;
        if small(character) != small(wanted) {
            return None;
        }
    }
    Some(characters.offset())
}

/// Whether a word ends between these two.
fn borders(outside: Option<char>, inside: Option<char>) -> bool {
    let Some(outside) = outside else { return true };
    !is_word(outside) || is_spaceless(outside) || inside.is_none_or(|it| is_spaceless(it) || !is_word(it))
}
