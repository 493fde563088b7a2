//! Running one part of the tests: what it needs is set up first, its output is shown, its tests are counted.

mod counts;
mod home;
mod nudge;
pub(crate) mod parts;
mod server;
mod signs;
pub(crate) mod summary;

use crate::clock;
use crate::failure::{Failure, Result};
use crate::process;
use crate::say;
use crate::steps::Steps;
use crate::tools::Tools;
use crate::tools::browsers::Browser;
use counts::Counts;
use parts::{Kind, Part};
use signs::Signs;
use std::path::PathBuf;
use std::process::Command;

/// How many of a failed program's last lines are told again.
const LAST: usize = 25;

pub(crate) struct Bench<'a> {
    steps: &'a Steps,
    tools: Tools<'a>,
    /// The only test files that are run; all if none is named.
    files: Vec<String>,
    // Looked for once, when a part first needs them.
    chromium: Option<Result<Browser>>,
    firefox: Option<Result<Browser>>,
}

/// How one part ended.
pub(crate) struct Outcome {
    pub(crate) part: &'static str,
    pub(crate) kind: Kind,
    pub(crate) counts: Counts,
    pub(crate) seconds: u64,
    /// Why it failed, and the lines that tell more.
    pub(crate) failure: Option<(Failure, Vec<String>)>,
}

/// What the programs of one part have said so far.
#[derive(Default)]
pub(crate) struct Report {
    counts: Counts,
    failure: Option<(Failure, Vec<String>)>,
}

impl<'a> Bench<'a> {
    pub(crate) fn open(steps: &'a Steps) -> Result<Bench<'a>> {
        Ok(Bench {
            steps,
            tools: Tools::open(steps)?,
            files: Vec::new(),
            chromium: None,
            firefox: None,
        })
    }

    /// Runs these test files alone.
    pub(crate) fn only(&mut self, files: Vec<String>) {
        self.files = files;
    }

    pub(crate) fn run(&mut self, part: &'static Part) -> Outcome {
        let started = clock::now();
        say::line(&format!("\n==== {}: {}", part.name, part.about));
        let mut report = Report::default();
        if let Err(failure) = (part.run)(self, &mut report) {
            say::error(&failure);
            report.failure.get_or_insert((failure, Vec::new()));
        }
        let Report {
            mut counts,
            mut failure,
        } = report;
        match part.kind {
            Kind::Check => {
                counts = Counts {
                    passed: u64::from(failure.is_none()),
                    failed: u64::from(failure.is_some()),
                }
            }
            Kind::Tests if failure.is_none() && counts.passed == 0 => {
                let ran_none = Failure(format!("{} ran no test where it should have run some", part.name));
                failure = Some((ran_none, Vec::new()));
                counts.failed += 1;
            }
            // It came to an end before a test could tell so, as when something does not compile.
            Kind::Tests if failure.is_some() && counts.failed == 0 => counts.failed = 1,
            Kind::Tests => {}
        }
        Outcome {
            part: part.name,
            kind: part.kind,
            counts,
            seconds: started.elapsed().as_secs(),
            failure,
        }
    }

    /// What `cargo xtask bench` measures the project against: a folder of npm's, and the NATS server.
    pub(crate) fn peers(&self) -> Result<(PathBuf, PathBuf)> {
        Ok((self.tools.peers()?, self.tools.nats_server()?))
    }

    pub(crate) fn chromium(&mut self) -> Result<&Browser> {
        let tools = &mut self.tools;
        self.chromium
            .get_or_insert_with(|| tools.chromium())
            .as_ref()
            .map_err(Clone::clone)
    }

    pub(crate) fn firefox(&mut self) -> Result<&Browser> {
        let tools = &mut self.tools;
        self.firefox
            .get_or_insert_with(|| tools.firefox())
            .as_ref()
            .map_err(Clone::clone)
    }
}

impl Report {
    /// Runs a program of the part. Its failure is kept, and the part goes on with the next.
    fn run(&mut self, what: &str, command: Command) -> Result {
        say::line(&format!("-- {what}"));
        let counts = &mut self.counts;
        let failed_before = counts.failed;
        let mut signs = Signs::default();
        let finished = process::show(command, |line| {
            counts.read(line);
            signs.read(line);
        })?;
        if !finished.success && self.failure.is_none() {
            // What a failing test prints is no sign of what is wrong with the machine.
            let failure = match counts.failed - failed_before {
                0 => finished.failure(what),
                1 => Failure(format!("{what}: 1 test failed")),
                failed => Failure(format!("{what}: {failed} tests failed")),
            };
            let last = finished.tail.iter().skip(finished.tail.len().saturating_sub(LAST));
            let lines = signs
                .lines
                .into_iter()
                .chain(["-- last lines:".to_string()])
                .chain(last.cloned());
            self.failure = Some((failure, lines.collect()));
        }
        Ok(())
    }
}
