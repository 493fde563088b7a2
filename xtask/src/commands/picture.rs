//! `cargo xtask picture`: the README's picture, and screenshots to look at.

use super::Command;
use crate::arguments::{self, Accepts};
use crate::failure::Result;
use crate::process;
use crate::steps::Steps;
use crate::test::Bench;
use crate::test::parts::end_to_end;
use std::process::ExitCode;

pub(super) const COMMAND: Command = Command {
    name: "picture",
    takes: "[-- OPTION…]",
    about: "makes the README's picture, or screenshots of the page in every state",
    details: "Without an option it writes into docs/. `-- --all DIR` writes the page in every state, width, theme and language.

Chinese and emoji need fonts that have them, such as Debian's fonts-noto-cjk and fonts-noto-color-emoji.",
    run,
};

const ACCEPTS: Accepts = Accepts {
    command: "picture",
    options: &[],
    flags: &[],
    words: false,
    rest: true,
};

fn run(arguments: &[String]) -> Result<ExitCode> {
    let arguments = arguments::parse(&ACCEPTS, arguments)?;
    let steps = Steps::start();
    let mut bench = Bench::open(&steps)?;
    let mut command = end_to_end(
        &mut bench,
        &["run", "--quiet", "--package", "e2e", "--bin", "picture", "--"],
    )?;
    command.args(&arguments.rest);
    process::become_program(command)
}
