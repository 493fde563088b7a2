//! What npm brings along.

use super::pins::{NODE_LEAST, Pin};
use super::{apt, on_path};
use crate::failure::Result;
use crate::process;
use crate::steps::Steps;
use crate::version;
use std::path::Path;
use std::process::Command;

/// An install without questions, and without code of others.
pub(super) const INSTALL: [&str; 6] = [
    "install",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--ignore-scripts",
    "--fetch-retries=1",
];

pub(super) fn has_node() -> bool {
    let line = process::version_line("node");
    line.as_deref()
        .and_then(version::first_in)
        .is_some_and(|found| found >= NODE_LEAST)
}

pub(super) fn is_there() -> bool {
    process::version_line("npm").is_some()
}

/// Whether node and npm are there, which apt brings along where it can.
pub(super) fn provide(steps: &Steps) -> Result<bool> {
    if (!has_node() || !is_there()) && apt::usable() && on_path("node").is_none() {
        apt::install(&["nodejs", "npm"], steps)?;
    }
    Ok(has_node() && is_there())
}

/// Installs a package into `place/node_modules`. `what` is what a user knows it by.
pub(super) fn install(pin: &Pin, what: &str, place: &Path, steps: &Steps) -> Result {
    let package = format!("{}@{}", pin.package, pin.version);
    steps.say(&format!("Installing {what}: npm install {package}"));
    let mut npm = Command::new("npm");
    npm.args(INSTALL)
        .arg("--prefix")
        .arg(place)
        .args(["--prefer-offline", &package])
        .current_dir(place);
    process::quietly(npm, &format!("npm install {package}"), steps)
}
