//! The room: who is in it, what waits for whom, and who has to go.
//!
//! Pure: it knows neither clock nor socket. The shell tells it what happened and carries out what it says.

#![deny(clippy::disallowed_methods)]

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// A message as it came, to be handed on as it is; cloning it shares the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    Text(Utf8Bytes),
    Binary(Bytes),
}

impl Frame {
    fn len(&self) -> usize {
        match self {
            Frame::Text(text) => text.len(),
            Frame::Binary(bytes) => bytes.len(),
        }
    }
}

/// A member of the room, for as long as the relay runs: ids are not used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MemberId(pub(crate) u64);

/// What a member's connection has to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// Frames wait where none did before.
    Waiting,
    /// Its queue was full: it is no longer a member, and its connection has to be closed.
    TooSlow,
}

/// How much may wait for one member.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QueueLimits {
    pub(crate) frames: usize,
    pub(crate) bytes: usize,
}

/// The members and what waits for each; `H` is how the shell reaches a member's connection.
pub(crate) struct Room<H> {
    limits: QueueLimits,
    members: BTreeMap<MemberId, Member<H>>,
    next_id: u64,
}

struct Member<H> {
    handle: H,
    queue: VecDeque<Frame>,
    queued_bytes: usize,
}

impl<H> Room<H> {
    pub(crate) fn new(limits: QueueLimits) -> Self {
        Self {
            limits,
            members: BTreeMap::new(),
            next_id: 1,
        }
    }

    /// How many members there are.
    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    pub(crate) fn join(&mut self, handle: H) -> MemberId {
        let id = MemberId(self.next_id);
        self.next_id += 1;
        let member = Member {
            handle,
            queue: VecDeque::new(),
            queued_bytes: 0,
        };
        self.members.insert(id, member);
        id
    }

    /// Takes a member out, with all that waited for it; somebody who has already gone changes nothing.
    pub(crate) fn leave(&mut self, id: MemberId) {
        self.members.remove(&id);
    }

    /// Queues `frame` for everybody but `from`, and tells those who have to know.
    ///
    /// The calls make one order, and every member's queue keeps it. Who is no member is not heard.
    pub(crate) fn post(&mut self, from: MemberId, frame: &Frame, mut tell: impl FnMut(&H, Notice)) {
        if !self.members.contains_key(&from) {
            return;
        }
        let limits = self.limits;
        self.members.retain(|&id, member| {
            if id == from {
                return true;
            }
            let was_empty = member.queue.is_empty();
            let fits = member.push(frame, limits);
            if !fits {
                tell(&member.handle, Notice::TooSlow);
            } else if was_empty {
                tell(&member.handle, Notice::Waiting);
            }
            fits
        });
    }

    /// Everything that waits for a member, oldest first. The queue itself goes with it, so that an idle member
    /// keeps no memory of busier times.
    pub(crate) fn take(&mut self, id: MemberId) -> VecDeque<Frame> {
        match self.members.get_mut(&id) {
            Some(member) => {
                member.queued_bytes = 0;
                std::mem::take(&mut member.queue)
            }
            None => VecDeque::new(),
        }
    }
}

impl<H> Member<H> {
    /// Queues the frame if there is room for it.
    fn push(&mut self, frame: &Frame, limits: QueueLimits) -> bool {
        let bytes = self.queued_bytes.saturating_add(frame.len());
        if self.queue.len() >= limits.frames || bytes > limits.bytes {
            return false;
        }
        self.queue.push_back(frame.clone());
        self.queued_bytes = bytes;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: QueueLimits = QueueLimits { frames: 3, bytes: 10 };

    /// What happens to a room of the members 1, 2 and 3.
    enum Step {
        Post(u64, &'static str),
        Take(u64),
        Leave(u64),
    }
    use Step::{Leave, Post, Take};

    /// Who is told what in a step, and what a `Take` yields.
    #[derive(Debug, Default, PartialEq)]
    struct Outcome {
        told: Vec<(u64, Notice)>,
        taken: Vec<&'static str>,
        members: usize,
    }

    fn outcome(told: &[(u64, Notice)], taken: &[&'static str], members: usize) -> Outcome {
        Outcome {
            told: told.to_vec(),
            taken: taken.to_vec(),
            members,
        }
    }

    fn text(text: &'static str) -> Frame {
        Frame::Text(Utf8Bytes::from_static(text))
    }

    fn step(room: &mut Room<u64>, step: &Step, said: &mut Vec<&'static str>) -> Outcome {
        let mut outcome = Outcome::default();
        match *step {
            Post(from, what) => {
                said.push(what);
                room.post(MemberId(from), &text(what), |&member, notice| {
                    outcome.told.push((member, notice));
                });
            }
            Take(id) => {
                for frame in room.take(MemberId(id)) {
                    let what = said.iter().find(|what| text(what) == frame);
                    outcome.taken.push(what.expect("a frame somebody posted"));
                }
            }
            Leave(id) => room.leave(MemberId(id)),
        }
        outcome.members = room.len();
        outcome
    }

    #[test]
    fn who_gets_what() {
        use Notice::{TooSlow, Waiting};
        let table: &[(&str, &[(Step, Outcome)])] = &[
            (
                "a post goes to all others, not to its author",
                &[
                    (Post(1, "a"), outcome(&[(2, Waiting), (3, Waiting)], &[], 3)),
                    (Take(1), outcome(&[], &[], 3)),
                    (Take(2), outcome(&[], &["a"], 3)),
                    (Take(3), outcome(&[], &["a"], 3)),
                    (Take(3), outcome(&[], &[], 3)),
                ],
            ),
            (
                "the order of the posts is the order for all, and only the first wakes",
                &[
                    (Post(1, "a"), outcome(&[(2, Waiting), (3, Waiting)], &[], 3)),
                    (Post(2, "b"), outcome(&[(1, Waiting)], &[], 3)),
                    (Take(3), outcome(&[], &["a", "b"], 3)),
                    (Post(1, "c"), outcome(&[(3, Waiting)], &[], 3)),
                    (Take(2), outcome(&[], &["a", "c"], 3)),
                    (Take(3), outcome(&[], &["c"], 3)),
                ],
            ),
            (
                "the third frame fits, the fourth makes a member too slow and spares the others",
                &[
                    (Post(1, "a"), outcome(&[(2, Waiting), (3, Waiting)], &[], 3)),
                    (Post(1, "b"), outcome(&[], &[], 3)),
                    (Post(1, "c"), outcome(&[], &[], 3)),
                    (Take(3), outcome(&[], &["a", "b", "c"], 3)),
                    (Post(1, "d"), outcome(&[(2, TooSlow), (3, Waiting)], &[], 2)),
                    (Take(2), outcome(&[], &[], 2)),
                    (Take(3), outcome(&[], &["d"], 2)),
                ],
            ),
            (
                "ten bytes fit, an eleventh does not",
                &[
                    (Post(1, "0123456789"), outcome(&[(2, Waiting), (3, Waiting)], &[], 3)),
                    (Take(3), outcome(&[], &["0123456789"], 3)),
                    (Post(1, "x"), outcome(&[(2, TooSlow), (3, Waiting)], &[], 2)),
                ],
            ),
            (
                "what has been taken no longer counts",
                &[
                    (Post(1, "0123456789"), outcome(&[(2, Waiting), (3, Waiting)], &[], 3)),
                    (Take(2), outcome(&[], &["0123456789"], 3)),
                    (Take(3), outcome(&[], &["0123456789"], 3)),
                    (Post(1, "9876543210"), outcome(&[(2, Waiting), (3, Waiting)], &[], 3)),
                ],
            ),
            (
                "an empty message is a message",
                &[
                    (Post(1, ""), outcome(&[(2, Waiting), (3, Waiting)], &[], 3)),
                    (Take(2), outcome(&[], &[""], 3)),
                ],
            ),
            (
                "who has left gets nothing and is not heard",
                &[
                    (Leave(2), outcome(&[], &[], 2)),
                    (Leave(2), outcome(&[], &[], 2)),
                    (Post(1, "a"), outcome(&[(3, Waiting)], &[], 2)),
                    (Post(2, "b"), outcome(&[], &[], 2)),
                    (Take(2), outcome(&[], &[], 2)),
                    (Take(3), outcome(&[], &["a"], 2)),
                ],
            ),
        ];
        for (name, steps) in table {
            let mut room = Room::new(LIMITS);
            for id in 1..=3 {
                assert_eq!(room.join(id), MemberId(id));
            }
            let mut said = Vec::new();
            for (number, (what, expected)) in steps.iter().enumerate() {
                let got = step(&mut room, what, &mut said);
                assert_eq!(got, *expected, "{name}: step {}", number + 1);
            }
        }
    }

    #[test]
    fn receivers_share_the_bytes_of_a_frame() {
        let mut room = Room::new(LIMITS);
        let [author, a, b] = [room.join(()), room.join(()), room.join(())];
        let bytes = Bytes::from(vec![0, 159, 255]);
        room.post(author, &Frame::Binary(bytes.clone()), |_, _| ());
        for id in [a, b] {
            let queue = room.take(id);
            let [Frame::Binary(got)] = queue.as_slices().0 else {
                panic!("one binary frame, not {queue:?}");
            };
            assert_eq!(got.as_ptr(), bytes.as_ptr());
            assert_eq!(got, &bytes);
        }
    }

    #[test]
    fn ids_are_not_used_again() {
        let mut room = Room::new(LIMITS);
        let first = room.join(());
        room.leave(first);
        assert_ne!(room.join(()), first);
    }
}
