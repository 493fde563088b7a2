//! `cargo xtask size`: how much of the client goes over the wire.

use super::Command;
use crate::arguments::{self, Accepts};
use crate::failure::Result;
use crate::size;
use crate::steps::Steps;
use crate::tools::Tools;
use std::process::ExitCode;

pub(super) const COMMAND: Command = Command {
    name: "size",
    takes: "",
    about: "shows how large the client is, and fails if it is too large",
    details: "Builds the full client as `cargo xtask build` does, and the socket alone (`--no-default-features`), and shows the bytes
of the wasm and of the scripts: as they are, and compressed by brotli at its best. The style sheet is in the wasm.
Each has a limit, in xtask/src/size.rs, and neither may have a path of this machine in it. `cargo xtask test size` is
the same as a part of the tests.",
    run,
};

const ACCEPTS: Accepts = Accepts {
    command: "size",
    options: &[],
    flags: &[],
    words: false,
    rest: false,
};

fn run(arguments: &[String]) -> Result<ExitCode> {
    arguments::parse(&ACCEPTS, arguments)?;
    let steps = Steps::start();
    size::check(&mut Tools::open(&steps)?, &steps)?;
    Ok(ExitCode::SUCCESS)
}
