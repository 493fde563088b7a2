//! What was said, heard and noticed, in order, and bounded in memory.

use std::collections::VecDeque;

use crate::connection::{Instant, Why};
use crate::websocket::{Close, Message};

/// The most items a timeline holds. The oldest leave first.
pub const MAX_ITEMS: usize = 500;
/// The most bytes of text and binary that a timeline holds. The oldest items leave first.
pub const MAX_TIMELINE_BYTES: usize = 4 * 1024 * 1024;
/// The most bytes of a received text that are kept to be shown; of a longer one the beginning.
pub const MAX_SHOWN_TEXT_BYTES: usize = 64 * 1024;
/// The most bytes of a received binary message that are kept to be shown.
pub const MAX_BINARY_HEAD: usize = 64;

/// Names one item for as long as its timeline lives. Later items have greater ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(u64);

impl ItemId {
    /// The id as a number, as a page may keep it.
    pub fn get(self) -> u64 {
        self.0
    }

    /// The id with this number.
    pub fn from_number(number: u64) -> Self {
        Self(number)
    }
}

/// One thing in the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    id: ItemId,
    at: Instant,
    revision: u32,
    content: Content,
}

impl Item {
    /// Its name.
    pub fn id(&self) -> ItemId {
        self.id
    }

    /// When it came to be.
    pub fn at(&self) -> Instant {
        self.at
    }

    /// Grows with every change, so that a view can tell what to draw anew.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// What it is.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// How many bytes of text or binary it holds, as [`MAX_TIMELINE_BYTES`] counts them.
    pub fn bytes(&self) -> usize {
        match &self.content {
            Content::Own { text, .. } | Content::Text { text, .. } => text.len(),
            Content::Binary { head, .. } => head.len(),
            Content::Notice(_) => 0,
        }
    }
}

/// What an item is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A text of one's own.
    Own {
        /// The text.
        text: String,
        /// What became of it.
        delivery: Delivery,
    },
    /// A text that arrived.
    Text {
        /// The text, or its first [`MAX_SHOWN_TEXT_BYTES`].
        text: String,
        /// How many bytes the whole has.
        bytes: usize,
    },
    /// A binary message that arrived.
    Binary {
        /// Its first [`MAX_BINARY_HEAD`] bytes.
        head: Vec<u8>,
        /// How many bytes the whole has.
        bytes: usize,
    },
    /// Something that happened to the connection.
    Notice(Notice),
}

impl Content {
    pub(super) fn received(message: &Message) -> Self {
        let bytes = message.len();
        match message {
            Message::Text(text) => {
                let text = text[..text.floor_char_boundary(MAX_SHOWN_TEXT_BYTES)].to_owned();
                Self::Text { text, bytes }
            }
            Message::Binary(all) => Self::Binary {
                head: all[..bytes.min(MAX_BINARY_HEAD)].to_vec(),
                bytes,
            },
        }
    }
}

/// What became of a text of one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It waits for the connection to open.
    Waiting,
    /// The socket took it. Plain text has no acknowledgement: whether it arrived is not known.
    Sent,
    /// It was not sent and will not be, unless the user says so.
    Failed,
}

/// Something that happened to the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It is open.
    Connected {
        /// The server's address.
        url: String,
        /// The subprotocol that the server chose; empty for none.
        protocol: String,
    },
    /// It was lost and comes back by itself.
    Lost {
        /// Why.
        why: Why,
        /// How the socket closed.
        close: Close,
    },
    /// It is over.
    Ended {
        /// Why.
        why: Why,
        /// How the socket closed.
        close: Close,
    },
}

/// Items in the order in which they came to be.
#[derive(Debug, Default)]
pub struct Timeline {
    items: VecDeque<Item>,
    bytes: usize,
    made: u64,
}

impl Timeline {
    /// All items, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Item> + ExactSizeIterator {
        self.items.iter()
    }

    /// The item with this id, unless it has left.
    pub fn get(&self, id: ItemId) -> Option<&Item> {
        self.position(id).map(|position| &self.items[position])
    }

    pub(super) fn next_id(&self) -> ItemId {
        ItemId(self.made)
    }

    pub(super) fn push(&mut self, at: Instant, content: Content) {
        let item = Item {
            id: self.next_id(),
            at,
            revision: 0,
            content,
        };
        self.made += 1;
        self.bytes += item.bytes();
        self.items.push_back(item);
        while self.items.len() > MAX_ITEMS || self.bytes > MAX_TIMELINE_BYTES {
            self.drop_oldest();
        }
    }

    pub(super) fn set_delivery(&mut self, id: ItemId, new: Delivery) {
        let Some(position) = self.position(id) else { return };
        let item = &mut self.items[position];
        if let Content::Own { delivery, .. } = &mut item.content
            && *delivery != new
        {
            *delivery = new;
            item.revision = item.revision.wrapping_add(1);
        }
    }

    fn position(&self, id: ItemId) -> Option<usize> {
        self.items.binary_search_by_key(&id, |item| item.id).ok()
    }

    /// What the user has typed and nobody has got yet leaves last.
    fn drop_oldest(&mut self) {
        let settled = |item: &Item| {
            !matches!(
                item.content,
                Content::Own {
                    delivery: Delivery::Waiting | Delivery::Failed,
                    ..
                }
            )
        };
        let position = self.items.iter().position(settled).unwrap_or(0);
        if let Some(item) = self.items.remove(position) {
            self.bytes -= item.bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_millis(0);

    fn own(text: &str, delivery: Delivery) -> Content {
        Content::Own {
            text: text.into(),
            delivery,
        }
    }

    fn ids(timeline: &Timeline) -> Vec<u64> {
        timeline.iter().map(|item| item.id().get()).collect()
    }

    #[test]
    fn the_oldest_item_leaves_when_one_too_many_comes() {
        let mut timeline = Timeline::default();
        for _ in 0..MAX_ITEMS {
            timeline.push(NOW, own("x", Delivery::Sent));
        }
        assert_eq!(timeline.iter().len(), MAX_ITEMS);
        assert_eq!(timeline.iter().next().map(Item::id), Some(ItemId(0)));
        timeline.push(NOW, own("x", Delivery::Sent));
        assert_eq!(timeline.iter().len(), MAX_ITEMS);
        assert_eq!(timeline.iter().next().map(Item::id), Some(ItemId(1)));
    }

    #[test]
    fn the_oldest_items_leave_when_their_bytes_are_too_many() {
        let mut timeline = Timeline::default();
        let large = "x".repeat(MAX_TIMELINE_BYTES / 4);
        for _ in 0..4 {
            timeline.push(NOW, own(&large, Delivery::Sent));
        }
        assert_eq!(ids(&timeline), [0, 1, 2, 3], "exactly the limit");
        timeline.push(NOW, own("x", Delivery::Sent));
        assert_eq!(ids(&timeline), [1, 2, 3, 4], "one byte more");
    }

    #[test]
    fn what_nobody_has_got_leaves_last() {
        let mut timeline = Timeline::default();
        timeline.push(NOW, own("failed", Delivery::Failed));
        timeline.push(NOW, own("waiting", Delivery::Waiting));
        for _ in 0..MAX_ITEMS {
            timeline.push(NOW, own("sent", Delivery::Sent));
        }
        assert_eq!(ids(&timeline)[..3], [0, 1, 4]);
        for _ in 0..2 * MAX_ITEMS {
            timeline.push(NOW, own("failed", Delivery::Failed));
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
        timeline.push(NOW, own("x", Delivery::Waiting));
        let id = ItemId(0);
        timeline.set_delivery(id, Delivery::Waiting);
        assert_eq!(timeline.get(id).map(Item::revision), Some(0));
        timeline.set_delivery(id, Delivery::Sent);
        assert_eq!(timeline.get(id).map(Item::revision), Some(1));
        timeline.set_delivery(ItemId(9), Delivery::Sent);
        assert_eq!(timeline.get(ItemId(9)), None);
    }
}
