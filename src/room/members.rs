//! Who is in the room, and who is typing.

use core::time::Duration;
use std::collections::BTreeMap;

use chat_room_wire::{Member, Presence};

use crate::connection::Instant;

/// The most members whose names are kept. The count goes on.
pub const MAX_MEMBERS: usize = 1_000;

/// The most members that are shown as typing.
const MAX_TYPISTS: usize = 8;

/// How long somebody counts as typing who is not heard of again.
const TYPING_LASTS: Duration = Duration::from_secs(8);

/// Who is in the room, as the relay tells.
#[derive(Debug, Default)]
pub struct Members {
    names: BTreeMap<String, String>,
    count: u64,
    typing: BTreeMap<String, Instant>,
}

impl Members {
    /// Clients and their names, by the ids that the relay shows.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().map(|(client, name)| (client.as_str(), name.as_str()))
    }

    /// What a client is called, if it is known to be in the room.
    pub fn name(&self, client: &str) -> Option<&str> {
        self.names.get(client).map(String::as_str)
    }

    /// How many are in the room, those without a known name among them.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The names of those who are typing.
    pub fn typing(&self) -> impl Iterator<Item = &str> {
        self.typing.keys().filter_map(|client| self.name(client))
    }

    pub(super) fn begin(&mut self, members: Vec<Member>, count: u64) {
        *self = Self::default();
        self.count = count;
        self.add(members);
    }

    pub(super) fn change(&mut self, presence: Presence) {
        self.count = presence.count;
        for client in presence.left {
            self.names.remove(&client);
            self.typing.remove(&client);
        }
        self.add(presence.joined);
        for member in presence.renamed {
            if let Some(name) = self.names.get_mut(&member.client) {
                *name = member.name;
            }
        }
    }

    pub(super) fn set_typing(&mut self, now: Instant, client: String, on: bool) {
        if !on {
            self.typing.remove(&client);
        } else if self.typing.len() < MAX_TYPISTS || self.typing.contains_key(&client) {
            self.typing.insert(client, now + TYPING_LASTS);
        }
    }

    /// When somebody stops to count as typing.
    pub(super) fn timeout(&self) -> Option<Instant> {
        self.typing.values().min().copied()
    }

    pub(super) fn time_passed(&mut self, now: Instant) {
        self.typing.retain(|_, until| *until > now);
    }

    fn add(&mut self, members: Vec<Member>) {
        for member in members {
            if self.names.len() < MAX_MEMBERS || self.names.contains_key(&member.client) {
                self.names.insert(member.client, member.name);
            }
        }
    }
}
