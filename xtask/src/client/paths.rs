//! Where a panic happened is told by a path in the wasm. Here those of this machine become the same as on any other: who
//! gets the client is not told where it was built, and the same sources give the same file.

use crate::failure::{Failure, Result};
use crate::process;
use crate::project;
use std::collections::BTreeSet;
use std::env;
use std::path::Path;
use std::process::Command;

/// How cargo tells flags apart in `CARGO_ENCODED_RUSTFLAGS`.
const BETWEEN: char = '\x1f';

/// The flags that the environment asks for, and then ours: environment is all or nothing for cargo.
pub(super) fn flags() -> Result<String> {
    let mut flags = asked_for(env::var("CARGO_ENCODED_RUSTFLAGS").ok(), env::var("RUSTFLAGS").ok());
    let metadata = answer(project::cargo().args([
        "metadata",
        "--format-version=1",
        "--filter-platform=wasm32-unknown-unknown",
    ]))?;
    for folder in registries(&metadata, &project::root()) {
        flags.push(format!("--remap-path-prefix={folder}="));
    }
    let sysroot = answer(rustc().args(["--print", "sysroot"]))?;
    let version = answer(rustc().arg("-vV"))?;
    if let Some(commit) = version.lines().find_map(|line| line.strip_prefix("commit-hash: ")) {
        // As in the parts of the standard library that come compiled.
        let sources = Path::new(sysroot.trim()).join("lib/rustlib/src/rust");
        flags.push(format!("--remap-path-prefix={}=/rustc/{commit}", sources.display()));
    }
    Ok(flags.join(&BETWEEN.to_string()))
}

fn rustc() -> Command {
    let mut rustc = Command::new("rustc");
    rustc.current_dir(project::root());
    rustc
}

fn answer(command: &mut Command) -> Result<String> {
    process::answer(command).ok_or_else(|| {
        let program = command.get_program().to_string_lossy();
        Failure(format!(
            "{program} does not tell where sources are; see what it says by itself"
        ))
    })
}

fn asked_for(encoded: Option<String>, plain: Option<String>) -> Vec<String> {
    let split: Vec<String> = match (encoded, plain) {
        (Some(encoded), _) => encoded.split(BETWEEN).map(str::to_owned).collect(),
        (None, Some(plain)) => plain.split_whitespace().map(str::to_owned).collect(),
        (None, None) => Vec::new(),
    };
    split.into_iter().filter(|flag| !flag.is_empty()).collect()
}

/// The folders, with a slash at their end, in which the packages are that are not the project's.
fn registries(metadata: &str, root: &Path) -> BTreeSet<String> {
    let manifests = metadata.split("\"manifest_path\":\"").skip(1);
    let paths = manifests.filter_map(|rest| rest.split('"').next());
    let unescaped = paths.map(|path| path.replace("\\\\", "\\"));
    let folders = unescaped.filter_map(|path| {
        let package = Path::new(&path).parent()?;
        let folder = (!package.starts_with(root)).then(|| package.parent())??;
        Some(folder.join("").display().to_string())
    });
    folders.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_others_are_told_by_their_names_alone() {
        let metadata = r#"{"packages":[
            {"manifest_path":"/home/x y/registry/src/i/serde-1.0/Cargo.toml","a":1},
            {"manifest_path":"/home/x y/registry/src/i/js-sys-0.3/Cargo.toml"},
            {"manifest_path":"/house/wire/Cargo.toml"},{"manifest_path":"/house/Cargo.toml"}]}"#;
        let folders: Vec<String> = registries(metadata, Path::new("/house")).into_iter().collect();
        assert_eq!(folders, ["/home/x y/registry/src/i/"]);
    }

    #[test]
    fn the_flags_of_the_environment_stay() {
        let (one, two) = (|| Some("-Ca\x1f--b=c d".to_string()), || Some(" -Ca  -Cb".to_string()));
        assert_eq!(asked_for(one(), two()), ["-Ca", "--b=c d"]);
        assert_eq!(asked_for(None, two()), ["-Ca", "-Cb"]);
        assert!(asked_for(Some(String::new()), None).is_empty());
    }
}
