//! What the notes of two pages tell.

use std::collections::HashSet;

use serde::Deserialize;

/// What one page has noted.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Texts that it got: in which of the page's lives, and when.
    pub(super) heard: Vec<(u64, String, f64)>,
    /// Texts that it gave to its client, and when.
    pub(super) sent: Vec<(String, f64)>,
    /// Whether its client says that it is connected, from when on.
    pub(super) stood: Vec<(bool, f64)>,
}

/// One of them as the page writes it.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "what")]
enum What {
    Heard(String),
    Sent(String),
    Stood(bool),
}

#[derive(Deserialize)]
struct Note {
    life: u64,
    #[serde(flatten)]
    what: What,
    at: f64,
}

impl Notes {
    /// Takes in what a page has told.
    ///
    /// # Panics
    /// If these are no notes.
    pub(super) fn add(&mut self, told: serde_json::Value) {
        let told: Vec<Note> = serde_json::from_value(told).expect("a page tells notes");
        for Note { life, what, at } in told {
            match what {
                What::Heard(text) => self.heard.push((life, text, at)),
                What::Sent(text) => self.sent.push((text, at)),
                What::Stood(is_open) => self.stood.push((is_open, at)),
            }
        }
    }

    /// The numbers that it got of those with this mark, each with the page's life.
    pub(super) fn numbers(&self, mark: &str) -> Vec<(u64, u64)> {
        let heard = self.heard.iter();
        heard
            .filter_map(|(life, text, _)| Some((*life, text.strip_prefix(mark)?.parse().ok()?)))
            .collect()
    }

    /// When it had first given up a connection that it had at `from`; nothing if it had none, and infinity if not before
    /// `until`.
    pub(super) fn noticed(&self, from: f64, until: f64) -> Option<f64> {
        let before = self.stood.iter().rev().find(|(_, at)| *at < from);
        let lost = self
            .stood
            .iter()
            .find(|(is_open, at)| !is_open && *at >= from && *at < until);
        before
            .is_some_and(|(is_open, _)| *is_open)
            .then(|| lost.map_or(f64::INFINITY, |(_, at)| *at))
    }

    /// When it first got something, from `healed` on, that `other` has said since `begun`; infinity if not before
    /// `until`.
    pub(super) fn back(&self, other: &Self, begun: f64, healed: f64, until: f64) -> f64 {
        let said = other.sent.iter().filter(|(_, at)| *at >= begun);
        let said: HashSet<&str> = said.map(|(text, _)| text.as_str()).collect();
        let heard = self.heard.iter().filter(|(_, _, at)| *at >= healed && *at < until);
        let first = heard
            .map(|(_, text, at)| (text, at))
            .find(|(text, _)| said.contains(text.as_str()));
        first.map_or(f64::INFINITY, |(_, at)| *at)
    }
}

/// What became of numbered messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) lost: u64,
    pub(super) doubled: u64,
    pub(super) reordered: u64,
}

impl Tally {
    /// Of those from 1 to `count`, in the order in which they came, each with the life of the page that got it. What a
    /// page shows anew after it was loaded anew is not doubled.
    pub(super) fn of(count: u64, came: &[(u64, u64)]) -> Self {
        let mut tally = Self::default();
        let (mut ever, mut here) = (HashSet::new(), HashSet::new());
        let (mut life, mut highest) = (0, 0);
        for (its_life, number) in came {
            if *its_life != life {
                (life, highest) = (*its_life, 0);
                here.clear();
            }
            if !here.insert(*number) {
                tally.doubled += 1;
                continue;
            }
            tally.reordered += u64::from(*number < highest);
            highest = highest.max(*number);
            ever.insert(*number);
        }
        tally.lost = (1..=count).filter(|number| !ever.contains(number)).count() as u64;
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn notes(told: serde_json::Value) -> Notes {
        let mut notes = Notes::default();
        notes.add(told);
        notes
    }

    #[test]
    fn what_is_lost_doubled_and_reordered() {
        let tally = |count, came: &[(u64, u64)]| {
            let Tally {
                lost,
                doubled,
                reordered,
            } = Tally::of(count, came);
            (lost, doubled, reordered)
        };
        assert_eq!(tally(3, &[(0, 1), (0, 2), (0, 3)]), (0, 0, 0));
        assert_eq!(tally(3, &[]), (3, 0, 0));
        assert_eq!(tally(3, &[(0, 1), (0, 3), (0, 2)]), (0, 0, 1));
        assert_eq!(tally(3, &[(0, 1), (0, 1), (0, 3)]), (1, 1, 0));
        assert_eq!(tally(2, &[(0, 1), (0, 2), (1, 1), (1, 2)]), (0, 0, 0));
    }

    #[test]
    fn a_lost_connection_is_noticed_once_it_is_said_to_be_gone() {
        let notes = notes(json!([
            { "life": 0, "kind": "stood", "what": true, "at": 1.0 },
            { "life": 0, "kind": "stood", "what": false, "at": 5.0 },
            { "life": 0, "kind": "stood", "what": true, "at": 6.0 },
        ]));
        assert_eq!(notes.noticed(2.0, 9.0), Some(5.0));
        assert_eq!(notes.noticed(2.0, 4.0), Some(f64::INFINITY));
        assert_eq!(notes.noticed(5.5, 9.0), None);
    }

    #[test]
    fn back_is_who_hears_something_of_later() {
        let speaker = notes(json!([
            { "life": 0, "kind": "sent", "what": "a1", "at": 1.0 },
            { "life": 0, "kind": "sent", "what": "a2", "at": 3.0 },
            { "life": 0, "kind": "sent", "what": "a3", "at": 4.0 },
        ]));
        let listener = notes(json!([
            { "life": 0, "kind": "heard", "what": "a1", "at": 6.0 },
            { "life": 1, "kind": "heard", "what": "a3", "at": 7.0 },
        ]));
        assert_eq!(listener.back(&speaker, 2.0, 5.0, 9.0), 7.0);
        assert_eq!(listener.back(&speaker, 2.0, 5.0, 7.0), f64::INFINITY);
        assert_eq!(listener.numbers("a"), [(0, 1), (1, 3)]);
    }
}
