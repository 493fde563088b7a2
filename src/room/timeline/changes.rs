//! Entries about other entries: edits, retractions, reactions. They are not shown themselves, so they are kept apart,
//! by their place and by what they are about.

use std::collections::VecDeque;

use super::FEW;
use super::item::Change;

/// What is kept of each is what it does; both lists are sorted, and mostly grow and shrink at their ends.
#[derive(Debug, Default)]
pub(super) struct Changes {
    by_seq: VecDeque<(u64, Change)>,
    /// What each is about, and its own place.
    about: VecDeque<(u64, u64)>,
}

impl Changes {
    pub(super) fn len(&self) -> usize {
        self.by_seq.len()
    }

    /// The place of the oldest one.
    pub(super) fn first(&self) -> Option<u64> {
        self.by_seq.front().map(|(seq, _)| *seq)
    }

    pub(super) fn has(&self, seq: u64) -> bool {
        self.find(seq).is_ok()
    }

    /// Takes one in that is not here yet.
    pub(super) fn insert(&mut self, seq: u64, change: Change) {
        if let Some(of) = change.body.of() {
            let place = self.about.partition_point(|it| *it < (of, seq));
            self.about.insert(place, (of, seq));
        }
        let place = self.find(seq).unwrap_or_else(|place| place);
        self.by_seq.insert(place, (seq, change));
    }

    /// The one at this position, counted from the oldest, and its place.
    pub(super) fn at(&self, position: usize) -> Option<&(u64, Change)> {
        self.by_seq.get(position)
    }

    /// Lets so many of the oldest go, and gives how many bytes they were.
    pub(super) fn remove_first(&mut self, count: usize) -> usize {
        if count <= FEW {
            let gone = (0..count).filter_map(|_| self.pop_first());
            return gone.map(|change| change.bytes()).sum();
        }
        let bytes = self.by_seq.drain(..count).map(|(_, change)| change.bytes()).sum();
        let first = self.first().unwrap_or(u64::MAX);
        self.about.retain(|(_, seq)| *seq >= first);
        bytes
    }

    fn pop_first(&mut self) -> Option<Change> {
        let (seq, change) = self.by_seq.pop_front()?;
        if let Some(of) = change.body.of()
            && let Ok(place) = self.about.binary_search(&(of, seq))
        {
            self.about.remove(place);
        }
        Some(change)
    }

    /// Those about this entry, in the log's order. What was said before its target is about something else, whatever it
    /// claims.
    pub(super) fn of(&self, of: u64) -> impl Iterator<Item = &Change> {
        let from = self.about.partition_point(|it| *it <= (of, of));
        let to = self.about.partition_point(|(it, _)| *it <= of);
        let seqs = self.about.range(from..to);
        seqs.filter_map(|(_, seq)| self.find(*seq).ok().map(|place| &self.by_seq[place].1))
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn find(&self, seq: u64) -> Result<usize, usize> {
        super::find(&self.by_seq, &seq, |(it, _)| *it)
    }
}
