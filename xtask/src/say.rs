//! Lines on the terminal. A closed pipe (`cargo xtask help | head -1`) is no reason to panic, as `println!` would.

use crate::failure::Failure;
use std::io::{Write, stderr, stdout};

/// One line to stdout.
pub(crate) fn line(text: &str) {
    let mut out = stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// One line to stderr, so that stdout stays for results.
pub(crate) fn note(text: &str) {
    let _ = writeln!(stderr().lock(), "{text}");
}

/// A failure, to stderr.
pub(crate) fn error(failure: &Failure) {
    note(&format!("error: {failure}"));
}
