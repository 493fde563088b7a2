//! The embedded log: one SQLite database for all rooms.
//!
//! [`Store`] is the log itself, which does one thing after another and knows no thread. [`SqliteLog`] puts it behind
//! the [`Log`](super::Log) that the relay asks of a log, with a thread that writes and one that reads.
//!
//! - **What was told is on the disk.** The database is in WAL mode with `synchronous=FULL`: a commit returns when the
//!   disk has it.
//! - **Nothing is remembered.** Every decision about a post is made from the tables, in the transaction that writes it,
//!   so that a transaction that fails leaves nothing to be undone here.
//! - **A log is never replaced by an empty one.** A file that is missing is made at the start alone. One that is
//!   damaged, newer, or of another program is refused, then too: only its owner can know whether what was in it may go.

mod append;
mod author;
mod find;
mod folder;
mod keys;
mod link;
mod queue;
mod schema;
mod thread;
mod trouble;
mod upgrade;

use std::cell::RefCell;
use std::path::Path;

pub use self::folder::{DATABASE, LOCK};
pub use self::thread::{
    MAX_BATCH_BYTES, MAX_BATCH_POSTS, MAX_WAITING_BYTES, MAX_WAITING_POSTS, MAX_WAITING_READS, SqliteLog,
};
use super::{Found, LogError, NewPost, Outcome, Query};

use self::link::Link;

/// How long, in milliseconds, a read or a write waits for another program that holds the database locked.
pub const BUSY_MS: u64 = 2_000;

/// The log of all rooms, in one SQLite database.
///
/// ```
/// use chat_room_relay::log::{NewPost, Outcome, Query, Store};
/// use chat_room_wire::Body;
///
/// let mut store = Store::in_memory()?;
/// let post = NewPost {
///     room: "lobby".to_owned(),
///     user: String::new(),
///     client: "c1".to_owned(),
///     name: "小明".to_owned(),
///     n: 1,
///     at: 1_000,
///     body: Body::Text { text: "hello".to_owned(), reply_to: None },
/// };
/// let outcomes = store.append(&[post.clone(), post]);
/// assert!(matches!(&outcomes[..], [Outcome::Appended(first), Outcome::Known(again)] if first == again));
///
/// let newest = Query::Before { room: "lobby".to_owned(), before: None, limit: 10 };
/// assert_eq!(store.find(&newest)?.head, 1);
/// # Ok::<(), chat_room_relay::log::LogError>(())
/// ```
#[derive(Debug)]
pub struct Store {
    /// A query changes nothing, but one that fails may close the connection.
    link: RefCell<Link>,
    epoch: String,
}

impl Store {
    /// Opens the database at `path`, and makes it if there is no file.
    ///
    /// # Errors
    /// The file cannot be made or opened, is damaged, was written by a newer relay, or is no log.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        Link::open(path).map(Self::new)
    }

    /// A log that nothing is left of when it is dropped.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn in_memory() -> Result<Self, LogError> {
        Link::in_memory(None).map(Self::new)
    }

    /// As [`Store::in_memory`], with this epoch in place of a random one, for simulations that have to repeat.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn in_memory_with_epoch(epoch: &str) -> Result<Self, LogError> {
        Link::in_memory(Some(epoch)).map(Self::new)
    }

    fn new(link: Link) -> Self {
        Self {
            epoch: link.epoch().to_owned(),
            link: RefCell::new(link),
        }
    }

    /// Names the log: random when it was made, the same for as long as it exists.
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// Takes posts into the log, in this order and in one transaction, and says what became of each.
    ///
    /// Whether a post is new is asked first ([`Outcome::Known`], [`Outcome::Conflict`], then [`Outcome::Stale`]), and
    /// then whether what it is about is there ([`Outcome::NoSuchEntry`], [`Outcome::NotYours`]). A post can be about
    /// one before it in the same batch.
    ///
    /// All or nothing: if SQLite cannot do what one post needs, none is taken and every outcome is
    /// [`Outcome::Failed`]. What it fails for is the disk, hardly ever the post, and an author whose second post was
    /// taken without the first would have lost the order of the two. The next call tries again, over a new connection
    /// if the trouble may be one of the connection's.
    pub fn append(&mut self, posts: &[NewPost]) -> Vec<Outcome> {
        let link = self.link.get_mut();
        match link.with(|connection| append::append(connection, posts)) {
            Ok(outcomes) => outcomes,
            Err(error) => vec![Outcome::Failed(error); posts.len()],
        }
    }

    /// Answers a question, from one state of the log.
    ///
    /// # Errors
    /// The log cannot be read. The next call tries again.
    pub fn find(&self, query: &Query) -> Result<Found, LogError> {
        self.link.borrow_mut().with(|connection| find::find(connection, query))
    }

    /// A second connection, that only reads. None for a log in memory, which has but one.
    pub(crate) fn reader(&self) -> Result<Option<Self>, LogError> {
        let reader = self.link.borrow().reader()?;
        Ok(reader.map(Self::new))
    }
}
