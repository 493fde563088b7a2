//! The time, as the rooms want it.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::limits::millis;

/// Milliseconds since 1970 that never go back: where the system's clock is set back, they go on from where they were.
#[derive(Debug)]
pub(crate) struct Clock {
    told: u64,
    at: Instant,
}

impl Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of the relay that reads the clocks"
    )]
    fn read() -> (u64, Instant) {
        // A clock of before 1970 is as wrong as any other.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        (millis(since), Instant::now())
    }

    pub(crate) fn new() -> Self {
        let (told, at) = Self::read();
        Self { told, at }
    }

    pub(crate) fn now(&mut self) -> u64 {
        let (wall, at) = Self::read();
        self.tell(wall, at)
    }

    fn tell(&mut self, wall: u64, at: Instant) -> u64 {
        let passed = millis(at.saturating_duration_since(self.at));
        // What is left of a millisecond is not lost.
        self.at += Duration::from_millis(passed);
        self.told = wall.max(self.told.saturating_add(passed));
        self.told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_goes_back_and_never_stands_still() {
        let (_, start) = Clock::read();
        let mut clock = Clock { told: 1_000, at: start };
        let after = |micros: u64| start + Duration::from_micros(micros);
        let table = [
            // the system's clock, how long it has been, what is told
            (1_010, 10_000, 1_010),
            (500, 20_000, 1_020),
            (510, 30_600, 1_030),
            (510, 31_200, 1_031),
            // It wakes up an hour later.
            (3_601_000, 31_200, 3_601_000),
            (3_601_005, 36_200, 3_601_005),
        ];
        for (wall, micros, told) in table {
            assert_eq!(clock.tell(wall, after(micros)), told, "{wall} {micros}");
        }
    }
}
