//! Running other programs: their lines are read while they run, and none is left behind.

mod tree;

use crate::clock;
use crate::failure::{Failure, Result, diagnose};
use crate::say;
use crate::steps::Steps;
use std::collections::VecDeque;
use std::env;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// How many of the last lines are kept, to be told again or understood.
const KEPT: usize = 60;
/// How often a program is looked at that says nothing.
const TICK: Duration = Duration::from_secs(1);
/// A program that says nothing for so long hangs. The longest silence known is a cold link with LTO, some minutes.
const SILENCE: Duration = Duration::from_secs(15 * 60);
/// A line of life at least so often.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How a program ended, and its last lines.
pub(crate) struct Finished {
    pub(crate) success: bool,
    pub(crate) tail: VecDeque<String>,
}

impl Finished {
    /// Why it failed, as one sentence.
    pub(crate) fn failure(&self, what: &str) -> Failure {
        let lines = self.tail.iter().map(String::as_str);
        let reason = diagnose(lines).unwrap_or_else(|| "its own lines above tell why".to_string());
        Failure(format!("{what} failed: {reason}"))
    }
}

/// Runs it to its end. `each` gets every line of stdout and stderr, in their order, and `None` when a second was quiet.
pub(crate) fn run(mut command: Command, mut each: impl FnMut(Option<&str>)) -> Result<Finished> {
    let program = command.get_program().to_string_lossy().into_owned();
    let broken = |e: io::Error| Failure(format!("cannot run {program}: {e}"));
    let (reader, writer) = io::pipe().map_err(broken)?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone().map_err(broken)?)
        .stderr(writer);
    let mut child = command.spawn().map_err(|e| not_started(&program, &e))?;
    // It holds the pipe's other end, and reading would never end.
    drop(command);
    let (send, lines) = mpsc::channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(reader);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            if send
                .send(String::from_utf8_lossy(&bytes).trim_end().to_string())
                .is_err()
            {
                return;
            }
            bytes.clear();
        }
    });
    let mut tail = VecDeque::new();
    let mut keep = |line: String| {
        if tail.len() == KEPT {
            tail.pop_front();
        }
        tail.push_back(line);
    };
    let mut last = clock::now();
    let mut ended = 0;
    loop {
        match lines.recv_timeout(TICK) {
            Ok(line) => {
                last = clock::now();
                each(Some(&line));
                keep(line);
            }
            Err(RecvTimeoutError::Timeout) => {
                each(None);
                // A grandchild that outlives the program may hold the pipe open for ever.
                ended += u32::from(child.try_wait().map_err(broken)?.is_some());
                if ended > 3 {
                    break;
                }
                if last.elapsed() > SILENCE {
                    tree::kill(child.id());
                    let line = format!(
                        "{program} said nothing for {} minutes and was ended",
                        SILENCE.as_secs() / 60
                    );
                    say::note(&line);
                    keep(line);
                    last = clock::now();
                }
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = child.wait().map_err(broken)?;
    Ok(Finished {
        success: status.success(),
        tail,
    })
}

/// Runs it with its lines shown as they come.
pub(crate) fn show(command: Command, mut each: impl FnMut(&str)) -> Result<Finished> {
    run(coloured(command), |line| {
        if let Some(line) = line {
            say::line(line);
            each(line);
        }
    })
}

/// Runs what takes minutes and says little of use: a line of life now and then, all its last lines if it fails.
pub(crate) fn quietly(command: Command, what: &str, steps: &Steps) -> Result {
    let mut spoken = clock::now();
    let mut latest = String::new();
    let finished = run(command, |line| {
        if let Some(line) = line {
            latest = line.trim().to_string();
        }
        if spoken.elapsed() >= HEARTBEAT {
            spoken = clock::now();
            steps.say(&format!("  … {what}: {latest}"));
        }
    })?;
    if finished.success {
        return Ok(());
    }
    finished.tail.iter().for_each(|line| say::note(line));
    Err(finished.failure(what))
}

/// What it prints, if it can be started and succeeds: for questions such as `--version`.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}

/// The first line of `PROGRAM --version`.
pub(crate) fn version_line(program: impl AsRef<OsStr>) -> Option<String> {
    let text = answer(Command::new(program).arg("--version"))?;
    text.lines()
        .find(|line| !line.trim().is_empty())
        .map(|line| line.trim().to_string())
}

/// What it prints to stdout, unless it fails or takes too long: then its last line to stderr.
pub(crate) fn answer_within(mut command: Command, limit: Duration) -> std::result::Result<String, String> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.spawn().map_err(|e| e.to_string())?;
    let id = child.id();
    let (send, receive) = mpsc::channel();
    thread::spawn(move || send.send(child.wait_with_output()));
    match receive.recv_timeout(limit) {
        Ok(Ok(output)) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(Ok(output)) => {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(text
                .lines()
                .last()
                .map_or(format!("it ended with {}", output.status), String::from))
        }
        Ok(Err(e)) => Err(e.to_string()),
        Err(_) => {
            tree::kill(id);
            Err(format!("it did nothing for {} s", limit.as_secs()))
        }
    }
}

/// Becomes the program, so that Ctrl-C, signals and the exit status are its own.
#[cfg(unix)]
pub(crate) fn become_program(mut command: Command) -> Result<std::process::ExitCode> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(not_started(&command.get_program().to_string_lossy(), &error))
}

/// Elsewhere: waits for it. The console sends Ctrl-C to both.
#[cfg(not(unix))]
pub(crate) fn become_program(mut command: Command) -> Result<std::process::ExitCode> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|e| not_started(&program, &e))?;
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1)
        .into())
}

fn not_started(program: &str, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::NotFound {
        Failure(format!(
            "there is no program {program}: install it, or put the directory it is in on PATH"
        ))
    } else {
        Failure(format!("cannot start {program}: {error}"))
    }
}

/// cargo sees a pipe; the colours it would have used are for who reads the other end.
pub(crate) fn coloured(mut command: Command) -> Command {
    if io::stdout().is_terminal() && env::var_os("CARGO_TERM_COLOR").is_none() && env::var_os("NO_COLOR").is_none() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    command
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn both_streams_are_read_in_order_and_the_end_is_told() {
        let mut lines = Vec::new();
        let finished = run(sh("echo a; echo b >&2; echo c; exit 3"), |line| {
            lines.extend(line.map(String::from))
        });
        let finished = finished.unwrap();
        assert_eq!(lines, ["a", "b", "c"]);
        assert_eq!(finished.tail, lines);
        assert!(!finished.success);
    }

    #[test]
    fn only_the_last_lines_are_kept() {
        let finished = run(sh("seq 1 1000"), |_| {}).unwrap();
        assert_eq!(finished.tail.len(), KEPT);
        assert_eq!(finished.tail.back().map(String::as_str), Some("1000"));
    }

    #[test]
    fn a_grandchild_that_holds_the_pipe_is_not_waited_for() {
        let started = clock::now();
        assert!(run(sh("sleep 60 & exit 0"), |_| {}).unwrap().success);
        assert!(started.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn a_missing_program_is_named() {
        let failure = run(Command::new("no-such-program-here"), |_| {})
            .map(|f| f.success)
            .unwrap_err();
        assert!(failure.0.contains("no program no-such-program-here"), "{failure}");
    }
}
