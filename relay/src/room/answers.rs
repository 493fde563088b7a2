//! What the log says.

use std::collections::BTreeMap;
use std::sync::Arc;

use chat_room_wire::{Entry, RefusedCode, ServerFrame};

use super::frames::{UNSAID, refused};
use super::io::ConnectionId;
use super::session::{Speech, Stage};
use super::{Rooms, Ticket, close, publish};
use crate::log::{Found, LogError, Outcome};

impl Rooms {
    /// What became of posts, in the log's order.
    pub fn handle_posted(&mut self, now: u64, outcomes: Vec<(u64, Outcome)>) {
        let mut appended: BTreeMap<Arc<str>, Vec<Entry>> = BTreeMap::new();
        let mut answers: BTreeMap<ConnectionId, Vec<(u64, Outcome)>> = BTreeMap::new();
        for (ticket, outcome) in outcomes {
            let Some(Ticket::Post { connection, room, n }) = self.tickets.remove(&ticket) else {
                continue;
            };
            let answers = answers.entry(connection).or_default();
            let has_failed = matches!(outcome, Outcome::Failed(_));
            match outcome {
                Outcome::Appended(entry) => appended.entry(Arc::clone(&room)).or_default().push(entry),
                other => answers.push((n, other)),
            }
            let given_up = self.posts.answered(connection, has_failed);
            let failed = || Outcome::Failed(LogError(String::new()));
            answers.extend(given_up.into_iter().map(|n| (n, failed())));
        }
        self.hand_over_posts();
        for (name, entries) in appended {
            if let Some(room) = self.rooms.get_mut(&name) {
                room.publish(&entries, &self.settings, &mut self.effects);
            }
            self.settle_room(now, &name);
        }
        for (id, outcomes) in answers {
            self.tell_author(now, id, outcomes);
            self.update_pause(id);
        }
        self.close_too_slow(now);
        self.close_when_done(now);
    }

    /// Tells an author what concerns it alone. It may be gone.
    fn tell_author(&mut self, now: u64, id: ConnectionId, outcomes: Vec<(u64, Outcome)>) {
        let mut answers = Vec::new();
        for (n, outcome) in outcomes {
            let Some(speech) = self.session(id).map(|session| session.speech) else {
                return;
            };
            match (speech, self.answer_to_author(id, n, outcome)) {
                (_, None) => {}
                (Speech::V1, Some(frame)) => answers.push(frame),
                (Speech::Plain(_), Some(ServerFrame::Refused(_))) => {
                    self.close(now, id, close::FAILED, UNSAID);
                }
                (Speech::Plain(_), Some(_)) => {}
            }
        }
        self.answer(id, answers);
    }

    fn answer_to_author(&mut self, id: ConnectionId, n: u64, outcome: Outcome) -> Option<ServerFrame> {
        let refuse = |code, message: &str| Some(refused(Some(n), code, message));
        match outcome {
            Outcome::Appended(_) => None,
            Outcome::Known(entry) => {
                let member = self.member_mut(id)?;
                match &mut member.stage {
                    Stage::Asking(held) | Stage::Answered(held, _) => {
                        held.own.add(|out| entry.write(out));
                        None
                    }
                    Stage::Joined => Some(ServerFrame::Entry(entry)),
                }
            }
            Outcome::Conflict => refuse(
                RefusedCode::Conflict,
                "post: n is taken by another post of yours; send this one again under a higher n",
            ),
            Outcome::Stale => refuse(
                RefusedCode::Stale,
                "post: a later post of yours is in the log already; send this one again under a higher n",
            ),
            Outcome::NoSuchEntry => refuse(
                RefusedCode::NoSuchEntry,
                "post: body.of is no entry of this room that this could be done to",
            ),
            Outcome::NotYours => refuse(
                RefusedCode::NotYours,
                "post: body.of is what somebody else has said; only its author can change it",
            ),
            Outcome::Failed(_) => match self.member_mut(id)?.refused_from {
                Some(first) if first < n => Some(self.earlier(n, first)),
                Some(_) | None => Some(self.unwritten(id, n)),
            },
        }
    }

    /// The log's answer to a question.
    pub fn handle_found(&mut self, now: u64, ticket: u64, found: Result<Found, LogError>) {
        let id = match self.tickets.remove(&ticket) {
            Some(Ticket::Join(id)) => {
                self.found_for_join(now, id, found);
                id
            }
            Some(Ticket::History { connection, before }) => {
                self.found_history(connection, before, found);
                connection
            }
            Some(post @ Ticket::Post { .. }) => {
                // Not what was asked: the post is still on its way.
                self.tickets.insert(ticket, post);
                return;
            }
            None => return,
        };
        self.settle(now, id);
    }

    fn found_for_join(&mut self, now: u64, id: ConnectionId, found: Result<Found, LogError>) {
        match found {
            Ok(found) => {
                if let Some(room) = self.room_mut(id) {
                    room.answered(id, found);
                }
            }
            Err(_) => {
                let reason = "the relay cannot read its log now; come back and join again";
                self.close(now, id, close::AGAIN, reason);
            }
        }
    }

    fn found_history(&mut self, id: ConnectionId, before: Option<u64>, found: Result<Found, LogError>) {
        let Some(member) = self.member_mut(id) else {
            return;
        };
        member.history = None;
        let answer = match found {
            Ok(found) => publish::history(before, found.entries, found.start, &self.settings.limits),
            Err(_) => self.unavailable(None, "history: the relay cannot read its log now; ask again later"),
        };
        self.answer(id, vec![answer]);
        self.next_history(id);
    }
}
