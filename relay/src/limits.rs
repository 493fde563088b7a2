//! Every limit of the relay: what it bounds, in which unit, and what happens at its edge.

use std::time::Duration;

/// How much is read from a WebSocket at a time, in bytes.
///
/// Allocated for every connection, so it is most of what an idle one costs.
pub(crate) const READ_BUFFER: usize = 4 * 1024;

/// How many bytes a writer gathers before it writes them without waiting for the end of its batch.
pub(crate) const WRITE_BUFFER: usize = 16 * 1024;

/// The longest request line and headers, in bytes; a longer request gets 431.
pub(crate) const REQUEST_HEAD: usize = 16 * 1024;

/// How long the relay waits before it accepts again when the system refuses, for example for want of file descriptors.
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// How many seconds a client that found the relay full is asked to wait.
pub(crate) const RETRY_AFTER_SECONDS: &str = "30";

/// The most characters of anything a stranger sent that one log line or one answer repeats.
pub(crate) const QUOTED_CHARS: usize = 100;

/// The limits an operator of the relay may want to set; the defaults suit a small server.
///
/// ```
/// use chat_room_relay::Limits;
///
/// let small = Limits { connections: 100, ..Limits::default() };
/// assert_eq!(small.message_bytes, 64 * 1024);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// WebSockets open at the same time; one more is answered 503 with `Retry-After`. Default 10,000.
    pub connections: usize,
    /// TCP connections that are not WebSockets, or not yet; one more waits to be accepted. Default 1,024.
    pub http_connections: usize,
    /// The longest message, in bytes; a longer one closes its sender with 1009. Default 64 KiB.
    pub message_bytes: usize,
    /// Frames waiting for one receiver; one more closes it with 1013. Default 1,024.
    ///
    /// The batch its writer is busy with comes on top, and is no larger.
    pub queue_frames: usize,
    /// Bytes waiting for one receiver; one more closes it with 1013. Default 1 MiB.
    ///
    /// Receivers share the bytes of a frame, so a thousand slow ones keep little more alive than one.
    pub queue_bytes: usize,
    /// How long a client may take over the head of a request, and stay idle between two. Default 10 s.
    pub header_within: Duration,
    /// How long an HTTP connection may go on asking; it is cut off after twice that. Default 60 s.
    pub http_lifetime: Duration,
    /// How often the relay pings each WebSocket. Default 25 s.
    pub ping_every: Duration,
    /// How long after a ping something must have been heard, or the peer counts as gone. Default 15 s.
    pub pong_within: Duration,
    /// How long a peer may take to read and answer a close frame before it is cut off. Default 2 s.
    pub close_within: Duration,
    /// How long the whole relay may take to shut down. Default 4 s.
    pub shutdown_within: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            http_connections: 1_024,
            message_bytes: 64 * 1024,
            queue_frames: 1_024,
            queue_bytes: 1024 * 1024,
            header_within: Duration::from_secs(10),
            http_lifetime: Duration::from_secs(60),
            ping_every: Duration::from_secs(25),
            pong_within: Duration::from_secs(15),
            close_within: Duration::from_secs(2),
            shutdown_within: Duration::from_secs(4),
        }
    }
}

impl Limits {
    /// Says what makes these limits unusable, if anything does.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        if self.connections == 0 || self.http_connections == 0 {
            Err("the limits on connections must be at least 1")
        } else if self.connections.max(self.http_connections) > tokio::sync::Semaphore::MAX_PERMITS {
            Err("the limits on connections are too large to count")
        } else if self.queue_frames == 0 {
            Err("a queue must hold at least one frame")
        } else if self.queue_bytes < self.message_bytes {
            Err("a queue must hold at least one message of the greatest length")
        } else if self.message_bytes > u32::MAX as usize {
            Err("the limit on a message must be under 4 GiB")
        } else if self.ping_every.is_zero() || self.header_within.is_zero() {
            Err("the time between pings and the time for a request must not be zero")
        } else {
            Ok(())
        }
    }
}

/// `text` as a quoted, escaped string of bounded length, safe in a log line or a plain-text answer.
pub(crate) fn quoted(text: &str) -> String {
    let mut chars = text.chars();
    let head: String = chars.by_ref().take(QUOTED_CHARS).collect();
    let more = if chars.next().is_some() { "…" } else { "" };
    format!("{head:?}{more}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_usable() {
        assert_eq!(Limits::default().check(), Ok(()));
    }

    #[test]
    fn each_check_fails_just_beyond_its_edge() {
        let good = Limits::default();
        let at_the_edge = [
            Limits {
                connections: 1,
                ..good.clone()
            },
            Limits {
                http_connections: 1,
                ..good.clone()
            },
            Limits {
                queue_frames: 1,
                ..good.clone()
            },
            Limits {
                queue_bytes: good.message_bytes,
                ..good.clone()
            },
            Limits {
                ping_every: Duration::from_nanos(1),
                ..good.clone()
            },
        ];
        for limits in at_the_edge {
            assert_eq!(limits.check(), Ok(()), "{limits:?}");
        }
        let beyond = [
            Limits {
                connections: 0,
                ..good.clone()
            },
            Limits {
                connections: usize::MAX,
                ..good.clone()
            },
            Limits {
                http_connections: 0,
                ..good.clone()
            },
            Limits {
                queue_frames: 0,
                ..good.clone()
            },
            Limits {
                queue_bytes: good.message_bytes - 1,
                ..good.clone()
            },
            Limits {
                ping_every: Duration::ZERO,
                ..good.clone()
            },
            Limits {
                header_within: Duration::ZERO,
                ..good.clone()
            },
        ];
        for limits in beyond {
            assert!(limits.check().is_err(), "{limits:?}");
        }
    }

    #[test]
    fn what_strangers_sent_is_quoted_on_one_line_and_cut() {
        assert_eq!(quoted("plain"), r#""plain""#);
        assert_eq!(quoted("a\r\nb\u{1b}[31m\u{202e}"), r#""a\r\nb\u{1b}[31m\u{202e}""#);
        let edge = "x".repeat(QUOTED_CHARS);
        assert_eq!(quoted(&edge), format!("\"{edge}\""));
        assert_eq!(quoted(&format!("{edge}x")), format!("\"{edge}\"…"));
    }
}
