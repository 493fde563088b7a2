//! Entries on their way to everybody: encoded once, shared by all receivers.

use std::sync::Arc;

use chat_room_wire::{Body, Entry, History, ServerFrame};

use super::queue::{Packed, Packer, Packet};
use crate::Limits;

/// Entries of one room that the log took together, as one packet.
#[derive(Debug)]
pub(super) struct Batch {
    packed: Packed,
    seqs: Vec<u64>,
}

impl Batch {
    /// Packs entries, in their order.
    pub(super) fn all(entries: &[Entry]) -> Vec<Arc<Self>> {
        let mut packer = Packer::default();
        let mut seqs: Vec<Vec<u64>> = Vec::new();
        for entry in entries {
            if packer.add(|out| entry.write(out)) {
                seqs.push(Vec::new());
            }
            if let Some(last) = seqs.last_mut() {
                last.push(entry.seq);
            }
        }
        let packed = packer.finish().into_iter().zip(seqs);
        packed.map(|(packed, seqs)| Arc::new(Self { packed, seqs })).collect()
    }

    pub(super) fn bytes(&self) -> usize {
        self.packed.packet.bytes()
    }

    /// The part of it that comes after a place in the log, if any does.
    pub(super) fn after(&self, seq: u64) -> Option<Packet> {
        match self.seqs.partition_point(|it| *it <= seq) {
            known if known == self.seqs.len() => None,
            known => Some(self.packed.without_first(known)),
        }
    }
}

/// How a plain-text client reads an entry, if it does: it cannot show what changes an earlier line.
pub(super) fn plain_line(entry: &Entry) -> Option<Packet> {
    match &entry.body {
        Body::Text { text, .. } => Some(Packet::plain(format!("{}: {text}", entry.name))),
        Body::Edit { .. } | Body::Retract { .. } | Body::Reaction { .. } | Body::Other { .. } => None,
    }
}

/// A page of history. The oldest entries of one too long are left for the next request.
pub(super) fn history(before: Option<u64>, mut entries: Vec<Entry>, mut start: bool, limits: &Limits) -> ServerFrame {
    let mut bytes = 0_usize;
    let mut frame = String::new();
    let fitting = entries.iter().rev().take_while(|entry| {
        frame.clear();
        entry.write(&mut frame);
        bytes = bytes.saturating_add(frame.len());
        bytes <= limits.history_bytes
    });
    let kept = fitting.count().max(1);
    if kept < entries.len() {
        entries.drain(..entries.len() - kept);
        start = false;
    }
    ServerFrame::History(History { before, entries, start })
}

/// Missed entries as frames of their own, if a queue may hold that much.
pub(super) fn replay(packer: &mut Packer, entries: &[Entry], limits: &Limits) -> bool {
    let mut bytes = 0_usize;
    let mut frame = String::new();
    let mut frames = Vec::with_capacity(entries.len());
    for entry in entries {
        frame.clear();
        entry.write(&mut frame);
        bytes = bytes.saturating_add(frame.len());
        if bytes > limits.queue_bytes {
            return false;
        }
        frames.push(frame.clone());
    }
    for frame in frames {
        packer.add(|out| out.push_str(&frame));
    }
    true
}
