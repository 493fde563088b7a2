//! Posts, folders, and ears for a log's answers.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chat_room_relay::log::{Answers, Found, LogError, NewPost, Outcome, Query, Store};
use chat_room_wire::{Body, Entry};

/// After this long a test gives up; nothing is measured by it.
const GIVE_UP: Duration = Duration::from_secs(60);

/// SplitMix64, so that a seed replays the same run on every machine.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }
}

pub(crate) fn text(text: &str) -> Body {
    Body::Text {
        text: text.to_owned(),
        reply_to: None,
    }
}

/// A post in the lobby.
pub(crate) fn post(client: &str, n: u64, body: Body) -> NewPost {
    NewPost {
        room: "lobby".to_owned(),
        user: String::new(),
        client: client.to_owned(),
        name: format!("{client}'s name"),
        n,
        at: 1_000 + n % 1_000,
        body,
    }
}

/// The entry that this post becomes.
pub(crate) fn entry(seq: u64, post: &NewPost) -> Entry {
    Entry {
        seq,
        prev: seq - 1,
        at: post.at,
        client: post.client.clone(),
        name: post.name.clone(),
        n: post.n,
        body: post.body.clone(),
    }
}

/// The newest entries of the lobby before this one.
pub(crate) fn before(before: Option<u64>, limit: u64) -> Query {
    Query::Before {
        room: "lobby".to_owned(),
        before,
        limit,
    }
}

/// Everything in the lobby.
pub(crate) fn all(store: &Store) -> Vec<Entry> {
    store.find(&before(None, u64::MAX)).expect("it can be read").entries
}

/// The sentence of the one post that failed.
pub(crate) fn failure(outcomes: &[Outcome]) -> &str {
    match outcomes {
        [Outcome::Failed(LogError(sentence))] => sentence,
        other => panic!("one failure, not {other:?}"),
    }
}

/// A folder that is gone after the test.
pub(crate) struct Home(PathBuf);

impl Home {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("log-{}-{number}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// An answer of a log.
#[derive(Debug)]
pub(crate) enum Answer {
    Posted(Vec<(u64, Outcome)>),
    Found(u64, Result<Found, LogError>),
}

/// Passes a log's answers on.
pub(crate) struct Ears(Mutex<Sender<Answer>>);

/// What the ears have heard.
pub(crate) struct Heard(Receiver<Answer>);

pub(crate) fn ears() -> (Arc<Ears>, Heard) {
    let (sender, receiver) = channel();
    (Arc::new(Ears(Mutex::new(sender))), Heard(receiver))
}

impl Answers for Ears {
    fn posted(&self, outcomes: Vec<(u64, Outcome)>) {
        // Nobody listens to the rest of a test that is over.
        let _ = self.0.lock().expect("no ear panics").send(Answer::Posted(outcomes));
    }

    fn found(&self, ticket: u64, found: Result<Found, LogError>) {
        let _ = self.0.lock().expect("no ear panics").send(Answer::Found(ticket, found));
    }
}

impl Heard {
    pub(crate) fn next(&self) -> Answer {
        self.0.recv_timeout(GIVE_UP).expect("an answer")
    }

    /// The next `count` outcomes, where nothing else is asked.
    pub(crate) fn outcomes(&self, count: usize) -> Vec<(u64, Outcome)> {
        let mut outcomes = Vec::new();
        while outcomes.len() < count {
            match self.next() {
                Answer::Posted(more) => outcomes.extend(more),
                other => panic!("outcomes, not {other:?}"),
            }
        }
        assert_eq!(outcomes.len(), count, "more outcomes than posts");
        outcomes
    }

    /// The answer to a question, where nothing else is asked.
    pub(crate) fn found(&self) -> Found {
        match self.next() {
            Answer::Found(_, Ok(found)) => found,
            other => panic!("what was found, not {other:?}"),
        }
    }

    /// Whatever was heard and not taken.
    pub(crate) fn rest(&self) -> Vec<Answer> {
        self.0.try_iter().collect()
    }
}
