//! Taking posts into the log.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use chat_room_wire::{Body, Entry, MAX_INTEGER};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::author::{Author, Who};
use super::find::{Room, integer, missing, read_body, read_integer};
use super::trouble::Trouble;
use crate::log::{LogError, NewPost, Outcome};

/// Takes all of the posts, in one transaction, or none.
pub(super) fn append(connection: &mut Connection, posts: &[NewPost]) -> Result<Vec<Outcome>, Trouble> {
    // Immediate: what is read for the decisions must not be outdated when it comes to writing.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut rooms = HashMap::new();
    let outcomes = posts
        .iter()
        .map(|post| append_one(&transaction, &mut rooms, post))
        .collect::<Result<_, _>>()?;
    for known in rooms.into_values() {
        known.write()?;
    }
    transaction.commit()?;
    Ok(outcomes)
}

/// The rooms of one transaction, by name. Nobody else writes before it ends, so what the tables say of a room and of its
/// authors is read once, and what becomes of an author is written once.
type Rooms<'p, 'c> = HashMap<&'p str, Known<'p, 'c>>;

struct Known<'p, 'c> {
    room: Room<'c>,
    /// By user and client; None for those who have said nothing.
    authors: HashMap<(&'p str, &'p str), Option<Author>>,
}

impl<'p, 'c> Known<'p, 'c> {
    fn open(transaction: &'c Transaction<'_>, room: &str) -> Result<Self, Trouble> {
        Ok(Self {
            room: Room::open(transaction, room)?,
            authors: HashMap::new(),
        })
    }

    fn author(&mut self, post: &'p NewPost) -> Result<&mut Option<Author>, Trouble> {
        Ok(match self.authors.entry((&post.user, &post.client)) {
            Slot::Occupied(author) => author.into_mut(),
            Slot::Vacant(slot) => slot.insert(match self.room.id {
                Some(room) => Author::read(self.room.connection, who(room, post))?,
                None => None,
            }),
        })
    }

    fn write(self) -> Result<(), Trouble> {
        let mut authors = self.authors.into_values().flatten();
        authors.try_for_each(|mut author| author.write(self.room.connection))
    }
}

fn who(room: i64, post: &NewPost) -> Who<'_> {
    Who {
        room,
        user: &post.user,
        client: &post.client,
    }
}

fn append_one<'p, 'c>(
    transaction: &'c Transaction<'_>,
    rooms: &mut Rooms<'p, 'c>,
    post: &'p NewPost,
) -> Result<Outcome, Trouble> {
    // No frame that can be read has greater numbers.
    if post.n.max(post.at) > MAX_INTEGER {
        let sentence = format!("a post of {} has a number beyond {MAX_INTEGER}", post.client);
        return Ok(Outcome::Failed(LogError(sentence)));
    }
    let known = match rooms.entry(&post.room) {
        Slot::Occupied(known) => known.into_mut(),
        Slot::Vacant(slot) => slot.insert(Known::open(transaction, &post.room)?),
    };
    if let Some(room) = known.room.id
        && let Some(author) = known.author(post)?
        && post.n <= author.accepted()
    {
        return logged(transaction, room, author, post);
    }
    if let Some(refusal) = check_target(transaction, known.room.id, post)? {
        return Ok(refusal);
    }
    let room = match known.room.id {
        Some(room) => room,
        None => *known.room.id.insert(make_room(transaction, &post.room)?),
    };
    let entry = insert(transaction, room, known.room.head, post)?;
    known.room.head = entry.seq;
    match known.author(post)? {
        Some(author) => author.add(transaction, post.n, entry.seq)?,
        none => *none = Some(Author::begin(transaction, who(room, post), post.n, entry.seq)?),
    }
    Ok(Outcome::Appended(entry))
}

/// What a post is whose author has come as far as its `n` already.
fn logged(transaction: &Transaction<'_>, room: i64, author: &Author, post: &NewPost) -> Result<Outcome, Trouble> {
    let Some(seq) = author.find(transaction, post.n)? else {
        return Ok(Outcome::Stale);
    };
    let mut statement = transaction
        .prepare_cached("SELECT at, name, body, user, client, n FROM entries WHERE room = ?1 AND seq = ?2")?;
    let mut rows = statement.query(params![room, integer(seq)])?;
    let row = rows.next()?.ok_or_else(|| missing(seq))?;
    let key = (
        row.get_ref(3)?.as_str()?,
        row.get_ref(4)?.as_str()?,
        read_integer(row, 5)?,
    );
    if key != (&post.user, &post.client, post.n) {
        return Err(Trouble::Damaged(format!("entry {seq} isn't post {}", post.n)));
    }
    let body = read_body(row, 2, seq)?;
    if body != post.body {
        return Ok(Outcome::Conflict);
    }
    Ok(Outcome::Known(Entry {
        seq,
        prev: seq.saturating_sub(1),
        at: read_integer(row, 0)?,
        client: post.client.clone(),
        name: row.get(1)?,
        n: post.n,
        body,
    }))
}

/// Says what is wrong with the entry that the post is about, if it is about one.
fn check_target(transaction: &Transaction<'_>, room: Option<i64>, post: &NewPost) -> Result<Option<Outcome>, Trouble> {
    let of = match &post.body {
        Body::Text { reply_to, .. } => *reply_to,
        body => body.of(),
    };
    let Some(of) = of else { return Ok(None) };
    let Some(room) = room else {
        return Ok(Some(Outcome::NoSuchEntry));
    };
    let mut statement =
        transaction.prepare_cached("SELECT user, client, body FROM entries WHERE room = ?1 AND seq = ?2")?;
    let mut rows = statement.query(params![room, integer(of)])?;
    let Some(row) = rows.next()? else {
        return Ok(Some(Outcome::NoSuchEntry));
    };
    if !matches!(post.body, Body::Edit { .. } | Body::Retract { .. }) {
        return Ok(None);
    }
    if row.get_ref(0)?.as_str()? != post.user || row.get_ref(1)?.as_str()? != post.client {
        return Ok(Some(Outcome::NotYours));
    }
    // There is no text to be changed in an entry of another kind.
    let edits_no_text = matches!(post.body, Body::Edit { .. }) && !matches!(read_body(row, 2, of)?, Body::Text { .. });
    Ok(edits_no_text.then_some(Outcome::NoSuchEntry))
}

fn make_room(transaction: &Transaction<'_>, name: &str) -> Result<i64, Trouble> {
    let mut statement = transaction.prepare_cached("INSERT INTO rooms (name) VALUES (?1)")?;
    Ok(statement.insert([name])?)
}

fn insert(transaction: &Transaction<'_>, room: i64, prev: u64, post: &NewPost) -> Result<Entry, Trouble> {
    let entry = Entry {
        seq: prev + 1,
        prev,
        at: post.at,
        client: post.client.clone(),
        name: post.name.clone(),
        n: post.n,
        body: post.body.clone(),
    };
    let mut statement = transaction.prepare_cached(
        "INSERT INTO entries (room, seq, at, user, client, name, n, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    statement.execute(params![
        room,
        integer(entry.seq),
        integer(entry.at),
        post.user,
        entry.client,
        entry.name,
        integer(entry.n),
        entry.body.to_json(),
    ])?;
    Ok(entry)
}
