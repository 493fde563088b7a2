//! A chat room over a [`crate::connection::Connection`]: what is said, what is heard, and what became of it.
//!
//! With a relay that chooses `chat-room.v1` nothing that was said is lost, doubled or reordered, whatever happens to
//! sockets, page and relay. To any other WebSocket server it speaks plain text: what arrives is shown, what is typed is
//! sent as it is. Like the connection it is told what happened and says what to do.
//!
//! ```
//! use chat_room::connection::{Config, Event, Instant, Target};
//! use chat_room::room::{Command, Entrance, Output, Room};
//!
//! let (now, mut chance) = (Instant::from_millis(0), || 0.5);
//! let mut room = Room::new(Config::default());
//! let entrance = Entrance::new(Target::new("ws://localhost:8005/socket"), "lobby", "Ann");
//! room.handle_command(now, Command::Connect(entrance))?;
//! room.handle_command(now, Command::Say("hello".into()))?;
//!
//! let Some(Output::OpenSocket { socket, .. }) = room.poll_output() else { unreachable!() };
//! room.handle_event(now, Event::SocketOpened { socket, protocol: String::new() }, &mut chance);
//! while let Some(output) = room.poll_output() {
//!     println!("{output:?}"); // the text is among what is to be sent
//! }
//! assert_eq!(room.timeline().iter().count(), 2); // the text, and the notice that the connection is open
//! # Ok::<(), chat_room::room::Refusal>(())
//! ```

mod answers;
pub mod export;
mod io;
mod members;
mod place;
mod plain;
mod posts;
mod session;
mod tail;
mod timeline;
mod token;
pub mod typed;

use std::collections::VecDeque;

use chat_room_wire::{ClientFrame, Problem, check_room, is_invisible};

pub use chat_room_wire::{BadField, Body, Limits, SUBPROTOCOL};
pub use io::{Address, Command, Entrance, Keep, Kept, KeptLog, KeptPost, MAX_TEXT_BYTES, Output, Refusal};
pub use members::{MAX_MEMBERS, Members};
pub use tail::{MAX_KEPT_ENTRIES, MAX_KEPT_EPOCH_BYTES, MAX_KEPT_LOG_BYTES};
pub use timeline::{
    Content, Crowd, Delivery, Item, ItemId, MAX_BINARY_HEAD, MAX_ITEMS, MAX_ITEMS_READING, MAX_LEAVING,
    MAX_PEOPLE_NAMED, MAX_SHOWN_TEXT_BYTES, MAX_TIMELINE_BYTES, MAX_TIMELINE_BYTES_READING, Notice, People, Person,
    Reaction, Said, Timeline,
};
pub use token::{MAX_TOKEN_BYTES, TOKEN_TIMEOUT};

use crate::connection::{self, CommandError, Config, Connection, Event, Instant, OutboxLimits, State};
use crate::websocket::Message;
use place::{Asked, LogPlace};
use plain::Parcel;
use posts::{Posts, Waiting};
use session::Session;

/// A room: a connection, and the timeline of what passed through it.
#[derive(Debug)]
pub struct Room {
    connection: Connection<Parcel>,
    outbox: OutboxLimits,
    entrance: Entrance,
    timeline: Timeline,
    outputs: VecDeque<Output>,
    was_open: bool,
    /// The room whose posts these are, once they have been asked for.
    claimed: Option<Address>,
    /// As which client; nothing until it has been fetched.
    identity: Option<Kept>,
    posts: Posts,
    place: LogPlace,
    members: Members,
    /// Why the relay has let nobody in, in its words.
    turned_away: Option<String>,
    /// The page has tokens to be asked for.
    uses_tokens: bool,
    /// Why it gave none, in its words.
    no_token: Option<String>,
    /// There while a socket is open that speaks `chat-room.v1`.
    session: Option<Session>,
    /// When the next part leaves of what was read.
    leaves_at: Instant,
}

impl Room {
    /// An empty room that has never been connected.
    pub fn new(config: Config) -> Self {
        Self {
            outbox: config.outbox,
            connection: Connection::new(config),
            entrance: Entrance::default(),
            timeline: Timeline::default(),
            outputs: VecDeque::new(),
            was_open: false,
            claimed: None,
            identity: None,
            posts: Posts::default(),
            place: LogPlace::default(),
            members: Members::default(),
            turned_away: None,
            uses_tokens: false,
            no_token: None,
            session: None,
            leaves_at: Instant::from_millis(0),
        }
    }

    /// Where the connection stands.
    pub fn state(&self) -> &State {
        self.connection.state()
    }

    /// Whether the relay has let one in, or plain text is spoken.
    pub fn is_joined(&self) -> bool {
        match &self.session {
            Some(session) => session.joined.is_some(),
            None => matches!(self.state(), State::Open { .. }),
        }
    }

    /// Why the relay did not let one in when one last came, in its own words.
    pub fn turned_away(&self) -> Option<&str> {
        self.turned_away.as_deref()
    }

    /// Where it is connected to, or was, or will be, and as whom.
    pub fn entrance(&self) -> &Entrance {
        &self.entrance
    }

    /// Whether the machine was last said to have no network.
    pub fn is_offline(&self) -> bool {
        self.connection.is_offline()
    }

    /// What was said, heard and noticed.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Who is in the room, as it was last told.
    pub fn members(&self) -> &Members {
        &self.members
    }

    /// The id by which the others know this client, while it is in the room.
    pub fn client(&self) -> Option<&str> {
        self.membership().map(|it| it.client.as_str())
    }

    /// What is too much to be posted.
    pub fn limits(&self) -> Limits {
        self.membership().map_or_else(Limits::default, |it| it.limits)
    }

    /// How many posts were not seen in the log yet.
    pub fn waiting_posts(&self) -> usize {
        self.posts.len()
    }

    /// Whether posts wait since the relay, or the rate that it allows, wants it.
    pub fn is_held(&self) -> bool {
        let holds = self.session.as_ref().is_some_and(|it| it.hold_until.is_some());
        holds && self.posts.len() > 0
    }

    /// The texts of one's own that nobody has got and that are kept nowhere but here, in order. What was kept comes
    /// back by itself.
    pub fn unsent(&self) -> impl Iterator<Item = &str> {
        let keeps = self.identity.as_ref().is_some_and(|kept| kept.durable);
        self.timeline.iter().filter_map(move |item| match item.content() {
            _ if keeps && self.posts.is_numbered(item.id()) => None,
            Content::Said(said) if matches!(said.delivery, Some(Delivery::Waiting | Delivery::Failed)) => {
                Some(said.text())
            }
            _ => None,
        })
    }

    /// Whether there is something older to be asked for.
    pub fn has_older(&self) -> bool {
        let first = self.timeline.first_seq();
        self.is_joined() && first.is_some_and(|first| first > 1 && self.place.start != Some(first))
    }

    /// Whether older entries were asked for and have not come yet.
    pub fn is_loading_older(&self) -> bool {
        let asked = self.session.as_ref().and_then(|it| it.asked);
        matches!(asked, Some(Asked::Older { .. }))
    }

    /// When to hand in [`Event::TimePassed`] if nothing else happens before.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let session = self.session.as_ref();
        let hold = session.and_then(|it| it.hold_until);
        let answer = session.and_then(|it| it.answers.timeout(&it.heartbeat));
        let ask = session.and_then(|it| it.ask_again);
        [
            self.connection.poll_timeout(),
            hold,
            answer,
            ask,
            self.token_question().map(|(_, due)| due),
            self.members.timeout(),
            self.timeline.is_leaving().then_some(self.leaves_at),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// The next thing to do. To be carried out, and drained, after every `handle_*`.
    #[must_use = "what is not carried out is lost"]
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The message of [`Output::Received`], if that is the next thing to do: what arrives together can be told together.
    #[must_use = "what is not carried out is lost"]
    pub fn poll_received(&mut self) -> Option<Message> {
        let is_received = |output: &mut Output| matches!(output, Output::Received(_));
        match self.outputs.pop_front_if(is_received)? {
            Output::Received(message) => Some(message),
            _ => None,
        }
    }

    /// What the user asked for.
    ///
    /// # Errors
    /// The command makes no sense now; see [`Refusal`]. Nothing has changed then.
    pub fn handle_command(&mut self, now: Instant, command: Command) -> Result<(), Refusal> {
        let result = match command {
            Command::Prepare(address) => {
                if matches!(self.state(), State::Idle | State::Closed { .. }) {
                    self.claim(address);
                }
                Ok(())
            }
            Command::Connect(entrance) => self.connect(now, entrance),
            Command::Disconnect => self.connection_command(now, connection::Command::Disconnect),
            Command::Say(text) => self.post(now, Body::Text { text, reply_to: None }, None),
            Command::Post(body) => self.post(now, body, None),
            Command::SayAgain(item) => self.say_again(now, item),
            Command::Discard(item) => self.discard(item),
            Command::Rename(name) => self.rename(name),
            Command::Typing(on) => {
                self.say_typing(now, on);
                Ok(())
            }
            Command::UseTokens(on) => {
                self.use_tokens(on);
                Ok(())
            }
            Command::LoadOlder => self.load_older(now),
            Command::StopReading => {
                self.timeline.set_reading(false);
                self.leaves_at = now;
                Ok(())
            }
        };
        self.drain(now);
        result
    }

    /// What the socket, the page or the clock did. `chance` gives a fresh number, uniform in 0..1, at each call.
    pub fn handle_event(&mut self, now: Instant, event: Event<Message>, chance: &mut dyn FnMut() -> f64) {
        let wakes = matches!(event, Event::Visible | Event::Online | Event::Resumed);
        self.connection.handle_event(now, plain::parcelled(event), chance);
        self.drain(now);
        if wakes {
            self.woke(now);
        }
        self.ask_again(now);
        self.members.time_passed(now);
        self.timeline.let_go();
        self.leaves_at = now;
        self.flush(now);
        self.watch_token(now, chance);
        self.watch_answers(now, chance);
    }

    /// What [`Output::Claim`] asked for. That of a room which is no longer the one is left alone.
    pub fn handle_claimed(&mut self, now: Instant, address: &Address, kept: Kept) {
        if self.claimed.as_ref() != Some(address) || self.identity.is_some() {
            return;
        }
        if !kept.durable {
            self.notice(now, Notice::NotKept);
        }
        let said_meanwhile = self.posts.take_all();
        for post in &kept.posts {
            self.take_kept(post);
        }
        if let Some(log) = &kept.log {
            self.take_kept_log(log, &kept.client);
        }
        let next_n = kept
            .posts
            .iter()
            .map(|post| post.n.saturating_add(1))
            .max()
            .unwrap_or(1)
            .max(kept.next_n);
        self.identity = Some(Kept {
            next_n,
            posts: Vec::new(),
            log: None,
            ..kept
        });
        for post in said_meanwhile {
            if let Some(item) = post.item {
                self.timeline.move_to_end(item);
            }
            self.posts.push(post);
        }
        self.number_posts();
        self.join(now);
        self.flush(now);
        self.outputs.push_back(Output::StateChanged);
    }

    /// What was to be kept cannot be. Said once.
    pub fn handle_not_kept(&mut self, now: Instant) {
        if let Some(kept) = &mut self.identity
            && std::mem::replace(&mut kept.durable, false)
        {
            self.notice(now, Notice::NotKept);
        }
    }

    /// The socket did not take the message of [`Output::Send`].
    pub fn handle_send_refused(&mut self, now: Instant, item: Option<ItemId>, message: Message) {
        // What belongs to chat-room.v1 is said anew over the next socket.
        let Some(item) = item else { return };
        self.timeline.set_delivery(item, Delivery::Waiting);
        let message = Parcel {
            item: Some(item),
            message,
        };
        self.connection
            .handle_event(now, Event::SendRefused { message }, &mut || 0.0);
        self.drain(now);
    }

    // Coming and going

    fn connect(&mut self, now: Instant, entrance: Entrance) -> Result<(), Refusal> {
        self.turned_away = None;
        let address = entrance.address();
        if wants_rooms(&entrance) {
            check_room(&entrance.room).map_err(Refusal::Field)?;
            Limits::default().check_name(&entrance.name).map_err(Refusal::Field)?;
            self.claim(address);
        } else {
            self.leave_room();
        }
        let elsewhere = entrance.target == self.entrance.target && entrance.room != self.entrance.room;
        if elsewhere && wants_rooms(&entrance) {
            // The same server, another room: a new socket. Where there is none to leave, none has to be.
            let _ = self.connection.handle_command(now, connection::Command::Disconnect);
        }
        let target = entrance.target.clone();
        let renamed = entrance.name != self.entrance.name;
        self.entrance = entrance;
        let result = self.connection_command(now, connection::Command::Connect(target));
        if renamed && self.is_joined() {
            self.say_name();
        }
        result
    }

    /// Whose posts are waiting, and as whom they are said, is fetched anew for another room.
    fn claim(&mut self, address: Address) {
        if self.claimed.as_ref() == Some(&address) {
            return;
        }
        self.leave_room();
        self.claimed = Some(address.clone());
        self.outputs.push_back(Output::Claim(address));
    }

    /// What belongs to a room leaves with it. What is kept elsewhere is not lost; what is not has failed.
    fn leave_room(&mut self) {
        if self.claimed.take().is_none() {
            return;
        }
        let durable = self.identity.take().is_some_and(|kept| kept.durable);
        for item in self.posts.take_all().into_iter().filter_map(|post| post.item) {
            self.timeline.set_delivery(item, Delivery::Failed);
        }
        self.posts.forget_failed();
        self.timeline.clear(!durable);
        self.place = LogPlace::default();
        self.members = Members::default();
        self.session = None;
    }

    fn rename(&mut self, name: String) -> Result<(), Refusal> {
        self.limits().check_name(&name).map_err(Refusal::Field)?;
        if std::mem::replace(&mut self.entrance.name, name) != self.entrance.name {
            self.say_name();
        }
        Ok(())
    }

    fn say_name(&mut self) {
        if self.membership().is_some() {
            let name = self.entrance.name.clone();
            self.say_frame(&ClientFrame::Rename { name });
        }
    }

    fn load_older(&mut self, now: Instant) -> Result<(), Refusal> {
        let asked = match &self.session {
            Some(session) if session.joined.is_some() => session.asked.is_some(),
            _ => return Err(Refusal::NotJoined),
        };
        let first = self.timeline.first_seq().filter(|_| self.has_older() && !asked);
        let Some(first) = first else {
            return Err(Refusal::NoMore);
        };
        self.timeline.set_reading(true);
        if !self.timeline.has_room() {
            return Err(Refusal::NoMore);
        }
        self.ask_older(now, first);
        Ok(())
    }

    // Posts

    fn post(&mut self, now: Instant, body: Body, item: Option<ItemId>) -> Result<(), Refusal> {
        if self.is_plain() {
            let Body::Text { text, reply_to: None } = body else {
                return Err(Refusal::PlainText);
            };
            return self.say_plain(now, text, item);
        }
        self.check_body(&body)?;
        match self.state() {
            State::Idle | State::Closed { .. } => return Err(not(CommandError::NotConnected)),
            State::Closing { .. } => return Err(not(CommandError::Closing)),
            State::Connecting { .. } | State::Open { .. } | State::Waiting { .. } => {}
        }
        if !self.posts.has_room(&body, self.outbox) {
            return Err(not(CommandError::OutboxFull(self.outbox)));
        }
        let item = match (&body, item) {
            (_, Some(item)) => {
                self.timeline.move_to_end(item);
                self.timeline.set_delivery(item, Delivery::Waiting);
                Some(item)
            }
            (Body::Text { text, reply_to }, None) => {
                Some(self.timeline.push_pending(now, Content::own(text, *reply_to)))
            }
            _ => None,
        };
        self.posts.push(Waiting {
            n: None,
            at: now,
            body,
            item,
            was_sent: false,
        });
        self.number_posts();
        self.flush(now);
        Ok(())
    }

    fn check_body(&self, body: &Body) -> Result<(), Refusal> {
        let limits = self.limits();
        limits.check_body(body).map_err(|field| match field.problem {
            Problem::Blank if field.path == "body.text" => Refusal::Empty,
            Problem::TooLong { bytes, limit } if field.path == "body.text" => Refusal::TooLong { bytes, limit },
            _ => Refusal::Field(field),
        })?;
        // Control characters grow on the wire.
        let post = ClientFrame::Post(chat_room_wire::Post {
            n: chat_room_wire::MAX_INTEGER,
            body: body.clone(),
        });
        let (bytes, limit) = (
            post.to_json().len(),
            usize::try_from(limits.message_bytes).unwrap_or(usize::MAX),
        );
        if bytes > limit {
            return Err(Refusal::TooLong { bytes, limit });
        }
        Ok(())
    }

    /// What has no number yet gets one, and is kept under it.
    fn number_posts(&mut self) {
        let Some(kept) = &mut self.identity else { return };
        for post in self.posts.iter_mut().filter(|post| post.n.is_none()) {
            post.n = Some(kept.next_n);
            kept.next_n = kept.next_n.saturating_add(1);
            self.outputs.extend(post.keep(false).map(Output::Keep));
        }
    }

    fn take_kept(&mut self, post: &KeptPost) {
        let at = Instant::from_millis(post.at);
        let item = match &post.body {
            Body::Text { text, reply_to } => Some(self.timeline.push_pending(at, Content::own(text, *reply_to))),
            _ => None,
        };
        let waiting = Waiting {
            n: Some(post.n),
            at,
            body: post.body.clone(),
            item,
            was_sent: true,
        };
        if post.failed {
            if let Some(item) = item {
                self.timeline.set_delivery(item, Delivery::Failed);
            }
            self.put_failed(waiting);
        } else {
            self.posts.push(waiting);
        }
    }

    fn put_failed(&mut self, post: Waiting) {
        if post.item.is_none() {
            // Nothing shows it, so nobody could send it again.
            self.outputs.extend(post.n.map(|n| Output::Keep(Keep::Gone(n))));
        } else if let Some(Waiting { n: Some(n), .. }) = self.posts.push_failed(post) {
            self.outputs.push_back(Output::Keep(Keep::Gone(n)));
        }
    }

    fn say_again(&mut self, now: Instant, item: ItemId) -> Result<(), Refusal> {
        let said = self.failed(item)?;
        let body = Body::Text {
            text: said.text().to_owned(),
            reply_to: said.reply_to,
        };
        self.post(now, body, Some(item))?;
        self.forget_failed(item);
        Ok(())
    }

    fn discard(&mut self, item: ItemId) -> Result<(), Refusal> {
        self.failed(item)?;
        self.forget_failed(item);
        self.timeline.remove(item);
        Ok(())
    }

    fn failed(&self, item: ItemId) -> Result<&Said, Refusal> {
        match self.timeline.get(item).map(Item::content) {
            Some(Content::Said(said)) if said.delivery == Some(Delivery::Failed) => Ok(said),
            _ => Err(Refusal::NotFailed),
        }
    }

    fn forget_failed(&mut self, item: ItemId) {
        if let Some(Waiting { n: Some(n), .. }) = self.posts.take_failed(item) {
            self.outputs.push_back(Output::Keep(Keep::Gone(n)));
        }
    }

    // The connection

    fn connection_command(&mut self, now: Instant, command: connection::Command<Parcel>) -> Result<(), Refusal> {
        self.connection.handle_command(now, command).map_err(not)
    }

    /// Turns what the connection says into what the room says, noting it in the timeline.
    fn drain(&mut self, now: Instant) {
        while let Some(output) = self.connection.poll_output() {
            match output {
                connection::Output::OpenSocket { socket, target } => {
                    self.session = None;
                    self.no_token = None;
                    self.outputs.push_back(Output::OpenSocket { socket, target });
                }
                connection::Output::CloseSocket { socket } => self.outputs.push_back(Output::CloseSocket { socket }),
                connection::Output::DropSocket { socket } => self.outputs.push_back(Output::DropSocket { socket }),
                connection::Output::Send { socket, message } => self.send_plain(socket, message),
                connection::Output::Received(Parcel { message, .. }) if self.session.is_some() => {
                    self.heard(now, &message);
                }
                connection::Output::Received(Parcel { message, .. }) => {
                    self.timeline.push(now, self.place.last, Content::received(&message));
                    self.outputs.push_back(Output::Received(message));
                }
                connection::Output::Returned(parcel) => self.take_back(&parcel),
                connection::Output::Probe { .. } => self.say_frame(&ClientFrame::Ping),
                connection::Output::StateChanged => self.state_changed(now),
            }
        }
    }

    fn state_changed(&mut self, now: Instant) {
        let notice = match self.connection.state() {
            State::Open { protocol, .. } if protocol == SUBPROTOCOL => {
                // The notice comes when the relay has let one in.
                self.session = Some(Session::default());
                self.connection.set_heartbeat(Some(session::FIRST_HEARTBEAT));
                self.join(now);
                None
            }
            State::Open { protocol, .. } => {
                let notice = Notice::Connected {
                    url: self.connection.target().url.clone(),
                    protocol: protocol.clone(),
                };
                self.connection.set_heartbeat(None);
                self.say_what_waits();
                Some(notice)
            }
            State::Waiting { why, close, .. } if self.was_open => Some(match &self.no_token {
                Some(why) => Notice::NoToken { why: why.clone() },
                None => Notice::Lost {
                    why: *why,
                    close: close.clone(),
                },
            }),
            State::Closed { why, close } => Some(Notice::Ended {
                why: *why,
                close: close.clone(),
            }),
            State::Idle | State::Connecting { .. } | State::Closing { .. } | State::Waiting { .. } => None,
        };
        match self.connection.state() {
            State::Open { .. } => self.was_open = true,
            State::Closing { .. } => {}
            State::Idle | State::Connecting { .. } | State::Waiting { .. } | State::Closed { .. } => {
                self.was_open = false;
                self.session = None;
                self.posts.land();
            }
        }
        if let Some(notice) = notice {
            self.notice(now, notice);
        }
        self.outputs.push_back(Output::StateChanged);
    }
}

pub(crate) fn wants_rooms(entrance: &Entrance) -> bool {
    entrance.target.protocols.iter().any(|it| it.as_str() == SUBPROTOCOL)
}

fn not(error: CommandError) -> Refusal {
    Refusal::Connection(error)
}
