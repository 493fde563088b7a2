//! What goes into a connection and what comes out.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::config::OutboxLimits;
use crate::websocket::{Close, Protocol};

/// Names one socket for as long as the [`Connection`](super::Connection) lives. Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub(super) u64);

/// Where to connect to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The server's address, as the native constructor takes it.
    pub url: String,
    /// The subprotocols to offer, in order of preference.
    pub protocols: Vec<Protocol>,
}

impl Target {
    /// This address, with no subprotocol to offer.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            protocols: Vec::new(),
        }
    }
}

/// A message of any kind that can wait in the outbox.
pub trait Payload {
    /// Its size in bytes, as [`OutboxLimits::bytes`] counts it.
    fn size(&self) -> usize;
}

impl Payload for String {
    fn size(&self) -> usize {
        self.len()
    }
}

impl Payload for Vec<u8> {
    fn size(&self) -> usize {
        self.len()
    }
}

impl Payload for crate::websocket::Message {
    fn size(&self) -> usize {
        self.len()
    }
}

/// What the user asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command<M> {
    /// Connect to a server, leaving the one before. While waiting: try now.
    Connect(Target),
    /// Leave, cancelling whatever is under way.
    Disconnect,
    /// Leave as the native `close()` does: a socket that is still opening is closed too, and its close event awaited.
    Close,
    /// Send now, or as soon as the connection is open.
    Send(M),
}

/// Why a command was refused. A refused command has changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommandError {
    /// Connect, but that very connection is open or on its way.
    AlreadyConnected,
    /// Disconnect, close or send, but there is no connection and none is on its way.
    NotConnected,
    /// Send, disconnect or close, but the connection is being closed.
    Closing,
    /// Send, but as much as may wait is waiting already.
    OutboxFull(OutboxLimits),
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyConnected => {
                f.write_str("already connected to this server, or on the way to it: disconnect first")
            }
            Self::NotConnected => f.write_str("there is no connection: connect first"),
            Self::Closing => f.write_str("the connection is being closed: connect again"),
            Self::OutboxFull(limits) => write!(
                f,
                "the outbox is full (at most {} messages and {} bytes wait for the connection): wait until it is open",
                limits.messages, limits.bytes
            ),
        }
    }
}

impl core::error::Error for CommandError {}

/// What the socket, the page or the clock did.
///
/// Events of a socket that is no longer the current one are ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<M> {
    /// The socket is open.
    SocketOpened {
        /// Which socket.
        socket: SocketId,
        /// The subprotocol that the server chose; empty for none.
        protocol: String,
    },
    /// The socket received a message.
    SocketMessage {
        /// Which socket.
        socket: SocketId,
        /// What it received.
        message: M,
    },
    /// The socket failed. Changes nothing: a close follows, and acting on both would double the sockets.
    SocketErrored {
        /// Which socket.
        socket: SocketId,
    },
    /// The socket is closed.
    SocketClosed {
        /// Which socket.
        socket: SocketId,
        /// As the close event tells it.
        close: Close,
    },
    /// The socket could not be made at all. Trying again would fail the same way.
    SocketRefused {
        /// Which socket.
        socket: SocketId,
    },
    /// The socket did not take this message, whose turn comes again with the next socket.
    SendRefused {
        /// What it did not take.
        message: M,
    },
    /// The clock has reached [`poll_timeout`](super::Connection::poll_timeout), or may have.
    TimePassed,
    /// The peer has left something unanswered for too long, although it may go on talking: only one way of the line is
    /// alive.
    Unanswered,
    /// The machine has a network again.
    Online,
    /// The machine has no network: retries wait for it.
    Offline,
    /// The page can be seen.
    Visible,
    /// The page cannot be seen: its timers may be late. Changes nothing, since deadlines are points in time.
    Hidden,
    /// The page stops running: it freezes, or enters the back/forward cache. A socket would not survive that whole.
    Suspended,
    /// The page runs again: it resumes, or leaves the back/forward cache.
    Resumed,
}

/// What to do. Outputs are carried out in order.
///
/// Every one is a duty, so they can be matched without a wildcard: a new one is a breaking change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output<M> {
    /// Make a socket and tell its events under this id.
    OpenSocket {
        /// Which socket.
        socket: SocketId,
        /// Where to.
        target: Target,
    },
    /// Begin the closing handshake with code 1000. The close event is still wanted.
    CloseSocket {
        /// Which socket.
        socket: SocketId,
    },
    /// Detach the socket and close it. No event of it is wanted any more.
    DropSocket {
        /// Which socket.
        socket: SocketId,
    },
    /// Send this through the socket, or answer [`Event::SendRefused`].
    Send {
        /// Which socket.
        socket: SocketId,
        /// What to send.
        message: M,
    },
    /// Ask the peer for a sign of life.
    Probe {
        /// Which socket.
        socket: SocketId,
    },
    /// A message for the user.
    Received(M),
    /// A message that was waiting and will not be sent: the user left, or nobody will connect any more.
    Returned(M),
    /// [`state`](super::Connection::state) tells something new.
    StateChanged,
}
