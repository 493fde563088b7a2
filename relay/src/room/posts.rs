//! Posts on their way into the log.
//!
//! The log has one group of posts of each connection at a time, and takes all of a group or none. Were there two, and the
//! first could not be written, the second might be all the same, and the author's own order would be lost. The groups of
//! many connections are committed together; what a connection says meanwhile is its next group.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use chat_room_wire::{Body, MAX_INTEGER};

use super::io::{ConnectionId, Output};
use super::{Rooms, Ticket};
use crate::limits::{GROUP_BYTES, GROUP_POSTS};
use crate::log::NewPost;

/// The posts of all connections, also of those that are closed by now: what was sent is said.
#[derive(Debug, Default)]
pub(super) struct Posts {
    lines: BTreeMap<ConnectionId, Line>,
    /// Of those that wait for the group before them.
    bytes: usize,
    count: usize,
}

/// The posts of one connection.
#[derive(Debug, Default)]
struct Line {
    /// How many the log has not answered of the group that it has, and whether it could not write one.
    in_log: usize,
    has_failed: bool,
    waiting: VecDeque<NewPost>,
}

/// What follows when the log has answered a post.
pub(super) enum Next {
    /// Others of its group are not answered yet, or there is nothing more.
    Nothing,
    /// The next group, for the log.
    Group(Vec<NewPost>),
    /// The group could not be written, so none behind it will be: these, by their `n`.
    GivenUp(Vec<u64>),
}

impl Posts {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// How many there are of one connection.
    pub(super) fn of(&self, id: ConnectionId) -> usize {
        self.lines.get(&id).map_or(0, |line| line.in_log + line.waiting.len())
    }

    /// Adds a post. It is given back if it is the log's at once.
    fn push(&mut self, id: ConnectionId, post: NewPost) -> Option<NewPost> {
        self.count += 1;
        let line = self.lines.entry(id).or_default();
        if line.in_log == 0 {
            line.in_log = 1;
            return Some(post);
        }
        self.bytes += post.weight();
        line.waiting.push_back(post);
        None
    }

    /// The log has answered a post.
    pub(super) fn answered(&mut self, id: ConnectionId, has_failed: bool) -> Next {
        let Some(line) = self.lines.get_mut(&id) else {
            return Next::Nothing;
        };
        self.count -= 1;
        line.in_log -= 1;
        line.has_failed |= has_failed;
        if line.in_log > 0 {
            return Next::Nothing;
        }
        if line.has_failed || line.waiting.is_empty() {
            let waiting = self.lines.remove(&id).unwrap_or_default().waiting;
            self.count -= waiting.len();
            self.bytes -= waiting.iter().map(NewPost::weight).sum::<usize>();
            return match waiting.is_empty() {
                true => Next::Nothing,
                false => Next::GivenUp(waiting.iter().map(|post| post.n).collect()),
            };
        }
        let mut bytes = 0;
        let fitting = line.waiting.iter().take(GROUP_POSTS).take_while(|post| {
            bytes += post.weight();
            bytes <= GROUP_BYTES
        });
        let group: Vec<NewPost> = line.waiting.drain(..fitting.count().max(1)).collect();
        line.in_log = group.len();
        self.bytes -= group.iter().map(NewPost::weight).sum::<usize>();
        Next::Group(group)
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
            self.append(id, &room, vec![first]);
        }
        true
    }

    pub(super) fn append(&mut self, connection: ConnectionId, room: &Arc<str>, group: Vec<NewPost>) {
        let posts = group.into_iter().map(|post| {
            let (room, n) = (Arc::clone(room), post.n);
            (self.new_ticket(Ticket::Post { connection, room, n }), post)
        });
        let posts = posts.collect();
        self.effects.outputs.push_back(Output::Append { posts });
    }
}
