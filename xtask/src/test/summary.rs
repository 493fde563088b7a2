//! The end of a test run: what is to be known of each failure, one table, and one line with the numbers.

use super::Outcome;
use super::counts::Counts;
use super::parts::Kind;
use crate::say;

/// Tells it, and whether all went well.
pub(crate) fn tell(outcomes: &[Outcome], seconds: u64) -> bool {
    for outcome in outcomes {
        if let Some((failure, lines)) = &outcome.failure {
            say::line(&format!(
                "
==== {} failed: {failure}",
                outcome.part
            ));
            lines.iter().for_each(|line| say::line(line));
        }
    }
    say::line("");
    table(outcomes, seconds).iter().for_each(|line| say::line(line));
    let all = sum(outcomes, |_| true);
    say::line(&format!("{} passed, {} failed", all.passed, all.failed));
    all_well(outcomes)
}

fn all_well(outcomes: &[Outcome]) -> bool {
    outcomes
        .iter()
        .all(|outcome| outcome.failure.is_none() && outcome.counts.failed == 0)
}

fn table(outcomes: &[Outcome], seconds: u64) -> Vec<String> {
    let row = |name: &str, kind: &str, counts: Counts, seconds: u64| {
        format!(
            "{name:<10} {kind:<6} {:>7} {:>7} {seconds:>8}",
            counts.passed, counts.failed
        )
    };
    let mut lines = vec![format!(
        "{:<10} {:<6} {:>7} {:>7} {:>8}",
        "part", "counts", "passed", "failed", "seconds"
    )];
    lines.extend(outcomes.iter().map(|o| row(o.part, o.kind.word(), o.counts, o.seconds)));
    lines.push(String::new());
    for kind in [Kind::Check, Kind::Tests] {
        let counts = sum(outcomes, |outcome| outcome.kind == kind);
        lines.push(format!(
            "{}: {} passed, {} failed",
            kind.word(),
            counts.passed,
            counts.failed
        ));
    }
    lines.push(format!("{seconds} seconds; checks and tests together:"));
    lines
}

fn sum(outcomes: &[Outcome], which: impl Fn(&Outcome) -> bool) -> Counts {
    outcomes
        .iter()
        .filter(|outcome| which(outcome))
        .fold(Counts::default(), |sum, outcome| Counts {
            passed: sum.passed + outcome.counts.passed,
            failed: sum.failed + outcome.counts.failed,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Failure;

    fn outcome(part: &'static str, kind: Kind, passed: u64, failed: u64) -> Outcome {
        let failure = (failed > 0).then(|| (Failure::new("it failed"), vec!["a line".to_string()]));
        Outcome {
            part,
            kind,
            counts: Counts { passed, failed },
            seconds: 3,
            failure,
        }
    }

    #[test]
    fn checks_and_tests_are_told_apart() {
        let outcomes = [
            outcome("fmt", Kind::Check, 1, 0),
            outcome("native", Kind::Tests, 40, 2),
            outcome("e2e", Kind::Tests, 8, 0),
        ];
        let lines = table(&outcomes, 99);
        assert!(lines.contains(&"checks: 1 passed, 0 failed".to_string()), "{lines:?}");
        assert!(lines.contains(&"tests: 48 passed, 2 failed".to_string()), "{lines:?}");
        assert!(
            lines[2].starts_with("native") && lines[2].contains(" 40 ") && lines[2].contains(" 2 "),
            "{lines:?}"
        );
    }

    #[test]
    fn all_is_well_only_if_nothing_failed() {
        assert!(all_well(&[outcome("fmt", Kind::Check, 1, 0)]));
        assert!(!all_well(&[
            outcome("fmt", Kind::Check, 1, 0),
            outcome("native", Kind::Tests, 5, 1)
        ]));
    }
}
