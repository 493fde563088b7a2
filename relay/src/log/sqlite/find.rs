//! Reading the log.

use chat_room_wire::{Body, Entry};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::author::{Who, accepted};
use super::trouble::Trouble;
use crate::log::{Found, Query};

/// Answers a question from one state of the database.
pub(super) fn find(connection: &mut Connection, query: &Query) -> Result<Found, Trouble> {
    let transaction = connection.transaction()?;
    match query {
        Query::Before { room, before, limit } => {
            let room = Room::open(&transaction, room)?;
            let end = before.unwrap_or(u64::MAX);
            room.page(end, *limit, 0)
        }
        Query::Join {
            room,
            user,
            client,
            after,
            replay,
            replay_bytes,
            page,
        } => {
            let room = Room::open(&transaction, room)?;
            let accepted = room.accepted(user, client)?;
            match after {
                Some(after) if room.can_replay(*after, *replay, *replay_bytes)? => room.replay(*after, accepted),
                _ => room.page(u64::MAX, *page, accepted),
            }
        }
    }
}

/// A room in one state of the database. Its entries are those from 1 to `head`, without a gap.
pub(super) struct Room<'c> {
    pub(super) connection: &'c Connection,
    /// None until somebody has said something.
    pub(super) id: Option<i64>,
    pub(super) head: u64,
}

impl<'c> Room<'c> {
    pub(super) fn open(connection: &'c Connection, name: &str) -> Result<Self, Trouble> {
        let id = room_id(connection, name)?;
        let head = match id {
            Some(id) => head(connection, id)?,
            None => 0,
        };
        Ok(Self { connection, id, head })
    }

    fn accepted(&self, user: &str, client: &str) -> Result<u64, Trouble> {
        match self.id {
            Some(room) => accepted(self.connection, Who { room, user, client }),
            None => Ok(0),
        }
    }

    /// The newest `limit` entries below `end`.
    fn page(&self, end: u64, limit: u64, accepted: u64) -> Result<Found, Trouble> {
        let last = end.saturating_sub(1).min(self.head);
        let after = last.saturating_sub(limit);
        Ok(Found {
            entries: self.entries(after, last)?,
            start: after == 0,
            head: self.head,
            accepted,
            recovered: false,
        })
    }

    fn replay(&self, after: u64, accepted: u64) -> Result<Found, Trouble> {
        Ok(Found {
            entries: self.entries(after, self.head)?,
            start: after == 0,
            head: self.head,
            accepted,
            recovered: true,
        })
    }

    /// Whether the entries after this one are few enough to be given, all of them.
    fn can_replay(&self, after: u64, replay: u64, replay_bytes: u64) -> Result<bool, Trouble> {
        match self.head.checked_sub(after) {
            None => Ok(false),
            Some(0) => Ok(true),
            Some(count) if count > replay => Ok(false),
            Some(_) => Ok(self.bytes_after(after)? <= replay_bytes),
        }
    }

    fn bytes_after(&self, after: u64) -> Result<u64, Trouble> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT coalesce(sum(octet_length(body)), 0) FROM entries WHERE room = ?1 AND seq > ?2")?;
        let mut rows = statement.query(params![self.id, integer(after)])?;
        rows.next()?.map_or(Ok(0), |row| read_integer(row, 0))
    }

    /// The entries after `after` up to `last`.
    fn entries(&self, after: u64, last: u64) -> Result<Vec<Entry>, Trouble> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, at, client, name, n, body FROM entries WHERE room = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq",
        )?;
        let mut rows = statement.query(params![self.id, integer(after), integer(last)])?;
        let mut entries = Vec::new();
        let mut prev = after;
        while let Some(row) = rows.next()? {
            let entry = read_entry(row, prev)?;
            prev = entry.seq;
            entries.push(entry);
        }
        if prev < last {
            return Err(missing(prev + 1));
        }
        Ok(entries)
    }
}

fn room_id(connection: &Connection, name: &str) -> Result<Option<i64>, Trouble> {
    let mut statement = connection.prepare_cached("SELECT id FROM rooms WHERE name = ?1")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

/// The newest seq of a room; 0 if there is none.
fn head(connection: &Connection, room: i64) -> Result<u64, Trouble> {
    let mut statement =
        connection.prepare_cached("SELECT seq FROM entries WHERE room = ?1 ORDER BY seq DESC LIMIT 1")?;
    let mut rows = statement.query([room])?;
    rows.next()?.map_or(Ok(0), |row| read_integer(row, 0))
}

/// A number as SQLite has them; one beyond what it has is beyond every entry.
pub(super) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn read_integer(row: &Row<'_>, column: usize) -> Result<u64, Trouble> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| Trouble::Damaged(format!("{number} is below 0")))
}

pub(super) fn read_body(row: &Row<'_>, column: usize, seq: u64) -> Result<Body, Trouble> {
    let body = row.get_ref(column)?.as_str()?;
    Body::from_json(body).map_err(|error| Trouble::Damaged(format!("entry {seq}: {error}")))
}

fn read_entry(row: &Row<'_>, prev: u64) -> Result<Entry, Trouble> {
    let seq = read_integer(row, 0)?;
    if seq != prev + 1 {
        return Err(missing(prev + 1));
    }
    Ok(Entry {
        seq,
        prev,
        at: read_integer(row, 1)?,
        client: row.get(2)?,
        name: row.get(3)?,
        n: read_integer(row, 4)?,
        body: read_body(row, 5, seq)?,
    })
}

pub(super) fn missing(seq: u64) -> Trouble {
    Trouble::Damaged(format!("entry {seq} is missing"))
}
