//! What was said, heard and noticed, in order, and bounded in memory.

mod item;

use std::collections::VecDeque;

use chat_room_wire::Entry;

pub use item::{
    Change, Content, Delivery, Item, ItemId, MAX_BINARY_HEAD, MAX_SHOWN_TEXT_BYTES, Notice, Reaction, Said,
};

use crate::connection::Instant;
use item::Order;

/// The most items a timeline holds while nobody reads its history. The oldest leave first; those of the log can be asked
/// for again.
pub const MAX_ITEMS: usize = 500;
/// The most items it holds while somebody does.
pub const MAX_ITEMS_READING: usize = 2_000;
/// The most bytes of text and binary that a timeline holds. The oldest items leave first.
pub const MAX_TIMELINE_BYTES: usize = 4 * 1024 * 1024;

/// Items: the log's entries by their place, everything else where it came to be, and at the end what waits to be sent.
#[derive(Debug, Default)]
pub struct Timeline {
    items: VecDeque<Item>,
    /// Where each item stands, by id. Sorted vectors instead of trees, whose code is several times this module's.
    orders: Vec<(ItemId, Order)>,
    /// Of each change that is here, the entry that it is about and its own place.
    changes: Vec<(u64, u64)>,
    bytes: usize,
    made: u64,
    reading: bool,
}

impl Timeline {
    /// All items, the oldest first. Those with [`Content::Change`] are among them, and not to be shown.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Item> + ExactSizeIterator {
        self.items.iter()
    }

    /// The item with this id, unless it has left.
    pub fn get(&self, id: ItemId) -> Option<&Item> {
        self.position(id).map(|position| &self.items[position])
    }

    /// The item that shows the entry with this place in the log, if it is here.
    pub fn entry(&self, seq: u64) -> Option<&Item> {
        let position = self.find(Order::of_entry(seq)).ok()?;
        Some(&self.items[position])
    }

    /// Whether an item can still be added at the front without one leaving.
    pub fn has_room(&self) -> bool {
        self.items.len() < self.limit() && self.bytes < MAX_TIMELINE_BYTES
    }

    /// The place of the oldest entry that is here.
    pub(super) fn first_seq(&self) -> Option<u64> {
        self.items.iter().find_map(Item::seq)
    }

    /// The id of the next item.
    pub(super) fn next_id(&self) -> ItemId {
        ItemId(self.made)
    }

    /// The history is being read, or no longer: how many items may stay depends on it.
    pub(super) fn set_reading(&mut self, reading: bool) {
        self.reading = reading;
        self.trim();
    }

    /// Puts something where the log is now, whose newest entry is `seq`.
    pub(super) fn push(&mut self, at: Instant, seq: u64, content: Content) -> ItemId {
        let after = self.made + 1;
        self.insert(at, Order { seq, after }, true, content)
    }

    /// Puts a text of one's own at the end, where it stays until it is in the log.
    pub(super) fn push_pending(&mut self, at: Instant, content: Content) -> ItemId {
        let order = Order::pending(self.made + 1);
        self.insert(at, order, true, content)
    }

    /// Takes an entry of the log in. Gives its item, or nothing if it is here already.
    pub(super) fn insert_entry(&mut self, entry: Entry, own: bool, is_news: bool) -> Option<ItemId> {
        let order = Order::of_entry(entry.seq);
        if self.find(order).is_ok() {
            return None;
        }
        let at = Instant::from_millis(entry.at);
        let id = self.insert(at, order, is_news, Content::of_entry(entry, own));
        self.fold_around(order.seq);
        Some(id)
    }

    /// A text of one's own is in the log: its item goes to the place that it has there.
    pub(super) fn confirm(&mut self, id: ItemId, entry: Entry) {
        let Some(position) = self.position(id) else {
            // It has left for want of room.
            self.insert_entry(entry, true, true);
            return;
        };
        let order = Order::of_entry(entry.seq);
        let Some(mut item) = self.items.remove(position) else {
            return;
        };
        if let Ok(double) = self.find(order) {
            // It came as a part of the history before: the item that the user knows stays.
            self.remove_at(double);
        }
        self.bytes -= item.bytes();
        item.at = Instant::from_millis(entry.at);
        item.order = order;
        item.content = Content::of_entry(entry, true);
        item.changed();
        self.put(item);
        self.fold_around(order.seq);
    }

    /// Something else has become of a text of one's own.
    pub(super) fn set_delivery(&mut self, id: ItemId, new: Delivery) {
        let Some(position) = self.position(id) else { return };
        let item = &mut self.items[position];
        if let Content::Said(said) = &mut item.content
            && said.delivery.is_some_and(|old| old != new)
        {
            said.delivery = Some(new);
            item.changed();
        }
    }

    /// A text of one's own answers nothing any more.
    pub(super) fn set_alone(&mut self, id: ItemId) {
        let Some(position) = self.position(id) else { return };
        let item = &mut self.items[position];
        if let Content::Said(said) = &mut item.content {
            said.reply_to = None;
            item.changed();
        }
    }

    /// A pending text goes behind all others.
    pub(super) fn move_to_end(&mut self, id: ItemId) {
        let Some(position) = self.position(id) else { return };
        if let Some(mut item) = self.items.remove(position) {
            self.bytes -= item.bytes();
            self.made += 1;
            item.order = Order::pending(self.made);
            self.put(item);
        }
    }

    /// Takes an item out.
    pub(super) fn remove(&mut self, id: ItemId) {
        if let Some(position) = self.position(id) {
            self.remove_at(position);
        }
    }

    /// Marks, or no longer, that entries are missing after this place.
    pub(super) fn set_hole(&mut self, at: Instant, after: u64, open: bool) {
        let order = Order::of_hole(after);
        match (self.find(order), open) {
            (Err(_), true) => drop(self.insert(at, order, false, Content::Hole)),
            (Ok(position), false) => self.remove_at(position),
            (Ok(_), true) | (Err(_), false) => {}
        }
    }

    /// Everything leaves; texts of one's own that nobody has got may stay.
    pub(super) fn clear(&mut self, keep_unsent: bool) {
        self.items.retain(|item| keep_unsent && item.is_unsent());
        let items = &self.items;
        self.orders.retain(|(id, _)| items.iter().any(|item| item.id == *id));
        self.changes.clear();
        self.bytes = self.items.iter().map(Item::bytes).sum();
        self.reading = false;
    }

    fn insert(&mut self, at: Instant, order: Order, is_news: bool, content: Content) -> ItemId {
        let id = ItemId(self.made);
        self.made += 1;
        self.put(Item {
            id,
            at,
            revision: 0,
            is_news,
            order,
            content,
        });
        self.trim();
        id
    }

    /// Puts an item where its order wants it: nearly always near the end.
    fn put(&mut self, item: Item) {
        self.bytes += item.bytes();
        match self.orders.binary_search_by_key(&item.id, |(id, _)| *id) {
            Ok(place) => self.orders[place].1 = item.order,
            Err(place) => self.orders.insert(place, (item.id, item.order)),
        }
        if let (Content::Change(change), seq) = (&item.content, item.order.seq)
            && let Some(of) = change.body.of()
        {
            let place = self.changes.partition_point(|it| *it < (of, seq));
            self.changes.insert(place, (of, seq));
        }
        let position = self.find(item.order).unwrap_or_else(|position| position);
        self.items.insert(position, item);
    }

    fn remove_at(&mut self, position: usize) {
        let Some(item) = self.items.remove(position) else {
            return;
        };
        self.bytes -= item.bytes();
        if let Ok(place) = self.orders.binary_search_by_key(&item.id, |(id, _)| *id) {
            self.orders.remove(place);
        }
        if let (Content::Change(change), seq) = (&item.content, item.order.seq)
            && let Some(of) = change.body.of()
        {
            self.changes.retain(|it| *it != (of, seq));
        }
    }

    /// Lets the entry with this place show its changes; or the one that it is about, if it is a change itself.
    fn fold_around(&mut self, seq: u64) {
        let of = match self.entry(seq).map(Item::content) {
            Some(Content::Change(change)) => change.body.of(),
            Some(Content::Said(_)) if !self.changes_of(seq).is_empty() => Some(seq),
            _ => None,
        };
        let Some(of) = of else { return };
        let Ok(target) = self.find(Order::of_entry(of)) else {
            return;
        };
        let mut changes: Vec<Change> = Vec::new();
        // What was said before its target is about something else, whatever it claims.
        for (_, seq) in self.changes_of(of).iter().filter(|(of, seq)| seq > of) {
            if let Some(Content::Change(change)) = self.entry(*seq).map(Item::content) {
                changes.push(change.clone());
            }
        }
        let item = &mut self.items[target];
        let before = item.bytes();
        if let Content::Said(said) = &mut item.content {
            said.fold(changes.iter());
            item.changed();
        }
        self.bytes = self.bytes - before + item.bytes();
    }

    fn changes_of(&self, of: u64) -> &[(u64, u64)] {
        let from = self.changes.partition_point(|(it, _)| *it < of);
        let to = self.changes.partition_point(|(it, _)| *it <= of);
        &self.changes[from..to]
    }

    fn find(&self, order: Order) -> Result<usize, usize> {
        self.items.binary_search_by_key(&order, |item| item.order)
    }

    fn position(&self, id: ItemId) -> Option<usize> {
        let place = self.orders.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        self.find(self.orders[place].1).ok()
    }

    fn limit(&self) -> usize {
        if self.reading { MAX_ITEMS_READING } else { MAX_ITEMS }
    }

    /// What the user has typed and nobody has got yet leaves last.
    fn trim(&mut self) {
        while self.items.len() > self.limit() || self.bytes > MAX_TIMELINE_BYTES {
            let settled = self.items.iter().position(|item| !item.is_unsent());
            self.remove_at(settled.unwrap_or(0));
        }
    }
}

#[cfg(test)]
mod tests;
