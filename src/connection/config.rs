//! What can be set, its defaults and its limits.

use core::num::NonZeroU32;
use core::time::Duration;

/// How a [`Connection`](super::Connection) behaves.
///
/// ```
/// use chat_room::connection::Config;
/// use std::time::Duration;
///
/// let config = Config {
///     connect_timeout: Duration::from_secs(5),
///     ..Config::default()
/// };
/// assert_eq!(config.backoff.cap, Duration::from_secs(30));
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// How long a socket may take to open before it is given up. Default 15 s.
    pub connect_timeout: Duration,
    /// How long the closing handshake may take before the socket is dropped. Default 5 s.
    pub closing_timeout: Duration,
    /// How long to wait between attempts.
    pub backoff: Backoff,
    /// After a close with 1012, service restart: the first attempt comes after a random wait of at most this. Default
    /// 5 s.
    pub restart_window: Duration,
    /// How many messages may wait for the connection to open.
    pub outbox: OutboxLimits,
    /// How silence is noticed. `None`, the default, trusts the socket's own close event: plain text has no ping.
    pub heartbeat: Option<Heartbeat>,
    /// Whether to come back after a close with this code, when so many attempts in a row have not lasted. Default
    /// [`comes_back`].
    pub comes_back: fn(u16, u32) -> bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(15),
            closing_timeout: Duration::from_secs(5),
            backoff: Backoff::default(),
            restart_window: Duration::from_secs(5),
            outbox: OutboxLimits::default(),
            heartbeat: None,
            comes_back,
        }
    }
}

/// The code of a server at which the same client has connected again.
const ELSEWHERE: u16 = 4409;

/// How many attempts in a row may end with [`ELSEWHERE`].
const MAX_ELSEWHERE: u32 = 3;

/// Every code but 1000 (the server is done) and 4400 to 4499 (do not come back) is a reason to reconnect.
///
/// 4409, the same client elsewhere, is one too for three attempts in a row: what came after this connection may be one
/// that was made before it and given up, and that a slow network delivered late. Two clients that share an identity
/// do not drive each other out for ever.
pub fn comes_back(code: u16, failed: u32) -> bool {
    match code {
        ELSEWHERE => failed < MAX_ELSEWHERE,
        1000 | 4400..=4499 => false,
        _ => true,
    }
}

/// Exponential backoff with full jitter: each wait is drawn afresh between zero and a window that doubles with every
/// failed attempt up to a cap, so that a fleet of clients does not return in one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Backoff {
    /// The window before the first retry. Default 500 ms.
    pub base: Duration,
    /// The widest window. Default 30 s.
    pub cap: Duration,
    /// How long a connection must have stayed open for the count of failed attempts to start anew. Default 10 s.
    pub stable_after: Duration,
    /// How many attempts in a row may fail before giving up. `None`, the default, is no limit.
    pub max_attempts: Option<NonZeroU32>,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(500),
            cap: Duration::from_secs(30),
            stable_after: Duration::from_secs(10),
            max_attempts: None,
        }
    }
}

impl Backoff {
    /// The longest wait after `failed` attempts in a row.
    pub fn window(&self, failed: u32) -> Duration {
        2u32.checked_pow(failed)
            .and_then(|factor| self.base.checked_mul(factor))
            .map_or(self.cap, |window| window.min(self.cap))
    }

    /// The wait after `failed` attempts in a row, where `chance` is uniform in 0..1. Anything else counts as the
    /// nearest of its ends.
    pub fn delay(&self, failed: u32, chance: f64) -> Duration {
        part_of(self.window(failed), chance)
    }
}

/// The part of a window that `chance` draws, where anything outside of 0..1 counts as the nearest end.
pub(super) fn part_of(window: Duration, chance: f64) -> Duration {
    let chance = if chance.is_nan() { 0.0 } else { chance.clamp(0.0, 1.0) };
    let millis = u64::try_from(window.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis((millis as f64 * chance) as u64)
}

/// How much may wait for the connection to open. What does not fit is refused with
/// [`CommandError::OutboxFull`](super::CommandError::OutboxFull).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboxLimits {
    /// Messages. Default 256.
    pub messages: usize,
    /// Bytes of all messages together. Default 256 KiB.
    pub bytes: usize,
}

impl Default for OutboxLimits {
    fn default() -> Self {
        Self {
            messages: 256,
            bytes: 256 * 1024,
        }
    }
}

/// How a connection that is open but dead is noticed. Anything received counts as life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    /// Silence after which the peer is probed.
    pub silence: Duration,
    /// How long after a probe the socket counts as dead if nothing is heard.
    pub deadline: Duration,
    /// The same after the page woke, came online or became visible: somebody is looking, so it is shorter.
    pub wake_deadline: Duration,
}
