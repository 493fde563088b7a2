//! A project of somebody else's that uses the npm package: a copy of one in `consumers/`, with the package installed from
//! its tarball and all else from what `cargo xtask test e2e` has fetched.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{folder::Folder, process::Process, programs};

/// What each project calls the package's tarball.
const TARBALL: &str = "chat-room.tgz";

/// An installed project, gone when dropped.
#[derive(Debug)]
pub struct Consumer {
    folder: Folder,
}

impl Consumer {
    /// Copies the project of this name, packs the package and installs both.
    ///
    /// # Panics
    /// If something of it fails, with what was printed.
    pub fn install(name: &str) -> Self {
        let consumer = Self { folder: Folder::new() };
        copy(
            &programs::repository().join("e2e/consumers").join(name),
            consumer.path(),
        );
        consumer.pack();
        let mut npm = consumer.npm();
        npm.args(["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"]);
        run(&mut npm);
        consumer
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs one of the programs that it has installed, to its end. Gives what it printed.
    ///
    /// # Panics
    /// If it fails, with what was printed.
    pub fn run(&self, program: &str, arguments: &[&str]) -> String {
        run(self.node(program).args(arguments))
    }

    /// Starts one of the programs that it has installed.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn start(&self, name: &'static str, program: &str, arguments: &[&str]) -> Process {
        Process::start(name, self.node(program).args(arguments))
    }

    /// By node itself, so that what is ended is the program and no shell around it.
    fn node(&self, program: &str) -> Command {
        let mut node = Command::new("node");
        // A script of its own, or a program among what is installed.
        let own = self.path().join(program);
        let installed = self.path().join("node_modules/.bin").join(program);
        node.arg(if own.is_file() { own } else { installed });
        node.current_dir(self.path()).env("NO_COLOR", "1");
        node
    }

    fn npm(&self) -> Command {
        let mut npm = Command::new("npm");
        npm.current_dir(self.path())
            .env("npm_config_cache", programs::consumers_cache())
            .env("npm_config_update_notifier", "false");
        npm
    }

    fn pack(&self) {
        let package = programs::repository().join("www/pkg");
        assert!(package.is_dir(), "there is no www/pkg: build it by cargo xtask build");
        let mut npm = self.npm();
        npm.args(["pack", "--silent", "--pack-destination", "."]).arg(package);
        let name = run(&mut npm);
        let packed = self.path().join(name.trim());
        let moved = fs::rename(&packed, self.path().join(TARBALL));
        moved.unwrap_or_else(|error| panic!("npm pack said {name:?}, and there is no such file: {error}"));
    }
}

fn run(command: &mut Command) -> String {
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{command:?} failed:\n{out}{err}");
    out
}

/// A folder with all that is in it, but what was installed or built there by hand.
///
/// # Panics
/// If a file cannot be read or written.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    let listed = fs::read_dir(from).unwrap_or_else(|error| panic!("cannot read {}: {error}", from.display()));
    for entry in listed {
        let path: PathBuf = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("it has a name"));
        // What somebody has installed or built there by hand is not the project's.
        if ["node_modules", "dist"].iter().any(|it| path.ends_with(it)) {
            continue;
        }
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}
