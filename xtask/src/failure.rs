//! What a command ends with when it cannot go on: one sentence that says what, where, and what to do.

use std::fmt;
use std::io;
use std::path::Path;

/// The sentence.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure(pub(crate) String);

pub(crate) type Result<T = ()> = std::result::Result<T, Failure>;

impl Failure {
    pub(crate) fn new(sentence: impl Into<String>) -> Failure {
        Failure(sentence.into())
    }

    /// A file or directory that could not be read or written.
    pub(crate) fn file(doing: &str, path: &Path, error: &io::Error) -> Failure {
        let remedy = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => DISK_FULL,
            io::ErrorKind::PermissionDenied => {
                "make it yours, or set CHAT_ROOM_TOOLS or CARGO_TARGET_DIR to one that is"
            }
            io::ErrorKind::ReadOnlyFilesystem => {
                "set CHAT_ROOM_TOOLS or CARGO_TARGET_DIR to a place that can be written"
            }
            _ => "look at that path",
        };
        Failure(format!("cannot {doing} {}: {error}; {remedy}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const DISK_FULL: &str = "free some gigabytes, or set CHAT_ROOM_TOOLS and CARGO_TARGET_DIR to a place with room";

/// What the last lines of a failed program mean, where that is known: the cause and its remedy.
pub(crate) fn diagnose<'a>(lines: impl Iterator<Item = &'a str>) -> Option<String> {
    // The order matters: a full disk also breaks downloads and linking, a missing network also hides crates.
    let known: [(&[&str], &str); 4] = [
        (
            &["no space left on device", "disk quota exceeded", "enospc"],
            "the disk is full",
        ),
        (
            &[
                "linker `cc` not found",
                "failed to find tool",
                "is `cc` installed",
                "is `gcc` installed",
            ],
            "there is no C compiler",
        ),
        (
            &[
                "could not resolve host",
                "couldn't resolve host",
                "failed to download",
                "download of config.json failed",
                "network failure",
                "network error",
                "couldn't connect to server",
                "failed to connect",
                "offline mode",
                // What cargo says where it is set to be offline.
                "in registry `crates-io`",
                "--offline was specified",
                "enotfound",
                "eai_again",
                "econnrefused",
                "enetunreach",
                "temporary failure resolving",
                "could not connect to",
                "error sending request",
            ],
            "the network or the package registry cannot be reached",
        ),
        (
            &["permission denied (os error 13)", "eacces:", "code eacces"],
            "a file or directory there belongs to someone else",
        ),
    ];
    let remedies = [
        DISK_FULL,
        "install one (Debian, Ubuntu: apt-get install build-essential; Fedora: dnf install gcc; \
         macOS: xcode-select --install)",
        "connect this machine, or set https_proxy if it has a proxy, and start again: what is done stays done",
        "make it yours, or set CHAT_ROOM_TOOLS or CARGO_TARGET_DIR to a directory that is",
    ];
    let text = lines.collect::<Vec<_>>().join("\n").to_lowercase();
    known
        .iter()
        .zip(remedies)
        .find(|((signs, _), _)| signs.iter().any(|sign| text.contains(sign)))
        .map(|((_, cause), remedy)| format!("{cause}; {remedy}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn cause(line: &str, expected: &str) {
        let found = diagnose([line].into_iter());
        assert!(
            found.as_deref().is_some_and(|text| text.starts_with(expected)),
            "{line}: {found:?}"
        );
    }

    #[test]
    fn known_causes_are_told_with_their_remedy() {
        cause("error: linker `cc` not found", "there is no C compiler");
        cause(
            "  failed to find tool \"x86_64-linux-gnu-g++\": No such file",
            "there is no C compiler",
        );
        cause(
            "error: failed to write: No space left on device (os error 28)",
            "the disk is full",
        );
        cause("npm error code ENOTFOUND", "the network");
        cause(
            "As a reminder, you're using offline mode (--offline) which",
            "the network",
        );
        cause("warning: spurious network error (3 tries remaining)", "the network");
        cause(
            "error: could not find `wasm-pack` in registry `crates-io` with version `=0.15.1`",
            "the network",
        );
        cause("EACCES: mkdir", "a file or directory");
    }

    #[test]
    fn the_full_disk_comes_before_what_follows_from_it() {
        let lines = ["error: failed to download `a`", "No space left on device"];
        assert!(diagnose(lines.into_iter()).is_some_and(|text| text.starts_with("the disk is full")));
    }

    #[test]
    fn an_unknown_cause_is_not_guessed() {
        assert_eq!(diagnose(["error[E0425]: cannot find value `x`"].into_iter()), None);
    }
}
