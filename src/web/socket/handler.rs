//! The one callback of a socket: called with one event at a time, whatever it does meanwhile.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use super::SocketEvent;

type Callback = Box<dyn FnMut(SocketEvent)>;

/// Holds the callback; while it runs, it is out of its cell, so that nothing is borrowed during the call.
pub(super) struct Handler {
    callback: RefCell<Option<Callback>>,
    /// Events dispatched while the callback runs. Natively each is a task of its own; a page's script can still
    /// dispatch one synchronously.
    waiting: RefCell<VecDeque<SocketEvent>>,
    retired: Cell<bool>,
}

impl Handler {
    pub(super) fn new(callback: Callback) -> Self {
        Self {
            callback: RefCell::new(Some(callback)),
            waiting: RefCell::default(),
            retired: Cell::new(false),
        }
    }

    pub(super) fn handle(&self, event: SocketEvent) {
        if self.retired.get() {
            return;
        }
        self.waiting.borrow_mut().push_back(event);
        let Some(mut callback) = self.callback.take() else {
            return;
        };
        while let Some(event) = self.next() {
            callback(event);
        }
        if !self.retired.get() {
            self.callback.replace(Some(callback));
        }
    }

    /// No further call, and the callback is dropped: now, or when it returns if it is running.
    pub(super) fn retire(&self) {
        self.retired.set(true);
        self.waiting.take();
        drop(self.callback.take());
    }

    fn next(&self) -> Option<SocketEvent> {
        self.waiting.borrow_mut().pop_front()
    }
}
