//! The pump between the room and the browser: events go in one at a time, outputs are carried out in order.
//!
//! No borrow of the room is held while an output is carried out: the page may call back in at once.

mod page;
mod tap;
mod token;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use self::token::Asking;
use super::chance::chance;
use super::clock::Clock;
use super::courier::Couriers;
use super::guard::Guard;
use super::seat::Seat;
use super::socket::{Socket, SocketEvent};
use super::storage::{Claimed, Storage, StorageEvent};
use super::timer;
use crate::connection::{Config, Event, Instant, SocketId, State, Target};
use crate::room::{Command, Entrance, Item, ItemId, Keep, Output, Refusal, Room, wants_rooms};
use crate::traffic::{Traffic, What};
use crate::websocket::{Close, CloseCode, Message, OpenError, Protocol, ReadyState};

#[wasm_bindgen(module = "/src/web/early.js")]
extern "C" {
    /// The socket that the module has opened while the core was still coming. `protocols` are those offered, with commas.
    #[wasm_bindgen(js_name = takeSocket)]
    fn take_socket(url: &str, protocols: &str) -> Option<web_sys::WebSocket>;
}

/// The longest wait between two attempts. Somebody looks at the room and waits, and a relay takes as many as it has back
/// within this time anyway, after a restart.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How many bytes may wait inside the browser to be sent before a further text is refused.
const MAX_BUFFERED_BYTES: u64 = 1024 * 1024;

/// What the page may want to know at once. What is to be seen is read from the room when it is painted.
pub(super) enum Happening {
    StateChanged,
    /// These have arrived, one right after the other: a frame can bring hundreds.
    Received(Vec<Message>),
    Closed(Close),
    /// The browser refused to make a socket for the address it was told.
    Refused(OpenError),
    /// What was kept for the room that is prepared, or connected to.
    Claimed(Claimed),
    /// There is nothing that a courier could deliver.
    NothingLeft,
    /// What was last to be kept may not be durable yet, or is.
    Saving(bool),
    /// All has been done: time to paint.
    Settled,
}

/// Whose posts a driver takes along.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The user's, who sees the room.
    Element,
    /// Those that a tab has left which is no more.
    Courier,
}

pub(super) struct Driver {
    role: Role,
    room: RefCell<Room>,
    /// Never borrowed while the socket is called.
    socket: RefCell<Option<(SocketId, Rc<Socket>)>>,
    /// One that was taken when it had opened already, which is yet to be told.
    opened: Cell<Option<SocketId>>,
    timer: RefCell<Option<Timeout>>,
    /// When that is to fire.
    due: Cell<Option<u64>>,
    clock: Clock,
    storage: Storage,
    seat: RefCell<Option<Seat>>,
    couriers: Couriers,
    /// The page's token, or the function that gives it.
    token: RefCell<Option<JsValue>>,
    asking: RefCell<Option<Asking>>,
    /// Somebody wants to see what goes over the sockets.
    recording: Cell<bool>,
    traffic: RefCell<Traffic>,
    pumping: Cell<bool>,
    is_over: Cell<bool>,
    guard: Guard,
    tell: Box<dyn Fn(Happening)>,
    /// Held to be dropped with the driver.
    listeners: RefCell<Vec<EventListener>>,
}

impl Driver {
    pub(super) fn new(role: Role, guard: Guard, tell: impl Fn(Happening) + 'static) -> Rc<Self> {
        let mut config = Config::default();
        config.backoff.cap = LONGEST_WAIT;
        let driver = Rc::new_cyclic(|weak: &Weak<Self>| Self {
            role,
            room: RefCell::new(Room::new(config)),
            socket: RefCell::new(None),
            opened: Cell::new(None),
            timer: RefCell::new(None),
            due: Cell::new(None),
            clock: Clock::new(),
            storage: Storage::new({
                let weak = weak.clone();
                move |event| enter(&weak, |driver| driver.storage_event(event))
            }),
            seat: RefCell::new(None),
            couriers: Couriers::default(),
            token: RefCell::default(),
            asking: RefCell::default(),
            recording: Cell::new(false),
            traffic: RefCell::default(),
            pumping: Cell::new(false),
            is_over: Cell::new(false),
            guard,
            tell: Box::new(tell),
            listeners: RefCell::new(Vec::new()),
        });
        if let Some(window) = web_sys::window() {
            driver.listen_to_page(&window);
        }
        driver
    }

    pub(super) fn guard(&self) -> &Guard {
        &self.guard
    }

    pub(super) fn couriers(&self) -> &Couriers {
        &self.couriers
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
        if matches!(command, Command::Prepare(_) | Command::Connect(_)) {
            // It may lead to another room.
            self.storage.flush_log();
        }
        let leaves_rooms = matches!(&command, Command::Connect(entrance) if !wants_rooms(entrance));
        let now = self.now();
        let result = self.room.borrow_mut().handle_command(now, command);
        if leaves_rooms {
            self.storage.release();
        }
        self.pump();
        result
    }

    /// Keeps what is being typed in the room, once it rests.
    pub(super) fn keep_draft(&self, draft: &str) {
        self.storage.keep_draft(draft);
    }

    /// Keeps what the user wants to be called in the room.
    pub(super) fn keep_name(&self, name: &str) {
        self.storage.keep_name(name);
    }

    /// Whether nothing is kept of what is said in rooms, for the next page to begin with.
    pub(super) fn keep_no_log(&self, no: bool) {
        self.storage.keep_no_log(no);
    }

    /// Writes at once what is to be kept of the log.
    pub(super) fn flush_log(&self) {
        self.storage.flush_log();
    }

    /// Where this element was connected when its page was last left, if the user had not disconnected. `declared` is
    /// what the page asks of it: it does not come back to something else.
    pub(super) fn last_entrance(&self, declared: String) -> Option<Entrance> {
        let seat = Seat::take(declared);
        let entrance = seat.entrance();
        self.seat.replace(Some(seat));
        entrance
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
        self.time_passed();
        while !self.is_over.get() {
            let output = self.room.borrow_mut().poll_output();
            match output {
                Some(output) => self.carry_out(output),
                None => match self.opened.take() {
                    Some(socket) => self.socket_event(socket, SocketEvent::Open),
                    None => break,
                },
            }
        }
        self.pumping.set(false);
        if self.is_over.get() {
            return;
        }
        // What came out together is written together.
        self.storage.commit();
        self.set_timer();
        self.say(Happening::Settled);
        if self.role == Role::Element {
            self.couriers.tend(self);
        }
    }

    fn say(&self, happening: Happening) {
        if !self.is_over.get() {
            (self.tell)(happening);
        }
    }

    /// The timers of a hidden page are late, and one of a page that has slept may be set anew before it fires: whatever
    /// happens is a time to look at the clock.
    fn time_passed(&self) {
        let now = self.now();
        let mut room = self.room.borrow_mut();
        if self.due.get().is_some_and(|due| timer::is_late(now, due)) {
            self.due.set(None);
            room.handle_event(now, Event::Visible, &mut chance);
        }
        if room.poll_timeout().is_some_and(|deadline| deadline <= now) {
            room.handle_event(now, Event::TimePassed, &mut chance);
        }
    }

    fn carry_out(self: &Rc<Self>, output: Output) {
        match output {
            Output::OpenSocket { socket, target } => self.open(socket, &target),
            Output::CloseSocket { socket } => {
                if let Some(native) = self.native(socket) {
                    self.note(|| What::Closing);
                    native.close(Some(CloseCode::NORMAL.into()));
                }
            }
            Output::DropSocket { socket } => {
                if self.native(socket).is_some() {
                    self.note(|| What::Dropped);
                }
                self.drop_socket(socket);
            }
            Output::Send { socket, item, message } => self.send(socket, item, message, None),
            Output::SendSecret { socket, text, shown } => {
                self.send(socket, None, Message::Text(text), Some(Message::Text(shown)));
            }
            Output::AskToken { socket } => self.ask_token(socket),
            Output::Claim(address) => match self.role {
                Role::Element => self.storage.claim(&address),
                Role::Courier => self.storage.claim_orphan(&address),
            },
            // A log is kept by who sees it.
            Output::Keep(Keep::Log) if self.role == Role::Courier => {}
            Output::Keep(keep) => self.storage.keep(&keep),
            Output::Received(first) => {
                let mut room = self.room.borrow_mut();
                let others = std::iter::from_fn(|| room.poll_received());
                let messages = std::iter::once(first).chain(others).collect();
                drop(room);
                self.say(Happening::Received(messages));
            }
            Output::StateChanged => {
                self.remember();
                self.say(Happening::StateChanged);
            }
        }
    }

    fn open(self: &Rc<Self>, socket: SocketId, target: &Target) {
        self.note_attempt(target);
        let weak = Rc::downgrade(self);
        let told = move |event| enter(&weak, |driver| driver.socket_event(socket, event));
        let protocols: Vec<&str> = target.protocols.iter().map(Protocol::as_str).collect();
        let opened = match take_socket(&target.url, &protocols.join(",")) {
            Some(native) => Ok(Socket::over(native, Box::new(told))),
            None => Socket::open(&target.url, &target.protocols, told),
        };
        match opened {
            Ok(native) => {
                let is_open = native.ready_state() == ReadyState::Open;
                self.opened.set(is_open.then_some(socket));
                drop(self.socket.replace(Some((socket, Rc::new(native)))));
            }
            Err(error) => {
                self.note(|| What::Refused(error.clone()));
                let now = self.now();
                self.room
                    .borrow_mut()
                    .handle_event(now, Event::SocketRefused { socket }, &mut chance);
                self.say(Happening::Refused(error));
            }
        }
    }

    /// `shown` is recorded in its place, if it is not to be seen.
    fn send(&self, socket: SocketId, item: Option<ItemId>, message: Message, shown: Option<Message>) {
        let taken = self.native(socket).is_some_and(|native| native.send(&message).is_ok());
        self.note(|| match taken {
            true => What::sent(shown.as_ref().unwrap_or(&message)),
            false => What::NotSent(message.len()),
        });
        if !taken {
            let now = self.now();
            self.room.borrow_mut().handle_send_refused(now, item, message);
        }
    }

    fn socket_event(self: &Rc<Self>, socket: SocketId, event: SocketEvent) {
        match event {
            SocketEvent::Open => {
                let native = self.native(socket);
                let protocol = native.as_ref().map_or_else(String::new, |native| native.protocol());
                self.note(|| What::Open {
                    protocol: protocol.clone(),
                    extensions: native.map_or_else(String::new, |native| native.extensions()),
                });
                self.event(Event::SocketOpened { socket, protocol });
            }
            SocketEvent::Message(message) => {
                self.note(|| What::received(&message));
                self.event(Event::SocketMessage { socket, message });
            }
            SocketEvent::Error => {
                self.note(|| What::Errored);
                self.event(Event::SocketErrored { socket });
            }
            SocketEvent::Close(close) => {
                self.note(|| What::Closed(close.clone()));
                self.drop_socket(socket);
                self.event(Event::SocketClosed {
                    socket,
                    close: close.clone(),
                });
                self.say(Happening::Closed(close));
            }
        }
    }

    fn storage_event(self: &Rc<Self>, event: StorageEvent) {
        match event {
            StorageEvent::Claimed(claimed) => {
                let now = self.now();
                let kept = claimed.kept.clone();
                self.room.borrow_mut().handle_claimed(now, &claimed.address, kept);
                self.pump();
                self.say(Happening::Claimed(claimed));
            }
            StorageEvent::Nothing => self.say(Happening::NothingLeft),
            StorageEvent::NotKept => {
                let now = self.now();
                self.room.borrow_mut().handle_not_kept(now);
                self.pump();
            }
            StorageEvent::LogDue => {
                if let Some(log) = self.read(Room::kept_log) {
                    self.storage.keep_log(&log);
                }
            }
            StorageEvent::Saving(saving) => self.say(Happening::Saving(saving)),
        }
    }

    /// After a reload the element is connected if it was: not after a disconnect, or where it was turned away.
    fn remember(&self) {
        if let Some(seat) = &*self.seat.borrow() {
            let room = self.room.borrow();
            seat.remember(match room.state() {
                State::Connecting { .. } | State::Open { .. } | State::Waiting { .. } => Some(room.entrance()),
                State::Idle | State::Closing { .. } | State::Closed { .. } => None,
            });
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
        self.is_over.set(true);
        self.couriers.stop();
        self.seat.take();
        self.storage.close();
        self.listeners.take();
        self.timer.take();
        self.asking.take();
        if let Some((_, native)) = self.socket.take() {
            native.close(Some(CloseCode::NORMAL.into()));
        }
    }

    fn set_timer(self: &Rc<Self>) {
        let Some(deadline) = self.read(Room::poll_timeout) else {
            self.timer.take();
            self.due.set(None);
            return;
        };
        let now = self.now();
        let wait = timer::wait(now, deadline, page::is_seen());
        let due = now.as_millis() + wait;
        // One that fires too early is set anew then: that costs less than to set it at each message.
        if self.due.get().is_some_and(|before| before <= due) {
            return;
        }
        self.due.set(Some(due));
        let weak = Rc::downgrade(self);
        let timer = Timeout::new(wait as u32, move || enter(&weak, |driver| driver.timer_fired(due)));
        self.timer.replace(Some(timer));
    }

    fn timer_fired(self: &Rc<Self>, due: u64) {
        let now = self.now();
        self.due.set(None);
        let event = timer::fired(now, due);
        let is_early = self.read(Room::poll_timeout).is_none_or(|deadline| deadline > now);
        if is_early && event == Event::TimePassed {
            self.set_timer();
        } else {
            self.event(event);
        }
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
}

/// What the browser calls: guarded, and nothing if the driver is gone.
fn enter(driver: &Weak<Driver>, work: impl FnOnce(&Rc<Driver>)) {
    if let Some(driver) = driver.upgrade() {
        driver.guard.run(|| work(&driver));
    }
}

/// A machine without a network still reaches itself.
pub(super) fn is_loopback(url: &str) -> bool {
    web_sys::Url::new(url).is_ok_and(|url| {
        let host = url.hostname();
        host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]"
    })
}
