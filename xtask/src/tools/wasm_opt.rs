//! wasm-opt: makes the wasm smaller. The client works without it.

use super::apt;
use super::npm;
use super::on_path;
use super::pins::{BINARYEN, NODE_LEAST, WASM_OPT_LEAST};
use super::store::Store;
use crate::failure::{Failure, Result};
use crate::process;
use crate::steps::Steps;
use crate::version;
use std::path::{Path, PathBuf};

/// Where npm puts it.
const PROGRAM: &str = "node_modules/.bin/wasm-opt";

pub(super) fn find_or_install(store: &Store, steps: &Steps) -> Result<Option<PathBuf>> {
    if let Some(path) = fitting_on_path() {
        return Ok(Some(path));
    }
    match from_npm(store, steps) {
        Ok(path) => Ok(Some(path)),
        Err(why) => {
            steps.say(&without(&why.0));
            Ok(None)
        }
    }
}

fn fitting_on_path() -> Option<PathBuf> {
    on_path("wasm-opt").filter(|path| process::version_line(path).is_some_and(|line| fits(&line)))
}

/// npm's, or apt's where that saves npm with its four hundred packages.
fn from_npm(store: &Store, steps: &Steps) -> Result<PathBuf> {
    let name = format!("{}-{}", BINARYEN.package, BINARYEN.version);
    let installed = store.directory().join(&name).is_dir();
    let ready = || npm::has_node() && (installed || npm::is_there());
    if !ready() && apt::usable() {
        apt::update(steps);
        if apt::candidate("binaryen").as_deref().is_some_and(fits) {
            apt::install(&["binaryen"], steps)?;
            if let Some(path) = fitting_on_path() {
                return Ok(path);
            }
        }
        if on_path("node").is_none() {
            apt::install(&["nodejs", "npm"], steps)?;
        }
    }
    if !ready() {
        return Err(Failure(format!("it needs node {} or newer with npm", NODE_LEAST.0)));
    }
    let place = store.get(&name, steps, |half| install(half, steps))?;
    Ok(place.join(PROGRAM))
}

fn fits(line: &str) -> bool {
    version::first_in(line).is_some_and(|found| found >= WASM_OPT_LEAST)
}

fn without(why: &str) -> String {
    format!(
        "No wasm-opt ({why}), so the client will be 40 % larger to download; to have it, install node {} or newer with \
         npm, or run `cargo install wasm-opt`, which takes a C++ compiler and its time, and start again",
        NODE_LEAST.0
    )
}

fn install(half: &Path, steps: &Steps) -> Result {
    npm::install(&BINARYEN, "wasm-opt", half, steps)?;
    match process::version_line(half.join(PROGRAM)) {
        Some(_) => Ok(()),
        None => Err(Failure(format!(
            "{}@{} does not start with this node",
            BINARYEN.package, BINARYEN.version
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_one_on_path_does_not_fit() {
        assert!(!fits("wasm-opt version 108"));
        assert!(fits("wasm-opt version 116 (version_116)"));
        assert!(fits("wasm-opt version 132 (version_132)"));
        assert!(!fits("usage"));
    }
}
