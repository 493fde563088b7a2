//! The commands. A new one is a file in `commands/` and a line in `ALL`.

mod bench;
mod build;
mod picture;
mod serve;
mod size;
mod test;
mod test_server;
mod tools;

use crate::failure::{Failure, Result};
use crate::say;
use std::process::ExitCode;

const ALL: &[Command] = &[
    serve::COMMAND,
    build::COMMAND,
    size::COMMAND,
    test::COMMAND,
    test_server::COMMAND,
    bench::COMMAND,
    picture::COMMAND,
    tools::COMMAND,
];

struct Command {
    name: &'static str,
    /// What it takes, as the help shows it.
    takes: &'static str,
    /// One line.
    about: &'static str,
    /// The rest of `cargo xtask help NAME`.
    details: &'static str,
    run: fn(&[String]) -> Result<ExitCode>,
}

pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] | ["help" | "--help" | "-h"] => overview(),
        ["help", name] | [name, "--help" | "-h"] => explain(find(name)?),
        [name, ..] => return (find(name)?.run)(&arguments[1..]),
    }
    Ok(ExitCode::SUCCESS)
}

fn find(name: &str) -> Result<&'static Command> {
    ALL.iter().find(|command| command.name == name).ok_or_else(|| {
        let names: Vec<&str> = ALL.iter().map(|command| command.name).collect();
        Failure(format!(
            "cargo xtask has no command `{name}`: it has {} and help",
            names.join(", ")
        ))
    })
}

fn overview() {
    say::line("The project's own commands. Each one installs what it needs first.\n");
    for command in ALL {
        say::line(&format!("  cargo xtask {:<12} {}", command.name, command.about));
    }
    say::line(&format!(
        "  cargo xtask {:<12} {}",
        "help NAME", "all about one of them"
    ));
    say::line("\nTools that are not on PATH go to ~/.cache/chat-room/tools, or to the directory in CHAT_ROOM_TOOLS.");
}

fn explain(command: &Command) {
    say::line(&format!(
        "cargo xtask {} {}\n\n{}.\n",
        command.name, command.takes, command.about
    ));
    say::line(command.details);
}
