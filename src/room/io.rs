//! What goes into a room and what comes out.

use core::fmt;

use chat_room_wire::{BadField, Body};

use super::ItemId;
use crate::connection::{CommandError, SocketId, Target};
use crate::websocket::Message;

/// The longest plain text that can be sent, in bytes of UTF-8: 64 KiB, as much as the relay takes in one message.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// Where to go, and as whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entrance {
    /// The server. With `chat-room.v1` among its subprotocols that is spoken if the server chooses it, else plain text.
    pub target: Target,
    /// The room. Plain text knows no rooms.
    pub room: String,
    /// What one is called there.
    pub name: String,
}

impl Entrance {
    /// This room of this server, under this name.
    #[must_use]
    pub fn new(target: Target, room: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            target,
            room: room.into(),
            name: name.into(),
        }
    }

    /// Whose posts are whose: they belong to a room of a server.
    pub fn address(&self) -> Address {
        Address {
            url: self.target.url.clone(),
            room: self.room.clone(),
        }
    }
}

/// A room of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The server's address.
    pub url: String,
    /// The room's name.
    pub room: String,
}

/// What the user asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// Fetch what was kept for this room, without connecting yet.
    Prepare(Address),
    /// Connect to a server, leaving the one before. While waiting: try now.
    Connect(Entrance),
    /// Leave, cancelling whatever is under way. What waits to be sent in a room goes on waiting.
    Disconnect,
    /// Send a text now, or as soon as it can be.
    Say(String),
    /// The same for anything that can be posted in a room.
    Post(Body),
    /// Send a text of one's own that has failed.
    SayAgain(ItemId),
    /// Let go of a text of one's own that has failed.
    Discard(ItemId),
    /// Be called this from now on.
    Rename(String),
    /// The user is typing, to be said with every key; or no longer.
    Typing(bool),
    /// Whether the page has tokens for the way into its rooms: one is asked for before each join.
    UseTokens(bool),
    /// Ask for the entries before the oldest that is here.
    LoadOlder,
    /// The history is no longer read: what is too much may leave.
    StopReading,
}

/// Why a command was refused. A refused command has changed nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The text has nothing in it that could be seen.
    Empty,
    /// The text is too long.
    TooLong {
        /// How many bytes it has.
        bytes: usize,
        /// How many it may have.
        limit: usize,
    },
    /// The network does not keep up with what was sent before.
    Congested {
        /// How many bytes the browser still has to send.
        bytes: u64,
    },
    /// Only a text that has failed can be sent again, or be let go.
    NotFailed,
    /// Plain text has nothing but texts.
    PlainText,
    /// A field of what was asked is not as it should be: the room's name, one's own, an emoji.
    Field(BadField),
    /// There is no connection to a room now.
    NotJoined,
    /// There is nothing older, it is being asked for already, or as much is here as may.
    NoMore,
    /// The connection refuses.
    Connection(CommandError),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the text is empty: type something"),
            Self::TooLong { bytes, limit } => write!(
                f,
                "the text has {bytes} bytes, at most {limit} can be sent at once: shorten it by {}",
                bytes.saturating_sub(*limit)
            ),
            Self::Congested { bytes } => {
                write!(
                    f,
                    "{bytes} bytes still wait to be sent, the network does not keep up: try again soon"
                )
            }
            Self::NotFailed => f.write_str("this text has not failed: only one that has can be sent again"),
            Self::PlainText => f.write_str("this server takes plain text only: send a text"),
            Self::Field(field) => write!(f, "{field}: change it"),
            Self::NotJoined => f.write_str("there is no connection to a room: connect first"),
            Self::NoMore => f.write_str("there is nothing older to load now"),
            Self::Connection(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Refusal {}

/// What was kept of a client, to go on as the same after a reload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The client's secret: random, and nobody else's at the same time.
    pub key: String,
    /// The `n` of its next post, from 1.
    pub next_n: u64,
    /// The id by which the others know it; empty if that is not known.
    pub client: String,
    /// What was not seen in the log yet, by `n`.
    pub posts: Vec<KeptPost>,
    /// What was last seen of the log, by whatever client.
    pub log: Option<KeptLog>,
    /// Whether what is kept from now on survives the page.
    pub durable: bool,
}

impl Kept {
    /// A client that begins anew with this key, of which nothing is kept.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            next_n: 1,
            ..Self::default()
        }
    }
}

/// A post that is kept until it is seen in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPost {
    /// The client's own counter.
    pub n: u64,
    /// When it was said, in milliseconds since 1970.
    pub at: u64,
    /// What is said.
    pub body: Body,
    /// The relay does not take it; the user has to decide.
    pub failed: bool,
}

/// The newest entries of a log without a gap, at most [`MAX_KEPT_ENTRIES`](super::MAX_KEPT_ENTRIES) and
/// [`MAX_KEPT_LOG_BYTES`](super::MAX_KEPT_LOG_BYTES). A room that is given something else does without it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptLog {
    /// Which log.
    pub epoch: String,
    /// Whether nothing was said before them.
    pub start: bool,
    /// The entries, as an array of the protocol's `entry` frames.
    pub entries: String,
}

/// What is to be kept, or no longer. Every one is a duty, as [`Output`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    /// This post, in the place of one with the same `n`. The next one's `n` is at least one more.
    Post(KeptPost),
    /// No longer the post with this `n`.
    Gone(u64),
    /// The id by which the others know this client.
    Client(String),
    /// Soon, what [`Room::kept_log`](super::Room::kept_log) gives then, in the place of what was kept of this room's log
    /// before. For every client of the room.
    Log,
}

/// What to do. Outputs are carried out in order.
///
/// Every one is a duty, so they can be matched without a wildcard: a new one is a breaking change.
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
        /// The item that shows it, if it is a plain text.
        item: Option<ItemId>,
        /// What to send.
        message: Message,
    },
    /// The same for a text with a secret in it, and nothing to be done if the socket does not take it. Whoever records
    /// what is sent records what is to be shown.
    SendSecret {
        /// Which socket.
        socket: SocketId,
        /// What to send.
        text: String,
        /// The same without the secret.
        shown: String,
    },
    /// Ask the page for a token and call [`Room::handle_token`](super::Room::handle_token).
    AskToken {
        /// Over which socket it will be sent.
        socket: SocketId,
    },
    /// Fetch what was kept for this room, or begin anew, and call
    /// [`Room::handle_claimed`](super::Room::handle_claimed). What was claimed before is let go.
    Claim(Address),
    /// Keep this, or no longer, with what was last claimed.
    Keep(Keep),
    /// A message has arrived; it is in the timeline already. In a room: the text that somebody else has said just now.
    Received(Message),
    /// [`Room::state`](super::Room::state) or [`Room::is_joined`](super::Room::is_joined) tells something new.
    StateChanged,
}
