//! A room and a relay that says what the test wants it to say.

use chat_room::connection::{Config, Event, Instant, OutboxLimits, SocketId, Target};
use chat_room::room::{
    Address, Command, Content, Delivery, Entrance, Item, ItemId, Keep, Kept, KeptPost, Notice, Output, People, Refusal,
    Room,
};
use chat_room::websocket::{Close, Message, Protocol};
use chat_room_wire::{
    Body, ClientFrame, Entry, History, Joined, Limits, Member, Presence, Refused, RefusedCode, SUBPROTOCOL, ServerFrame,
};

pub(crate) const KEY: &str = "a-key-that-nobody-guesses-0001";
pub(crate) const ME: &str = "me";
pub(crate) const BO: &str = "bo";

pub(crate) struct Bench {
    pub(crate) room: Room,
    pub(crate) now: Instant,
    pub(crate) socket: Option<SocketId>,
    /// What the room has asked to be kept, newest last.
    pub(crate) kept: Vec<Keep>,
    pub(crate) claims: Vec<Address>,
    /// What the room has sent, in order, since it was last looked at.
    sent: Vec<ClientFrame>,
    pub(crate) messages: usize,
    pub(crate) received: Vec<Message>,
    /// Over which sockets tokens were asked for.
    pub(crate) asked: Vec<SocketId>,
    /// What may be shown of the texts with a secret in them.
    pub(crate) shown_instead: Vec<String>,
}

pub(crate) fn entrance(room: &str) -> Entrance {
    let target = Target {
        url: "ws://here/socket".into(),
        protocols: vec![Protocol::new(SUBPROTOCOL).expect("a protocol")],
    };
    Entrance::new(target, room, "Me")
}

pub(crate) fn identity(posts: Vec<KeptPost>) -> Kept {
    Kept {
        key: KEY.into(),
        next_n: 1,
        posts,
        durable: true,
        ..Kept::default()
    }
}

pub(crate) fn text(text: &str) -> Body {
    Body::Text {
        text: text.into(),
        reply_to: None,
    }
}

pub(crate) fn entry(seq: u64, client: &str, n: u64, body: Body) -> Entry {
    Entry {
        seq,
        prev: seq - 1,
        at: 1_000_000 + seq,
        client: client.into(),
        name: client.to_uppercase(),
        n,
        body,
    }
}

pub(crate) fn joined(head: u64) -> Joined {
    Joined {
        client: ME.into(),
        epoch: "one".into(),
        head,
        recovered: false,
        accepted: 0,
        members: vec![Member {
            client: ME.into(),
            name: "Me".into(),
        }],
        count: 1,
        limits: Limits::default(),
        heartbeat_ms: 20_000,
        restart_ms: 5_000,
    }
}

pub(crate) fn page(entries: Vec<Entry>) -> ServerFrame {
    let start = entries.first().is_none_or(|entry| entry.seq == 1);
    ServerFrame::History(History {
        before: None,
        entries,
        start,
    })
}

pub(crate) fn refused(n: Option<u64>, code: RefusedCode) -> ServerFrame {
    ServerFrame::Refused(Refused {
        n,
        code,
        message: "because".into(),
        retry_after_ms: None,
    })
}

impl Bench {
    pub(crate) fn new() -> Self {
        let mut config = Config::default();
        config.outbox = OutboxLimits {
            messages: 100,
            bytes: 1_000,
        };
        Self {
            room: Room::new(config),
            now: Instant::from_millis(1_000_000),
            socket: None,
            kept: Vec::new(),
            claims: Vec::new(),
            sent: Vec::new(),
            messages: 0,
            received: Vec::new(),
            asked: Vec::new(),
            shown_instead: Vec::new(),
        }
    }

    /// In the room “garden”, whose log is empty.
    pub(crate) fn in_the_room() -> Self {
        let mut bench = Self::new();
        bench.enter();
        bench.hear(&[ServerFrame::Joined(Box::new(joined(0))), page(vec![])]);
        bench
    }

    /// On the way in: the join is sent.
    pub(crate) fn enter(&mut self) {
        self.command(Command::Connect(entrance("garden"))).expect("connect");
        self.claimed(identity(vec![]));
        self.opened();
        assert!(matches!(self.frames()[..], [ClientFrame::Join(_)]));
    }

    pub(crate) fn claimed(&mut self, kept: Kept) {
        let address = self.claims.last().cloned().expect("a claim");
        self.room.handle_claimed(self.now, &address, kept);
        self.drain();
    }

    pub(crate) fn command(&mut self, command: Command) -> Result<(), Refusal> {
        let result = self.room.handle_command(self.now, command);
        self.drain();
        result
    }

    pub(crate) fn say(&mut self, what: &str) {
        self.command(Command::Say(what.into())).expect("say");
    }

    pub(crate) fn event(&mut self, event: Event<Message>) {
        self.room.handle_event(self.now, event, &mut || 0.5);
        self.drain();
    }

    pub(crate) fn opened(&mut self) {
        let socket = self.socket.expect("a socket");
        let protocol = SUBPROTOCOL.to_owned();
        self.event(Event::SocketOpened { socket, protocol });
    }

    pub(crate) fn closed(&mut self, code: u16) {
        let socket = self.socket.expect("a socket");
        let close = Close {
            code,
            reason: String::new(),
            was_clean: true,
        };
        self.event(Event::SocketClosed { socket, close });
    }

    /// Loses the connection, and is on the way in again. Gives the join.
    pub(crate) fn come_back(&mut self) -> ClientFrame {
        self.closed(1006);
        self.event(Event::Visible);
        self.opened();
        let frames = self.frames();
        let [join @ ClientFrame::Join(_)] = &frames[..] else {
            panic!("not a join alone: {frames:?}");
        };
        join.clone()
    }

    pub(crate) fn hear(&mut self, frames: &[ServerFrame]) {
        let texts: Vec<String> = frames.iter().map(ServerFrame::to_json).collect();
        self.hear_text(&format!("[{}]", texts.join(",")));
    }

    pub(crate) fn hear_text(&mut self, text: &str) {
        let socket = self.socket.expect("a socket");
        let message = Message::Text(text.into());
        self.event(Event::SocketMessage { socket, message });
    }

    pub(crate) fn hear_entry(&mut self, entry: Entry) {
        self.hear(&[ServerFrame::Entry(entry)]);
    }

    pub(crate) fn pass(&mut self, millis: u64) {
        self.now = Instant::from_millis(self.now.as_millis() + millis);
        self.event(Event::TimePassed);
    }

    /// What was sent since the last time.
    pub(crate) fn frames(&mut self) -> Vec<ClientFrame> {
        self.messages = 0;
        std::mem::take(&mut self.sent)
    }

    /// The posts among it, as `n: text`.
    pub(crate) fn posts(&mut self) -> Vec<String> {
        let posts = self.frames().into_iter().filter_map(|frame| match frame {
            ClientFrame::Post(post) => Some(format!("{}: {}", post.n, words(&post.body))),
            _ => None,
        });
        posts.collect()
    }

    /// What is kept now, as `n: text`.
    pub(crate) fn stored(&self) -> Vec<String> {
        let mut stored: Vec<(u64, String)> = Vec::new();
        for keep in &self.kept {
            match keep {
                Keep::Post(post) => {
                    stored.retain(|(n, _)| *n != post.n);
                    let failed = if post.failed { " failed" } else { "" };
                    stored.push((post.n, format!("{}: {}{failed}", post.n, words(&post.body))));
                }
                Keep::Gone(n) => stored.retain(|(stored, _)| stored != n),
                Keep::Client(_) | Keep::Log => {}
            }
        }
        stored.into_iter().map(|(_, text)| text).collect()
    }

    /// The timeline in short words.
    pub(crate) fn shown(&self) -> Vec<String> {
        self.room.timeline().iter().filter_map(shown).collect()
    }

    /// The texts of the timeline alone.
    pub(crate) fn texts(&self) -> Vec<String> {
        let items = self.room.timeline().iter();
        let said = items.filter(|item| matches!(item.content(), Content::Said(_) | Content::Hole));
        said.filter_map(shown).collect()
    }

    /// The item that shows this text.
    pub(crate) fn item(&self, what: &str) -> ItemId {
        let found = self.room.timeline().iter().find(|item| match item.content() {
            Content::Said(said) => said.text() == what,
            _ => false,
        });
        found.unwrap_or_else(|| panic!("{what:?} is not shown")).id()
    }

    fn take_sent(&mut self, text: &str) {
        self.messages += 1;
        let frames = ClientFrame::decode(text).expect("JSON");
        self.sent
            .extend(frames.into_iter().map(|frame| frame.expect("a frame")));
    }

    pub(crate) fn drain(&mut self) {
        while let Some(output) = self.room.poll_output() {
            match output {
                Output::OpenSocket { socket, .. } => self.socket = Some(socket),
                Output::Send { message, .. } => {
                    let Message::Text(text) = message else {
                        panic!("a binary message");
                    };
                    self.take_sent(&text);
                }
                Output::SendSecret { text, shown, .. } => {
                    self.take_sent(&text);
                    self.shown_instead.push(shown);
                }
                Output::AskToken { socket } => self.asked.push(socket),
                Output::Claim(address) => self.claims.push(address),
                Output::Keep(keep) => self.kept.push(keep),
                Output::Received(message) => self.received.push(message),
                Output::CloseSocket { .. } | Output::DropSocket { .. } | Output::StateChanged => {}
            }
        }
    }
}

pub(crate) fn presence(joined: &[(&str, &str)], left: &[&str], renamed: &[(&str, &str)], count: u64) -> ServerFrame {
    let members = |list: &[(&str, &str)]| {
        let list = list.iter().map(|(client, name)| Member {
            client: (*client).into(),
            name: (*name).into(),
        });
        list.collect()
    };
    ServerFrame::Presence(Presence {
        joined: members(joined),
        left: left.iter().map(|it| (*it).to_owned()).collect(),
        renamed: members(renamed),
        count,
    })
}

fn words(body: &Body) -> String {
    match body {
        Body::Text { text, reply_to: None } => text.clone(),
        other => other.to_json(),
    }
}

/// `+Bo +Cy +3 -Di Ed>Edd`
fn told(people: &People) -> String {
    let mut words = Vec::new();
    for (mark, crowd) in [("+", &people.joined), ("-", &people.left), ("", &people.renamed)] {
        words.extend(crowd.named.iter().map(|it| match it.before.as_str() {
            "" => format!("{mark}{}", it.name),
            before => format!("{before}>{}", it.name),
        }));
        if crowd.more > 0 {
            words.push(format!("{mark}{} more", crowd.more));
        }
    }
    words.join(" ")
}

fn shown(item: &Item) -> Option<String> {
    Some(match item.content() {
        Content::Said(said) => {
            let mark = match said.delivery {
                Some(Delivery::Waiting) => "…",
                Some(Delivery::Failed) => "!",
                Some(Delivery::Sent) => "me",
                None => &said.name,
            };
            let edited = if said.is_edited() { " (edited)" } else { "" };
            let text = if said.is_retracted() { "(gone)" } else { said.text() };
            let reactions: String = said
                .reactions
                .iter()
                .map(|it| format!(" {}{}", it.emoji, it.clients.len()))
                .collect();
            format!("{mark} {text}{edited}{reactions}")
        }
        Content::Hole => "(hole)".into(),
        Content::People(people) => told(people),
        Content::Notice(Notice::Connected { .. }) => "connected".into(),
        Content::Notice(Notice::Lost { close, .. }) => format!("lost {}", close.code),
        Content::Notice(Notice::Ended { close, .. }) => format!("ended {}", close.code),
        Content::Notice(Notice::NoToken { why }) => format!("no token: {why}"),
        Content::Notice(Notice::Refused { message }) => format!("refused: {message}"),
        Content::Notice(Notice::LogReset) => "log reset".into(),
        Content::Notice(Notice::Missed) => "missed".into(),
        Content::Notice(Notice::NotKept) => "not kept".into(),
        Content::Notice(Notice::Unreadable { what }) => format!("unreadable: {what}"),
        Content::Text { text, .. } => format!("plain {text}"),
        Content::Binary { .. } => "binary".into(),
        other => panic!("the tests know no {other:?}"),
    })
}
