//! A program that runs for as long as a test needs it, and is ended by its own id.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Read},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};

use crate::wait::GIVE_UP;

/// How many of its last lines are kept to be told when something fails.
const KEPT_LINES: usize = 100;

/// A running program. It is killed when this is dropped, so also when a test fails.
#[derive(Debug)]
pub struct Process {
    name: &'static str,
    child: Child,
    lines: Arc<Mutex<VecDeque<String>>>,
    news: mpsc::Receiver<String>,
}

impl Process {
    /// Starts it, and reads what it prints for as long as it runs.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn start(name: &'static str, command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        let lines = Arc::default();
        let (tell, news) = mpsc::channel();
        let outputs = [
            child.stdout.take().map(|it| Box::new(it) as Box<dyn Read + Send>),
            child.stderr.take().map(|it| Box::new(it) as Box<dyn Read + Send>),
        ];
        for output in outputs.into_iter().flatten() {
            read(output, Arc::clone(&lines), tell.clone());
        }
        Self {
            name,
            child,
            lines,
            news,
        }
    }

    /// Waits for a line that `find` finds something in.
    ///
    /// # Panics
    /// If none comes.
    pub fn wait_for<T>(&self, find: impl Fn(&str) -> Option<T>) -> T {
        self.find(find)
            .unwrap_or_else(|| panic!("{} did not get ready; it printed:\n{}", self.name, self.printed()))
    }

    /// The same, but gives nothing if none comes.
    pub fn find<T>(&self, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        loop {
            let line = self.news.recv_timeout(GIVE_UP).ok()?;
            let found = find(&line);
            if found.is_some() {
                return found;
            }
        }
    }

    /// Its id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The last lines of what it has printed.
    pub fn printed(&self) -> String {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(|line| format!("  {line}\n")).collect()
    }

    /// Stops it where it is, with all that it has started, until [`thaw`](Self::thaw): as a machine that sleeps does.
    pub fn freeze(&self) {
        self.signal_all("STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal_all("CONT");
    }

    fn signal_all(&self, name: &str) {
        for id in family(self.id()) {
            signal(name, id);
        }
    }

    /// Ends it at once, with no chance to say goodbye.
    pub fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to end, and waits until it has.
    ///
    /// # Panics
    /// If it cannot be asked.
    pub fn terminate(&mut self) -> ExitStatus {
        signal("TERM", self.id());
        self.child.wait().expect("a child of ours can be waited for")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Sends a signal by the system's own program, since the standard library has none but KILL.
pub(crate) fn signal(name: &str, id: u32) {
    let status = Command::new("kill")
        .args([format!("-{name}"), id.to_string()])
        .stderr(Stdio::null())
        .status();
    assert!(status.is_ok(), "`kill` cannot be run: {status:?}");
}

/// A program and all that it has started, and those in turn.
pub fn family(id: u32) -> Vec<u32> {
    let listed = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output();
    let listed = listed.expect("`ps` can be run").stdout;
    let listed = String::from_utf8_lossy(&listed);
    let pairs = listed
        .lines()
        .filter_map(|line| {
            let mut ids = line.split_whitespace().map(str::parse::<u32>);
            Some((ids.next()?.ok()?, ids.next()?.ok()?))
        })
        .collect::<Vec<_>>();
    let mut family = vec![id];
    let mut next = 0;
    while let Some(parent) = family.get(next).copied() {
        family.extend(pairs.iter().filter(|(_, it)| *it == parent).map(|(id, _)| *id));
        next += 1;
    }
    family
}

fn read(output: Box<dyn Read + Send>, lines: Arc<Mutex<VecDeque<String>>>, tell: mpsc::Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
            if lines.len() == KEPT_LINES {
                lines.pop_front();
            }
            lines.push_back(line.clone());
            // Nobody listens once the program is ready and its value gone.
            let _ = tell.send(line);
        }
    });
}
