//! The servers: processes that are killed and come back at their old address.

use std::fs;

use e2e::{folder::Folder, process::Process, relay::Relay};

use super::tell::Tally;
use crate::peers;

/// Of which kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The project's own relay.
    Relay,
    /// `bench/servers/rooms.js`.
    Rooms,
    /// `bench/servers/socketio.js` with this after its port.
    SocketIo(&'static [&'static str]),
    /// The same with a log.
    SocketIoLog,
}

/// A running one.
pub(super) enum Server {
    Relay(Relay),
    Node(Node),
}

/// One that runs under node.
pub(super) struct Node {
    script: &'static str,
    arguments: Vec<String>,
    process: Process,
    port: u16,
    /// What it may write to.
    _folder: Folder,
}

impl Server {
    /// Starts one on a free port.
    pub(super) fn start(kind: Kind) -> Self {
        let folder = Folder::new();
        let log = folder.path().join("log").display().to_string();
        let owned = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect();
        let (script, arguments): (_, Vec<String>) = match kind {
            Kind::Relay => return Self::Relay(Relay::start()),
            Kind::Rooms => ("rooms.js", Vec::new()),
            Kind::SocketIo(mode) => ("socketio.js", owned(mode)),
            Kind::SocketIoLog => ("socketio.js", owned(&["log", &log])),
        };
        let (process, port) = start(script, 0, &arguments);
        Self::Node(Node {
            script,
            arguments,
            process,
            port,
            _folder: folder,
        })
    }

    /// Its address and port.
    pub(super) fn host(&self) -> String {
        match self {
            Self::Relay(relay) => relay.host(),
            Self::Node(node) => format!("127.0.0.1:{}", node.port),
        }
    }

    /// Ends it at once, or else as its operator would.
    pub(super) fn end(&mut self, at_once: bool) {
        match (self, at_once) {
            (Self::Relay(relay), true) => relay.kill(),
            (Self::Relay(relay), false) => drop(relay.end()),
            (Self::Node(node), true) => node.process.kill(),
            (Self::Node(node), false) => drop(node.process.terminate()),
        }
    }

    /// Starts it at its old address.
    pub(super) fn start_again(&mut self) {
        match self {
            Self::Relay(relay) => relay.start_again(),
            Self::Node(node) => node.process = start(node.script, node.port, &node.arguments).0,
        }
    }

    /// What its log has of the messages with this mark, if it keeps one.
    pub(super) fn logged(&self, mark: &str, count: u64) -> Option<Tally> {
        let texts: Vec<String> = match self {
            Self::Relay(relay) => {
                let entries = relay.database().entries(super::ROOM);
                entries.into_iter().map(|it| it.text).collect()
            }
            Self::Node(node) => {
                let file = node.arguments.last().filter(|_| node.arguments.len() == 2)?;
                let lines = fs::read_to_string(file).ok()?;
                let lines = lines.lines().filter_map(|line| serde_json::from_str(line).ok());
                lines
                    .filter_map(|entry: serde_json::Value| Some(entry["text"].as_str()?.to_owned()))
                    .collect()
            }
        };
        let numbers = texts.iter().filter_map(|text| text.strip_prefix(mark)?.parse().ok());
        Some(Tally::of(count, &numbers.map(|it| (0, it)).collect::<Vec<_>>()))
    }
}

fn start(script: &'static str, port: u16, arguments: &[String]) -> (Process, u16) {
    let port = port.to_string();
    let mut all = vec![port.as_str()];
    all.extend(arguments.iter().map(String::as_str));
    peers::serve(script, &all)
}
