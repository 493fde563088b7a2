//! A process of its own that writes, so that it can be killed, or kept from writing.
//!
//! The process is this test program again, told by the environment to be the writer in place of the test.

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chat_room_relay::log::sqlite::DATABASE;
use chat_room_relay::log::{Answers, Found, Log, LogError, Outcome, SqliteLog, Store};

use crate::support::{Home, Random, all, before, ears, entry, post, text};

/// Names the writer's folder.
const WRITER: &str = "CHAT_ROOM_LOG_WRITER";

const AUTHORS: [&str; 3] = ["a", "b", "c"];

/// Posts of the writer that wait at a time.
const IN_FLIGHT: u64 = 50;

const KILLS: u64 = 40;

/// Prints what it is told, before anything else is done with it.
struct Printer(Mutex<Sender<()>>);

impl Answers for Printer {
    fn posted(&self, outcomes: Vec<(u64, Outcome)>) {
        let mut lines = String::new();
        for (_, outcome) in &outcomes {
            let Outcome::Appended(entry) = outcome else {
                panic!("{outcome:?}")
            };
            lines += &format!("\ntold {} {} {} .\n", entry.client, entry.n, entry.seq);
        }
        std::io::stdout().write_all(lines.as_bytes()).expect("the parent reads");
        for _ in outcomes {
            let _ = self.0.lock().expect("no panic here").send(());
        }
    }

    fn found(&self, _: u64, _: Result<Found, LogError>) {}
}

/// Posts for all authors, each from where it was, until it is killed.
fn write_for_ever(folder: &Path) {
    let mut written: BTreeMap<&str, u64> = AUTHORS.map(|author| (author, 0)).into();
    let (told, is_told) = channel();
    let log = SqliteLog::open(folder, Arc::new(Printer(Mutex::new(told)))).expect("open");
    for entry in all(&Store::open(&folder.join(DATABASE)).expect("open")) {
        *written.get_mut(&*entry.client).expect("an author") = entry.n;
    }
    for ticket in 0.. {
        if ticket >= IN_FLIGHT {
            is_told.recv().expect("the log is open");
        }
        let author = AUTHORS[ticket as usize % AUTHORS.len()];
        let n = written.get_mut(author).expect("an author");
        *n += 1;
        log.append(vec![(ticket, post(author, *n, text("x")))])
            .expect("there is room");
    }
}

/// A writer that ends with the test.
struct Writer(Child);

impl Writer {
    fn start(test: &str, folder: &Path) -> Self {
        let program = env::current_exe().expect("this program");
        let mut command = Command::new(program);
        command.args([test, "--exact", "--nocapture"]).env(WRITER, folder);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        Self(command.spawn().expect("it runs"))
    }

    fn lines(&mut self) -> BufReader<ChildStdout> {
        BufReader::new(self.0.stdout.take().expect("piped"))
    }

    fn kill(&mut self) {
        // SIGKILL, on Unix.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What a whole line tells: client, n and seq.
fn told(line: &str) -> Option<(String, u64, u64)> {
    match line.split_whitespace().collect::<Vec<_>>()[..] {
        ["told", client, n, seq, "."] => Some((client.to_owned(), n.parse().ok()?, seq.parse().ok()?)),
        _ => None,
    }
}

#[test]
fn what_was_told_outlives_a_kill_at_any_moment() {
    if let Some(folder) = env::var_os(WRITER) {
        return write_for_ever(Path::new(&folder));
    }
    let home = Home::new();
    let mut random = Random(1);
    let mut all_told: Vec<(String, u64, u64)> = Vec::new();
    for kill in 0..KILLS {
        let mut writer = Writer::start("killed::what_was_told_outlives_a_kill_at_any_moment", home.path());
        let mut lines = writer.lines().lines().map_while(Result::ok);
        // Some die while they open the log, most while they write.
        if random.below(4) == 0 {
            std::thread::sleep(Duration::from_millis(random.below(25)));
        } else {
            let count = 1 + random.below(400) as usize;
            all_told.extend(lines.by_ref().filter_map(|line| told(&line)).take(count));
            std::thread::sleep(Duration::from_micros(random.below(3_000)));
        }
        writer.kill();
        all_told.extend(lines.filter_map(|line| told(&line)));
        check(home.path(), &all_told, kill);
    }
    assert!(all_told.len() > KILLS as usize, "hardly anything was written");
}

/// Everything that was told is there, once, and in order.
fn check(folder: &Path, told: &[(String, u64, u64)], kill: u64) {
    let (ears, heard) = ears();
    let log = SqliteLog::open(folder, ears).expect("the dead hold no lock");
    log.read(0, before(None, u64::MAX)).expect("there is room");
    let entries = heard.found().entries;
    let mut last: BTreeMap<&str, u64> = BTreeMap::new();
    for (entry, seq) in entries.iter().zip(1..) {
        let n = last.entry(&entry.client).or_default();
        *n += 1;
        assert_eq!((entry.seq, entry.n), (seq, *n), "after kill {kill}: {entry:?}");
    }
    for (client, n, seq) in told {
        let entry = entries.get(*seq as usize - 1).map(|it| (&it.client, it.n));
        assert_eq!(entry, Some((client, *n)), "after kill {kill}: {seq} was told");
    }
    assert!(
        told.is_sorted_by(|one, next| one.2 < next.2),
        "after kill {kill}: told twice or out of order"
    );
}

/// Posts until the system lets no file grow any more, then lets them grow again.
fn write_against_the_limit(folder: &Path) {
    const LIMIT: u64 = 256 * 1024;
    let (ears, heard) = ears();
    let log = SqliteLog::open(folder, ears).expect("open");
    let say = |n: u64| {
        log.append(vec![(n, post("a", n, text(&"long ".repeat(1_000))))])
            .expect("there is room");
        heard.outcomes(1).remove(0).1
    };
    let (_, hard) = rlimit::Resource::FSIZE.get().expect("a limit");
    rlimit::Resource::FSIZE.set(LIMIT, hard).expect("less is allowed");
    let mut n = 1;
    let mut failures = 0;
    while failures < 3 {
        match say(n) {
            Outcome::Appended(entry) => {
                assert_eq!((entry.seq, entry.n), (n, n));
                n += 1;
                failures = 0;
            }
            Outcome::Failed(LogError(sentence)) => {
                assert!(
                    sentence.contains("see that its disk is sound, mounted and not full"),
                    "{sentence}"
                );
                failures += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(n > 10, "hardly anything was written");
    log.read(0, before(None, 1)).expect("there is room");
    assert_eq!(heard.found().head, n - 1, "it can still be read");

    rlimit::Resource::FSIZE.set(hard, hard).expect("as it was");
    for n in n..n + 100 {
        let expected = entry(n, &post("a", n, text(&"long ".repeat(1_000))));
        assert_eq!(say(n), Outcome::Appended(expected));
    }
    log.close();
    assert_eq!(
        all(&Store::open(&folder.join(DATABASE)).expect("open")).len() as u64,
        n + 99
    );
}

#[test]
fn a_file_that_cannot_grow_fails_posts_until_it_can() {
    if let Some(folder) = env::var_os(WRITER) {
        return write_against_the_limit(&PathBuf::from(folder));
    }
    let home = Home::new();
    // Where the signal is ignored, the write fails as on a disk that fails; a process started from there ignores it too.
    let status = Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"])
        .arg(env::current_exe().expect("this program"))
        .args([
            "killed::a_file_that_cannot_grow_fails_posts_until_it_can",
            "--exact",
            "--nocapture",
        ])
        .env(WRITER, home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .expect("sh runs");
    assert!(status.success(), "the writer failed; see above");
}
