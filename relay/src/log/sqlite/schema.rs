//! The tables, and how a database is made ready to be written.

use rusqlite::{Connection, TransactionBehavior};

use super::trouble::Trouble;
use super::upgrade;

/// The version of the tables, which the database keeps as its `user_version`.
pub(super) const VERSION: i64 = 2;

/// Tells a log from the databases of other programs: "chat" in ASCII.
const APPLICATION_ID: i64 = 0x6368_6174;

/// How many pages of 4 KiB the -wal file has when they are moved into the database. Every group of posts changes the
/// pages of its authors and of the newest entries, the same again and again, and each is moved once.
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
";

/// Which entry each author's `n` became, as [`Run`](super::keys::Run) says: the newest in `authors`, what filled up in
/// `keys`. An index of the entries would change a page for every author in every group of posts. Here the authors of a
/// group are side by side, and by age rather than by name, since those who talk came about together.
pub(super) const AUTHOR_TABLES: &str = "
    CREATE TABLE authors (
        id INTEGER PRIMARY KEY,
        room INTEGER NOT NULL REFERENCES rooms (id),
        user TEXT NOT NULL,
        client TEXT NOT NULL,
        n INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        steps TEXT NOT NULL,
        UNIQUE (room, user, client)
    ) STRICT;

    CREATE TABLE keys (
        author INTEGER NOT NULL REFERENCES authors (id),
        n INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        steps TEXT NOT NULL,
        PRIMARY KEY (author, n)
    ) STRICT, WITHOUT ROWID;
";

/// What there is when the database is opened.
enum Found {
    Nothing,
    /// The tables of version 1.
    Version1,
    Tables,
}

/// Makes a database ready that is kept in a file, and its tables if it has none or older ones.
///
/// What it is comes first, so that nothing of another program's is changed.
pub(super) fn prepare_file(connection: &mut Connection) -> Result<(), Trouble> {
    let found = look(connection)?;
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
    match found {
        Found::Nothing => make_tables(connection, None)?,
        Found::Version1 => upgrade::from_1(connection)?,
        Found::Tables => {}
    }
    // What a killed relay wrote and did not flush can be read again, and is told to those who ask: flush it first.
    checkpoint(connection)
}

/// Moves what is in the -wal file into the database, and makes it empty.
pub(super) fn checkpoint(connection: &Connection) -> Result<(), Trouble> {
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

fn look(connection: &Connection) -> Result<Found, Trouble> {
    let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    let (version, application) = (pragma("user_version")?, pragma("application_id")?);
    if application != APPLICATION_ID {
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        let empty = (tables, version, application) == (0, 0, 0);
        return if empty {
            Ok(Found::Nothing)
        } else {
            Err(Trouble::Foreign)
        };
    }
    match version {
        VERSION => Ok(Found::Tables),
        1 => Ok(Found::Version1),
        found if found > VERSION => Err(Trouble::Newer { found, known: VERSION }),
        found => Err(Trouble::Damaged(format!("there is no version {found}"))),
    }
}

/// Makes the tables, all or none, with this epoch or a random one.
pub(super) fn make_tables(connection: &mut Connection, epoch: Option<&str>) -> Result<(), Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(TABLES)?;
    transaction.execute_batch(AUTHOR_TABLES)?;
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
