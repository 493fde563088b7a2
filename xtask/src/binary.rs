//! Building one of the workspace's programs, and where cargo has put it.

use crate::failure::Result;
use crate::json;
use crate::process;
use crate::project;
use crate::say;
use std::path::PathBuf;

/// The relay, as people run it: with the page that is in www/ now.
pub(crate) fn relay() -> Result<PathBuf> {
    build("chat-room-relay", "chat-room-relay", &["--release"])
}

/// The server that browser tests talk to.
pub(crate) fn test_server() -> Result<PathBuf> {
    build("e2e", "test-server", &[])
}

fn build(package: &str, name: &str, options: &[&str]) -> Result<PathBuf> {
    let mut cargo = project::cargo();
    cargo.args(["build", "--package", package, "--bin", name]).args(options);
    cargo.arg("--message-format=json-render-diagnostics");
    let mut built = None;
    let finished = process::run(process::coloured(cargo), |line| match line {
        Some(line) if line.starts_with('{') => built = program_in(line, name).or(built.take()),
        Some(line) => say::note(line),
        None => {}
    })?;
    match built {
        Some(path) if finished.success => Ok(path),
        _ => Err(finished.failure(&format!("building {name}"))),
    }
}

/// The path in cargo's message about the finished program.
fn program_in(line: &str, name: &str) -> Option<PathBuf> {
    let it = line.contains(r#""kind":["bin"]"#) && line.contains(&format!(r#""name":"{name}""#));
    it.then(|| json::string(line, "executable"))
        .flatten()
        .map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_program_itself_counts() {
        let message = |kind: &str, name: &str| {
            format!(r#"{{"target":{{"kind":["{kind}"],"name":"{name}"}},"executable":"/t/release/x"}}"#)
        };
        assert_eq!(
            program_in(&message("bin", "relay"), "relay"),
            Some(PathBuf::from("/t/release/x"))
        );
        assert_eq!(program_in(&message("bin", "relay-bench"), "relay"), None);
        assert_eq!(program_in(&message("custom-build", "relay"), "relay"), None);
    }
}
