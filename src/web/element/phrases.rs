//! Errors, reasons and codes as sentences.

use chat_room_wire::{BadField, Problem, SUBPROTOCOL, close};

use super::fields::Wrong;
use super::names::Called;
use super::texts::{Texts, fill};
use crate::connection::{CommandError, Why};
use crate::room::{Crowd, Notice, People, Refusal};
use crate::websocket::{BadProtocol, Close, CodeMeaning, OpenError, UrlFault};

/// The most characters of a stranger's name that are shown inside a sentence.
const MAX_NAME_CHARACTERS: usize = 24;

pub(super) fn refusal(texts: &Texts, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Empty => texts.refused_empty().into(),
        Refusal::TooLong { bytes, limit } => {
            fill(texts.refused_too_long(), &[&bytes.saturating_sub(*limit).to_string()])
        }
        Refusal::Congested { .. } => texts.refused_congested().into(),
        Refusal::Connection(CommandError::OutboxFull(_)) => texts.refused_full().into(),
        Refusal::Connection(CommandError::Closing) => texts.refused_closing().into(),
        Refusal::Connection(CommandError::NotConnected) => texts.refused_not_connected().into(),
        Refusal::Field(field) => bad_field(texts, field),
        Refusal::Connection(CommandError::AlreadyConnected)
        | Refusal::NotFailed
        | Refusal::PlainText
        | Refusal::NotJoined
        | Refusal::NoMore => String::new(),
    }
}

pub(super) fn url_fault(texts: &Texts, fault: &UrlFault) -> String {
    match fault {
        UrlFault::Empty => texts.url_empty().into(),
        UrlFault::Unreadable => texts.url_unreadable().into(),
        UrlFault::NoBase => texts.url_no_base().into(),
        UrlFault::Scheme(scheme) => fill(texts.url_scheme(), &[&visible(scheme)]),
        UrlFault::Fragment(fragment) => fill(texts.url_fragment(), &[&visible(fragment)]),
        UrlFault::Refused(words) => fill(texts.url_refused(), &[&visible(words)]),
    }
}

pub(super) fn wrong(texts: &Texts, wrong: &Wrong) -> String {
    match wrong {
        Wrong::Open(error) => open_error(texts, error),
        Wrong::Field(field) => bad_field(texts, field),
    }
}

fn bad_field(texts: &Texts, field: &BadField) -> String {
    match field.problem {
        Problem::Blank => texts.field_blank().into(),
        Problem::ControlCharacter => texts.field_control().into(),
        Problem::TooLong { bytes, limit } => fill(texts.field_too_long(), &[&bytes.saturating_sub(limit).to_string()]),
        _ => fill(texts.field_other(), &[&visible(&field.to_string())]),
    }
}

pub(super) fn open_error(texts: &Texts, error: &OpenError) -> String {
    match error {
        OpenError::BadUrl { what, .. } => url_fault(texts, what),
        OpenError::BadProtocol(BadProtocol::Empty) => texts.protocol_empty().into(),
        OpenError::BadProtocol(BadProtocol::Character { name, character, .. }) => fill(
            texts.protocol_bad(),
            &[&visible(name), &visible(&character.to_string())],
        ),
        OpenError::DuplicateProtocol(name) => fill(texts.protocol_twice(), &[name.as_str()]),
        OpenError::MixedContent { .. } => texts.mixed_content().into(),
        OpenError::Blocked { words, .. } => fill(texts.blocked(), &[&visible(words)]),
    }
}

/// `rooms`: the close codes are those of `chat-room.v1`.
pub(super) fn notice(texts: &Texts, notice: &Notice, rooms: bool) -> String {
    match notice {
        Notice::Connected { protocol, .. } if protocol == SUBPROTOCOL => texts.joined_room().into(),
        Notice::Connected { url, protocol } if protocol.is_empty() => fill(texts.connected_to(), &[&visible(url)]),
        Notice::Connected { url, protocol } => fill(texts.connected_with(), &[&visible(url), &visible(protocol)]),
        Notice::Lost { why, close } => fill(texts.lost(), &[&end(texts, *why, close, rooms)]),
        Notice::Ended { why, close } => fill(texts.ended(), &[&end(texts, *why, close, rooms)]),
        Notice::NoToken { why } => no_token(texts, why),
        Notice::Refused { message } => fill(texts.server_refused(), &[&visible(message)]),
        Notice::LogReset => texts.log_reset().into(),
        Notice::Missed => texts.missed().into(),
        Notice::NotKept => texts.not_kept().into(),
        Notice::Unreadable { what } => fill(texts.unreadable(), &[&visible(what)]),
    }
}

/// Who has come, gone and is called something else, in one line.
pub(super) fn people(texts: &Texts, people: &People, called: &Called) -> String {
    let mut clauses = Vec::new();
    if people.joined.count() > 0 {
        clauses.push(fill(texts.have_joined(), &[&crowd(texts, &people.joined, called)]));
    }
    if people.left.count() > 0 {
        clauses.push(fill(texts.have_left(), &[&crowd(texts, &people.left, called)]));
    }
    match &people.renamed.named[..] {
        [] => {}
        [one] if people.renamed.more == 0 => {
            let names = [&one.before, &one.name].map(|name| called.short_name(&one.client, name));
            clauses.push(fill(texts.has_new_name(), &[&names[0], &names[1]]));
        }
        _ => clauses.push(fill(texts.have_new_names(), &[&crowd(texts, &people.renamed, called)])),
    }
    clauses.join(texts.clauses())
}

/// Up to three by name, or two and how many others.
fn crowd(texts: &Texts, crowd: &Crowd, called: &Called) -> String {
    let named = crowd.named.iter().take(3);
    let names: Vec<String> = named.map(|it| called.short_name(&it.client, &it.name)).collect();
    match (&names[..], crowd.count()) {
        ([], 1) => texts.somebody().into(),
        ([one], 1) => one.clone(),
        ([one, two], 2) => fill(texts.names_two(), &[one, two]),
        ([one, two, three], 3) => fill(texts.names_three(), &[one, two, three]),
        ([one, two, ..], count) => fill(texts.names_more(), &[one, two, &(count - 2).to_string()]),
        (_, count) => fill(texts.some_people(), &[&count.to_string()]),
    }
}

/// How a connection ended, with the code, whether it was clean, and the reason if there is one.
pub(super) fn end(texts: &Texts, why: Why, close: &Close, rooms: bool) -> String {
    let cause = match why {
        Why::SocketClosed => code(texts, close, rooms),
        Why::Disconnected => texts.why_disconnected(),
        Why::ConnectTimeout => texts.why_timeout(),
        Why::Silent => texts.why_silent(),
        Why::Unanswered => texts.why_unanswered(),
        Why::Suspended => texts.why_suspended(),
        Why::GaveUp => texts.why_gave_up(),
        Why::Refused => texts.why_refused(),
    };
    let clean = if close.was_clean {
        texts.clean()
    } else {
        texts.unclean()
    };
    let mut sentence = format!("{cause} ({}, {clean})", close.code);
    if !close.reason.is_empty() {
        sentence.push_str(" · ");
        sentence.push_str(&visible(&close.reason));
    }
    sentence
}

/// Why the page gave no token.
pub(super) fn no_token(texts: &Texts, why: &str) -> String {
    fill(texts.no_token(), &[&visible(why)])
}

/// How a connection ended that does not come back by itself. `turned_away`: the server's words at the door.
pub(super) fn ending(texts: &Texts, why: Why, close: &Close, turned_away: Option<&str>, rooms: bool) -> String {
    match (turned_away, why) {
        (Some(message), _) => fill(texts.server_refused(), &[&visible(message)]),
        (None, Why::Disconnected) => fill(texts.ended(), &[&end(texts, why, close, rooms)]),
        (None, _) => fill(texts.ended_for_good(), &[&end(texts, why, close, rooms)]),
    }
}

/// Whether an end is one that somebody has decided: the browser, or the server by the protocol's own codes.
pub(super) fn is_refusal(why: Why, close: &Close, rooms: bool) -> bool {
    why == Why::Refused || (rooms && why == Why::SocketClosed && matches!(close.code, close::TOKEN | close::ROOM))
}

/// What a close code means, where `chat-room.v1` was asked for by its words.
pub(super) fn code<'t>(texts: &Texts<'t>, close: &Close, rooms: bool) -> &'t str {
    match close.code {
        close::TOKEN if rooms => texts.room_token(),
        close::ROOM if rooms => texts.room_forbidden(),
        close::ELSEWHERE if rooms => texts.room_elsewhere(),
        1012 if rooms => texts.room_restart(),
        1013 if rooms => texts.room_slow(),
        _ => meaning(texts, close.meaning()),
    }
}

fn meaning<'t>(texts: &Texts<'t>, meaning: CodeMeaning) -> &'t str {
    match meaning {
        CodeMeaning::Normal => texts.code_normal(),
        CodeMeaning::GoingAway => texts.code_going_away(),
        CodeMeaning::ProtocolError => texts.code_protocol_error(),
        CodeMeaning::UnsupportedData => texts.code_unsupported(),
        CodeMeaning::NoCode => texts.code_none(),
        CodeMeaning::Abnormal => texts.code_abnormal(),
        CodeMeaning::InvalidPayload => texts.code_payload(),
        CodeMeaning::PolicyViolation => texts.code_policy(),
        CodeMeaning::MessageTooBig => texts.code_too_big(),
        CodeMeaning::MandatoryExtension => texts.code_extension(),
        CodeMeaning::InternalError => texts.code_internal(),
        CodeMeaning::ServiceRestart => texts.code_restart(),
        CodeMeaning::TryAgainLater => texts.code_try_later(),
        CodeMeaning::BadGateway => texts.code_gateway(),
        CodeMeaning::TlsHandshake => texts.code_tls(),
        CodeMeaning::Unauthorized => texts.code_unauthorized(),
        CodeMeaning::Forbidden => texts.code_forbidden(),
        CodeMeaning::Timeout => texts.code_timeout(),
        CodeMeaning::Unused | CodeMeaning::Reserved | CodeMeaning::Undefined => texts.code_reserved(),
        CodeMeaning::Library => texts.code_library(),
        CodeMeaning::Private => texts.code_private(),
    }
}

/// Who is typing, if anybody is.
pub(super) fn typing(texts: &Texts, mut names: impl Iterator<Item = String>) -> Option<String> {
    let first = names.next()?;
    Some(match (names.next(), names.next()) {
        (None, _) => fill(texts.is_typing(), &[&first]),
        (Some(second), None) => fill(texts.are_typing(), &[&first, &second]),
        _ => texts.several_typing().into(),
    })
}

/// How many are in the room.
pub(super) fn count_of_people(texts: &Texts, count: u64) -> String {
    match count {
        1 => texts.people_one().into(),
        _ => fill(texts.people(), &[&count.to_string()]),
    }
}

/// The first characters of a text, with an ellipsis if there are more.
pub(super) fn beginning(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => [&text[..end], "…"].concat(),
        None => text.to_owned(),
    }
}

/// A stranger's name, for use inside a sentence.
pub(super) fn short_name(name: &str) -> String {
    beginning(&visible(name), MAX_NAME_CHARACTERS)
}

/// A stranger's text for use inside a sentence: what would turn its direction, break its line or hide is spelled out.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        let joins =
            character == ZERO_WIDTH_JOINER && is_emoji(before) && characters.peek().copied().is_some_and(is_emoji);
        if hides(character) && !joins {
            shown.push_str(&format!("⟨U+{:04X}⟩", character as u32));
        } else {
            shown.push(character);
        }
        if character != EMOJI_SELECTOR {
            before = character;
        }
    }
    shown
}

/// Puts emoji together to one.
const ZERO_WIDTH_JOINER: char = '\u{200d}';
/// Wants the character before it as an emoji.
const EMOJI_SELECTOR: char = '\u{fe0f}';

fn is_emoji(character: char) -> bool {
    matches!(character, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

fn hides(character: char) -> bool {
    let hides = matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    );
    hides || character.is_control()
}
