use chat_room::traffic::{Filter, Heartbeat, List, MAX_ENTRIES, Row, Traffic, What};
use chat_room::websocket::{Close, Message, OpenError};

use crate::{in_a_room, open, received, sent};

const PING: &str = r#"{"type":"ping"}"#;
const PONG: &str = r#"{"type":"pong"}"#;

/// The rows in short: the numbers of entries, those in a fold indented, and of folds how many there are.
fn rows(list: &List) -> Vec<String> {
    let row = |row: &Row| match row {
        Row::Entry { entry, inside: false } => entry.seq.to_string(),
        Row::Entry { entry, inside: true } => format!(" {}", entry.seq),
        Row::Fold(fold) => format!(
            "{} pings {} pongs",
            fold.count(Heartbeat::Ping),
            fold.count(Heartbeat::Pong)
        ),
    };
    for (place, it) in list.rows().iter().enumerate() {
        assert_eq!(list.place(it.key()), Some(place), "every row is found by its key");
    }
    list.rows().iter().map(row).collect()
}

fn list(traffic: &Traffic) -> List {
    let mut list = List::default();
    list.update(traffic);
    list
}

fn only(text: &str) -> Filter {
    Filter {
        text: text.into(),
        ..Filter::default()
    }
}

/// 0 connecting, 1 open, 2 ping, 3 pong, 4 a text, 5 ping, 6 ping, 7 another text.
fn beating() -> Traffic {
    let mut traffic = in_a_room();
    for what in [
        sent(PING),
        received(PONG),
        received("one"),
        sent(PING),
        sent(PING),
        sent("two"),
    ] {
        traffic.note(3, what);
    }
    traffic
}

tests! {
    fn signs_of_life_are_folded_until_one_looks() {
        let mut traffic = beating();
        let mut list = list(&traffic);
        assert_eq!(rows(&list), ["0", "1", "1 pings 1 pongs", "4", "2 pings 0 pongs", "7"]);
        list.toggle(list.rows()[4].key());
        list.toggle(list.rows()[2].key());
        let opened = ["0", "1", "1 pings 1 pongs", " 2", " 3", "4", "2 pings 0 pongs", " 5", " 6", "7"];
        assert_eq!(rows(&list), opened);

        // It stays open while more come, and whatever else is shown or not.
        list.filter(Filter { events: false, ..Filter::default() }, &traffic);
        assert_eq!(rows(&list), opened[2..]);
        list.filter(only(PONG), &traffic);
        assert_eq!(rows(&list), ["0 pings 1 pongs", " 3"]);
        list.filter(Filter::default(), &traffic);
        list.toggle(list.rows()[2].key());
        traffic.note(4, received(PONG));
        traffic.note(4, received(PONG));
        list.update(&traffic);
        assert_eq!(list.rows().len(), 7 + usize::from(list.rows().iter().any(|row| matches!(row, Row::Entry { inside: true, .. }))) * 2);
        let key = list.rows().back().expect("rows").key();
        list.toggle(key);
        traffic.note(5, sent(PING));
        list.update(&traffic);
        let last: Vec<_> = rows(&list).into_iter().rev().take(4).collect();
        assert_eq!(last, [" 10", " 9", " 8", "1 pings 2 pongs"]);
        list.toggle(key);
        assert_eq!(rows(&list).last().map(String::as_str), Some("1 pings 2 pongs"));
        list.toggle(list.rows()[0].key());
        assert_eq!(rows(&list)[..2], ["0", "1"], "an entry is no fold");
    }

    fn what_does_not_fit_is_not_there() {
        let close = Close { code: 4001, reason: "Soon".into(), was_clean: true };
        let mut traffic = Traffic::default();
        for what in [
            open(),
            sent("Hello, 你好"),
            received("hello"),
            What::received(&Message::from(vec![0x9f, 0xff, 0x00])),
            What::Closed(close),
            What::Refused(OpenError::MixedContent { url: "ws://example.org/".into() }),
            What::NotSent(5),
        ] {
            traffic.note(0, what);
        }
        let all = Filter::default;
        for (filter, expected) in [
            (all(), &["0", "1", "2", "3", "4", "5", "6"][..]),
            (Filter { sent: false, ..all() }, &["0", "2", "3", "4", "5"]),
            (Filter { received: false, ..all() }, &["0", "1", "4", "5", "6"]),
            (Filter { events: false, ..all() }, &["1", "2", "3", "6"]),
            (only("HELLO"), &["1", "2"]),
            (only("你好"), &["1"]),
            (only("9f ff"), &["3"]),
            (only("ff00"), &["3"]),
            (only("ff 01"), &[]),
            (only("localhost"), &["0"]),
            (only("4001"), &["4"]),
            (only("soon"), &["4"]),
            (only("close"), &["4"]),
            (only("https"), &["5"]),
            (only("nowhere"), &[]),
            (Filter { received: false, ..only("hello") }, &["1"]),
        ] {
            let mut list = List::default();
            list.filter(filter.clone(), &traffic);
            assert_eq!(rows(&list), expected, "{filter:?}");
            assert_eq!(*list.filtered_by(), filter);
        }
        // Longer than what it is looked for in, and at its very end.
        let mut traffic = Traffic::default();
        traffic.note(0, sent("abab"));
        for (text, fits) in [("abab", true), ("ababa", false), ("bab", true), ("b", true), ("ba", true)] {
            let mut list = List::default();
            list.filter(only(text), &traffic);
            assert_eq!(!list.rows().is_empty(), fits, "{text}");
        }
    }

    fn paused_it_stands_still_and_nothing_of_it_is_lost() {
        let mut traffic = Traffic::default();
        for text in ["a", "b", "c"] {
            traffic.note(0, sent(text));
        }
        let mut list = list(&traffic);
        list.pause(true, &traffic);
        assert!(list.is_paused());
        for _ in 0..MAX_ENTRIES + 7 {
            traffic.note(0, received("x"));
        }
        list.update(&traffic);
        assert_eq!(rows(&list), ["0", "1", "2"], "though the ring has none of them any more");
        assert_eq!(list.missed(&traffic), MAX_ENTRIES as u64 + 7);
        list.filter(only("b"), &traffic);
        assert_eq!(rows(&list), ["1"]);
        assert_eq!(list.all(&traffic).count(), 3 + MAX_ENTRIES, "and what the ring has is there to be exported");
        list.pause(true, &traffic);
        assert_eq!(rows(&list), ["1"], "paused twice is paused");
        list.pause(false, &traffic);
        assert_eq!(rows(&list), [] as [&str; 0]);
        list.filter(Filter::default(), &traffic);
        assert_eq!((list.rows().len(), list.missed(&traffic)), (MAX_ENTRIES, 0));
        assert_eq!(rows(&list)[0], "10");
    }

    fn what_the_ring_lets_go_leaves_the_list() {
        let mut traffic = beating();
        let mut list = list(&traffic);
        list.toggle(list.rows()[2].key());
        assert_eq!(rows(&list)[..5], ["0", "1", "1 pings 1 pongs", " 2", " 3"]);
        let mut fill = |count: usize, list: &mut List| {
            for _ in 0..count {
                traffic.note(9, received("x"));
            }
            list.update(&traffic);
            let start = rows(list)[..4].to_vec();
            (start, list.take_gone())
        };
        let (start, gone) = fill(MAX_ENTRIES - 8, &mut list);
        assert_eq!((start[0].as_str(), gone), ("0", 0));
        let (start, gone) = fill(3, &mut list);
        assert_eq!((start, gone), (["0 pings 1 pongs", " 3", "4", "2 pings 0 pongs"].map(String::from).to_vec(), 3));
        let (start, gone) = fill(1, &mut list);
        assert_eq!((start[0].as_str(), gone), ("4", 2), "an empty fold leaves too");
        let (start, gone) = fill(2, &mut list);
        assert_eq!((start[0].as_str(), gone), ("1 pings 0 pongs", 1), "a closed one shrinks");
        let (start, gone) = fill(1, &mut list);
        assert_eq!((start[0].as_str(), gone), ("7", 1));
        let (_, gone) = fill(3 * MAX_ENTRIES, &mut list);
        assert_eq!((list.rows().len(), gone), (MAX_ENTRIES, MAX_ENTRIES), "more than fits at once");
    }

    fn cleared_is_empty_and_goes_on() {
        let mut traffic = beating();
        let mut list = list(&traffic);
        list.pause(true, &traffic);
        traffic.note(5, sent("x"));
        list.clear(&mut traffic);
        assert_eq!((list.rows().len(), list.all(&traffic).count(), list.missed(&traffic)), (0, 0, 0));
        assert!(list.is_paused(), "clearing goes on with nothing");
        traffic.note(6, sent("later"));
        list.pause(false, &traffic);
        assert_eq!(rows(&list), ["9"]);
    }
}
