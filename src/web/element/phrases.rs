//! Errors, reasons and codes as sentences.

use super::texts::{Texts, fill};
use crate::connection::{CommandError, Why};
use crate::room::{Notice, Refusal};
use crate::websocket::{BadProtocol, Close, CodeMeaning, OpenError, UrlFault};

pub(super) fn refusal(texts: &Texts, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Empty => texts.refused_empty.into(),
        Refusal::TooLong { bytes, limit } => fill(texts.refused_too_long, &[&bytes.saturating_sub(*limit).to_string()]),
        Refusal::Congested { .. } => texts.refused_congested.into(),
        Refusal::Connection(CommandError::OutboxFull(_)) => texts.refused_full.into(),
        Refusal::Connection(CommandError::Closing) => texts.refused_closing.into(),
        Refusal::Connection(CommandError::NotConnected) => texts.refused_not_connected.into(),
        Refusal::Connection(CommandError::AlreadyConnected)
        | Refusal::NotFailed
        | Refusal::PlainText
        | Refusal::Field(_)
        | Refusal::NotJoined
        | Refusal::NoMore => String::new(),
    }
}

pub(super) fn url_fault(texts: &Texts, fault: &UrlFault) -> String {
    match fault {
        UrlFault::Empty => texts.url_empty.into(),
        UrlFault::Unreadable => texts.url_unreadable.into(),
        UrlFault::NoBase => texts.url_no_base.into(),
        UrlFault::Scheme(scheme) => fill(texts.url_scheme, &[&visible(scheme)]),
        UrlFault::Fragment(fragment) => fill(texts.url_fragment, &[&visible(fragment)]),
        UrlFault::Refused(words) => fill(texts.url_refused, &[&visible(words)]),
    }
}

/// Whether an error is about the address, and not about a subprotocol.
pub(super) fn is_about_url(error: &OpenError) -> bool {
    !matches!(error, OpenError::BadProtocol(_) | OpenError::DuplicateProtocol(_))
}

pub(super) fn open_error(texts: &Texts, error: &OpenError) -> String {
    match error {
        OpenError::BadUrl { what, .. } => url_fault(texts, what),
        OpenError::BadProtocol(BadProtocol::Empty) => texts.protocol_empty.into(),
        OpenError::BadProtocol(BadProtocol::Character { name, character, .. }) => {
            fill(texts.protocol_bad, &[&visible(name), &visible(&character.to_string())])
        }
        OpenError::DuplicateProtocol(name) => fill(texts.protocol_twice, &[name.as_str()]),
        OpenError::MixedContent { .. } => texts.mixed_content.into(),
        OpenError::Blocked { words, .. } => fill(texts.blocked, &[&visible(words)]),
    }
}

pub(super) fn notice(texts: &Texts, notice: &Notice) -> String {
    match notice {
        Notice::Connected { url, protocol } if protocol.is_empty() => fill(texts.connected_to, &[&visible(url)]),
        Notice::Connected { url, protocol } => fill(texts.connected_with, &[&visible(url), &visible(protocol)]),
        Notice::Lost { why, close } => fill(texts.lost, &[&end(texts, *why, close)]),
        Notice::Ended { why, close } => fill(texts.ended, &[&end(texts, *why, close)]),
        Notice::Refused { message } => visible(message),
        Notice::LogReset | Notice::Missed | Notice::NotKept | Notice::Unreadable { .. } => format!("{notice:?}"),
    }
}

/// How a connection ended, with the code, whether it was clean, and the reason if there is one.
pub(super) fn end(texts: &Texts, why: Why, close: &Close) -> String {
    let cause = match why {
        Why::SocketClosed => meaning(texts, close.meaning()),
        Why::Disconnected => texts.why_disconnected,
        Why::ConnectTimeout => texts.why_timeout,
        Why::Silent => texts.why_silent,
        Why::Suspended => texts.why_suspended,
        Why::GaveUp => texts.why_gave_up,
        Why::Refused => texts.why_refused,
    };
    let clean = if close.was_clean { texts.clean } else { texts.unclean };
    let mut sentence = format!("{cause} ({}, {clean})", close.code);
    if !close.reason.is_empty() {
        sentence.push_str(" · ");
        sentence.push_str(&visible(&close.reason));
    }
    sentence
}

pub(super) fn meaning(texts: &Texts, meaning: CodeMeaning) -> &'static str {
    match meaning {
        CodeMeaning::Normal => texts.code_normal,
        CodeMeaning::GoingAway => texts.code_going_away,
        CodeMeaning::ProtocolError => texts.code_protocol_error,
        CodeMeaning::UnsupportedData => texts.code_unsupported,
        CodeMeaning::NoCode => texts.code_none,
        CodeMeaning::Abnormal => texts.code_abnormal,
        CodeMeaning::InvalidPayload => texts.code_payload,
        CodeMeaning::PolicyViolation => texts.code_policy,
        CodeMeaning::MessageTooBig => texts.code_too_big,
        CodeMeaning::MandatoryExtension => texts.code_extension,
        CodeMeaning::InternalError => texts.code_internal,
        CodeMeaning::ServiceRestart => texts.code_restart,
        CodeMeaning::TryAgainLater => texts.code_try_later,
        CodeMeaning::BadGateway => texts.code_gateway,
        CodeMeaning::TlsHandshake => texts.code_tls,
        CodeMeaning::Unauthorized => texts.code_unauthorized,
        CodeMeaning::Forbidden => texts.code_forbidden,
        CodeMeaning::Timeout => texts.code_timeout,
        CodeMeaning::Unused | CodeMeaning::Reserved | CodeMeaning::Undefined => texts.code_reserved,
        CodeMeaning::Library => texts.code_library,
        CodeMeaning::Private => texts.code_private,
    }
}

/// A stranger's text for use inside a sentence: what would turn its direction, break its line or hide is spelled out.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}' => {
                shown.push_str(&format!("⟨U+{:04X}⟩", character as u32));
            }
            control if control.is_control() => shown.push_str(&format!("⟨U+{:04X}⟩", control as u32)),
            other => shown.push(other),
        }
    }
    shown
}
