//! How fast a connection may go: it is slowed, never refused.

/// A token bucket, kept as the time at which it will be full again. It can be overdrawn, and is then waited for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bucket {
    /// In microseconds, so that a token is a whole number of them.
    full_at: u64,
}

/// How fast a bucket fills, and how much it holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    pub(super) per_second: u64,
    pub(super) burst: u64,
}

const SECOND: u64 = 1_000_000;
const MILLISECOND: u64 = 1_000;

impl Bucket {
    /// Takes tokens. The time from which on there are some again, in milliseconds, if there are none now.
    pub(super) fn take(&mut self, now: u64, tokens: u64, rate: Rate) -> Option<u64> {
        let now_micros = now.saturating_mul(MILLISECOND);
        let cost = tokens.saturating_mul(SECOND) / rate.per_second.max(1);
        let held = rate.burst.saturating_mul(SECOND) / rate.per_second.max(1);
        self.full_at = self.full_at.max(now_micros).saturating_add(cost);
        let again = self.full_at.saturating_sub(held).div_ceil(MILLISECOND);
        (again > now).then_some(again)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_free_and_what_goes_beyond_is_waited_for() {
        let rate = Rate {
            per_second: 50,
            burst: 3,
        };
        let mut bucket = Bucket::default();
        let table = [
            // now, tokens, wait until
            (1_000, 2, None),
            (1_000, 1, None),
            (1_000, 1, Some(1_020)),
            (1_020, 1, Some(1_040)),
            // Two of the three are back.
            (1_080, 2, None),
            (1_080, 1, Some(1_100)),
            // Long ago: full again, and no fuller.
            (9_000, 3, None),
            (9_000, 100, Some(11_000)),
            // A clock that goes back is no gain and no harm.
            (8_000, 0, Some(11_000)),
        ];
        for (index, (now, tokens, until)) in table.into_iter().enumerate() {
            assert_eq!(bucket.take(now, tokens, rate), until, "step {index}");
        }
    }

    #[test]
    fn the_greatest_numbers_do_no_harm() {
        let rate = Rate {
            per_second: 1,
            burst: u64::MAX,
        };
        assert_eq!(Bucket::default().take(u64::MAX, u64::MAX, rate), None);
    }
}
