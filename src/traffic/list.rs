//! What is shown of the traffic: filtered, with signs of life folded, and standing still while it is paused.

use std::collections::VecDeque;
use std::rc::Rc;

use super::hex::parse_hex;
use super::{Entry, Heartbeat, Traffic, What};
use crate::websocket::Message;

/// What is to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Messages that were sent.
    pub sent: bool,
    /// Messages that were received.
    pub received: bool,
    /// All that is no message.
    pub events: bool,
    /// Has to be in it, upper or lower case of ASCII alike; in bytes also as hexadecimal digits. Empty for all.
    pub text: String,
}

impl Default for Filter {
    /// Shows all.
    fn default() -> Self {
        Self {
            sent: true,
            received: true,
            events: true,
            text: String::new(),
        }
    }
}

/// A filter that is ready to be used.
#[derive(Debug, Default)]
struct Sieve {
    filter: Filter,
    /// The text as bytes, if it can be read as digits.
    bytes: Vec<u8>,
}

impl Sieve {
    fn fits(&self, what: &What) -> bool {
        let wanted = match what {
            What::Sent(_) | What::NotSent(_) => self.filter.sent,
            What::Received(_) => self.filter.received,
            _ => self.filter.events,
        };
        let needle = self.filter.text.as_bytes();
        let has = |text: &str| has(text.as_bytes(), needle);
        wanted
            && (needle.is_empty()
                || has(what.name())
                || match what {
                    What::Sent(data) | What::Received(data) => match &data.head {
                        Message::Text(text) => has(text),
                        Message::Binary(bytes) => {
                            let digits = &*self.bytes;
                            !digits.is_empty() && bytes.windows(digits.len()).any(|it| it == digits)
                        }
                    },
                    What::Began { url, protocol, .. } => has(url) || has(protocol),
                    What::Connecting { url, protocols, .. } => has(url) || has(protocols),
                    What::Open { protocol, extensions } => has(protocol) || has(extensions),
                    What::Closed(close) => has(&close.code.to_string()) || has(&close.reason),
                    What::Refused(error) => has(&error.to_string()),
                    What::NotSent(_) | What::Closing | What::Errored | What::Dropped => false,
                })
    }
}

/// Whether `needle` is in `text`; upper and lower case of ASCII letters are alike.
fn has(text: &[u8], needle: &[u8]) -> bool {
    let Some((first, rest)) = needle.split_first() else {
        return true;
    };
    let last = text.len().saturating_sub(rest.len());
    (0..last).any(|place| {
        text[place].eq_ignore_ascii_case(first) && text[place + 1..][..rest.len()].eq_ignore_ascii_case(rest)
    })
}

/// Signs of life with nothing between them, as one row.
#[derive(Debug)]
pub struct Fold {
    id: u64,
    /// All of them, the oldest first.
    pub entries: VecDeque<Rc<Entry>>,
    /// Whether each has a row of its own after this one.
    pub open: bool,
}

impl Fold {
    /// How many of this kind there are.
    pub fn count(&self, kind: Heartbeat) -> usize {
        let is_of_kind = |it: &&Rc<Entry>| it.what.data().is_some_and(|data| data.heartbeat == Some(kind));
        self.entries.iter().filter(is_of_kind).count()
    }
}

/// One row of the list.
#[derive(Debug)]
pub enum Row {
    /// An entry.
    Entry {
        /// The entry.
        entry: Rc<Entry>,
        /// It belongs to the fold above.
        inside: bool,
    },
    /// Signs of life.
    Fold(Fold),
}

/// Which row it is, whatever comes and goes around it. Rows stand in the order of their keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(u64, bool);

impl Row {
    /// Which row it is.
    pub fn key(&self) -> Key {
        match self {
            Self::Entry { entry, .. } => Key(entry.seq, true),
            Self::Fold(fold) => Key(fold.id, false),
        }
    }
}

/// The rows.
#[derive(Debug, Default)]
pub struct List {
    sieve: Sieve,
    rows: VecDeque<Row>,
    /// The number of the first entry that was not looked at yet.
    next: u64,
    /// All that was kept when it was paused: it stays to be seen although the ring goes on. At most as much as the ring
    /// may keep, once more.
    paused: Option<Vec<Rc<Entry>>>,
    gone: usize,
}

impl List {
    /// The rows, as they are now.
    pub fn rows(&self) -> &VecDeque<Row> {
        &self.rows
    }

    /// Where the row is.
    pub fn place(&self, key: Key) -> Option<usize> {
        self.rows.binary_search_by_key(&key, Row::key).ok()
    }

    /// What it shows.
    pub fn filtered_by(&self) -> &Filter {
        &self.sieve.filter
    }

    /// Takes in what has happened since, unless it is paused.
    pub fn update(&mut self, traffic: &Traffic) {
        if self.paused.is_some() {
            return;
        }
        self.forget_before(traffic.first());
        for entry in traffic.since(self.next) {
            self.push(entry);
        }
        self.next = traffic.next();
    }

    /// Shows something else from now on.
    pub fn filter(&mut self, filter: Filter, traffic: &Traffic) {
        self.sieve = Sieve {
            bytes: parse_hex(&filter.text).unwrap_or_default(),
            filter,
        };
        let opened: Vec<u64> = self.rows.iter().filter_map(open_entries).flatten().collect();
        self.rows.clear();
        match self.paused.take() {
            Some(entries) => {
                entries.iter().for_each(|entry| self.push(entry));
                self.paused = Some(entries);
            }
            None => {
                self.next = 0;
                self.update(traffic);
            }
        }
        let is_opened = |row: &Row| matches!(row, Row::Fold(it) if opened.binary_search(&it.entries[0].seq).is_ok());
        let keys: Vec<Key> = self.rows.iter().filter(|row| is_opened(row)).map(Row::key).collect();
        keys.into_iter().for_each(|key| self.toggle(key));
    }

    /// Stands still, or goes on.
    pub fn pause(&mut self, paused: bool, traffic: &Traffic) {
        if !paused {
            self.paused = None;
        } else if self.paused.is_none() {
            self.update(traffic);
            self.paused = Some(traffic.iter().cloned().collect());
        }
        self.update(traffic);
    }

    /// Whether it stands still.
    pub fn is_paused(&self) -> bool {
        self.paused.is_some()
    }

    /// How many entries came since it stands still.
    pub fn missed(&self, traffic: &Traffic) -> u64 {
        traffic.next() - self.next
    }

    /// All that is here, shown or not, the oldest first: what was kept when it was paused, and what the ring has now.
    pub fn all<'a>(&'a self, traffic: &'a Traffic) -> impl Iterator<Item = &'a Rc<Entry>> {
        let (kept, from) = match &self.paused {
            Some(entries) => (&entries[..], self.next),
            None => (&[][..], 0),
        };
        kept.iter().chain(traffic.since(from))
    }

    /// Lets go of all.
    pub fn clear(&mut self, traffic: &mut Traffic) {
        traffic.clear();
        self.rows.clear();
        self.gone = 0;
        self.next = traffic.next();
        if let Some(entries) = &mut self.paused {
            entries.clear();
        }
    }

    /// Opens a fold, or closes it.
    pub fn toggle(&mut self, key: Key) {
        let Some(place) = self.place(key) else { return };
        let Row::Fold(fold) = &mut self.rows[place] else { return };
        fold.open = !fold.open;
        let entries = fold.entries.clone();
        let mut after = self.rows.split_off(place + 1);
        if fold_of(&self.rows[place]).is_some_and(|it| it.open) {
            self.rows
                .extend(entries.into_iter().map(|entry| Row::Entry { entry, inside: true }));
        } else {
            after.drain(..entries.len());
        }
        self.rows.append(&mut after);
    }

    /// How many rows have left at the beginning since this was last asked.
    pub fn take_gone(&mut self) -> usize {
        std::mem::take(&mut self.gone)
    }

    fn push(&mut self, entry: &Rc<Entry>) {
        if !self.sieve.fits(&entry.what) {
            return;
        }
        let entry = Rc::clone(entry);
        if entry.what.data().is_none_or(|data| data.heartbeat.is_none()) {
            self.rows.push_back(Row::Entry { entry, inside: false });
            return;
        }
        let last = self
            .rows
            .iter()
            .rposition(|row| !matches!(row, Row::Entry { inside: true, .. }));
        match last.and_then(|place| self.rows.get_mut(place)) {
            Some(Row::Fold(fold)) => {
                fold.entries.push_back(Rc::clone(&entry));
                if fold.open {
                    self.rows.push_back(Row::Entry { entry, inside: true });
                }
            }
            _ => self.rows.push_back(Row::Fold(Fold {
                id: entry.seq,
                entries: [entry].into(),
                open: false,
            })),
        }
    }

    fn forget_before(&mut self, first: u64) {
        loop {
            match self.rows.front_mut() {
                Some(Row::Entry { entry, .. }) if entry.seq < first => {}
                Some(Row::Fold(fold)) if fold.entries[0].seq < first => {
                    fold.entries.pop_front();
                    let (empty, open) = (fold.entries.is_empty(), fold.open);
                    if open {
                        self.rows.remove(1);
                        self.gone += 1;
                    }
                    if !empty {
                        continue;
                    }
                }
                _ => return,
            }
            self.rows.pop_front();
            self.gone += 1;
        }
    }
}

fn fold_of(row: &Row) -> Option<&Fold> {
    match row {
        Row::Fold(fold) => Some(fold),
        Row::Entry { .. } => None,
    }
}

/// The numbers of what is in an open fold.
fn open_entries(row: &Row) -> Option<impl Iterator<Item = u64> + '_> {
    let fold = fold_of(row).filter(|fold| fold.open)?;
    Some(fold.entries.iter().map(|entry| entry.seq))
}
