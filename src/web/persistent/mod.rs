//! `PersistentWebSocket`: the native WebSocket's interface for JavaScript, over a [`Connection`] that comes back by itself.
//!
//! A class needs JavaScript, and so do a web page's values: `persistent.js` is that class, and what is sent and received
//! stays with it. This is its core, which decides; a message is a ticket here. Everything between the two is numbers,
//! through one door, which costs less than a door for each question.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::num::NonZeroU32;
use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;

use spin::{Mutex, MutexGuard};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::chance::chance;
use super::clock::Clock;
use super::timer;
use crate::connection::{
    Command, CommandError, Config, Connection, Event, Heartbeat, Output, Payload, SocketId, State, Target, Why,
    comes_back,
};
use crate::websocket::Close;

/// What stands for nothing among the numbers.
const NOTHING: f64 = -1.0;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("persistent.d.ts");

/// What is asked of a core. `persistent.js` and `page.js` have the same names and numbers.
mod question {
    pub(super) const NEW: u8 = 0;
    pub(super) const FREE: u8 = 1;
    pub(super) const SET: u8 = 2;
    pub(super) const CONNECT: u8 = 3;
    pub(super) const CLOSE: u8 = 4;
    pub(super) const SEND: u8 = 5;
    pub(super) const ABANDON: u8 = 6;
    pub(super) const OPENED: u8 = 7;
    pub(super) const HEARD: u8 = 8;
    pub(super) const ENDED: u8 = 9;
    pub(super) const TAKE_BACK: u8 = 10;
    pub(super) const OFFLINE: u8 = 11;
    pub(super) const ONLINE: u8 = 12;
    pub(super) const VISIBLE: u8 = 13;
    pub(super) const SUSPENDED: u8 = 14;
    pub(super) const RESUMED: u8 = 15;
    pub(super) const FIRED: u8 = 16;
    pub(super) const WAIT: u8 = 17;
    pub(super) const NEXT: u8 = 18;
    pub(super) const TICKET: u8 = 19;
    pub(super) const STATE: u8 = 20;
    pub(super) const GAVE_UP: u8 = 21;
    pub(super) const ATTEMPT: u8 = 22;
    pub(super) const RETRY_AT: u8 = 23;
    pub(super) const WAITING_MESSAGES: u8 = 24;
    pub(super) const WAITING_BYTES: u8 = 25;
}

// The classes are imported as functions: of these alone wasm-bindgen leaves the types to `TYPES`.

#[wasm_bindgen(module = "/src/web/persistent/persistent.js")]
extern "C" {
    #[wasm_bindgen(reexport, skip_typescript, js_name = PersistentWebSocket)]
    fn class();

    fn install(exports: &JsValue);
}

#[wasm_bindgen(module = "/src/web/persistent/values.js")]
extern "C" {
    #[wasm_bindgen(reexport, skip_typescript, js_name = BufferFullError)]
    fn buffer_full_error();
}

#[wasm_bindgen(module = "/src/web/persistent/native.js")]
extern "C" {
    /// Takes the file along.
    #[wasm_bindgen(js_name = Base)]
    fn native();
}

#[wasm_bindgen(module = "/src/web/persistent/page.js")]
extern "C" {
    /// Likewise.
    #[wasm_bindgen(js_name = listen)]
    fn page();
}

/// Without the standard library there is no `thread_local!`; a lock is as safe.
static CORES: Mutex<Vec<Option<Box<Core>>>> = Mutex::new(Vec::new());
static IS_INSTALLED: AtomicBool = AtomicBool::new(false);

/// Gives the class its cores. Once is enough.
pub(super) fn install_class() {
    if !IS_INSTALLED.swap(true, Ordering::Relaxed) {
        install(&wasm_bindgen::exports());
    }
}

/// The door to the cores of all sockets, for their class alone: `what` is asked of the core, with one or two numbers.
///
/// The answer is -1 where there is none.
#[wasm_bindgen(skip_typescript)]
#[expect(unreachable_pub, reason = "wasm-bindgen exports nothing else")]
pub fn persistent_core(core: usize, what: u8, a: f64, b: f64) -> f64 {
    if what == question::NEW {
        return keep_new(Box::new(Core::new())) as f64;
    }
    // Out of its place meanwhile: one that breaks is gone, and the others are not.
    let Some(mut taken) = cores().get_mut(core).and_then(Option::take) else {
        return NOTHING;
    };
    if what == question::FREE {
        return NOTHING;
    }
    let answer = taken.answer(what, a, b);
    if let Some(place) = cores().get_mut(core) {
        *place = Some(taken);
    }
    answer
}

/// Not waited for: with one thread, whoever finds it locked would wait for ever.
fn cores() -> MutexGuard<'static, Vec<Option<Box<Core>>>> {
    CORES.try_lock().unwrap_or_else(|| panic!("locked already"))
}

fn keep_new(core: Box<Core>) -> usize {
    let mut cores = cores();
    let free = cores.iter().position(Option::is_none);
    if let Some(free) = free {
        cores[free] = Some(core);
    } else {
        cores.push(Some(core));
    }
    free.unwrap_or(cores.len() - 1)
}

/// A message that stays in JavaScript, under this number.
struct Ticket {
    number: f64,
    bytes: usize,
}

impl Payload for Ticket {
    fn size(&self) -> usize {
        self.bytes
    }
}

struct Core {
    config: Config,
    connection: Connection<Ticket>,
    clock: Clock,
    /// The newest. The class listens to no other.
    socket: Option<SocketId>,
    /// Of the last output.
    ticket: f64,
    /// When the timer should fire.
    due: u64,
}

impl Core {
    fn new() -> Self {
        Self {
            config: Config::default(),
            connection: Connection::new(Config::default()),
            clock: Clock::new(),
            socket: None,
            ticket: 0.0,
            due: 0,
        }
    }

    fn answer(&mut self, what: u8, a: f64, b: f64) -> f64 {
        match what {
            question::SET => self.set(a as u8, b),
            // What the user asks for.
            question::CONNECT => drop(self.command(Command::Connect(Target::default()))),
            question::CLOSE => drop(self.command(Command::Close)),
            question::SEND => return f64::from(self.command(Command::Send(ticket(a, b))).is_ok()),
            question::ABANDON => self.event(Event::Unanswered),
            // What happened to the newest socket.
            question::OPENED => self.opened(),
            question::HEARD => self.heard(),
            question::ENDED => self.closed(a as u16, b),
            question::TAKE_BACK => self.event(Event::SendRefused { message: ticket(a, b) }),
            // What happened to the page, and to the clock.
            question::OFFLINE => self.event(Event::Offline),
            question::ONLINE => self.event(Event::Online),
            question::VISIBLE => self.event(Event::Visible),
            question::SUSPENDED => self.event(Event::Suspended),
            question::RESUMED => self.event(Event::Resumed),
            question::FIRED => self.fired(),
            // How it stands.
            question::WAIT => return self.wait(a != 0.0),
            question::NEXT => return self.next(),
            question::TICKET => return self.ticket,
            question::STATE => return self.state(),
            question::GAVE_UP => return f64::from(self.gave_up()),
            question::ATTEMPT => return self.attempt(),
            question::RETRY_AT => return self.retry_at(),
            question::WAITING_MESSAGES => return self.connection.waiting_messages() as f64,
            question::WAITING_BYTES => return self.connection.waiting_bytes() as f64,
            _ => {}
        }
        NOTHING
    }

    /// Sets an option, before it is connected. Times are in milliseconds.
    fn set(&mut self, option: u8, value: f64) {
        let time = Duration::from_millis(value as u64);
        let config = &mut self.config;
        match option {
            0 => config.connect_timeout = time,
            1 => config.closing_timeout = time,
            2 => config.backoff.base = time,
            3 => config.backoff.cap = time,
            4 => config.backoff.stable_after = time,
            // One that is endless has no number.
            5 => config.backoff.max_attempts = NonZeroU32::new(value as u32).filter(|_| value < f64::from(u32::MAX)),
            6 => config.outbox.messages = value as usize,
            7 => config.outbox.bytes = value as usize,
            8 => {
                config.heartbeat = Some(Heartbeat {
                    silence: time,
                    deadline: time,
                    wake_deadline: time,
                })
            }
            9 => drop(config.heartbeat.as_mut().map(|it| it.deadline = time)),
            _ => drop(config.heartbeat.as_mut().map(|it| it.wake_deadline = time)),
        }
        self.connection = Connection::new(config.clone());
    }

    fn opened(&mut self) {
        if let Some(socket) = self.socket {
            let protocol = String::new();
            self.event(Event::SocketOpened { socket, protocol });
        }
    }

    fn heard(&mut self) {
        if let Some(socket) = self.socket {
            let message = ticket(0.0, 0.0);
            self.event(Event::SocketMessage { socket, message });
        }
    }

    /// The verdict is whether to come back; without one the code decides.
    fn closed(&mut self, code: u16, verdict: f64) {
        self.connection.set_comes_back(match verdict {
            0.0 => |_, _| false,
            1.0 => |_, _| true,
            _ => comes_back,
        });
        if let Some(socket) = self.socket {
            let close = Close {
                code,
                reason: String::new(),
                was_clean: false,
            };
            self.event(Event::SocketClosed { socket, close });
        }
    }

    /// The timer has fired.
    fn fired(&mut self) {
        let event = timer::fired(self.clock.now(), self.due);
        self.event(event);
    }

    /// How long to wait until the timer fires, in milliseconds.
    fn wait(&mut self, seen: bool) -> f64 {
        // An end of time that was asked for never comes.
        let deadline = self.connection.poll_timeout().filter(|it| it.as_millis() < u64::MAX);
        let Some(deadline) = deadline else {
            return NOTHING;
        };
        let now = self.clock.now();
        let wait = timer::wait(now, deadline, seen);
        self.due = now.as_millis() + wait;
        wait as f64
    }

    /// The next output, in the order of [`Output`] from 1; 0 for none.
    fn next(&mut self) -> f64 {
        let Some(output) = self.connection.poll_output() else {
            return 0.0;
        };
        match output {
            Output::OpenSocket { socket, .. } => {
                self.socket = Some(socket);
                1.0
            }
            Output::CloseSocket { .. } => 2.0,
            Output::DropSocket { .. } => 3.0,
            Output::Send { message, .. } => {
                self.ticket = message.number;
                4.0
            }
            Output::Probe { .. } => 5.0,
            Output::Returned(message) => {
                self.ticket = message.number;
                6.0
            }
            Output::StateChanged => 7.0,
            // The native socket's event is there already.
            Output::Received(_) => self.next(),
        }
    }

    /// Connecting, open, closing and closed as natively from 0; waiting is 4.
    fn state(&self) -> f64 {
        match self.connection.state() {
            State::Waiting { .. } => 4.0,
            state => f64::from(state.ready_state() as u16),
        }
    }

    /// Whether it ended without being asked to.
    fn gave_up(&self) -> bool {
        matches!(self.connection.state(), State::Closed { why, .. } if *why != Why::Disconnected)
    }

    /// Which attempt in a row comes next, from 1.
    fn attempt(&self) -> f64 {
        match self.connection.state() {
            State::Waiting { failed, .. } => f64::from(*failed) + 1.0,
            _ => 1.0,
        }
    }

    /// When the next attempt begins, in milliseconds since 1970.
    fn retry_at(&self) -> f64 {
        match self.connection.state() {
            State::Waiting { retry_at: Some(at), .. } => at.as_millis() as f64,
            _ => NOTHING,
        }
    }

    fn command(&mut self, command: Command<Ticket>) -> Result<(), CommandError> {
        let now = self.clock.now();
        self.connection.handle_command(now, command)
    }

    fn event(&mut self, event: Event<Ticket>) {
        let now = self.clock.now();
        self.connection.handle_event(now, event, &mut chance);
    }
}

fn ticket(number: f64, bytes: f64) -> Ticket {
    Ticket {
        number,
        bytes: bytes as usize,
    }
}
