//! What the relay says in `chat-room.v1`, and what becomes of it.

use core::time::Duration;

use chat_room_wire::{
    Body, ClientFrame, Entry, History, HistoryRequest, Join, Joined, Limits, Place, Post, Presence, Refused,
    RefusedCode, ServerFrame,
};

use super::answers::{Answers, Due};
use super::place::{Asked, Hole, MAX_HOLES};
use super::posts::Pace;
use super::{Content, Delivery, Keep, Notice, Output, Refusal, Room};
use crate::connection::{self, Heartbeat, Instant};
use crate::websocket::Message;

/// How silence is noticed until the relay has told its own heartbeat.
pub(super) const FIRST_HEARTBEAT: Heartbeat = heartbeat(20_000);
/// How soon a page that woke knows whether its connection is alive.
const WAKE_DEADLINE: Duration = Duration::from_secs(3);
/// How long to wait before a refused post is sent again, where the relay does not say.
const RETRY_AFTER: Duration = Duration::from_secs(2);
/// The longest such wait that a relay can ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(60);
/// How many entries are asked for at once.
const PAGE: u64 = 50;
/// How often it is said again that the user is typing.
const TYPING_AGAIN: Duration = Duration::from_secs(3);
/// The longest sentence of a server that is shown, in bytes.
pub(super) const MAX_WORDS_BYTES: usize = 1024;
/// What is shown in the place of a token.
const HIDDEN: &str = "…";
/// The longest message that several posts are put into, in bytes.
pub(super) const MAX_BATCH_BYTES: usize = 32 * 1024;

/// The protocol over one open socket.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) heartbeat: Heartbeat,
    pub(super) answers: Answers,
    join_sent: bool,
    /// A token is asked for, and until when that is waited for.
    pub(super) token_due: Option<Instant>,
    /// What one was called in the join.
    joined_as: String,
    /// What was told at the join; nothing before it.
    pub(super) joined: Option<Membership>,
    /// The join named the place that was reached.
    resumes: bool,
    /// The newest page is to come.
    expects_page: bool,
    pub(super) asked: Option<Asked>,
    /// The relay could not read its log: what is missing is asked for again then.
    pub(super) ask_again: Option<Instant>,
    /// The user knows that the log cannot be written.
    told_unavailable: bool,
    /// Posts wait until then, since the relay has asked for it or the rate wants it.
    pub(super) hold_until: Option<Instant>,
    typing_said: Option<Instant>,
    complained: bool,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            heartbeat: FIRST_HEARTBEAT,
            answers: Answers::default(),
            join_sent: false,
            token_due: None,
            joined_as: String::new(),
            joined: None,
            resumes: false,
            expects_page: false,
            asked: None,
            ask_again: None,
            told_unavailable: false,
            hold_until: None,
            typing_said: None,
            complained: false,
        }
    }
}

/// What the relay told at the join.
#[derive(Debug)]
pub(super) struct Membership {
    pub(super) client: String,
    pub(super) limits: Limits,
    /// The highest `n` of this client that was in the log.
    pub(super) accepted: u64,
    pace: Pace,
}

fn retry_after(refused: &Refused) -> Duration {
    let told = refused.retry_after_ms.map_or(RETRY_AFTER, Duration::from_millis);
    told.min(MAX_RETRY_AFTER)
}

const fn heartbeat(millis: u64) -> Heartbeat {
    Heartbeat {
        silence: Duration::from_millis(millis),
        deadline: Duration::from_millis(millis / 2),
        wake_deadline: WAKE_DEADLINE,
    }
}

impl Room {
    /// The first frame, as soon as the socket is open, it is known as which client to come, and the page has given a
    /// token if it has any.
    pub(super) fn join(&mut self, now: Instant) {
        let (Some(session), Some(_)) = (&self.session, &self.identity) else {
            return;
        };
        match (session.join_sent || session.token_due.is_some(), self.uses_tokens) {
            (true, _) => {}
            (false, true) => self.ask_token(now),
            (false, false) => self.send_join(None),
        }
    }

    pub(super) fn send_join(&mut self, token: Option<String>) {
        let (Some(session), Some(kept)) = (&mut self.session, &self.identity) else {
            return;
        };
        session.join_sent = true;
        session.token_due = None;
        session.joined_as.clone_from(&self.entrance.name);
        // Where the newest page never came, one cannot go on from it.
        let epoch = self.place.epoch.clone().filter(|_| !self.place.page_due);
        session.resumes = epoch.is_some();
        let since = epoch.map(|epoch| Place {
            epoch,
            seq: self.place.last,
        });
        let mut join = Join {
            room: self.entrance.room.clone(),
            name: self.entrance.name.clone(),
            key: kept.key.clone(),
            token,
            since,
        };
        let text = ClientFrame::Join(join.clone()).to_json();
        match (join.token.as_mut(), self.connection.state().socket()) {
            (Some(token), Some(socket)) => {
                HIDDEN.clone_into(token);
                self.outputs.push_back(Output::SendSecret {
                    socket,
                    text,
                    shown: ClientFrame::Join(join).to_json(),
                });
            }
            _ => self.send_text(text),
        }
    }

    /// Everything that may be sent now goes out, several posts in one message.
    pub(super) fn flush(&mut self, now: Instant) {
        let Some(session) = &mut self.session else { return };
        let Some(membership) = &mut session.joined else { return };
        if session.hold_until.is_some_and(|until| now < until) {
            return;
        }
        session.hold_until = None;
        let told = usize::try_from(membership.limits.message_bytes).unwrap_or(usize::MAX);
        let mut batches: Vec<Vec<String>> = Vec::new();
        let mut bytes = usize::MAX;
        let mut too_long = None;
        while let Some(post) = self.posts.next(membership.accepted) {
            let Some(n) = post.n else { break };
            let body = post.body.clone();
            let frame = ClientFrame::Post(Post { n, body }).to_json();
            if frame.len() > told {
                let bytes = frame.len();
                too_long = Some((n, Refusal::TooLong { bytes, limit: told }));
                break;
            }
            if let Err(until) = membership.pace.take(now) {
                session.hold_until = Some(until);
                break;
            }
            // Two brackets and a comma.
            if bytes.saturating_add(frame.len() + 2) > MAX_BATCH_BYTES.min(told) {
                batches.push(Vec::new());
                bytes = 0;
            }
            bytes += frame.len() + 1;
            session.answers.wanted(now, frame.len());
            batches.last_mut().expect("there is one").push(frame);
            self.posts.sent();
        }
        for batch in batches {
            let message = match &batch[..] {
                [one] => one.clone(),
                several => format!("[{}]", several.join(",")),
            };
            self.send_text(message);
        }
        if let Some((n, too_long)) = too_long {
            // It was said before this was known. The relay would close the connection for it, again and again.
            self.fail(now, n, too_long.to_string());
            self.flush(now);
        }
    }

    pub(super) fn say_frame(&mut self, frame: &ClientFrame) {
        self.send_text(frame.to_json());
    }

    fn send_text(&mut self, text: String) {
        if let Some(socket) = self.connection.state().socket() {
            self.outputs.push_back(Output::Send {
                socket,
                item: None,
                message: Message::Text(text),
            });
        }
    }

    /// Whether the relay was told lately that the user is typing.
    pub(super) fn say_typing(&mut self, now: Instant, on: bool) {
        let Some(session) = self.session.as_mut().filter(|it| it.joined.is_some()) else {
            return;
        };
        let lately = session.typing_said.is_some_and(|at| now < at + TYPING_AGAIN);
        if on && lately || !on && session.typing_said.is_none() {
            return;
        }
        session.typing_said = on.then_some(now);
        self.say_frame(&ClientFrame::Typing { on });
    }

    pub(super) fn ask_older(&mut self, now: Instant, before: u64) {
        self.ask(now, Asked::Older { before });
    }

    fn ask(&mut self, now: Instant, asked: Asked) {
        let Some(session) = &mut self.session else { return };
        session.asked = Some(asked);
        session.answers.wanted(now, 0);
        session.answers.reads(true);
        let limit = session
            .joined
            .as_ref()
            .map_or(PAGE, |it| it.limits.history_entries.min(PAGE));
        self.say_frame(&ClientFrame::History(HistoryRequest {
            before: Some(asked.before()),
            limit,
        }));
    }

    pub(super) fn heard(&mut self, now: Instant, message: &Message) {
        if let Some(session) = &mut self.session {
            session.answers.heard();
        }
        let Message::Text(text) = message else {
            return self.complain(now, "a binary message".to_owned());
        };
        match ServerFrame::decode(text) {
            Ok(frames) => {
                for frame in frames {
                    match frame {
                        Ok(frame) => self.frame(now, frame),
                        Err(bad) => self.complain(now, bad.to_string()),
                    }
                }
            }
            Err(bad) => self.complain(now, bad.to_string()),
        }
        if self.place.tail.take_changed() {
            self.outputs.push_back(Output::Keep(Keep::Log));
        }
        self.flush(now);
    }

    /// Said once for each connection: a server that does it once does it often.
    fn complain(&mut self, now: Instant, what: String) {
        let Some(session) = &mut self.session else { return };
        if !std::mem::replace(&mut session.complained, true) {
            self.notice(now, Notice::Unreadable { what });
        }
    }

    /// Whatever answers something shows that the relay hears.
    fn answered(&mut self, now: Instant) {
        let in_flight = self.posts.in_flight() > 0;
        if let Some(session) = &mut self.session {
            let more = in_flight || session.asked.is_some();
            session.answers.came(now, more);
        }
    }

    /// The connection has asked for a pong because the page woke up: what was on its way before is no sign of life now.
    pub(super) fn woke(&mut self, now: Instant) {
        if let Some(session) = &mut self.session {
            session.answers.must_come(now + session.heartbeat.wake_deadline);
        }
    }

    /// A relay that leaves everything unanswered does not hear, even if others are heard through it.
    pub(super) fn watch_answers(&mut self, now: Instant, chance: &mut dyn FnMut() -> f64) {
        let due = self
            .session
            .as_mut()
            .and_then(|it| it.answers.time_passed(now, &it.heartbeat));
        match due {
            Some(Due::Ask) => self.say_frame(&ClientFrame::Ping),
            Some(Due::GiveUp) => {
                self.connection.handle_event(now, connection::Event::Unanswered, chance);
                self.drain(now);
            }
            None => {}
        }
    }

    fn frame(&mut self, now: Instant, frame: ServerFrame) {
        let Some(session) = &self.session else { return };
        match (frame, session.joined.is_some()) {
            (ServerFrame::Joined(joined), false) => self.joined(now, *joined),
            (ServerFrame::Refused(refused), false) => self.left_outside(now, refused),
            (ServerFrame::Entry(entry), true) => self.entry(now, entry),
            (ServerFrame::History(history), true) => self.history(now, history),
            (ServerFrame::Presence(presence), true) => self.presence(now, presence),
            (ServerFrame::Typing { client, on }, true) => self.members.set_typing(now, &client, on),
            (ServerFrame::Refused(refused), true) => match refused.n {
                Some(n) => {
                    self.refused(now, n, refused);
                    self.answered(now);
                }
                None => self.refused_without_a_post(now, refused),
            },
            (ServerFrame::Pong, _) => self.answered(now),
            (ServerFrame::Joined(_), true) => self.complain(now, "a second joined".to_owned()),
            (_, false) => self.complain(now, "something before joined".to_owned()),
        }
    }

    /// Who has come and gone is told in the timeline, in one line for as long as nothing else happens. One knows of
    /// oneself.
    fn presence(&mut self, now: Instant, presence: Presence) {
        let me = self.session.as_ref().and_then(|it| it.joined.as_ref());
        let me = me.map_or("", |it| it.client.as_str());
        let members = &self.members;
        self.timeline.tell_people(now, self.place.last, |people| {
            for client in presence.left.iter().filter(|it| *it != me) {
                people.left(client, members.name(client));
            }
            for member in presence.joined.iter().filter(|it| it.client != me) {
                // Who is here already has not come.
                if members.name(&member.client).is_none() || presence.left.contains(&member.client) {
                    people.joined(&member.client, &member.name);
                }
            }
            for member in presence.renamed.iter().filter(|it| it.client != me) {
                if let Some(before) = members.name(&member.client) {
                    people.renamed(&member.client, before, &member.name);
                }
            }
        });
        self.members.change(presence);
    }

    fn joined(&mut self, now: Instant, joined: Joined) {
        let Some(session) = &mut self.session else { return };
        // One that recovers what nobody asked for means something else.
        let recovered = joined.recovered && session.resumes;
        session.expects_page = !recovered;
        session.answers.reads(!recovered);
        session.joined = Some(Membership {
            client: joined.client.clone(),
            accepted: joined.accepted,
            pace: Pace::new(&joined.limits),
            limits: joined.limits,
        });
        let renamed_meanwhile = session.joined_as != self.entrance.name;
        let heartbeat = heartbeat(joined.heartbeat_ms.clamp(1_000, 600_000));
        session.heartbeat = heartbeat;
        self.connection.set_heartbeat(Some(heartbeat));
        let restart = Duration::from_millis(joined.restart_ms).min(MAX_RETRY_AFTER);
        self.connection.set_restart_window(restart);
        self.members.begin(joined.members, joined.count);
        if let Some(kept) = &mut self.identity {
            kept.next_n = kept.next_n.max(joined.accepted.saturating_add(1));
            if kept.client != joined.client {
                kept.client.clone_from(&joined.client);
                self.outputs
                    .push_back(Output::Keep(Keep::Client(joined.client.clone())));
                self.recognise(&joined.client);
            }
        }

        let same_log = self.place.epoch.as_ref() == Some(&joined.epoch);
        if !recovered || !same_log {
            let notice = match &self.place.epoch {
                None => None,
                Some(_) if same_log && self.place.page_due => None,
                Some(_) if same_log && joined.head >= self.place.last => Some(Notice::Missed),
                Some(_) => Some(Notice::LogReset),
            };
            if notice == Some(Notice::LogReset) {
                self.leave_the_old_log();
            }
            self.begin_anew(now, joined.epoch, joined.head, notice);
        }
        self.place.is_kept = false;
        self.notice(
            now,
            Notice::Connected {
                url: self.connection.target().url.clone(),
                protocol: chat_room_wire::SUBPROTOCOL.to_owned(),
            },
        );
        self.outputs.push_back(Output::StateChanged);
        if renamed_meanwhile {
            self.say_name();
        }
        self.repair(now);
    }

    /// The relay does not let one in: trying again would not help.
    fn left_outside(&mut self, now: Instant, refused: Refused) {
        self.turned_away = Some(refused.message.clone());
        self.server_refused(now, refused.message);
        // It is open, so it can be left.
        let _ = self.connection.handle_command(now, connection::Command::Disconnect);
    }

    fn entry(&mut self, now: Instant, entry: Entry) {
        if entry.seq > self.place.last {
            if entry.prev > self.place.last {
                self.open_hole(now, entry.prev, entry.seq);
            }
            self.place.last = entry.seq;
            self.place.tail.push(&entry);
            self.members.set_typing(now, &entry.client, false);
        }
        self.take_entry(now, entry, true);
        self.repair(now);
    }

    /// An entry goes to its place. One's own settles the post that it was.
    fn take_entry(&mut self, now: Instant, entry: Entry, live: bool) {
        let own = self.is_me(&entry.client);
        let post = if own {
            self.posts.take_same(entry.n, &entry.body)
        } else {
            None
        };
        if post.is_some() {
            self.outputs.push_back(Output::Keep(Keep::Gone(entry.n)));
            self.answered(now);
        }
        // What is older than all that is here would stand beside entries that it was never beside.
        let in_history = self.timeline.first_seq().is_some_and(|first| entry.seq < first);
        match post.and_then(|post| post.item) {
            Some(item) if in_history && live => self.timeline.remove(item),
            Some(item) => self.timeline.confirm(item, entry),
            None if in_history && live => {}
            None => {
                let text = match &entry.body {
                    Body::Text { text, .. } if live && !own => Some(text.clone()),
                    _ => None,
                };
                let new = self.timeline.insert_entry(entry, own, live);
                if let (Some(text), true) = (text, new) {
                    self.outputs.push_back(Output::Received(Message::Text(text)));
                }
            }
        }
    }

    fn is_me(&self, client: &str) -> bool {
        self.membership().is_some_and(|it| it.client == client)
    }

    fn history(&mut self, now: Instant, history: History) {
        let Some(session) = &mut self.session else { return };
        let asked = match (history.before, session.asked) {
            (None, _) if session.expects_page => {
                session.expects_page = false;
                self.place.page_due = false;
                None
            }
            (Some(before), Some(asked)) if asked.before() == before => {
                session.asked = None;
                Some(asked)
            }
            _ => return self.complain(now, "a history that was not asked for".to_owned()),
        };
        session.answers.reads(session.expects_page || session.asked.is_some());
        if asked.is_some() {
            self.answered(now);
        }
        let first = history.entries.first().map(|entry| (entry.seq, entry.prev));
        if history.start {
            // Of an empty log, whatever comes first is its start.
            self.place.start = Some(first.map_or(self.place.last.saturating_add(1), |(seq, _)| seq));
        }
        self.place.tail.push_older(&history.entries, self.place.last);
        match asked {
            Some(Asked::Hole { before }) => return self.fill_hole(now, before, history, first),
            // What it was to stand before has left meanwhile.
            Some(Asked::Older { before }) if self.timeline.first_seq() != Some(before) => return,
            Some(Asked::Older { .. }) | None => {}
        }
        // The newest first, so that the oldest are left out where there is no room.
        for entry in history.entries.into_iter().rev() {
            if asked.is_some() && !self.timeline.has_room() {
                break;
            }
            let seq = entry.seq;
            self.take_entry(now, entry, false);
            if !self.timeline.holds(seq) {
                // One that finds no room leaves no gap behind it.
                break;
            }
        }
    }

    fn open_hole(&mut self, now: Instant, prev: u64, seq: u64) {
        let after = self.place.last;
        if self.place.holes.len() == MAX_HOLES {
            // Too many to mend: begin with the newest page again.
            let epoch = self.place.epoch.clone().unwrap_or_default();
            self.begin_anew(now, epoch, prev, Some(Notice::Missed));
            self.place.page_due = false;
            return;
        }
        self.place.holes.push(Hole { after, before: seq });
        self.timeline.set_hole(now, after, true);
    }

    /// Asks for what is missing, one page at a time.
    pub(super) fn repair(&mut self, now: Instant) {
        let free = self
            .session
            .as_ref()
            .is_some_and(|it| it.joined.is_some() && it.asked.is_none());
        if let (true, Some(hole)) = (free, self.place.holes.first()) {
            self.ask(now, Asked::Hole { before: hole.before });
        }
    }

    fn fill_hole(&mut self, now: Instant, before: u64, history: History, first: Option<(u64, u64)>) {
        let holes = &mut self.place.holes;
        let first_hole = (!holes.is_empty()).then(|| holes.remove(0));
        let Some(mut hole) = first_hole.filter(|hole| hole.before == before) else {
            return;
        };
        for entry in history.entries.into_iter().filter(|entry| entry.seq > hole.after) {
            self.take_entry(now, entry, false);
        }
        match first {
            Some((seq, prev)) if prev > hole.after && seq < hole.before && !history.start => {
                hole.before = seq;
                self.place.holes.insert(0, hole);
            }
            _ => self.timeline.set_hole(now, hole.after, false),
        }
        self.repair(now);
    }

    /// What was asked about the log is asked again where the relay cannot read it just now.
    fn refused_without_a_post(&mut self, now: Instant, refused: Refused) {
        if refused.code.is_temporary()
            && let Some(session) = &mut self.session
            && session.asked.take().is_some()
        {
            session.ask_again = Some(now + retry_after(&refused));
            session.answers.reads(session.expects_page);
            self.answered(now);
        }
        self.server_refused(now, refused.message);
    }

    /// A time has come for which the relay has asked, or a question can be put again.
    pub(super) fn ask_again(&mut self, now: Instant) {
        if let Some(session) = &mut self.session
            && session.ask_again.is_some_and(|at| at <= now)
        {
            session.ask_again = None;
            self.repair(now);
        }
    }

    fn server_refused(&mut self, now: Instant, message: String) {
        self.notice(now, Notice::Refused { message });
    }

    fn refused(&mut self, now: Instant, n: u64, refused: Refused) {
        if refused.code.is_temporary() {
            if self.posts.land_from(n)
                && let Some(session) = &mut self.session
            {
                session.hold_until = Some(now + retry_after(&refused));
                if !std::mem::replace(&mut session.told_unavailable, true) {
                    self.server_refused(now, refused.message);
                }
            }
            return;
        }
        if refused.code == RefusedCode::Conflict {
            return self.lost_count(n);
        }
        self.fail(now, n, refused.message);
    }

    /// A post will never be taken: the user has to decide.
    fn fail(&mut self, now: Instant, n: u64, message: String) {
        let Some(post) = self.posts.take(n) else { return };
        self.outputs.extend(post.keep(true).map(Output::Keep));
        if let Some(item) = post.item {
            self.timeline.set_delivery(item, Delivery::Failed);
        }
        self.server_refused(now, message);
        self.put_failed(post);
    }

    /// What waits and is about an entry of a log that is no more is not said about another one of the same number: an
    /// answer becomes a text, and a change leaves.
    fn leave_the_old_log(&mut self) {
        // What was kept of a log tells nothing of the posts that were kept, which may be of a later one.
        let (keeps, alone) = self.posts.leave_log(self.place.is_kept);
        self.outputs.extend(keeps.into_iter().map(Output::Keep));
        for item in alone {
            self.timeline.set_alone(item);
        }
    }

    /// The counter was lost, as when the machine lost its power: this is another post than the one in the log.
    fn lost_count(&mut self, n: u64) {
        let Some((unused, moved)) = self.posts.renumber(n) else {
            return;
        };
        let gone = unused.into_iter().map(|n| Output::Keep(Keep::Gone(n)));
        self.outputs.extend(gone);
        if let Some(item) = moved {
            self.timeline.move_to_end(item);
        }
        self.number_posts();
    }

    pub(super) fn notice(&mut self, now: Instant, mut notice: Notice) {
        if let Notice::Refused { message: words } | Notice::Unreadable { what: words } = &mut notice {
            // They may be a server's.
            words.truncate(words.floor_char_boundary(MAX_WORDS_BYTES));
        }
        self.timeline.push(now, self.place.last, Content::Notice(notice));
    }

    pub(super) fn membership(&self) -> Option<&Membership> {
        self.session.as_ref()?.joined.as_ref()
    }
}
