//! `cargo xtask tools`: everything installed, and where it is.

use super::Command;
use crate::arguments::{self, Accepts};
use crate::failure::Result;
use crate::say;
use crate::steps::Steps;
use crate::tools::{Tools, component};
use std::env;
use std::path::Path;
use std::process::ExitCode;

pub(super) const COMMAND: Command = Command {
    name: "tools",
    takes: "",
    about: "installs all tools, browsers too, and tells where they are",
    details: "Its last line sets PATH for running wasm-pack by hand.",
    run,
};

const ACCEPTS: Accepts = Accepts {
    command: "tools",
    options: &[],
    flags: &[],
    words: false,
    rest: false,
};

fn run(arguments: &[String]) -> Result<ExitCode> {
    arguments::parse(&ACCEPTS, arguments)?;
    let steps = Steps::start();
    let mut tools = Tools::open(&steps)?;
    component("fmt", "rustfmt", &steps)?;
    component("clippy", "clippy", &steps)?;
    tools.for_client()?;
    show("wasm-bindgen", &tools.wasm_bindgen()?);
    show("wasm-pack", &tools.wasm_pack()?);
    for (name, found) in [("wasm-opt", tools.wasm_opt()), ("esbuild", tools.esbuild())] {
        if let Some(path) = found {
            show(name, &path);
        }
    }
    let mut code = ExitCode::SUCCESS;
    match tools.axe() {
        Ok(path) => show("axe-core", &path),
        Err(failure) => {
            say::error(&failure);
            code = ExitCode::FAILURE;
        }
    }
    let browsers = [
        ("chromium", "chromedriver", tools.chromium()),
        ("firefox", "geckodriver", tools.firefox()),
    ];
    for (name, driver, found) in browsers {
        match found {
            Ok(browser) => {
                show(name, &browser.program);
                show(driver, &browser.driver);
            }
            Err(failure) => {
                say::error(&failure);
                code = ExitCode::FAILURE;
            }
        }
    }
    if let Ok(directories) = env::join_paths(tools.directories())
        && !directories.is_empty()
    {
        say::line(&format!("export PATH=\"{}:$PATH\"", directories.display()));
    }
    Ok(code)
}

fn show(name: &str, path: &Path) {
    say::line(&format!("{name:<13} {}", path.display()));
}
