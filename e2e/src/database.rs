//! The relay's log as it is on the disk, read past the relay.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, params};
use serde_json::Value;

/// Its name in the relay's folder.
const FILE: &str = "chat-room.db";

/// An entry of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub seq: u64,
    /// Which client said it.
    pub client: String,
    /// Under which number of its own.
    pub n: u64,
    /// What its author was called.
    pub name: String,
    /// What it says, if it is a text.
    pub text: String,
}

/// The database of a relay.
#[derive(Clone, Debug)]
pub struct Database(PathBuf);

impl Database {
    /// That of the relay with this folder.
    pub fn of(folder: &Path) -> Self {
        Self(folder.join(FILE))
    }

    /// All entries of a room, in order.
    ///
    /// # Panics
    /// If it cannot be read, or is not as the relay should have written it.
    pub fn entries(&self, room: &str) -> Vec<Entry> {
        let connection = self.open(OpenFlags::SQLITE_OPEN_READ_ONLY);
        let mut statement = connection
            .prepare(
                "SELECT seq, client, n, entries.name, body FROM entries JOIN rooms ON rooms.id = entries.room
                 WHERE rooms.name = ?1 ORDER BY seq",
            )
            .expect("the tables are there");
        let entries = statement
            .query_map(params![room], |row| {
                let body = row.get::<_, String>(4)?;
                let body = serde_json::from_str::<Value>(&body).expect("a body is JSON");
                Ok(Entry {
                    seq: row.get::<_, i64>(0)?.unsigned_abs(),
                    client: row.get(1)?,
                    n: row.get::<_, i64>(2)?.unsigned_abs(),
                    name: row.get(3)?,
                    text: body["text"].as_str().unwrap_or_default().to_owned(),
                })
            })
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .unwrap_or_else(|error| panic!("{} cannot be read: {error}", self.0.display()));
        assert!(
            entries.iter().zip(1..).all(|(entry, seq)| entry.seq == seq),
            "the places of {room:?} are not 1, 2, 3, …"
        );
        entries
    }

    /// Keeps everybody else from writing for as long as what is given lives.
    ///
    /// # Panics
    /// If somebody else has it.
    pub fn lock(&self) -> Locked {
        let connection = self.open(OpenFlags::SQLITE_OPEN_READ_WRITE);
        connection
            .execute_batch("BEGIN EXCLUSIVE")
            .expect("nobody else writes for long");
        Locked(connection)
    }

    fn open(&self, flags: OpenFlags) -> Connection {
        Connection::open_with_flags(&self.0, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .unwrap_or_else(|error| panic!("{} cannot be opened: {error}", self.0.display()))
    }
}

/// A database that nobody else can write to.
#[derive(Debug)]
pub struct Locked(Connection);

impl Drop for Locked {
    fn drop(&mut self) {
        // The connection closes, which does the same.
        let _ = self.0.execute_batch("ROLLBACK");
    }
}
