//! What a browser keeps: identities and their posts, and who holds which.

use std::collections::{BTreeMap, VecDeque};

use chat_room::room::{Keep, Kept, KeptLog, KeptPost};

use crate::chance::Chance;

/// How long a write is on its way to the disk, in milliseconds. Longer than most are, so that more of them are lost.
pub(crate) const WRITE_TAKES: u64 = 150;

/// An identity on the disk.
#[derive(Clone, Debug, Default)]
struct Identity {
    next_n: u64,
    client: String,
    posts: BTreeMap<u64, KeptPost>,
    holder: Option<usize>,
}

/// The disk of one browser, shared by its tabs.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    identities: BTreeMap<String, Identity>,
    /// Writes on their way, each with the time at which it is done.
    writes: VecDeque<(u64, String, Keep)>,
    /// What tabs have written of the log, each with its tab and the time at which it is done; the newest last.
    logs: Vec<(u64, usize, KeptLog)>,
    made: u64,
}

impl Disk {
    /// Gives a tab an identity that nobody holds: one with unsent posts first, else any, else a new one.
    pub(crate) fn claim(&mut self, now: u64, tab: usize, chance: &mut Chance) -> Kept {
        self.finish(now);
        let log = self.log(now, chance);
        let free = |identity: &&String| self.identities[*identity].holder.is_none();
        let mut keys: Vec<String> = self.identities.keys().filter(free).cloned().collect();
        keys.sort_by_key(|key| self.identities[key].posts.is_empty());
        let key = keys.into_iter().next().unwrap_or_else(|| {
            self.made += 1;
            format!("a-key-that-nobody-guesses-{:04}", self.made)
        });
        let identity = self.identities.entry(key.clone()).or_default();
        identity.holder = Some(tab);
        Kept {
            key,
            next_n: identity.next_n.max(1),
            client: identity.client.clone(),
            log,
            posts: identity.posts.values().cloned().collect(),
            durable: true,
        }
    }

    pub(crate) fn keep(&mut self, now: u64, key: &str, keep: Keep) {
        self.writes.push_back((now + WRITE_TAKES, key.to_owned(), keep));
    }

    /// What was written last of the log. It may as well be older: a tab that was asleep has written after the others, or
    /// the disk has lost what was written since. Now and then it is of a log that is no more.
    fn log(&self, now: u64, chance: &mut Chance) -> Option<KeptLog> {
        let done: Vec<&KeptLog> = self.logs.iter().filter(|it| it.0 <= now).map(|it| &it.2).collect();
        let newest = done.len().checked_sub(1)?;
        let index = if chance.one_in(4) {
            chance.between(0, newest as u64) as usize
        } else {
            newest
        };
        let mut log = done[index].clone();
        if chance.one_in(12) {
            log.epoch = "a log that is no more".to_owned();
        }
        Some(log)
    }

    pub(crate) fn keep_log(&mut self, now: u64, tab: usize, log: KeptLog) {
        self.logs.push((now + WRITE_TAKES, tab, log));
    }

    /// A tab has gone in good order: its writes are finished by the browser.
    pub(crate) fn close(&mut self, now: u64, tab: usize) {
        self.finish(u64::MAX);
        for (done, _, _) in self.logs.iter_mut().filter(|it| it.1 == tab) {
            *done = (*done).min(now);
        }
        self.release(tab);
    }

    /// The browser of a tab has died: the writes that were not done are lost.
    pub(crate) fn crash(&mut self, now: u64, tab: usize) {
        self.finish(now);
        let held: Vec<String> = self.held_by(tab);
        self.writes.retain(|(_, key, _)| !held.contains(key));
        self.logs.retain(|(done, writer, _)| *writer != tab || *done <= now);
        self.release(tab);
    }

    /// Whether identities that nobody holds have unsent posts.
    pub(crate) fn has_orphans(&mut self, now: u64) -> bool {
        self.finish(now);
        self.identities
            .values()
            .any(|it| it.holder.is_none() && it.posts.values().any(|post| !post.failed))
    }

    /// What is not sent according to the disk.
    pub(crate) fn unsent(&mut self) -> Vec<String> {
        self.finish(u64::MAX);
        let posts = self.identities.values().flat_map(|identity| identity.posts.values());
        posts
            .filter(|post| !post.failed)
            .map(|post| post.body.to_json())
            .collect()
    }

    fn held_by(&self, tab: usize) -> Vec<String> {
        let held = self.identities.iter().filter(|(_, it)| it.holder == Some(tab));
        held.map(|(key, _)| key.clone()).collect()
    }

    fn release(&mut self, tab: usize) {
        for identity in self.identities.values_mut().filter(|it| it.holder == Some(tab)) {
            identity.holder = None;
        }
    }

    fn finish(&mut self, now: u64) {
        while let Some((done, _, _)) = self.writes.front()
            && *done <= now
            && let Some((_, key, keep)) = self.writes.pop_front()
        {
            let identity = self.identities.entry(key).or_default();
            match keep {
                Keep::Post(post) => {
                    identity.next_n = identity.next_n.max(post.n + 1);
                    identity.posts.insert(post.n, post);
                }
                Keep::Gone(n) => drop(identity.posts.remove(&n)),
                Keep::Client(client) => identity.client = client,
                Keep::Log => {}
            }
        }
    }
}
