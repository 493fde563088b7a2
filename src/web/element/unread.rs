//! What has come that the reader has not seen: how much it is, and where it begins.

use std::cell::Cell;

use crate::room::{Content, Item, ItemId, Timeline};

#[derive(Default)]
pub(super) struct Unread {
    count: Cell<u32>,
    mentions: Cell<u32>,
    /// What the page was last told of the two.
    told: Cell<(u32, u32)>,
    /// Items from this one on were not there when the end was last seen.
    seen: Cell<ItemId>,
    /// Where the line stands that they begin with.
    first: Cell<Option<ItemId>>,
}

impl Unread {
    pub(super) fn count(&self) -> u32 {
        self.count.get()
    }

    /// Somebody has said something while the end is not in sight.
    pub(super) fn heard(&self, is_mention: bool) {
        if self.count.get() == 0 {
            self.first.set(None);
        }
        self.count.set(self.count.get().saturating_add(1));
        self.mentions.set(self.mentions.get() + u32::from(is_mention));
    }

    /// The end is in sight. The line stays until the reader says something.
    pub(super) fn saw_end(&self, timeline: &Timeline) {
        self.count.set(0);
        self.mentions.set(0);
        self.seen.set(timeline.next_id());
        if timeline.iter().next_back().is_some_and(is_own) {
            self.first.set(None);
        }
    }

    /// The first item that was not seen.
    pub(super) fn first(&self, timeline: &Timeline) -> Option<ItemId> {
        let known = self.first.get().filter(|it| timeline.position(*it).is_some());
        if known.is_some() || self.count.get() == 0 {
            return known;
        }
        let seen = self.seen.get();
        let newest = timeline.iter().rev();
        let new = newest.take_while(|item| item.id() >= seen || item.seq().is_none());
        let new = new.filter(|item| item.id() >= seen && item.is_news() && is_said(item) && !is_own(item));
        self.first.set(new.last().map(Item::id));
        self.first.get()
    }

    /// The two numbers, if the page was told others.
    pub(super) fn changed(&self) -> Option<(u32, u32)> {
        let now = (self.count.get(), self.mentions.get());
        (self.told.replace(now) != now).then_some(now)
    }
}

fn is_own(item: &Item) -> bool {
    matches!(item.content(), Content::Said(said) if said.delivery.is_some())
}

fn is_said(item: &Item) -> bool {
    matches!(
        item.content(),
        Content::Said(_) | Content::Text { .. } | Content::Binary { .. }
    )
}
