//! How a WebSocket ends: the codes and reasons a program may send, and what the codes it receives mean.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::fmt;

/// The most UTF-8 bytes a close reason may have: a control frame holds 125, two of them are the code (RFC 6455, 5.5).
pub const MAX_REASON_BYTES: usize = 123;

/// How a connection ended, as the native `close` event tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// The status code; [`meaning`] puts it in words. 1005 and 1006 are made up by the browser, no peer sent them.
    pub code: u16,
    /// The peer's reason; empty where it gave none.
    pub reason: String,
    /// Whether both sides finished the closing handshake.
    pub was_clean: bool,
}

impl Close {
    /// What [`Close::code`] means.
    pub fn meaning(&self) -> CodeMeaning {
        meaning(self.code)
    }
}

/// What to tell the peer when closing: a code, and a reason that may be empty.
///
/// Natively a reason cannot travel without a code, so neither can it here: a [`CloseReason`] alone turns into a frame
/// with 1000, a [`CloseCode`] alone into one with no reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseFrame {
    code: CloseCode,
    reason: CloseReason,
}

impl CloseFrame {
    /// The frame with this code and reason.
    pub fn new(code: CloseCode, reason: CloseReason) -> Self {
        Self { code, reason }
    }

    /// The code the peer will see.
    pub fn code(&self) -> CloseCode {
        self.code
    }

    /// The reason the peer will see; empty for none.
    pub fn reason(&self) -> &str {
        self.reason.as_str()
    }
}

impl From<CloseCode> for CloseFrame {
    fn from(code: CloseCode) -> Self {
        Self::new(code, CloseReason::default())
    }
}

impl From<CloseReason> for CloseFrame {
    fn from(reason: CloseReason) -> Self {
        Self::new(CloseCode::NORMAL, reason)
    }
}

/// A close code a program may send: 1000, or 3000 to 4999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CloseCode(u16);

impl CloseCode {
    /// 1000: the work is done.
    pub const NORMAL: Self = Self(1000);

    /// This code, if a program may send it.
    ///
    /// # Errors
    /// Every other code: the browser refuses it in every state, also on a socket that is closed already.
    pub fn new(code: u16) -> Result<Self, BadCloseCode> {
        match code {
            1000 | 3000..=4999 => Ok(Self(code)),
            _ => Err(BadCloseCode { code }),
        }
    }

    /// The code as a number.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A code that a program may not send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadCloseCode {
    /// The code that was given.
    pub code: u16,
}

impl BadCloseCode {
    /// What the code is kept for, which is why it cannot be sent.
    pub fn meaning(&self) -> CodeMeaning {
        meaning(self.code)
    }
}

impl fmt::Display for BadCloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code } = self;
        let why = match code {
            0..=999 => "codes below 1000 are not used".to_owned(),
            1005 | 1006 | 1015 => format!("it only reports \"{}\" and never travels", self.meaning()),
            1001..=2999 => {
                format!(
                    "1001 to 2999 are reserved for the protocol itself, this one for \"{}\"",
                    self.meaning()
                )
            }
            _ => "codes from 5000 on are not defined".to_owned(),
        };
        write!(
            f,
            "close code {code} cannot be sent: {why}; use 1000, or a number from 3000 to 4999"
        )
    }
}

impl core::error::Error for BadCloseCode {}

/// A close reason that fits into a close frame: at most [`MAX_REASON_BYTES`] bytes of UTF-8, possibly none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CloseReason(String);

impl CloseReason {
    /// This reason, if it fits. Bytes are counted, not characters: 41 Chinese characters fill it.
    ///
    /// # Errors
    /// A reason of more than [`MAX_REASON_BYTES`] bytes.
    pub fn new(reason: impl Into<String>) -> Result<Self, BadCloseReason> {
        let reason = reason.into();
        if reason.len() > MAX_REASON_BYTES {
            Err(BadCloseReason { bytes: reason.len() })
        } else {
            Ok(Self(reason))
        }
    }

    /// The reason as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A reason that does not fit into a close frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadCloseReason {
    /// How many bytes of UTF-8 the reason has; at most [`MAX_REASON_BYTES`] fit.
    pub bytes: usize,
}

impl fmt::Display for BadCloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bytes } = self;
        write!(
            f,
            "the close reason has {bytes} bytes of UTF-8 and at most {MAX_REASON_BYTES} fit; shorten it"
        )
    }
}

impl core::error::Error for BadCloseReason {}

/// What a close code means: RFC 6455 section 7.4 and IANA's registry of WebSocket close codes.
///
/// Its [`Display`](fmt::Display) is a short English phrase without the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CodeMeaning {
    /// 1000: the work is done.
    Normal,
    /// 1001: the server goes down, or the page is left.
    GoingAway,
    /// 1002: the other side broke the WebSocket protocol.
    ProtocolError,
    /// 1003: a kind of data, such as binary, that the other side does not take.
    UnsupportedData,
    /// 1005: the close frame had no code. Made up by the receiver.
    NoCode,
    /// 1006: the connection was lost, or never came to be, without a close frame. Made up by the receiver, which by
    /// design tells no cause: DNS, TLS, a refused port and a refused handshake all look like this.
    Abnormal,
    /// 1007: data that is not what it claims to be, such as text that is not UTF-8.
    InvalidPayload,
    /// 1008: a rule of the other side was broken, and no better code exists.
    PolicyViolation,
    /// 1009: a message larger than the other side takes.
    MessageTooBig,
    /// 1010: the server did not agree to an extension that the client needs.
    MandatoryExtension,
    /// 1011: something failed inside the server.
    InternalError,
    /// 1012: the server restarts; reconnecting is welcome.
    ServiceRestart,
    /// 1013: the server is overloaded; try again later.
    TryAgainLater,
    /// 1014: a gateway got a bad answer from the server behind it.
    BadGateway,
    /// 1015: the TLS handshake failed. Made up by the receiver.
    TlsHandshake,
    /// 3000: registered as "unauthorized".
    Unauthorized,
    /// 3003: registered as "forbidden".
    Forbidden,
    /// 3008: registered as "timeout".
    Timeout,
    /// 0 to 999: not used.
    Unused,
    /// 1004 and 1016 to 2999: reserved for the protocol and its extensions.
    Reserved,
    /// Any other of 3000 to 3999: for libraries and frameworks, which may register theirs.
    Library,
    /// 4000 to 4999: private; only this server knows what it means.
    Private,
    /// 5000 and above: not defined.
    Undefined,
}

/// What `code` means.
pub fn meaning(code: u16) -> CodeMeaning {
    match code {
        0..=999 => CodeMeaning::Unused,
        1000 => CodeMeaning::Normal,
        1001 => CodeMeaning::GoingAway,
        1002 => CodeMeaning::ProtocolError,
        1003 => CodeMeaning::UnsupportedData,
        1005 => CodeMeaning::NoCode,
        1006 => CodeMeaning::Abnormal,
        1007 => CodeMeaning::InvalidPayload,
        1008 => CodeMeaning::PolicyViolation,
        1009 => CodeMeaning::MessageTooBig,
        1010 => CodeMeaning::MandatoryExtension,
        1011 => CodeMeaning::InternalError,
        1012 => CodeMeaning::ServiceRestart,
        1013 => CodeMeaning::TryAgainLater,
        1014 => CodeMeaning::BadGateway,
        1015 => CodeMeaning::TlsHandshake,
        1004 | 1016..=2999 => CodeMeaning::Reserved,
        3000 => CodeMeaning::Unauthorized,
        3003 => CodeMeaning::Forbidden,
        3008 => CodeMeaning::Timeout,
        3001..=3999 => CodeMeaning::Library,
        4000..=4999 => CodeMeaning::Private,
        5000.. => CodeMeaning::Undefined,
    }
}

impl fmt::Display for CodeMeaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Normal => "normal closure",
            Self::GoingAway => "going away",
            Self::ProtocolError => "protocol error",
            Self::UnsupportedData => "unsupported data",
            Self::NoCode => "no code given",
            Self::Abnormal => "connection lost",
            Self::InvalidPayload => "invalid payload",
            Self::PolicyViolation => "policy violation",
            Self::MessageTooBig => "message too big",
            Self::MandatoryExtension => "mandatory extension",
            Self::InternalError => "internal server error",
            Self::ServiceRestart => "service restart",
            Self::TryAgainLater => "try again later",
            Self::BadGateway => "bad gateway",
            Self::TlsHandshake => "TLS handshake failed",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::Timeout => "timeout",
            Self::Unused => "unused code",
            Self::Reserved => "reserved code",
            Self::Library => "a library's code",
            Self::Private => "the server's own code",
            Self::Undefined => "undefined code",
        })
    }
}

#[cfg(test)]
mod tests;
