//! Who runs where: a server has one core and its load another, so that neither takes the other's time.

use std::{process, process::Command, thread};

/// Of the servers: of all that is started while a [`Pinned`] lives, unless it is told otherwise.
const SERVER: usize = 0;

/// Of the load.
pub(crate) const LOAD: usize = 1;

/// This process on the core of the servers, as all that it starts is; until this is dropped.
pub(crate) struct Pinned {
    all: usize,
}

impl Pinned {
    /// # Panics
    /// If there is only one core, or no `taskset`.
    pub(crate) fn new() -> Self {
        let all = thread::available_parallelism().map_or(1, usize::from);
        assert!(all > LOAD, "this needs two cores: one for the server, one for the load");
        run_on(&SERVER.to_string());
        Self { all }
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        run_on(&format!("0-{}", self.all - 1));
    }
}

/// All threads of this process.
fn run_on(cores: &str) {
    let mut command = Command::new("taskset");
    command.args(["--all-tasks", "--cpu-list", "--pid", cores]);
    let done = command.arg(process::id().to_string()).output();
    let done = done.unwrap_or_else(|error| panic!("cannot run taskset ({error}): install util-linux"));
    let trouble = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "taskset: {trouble}");
}
