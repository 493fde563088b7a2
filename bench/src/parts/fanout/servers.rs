//! The servers that are compared.

use std::{any::Any, fs, process::Command};

use e2e::{folder::Folder, process::Process, relay::Relay};

use crate::{floor, load::Speech, peers};

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Ours,
    Ws,
    SocketIo,
    Nats,
    Floor,
}

/// A running one, which ends with this.
pub(super) struct Server {
    pub(super) speech: Speech,
    pub(super) port: u16,
    /// Of its process.
    pub(super) id: u32,
    /// Ends it when dropped.
    _running: Box<dyn Any>,
}

/// No limit that is there for small servers may be what is measured.
const RELAY_OPTIONS: &[&str] = &[
    "--connections",
    "20000",
    "--posts-per-second",
    "1000000",
    "--post-burst",
    "1000000",
    "--log",
    "warn",
];

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ours => "chat-room-relay, with its log",
            Self::Ws => "Node, ws",
            Self::SocketIo => "Node, socket.io",
            Self::Nats => "nats-server",
            Self::Floor => "floor",
        }
    }

    pub(super) fn start(self) -> Server {
        match self {
            Self::Ours => {
                let relay = Relay::with_options(RELAY_OPTIONS);
                let host = relay.host();
                let port = host.rsplit(':').next().and_then(|port| port.parse().ok());
                Server {
                    speech: Speech::ChatRoom,
                    port: port.expect("a host ends in its port"),
                    id: relay.id(),
                    _running: Box::new(relay),
                }
            }
            Self::Ws => Server::of(Speech::Text, peers::serve("ws.js", &[])),
            Self::SocketIo => Server::of(Speech::SocketIo, peers::serve("socketio-room.js", &[])),
            Self::Nats => nats(),
            Self::Floor => {
                let own = std::env::current_exe().expect("a program knows where it is");
                let process = Process::start("the floor", Command::new(own).arg(floor::ARGUMENT));
                let port = process.wait_for(|line| line.strip_prefix("ready ")?.parse().ok());
                Server::of(Speech::Text, (process, port))
            }
        }
    }
}

impl Server {
    fn of(speech: Speech, (process, port): (Process, u16)) -> Self {
        Self {
            speech,
            port,
            id: process.id(),
            _running: Box::new(process),
        }
    }
}

/// Its WebSockets need a file of configuration.
fn nats() -> Server {
    let folder = Folder::new();
    let file = folder.path().join("nats.conf");
    let configuration =
        "listen: \"127.0.0.1:-1\"\nwebsocket { listen: \"127.0.0.1:-1\", no_tls: true, compression: false }\n";
    fs::write(&file, configuration).unwrap_or_else(|error| panic!("cannot write {}: {error}", file.display()));
    let process = Process::start(
        "nats-server",
        Command::new(peers::nats_server()).arg("--config").arg(&file),
    );
    let port = process.wait_for(|line| {
        let (_, address) = line.split_once("Listening for websocket clients on ws://127.0.0.1:")?;
        address.trim().parse().ok()
    });
    Server {
        speech: Speech::Nats,
        port,
        id: process.id(),
        _running: Box::new((process, folder)),
    }
}
