//! What is found again: pages to the start, and what a client needs that joins.

use chat_room_relay::log::{Found, NewPost, Query, Store};
use chat_room_wire::{Body, Entry};

use crate::support::{before, entry, post, text};

fn with_entries(count: u64) -> (Store, Vec<Entry>) {
    let mut store = Store::in_memory().expect("memory");
    let posts: Vec<NewPost> = (1..=count).map(|n| post("a", n, text("four"))).collect();
    store.append(&posts);
    let entries = (1..).zip(&posts).map(|(seq, post)| entry(seq, post)).collect();
    (store, entries)
}

#[test]
fn pages_lead_to_the_start_and_meet() {
    for count in 0..12 {
        for limit in 1..13 {
            let (store, entries) = with_entries(count);
            let mut place = None;
            let mut seen: Vec<Entry> = Vec::new();
            loop {
                let page = store.find(&before(place, limit)).expect("found");
                assert_eq!((page.head, page.accepted, page.recovered), (count, 0, false));
                let left = count - seen.len() as u64;
                assert_eq!(page.entries.len() as u64, left.min(limit));
                assert_eq!(page.start, left <= limit, "{count} entries in pages of {limit}");
                place = page.entries.first().map(|first| first.seq);
                seen.splice(0..0, page.entries);
                if page.start {
                    break;
                }
            }
            assert_eq!(seen, entries);
        }
    }
}

#[test]
fn pages_at_the_edges() {
    let (store, entries) = with_entries(5);
    let table = [
        (Some(0), 10, 0..0, true),
        (Some(1), 10, 0..0, true),
        (Some(2), 10, 0..1, true),
        (Some(5), 3, 1..4, false),
        (Some(5), 4, 0..4, true),
        (Some(6), 5, 0..5, true),
        (Some(7), 1, 4..5, false),
        (Some(u64::MAX), u64::MAX, 0..5, true),
        (None, 0, 0..0, false),
        (None, 4, 1..5, false),
        (None, 5, 0..5, true),
    ];
    for (place, limit, expected, start) in table {
        let found = store.find(&before(place, limit)).expect("found");
        assert_eq!(found.entries, entries[expected], "before {place:?}, at most {limit}");
        assert_eq!(found.start, start, "before {place:?}, at most {limit}");
    }
}

struct Join {
    after: Option<u64>,
    replay: u64,
    replay_bytes: u64,
}

fn join(store: &Store, client: &str, join: &Join) -> Found {
    let query = Query::Join {
        room: "lobby".to_owned(),
        user: String::new(),
        client: client.to_owned(),
        after: join.after,
        replay: join.replay,
        replay_bytes: join.replay_bytes,
        page: 2,
    };
    store.find(&query).expect("found")
}

/// Of five entries, the newest page being two.
#[test]
fn what_a_client_missed_is_given_if_it_is_not_too_much() {
    let (store, entries) = with_entries(5);
    let bytes = text("four").to_json().len() as u64;
    let table = [
        // (after, replay, replay_bytes) gives the entries from this one on, and whether they are all that was missed.
        (None, 100, 1_000_000, 4, false),
        (Some(0), 5, 5 * bytes, 1, true),
        (Some(0), 4, 5 * bytes, 4, false),
        (Some(0), 5, 5 * bytes - 1, 4, false),
        (Some(2), 3, 3 * bytes, 3, true),
        (Some(2), 2, 3 * bytes, 4, false),
        (Some(2), 3, 3 * bytes - 1, 4, false),
        (Some(4), 1, bytes, 5, true),
        (Some(4), 0, bytes, 4, false),
        (Some(4), 1, 0, 4, false),
        (Some(5), 0, 0, 6, true),
        (Some(6), 100, 1_000_000, 4, false),
        (Some(u64::MAX), 100, 1_000_000, 4, false),
    ];
    for (after, replay, replay_bytes, first, recovered) in table {
        let asked = Join {
            after,
            replay,
            replay_bytes,
        };
        let expected = Found {
            entries: entries[first - 1..].to_vec(),
            start: first == 1,
            head: 5,
            accepted: 5,
            recovered,
        };
        assert_eq!(
            join(&store, "a", &asked),
            expected,
            "after {after:?}, {replay}, {replay_bytes}"
        );
    }
}

#[test]
fn a_room_where_nothing_was_said() {
    let (store, _) = with_entries(0);
    let nothing = |recovered| Found {
        entries: Vec::new(),
        start: true,
        head: 0,
        accepted: 0,
        recovered,
    };
    assert_eq!(store.find(&before(None, 10)), Ok(nothing(false)));
    for (after, recovered) in [(None, false), (Some(0), true), (Some(1), false)] {
        let asked = Join {
            after,
            replay: 10,
            replay_bytes: 10,
        };
        assert_eq!(join(&store, "a", &asked), nothing(recovered), "after {after:?}");
    }
}

#[test]
fn a_client_is_told_how_far_its_own_posts_came() {
    let (mut store, _) = with_entries(3);
    store.append(&[post("b", 8, text("x"))]);
    let other_user = NewPost {
        user: "u".to_owned(),
        ..post("b", 70, text("x"))
    };
    let other_room = NewPost {
        room: "elsewhere".to_owned(),
        ..post("b", 80, text("x"))
    };
    store.append(&[other_user, other_room]);
    let asked = Join {
        after: None,
        replay: 0,
        replay_bytes: 0,
    };
    let accepted = ["a", "b", "c"].map(|client| join(&store, client, &asked).accepted);
    assert_eq!(accepted, [3, 8, 0]);
}

/// The bytes of a text are those on the wire: escaped, and of UTF-8.
#[test]
fn bytes_of_bodies_are_counted_as_they_are_written() {
    let mut store = Store::in_memory().expect("memory");
    let body = text("小明\0\n");
    let bytes = body.to_json().len() as u64;
    assert!(bytes > "小明\0\n".len() as u64);
    store.append(&[post("a", 1, body), post("a", 2, Body::Retract { of: 1 })]);
    let bytes = bytes + Body::Retract { of: 1 }.to_json().len() as u64;
    for (replay_bytes, recovered) in [(bytes, true), (bytes - 1, false)] {
        let asked = Join {
            after: Some(0),
            replay: 2,
            replay_bytes,
        };
        assert_eq!(join(&store, "a", &asked).recovered, recovered);
    }
}

#[test]
fn every_log_has_an_epoch_of_its_own() {
    let [one, other] = [(); 2].map(|()| Store::in_memory().expect("memory"));
    assert_eq!(one.epoch().len(), 32);
    assert_ne!(one.epoch(), other.epoch());
    let named = Store::in_memory_with_epoch("again").expect("memory");
    assert_eq!(named.epoch(), "again");
}
