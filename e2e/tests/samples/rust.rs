//! Rust for the browser, and what a package says about it.

use std::{
    env, fs,
    process::{Command, Stdio},
};

use e2e::programs;

use crate::markdown::blocks;

/// How rustdoc gets the samples.
const HOOK: &str = "include_str!(\"../docs/rust.md\")";

#[test]
fn rust_compiles_for_the_browser() {
    for block in blocks("rust") {
        let place = &block.place;
        assert!(
            place.starts_with("docs/rust.md:"),
            "{place}: {HOOK} is all that src/lib.rs has"
        );
        assert_eq!(block.words, ["no_run"], "{place}: rustdoc has no browser to run it in");
    }
    let library = fs::read_to_string(programs::repository().join("src/lib.rs")).expect("there is a library");
    assert!(library.contains(HOOK), "src/lib.rs has no {HOOK}");
    let cargo = env::var_os("CARGO").expect("cargo runs the tests");
    let arguments = "test --doc --package chat-room --target wasm32-unknown-unknown --all-features";
    let output = Command::new(cargo)
        .args(arguments.split(' '))
        // rustdoc starts what it has put together, even where nothing of it is to be run.
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "true")
        .current_dir(programs::repository())
        .stdin(Stdio::null())
        .output()
        .expect("cargo runs");
    let printed = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&printed));
}

#[test]
fn features_exist() {
    let manifest = fs::read_to_string(programs::repository().join("Cargo.toml")).expect("there is a Cargo.toml");
    let (_, features) = manifest.split_once("[features]\n").expect("it has features");
    let features: Vec<_> = features
        .lines()
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once(" = ").map(|it| it.0))
        .collect();
    for block in blocks("toml") {
        let named = block.text.split("features = [").skip(1);
        let named = named.filter_map(|rest| rest.split(']').next());
        for feature in named.flat_map(|list| list.split(',')) {
            let feature = feature.trim().trim_matches('"');
            assert!(features.contains(&feature), "{}: no feature {feature}", block.place);
        }
        assert!(block.text.starts_with("[dependencies]\n"), "{}", block.place);
    }
}
