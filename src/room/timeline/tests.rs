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
