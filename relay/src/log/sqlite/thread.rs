//! The log behind two threads: one that writes, one that reads.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle, ThreadId};

use tracing::{error, info};

use super::folder::Folder;
use super::queue::{Queue, Size};
use super::{Found, LogError, NewPost, Outcome, Query, Store};
use crate::log::{Answers, Busy, Log};

/// The most posts that wait to be written; one more is [`Busy`].
pub const MAX_WAITING_POSTS: usize = 16 * 1024;

/// The most bytes of posts that wait to be written, names and all; more is [`Busy`].
pub const MAX_WAITING_BYTES: usize = 16 * 1024 * 1024;

/// The most posts that are committed together, unless they were given together.
pub const MAX_BATCH_POSTS: usize = 512;

/// The most bytes of posts that are committed together, unless they were given together.
pub const MAX_BATCH_BYTES: usize = 1024 * 1024;

/// The most questions that wait; one more is [`Busy`]. Everybody comes back at once after a restart, and asks one.
pub const MAX_WAITING_READS: usize = 16 * 1024;

/// [`Log`] over a [`Store`].
///
/// The thread that writes takes what waits, commits it as one group and tells the outcomes; meanwhile the next group
/// gathers. The other thread reads over a connection of its own, and neither waits for the other. A log in memory has
/// one connection, and there they take turns.
///
/// **Order.** [`Answers::posted`] tells posts in the order in which they were given to [`Log::append`], which is that of
/// the log. An answer to a question knows at least all that was told before the question was asked. It may know more:
/// what is committed and will be told in a moment. So who counts on from the answer's `head` and leaves out what is
/// told up to there gets every entry once.
///
/// **Trouble.** A post that cannot be written gets [`Outcome::Failed`], and the next group is tried afresh. The
/// operator's log has one line when it begins, or becomes another trouble, and one when it is over.
///
/// **The end.** [`SqliteLog::close`], or dropping it, answers all that waits, and moves everything into the database's
/// own file.
#[derive(Debug)]
pub struct SqliteLog {
    epoch: String,
    posts: Arc<Queue<Vec<(u64, NewPost)>>>,
    questions: Arc<Queue<(u64, Query)>>,
    /// The thread that writes. It waits for the one that reads before it ends.
    writer: Mutex<Option<JoinHandle<()>>>,
    threads: [ThreadId; 2],
}

impl SqliteLog {
    /// Opens the log of this folder, which is made if there is none, and is nobody else's while the log is open.
    ///
    /// # Errors
    /// The folder cannot be made or written, another relay has it, or its log cannot be used; see [`Store::open`].
    pub fn open(folder: &Path, answers: Arc<dyn Answers>) -> Result<Self, LogError> {
        let folder = Folder::take(folder)?;
        let store = Store::open(&folder.database())?;
        Self::start(store, Some(folder), answers)
    }

    /// A log that is gone when it is closed.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn in_memory(answers: Arc<dyn Answers>) -> Result<Self, LogError> {
        Self::start(Store::in_memory()?, None, answers)
    }

    fn start(store: Store, folder: Option<Folder>, answers: Arc<dyn Answers>) -> Result<Self, LogError> {
        let epoch = store.epoch().to_owned();
        let posts = Arc::new(Queue::new(Size {
            count: MAX_WAITING_POSTS,
            bytes: MAX_WAITING_BYTES,
        }));
        let questions = Arc::new(Queue::new(Size {
            count: MAX_WAITING_READS,
            bytes: usize::MAX,
        }));
        let reader = store.reader()?;
        let store = Arc::new(Mutex::new(store));
        let reader = reader.map_or_else(|| Arc::clone(&store), |reader| Arc::new(Mutex::new(reader)));
        let told = Arc::new(Told::new(answers));

        let reading = spawn("log-read", {
            let (questions, told) = (Arc::clone(&questions), Arc::clone(&told));
            move || read(&questions, &reader, &told)
        })?;
        let reading_thread = reading.thread().id();
        let writing = spawn("log-write", {
            let posts = Arc::clone(&posts);
            move || {
                write(&posts, &store, &told);
                // The last connection moves everything into the database's file; the one that reads cannot do that.
                let _ = reading.join();
                drop(store);
                drop(folder);
            }
        });
        // Without the one there is nothing for the other to do.
        let writing = writing.inspect_err(|_| questions.close())?;
        Ok(Self {
            epoch,
            posts,
            questions,
            threads: [reading_thread, writing.thread().id()],
            writer: Mutex::new(Some(writing)),
        })
    }

    /// Answers all that waits, and closes the database. What comes after that is [`Busy`].
    pub fn close(&self) {
        self.posts.close();
        self.questions.close();
        let Some(writer) = lock(&self.writer).take() else {
            return;
        };
        // The last owner of the log may be what is told its answers. That thread ends by itself.
        if !self.threads.contains(&thread::current().id()) {
            let _ = writer.join();
        }
    }
}

impl Drop for SqliteLog {
    fn drop(&mut self) {
        self.close();
    }
}

impl Log for SqliteLog {
    fn epoch(&self) -> &str {
        &self.epoch
    }

    fn append(&self, posts: Vec<(u64, NewPost)>) -> Result<(), Busy> {
        let bytes = posts.iter().map(|(_, post)| post.weight()).sum();
        let count = posts.len();
        self.posts.push(posts, Size { count, bytes })
    }

    fn read(&self, ticket: u64, query: Query) -> Result<(), Busy> {
        self.questions.push((ticket, query), Size { count: 1, bytes: 0 })
    }
}

fn write(posts: &Queue<Vec<(u64, NewPost)>>, store: &Mutex<Store>, told: &Told) {
    let mut health = Health::new("written");
    let most = Size {
        count: MAX_BATCH_POSTS,
        bytes: MAX_BATCH_BYTES,
    };
    while posts.wait() {
        // Where those who bring posts want the same processor, they go first: it takes about as long to commit many as few.
        thread::yield_now();
        let batch = posts.take(most);
        let (tickets, posts): (Vec<u64>, Vec<NewPost>) = batch.into_iter().flatten().unzip();
        let outcomes = lock(store).append(&posts);
        health.saw(outcomes.iter().find_map(|outcome| match outcome {
            Outcome::Failed(error) => Some(error),
            _ => None,
        }));
        told.posted(tickets.into_iter().zip(outcomes).collect());
    }
}

fn read(questions: &Queue<(u64, Query)>, store: &Mutex<Store>, told: &Told) {
    let mut health = Health::new("read");
    while questions.wait() {
        for (ticket, query) in questions.take(Size { count: 1, bytes: 0 }) {
            let found = lock(store).find(&query);
            health.saw(found.as_ref().err());
            told.found(ticket, found);
        }
    }
}

/// Where the answers go: one at a time, and a panic there ends there.
struct Told {
    answers: Arc<dyn Answers>,
    turn: Mutex<()>,
}

impl Told {
    fn new(answers: Arc<dyn Answers>) -> Self {
        Self {
            answers,
            turn: Mutex::new(()),
        }
    }

    fn posted(&self, outcomes: Vec<(u64, Outcome)>) {
        self.tell(|answers| answers.posted(outcomes));
    }

    fn found(&self, ticket: u64, found: Result<Found, LogError>) {
        self.tell(|answers| answers.found(ticket, found));
    }

    fn tell(&self, call: impl FnOnce(&dyn Answers)) {
        let _turn = lock(&self.turn);
        if catch_unwind(AssertUnwindSafe(|| call(&*self.answers))).is_err() {
            error!("an answer of the log was lost: what took it panicked");
        }
    }
}

/// Tells the operator when trouble begins and when it is over, and not for every post.
struct Health {
    what: &'static str,
    trouble: Option<LogError>,
}

impl Health {
    fn new(what: &'static str) -> Self {
        Self { what, trouble: None }
    }

    fn saw(&mut self, trouble: Option<&LogError>) {
        if self.trouble.as_ref() == trouble {
            return;
        }
        match trouble {
            Some(trouble) => error!("the log cannot be {}: {trouble}", self.what),
            None => info!("the log can be {} again", self.what),
        }
        self.trouble = trouble.cloned();
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, LogError> {
    let spawned: io::Result<_> = thread::Builder::new().name(name.to_owned()).spawn(run);
    spawned.map_err(|error| {
        LogError(format!(
            "cannot start a thread for the log ({error}); end other programs"
        ))
    })
}

/// What a thread left behind that panicked is as it was: nothing here is changed half-way.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            lock(&self.0).write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn trouble_has_one_line_when_it_begins_or_changes_and_one_when_it_is_over() {
        let lines = Lines::default();
        let subscriber = tracing_subscriber::fmt()
            .with_writer({
                let lines = lines.clone();
                move || lines.clone()
            })
            .without_time()
            .with_target(false)
            .with_ansi(false)
            .finish();
        let [full, locked] = ["it is full", "it is locked"].map(|it| LogError(it.to_owned()));
        tracing::subscriber::with_default(subscriber, || {
            let mut health = Health::new("written");
            for trouble in [
                None,
                Some(&full),
                Some(&full),
                Some(&locked),
                Some(&locked),
                None,
                None,
                Some(&full),
            ] {
                health.saw(trouble);
            }
        });
        let expected = "\
ERROR the log cannot be written: it is full
ERROR the log cannot be written: it is locked
 INFO the log can be written again
ERROR the log cannot be written: it is full
";
        assert_eq!(String::from_utf8_lossy(&lock(&lines.0)), expected);
    }
}
