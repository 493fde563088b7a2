//! `cargo xtask bench`: the project beside its alternatives.

use super::Command;
use crate::arguments::{self, Accepts};
use crate::failure::Result;
use crate::process;
use crate::steps::Steps;
use crate::test::Bench;
use crate::test::parts::end_to_end;
use std::process::ExitCode;

pub(super) const COMMAND: Command = Command {
    name: "bench",
    takes: "[--quick] [PART…]",
    about: "measures the project beside its alternatives, and writes bench/RESULTS.md",
    details:
        "Gets the alternatives, in the versions of bench/package-lock.json, and measures all parts or those named, in
alternating order. Nothing else should run meanwhile: the figures are those of the whole machine. A part takes up to ten
minutes. `--quick` takes five for all of them, gives an idea of the figures, and writes into target/bench.

`cargo run --release --package bench -- --help` lists the parts.",
    run,
};

const ACCEPTS: Accepts = Accepts {
    command: "bench",
    options: &[],
    flags: &["--quick"],
    words: true,
    rest: false,
};

fn run(arguments: &[String]) -> Result<ExitCode> {
    let arguments = arguments::parse(&ACCEPTS, arguments)?;
    let steps = Steps::start();
    let mut bench = Bench::open(&steps)?;
    let (peers, nats) = bench.peers()?;
    let build = ["run", "--quiet", "--release", "--package", "bench", "--"];
    let mut command = end_to_end(&mut bench, &build)?;
    command.env("BENCH_PEERS", peers).env("NATS_SERVER", nats);
    command.args(arguments.flag("--quick").then_some("--quick"));
    command.args(&arguments.words);
    process::become_program(command)
}
