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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_full_at_its_items_and_at_its_bytes() {
        let queue = Queue::new(3, 10);
        assert_eq!(queue.push('a', 11), Err(Busy));
        assert_eq!(queue.push('a', 4), Ok(()));
        assert_eq!(queue.push('b', 7), Err(Busy));
        assert_eq!(queue.push('b', 6), Ok(()));
        assert_eq!(queue.push('c', 1), Err(Busy));
        assert_eq!(queue.push('c', 0), Ok(()));
        assert_eq!(queue.push('d', 0), Err(Busy));
        assert_eq!(queue.take(9, 99), Some(vec!['a', 'b', 'c']));
        assert_eq!(queue.push('d', 10), Ok(()));
    }

    #[test]
    fn a_group_ends_at_its_items_and_at_its_bytes() {
        let queue = Queue::new(usize::MAX, usize::MAX);
        for (item, bytes) in [
            ('a', 4),
            ('b', 6),
            ('c', 1),
            ('d', 99),
            ('e', 0),
            ('f', 0),
            ('g', 0),
            ('h', 0),
        ] {
            assert_eq!(queue.push(item, bytes), Ok(()));
        }
        let groups = [(); 5].map(|()| queue.take(3, 10).expect("some wait").into_iter().collect::<String>());
        assert_eq!(groups, ["ab", "c", "d", "efg", "h"]);
    }

    #[test]
    fn what_waits_when_it_closes_can_be_taken() {
        let queue = Queue::new(9, 9);
        assert_eq!(queue.push('a', 1), Ok(()));
        queue.close();
        assert_eq!(queue.push('b', 1), Err(Busy));
        assert_eq!(queue.take(9, 9), Some(vec!['a']));
        assert_eq!(queue.take(9, 9), None);
    }

    #[test]
    fn who_waits_for_an_item_is_woken_by_it_and_by_the_end() {
        let queue = Queue::new(9, 9);
        std::thread::scope(|scope| {
            let taken = scope.spawn(|| (queue.take(9, 9), queue.take(9, 9)));
            assert_eq!(queue.push('a', 1), Ok(()));
            queue.close();
            let (first, second) = taken.join().expect("no panic");
            assert_eq!((first, second), (Some(vec!['a']), None));
        });
    }
}
