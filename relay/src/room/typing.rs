//! Who is typing in a room. A few at a time are told: of more, nobody reads the names.

use std::sync::Arc;

/// Those who are typing, and those of whom the room was told so.
#[derive(Debug, Default)]
pub(super) struct Typists {
    typing: Vec<Typist>,
    told: Vec<Arc<str>>,
}

#[derive(Debug)]
struct Typist {
    client: Arc<str>,
    until: u64,
}

impl Typists {
    /// Somebody types, until then at the longest. Who comes when there are enough is heard when it says so again.
    pub(super) fn start(&mut self, client: &Arc<str>, until: u64, most: usize) {
        let client = Arc::clone(client);
        if let Some(typist) = self.typing.iter_mut().find(|typist| typist.client == client) {
            typist.until = until;
        } else if self.typing.len() < most {
            self.typing.push(Typist { client, until });
        }
    }

    pub(super) fn stop(&mut self, client: &str) {
        self.typing.retain(|typist| *typist.client != *client);
    }

    /// When the first of them no longer counts.
    pub(super) fn first_end(&self) -> Option<u64> {
        self.typing.iter().map(|typist| typist.until).min()
    }

    /// Whether [`Typists::news`] would change anything: others type than was told, or somebody no longer counts.
    pub(super) fn have_news(&self, now: u64) -> bool {
        let is_told = |typist: &Typist| now < typist.until && self.told.contains(&typist.client);
        self.typing.len() != self.told.len() || !self.typing.iter().all(is_told)
    }

    /// What has changed since this was called last.
    pub(super) fn news(&mut self, now: u64) -> Vec<(Arc<str>, bool)> {
        self.typing.retain(|typist| now < typist.until);
        let typing: Vec<_> = self.typing.iter().map(|typist| Arc::clone(&typist.client)).collect();
        let told = std::mem::replace(&mut self.told, typing);
        let stopped = told.iter().filter(|client| !self.told.contains(client));
        let started = self.told.iter().filter(|client| !told.contains(client));
        let stopped = stopped.map(|client| (Arc::clone(client), false));
        stopped
            .chain(started.map(|client| (Arc::clone(client), true)))
            .collect()
    }

    /// Of whom the room was told.
    pub(super) fn told(&self) -> impl Iterator<Item = &Arc<str>> {
        self.told.iter()
    }
}
