//! What was said, heard and noticed, in order, and bounded in memory.

mod changes;
mod item;
mod people;

use std::collections::VecDeque;

use chat_room_wire::{Body, Entry};

pub use item::{Content, Delivery, Item, ItemId, MAX_BINARY_HEAD, MAX_SHOWN_TEXT_BYTES, Notice, Reaction, Said};
pub use people::{Crowd, MAX_PEOPLE_NAMED, People, Person};

use crate::connection::Instant;
use changes::Changes;
use item::{Change, Order};

/// The most items a timeline holds while nobody reads its history, together with the entries that change others. The
/// oldest leave first; those of the log can be asked for again.
pub const MAX_ITEMS: usize = 500;
/// The most that it holds while somebody does.
pub const MAX_ITEMS_READING: usize = 100_000;
/// The most bytes of text and binary that a timeline holds while nobody reads its history. The oldest leave first.
pub const MAX_TIMELINE_BYTES: usize = 4 * 1024 * 1024;
/// The most bytes that it holds while somebody does.
pub const MAX_TIMELINE_BYTES_READING: usize = 16 * 1024 * 1024;

/// So many leave at once, when more may stay no longer since nobody reads: to let go of all takes longer than a frame.
pub const MAX_LEAVING: usize = 5_000;

/// So many are taken out one by one. More leave together: each would move what is behind it in a queue.
const FEW: usize = 16;

/// Items: the log's entries by their place, everything else where it came to be, and at the end what waits to be sent.
/// Whatever is asked of it takes no longer the more there are.
#[derive(Debug, Default)]
pub struct Timeline {
    items: VecDeque<Item>,
    /// Where each item stands, by id. Sorted queues instead of trees, whose code is several times this module's.
    orders: VecDeque<(ItemId, Order)>,
    changes: Changes,
    bytes: usize,
    made: u64,
    reading: bool,
    /// What was read leaves in parts.
    leaving: bool,
}

impl Timeline {
    /// All items, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Item> + ExactSizeIterator {
        self.items.iter()
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The item at this position, counted from the oldest.
    pub fn at(&self, position: usize) -> Option<&Item> {
        self.items.get(position)
    }

    /// At which position the item with this id stands, unless it has left.
    pub fn position(&self, id: ItemId) -> Option<usize> {
        let place = find(&self.orders, &id, |(id, _)| *id).ok()?;
        self.find(self.orders[place].1).ok()
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

    /// Whether the entry with this place in the log is here, be it that an item shows it or that it changes another one.
    pub fn holds(&self, seq: u64) -> bool {
        self.find(Order::of_entry(seq)).is_ok() || self.changes.has(seq)
    }

    /// Whether something can still be added at the front without something leaving.
    pub fn has_room(&self) -> bool {
        let (items, bytes) = self.limits();
        self.items.len() + self.changes.len() < items && self.bytes < bytes
    }

    /// The place of the oldest entry that is here.
    pub(super) fn first_seq(&self) -> Option<u64> {
        let shown = self.items.iter().find_map(Item::seq);
        shown.into_iter().chain(self.changes.first()).min()
    }

    /// The id of the next item.
    pub fn next_id(&self) -> ItemId {
        ItemId(self.made)
    }

    /// The history is being read, or no longer: how many items may stay depends on it.
    pub(super) fn set_reading(&mut self, reading: bool) {
        self.leaving = self.reading && !reading;
        self.reading = reading;
        self.trim(MAX_LEAVING);
    }

    /// Whether more is here than may stay, for [`Timeline::let_go`].
    pub(super) fn is_leaving(&self) -> bool {
        self.leaving
    }

    /// The next part leaves of what was read.
    pub(super) fn let_go(&mut self) {
        self.trim(MAX_LEAVING);
    }

    /// Puts something where the log is now, whose newest entry is `seq`.
    pub(super) fn push(&mut self, at: Instant, seq: u64, content: Content) -> ItemId {
        let after = self.made + 1;
        self.insert(at, Order { seq, after }, true, content)
    }

    /// Changes what is told of the people: in the newest item, if that tells of them, else in one of its own.
    pub(super) fn tell_people(&mut self, at: Instant, seq: u64, change: impl FnOnce(&mut People)) {
        let newest = self.items.iter().rposition(|item| item.order.seq != u64::MAX);
        if let Some(position) = newest
            && let item = &mut self.items[position]
            && let Content::People(people) = &mut item.content
        {
            self.bytes -= people.bytes();
            let before = people.clone();
            change(people);
            self.bytes += people.bytes();
            if people.is_empty() {
                self.remove_at(position);
            } else if *people != before {
                item.at = at;
                item.changed();
            }
            return;
        }
        let mut people = People::default();
        change(&mut people);
        if !people.is_empty() {
            let after = self.made + 1;
            self.insert(at, Order { seq, after }, false, Content::People(Box::new(people)));
        }
    }

    /// Puts a text of one's own at the end, where it stays until it is in the log.
    pub(super) fn push_pending(&mut self, at: Instant, content: Content) -> ItemId {
        let order = Order::pending(self.made + 1);
        self.insert(at, order, true, content)
    }

    /// Takes an entry of the log in. Gives whether it was not here already.
    pub(super) fn insert_entry(&mut self, entry: Entry, own: bool, is_news: bool) -> bool {
        let (seq, order) = (entry.seq, Order::of_entry(entry.seq));
        if self.holds(seq) {
            return false;
        }
        let of = match entry.body {
            Body::Text { .. } => {
                let at = Instant::from_millis(entry.at);
                self.insert(at, order, is_news, Content::of_entry(entry, own));
                Some(seq)
            }
            body => {
                let of = body.of();
                let client = entry.client;
                let change = Change { client, body };
                self.bytes += change.bytes();
                self.changes.insert(seq, change);
                self.make_room();
                of
            }
        };
        if let Some(of) = of {
            self.fold(of);
        }
        true
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
        self.fold(order.seq);
    }

    /// Something else has become of a text of one's own.
    pub(super) fn set_delivery(&mut self, id: ItemId, new: Delivery) {
        let Some(position) = self.position(id) else { return };
        let item = &mut self.items[position];
        // What is in the log already has been sent, whatever becomes of it elsewhere.
        if item.seq().is_none()
            && let Content::Said(said) = &mut item.content
            && said.delivery.is_some_and(|old| old != new)
        {
            said.delivery = Some(new);
            item.changed();
        }
    }

    /// Whether the text with this place in the log is one's own.
    pub(super) fn set_own(&mut self, seq: u64, own: bool) {
        let Ok(position) = self.find(Order::of_entry(seq)) else {
            return;
        };
        let delivery = own.then_some(Delivery::Sent);
        let item = &mut self.items[position];
        if let Content::Said(said) = &mut item.content
            && said.delivery != delivery
        {
            said.delivery = delivery;
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
        self.leaving = false;
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
        self.make_room();
        id
    }

    /// Puts an item where its order wants it: nearly always near an end.
    fn put(&mut self, item: Item) {
        self.bytes += item.bytes();
        match find(&self.orders, &item.id, |(id, _)| *id) {
            Ok(place) => self.orders[place].1 = item.order,
            Err(place) => self.orders.insert(place, (item.id, item.order)),
        }
        let position = self.find(item.order).unwrap_or_else(|position| position);
        self.items.insert(position, item);
    }

    fn remove_at(&mut self, position: usize) {
        let Some(item) = self.items.remove(position) else {
            return;
        };
        self.bytes -= item.bytes();
        if let Ok(place) = find(&self.orders, &item.id, |(id, _)| *id) {
            self.orders.remove(place);
        }
    }

    /// Lets the entry with this place, if it is here, show what others have made of it.
    fn fold(&mut self, of: u64) {
        let Ok(target) = self.find(Order::of_entry(of)) else {
            return;
        };
        let mut changes = self.changes.of(of).peekable();
        let item = &mut self.items[target];
        let before = item.bytes();
        if let Content::Said(said) = &mut item.content
            && changes.peek().is_some()
        {
            said.fold(changes);
            item.changed();
        }
        self.bytes = self.bytes - before + item.bytes();
    }

    fn find(&self, order: Order) -> Result<usize, usize> {
        find(&self.items, &order, |item| item.order)
    }

    /// How many items, and how many bytes, may stay.
    fn limits(&self) -> (usize, usize) {
        if self.reading {
            (MAX_ITEMS_READING, MAX_TIMELINE_BYTES_READING)
        } else {
            (MAX_ITEMS, MAX_TIMELINE_BYTES)
        }
    }

    /// Lets so many of the oldest go.
    fn remove_first(&mut self, count: usize) {
        if count <= FEW {
            return (0..count).for_each(|_| self.remove_at(0));
        }
        let gone: usize = self.items.drain(..count).map(|item| item.bytes()).sum();
        self.bytes -= gone;
        match self.items.front().map(|first| first.order) {
            Some(first) => self.orders.retain(|(_, order)| *order >= first),
            None => self.orders.clear(),
        }
    }

    /// For what has come.
    fn make_room(&mut self) {
        self.trim(if self.leaving { FEW } else { usize::MAX });
    }

    /// The oldest leave first, shown or not, and so many at most; what the user has typed and nobody has got yet leaves last.
    fn trim(&mut self, most: usize) {
        let (items, bytes) = self.limits();
        let (mut count, mut size) = (self.items.len() + self.changes.len(), self.bytes);
        let (mut gone, mut gone_changes) = (0, 0);
        while (count > items || size > bytes) && gone + gone_changes < most {
            let oldest = match self.items.get(gone) {
                Some(item) if item.is_unsent() => break,
                oldest => oldest,
            };
            size -= match (self.changes.at(gone_changes), oldest) {
                (Some((seq, change)), _) if oldest.is_none_or(|item| *seq <= item.order.seq) => {
                    gone_changes += 1;
                    change.bytes()
                }
                (_, Some(item)) => {
                    gone += 1;
                    item.bytes()
                }
                (_, None) => break,
            };
            count -= 1;
        }
        self.remove_first(gone);
        self.bytes -= self.changes.remove_first(gone_changes);
        // What is still too much is, or stands behind, what nobody has got yet.
        let mut left = most - gone - gone_changes;
        while left > 0 && self.is_too_much() {
            left -= 1;
            let settled = self.items.iter().position(|item| !item.is_unsent());
            let oldest = settled.map(|position| self.items[position].order.seq);
            match self.changes.first() {
                Some(seq) if oldest.is_none_or(|oldest| seq <= oldest) => {
                    self.bytes -= self.changes.remove_first(1);
                }
                _ => self.remove_at(settled.unwrap_or(0)),
            }
        }
        self.leaving &= self.is_too_much();
    }

    fn is_too_much(&self) -> bool {
        let (items, bytes) = self.limits();
        self.items.len() + self.changes.len() > items || self.bytes > bytes
    }
}

/// Where the one with this key stands in a sorted queue, or would: nearly always at an end.
fn find<T, K: Ord>(queue: &VecDeque<T>, key: &K, key_of: impl Fn(&T) -> K) -> Result<usize, usize> {
    let of = |item: Option<&T>| item.map(&key_of);
    if of(queue.back()).is_none_or(|last| last < *key) {
        return Err(queue.len());
    }
    for end in [queue.len() - 1, 0] {
        if of(queue.get(end)).as_ref() == Some(key) {
            return Ok(end);
        }
    }
    queue.binary_search_by_key(key, key_of)
}

#[cfg(test)]
mod tests;
