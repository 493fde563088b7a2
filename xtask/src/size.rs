//! How much of the client goes over the wire, and how much may; and that it does not tell where it was built.

use crate::client;
use crate::failure::{Failure, Result};
use crate::process;
use crate::project;
use crate::say;
use crate::steps::Steps;
use crate::tools::Tools;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The full client, compressed: wasm, scripts and, in the wasm, the style sheet.
pub(crate) const MOST_OF_CLIENT: u64 = 175_000;

/// The socket alone, likewise.
pub(crate) const MOST_OF_SOCKET: u64 = 13_000;

/// Builds both, shows what they weigh, and fails if one is heavier than it may be.
pub(crate) fn check(tools: &mut Tools, steps: &Steps) -> Result {
    if tools.wasm_opt().is_none() || tools.esbuild().is_none() {
        return Err(Failure::new(
            "the limits are those of a client that wasm-opt and esbuild have made smaller; install them as told above and \
             start again",
        ));
    }
    client::build(tools, steps)?;
    let socket = client::build_socket(tools, steps)?;
    let mut failures = Vec::new();
    for (name, directory, most) in [
        ("The full client", client::output(), MOST_OF_CLIENT),
        ("The socket alone", socket, MOST_OF_SOCKET),
    ] {
        let groups = weigh(&directory)?;
        say::line(&table(name, &groups, most));
        failures.extend(too_heavy(name, &groups, most));
        failures.extend(told_in(&directory, &places())?);
    }
    match failures.is_empty() {
        true => Ok(()),
        false => Err(Failure(failures.join("; "))),
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Weight {
    raw: u64,
    brotli: u64,
}

/// What is fetched.
#[derive(Debug, Default, PartialEq)]
struct Groups {
    wasm: Weight,
    scripts: Weight,
}

impl Weight {
    fn plus(self, other: Weight) -> Weight {
        Weight {
            raw: self.raw + other.raw,
            brotli: self.brotli + other.brotli,
        }
    }
}

impl Groups {
    fn sum(&self) -> Weight {
        self.wasm.plus(self.scripts)
    }
}

fn weigh(directory: &Path) -> Result<Groups> {
    let mut files = Vec::new();
    list(directory, &mut files)?;
    let mut command = project::cargo();
    command.args(["run", "--quiet", "--release", "--package", "xtask"]);
    command
        .args(["--features", "weigh", "--bin", "weigh", "--"])
        .args(&files);
    let lines = process::answer(&mut command)
        .ok_or_else(|| Failure::new("the program that weighs files failed; see what `cargo run --package xtask --features weigh --bin weigh` says"))?;
    let mut groups = Groups::default();
    for line in lines.lines() {
        add(&mut groups, line).ok_or_else(|| Failure(format!("a weight cannot be read: {line}")))?;
    }
    Ok(groups)
}

/// Every file that a browser fetches.
fn list(directory: &Path, files: &mut Vec<PathBuf>) -> Result {
    let entries = fs::read_dir(directory).map_err(|e| Failure::file("read", directory, &e))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            list(&path, files)?;
        } else if path.extension().is_some_and(|it| it == "wasm" || it == "js") {
            files.push(path);
        }
    }
    Ok(())
}

fn add(groups: &mut Groups, line: &str) -> Option<()> {
    let mut words = line.splitn(3, ' ');
    let mut weight = || words.next()?.parse().ok();
    let weight = Weight {
        raw: weight()?,
        brotli: weight()?,
    };
    let path = Path::new(words.next()?);
    let group = if path.extension()? == "wasm" {
        &mut groups.wasm
    } else {
        &mut groups.scripts
    };
    *group = group.plus(weight);
    Some(())
}

/// Where things are on this machine.
fn places() -> Vec<String> {
    let cargo = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let places = [Some(project::root()), cargo];
    places
        .into_iter()
        .flatten()
        .map(|it| it.display().to_string())
        .collect()
}

/// A sentence for each of the places that a file names.
fn told_in(directory: &Path, places: &[String]) -> Result<Vec<String>> {
    let mut files = Vec::new();
    list(directory, &mut files)?;
    let mut told = Vec::new();
    for file in files {
        let bytes = fs::read(&file).map_err(|e| Failure::file("read", &file, &e))?;
        let names = |place: &&String| bytes.windows(place.len()).any(|part| part == place.as_bytes());
        for place in places.iter().filter(names) {
            told.push(format!(
                "{} has {place} in it, where it was built: see xtask/src/client/paths.rs",
                file.display()
            ));
        }
    }
    Ok(told)
}

fn table(name: &str, groups: &Groups, most: u64) -> String {
    let mut table = format!("\n{name:<22}{:>10}{:>10}\n", "bytes", "brotli");
    for (group, weight) in [
        ("wasm", groups.wasm),
        ("scripts", groups.scripts),
        ("together", groups.sum()),
    ] {
        table.push_str(&format!("{group:<22}{:>10}{:>10}\n", weight.raw, weight.brotli));
    }
    table.push_str(&format!("{:<22}{:>10}{most:>10}", "at most", ""));
    table
}

fn too_heavy(name: &str, groups: &Groups, most: u64) -> Option<String> {
    let brotli = groups.sum().brotli;
    (brotli > most).then(|| {
        format!(
            "{} has {brotli} bytes of brotli and may have {most}: make it smaller, or say in xtask/src/size.rs why it is more",
            name.to_lowercase()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups() -> Groups {
        let mut groups = Groups::default();
        for line in [
            "700 300 /a b/pkg/x_bg.wasm",
            "90 40 /a b/pkg/x.js",
            "8 5 /a b/pkg/snippets/y/z.js",
            "2 1 /a b/pkg/snippets/y/w.js",
        ] {
            add(&mut groups, line).unwrap();
        }
        groups
    }

    #[test]
    fn files_count_where_they_belong() {
        let groups = groups();
        assert_eq!(groups.scripts, Weight { raw: 100, brotli: 46 });
        assert_eq!(groups.sum(), Weight { raw: 800, brotli: 346 });
        assert_eq!(add(&mut Groups::default(), "1 x y.js"), None);
        assert_eq!(add(&mut Groups::default(), "1 2"), None);
    }

    #[test]
    fn a_place_is_found_wherever_it_is_told() {
        let directory = env::temp_dir().join(format!("xtask-places-{}", std::process::id()));
        fs::create_dir_all(directory.join("snippets")).unwrap();
        fs::write(directory.join("a.wasm"), b"\0at /home/me/src/lib.rs\xff").unwrap();
        fs::write(directory.join("snippets/b.js"), "src/lib.rs").unwrap();
        let told = |place: &str| told_in(&directory, &[place.to_owned()]).unwrap();
        assert_eq!(told("/home/me").len(), 1);
        assert_eq!(told("/home/you").len(), 0);
        fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn the_limit_itself_is_allowed() {
        assert_eq!(too_heavy("It", &groups(), 346), None);
        assert!(too_heavy("It", &groups(), 345).is_some_and(|why| why.starts_with("it has 346 bytes")));
    }

    #[test]
    fn the_table_has_the_sum_and_the_limit() {
        let table = table("It", &groups(), 400);
        let last: Vec<&str> = table.lines().rev().take(2).collect();
        assert_eq!(last[0].split_whitespace().last(), Some("400"));
        assert!(last[1].ends_with("346"), "{table}");
    }
}
