//! How much of a room's log is here: which log, up to where, and what is missing in between.

use super::tail::Tail;

/// The most gaps that are remembered. A server that leaves more is not worth repairing.
pub(super) const MAX_HOLES: usize = 16;

/// Entries that are missing between two that are here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hole {
    /// The last entry before it.
    pub(super) after: u64,
    /// The first entry behind it.
    pub(super) before: u64,
}

/// What has been asked of the relay and not been answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// What is older than all that is here.
    Older { before: u64 },
    /// What is in the first of the holes.
    Hole { before: u64 },
}

impl Asked {
    pub(super) fn before(self) -> u64 {
        match self {
            Self::Older { before } | Self::Hole { before } => before,
        }
    }
}

/// The place in the log that was reached.
#[derive(Debug, Default)]
pub(super) struct LogPlace {
    /// Which log; nothing before the first join.
    pub(super) epoch: Option<String>,
    /// The newest entry that is here, or was told as the head.
    pub(super) last: u64,
    /// The first entry of the log, once it was seen.
    pub(super) start: Option<u64>,
    pub(super) holes: Vec<Hole>,
    /// What is kept of it for the next page.
    pub(super) tail: Tail,
    /// It is what an earlier page has left, and the relay has not yet said that it is still the log.
    pub(super) is_kept: bool,
    /// The newest page was promised and has not come: what is before `last` is not here.
    pub(super) page_due: bool,
}

impl LogPlace {
    /// Begins anew at the head of this log.
    pub(super) fn begin(&mut self, epoch: String, head: u64) {
        *self = Self {
            epoch: Some(epoch),
            last: head,
            page_due: true,
            ..Self::default()
        };
    }
}
