//! Parts of Rust itself, from rustup.

use crate::failure::{Failure, Result};
use crate::process;
use crate::project;
use crate::steps::Steps;
use std::path::Path;
use std::process::Command;

pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The standard library for the browser.
pub(crate) fn wasm_target(steps: &Steps) -> Result {
    let mut rustc = Command::new("rustc");
    rustc
        .current_dir(project::root())
        .args(["--print", "target-libdir", "--target", WASM]);
    if process::answer(&mut rustc).is_some_and(|directory| Path::new(directory.trim()).is_dir()) {
        return Ok(());
    }
    rustup(&["target", "add", WASM], steps)
}

/// `rustfmt` or `clippy`, which rustup's minimal profile leaves out.
pub(crate) fn component(program: &str, component: &str, steps: &Steps) -> Result {
    if process::answer(project::cargo().args([program, "--version"])).is_some() {
        return Ok(());
    }
    rustup(&["component", "add", component], steps)
}

fn rustup(arguments: &[&str], steps: &Steps) -> Result {
    let line = format!("rustup {}", arguments.join(" "));
    let mut rustup = Command::new("rustup");
    if process::answer(rustup.arg("--version")).is_none() {
        return Err(Failure(format!(
            "Rust's {} is missing and there is no rustup to add it: install Rust with rustup (rustup.rs), \
             or that part with your system's package manager",
            arguments.last().copied().unwrap_or_default()
        )));
    }
    steps.say(&format!("Adding to Rust: {line}"));
    let mut rustup = Command::new("rustup");
    rustup.args(arguments).current_dir(project::root());
    process::quietly(rustup, &line, steps)
}
