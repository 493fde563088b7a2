//! The tools that Rust does not bring along: found on PATH where they fit, else installed into a directory of their
//! own, outside the checkout and apart from the user's other programs.

pub(crate) mod apt;
mod axe;
pub(crate) mod browsers;
mod cargo_install;
mod consumers;
mod nats;
mod npm;
mod optional;
mod peers;
pub(crate) mod pins;
mod rust;
pub(crate) mod store;

use crate::failure::{Failure, Result};
use crate::lock_file;
use crate::process;
use crate::project;
use crate::steps::Steps;
use crate::version;
use pins::Pin;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use store::Store;

pub(crate) use rust::{component, wasm_target};

/// The tools in use. Their directories come first on the PATH of every program started with them.
pub(crate) struct Tools<'a> {
    steps: &'a Steps,
    store: Store,
    directories: Vec<PathBuf>,
}

impl<'a> Tools<'a> {
    pub(crate) fn open(steps: &'a Steps) -> Result<Tools<'a>> {
        Ok(Tools {
            steps,
            store: Store::open()?,
            directories: Vec::new(),
        })
    }

    /// What builds the client: the wasm target, wasm-pack and wasm-bindgen.
    pub(crate) fn for_client(&mut self) -> Result {
        wasm_target(self.steps)?;
        self.wasm_bindgen()?;
        self.wasm_pack()?;
        Ok(())
    }

    pub(crate) fn wasm_pack(&mut self) -> Result<PathBuf> {
        self.crate_tool("wasm-pack", &pins::WASM_PACK, |line| {
            version::first_in(line).is_some_and(|found| found >= pins::WASM_PACK_LEAST)
        })
    }

    /// wasm-bindgen's output format is private to each version: only the one in Cargo.lock will do.
    pub(crate) fn wasm_bindgen(&mut self) -> Result<PathBuf> {
        let file = project::root().join("Cargo.lock");
        let lock = fs::read_to_string(&file).map_err(|e| Failure::file("read", &file, &e))?;
        let Some(version) = lock_file::version_of("wasm-bindgen", &lock) else {
            return Err(Failure::new(
                "Cargo.lock names no wasm-bindgen: restore it with git checkout Cargo.lock",
            ));
        };
        let pin = Pin {
            version,
            ..pins::WASM_BINDGEN
        };
        self.crate_tool("wasm-bindgen", &pin, |line| {
            line.split_whitespace().nth(1) == Some(version)
        })
    }

    pub(crate) fn geckodriver(&mut self) -> Result<PathBuf> {
        self.crate_tool("geckodriver", &pins::GECKODRIVER, |line| {
            version::first_in(line).is_some_and(|found| found >= pins::GECKODRIVER_LEAST)
        })
    }

    /// `None`, after a line that says so, where it is not to be had.
    pub(crate) fn wasm_opt(&mut self) -> Option<PathBuf> {
        self.optional(&optional::WASM_OPT)
    }

    /// Likewise.
    pub(crate) fn esbuild(&mut self) -> Option<PathBuf> {
        self.optional(&optional::ESBUILD)
    }

    /// The script of axe-core.
    pub(crate) fn axe(&mut self) -> Result<PathBuf> {
        axe::find_or_install(&self.store, self.steps)
    }

    /// npm's cache with what the projects in e2e/consumers depend on.
    pub(crate) fn consumers(&mut self) -> Result<PathBuf> {
        consumers::find_or_install(&self.store, self.steps)
    }

    /// The folder with the libraries and servers that the project is measured against.
    pub(crate) fn peers(&self) -> Result<PathBuf> {
        peers::find_or_install(&self.store, self.steps)
    }

    /// The NATS server, which the project is measured against, too.
    pub(crate) fn nats_server(&self) -> Result<PathBuf> {
        nats::find_or_install(&self.store, self.steps)
    }

    fn optional(&mut self, tool: &optional::Optional) -> Option<PathBuf> {
        let found = tool.find_or_install(&self.store, self.steps);
        if let Some(path) = &found {
            self.use_directory_of(path);
        }
        found
    }

    /// The program on PATH if it fits, else the pinned crate's.
    fn crate_tool(&mut self, program: &str, pin: &Pin, fits: impl Fn(&str) -> bool) -> Result<PathBuf> {
        if let Some(path) = on_path(program)
            && process::version_line(&path).is_some_and(|line| fits(&line))
        {
            return Ok(path);
        }
        let path = cargo_install::get(&self.store, self.steps, pin)?
            .join("bin")
            .join(exe(program));
        self.use_directory_of(&path);
        Ok(path)
    }

    fn use_directory_of(&mut self, program: &Path) {
        if let Some(directory) = program.parent().map(Path::to_path_buf)
            && !env::split_paths(&env::var_os("PATH").unwrap_or_default()).any(|d| d == directory)
            && !self.directories.contains(&directory)
        {
            self.directories.push(directory);
        }
    }

    /// PATH with the tools' directories first.
    pub(crate) fn path(&self) -> OsString {
        let inherited = env::var_os("PATH").unwrap_or_default();
        let all = self.directories.iter().cloned().chain(env::split_paths(&inherited));
        env::join_paths(all).unwrap_or(inherited)
    }

    /// What `cargo xtask tools` adds to PATH.
    pub(crate) fn directories(&self) -> &[PathBuf] {
        &self.directories
    }

    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("PATH", self.path()).current_dir(project::root());
        command
    }
}

/// A program of the operating system.
pub(crate) fn system_program(program: &str, package: &str, steps: &Steps) -> Result {
    if on_path(program).is_some() {
        return Ok(());
    }
    if apt::usable() {
        return apt::install(&[package], steps);
    }
    Err(Failure(format!(
        "there is no program {program} on PATH: install your system's package {package}"
    )))
}

/// The first file of that name on PATH.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let name = exe(program);
    env::split_paths(&env::var_os("PATH")?)
        .map(|directory| directory.join(&name))
        .find(|path| path.is_file())
}

fn exe(program: &str) -> String {
    format!("{program}{}", env::consts::EXE_SUFFIX)
}
