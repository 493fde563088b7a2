//! A room of a relay's, where nothing that is said is lost or doubled.

use chat_room::connection::{Config, Event, Instant};
use chat_room::room::{Command, Entrance, ItemId, Kept, Output, Room};
use chat_room::websocket::Message;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::driver::{Driver, Machine, Step, chance};
use crate::line::words;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = randomUUID)]
    fn random_key() -> String;
}

/// Joins. What is returned says something.
pub(crate) fn begin(entrance: Entrance, tell: impl Fn(&str) + 'static) -> Box<dyn Fn(String)> {
    let driver = Driver::new(Room::new(Config::default()), tell);
    driver.command(|room, now| room.handle_command(now, Command::Connect(entrance)));
    Box::new(move |text| driver.command(|room, now| room.handle_command(now, Command::Say(text))))
}

impl Machine for Room {
    type Tag = Option<ItemId>;

    fn handle_event(&mut self, now: Instant, event: Event<Message>, chance: &mut dyn FnMut() -> f64) {
        self.handle_event(now, event, chance);
    }

    fn handle_not_sent(&mut self, now: Instant, item: Option<ItemId>, message: Message) {
        self.handle_send_refused(now, item, message);
    }

    fn poll(&mut self, now: Instant) -> Option<Step<Option<ItemId>>> {
        loop {
            return Some(match self.poll_output()? {
                Output::OpenSocket { socket, target } => Step::Open(socket, target),
                Output::CloseSocket { socket } => Step::Close(socket),
                Output::DropSocket { socket } => Step::Drop(socket),
                Output::Send { socket, item, message } => Step::Send(socket, item, message),
                Output::SendSecret { socket, text, .. } => Step::Send(socket, None, text.into()),
                // Only asked of those who have said that they have one.
                Output::AskToken { socket } => {
                    self.handle_token(now, socket, Err("this example has none".to_owned()), &mut chance);
                    continue;
                }
                // Nothing outlives this worker: what is not in the log is lost with it.
                Output::Keep(_) => continue,
                Output::Claim(address) => {
                    self.handle_claimed(now, &address, Kept::new(random_key()));
                    continue;
                }
                Output::Received(message) => Step::Tell(format!("heard {}", words(message))),
                Output::StateChanged if self.is_joined() => Step::Tell("is in the room".to_owned()),
                Output::StateChanged => Step::Tell(format!("is {}", self.state().name())),
            });
        }
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.poll_timeout()
    }
}
