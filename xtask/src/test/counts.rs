//! Counting tests from what their runners print.

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Counts {
    /// Adds up lines such as `test result: ok. 3 passed; 0 failed; 1 ignored; …`; others change nothing.
    pub(crate) fn read(&mut self, line: &str) {
        let line = without_colour(line);
        let Some(result) = line.trim().strip_prefix("test result: ") else {
            return;
        };
        let number = |name: &str| {
            let before = result.split_once(name)?.0.trim_end();
            before.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse::<u64>().ok()
        };
        self.passed += number(" passed").unwrap_or(0);
        self.failed += number(" failed").unwrap_or(0);
    }
}

/// Without the terminal's `ESC [ … m`.
fn without_colour(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(lines: &[&str]) -> (u64, u64) {
        let mut counts = Counts::default();
        lines.iter().for_each(|line| counts.read(line));
        (counts.passed, counts.failed)
    }

    #[test]
    fn results_of_all_runners_are_added() {
        let lines = [
            "running 3 tests",
            "test a ... ok",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 filtered out; finished in 1.20s",
            "    test result: ok. 1 passed; 0 failed; 0 ignored; 0 filtered out",
        ];
        assert_eq!(counted(&lines), (15, 3));
    }

    #[test]
    fn colours_do_not_matter() {
        assert_eq!(
            counted(&["test result: \x1b[32mok\x1b[0m. 4 passed; 0 failed; 0 ignored"]),
            (4, 0)
        );
    }

    #[test]
    fn other_lines_do_not_count() {
        assert_eq!(
            counted(&[
                "7 passed, 2 failed",
                "test 3 passed ... ok",
                "the test result: ok. 9 passed"
            ]),
            (0, 0)
        );
    }
}
