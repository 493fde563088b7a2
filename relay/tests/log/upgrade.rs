//! Logs of version 1, which had an index of all keys in place of the authors.

use std::path::Path;
use std::slice::from_ref;

use chat_room_relay::log::{LogError, NewPost, Outcome, Query, Store};
use chat_room_wire::MAX_INTEGER;
use rusqlite::{Connection, params};

use crate::support::{Home, all, entry, post, text};

const VERSION_1: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA application_id = 0x63686174;
    PRAGMA user_version = 1;

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

    INSERT INTO log (epoch) VALUES ('the first');
    INSERT INTO rooms (id, name) VALUES (1, 'empty'), (2, 'lobby'), (3, 'elsewhere');
";

/// What was said in the log of version 1, each with its seq: 900 by two in the lobby, with gaps; one with the greatest
/// `n`; and in another room, the same client under two users.
fn said() -> Vec<(u64, NewPost)> {
    let mut said: Vec<(u64, NewPost)> = (1..=900)
        .map(|seq| {
            let client = if seq % 3 == 0 { "b" } else { "a" };
            (seq, post(client, seq + seq / 100, text(&format!("{seq}"))))
        })
        .collect();
    said.push((901, post("c", MAX_INTEGER, text("last"))));
    for (seq, user) in [(1, ""), (2, "u"), (3, "")] {
        let elsewhere = NewPost {
            room: "elsewhere".to_owned(),
            user: user.to_owned(),
            ..post("a", seq, text("x"))
        };
        said.push((seq, elsewhere));
    }
    said
}

fn version_1(path: &Path, said: &[(u64, NewPost)]) -> Connection {
    let connection = Connection::open(path).expect("made");
    connection.execute_batch(VERSION_1).expect("made");
    for (seq, post) in said {
        connection
            .execute(
                "INSERT INTO entries (room, seq, at, user, client, name, n, body)
                 SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM rooms WHERE name = ?1",
                params![
                    post.room,
                    seq.cast_signed(),
                    post.at.cast_signed(),
                    post.user,
                    post.client,
                    post.name,
                    post.n.cast_signed(),
                    post.body.to_json()
                ],
            )
            .expect("written");
    }
    connection
}

fn version(connection: &Connection) -> i64 {
    connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .expect("read")
}

fn accepted(store: &Store, room: &str, user: &str, client: &str) -> u64 {
    let join = Query::Join {
        room: room.to_owned(),
        user: user.to_owned(),
        client: client.to_owned(),
        after: None,
        replay: 0,
        replay_bytes: 0,
        page: 0,
    };
    store.find(&join).expect("found").accepted
}

#[test]
fn a_log_of_version_1_goes_on() {
    let home = Home::new();
    let path = home.join("log.db");
    let said = said();
    drop(version_1(&path, &said));
    for reopened in [false, true] {
        let mut store = Store::open(&path).expect("open");
        assert_eq!(store.epoch(), "the first");
        let lobby: Vec<_> = said[..901].iter().map(|(seq, post)| entry(*seq, post)).collect();
        assert_eq!(all(&store)[..901], lobby);
        if !reopened {
            assert_eq!(accepted(&store, "lobby", "", "a"), 907);
            assert_eq!(accepted(&store, "lobby", "", "b"), 909);
            assert_eq!(accepted(&store, "lobby", "u", "a"), 0);
            assert_eq!(accepted(&store, "elsewhere", "", "a"), 3);
            assert_eq!(accepted(&store, "elsewhere", "u", "a"), 2);
            let next: Vec<NewPost> = (1_000..1_300).map(|n| post("a", n, text("next"))).collect();
            for (next, outcome) in next.iter().zip(store.append(&next)) {
                assert_eq!(outcome, Outcome::Appended(entry(next.n - 98, next)));
            }
        }
        assert_eq!(accepted(&store, "lobby", "", "a"), 1_299);
        for (seq, post) in &said {
            assert_eq!(store.append(from_ref(post)), [Outcome::Known(entry(*seq, post))]);
            let other = NewPost {
                body: text("another"),
                ..post.clone()
            };
            assert_eq!(store.append(&[other]), [Outcome::Conflict]);
        }
        for (client, n) in [("a", 3), ("b", 1), ("a", 100), ("a", 999), ("c", 1)] {
            assert_eq!(
                store.append(&[post(client, n, text("x"))]),
                [Outcome::Stale],
                "{n} of {client}"
            );
        }
        let next = post("a", 1_150, text("next"));
        assert_eq!(store.append(from_ref(&next)), [Outcome::Known(entry(1_052, &next))]);
    }
}

/// The tables of an upgraded log are those of a new one.
#[test]
fn an_upgraded_log_has_the_tables_of_a_new_one() {
    let home = Home::new();
    drop(version_1(&home.join("old.db"), &said()));
    let schemas = ["old.db", "new.db"].map(|name| {
        drop(Store::open(&home.join(name)).expect("open"));
        let connection = Connection::open(home.join(name)).expect("open");
        let mut statement = connection
            .prepare("SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY 1")
            .expect("prepared");
        let schema: Vec<String> = statement
            .query_map([], |row| row.get(0))
            .and_then(Iterator::collect)
            .expect("read");
        (version(&connection), schema)
    });
    assert_eq!(schemas[0], schemas[1]);
    assert_eq!(schemas[0].0, 2);
}

/// Who reads meanwhile sees the one or the other.
#[test]
fn an_upgrade_is_one_step_to_who_reads() {
    let home = Home::new();
    let path = home.join("log.db");
    let reader = version_1(&path, &said());
    reader.execute_batch("BEGIN").expect("begun");
    assert_eq!(version(&reader), 1);
    // What is in the -wal file cannot all be moved while somebody reads; the upgrade waits for nobody.
    let mut store = Store::open(&path).expect("open");
    let index: i64 = reader
        .query_row("SELECT count(*) FROM entries INDEXED BY entries_by_key", [], |row| {
            row.get(0)
        })
        .expect("it is as it was");
    assert_eq!((version(&reader), index), (1, 904));
    reader.execute_batch("COMMIT").expect("over");
    assert_eq!(version(&reader), 2);
    let next = post("b", 910, text("next"));
    assert_eq!(store.append(from_ref(&next)), [Outcome::Appended(entry(902, &next))]);
}

#[test]
fn a_log_that_cannot_be_upgraded_stays_as_it_is() {
    let home = Home::new();
    let table = [
        (
            "UPDATE entries SET client = CAST(x'ff' AS TEXT) WHERE seq = 800",
            "is damaged",
        ),
        ("UPDATE entries SET n = -1 WHERE seq = 800", "is damaged"),
        // The second said under a lower number than the first.
        (
            "UPDATE entries SET n = 2000 - n WHERE room = 2 AND client = 'a'",
            "follows entry",
        ),
        ("DROP INDEX entries_by_key", "entries_by_key"),
        ("CREATE TABLE authors (name TEXT)", "authors"),
    ];
    for (at, (sql, expected)) in table.iter().enumerate() {
        let path = home.join(&format!("{at}.db"));
        let connection = version_1(&path, &said());
        connection.execute_batch(sql).expect(sql);
        drop(connection);
        let LogError(sentence) = Store::open(&path).expect_err("it cannot be upgraded");
        assert!(sentence.contains(expected), "{sql}: {sentence}");
        let connection = Connection::open(&path).expect("open");
        let keys: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'keys'", [], |row| {
                row.get(0)
            })
            .expect("read");
        assert_eq!((version(&connection), keys), (1, 0), "{sql}");
    }
}
