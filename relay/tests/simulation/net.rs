//! The network: a line for each connection, in order and with a delay, until something happens to it.

use std::collections::{BTreeMap, VecDeque};

use chat_room::connection::SocketId;
use chat_room_relay::room::ConnectionId;

use crate::chance::Chance;

/// What travels to the tab.
#[derive(Debug)]
pub(crate) enum Down {
    Opened,
    Text(String),
    Closed(u16),
}

/// What travels to the relay.
#[derive(Debug)]
pub(crate) enum Up {
    Open,
    Text(String),
    Closed,
}

/// One connection, from a tab's socket to the relay.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) tab: usize,
    pub(crate) socket: SocketId,
    /// Which page of the tab: a reload makes another.
    pub(crate) page: u64,
    pub(crate) connection: Option<ConnectionId>,
    pub(crate) down: VecDeque<(u64, Down)>,
    pub(crate) up: VecDeque<(u64, Up)>,
    pub(crate) swallows: bool,
    /// The way to the relay alone.
    pub(crate) swallows_up: bool,
    /// The relay has let it go, or never knew it.
    pub(crate) relay_done: bool,
    /// The tab has let it go.
    pub(crate) tab_done: bool,
    /// The relay reads nothing from it.
    pub(crate) paused: bool,
    /// The relay writes nothing to it until then.
    pub(crate) stalled_until: u64,
    delay: u64,
    chance: Chance,
}

impl Line {
    pub(crate) fn new(seed: u64, number: u64, tab: usize, page: u64, socket: SocketId, slow: u64) -> Self {
        let mut chance = Chance::new(seed, 1_000 + number);
        let delay = chance.between(1, 80) + slow;
        Self {
            tab,
            socket,
            page,
            connection: None,
            down: VecDeque::new(),
            up: VecDeque::new(),
            swallows: false,
            swallows_up: false,
            relay_done: false,
            tab_done: false,
            paused: false,
            stalled_until: 0,
            delay,
            chance,
        }
    }

    pub(crate) fn send_down(&mut self, now: u64, what: Down) {
        if !self.swallows && !self.tab_done {
            let at = now + self.delay + self.chance.between(0, 20);
            let at = self.down.back().map_or(at, |(last, _)| at.max(*last));
            self.down.push_back((at, what));
        }
    }

    pub(crate) fn send_up(&mut self, now: u64, what: Up) {
        if !self.swallows && !self.swallows_up && !self.relay_done {
            let at = now + self.delay + self.chance.between(0, 20);
            let at = self.up.back().map_or(at, |(last, _)| at.max(*last));
            self.up.push_back((at, what));
        }
    }

    /// It breaks: of what is under way a part still arrives, and each end learns of it in its own time.
    pub(crate) fn cut(&mut self, now: u64) {
        let down = self.chance.between(0, self.down.len() as u64) as usize;
        let up = self.chance.between(0, self.up.len() as u64) as usize;
        self.down.truncate(down);
        self.up.truncate(up);
        self.send_down(now, Down::Closed(1006));
        // A relay may go on for long with a client that is not there any more.
        let notices = if self.chance.one_in(3) {
            self.chance.between(0, 20_000)
        } else {
            0
        };
        self.send_up(now + notices, Up::Closed);
        self.swallows = true;
    }

    /// From now on it carries nothing. What is under way to the relay is lost; to the page it may still arrive, as out of
    /// the memory of a machine that slept. Gives when the last of it does. The relay notices by its pings.
    pub(crate) fn half_open(&mut self, now: u64) -> u64 {
        if self.chance.one_in(2) {
            self.down.clear();
        }
        self.up.clear();
        let notices = self.chance.between(20_000, 55_000);
        self.up.push_back((now + notices, Up::Closed));
        self.swallows = true;
        self.down.back().map_or(now, |(at, _)| (*at).max(now))
    }

    /// From now on nothing reaches the relay, which notices by its pings and says so.
    pub(crate) fn deafen(&mut self, now: u64) {
        self.up.clear();
        let notices = self.chance.between(20_000, 55_000);
        self.up.push_back((now + notices, Up::Closed));
        self.swallows_up = true;
    }

    /// The tab lets it go: what it sent before still arrives, and then the end of it.
    pub(crate) fn tab_leaves(&mut self, now: u64) {
        self.tab_done = true;
        self.down.clear();
        self.send_up(now, Up::Closed);
    }

    /// When something arrives next. To a page that is frozen nothing does.
    pub(crate) fn next(&self, frozen: bool) -> Option<u64> {
        let up = self.up.front().filter(|_| !self.paused).map(|(at, _)| *at);
        let down = self.down.front().filter(|_| !frozen).map(|(at, _)| *at);
        up.into_iter().chain(down).min()
    }

    pub(crate) fn is_over(&self) -> bool {
        self.relay_done && self.tab_done
    }
}

/// All lines, by a number of their own.
pub(crate) type Lines = BTreeMap<u64, Line>;
