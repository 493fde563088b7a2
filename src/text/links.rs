//! Addresses in a text that can be followed.

use super::characters::{is_hidden, is_spaceless};

/// What a link begins with. Nothing else is made one, whatever it claims to be.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// The longest link, in bytes; no browser goes to much longer ones.
const MAX_LINK_BYTES: usize = 2_048;

/// What belongs to the sentence and not to the link that it ends with.
const SENTENCE: &str = ".,;:!?'\"*_~";

/// The first link in a text: from where to where.
pub(super) fn first(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(colon) = text[from..].find(':').map(|place| from + place) {
        for scheme in SCHEMES {
            // The colon is the same in each; what is before and after it has to be there.
            let name = scheme.find(':').unwrap_or_default();
            let Some(start) = colon.checked_sub(name).filter(|it| text.is_char_boundary(*it)) else {
                continue;
            };
            let begins = text.as_bytes()[start..].get(..scheme.len());
            if begins.is_some_and(|it| it.eq_ignore_ascii_case(scheme.as_bytes()))
                && starts_word(&text[..start])
                && let Some(length) = length(&text[start..], scheme)
            {
                return Some((start, start + length));
            }
        }
        from = colon + 1;
    }
    None
}

fn starts_word(before: &str) -> bool {
    let last = before.chars().next_back();
    last.is_none_or(|it| !it.is_ascii_alphanumeric() && !matches!(it, '+' | '-' | '.' | '_' | '/' | '@'))
}

/// How long the link is that the text begins with, if it is one.
fn length(text: &str, scheme: &str) -> Option<usize> {
    let mut in_host = scheme != "mailto:";
    // Nothing is searched without an end: a text can be full of what begins like a link.
    let rest = &text[scheme.len()..text.floor_char_boundary(MAX_LINK_BYTES)];
    let is_ascii_host = rest.starts_with(|it: char| it.is_ascii());
    let end = rest.find(|it: char| {
        in_host &= !matches!(it, '/' | '?' | '#');
        ends(it) || in_host && is_ascii_host && is_spaceless(it)
    });
    if end.is_none() && scheme.len() + rest.len() < text.len() {
        return None;
    }
    let mut link = &rest[..end.unwrap_or(rest.len())];
    while let Some(last) = link.chars().next_back() {
        let open = match last {
            ')' => '(',
            ']' => '[',
            '}' => '{',
            last if SENTENCE.chars().any(|it| it == last) => '\0',
            _ => break,
        };
        let count = |bracket| link.chars().filter(|it| *it == bracket).count();
        if open != '\0' && count(open) >= count(last) {
            break;
        }
        link = &link[..link.len() - last.len_utf8()];
    }
    let leads_somewhere = match scheme {
        "mailto:" => link
            .split_once('@')
            .is_some_and(|(who, at)| !who.is_empty() && has_name(at)),
        _ => has_name(link),
    };
    leads_somewhere.then_some(scheme.len() + link.len())
}

fn has_name(host: &str) -> bool {
    host.starts_with(|it: char| it == '[' || it.is_ascii_alphanumeric() || !it.is_ascii())
}

/// Whether no address goes on with this character: spaces, what hides, and what Chinese texts put around one.
fn ends(character: char) -> bool {
    character.is_whitespace()
        || is_hidden(character)
        || matches!(character,
            '<' | '>' | '"' | '`' | '\\' | '^' | '|' | '\u{2013}'..='\u{201f}' | '…' | '\u{3000}'..='\u{3004}'
                | '\u{3008}'..='\u{301f}' | '・' | '\u{fe10}'..='\u{fe6f}' | '\u{ff01}'..='\u{ff0f}'
                | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}
