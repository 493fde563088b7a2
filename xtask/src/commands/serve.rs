//! `cargo xtask serve`: from a fresh clone to the page in the browser.

use super::Command;
use crate::arguments::{self, Accepts};
use crate::binary;
use crate::client;
use crate::failure::Result;
use crate::listen;
use crate::process;
use crate::steps::Steps;
use crate::tools::Tools;
use std::process::ExitCode;

pub(super) const COMMAND: Command = Command {
    name: "serve",
    takes: "[--listen ADDR] [--data DIR] [-- RELAY-OPTION…]",
    about: "builds client and relay and runs the relay, by default at http://localhost:8005/",
    details: "--listen ADDR   where the relay listens: IP:PORT, or a port on localhost
--data DIR      where the relay keeps the messages
-- …            further options of the relay

The first build takes some minutes. Ctrl-C ends the relay.",
    run,
};

const ACCEPTS: Accepts = Accepts {
    command: "serve",
    options: &["--listen", "--data"],
    flags: &[],
    words: false,
    rest: true,
};

fn run(arguments: &[String]) -> Result<ExitCode> {
    let arguments = arguments::parse(&ACCEPTS, arguments)?;
    let steps = Steps::start();
    // Builds take minutes: what cannot work in the end is said before.
    listen::check(arguments.option("--listen"))?;
    let first = !client::built_before();
    if first {
        steps.say("The first build takes some minutes; later starts take seconds");
    }
    let mut tools = Tools::open(&steps)?;
    client::build(&mut tools, &steps)?;
    steps.say("Building the relay: cargo build --release --package chat-room-relay");
    let relay = binary::relay()?;
    if first {
        steps.say(&format!("Built in {} s", steps.seconds()));
    }
    steps.say("Starting the relay; Ctrl-C ends it");
    let mut command = std::process::Command::new(relay);
    for option in ACCEPTS.options {
        if let Some(value) = arguments.option(option) {
            command.arg(option).arg(value);
        }
    }
    command.args(&arguments.rest);
    process::become_program(command)
}
