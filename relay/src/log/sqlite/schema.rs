//! The tables, and how a database is made ready to be written.

use rusqlite::{Connection, TransactionBehavior};

use super::trouble::Trouble;

/// The version of the tables, which the database keeps as its `user_version`.
pub(super) const VERSION: i64 = 1;

/// Tells a log from the databases of other programs: "chat" in ASCII.
const APPLICATION_ID: i64 = 0x6368_6174;

/// How many pages of 4 KiB the -wal file has when they are moved into the database. Every group of posts changes pages
/// all over it, the same again and again, and each is moved once.
const WAL_PAGES: i64 = 4_000;

/// The size in bytes that the -wal file shrinks to after a burst.
const WAL_BYTES: i64 = 4 * WAL_PAGES * 1024;

/// How many KiB of the database a connection keeps in memory: what a group of posts changes has to fit in.
const CACHE_KIB: i64 = 16 * 1024;

/// Entries lie together by room and in order, as they are read; hence WITHOUT ROWID.
const TABLES: &str = "
    CREATE TABLE log (
        epoch TEXT NOT NULL
    ) STRICT;

    CREATE TABLE rooms (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE entries (
        room INTEGER NOT NULL REFERENCES rooms (id),
        seq INTEGER NOT NULL,
        at INTEGER NOT NULL,
        user TEXT NOT NULL,
        client TEXT NOT NULL,
        name TEXT NOT NULL,
        n INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (room, seq)
    ) STRICT, WITHOUT ROWID;

    CREATE UNIQUE INDEX entries_by_key ON entries (room, user, client, n);
";

/// Makes a database ready that is kept in a file, and its tables if it has none.
///
/// What it is comes first, so that nothing of another program's is changed.
pub(super) fn prepare_file(connection: &mut Connection) -> Result<(), Trouble> {
    let new = is_new(connection)?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(Trouble::NoWal);
    }
    // FULL flushes at every commit, without which a power cut takes the last ones. Only fullfsync makes macOS flush
    // the disk's own cache.
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA cell_size_check = ON;")?;
    connection.execute_batch(&format!("PRAGMA cache_size = -{CACHE_KIB};"))?;
    connection.query_row(&format!("PRAGMA journal_size_limit = {WAL_BYTES}"), [], |_| Ok(()))?;
    connection.query_row(&format!("PRAGMA wal_autocheckpoint = {WAL_PAGES}"), [], |_| Ok(()))?;
    if new {
        make_tables(connection, None)?;
    }
    // What a killed relay wrote and did not flush can be read again, and is told to those who ask: flush it first.
    checkpoint(connection)
}

/// Moves what is in the -wal file into the database, and makes it empty.
pub(super) fn checkpoint(connection: &Connection) -> Result<(), Trouble> {
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

/// Whether there is nothing in the database yet.
fn is_new(connection: &Connection) -> Result<bool, Trouble> {
    let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    let (version, application) = (pragma("user_version")?, pragma("application_id")?);
    if application != APPLICATION_ID {
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        let empty = (tables, version, application) == (0, 0, 0);
        return if empty { Ok(true) } else { Err(Trouble::Foreign) };
    }
    match version {
        VERSION => Ok(false),
        found if found > VERSION => Err(Trouble::Newer { found, known: VERSION }),
        found => Err(Trouble::Damaged(format!("there is no version {found}"))),
    }
}

/// Makes the tables, all or none, with this epoch or a random one.
pub(super) fn make_tables(connection: &mut Connection, epoch: Option<&str>) -> Result<(), Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(TABLES)?;
    transaction.execute(
        "INSERT INTO log (epoch) VALUES (coalesce(?1, lower(hex(randomblob(16)))))",
        [epoch],
    )?;
    transaction.execute_batch(&format!(
        "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION};"
    ))?;
    Ok(transaction.commit()?)
}

/// Which log it is.
pub(super) fn epoch(connection: &Connection) -> Result<String, Trouble> {
    Ok(connection.query_row("SELECT epoch FROM log", [], |row| row.get(0))?)
}
