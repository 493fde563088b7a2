//! Messages that wait for the connection to open.

use alloc::collections::VecDeque;

use super::config::OutboxLimits;
use super::io::Payload;

#[derive(Debug)]
pub(super) struct Outbox<M> {
    messages: VecDeque<M>,
    bytes: usize,
}

impl<M: Payload> Outbox<M> {
    pub(super) fn new() -> Self {
        Self {
            messages: VecDeque::new(),
            bytes: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    pub(super) fn has_room(&self, message: &M, limits: OutboxLimits) -> bool {
        self.messages.len() < limits.messages
            && self
                .bytes
                .checked_add(message.size())
                .is_some_and(|bytes| bytes <= limits.bytes)
    }

    pub(super) fn push(&mut self, message: M) {
        self.bytes += message.size();
        self.messages.push_back(message);
    }

    pub(super) fn pop(&mut self) -> Option<M> {
        let message = self.messages.pop_front()?;
        self.bytes -= message.size();
        Some(message)
    }
}
