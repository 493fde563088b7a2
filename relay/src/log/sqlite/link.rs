//! A connection to the database that comes back, but never to another database.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::trouble::Trouble;
use super::{BUSY_MS, schema};
use crate::log::LogError;

/// How many prepared statements are kept: more than there are.
const STATEMENTS: usize = 32;

/// A connection, or the means to open it again.
#[derive(Debug)]
pub(super) struct Link {
    /// None for a log in memory.
    place: Option<Place>,
    connection: Option<Connection>,
    epoch: String,
    writes: bool,
}

/// Where the database is.
#[derive(Clone, Debug)]
struct Place {
    path: PathBuf,
    /// The file, whatever lies at the path later.
    file: FileId,
    /// The -wal file of the connection. It is made anew when all connections were closed.
    wal: Option<FileId>,
}

impl Link {
    /// Opens the database to read and write it, and makes it if there is none.
    pub(super) fn open(path: &Path) -> Result<Self, LogError> {
        Self::try_open(path).map_err(|trouble| trouble.sentence(Some(path)))
    }

    fn try_open(path: &Path) -> Result<Self, Trouble> {
        // SQLite would take this for leftovers, and delete them.
        if size(path)? == 0 && size(&wal_path(path))? > 0 {
            return Err(Trouble::LooseWal);
        }
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        Ok(Self {
            epoch: schema::epoch(&connection)?,
            connection: Some(connection),
            place: Some(Place {
                path: path.to_owned(),
                file: FileId::of(path).map_err(Trouble::File)?,
                wal: FileId::of(&wal_path(path)).ok(),
            }),
            writes: true,
        })
    }

    /// A new database in memory, with this epoch or a random one.
    pub(super) fn in_memory(epoch: Option<&str>) -> Result<Self, LogError> {
        let open = || {
            let mut connection = Connection::open_in_memory()?;
            schema::make_tables(&mut connection, epoch)?;
            connection.set_prepared_statement_cache_capacity(STATEMENTS);
            Ok(Self {
                epoch: schema::epoch(&connection)?,
                connection: Some(connection),
                place: None,
                writes: true,
            })
        };
        open().map_err(|trouble: Trouble| trouble.sentence(None))
    }

    /// Another connection to the same database, that only reads.
    pub(super) fn reader(&self) -> Result<Option<Self>, LogError> {
        let Some(place) = self.place.clone() else {
            return Ok(None);
        };
        let mut reader = Self {
            place: Some(place),
            connection: None,
            epoch: self.epoch.clone(),
            writes: false,
        };
        reader.with(|_| Ok(()))?;
        Ok(Some(reader))
    }

    pub(super) fn epoch(&self) -> &str {
        &self.epoch
    }

    /// Does something with the connection, which is opened again if it was closed.
    pub(super) fn with<T>(&mut self, work: impl FnOnce(&mut Connection) -> Result<T, Trouble>) -> Result<T, LogError> {
        let result = self.try_with(work);
        result.map_err(|trouble| {
            // A database in memory ends with its connection.
            if trouble.wants_new_connection() && self.place.is_some() {
                self.connection = None;
            }
            trouble.sentence(self.place.as_ref().map(|place| place.path.as_path()))
        })
    }

    fn try_with<T>(&mut self, work: impl FnOnce(&mut Connection) -> Result<T, Trouble>) -> Result<T, Trouble> {
        if self.connection.is_none() {
            self.reconnect()?;
        }
        self.check_place()?;
        let connection = self.connection.as_mut().expect("it was opened just now");
        let value = work(connection)?;
        // What was written meanwhile to a file without a name must not be told.
        self.check_place()?;
        Ok(value)
    }

    fn reconnect(&mut self) -> Result<(), Trouble> {
        let place = self.place.as_mut().expect("a connection to memory is never closed");
        match FileId::of(&place.path) {
            Ok(file) if file == place.file => {}
            Ok(_) => return Err(Trouble::Another),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Trouble::Moved),
            Err(error) => return Err(Trouble::File(error)),
        }
        let connection = connect(&place.path, flags(self.writes))?;
        if schema::epoch(&connection)? != self.epoch {
            return Err(Trouble::Another);
        }
        place.wal = FileId::of(&wal_path(&place.path)).ok();
        self.connection = Some(connection);
        Ok(())
    }

    /// SQLite does not notice that a file that it has open lost its name, and all that it writes then is lost at the
    /// end. Who only reads loses nothing.
    fn check_place(&self) -> Result<(), Trouble> {
        let Some(place) = self.place.as_ref().filter(|_| self.writes) else {
            return Ok(());
        };
        let there = FileId::of(&place.path).is_ok_and(|file| file == place.file);
        let wal_there = FileId::of(&wal_path(&place.path)).ok() == place.wal;
        if there && wal_there {
            Ok(())
        } else {
            Err(Trouble::Moved)
        }
    }
}

fn flags(writes: bool) -> OpenFlags {
    if writes {
        OpenFlags::SQLITE_OPEN_READ_WRITE
    } else {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, Trouble> {
    // A connection is used by one thread at a time, as Rust sees to.
    let mut connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_millis(BUSY_MS))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    if !flags.contains(OpenFlags::SQLITE_OPEN_READ_ONLY) {
        schema::prepare_file(&mut connection)?;
    }
    Ok(connection)
}

fn wal_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// How long a file is; 0 also if there is none.
fn size(path: &Path) -> Result<u64, Trouble> {
    match path.metadata() {
        Ok(metadata) => Ok(metadata.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(Trouble::File(error)),
    }
}

/// A file, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileId {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    inode: u64,
}

impl FileId {
    #[cfg(unix)]
    fn of(path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt;
        let metadata = path.metadata()?;
        Ok(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        })
    }

    /// Elsewhere an open file keeps its name, and it is enough that there is one.
    #[cfg(not(unix))]
    fn of(path: &Path) -> io::Result<Self> {
        path.metadata().map(|_| Self {})
    }
}
