//! A home directory that browsers accept: Firefox as root refuses to run in someone else's, as some containers set it.

use crate::failure::{Failure, Result};
use crate::project;
use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Gives the command another HOME if it needs one; cargo and rustup keep theirs.
pub(super) fn fit_for_browsers(command: &mut Command) -> Result {
    let Some(home) = env::home_dir() else { return Ok(()) };
    if !needs_another(&home) {
        return Ok(());
    }
    let other = project::scratch()?.join("home");
    fs::create_dir_all(&other).map_err(|e| Failure::file("make", &other, &e))?;
    for (variable, directory) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        command.env(
            variable,
            env::var_os(variable).map_or_else(|| home.join(directory), PathBuf::from),
        );
    }
    command.env("HOME", other);
    Ok(())
}

#[cfg(unix)]
fn needs_another(home: &std::path::Path) -> bool {
    use crate::tools::apt;
    use std::os::unix::fs::MetadataExt;
    apt::is_root() && fs::metadata(home).map_or(true, |metadata| metadata.uid() != 0)
}

#[cfg(not(unix))]
fn needs_another(_: &std::path::Path) -> bool {
    false
}
