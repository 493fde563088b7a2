//! A connection in a chosen state, and short names for what it is told and what it says.

use std::num::NonZeroU32;
use std::time::Duration;

use chat_room::connection::{
    Backoff, Command, CommandError, Config, Connection, Event, Heartbeat, Instant, OutboxLimits, Output, SocketId,
    State, Target,
};
use chat_room::websocket::{Close, Protocol};

pub(crate) const SECOND: Duration = Duration::from_secs(1);

pub(crate) fn config() -> Config {
    let mut config = Config::default();
    config.connect_timeout = 10 * SECOND;
    config.closing_timeout = 5 * SECOND;
    config.backoff = backoff(SECOND, 30 * SECOND);
    config.outbox = OutboxLimits { messages: 4, bytes: 64 };
    config.heartbeat = Some(Heartbeat {
        silence: 20 * SECOND,
        deadline: 10 * SECOND,
        wake_deadline: 3 * SECOND,
    });
    config
}

pub(crate) fn backoff(base: Duration, cap: Duration) -> Backoff {
    let mut backoff = Backoff::default();
    (backoff.base, backoff.cap) = (base, cap);
    backoff
}

pub(crate) fn limited(attempts: u32) -> Config {
    let mut config = config();
    config.backoff.max_attempts = NonZeroU32::new(attempts);
    config
}

pub(crate) fn target(host: &str) -> Target {
    Target {
        url: format!("ws://{host}/"),
        protocols: ["one", "two"]
            .map(|name| Protocol::new(name).expect("a protocol"))
            .into(),
    }
}

pub(crate) fn close(code: u16) -> Close {
    Close {
        code,
        reason: "a reason".into(),
        was_clean: code != 1006,
    }
}

/// A connection, the time, a fixed chance, and the newest socket.
pub(crate) struct Bench {
    pub(crate) connection: Connection<String>,
    pub(crate) now: Instant,
    pub(crate) chance: f64,
    pub(crate) socket: Option<SocketId>,
}

impl Bench {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            connection: Connection::new(config),
            now: Instant::from_millis(1_000_000),
            chance: 0.5,
            socket: None,
        }
    }

    pub(crate) fn command(&mut self, command: Command<String>) -> Result<Vec<Output<String>>, CommandError> {
        let result = self.connection.handle_command(self.now, command);
        let outputs = self.drain();
        match result {
            Ok(()) => Ok(outputs),
            Err(error) => {
                assert_eq!(outputs, [], "a refused command has outputs");
                Err(error)
            }
        }
    }

    pub(crate) fn connect(&mut self) -> SocketId {
        self.command(Command::Connect(target("here"))).expect("connect");
        self.socket.expect("a socket")
    }

    pub(crate) fn send(&mut self, text: &str) -> Vec<Output<String>> {
        self.command(Command::Send(text.into())).expect("send")
    }

    pub(crate) fn event(&mut self, event: Event<String>) -> Vec<Output<String>> {
        let chance = self.chance;
        self.connection.handle_event(self.now, event, &mut || chance);
        self.drain()
    }

    pub(crate) fn opened(&mut self) -> Vec<Output<String>> {
        let socket = self.socket.expect("a socket");
        self.event(Event::SocketOpened {
            socket,
            protocol: "two".into(),
        })
    }

    pub(crate) fn message(&mut self, text: &str) -> Vec<Output<String>> {
        let socket = self.socket.expect("a socket");
        self.event(Event::SocketMessage {
            socket,
            message: text.into(),
        })
    }

    pub(crate) fn closed(&mut self, code: u16) -> Vec<Output<String>> {
        let socket = self.socket.expect("a socket");
        self.event(Event::SocketClosed {
            socket,
            close: close(code),
        })
    }

    pub(crate) fn pass(&mut self, time: Duration) -> Vec<Output<String>> {
        self.now = self.now + time;
        self.event(Event::TimePassed)
    }

    /// Waits until the connection asked to be called back, and calls back.
    pub(crate) fn deadline(&mut self) -> Vec<Output<String>> {
        self.now = self.connection.poll_timeout().expect("a deadline");
        self.event(Event::TimePassed)
    }

    pub(crate) fn state(&self) -> &'static str {
        self.connection.state().name()
    }

    pub(crate) fn retry_in(&self) -> Option<Duration> {
        match self.connection.state() {
            State::Waiting { retry_at, .. } => retry_at.map(|at| at.saturating_since(self.now)),
            state => panic!("not waiting but {state:?}"),
        }
    }

    fn drain(&mut self) -> Vec<Output<String>> {
        let outputs: Vec<_> = std::iter::from_fn(|| self.connection.poll_output()).collect();
        for output in &outputs {
            if let Output::OpenSocket { socket, .. } = output {
                self.socket = Some(*socket);
            }
        }
        outputs
    }
}

/// Outputs as short words, without the notes that the state has changed.
pub(crate) fn words(outputs: &[Output<String>]) -> Vec<&'static str> {
    outputs
        .iter()
        .filter_map(|output| match output {
            Output::OpenSocket { .. } => Some("open"),
            Output::CloseSocket { .. } => Some("close"),
            Output::DropSocket { .. } => Some("drop"),
            Output::Send { .. } => Some("send"),
            Output::Probe { .. } => Some("probe"),
            Output::Received(_) => Some("receive"),
            Output::Returned(_) => Some("return"),
            Output::StateChanged => None,
        })
        .collect()
}
