//! axe-core: looks in a page for what keeps people out. A script, run by the browser tests.

use super::apt;
use super::npm;
use super::pins::AXE_CORE;
use super::store::Store;
use crate::failure::{Failure, Result};
use crate::steps::Steps;
use std::path::PathBuf;

/// Where npm puts it.
const SCRIPT: &str = "node_modules/axe-core/axe.min.js";

pub(super) fn find_or_install(store: &Store, steps: &Steps) -> Result<PathBuf> {
    let name = format!("{}-{}", AXE_CORE.package, AXE_CORE.version);
    let place = store.get(&name, steps, |half| {
        if !npm::is_there() && apt::usable() {
            apt::install(&["nodejs", "npm"], steps)?;
        }
        if !npm::is_there() {
            return Err(Failure::new("axe-core comes by npm, which is not on PATH: install it"));
        }
        npm::install(&AXE_CORE, "axe-core", half, steps)?;
        match half.join(SCRIPT).is_file() {
            true => Ok(()),
            false => Err(Failure(format!("axe-core {} has no {SCRIPT}", AXE_CORE.version))),
        }
    })?;
    Ok(place.join(SCRIPT))
}
