//! Where the inspector listens and speaks: everything that goes over the sockets passes here.
//!
//! A courier's sockets do not: they belong to tabs that are gone, speak under other keys, and what is sent raw never
//! goes over them. Between those of the element they would be sockets that open and close for no reason.

use std::rc::Rc;

use super::Driver;
use crate::connection::{CommandError, State, Target};
use crate::room::Refusal;
use crate::traffic::{Traffic, What};
use crate::websocket::{Message, Protocol, ReadyState};

impl Driver {
    /// Records from now on, or no longer. What was recorded stays.
    pub(in crate::web) fn record(&self, on: bool) {
        if self.recording.replace(on) == on || !on {
            return;
        }
        let native = self.socket.borrow().as_ref().map(|(_, native)| Rc::clone(native));
        if native.is_none() && self.traffic.borrow().next() == 0 {
            return;
        }
        self.note(|| What::Began {
            state: native.as_ref().map_or(ReadyState::Closed, |it| it.ready_state()),
            url: native.as_ref().map_or_else(String::new, |it| it.url()),
            protocol: native.as_ref().map_or_else(String::new, |it| it.protocol()),
        });
    }

    /// What was recorded. `work` must not call back into the driver.
    pub(in crate::web) fn with_traffic<T>(&self, work: impl FnOnce(&mut Traffic) -> T) -> T {
        work(&mut self.traffic.borrow_mut())
    }

    /// Sends this over the socket as it is, whatever is spoken there.
    pub(in crate::web) fn send_raw(&self, message: &Message) -> Result<(), Refusal> {
        self.check_buffer(message.len())?;
        let native = self.socket.borrow().as_ref().map(|(_, native)| Rc::clone(native));
        let taken = native.is_some_and(|native| native.send(message).is_ok());
        if !taken {
            let closing = self.read(|room| matches!(room.state(), State::Closing { .. }));
            return Err(Refusal::Connection(match closing {
                true => CommandError::Closing,
                false => CommandError::NotConnected,
            }));
        }
        self.note(|| What::sent(message));
        Ok(())
    }

    /// `what` is asked for only while somebody wants to see it.
    pub(super) fn note(&self, what: impl FnOnce() -> What) {
        if self.recording.get() {
            let (at, what) = (self.now().as_millis(), what());
            self.traffic.borrow_mut().note(at, what);
        }
    }

    pub(super) fn note_attempt(&self, target: &Target) {
        self.note(|| What::Connecting {
            url: target.url.clone(),
            protocols: target
                .protocols
                .iter()
                .map(Protocol::as_str)
                .collect::<Vec<_>>()
                .join(", "),
            attempt: self.read(|room| match room.state() {
                State::Connecting { attempt, .. } => *attempt,
                _ => 0,
            }),
        });
    }
}
