//! Who has come, gone, and is called something else: folded together for as long as nothing else happens.

/// The most people of each kind whose names are kept in one item. The others are counted.
pub const MAX_PEOPLE_NAMED: usize = 32;

/// What has happened among the people of a room, all of it together: who has come and is gone again has done neither.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// Who has come.
    pub joined: Crowd,
    /// Who has gone.
    pub left: Crowd,
    /// Who is called something else.
    pub renamed: Crowd,
}

/// Some people by name, in the order in which it happened to them, and how many more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crowd {
    /// At most [`MAX_PEOPLE_NAMED`].
    pub named: Vec<Person>,
    /// How many others.
    pub more: u64,
}

/// Somebody to whom something has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who, by the id that the relay shows.
    pub client: String,
    /// What they are called, or were when they left.
    pub name: String,
    /// What they were called before, of those who are called something else.
    pub before: String,
}

impl People {
    /// Whether nothing remains to be told.
    pub fn is_empty(&self) -> bool {
        [&self.joined, &self.left, &self.renamed]
            .iter()
            .all(|crowd| crowd.count() == 0)
    }

    pub(in crate::room) fn joined(&mut self, client: &str, name: &str) {
        match self.left.take(client) {
            Some(gone) if gone.name != name => self.renamed.put(client, &gone.name, name),
            Some(_) => {}
            None => self.joined.put(client, "", name),
        }
    }

    /// `name` is nothing where it is not known.
    pub(in crate::room) fn left(&mut self, client: &str, name: Option<&str>) {
        let renamed = self.renamed.take(client);
        if self.joined.take(client).is_some() {
            return;
        }
        match (renamed, name) {
            // Nobody who reads it has heard of the name in between.
            (Some(person), _) => self.left.put(client, "", &person.before),
            (None, Some(name)) => self.left.put(client, "", name),
            (None, None) => self.left.more += 1,
        }
    }

    pub(in crate::room) fn renamed(&mut self, client: &str, before: &str, name: &str) {
        if let Some(person) = self.joined.named.iter_mut().find(|it| it.client == client) {
            name.clone_into(&mut person.name);
            return;
        }
        let first = self.renamed.take(client).map(|person| person.before);
        let before = first.as_deref().unwrap_or(before);
        if before != name {
            self.renamed.put(client, before, name);
        }
    }

    pub(super) fn bytes(&self) -> usize {
        let crowds = [&self.joined, &self.left, &self.renamed];
        let people = crowds.into_iter().flat_map(|crowd| &crowd.named);
        people.map(|it| it.client.len() + it.name.len() + it.before.len()).sum()
    }
}

impl Crowd {
    /// How many they are.
    pub fn count(&self) -> u64 {
        self.named.len() as u64 + self.more
    }

    fn put(&mut self, client: &str, before: &str, name: &str) {
        if self.named.len() == MAX_PEOPLE_NAMED {
            self.more += 1;
            return;
        }
        self.named.push(Person {
            client: client.to_owned(),
            name: name.to_owned(),
            before: before.to_owned(),
        });
    }

    fn take(&mut self, client: &str) -> Option<Person> {
        let place = self.named.iter().position(|it| it.client == client)?;
        Some(self.named.remove(place))
    }
}
