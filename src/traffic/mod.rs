//! What went over the sockets of a connection: every message of both ways and all that happened between them, for the
//! inspector. A ring with bounds, a list over it that is filtered and folded, and what is written of each entry.
//!
//! ```
//! use chat_room::traffic::{Filter, List, Traffic, What};
//! use chat_room::websocket::Message;
//!
//! let mut traffic = Traffic::default();
//! traffic.note(1_767_225_600_000, What::sent(&Message::from("hello")));
//! traffic.note(1_767_225_600_012, What::received(&Message::from(vec![0x9f, 0xff])));
//!
//! let mut list = List::default();
//! list.filter(Filter { sent: false, ..Filter::default() }, &traffic);
//! assert_eq!(list.rows().len(), 1);
//! ```

mod export;
mod hex;
mod history;
mod json;
mod list;

use std::collections::VecDeque;
use std::rc::Rc;

use chat_room_wire::SUBPROTOCOL;

pub use export::{json_line, text_line, time_of_day, utc};
pub use hex::{BadHex, DUMP_LINE, dump, hex, parse_hex};
pub use history::{History, MAX_HISTORY, MAX_HISTORY_BYTES, Raw};
pub use json::{MAX_DEPTH, Pretty, pretty};
pub use list::{Filter, Fold, Key, List, Row};

use crate::websocket::{Close, Message, OpenError, ReadyState};

/// The most entries that are kept. The oldest leave first.
pub const MAX_ENTRIES: usize = 10_000;

/// The most bytes of messages and words that all entries together keep.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The most bytes of one message that are kept: of a longer one its head.
pub const MAX_ENTRY_BYTES: usize = 256 * 1024;

/// No longer text is looked at for being a sign of life.
const MAX_HEARTBEAT_BYTES: usize = 40;

/// A message that was sent or received, as much of it as is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// The message, or its head.
    pub head: Message,
    /// How many bytes the whole message has.
    pub bytes: usize,
    /// Whether it is one of `chat-room.v1`'s signs of life.
    pub heartbeat: Option<Heartbeat>,
}

impl Data {
    fn of(message: &Message) -> Self {
        let head = match message {
            Message::Text(text) => Message::Text(text[..text.floor_char_boundary(MAX_ENTRY_BYTES)].to_owned()),
            Message::Binary(bytes) => Message::Binary(bytes[..bytes.len().min(MAX_ENTRY_BYTES)].to_owned()),
        };
        Self {
            head,
            bytes: message.len(),
            heartbeat: None,
        }
    }

    /// Whether all of the message is here.
    pub fn is_whole(&self) -> bool {
        self.head.len() == self.bytes
    }
}

/// A sign of life of `chat-room.v1`, which comes often and says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heartbeat {
    /// The client asks.
    Ping,
    /// The relay answers.
    Pong,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The recording begins, or goes on after it was off.
    Began {
        /// Where the socket stands.
        state: ReadyState,
        /// Where it leads; empty if there was none.
        url: String,
        /// The subprotocol that is spoken; empty for none.
        protocol: String,
    },
    /// A socket was made.
    Connecting {
        /// Where it leads.
        url: String,
        /// The subprotocols that it offers, best first.
        protocols: String,
        /// Which attempt in a row it is.
        attempt: u32,
    },
    /// The browser made no socket.
    Refused(OpenError),
    /// The socket is open.
    Open {
        /// The subprotocol that the server chose; empty for none.
        protocol: String,
        /// The extensions in use; empty for none.
        extensions: String,
    },
    /// The browser has taken a message to be sent.
    Sent(Data),
    /// A message has come.
    Received(Data),
    /// The socket did not take a message of so many bytes.
    NotSent(usize),
    /// The closing handshake was begun from here.
    Closing,
    /// The socket told an error; browsers say no more about it.
    Errored,
    /// The socket was closed.
    Closed(Close),
    /// The socket was let go: whatever becomes of it is no longer told.
    Dropped,
}

impl What {
    /// A message on its way to the server.
    pub fn sent(message: &Message) -> Self {
        Self::Sent(Data::of(message))
    }

    /// A message from the server.
    pub fn received(message: &Message) -> Self {
        Self::Received(Data::of(message))
    }

    /// Its name in exports and filters.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Began { .. } => "recording",
            Self::Connecting { .. } => "connecting",
            Self::Refused(_) => "refused",
            Self::Open { .. } => "open",
            Self::Sent(_) => "sent",
            Self::Received(_) => "received",
            Self::NotSent(_) => "not sent",
            Self::Closing => "closing",
            Self::Errored => "error",
            Self::Closed(_) => "close",
            Self::Dropped => "dropped",
        }
    }

    /// The message, if it is one.
    pub fn data(&self) -> Option<&Data> {
        match self {
            Self::Sent(data) | Self::Received(data) => Some(data),
            _ => None,
        }
    }

    /// The socket's readyState from then on, where it changes.
    pub fn ready_state(&self) -> Option<ReadyState> {
        match self {
            Self::Began { state, .. } => Some(*state),
            Self::Connecting { .. } => Some(ReadyState::Connecting),
            Self::Open { .. } => Some(ReadyState::Open),
            Self::Closing => Some(ReadyState::Closing),
            Self::Refused(_) | Self::Closed(_) | Self::Dropped => Some(ReadyState::Closed),
            Self::Sent(_) | Self::Received(_) | Self::NotSent(_) | Self::Errored => None,
        }
    }

    /// How many bytes are kept of it.
    fn size(&self) -> usize {
        match self {
            Self::Sent(data) | Self::Received(data) => data.head.len(),
            Self::Began { url, protocol, .. } => url.len() + protocol.len(),
            Self::Connecting { url, protocols, .. } => url.len() + protocols.len(),
            Self::Open { protocol, extensions } => protocol.len() + extensions.len(),
            Self::Closed(close) => close.reason.len(),
            Self::Refused(_) | Self::NotSent(_) | Self::Closing | Self::Errored | Self::Dropped => 0,
        }
    }
}

/// Something that happened, and when.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 0 without gaps.
    pub seq: u64,
    /// Milliseconds since 1970.
    pub at: u64,
    /// What happened.
    pub what: What,
}

/// The newest of what happened, as much as the bounds allow.
#[derive(Debug, Default)]
pub struct Traffic {
    entries: VecDeque<Rc<Entry>>,
    next: u64,
    bytes: usize,
    speaks_rooms: bool,
}

impl Traffic {
    /// Keeps one more, and lets go of the oldest that no longer fit.
    pub fn note(&mut self, at: u64, mut what: What) {
        match &mut what {
            What::Began { protocol, .. } | What::Open { protocol, .. } => self.speaks_rooms = protocol == SUBPROTOCOL,
            What::Sent(data) | What::Received(data) if self.speaks_rooms => data.heartbeat = heartbeat(&data.head),
            _ => {}
        }
        self.bytes += what.size();
        let entry = Entry {
            seq: self.next,
            at,
            what,
        };
        self.entries.push_back(Rc::new(entry));
        self.next += 1;
        while self.entries.len() > MAX_ENTRIES || self.bytes > MAX_BYTES {
            let Some(gone) = self.entries.pop_front() else { break };
            self.bytes -= gone.what.size();
        }
    }

    /// Lets go of all.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }

    /// All that is kept, the oldest first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Rc<Entry>> {
        self.entries.iter()
    }

    /// What is kept from this number on.
    pub fn since(&self, seq: u64) -> impl ExactSizeIterator<Item = &Rc<Entry>> {
        let skipped = seq.saturating_sub(self.first()).min(self.entries.len() as u64);
        self.entries.range(skipped as usize..)
    }

    /// The number of the oldest that is kept.
    pub fn first(&self) -> u64 {
        self.next - self.entries.len() as u64
    }

    /// The number that the next one gets.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// How many bytes are kept.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Whether a message is nothing but a sign of life, alone or in an array.
fn heartbeat(message: &Message) -> Option<Heartbeat> {
    let Message::Text(text) = message else { return None };
    if text.len() > MAX_HEARTBEAT_BYTES {
        return None;
    }
    let text: String = text.chars().filter(|it| !it.is_ascii_whitespace()).collect();
    let frame = text
        .strip_prefix('[')
        .and_then(|it| it.strip_suffix(']'))
        .unwrap_or(&text);
    match frame {
        r#"{"type":"ping"}"# => Some(Heartbeat::Ping),
        r#"{"type":"pong"}"# => Some(Heartbeat::Pong),
        _ => None,
    }
}
