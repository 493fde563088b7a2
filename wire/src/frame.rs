//! The frames, as types.

use crate::limits::Limits;

/// What a client says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientFrame {
    /// Come into a room. The first frame of a connection, and said once.
    Join(Join),
    /// Say something that is kept.
    Post(Post),
    /// Ask for older entries.
    History(HistoryRequest),
    /// Say whether one is typing.
    Typing {
        /// Whether one is.
        on: bool,
    },
    /// Be called something else from now on.
    Rename {
        /// The new name.
        name: String,
    },
    /// Ask for a sign of life.
    Ping,
}

/// Coming into a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    /// The room's name.
    pub room: String,
    /// What one is called.
    pub name: String,
    /// The client's secret: random, one for each tab, the same after a reload. The relay shows others only what it
    /// derives from it.
    pub key: String,
    /// What the relay's operator asks for, if anything.
    pub token: Option<String>,
    /// The last entry that was seen, where everything after it is wanted.
    pub since: Option<Place>,
}

/// A place in a room's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which log: it changes when the log was lost or reset.
    pub epoch: String,
    /// The entry; 0 is the place before the first.
    pub seq: u64,
}

/// Something to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The client's own counter, from 1. With the client it names the post, however often it is sent.
    pub n: u64,
    /// What is said.
    pub body: Body,
}

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A text.
    Text {
        /// The text.
        text: String,
        /// The entry it answers.
        reply_to: Option<u64>,
    },
    /// Another text for an entry of one's own.
    Edit {
        /// The entry.
        of: u64,
        /// The new text.
        text: String,
    },
    /// An entry of one's own is taken back.
    Retract {
        /// The entry.
        of: u64,
    },
    /// A reaction to an entry.
    Reaction {
        /// The entry.
        of: u64,
        /// An emoji, or a short word.
        emoji: String,
        /// Whether it is put there, or taken away again.
        on: bool,
    },
    /// A kind that this version does not know. Never sent by a client.
    Other {
        /// The kind.
        kind: String,
    },
}

impl Body {
    /// The entry that this one is about, if it changes one.
    pub fn of(&self) -> Option<u64> {
        match self {
            Self::Edit { of, .. } | Self::Retract { of } | Self::Reaction { of, .. } => Some(*of),
            Self::Text { .. } | Self::Other { .. } => None,
        }
    }

    /// How many bytes of text it holds.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Text { text, .. } | Self::Edit { text, .. } => text.len(),
            Self::Reaction { emoji, .. } => emoji.len(),
            Self::Other { kind } => kind.len(),
            Self::Retract { .. } => 0,
        }
    }
}

/// Asking for older entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryRequest {
    /// Entries before this one; without it the newest.
    pub before: Option<u64>,
    /// At most this many.
    pub limit: u64,
}

/// What a relay says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerFrame {
    /// The answer to a join. The entries after `since` follow if `recovered`, else the newest as a `history`.
    Joined(Box<Joined>),
    /// Something that was said.
    Entry(Entry),
    /// Older entries.
    History(History),
    /// Who has come, gone and is called something else.
    Presence(Presence),
    /// Somebody is typing, or no longer.
    Typing {
        /// Who.
        client: String,
        /// Whether they are.
        on: bool,
    },
    /// Something was not done.
    Refused(Refused),
    /// The answer to a ping.
    Pong,
}

/// The answer to a join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// What the others call this client: derived from its key.
    pub client: String,
    /// Which log this is.
    pub epoch: String,
    /// The newest entry; 0 if there is none.
    pub head: u64,
    /// Whether all entries after `since` follow.
    pub recovered: bool,
    /// The highest `n` of this client in the log; 0 if there is none.
    pub accepted: u64,
    /// Who is in the room, as many as are told; oneself among them.
    pub members: Vec<Member>,
    /// How many are in the room.
    pub count: u64,
    /// What is too much.
    pub limits: Limits,
    /// Silence, in milliseconds, after which to ask for a sign of life.
    pub heartbeat_ms: u64,
    /// After a close with 1012: come back after a random wait of at most this many milliseconds.
    pub restart_ms: u64,
}

/// Somebody in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub client: String,
    /// What they are called.
    pub name: String,
}

/// Something that was said, as the log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the room's log, from 1.
    pub seq: u64,
    /// The place before it; 0 for the first. A receiver whose last entry is another has missed some.
    pub prev: u64,
    /// When the relay got it, in milliseconds since 1970.
    pub at: u64,
    /// Who said it.
    pub client: String,
    /// What they were called then.
    pub name: String,
    /// The author's own counter.
    pub n: u64,
    /// What was said.
    pub body: Body,
}

/// Older entries, in order, without a gap between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// As asked.
    pub before: Option<u64>,
    /// The entries.
    pub entries: Vec<Entry>,
    /// Whether there is nothing before them.
    pub start: bool,
}

/// Who has come, gone and is called something else, since the last `joined` or `presence`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    /// Who has come.
    pub joined: Vec<Member>,
    /// Who has gone.
    pub left: Vec<String>,
    /// Who is called something else.
    pub renamed: Vec<Member>,
    /// How many are in the room now.
    pub count: u64,
}

/// Something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The post it is about, if it is about one.
    pub n: Option<u64>,
    /// Why, for programs.
    pub code: RefusedCode,
    /// Why, for people: what, where and what to do.
    pub message: String,
    /// When it may be tried again, in milliseconds from now.
    pub retry_after_ms: Option<u64>,
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusedCode {
    /// The message or a field of it cannot be read.
    Malformed,
    /// Something is longer than a limit allows, blank, or has characters that are not allowed.
    Limit,
    /// The frame does not belong here: something before a join, or a second join.
    Order,
    /// This `n` is in the log with another body. The client has lost count: send it again under a higher one.
    Conflict,
    /// A higher `n` of this client is in the log, and this one is not.
    Stale,
    /// There is no entry that the post is about.
    NoSuchEntry,
    /// The post would change what somebody else has said.
    NotYours,
    /// The log cannot be written just now. Send this post and all after it again later.
    Unavailable,
    /// An earlier post of this connection was refused as `unavailable`: send that one again first.
    Earlier,
    /// A code that this version does not know.
    Other(String),
}

impl RefusedCode {
    /// Whether the same post may be taken later.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Unavailable | Self::Earlier)
    }

    /// As the protocol writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Malformed => "malformed",
            Self::Limit => "limit",
            Self::Order => "order",
            Self::Conflict => "conflict",
            Self::Stale => "stale",
            Self::NoSuchEntry => "no_such_entry",
            Self::NotYours => "not_yours",
            Self::Unavailable => "unavailable",
            Self::Earlier => "earlier",
            Self::Other(code) => code,
        }
    }

    pub(crate) fn from_text(text: &str) -> Self {
        let known = [
            Self::Malformed,
            Self::Limit,
            Self::Order,
            Self::Conflict,
            Self::Stale,
            Self::NoSuchEntry,
            Self::NotYours,
            Self::Unavailable,
            Self::Earlier,
        ];
        let found = known.into_iter().find(|code| code.as_str() == text);
        found.unwrap_or_else(|| Self::Other(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_log_could_not_take_is_to_be_sent_again_as_it_is() {
        let temporary = ["unavailable", "earlier"];
        let lasting = [
            "malformed",
            "limit",
            "order",
            "conflict",
            "stale",
            "no_such_entry",
            "not_yours",
            "new",
        ];
        for code in temporary.into_iter().chain(lasting) {
            let known = RefusedCode::from_text(code);
            assert_eq!(known.as_str(), code);
            assert_eq!(matches!(known, RefusedCode::Other(_)), code == "new");
            assert_eq!(known.is_temporary(), temporary.contains(&code), "{code}");
        }
    }

    #[test]
    fn a_body_knows_what_it_is_about_and_how_long_it_is() {
        let text = || "小明".to_owned();
        let bodies = [
            (
                Body::Text {
                    text: text(),
                    reply_to: Some(3),
                },
                None,
                6,
            ),
            (Body::Edit { of: 4, text: text() }, Some(4), 6),
            (Body::Retract { of: 5 }, Some(5), 0),
            (
                Body::Reaction {
                    of: 6,
                    emoji: text(),
                    on: false,
                },
                Some(6),
                6,
            ),
            (Body::Other { kind: text() }, None, 6),
        ];
        for (body, of, bytes) in bodies {
            assert_eq!((body.of(), body.bytes()), (of, bytes), "{body:?}");
        }
    }
}
