//! Who is in the room, and who is typing.

use chat_room_wire::{Member, Presence};
use core::time::Duration;

use crate::connection::Instant;

/// The most members whose names are kept. The count goes on.
pub const MAX_MEMBERS: usize = 1_000;

/// The longest id or name that is kept, in bytes. No relay tells longer ones.
const MAX_NAME_BYTES: usize = 1024;

/// The most members that are shown as typing.
const MAX_TYPISTS: usize = 8;

/// How long somebody counts as typing who is not heard of again.
const TYPING_LASTS: Duration = Duration::from_secs(8);

/// Who is in the room, as the relay tells.
#[derive(Debug, Default)]
pub struct Members {
    /// Clients and names, by client.
    names: Vec<(String, String)>,
    count: u64,
    typing: Vec<(String, Instant)>,
    revision: u32,
}

impl Members {
    /// Clients and their names, by the ids that the relay shows.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().map(|(client, name)| (client.as_str(), name.as_str()))
    }

    /// What a client is called, if it is known to be in the room.
    pub fn name(&self, client: &str) -> Option<&str> {
        let place = self.find(client).ok()?;
        Some(&self.names[place].1)
    }

    /// How many are in the room, those without a known name among them.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Those who are typing, and their names.
    pub fn typing(&self) -> impl Iterator<Item = (&str, &str)> {
        let typing = self.typing.iter();
        typing.filter_map(|(client, _)| Some((client.as_str(), self.name(client)?)))
    }

    /// Grows whenever somebody comes, goes or is called something else.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// Whether this client is typing.
    pub fn is_typing(&self, client: &str) -> bool {
        self.typing.iter().any(|(it, _)| it == client)
    }

    pub(super) fn begin(&mut self, members: Vec<Member>, count: u64) {
        *self = Self {
            count,
            revision: self.revision.wrapping_add(1),
            ..Self::default()
        };
        self.add(members);
    }

    pub(super) fn change(&mut self, presence: Presence) {
        self.count = presence.count;
        self.revision = self.revision.wrapping_add(1);
        for client in presence.left {
            if let Ok(place) = self.find(&client) {
                self.names.remove(place);
            }
            self.typing.retain(|(it, _)| *it != client);
        }
        self.add(presence.joined);
        for member in presence.renamed.into_iter().filter(is_sane) {
            if let Ok(place) = self.find(&member.client) {
                self.names[place].1 = member.name;
            }
        }
    }

    pub(super) fn set_typing(&mut self, now: Instant, client: &str, on: bool) {
        let until = now + TYPING_LASTS;
        if client.len() > MAX_NAME_BYTES {
            return;
        }
        let place = self.typing.iter().position(|(it, _)| it == client);
        match place {
            // In their place: names that swap with every key could not be read.
            Some(place) if on => self.typing[place].1 = until,
            Some(place) => drop(self.typing.remove(place)),
            None if on && self.typing.len() < MAX_TYPISTS => self.typing.push((client.to_owned(), until)),
            None => {}
        }
    }

    /// When somebody stops to count as typing.
    pub(super) fn timeout(&self) -> Option<Instant> {
        self.typing.iter().map(|(_, until)| *until).min()
    }

    pub(super) fn time_passed(&mut self, now: Instant) {
        self.typing.retain(|(_, until)| *until > now);
    }

    fn add(&mut self, members: Vec<Member>) {
        for member in members.into_iter().filter(is_sane) {
            match self.find(&member.client) {
                Ok(place) => self.names[place].1 = member.name,
                Err(place) if self.names.len() < MAX_MEMBERS => {
                    self.names.insert(place, (member.client, member.name));
                }
                Err(_) => {}
            }
        }
    }

    fn find(&self, client: &str) -> Result<usize, usize> {
        self.names.binary_search_by(|(it, _)| it.as_str().cmp(client))
    }
}

fn is_sane(member: &Member) -> bool {
    member.client.len().max(member.name.len()) <= MAX_NAME_BYTES
}
