//! The rooms: the relay's side of `chat-room.v1`, and the plain-text clients beside it.
//!
//! Pure: [`Rooms`] knows neither clock nor socket nor log. The shell tells it what happened and carries out what it
//! asks for. Times are milliseconds since 1970, and entries carry them; they should never go back.
//!
//! ```
//! use chat_room_relay::Limits;
//! use chat_room_relay::room::{Message, Opening, Output, Rooms, Settings};
//!
//! let mut rooms = Rooms::new(Settings { epoch: "e1".into(), limits: Limits::default() });
//! let connection = rooms.handle_opened(1_000, Opening::V1);
//! let join = r#"{"type":"join","room":"lobby","name":"Ada","key":"0123456789abcdef012345"}"#;
//! rooms.handle_message(1_001, connection, Message::Text(join.into()));
//! // The log is asked what Ada has missed; its answer is handed in, and `joined` waits for her.
//! assert!(matches!(rooms.poll_output(), Some(Output::Read { .. })));
//! assert!(rooms.poll_output().is_none());
//! ```

#![deny(clippy::disallowed_methods)]

mod answers;
pub mod close;
mod frames;
mod io;
mod members;
mod posts;
mod publish;
mod queue;
mod rate;
mod session;
#[cfg(test)]
mod tests;
mod typing;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};

pub use io::{Closing, ConnectionId, Message, Opening, Output, Settings};
pub use queue::{Backlog, Joiner};

use close::cut;
use members::{Effects, Room};
use posts::Posts;
use session::{Member, Session, Speech, Stage};

/// All rooms of a relay, and all its connections.
///
/// After each `handle_*` and [`take`](Rooms::take), [`poll_output`](Rooms::poll_output) is drained and what it gives
/// carried out in order: posts have to reach the log in the order in which they were handed out.
#[derive(Debug)]
pub struct Rooms {
    settings: Settings,
    /// Connections that are in no room yet.
    lobby: BTreeMap<ConnectionId, Session>,
    /// The rooms that connections are in.
    places: BTreeMap<ConnectionId, Arc<str>>,
    rooms: BTreeMap<Arc<str>, Room>,
    tickets: BTreeMap<u64, Ticket>,
    posts: Posts,
    timers: BTreeSet<(u64, Timer)>,
    effects: Effects,
    next_connection: u64,
    next_ticket: u64,
    closing: bool,
}

/// What the log is to answer.
#[derive(Debug)]
enum Ticket {
    Post {
        connection: ConnectionId,
        room: Arc<str>,
        n: u64,
    },
    Join(ConnectionId),
    History {
        connection: ConnectionId,
        before: Option<u64>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    Room(Arc<str>),
    Connection(ConnectionId),
}

impl Rooms {
    /// No room, and nobody there.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            lobby: BTreeMap::new(),
            places: BTreeMap::new(),
            rooms: BTreeMap::new(),
            tickets: BTreeMap::new(),
            posts: Posts::default(),
            timers: BTreeSet::new(),
            effects: Effects::default(),
            next_connection: 1,
            next_ticket: 1,
            closing: false,
        }
    }

    /// How many connections there are.
    pub fn connections(&self) -> usize {
        self.lobby.len() + self.places.len()
    }

    /// How many rooms have somebody in them. Others take no memory.
    pub fn rooms(&self) -> usize {
        self.rooms.len()
    }

    /// How many posts the log has not answered yet.
    pub fn posts_on_way(&self) -> usize {
        self.posts.len()
    }

    /// A connection was opened.
    pub fn handle_opened(&mut self, now: u64, opening: Opening) -> ConnectionId {
        let id = ConnectionId(self.next_connection);
        self.next_connection += 1;
        match opening {
            Opening::V1 => {
                self.lobby.insert(id, Session::new(Speech::V1));
            }
            Opening::Plain { room, name, key } => {
                self.lobby.insert(id, Session::new(Speech::Plain(0)));
                let name = name.unwrap_or_else(|| format!("guest-{id}"));
                self.enter_plain(now, id, &room, name, &key);
            }
        }
        if self.closing {
            self.close_for_restart(now, id);
        }
        id
    }

    fn enter_plain(&mut self, now: u64, id: ConnectionId, room: &str, name: String, key: &str) {
        if let Err(bad) = chat_room_wire::check_room(room) {
            self.close(now, id, close::NO_SUCH_PLACE, &bad.to_string());
        } else if let Err(bad) = self.settings.limits.told().check_name(&name) {
            self.close(now, id, close::NO_SUCH_PLACE, &bad.to_string());
        } else {
            self.enter(now, id, room, &client_id(key), name, Stage::Joined);
        }
    }

    /// What a connection sent. From one that has been closed, it is ignored.
    pub fn handle_message(&mut self, now: u64, id: ConnectionId, message: Message) {
        self.handle_messages(now, id, [message]);
    }

    /// What a connection sent, in order. The posts of all of it go to the log together.
    pub fn handle_messages(&mut self, now: u64, id: ConnectionId, messages: impl IntoIterator<Item = Message>) {
        for message in messages {
            self.understand(now, id, message);
        }
        self.hand_over_posts();
        self.settle(now, id);
    }

    fn understand(&mut self, now: u64, id: ConnectionId, message: Message) {
        if let Some(speech) = self.session(id).map(|session| session.speech) {
            match (speech, message) {
                (_, Message::Binary) => {
                    self.close(now, id, close::UNSUPPORTED, "only text is taken here, not binary");
                }
                (Speech::V1, Message::Frames { frames, bytes }) => self.handle_frames(now, id, frames, bytes),
                (Speech::V1, Message::Text(text)) => {
                    let frames = chat_room_wire::ClientFrame::decode(&text);
                    self.handle_frames(now, id, frames, text.len());
                }
                (Speech::Plain(_), Message::Text(text)) => self.handle_plain(now, id, text.as_str()),
                // Only a shell that mistook one connection for another reads frames here.
                (Speech::Plain(_), Message::Frames { .. }) => {}
            }
        }
    }

    /// A connection was closed, by its peer or for want of one.
    pub fn handle_closed(&mut self, now: u64, id: ConnectionId) {
        self.remove(now, id);
        self.close_too_slow(now);
    }

    /// Time has passed. To be called at [`Rooms::poll_timeout`].
    pub fn handle_time(&mut self, now: u64) {
        while let Some((_, timer)) = self.timers.first().filter(|(at, _)| *at <= now).cloned() {
            self.timers.pop_first();
            match timer {
                Timer::Room(room) => {
                    if let Some(room) = self.rooms.get_mut(&room) {
                        room.due = None;
                    }
                    self.settle_room(now, &room);
                }
                Timer::Connection(id) => {
                    if let Some(session) = self.session_mut(id) {
                        session.slow_until = 0;
                    }
                    self.update_pause(id);
                }
            }
        }
        self.close_too_slow(now);
    }

    /// The relay is going to end: nothing is read any more, and when the log has answered all posts, everybody is
    /// sent away with 1012.
    pub fn handle_shutdown(&mut self, now: u64) {
        self.closing = true;
        for id in self.all_ids() {
            self.update_pause(id);
        }
        self.close_when_done(now);
    }

    /// The end of a shutdown, whatever the log still has to answer.
    pub fn close_all(&mut self, now: u64) {
        self.closing = true;
        for id in self.all_ids() {
            self.close_for_restart(now, id);
        }
    }

    /// Everything that waits for a connection, to be sent in order.
    pub fn take(&mut self, id: ConnectionId) -> Backlog {
        let (backlog, waits) = match self.member_mut(id) {
            Some(member) => {
                let waits = member.session.paused || !member.histories.is_empty();
                (member.session.take(), waits)
            }
            None => (self.lobby.get_mut(&id).map(Session::take).unwrap_or_default(), true),
        };
        // What most take was said by others, and they wait for nothing.
        if waits && !backlog.is_empty() {
            self.next_history(id);
            self.update_pause(id);
        }
        backlog
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.effects.outputs.pop_front()
    }

    /// When to call [`Rooms::handle_time`] if nothing else happens.
    pub fn poll_timeout(&self) -> Option<u64> {
        self.timers.first().map(|(at, _)| *at)
    }

    // Finding somebody

    fn all_ids(&self) -> Vec<ConnectionId> {
        self.lobby.keys().chain(self.places.keys()).copied().collect()
    }

    fn session(&self, id: ConnectionId) -> Option<&Session> {
        match self.places.get(&id) {
            Some(room) => self.rooms.get(room)?.members.get(&id).map(|member| &member.session),
            None => self.lobby.get(&id),
        }
    }

    fn session_mut(&mut self, id: ConnectionId) -> Option<&mut Session> {
        match self.places.get(&id) {
            Some(_) => self.member_mut(id).map(|member| &mut member.session),
            None => self.lobby.get_mut(&id),
        }
    }

    fn room_mut(&mut self, id: ConnectionId) -> Option<&mut Room> {
        let room = self.places.get(&id)?;
        self.rooms.get_mut(room)
    }

    fn member_mut(&mut self, id: ConnectionId) -> Option<&mut Member> {
        self.room_mut(id)?.members.get_mut(&id)
    }

    // Coming and going

    /// Takes a connection out of the lobby into a room. Whoever is there with the same key has to go.
    fn enter(&mut self, now: u64, id: ConnectionId, room: &str, client: &str, name: String, stage: Stage) {
        let older = self.rooms.get(room).and_then(|room| room.connection_of(client));
        if let Some(older) = older {
            let reason = "the same client has joined this room on another connection";
            self.close(now, older, close::ELSEWHERE, reason);
        }
        if let Some(session) = self.lobby.remove(&id) {
            let room: Arc<str> = match self.rooms.get_key_value(room) {
                Some((room, _)) => Arc::clone(room),
                None => room.into(),
            };
            let member = Member::new(session, client.into(), name, stage);
            self.rooms.entry(Arc::clone(&room)).or_default().enter(id, member);
            self.places.insert(id, Arc::clone(&room));
            self.settle_room(now, &room);
        }
    }

    /// Takes a connection out of everything.
    fn remove(&mut self, now: u64, id: ConnectionId) -> Option<Session> {
        let session = match self.places.remove(&id) {
            Some(name) => {
                let member = self.rooms.get_mut(&name).and_then(|room| room.leave(id))?;
                self.settle_room(now, &name);
                member.session
            }
            None => self.lobby.remove(&id)?,
        };
        self.timers.remove(&(session.slow_until, Timer::Connection(id)));
        Some(session)
    }

    fn close(&mut self, now: u64, id: ConnectionId, code: u16, reason: &str) {
        if let Some(mut session) = self.remove(now, id) {
            self.effects.outputs.push_back(Output::Close(Closing {
                connection: id,
                rest: session.take(),
                code,
                reason: cut(reason),
            }));
        }
    }

    fn close_for_restart(&mut self, now: u64, id: ConnectionId) {
        self.close(now, id, close::RESTART, "the relay restarts; come back in a moment");
    }

    fn close_when_done(&mut self, now: u64) {
        if self.closing && self.posts.len() == 0 {
            self.close_all(now);
        }
    }

    /// Those whose queues are full are sent away, without what waited.
    fn close_too_slow(&mut self, now: u64) {
        while let Some(id) = self.effects.too_slow.pop() {
            if let Some(session) = self.session_mut(id) {
                drop(session.take());
            }
            let reason = "too slow: more was waiting for you than is kept; come back and go on from there";
            self.close(now, id, close::AGAIN, reason);
        }
    }

    // What follows every change

    /// To be called after whatever `id` did.
    fn settle(&mut self, now: u64, id: ConnectionId) {
        if let Some(room) = self.places.get(&id).cloned() {
            self.settle_room(now, &room);
        }
        self.update_pause(id);
        self.close_too_slow(now);
    }

    /// Forgets a room without members, tells its members what is due, and keeps its timer right.
    fn settle_room(&mut self, now: u64, name: &Arc<str>) {
        let Some(room) = self.rooms.get_mut(name) else {
            return;
        };
        // At the end everybody goes, and nobody needs to be told of the others.
        let is_quiet = room.is_empty() || self.closing;
        if !is_quiet && room.next_due(now, &self.settings).is_some_and(|due| due <= now) {
            room.tell_news(now, &self.settings, &mut self.effects);
        }
        let due = match is_quiet {
            true => None,
            false => room.next_due(now, &self.settings),
        };
        if room.due != due {
            let old = std::mem::replace(&mut room.due, due);
            if let Some(old) = old {
                self.timers.remove(&(old, Timer::Room(Arc::clone(name))));
            }
            if let Some(due) = due {
                self.timers.insert((due, Timer::Room(Arc::clone(name))));
            }
        }
        if room.is_empty() {
            self.rooms.remove(name);
        }
        for id in std::mem::take(&mut self.effects.joined) {
            self.next_history(id);
        }
    }

    /// Has a connection paused or resumed, where that has changed.
    fn update_pause(&mut self, id: ConnectionId) {
        let limits = &self.settings.limits;
        let waits = self.session(id).is_some_and(|session| session.has_to_wait(limits));
        let wanted = waits || self.posts.of(id) >= limits.posts_on_way || self.closing;
        if let Some(session) = self.session_mut(id)
            && session.paused != wanted
        {
            session.paused = wanted;
            self.effects.outputs.push_back(match wanted {
                true => Output::Pause(id),
                false => Output::Resume(id),
            });
        }
    }

    fn new_ticket(&mut self, ticket: Ticket) -> u64 {
        let number = self.next_ticket;
        self.next_ticket += 1;
        self.tickets.insert(number, ticket);
        number
    }
}

/// The public id of the client that has this key: nobody can find the key from it.
pub fn client_id(key: &str) -> String {
    let digest = Sha256::new()
        .chain_update("chat-room.v1 client\0")
        .chain_update(key)
        .finalize();
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
