//! Plain text, as any WebSocket server takes it: no rooms, no names, no acknowledgement.

use chat_room_wire::Body;

use super::{Content, Delivery, ItemId, Keep, MAX_TEXT_BYTES, Output, Refusal, Room, is_invisible, wants_rooms};
use crate::connection::{self, Event, Instant, Payload, SocketId, State};
use crate::websocket::Message;

/// A message on its way, with the item that shows it if it is one of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parcel {
    pub(super) item: Option<ItemId>,
    pub(super) message: Message,
}

impl Payload for Parcel {
    fn size(&self) -> usize {
        self.message.size()
    }
}

impl Room {
    /// Whether what is said now is plain text: no rooms were asked for, or the server does not know them.
    pub(super) fn is_plain(&self) -> bool {
        let open = matches!(self.state(), State::Open { .. });
        !wants_rooms(&self.entrance) || (open && self.session.is_none())
    }

    pub(super) fn say_plain(&mut self, now: Instant, text: String, item: Option<ItemId>) -> Result<(), Refusal> {
        check_text(&text)?;
        let id = item.unwrap_or(self.timeline.next_id());
        let parcel = Parcel {
            item: Some(id),
            message: Message::Text(text.clone()),
        };
        self.connection_command(now, connection::Command::Send(parcel))?;
        match item {
            Some(item) => self.timeline.set_delivery(item, Delivery::Waiting),
            None => drop(self.timeline.push(now, self.place.last, Content::own(&text, None))),
        }
        Ok(())
    }

    pub(super) fn send_plain(&mut self, socket: SocketId, parcel: Parcel) {
        if let Some(item) = parcel.item {
            self.timeline.set_delivery(item, Delivery::Sent);
        }
        self.outputs.push_back(Output::Send {
            socket,
            item: parcel.item,
            message: parcel.message,
        });
    }

    pub(super) fn take_back(&mut self, parcel: &Parcel) {
        if let Some(item) = parcel.item {
            self.timeline.set_delivery(item, Delivery::Failed);
        }
    }

    /// What was meant for a room, to a server that turns out to know none.
    pub(super) fn say_what_waits(&mut self) {
        let Some(socket) = self.connection.state().socket() else {
            return;
        };
        for post in self.posts.take_all() {
            self.outputs.extend(post.n.map(|n| Output::Keep(Keep::Gone(n))));
            if let Body::Text { text, .. } = post.body {
                let message = Message::Text(text);
                self.send_plain(
                    socket,
                    Parcel {
                        item: post.item,
                        message,
                    },
                );
            }
        }
    }
}

fn check_text(text: &str) -> Result<(), Refusal> {
    if text.chars().all(is_invisible) {
        Err(Refusal::Empty)
    } else if text.len() > MAX_TEXT_BYTES {
        Err(Refusal::TooLong {
            bytes: text.len(),
            limit: MAX_TEXT_BYTES,
        })
    } else {
        Ok(())
    }
}

/// The same event, for parcels.
pub(super) fn parcelled(event: Event<Message>) -> Event<Parcel> {
    let parcel = |message| Parcel { item: None, message };
    match event {
        Event::SocketOpened { socket, protocol } => Event::SocketOpened { socket, protocol },
        Event::SocketMessage { socket, message } => Event::SocketMessage {
            socket,
            message: parcel(message),
        },
        Event::SocketErrored { socket } => Event::SocketErrored { socket },
        Event::SocketClosed { socket, close } => Event::SocketClosed { socket, close },
        Event::SocketRefused { socket } => Event::SocketRefused { socket },
        Event::SendRefused { message } => Event::SendRefused {
            message: parcel(message),
        },
        Event::TimePassed => Event::TimePassed,
        Event::Online => Event::Online,
        Event::Offline => Event::Offline,
        Event::Visible => Event::Visible,
        Event::Hidden => Event::Hidden,
        Event::Suspended => Event::Suspended,
        Event::Resumed => Event::Resumed,
        Event::Unanswered => Event::Unanswered,
    }
}
