//! What waits for a thread of the log's.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::log::Busy;

/// How much something is: an item of a queue, or what waits there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) count: usize,
    pub(super) bytes: usize,
}

impl Size {
    /// Whether so much fits in besides.
    fn has_room(self, taken: Size, more: Size) -> bool {
        more.count <= self.count - taken.count.min(self.count) && more.bytes <= self.bytes - taken.bytes.min(self.bytes)
    }
}

/// A queue that holds so much, and no more. One thread takes from it.
#[derive(Debug)]
pub(super) struct Queue<T> {
    waiting: Mutex<Waiting<T>>,
    changed: Condvar,
    most: Size,
}

#[derive(Debug)]
struct Waiting<T> {
    items: VecDeque<(T, Size)>,
    size: Size,
    closed: bool,
}

impl<T> Queue<T> {
    pub(super) fn new(most: Size) -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                items: VecDeque::new(),
                size: Size::default(),
                closed: false,
            }),
            changed: Condvar::new(),
            most,
        }
    }

    /// Adds an item of this size.
    pub(super) fn push(&self, item: T, size: Size) -> Result<(), Busy> {
        let mut waiting = self.lock();
        if waiting.closed || !self.most.has_room(waiting.size, size) {
            return Err(Busy);
        }
        waiting.size.count += size.count;
        waiting.size.bytes += size.bytes;
        waiting.items.push_back((item, size));
        if waiting.items.len() == 1 {
            // Each call asks the system, whether somebody waits or not.
            self.changed.notify_one();
        }
        Ok(())
    }

    /// Waits for an item. Says whether there is one: there is none when the queue is closed and empty.
    pub(super) fn wait(&self) -> bool {
        let mut waiting = self.lock();
        while waiting.items.is_empty() && !waiting.closed {
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        !waiting.items.is_empty()
    }

    /// Takes the first items, as many as may be taken together, and at least one of those that there are.
    pub(super) fn take(&self, most: Size) -> Vec<T> {
        let mut waiting = self.lock();
        let mut taken = Vec::new();
        let mut size = Size::default();
        while let Some((_, more)) = waiting.items.front() {
            if !taken.is_empty() && !most.has_room(size, *more) {
                break;
            }
            let (item, more) = waiting.items.pop_front().expect("it was looked at just now");
            size.count += more.count;
            size.bytes += more.bytes;
            taken.push(item);
        }
        waiting.size.count -= size.count;
        waiting.size.bytes -= size.bytes;
        taken
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

    fn size(count: usize, bytes: usize) -> Size {
        Size { count, bytes }
    }

    #[test]
    fn it_is_full_at_its_count_and_at_its_bytes() {
        let queue = Queue::new(size(4, 10));
        assert_eq!(queue.push('a', size(1, 11)), Err(Busy));
        assert_eq!(queue.push('a', size(5, 1)), Err(Busy));
        assert_eq!(queue.push('a', size(2, 4)), Ok(()));
        assert_eq!(queue.push('b', size(1, 7)), Err(Busy));
        assert_eq!(queue.push('b', size(1, 6)), Ok(()));
        assert_eq!(queue.push('c', size(1, 1)), Err(Busy));
        assert_eq!(queue.push('c', size(2, 0)), Err(Busy));
        assert_eq!(queue.push('c', size(1, 0)), Ok(()));
        assert_eq!(queue.push('d', size(1, 0)), Err(Busy));
        assert_eq!(queue.take(size(9, 99)), ['a', 'b', 'c']);
        assert_eq!(queue.push('d', size(4, 10)), Ok(()));
    }

    #[test]
    fn a_group_ends_at_its_count_and_at_its_bytes() {
        let queue = Queue::new(size(usize::MAX, usize::MAX));
        for (item, count, bytes) in [
            ('a', 1, 4),
            ('b', 1, 6),
            ('c', 1, 1),
            ('d', 2, 99),
            ('e', 2, 0),
            ('f', 2, 0),
            ('g', 1, 0),
            ('h', 4, 0),
            ('i', 1, 0),
        ] {
            assert_eq!(queue.push(item, size(count, bytes)), Ok(()));
        }
        let groups = [(); 6].map(|()| String::from_iter(queue.take(size(3, 10))));
        assert_eq!(groups, ["ab", "c", "d", "e", "fg", "h"]);
    }

    #[test]
    fn what_waits_when_it_closes_can_be_taken() {
        let queue = Queue::new(size(9, 9));
        assert_eq!(queue.push('a', size(1, 1)), Ok(()));
        queue.close();
        assert_eq!(queue.push('b', size(1, 1)), Err(Busy));
        assert!(queue.wait());
        assert_eq!(queue.take(size(9, 9)), ['a']);
        assert!(!queue.wait());
        assert_eq!(queue.take(size(9, 9)), []);
    }

    #[test]
    fn who_waits_for_an_item_is_woken_by_it_and_by_the_end() {
        let queue = Queue::new(size(9, 9));
        std::thread::scope(|scope| {
            let taken = scope.spawn(|| {
                let (first, taken) = (queue.wait(), queue.take(size(9, 9)));
                (first, taken, queue.wait())
            });
            assert_eq!(queue.push('a', size(1, 1)), Ok(()));
            queue.close();
            assert_eq!(taken.join().expect("no panic"), (true, vec!['a'], false));
        });
    }
}
