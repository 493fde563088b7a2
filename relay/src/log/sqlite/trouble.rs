//! What can be wrong with the database, in one sentence that says where and what to do.

use std::io;
use std::path::Path;

use rusqlite::types::FromSqlError;
use rusqlite::{Error, ErrorCode};

use crate::log::LogError;

/// What is wrong.
#[derive(Debug)]
pub(super) enum Trouble {
    /// What SQLite says.
    Sqlite(Error),
    /// What the system says.
    File(io::Error),
    /// The database can be read, but not what is in it.
    Damaged(String),
    /// A later version of the schema.
    Newer { found: i64, known: i64 },
    /// A database of another program.
    Foreign,
    /// The file system cannot do what WAL mode needs.
    NoWal,
    /// The database is gone, but its newest entries are there in the file that goes with it.
    LooseWal,
    /// The files that are written are not at their place any more.
    Moved,
    /// Another log is at the place of the one that was opened.
    Another,
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<FromSqlError> for Trouble {
    fn from(error: FromSqlError) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl Trouble {
    /// Whether a new connection may do what this one cannot.
    ///
    /// A full disk and a locked database pass. Of files that are not at their place the connection is all that is left:
    /// it is kept for when they come back.
    pub(super) fn wants_new_connection(&self) -> bool {
        match self {
            Self::Sqlite(error) => !matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
            ),
            Self::Moved => false,
            _ => true,
        }
    }

    /// Whether there is no space left.
    pub(super) fn is_full(&self) -> bool {
        matches!(self, Self::Sqlite(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull))
    }

    /// For the operator.
    pub(super) fn sentence(&self, path: Option<&Path>) -> LogError {
        let log = match path {
            Some(path) => format!("the log {}", path.display()),
            None => "the log in memory".to_owned(),
        };
        LogError(match self {
            Self::Sqlite(error) => sqlite_sentence(&log, error),
            Self::File(error) => {
                format!("{log} cannot be opened ({error}); choose a folder that this user may write, or allow it")
            }
            Self::Damaged(what) => damaged(&log, what),
            Self::Newer { found, known } => format!(
                "{log} is of version {found}, and this relay knows version {known} at most; use the newer relay that \
                 wrote it, or another folder"
            ),
            Self::Foreign => {
                format!("{log} is a database of another program; move it away, or choose another folder")
            }
            Self::NoWal => format!(
                "{log} is on a file system that cannot share memory between programs, as SQLite's WAL mode needs; \
                 choose a folder on a local disk"
            ),
            Self::LooseWal => format!(
                "{log} is missing or empty, but the file with its newest entries, of the same name with -wal, is there; \
                 put the database back beside it, or move that file away to begin with an empty log"
            ),
            Self::Moved => format!(
                "{log} was moved, deleted or replaced while the relay uses it, the file itself or the one of the same \
                 name with -wal; put back the same file, or restart the relay to use what is there now"
            ),
            Self::Another => format!(
                "{log} is not the one that the relay was started with; put that one back, or restart the relay to use \
                 what is there now"
            ),
        })
    }
}

fn sqlite_sentence(log: &str, error: &Error) -> String {
    let Some(code) = error.sqlite_error_code() else {
        // Values of another kind than the tables have.
        return damaged(log, &error.to_string());
    };
    match code {
        ErrorCode::DiskFull => format!("{log} cannot be written because the disk is full; free some space on it"),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            format!("{log} is locked by another program; let it finish, or end it")
        }
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => damaged(log, &error.to_string()),
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
            format!("{log} may not be written ({error}); let this user write the file and its folder")
        }
        ErrorCode::CannotOpen => {
            format!("{log} cannot be opened ({error}); see that it is there, and that this user may write its folder")
        }
        ErrorCode::SystemIoFailure => {
            format!("{log} cannot be read or written ({error}); see that its disk is sound, mounted and not full")
        }
        ErrorCode::OutOfMemory => format!("there is no memory left for {log}; give the relay more"),
        _ => format!("{log} cannot be used ({error})"),
    }
}

fn damaged(log: &str, what: &str) -> String {
    format!(
        "{log} is damaged ({what}); stop the relay and put back a copy of the file, or move it away to begin with an \
         empty log"
    )
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    /// Every code of SQLite's that a disk, another program or a user can cause.
    #[test]
    fn what_sqlite_says_in_sentences() {
        let table = [
            (ffi::SQLITE_FULL, false, "because the disk is full; free some space"),
            (ffi::SQLITE_BUSY, false, "is locked by another program"),
            (ffi::SQLITE_BUSY_RECOVERY, false, "is locked by another program"),
            (ffi::SQLITE_LOCKED, false, "is locked by another program"),
            (ffi::SQLITE_CORRUPT, true, "put back a copy of the file"),
            (ffi::SQLITE_CORRUPT_INDEX, true, "put back a copy of the file"),
            (ffi::SQLITE_NOTADB, true, "put back a copy of the file"),
            (
                ffi::SQLITE_READONLY,
                true,
                "let this user write the file and its folder",
            ),
            (
                ffi::SQLITE_READONLY_DBMOVED,
                true,
                "let this user write the file and its folder",
            ),
            (ffi::SQLITE_PERM, true, "let this user write the file and its folder"),
            (ffi::SQLITE_CANTOPEN, true, "see that it is there"),
            (
                ffi::SQLITE_IOERR_WRITE,
                true,
                "see that its disk is sound, mounted and not full",
            ),
            (
                ffi::SQLITE_IOERR_FSYNC,
                true,
                "see that its disk is sound, mounted and not full",
            ),
            (ffi::SQLITE_NOMEM, true, "no memory left"),
            (ffi::SQLITE_TOOBIG, true, "cannot be used"),
        ];
        for (code, reconnects, expected) in table {
            let trouble = Trouble::from(Error::SqliteFailure(ffi::Error::new(code), None));
            let LogError(sentence) = trouble.sentence(Some(Path::new("/data/chat-room.db")));
            assert!(sentence.contains("/data/chat-room.db"), "{sentence}");
            assert!(sentence.contains(expected), "{code}: {sentence}");
            assert_eq!(trouble.wants_new_connection(), reconnects, "{code}");
        }
    }
}
