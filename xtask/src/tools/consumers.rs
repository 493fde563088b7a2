//! What the projects in e2e/consumers depend on, as a cache of npm's: the tests install each project from it, offline.

use super::npm;
use super::pins::NODE_LEAST;
use super::store::Store;
use crate::failure::{Failure, Result};
use crate::fingerprint;
use crate::process;
use crate::project;
use crate::steps::Steps;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PROJECTS: &str = "e2e/consumers";

/// A dependency that does not come from the registry: the package that is tested.
const OWN: &str = "\"chat-room\":";

pub(super) fn find_or_install(store: &Store, steps: &Steps) -> Result<PathBuf> {
    let projects = projects()?;
    let manifests: Vec<&str> = projects.iter().map(|(_, manifest)| manifest.as_str()).collect();
    let name = format!("consumers-{:x}", fingerprint::of_bytes(manifests.join("\n").as_bytes()));
    if !npm::provide(steps)? {
        return Err(Failure(format!(
            "the projects in {PROJECTS} need node {} or newer with npm: install them",
            NODE_LEAST.0
        )));
    }
    store.get(&name, steps, |half| {
        for (project, manifest) in &projects {
            fetch(project, manifest, half, steps)?;
        }
        Ok(())
    })
}

/// The name of each project and its package.json, without the package that is tested.
fn projects() -> Result<Vec<(String, String)>> {
    let directory = project::root().join(PROJECTS);
    let unreadable = |e| Failure::file("read", &directory, &e);
    let mut projects = Vec::new();
    for entry in fs::read_dir(&directory).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let manifest = entry.path().join("package.json");
        if manifest.is_file() {
            let text = fs::read_to_string(&manifest).map_err(|e| Failure::file("read", &manifest, &e))?;
            projects.push((entry.file_name().to_string_lossy().into_owned(), without_own(&text)));
        }
    }
    projects.sort();
    Ok(projects)
}

/// It is the first of its list, so that no comma is left over.
fn without_own(manifest: &str) -> String {
    let lines = manifest.lines().filter(|line| !line.trim_start().starts_with(OWN));
    lines.map(|line| format!("{line}\n")).collect()
}

fn fetch(project: &str, manifest: &str, half: &Path, steps: &Steps) -> Result {
    let place = half.join(project);
    fs::create_dir_all(&place).map_err(|e| Failure::file("make", &place, &e))?;
    let file = place.join("package.json");
    fs::write(&file, manifest).map_err(|e| Failure::file("write", &file, &e))?;
    steps.say(&format!("Fetching what {PROJECTS}/{project} depends on: npm install"));
    let mut npm = Command::new("npm");
    npm.args(npm::INSTALL).arg("--cache").arg(half).current_dir(&place);
    process::quietly(npm, &format!("npm install for {project}"), steps)?;
    fs::remove_dir_all(&place).map_err(|e| Failure::file("remove", &place, &e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_project_is_found_and_none_asks_the_registry_for_the_package_that_is_tested() {
        let projects = projects().unwrap();
        let names: Vec<&str> = projects.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["manifest", "plain", "react", "react-18", "vite"]);
        for (name, manifest) in projects {
            assert!(!manifest.contains("chat-room"), "{name}");
            assert!(!manifest.replace(['\n', ' '], "").contains(",}"), "{name}: {manifest}");
        }
    }
}
