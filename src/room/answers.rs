//! Whether the relay hears what it is told: others may still be heard over a line whose other way is dead.

use core::time::Duration;

use super::session::MAX_BATCH_BYTES;
use crate::connection::{Heartbeat, Instant};

/// How long what was said may be without an answer before the relay is asked whether it hears: most answers take
/// milliseconds, so this is no idle line.
const ASK_AFTER: Duration = Duration::from_secs(5);

/// How long nothing at all may be heard after that question.
const SILENT_FOR: Duration = Duration::from_secs(5);

/// The slowest line that is waited for, in bytes a millisecond: what was said takes its time on it, a message at most
/// before the first of it is answered.
const SLOWEST: u64 = 8;

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
    /// How much was said since then, in bytes.
    bytes: u64,
    /// A page of the log is on its way, which may be long: what answers comes after it.
    is_reading: bool,
    /// When it was asked because of that, if nothing was heard since.
    asked: Option<Instant>,
    /// It was asked for a pong, which has to be there by then.
    until: Option<Instant>,
}

impl Answers {
    /// Something of so many bytes was said that the relay answers.
    pub(super) fn wanted(&mut self, now: Instant, bytes: usize) {
        self.since.get_or_insert(now);
        self.bytes = self.bytes.saturating_add(bytes as u64);
    }

    /// Whether a page of the log is to come.
    pub(super) fn reads(&mut self, is_reading: bool) {
        self.is_reading = is_reading;
    }

    /// Something was heard, which need not be an answer.
    pub(super) fn heard(&mut self) {
        self.asked = None;
    }

    /// The relay has answered something. `more`: it has not answered all.
    pub(super) fn came(&mut self, now: Instant, more: bool) {
        *self = Self {
            since: more.then_some(now),
            bytes: if more { self.bytes } else { 0 },
            is_reading: self.is_reading,
            asked: None,
            until: None,
        };
    }

    /// It was asked for a pong by somebody else, and has until then.
    pub(super) fn must_come(&mut self, until: Instant) {
        self.until = Some(self.until.map_or(until, |old| old.min(until)));
    }

    /// When to look again.
    pub(super) fn timeout(&self, heartbeat: &Heartbeat) -> Option<Instant> {
        let silent = self.asked.filter(|_| !self.is_reading).map(|asked| asked + SILENT_FOR);
        match self.until {
            Some(until) => Some(silent.map_or(until, |silent| silent.min(until))),
            None => self.since.map(|since| since + self.patience(heartbeat)),
        }
    }

    fn patience(&self, heartbeat: &Heartbeat) -> Duration {
        if self.is_reading {
            return heartbeat.silence;
        }
        let on_line = Duration::from_millis(self.bytes.min(MAX_BATCH_BYTES as u64) / SLOWEST);
        heartbeat.silence.min(ASK_AFTER + on_line)
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
        self.asked = Some(now);
        self.until = Some(now + heartbeat.deadline);
        Some(Due::Ask)
    }
}
