//! The pump between the room and the browser: events go in one at a time, outputs are carried out in order.
//!
//! No borrow of the room is held while an output is carried out: the page may call back in at once.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use web_sys::{Document, EventTarget, Window};

use super::clock::Clock;
use super::guard::Guard;
use super::socket::{Socket, SocketEvent};
use crate::connection::{Config, Event, Instant, SocketId, State, Target};
use crate::room::{Command, Item, ItemId, Output, Refusal, Room};
use crate::websocket::{Close, CloseCode, Message, OpenError};

/// How many bytes may wait inside the browser to be sent before a further text is refused.
const MAX_BUFFERED_BYTES: u64 = 1024 * 1024;

/// The longest time that a browser's timer takes.
const MAX_TIMER_MS: u64 = i32::MAX as u64;

/// What the page may want to know at once. What is to be seen is read from the room when it is painted.
pub(super) enum Happening {
    StateChanged,
    Received(Message),
    Closed(Close),
    /// The browser refused to make a socket for the address it was told.
    Refused(OpenError),
    /// All has been done: time to paint.
    Settled,
}

pub(super) struct Driver {
    room: RefCell<Room>,
    /// Never borrowed while the socket is called.
    socket: RefCell<Option<(SocketId, Rc<Socket>)>>,
    timer: RefCell<Option<Timeout>>,
    clock: Clock,
    pumping: Cell<bool>,
    guard: Guard,
    tell: Box<dyn Fn(Happening)>,
    /// Held to be dropped with the driver.
    listeners: RefCell<Vec<EventListener>>,
}

impl Driver {
    pub(super) fn new(config: Config, guard: Guard, tell: impl Fn(Happening) + 'static) -> Rc<Self> {
        let driver = Rc::new(Self {
            room: RefCell::new(Room::new(config)),
            socket: RefCell::new(None),
            timer: RefCell::new(None),
            clock: Clock::new(),
            pumping: Cell::new(false),
            guard,
            tell: Box::new(tell),
            listeners: RefCell::new(Vec::new()),
        });
        if let Some(window) = web_sys::window() {
            driver.listen_to_page(&window);
        }
        driver
    }

    pub(super) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Reads the room. `read` must not call back into the driver.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Room) -> T) -> T {
        read(&self.room.borrow())
    }

    /// What of one's own nobody has got, if it can still be told after a panic.
    pub(super) fn unsent(&self) -> Option<Vec<String>> {
        let room = self.room.try_borrow().ok()?;
        Some(room.unsent().map(str::to_owned).collect())
    }

    pub(super) fn command(self: &Rc<Self>, command: Command) -> Result<(), Refusal> {
        match &command {
            Command::Say(text) => self.check_buffer(text.len())?,
            Command::SayAgain(item) => {
                self.check_buffer(self.read(|room| room.timeline().get(*item).map_or(0, Item::bytes)))?;
            }
            Command::Post(body) => self.check_buffer(body.bytes())?,
            Command::Connect(entrance) => self.check_network(is_loopback(&entrance.target.url)),
            _ => {}
        }
        let now = self.now();
        let result = self.room.borrow_mut().handle_command(now, command);
        self.pump();
        result
    }

    fn event(self: &Rc<Self>, event: Event<Message>) {
        let now = self.now();
        self.room.borrow_mut().handle_event(now, event, &mut chance);
        self.pump();
    }

    /// Carries out what the room says until it has no more to say.
    fn pump(self: &Rc<Self>) {
        if self.pumping.replace(true) {
            return;
        }
        loop {
            let output = self.room.borrow_mut().poll_output();
            match output {
                Some(output) => self.carry_out(output),
                None => break,
            }
        }
        self.pumping.set(false);
        self.set_timer();
        (self.tell)(Happening::Settled);
    }

    fn carry_out(self: &Rc<Self>, output: Output) {
        match output {
            Output::OpenSocket { socket, target } => self.open(socket, &target),
            Output::CloseSocket { socket } => {
                if let Some(native) = self.native(socket) {
                    native.close(Some(CloseCode::NORMAL.into()));
                }
            }
            Output::DropSocket { socket } => self.drop_socket(socket),
            Output::Send { socket, item, message } => self.send(socket, item, message),
            Output::Claim(_) | Output::Keep(_) => {}
            Output::Received(message) => (self.tell)(Happening::Received(message)),
            Output::StateChanged => (self.tell)(Happening::StateChanged),
        }
    }

    fn open(self: &Rc<Self>, socket: SocketId, target: &Target) {
        let weak = Rc::downgrade(self);
        let opened = Socket::open(&target.url, &target.protocols, move |event| {
            enter(&weak, |driver| driver.socket_event(socket, event));
        });
        match opened {
            Ok(native) => drop(self.socket.replace(Some((socket, Rc::new(native))))),
            Err(error) => {
                let now = self.now();
                self.room
                    .borrow_mut()
                    .handle_event(now, Event::SocketRefused { socket }, &mut chance);
                (self.tell)(Happening::Refused(error));
            }
        }
    }

    fn send(&self, socket: SocketId, item: Option<ItemId>, message: Message) {
        let taken = self.native(socket).is_some_and(|native| native.send(&message).is_ok());
        if !taken {
            let now = self.now();
            self.room.borrow_mut().handle_send_refused(now, item, message);
        }
    }

    fn socket_event(self: &Rc<Self>, socket: SocketId, event: SocketEvent) {
        match event {
            SocketEvent::Open => {
                let protocol = self.native(socket).map_or_else(String::new, |native| native.protocol());
                self.event(Event::SocketOpened { socket, protocol });
            }
            SocketEvent::Message(message) => self.event(Event::SocketMessage { socket, message }),
            SocketEvent::Error => self.event(Event::SocketErrored { socket }),
            SocketEvent::Close(close) => {
                self.drop_socket(socket);
                self.event(Event::SocketClosed {
                    socket,
                    close: close.clone(),
                });
                (self.tell)(Happening::Closed(close));
            }
        }
    }

    /// The native socket, if this is still the current one.
    fn native(&self, socket: SocketId) -> Option<Rc<Socket>> {
        self.socket
            .borrow()
            .as_ref()
            .filter(|(current, _)| *current == socket)
            .map(|(_, native)| Rc::clone(native))
    }

    fn drop_socket(&self, socket: SocketId) {
        if self.native(socket).is_some() {
            drop(self.socket.take());
        }
    }

    /// Ends everything at once. Not left to `Drop`: what a panic has left on its stack is never dropped, and may hold
    /// the driver.
    pub(super) fn shut_down(&self) {
        self.listeners.take();
        self.timer.take();
        if let Some((_, native)) = self.socket.take() {
            native.close(Some(CloseCode::NORMAL.into()));
        }
    }

    fn set_timer(self: &Rc<Self>) {
        let Some(deadline) = self.read(Room::poll_timeout) else {
            self.timer.take();
            return;
        };
        let wait = deadline
            .as_millis()
            .saturating_sub(self.now().as_millis())
            .min(MAX_TIMER_MS);
        let weak = Rc::downgrade(self);
        let timer = Timeout::new(wait as u32, move || {
            enter(&weak, |driver| driver.event(Event::TimePassed))
        });
        self.timer.replace(Some(timer));
    }

    fn check_buffer(&self, bytes: usize) -> Result<(), Refusal> {
        let waiting = self
            .socket
            .borrow()
            .as_ref()
            .map_or(0, |(_, native)| native.buffered_amount());
        if waiting.saturating_add(bytes as u64) > MAX_BUFFERED_BYTES {
            return Err(Refusal::Congested { bytes: waiting });
        }
        Ok(())
    }

    fn listen_to_page(self: &Rc<Self>, window: &Window) {
        self.listen(window, "online", |driver, _| driver.network_event());
        self.listen(window, "offline", |driver, _| driver.network_event());
        self.listen(window, "pagehide", |driver, _| driver.event(Event::Suspended));
        self.listen(window, "pageshow", |driver, event| {
            // The first one of a page has nothing to resume.
            if wasm_bindgen::JsCast::dyn_ref::<web_sys::PageTransitionEvent>(event).is_some_and(|it| it.persisted()) {
                driver.event(Event::Resumed);
            }
        });
        let Some(document) = window.document() else { return };
        self.listen(&document, "freeze", |driver, _| driver.event(Event::Suspended));
        self.listen(&document, "resume", |driver, _| driver.event(Event::Resumed));
        self.listen(&document, "visibilitychange", |driver, _| {
            let hidden = web_sys::window()
                .and_then(|window| window.document())
                .is_some_and(|it: Document| it.hidden());
            driver.event(if hidden { Event::Hidden } else { Event::Visible });
        });
    }

    fn listen(
        self: &Rc<Self>,
        target: &EventTarget,
        kind: &'static str,
        handle: impl Fn(&Rc<Self>, &web_sys::Event) + 'static,
    ) {
        let weak = Rc::downgrade(self);
        let listener = EventListener::new(target, kind, move |event| enter(&weak, |driver| handle(driver, event)));
        self.listeners.borrow_mut().push(listener);
    }

    fn network_event(self: &Rc<Self>) {
        let loopback = self.read(|room| is_loopback(&room.entrance().target.url));
        if is_offline() && !loopback {
            self.event(Event::Offline);
        } else {
            self.event(Event::Online);
        }
    }

    /// Before a connect: whether its retries have to wait for the network.
    fn check_network(self: &Rc<Self>, loopback: bool) {
        let offline = is_offline() && !loopback;
        if offline != self.read(Room::is_offline) && !self.read(|room| matches!(room.state(), State::Waiting { .. })) {
            self.event(if offline { Event::Offline } else { Event::Online });
        }
    }
}

/// What the browser calls: guarded, and nothing if the driver is gone.
fn enter(driver: &Weak<Driver>, work: impl FnOnce(&Rc<Driver>)) {
    if let Some(driver) = driver.upgrade() {
        driver.guard.run(|| work(&driver));
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that draws chance")]
pub(super) fn chance() -> f64 {
    js_sys::Math::random()
}

fn is_offline() -> bool {
    web_sys::window().is_some_and(|window| !window.navigator().on_line())
}

/// A machine without a network still reaches itself.
pub(super) fn is_loopback(url: &str) -> bool {
    web_sys::Url::new(url).is_ok_and(|url| {
        let host = url.hostname();
        host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]"
    })
}
