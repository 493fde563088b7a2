//! The log behind its threads: order, bounds, and the end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use chat_room_relay::log::sqlite::{DATABASE, MAX_WAITING_BYTES, MAX_WAITING_POSTS, MAX_WAITING_READS};
use chat_room_relay::log::{Answers, Busy, Found, Log, LogError, NewPost, Outcome, Query, SqliteLog, Store};

use crate::support::{Answer, Ears, Home, all, before, ears, entry, post, text};

fn join(after: u64) -> Query {
    Query::Join {
        room: "lobby".to_owned(),
        user: String::new(),
        client: "a".to_owned(),
        after: Some(after),
        replay: u64::MAX,
        replay_bytes: u64::MAX,
        page: 1,
    }
}

#[test]
fn posts_are_told_in_the_order_in_which_they_came_and_are_there_again() {
    let home = Home::new();
    let (ears, heard) = ears();
    let log = SqliteLog::open(&home.join("made/on/the/way"), ears).expect("open");
    let posts: Vec<NewPost> = (1..=2_000)
        .map(|n| post(["a", "b"][n as usize % 2], n, text("x")))
        .collect();
    for (ticket, post) in (0..).zip(&posts) {
        log.append(vec![(ticket, post.clone())]).expect("there is room");
    }
    let expected: Vec<(u64, Outcome)> = (0..)
        .zip(&posts)
        .map(|(ticket, post)| (ticket, Outcome::Appended(entry(ticket + 1, post))))
        .collect();
    assert_eq!(heard.outcomes(posts.len()), expected);
    let epoch = log.epoch().to_owned();
    log.close();
    assert!(heard.rest().is_empty());

    let store = Store::open(&home.join("made/on/the/way").join(DATABASE)).expect("open");
    assert_eq!(store.epoch(), epoch);
    assert_eq!(
        all(&store),
        (1..)
            .zip(&posts)
            .map(|(seq, post)| entry(seq, post))
            .collect::<Vec<_>>()
    );
}

/// Somebody joins again and again while others write: what is found, and what is told above its head, is everything,
/// once.
#[test]
fn an_answer_and_what_is_told_above_it_are_everything() {
    let home = Home::new();
    for in_memory in [false, true] {
        let (ears, heard) = ears();
        let log = if in_memory {
            SqliteLog::in_memory(ears).expect("open")
        } else {
            SqliteLog::open(home.path(), ears).expect("open")
        };
        let (posts, joins) = (3_000, 60);
        for n in 1..=posts {
            log.append(vec![(n, post("a", n, text("x")))]).expect("there is room");
        }
        let (mut told, mut found_so_far) = (0, 0);
        let mut told_when_asked = 0;
        log.read(0, join(0)).expect("there is room");
        while told < posts || found_so_far < joins {
            match heard.next() {
                Answer::Posted(outcomes) => {
                    for (_, outcome) in outcomes {
                        let Outcome::Appended(entry) = outcome else {
                            panic!("{outcome:?}")
                        };
                        assert_eq!(entry.prev, told, "told out of order");
                        told = entry.seq;
                    }
                }
                Answer::Found(ticket, found) => {
                    let found = found.expect("found");
                    assert_eq!(ticket, found_so_far);
                    assert!(found.head >= told_when_asked, "less than was told before");
                    assert_eq!(found.entries.len() as u64, found.head);
                    assert!(found.recovered && found.entries.iter().zip(1..).all(|(it, seq)| it.seq == seq));
                    found_so_far += 1;
                    told_when_asked = told;
                    log.read(found_so_far, join(0)).expect("there is room");
                }
            }
        }
    }
}

/// Answers that wait, each until it is let go.
struct Gate {
    entered: Mutex<Sender<usize>>,
    go: Mutex<Receiver<()>>,
}

impl Gate {
    fn new() -> (Arc<Self>, Receiver<usize>, Sender<()>) {
        let (entered, has_entered) = channel();
        let (let_go, go) = channel();
        let gate = Self {
            entered: Mutex::new(entered),
            go: Mutex::new(go),
        };
        (Arc::new(gate), has_entered, let_go)
    }

    fn pass(&self, answers: usize) {
        let _ = self.entered.lock().expect("no gate panics").send(answers);
        // Open for good when the test has dropped its end.
        let _ = self.go.lock().expect("no gate panics").recv();
    }
}

impl Answers for Gate {
    fn posted(&self, outcomes: Vec<(u64, Outcome)>) {
        self.pass(outcomes.len());
    }

    fn found(&self, _: u64, _: Result<Found, LogError>) {
        self.pass(1);
    }
}

/// Lets everything go, and counts the answers to what waited.
fn count(log: &SqliteLog, has_entered: &Receiver<usize>, let_go: Sender<()>) -> usize {
    drop(let_go);
    log.close();
    has_entered.try_iter().sum()
}

#[test]
fn no_more_posts_wait_than_may() {
    let (gate, has_entered, let_go) = Gate::new();
    let log = SqliteLog::in_memory(gate).expect("open");
    log.append(vec![(0, post("a", 1, text("x")))]).expect("there is room");
    has_entered.recv().expect("it is being told");
    for n in 0..MAX_WAITING_POSTS as u64 {
        assert_eq!(log.append(vec![(n, post("a", n + 2, text("x")))]), Ok(()), "{n}");
    }
    assert_eq!(log.append(vec![(0, post("b", 1, text("x")))]), Err(Busy));
    assert_eq!(count(&log, &has_entered, let_go), MAX_WAITING_POSTS);
}

#[test]
fn no_more_bytes_wait_than_may() {
    let (gate, has_entered, let_go) = Gate::new();
    let log = SqliteLog::in_memory(gate).expect("open");
    log.append(vec![(0, post("a", 1, text("x")))]).expect("there is room");
    has_entered.recv().expect("it is being told");

    let empty = post("a", 2, text("")).weight();
    let half = MAX_WAITING_BYTES / 2 - empty;
    log.append(vec![(1, post("a", 2, text(&"x".repeat(half))))])
        .expect("there is room");
    let beyond = post("a", 3, text(&"x".repeat(half + 1)));
    assert_eq!(log.append(vec![(2, beyond)]), Err(Busy));
    log.append(vec![(3, post("a", 3, text(&"x".repeat(half))))])
        .expect("there is room");
    assert_eq!(log.append(vec![(4, post("a", 4, text("")))]), Err(Busy));
    assert_eq!(count(&log, &has_entered, let_go), 2);
}

#[test]
fn no_more_questions_wait_than_may() {
    let (gate, has_entered, let_go) = Gate::new();
    let log = SqliteLog::in_memory(gate).expect("open");
    log.read(0, join(0)).expect("there is room");
    has_entered.recv().expect("it is being told");
    for n in 0..MAX_WAITING_READS as u64 {
        assert_eq!(log.read(n, join(0)), Ok(()), "{n}");
    }
    assert_eq!(log.read(0, join(0)), Err(Busy));
    assert_eq!(count(&log, &has_entered, let_go), MAX_WAITING_READS);
}

#[test]
fn the_end_answers_all_that_waits_and_leaves_one_file() {
    let home = Home::new();
    let (ears, heard) = ears();
    let log = SqliteLog::open(home.path(), ears).expect("open");
    for n in 1..=1_000 {
        log.append(vec![(n, post("a", n, text("x")))]).expect("there is room");
        log.read(n, join(0)).expect("there is room");
    }
    log.close();
    assert_eq!(log.append(vec![(0, post("b", 1, text("x")))]), Err(Busy));
    assert_eq!(log.read(0, join(0)), Err(Busy));
    log.close();
    let (mut posted, mut found) = (0, 0);
    for answer in heard.rest() {
        match answer {
            Answer::Posted(outcomes) => posted += outcomes.len(),
            Answer::Found(..) => found += 1,
        }
    }
    assert_eq!((posted, found), (1_000, 1_000));
    for left in ["-wal", "-shm"] {
        let name = format!("{DATABASE}{left}");
        assert!(!home.join(&name).exists(), "{name} is left");
    }
}

/// Panics at its first call of each kind, and tells of no posts before.
struct Clumsy {
    posted: AtomicBool,
    found: AtomicBool,
    then: Arc<Ears>,
}

impl Clumsy {
    fn drop_the_first(&self, called: &AtomicBool) {
        if !called.swap(true, Ordering::Relaxed) {
            self.then.posted(Vec::new());
            panic!("dropped it");
        }
    }
}

impl Answers for Clumsy {
    fn posted(&self, outcomes: Vec<(u64, Outcome)>) {
        self.drop_the_first(&self.posted);
        self.then.posted(outcomes);
    }

    fn found(&self, ticket: u64, found: Result<Found, LogError>) {
        self.drop_the_first(&self.found);
        self.then.found(ticket, found);
    }
}

#[test]
fn a_panic_of_who_is_told_ends_there() {
    let (then, heard) = ears();
    let clumsy = Clumsy {
        posted: AtomicBool::new(false),
        found: AtomicBool::new(false),
        then,
    };
    let log = SqliteLog::in_memory(Arc::new(clumsy)).expect("open");
    let dropped = |answer| matches!(answer, Answer::Posted(none) if none.is_empty());
    let (first, second) = (post("a", 1, text("x")), post("a", 2, text("x")));
    log.append(vec![(1, first.clone())]).expect("there is room");
    assert!(dropped(heard.next()));
    log.append(vec![(2, second.clone())]).expect("there is room");
    assert_eq!(heard.outcomes(1), [(2, Outcome::Appended(entry(2, &second)))]);
    log.read(3, before(None, 9)).expect("there is room");
    assert!(dropped(heard.next()));
    log.read(4, before(None, 9)).expect("there is room");
    assert_eq!(heard.found().entries, [entry(1, &first), entry(2, &second)]);
}

/// Owns the log whose answers it is told, and lets go of it there.
struct Owner {
    log: Mutex<Option<SqliteLog>>,
    done: Mutex<Sender<()>>,
}

impl Answers for Owner {
    fn posted(&self, _: Vec<(u64, Outcome)>) {
        drop(self.log.lock().expect("no owner panics").take());
        let _ = self.done.lock().expect("no owner panics").send(());
    }

    fn found(&self, _: u64, _: Result<Found, LogError>) {
        self.posted(Vec::new());
    }
}

#[test]
fn the_log_can_be_dropped_where_it_tells() {
    for reads in [false, true] {
        let (done, is_done) = channel();
        let owner = Arc::new(Owner {
            log: Mutex::new(None),
            done: Mutex::new(done),
        });
        let log = SqliteLog::in_memory(Arc::<Owner>::clone(&owner)).expect("open");
        let mut slot = owner.log.lock().expect("no owner panics");
        if reads {
            log.read(1, join(0)).expect("there is room");
        } else {
            log.append(vec![(1, post("a", 1, text("x")))]).expect("there is room");
        }
        *slot = Some(log);
        drop(slot);
        is_done.recv().expect("dropped");
    }
}
