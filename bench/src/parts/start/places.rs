//! The pages that are opened, and the servers that they come from.

use std::fs;

use e2e::{consumer, folder::Folder, process::Process, programs, relay::Relay};

use super::GROWN;
use crate::{counted::Counted, peers};

/// How many messages a page shows first.
const NEWEST: u64 = 50;

/// A page to open.
pub(super) struct Page {
    pub(super) url: String,
    /// What runs in it before its own scripts.
    pub(super) before: String,
}

/// One whose bytes are counted, those of its sockets too.
pub(super) struct CountedPage {
    pub(super) page: Page,
    pub(super) bytes: Counted,
}

/// The servers. They stop when dropped.
pub(super) struct Places {
    relay: Relay,
    server: String,
    _node: Process,
    _folder: Folder,
}

impl Places {
    /// Starts them, with a room for each length of history.
    ///
    /// # Panics
    /// If one does not start.
    pub(super) async fn open() -> Self {
        let mut relay = Relay::start();
        relay.end();
        for messages in GROWN {
            relay.database().fill(&room(messages), messages, text);
        }
        relay.start_again();
        let folder = Folder::new();
        let pages = peers::source("pages/start");
        for name in ["minimal.html", "minimal.js", "deep-chat.html", "deep-chat.js"] {
            copy(&pages.join(name), &folder, name);
        }
        let bundle = peers::folder().join("node_modules/deep-chat/dist/deepChat.bundle.js");
        copy(&bundle, &folder, "deep-chat-bundle.js");
        consumer::copy(&programs::repository().join("www/pkg"), &folder.path().join("pkg"));
        for messages in GROWN {
            let page = include_str!("../../../pages/start/element.html");
            let page = page.replace("SOCKET", &relay.socket()).replace("ROOM", &room(messages));
            let file = folder.path().join(format!("element-{messages}.html"));
            fs::write(&file, page).unwrap_or_else(|error| panic!("cannot write {}: {error}", file.display()));
        }
        let path = folder
            .path()
            .to_str()
            .expect("folders of ours are named in ASCII")
            .to_owned();
        let (node, port) = peers::serve("start.js", &[&path, &NEWEST.to_string()]);
        Self {
            relay,
            server: format!("127.0.0.1:{port}"),
            _node: node,
            _folder: folder,
        }
    }

    /// A page of each kind, with a room of so many messages where there is one.
    pub(super) fn all(&self, messages: u64) -> [Page; 4] {
        pages(&self.server, &self.relay.host(), messages)
    }

    /// The same, each counted.
    pub(super) async fn all_counted(&self, messages: u64) -> Vec<CountedPage> {
        let mut all = Vec::new();
        for index in 0..4 {
            let from = if index == 2 {
                self.relay.host()
            } else {
                self.server.clone()
            };
            let bytes = Counted::start(from).await;
            let host = bytes.host();
            let page = pages(&host, &host, messages).into_iter().nth(index);
            all.push(CountedPage {
                page: page.expect("there are four"),
                bytes,
            });
        }
        all
    }
}

fn pages(server: &str, relay: &str, messages: u64) -> [Page; 4] {
    let (newest_of_server, newest_of_relay) = (text(NEWEST), text(messages));
    let room = room(messages);
    let page = |url: String, newest: &str, errand: &str| {
        let before = include_str!("../../../pages/start/shown.js");
        Page {
            url: format!("http://{url}"),
            before: before.replace("NEWEST", newest).replace("ERRAND", errand),
        }
    };
    [
        page(format!("{server}/minimal.html"), &newest_of_server, ""),
        page(format!("{server}/element-{messages}.html"), &newest_of_relay, ""),
        page(format!("{relay}/?room={room}"), &newest_of_relay, &room),
        page(format!("{server}/deep-chat.html"), &newest_of_server, ""),
    ]
}

fn room(messages: u64) -> String {
    format!("room-{messages}")
}

/// As `bench/servers/start.js` has it, too.
fn text(seq: u64) -> String {
    format!("message {seq} of the room, as long as most of them are")
}

fn copy(from: &std::path::Path, to: &Folder, name: &str) {
    let copied = fs::copy(from, to.path().join(name));
    copied.unwrap_or_else(|error| panic!("cannot copy {}: {error}", from.display()));
}
