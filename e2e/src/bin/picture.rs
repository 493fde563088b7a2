//! Takes the pictures of the page for the documentation: `picture`, or all that there is to be looked at: `picture
//! --all DIR`.
//!
//! A conversation is composed of real pages that talk through a real relay; only the clock of its times is set.

#[path = "../picture/composed.rs"]
mod composed;
#[path = "../picture/matrix.rs"]
mod matrix;

use std::{path::PathBuf, process::ExitCode};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match arguments() {
        Ok(Wanted::Help) => {
            println!("Usage: picture [--all DIR]   (without it: docs/picture-en.png and docs/picture-zh.png)");
            ExitCode::SUCCESS
        }
        Ok(Wanted::Composed) => {
            composed::take().await;
            ExitCode::SUCCESS
        }
        Ok(Wanted::Matrix(folder)) => {
            matrix::take(&folder).await;
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("picture: {error}; see --help");
            ExitCode::FAILURE
        }
    }
}

enum Wanted {
    Composed,
    Matrix(PathBuf),
    Help,
}

fn arguments() -> Result<Wanted, lexopt::Error> {
    use lexopt::prelude::*;

    let mut wanted = Wanted::Composed;
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        wanted = match argument {
            Long("all") => Wanted::Matrix(parser.value()?.into()),
            Short('h') | Long("help") => Wanted::Help,
            _ => return Err(argument.unexpected()),
        };
    }
    Ok(wanted)
}
