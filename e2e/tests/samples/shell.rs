//! Command lines: each is read by the program that it is for.

use std::{
    collections::HashMap,
    env,
    io::{Read, Write},
    net::TcpStream,
    process::{Command, Output},
};

use e2e::{folder::Folder, programs, relay::Relay};
use rusqlite::Connection;

use crate::markdown::{Block, blocks};

/// Commands that are not run here, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "wasm-pack build --target web --out-dir www/pkg",
        "cargo xtask build runs it",
    ),
    ("wasm-pack test --headless --chrome", "cargo xtask test runs it"),
    ("wasm-pack test --headless --firefox", "cargo xtask test runs it"),
    ("cargo test --workspace --exclude e2e", "cargo xtask test runs it"),
    (
        "cargo build --release -p chat-room-relay",
        "cargo xtask test e2e runs it",
    ),
    ("npm pack ./www/pkg", "the consumers' projects are made so"),
    (
        "npm install ./chat-room-0.1.0.tgz",
        "the consumers' projects are made so",
    ),
    (
        "CHAT_ROOM_SEED=7 cargo test -p chat-room-relay --test simulation -- --nocapture",
        "cargo xtask test runs this test with more seeds",
    ),
];

#[test]
fn commands_are_understood() {
    let mut unused: Vec<_> = ELSEWHERE.iter().map(|(line, _)| *line).collect();
    let mut programs = Programs::default();
    for (place, line) in blocks("sh").iter().flat_map(commands) {
        if ELSEWHERE.iter().any(|(known, _)| *known == line) {
            unused.retain(|it| *it != line);
            continue;
        }
        let words = words(&line);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let read = match &words[..] {
            ["cargo", "xtask", rest @ ..] => programs.xtask(rest),
            [program, rest @ ..] if program.ends_with("chat-room-relay") => understands(rest),
            ["sqlite3", "chat-room-data/chat-room.db", sql] => copy(sql),
            ["curl", url] => programs.get(url),
            _ => Err("no program reads it, and it is not in the list of those that are run elsewhere".to_owned()),
        };
        read.unwrap_or_else(|why| panic!("{place}: {line}: {why}"));
    }
    assert!(unused.is_empty(), "no page has these any more: {unused:?}");
}

/// The commands of a block: comments left out, continued lines joined.
fn commands(block: &Block) -> Vec<(String, String)> {
    let joined = block.text.replace("\\\n", " ");
    let lines = joined
        .lines()
        .map(|line| line.split(" # ").next().unwrap_or_default().trim());
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            (
                block.place.clone(),
                line.split_whitespace().collect::<Vec<_>>().join(" "),
            )
        })
        .collect()
}

/// As a shell splits them: quotes hold together.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for character in line.chars() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None, ' ') => words.push(String::new()),
            _ => words.last_mut().expect("there is one").push(character),
        }
    }
    words
}

/// Has the relay read these options: it stops at the first that it does not know, and else at `--version`.
pub(crate) fn understands(options: &[&str]) -> Result<(), String> {
    let output = run(Command::new(programs::relay()).args(options).arg("--version"));
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// What has been started for several commands.
#[derive(Default)]
struct Programs {
    help: HashMap<String, String>,
    relay: Option<Relay>,
}

impl Programs {
    /// What its help does not name, xtask does not take.
    fn xtask(&mut self, words: &[&str]) -> Result<(), String> {
        let [name, rest @ ..] = words else {
            return Ok(());
        };
        let name = if *name == "help" {
            rest.first().unwrap_or(name)
        } else {
            name
        };
        let help = self.help.entry((*name).to_owned()).or_insert_with(|| {
            let cargo = env::var_os("CARGO").expect("cargo runs the tests");
            let mut command = Command::new(cargo);
            command.args(["run", "--quiet", "--package", "xtask", "--bin", "xtask", "--", "help"]);
            if *name != "help" {
                command.arg(name);
            }
            let output = run(command.current_dir(programs::repository()));
            String::from_utf8_lossy(&output.stdout).into_owned()
        });
        if help.is_empty() {
            return Err(format!("xtask has no command {name}"));
        }
        let options = rest.iter().filter(|word| word.starts_with("--"));
        let mut unknown = options.filter(|word| !help.contains(**word));
        let mut words = rest.iter().filter(|_| *name == "test");
        let mut parts = words.by_ref().take_while(|word| **word != "--");
        let unknown_part = parts.find(|part| !help.lines().any(|line| line.split(' ').next() == Some(part)));
        if let Some(word) = unknown.next().or(unknown_part) {
            return Err(format!("its help does not tell {word}"));
        }
        match words.find(|file| !is_test_file(file)) {
            Some(file) => Err(format!("there is no test file {file}")),
            None => Ok(()),
        }
    }

    /// Asks a relay for a page in the place of the one at the usual address.
    fn get(&mut self, url: &str) -> Result<(), String> {
        let path = url
            .strip_prefix("http://localhost:8005")
            .ok_or("this is no address of the relay")?;
        let relay = self.relay.get_or_insert_with(Relay::start);
        let mut stream = TcpStream::connect(relay.host()).map_err(|it| it.to_string())?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let mut answer = String::new();
        let asked = stream.write_all(request.as_bytes());
        asked
            .and_then(|()| stream.read_to_string(&mut answer))
            .map_err(|it| it.to_string())?;
        if answer.starts_with("HTTP/1.1 200 ") {
            Ok(())
        } else {
            Err(answer)
        }
    }
}

/// Copies the log of a running relay as `sqlite3` would, and has another relay start from the copy.
fn copy(sql: &str) -> Result<(), String> {
    let place = Folder::new();
    let target = sql.split('\'').nth(1).ok_or("it names no file to copy to")?;
    let copy = place.path().join("chat-room.db");
    let running = Relay::start();
    let log = Connection::open(running.data().join("chat-room.db")).map_err(|it| it.to_string())?;
    let sql = sql.replace(target, &copy.to_string_lossy());
    log.execute_batch(&sql).map_err(|it| it.to_string())?;
    let folder = place.path().to_string_lossy();
    let other = Relay::with_options(&["--data", &folder]);
    if other.printed().contains("ERROR") {
        return Err(other.printed());
    }
    Ok(())
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// Whether a part of the tests has such a file.
fn is_test_file(name: &str) -> bool {
    let repository = programs::repository();
    ["tests", "e2e/tests"].iter().any(|folder| {
        let place = repository.join(folder).join(name);
        place.is_dir() || place.with_extension("rs").is_file()
    })
}
