//! The directory of installed tools, shared by all checkouts of a user: NAME-VERSION for each.

use crate::failure::{Failure, Result};
use crate::steps::Steps;
use std::env;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

pub(crate) struct Store {
    directory: PathBuf,
}

impl Store {
    pub(crate) fn open() -> Result<Store> {
        let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let directory = set("CHAT_ROOM_TOOLS")
            .or_else(|| set("XDG_CACHE_HOME").map(|cache| cache.join("chat-room/tools")))
            .or_else(|| {
                env::home_dir()
                    .filter(|h| h.is_absolute())
                    .map(|home| home.join(".cache/chat-room/tools"))
            });
        let Some(directory) = directory else {
            return Err(Failure::new(
                "there is no home directory to keep tools in: set CHAT_ROOM_TOOLS to a directory",
            ));
        };
        let directory = std::path::absolute(&directory).map_err(|e| Failure::file("use", &directory, &e))?;
        Ok(Store { directory })
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Where the tool is, installed by `install` into the directory it is given if it was not there. Nothing half
    /// installed is ever seen: it gets its name when it is whole, and one xtask installs at a time.
    pub(crate) fn get(&self, name: &str, steps: &Steps, install: impl FnOnce(&Path) -> Result) -> Result<PathBuf> {
        let place = self.directory.join(name);
        if place.is_dir() {
            return Ok(place);
        }
        fs::create_dir_all(&self.directory).map_err(|e| Failure::file("make", &self.directory, &e))?;
        let _lock = lock(&self.directory.join("lock"), "installs tools", steps)?;
        if place.is_dir() {
            return Ok(place);
        }
        let half = self.directory.join(format!("half-{name}"));
        let clear = || match fs::remove_dir_all(&half) {
            Err(e) if half.exists() => Err(Failure::file("remove", &half, &e)),
            _ => Ok(()),
        };
        clear()?;
        fs::create_dir_all(&half).map_err(|e| Failure::file("make", &half, &e))?;
        if let Err(failure) = install(&half) {
            // The room that a failed build took may be what is missing.
            let _ = clear();
            return Err(failure);
        }
        fs::rename(&half, &place).map_err(|e| Failure::file("make", &place, &e))?;
        Ok(place)
    }
}

/// Waits for another xtask that does the same. The lock ends with the file, even if xtask is killed.
pub(crate) fn lock(path: &Path, what: &str, steps: &Steps) -> Result<File> {
    let file = File::create(path).map_err(|e| Failure::file("write", path, &e))?;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(TryLockError::WouldBlock) => steps.say(&format!("Waiting for another cargo xtask that {what}")),
        // A file system without locks: nothing to wait with.
        Err(TryLockError::Error(_)) => return Ok(file),
    }
    file.lock().map_err(|e| Failure::file("lock", path, &e))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process;

    fn store(name: &str) -> Store {
        let directory = env::temp_dir().join(format!("xtask-store-{name}-{}", process::id()));
        let _ = fs::remove_dir_all(&directory);
        Store { directory }
    }

    #[test]
    fn it_is_installed_once() {
        let store = store("once");
        let steps = Steps::start();
        let write = |half: &Path| fs::write(half.join("tool"), "x").map_err(|e| Failure::file("write", half, &e));
        let place = store.get("tool-1", &steps, write).unwrap();
        assert!(place.join("tool").is_file());
        let again = store.get("tool-1", &steps, |_| Err(Failure::new("installed again")));
        assert_eq!(again, Ok(place));
        fs::remove_dir_all(store.directory()).unwrap();
    }

    #[test]
    fn a_failed_or_interrupted_install_does_not_count() {
        let store = store("half");
        let steps = Steps::start();
        assert!(store.get("tool-1", &steps, |_| Err(Failure::new("no"))).is_err());
        fs::create_dir_all(store.directory().join("half-tool-1/rest")).unwrap();
        let place = store.get("tool-1", &steps, |half| {
            assert!(!half.join("rest").exists(), "what an interrupted install left");
            Ok(())
        });
        assert_eq!(place, Ok(store.directory().join("tool-1")));
        fs::remove_dir_all(store.directory()).unwrap();
    }
}
