//! The newest entries of a log without a gap: what is kept of it for the next page, to be read before the relay lets
//! one in, or without a network.

use std::collections::VecDeque;

use chat_room_wire::{Entry, ServerFrame};

use super::{Content, KeptLog, Notice, Room};
use crate::connection::Instant;

/// The most entries that are kept of a log. The oldest leave first.
pub const MAX_KEPT_ENTRIES: usize = 200;
/// The most bytes that are kept of a log: of texts, names and ids. The oldest entries leave first.
pub const MAX_KEPT_LOG_BYTES: usize = 256 * 1024;
/// The longest epoch that is kept, in bytes. A relay's has 32; a longer one could make a join that no relay takes.
pub const MAX_KEPT_EPOCH_BYTES: usize = 128;

/// Entries that follow one another in the log; the last one is the newest that is here, or was.
#[derive(Debug, Default)]
pub(super) struct Tail {
    entries: VecDeque<Entry>,
    bytes: usize,
    changed: bool,
}

impl Tail {
    /// What was kept, if each of its entries can be read and follows the one before. Another script of the origin may
    /// have written it.
    fn read(log: &KeptLog) -> Option<Self> {
        let mut tail = Self::default();
        if log.epoch.is_empty() || log.epoch.len() > MAX_KEPT_EPOCH_BYTES {
            return None;
        }
        for frame in ServerFrame::decode(&log.entries).ok()? {
            let Ok(ServerFrame::Entry(entry)) = frame else {
                return None;
            };
            let follows = tail.entries.back().is_none_or(|last| entry.prev == last.seq);
            if entry.prev >= entry.seq || !follows {
                return None;
            }
            tail.bytes += bytes(&entry);
            tail.entries.push_back(entry);
            if !tail.is_within_bounds() {
                return None;
            }
        }
        (!tail.entries.is_empty()).then_some(tail)
    }

    /// The newest entry. What was here before a gap is not kept.
    pub(super) fn push(&mut self, entry: &Entry) {
        if self.entries.back().is_some_and(|last| last.seq != entry.prev) {
            self.entries.clear();
            self.bytes = 0;
        }
        self.bytes += bytes(entry);
        self.entries.push_back(entry.clone());
        while !self.is_within_bounds() {
            if let Some(oldest) = self.entries.pop_front() {
                self.bytes -= bytes(&oldest);
            }
        }
        self.changed = true;
    }

    /// A page of the history: what of it stands right before the oldest, or ends with the newest entry that is known.
    pub(super) fn push_older(&mut self, page: &[Entry], newest: u64) {
        for entry in page.iter().rev() {
            let wanted = self.entries.front().map_or(newest, |first| first.prev);
            let bytes = bytes(entry);
            if self.entries.len() >= MAX_KEPT_ENTRIES || self.bytes + bytes > MAX_KEPT_LOG_BYTES {
                break;
            }
            if entry.seq == wanted {
                self.bytes += bytes;
                self.entries.push_front(entry.clone());
                self.changed = true;
            }
        }
    }

    /// Whether something else is to be kept than the last time.
    pub(super) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    fn is_within_bounds(&self) -> bool {
        self.entries.len() <= MAX_KEPT_ENTRIES && self.bytes <= MAX_KEPT_LOG_BYTES
    }
}

fn bytes(entry: &Entry) -> usize {
    entry.body.bytes() + entry.name.len() + entry.client.len()
}

impl Room {
    /// What is to be kept of the log, so that the next page can begin with it. Nothing if nothing is here.
    pub fn kept_log(&self) -> Option<KeptLog> {
        let epoch = self.place.epoch.clone()?;
        let first = self.place.tail.entries.front()?.seq;
        let mut entries = String::from("[");
        for entry in &self.place.tail.entries {
            if entries.len() > 1 {
                entries.push(',');
            }
            entry.write(&mut entries);
        }
        entries.push(']');
        Some(KeptLog {
            epoch,
            start: self.place.start == Some(first),
            entries,
        })
    }

    /// Begins with what an earlier page has seen of the log. The relay is asked for what has followed.
    pub(super) fn take_kept_log(&mut self, log: &KeptLog, me: &str) {
        if self.place.epoch.is_some() {
            return;
        }
        let Some(tail) = Tail::read(log) else { return };
        let ends = tail.entries.front().zip(tail.entries.back());
        let Some((first, last)) = ends.map(|(first, last)| (first.seq, last.seq)) else {
            return;
        };
        self.place.begin(log.epoch.clone(), last);
        self.place.page_due = false;
        self.place.is_kept = true;
        self.place.start = log.start.then_some(first);
        for entry in &tail.entries {
            self.timeline.insert_entry(entry.clone(), false, false);
        }
        self.place.tail = tail;
        if !me.is_empty() {
            self.recognise(me);
        }
    }

    /// Marks what one has said oneself. What still waits to be seen in the log, and is in what was kept of it, is shown
    /// there and goes on waiting: it is for the relay to say that it is in the log.
    pub(super) fn recognise(&mut self, me: &str) {
        for entry in &self.place.tail.entries {
            let own = entry.client == me;
            match self.posts.item_of(entry.n, &entry.body).filter(|_| own) {
                Some(item) => self.timeline.confirm(item, entry.clone()),
                None => self.timeline.set_own(entry.seq, own),
            }
        }
    }

    /// Begins with the newest page. What was here of the log is no longer valid, or too old:
    /// it leaves. What waits is shown as waiting.
    pub(super) fn begin_anew(&mut self, now: Instant, epoch: String, head: u64, notice: Option<Notice>) {
        if self.place.epoch.is_none() {
            return self.place.begin(epoch, head);
        }
        self.timeline.clear(true);
        self.place.begin(epoch, head);
        if let Some(notice) = notice {
            self.notice(now, notice);
        }
        for post in self.posts.iter_mut() {
            let chat_room_wire::Body::Text { text, reply_to } = &post.body else {
                continue;
            };
            match post.item.filter(|item| self.timeline.get(*item).is_some()) {
                Some(item) => self.timeline.move_to_end(item),
                None => post.item = Some(self.timeline.push_pending(post.at, Content::own(text, *reply_to))),
            }
        }
    }
}
