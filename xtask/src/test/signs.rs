//! The lines that tell what failed: runners go on after a failure, and their last lines may be about something else.

/// Enough for a handful of failures; a hundred have one cause.
const KEPT: usize = 60;
/// What follows a panic: its message, and often what was compared.
const AFTER_PANIC: usize = 3;

#[derive(Default)]
pub(crate) struct Signs {
    pub(crate) lines: Vec<String>,
    following: usize,
}

impl Signs {
    pub(crate) fn read(&mut self, line: &str) {
        let panic = line.contains("panicked at ");
        let sign = panic || line.contains(" ... FAIL") || line.starts_with("error");
        if (sign || self.following > 0) && !line.trim().is_empty() && self.lines.len() < KEPT {
            self.lines.push(line.to_string());
        }
        self.following = if panic {
            AFTER_PANIC
        } else {
            self.following.saturating_sub(1)
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_and_why_is_kept_and_nothing_else() {
        let mut signs = Signs::default();
        let lines = [
            "test a ... ok",
            "test b ... FAILED",
            "thread 'b' (7) panicked at tests/x.rs:1:2:",
            "assertion `left == right` failed",
            "  left: 1",
            " right: 2",
            "note: run with `RUST_BACKTRACE=1`",
            "error: 1 target failed:",
            "test c ... ok",
        ];
        lines.iter().for_each(|line| signs.read(line));
        assert_eq!(signs.lines, [&lines[1..6], &lines[7..8]].concat());
    }

    #[test]
    fn there_is_an_end_to_it() {
        let mut signs = Signs::default();
        (0..1000).for_each(|i| signs.read(&format!("test t{i} ... FAILED")));
        assert_eq!(signs.lines.len(), KEPT);
    }
}
