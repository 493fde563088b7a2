//! The timeline's order, its bounds, and what becomes of an entry by others.

use super::*;
use crate::websocket::Message;

const NOW: Instant = Instant::from_millis(0);

fn own(text: &str, delivery: Delivery) -> Content {
    let mut content = Content::own(text, None);
    if let Content::Said(said) = &mut content {
        said.delivery = Some(delivery);
    }
    content
}

fn ids(timeline: &Timeline) -> Vec<u64> {
    timeline.iter().map(|item| item.id().get()).collect()
}

#[test]
fn the_oldest_item_leaves_when_one_too_many_comes() {
    let mut timeline = Timeline::default();
    for _ in 0..MAX_ITEMS {
        timeline.push(NOW, 0, own("x", Delivery::Sent));
    }
    assert_eq!(timeline.iter().len(), MAX_ITEMS);
    assert_eq!(timeline.iter().next().map(Item::id), Some(ItemId(0)));
    timeline.push(NOW, 0, own("x", Delivery::Sent));
    assert_eq!(timeline.iter().len(), MAX_ITEMS);
    assert_eq!(timeline.iter().next().map(Item::id), Some(ItemId(1)));
}

#[test]
fn the_oldest_items_leave_when_their_bytes_are_too_many() {
    let mut timeline = Timeline::default();
    let large = "x".repeat(MAX_TIMELINE_BYTES / 4);
    for _ in 0..4 {
        timeline.push(NOW, 0, own(&large, Delivery::Sent));
    }
    assert_eq!(ids(&timeline), [0, 1, 2, 3], "exactly the limit");
    timeline.push(NOW, 0, own("x", Delivery::Sent));
    assert_eq!(ids(&timeline), [1, 2, 3, 4], "one byte more");
}

#[test]
fn what_nobody_has_got_leaves_last() {
    let mut timeline = Timeline::default();
    timeline.push(NOW, 0, own("failed", Delivery::Failed));
    timeline.push(NOW, 0, own("waiting", Delivery::Waiting));
    for _ in 0..MAX_ITEMS {
        timeline.push(NOW, 0, own("sent", Delivery::Sent));
    }
    assert_eq!(ids(&timeline)[..3], [0, 1, 4]);
    for _ in 0..2 * MAX_ITEMS {
        timeline.push(NOW, 0, own("failed", Delivery::Failed));
    }
    let last: Vec<u64> = (2 + 2 * MAX_ITEMS as u64..2 + 3 * MAX_ITEMS as u64).collect();
    assert_eq!(ids(&timeline), last, "but it leaves, too, the oldest first");
}

fn entry(seq: u64, body: Body) -> Entry {
    let client = "bo".to_owned();
    Entry {
        seq,
        prev: seq - 1,
        at: 0,
        client,
        name: String::new(),
        n: seq,
        body,
    }
}

fn text(seq: u64) -> Entry {
    let text = seq.to_string();
    entry(seq, Body::Text { text, reply_to: None })
}

fn edit(seq: u64, of: u64) -> Entry {
    let text = format!("{of} by {seq}");
    entry(seq, Body::Edit { of, text })
}

#[test]
fn what_changes_others_counts_and_leaves_in_its_turn() {
    let mut timeline = Timeline::default();
    timeline.insert_entry(text(1), false, true);
    timeline.insert_entry(edit(2, 1), false, true);
    timeline.insert_entry(edit(3, 9), false, true);
    for seq in 4..=MAX_ITEMS as u64 {
        timeline.insert_entry(text(seq), false, true);
    }
    assert_eq!(timeline.len(), MAX_ITEMS - 2, "they are not among the items");
    assert!((1..=MAX_ITEMS as u64).all(|seq| timeline.holds(seq)));
    assert!(!timeline.insert_entry(edit(2, 1), false, true), "it is here already");
    for (seq, first) in (MAX_ITEMS as u64 + 1..).zip([2, 3, 4, 5]) {
        timeline.insert_entry(text(seq), false, true);
        assert_eq!(timeline.first_seq(), Some(first));
    }
    assert_eq!(timeline.len(), MAX_ITEMS);
    assert_eq!(
        timeline.bytes,
        timeline.iter().map(Item::bytes).sum::<usize>(),
        "theirs no longer count"
    );
}

#[test]
fn a_change_takes_effect_whatever_comes_first() {
    for order in [[1, 2, 3], [3, 2, 1], [2, 1, 3], [2, 3, 1]] {
        let mut timeline = Timeline::default();
        for seq in order {
            let entry = if seq == 1 { text(1) } else { edit(seq, 1) };
            timeline.insert_entry(entry, false, false);
        }
        let Some(Content::Said(said)) = timeline.entry(1).map(Item::content) else {
            panic!("{order:?}")
        };
        assert_eq!(said.text(), "1 by 3", "{order:?}");
    }
    let mut timeline = Timeline::default();
    timeline.insert_entry(edit(2, 3), false, false);
    timeline.insert_entry(text(3), false, false);
    assert_eq!(
        timeline.entry(3).map(Item::revision),
        Some(0),
        "said before it, about it"
    );
}

#[test]
fn items_are_found_by_position_and_by_id() {
    let mut timeline = Timeline::default();
    for seq in [5, 3, 4, 9] {
        timeline.insert_entry(text(seq), false, false);
    }
    timeline.push_pending(NOW, own("waits", Delivery::Waiting));
    let seqs: Vec<Option<u64>> = (0..6).map(|it| timeline.at(it).and_then(Item::seq)).collect();
    assert_eq!(seqs, [Some(3), Some(4), Some(5), Some(9), None, None]);
    let positions: Vec<Option<usize>> = (0..6).map(|id| timeline.position(ItemId(id))).collect();
    assert_eq!(positions, [Some(2), Some(0), Some(1), Some(3), Some(4), None]);
    timeline.remove(ItemId(1));
    assert_eq!(timeline.position(ItemId(0)), Some(1));
    assert_eq!(timeline.position(ItemId(1)), None);
}

#[test]
fn more_bytes_may_stay_while_one_reads() {
    let mut timeline = Timeline::default();
    let quarter = "x".repeat(MAX_TIMELINE_BYTES_READING / 4);
    timeline.set_reading(true);
    for _ in 0..4 {
        timeline.push(NOW, 0, own(&quarter, Delivery::Sent));
    }
    assert_eq!(ids(&timeline), [0, 1, 2, 3], "exactly the limit");
    assert!(!timeline.has_room());
    timeline.push(NOW, 0, own("x", Delivery::Sent));
    assert_eq!(ids(&timeline), [1, 2, 3, 4], "one byte more");
    timeline.set_reading(false);
    assert_eq!(ids(&timeline), [4]);
}

#[test]
fn long_messages_keep_their_beginning_and_their_size() {
    let text = format!("x{}", "好".repeat(MAX_SHOWN_TEXT_BYTES / 3 + 1));
    let Content::Text { text: shown, bytes } = Content::received(&Message::Text(text.clone())) else {
        panic!()
    };
    assert_eq!(bytes, text.len());
    assert!(shown.len() <= MAX_SHOWN_TEXT_BYTES && shown.len() > MAX_SHOWN_TEXT_BYTES - 3);
    let exact = "x".repeat(MAX_SHOWN_TEXT_BYTES);
    assert_eq!(
        Content::received(&Message::Text(exact.clone())),
        Content::Text {
            text: exact,
            bytes: MAX_SHOWN_TEXT_BYTES
        }
    );
    let binary = Content::received(&Message::Binary(vec![7; MAX_BINARY_HEAD + 1]));
    assert_eq!(
        binary,
        Content::Binary {
            head: vec![7; MAX_BINARY_HEAD],
            bytes: MAX_BINARY_HEAD + 1
        }
    );
}

#[test]
fn a_change_is_a_new_revision_and_no_change_is_none() {
    let mut timeline = Timeline::default();
    timeline.push(NOW, 0, own("x", Delivery::Waiting));
    let id = ItemId(0);
    timeline.set_delivery(id, Delivery::Waiting);
    assert_eq!(timeline.get(id).map(Item::revision), Some(0));
    timeline.set_delivery(id, Delivery::Sent);
    assert_eq!(timeline.get(id).map(Item::revision), Some(1));
    timeline.set_delivery(ItemId(9), Delivery::Sent);
    assert_eq!(timeline.get(ItemId(9)), None);
}

#[test]
fn what_was_read_leaves_in_parts() {
    const READ: usize = MAX_ITEMS + 3 * MAX_LEAVING;
    let mut timeline = Timeline::default();
    let mut last = 0;
    let mut say = |timeline: &mut Timeline| {
        last += 1;
        timeline.insert_entry(text(last), false, true);
    };
    timeline.set_reading(true);
    for _ in 0..READ {
        say(&mut timeline);
    }
    assert!(!timeline.is_leaving());
    timeline.set_reading(false);
    assert_eq!(timeline.len(), READ - MAX_LEAVING);
    assert!(timeline.is_leaving() && !timeline.has_room());
    say(&mut timeline);
    assert_eq!(timeline.len(), READ - MAX_LEAVING + 1 - FEW, "more leave than come");
    timeline.set_reading(true);
    timeline.let_go();
    assert_eq!(timeline.len(), READ - MAX_LEAVING + 1 - FEW, "it is read again");
    timeline.set_reading(false);
    assert!(timeline.is_leaving(), "as many as a part, and more");
    timeline.let_go();
    assert_eq!((timeline.len(), timeline.is_leaving()), (MAX_ITEMS, false));
    say(&mut timeline);
    assert_eq!((timeline.len(), timeline.is_leaving()), (MAX_ITEMS, false));
}

#[test]
fn many_leave_together_as_they_would_one_by_one() {
    const LAST: u64 = 4 * MAX_ITEMS as u64;
    let fill = |timeline: &mut Timeline| {
        timeline.push_pending(NOW, own("nobody has it", Delivery::Waiting));
        for seq in 1..=LAST {
            let entry = if seq % 3 == 0 { edit(seq, seq - 1) } else { text(seq) };
            timeline.insert_entry(entry, false, true);
        }
    };
    let [mut together, mut one_by_one] = [Timeline::default(), Timeline::default()];
    together.set_reading(true);
    fill(&mut together);
    assert!(together.holds(1));
    together.set_reading(false);
    fill(&mut one_by_one);
    assert_eq!(ids(&together), ids(&one_by_one));
    assert_eq!(together.bytes, one_by_one.bytes);
    assert_eq!(together.first_seq(), one_by_one.first_seq());
    assert_eq!(together.len() + together.changes.len(), MAX_ITEMS);
    assert!((1..=LAST).all(|seq| together.holds(seq) == one_by_one.holds(seq)));
    let found = |(position, item): (usize, &Item)| together.position(item.id()) == Some(position);
    assert!(together.iter().enumerate().all(found));
    assert_eq!(together.orders.len(), together.len());
    // What has stayed can still be changed, and what comes now goes where it belongs.
    together.insert_entry(edit(LAST + 1, LAST - 1), false, true);
    let changed = together.entry(LAST - 1).expect("it is here");
    assert!(matches!(changed.content(), Content::Said(said) if said.is_edited()));
}
