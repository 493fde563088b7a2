//! wasm-opt: makes the wasm smaller. The client works without it.

use super::apt;
use super::pins::{BINARYEN, NODE_LEAST, WASM_OPT_LEAST};
use super::store::Store;
use super::{exe, on_path};
use crate::failure::Result;
use crate::process;
use crate::say;
use crate::steps::Steps;
use crate::version;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(super) fn find_or_install(store: &Store, steps: &Steps) -> Result<Option<PathBuf>> {
    if let Some(path) = on_path("wasm-opt")
        && process::version_line(&path).is_some_and(|line| fits(&line))
    {
        return Ok(Some(path));
    }
    let name = format!("{}-{}", BINARYEN.package, BINARYEN.version);
    let place = if store.directory().join(&name).is_dir() && has_node() {
        store.directory().join(&name)
    } else {
        if let Err(why) = npm(steps) {
            steps.say(&without(&why));
            return Ok(None);
        }
        match store.get(&name, steps, |half| install(half, steps)) {
            Ok(place) => place,
            Err(failure) => {
                steps.say(&without(&failure.0));
                return Ok(None);
            }
        }
    };
    let path = place.join("node_modules/.bin").join(exe("wasm-opt"));
    match process::version_line(&path) {
        Some(_) => Ok(Some(path)),
        None => {
            steps.say(&without(&format!("{} does not start", path.display())));
            Ok(None)
        }
    }
}

fn fits(line: &str) -> bool {
    version::first_in(line).is_some_and(|found| found >= WASM_OPT_LEAST)
}

fn without(why: &str) -> String {
    format!(
        "No wasm-opt ({why}): the client will be about 30 % larger. To have it, put binaryen {} or newer, \
         or node {} with npm, on PATH",
        WASM_OPT_LEAST.0, NODE_LEAST.0
    )
}

fn has_node() -> bool {
    let line = process::version_line("node");
    line.as_deref()
        .and_then(version::first_in)
        .is_some_and(|found| found >= NODE_LEAST)
}

/// node and npm, or why not.
fn npm(steps: &Steps) -> std::result::Result<(), String> {
    let ready = || has_node() && process::version_line("npm").is_some();
    if ready() {
        return Ok(());
    }
    if on_path("node").is_none() && apt::usable() {
        apt::install(&["nodejs", "npm"], steps).map_err(|failure| failure.0)?;
        if ready() {
            return Ok(());
        }
    }
    Err(format!("it needs node {} or newer with npm", NODE_LEAST.0))
}

fn install(half: &Path, steps: &Steps) -> Result {
    let package = format!("{}@{}", BINARYEN.package, BINARYEN.version);
    steps.say(&format!("Installing wasm-opt: npm install {package}"));
    let mut npm = Command::new("npm");
    npm.args([
        "install",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--ignore-scripts",
        "--prefix",
    ]);
    npm.arg(half).arg(&package).current_dir(half);
    process::quietly(npm, &format!("npm install {package}"), steps)?;
    if process::version_line(half.join("node_modules/.bin").join(exe("wasm-opt"))).is_none() {
        say::note("npm has installed a wasm-opt that does not start");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_one_on_path_does_not_fit() {
        assert!(!fits("wasm-opt version 108"));
        assert!(!fits("wasm-opt version 116 (version_116)"));
        assert!(fits("wasm-opt version 132 (version_132)"));
        assert!(!fits("usage"));
    }
}
