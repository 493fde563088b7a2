//! Posts on their way into the log.
//!
//! The log has one post of each connection at a time. Were there two, and the first could not be written, the second
//! might be all the same, and the author's own order would be lost. The posts of many connections are committed
//! together; those of one follow each other as fast as the log commits.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use chat_room_wire::{Body, MAX_INTEGER};

use super::io::{ConnectionId, Output};
use super::{Rooms, Ticket};
use crate::log::NewPost;

/// The posts of all connections, also of those that are closed by now: what was sent is said.
#[derive(Debug, Default)]
pub(super) struct Posts {
    lines: BTreeMap<ConnectionId, Line>,
    /// Of those that wait for the one before them.
    bytes: usize,
    count: usize,
}

/// The posts of one connection, of which the log has the first.
#[derive(Debug, Default)]
struct Line {
    waiting: VecDeque<NewPost>,
}

impl Posts {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// How many there are of one connection.
    pub(super) fn of(&self, id: ConnectionId) -> usize {
        self.lines.get(&id).map_or(0, |line| 1 + line.waiting.len())
    }

    /// Adds a post. It is given back if it is the log's at once.
    fn push(&mut self, id: ConnectionId, post: NewPost) -> Option<NewPost> {
        self.count += 1;
        match self.lines.get_mut(&id) {
            Some(line) => {
                self.bytes += post.weight();
                line.waiting.push_back(post);
                None
            }
            None => {
                self.lines.insert(id, Line::default());
                Some(post)
            }
        }
    }

    /// The log has answered the first: this is the next one for it.
    fn next(&mut self, id: ConnectionId) -> Option<NewPost> {
        self.count -= 1;
        let next = self.lines.get_mut(&id).and_then(|line| line.waiting.pop_front());
        match &next {
            Some(post) => self.bytes -= post.weight(),
            None => drop(self.lines.remove(&id)),
        }
        next
    }

    /// The first could not be written: those that waited for it, by their `n`.
    fn give_up(&mut self, id: ConnectionId) -> Vec<u64> {
        let line = self.lines.remove(&id).unwrap_or_default();
        self.count -= 1 + line.waiting.len();
        self.bytes -= line.waiting.iter().map(NewPost::weight).sum::<usize>();
        line.waiting.iter().map(|post| post.n).collect()
    }
}

impl Rooms {
    /// Brings a post of a member on its way. Says whether there was room for it.
    pub(super) fn post_to_log(&mut self, now: u64, id: ConnectionId, n: u64, body: Body) -> bool {
        let is_full = self.posts.bytes >= self.settings.limits.waiting_bytes;
        let Some(room) = self.places.get(&id).cloned() else {
            return true;
        };
        let Some(member) = self.member_mut(id) else {
            return true;
        };
        let post = NewPost {
            room: room.as_ref().to_owned(),
            user: String::new(),
            client: member.client.as_ref().to_owned(),
            name: member.name.clone(),
            n,
            at: now.min(MAX_INTEGER),
            body,
        };
        if is_full && self.posts.of(id) > 0 {
            return false;
        }
        if let Some(first) = self.posts.push(id, post) {
            self.append(id, room, first);
        }
        true
    }

    fn append(&mut self, connection: ConnectionId, room: Arc<str>, post: NewPost) {
        let n = post.n;
        let ticket = self.new_ticket(Ticket::Post { connection, room, n });
        let post = Box::new(post);
        self.effects.outputs.push_back(Output::Append { ticket, post });
    }

    /// The log has the first post of a connection, or never will: the next one follows.
    pub(super) fn post_done(&mut self, id: ConnectionId, room: Arc<str>) {
        if let Some(next) = self.posts.next(id) {
            self.append(id, room, next);
        }
    }

    /// The first post of a connection could not be written: none of those behind it will be.
    pub(super) fn post_failed(&mut self, id: ConnectionId) -> Vec<u64> {
        self.posts.give_up(id)
    }
}
