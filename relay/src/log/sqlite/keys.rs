//! Which entry each of an author's posts became: `n` and `seq` of many entries in a short text.

use std::mem;

use super::trouble::Trouble;

/// A run takes no more keys when its steps have so many bytes: fifty keys and more of a room in which a hundred talk.
///
/// A row of an author's is written with every group of posts, so it has to be short; a full run is a row of its own
/// somewhere else, so it must not come often.
const FULL: usize = 200;

/// The keys of entries that one author has said one after another, in the order of both `n` and `seq`.
///
/// The newest is there as it is. Each step leads to it from the key before, or on to the next step: `3:105` where `n`
/// grows by 3 and `seq` by 105, and `105` where `n` grows by 1. The oldest step is first; between steps is a space.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) n: u64,
    pub(super) seq: u64,
    pub(super) steps: String,
}

impl Run {
    pub(super) fn new(n: u64, seq: u64) -> Self {
        let steps = String::new();
        Self { n, seq, steps }
    }

    /// Adds the author's next key. If the run is full, gives it back, and is one with this key alone.
    pub(super) fn add(&mut self, n: u64, seq: u64) -> Result<Option<Self>, Trouble> {
        // The log ends before what its author's row says.
        let follows = || Trouble::Damaged(format!("entry {seq} follows entry {}", self.seq));
        let n_step = step(self.n, n).ok_or_else(follows)?;
        let seq_step = step(self.seq, seq).ok_or_else(follows)?;
        if self.steps.len() >= FULL {
            return Ok(Some(mem::replace(self, Self::new(n, seq))));
        }
        if !self.steps.is_empty() {
            self.steps.push(' ');
        }
        if n_step > 1 {
            self.steps += &format!("{n_step}:");
        }
        self.steps += &seq_step.to_string();
        (self.n, self.seq) = (n, seq);
        Ok(None)
    }

    /// The seq of the author's post with this `n`, if it is one of these.
    pub(super) fn find(&self, n: u64) -> Result<Option<u64>, Trouble> {
        let mut key = (self.n, self.seq);
        let mut steps = self.steps.rsplit(' ').filter(|_| !self.steps.is_empty());
        while key.0 > n {
            let Some(step) = steps.next() else { return Ok(None) };
            key = before(key, step).ok_or_else(|| Trouble::Damaged(format!("bad steps before {}", self.n)))?;
        }
        Ok((key.0 == n).then_some(key.1))
    }
}

fn step(from: u64, to: u64) -> Option<u64> {
    to.checked_sub(from).filter(|step| *step > 0)
}

/// The key from which this step leads to the given one.
fn before((n, seq): (u64, u64), step: &str) -> Option<(u64, u64)> {
    let (n_step, seq_step) = step.split_once(':').unwrap_or(("1", step));
    let back = |from: u64, step: &str| from.checked_sub(step.parse().ok().filter(|step| *step > 0)?);
    Some((back(n, n_step)?, back(seq, seq_step)?))
}

#[cfg(test)]
mod tests {
    use chat_room_wire::MAX_INTEGER;

    use super::*;

    fn damage<T: std::fmt::Debug>(result: Result<T, Trouble>) -> String {
        match result {
            Err(Trouble::Damaged(what)) => what,
            other => panic!("damage, not {other:?}"),
        }
    }

    #[test]
    fn steps_are_short_and_can_be_read() {
        let mut run = Run::new(7, 1_000);
        for (n, seq) in [(8, 1_001), (9, 1_101), (12, 1_206), (13, 1_207)] {
            run.add(n, seq).expect("in order");
        }
        let steps = "1 100 3:105 1".to_owned();
        assert_eq!(
            run,
            Run {
                n: 13,
                seq: 1_207,
                steps
            }
        );
    }

    /// Against a list of the keys, with gaps of many sizes.
    #[test]
    fn every_key_is_found_and_no_other() {
        for n_gap in [1, 2, 3, 1_000, 1 << 40] {
            for seq_gap in [1, 7, 100, 1 << 40] {
                let keys: Vec<(u64, u64)> = (1..150)
                    .map(|it| (it * n_gap + it / 5, it * seq_gap + it * it))
                    .collect();
                let mut run = Run::new(keys[0].0, keys[0].1);
                let mut runs = Vec::new();
                for (n, seq) in &keys[1..] {
                    runs.extend(run.add(*n, *seq).expect("in order"));
                }
                runs.push(run);
                // As the tables are asked: the first run that does not end before it.
                let find = |n: u64| {
                    let run = runs.iter().find(|run| run.n >= n);
                    run.and_then(|run| run.find(n).expect("sound"))
                };
                for (n, seq) in &keys {
                    assert_eq!(find(*n), Some(*seq));
                    for other in [n - 1, n + 1] {
                        let seq = keys.iter().find(|key| key.0 == other).map(|key| key.1);
                        assert_eq!(find(other), seq, "{other} in {runs:?}");
                    }
                }
                assert_eq!((find(0), find(u64::MAX)), (None, None));
            }
        }
    }

    #[test]
    fn it_is_full_at_a_length_that_no_numbers_exceed_by_much() {
        let far = MAX_INTEGER - 1_000;
        let mut run = Run::new(0, 0);
        assert_eq!(run.add(far, far).expect("in order"), None);
        let full = (1..).find_map(|it| run.add(far + 2 * it, far + it).expect("in order"));
        let length = full.expect("it was full").steps.len();
        assert!((FULL..FULL + 40).contains(&length), "{length}");
        assert_eq!(run.steps, "");
        assert_eq!(
            damage(run.add(run.n + 1, run.seq)),
            format!("entry {0} follows entry {0}", run.seq)
        );
    }

    #[test]
    fn keys_out_of_order_and_steps_that_nobody_wrote_are_damage() {
        for key in [(5, 11), (4, 11), (6, 10), (6, 9)] {
            let mut run = Run::new(5, 10);
            let expected = format!("entry {} follows entry 10", key.1);
            assert_eq!(damage(run.add(key.0, key.1)), expected);
            assert_eq!(run, Run::new(5, 10));
        }
        for steps in [
            "x", " ", "1 ", " 1", "0", "1:0", "0:1", "-1", "1:", ":1", "1:1:1", "11", "6:1", "3:x", "٣",
        ] {
            let steps = steps.to_owned();
            let run = Run { n: 5, seq: 10, steps };
            assert_eq!(damage(run.find(0)), "bad steps before 5", "{run:?}");
        }
    }
}
