//! What the rooms are told, and what they ask for.

use std::fmt;

use chat_room_wire::{BadFrame, ClientFrame};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::queue::Backlog;
use crate::Limits;
use crate::log::{NewPost, Query};

/// A connection, for as long as the relay runs: ids are not used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What the rooms are made with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Names the log; see [`Log::epoch`](crate::log::Log::epoch).
    pub epoch: String,
    /// The bounds of everything. `ping_every` is told as the heartbeat.
    pub limits: Limits,
}

/// What a new connection speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// `chat-room.v1`. It says itself which room it wants.
    V1,
    /// Plain text: what it sends is said in a room, and it gets what the others say as `name: text`.
    Plain {
        /// The room.
        room: String,
        /// What it is called; without one, a name is made up.
        name: Option<String>,
        /// Fresh and secret as the key of a `join`: it is what makes its posts its own.
        key: String,
    },
}

/// What a connection sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// A text, as it came.
    Text(Utf8Bytes),
    /// A text of `chat-room.v1` that was read before, outside of any lock; see [`Message::read`].
    Frames {
        /// What it says.
        frames: Result<Vec<Result<ClientFrame, BadFrame>>, BadFrame>,
        /// How long the text was, in bytes.
        bytes: usize,
    },
    /// Bytes. Nobody may send them.
    Binary,
}

impl Message {
    /// Reads a text of a connection that speaks `chat-room.v1`.
    pub fn read(text: &str) -> Self {
        Self::Frames {
            frames: ClientFrame::decode(text),
            bytes: text.len(),
        }
    }
}

/// Something to be done. To be carried out in order.
#[derive(Debug)]
pub enum Output {
    /// Hand posts to the log, which takes all of them or none. Where it is busy:
    /// [`Rooms::handle_posted`](super::Rooms::handle_posted) with a failure of each.
    Append {
        /// The posts of one connection, each with the ticket under which its outcome is told.
        posts: Vec<(u64, NewPost)>,
    },
    /// Ask the log. Where it is busy: [`Rooms::handle_found`](super::Rooms::handle_found) with an error.
    Read {
        /// Under which the answer is told.
        ticket: u64,
        /// The question.
        query: Box<Query>,
    },
    /// Something waits where nothing did: [`Rooms::take`](super::Rooms::take) it and send it.
    Wake(ConnectionId),
    /// Read nothing more from this connection.
    Pause(ConnectionId),
    /// Read from it again.
    Resume(ConnectionId),
    /// Close it. It is forgotten already.
    Close(Closing),
}

/// How a connection is to be closed.
#[derive(Debug)]
pub struct Closing {
    /// The connection.
    pub connection: ConnectionId,
    /// What is to be sent before.
    pub rest: Backlog,
    /// The close code.
    pub code: u16,
    /// The reason, of at most 123 bytes.
    pub reason: String,
}
