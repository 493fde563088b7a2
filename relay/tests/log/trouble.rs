//! Files and folders that cannot be used, and what becomes of a log while that lasts and after.

use std::fs;
use std::path::Path;

use chat_room_relay::log::sqlite::{DATABASE, LOCK};
use chat_room_relay::log::{Log, LogError, NewPost, Outcome, SqliteLog, Store};
use rusqlite::Connection;

use crate::support::{Home, Random, all, before, ears, entry, failure, post, text};

/// The sentence of a log that does not open.
fn refused(path: &Path) -> String {
    let LogError(sentence) = Store::open(path).expect_err("it cannot be used");
    assert!(sentence.contains(&path.display().to_string()), "{sentence}");
    assert!(!sentence.contains('\n'), "{sentence}");
    sentence
}

fn refused_folder(path: &Path) -> String {
    let (ears, _heard) = ears();
    let LogError(sentence) = SqliteLog::open(path, ears).expect_err("it cannot be used");
    assert!(sentence.contains(&path.display().to_string()), "{sentence}");
    sentence
}

/// A log with this many entries of some length.
fn filled(path: &Path, count: u64) -> Store {
    let mut store = Store::open(path).expect("open");
    let posts: Vec<NewPost> = (1..=count).map(|n| post("a", n, text(&"long ".repeat(100)))).collect();
    assert!(store.append(&posts).iter().all(|it| matches!(it, Outcome::Appended(_))));
    store
}

#[test]
fn a_log_is_the_same_after_it_was_closed() {
    let home = Home::new();
    let path = home.join("log.db");
    let store = filled(&path, 10);
    let (epoch, entries) = (store.epoch().to_owned(), all(&store));
    drop(store);
    let mut store = Store::open(&path).expect("open");
    assert_eq!((store.epoch(), all(&store)), (&*epoch, entries));
    let next = post("a", 11, text("x"));
    assert_eq!(
        store.append(std::slice::from_ref(&next)),
        [Outcome::Appended(entry(11, &next))]
    );
}

#[test]
fn a_folder_is_of_one_relay() {
    let home = Home::new();
    let (first_ears, _first) = ears();
    let first = SqliteLog::open(home.path(), first_ears).expect("open");
    assert!(refused_folder(home.path()).starts_with("another relay is using the folder"));
    first.close();
    let (second_ears, heard) = ears();
    let second = SqliteLog::open(home.path(), second_ears).expect("the first has closed");
    assert_eq!(second.epoch(), first.epoch());
    second
        .append(vec![(1, post("a", 1, text("x")))])
        .expect("there is room");
    assert!(matches!(&heard.outcomes(1)[..], [(1, Outcome::Appended(_))]));
}

#[test]
fn folders_that_cannot_be_used() {
    let home = Home::new();
    let file = home.join("file");
    fs::write(&file, "not a folder").expect("written");
    assert!(refused_folder(&file).starts_with("cannot make the folder"));
    assert!(refused_folder(&file.join("below")).starts_with("cannot make the folder"));

    let with_folders = home.join("folders");
    fs::create_dir_all(with_folders.join(LOCK)).expect("made");
    assert!(refused_folder(&with_folders).starts_with("cannot write to the folder"));
    fs::remove_dir(with_folders.join(LOCK)).expect("removed");
    fs::create_dir_all(with_folders.join(DATABASE)).expect("made");
    assert!(refused_folder(&with_folders).contains("cannot be opened"));
    assert!(refused(&home.join("missing/log.db")).contains("see that it is there"));
}

#[test]
fn databases_that_are_no_log_of_this_version_are_refused_and_left_alone() {
    let home = Home::new();
    let table = [
        ("text.db", None, "is damaged"),
        (
            "other.db",
            Some("CREATE TABLE recipes (name TEXT)"),
            "of another program",
        ),
        ("marked.db", Some("PRAGMA application_id = 7"), "of another program"),
        (
            "newer.db",
            Some("PRAGMA application_id = 0x63686174; PRAGMA user_version = 3"),
            "is of version 3",
        ),
        (
            "older.db",
            Some("PRAGMA application_id = 0x63686174; PRAGMA user_version = -1"),
            "is damaged",
        ),
        (
            "empty.db",
            Some("PRAGMA application_id = 0x63686174; PRAGMA user_version = 2; CREATE TABLE log (epoch TEXT)"),
            "is damaged",
        ),
    ];
    for (name, sql, expected) in table {
        let path = home.join(name);
        match sql {
            Some(sql) => Connection::open(&path)
                .and_then(|it| it.execute_batch(sql))
                .expect("made"),
            None => fs::write(&path, "to be bought: milk, eggs\n".repeat(400)).expect("written"),
        }
        let bytes = fs::read(&path).expect("read");
        let sentence = refused(&path);
        assert!(sentence.contains(expected), "{name}: {sentence}");
        if name != "empty.db" {
            assert_eq!(fs::read(&path).expect("read"), bytes, "{name} was changed");
        }
    }
}

#[test]
fn what_is_left_of_a_missing_database_is_not_deleted() {
    let home = Home::new();
    let path = home.join("log.db");
    let wal = home.join("log.db-wal");
    fs::write(&wal, "the newest entries").expect("written");
    for empty_file in [false, true] {
        if empty_file {
            fs::write(&path, "").expect("written");
        }
        assert!(refused(&path).contains("with -wal"));
        assert_eq!(fs::read(&wal).expect("it is there"), b"the newest entries");
    }
}

#[test]
fn a_locked_log_fails_clearly_and_goes_on_when_it_is_free() {
    let home = Home::new();
    let path = home.join(DATABASE);
    let (ears, heard) = ears();
    let log = SqliteLog::open(home.path(), ears).expect("open");
    let first = post("a", 1, text("before"));
    log.append(vec![(1, first.clone())]).expect("there is room");
    assert_eq!(heard.outcomes(1), [(1, Outcome::Appended(entry(1, &first)))]);

    let other = Connection::open(&path).expect("open");
    other.execute_batch("BEGIN EXCLUSIVE").expect("locked");
    let second = post("a", 2, text("meanwhile"));
    log.append(vec![(2, second.clone())]).expect("there is room");
    let outcomes = heard.outcomes(1);
    let [(2, Outcome::Failed(LogError(sentence)))] = &outcomes[..] else {
        panic!("{outcomes:?}")
    };
    assert!(
        sentence.ends_with("is locked by another program; let it finish, or end it"),
        "{sentence}"
    );
    log.read(3, before(None, 10)).expect("there is room");
    assert_eq!(heard.found().entries, [entry(1, &first)]);

    other.execute_batch("ROLLBACK").expect("unlocked");
    log.append(vec![(4, second.clone())]).expect("there is room");
    assert_eq!(heard.outcomes(1), [(4, Outcome::Appended(entry(2, &second)))]);
}

#[test]
fn a_log_that_is_locked_at_the_start_is_refused() {
    let home = Home::new();
    let path = home.join("log.db");
    drop(filled(&path, 1));
    let other = Connection::open(&path).expect("open");
    other
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; INSERT INTO rooms (name) VALUES ('x')")
        .expect("locked");
    assert!(refused(&path).contains("locked by another program"));
    drop(other);
    assert_eq!(all(&Store::open(&path).expect("it is free")).len(), 1);
}

/// Does with a damaged log what can be done, and returns the sentences of what could not.
fn use_damaged(path: &Path) -> Vec<String> {
    let mut store = match Store::open(path) {
        Ok(store) => store,
        Err(LogError(sentence)) => return vec![sentence],
    };
    let mut sentences = Vec::new();
    for place in (1..=401).step_by(40) {
        sentences.extend(store.find(&before(Some(place), 40)).err().map(|it| it.0));
    }
    for n in [1, 200, 400, 401] {
        for outcome in store.append(&[post("a", n, text("x")), post("b", n, text("y"))]) {
            if let Outcome::Failed(LogError(sentence)) = outcome {
                sentences.push(sentence);
            }
        }
    }
    sentences
}

#[test]
fn damage_anywhere_is_told_and_never_a_panic() {
    const PAGE: usize = 4096;
    let home = Home::new();
    let path = home.join("log.db");
    drop(filled(&path, 400));
    let whole = fs::read(&path).expect("read");
    assert!(whole.len() > 40 * PAGE);
    let mut random = Random(7);
    let mut garbage = |length: usize| -> Vec<u8> { (0..length).map(|_| random.below(256) as u8).collect() };

    let damaged = "is damaged";
    for from in (0..whole.len()).step_by(PAGE) {
        let mut bytes = whole.clone();
        bytes[from..from + PAGE].copy_from_slice(&garbage(PAGE));
        fs::write(&path, &bytes).expect("written");
        let sentences = use_damaged(&path);
        assert!(!sentences.is_empty(), "nobody was told of the page at {from}");
        assert!(sentences.iter().all(|it| it.contains(damaged)), "{sentences:?}");
    }

    let mut bytes = whole.clone();
    bytes[PAGE..].copy_from_slice(&garbage(whole.len() - PAGE));
    fs::write(&path, &bytes).expect("written");
    assert!(refused(&path).contains(damaged));
    assert_eq!(fs::read(&path).expect("it is there"), bytes, "it was changed");

    fs::write(&path, &whole[..whole.len() / 2]).expect("written");
    let sentences = use_damaged(&path);
    assert!(
        !sentences.is_empty() && sentences.iter().all(|it| it.contains(damaged)),
        "{sentences:?}"
    );
}

#[test]
fn values_that_no_relay_wrote_are_damage() {
    let home = Home::new();
    let path = home.join("log.db");
    let table = [
        "UPDATE entries SET body = '{' WHERE seq = 2",
        "UPDATE entries SET body = '{\"type\":\"text\"}' WHERE seq = 2",
        "UPDATE entries SET body = CAST(x'ff' AS TEXT) WHERE seq = 2",
        "UPDATE entries SET name = CAST(x'ff' AS TEXT) WHERE seq = 2",
        "UPDATE entries SET at = -1 WHERE seq = 2",
        "DELETE FROM entries WHERE seq = 2",
        "UPDATE entries SET seq = 9 WHERE seq = 3",
    ];
    for sql in table {
        let _ = fs::remove_file(&path);
        let store = filled(&path, 3);
        Connection::open(&path)
            .and_then(|it| it.execute_batch(sql))
            .expect("changed");
        let LogError(sentence) = store.find(&before(None, 10)).expect_err(sql);
        assert!(sentence.contains("is damaged"), "{sentence}");
    }
}

/// Deletes and moves by name only: who opens a database and closes it takes its process's locks from SQLite.
#[cfg(unix)]
mod moved {
    use super::*;

    #[test]
    fn nothing_is_told_that_went_to_a_file_without_its_name() {
        let home = Home::new();
        for (name, count) in [("log.db", 10), ("log.db-wal", 20)] {
            let (path, away) = (home.join("log.db"), home.join("away"));
            let mut store = Store::open(&path).expect("open");
            let next = post("a", count, text("x"));
            fs::rename(home.join(name), &away).expect("moved");
            for _ in 0..2 {
                let outcomes = store.append(std::slice::from_ref(&next));
                assert!(
                    failure(&outcomes).contains("was moved, deleted or replaced"),
                    "{outcomes:?}"
                );
            }
            assert!(!home.join(name).exists(), "{name} was made anew");
            fs::write(home.join(name), "another").expect("written");
            assert!(failure(&store.append(std::slice::from_ref(&next))).contains("restart the relay"));
            fs::rename(&away, home.join(name)).expect("moved back");
            assert!(matches!(store.append(&[next])[..], [Outcome::Appended(_)]), "{name}");
        }
    }

    /// The file with the newest entries is still open, and the end moves them into the database.
    #[test]
    fn a_deleted_wal_file_costs_no_entry() {
        let home = Home::new();
        let path = home.join("log.db");
        let mut store = filled(&path, 10);
        fs::remove_file(home.join("log.db-wal")).expect("deleted");
        failure(&store.append(&[post("a", 11, text("x"))]));
        drop(store);
        assert_eq!(all(&Store::open(&path).expect("open")).len(), 10);
    }

    #[test]
    fn a_damaged_log_goes_on_when_it_was_put_back() {
        let copy = |from: &Path, to: &Path| {
            let status = std::process::Command::new("cp").args([from, to]).status();
            assert!(status.expect("cp runs").success());
        };
        let home = Home::new();
        let (path, whole, garbage) = (home.join("log.db"), home.join("whole"), home.join("garbage"));
        drop(filled(&path, 400));
        copy(&path, &whole);
        let mut bytes = fs::read(&whole).expect("read");
        bytes[4096..].fill(0xa5);
        fs::write(&garbage, bytes).expect("written");

        let mut store = Store::open(&path).expect("open");
        copy(&garbage, &path);
        let next = post("a", 401, text("x"));
        for _ in 0..2 {
            let outcomes = store.append(std::slice::from_ref(&next));
            assert!(failure(&outcomes).contains("is damaged"), "{outcomes:?}");
            assert!(store.find(&before(None, 1)).is_err());
        }
        copy(&whole, &path);
        assert_eq!(
            store.append(std::slice::from_ref(&next)),
            [Outcome::Appended(entry(401, &next))]
        );
        assert_eq!(all(&store).len(), 401);
    }
}
