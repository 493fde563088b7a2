//! The ordered log of every room: what is in it is in it for good, and is shown to everybody from here.
//!
//! [`Log`] is what the relay asks of a log; [`sqlite`] is the embedded one.

pub mod sqlite;

use std::fmt;
use std::mem::size_of;

use chat_room_wire::{Body, Entry};

pub use sqlite::{SqliteLog, Store};

/// A post on its way into the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPost {
    /// The room.
    pub room: String,
    /// Whom the token named; empty without one. With `client` and `n` the key of the post.
    pub user: String,
    /// Who says it, by its public id.
    pub client: String,
    /// What they are called.
    pub name: String,
    /// The client's own counter, from 1.
    pub n: u64,
    /// When it came, in milliseconds since 1970.
    pub at: u64,
    /// What is said.
    pub body: Body,
}

impl NewPost {
    /// About how many bytes of memory it takes while it waits.
    pub fn weight(&self) -> usize {
        let texts = [&self.room, &self.user, &self.client, &self.name];
        size_of::<Self>() + texts.into_iter().map(String::len).sum::<usize>() + self.body.bytes()
    }
}

/// What became of a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the log, durably, and was not before.
    Appended(Entry),
    /// It was in the log already: this is the entry it became then.
    Known(Entry),
    /// Its key is in the log with another body.
    Conflict,
    /// A higher `n` of this client is in the log, and this one is not.
    Stale,
    /// The room has no entry that it is about, or none that this can be done to: only texts can be edited.
    NoSuchEntry,
    /// It would change what somebody else has said.
    NotYours,
    /// The log could not be written, and nobody is shown this post. Sent again, it is taken as if it had never been
    /// there; or it is [`Outcome::Known`], where it reached the disk before the disk failed and a restart found it.
    Failed(LogError),
}

/// Which entries are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// The newest `limit` entries before `before`, or of all.
    Before {
        /// The room.
        room: String,
        /// Entries with a lower seq than this.
        before: Option<u64>,
        /// At most this many.
        limit: u64,
    },
    /// What a client needs that joins: where the log is, and what it has missed.
    Join {
        /// The room.
        room: String,
        /// See [`NewPost::user`].
        user: String,
        /// The client's public id.
        client: String,
        /// Entries after this one are wanted, if they are not too many.
        after: Option<u64>,
        /// The most entries after `after`; of more, or without `after`, the newest page is given.
        replay: u64,
        /// The most bytes of bodies after `after`, as [`Body::to_json`] writes them; likewise.
        replay_bytes: u64,
        /// The length of the newest page.
        page: u64,
    },
}

/// The answer to a [`Query`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The entries, in order and without a gap.
    pub entries: Vec<Entry>,
    /// Whether there is nothing before them.
    pub start: bool,
    /// The newest seq of the room; 0 if there is none.
    pub head: u64,
    /// The highest `n` of the client asked for; 0 if there is none, or none was asked for.
    pub accepted: u64,
    /// Whether the entries are all those after `after`. Never without one, nor where `after` is beyond the head.
    pub recovered: bool,
}

/// Why the log could not be read or written, in one sentence for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogError(pub String);

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LogError {}

/// A log that is written and read in the background. Answers come through the [`Answers`] it was made with, those to
/// posts in the log's order.
pub trait Log: Send + Sync {
    /// Names the log. Another one after it was lost or reset.
    fn epoch(&self) -> &str;

    /// Takes posts, to be answered by [`Answers::posted`], each under its ticket. They are committed together: where one
    /// cannot be written, none is.
    ///
    /// # Errors
    /// As many posts wait as may, or the log is closed. Nothing will come of these.
    fn append(&self, posts: Vec<(u64, NewPost)>) -> Result<(), Busy>;

    /// Takes a question, to be answered by [`Answers::found`] under this ticket.
    ///
    /// The answer knows at least all that [`Answers::posted`] told before this was called. It may know more, which
    /// `posted` then tells after it: entries up to the answer's `head` have to be left out there.
    ///
    /// # Errors
    /// As many questions wait as may, or the log is closed. Nothing will come of this one.
    fn read(&self, ticket: u64, query: Query) -> Result<(), Busy>;
}

/// Too much waits for the log already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

/// Where a log's answers go. Called on a thread of the log's, one call at a time.
pub trait Answers: Send + Sync {
    /// What became of posts that were committed together, in the log's order.
    fn posted(&self, outcomes: Vec<(u64, Outcome)>);

    /// The answer to a question.
    fn found(&self, ticket: u64, found: Result<Found, LogError>);
}
