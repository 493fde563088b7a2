//! Makes the element's style sheet out of its parts, without what only its readers need.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

mod sheet;

const FOLDER: &str = "src/web/element/style";

/// In the order in which they count.
const PARTS: [&str; 7] = [
    "base.css",
    "settings.css",
    "log.css",
    "composer.css",
    "panels.css",
    "inspector.css",
    "media.css",
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={FOLDER}");
    println!("cargo::rerun-if-changed=build");
    let parts = PARTS.map(|part| fs::read_to_string(Path::new(FOLDER).join(part)));
    let mut css = String::new();
    for part in parts {
        css.push_str(&part?);
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it for a build script"));
    fs::write(out.join("style.css"), sheet::minify(&css))
}
