//! A connection to the database that comes back, but never to another database.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
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
    /// Whether the disk was full, and the -wal file was not emptied since.
    was_full: bool,
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
            was_full: false,
        })
    }

    /// A new database in memory, with this epoch or a random one.
    pub(super) fn in_memory(epoch: Option<&str>) -> Result<Self, LogError> {
        let open = || {
            let mut connection = Connection::open_in_memory()?;
            schema::make_tables(&mut connection, epoch)?;
            keep_statements(&connection)?;
            Ok(Self {
                epoch: schema::epoch(&connection)?,
                connection: Some(connection),
                place: None,
                writes: true,
                was_full: false,
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
            was_full: false,
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
        self.was_full |= matches!(&result, Err(trouble) if trouble.is_full());
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
        if self.was_full {
            // The -wal file may be most of what fills the disk, and is a fraction of that once it is moved. If it still
            // cannot be moved, the work itself says so.
            self.was_full = schema::checkpoint(connection).is_err();
        }
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
    keep_statements(&connection)?;
    if !flags.contains(OpenFlags::SQLITE_OPEN_READ_ONLY) {
        schema::prepare_file(&mut connection)?;
    }
    Ok(connection)
}

/// Statements are prepared once. Without the stability guarantee SQLite would plan some of them anew for each value that
/// is bound, which takes longer than they do.
fn keep_statements(connection: &Connection) -> Result<(), Trouble> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::slice::from_ref;

    use chat_room_wire::Body;
    use rusqlite::StatementStatus;

    use super::*;
    use crate::log::sqlite::append::append;
    use crate::log::{NewPost, Outcome};

    /// A database that is gone after the test.
    struct Home(PathBuf);

    impl Home {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("chat-room-log-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).expect("a folder");
            Self(path)
        }

        fn link(&self) -> Link {
            Link::open(&self.0.join("log.db")).expect("open")
        }
    }

    impl Drop for Home {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn post(n: u64) -> NewPost {
        NewPost {
            room: "lobby".to_owned(),
            user: String::new(),
            client: "a".to_owned(),
            name: "a".to_owned(),
            n,
            at: 1,
            body: Body::Text {
                text: "long ".repeat(1_000),
                reply_to: None,
            },
        }
    }

    fn seqs(outcomes: &[Outcome]) -> Vec<u64> {
        let seq = |outcome: &Outcome| match outcome {
            Outcome::Appended(entry) => entry.seq,
            other => panic!("an entry, not {other:?}"),
        };
        outcomes.iter().map(seq).collect()
    }

    fn allow_pages(link: &mut Link, pages: u32) {
        let sql = format!("PRAGMA max_page_count = {pages}");
        let allow = |it: &mut Connection| Ok(it.query_row(&sql, [], |_| Ok(()))?);
        link.with(allow).expect("allowed");
    }

    #[test]
    fn a_full_disk_fails_the_whole_batch_and_is_written_again_when_there_is_space() {
        let home = Home::new("full");
        for mut link in [home.link(), Link::in_memory(None).expect("memory")] {
            assert_eq!(seqs(&link.with(|it| append(it, &[post(1)])).expect("written")), [1]);
            allow_pages(&mut link, 20);
            let batch: Vec<NewPost> = (2..=100).map(post).collect();
            for _ in 0..2 {
                let LogError(sentence) = link.with(|it| append(it, &batch)).expect_err("there is no space");
                assert!(sentence.contains("disk is full"), "{sentence}");
            }
            let few = link.with(|it| append(it, &batch[..2]));
            assert_eq!(seqs(&few.expect("there is space for two")), [2, 3]);
            allow_pages(&mut link, u32::MAX - 1);
            let rest = link.with(|it| append(it, &batch[2..]));
            assert_eq!(seqs(&rest.expect("there is space")), Vec::from_iter(4..=100));
        }
    }

    #[test]
    fn after_a_full_disk_the_wal_file_gives_its_space_back() {
        let home = Home::new("wal");
        let mut link = home.link();
        let wal_bytes = || size(&home.0.join("log.db-wal")).expect("there is one");
        let batch: Vec<NewPost> = (1..=100).map(post).collect();
        link.with(|it| append(it, &batch)).expect("written");
        allow_pages(&mut link, 1);
        let more: Vec<NewPost> = (101..=200).map(post).collect();
        link.with(|it| append(it, &more)).expect_err("there is no space");
        assert!(wal_bytes() > 100 * 5_000);
        allow_pages(&mut link, u32::MAX - 1);
        assert_eq!(seqs(&link.with(|it| append(it, &more[..1])).expect("written")), [101]);
        assert!(wal_bytes() < 100 * 5_000);
    }

    #[test]
    fn a_connection_that_may_not_write_is_opened_again() {
        let home = Home::new("read-only");
        let mut link = home.link();
        link.with(|it| Ok(it.execute_batch("PRAGMA query_only = ON")?))
            .expect("done");
        let LogError(sentence) = link.with(|it| append(it, from_ref(&post(1)))).expect_err("it may not");
        assert!(sentence.contains("may not be written"), "{sentence}");
        assert_eq!(
            seqs(&link.with(|it| append(it, from_ref(&post(1)))).expect("it may")),
            [1]
        );
    }

    #[test]
    fn a_commit_is_on_the_disk_before_it_is_told() {
        let home = Home::new("durable");
        let mut link = home.link();
        let settings = link.with(|it| {
            let mode: String = it.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
            let synchronous: i64 = it.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
            let fullfsync: i64 = it.query_row("PRAGMA fullfsync", [], |row| row.get(0))?;
            Ok((mode, synchronous, fullfsync))
        });
        assert_eq!(settings, Ok(("wal".to_owned(), 2, 1)));
    }

    #[test]
    fn no_statement_is_planned_anew_for_another_value() {
        let home = Home::new("plans");
        for mut link in [home.link(), Link::in_memory(None).expect("memory")] {
            let plans = link.with(|it| {
                let mut statement = it.prepare("SELECT seq FROM entries WHERE room = ?1 ORDER BY seq DESC LIMIT 1")?;
                for room in 1..=3 {
                    assert!(!statement.exists([room])?);
                }
                Ok(statement.get_status(StatementStatus::RePrepare))
            });
            assert_eq!(plans, Ok(0));
        }
    }

    #[test]
    fn a_reader_cannot_write_and_sees_what_was_committed() {
        let home = Home::new("reader");
        let mut link = home.link();
        let mut reader = link.reader().expect("open").expect("it is a file");
        reader
            .with(|it| append(it, from_ref(&post(1))))
            .expect_err("it only reads");
        link.with(|it| append(it, from_ref(&post(1)))).expect("written");
        let count = |it: &mut Connection| Ok(it.query_row("SELECT count(*) FROM entries", [], |row| row.get(0))?);
        assert_eq!(reader.with(count), Ok(1));
        drop(link);
        assert_eq!(reader.with(count), Ok(1));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_loses_its_name_while_it_is_written_is_noticed() {
        let home = Home::new("renamed");
        let mut link = home.link();
        let moved = link.with(|it| {
            fs::rename(home.0.join("log.db"), home.0.join("away")).map_err(Trouble::File)?;
            append(it, from_ref(&post(1)))
        });
        let LogError(sentence) = moved.expect_err("it must not be told");
        assert!(sentence.contains("was moved, deleted or replaced"), "{sentence}");
    }

    #[test]
    fn it_comes_back_to_no_other_log() {
        let home = Home::new("another");
        let mut link = home.link();
        link.connection = None;
        let changed = Connection::open(home.0.join("log.db"));
        let changed = changed.and_then(|it| it.execute("UPDATE log SET epoch = 'another'", []));
        assert_eq!(changed, Ok(1));
        let LogError(sentence) = link.with(|_| Ok(())).expect_err("it is another");
        assert!(
            sentence.contains("not the one that the relay was started with"),
            "{sentence}"
        );

        fs::rename(home.0.join("log.db"), home.0.join("away")).expect("moved");
        let LogError(sentence) = link.with(|_| Ok(())).expect_err("it is not there");
        assert!(sentence.contains("was moved, deleted or replaced"), "{sentence}");
        assert!(!home.0.join("log.db").exists(), "an empty log was made");
    }
}
