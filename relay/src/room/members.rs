//! One room: who is in it, who is told what of the others, and what goes to everybody.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use chat_room_wire::{self as wire, Entry, Joined, Presence, ServerFrame};

use super::io::{ConnectionId, Output, Settings};
use super::publish::{self, Batch};
use super::queue::{Packed, Packer, Packet};
use super::session::{Member, Stage};
use super::typing::Typists;
use crate::limits::millis;
use crate::log::Found;

/// What a change of a room brings about outside of it.
#[derive(Debug, Default)]
pub(super) struct Effects {
    pub(super) outputs: VecDeque<Output>,
    /// Whose queue is full.
    pub(super) too_slow: Vec<ConnectionId>,
    /// Who has been told `joined`.
    pub(super) joined: Vec<ConnectionId>,
}

impl Effects {
    fn push(&mut self, id: ConnectionId, member: &mut Member, packet: &Packet, settings: &Settings) {
        match member.session.push(packet, &settings.limits) {
            Ok(true) => self.outputs.push_back(Output::Wake(id)),
            Ok(false) => {}
            Err(_) => self.too_slow.push(id),
        }
    }

    pub(super) fn answer(&mut self, id: ConnectionId, member: &mut Member, packets: Vec<Packed>) {
        if member.session.answer(packets) {
            self.outputs.push_back(Output::Wake(id));
        }
    }
}

/// A room with somebody in it.
#[derive(Debug, Default)]
pub(super) struct Room {
    pub(super) members: BTreeMap<ConnectionId, Member>,
    by_client: BTreeMap<Arc<str>, ConnectionId>,
    /// Who comes in with the next presence.
    arriving: Vec<ConnectionId>,
    /// Those present who are told by name, and those who are only counted.
    shown: BTreeSet<Arc<str>>,
    hidden: BTreeSet<ConnectionId>,
    /// Who changed since the last presence, and under which name it told them, if it did.
    changes: BTreeMap<Arc<str>, Option<String>>,
    told_count: usize,
    pub(super) typists: Typists,
    told_at: u64,
    /// When the room is to be called again, as the timers have it.
    pub(super) due: Option<u64>,
}

impl Room {
    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The connection under which a client is here.
    pub(super) fn connection_of(&self, client: &str) -> Option<ConnectionId> {
        self.by_client.get(client).copied()
    }

    /// Takes in a member, whose client must not be here. It is told to the others later.
    pub(super) fn enter(&mut self, id: ConnectionId, member: Member) {
        self.by_client.insert(Arc::clone(&member.client), id);
        if member.is_joined() {
            self.arriving.push(id);
        }
        self.members.insert(id, member);
    }

    /// The log's answer to the join of a member that waits for it: it comes in with the next presence.
    pub(super) fn answered(&mut self, id: ConnectionId, found: Found) {
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        if let Stage::Asking(held) = &mut member.stage {
            member.stage = Stage::Answered(std::mem::take(held), Box::new(found));
            self.arriving.push(id);
        }
    }

    pub(super) fn leave(&mut self, id: ConnectionId) -> Option<Member> {
        self.note_change(id);
        let member = self.members.remove(&id)?;
        self.by_client.remove(&member.client);
        self.shown.remove(&member.client);
        self.hidden.remove(&id);
        self.arriving.retain(|it| *it != id);
        self.typists.stop(&member.client);
        Some(member)
    }

    pub(super) fn rename(&mut self, id: ConnectionId, name: String) {
        self.note_change(id);
        if let Some(member) = self.members.get_mut(&id) {
            member.name = name;
        }
    }

    /// To be called before a member changes: keeps what was told of it.
    fn note_change(&mut self, id: ConnectionId) {
        if let Some(member) = self.members.get(&id).filter(|member| member.present) {
            let shown = self.shown.contains(&member.client);
            let told = shown.then(|| member.name.clone());
            self.changes.entry(Arc::clone(&member.client)).or_insert(told);
        }
    }

    // What everybody is told

    /// Sends entries to everybody, in their order.
    pub(super) fn publish(&mut self, entries: &[Entry], settings: &Settings, effects: &mut Effects) {
        for entry in entries {
            self.typists.stop(&entry.client);
        }
        let batches = Batch::all(entries);
        let mut lines: Option<Vec<Option<Packet>>> = None;
        for (&id, member) in &mut self.members {
            if !member.speaks_v1() {
                let lines = lines.get_or_insert_with(|| entries.iter().map(publish::plain_line).collect());
                for (entry, line) in entries.iter().zip(lines.iter()) {
                    if let Some(line) = line.as_ref().filter(|_| *entry.client != *member.client) {
                        effects.push(id, member, line, settings);
                    }
                }
                continue;
            }
            for batch in &batches {
                match &mut member.stage {
                    Stage::Asking(held) | Stage::Answered(held, _) => {
                        if held.push(batch, &settings.limits).is_err() {
                            effects.too_slow.push(id);
                        }
                    }
                    Stage::Joined => {
                        if let Some(packet) = batch.after(member.after) {
                            effects.push(id, member, &packet, settings);
                        }
                    }
                }
            }
        }
    }

    /// Whether somebody is to be told something of the others.
    fn has_news(&self, now: u64) -> bool {
        let present = self.shown.len() + self.hidden.len();
        !self.arriving.is_empty()
            || !self.changes.is_empty()
            || present != self.told_count
            || self.typists.have_news(now)
    }

    /// When [`Room::tell_news`] has something to do next.
    pub(super) fn next_due(&self, now: u64, settings: &Settings) -> Option<u64> {
        if !self.has_news(now) {
            return self.typists.first_end();
        }
        let every = millis(settings.limits.presence_every);
        // A clock that was set back is no reason to wait for it.
        let waited = now.abs_diff(self.told_at) >= every;
        Some(if waited {
            now
        } else {
            self.told_at.saturating_add(every)
        })
    }

    /// Tells those who are in the room what has changed, and lets in who is arriving: what they are told in `joined`
    /// is exactly the state that the next presence goes on from.
    pub(super) fn tell_news(&mut self, now: u64, settings: &Settings, effects: &mut Effects) {
        self.told_at = now;
        let arriving = std::mem::take(&mut self.arriving);
        for &id in &arriving {
            self.appear(id);
        }
        let presence = self
            .presence(settings)
            .map(|presence| packed([ServerFrame::Presence(presence)]));
        let presence = presence.unwrap_or_default();
        let typing = self.typists.news(now);
        let typing_of_all = packed(typing.iter().map(typing_frame));
        for (&id, member) in &mut self.members {
            if !member.is_joined() || !member.speaks_v1() || !member.present {
                continue;
            }
            let of_others = typing.iter().any(|(client, _)| *client == member.client).then(|| {
                let others = typing.iter().filter(|(client, _)| *client != member.client);
                packed(others.map(typing_frame))
            });
            for news in presence.iter().chain(of_others.as_ref().unwrap_or(&typing_of_all)) {
                effects.push(id, member, &news.packet, settings);
            }
        }
        for id in arriving {
            self.welcome(id, settings, effects);
        }
    }

    /// Somebody is there from now on.
    fn appear(&mut self, id: ConnectionId) {
        if let Some(member) = self.members.get_mut(&id) {
            member.present = true;
            self.hidden.insert(id);
        }
    }

    /// What has changed since the last presence, if anything has.
    fn presence(&mut self, settings: &Settings) -> Option<Presence> {
        while self.shown.len() < settings.limits.members_shown
            && let Some(id) = self.hidden.pop_first()
        {
            if let Some(member) = self.members.get(&id) {
                self.changes.entry(Arc::clone(&member.client)).or_insert(None);
                self.shown.insert(Arc::clone(&member.client));
            }
        }
        let count = self.shown.len() + self.hidden.len();
        let mut presence = Presence {
            count: count as u64,
            ..Presence::default()
        };
        for (client, before) in std::mem::take(&mut self.changes) {
            match (before, self.shown_member(&client)) {
                (None, Some(new)) => presence.joined.push(new),
                (Some(_), None) => presence.left.push(client.as_ref().to_owned()),
                (Some(old), Some(new)) if old != new.name => presence.renamed.push(new),
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
        let same = presence.joined.is_empty() && presence.left.is_empty() && presence.renamed.is_empty();
        let is_news = !same || count != self.told_count;
        self.told_count = count;
        is_news.then_some(presence)
    }

    fn shown_member(&self, client: &Arc<str>) -> Option<wire::Member> {
        let id = self.shown.get(client).and_then(|client| self.by_client.get(client))?;
        self.members.get(id).map(wire_member)
    }

    /// Tells a member what it has come into, all it has missed, and what was said since the log was asked.
    fn welcome(&mut self, id: ConnectionId, settings: &Settings, effects: &mut Effects) {
        let mut members: Vec<_> = self
            .shown
            .iter()
            .filter_map(|client| self.shown_member(client))
            .collect();
        let count = (self.shown.len() + self.hidden.len()) as u64;
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        let (held, found) = match std::mem::replace(&mut member.stage, Stage::Joined) {
            Stage::Answered(held, found) => (held, found),
            other => {
                member.stage = other;
                return;
            }
        };
        if !self.shown.contains(&member.client) {
            members.truncate(settings.limits.members_shown - 1);
            members.push(wire_member(member));
        }
        member.after = found.head;
        let mut missed = Packer::default();
        let recovered = found.recovered && publish::replay(&mut missed, &found.entries, &settings.limits);
        let joined = ServerFrame::Joined(Box::new(Joined {
            client: member.client.as_ref().to_owned(),
            epoch: settings.epoch.clone(),
            head: found.head,
            recovered,
            accepted: found.accepted,
            members,
            count,
            limits: settings.limits.told(),
            heartbeat_ms: millis(settings.limits.ping_every),
            restart_ms: millis(settings.limits.restart_within),
        }));
        effects.answer(id, member, packed([joined]));
        if recovered {
            effects.answer(id, member, missed.finish());
        } else {
            let page = publish::history(None, found.entries, found.start, &settings.limits);
            effects.answer(id, member, packed([page]));
        }
        for batch in held.live {
            if let Some(packet) = batch.after(member.after) {
                effects.push(id, member, &packet, settings);
            }
        }
        effects.answer(id, member, held.own.finish());
        let typing = self
            .typists
            .told()
            .map(|client| typing_frame(&(Arc::clone(client), true)));
        effects.answer(id, member, packed(typing));
        effects.joined.push(id);
    }
}

/// Frames as few packets.
pub(super) fn packed(frames: impl IntoIterator<Item = ServerFrame>) -> Vec<Packed> {
    let mut packer = Packer::default();
    for frame in frames {
        packer.add(|out| frame.write(out));
    }
    packer.finish()
}

fn typing_frame((client, on): &(Arc<str>, bool)) -> ServerFrame {
    ServerFrame::Typing {
        client: client.as_ref().to_owned(),
        on: *on,
    }
}

fn wire_member(member: &Member) -> wire::Member {
    wire::Member {
        client: member.client.as_ref().to_owned(),
        name: member.name.clone(),
    }
}
