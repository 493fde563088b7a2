//! A lasting connection to any WebSocket server.

use chat_room::connection::{Command, Config, Connection, Event, Instant, Output, Target};
use chat_room::websocket::Message;

use crate::driver::{Driver, Machine, Step};

/// Connects. What is returned says something.
pub(crate) fn begin(target: Target, tell: impl Fn(&str) + 'static) -> Box<dyn Fn(String)> {
    let driver = Driver::new(Connection::new(Config::default()), tell);
    driver.command(|line, now| line.handle_command(now, Command::Connect(target)));
    Box::new(move |text| driver.command(|line, now| line.handle_command(now, Command::Send(text.into()))))
}

impl Machine for Connection<Message> {
    type Tag = ();

    fn handle_event(&mut self, now: Instant, event: Event<Message>, chance: &mut dyn FnMut() -> f64) {
        self.handle_event(now, event, chance);
    }

    fn handle_not_sent(&mut self, now: Instant, (): (), message: Message) {
        self.handle_event(now, Event::SendRefused { message }, &mut || 0.0);
    }

    fn poll(&mut self, _now: Instant) -> Option<Step<()>> {
        loop {
            return Some(match self.poll_output()? {
                Output::OpenSocket { socket, target } => Step::Open(socket, target),
                Output::CloseSocket { socket } => Step::Close(socket),
                Output::DropSocket { socket } => Step::Drop(socket),
                Output::Send { socket, message } => Step::Send(socket, (), message),
                Output::Received(message) => Step::Tell(format!("heard {}", words(message))),
                Output::Returned(message) => Step::Tell(format!("not sent {}", words(message))),
                Output::StateChanged => Step::Tell(format!("is {}", self.state().name())),
                // Where no heartbeat is configured, nobody is probed: plain text has no ping.
                Output::Probe { .. } => continue,
            });
        }
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.poll_timeout()
    }
}

pub(crate) fn words(message: Message) -> String {
    match message {
        Message::Text(text) => text,
        Message::Binary(bytes) => format!("{} bytes", bytes.len()),
    }
}
