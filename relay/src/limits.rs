//! Every limit of the relay: what it bounds, in which unit, and what happens at its edge.

use std::time::Duration;

/// How much is read from a WebSocket at a time, in bytes.
///
/// Allocated for every connection, so it is most of what an idle one costs.
pub(crate) const READ_BUFFER: usize = 4 * 1024;

/// The most messages of one connection that are taken together, and the most bytes of them unless it is one alone.
pub(crate) const TAKEN_MESSAGES: usize = 64;
pub(crate) const TAKEN_BYTES: usize = 16 * 1024;

/// The most bytes of control frames that wait to be written: the answer to a ping, and a close frame.
pub(crate) const WRITE_BUFFER: usize = 1024;

/// The most messages that are handed to the system together.
pub(crate) const WRITTEN_MESSAGES: usize = 16;

/// The longest request line and headers, in bytes; a longer request gets 431.
pub(crate) const REQUEST_HEAD: usize = 16 * 1024;

/// How long the relay waits before it accepts again when the system refuses, for example for want of file descriptors.
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// How many seconds a client that found the relay full is asked to wait.
pub(crate) const RETRY_AFTER_SECONDS: &str = "30";

/// The longest array of frames that the relay makes of what waits for a receiver, in bytes. One frame may be longer.
pub(crate) const JOINED_BYTES: usize = 64 * 1024;

/// The most frames in such an array.
pub(crate) const JOINED_FRAMES: usize = 256;

/// The most posts of one connection that the log is given together, and the most bytes of them unless it is one alone.
pub(crate) const GROUP_POSTS: usize = 256;
pub(crate) const GROUP_BYTES: usize = 256 * 1024;

/// The longest reason of a close frame, in bytes of UTF-8, as the WebSocket protocol has it.
pub(crate) const REASON_BYTES: usize = 123;

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
    /// Packets waiting for one receiver, each a frame or what the log took at once; one more closes it with 1013.
    /// Default 1,024. While more than half of that waits, nothing is read from it.
    ///
    /// The batch its writer is busy with comes on top, and is no larger.
    pub queue_packets: usize,
    /// Bytes waiting for one receiver; one more closes it with 1013. Default 1 MiB.
    ///
    /// Receivers share the bytes of a packet, so a thousand slow ones keep little more alive than one. The answer to
    /// a join and one page of history come on top. While more than half waits, nothing is read from the receiver.
    pub queue_bytes: usize,
    /// The longest text of a post, in bytes of UTF-8; a longer one is refused. Default 16 KiB.
    pub text_bytes: usize,
    /// The longest name of a member, in bytes of UTF-8; a longer one is refused. Default 128.
    pub name_bytes: usize,
    /// Posts a second that a connection may send for long; who sends more is read more slowly. Default 50.
    pub posts_per_second: u64,
    /// Posts that it may send at once after it was silent. Default 200.
    pub post_burst: u64,
    /// Frames other than posts a second that a connection may send for long, likewise; a message without a frame
    /// counts as one for each KiB. Default 20.
    pub frames_per_second: u64,
    /// Frames other than posts that it may send at once after it was silent. Default 100.
    pub frame_burst: u64,
    /// Posts of one connection on their way into the log; no more is read from it until some are there. Default 256.
    ///
    /// The posts of one message come on top.
    pub posts_on_way: usize,
    /// Bytes of posts of all connections that wait for an earlier one of their own; one more is refused, to be sent
    /// again later. Default 32 MiB.
    pub waiting_bytes: usize,
    /// Requests for history of one connection that wait for the one before them; one more is refused. Default 8.
    pub histories_waiting: usize,
    /// Entries that one `history` gives; a request for more gets as many. Default 100.
    pub history_entries: u64,
    /// The longest `history`, in bytes; the oldest entries of a longer one are left for the next request. Default
    /// 256 KiB. One entry may be longer.
    pub history_bytes: usize,
    /// Missed entries that a client which comes back is sent; who missed more starts with the newest page. Default
    /// 1,000.
    pub replay_entries: u64,
    /// Bytes of bodies of missed entries, likewise. Default 256 KiB. Their frames may have `queue_bytes`.
    pub replay_bytes: u64,
    /// Members of a room that are told by name; all are counted. Default 500.
    pub members_shown: usize,
    /// Members of a room who are told to be typing at the same time. Default 5.
    pub typists_told: usize,
    /// Malformed frames of one connection that are refused; one more closes it with 1008. Default 5.
    pub bad_frames: u32,
    /// How long somebody counts as typing who said so once. Default 6 s.
    pub typing_for: Duration,
    /// How long changes of presence and typing are gathered before the room is told. Default 100 ms.
    pub presence_every: Duration,
    /// How long a client is asked to wait whose post could not be written. Default 2 s.
    pub retry_after: Duration,
    /// Clients come back from a restart at a random time within this. Default 5 s.
    pub restart_within: Duration,
    /// How long a client may take over the head of a request, and stay idle between two. Default 10 s.
    pub header_within: Duration,
    /// How long an HTTP connection may go on asking; it is cut off after twice that. Default 60 s.
    pub http_lifetime: Duration,
    /// How often the relay pings each WebSocket, and what it tells clients as their heartbeat. Default 20 s.
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
            queue_packets: 1_024,
            queue_bytes: 1024 * 1024,
            text_bytes: 16 * 1024,
            name_bytes: 128,
            posts_per_second: 50,
            post_burst: 200,
            frames_per_second: 20,
            frame_burst: 100,
            posts_on_way: 256,
            waiting_bytes: 32 * 1024 * 1024,
            histories_waiting: 8,
            history_entries: 100,
            history_bytes: 256 * 1024,
            replay_entries: 1_000,
            replay_bytes: 256 * 1024,
            members_shown: 500,
            typists_told: 5,
            bad_frames: 5,
            typing_for: Duration::from_secs(6),
            presence_every: Duration::from_millis(100),
            retry_after: Duration::from_secs(2),
            restart_within: Duration::from_secs(5),
            header_within: Duration::from_secs(10),
            http_lifetime: Duration::from_secs(60),
            ping_every: Duration::from_secs(20),
            pong_within: Duration::from_secs(15),
            close_within: Duration::from_secs(2),
            shutdown_within: Duration::from_secs(4),
        }
    }
}

impl Limits {
    /// What a client is told of them.
    pub fn told(&self) -> chat_room_wire::Limits {
        chat_room_wire::Limits {
            text_bytes: self.text_bytes as u64,
            name_bytes: self.name_bytes as u64,
            message_bytes: self.message_bytes as u64,
            posts_per_second: self.posts_per_second,
            post_burst: self.post_burst,
            history_entries: self.history_entries,
        }
    }

    /// Says what makes these limits unusable, if anything does.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        if self.connections == 0 || self.http_connections == 0 {
            Err("the limits on connections must be at least 1")
        } else if self.connections.max(self.http_connections) > tokio::sync::Semaphore::MAX_PERMITS {
            Err("the limits on connections are too large to count")
        } else if self.queue_packets == 0 {
            Err("a queue must hold at least one packet")
        } else if self.queue_bytes < self.message_bytes {
            Err("a queue must hold at least one message of the greatest length")
        } else if self.message_bytes > u32::MAX as usize {
            Err("the limit on a message must be under 4 GiB")
        } else if millis(self.ping_every) == 0 || self.header_within.is_zero() {
            Err("the time between pings must be at least 1 ms, and the time for a request must not be zero")
        } else if !(1..=MAX_PER_SECOND).contains(&self.posts_per_second)
            || !(1..=MAX_PER_SECOND).contains(&self.frames_per_second)
        {
            Err("the rates must be from 1 to 1,000,000 a second")
        } else if self.post_burst == 0 || self.frame_burst == 0 || self.posts_on_way == 0 {
            Err("a connection must be allowed at least one post and one other frame at a time")
        } else if self.text_bytes == 0 || self.name_bytes == 0 {
            Err("texts and names must be allowed at least one byte")
        } else if self.history_entries == 0 || self.members_shown == 0 {
            Err("a page of history must have at least one entry, and one member must be shown")
        } else {
            Ok(())
        }
    }
}

/// More a second is no limit.
const MAX_PER_SECOND: u64 = 1_000_000;

/// A time in whole milliseconds.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
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
                queue_packets: 1,
                ..good.clone()
            },
            Limits {
                queue_bytes: good.message_bytes,
                ..good.clone()
            },
            Limits {
                ping_every: Duration::from_millis(1),
                ..good.clone()
            },
            Limits {
                posts_per_second: 1,
                frames_per_second: MAX_PER_SECOND,
                post_burst: 1,
                frame_burst: 1,
                posts_on_way: 1,
                ..good.clone()
            },
            Limits {
                text_bytes: 1,
                name_bytes: 1,
                history_entries: 1,
                members_shown: 1,
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
                queue_packets: 0,
                ..good.clone()
            },
            Limits {
                queue_bytes: good.message_bytes - 1,
                ..good.clone()
            },
            Limits {
                ping_every: Duration::from_micros(999),
                ..good.clone()
            },
            Limits {
                header_within: Duration::ZERO,
                ..good.clone()
            },
            Limits {
                posts_per_second: 0,
                ..good.clone()
            },
            Limits {
                frames_per_second: MAX_PER_SECOND + 1,
                ..good.clone()
            },
            Limits {
                post_burst: 0,
                ..good.clone()
            },
            Limits {
                frame_burst: 0,
                ..good.clone()
            },
            Limits {
                posts_on_way: 0,
                ..good.clone()
            },
            Limits {
                text_bytes: 0,
                ..good.clone()
            },
            Limits {
                name_bytes: 0,
                ..good.clone()
            },
            Limits {
                history_entries: 0,
                ..good.clone()
            },
            Limits {
                members_shown: 0,
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
