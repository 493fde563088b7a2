//! Whether the relay hears what it is told: others may still be heard over a line whose other way is dead.

use crate::connection::{Heartbeat, Instant};

/// What is to be done about a relay that does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Ask it for a pong.
    Ask,
    /// It has not answered that either.
    GiveUp,
}

/// The oldest thing that the relay has left without an answer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Answers {
    /// Since when it has answered nothing, while something waits for an answer.
    since: Option<Instant>,
    /// It was asked for a pong, which has to be there by then.
    until: Option<Instant>,
}

impl Answers {
    /// Something was said that the relay answers.
    pub(super) fn wanted(&mut self, now: Instant) {
        self.since.get_or_insert(now);
    }

    /// The relay has answered something. `more`: it has not answered all.
    pub(super) fn came(&mut self, now: Instant, more: bool) {
        self.since = more.then_some(now);
        self.until = None;
    }

    /// It was asked for a pong by somebody else, and has until then.
    pub(super) fn must_come(&mut self, until: Instant) {
        self.until = Some(self.until.map_or(until, |old| old.min(until)));
    }

    /// When to look again.
    pub(super) fn timeout(&self, heartbeat: &Heartbeat) -> Option<Instant> {
        self.until.or(self.since.map(|since| since + heartbeat.silence))
    }

    /// What is due now, once.
    pub(super) fn time_passed(&mut self, now: Instant, heartbeat: &Heartbeat) -> Option<Due> {
        if self.timeout(heartbeat).is_none_or(|at| now < at) {
            return None;
        }
        if self.until.is_some() {
            *self = Self::default();
            return Some(Due::GiveUp);
        }
        self.until = Some(now + heartbeat.deadline);
        Some(Due::Ask)
    }
}
