//! `cargo xtask build`: the client alone.

use super::Command;
use crate::arguments::{self, Accepts};
use crate::client;
use crate::failure::Result;
use crate::steps::Steps;
use crate::tools::Tools;
use std::process::ExitCode;

pub(super) const COMMAND: Command = Command {
    name: "build",
    takes: "",
    about: "builds the client into www/pkg",
    details: "The same as `wasm-pack build --target web --out-dir www/pkg`, and then made smaller: by wasm-opt, by shorter names\n\
              between wasm and JavaScript, and by esbuild, which makes one script of all. Where it was built is not told in it.",
    run,
};

const ACCEPTS: Accepts = Accepts {
    command: "build",
    options: &[],
    flags: &[],
    words: false,
    rest: false,
};

fn run(arguments: &[String]) -> Result<ExitCode> {
    arguments::parse(&ACCEPTS, arguments)?;
    let steps = Steps::start();
    client::build(&mut Tools::open(&steps)?, &steps)?;
    Ok(ExitCode::SUCCESS)
}
