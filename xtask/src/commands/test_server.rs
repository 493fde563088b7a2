//! `cargo xtask test-server`: for running `wasm-pack test` by hand.

use super::Command;
use crate::arguments::{self, Accepts};
use crate::binary;
use crate::failure::Result;
use crate::process;
use std::process::ExitCode;

pub(super) const COMMAND: Command = Command {
    name: "test-server",
    takes: "[-- OPTION…]",
    about: "runs the server that browser tests talk to, for `wasm-pack test` by hand",
    details: "It listens on 127.0.0.1:8006, where the tests look for it. Then, in another terminal:

wasm-pack test --headless --firefox -- --package chat-room --features test-server --lib --test '*'",
    run,
};

const ACCEPTS: Accepts = Accepts {
    command: "test-server",
    options: &[],
    flags: &[],
    words: false,
    rest: true,
};

fn run(arguments: &[String]) -> Result<ExitCode> {
    let arguments = arguments::parse(&ACCEPTS, arguments)?;
    let mut command = std::process::Command::new(binary::test_server()?);
    command.args(&arguments.rest);
    process::become_program(command)
}
