//! How often the room is painted while more comes than anybody could read.

use std::cell::Cell;

use super::window::MAX_ROWS;
use crate::connection::Instant;
use crate::room::ItemId;

/// So many new items are a flood: as many as there are rows, so that none of those that were painted is left.
const FLOOD: u64 = MAX_ROWS as u64;

/// In a flood a paint is followed by a rest of so many times its length. The rest of the time is for what comes in.
const REST: u64 = 16;

/// The longest rest, in milliseconds.
const MAX_REST_MS: u64 = 250;

#[derive(Default)]
pub(super) struct Pace {
    /// Something else than what comes in is to be seen.
    hurries: Cell<bool>,
    rested: Cell<Instant>,
    /// The items from this one on were not painted.
    next: Cell<ItemId>,
    /// The frame that comes next has enough with what was painted for it already.
    is_full: Cell<bool>,
}

impl Pace {
    /// The next frame is painted whatever comes in.
    pub(super) fn hurry(&self) {
        self.hurries.set(true);
    }

    /// The next frame is left out.
    pub(super) fn fill(&self) {
        self.is_full.set(true);
    }

    /// Whether the frame that has come is left out. `next` is the id of the next item.
    pub(super) fn rests(&self, now: Instant, next: ItemId) -> bool {
        if self.is_full.take() {
            return true;
        }
        let new = next.get().saturating_sub(self.next.get().get());
        !self.hurries.get() && new >= FLOOD && now < self.rested.get()
    }

    pub(super) fn painted(&self, begun: Instant, now: Instant, next: ItemId) {
        let took = now.as_millis().saturating_sub(begun.as_millis());
        let rest = MAX_REST_MS.min(REST * took);
        self.rested.set(Instant::from_millis(now.as_millis() + rest));
        self.next.set(next);
        self.hurries.set(false);
    }
}
