//! Random posts, resends and questions, against a model that is simple enough to be believed.

use std::collections::BTreeMap;

use chat_room_relay::log::{Found, NewPost, Outcome, Query, Store};
use chat_room_wire::{Body, Entry};

use crate::support::{Random, entry, text};

const SEEDS: u64 = 200;
const BATCHES: usize = 40;

/// All posts that were taken, in order.
#[derive(Default)]
struct Model {
    rooms: BTreeMap<String, Vec<NewPost>>,
}

impl Model {
    fn append(&mut self, post: &NewPost) -> Outcome {
        let none = Vec::new();
        let log = self.rooms.get(&post.room).unwrap_or(&none);
        let same_author = |it: &NewPost| it.user == post.user && it.client == post.client;
        if let Some(at) = log.iter().position(|it| same_author(it) && it.n == post.n) {
            let same = log[at].body == post.body;
            return if same {
                Outcome::Known(entry(at as u64 + 1, &log[at]))
            } else {
                Outcome::Conflict
            };
        }
        if log.iter().any(|it| same_author(it) && it.n > post.n) {
            return Outcome::Stale;
        }
        let target = |of: u64| (of as usize).checked_sub(1).and_then(|at| log.get(at));
        let refusal = match &post.body {
            Body::Text { reply_to: Some(of), .. } | Body::Reaction { of, .. } if target(*of).is_none() => {
                Some(Outcome::NoSuchEntry)
            }
            Body::Edit { of, .. } | Body::Retract { of } => match target(*of) {
                None => Some(Outcome::NoSuchEntry),
                Some(it) if !same_author(it) => Some(Outcome::NotYours),
                Some(it) => {
                    let edit_of_no_text =
                        matches!(post.body, Body::Edit { .. }) && !matches!(it.body, Body::Text { .. });
                    edit_of_no_text.then_some(Outcome::NoSuchEntry)
                }
            },
            _ => None,
        };
        refusal.unwrap_or_else(|| {
            let log = self.rooms.entry(post.room.clone()).or_default();
            log.push(post.clone());
            Outcome::Appended(entry(log.len() as u64, post))
        })
    }

    fn entries(&self, room: &str) -> Vec<Entry> {
        let log = self.rooms.get(room).map_or(&[][..], Vec::as_slice);
        (1..).zip(log).map(|(seq, post)| entry(seq, post)).collect()
    }

    fn find(&self, query: &Query) -> Found {
        let (room, after, before, page) = match query {
            Query::Before { room, before, limit } => (room, None, *before, *limit),
            Query::Join { room, after, page, .. } => (room, *after, None, *page),
        };
        let all = self.entries(room);
        let head = all.len() as u64;
        let mut accepted = 0;
        let mut recovered = false;
        let mut wanted: Vec<Entry> = all
            .iter()
            .filter(|it| before.is_none_or(|end| it.seq < end))
            .cloned()
            .collect();
        wanted.drain(..wanted.len().saturating_sub(page as usize));
        if let Query::Join {
            user,
            client,
            replay,
            replay_bytes,
            ..
        } = query
        {
            let log = self.rooms.get(room).map_or(&[][..], Vec::as_slice);
            let own = log.iter().filter(|it| it.user == *user && it.client == *client);
            accepted = own.map(|it| it.n).max().unwrap_or(0);
            if let Some(after) = after.filter(|after| *after <= head) {
                let missed: Vec<Entry> = all.into_iter().filter(|it| it.seq > after).collect();
                let bytes: usize = missed.iter().map(|it| it.body.to_json().len()).sum();
                recovered = missed.len() as u64 <= *replay && bytes as u64 <= *replay_bytes;
                if recovered {
                    wanted = missed;
                }
            }
        }
        let first = wanted.first().map(|it| it.seq);
        let start = match (first, recovered, before) {
            (Some(first), ..) => first == 1,
            (None, true, _) => head == 0,
            (None, false, before) => head == 0 || before.is_some_and(|end| end <= 1),
        };
        Found {
            entries: wanted,
            start,
            head,
            accepted,
            recovered,
        }
    }
}

fn pick<'t>(random: &mut Random, of: &[&'t str]) -> &'t str {
    of[random.below(of.len() as u64) as usize]
}

fn any_post(random: &mut Random) -> NewPost {
    let of = random.below(12);
    let said = pick(random, &["x", "y"]).to_owned();
    let body = match random.below(6) {
        0 => Body::Edit { of, text: said },
        1 => Body::Retract { of },
        2 => Body::Reaction {
            of,
            emoji: said,
            on: random.below(2) == 0,
        },
        3 => Body::Text {
            text: said,
            reply_to: Some(of),
        },
        _ => text(&said),
    };
    NewPost {
        room: pick(random, &["one", "two"]).to_owned(),
        user: pick(random, &["", "", "u"]).to_owned(),
        client: pick(random, &["a", "b", "c"]).to_owned(),
        name: pick(random, &["n", "m"]).to_owned(),
        n: 1 + random.below(30),
        at: random.below(1_000),
        body,
    }
}

fn any_query(random: &mut Random) -> Query {
    let room = pick(random, &["one", "two", "empty"]).to_owned();
    let maybe = |random: &mut Random| (random.below(4) > 0).then(|| random.below(40));
    if random.below(2) == 0 {
        Query::Before {
            room,
            before: maybe(random),
            limit: 1 + random.below(20),
        }
    } else {
        Query::Join {
            room,
            user: pick(random, &["", "u"]).to_owned(),
            client: pick(random, &["a", "b", "d"]).to_owned(),
            after: maybe(random),
            replay: random.below(20),
            replay_bytes: random.below(700),
            page: 1 + random.below(20),
        }
    }
}

#[test]
fn random_posts_and_questions_agree_with_the_model() {
    let mut kinds = BTreeMap::new();
    for seed in 0..SEEDS {
        let mut random = Random(seed);
        let mut store = Store::in_memory().expect("memory");
        let mut model = Model::default();
        let mut sent: Vec<NewPost> = Vec::new();
        for _ in 0..BATCHES {
            let size = random.below(6);
            let batch: Vec<NewPost> = (0..size)
                .map(|_| match sent.len() as u64 {
                    old if old > 0 && random.below(3) == 0 => sent[random.below(old) as usize].clone(),
                    _ => any_post(&mut random),
                })
                .collect();
            sent.extend_from_slice(&batch);
            let expected: Vec<Outcome> = batch.iter().map(|post| model.append(post)).collect();
            assert_eq!(store.append(&batch), expected, "seed {seed}: {batch:?}");
            for outcome in expected {
                let kind = format!("{outcome:?}").split('(').next().unwrap_or_default().to_owned();
                *kinds.entry(kind).or_insert(0) += 1;
            }
            let query = any_query(&mut random);
            assert_eq!(store.find(&query), Ok(model.find(&query)), "seed {seed}: {query:?}");
        }
        for room in ["one", "two"] {
            in_every_authors_order(&model.rooms.get(room).cloned().unwrap_or_default(), seed);
        }
    }
    // A run that never comes to something does not test it.
    for kind in ["Appended", "Known", "Conflict", "Stale", "NoSuchEntry", "NotYours"] {
        assert!(kinds.get(kind).is_some_and(|count| *count > 100), "{kinds:?}");
    }
}

fn in_every_authors_order(log: &[NewPost], seed: u64) {
    let mut last = BTreeMap::new();
    for post in log {
        let before = last.insert((&post.user, &post.client), post.n);
        assert!(before < Some(post.n), "seed {seed}: {post:?} after {before:?}");
    }
}
