//! Posts on their way into the log: kept in order until they are seen there.

use std::collections::VecDeque;

use chat_room_wire::{Body, Limits};

use super::{ItemId, Keep, KeptPost};
use crate::connection::{Instant, OutboxLimits};

/// The most posts that are sent before the first of them is seen in the log.
pub(super) const MAX_IN_FLIGHT: usize = 64;
/// The most failed posts that are kept. The oldest leave first.
pub(super) const MAX_FAILED: usize = 64;

/// A post and the item that shows it, if one does.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    /// Nothing until it is known as which client to post.
    pub(super) n: Option<u64>,
    pub(super) at: Instant,
    pub(super) body: Body,
    pub(super) item: Option<ItemId>,
    /// It may have reached the relay: by this page, or by the one that kept it.
    pub(super) was_sent: bool,
}

impl Waiting {
    pub(super) fn keep(&self, failed: bool) -> Option<Keep> {
        Some(Keep::Post(KeptPost {
            n: self.n?,
            at: self.at.as_millis(),
            body: self.body.clone(),
            failed,
        }))
    }
}

/// What waits, the oldest first; the first ones are in flight.
#[derive(Debug, Default)]
pub(super) struct Posts {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    in_flight: usize,
    failed: VecDeque<Waiting>,
}

impl Posts {
    pub(super) fn has_room(&self, body: &Body, limits: OutboxLimits) -> bool {
        self.waiting.len() < limits.messages && self.bytes.saturating_add(body.bytes()) <= limits.bytes
    }

    pub(super) fn push(&mut self, post: Waiting) {
        self.bytes += post.body.bytes();
        self.waiting.push_back(post);
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// How many of them were sent and are not seen in the log yet.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// Whether this item is a post that has a number, under which it can be kept.
    pub(super) fn is_numbered(&self, item: ItemId) -> bool {
        let mut posts = self.waiting.iter().chain(&self.failed);
        posts.any(|post| post.item == Some(item) && post.n.is_some())
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Waiting> {
        self.waiting.iter_mut()
    }

    /// The next one to be sent, if one more may be in flight. The log has numbers up to `accepted`: while it is not
    /// known which of those here it means, none after them is sent.
    pub(super) fn next(&self, accepted: u64) -> Option<&Waiting> {
        let is_doubtful = |post: &Waiting| post.n.is_some_and(|n| n <= accepted);
        let in_doubt = self.waiting.front().is_some_and(is_doubtful);
        let next = self.waiting.get(self.in_flight).filter(|post| post.n.is_some())?;
        (self.in_flight < MAX_IN_FLIGHT && (!in_doubt || is_doubtful(next))).then_some(next)
    }

    pub(super) fn sent(&mut self) {
        if let Some(post) = self.waiting.get_mut(self.in_flight) {
            post.was_sent = true;
            self.in_flight += 1;
        }
    }

    /// The post with this `n` loses its number, since another one has it in the log. It keeps its place if those after
    /// it can be given new numbers as well, else it goes to the end. Gives the numbers that are no longer used, and the
    /// item of the post if it has moved.
    pub(super) fn renumber(&mut self, n: u64) -> Option<(Vec<u64>, Option<ItemId>)> {
        let position = self.position(n)?;
        if position < self.in_flight {
            self.in_flight = position;
        }
        if self.waiting.range(position + 1..).any(|post| post.was_sent) {
            let mut post = self.take(n)?;
            post.n = None;
            let item = post.item;
            self.push(post);
            return Some((vec![n], item));
        }
        let after = self.waiting.range_mut(position..);
        Some((after.filter_map(|post| post.n.take()).collect(), None))
    }

    /// What is about an entry of a log that is no more: an answer becomes a text of its own, all else leaves. Gives what
    /// is to be kept, or no longer, and the items that have changed. With `unsent` it concerns only what no page has sent.
    pub(super) fn leave_log(&mut self, unsent: bool) -> (Vec<Keep>, Vec<ItemId>) {
        let (mut keeps, mut items) = (Vec::new(), Vec::new());
        self.waiting.retain(|post| {
            let stays = post.body.of().is_none() || unsent && post.was_sent;
            if !stays {
                self.bytes -= post.body.bytes();
                keeps.extend(post.n.map(Keep::Gone));
            }
            stays
        });
        let waiting = self.waiting.iter_mut().map(|post| (post, false));
        for (post, failed) in waiting.chain(self.failed.iter_mut().map(|post| (post, true))) {
            if let Body::Text { reply_to, .. } = &mut post.body
                && !(unsent && post.was_sent)
                && reply_to.take().is_some()
            {
                keeps.extend(post.keep(failed));
                items.extend(post.item);
            }
        }
        (keeps, items)
    }

    /// Nothing is in flight any more: all is to be sent again.
    pub(super) fn land(&mut self) {
        self.in_flight = 0;
    }

    /// This one and all after it are to be sent again. Nothing if it is not in flight.
    pub(super) fn land_from(&mut self, n: u64) -> bool {
        match self.position(n) {
            Some(position) if position < self.in_flight => {
                self.in_flight = position;
                true
            }
            _ => false,
        }
    }

    /// Takes the post with this `n` out.
    pub(super) fn take(&mut self, n: u64) -> Option<Waiting> {
        let position = self.position(n)?;
        let post = self.waiting.remove(position)?;
        self.bytes -= post.body.bytes();
        if position < self.in_flight {
            self.in_flight -= 1;
        }
        Some(post)
    }

    /// The same, if it says the same. One that does not has got its `n` a second time.
    pub(super) fn take_same(&mut self, n: u64, body: &Body) -> Option<Waiting> {
        let position = self.position(n)?;
        if self.waiting[position].body == *body {
            self.take(n)
        } else {
            None
        }
    }

    /// The item of the post with this `n`, if it says the same.
    pub(super) fn item_of(&self, n: u64, body: &Body) -> Option<ItemId> {
        let post = &self.waiting[self.position(n)?];
        post.item.filter(|_| post.body == *body)
    }

    /// Takes all out.
    pub(super) fn take_all(&mut self) -> VecDeque<Waiting> {
        self.in_flight = 0;
        self.bytes = 0;
        std::mem::take(&mut self.waiting)
    }

    /// Puts a post among those that the relay did not take. Gives the one that leaves for it.
    pub(super) fn push_failed(&mut self, post: Waiting) -> Option<Waiting> {
        self.failed.push_back(post);
        if self.failed.len() > MAX_FAILED {
            self.failed.pop_front()
        } else {
            None
        }
    }

    pub(super) fn take_failed(&mut self, item: ItemId) -> Option<Waiting> {
        let position = self.failed.iter().position(|post| post.item == Some(item))?;
        self.failed.remove(position)
    }

    pub(super) fn forget_failed(&mut self) {
        self.failed.clear();
    }

    fn position(&self, n: u64) -> Option<usize> {
        self.waiting.iter().position(|post| post.n == Some(n))
    }
}

/// Holds a client to the rate that the relay allows: a burst at once, then one by one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// When the allowance is whole again, in microseconds.
    whole_at: u64,
    step: u64,
    burst: u64,
}

impl Pace {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            whole_at: 0,
            step: 1_000_000 / limits.posts_per_second.clamp(1, 1_000_000),
            burst: limits.post_burst.max(1),
        }
    }

    /// Uses up one post, or tells when one may be sent.
    pub(super) fn take(&mut self, now: Instant) -> Result<(), Instant> {
        let now = now.as_millis().saturating_mul(1_000);
        let after = self.whole_at.max(now).saturating_add(self.step);
        let room = self.step.saturating_mul(self.burst);
        if after > now.saturating_add(room) {
            return Err(Instant::from_millis((after - room).div_ceil(1_000)));
        }
        self.whole_at = after;
        Ok(())
    }
}
