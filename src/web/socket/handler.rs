//! The one callback of a socket: called with one event at a time, whatever it does meanwhile.

use std::{cell::RefCell, collections::VecDeque};

use super::SocketEvent;

type Callback = Box<dyn FnMut(SocketEvent)>;

/// Holds the callback; while it runs, it is out of its cell, so that nothing is borrowed during the call.
pub(super) struct Handler {
    callback: RefCell<Option<Callback>>,
    /// Events dispatched while the callback runs. Natively each is a task of its own; a page's script can still
    /// dispatch one synchronously.
    waiting: RefCell<VecDeque<SocketEvent>>,
}

impl Handler {
    pub(super) fn new(callback: Callback) -> Self {
        Self {
            callback: RefCell::new(Some(callback)),
            waiting: RefCell::default(),
        }
    }

    pub(super) fn handle(&self, event: SocketEvent) {
        self.waiting.borrow_mut().push_back(event);
        let Some(mut callback) = self.callback.take() else {
            return;
        };
        while let Some(event) = self.next() {
            callback(event);
        }
        self.callback.replace(Some(callback));
    }

    /// Discards what waits for the callback's return.
    pub(super) fn discard_waiting(&self) {
        self.waiting.take();
    }

    fn next(&self) -> Option<SocketEvent> {
        self.waiting.borrow_mut().pop_front()
    }
}
