//! The states, each with the data that only it has.

use alloc::string::String;

use super::io::SocketId;
use super::time::Instant;
use crate::websocket::{Close, ReadyState};

/// Where a connection stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// Never connected.
    Idle,
    /// A socket is opening.
    Connecting {
        /// The socket.
        socket: SocketId,
        /// Which attempt in a row this is, from 1.
        attempt: u32,
        /// When it is given up.
        deadline: Instant,
    },
    /// A socket is open.
    Open {
        /// The socket.
        socket: SocketId,
        /// Since when.
        since: Instant,
        /// Which attempt this was. It counts on if the connection does not stay up.
        attempt: u32,
        /// The subprotocol that the server chose; empty for none.
        protocol: String,
        /// When anything was last received.
        last_heard: Instant,
        /// When the socket counts as dead, if it was asked for a sign of life.
        probe_deadline: Option<Instant>,
    },
    /// The user left; the closing handshake is under way.
    Closing {
        /// The socket.
        socket: SocketId,
        /// When it is dropped.
        deadline: Instant,
    },
    /// The connection was lost and comes back by itself.
    Waiting {
        /// How many attempts in a row have failed.
        failed: u32,
        /// When the next attempt begins. `None`: when the page resumes or the network returns.
        retry_at: Option<Instant>,
        /// Why it was lost.
        why: Why,
        /// How the last socket closed.
        close: Close,
    },
    /// The connection is over until the user connects again.
    Closed {
        /// Why it ended.
        why: Why,
        /// How the last socket closed.
        close: Close,
    },
}

impl State {
    /// The native readyState that an outsider sees. A connection that is about to come back is CONNECTING.
    pub fn ready_state(&self) -> ReadyState {
        match self {
            Self::Idle | Self::Closed { .. } => ReadyState::Closed,
            Self::Connecting { .. } | Self::Waiting { .. } => ReadyState::Connecting,
            Self::Open { .. } => ReadyState::Open,
            Self::Closing { .. } => ReadyState::Closing,
        }
    }

    /// The state's name, as ARCHITECTURE.md's diagram has it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Idle => "Idle",
            Self::Connecting { .. } => "Connecting",
            Self::Open { .. } => "Open",
            Self::Closing { .. } => "Closing",
            Self::Waiting { .. } => "Waiting",
            Self::Closed { .. } => "Closed",
        }
    }

    /// The socket that is the current one, if there is one.
    pub fn socket(&self) -> Option<SocketId> {
        match self {
            Self::Connecting { socket, .. } | Self::Open { socket, .. } | Self::Closing { socket, .. } => Some(*socket),
            Self::Idle | Self::Waiting { .. } | Self::Closed { .. } => None,
        }
    }
}

/// Why a connection was lost or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The user left.
    Disconnected,
    /// The socket closed: the code says what is known.
    SocketClosed,
    /// The socket did not open in time.
    ConnectTimeout,
    /// The peer gave no sign of life.
    Silent,
    /// The peer talks, but does not answer: it does not hear.
    Unanswered,
    /// The page was frozen or put away.
    Suspended,
    /// As many attempts have failed as may.
    GaveUp,
    /// The browser refused to make the socket.
    Refused,
}
