//! What is being done, one line a step, with the seconds since the start.

use crate::clock;
use crate::say;
use std::time::Instant;

pub(crate) struct Steps {
    started: Instant,
}

impl Steps {
    pub(crate) fn start() -> Steps {
        Steps { started: clock::now() }
    }

    pub(crate) fn say(&self, text: &str) {
        say::note(&format!("[{:>4} s] {text}", self.seconds()));
    }

    pub(crate) fn seconds(&self) -> u64 {
        self.started.elapsed().as_secs()
    }
}
