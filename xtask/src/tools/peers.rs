//! The libraries and servers of JavaScript that the project is measured against, as bench/package-lock.json has them.

use super::npm;
use super::pins::NODE_LEAST;
use super::store::Store;
use crate::failure::{Failure, Result};
use crate::fingerprint;
use crate::process;
use crate::project;
use crate::steps::Steps;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const FILES: [&str; 2] = ["package.json", "package-lock.json"];

pub(super) fn find_or_install(store: &Store, steps: &Steps) -> Result<PathBuf> {
    let directory = project::root().join("bench");
    let paths = FILES.map(|name| format!("bench/{name}"));
    let paths = paths.each_ref().map(String::as_str);
    let name = format!("peers-{:x}", fingerprint::of_files(&project::root(), &paths)?);
    if !npm::provide(steps)? {
        return Err(Failure(format!(
            "what the project is measured against needs node {} or newer with npm: install them",
            NODE_LEAST.0
        )));
    }
    store.get(&name, steps, |half| {
        for name in FILES {
            let from = directory.join(name);
            fs::copy(&from, half.join(name)).map_err(|e| Failure::file("copy", &from, &e))?;
        }
        steps.say("Installing what the project is measured against: npm ci in bench/");
        let mut npm = Command::new("npm");
        npm.arg("ci").args(&npm::INSTALL[1..]).current_dir(half);
        process::quietly(npm, "npm ci for bench", steps)
    })
}
