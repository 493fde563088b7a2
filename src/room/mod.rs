//! A chat room over a [`crate::connection::Connection`]: what is said, what is heard, and what became of it.
//!
//! It speaks plain text to any WebSocket server: what arrives is shown, what is typed is sent as it is. Like the
//! connection it is told what happened and says what to do.
//!
//! ```
//! use chat_room::connection::{Config, Event, Instant, Target};
//! use chat_room::room::{Command, Output, Room};
//!
//! let (now, mut chance) = (Instant::from_millis(0), || 0.5);
//! let mut room = Room::new(Config::default());
//! let target = Target { url: "ws://localhost:8005/socket".into(), protocols: vec![] };
//! room.handle_command(now, Command::Connect(target))?;
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

mod io;
mod timeline;

use std::collections::VecDeque;

pub use io::{Command, MAX_TEXT_BYTES, Output, Refusal};
pub use timeline::{
    Content, Delivery, Item, ItemId, MAX_BINARY_HEAD, MAX_ITEMS, MAX_SHOWN_TEXT_BYTES, MAX_TIMELINE_BYTES, Notice,
    Timeline,
};

use crate::connection::{self, Config, Connection, Event, Instant, Payload, State};
use crate::websocket::Message;

/// A room: a connection, and the timeline of what passed through it.
#[derive(Debug)]
pub struct Room {
    connection: Connection<Parcel>,
    timeline: Timeline,
    outputs: VecDeque<Output>,
    was_open: bool,
}

/// A message on its way, with the item that shows it if it is one of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Parcel {
    item: Option<ItemId>,
    message: Message,
}

impl Payload for Parcel {
    fn size(&self) -> usize {
        self.message.size()
    }
}

impl Room {
    /// An empty room that has never been connected.
    pub fn new(config: Config) -> Self {
        Self {
            connection: Connection::new(config),
            timeline: Timeline::default(),
            outputs: VecDeque::new(),
            was_open: false,
        }
    }

    /// Where the connection stands.
    pub fn state(&self) -> &State {
        self.connection.state()
    }

    /// Where it is connected to, or was, or will be.
    pub fn target(&self) -> &connection::Target {
        self.connection.target()
    }

    /// Whether the machine was last said to have no network.
    pub fn is_offline(&self) -> bool {
        self.connection.is_offline()
    }

    /// What was said, heard and noticed.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The texts of one's own that nobody has got, in order.
    pub fn unsent(&self) -> impl Iterator<Item = &str> {
        self.timeline.iter().filter_map(|item| match item.content() {
            Content::Own {
                text,
                delivery: Delivery::Waiting | Delivery::Failed,
            } => Some(text.as_str()),
            _ => None,
        })
    }

    /// When to hand in [`Event::TimePassed`] if nothing else happens before.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.connection.poll_timeout()
    }

    /// The next thing to do. To be carried out, and drained, after every `handle_*`.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// What the user asked for.
    ///
    /// # Errors
    /// The command makes no sense now; see [`Refusal`]. Nothing has changed then.
    pub fn handle_command(&mut self, now: Instant, command: Command) -> Result<(), Refusal> {
        let result = match command {
            Command::Connect(target) => self.connection_command(now, connection::Command::Connect(target)),
            Command::Disconnect => self.connection_command(now, connection::Command::Disconnect),
            Command::Say(text) => self.say(now, text),
            Command::SayAgain(item) => self.say_again(now, item),
        };
        self.drain(now);
        result
    }

    /// What the socket, the page or the clock did. `chance` gives a fresh number, uniform in 0..1, at each call.
    pub fn handle_event(&mut self, now: Instant, event: Event<Message>, chance: &mut dyn FnMut() -> f64) {
        self.connection.handle_event(now, received(event), chance);
        self.drain(now);
    }

    /// The socket did not take the message of [`Output::Send`].
    pub fn handle_send_refused(&mut self, now: Instant, item: Option<ItemId>, message: Message) {
        if let Some(item) = item {
            self.timeline.set_delivery(item, Delivery::Waiting);
        }
        let event = Event::SendRefused {
            message: Parcel { item, message },
        };
        self.connection.handle_event(now, event, &mut || 0.0);
        self.drain(now);
    }

    fn connection_command(&mut self, now: Instant, command: connection::Command<Parcel>) -> Result<(), Refusal> {
        self.connection
            .handle_command(now, command)
            .map_err(Refusal::Connection)
    }

    fn say(&mut self, now: Instant, text: String) -> Result<(), Refusal> {
        check_text(&text)?;
        let item = self.timeline.next_id();
        self.send(now, item, text.clone())?;
        self.timeline.push(
            now,
            Content::Own {
                text,
                delivery: Delivery::Waiting,
            },
        );
        Ok(())
    }

    fn say_again(&mut self, now: Instant, item: ItemId) -> Result<(), Refusal> {
        let Some(Content::Own {
            text,
            delivery: Delivery::Failed,
        }) = self.timeline.get(item).map(Item::content)
        else {
            return Err(Refusal::NotFailed);
        };
        let text = text.clone();
        self.send(now, item, text)?;
        self.timeline.set_delivery(item, Delivery::Waiting);
        Ok(())
    }

    fn send(&mut self, now: Instant, item: ItemId, text: String) -> Result<(), Refusal> {
        let parcel = Parcel {
            item: Some(item),
            message: Message::Text(text),
        };
        self.connection_command(now, connection::Command::Send(parcel))
    }

    /// Turns what the connection says into what the room says, noting it in the timeline.
    fn drain(&mut self, now: Instant) {
        while let Some(output) = self.connection.poll_output() {
            match output {
                connection::Output::OpenSocket { socket, target } => {
                    self.outputs.push_back(Output::OpenSocket { socket, target });
                }
                connection::Output::CloseSocket { socket } => self.outputs.push_back(Output::CloseSocket { socket }),
                connection::Output::DropSocket { socket } => self.outputs.push_back(Output::DropSocket { socket }),
                connection::Output::Send {
                    socket,
                    message: Parcel { item, message },
                } => {
                    self.set_delivery(item, Delivery::Sent);
                    self.outputs.push_back(Output::Send { socket, item, message });
                }
                connection::Output::Received(Parcel { message, .. }) => {
                    self.timeline.push(now, Content::received(&message));
                    self.outputs.push_back(Output::Received(message));
                }
                connection::Output::Returned(Parcel { item, .. }) => self.set_delivery(item, Delivery::Failed),
                // Plain text has no ping, so the connection is given no heartbeat.
                connection::Output::Probe { .. } => {}
                connection::Output::StateChanged => self.state_changed(now),
            }
        }
    }

    fn set_delivery(&mut self, item: Option<ItemId>, delivery: Delivery) {
        if let Some(item) = item {
            self.timeline.set_delivery(item, delivery);
        }
    }

    fn state_changed(&mut self, now: Instant) {
        let notice = match self.connection.state() {
            State::Open { protocol, .. } => Some(Notice::Connected {
                url: self.connection.target().url.clone(),
                protocol: protocol.clone(),
            }),
            State::Waiting { why, close, .. } if self.was_open => Some(Notice::Lost {
                why: *why,
                close: close.clone(),
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
            _ => self.was_open = false,
        }
        if let Some(notice) = notice {
            self.timeline.push(now, Content::Notice(notice));
        }
        self.outputs.push_back(Output::StateChanged);
    }
}

fn check_text(text: &str) -> Result<(), Refusal> {
    if text.chars().all(is_blank) {
        Err(Refusal::Empty)
    } else if text.len() > MAX_TEXT_BYTES {
        Err(Refusal::TooLong { bytes: text.len() })
    } else {
        Ok(())
    }
}

/// Nothing to be seen: white space, or a character of no width. `char::is_whitespace` knows only the former.
fn is_blank(character: char) -> bool {
    let no_width = matches!(
        character,
        '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    );
    no_width || character.is_whitespace()
}

/// The same event, for parcels.
fn received(event: Event<Message>) -> Event<Parcel> {
    match event {
        Event::SocketOpened { socket, protocol } => Event::SocketOpened { socket, protocol },
        Event::SocketMessage { socket, message } => Event::SocketMessage {
            socket,
            message: Parcel { item: None, message },
        },
        Event::SocketErrored { socket } => Event::SocketErrored { socket },
        Event::SocketClosed { socket, close } => Event::SocketClosed { socket, close },
        Event::SocketRefused { socket } => Event::SocketRefused { socket },
        Event::SendRefused { message } => Event::SendRefused {
            message: Parcel { item: None, message },
        },
        Event::TimePassed => Event::TimePassed,
        Event::Online => Event::Online,
        Event::Offline => Event::Offline,
        Event::Visible => Event::Visible,
        Event::Hidden => Event::Hidden,
        Event::Suspended => Event::Suspended,
        Event::Resumed => Event::Resumed,
    }
}
