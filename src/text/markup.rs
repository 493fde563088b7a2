//! A text as pieces that look different. There is no more markup than code.

use super::{links, mentions};

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Piece<'t> {
    /// As it is.
    Plain(&'t str),
    /// An address with the scheme `http`, `https` or `mailto`.
    Link(&'t str),
    /// The reader's name, with the `@` before it if there is one.
    Mention(&'t str),
    /// What stood between backticks.
    Code(&'t str),
    /// Lines that stood between three backticks each.
    Block(&'t str),
}

/// The text after `/me`, if that is how it begins: what somebody does, and does not say.
pub fn action(text: &str) -> Option<&str> {
    let action = text.strip_prefix("/me ")?.trim();
    (!action.is_empty()).then_some(action)
}

/// All of a text, for a reader of this name; empty where it is not known.
pub fn pieces<'t>(text: &'t str, name: &str) -> Vec<Piece<'t>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(tick) = rest[from..].find('`').map(|place| from + place) {
        let ticks = rest[tick..].len() - rest[tick..].trim_start_matches('`').len();
        let inside = tick + ticks;
        let Some(length) = closing(&rest[inside..], ticks) else {
            from = inside;
            continue;
        };
        let after = inside + length + ticks;
        let content = &rest[inside..inside + length];
        if ticks >= 3 {
            talk(
                &mut pieces,
                rest[..tick].strip_suffix('\n').unwrap_or(&rest[..tick]),
                name,
            );
            pieces.push(Piece::Block(block(content)));
            rest = rest[after..].strip_prefix('\n').unwrap_or(&rest[after..]);
        } else {
            talk(&mut pieces, &rest[..tick], name);
            // Spaces let code begin or end with a backtick.
            let trimmed = content.strip_prefix(' ').and_then(|it| it.strip_suffix(' '));
            pieces.push(Piece::Code(
                trimmed.filter(|it| !it.trim().is_empty()).unwrap_or(content),
            ));
            rest = &rest[after..];
        }
        from = 0;
    }
    talk(&mut pieces, rest, name);
    pieces
}

/// How much code there is before exactly so many backticks. One or two do not reach over the end of a line.
fn closing(text: &str, ticks: usize) -> Option<usize> {
    let mut from = 0;
    while let Some(tick) = text[from..].find('`').map(|place| from + place) {
        let found = text[tick..].len() - text[tick..].trim_start_matches('`').len();
        if found == ticks {
            let is_one_line = !text.as_bytes()[..tick].contains(&b'\n');
            return (tick > 0 && (ticks >= 3 || is_one_line)).then_some(tick);
        }
        from = tick + found;
    }
    None
}

/// The lines of a block, without the name of a language after the first backticks.
fn block(content: &str) -> &str {
    let lines = match content.split_once('\n') {
        Some((first, lines)) if !first.contains([' ', '\t']) => lines,
        _ => content,
    };
    lines.strip_suffix('\n').unwrap_or(lines)
}

/// What is no code: links, names, and what is between them.
fn talk<'t>(pieces: &mut Vec<Piece<'t>>, text: &'t str, name: &str) {
    let mut rest = text;
    loop {
        let link = links::first(rest);
        let (before, after) = link.map_or((rest, ""), |(start, end)| (&rest[..start], &rest[end..]));
        names(pieces, before, name);
        let Some((start, end)) = link else { return };
        pieces.push(Piece::Link(&rest[start..end]));
        rest = after;
    }
}

fn names<'t>(pieces: &mut Vec<Piece<'t>>, text: &'t str, name: &str) {
    let mut rest = text;
    while let Some((start, end)) = mentions::first(rest, name) {
        if start > 0 {
            pieces.push(Piece::Plain(&rest[..start]));
        }
        pieces.push(Piece::Mention(&rest[start..end]));
        rest = &rest[end..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Plain(rest));
    }
}
