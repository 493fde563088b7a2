//! The project beside its alternatives, in one session on one machine. `cargo xtask bench` gets what this needs and
//! starts it.
#![expect(clippy::disallowed_methods, reason = "the time is what is measured")]

mod cores;
mod counted;
mod devtools;
mod flood;
mod floor;
mod load;
mod machine;
mod markdown;
mod part;
mod parts;
mod peers;
mod relay;
mod report;
mod results;
mod site;
mod stats;
mod svg;
mod tab;

use std::{panic::AssertUnwindSafe, process::ExitCode, time::Instant};

use futures_util::FutureExt;
use lexopt::prelude::*;
use part::{Context, Part};

const HELP: &str = "Usage: bench [--quick] [PART…]   (without a part: all of them)";

fn main() -> ExitCode {
    // Itself on another core, for parts that need one.
    let mut own = std::env::args().skip(1);
    match (own.next().as_deref(), own.next()) {
        (Some(load::ARGUMENT), Some(plan)) => {
            load::main(&plan);
            return ExitCode::SUCCESS;
        }
        (Some(floor::ARGUMENT), None) => floor::main(),
        _ => {}
    }
    let wanted = match arguments() {
        Ok(Some(wanted)) => wanted,
        Ok(None) => {
            println!("{HELP}\n\n{}", part::list());
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("bench: {error}; see --help");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime can be made").block_on(measure(wanted))
}

struct Wanted {
    quick: bool,
    parts: Vec<&'static Part>,
}

fn arguments() -> Result<Option<Wanted>, lexopt::Error> {
    let mut quick = false;
    let mut names = Vec::new();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("quick") => quick = true,
            Short('h') | Long("help") => return Ok(None),
            Value(name) => names.push(name.string()?),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Some(Wanted {
        quick,
        parts: part::chosen(&names)?,
    }))
}

/// A part that fails does not keep the others from being measured.
async fn measure(wanted: Wanted) -> ExitCode {
    let context = Context { quick: wanted.quick };
    let machine = machine::look();
    println!("{}", markdown::machine(&machine));
    let mut failed = Vec::new();
    for part in wanted.parts {
        println!("\n==== {}: {}", part.name, part.about);
        let begun = Instant::now();
        match AssertUnwindSafe((part.run)(&context)).catch_unwind().await {
            Ok(section) => {
                println!("\n{}", markdown::section(part, &section));
                results::keep(&context, part, &machine, section);
            }
            // What failed has been told where it failed.
            Err(_) => failed.push(part.name),
        }
        println!("---- {}: {} s", part.name, begun.elapsed().as_secs());
    }
    println!("\nThe results are in {}", results::folder(&context).display());
    if failed.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("Not measured, for the reasons told above: {}", failed.join(", "));
    ExitCode::FAILURE
}
