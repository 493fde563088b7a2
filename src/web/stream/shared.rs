//! What the socket's callback and the stream share: the queue, how it ended, and who waits.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::{Rc, Weak},
    task::{Context, Poll, Waker},
};

use super::{Ended, OVERFLOW_CODE, StreamLimits};
use crate::{
    web::{Socket, SocketEvent},
    websocket::{Close, CloseCode, Message},
};

/// No borrow is held while a waker is woken: an executor may poll at once, or drop the stream.
pub(super) struct Shared {
    limits: StreamLimits,
    socket: RefCell<Weak<Socket>>,
    queue: RefCell<Queue>,
    opened: Cell<bool>,
    closed: RefCell<Option<Close>>,
    reader: RefCell<Option<Waker>>,
    /// Whoever uses the sink, or waits for it to open.
    writer: RefCell<Option<Waker>>,
    /// A timer is set that wakes the writer.
    looking: Cell<bool>,
}

#[derive(Default)]
struct Queue {
    messages: VecDeque<Message>,
    bytes: usize,
    ended: Option<Ended>,
    told: bool,
}

impl Shared {
    pub(super) fn new(limits: StreamLimits) -> Self {
        Self {
            limits,
            socket: RefCell::default(),
            queue: RefCell::default(),
            opened: Cell::new(false),
            closed: RefCell::default(),
            reader: RefCell::default(),
            writer: RefCell::default(),
            looking: Cell::new(false),
        }
    }

    /// The socket to close if nobody reads.
    pub(super) fn watch_over(&self, socket: &Rc<Socket>) {
        self.socket.replace(Rc::downgrade(socket));
    }

    pub(super) fn handle(&self, event: SocketEvent) {
        match event {
            SocketEvent::Open => {
                self.opened.set(true);
                wake(&self.writer);
            }
            SocketEvent::Message(message) => {
                if !self.queue.borrow_mut().push(message, self.limits) {
                    self.close();
                }
                wake(&self.reader);
            }
            SocketEvent::Error => {}
            SocketEvent::Close(close) => {
                self.closed.replace(Some(close.clone()));
                self.queue.borrow_mut().end(Ended::Closed(close));
                wake(&self.reader);
                wake(&self.writer);
            }
        }
    }

    fn close(&self) {
        if let Some(socket) = self.socket.borrow().upgrade() {
            socket.close(CloseCode::new(OVERFLOW_CODE).ok().map(Into::into));
        }
    }

    pub(super) fn poll_next(&self, context: &mut Context<'_>) -> Poll<Option<Result<Message, Ended>>> {
        let next = self.queue.borrow_mut().next();
        if next.is_pending() {
            self.reader.replace(Some(context.waker().clone()));
        }
        next
    }

    pub(super) fn poll_opened(&self, context: &mut Context<'_>) -> Poll<Result<(), Close>> {
        if self.opened.get() {
            return Poll::Ready(Ok(()));
        }
        self.poll_closed(context).map(Err)
    }

    pub(super) fn poll_closed(&self, context: &mut Context<'_>) -> Poll<Close> {
        if let Some(close) = &*self.closed.borrow() {
            return Poll::Ready(close.clone());
        }
        self.wake_writer_later(context);
        Poll::Pending
    }

    pub(super) fn wake_writer_later(&self, context: &Context<'_>) {
        self.writer.replace(Some(context.waker().clone()));
    }

    /// Whether a timer is to be set: one is enough, however often the sink is polled.
    pub(super) fn begin_look(&self) -> bool {
        !self.looking.replace(true)
    }

    pub(super) fn looked(&self) {
        self.looking.set(false);
        wake(&self.writer);
    }

    pub(super) fn queued_messages(&self) -> usize {
        self.queue.borrow().messages.len()
    }

    pub(super) fn has_told(&self) -> bool {
        self.queue.borrow().told
    }
}

impl Queue {
    /// Whether it fits. If it does not, nothing does any more.
    fn push(&mut self, message: Message, limits: StreamLimits) -> bool {
        if self.ended.is_some() || self.told {
            return true;
        }
        let bytes = self.bytes.saturating_add(message.len());
        if self.messages.len() >= limits.queued_messages || bytes > limits.queued_bytes {
            self.end(Ended::Overflowed(limits));
            return false;
        }
        self.bytes = bytes;
        self.messages.push_back(message);
        true
    }

    /// The first end counts.
    fn end(&mut self, ended: Ended) {
        if !self.told {
            self.ended.get_or_insert(ended);
        }
    }

    fn next(&mut self) -> Poll<Option<Result<Message, Ended>>> {
        if let Some(message) = self.messages.pop_front() {
            self.bytes -= message.len();
            return Poll::Ready(Some(Ok(message)));
        }
        if self.told {
            return Poll::Ready(None);
        }
        match self.ended.take() {
            Some(ended) => {
                self.told = true;
                Poll::Ready(Some(Err(ended)))
            }
            None => Poll::Pending,
        }
    }
}

fn wake(waker: &RefCell<Option<Waker>>) {
    let waker = waker.take();
    if let Some(waker) = waker {
        waker.wake();
    }
}
