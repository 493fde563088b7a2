//! One lasting connection across many sockets, as a state machine without a socket, a clock or chance in it.
//!
//! It is told what happened ([`Connection::handle_command`], [`Connection::handle_event`]) and says what to do
//! ([`Connection::poll_output`], to be drained after each) and when to call back if nothing else happens
//! ([`Connection::poll_timeout`]).
//!
//! ```
//! use chat_room::connection::{Command, Config, Connection, Event, Instant, Output, Target};
//!
//! let mut chance = || 0.5; // in a browser: Math.random()
//! let mut connection = Connection::<String>::new(Config::default());
//! let target = Target::new("ws://localhost:8005/socket");
//! connection.handle_command(Instant::from_millis(0), Command::Connect(target))?;
//! connection.handle_command(Instant::from_millis(1), Command::Send("hello".into()))?;
//!
//! let Some(Output::OpenSocket { socket, .. }) = connection.poll_output() else { unreachable!() };
//! let opened = Event::SocketOpened { socket, protocol: String::new() };
//! connection.handle_event(Instant::from_millis(20), opened, &mut chance);
//! let outputs: Vec<_> = std::iter::from_fn(|| connection.poll_output()).collect();
//! assert!(outputs.contains(&Output::Send { socket, message: "hello".into() }));
//! # Ok::<(), chat_room::connection::CommandError>(())
//! ```

mod config;
mod io;
mod outbox;
mod state;
mod time;

use alloc::collections::VecDeque;
use alloc::string::String;
use core::time::Duration;

pub use config::{Backoff, Config, Heartbeat, OutboxLimits, comes_back};
pub use io::{Command, CommandError, Event, Output, Payload, SocketId, Target};
pub use state::{State, Why};
pub use time::Instant;

use crate::websocket::Close;
use config::part_of;
use outbox::Outbox;

/// The close code of a server that restarts.
const SERVICE_RESTART: u16 = 1012;

/// A lasting connection for messages of type `M`.
#[derive(Debug)]
pub struct Connection<M> {
    config: Config,
    state: State,
    target: Target,
    outbox: Outbox<M>,
    outputs: VecDeque<Output<M>>,
    sockets_made: u64,
    offline: bool,
    suspended: bool,
}

impl<M: Payload> Connection<M> {
    /// A connection that has never been connected.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            state: State::Idle,
            target: Target::default(),
            outbox: Outbox::new(),
            outputs: VecDeque::new(),
            sockets_made: 0,
            offline: false,
            suspended: false,
        }
    }

    /// Where the connection stands.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Where it is connected to, or was, or will be. Empty before the first connect.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// How many messages wait for the connection to open.
    pub fn waiting_messages(&self) -> usize {
        self.outbox.len()
    }

    /// How many bytes wait for the connection to open.
    pub fn waiting_bytes(&self) -> usize {
        self.outbox.bytes()
    }

    /// Whether the machine was last said to have no network.
    pub fn is_offline(&self) -> bool {
        self.offline
    }

    /// Sets how silence is noticed, from the next sign of life on. Where the server tells its own heartbeat.
    pub fn set_heartbeat(&mut self, heartbeat: Option<Heartbeat>) {
        self.config.heartbeat = heartbeat;
        if let (State::Open { probe_deadline, .. }, None) = (&mut self.state, heartbeat) {
            *probe_deadline = None;
        }
    }

    /// Sets [`Config::restart_window`], where the server tells its own.
    pub fn set_restart_window(&mut self, window: Duration) {
        self.config.restart_window = window;
    }

    /// Sets [`Config::comes_back`], where it depends on more than the code.
    pub fn set_comes_back(&mut self, comes_back: fn(u16, u32) -> bool) {
        self.config.comes_back = comes_back;
    }

    /// What the user asked for.
    ///
    /// # Errors
    /// The command makes no sense in this state, or the outbox is full. Nothing has changed then.
    pub fn handle_command(&mut self, now: Instant, command: Command<M>) -> Result<(), CommandError> {
        match command {
            Command::Connect(target) => self.connect(now, target),
            Command::Disconnect => self.disconnect(now),
            Command::Close => self.close(now),
            Command::Send(message) => self.send(message),
        }
    }

    /// What the socket, the page or the clock did. `chance` gives a fresh number, uniform in 0..1, at each call.
    pub fn handle_event(&mut self, now: Instant, event: Event<M>, chance: &mut dyn FnMut() -> f64) {
        match event {
            Event::SocketOpened { socket, protocol } if self.is_current(socket) => self.opened(now, protocol),
            Event::SocketMessage { socket, message } if self.is_current(socket) => self.heard(now, message),
            Event::SocketClosed { socket, close } if self.is_current(socket) => self.closed(now, close, chance),
            Event::SocketRefused { socket } if self.is_current(socket) => self.refused(),
            Event::SocketOpened { .. }
            | Event::SocketMessage { .. }
            | Event::SocketClosed { .. }
            | Event::SocketRefused { .. }
            | Event::SocketErrored { .. }
            | Event::Hidden => {}
            Event::SendRefused { message } => self.take_back(message),
            Event::TimePassed => self.time_passed(now, chance),
            Event::Unanswered => self.unanswered(now, chance),
            Event::Offline => self.pause_retries(|connection| connection.offline = true),
            Event::Online => self.wake(now, |connection| connection.offline = false),
            Event::Visible => self.wake(now, |_| {}),
            Event::Suspended => self.suspend(),
            Event::Resumed => self.wake(now, |connection| connection.suspended = false),
        }
    }

    /// The next thing to do. To be carried out, and drained, after every `handle_*`.
    #[must_use = "what is not carried out is lost"]
    pub fn poll_output(&mut self) -> Option<Output<M>> {
        self.outputs.pop_front()
    }

    /// When to hand in [`Event::TimePassed`] if nothing else happens before.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match &self.state {
            State::Idle | State::Closed { .. } => None,
            State::Connecting { deadline, .. } | State::Closing { deadline, .. } => Some(*deadline),
            State::Open {
                probe_deadline: Some(deadline),
                ..
            } => Some(*deadline),
            State::Open { last_heard, .. } => self.config.heartbeat.map(|heartbeat| *last_heard + heartbeat.silence),
            State::Waiting { retry_at, .. } => *retry_at,
        }
    }

    // Commands

    fn connect(&mut self, now: Instant, target: Target) -> Result<(), CommandError> {
        let same = target == self.target;
        match &self.state {
            State::Connecting { .. } | State::Open { .. } if same => return Err(CommandError::AlreadyConnected),
            State::Connecting { socket, .. } | State::Open { socket, .. } | State::Closing { socket, .. } => {
                self.outputs.push_back(Output::DropSocket { socket: *socket });
            }
            State::Idle | State::Waiting { .. } | State::Closed { .. } => {}
        }
        if !same {
            self.return_outbox();
            self.target = target;
        }
        self.open_socket(now, 1);
        Ok(())
    }

    fn disconnect(&mut self, now: Instant) -> Result<(), CommandError> {
        match &self.state {
            State::Idle | State::Closed { .. } => return Err(CommandError::NotConnected),
            State::Closing { .. } => return Err(CommandError::Closing),
            State::Waiting { close, .. } => {
                let close = close.clone();
                self.end(Why::Disconnected, close);
            }
            State::Connecting { socket, .. } => {
                self.outputs.push_back(Output::DropSocket { socket: *socket });
                self.end(Why::Disconnected, abnormal());
            }
            State::Open { socket, .. } => self.close_socket(now, *socket),
        }
        Ok(())
    }

    fn close(&mut self, now: Instant) -> Result<(), CommandError> {
        if let State::Connecting { socket, .. } = self.state {
            self.close_socket(now, socket);
            return Ok(());
        }
        self.disconnect(now)
    }

    fn send(&mut self, message: M) -> Result<(), CommandError> {
        match &self.state {
            State::Idle | State::Closed { .. } => Err(CommandError::NotConnected),
            State::Closing { .. } => Err(CommandError::Closing),
            // A socket that has refused a message takes none after it: order is kept.
            State::Open { socket, .. } if self.outbox.is_empty() => {
                self.outputs.push_back(Output::Send {
                    socket: *socket,
                    message,
                });
                Ok(())
            }
            State::Open { .. } | State::Connecting { .. } | State::Waiting { .. } => {
                if !self.outbox.has_room(&message, self.config.outbox) {
                    return Err(CommandError::OutboxFull(self.config.outbox));
                }
                self.outbox.push(message);
                Ok(())
            }
        }
    }

    // Events of the socket

    fn is_current(&self, socket: SocketId) -> bool {
        self.state.socket() == Some(socket)
    }

    fn opened(&mut self, now: Instant, protocol: String) {
        let State::Connecting { socket, attempt, .. } = self.state else {
            return;
        };
        self.enter(State::Open {
            socket,
            since: now,
            attempt,
            protocol,
            last_heard: now,
            probe_deadline: None,
        });
        while let Some(message) = self.outbox.pop() {
            self.outputs.push_back(Output::Send { socket, message });
        }
    }

    fn heard(&mut self, now: Instant, message: M) {
        if let State::Open {
            last_heard,
            probe_deadline,
            ..
        } = &mut self.state
        {
            *last_heard = now;
            *probe_deadline = None;
        }
        self.outputs.push_back(Output::Received(message));
    }

    fn closed(&mut self, now: Instant, close: Close, chance: &mut dyn FnMut() -> f64) {
        if let State::Closing { .. } = self.state {
            self.end(Why::Disconnected, close);
        } else if (self.config.comes_back)(close.code, self.failed(now)) {
            self.lose(now, Why::SocketClosed, close, chance);
        } else {
            self.end(Why::SocketClosed, close);
        }
    }

    fn refused(&mut self) {
        if let State::Connecting { .. } = self.state {
            self.end(Why::Refused, abnormal());
        }
    }

    fn take_back(&mut self, message: M) {
        match self.state {
            State::Open { .. } | State::Connecting { .. } | State::Waiting { .. } => self.outbox.push(message),
            State::Idle | State::Closing { .. } | State::Closed { .. } => {
                self.outputs.push_back(Output::Returned(message));
            }
        }
    }

    // Events of the clock and the page

    fn time_passed(&mut self, now: Instant, chance: &mut dyn FnMut() -> f64) {
        if self.poll_timeout().is_none_or(|deadline| now < deadline) {
            return;
        }
        match &self.state {
            State::Idle | State::Closed { .. } => {}
            State::Connecting { .. } => self.give_up_socket(now, Why::ConnectTimeout, chance),
            State::Open {
                probe_deadline: Some(_),
                ..
            } => self.give_up_socket(now, Why::Silent, chance),
            State::Open { .. } => self.probe(now, |heartbeat| heartbeat.deadline),
            State::Closing { socket, .. } => {
                self.outputs.push_back(Output::DropSocket { socket: *socket });
                self.end(Why::Disconnected, abnormal());
            }
            State::Waiting { failed, .. } => self.open_socket(now, failed.saturating_add(1)),
        }
    }

    fn unanswered(&mut self, now: Instant, chance: &mut dyn FnMut() -> f64) {
        if let State::Open { .. } = self.state {
            self.give_up_socket(now, Why::Unanswered, chance);
        }
    }

    fn suspend(&mut self) {
        self.suspended = true;
        match &self.state {
            State::Idle | State::Closed { .. } => {}
            State::Waiting { .. } => self.pause_retries(|_| {}),
            State::Closing { socket, .. } => {
                self.outputs.push_back(Output::DropSocket { socket: *socket });
                self.end(Why::Disconnected, abnormal());
            }
            State::Connecting { socket, attempt, .. } | State::Open { socket, attempt, .. } => {
                // Not a failed attempt: it was going well until the page went away.
                let failed = attempt.saturating_sub(1);
                self.outputs.push_back(Output::DropSocket { socket: *socket });
                self.enter(State::Waiting {
                    failed,
                    retry_at: None,
                    why: Why::Suspended,
                    close: abnormal(),
                });
            }
        }
    }

    fn pause_retries(&mut self, note: impl FnOnce(&mut Self)) {
        note(self);
        if let State::Waiting { retry_at, .. } = &mut self.state
            && retry_at.take().is_some()
        {
            self.outputs.push_back(Output::StateChanged);
        }
    }

    /// Somebody is there again, or the network is: no reason to wait any longer, or to trust an open socket unasked.
    fn wake(&mut self, now: Instant, note: impl FnOnce(&mut Self)) {
        note(self);
        match &self.state {
            State::Waiting { failed, .. } if !self.offline && !self.suspended => {
                self.open_socket(now, failed.saturating_add(1));
            }
            State::Open { .. } => self.probe(now, |heartbeat| heartbeat.wake_deadline),
            State::Waiting { .. }
            | State::Idle
            | State::Connecting { .. }
            | State::Closing { .. }
            | State::Closed { .. } => {}
        }
    }

    fn probe(&mut self, now: Instant, deadline: impl FnOnce(&Heartbeat) -> Duration) {
        let Some(heartbeat) = &self.config.heartbeat else {
            return;
        };
        let new = now + deadline(heartbeat);
        if let State::Open {
            socket, probe_deadline, ..
        } = &mut self.state
        {
            *probe_deadline = Some(probe_deadline.map_or(new, |old| old.min(new)));
            self.outputs.push_back(Output::Probe { socket: *socket });
        }
    }

    // Changes of state

    fn open_socket(&mut self, now: Instant, attempt: u32) {
        let socket = SocketId(self.sockets_made);
        self.sockets_made += 1;
        self.outputs.push_back(Output::OpenSocket {
            socket,
            target: self.target.clone(),
        });
        self.enter(State::Connecting {
            socket,
            attempt,
            deadline: now + self.config.connect_timeout,
        });
    }

    fn close_socket(&mut self, now: Instant, socket: SocketId) {
        self.outputs.push_back(Output::CloseSocket { socket });
        self.return_outbox();
        self.enter(State::Closing {
            socket,
            deadline: now + self.config.closing_timeout,
        });
    }

    fn give_up_socket(&mut self, now: Instant, why: Why, chance: &mut dyn FnMut() -> f64) {
        if let Some(socket) = self.state.socket() {
            self.outputs.push_back(Output::DropSocket { socket });
        }
        self.lose(now, why, abnormal(), chance);
    }

    fn lose(&mut self, now: Instant, why: Why, close: Close, chance: &mut dyn FnMut() -> f64) {
        let backoff = &self.config.backoff;
        let failed = self.failed(now);
        if backoff.max_attempts.is_some_and(|max| failed >= max.get()) {
            return self.end(Why::GaveUp, close);
        }
        let paused = self.offline || self.suspended;
        // The window of an announced restart is drawn from once; attempts that then fail are ordinary ones.
        let delay = |chance: f64| match close.code {
            SERVICE_RESTART => part_of(self.config.restart_window, chance),
            _ => backoff.delay(failed, chance),
        };
        let retry_at = (!paused).then(|| now + delay(chance()));
        self.enter(State::Waiting {
            failed,
            retry_at,
            why,
            close,
        });
    }

    /// How many attempts in a row have not lasted, if this one ends now.
    fn failed(&self, now: Instant) -> u32 {
        match self.state {
            State::Open { since, .. } if now.saturating_since(since) >= self.config.backoff.stable_after => 0,
            State::Open { attempt, .. } | State::Connecting { attempt, .. } => attempt,
            State::Idle | State::Closing { .. } | State::Waiting { .. } | State::Closed { .. } => 0,
        }
    }

    fn end(&mut self, why: Why, close: Close) {
        self.return_outbox();
        self.enter(State::Closed { why, close });
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.outputs.push_back(Output::StateChanged);
    }

    fn return_outbox(&mut self) {
        while let Some(message) = self.outbox.pop() {
            self.outputs.push_back(Output::Returned(message));
        }
    }
}

/// What the native socket tells of a close that had no closing handshake.
fn abnormal() -> Close {
    Close {
        code: 1006,
        reason: String::new(),
        was_clean: false,
    }
}
