//! Version numbers as programs print them.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u64, pub(crate) u64, pub(crate) u64);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// The first number in what `--version` printed, missing parts being 0: `wasm-opt version 132 (version_132)` is
/// 132.0.0, `Mozilla Firefox 140.5.0esr` is 140.5.0.
pub(crate) fn first_in(text: &str) -> Option<Version> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let number = text[start..].split(|c: char| !c.is_ascii_digit() && c != '.').next()?;
    let mut parts = number.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    Some(Version(next(), next(), next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_tools_print_them() {
        for (text, expected) in [
            ("wasm-pack 0.15.1\n", Version(0, 15, 1)),
            ("wasm-opt version 132 (version_132)", Version(132, 0, 0)),
            ("v20.20.2", Version(20, 20, 2)),
            (
                "Chromium 156.0.8078.73 built on Debian GNU/Linux 12 (bookworm)",
                Version(156, 0, 8078),
            ),
            (
                "ChromeDriver 156.0.8078.73 (3e2b1ea-refs/branch-heads/8078@{#1})",
                Version(156, 0, 8078),
            ),
            ("Mozilla Firefox 140.5.0esr", Version(140, 5, 0)),
            ("geckodriver 0.37.1", Version(0, 37, 1)),
        ] {
            assert_eq!(first_in(text), Some(expected), "{text}");
        }
        assert_eq!(first_in("command not found"), None);
    }

    #[test]
    fn ten_is_more_than_nine() {
        assert!(Version(0, 10, 0) > Version(0, 9, 9));
    }
}
