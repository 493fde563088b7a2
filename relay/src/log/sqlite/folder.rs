//! The folder that a relay keeps its log in, and keeps others out of.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::log::LogError;

/// The database's file name in its folder.
pub const DATABASE: &str = "chat-room.db";

/// The name of the file that a running relay holds locked.
pub const LOCK: &str = "chat-room.lock";

/// A folder that is this relay's for as long as this value lives, and no longer than its process.
///
/// A file of its own is locked, and not the database, so that an operator's `sqlite3` can read and copy the log while
/// the relay runs. The system lets go of the lock however the process ends.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes the folder if there is none, and takes it.
    pub(super) fn take(path: &Path) -> Result<Self, LogError> {
        let folder = path.display();
        make(path).map_err(|error| {
            LogError(format!(
                "cannot make the folder {folder} ({error}); choose another with --data"
            ))
        })?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join(LOCK))
            .map_err(|error| {
                LogError(format!(
                    "cannot write to the folder {folder} ({error}); choose another with --data"
                ))
            })?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(LogError(format!(
                "another relay is using the folder {folder}; end it, or choose another folder with --data"
            ))),
            Err(TryLockError::Error(error)) => Err(LogError(format!(
                "cannot lock the folder {folder} ({error}); choose one on a local disk with --data"
            ))),
        }
    }

    pub(super) fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }
}

fn make(path: &Path) -> std::io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(path)?;
    // A power cut must not take the folder from around the log. Not every system can flush one.
    if let Some(parent) = path.parent().and_then(|parent| File::open(parent).ok()) {
        let _ = parent.sync_all();
    }
    Ok(())
}
