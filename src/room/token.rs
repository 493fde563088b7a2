//! The token that a page gives for the way into its rooms: asked for anew before each join, and kept nowhere.

use core::time::Duration;

use super::session::MAX_WORDS_BYTES;
use super::{Output, Room};
use crate::connection::{Event, Instant, SocketId, State};

/// How long a page may take to give a token: less than makes a connection count as stable, so that one without a token
/// counts as failed, and less than makes the relay be asked for a sign of life.
pub const TOKEN_TIMEOUT: Duration = Duration::from_secs(8);

/// The longest token, in bytes of UTF-8. Even where each of them has to be escaped, the relay takes the join.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

impl Room {
    /// Why there was no token when one was last needed, in the page's own words; nothing once it is tried again.
    pub fn no_token(&self) -> Option<&str> {
        self.no_token.as_deref()
    }

    /// What [`Output::AskToken`] asked for: the token, or why there is none, which is a failed attempt. An answer that is
    /// not waited for any more changes nothing.
    pub fn handle_token(
        &mut self,
        now: Instant,
        socket: SocketId,
        token: Result<String, String>,
        chance: &mut dyn FnMut() -> f64,
    ) {
        if self.token_question().is_none_or(|(asked, _)| asked != socket) {
            return;
        }
        match token {
            Ok(token) if token.len() > MAX_TOKEN_BYTES => {
                let bytes = token.len();
                let why = format!("it has {bytes} bytes, at most {MAX_TOKEN_BYTES} are sent");
                self.fail_for_a_token(now, why, chance);
            }
            Ok(token) => self.send_join(Some(token)),
            Err(why) => self.fail_for_a_token(now, why, chance),
        }
    }

    /// Whether a token is asked for from now on. One that is being asked for is done without then.
    pub(super) fn use_tokens(&mut self, on: bool) {
        self.uses_tokens = on;
        if !on && self.token_question().is_some() {
            self.send_join(None);
        }
    }

    pub(super) fn ask_token(&mut self, now: Instant) {
        let State::Open { socket, .. } = *self.state() else {
            return;
        };
        if let Some(session) = &mut self.session {
            session.token_due = Some(now + TOKEN_TIMEOUT);
            self.outputs.push_back(Output::AskToken { socket });
        }
    }

    /// Over which socket the token will be sent that is asked for, and until when that is waited for.
    pub(super) fn token_question(&self) -> Option<(SocketId, Instant)> {
        let State::Open { socket, .. } = *self.state() else {
            return None;
        };
        let due = self.session.as_ref()?.token_due?;
        Some((socket, due))
    }

    /// A page that never answers is not waited for.
    pub(super) fn watch_token(&mut self, now: Instant, chance: &mut dyn FnMut() -> f64) {
        if self.token_question().is_some_and(|(_, due)| due <= now) {
            let seconds = TOKEN_TIMEOUT.as_secs();
            self.fail_for_a_token(now, format!("no answer within {seconds} seconds"), chance);
        }
    }

    fn fail_for_a_token(&mut self, now: Instant, mut why: String, chance: &mut dyn FnMut() -> f64) {
        why.truncate(why.floor_char_boundary(MAX_WORDS_BYTES));
        self.no_token = Some(why);
        self.connection.handle_event(now, Event::Unanswered, chance);
        self.drain(now);
    }
}
