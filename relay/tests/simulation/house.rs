//! The relay of a run: the real rooms over the real log, which is written and read a little later.

use std::collections::VecDeque;

use chat_room_relay::Limits;
use chat_room_relay::log::{Found, LogError, NewPost, Outcome, Query, Store};
use chat_room_relay::room::{Rooms, Settings};

use crate::chance::Chance;

/// What the log has to say, and when.
#[derive(Debug)]
enum Answer {
    Posted(Vec<(u64, Outcome)>),
    Found(u64, Box<Result<Found, LogError>>),
}

/// The relay, running or not, and its log.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) rooms: Option<Rooms>,
    pub(crate) store: Store,
    pub(crate) limits: Limits,
    /// Started again then.
    pub(crate) up_at: u64,
    /// Ended in good order, at the latest then.
    pub(crate) closing_until: Option<u64>,
    pub(crate) log_fails_until: u64,
    pub(crate) log_slow: u64,
    posts: Vec<(u64, NewPost)>,
    commit_at: Option<u64>,
    reads: VecDeque<(u64, u64, Query)>,
    answers: VecDeque<(u64, Answer)>,
    chance: Chance,
}

impl House {
    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed, 2);
        // Small, so that every edge is met.
        let limits = Limits {
            replay_entries: chance.between(1, 40),
            history_entries: chance.between(1, 20),
            queue_packets: chance.between(8, 60) as usize,
            posts_on_way: chance.between(1, 12) as usize,
            post_burst: chance.between(2, 30),
            posts_per_second: chance.between(2, 50),
            ..Limits::default()
        };
        let store = Store::in_memory_with_epoch("the-log").expect("memory");
        let mut house = Self {
            rooms: None,
            store,
            limits,
            up_at: 0,
            closing_until: None,
            log_fails_until: 0,
            log_slow: 0,
            posts: Vec::new(),
            commit_at: None,
            reads: VecDeque::new(),
            answers: VecDeque::new(),
            chance,
        };
        house.start();
        house
    }

    pub(crate) fn start(&mut self) {
        self.closing_until = None;
        self.rooms = Some(Rooms::new(Settings {
            epoch: self.store.epoch().to_owned(),
            limits: self.limits.clone(),
        }));
    }

    /// It dies: what the log has not written is lost, and what it has not told is never told.
    pub(crate) fn kill(&mut self, up_at: u64) {
        self.rooms = None;
        self.closing_until = None;
        self.up_at = up_at;
        self.posts.clear();
        self.commit_at = None;
        self.reads.clear();
        self.answers.clear();
    }

    pub(crate) fn append(&mut self, now: u64, posts: Vec<(u64, NewPost)>) {
        self.posts.extend(posts);
        self.commit_at
            .get_or_insert(now + 1 + self.chance.between(0, 4) + self.log_slow);
    }

    pub(crate) fn read(&mut self, now: u64, ticket: u64, query: Query) {
        let at = now + 1 + self.chance.between(0, 6) + self.log_slow;
        let at = self.reads.back().map_or(at, |(last, _, _)| at.max(*last));
        self.reads.push_back((at, ticket, query));
    }

    pub(crate) fn next(&self) -> Option<u64> {
        let reads = self.reads.front().map(|(at, _, _)| *at);
        let answers = self.answers.front().map(|(at, _)| *at);
        let rooms = self.rooms.as_ref().and_then(Rooms::poll_timeout);
        let up = self.rooms.is_none().then_some(self.up_at);
        [self.commit_at, reads, answers, rooms, up, self.closing_until]
            .into_iter()
            .flatten()
            .min()
    }

    /// The log does what is due.
    pub(crate) fn work(&mut self, now: u64) {
        if self.commit_at.is_some_and(|at| at <= now) {
            self.commit_at = None;
            let (tickets, posts): (Vec<u64>, Vec<NewPost>) = std::mem::take(&mut self.posts).into_iter().unzip();
            let outcomes = if now < self.log_fails_until {
                vec![Outcome::Failed(LogError("no room on the disk".to_owned())); posts.len()]
            } else {
                self.store.append(&posts)
            };
            self.answer(now, Answer::Posted(tickets.into_iter().zip(outcomes).collect()));
        }
        while self.reads.front().is_some_and(|(at, _, _)| *at <= now)
            && let Some((_, ticket, query)) = self.reads.pop_front()
        {
            let found = if now < self.log_fails_until && self.chance.one_in(2) {
                Err(LogError("the disk cannot be read".to_owned()))
            } else {
                self.store.find(&query)
            };
            self.answer(now, Answer::Found(ticket, Box::new(found)));
        }
    }

    /// Answers to posts keep their order; one to a question may overtake them or be overtaken.
    fn answer(&mut self, now: u64, answer: Answer) {
        let at = now + self.chance.between(0, 3);
        let last_post = self
            .answers
            .iter()
            .rev()
            .find(|(_, it)| matches!(it, Answer::Posted(_)));
        let at = match (&answer, last_post) {
            (Answer::Posted(_), Some((last, _))) => at.max(*last),
            _ => at,
        };
        let position = self.answers.partition_point(|(before, _)| *before <= at);
        self.answers.insert(position, (at, answer));
    }

    /// The rooms hear what the log has to say now.
    pub(crate) fn tell(&mut self, now: u64) {
        while self.answers.front().is_some_and(|(at, _)| *at <= now)
            && let Some((_, answer)) = self.answers.pop_front()
        {
            let Some(rooms) = &mut self.rooms else { continue };
            match answer {
                Answer::Posted(outcomes) => rooms.handle_posted(now, outcomes),
                Answer::Found(ticket, found) => rooms.handle_found(now, ticket, *found),
            }
        }
    }
}
