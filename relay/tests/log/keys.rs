//! Every post is found again by its key, however many there are of its author.

use std::collections::BTreeMap;
use std::fs;
use std::slice::from_ref;

use chat_room_relay::log::{NewPost, Outcome, Store};
use rusqlite::Connection;

use crate::support::{Home, Random, entry, failure, post, text};

/// What was taken, by room, user, client and `n`, each with its seq.
type Taken = BTreeMap<(String, String, String, u64), (u64, NewPost)>;

/// Posts of some authors in two rooms, in groups of many sizes: one talks most, one hardly ever, and all leave gaps.
fn talk(store: &mut Store, taken: &mut Taken, random: &mut Random, count: usize) {
    const AUTHORS: [(&str, &str, &str); 6] = [
        ("lobby", "", "a"),
        ("lobby", "", "b"),
        ("lobby", "u", "a"),
        ("elsewhere", "", "a"),
        ("elsewhere", "", "c"),
        ("lobby", "", "d"),
    ];
    let mut left = count;
    while left > 0 {
        let size = left.min(1 + random.below(90) as usize);
        left -= size;
        let mut group = Vec::new();
        for _ in 0..size {
            // The lower of two, so that the first talk most.
            let author = random.below(6).min(random.below(6)) as usize;
            let (room, user, client) = AUTHORS[author];
            let key = |n| (room.to_owned(), user.to_owned(), client.to_owned(), n);
            let last = taken.range(key(0)..key(u64::MAX)).next_back();
            let gap = match random.below(10) {
                0 => 1 << random.below(20),
                1 | 2 => 2 + random.below(3),
                _ => 1,
            };
            let n = last.map_or(0, |(key, _)| key.3) + gap;
            let new = NewPost {
                room: room.to_owned(),
                user: user.to_owned(),
                ..post(client, n, text(&n.to_string()))
            };
            taken.insert(key(n), (0, new.clone()));
            group.push(new);
        }
        for (new, outcome) in group.iter().zip(store.append(&group)) {
            let Outcome::Appended(entry) = outcome else {
                panic!("{new:?} became {outcome:?}")
            };
            let key = (new.room.clone(), new.user.clone(), new.client.clone(), new.n);
            taken.get_mut(&key).expect("it was sent").0 = entry.seq;
        }
    }
}

/// Asks for all keys that were taken, and for their neighbours, with the same body and with another.
fn check(store: &mut Store, taken: &Taken) {
    for ((room, user, client, n), (seq, old)) in taken {
        assert_eq!(store.append(from_ref(old)), [Outcome::Known(entry(*seq, old))]);
        let other = NewPost {
            body: text("another"),
            ..old.clone()
        };
        assert_eq!(store.append(&[other]), [Outcome::Conflict], "{old:?}");
        let key = |n| (room.clone(), user.clone(), client.clone(), n);
        let newest = taken.range(key(0)..=key(u64::MAX)).next_back().expect("one at least");
        for near in [n - 1, n + 1] {
            if near < newest.0.3 && !taken.contains_key(&key(near)) {
                let gap = NewPost { n: near, ..old.clone() };
                assert_eq!(store.append(&[gap]), [Outcome::Stale], "{near} of {client}");
            }
        }
    }
}

#[test]
fn every_key_of_talkative_authors_is_found_and_no_other() {
    let mut store = Store::in_memory().expect("memory");
    let mut taken = Taken::new();
    let mut random = Random(3);
    for _ in 0..3 {
        talk(&mut store, &mut taken, &mut random, 800);
        check(&mut store, &taken);
    }
}

#[test]
fn keys_are_found_after_the_log_was_closed() {
    let home = Home::new();
    let path = home.join("log.db");
    let mut taken = Taken::new();
    let mut random = Random(4);
    for _ in 0..3 {
        let mut store = Store::open(&path).expect("open");
        check(&mut store, &taken);
        talk(&mut store, &mut taken, &mut random, 300);
    }
    check(&mut Store::open(&path).expect("open"), &taken);
}

/// Within the group that takes them, too, whether their author was there before or not.
#[test]
fn keys_are_found_in_the_group_that_takes_them() {
    let mut store = Store::in_memory().expect("memory");
    for round in 0..2 {
        let posts: Vec<NewPost> = (1..=400)
            .map(|it| post("a", 1_000 * round + 2 * it, text("x")))
            .collect();
        let late = posts.iter().map(|it| NewPost {
            n: it.n - 1,
            ..it.clone()
        });
        let batch: Vec<NewPost> = posts.iter().cloned().chain(posts.clone()).chain(late).collect();
        let outcomes = store.append(&batch);
        for (post, at) in posts.iter().zip(0..) {
            let entry = entry(400 * round + at as u64 + 1, post);
            assert_eq!(outcomes[at], Outcome::Appended(entry.clone()));
            assert_eq!(outcomes[400 + at], Outcome::Known(entry));
            assert_eq!(outcomes[800 + at], Outcome::Stale);
        }
    }
}

/// What is changed goes into the -wal file by pages, 4 KiB for each however little it was.
#[test]
fn a_group_of_many_authors_changes_few_pages() {
    const AUTHORS: u64 = 100;
    const GROUPS: u64 = 60;
    const FRAME: u64 = 4_096 + 24;
    let home = Home::new();
    let mut store = Store::open(&home.join("log.db")).expect("open");
    let length = || fs::metadata(home.join("log.db-wal")).expect("it is there").len();
    // Names in no order, as those that clients have.
    let mut random = Random(5);
    let names: Vec<String> = (0..AUTHORS)
        .map(|_| format!("{:032x}", random.below(u64::MAX)))
        .collect();
    let mut begun = 0;
    for n in 1..=2 * GROUPS {
        let group: Vec<NewPost> = names.iter().map(|name| post(name, n, text("x"))).collect();
        store.append(&group);
        if n == GROUPS {
            begun = length();
        }
    }
    let pages = (length() - begun) / FRAME / GROUPS;
    assert!(pages < AUTHORS / 3, "{pages} pages for each group");
}

/// Rows that say of an author what is not so.
#[test]
fn authors_that_no_relay_wrote_are_damage() {
    let home = Home::new();
    let under = |user: &str, n| NewPost {
        user: user.to_owned(),
        ..post("a", n, text("x"))
    };
    let table = [
        ("UPDATE authors SET steps = 'x'", under("", 906)),
        ("UPDATE authors SET steps = '9999999:1'", under("", 906)),
        ("UPDATE authors SET n = -1", under("", 908)),
        ("UPDATE authors SET seq = 908", under("", 908)),
        ("UPDATE authors SET seq = 906", under("", 907)),
        ("UPDATE authors SET user = 'v'", under("v", 907)),
        ("UPDATE keys SET steps = '1:1:1'", under("", 1)),
        ("UPDATE keys SET seq = seq + 1", under("", 1)),
        ("UPDATE keys SET seq = seq + 1000", under("", 1)),
        ("UPDATE keys SET seq = -seq", under("", 1)),
    ];
    for (at, (sql, posted)) in table.iter().enumerate() {
        let path = home.join(&format!("{at}.db"));
        let posts: Vec<NewPost> = (1..=907).map(|n| post("a", n, text("x"))).collect();
        Store::open(&path).expect("open").append(&posts);
        let changed = Connection::open(&path).and_then(|it| it.execute(sql, []));
        assert!(changed.expect(sql) > 0, "{sql}");
        let outcomes = Store::open(&path).expect("open").append(from_ref(posted));
        assert!(failure(&outcomes).contains("is damaged"), "{sql}: {outcomes:?}");
    }
}
