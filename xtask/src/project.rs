//! Where the checkout is, and where xtask keeps what belongs to it.

use crate::failure::{Failure, Result};
use crate::fingerprint;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The checkout's directory. The variable is set by `cargo run`, and right even if the checkout has moved since.
pub(crate) fn root() -> PathBuf {
    let xtask = env::var_os("CARGO_MANIFEST_DIR").map_or(PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    xtask.parent().map_or(xtask.clone(), Path::to_path_buf)
}

/// A directory in cargo's target directory for stamps, locks and half-made things. Checkouts that share a target
/// directory have one each.
pub(crate) fn scratch() -> Result<PathBuf> {
    let exe = env::current_exe().map_err(|e| Failure(format!("cannot tell where xtask was started from: {e}")))?;
    // <target>/debug/xtask
    let target = exe
        .ancestors()
        .nth(2)
        .map_or_else(|| root().join("target"), Path::to_path_buf);
    let name = format!(
        "xtask-{:016x}",
        fingerprint::of_bytes(root().as_os_str().as_encoded_bytes())
    );
    let scratch = target.join(name);
    fs::create_dir_all(&scratch).map_err(|e| Failure::file("make", &scratch, &e))?;
    Ok(scratch)
}

/// `cargo` in the checkout, for the toolchain that xtask itself was built with.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root());
    cargo
}
