//! The vocabulary of the browser's native WebSocket, without a browser: states, messages, closing, subprotocols, URLs.
//!
//! Everything the native API answers with an exception, a silent discard or a bare number is a type here, so that
//! a mistake is found before a socket is touched and can be told to people in words. Nothing in this module knows a
//! browser: it builds and is tested on any target. What speaks to the browser is `web::Socket` (wasm32 only).
//!
//! ```
//! use chat_room::websocket::{CloseCode, CloseFrame, CloseReason, Protocol};
//!
//! let protocol = Protocol::new("chat-room.v1")?;
//! let goodbye = CloseFrame::new(CloseCode::new(4001)?, CloseReason::new("再见")?);
//! assert_eq!((protocol.as_str(), goodbye.reason().len()), ("chat-room.v1", 6));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod closing;
mod error;
mod protocol;
mod url;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use closing::{
    BadCloseCode, BadCloseReason, Close, CloseCode, CloseFrame, CloseReason, CodeMeaning, MAX_REASON_BYTES, meaning,
};
pub use error::{OpenError, SendError};
pub use protocol::{BadProtocol, Protocol};
pub use url::UrlFault;
// What the socket checks before the browser does. No one else's business, and tested natively, where no socket is.
#[doc(hidden)]
pub use {
    protocol::duplicate,
    url::{from_resolved, has_scheme},
};

/// The native `readyState`, with its native numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum ReadyState {
    /// 0: the handshake is under way; nothing can be sent yet.
    Connecting = 0,
    /// 1: messages flow both ways.
    Open = 1,
    /// 2: a close was asked for by either side and is not finished; what is sent now is lost.
    Closing = 2,
    /// 3: closed for good, or never opened; what is sent now is lost.
    Closed = 3,
}

impl From<ReadyState> for u16 {
    fn from(state: ReadyState) -> u16 {
        state as u16
    }
}

impl TryFrom<u16> for ReadyState {
    type Error = UnknownReadyState;

    fn try_from(number: u16) -> Result<Self, UnknownReadyState> {
        match number {
            0 => Ok(Self::Connecting),
            1 => Ok(Self::Open),
            2 => Ok(Self::Closing),
            3 => Ok(Self::Closed),
            other => Err(UnknownReadyState(other)),
        }
    }
}

/// The native constant's name: `CONNECTING`, `OPEN`, `CLOSING` or `CLOSED`.
impl fmt::Display for ReadyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connecting => "CONNECTING",
            Self::Open => "OPEN",
            Self::Closing => "CLOSING",
            Self::Closed => "CLOSED",
        })
    }
}

/// A number that is no native `readyState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownReadyState(
    /// The number that was given.
    pub u16,
);

impl fmt::Display for UnknownReadyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is no WebSocket readyState; the states are 0 to 3", self.0)
    }
}

impl core::error::Error for UnknownReadyState {}

/// One message, as sent or as received: a text frame or a binary frame, of any length including none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A text frame. Natively always valid UTF-8: anything else closes the connection with 1007.
    Text(String),
    /// A binary frame.
    Binary(Vec<u8>),
}

impl Message {
    /// The payload's length in bytes; a text counts its UTF-8 bytes, as the network and `bufferedAmount` do.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }

    /// Whether the payload is empty. An empty message is a message: it is sent and received like any other.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Message {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Binary(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_states_have_their_native_numbers_and_names() {
        let table = [
            (0, ReadyState::Connecting, "CONNECTING"),
            (1, ReadyState::Open, "OPEN"),
            (2, ReadyState::Closing, "CLOSING"),
            (3, ReadyState::Closed, "CLOSED"),
        ];
        for (number, state, name) in table {
            assert_eq!(ReadyState::try_from(number), Ok(state));
            assert_eq!(u16::from(state), number);
            assert_eq!(state.to_string(), name);
        }
        for number in [4, u16::MAX] {
            assert_eq!(ReadyState::try_from(number), Err(UnknownReadyState(number)));
        }
    }

    #[test]
    fn a_message_is_measured_in_bytes() {
        assert_eq!(Message::from("你好").len(), 6);
        assert_eq!(Message::from(vec![0; 3]).len(), 3);
        assert!(Message::from("").is_empty());
        assert!(!Message::from("\0").is_empty());
    }
}
