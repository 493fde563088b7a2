//! The parts, in the order of what fails fastest.

use super::nudge::Nudge;
use super::server::TestServer;
use super::{Bench, Report, home};
use crate::binary;
use crate::client;
use crate::failure::Result;
use crate::project;
use crate::size;
use crate::tools::{component, system_program, wasm_target};
use std::path::Path;
use std::process::Command;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Passes or not, as a whole.
    Check,
    /// Is made of tests that are counted.
    Tests,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Check => "checks",
            Kind::Tests => "tests",
        }
    }
}

pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(super) about: &'static str,
    pub(crate) kind: Kind,
    pub(super) run: fn(&mut Bench, &mut Report) -> Result,
}

pub(crate) const ALL: &[Part] = &[
    Part {
        name: "fmt",
        about: "the formatting",
        kind: Kind::Check,
        run: fmt,
    },
    Part {
        name: "clippy",
        about: "lints, native and for the browser",
        kind: Kind::Check,
        run: clippy,
    },
    Part {
        name: "doc",
        about: "the documentation, native and for the browser",
        kind: Kind::Check,
        run: doc,
    },
    Part {
        name: "native",
        about: "tests without a browser",
        kind: Kind::Tests,
        run: native,
    },
    Part {
        name: "size",
        about: "how large the client is",
        kind: Kind::Check,
        run: size,
    },
    Part {
        name: "chromium",
        about: "the client in Chromium",
        kind: Kind::Tests,
        run: chromium,
    },
    Part {
        name: "firefox",
        about: "the client in Firefox",
        kind: Kind::Tests,
        run: firefox,
    },
    Part {
        name: "e2e",
        about: "the page in both browsers against the relay",
        kind: Kind::Tests,
        run: e2e,
    },
];

const WASM: [&str; 4] = ["--package", "chat-room", "--target", "wasm32-unknown-unknown"];

fn cargo<'a>(groups: impl IntoIterator<Item = &'a [&'a str]>) -> Command {
    let mut command = project::cargo();
    groups.into_iter().for_each(|arguments| {
        command.args(arguments);
    });
    command
}

fn fmt(bench: &mut Bench, report: &mut Report) -> Result {
    component("fmt", "rustfmt", bench.steps)?;
    report.run("cargo fmt --all --check", cargo([&["fmt", "--all", "--check"][..]]))
}

fn clippy(bench: &mut Bench, report: &mut Report) -> Result {
    component("clippy", "clippy", bench.steps)?;
    wasm_target(bench.steps)?;
    let deny = &["--", "-D", "warnings"][..];
    report.run(
        "clippy, native",
        cargo([
            &["clippy", "--workspace", "--all-targets", "--features", "xtask/weigh"],
            deny,
        ]),
    )?;
    let all = &["--all-targets", "--features", "test-server"][..];
    report.run("clippy, for the browser", cargo([&["clippy"], &WASM[..], all, deny]))?;
    let bare = &["--lib", "--no-default-features"][..];
    report.run(
        "clippy, without the element",
        cargo([&["clippy"], &WASM[..], bare, deny]),
    )?;
    let pure = &["--lib", "--no-default-features", "--features", "room,futures"][..];
    report.run(
        "clippy, for another application",
        cargo([&["clippy"], &WASM[..], pure, deny]),
    )?;
    let example = &["--package", "chat-room-worker", "--target", "wasm32-unknown-unknown"][..];
    report.run("clippy, such an application", cargo([&["clippy"], example, deny]))
}

fn doc(bench: &mut Bench, report: &mut Report) -> Result {
    wasm_target(bench.steps)?;
    let strict = |mut command: Command| {
        command.env("RUSTDOCFLAGS", "-D warnings");
        command
    };
    report.run(
        "rustdoc, native",
        strict(cargo([&["doc", "--workspace", "--no-deps"][..]])),
    )?;
    report.run(
        "rustdoc, for the browser",
        strict(cargo([&["doc", "--no-deps", "--all-features"], &WASM[..]])),
    )?;
    // They are compiled as other people's code is; what they would run needs a server.
    let mut examples = cargo([&["test", "--doc", "--all-features"], &WASM[..]]);
    examples.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "true");
    report.run("the documentation's examples, for the browser", examples)
}

/// cargo's options for the test files that were asked for, or else for all.
fn targets<'a>(bench: &'a Bench, all: &[&'a str]) -> Vec<&'a str> {
    match &bench.files[..] {
        [] => all.to_vec(),
        files => files.iter().flat_map(|file| ["--test", file]).collect(),
    }
}

fn native(bench: &mut Bench, report: &mut Report) -> Result {
    system_program("kill", "procps", bench.steps)?;
    let rest = &["test", "--workspace", "--exclude", "e2e", "--no-fail-fast"][..];
    report.run("cargo test, native", cargo([rest, &targets(bench, &[])]))?;
    if !bench.files.is_empty() {
        return Ok(());
    }
    report.run(
        "cargo test, e2e's own",
        cargo([&["test", "--package", "e2e", "--lib", "--bins", "--no-fail-fast"][..]]),
    )
}

fn size(bench: &mut Bench, _: &mut Report) -> Result {
    size::check(&mut bench.tools, bench.steps)
}

fn chromium(bench: &mut Bench, report: &mut Report) -> Result {
    let driver = bench.chromium()?.driver.clone();
    in_browser(bench, report, "--chrome", "--chromedriver", &driver)
}

fn firefox(bench: &mut Bench, report: &mut Report) -> Result {
    let driver = bench.firefox()?.driver.clone();
    in_browser(bench, report, "--firefox", "--geckodriver", &driver)
}

fn in_browser(bench: &mut Bench, report: &mut Report, browser: &str, option: &str, driver: &Path) -> Result {
    bench.tools.for_client()?;
    let server = TestServer::start(bench.steps)?;
    let nudge = Nudge::start()?;
    let mut command = browser_tests(bench, browser, option, driver)?;
    command.env("WASM_BINDGEN_TEST_ADDRESS", nudge.address());
    report.run(&format!("wasm-pack test {browser}"), command)?;
    drop((server, nudge));
    Ok(())
}

fn browser_tests(bench: &mut Bench, browser: &str, option: &str, driver: &Path) -> Result<Command> {
    let mut command = bench.tools.command("wasm-pack");
    command
        .args(["test", "--headless", "--mode", "no-install", browser, option])
        .arg(driver);
    // Alone of the workspace, and without doc tests, which are run natively. wasm-pack gives the same options to
    // `cargo build --tests`, which takes neither a second `--tests` nor `--no-fail-fast`.
    command.args(["--", "--package", "chat-room", "--features", "test-server"]);
    command.args(targets(bench, &["--lib", "--test", "*"]));
    // The runner takes the first of these that is set, whatever browser was asked for.
    for other in ["GECKODRIVER", "CHROMEDRIVER", "SAFARIDRIVER", "MSEDGEDRIVER"] {
        command.env_remove(other).env_remove(format!("{other}_REMOTE"));
    }
    // Its own limits, 20 s for all tests of a file and 5 s for the driver to start, are short for a busy machine.
    command
        .env("WASM_BINDGEN_TEST_TIMEOUT", "180")
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
    home::fit_for_browsers(&mut command)?;
    Ok(command)
}

fn e2e(bench: &mut Bench, report: &mut Report) -> Result {
    let mut command = end_to_end(bench, &["test", "--package", "e2e", "--no-fail-fast"])?;
    command.args(targets(bench, &["--test", "*"]));
    command.env("SOCKET_PACKAGE", client::build_socket(&mut bench.tools, bench.steps)?);
    match bench.tools.axe() {
        Ok(axe) => drop(command.env("AXE_CORE", axe)),
        // The tests that need it say so; the others need not wait for it.
        Err(failure) => bench.steps.say(&failure.0),
    }
    match bench.tools.consumers() {
        Ok(cache) => drop(command.env("CONSUMERS_CACHE", cache)),
        Err(failure) => bench.steps.say(&failure.0),
    }
    report.run("cargo test, end to end", command)
}

/// cargo with what a program of e2e needs: both browsers, and the relay as it is released, with the client in it.
pub(crate) fn end_to_end(bench: &mut Bench, arguments: &[&str]) -> Result<Command> {
    system_program("kill", "procps", bench.steps)?;
    // Also for what the tests build themselves.
    bench.tools.for_client()?;
    let (chromium, chromedriver) = paths(bench.chromium()?);
    let (firefox, geckodriver) = paths(bench.firefox()?);
    client::build(&mut bench.tools, bench.steps)?;
    bench
        .steps
        .say("Building the relay: cargo build --release --package chat-room-relay");
    let relay = binary::relay()?;
    let mut command = bench.tools.command("cargo");
    command.args(arguments).env("CHAT_ROOM_RELAY", relay);
    command.env("CHROMIUM", chromium).env("CHROMEDRIVER", chromedriver);
    command.env("FIREFOX", firefox).env("GECKODRIVER", geckodriver);
    home::fit_for_browsers(&mut command)?;
    Ok(command)
}

fn paths(browser: &crate::tools::browsers::Browser) -> (std::path::PathBuf, std::path::PathBuf) {
    (browser.program.clone(), browser.driver.clone())
}
