//! What connections say.

use chat_room_wire::{
    BadFrame, Body, ClientFrame, HistoryRequest, Join, Post, Refused, RefusedCode, ServerFrame, check_key, check_room,
    is_invisible,
};

use super::io::{ConnectionId, Output};
use super::members::packed;
use super::session::{Held, Speech, Stage};
use super::{Rooms, Ticket, Timer, client_id, close};
use crate::limits::millis;
use crate::log::Query;

/// A refusal that is no post's, or of a post of this `n`.
pub(super) fn refused(n: Option<u64>, code: RefusedCode, message: impl Into<String>) -> ServerFrame {
    ServerFrame::Refused(Refused {
        n,
        code,
        message: message.into(),
        retry_after_ms: None,
    })
}

/// Why a plain-text client is sent away whose text did not reach the log.
pub(super) const UNSAID: &str = "what you said could not be stored and nobody got it; come back and say it again";

/// One frame taken, or why the connection has to go.
type Taken = Result<(), (u16, String)>;

impl Rooms {
    pub(super) fn handle_frames(
        &mut self,
        now: u64,
        id: ConnectionId,
        frames: Result<Vec<Result<ClientFrame, BadFrame>>, BadFrame>,
        bytes: usize,
    ) {
        let frames = frames.unwrap_or_else(|bad| vec![Err(bad)]);
        let is_post = |frame: &&Result<_, _>| matches!(frame, Ok(ClientFrame::Post(_)));
        let posts = frames.iter().filter(is_post).count();
        let others = match frames.len() {
            // Nothing that is known: the work of reading it counts.
            0 => 1 + bytes / 1024,
            all => all - posts,
        };
        self.slow_down(now, id, posts as u64, others as u64);
        // The answers to one message are one message: a queue counts them as one.
        let mut answers = Vec::new();
        let mut end = None;
        for frame in frames {
            let taken = match frame {
                Ok(frame) => self.handle_frame(now, id, frame, &mut answers),
                Err(bad) => self.handle_bad(id, &bad, &mut answers),
            };
            if let Err(reason) = taken {
                end = Some(reason);
                break;
            }
        }
        self.answer(id, answers);
        if let Some((code, reason)) = end {
            self.close(now, id, code, &reason);
        }
    }

    /// Queues answers for a connection.
    pub(super) fn answer(&mut self, id: ConnectionId, answers: Vec<ServerFrame>) {
        if answers.is_empty() {
            return;
        }
        if let Some(session) = self.session_mut(id)
            && session.answer(packed(answers))
        {
            self.effects.outputs.push_back(Output::Wake(id));
        }
    }

    fn slow_down(&mut self, now: u64, id: ConnectionId, posts: u64, frames: u64) {
        let limits = self.settings.limits.clone();
        if let Some(session) = self.session_mut(id) {
            let old = session.slow_until;
            let new = session.slow_down(now, posts, frames, &limits);
            self.timers.remove(&(old, Timer::Connection(id)));
            if let Some(new) = new {
                self.timers.insert((new, Timer::Connection(id)));
            }
        }
    }

    fn handle_frame(
        &mut self,
        now: u64,
        id: ConnectionId,
        frame: ClientFrame,
        answers: &mut Vec<ServerFrame>,
    ) -> Taken {
        let is_in_room = self.places.contains_key(&id);
        match frame {
            ClientFrame::Ping => {
                // One sign of life is enough for a message full of pings.
                if !answers.contains(&ServerFrame::Pong) {
                    answers.push(ServerFrame::Pong);
                }
            }
            ClientFrame::Join(_) if is_in_room => {
                let why = "join: this connection is in a room already; open another one for another room";
                return self.out_of_order(id, None, why, answers);
            }
            ClientFrame::Join(join) => self.join(now, id, join, answers),
            ClientFrame::Post(Post { n, .. }) if !is_in_room => {
                return self.out_of_order(id, Some(n), "post: send a join first", answers);
            }
            ClientFrame::History(_) | ClientFrame::Typing { .. } | ClientFrame::Rename { .. } if !is_in_room => {
                let frame = match frame {
                    ClientFrame::History(_) => "history",
                    ClientFrame::Typing { .. } => "typing",
                    _ => "rename",
                };
                return self.out_of_order(id, None, &format!("{frame}: send a join first"), answers);
            }
            ClientFrame::Post(post) => self.post(now, id, post, answers),
            ClientFrame::History(request) => self.ask_history(id, request, answers),
            ClientFrame::Typing { on } => self.typing(now, id, on),
            ClientFrame::Rename { name } => match self.settings.limits.told().check_name(&name) {
                Ok(()) => {
                    if let Some(room) = self.room_mut(id) {
                        room.rename(id, name);
                    }
                }
                Err(bad) => answers.push(refused(None, RefusedCode::Limit, format!("rename: {bad}"))),
            },
        }
        Ok(())
    }

    // What is against the rules

    fn handle_bad(&mut self, id: ConnectionId, bad: &BadFrame, answers: &mut Vec<ServerFrame>) -> Taken {
        let n = match bad {
            BadFrame::Field { n, .. } => *n,
            _ => None,
        };
        self.count_bad(id, refused(n, RefusedCode::Malformed, bad.to_string()), answers)
    }

    fn out_of_order(&mut self, id: ConnectionId, n: Option<u64>, why: &str, answers: &mut Vec<ServerFrame>) -> Taken {
        self.count_bad(id, refused(n, RefusedCode::Order, why), answers)
    }

    /// Refuses, as often as that may be needed.
    fn count_bad(&mut self, id: ConnectionId, refusal: ServerFrame, answers: &mut Vec<ServerFrame>) -> Taken {
        let most = self.settings.limits.bad_frames;
        let Some(session) = self.session_mut(id) else {
            return Ok(());
        };
        if session.bad_frames < most {
            session.bad_frames += 1;
            answers.push(refusal);
            return Ok(());
        }
        let ServerFrame::Refused(Refused { message, .. }) = refusal else {
            return Ok(());
        };
        Err((close::POLICY, format!("too many malformed frames; the last: {message}")))
    }

    // Joining

    fn join(&mut self, now: u64, id: ConnectionId, join: Join, answers: &mut Vec<ServerFrame>) {
        let checked = check_room(&join.room)
            .and_then(|()| self.settings.limits.told().check_name(&join.name))
            .and_then(|()| check_key(&join.key));
        if let Err(bad) = checked {
            answers.push(refused(None, RefusedCode::Limit, format!("join: {bad}")));
            return;
        }
        let client = client_id(&join.key);
        let limits = &self.settings.limits;
        let since = join.since.filter(|since| since.epoch == self.settings.epoch);
        let query = Query::Join {
            room: join.room.clone(),
            user: String::new(),
            client: client.clone(),
            after: since.map(|since| since.seq),
            replay: limits.replay_entries,
            replay_bytes: limits.replay_bytes,
            page: limits.history_entries,
        };
        self.enter(now, id, &join.room, &client, join.name, Stage::Asking(Held::default()));
        let ticket = self.new_ticket(Ticket::Join(id));
        let query = Box::new(query);
        self.effects.outputs.push_back(Output::Read { ticket, query });
    }

    // Saying something

    fn post(&mut self, now: u64, id: ConnectionId, post: Post, answers: &mut Vec<ServerFrame>) {
        let Post { n, body } = post;
        if let Err(bad) = self.settings.limits.told().check_body(&body) {
            answers.push(refused(Some(n), RefusedCode::Limit, format!("post: {bad}")));
            return;
        }
        let Some(member) = self.member_mut(id) else {
            return;
        };
        match member.refused_from {
            Some(first) if first < n => {
                answers.push(self.earlier(n, first));
                return;
            }
            Some(first) if first == n => member.refused_from = None,
            Some(_) | None => {}
        }
        if !self.post_to_log(now, id, n, body) {
            answers.push(self.unwritten(id, n));
        }
    }

    /// Refuses a post that could not be written; those after it have to wait for it.
    pub(super) fn unwritten(&mut self, id: ConnectionId, n: u64) -> ServerFrame {
        if let Some(member) = self.member_mut(id) {
            member.refused_from = Some(n);
        }
        self.unavailable(
            Some(n),
            "post: the relay cannot write its log now; send this again later",
        )
    }

    pub(super) fn unavailable(&self, n: Option<u64>, message: &str) -> ServerFrame {
        ServerFrame::Refused(Refused {
            n,
            code: RefusedCode::Unavailable,
            message: message.to_owned(),
            retry_after_ms: Some(millis(self.settings.limits.retry_after)),
        })
    }

    pub(super) fn earlier(&self, n: u64, first: u64) -> ServerFrame {
        ServerFrame::Refused(Refused {
            n: Some(n),
            code: RefusedCode::Earlier,
            message: format!("post: {first} could not be written; send it again first, then this one"),
            retry_after_ms: Some(millis(self.settings.limits.retry_after)),
        })
    }

    /// What a plain-text client sends is a text.
    pub(super) fn handle_plain(&mut self, now: u64, id: ConnectionId, text: &str) {
        let most = self.settings.limits.text_bytes;
        if text.chars().all(is_invisible) {
            self.slow_down(now, id, 0, 1 + text.len() as u64 / 1024);
            return;
        }
        if text.len() > most {
            self.close(
                now,
                id,
                close::TOO_BIG,
                &format!("a text may have at most {most} bytes"),
            );
            return;
        }
        self.slow_down(now, id, 1, 0);
        let Some(member) = self.member_mut(id) else {
            return;
        };
        let Speech::Plain(n) = &mut member.session.speech else {
            return;
        };
        *n += 1;
        let (n, text) = (*n, text.to_owned());
        if !self.post_to_log(now, id, n, Body::Text { text, reply_to: None }) {
            self.close(now, id, close::FAILED, UNSAID);
        }
    }

    // Asking, and being seen

    fn ask_history(&mut self, id: ConnectionId, request: HistoryRequest, answers: &mut Vec<ServerFrame>) {
        let most = self.settings.limits.histories_waiting;
        let Some(member) = self.member_mut(id) else {
            return;
        };
        if member.histories.len() >= most {
            let why = format!("history: {most} requests wait already; ask again when they are answered");
            answers.push(refused(None, RefusedCode::Limit, why));
            return;
        }
        member.histories.push_back(request);
        self.next_history(id);
    }

    /// Asks the log for the next page that a connection waits for, if it is its turn.
    pub(super) fn next_history(&mut self, id: ConnectionId) {
        let Some(room) = self.places.get(&id).cloned() else {
            return;
        };
        let limits = self.settings.limits.clone();
        let Some(member) = self.member_mut(id) else {
            return;
        };
        let is_its_turn = member.is_joined() && member.history.is_none() && !member.session.has_long_queue(&limits);
        let Some(request) = is_its_turn.then(|| member.histories.pop_front()).flatten() else {
            return;
        };
        let HistoryRequest { before, limit } = request;
        let ticket = self.new_ticket(Ticket::History { connection: id, before });
        if let Some(member) = self.member_mut(id) {
            member.history = Some(ticket);
        }
        let query = Box::new(Query::Before {
            room: room.as_ref().to_owned(),
            before,
            limit: limit.min(limits.history_entries),
        });
        self.effects.outputs.push_back(Output::Read { ticket, query });
    }

    fn typing(&mut self, now: u64, id: ConnectionId, on: bool) {
        let until = now.saturating_add(millis(self.settings.limits.typing_for));
        let most = self.settings.limits.typists_told;
        let Some(room) = self.room_mut(id) else {
            return;
        };
        // Who has not arrived is not known to anybody yet.
        let Some(member) = room.members.get(&id).filter(|member| member.is_joined()) else {
            return;
        };
        let client = std::sync::Arc::clone(&member.client);
        match on {
            true => room.typists.start(&client, until, most),
            false => room.typists.stop(&client),
        }
    }
}
