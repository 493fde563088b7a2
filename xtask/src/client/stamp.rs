//! What www/pkg was made from and by, and what it was then.

use crate::failure::{Failure, Result};
use std::fs;
use std::path::Path;

#[derive(Debug, PartialEq)]
pub(super) struct Stamp {
    pub(super) sources: u64,
    pub(super) outputs: u64,
    pub(super) by: By,
}

/// Which tools have made it smaller.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct By {
    pub(super) wasm_opt: bool,
    pub(super) esbuild: bool,
}

impl By {
    pub(super) const ALL: By = By {
        wasm_opt: true,
        esbuild: true,
    };
}

impl Stamp {
    /// `None` where there is none, or none that is whole.
    pub(super) fn read(path: &Path) -> Option<Stamp> {
        let text = fs::read_to_string(path).ok()?;
        let mut words = text.split_whitespace();
        let mut number = || u64::from_str_radix(words.next()?, 16).ok();
        let (sources, outputs) = (number()?, number()?);
        let mut is_so = || words.next()?.parse().ok();
        let by = By {
            wasm_opt: is_so()?,
            esbuild: is_so()?,
        };
        Some(Stamp { sources, outputs, by })
    }

    pub(super) fn write(&self, path: &Path) -> Result {
        let By { wasm_opt, esbuild } = self.by;
        let text = format!("{:x} {:x} {wasm_opt} {esbuild}\n", self.sources, self.outputs);
        fs::write(path, text).map_err(|e| Failure::file("write", path, &e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::env;

    #[test]
    fn it_is_read_as_written_and_a_torn_one_not_at_all() {
        let path = env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        for (wasm_opt, esbuild) in [(true, true), (true, false), (false, true), (false, false)] {
            let stamp = Stamp {
                sources: u64::MAX,
                outputs: 7,
                by: By { wasm_opt, esbuild },
            };
            stamp.write(&path).unwrap();
            assert_eq!(Stamp::read(&path), Some(stamp));
        }
        for torn in ["ffff 7", "ffff 7 true", "ffff 7 true fal"] {
            fs::write(&path, torn).unwrap();
            assert_eq!(Stamp::read(&path), None, "{torn}");
        }
        fs::remove_file(&path).unwrap();
        assert_eq!(Stamp::read(&path), None);
    }
}
