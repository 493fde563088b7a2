//! Tools that are crates.

use super::pins::Pin;
use super::store::Store;
use crate::failure::Result;
use crate::process;
use crate::steps::Steps;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiled with less effort than their own release profiles take: they run for seconds.
const PROFILE: [(&str, &str); 4] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
];

/// The directory with `bin/` in it.
pub(super) fn get(store: &Store, steps: &Steps, pin: &Pin) -> Result<PathBuf> {
    let name = format!("{}-{}", pin.package, pin.version);
    store.get(&name, steps, |half| {
        steps.say(&format!(
            "Installing {} {} into {}",
            pin.package,
            pin.version,
            store.directory().display()
        ));
        install(half, steps, pin)
    })
}

fn install(half: &Path, steps: &Steps, pin: &Pin) -> Result {
    let build = half.join("build");
    let mut cargo = Command::new("cargo");
    cargo
        .arg("install")
        .arg("--root")
        .arg(half)
        .arg("--target-dir")
        .arg(&build);
    cargo.arg(format!("{}@{}", pin.package, pin.version));
    if pin.locked {
        cargo.arg("--locked");
    }
    // The checkout's settings are for the project: cargo would find them from within it and in these variables.
    cargo.current_dir(half).envs(PROFILE);
    for name in [
        "CARGO_TARGET_DIR",
        "CARGO_BUILD_TARGET",
        "CARGO_BUILD_TARGET_DIR",
        "RUSTFLAGS",
    ] {
        cargo.env_remove(name);
    }
    cargo
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("CARGO_TERM_COLOR", "never");
    process::quietly(cargo, &format!("cargo install {}", pin.package), steps)?;
    // Some hundred megabytes that nothing needs any more; if they cannot go, that is no reason to stop.
    let _ = fs::remove_dir_all(build);
    if pin.package == "wasm-pack" {
        // It asks a registry for a newer version of itself unless this file holds a time it cannot read.
        let _ = fs::write(half.join("bin/wasm-pack.stamp"), "created never\n");
    }
    Ok(())
}
