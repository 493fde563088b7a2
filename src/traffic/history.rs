//! What was sent raw before, to be had again.

use std::collections::VecDeque;

/// The most messages that are remembered. The oldest are forgotten first.
pub const MAX_HISTORY: usize = 50;

/// The most bytes of all of them together. A message that is longer by itself is not remembered.
pub const MAX_HISTORY_BYTES: usize = 256 * 1024;

/// A message as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Raw {
    /// A text, or hexadecimal digits.
    pub text: String,
    /// The digits stand for bytes.
    pub hex: bool,
}

/// What was sent, and where in it one is.
#[derive(Debug, Default)]
pub struct History {
    sent: VecDeque<Raw>,
    bytes: usize,
    /// How far back from what is being typed.
    back: usize,
    /// What was being typed before one went back.
    draft: Raw,
}

impl History {
    /// Remembers what was sent, once where it is sent again and again.
    pub fn push(&mut self, raw: Raw) {
        self.back = 0;
        self.draft = Raw::default();
        if raw.text.len() > MAX_HISTORY_BYTES || self.sent.back() == Some(&raw) {
            return;
        }
        self.bytes += raw.text.len();
        self.sent.push_back(raw);
        while self.sent.len() > MAX_HISTORY || self.bytes > MAX_HISTORY_BYTES {
            let Some(gone) = self.sent.pop_front() else { break };
            self.bytes -= gone.text.len();
        }
    }

    /// The one before, if there is one. `typed` comes back when one has gone forward again.
    pub fn older(&mut self, typed: Raw) -> Option<Raw> {
        let place = self.sent.len().checked_sub(self.back + 1)?;
        if self.back == 0 {
            self.draft = typed;
        }
        self.back += 1;
        self.sent.get(place).cloned()
    }

    /// The one after, and after the last one what was being typed.
    pub fn newer(&mut self) -> Option<Raw> {
        self.back = self.back.checked_sub(1)?;
        match self.back {
            0 => Some(std::mem::take(&mut self.draft)),
            back => self.sent.get(self.sent.len() - back).cloned(),
        }
    }
}
