//! The relay's log as it is on the disk, read past the relay.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, params};
use serde_json::Value;

/// Its name in the relay's folder.
const FILE: &str = "chat-room.db";

/// Who says what a room is filled with, and the keys of their clients.
const FILLERS: [(&str, &str); 2] = [
    ("Bob", "44643c0cadbaaf9bacea0264c22cb2b9"),
    ("Lin", "1b4f0e9851971998e732078544c96b36"),
];

/// When that was, in ms since 1970.
const FILLED_FROM: i64 = 1_760_000_000_000;

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

    /// Puts so many texts into a room that is not there yet, as if they had been said one after another, by authors whom the
    /// relay does not know: they must not come back to say more. No relay may have it open.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn fill(&self, room: &str, count: u64, text: impl Fn(u64) -> String) {
        let mut connection = self.open(OpenFlags::SQLITE_OPEN_READ_WRITE);
        let fill = |connection: &mut Connection| {
            let transaction = connection.transaction()?;
            transaction.execute("INSERT INTO rooms (name) VALUES (?1)", params![room])?;
            let id = transaction.last_insert_rowid();
            let mut statement = transaction.prepare(
                "INSERT INTO entries (room, seq, at, user, client, name, n, body) VALUES (?1, ?2, ?3, '', ?4, ?5, ?2, ?6)",
            )?;
            for seq in 1..=count {
                let body = serde_json::json!({ "type": "text", "text": text(seq) }).to_string();
                let (name, client) = FILLERS[(seq % 2) as usize];
                let (seq, at) = (seq.cast_signed(), FILLED_FROM + 30_000 * seq.cast_signed());
                statement.execute(params![id, seq, at, client, name, body])?;
            }
            drop(statement);
            transaction.commit()
        };
        let filled: rusqlite::Result<()> = fill(&mut connection);
        filled.unwrap_or_else(|error| panic!("{} cannot be written: {error}", self.0.display()));
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
