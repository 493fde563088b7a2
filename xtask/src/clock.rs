//! The one place that reads the clock, to say how long things took.

use std::time::Instant;

#[expect(
    clippy::disallowed_methods,
    reason = "a build tool tells seconds; the rule is for the crates it builds"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
