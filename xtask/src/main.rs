//! The project's own commands, `cargo xtask …`: they fetch the tools, build, serve and test.
//!
//! Each command is a file in `commands/`, listed in `commands.rs`. A failure is one sentence with its remedy.

mod arguments;
mod binary;
mod client;
mod clock;
mod commands;
mod failure;
mod fingerprint;
mod json;
mod listen;
mod lock_file;
mod process;
mod project;
mod say;
mod size;
mod steps;
mod test;
mod tools;
mod version;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|a| a.to_string_lossy().into_owned())
        .collect();
    match commands::run(&arguments) {
        Ok(code) => code,
        Err(failure) => {
            say::error(&failure);
            ExitCode::FAILURE
        }
    }
}
