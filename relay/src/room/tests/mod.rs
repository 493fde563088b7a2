//! The rooms without a socket, a clock or a log: what goes in and exactly what comes out.

mod history;
mod hostile;
mod joining;
mod people;
mod plain;
mod posting;
mod queue;

use chat_room_wire::{Body, Entry};

use super::*;
use crate::Limits;
use crate::log::{Found, LogError, NewPost, Outcome, Query};

/// When the tests begin.
const START: u64 = 1_000_000;

/// Rooms with a clock, and their outputs as one line each.
struct Bench {
    rooms: Rooms,
    now: u64,
}

fn key(name: &str) -> String {
    format!("{name:0>22}")
}

/// The public id of the client that the tests call so.
fn client(name: &str) -> String {
    client_id(&key(name))
}

fn text(text: &str) -> Body {
    Body::Text {
        text: text.to_owned(),
        reply_to: None,
    }
}

fn entry(seq: u64, name: &str, n: u64, said: &str) -> Entry {
    Entry {
        seq,
        prev: seq - 1,
        at: START,
        client: client(name),
        name: name.to_owned(),
        n,
        body: text(said),
    }
}

fn failed() -> Outcome {
    Outcome::Failed(LogError("the disk is full".to_owned()))
}

fn nothing_found() -> Found {
    Found {
        entries: Vec::new(),
        start: true,
        head: 0,
        accepted: 0,
        recovered: false,
    }
}

impl Bench {
    fn new() -> Self {
        Self::with(Limits::default())
    }

    fn with(limits: Limits) -> Self {
        limits.check().expect("usable limits");
        let epoch = "e1".to_owned();
        Self {
            rooms: Rooms::new(Settings { epoch, limits }),
            now: START,
        }
    }

    fn open(&mut self) -> ConnectionId {
        self.rooms.handle_opened(self.now, Opening::V1)
    }

    fn open_plain(&mut self, room: &str, name: &str) -> ConnectionId {
        let opening = Opening::Plain {
            room: room.to_owned(),
            name: Some(name.to_owned()),
            key: key(name),
        };
        self.rooms.handle_opened(self.now, opening)
    }

    /// A connection whose join has been asked of the log; its ticket.
    fn asking(&mut self, name: &str) -> (ConnectionId, u64) {
        let id = self.open();
        let join = format!(r#"{{"type":"join","room":"r","name":"{name}","key":"{}"}}"#, key(name));
        self.say(id, &join);
        match self.rooms.poll_output() {
            Some(Output::Read { ticket, .. }) => (id, ticket),
            other => panic!("a question to the log, not {other:?}"),
        }
    }

    /// A member who has been told all that there is, which is nothing; the others have been told of it.
    fn joined(&mut self, name: &str) -> ConnectionId {
        let (id, ticket) = self.asking(name);
        self.found(ticket, nothing_found());
        self.pass(100);
        self.discard();
        id
    }

    fn say(&mut self, id: ConnectionId, message: &str) {
        self.rooms.handle_message(self.now, id, Message::read(message));
    }

    fn post(&mut self, id: ConnectionId, n: u64, said: &str) {
        let body = text(said).to_json();
        self.say(id, &format!(r#"{{"type":"post","n":{n},"body":{body}}}"#));
    }

    fn found(&mut self, ticket: u64, found: Found) {
        self.rooms.handle_found(self.now, ticket, Ok(found));
    }

    fn posted(&mut self, outcomes: Vec<(u64, Outcome)>) {
        self.rooms.handle_posted(self.now, outcomes);
    }

    /// Lets time pass, with everything that is due on the way.
    fn pass(&mut self, millis: u64) {
        let end = self.now + millis;
        while let Some(due) = self.rooms.poll_timeout().filter(|due| *due <= end) {
            assert!(
                due >= self.now || due == 0,
                "a timer of the past is left: {due} at {}",
                self.now
            );
            self.now = self.now.max(due);
            self.rooms.handle_time(self.now);
        }
        self.now = end;
    }

    /// All that is to be done, a line each.
    fn outputs(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.rooms.poll_output()).map(line).collect()
    }

    /// What waits for a connection, by message.
    fn heard(&mut self, id: ConnectionId) -> Vec<String> {
        self.rooms.take(id).map(|message| message.to_string()).collect()
    }

    /// Forgets what is to be done and what waits.
    fn discard(&mut self) {
        for id in self.rooms.all_ids() {
            drop(self.rooms.take(id));
        }
        while self.rooms.poll_output().is_some() {}
    }

    /// Nothing is left that would take memory after everybody has gone and the log has answered.
    #[track_caller]
    fn is_empty(&mut self) {
        assert_eq!(
            (self.rooms.connections(), self.rooms.rooms(), self.rooms.posts_on_way()),
            (0, 0, 0)
        );
        assert!(self.rooms.lobby.is_empty() && self.rooms.places.is_empty() && self.rooms.tickets.is_empty());
        assert_eq!(self.rooms.poll_timeout(), None);
        assert_eq!(self.outputs(), [""; 0]);
    }
}

fn line(output: Output) -> String {
    match output {
        Output::Append { posts } => {
            let lines = posts.iter().map(|(ticket, post)| {
                let NewPost {
                    room, name, n, body, ..
                } = post;
                format!("append {ticket}: {room} {name} {n} {}", body.to_json())
            });
            lines.collect::<Vec<_>>().join(", ")
        }
        Output::Read { ticket, query } => match *query {
            Query::Before { room, before, limit } => format!("read {ticket}: {room} before {before:?} limit {limit}"),
            Query::Join { room, after, .. } => format!("read {ticket}: {room} after {after:?}"),
        },
        Output::Wake(id) => format!("wake {id}"),
        Output::Pause(id) => format!("pause {id}"),
        Output::Resume(id) => format!("resume {id}"),
        Output::Close(Closing {
            connection,
            rest,
            code,
            reason,
        }) => {
            let rest: Vec<_> = rest.map(|message| format!(" after {message}")).collect();
            format!("close {connection} {code} {reason}{}", rest.concat())
        }
    }
}
