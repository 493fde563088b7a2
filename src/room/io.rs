//! What goes into a room and what comes out.

use core::fmt;

use super::ItemId;
use crate::connection::{CommandError, SocketId, Target};
use crate::websocket::Message;

/// The longest text that can be sent, in bytes of UTF-8: 64 KiB, as much as the relay takes in one message.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// What the user asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Connect to a server, leaving the one before. While waiting: try now.
    Connect(Target),
    /// Leave, cancelling whatever is under way.
    Disconnect,
    /// Send a text now, or as soon as the connection is open.
    Say(String),
    /// Send a text of one's own that has failed.
    SayAgain(ItemId),
}

/// Why a command was refused. A refused command has changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The text has nothing in it that could be seen.
    Empty,
    /// The text is longer than [`MAX_TEXT_BYTES`].
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// The network does not keep up with what was sent before.
    Congested {
        /// How many bytes the browser still has to send.
        bytes: u64,
    },
    /// Only a text that has failed can be sent again.
    NotFailed,
    /// The connection refuses.
    Connection(CommandError),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the text is empty: type something"),
            Self::TooLong { bytes } => write!(
                f,
                "the text has {bytes} bytes, at most {MAX_TEXT_BYTES} can be sent at once: shorten it by {}",
                bytes.saturating_sub(MAX_TEXT_BYTES)
            ),
            Self::Congested { bytes } => {
                write!(
                    f,
                    "{bytes} bytes still wait to be sent, the network does not keep up: try again soon"
                )
            }
            Self::NotFailed => f.write_str("this text has not failed: only one that has can be sent again"),
            Self::Connection(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Refusal {}

/// What to do. Outputs are carried out in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Make a socket and tell its events under this id.
    OpenSocket {
        /// Which socket.
        socket: SocketId,
        /// Where to.
        target: Target,
    },
    /// Begin the closing handshake with code 1000.
    CloseSocket {
        /// Which socket.
        socket: SocketId,
    },
    /// Detach the socket and close it.
    DropSocket {
        /// Which socket.
        socket: SocketId,
    },
    /// Send this through the socket, or call [`Room::handle_send_refused`](super::Room::handle_send_refused).
    Send {
        /// Which socket.
        socket: SocketId,
        /// The item that shows it.
        item: Option<ItemId>,
        /// What to send.
        message: Message,
    },
    /// A message has arrived; it is in the timeline already.
    Received(Message),
    /// [`Room::state`](super::Room::state) tells something new.
    StateChanged,
}
