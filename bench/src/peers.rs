//! What the project is measured against, where `cargo xtask bench` has put it.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use e2e::{folder::Folder, process::Process, programs};
use serde_json::Value;

const HELP: &str = "run `cargo xtask bench`, which gets everything that is measured";

/// The folder that has `node_modules` with what `bench/package.json` names: `BENCH_PEERS`.
pub(crate) fn folder() -> PathBuf {
    named("BENCH_PEERS")
}

/// The program of the NATS server: `NATS_SERVER`.
pub(crate) fn nats_server() -> PathBuf {
    named("NATS_SERVER")
}

/// The packages that were asked for, with their versions.
pub(crate) fn versions() -> BTreeMap<String, String> {
    let file = source("package.json");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()));
    let manifest: Value = serde_json::from_str(&text).expect("bench/package.json is JSON");
    let packages = manifest["dependencies"].as_object().expect("it has dependencies");
    let version = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    packages.iter().map(|(name, it)| (name.clone(), version(it))).collect()
}

/// Starts `bench/servers/NAME` with node, which prints `ready PORT`; gives its port.
pub(crate) fn serve(name: &'static str, arguments: &[&str]) -> (Process, u16) {
    let mut node = Command::new("node");
    node.arg(source("servers").join(name)).args(arguments);
    let server = Process::start(name, node.env("NODE_PATH", folder().join("node_modules")));
    let port = server.wait_for(|line| line.strip_prefix("ready ")?.parse().ok());
    (server, port)
}

/// Makes a script of one file out of each of these in `bench/pages`, with what it imports of the peers.
pub(crate) fn bundle(pages: &[&str], into: &Folder) {
    let mut esbuild = Command::new("node");
    esbuild.arg(folder().join("node_modules/esbuild/bin/esbuild"));
    esbuild.args(pages.iter().map(|page| source("pages").join(page)));
    esbuild.args([
        "--bundle",
        "--minify",
        "--format=esm",
        "--target=es2022",
        "--log-level=warning",
    ]);
    esbuild
        .arg("--external:/pkg/*")
        .arg(format!("--outdir={}", into.path().display()));
    let done = esbuild.env("NODE_PATH", folder().join("node_modules")).output();
    let done = done.unwrap_or_else(|error| panic!("cannot run node: {error}"));
    assert!(
        done.status.success(),
        "esbuild: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// Something in the folder of this crate.
pub(crate) fn source(name: &str) -> PathBuf {
    programs::repository().join("bench").join(name)
}

fn named(variable: &str) -> PathBuf {
    let path = env::var_os(variable).map(PathBuf::from);
    path.filter(|it| Path::exists(it))
        .unwrap_or_else(|| panic!("{variable} names nothing that is there: {HELP}"))
}
