//! How a stream ends, and why there is none.

use std::{error::Error, fmt};

use super::StreamLimits;
use crate::websocket::{Close, OpenError};

/// How a [`SocketStream`](super::SocketStream) ended. There is an end to every one, also after a clean close, so that
/// one that was cut short is never taken for a whole one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// The socket closed, by whichever side.
    Closed(Close),
    /// More messages arrived than these limits let wait; the socket was closed for it.
    Overflowed(StreamLimits),
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed(close) => write!(f, "{}; connect again to go on", Closed(close)),
            Self::Overflowed(limits) => write!(
                f,
                "the socket was closed since more than {} messages or {} bytes waited to be read; read them sooner, or \
                 set StreamLimits higher",
                limits.queued_messages, limits.queued_bytes
            ),
        }
    }
}

impl Error for Ended {}

/// Why there is no open socket.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectError {
    /// The browser refuses to make it.
    Refused(OpenError),
    /// It closed before it was open. The browser tells no cause.
    Closed {
        /// The server's absolute address.
        url: String,
        /// How it closed.
        close: Close,
    },
}

impl From<OpenError> for ConnectError {
    fn from(error: OpenError) -> Self {
        Self::Refused(error)
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::Closed { url, close } => write!(
                f,
                "cannot connect to {url:?}: {}; see that the server runs there and lets this page in",
                Closed(close)
            ),
        }
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Refused(error) => Some(error),
            Self::Closed { .. } => None,
        }
    }
}

/// A close in words.
struct Closed<'a>(&'a Close);

impl fmt::Display for Closed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(close) = self;
        write!(f, "the socket closed with {} ({}", close.code, close.meaning())?;
        if !close.reason.is_empty() {
            write!(f, ": {:?}", close.reason)?;
        }
        f.write_str(")")
    }
}
