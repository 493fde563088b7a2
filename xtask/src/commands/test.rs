//! `cargo xtask test`: everything that can be checked, each part once, and one table at the end.

use super::Command;
use crate::arguments::{self, Accepts};
use crate::failure::{Failure, Result};
use crate::steps::Steps;
use crate::test::parts::{Kind, Part};
use crate::test::{Bench, Outcome, parts, summary};
use std::process::ExitCode;

pub(super) const COMMAND: Command = Command {
    name: "test",
    takes: "[PART…] [-- FILE…]",
    about: "sets up browsers and drivers, then runs all tests, or the parts named",
    details: "fmt       the formatting, by rustfmt
clippy    lints, native and for the browser
doc       the documentation builds without a warning
native    tests and doc tests that need no browser
size      the client and the socket alone are no larger than they may be
chromium  the client's tests in Chromium, against the test server
firefox   the same in Firefox
e2e       the page, in both browsers, against the relay as it is released

`cargo xtask test chromium -- element storage` runs these test files of a part alone. Those of chromium and firefox are in
`tests`, those of e2e in `e2e/tests`, those of native in the `tests` of each crate.

A part that fails does not keep the others from running. Chromium and Firefox are looked for on PATH; on Debian,
root gets them by apt-get. CHROMIUM, CHROMEDRIVER, FIREFOX and GECKODRIVER name others.",
    run,
};

const ACCEPTS: Accepts = Accepts {
    command: "test",
    options: &[],
    flags: &[],
    words: true,
    rest: true,
};

fn run(arguments: &[String]) -> Result<ExitCode> {
    let arguments = arguments::parse(&ACCEPTS, arguments)?;
    let (chosen, files) = (arguments.words, arguments.rest);
    if let Some(unknown) = chosen
        .iter()
        .find(|word| parts::ALL.iter().all(|part| part.name != **word))
    {
        let names: Vec<&str> = parts::ALL.iter().map(|part| part.name).collect();
        return Err(Failure(format!(
            "cargo xtask test has no part `{unknown}`: it has {}",
            names.join(", ")
        )));
    }
    let is_chosen = |part: &&Part| chosen.is_empty() || chosen.iter().any(|word| word == part.name);
    let chosen: Vec<&Part> = parts::ALL.iter().filter(is_chosen).collect();
    if !files.is_empty() && chosen.iter().any(|part| part.kind != Kind::Tests) {
        return Err(Failure::new(
            "cargo xtask test … -- FILE runs test files of the parts before it: only native, chromium, firefox and e2e have some",
        ));
    }
    let steps = Steps::start();
    let mut bench = Bench::open(&steps)?;
    bench.only(files);
    let results: Vec<Outcome> = chosen.into_iter().map(|part| bench.run(part)).collect();
    Ok(if summary::tell(&results, steps.seconds()) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
