//! What it was measured on: the processor, the memory, the system, and the versions of all that took part.

use std::{collections::BTreeMap, fs, path::Path, process::Command, thread};

use e2e::programs;
use serde::{Deserialize, Serialize};

use crate::peers;

/// A machine, and what runs on it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    /// In GiB.
    pub(crate) memory: u64,
    pub(crate) system: String,
    /// The programs and libraries, with their versions.
    pub(crate) versions: BTreeMap<String, String>,
}

/// This one.
pub(crate) fn look() -> Machine {
    let mut versions = BTreeMap::from([
        ("chat-room".to_owned(), commit()),
        ("rustc".to_owned(), first_line(Command::new("rustc").arg("-V"))),
        ("node".to_owned(), first_line(Command::new("node").arg("--version"))),
        (
            "Chromium".to_owned(),
            browser("CHROMIUM", &["chromium", "chromium-browser", "google-chrome"]),
        ),
        ("Firefox".to_owned(), browser("FIREFOX", &["firefox", "firefox-esr"])),
        (
            "nats-server".to_owned(),
            first_line(Command::new(peers::nats_server()).arg("--version")),
        ),
    ]);
    versions.extend(peers::versions());
    Machine {
        processor: field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
        cores: thread::available_parallelism().map_or(1, usize::from),
        memory: field("/proc/meminfo", "MemTotal").and_then(kib).unwrap_or(0) / 1024 / 1024,
        system: first_line(Command::new("uname").args(["-s", "-r"])),
        versions,
    }
}

/// With a plus where the checkout has changes that are not committed, other than the results.
fn commit() -> String {
    let git = |arguments: &[&str]| first_line(Command::new("git").args(arguments).current_dir(programs::repository()));
    let changes = git(&[
        "status",
        "--porcelain",
        "--",
        ":!bench/RESULTS.md",
        ":!bench/*.json",
        ":!bench/*.svg",
    ]);
    let plus = if changes == UNKNOWN { "" } else { "+" };
    format!("{}{plus}", git(&["rev-parse", "--short", "HEAD"]))
}

const UNKNOWN: &str = "unknown";

fn browser(variable: &str, names: &[&str]) -> String {
    first_line(Command::new(programs::find(variable, names)).arg("--version"))
}

fn first_line(command: &mut Command) -> String {
    let output = command.output().ok();
    let text = output.map(|it| String::from_utf8_lossy(&it.stdout).into_owned());
    let line = text.as_deref().and_then(|it| it.lines().next()).map(str::trim);
    line.unwrap_or(UNKNOWN).to_owned()
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(Path::new(file)).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn kib(text: String) -> Option<u64> {
    text.split_whitespace().next()?.parse().ok()
}
