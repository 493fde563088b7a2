//! How long a browser's timer runs for a deadline, and what it tells when it fires.

use crate::connection::{Event, Instant};

/// How often the clock is looked at while the page is seen: browsers' timers stand still while a machine sleeps, and not
/// every machine tells the page that it woke.
const GLANCE_MS: u64 = 2_000;

/// A clock so far ahead of a timer has gone on while the machine slept, in milliseconds.
const SLEPT_MS: u64 = 3_000;

/// The longest time that a browser's timer takes.
const MAX_TIMER_MS: u64 = i32::MAX as u64;

/// How long to wait until a look at the clock is due, in milliseconds.
pub(super) fn wait(now: Instant, deadline: Instant, seen: bool) -> u64 {
    let longest = if seen { GLANCE_MS } else { MAX_TIMER_MS };
    deadline.as_millis().saturating_sub(now.as_millis()).min(longest)
}

/// What a timer that was due then tells now.
pub(super) fn fired<M>(now: Instant, due: u64) -> Event<M> {
    if is_late(now, due) {
        Event::Visible
    } else {
        Event::TimePassed
    }
}

/// Whether a timer that was due then, and has not fired, shows that the machine has slept.
pub(super) fn is_late(now: Instant, due: u64) -> bool {
    now.as_millis() >= due.saturating_add(SLEPT_MS)
}
