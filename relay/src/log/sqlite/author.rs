//! The authors of a room: a client under a user each, and which entries are theirs.

use rusqlite::{Connection, Row, params};

use super::find::{integer, read_integer};
use super::keys::Run;
use super::trouble::Trouble;

/// Who it is.
#[derive(Clone, Copy)]
pub(super) struct Who<'w> {
    pub(super) room: i64,
    pub(super) user: &'w str,
    pub(super) client: &'w str,
}

/// The highest `n` of an author; 0 if there is none.
pub(super) fn accepted(connection: &Connection, who: Who<'_>) -> Result<u64, Trouble> {
    let mut statement =
        connection.prepare_cached("SELECT n FROM authors WHERE room = ?1 AND user = ?2 AND client = ?3")?;
    let mut rows = statement.query(params![who.room, who.user, who.client])?;
    rows.next()?.map_or(Ok(0), |row| read_integer(row, 0))
}

/// An author who has said something.
#[derive(Debug)]
pub(super) struct Author {
    id: i64,
    newest: Run,
    /// Whether the tables do not have it so yet.
    changed: bool,
}

impl Author {
    /// None for those who have said nothing.
    pub(super) fn read(connection: &Connection, who: Who<'_>) -> Result<Option<Self>, Trouble> {
        let mut statement = connection
            .prepare_cached("SELECT n, seq, steps, id FROM authors WHERE room = ?1 AND user = ?2 AND client = ?3")?;
        let mut rows = statement.query(params![who.room, who.user, who.client])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(Self {
            id: row.get(3)?,
            newest: read_run(row)?,
            changed: false,
        }))
    }

    /// An author with a first entry, in the tables as well.
    pub(super) fn begin(connection: &Connection, who: Who<'_>, n: u64, seq: u64) -> Result<Self, Trouble> {
        let mut statement = connection.prepare_cached(
            "INSERT INTO authors (room, user, client, n, seq, steps) VALUES (?1, ?2, ?3, ?4, ?5, '')",
        )?;
        let id = statement.insert(params![who.room, who.user, who.client, integer(n), integer(seq)])?;
        Ok(Self {
            id,
            newest: Run::new(n, seq),
            changed: false,
        })
    }

    /// The highest `n`.
    pub(super) fn accepted(&self) -> u64 {
        self.newest.n
    }

    /// The seq of the entry that the post with this `n` became.
    pub(super) fn find(&self, connection: &Connection, n: u64) -> Result<Option<u64>, Trouble> {
        if let Some(seq) = self.newest.find(n)? {
            return Ok(Some(seq));
        }
        let mut statement = connection
            .prepare_cached("SELECT n, seq, steps FROM keys WHERE author = ?1 AND n >= ?2 ORDER BY n LIMIT 1")?;
        let mut rows = statement.query(params![self.id, integer(n)])?;
        rows.next()?.map_or(Ok(None), |row| read_run(row)?.find(n))
    }

    /// Adds the author's next entry, for [`Author::write`] to write.
    pub(super) fn add(&mut self, connection: &Connection, n: u64, seq: u64) -> Result<(), Trouble> {
        let full = self.newest.add(n, seq)?;
        self.changed = true;
        if let Some(Run { n, seq, steps }) = full {
            let mut statement =
                connection.prepare_cached("INSERT INTO keys (author, n, seq, steps) VALUES (?1, ?2, ?3, ?4)")?;
            statement.execute(params![self.id, integer(n), integer(seq), steps])?;
        }
        Ok(())
    }

    /// Brings the tables up to date.
    pub(super) fn write(&mut self, connection: &Connection) -> Result<(), Trouble> {
        if !std::mem::take(&mut self.changed) {
            return Ok(());
        }
        let mut statement =
            connection.prepare_cached("UPDATE authors SET n = ?2, seq = ?3, steps = ?4 WHERE id = ?1")?;
        let Run { n, seq, steps } = &self.newest;
        statement.execute(params![self.id, integer(*n), integer(*seq), steps])?;
        Ok(())
    }
}

fn read_run(row: &Row<'_>) -> Result<Run, Trouble> {
    Ok(Run {
        n: read_integer(row, 0)?,
        seq: read_integer(row, 1)?,
        steps: row.get(2)?,
    })
}
