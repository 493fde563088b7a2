//! Tools that make the client smaller, which works without them: from npm, or from apt where that is new enough.

use super::apt;
use super::npm;
use super::on_path;
use super::pins::{self, Pin};
use super::store::Store;
use crate::failure::{Failure, Result};
use crate::process;
use crate::steps::Steps;
use crate::version::{self, Version};
use std::path::{Path, PathBuf};

pub(super) struct Optional {
    program: &'static str,
    /// apt's package has the same name.
    pin: Pin<'static>,
    least: Version,
    /// What the client is without it.
    without: &'static str,
    /// How else to have it.
    or: &'static str,
}

/// Makes the wasm smaller.
pub(super) const WASM_OPT: Optional = Optional {
    program: "wasm-opt",
    pin: pins::BINARYEN,
    least: pins::WASM_OPT_LEAST,
    without: "40 % larger to download",
    or: ", or run `cargo install wasm-opt`, which takes a C++ compiler and its time,",
};

/// Makes one short script of all.
pub(super) const ESBUILD: Optional = Optional {
    program: "esbuild",
    pin: pins::ESBUILD,
    least: pins::ESBUILD_LEAST,
    without: "in a dozen scripts",
    or: "",
};

impl Optional {
    /// `None`, after a line that says so, where it is not to be had.
    pub(super) fn find_or_install(&self, store: &Store, steps: &Steps) -> Option<PathBuf> {
        if let Some(path) = self.fitting_on_path() {
            return Some(path);
        }
        match self.installed(store, steps) {
            Ok(path) => Some(path),
            Err(why) => {
                steps.say(&self.missing(&why.0));
                None
            }
        }
    }

    fn fitting_on_path(&self) -> Option<PathBuf> {
        on_path(self.program).filter(|path| process::version_line(path).is_some_and(|line| self.fits(&line)))
    }

    /// npm's, or apt's where that saves npm with its four hundred packages.
    fn installed(&self, store: &Store, steps: &Steps) -> Result<PathBuf> {
        let name = format!("{}-{}", self.pin.package, self.pin.version);
        let is_there = store.directory().join(&name).is_dir();
        let ready = || npm::has_node() && (is_there || npm::is_there());
        if !ready() && apt::usable() {
            apt::update(steps);
            if apt::candidate(self.pin.package).is_some_and(|version| self.fits(&version)) {
                apt::install(&[self.pin.package], steps)?;
                if let Some(path) = self.fitting_on_path() {
                    return Ok(path);
                }
            }
            if on_path("node").is_none() {
                apt::install(&["nodejs", "npm"], steps)?;
            }
        }
        if !ready() {
            return Err(Failure(format!(
                "it needs node {} or newer with npm",
                pins::NODE_LEAST.0
            )));
        }
        let place = store.get(&name, steps, |half| self.install(half, steps))?;
        Ok(self.in_place(&place))
    }

    fn install(&self, half: &Path, steps: &Steps) -> Result {
        npm::install(&self.pin, self.program, half, steps)?;
        match process::version_line(self.in_place(half)) {
            Some(_) => Ok(()),
            None => Err(Failure(format!(
                "{}@{} does not start with this node",
                self.pin.package, self.pin.version
            ))),
        }
    }

    /// Where npm puts it.
    fn in_place(&self, place: &Path) -> PathBuf {
        place.join("node_modules/.bin").join(self.program)
    }

    fn fits(&self, line: &str) -> bool {
        version::first_in(line).is_some_and(|found| found >= self.least)
    }

    fn missing(&self, why: &str) -> String {
        format!(
            "No {} ({why}), so the client will be {}; to have it, install node {} or newer with npm{} and start again",
            self.program,
            self.without,
            pins::NODE_LEAST.0,
            self.or
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_one_on_path_does_not_fit() {
        assert!(!WASM_OPT.fits("wasm-opt version 108"));
        assert!(WASM_OPT.fits("wasm-opt version 116 (version_116)"));
        assert!(WASM_OPT.fits("wasm-opt version 132 (version_132)"));
        assert!(!WASM_OPT.fits("usage"));
        assert!(!ESBUILD.fits("0.17.0-1+b2"));
        assert!(ESBUILD.fits("0.28.2"));
    }

    #[test]
    fn what_is_missed_is_one_sentence() {
        assert_eq!(
            ESBUILD.missing("no"),
            "No esbuild (no), so the client will be in a dozen scripts; to have it, install node 18 or newer with npm and \
             start again"
        );
    }
}
