//! The rooms, shared: between the tasks of the connections, the threads of the log, and a timer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;

use crate::clock::Clock;
use crate::limits::Limits;
use crate::log::{Answers, Found, Log, LogError, Outcome};
use crate::room::{Backlog, Closing, ConnectionId, Message, Opening, Output, Rooms, Settings, close};

/// The rooms and all that they need to be carried out.
///
/// One lock for all rooms: what happens under it is short. Messages are read before, and what waits for a receiver is
/// put together after it.
pub(crate) struct Hub {
    state: Mutex<State>,
    log: Arc<dyn Log>,
    timer: Notify,
    cannot_write: AtomicBool,
    cannot_read: AtomicBool,
}

struct State {
    rooms: Rooms,
    mailboxes: HashMap<ConnectionId, Arc<Mailbox>>,
    clock: Clock,
    /// When the timer will ring.
    timer_at: Option<u64>,
}

/// How the rooms reach the task of a connection.
#[derive(Default)]
pub(crate) struct Mailbox {
    /// Something waits to be taken.
    pub(crate) waiting: Notify,
    /// The connection has to be closed.
    pub(crate) closed: Notify,
    /// It has to be closed although the writer may be busy.
    pub(crate) cut_short: Notify,
    closing: Mutex<Option<Closing>>,
    paused: AtomicBool,
    resumed: Notify,
}

impl Mailbox {
    /// How it has to be closed, once it has.
    pub(crate) fn closing(&self) -> Option<Closing> {
        lock(&self.closing).take()
    }

    /// Whether it has to be closed for being too slow, so that there is no use in waiting for it.
    pub(crate) fn is_too_slow(&self) -> bool {
        lock(&self.closing)
            .as_ref()
            .is_some_and(|closing| closing.code == close::AGAIN)
    }

    /// Waits until the connection may be read from.
    pub(crate) async fn may_read(&self) {
        while self.paused.load(Ordering::Acquire) {
            self.resumed.notified().await;
        }
    }
}

/// Where the log's answers go: to a hub that is made after its log.
#[derive(Default)]
pub(crate) struct Desk {
    hub: OnceLock<Weak<Hub>>,
}

impl Desk {
    fn hub(&self) -> Option<Arc<Hub>> {
        self.hub.get().and_then(Weak::upgrade)
    }
}

impl Answers for Desk {
    fn posted(&self, outcomes: Vec<(u64, Outcome)>) {
        if let Some(hub) = self.hub() {
            let failed = outcomes
                .iter()
                .any(|(_, outcome)| matches!(outcome, Outcome::Failed(_)));
            hub.cannot_write.store(failed, Ordering::Relaxed);
            hub.change(|rooms, now| rooms.handle_posted(now, outcomes));
        }
    }

    fn found(&self, ticket: u64, found: Result<Found, LogError>) {
        if let Some(hub) = self.hub() {
            hub.cannot_read.store(found.is_err(), Ordering::Relaxed);
            hub.change(|rooms, now| rooms.handle_found(now, ticket, found));
        }
    }
}

impl Hub {
    /// Rooms over a log that answers to this desk.
    pub(crate) fn new(limits: Limits, log: Arc<dyn Log>, desk: &Desk) -> Arc<Self> {
        let epoch = log.epoch().to_owned();
        let hub = Arc::new(Self {
            state: Mutex::new(State {
                rooms: Rooms::new(Settings { epoch, limits }),
                mailboxes: HashMap::new(),
                clock: Clock::new(),
                timer_at: None,
            }),
            log,
            timer: Notify::new(),
            cannot_write: AtomicBool::new(false),
            cannot_read: AtomicBool::new(false),
        });
        let _ = desk.hub.set(Arc::downgrade(&hub));
        hub
    }

    /// How many connections there are.
    pub(crate) fn connections(&self) -> usize {
        self.lock().rooms.connections()
    }

    /// Whether the log did what it was last asked.
    pub(crate) fn log_works(&self) -> bool {
        !self.cannot_write.load(Ordering::Relaxed) && !self.cannot_read.load(Ordering::Relaxed)
    }

    /// A connection is open, until what is returned is dropped.
    pub(crate) fn open(self: &Arc<Self>, opening: Opening) -> Membership {
        let mailbox = Arc::new(Mailbox::default());
        let mut state = self.lock();
        let now = state.clock.now();
        let id = state.rooms.handle_opened(now, opening);
        state.mailboxes.insert(id, Arc::clone(&mailbox));
        self.carry_out(&mut state, now);
        drop(state);
        let hub = Arc::clone(self);
        Membership { hub, id, mailbox }
    }

    /// Tells that the relay is going to end.
    pub(crate) fn shut_down(&self) {
        self.change(|rooms, now| rooms.handle_shutdown(now));
    }

    /// Closes every connection.
    pub(crate) fn close_all(&self) {
        self.change(|rooms, now| rooms.close_all(now));
    }

    /// Rings whenever the rooms want it. Never ends.
    pub(crate) async fn keep_time(&self) {
        loop {
            match self.next_ring() {
                None => self.timer.notified().await,
                Some(wait) => tokio::select! {
                    () = self.timer.notified() => {}
                    () = sleep(wait) => self.change(|rooms, now| rooms.handle_time(now)),
                },
            }
        }
    }

    fn next_ring(&self) -> Option<Duration> {
        let mut state = self.lock();
        state.timer_at = state.rooms.poll_timeout();
        let now = state.clock.now();
        state.timer_at.map(|at| Duration::from_millis(at.saturating_sub(now)))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Rooms, u64) -> T) -> T {
        let mut state = self.lock();
        let now = state.clock.now();
        let result = change(&mut state.rooms, now);
        self.carry_out(&mut state, now);
        result
    }

    /// Under the lock, so that posts reach the log in the order in which the rooms hand them out.
    fn carry_out(&self, state: &mut State, now: u64) {
        while let Some(output) = state.rooms.poll_output() {
            match output {
                Output::Append { posts } => {
                    let tickets: Vec<u64> = posts.iter().map(|(ticket, _)| *ticket).collect();
                    if self.log.append(posts).is_err() {
                        let busy = || Outcome::Failed(LogError("too much waits to be written".to_owned()));
                        let outcomes = tickets.into_iter().map(|ticket| (ticket, busy())).collect();
                        state.rooms.handle_posted(now, outcomes);
                    }
                }
                Output::Read { ticket, query } => {
                    if self.log.read(ticket, *query).is_err() {
                        let busy = LogError("too much waits to be read".to_owned());
                        state.rooms.handle_found(now, ticket, Err(busy));
                    }
                }
                Output::Wake(id) => state.tell(id, |mailbox| mailbox.waiting.notify_one()),
                Output::Pause(id) => state.tell(id, |mailbox| mailbox.paused.store(true, Ordering::Release)),
                Output::Resume(id) => state.tell(id, |mailbox| {
                    mailbox.paused.store(false, Ordering::Release);
                    mailbox.resumed.notify_one();
                }),
                Output::Close(closing) => {
                    if let Some(mailbox) = state.mailboxes.remove(&closing.connection) {
                        *lock(&mailbox.closing) = Some(closing);
                        mailbox.closed.notify_one();
                        mailbox.cut_short.notify_one();
                    }
                }
            }
        }
        let wanted = state.rooms.poll_timeout();
        if wanted.is_some_and(|wanted| state.timer_at.is_none_or(|at| wanted < at)) {
            state.timer_at = wanted;
            self.timer.notify_one();
        }
    }

    /// A panic elsewhere must not lock everybody out.
    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl State {
    fn tell(&self, id: ConnectionId, tell: impl FnOnce(&Mailbox)) {
        if let Some(mailbox) = self.mailboxes.get(&id) {
            tell(mailbox);
        }
    }
}

/// A connection in the rooms. It leaves them when dropped, whatever ends its task.
pub(crate) struct Membership {
    hub: Arc<Hub>,
    pub(crate) id: ConnectionId,
    pub(crate) mailbox: Arc<Mailbox>,
}

impl Membership {
    /// What the connection sent, in order.
    pub(crate) fn receive(&self, messages: Vec<Message>) {
        self.hub
            .change(|rooms, now| rooms.handle_messages(now, self.id, messages));
    }

    /// What waits for it.
    pub(crate) fn take(&self) -> Backlog {
        self.hub.change(|rooms, _| rooms.take(self.id))
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        let mut state = self.hub.lock();
        let now = state.clock.now();
        state.mailboxes.remove(&self.id);
        state.rooms.handle_closed(now, self.id);
        self.hub.carry_out(&mut state, now);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;
    use crate::log::SqliteLog;

    fn hub() -> Arc<Hub> {
        let desk = Arc::new(Desk::default());
        let log = SqliteLog::in_memory(Arc::clone(&desk) as Arc<dyn Answers>).expect("a log");
        Hub::new(Limits::default(), Arc::new(log), &desk)
    }

    fn plain(name: &str) -> Opening {
        Opening::Plain {
            room: "r".to_owned(),
            name: Some(name.to_owned()),
            key: format!("{name:0>22}"),
        }
    }

    #[tokio::test]
    async fn a_task_that_panics_leaves_the_rooms_and_harms_nobody() {
        let hub = hub();
        let [speaker, listener] = [hub.open(plain("ada")), hub.open(plain("bob"))];
        let panicking = hub.open(plain("eve"));
        assert_eq!(hub.connections(), 3);
        let task = tokio::spawn(async move {
            let _membership = panicking;
            panic!("a mistake in the task of a connection");
        });
        assert!(task.await.expect_err("it panics").is_panic());
        assert_eq!(hub.connections(), 2);

        // Even one that happens under the lock.
        let under_lock = AssertUnwindSafe(|| hub.change(|_, _| panic!("a mistake in the rooms")));
        assert!(catch_unwind(under_lock).is_err());
        speaker.receive(vec![Message::Text("still here".into())]);
        listener.mailbox.waiting.notified().await;
        let heard: Vec<String> = listener.take().map(|message| message.to_string()).collect();
        assert_eq!(heard, ["ada: still here"]);
    }

    #[tokio::test]
    async fn a_closed_connection_is_told_how() {
        let hub = hub();
        let bad = hub.open(plain("\t"));
        bad.mailbox.closed.notified().await;
        let closing = bad.mailbox.closing().expect("a reason");
        assert_eq!((closing.code, closing.connection), (close::NO_SUCH_PLACE, bad.id));
        assert_eq!(hub.connections(), 0);
        hub.close_all();
        let late = hub.open(plain("ada"));
        late.mailbox.closed.notified().await;
        assert_eq!(late.mailbox.closing().map(|closing| closing.code), Some(1012));
    }
}
