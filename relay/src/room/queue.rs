//! What waits for one connection, and how it becomes messages.

use std::collections::VecDeque;
use std::collections::vec_deque::Drain;

use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::Limits;
use crate::limits::{JOINED_BYTES, JOINED_FRAMES};

/// A WebSocket message for any number of receivers, who share its bytes: plain text, one frame, or an array of frames.
#[derive(Clone, Debug)]
pub(super) struct Packet {
    text: Utf8Bytes,
    /// How many frames it has.
    frames: usize,
}

impl Packet {
    /// A line for a plain-text client.
    pub(super) fn plain(text: String) -> Self {
        Self {
            text: text.into(),
            frames: 1,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    #[cfg(test)]
    pub(super) fn frames(&self) -> usize {
        self.frames
    }

    /// Whether it is the very same, and not only alike. Both are kept, so no other can be where one was.
    fn is_same(&self, other: &Self) -> bool {
        let (text, other) = (self.text.as_str(), other.text.as_str());
        std::ptr::eq(text, other)
    }

    /// Its frames without the brackets of an array.
    fn inner(&self) -> &str {
        let text = self.text.as_str();
        if self.frames > 1 {
            &text[1..text.len() - 1]
        } else {
            text
        }
    }
}

/// Gathers frames into as few packets as their bounds allow.
#[derive(Debug, Default)]
pub(super) struct Packer {
    text: String,
    starts: Vec<usize>,
    done: Vec<Packed>,
}

/// A packet, and where in it each frame begins.
#[derive(Debug)]
pub(super) struct Packed {
    pub(super) packet: Packet,
    starts: Vec<usize>,
}

impl Packed {
    /// The packet without its first frames. At least one must remain.
    pub(super) fn without_first(&self, frames: usize) -> Packet {
        let (Some(start), true) = (self.starts.get(frames), frames > 0) else {
            return self.packet.clone();
        };
        let (text, frames) = (&self.packet.text.as_str()[*start..], self.starts.len() - frames);
        let text = match frames {
            1 => text[..text.len() - 1].to_owned(),
            _ => format!("[{text}"),
        };
        Packet {
            text: text.into(),
            frames,
        }
    }
}

impl Packer {
    /// Adds a frame that `write` appends to a text. Says whether it began a new packet.
    pub(super) fn add(&mut self, write: impl FnOnce(&mut String)) -> bool {
        let before = self.text.len();
        match self.starts.len() {
            0 => {}
            1 => {
                self.text.insert(0, '[');
                self.starts[0] = 1;
                self.text.push(',');
            }
            _ => self.text.push(','),
        }
        self.starts.push(self.text.len());
        write(&mut self.text);
        let fits = self.text.len() < JOINED_BYTES && self.starts.len() <= JOINED_FRAMES;
        if fits || self.starts.len() == 1 {
            return self.starts.len() == 1;
        }
        // It goes into the next one.
        let start = self.starts.pop().unwrap_or_default();
        let last = self.text.split_off(start);
        self.text.truncate(start - 1);
        if self.starts.len() == 1 {
            self.text.remove(0);
            self.starts[0] = 0;
            debug_assert_eq!(self.text.len(), before);
        }
        self.flush();
        self.text = last;
        self.starts.push(0);
        true
    }

    fn flush(&mut self) {
        let starts = std::mem::take(&mut self.starts);
        let mut text = std::mem::take(&mut self.text);
        let frames = starts.len();
        if frames == 0 {
            return;
        }
        if frames > 1 {
            text.push(']');
        }
        let packet = Packet {
            text: text.into(),
            frames,
        };
        self.done.push(Packed { packet, starts });
    }

    /// The packets, in order.
    pub(super) fn finish(mut self) -> Vec<Packed> {
        self.flush();
        self.done
    }
}

/// More waits than may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Overflow;

/// What waits for one connection, oldest first.
#[derive(Debug, Default)]
pub(super) struct Queue {
    packets: VecDeque<Packet>,
    bytes: usize,
}

impl Queue {
    /// Queues what others cause, if there is room. Says whether nothing waited before.
    pub(super) fn push(&mut self, packet: &Packet, limits: &Limits) -> Result<bool, Overflow> {
        let bytes = self.bytes.saturating_add(packet.text.len());
        if self.packets.len() >= limits.queue_packets || bytes > limits.queue_bytes {
            return Err(Overflow);
        }
        Ok(self.push_answer(packet.clone()))
    }

    /// Queues what the connection itself asked for, which is bounded by how much it is let ask.
    pub(super) fn push_answer(&mut self, packet: Packet) -> bool {
        self.bytes = self.bytes.saturating_add(packet.text.len());
        self.packets.push_back(packet);
        self.packets.len() == 1
    }

    /// Whether so much waits that its connection has to read before it is heard again.
    pub(super) fn is_long(&self, limits: &Limits) -> bool {
        self.bytes > limits.queue_bytes / 2 || self.packets.len() > limits.queue_packets / 2
    }

    /// All of it. Nothing of the queue's memory remains, so that an idle connection keeps none of busier times.
    pub(super) fn take(&mut self, joins: bool) -> Backlog {
        self.bytes = 0;
        Backlog {
            packets: std::mem::take(&mut self.packets),
            joins,
        }
    }
}

/// What waited for one connection, as messages to be sent in order. Frames that wait together become one array, as
/// long as it is not too long.
#[derive(Debug, Default)]
pub struct Backlog {
    packets: VecDeque<Packet>,
    joins: bool,
}

impl Backlog {
    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }

    /// The next message. Many receivers have the same to be joined, one after the other: they share the bytes.
    pub fn next_message(&mut self, joiner: &mut Joiner) -> Option<Utf8Bytes> {
        match self.next_packets() {
            1 => self.packets.pop_front().map(|packet| packet.text),
            count => joiner.join(self.packets.drain(..count.min(self.packets.len()))),
        }
    }

    /// How many packets are the next message.
    fn next_packets(&self) -> usize {
        let (mut bytes, mut frames) = (2, 0);
        let mut fits = |packet: &Packet| {
            bytes += packet.inner().len() + 1;
            frames += packet.frames;
            bytes <= JOINED_BYTES && frames <= JOINED_FRAMES
        };
        match self.joins {
            true => self.packets.iter().take_while(|packet| fits(packet)).count().max(1),
            false => 1,
        }
    }
}

impl Iterator for Backlog {
    type Item = Utf8Bytes;

    fn next(&mut self) -> Option<Utf8Bytes> {
        self.next_message(&mut Joiner::default())
    }
}

/// Joins packets to an array of all their frames, and keeps the last one.
#[derive(Debug, Default)]
pub struct Joiner {
    packets: Vec<Packet>,
    joined: Utf8Bytes,
}

impl Joiner {
    fn join(&mut self, packets: Drain<'_, Packet>) -> Option<Utf8Bytes> {
        let packets: Vec<Packet> = packets.collect();
        let is_same = packets.len() == self.packets.len()
            && packets.iter().zip(&self.packets).all(|(one, other)| one.is_same(other));
        if !is_same {
            self.joined = join(&packets).into();
            self.packets = packets;
        }
        (!self.packets.is_empty()).then(|| self.joined.clone())
    }
}

fn join(packets: &[Packet]) -> String {
    let bytes = packets.iter().map(|packet| packet.inner().len() + 1).sum::<usize>();
    let mut message = String::with_capacity(bytes + 1);
    for (index, packet) in packets.iter().enumerate() {
        message.push(if index == 0 { '[' } else { ',' });
        message.push_str(packet.inner());
    }
    message.push(']');
    message
}
