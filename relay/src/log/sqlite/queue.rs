//! What waits for a thread of the log's.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::log::Busy;

/// A queue that holds so many items, and so many bytes of them, and no more.
#[derive(Debug)]
pub(super) struct Queue<T> {
    waiting: Mutex<Waiting<T>>,
    changed: Condvar,
    max_items: usize,
    max_bytes: usize,
}

#[derive(Debug)]
struct Waiting<T> {
    items: VecDeque<(T, usize)>,
    bytes: usize,
    closed: bool,
}

impl<T> Queue<T> {
    pub(super) fn new(max_items: usize, max_bytes: usize) -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                items: VecDeque::new(),
                bytes: 0,
                closed: false,
            }),
            changed: Condvar::new(),
            max_items,
            max_bytes,
        }
    }

    /// Adds an item of so many bytes.
    pub(super) fn push(&self, item: T, bytes: usize) -> Result<(), Busy> {
        let mut waiting = self.lock();
        let full = waiting.items.len() >= self.max_items || bytes > self.max_bytes - waiting.bytes;
        if waiting.closed || full {
            return Err(Busy);
        }
        waiting.bytes += bytes;
        waiting.items.push_back((item, bytes));
        self.changed.notify_one();
        Ok(())
    }

    /// Takes the first items, as many as may be taken together, and at least one. Waits for it; `None` when the queue
    /// is closed and empty.
    pub(super) fn take(&self, max_items: usize, max_bytes: usize) -> Option<Vec<T>> {
        let mut waiting = self.lock();
        while waiting.items.is_empty() {
            if waiting.closed {
                return None;
            }
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        let mut taken = Vec::new();
        let mut taken_bytes = 0;
        while let Some((_, bytes)) = waiting.items.front() {
            let fits = taken.len() < max_items && taken_bytes + bytes <= max_bytes;
            if !fits && !taken.is_empty() {
                break;
            }
            let (item, bytes) = waiting.items.pop_front().expect("it was looked at just now");
            taken_bytes += bytes;
            taken.push(item);
        }
        waiting.bytes -= taken_bytes;
        Some(taken)
    }

    /// Lets nothing in any more. What waits can still be taken.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting<T>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
