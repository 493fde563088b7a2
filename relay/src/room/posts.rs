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
    /// Of which connections a group can go to the log.
    ready: VecDeque<ConnectionId>,
    /// Of those that wait.
    bytes: usize,
    count: usize,
}

/// The posts of one connection.
#[derive(Debug)]
struct Line {
    room: Arc<str>,
    /// How many the log has not answered of the group that it has, and whether it could not write one.
    in_log: usize,
    has_failed: bool,
    waiting: VecDeque<NewPost>,
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

    fn push(&mut self, id: ConnectionId, room: Arc<str>, post: NewPost) {
        self.count += 1;
        self.bytes += post.weight();
        let line = self.lines.entry(id).or_insert_with(|| Line {
            room,
            in_log: 0,
            has_failed: false,
            waiting: VecDeque::new(),
        });
        line.waiting.push_back(post);
        if line.in_log == 0 && line.waiting.len() == 1 {
            self.ready.push_back(id);
        }
    }

    /// The next group for the log.
    fn next_group(&mut self) -> Option<(ConnectionId, Arc<str>, Vec<NewPost>)> {
        let id = self.ready.pop_front()?;
        let line = self.lines.get_mut(&id)?;
        let mut bytes = 0;
        let fitting = line.waiting.iter().take(GROUP_POSTS).take_while(|post| {
            bytes += post.weight();
            bytes <= GROUP_BYTES
        });
        let group: Vec<NewPost> = line.waiting.drain(..fitting.count().max(1)).collect();
        line.in_log = group.len();
        self.bytes -= group.iter().map(NewPost::weight).sum::<usize>();
        Some((id, Arc::clone(&line.room), group))
    }

    /// The log has answered a post. If its group could not be written, none behind it will be: these, by their `n`.
    pub(super) fn answered(&mut self, id: ConnectionId, has_failed: bool) -> Vec<u64> {
        let Some(line) = self.lines.get_mut(&id) else {
            return Vec::new();
        };
        self.count -= 1;
        line.in_log -= 1;
        line.has_failed |= has_failed;
        if line.in_log > 0 {
            return Vec::new();
        }
        if !line.has_failed && !line.waiting.is_empty() {
            self.ready.push_back(id);
            return Vec::new();
        }
        let waiting = self.lines.remove(&id).map(|line| line.waiting).unwrap_or_default();
        self.count -= waiting.len();
        self.bytes -= waiting.iter().map(NewPost::weight).sum::<usize>();
        waiting.iter().map(|post| post.n).collect()
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
        self.posts.push(id, room, post);
        true
    }

    /// Hands the log the groups that it can have now.
    pub(super) fn hand_over_posts(&mut self) {
        while let Some((connection, room, group)) = self.posts.next_group() {
            let posts = group.into_iter().map(|post| {
                let (room, n) = (Arc::clone(&room), post.n);
                (self.new_ticket(Ticket::Post { connection, room, n }), post)
            });
            let posts = posts.collect();
            self.effects.outputs.push_back(Output::Append { posts });
        }
    }
}
