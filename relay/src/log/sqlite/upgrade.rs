//! Logs of older versions, made ones of this version without a change to what was said.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::author::{Author, Who};
use super::find::read_integer;
use super::schema::{AUTHOR_TABLES, VERSION};
use super::trouble::Trouble;

/// Version 1 had an index of all keys in place of the authors. Until all is done, the database stays one of version 1.
pub(super) fn from_1(connection: &mut Connection) -> Result<(), Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(AUTHOR_TABLES)?;
    fill_authors(&transaction)?;
    transaction.execute_batch("DROP INDEX entries_by_key")?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    Ok(transaction.commit()?)
}

/// The index has the keys author by author, so no more than one author is in memory.
fn fill_authors(transaction: &Transaction<'_>) -> Result<(), Trouble> {
    let mut statement =
        transaction.prepare_cached("SELECT room, user, client, n, seq FROM entries ORDER BY room, user, client, n")?;
    let mut rows = statement.query([])?;
    let mut last: Option<(Name, Author)> = None;
    while let Some(row) = rows.next()? {
        let who = Who {
            room: row.get(0)?,
            user: row.get_ref(1)?.as_str()?,
            client: row.get_ref(2)?.as_str()?,
        };
        let (n, seq) = (read_integer(row, 3)?, read_integer(row, 4)?);
        match &mut last {
            Some((name, author)) if name.is_of(who) => author.add(transaction, n, seq)?,
            _ => {
                write(transaction, &mut last)?;
                last = Some((Name::of(who), Author::begin(transaction, who, n, seq)?));
            }
        }
    }
    write(transaction, &mut last)
}

fn write(transaction: &Transaction<'_>, last: &mut Option<(Name, Author)>) -> Result<(), Trouble> {
    match last {
        Some((_, author)) => author.write(transaction),
        None => Ok(()),
    }
}

/// A [`Who`] that outlives its row.
struct Name {
    room: i64,
    user: String,
    client: String,
}

impl Name {
    fn of(who: Who<'_>) -> Self {
        Self {
            room: who.room,
            user: who.user.to_owned(),
            client: who.client.to_owned(),
        }
    }

    fn is_of(&self, who: Who<'_>) -> bool {
        (self.room, &*self.user, &*self.client) == (who.room, who.user, who.client)
    }
}
