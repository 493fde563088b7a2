//! What both applications need: a socket, a clock and a timer around a state machine.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use chat_room::connection::{Event, Instant, SocketId, Target};
use chat_room::web::{Clock, Socket, SocketEvent};
use chat_room::websocket::Message;
use gloo_timers::callback::Timeout;

/// The longest time that a browser's timer takes, in milliseconds.
const MAX_TIMER_MS: u64 = i32::MAX as u64;

/// A state machine of the crate's.
pub(crate) trait Machine: 'static {
    /// What comes along with a message that is to be sent, and is handed back if it was not.
    type Tag;

    fn handle_event(&mut self, now: Instant, event: Event<Message>, chance: &mut dyn FnMut() -> f64);

    /// The browser did not take this message.
    fn handle_not_sent(&mut self, now: Instant, tag: Self::Tag, message: Message);

    /// What to do next.
    fn poll(&mut self, now: Instant) -> Option<Step<Self::Tag>>;

    fn poll_timeout(&self) -> Option<Instant>;
}

pub(crate) enum Step<Tag> {
    Open(SocketId, Target),
    Close(SocketId),
    Drop(SocketId),
    Send(SocketId, Tag, Message),
    /// Tell the page.
    Tell(String),
}

pub(crate) struct Driver<M> {
    machine: RefCell<M>,
    socket: RefCell<Option<(SocketId, Rc<Socket>)>>,
    timer: RefCell<Option<Timeout>>,
    clock: Clock,
    tell: Box<dyn Fn(&str)>,
}

impl<M: Machine> Driver<M> {
    pub(crate) fn new(machine: M, tell: impl Fn(&str) + 'static) -> Rc<Self> {
        Rc::new(Self {
            machine: RefCell::new(machine),
            socket: RefCell::new(None),
            timer: RefCell::new(None),
            clock: Clock::new(),
            tell: Box::new(tell),
        })
    }

    /// Asks the machine for something, and does what it says to that. A refusal is told to the page.
    pub(crate) fn command<E: ToString>(self: &Rc<Self>, ask: impl FnOnce(&mut M, Instant) -> Result<(), E>) {
        let result = ask(&mut self.machine.borrow_mut(), self.clock.now());
        if let Err(refusal) = result {
            (self.tell)(&format!("refused: {}", refusal.to_string()));
        }
        self.pump();
    }

    fn event(self: &Rc<Self>, event: Event<Message>) {
        self.machine
            .borrow_mut()
            .handle_event(self.clock.now(), event, &mut chance);
        self.pump();
    }

    /// No borrow of the machine is held while a step is done.
    fn pump(self: &Rc<Self>) {
        loop {
            let step = self.machine.borrow_mut().poll(self.clock.now());
            match step {
                Some(step) => self.carry_out(step),
                None => break,
            }
        }
        self.set_timer();
    }

    fn carry_out(self: &Rc<Self>, step: Step<M::Tag>) {
        match step {
            Step::Open(id, target) => self.open(id, &target),
            Step::Close(id) => {
                if let Some(socket) = self.socket(id) {
                    socket.close(Some(chat_room::websocket::CloseCode::NORMAL.into()));
                }
            }
            Step::Drop(id) => self.drop_socket(id),
            Step::Send(id, tag, message) => {
                let taken = self.socket(id).is_some_and(|it| it.send(&message).is_ok());
                if !taken {
                    self.machine
                        .borrow_mut()
                        .handle_not_sent(self.clock.now(), tag, message);
                }
            }
            Step::Tell(text) => (self.tell)(&text),
        }
    }

    fn open(self: &Rc<Self>, id: SocketId, target: &Target) {
        let weak = Rc::downgrade(self);
        let opened = Socket::open(&target.url, &target.protocols, move |event| {
            if let Some(driver) = weak.upgrade() {
                driver.socket_event(id, event);
            }
        });
        match opened {
            Ok(socket) => drop(self.socket.replace(Some((id, Rc::new(socket))))),
            Err(error) => {
                (self.tell)(&format!("refused: {error}"));
                self.machine.borrow_mut().handle_event(
                    self.clock.now(),
                    Event::SocketRefused { socket: id },
                    &mut chance,
                );
            }
        }
    }

    fn socket_event(self: &Rc<Self>, socket: SocketId, event: SocketEvent) {
        match event {
            SocketEvent::Open => {
                let protocol = self.socket(socket).map_or_else(String::new, |it| it.protocol());
                self.event(Event::SocketOpened { socket, protocol });
            }
            SocketEvent::Message(message) => self.event(Event::SocketMessage { socket, message }),
            SocketEvent::Error => self.event(Event::SocketErrored { socket }),
            SocketEvent::Close(close) => {
                self.drop_socket(socket);
                self.event(Event::SocketClosed { socket, close });
            }
        }
    }

    /// The socket, if it is still the current one.
    fn socket(&self, id: SocketId) -> Option<Rc<Socket>> {
        let current = self.socket.borrow();
        current.as_ref().filter(|it| it.0 == id).map(|it| Rc::clone(&it.1))
    }

    fn drop_socket(&self, id: SocketId) {
        if self.socket(id).is_some() {
            self.socket.take();
        }
    }

    fn set_timer(self: &Rc<Self>) {
        let deadline = self.machine.borrow().poll_timeout();
        let timer = deadline.map(|deadline| {
            let wait = deadline.as_millis().saturating_sub(self.clock.now().as_millis());
            let driver: Weak<Self> = Rc::downgrade(self);
            Timeout::new(wait.min(MAX_TIMER_MS) as u32, move || {
                if let Some(driver) = driver.upgrade() {
                    driver.event(Event::TimePassed);
                }
            })
        });
        self.timer.replace(timer);
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that draws chance")]
pub(crate) fn chance() -> f64 {
    js_sys::Math::random()
}
