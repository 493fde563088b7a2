//! What is kept of one connection: what waits for it, how fast it goes, what it said wrong, and who it is in its room.

use std::collections::VecDeque;
use std::sync::Arc;

use chat_room_wire::HistoryRequest;

use super::publish::Batch;
use super::queue::{Backlog, Overflow, Packed, Packer, Packet, Queue};
use super::rate::{Bucket, Rate};
use crate::Limits;
use crate::log::Found;

/// What a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speech {
    V1,
    /// With the `n` of its last post.
    Plain(u64),
}

/// One connection, in a room or not yet.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) speech: Speech,
    pub(super) paused: bool,
    /// Until when nothing is read from it for having been too fast, in milliseconds; 0 if it is not.
    pub(super) slow_until: u64,
    pub(super) bad_frames: u32,
    queue: Queue,
    posts: Bucket,
    frames: Bucket,
}

impl Session {
    pub(super) fn new(speech: Speech) -> Self {
        Self {
            speech,
            paused: false,
            slow_until: 0,
            bad_frames: 0,
            queue: Queue::default(),
            posts: Bucket::default(),
            frames: Bucket::default(),
        }
    }

    /// See [`Queue::push`].
    pub(super) fn push(&mut self, packet: &Packet, limits: &Limits) -> Result<bool, Overflow> {
        self.queue.push(packet, limits)
    }

    /// Queues answers. Says whether nothing waited before and something does now.
    pub(super) fn answer(&mut self, packets: impl IntoIterator<Item = Packed>) -> bool {
        let mut wake = false;
        for packed in packets {
            wake |= self.queue.push_answer(packed.packet);
        }
        wake
    }

    pub(super) fn take(&mut self) -> Backlog {
        self.queue.take(self.speech == Speech::V1)
    }

    pub(super) fn has_long_queue(&self, limits: &Limits) -> bool {
        self.queue.is_long(limits)
    }

    /// Whether nothing may be read from it now.
    pub(super) fn has_to_wait(&self, limits: &Limits) -> bool {
        self.slow_until > 0 || self.has_long_queue(limits)
    }

    /// Counts what a message had in it. The time until which nothing more is read, if it was too much.
    pub(super) fn slow_down(&mut self, now: u64, posts: u64, frames: u64, limits: &Limits) -> Option<u64> {
        let post_rate = Rate {
            per_second: limits.posts_per_second,
            burst: limits.post_burst,
        };
        let frame_rate = Rate {
            per_second: limits.frames_per_second,
            burst: limits.frame_burst,
        };
        let posts = self.posts.take(now, posts, post_rate);
        let frames = self.frames.take(now, frames, frame_rate);
        let until = posts.max(frames);
        self.slow_until = until.unwrap_or(0);
        until
    }
}

/// How far a member is into its room.
#[derive(Debug)]
pub(super) enum Stage {
    /// The log was asked what it has missed.
    Asking(Held),
    /// The log has answered; `joined` follows with the next presence.
    Answered(Held, Box<Found>),
    /// It was told all that was said before, and gets what is said now.
    Joined,
}

/// What was published while a member was on its way in: it follows after `joined`.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) live: Vec<Arc<Batch>>,
    bytes: usize,
    /// What concerns this member alone.
    pub(super) own: Packer,
}

impl Held {
    /// Keeps a batch, if there is room: as much as in a queue.
    pub(super) fn push(&mut self, batch: &Arc<Batch>, limits: &Limits) -> Result<(), Overflow> {
        let bytes = self.bytes.saturating_add(batch.bytes());
        if self.live.len() >= limits.queue_packets || bytes > limits.queue_bytes {
            return Err(Overflow);
        }
        self.bytes = bytes;
        self.live.push(Arc::clone(batch));
        Ok(())
    }
}

/// A connection in a room.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) session: Session,
    /// Its public id.
    pub(super) client: Arc<str>,
    pub(super) name: String,
    pub(super) stage: Stage,
    /// Whether it counts as being there: from the presence that tells the others.
    pub(super) present: bool,
    /// Entries up to this one it has been told otherwise.
    pub(super) after: u64,
    /// The post that was refused as `unavailable`: it has to come again before all later ones.
    pub(super) refused_from: Option<u64>,
    /// The ticket of the history that the log was asked for.
    pub(super) history: Option<u64>,
    pub(super) histories: VecDeque<HistoryRequest>,
}

impl Member {
    pub(super) fn new(session: Session, client: Arc<str>, name: String, stage: Stage) -> Self {
        Self {
            session,
            client,
            name,
            stage,
            present: false,
            after: 0,
            refused_from: None,
            history: None,
            histories: VecDeque::new(),
        }
    }

    pub(super) fn is_joined(&self) -> bool {
        matches!(self.stage, Stage::Joined)
    }

    pub(super) fn speaks_v1(&self) -> bool {
        self.session.speech == Speech::V1
    }
}
