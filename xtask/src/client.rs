//! The client in www/pkg: built by wasm-pack, made smaller, and left alone while nothing has changed.
//!
//! It is made in a directory of its own and moved to www/pkg when it is whole, so that an interrupted build leaves
//! the former one, and no stamp that says otherwise.

mod names;
mod package;
mod paths;
mod script;
mod stamp;

use crate::failure::{Failure, Result};
use crate::fingerprint;
use crate::process;
use crate::project;
use crate::steps::Steps;
use crate::tools::{Tools, pins, store};
use stamp::{By, Stamp};
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// All that the client is built from. `wire` is for a crate that it may come to share with the relay.
const SOURCES: [&str; 8] = [
    "build",
    "src",
    "wire",
    "xtask/src/client",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo",
    "rust-toolchain.toml",
];

/// Alone of the workspace: without `--package`, cargo would build the default members for the browser too.
const CARGO_OPTIONS: [&str; 2] = ["--package", "chat-room"];

/// The crate is compiled for size too. Which features rustc has used, wasm-opt reads from the file; it uses no others.
///
/// What is called once is not put in where it is called, and what is said twice is said twice: the file would be smaller,
/// but not when it is compressed. So do functions of like names stand together, which are alike. Nothing of Rust's is in
/// the lowest kilobyte, which is the end of the stack.
const WASM_OPT: [&str; 7] = [
    "-Oz",
    "--strip-producers",
    "--strip-target-features",
    "--one-caller-inline-max-function-size=22",
    "--skip-pass=local-cse",
    "--low-memory-unused",
    "--reorder-functions-by-name",
];

const OUTPUT: &str = "www/pkg";

/// What wasm-bindgen generates of the crate's name.
const MODULE: &str = "chat_room.js";

/// What makes it the socket alone.
const SOCKET_OPTIONS: [&str; 1] = ["--no-default-features"];

/// Whether this checkout has been built before.
pub(crate) fn built_before() -> bool {
    stamp_path().is_ok_and(|stamp| stamp.is_file())
}

/// Builds it unless what is in www/pkg is what would come out.
pub(crate) fn build(tools: &mut Tools, steps: &Steps) -> Result {
    let scratch = project::scratch()?;
    let _lock = store::lock(&scratch.join("lock"), "builds the client", steps)?;
    let sources = sources()?;
    let output = project::root().join(OUTPUT);
    let former =
        Stamp::read(&stamp_path()?).filter(|f| f.sources == sources && outputs(&output).ok() == Some(f.outputs));
    let up_to_date = || steps.say(&format!("The client in {OUTPUT} is up to date"));
    if former.as_ref().is_some_and(|former| former.by == By::ALL) {
        up_to_date();
        return Ok(());
    }
    tools.for_client()?;
    let smaller = Smaller::find(tools);
    if former.is_some_and(|former| former.by == smaller.by()) {
        up_to_date();
        return Ok(());
    }
    let fresh = scratch.join("pkg");
    make(tools, steps, &smaller, &[], &fresh)?;
    package::complete(&fresh)?;
    remove(&stamp_path()?)?;
    remove(&output)?;
    move_directory(&fresh, &output)?;
    let stamp = Stamp {
        sources,
        outputs: outputs(&output)?,
        by: smaller.by(),
    };
    stamp.write(&stamp_path()?)?;
    steps.say(&format!("The client is in {OUTPUT}"));
    Ok(())
}

/// The client as `build` leaves it, for those who look at its files.
pub(crate) fn output() -> PathBuf {
    project::root().join(OUTPUT)
}

/// The socket without the element, made like the client, in a directory of xtask's own.
pub(crate) fn build_socket(tools: &mut Tools, steps: &Steps) -> Result<PathBuf> {
    let scratch = project::scratch()?;
    let _lock = store::lock(&scratch.join("lock"), "builds the client", steps)?;
    tools.for_client()?;
    let smaller = Smaller::find(tools);
    let output = scratch.join("socket-pkg");
    make(tools, steps, &smaller, &SOCKET_OPTIONS, &output)?;
    Ok(output)
}

/// The tools that make it smaller, as far as they are to be had.
struct Smaller {
    wasm_opt: Option<PathBuf>,
    esbuild: Option<PathBuf>,
}

impl Smaller {
    fn find(tools: &mut Tools) -> Smaller {
        Smaller {
            wasm_opt: tools.wasm_opt(),
            esbuild: tools.esbuild(),
        }
    }

    fn by(&self) -> By {
        By {
            wasm_opt: self.wasm_opt.is_some(),
            esbuild: self.esbuild.is_some(),
        }
    }
}

fn make(tools: &Tools, steps: &Steps, smaller: &Smaller, options: &[&str], into: &Path) -> Result {
    remove(into)?;
    wasm_pack(tools, steps, options, into)?;
    if let Some(wasm_opt) = &smaller.wasm_opt {
        optimise(tools, steps, wasm_opt, into)?;
    }
    shorten_names(into)?;
    if let Some(esbuild) = &smaller.esbuild {
        script::bundle(tools, steps, esbuild, &into.join(MODULE))?;
    }
    Ok(())
}

fn wasm_pack(tools: &Tools, steps: &Steps, options: &[&str], into: &Path) -> Result {
    let told = ["Building the client: wasm-pack build --release --target web"]
        .iter()
        .chain(options);
    steps.say(&told.copied().collect::<Vec<_>>().join(" "));
    let mut command = tools.command("wasm-pack");
    command.env("CARGO_ENCODED_RUSTFLAGS", paths::flags()?);
    command
        .args([
            "build",
            "--release",
            "--target",
            "web",
            "--mode",
            "no-install",
            "--out-dir",
        ])
        .arg(into);
    command.arg("--").args(CARGO_OPTIONS).args(options);
    let finished = process::show(command, |_| {})?;
    if finished.success {
        Ok(())
    } else {
        Err(finished.failure("building the client"))
    }
}

fn optimise(tools: &Tools, steps: &Steps, wasm_opt: &Path, directory: &Path) -> Result {
    let entries = fs::read_dir(directory).map_err(|e| Failure::file("read", directory, &e))?;
    for wasm in entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "wasm"))
    {
        let before = size(&wasm)?;
        steps.say(&format!("Making the wasm smaller: wasm-opt {}", WASM_OPT.join(" ")));
        let smaller = wasm.with_extension("smaller");
        let mut command = tools.command(wasm_opt);
        command.args(WASM_OPT).arg(&wasm).arg("-o").arg(&smaller);
        process::quietly(command, "wasm-opt", steps)?;
        fs::rename(&smaller, &wasm).map_err(|e| Failure::file("write", &wasm, &e))?;
        steps.say(&format!(
            "The wasm has {} kB, {} kB before",
            size(&wasm)? / 1000,
            before / 1000
        ));
    }
    Ok(())
}

fn shorten_names(directory: &Path) -> Result {
    let files = || {
        let entries = fs::read_dir(directory).map_err(|e| Failure::file("read", directory, &e))?;
        Ok(entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.is_file()))
    };
    let is = |path: &Path, extensions: &[&str]| path.extension().is_some_and(|e| extensions.iter().any(|it| e == *it));
    for wasm in files()?.filter(|path| is(path, &["wasm"])) {
        let long = fs::read(&wasm).map_err(|e| Failure::file("read", &wasm, &e))?;
        let Some((short, names)) = names::shorten(&long) else {
            return Err(Failure(format!("{} is not as wasm-bindgen makes it", wasm.display())));
        };
        fs::write(&wasm, short).map_err(|e| Failure::file("write", &wasm, &e))?;
        for script in files()?.filter(|path| is(path, &["js", "ts"])) {
            let long = fs::read_to_string(&script).map_err(|e| Failure::file("read", &script, &e))?;
            fs::write(&script, names.replace_in(&long)).map_err(|e| Failure::file("write", &script, &e))?;
        }
    }
    Ok(())
}

fn size(file: &Path) -> Result<u64> {
    Ok(fs::metadata(file).map_err(|e| Failure::file("read", file, &e))?.len())
}

fn sources() -> Result<u64> {
    let files = fingerprint::of_files(&project::root(), &SOURCES)?;
    let rustc = process::answer(Command::new("rustc").arg("-Vv").current_dir(project::root()));
    let flags = ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"].map(env::var_os);
    let tools = (
        pins::WASM_PACK.version,
        pins::BINARYEN.version,
        pins::ESBUILD.version,
        package::ADDITIONS,
    );
    Ok(fingerprint::of_bytes(
        format!("{files} {rustc:?} {flags:?} {tools:?} {CARGO_OPTIONS:?} {WASM_OPT:?}").as_bytes(),
    ))
}

fn outputs(directory: &Path) -> Result<u64> {
    if directory.is_dir() {
        fingerprint::of_files(directory, &[""])
    } else {
        Err(Failure::new("there is no client yet"))
    }
}

fn stamp_path() -> Result<PathBuf> {
    Ok(project::scratch()?.join("client"))
}

fn remove(path: &Path) -> Result {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Failure::file("remove", path, &e)),
        _ => Ok(()),
    }
}

/// By copying where the target directory is on another disk than the checkout.
fn move_directory(from: &Path, to: &Path) -> Result {
    if fs::rename(from, to).is_ok() {
        return Ok(());
    }
    copy(from, to).map_err(|e| Failure::file("write", to, &e))?;
    remove(from)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copying_takes_the_directories_along() {
        let base = env::temp_dir().join(format!("xtask-copy-{}", std::process::id()));
        fs::create_dir_all(base.join("a/snippets")).unwrap();
        fs::write(base.join("a/snippets/x.js"), "x").unwrap();
        copy(&base.join("a"), &base.join("b")).unwrap();
        assert_eq!(outputs(&base.join("a")), outputs(&base.join("b")));
        fs::remove_dir_all(base).unwrap();
    }
}
