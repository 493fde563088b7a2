//! Where the programs are: named by the environment, as `cargo xtask test` does, or else on the `PATH`.

use std::{
    env,
    path::{Path, PathBuf},
};

/// What to do about a program that is missing.
const HELP: &str = "run `cargo xtask test e2e`, which gets everything the tests need";

/// The relay: `CHAT_ROOM_RELAY`, or that of a release build.
///
/// # Panics
/// Where there is none.
pub fn relay() -> PathBuf {
    let built = repository().join("target/release/chat-room-relay");
    named("CHAT_ROOM_RELAY")
        .or_else(|| built.is_file().then_some(built))
        .unwrap_or_else(|| panic!("there is no relay at target/release/chat-room-relay: {HELP}"))
}

/// The script of axe-core: `AXE_CORE`.
///
/// # Panics
/// Where there is none.
pub fn axe() -> PathBuf {
    named("AXE_CORE").unwrap_or_else(|| panic!("AXE_CORE names no script of axe-core: {HELP}"))
}

/// npm's cache with what the projects in `consumers/` depend on: `CONSUMERS_CACHE`.
///
/// # Panics
/// Where there is none.
pub fn consumers_cache() -> PathBuf {
    let cache = env::var_os("CONSUMERS_CACHE").map(PathBuf::from);
    cache
        .filter(|it| it.is_dir())
        .unwrap_or_else(|| panic!("CONSUMERS_CACHE names no folder of npm's: {HELP}"))
}

/// The program that `variable` names, or the first of `names` on the `PATH`.
///
/// # Panics
/// Where there is none.
pub fn find(variable: &str, names: &[&str]) -> PathBuf {
    named(variable)
        .or_else(|| names.iter().find_map(|name| on_path(name)))
        .unwrap_or_else(|| panic!("{} is not on the PATH, and {variable} is not set: {HELP}", names[0]))
}

/// The repository's root.
pub fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn named(variable: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env::var_os(variable)?);
    assert!(
        path.is_file(),
        "{variable} names {}, which is no file: {HELP}",
        path.display()
    );
    Some(path)
}

fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}
