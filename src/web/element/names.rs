//! What people are called, so that they can be told apart.

use std::cell::{Cell, RefCell};

use super::phrases;
use super::texts::Texts;
use crate::room::Members;
use crate::text::Names;

/// Everybody whose name was seen.
#[derive(Default)]
pub(super) struct Called {
    names: RefCell<Names>,
    /// Of the members when they were last noted.
    revision: Cell<Option<u32>>,
    /// Somebody is to be told apart who was not when the last paint began.
    is_new: Cell<bool>,
}

impl Called {
    /// Notes everybody who is in the room. Gives whether others are to be told apart now who were not before.
    pub(super) fn note_members(&self, members: &Members) -> bool {
        if self.revision.replace(Some(members.revision())) == Some(members.revision()) {
            return false;
        }
        let mut names = self.names.borrow_mut();
        members
            .iter()
            .fold(false, |new, (client, name)| names.note(client, name) || new)
    }

    /// Notes somebody who has said something. Gives the same.
    pub(super) fn note(&self, client: &str, name: &str) -> bool {
        let is_new = self.names.borrow_mut().note(client, name);
        self.is_new.set(self.is_new.get() || is_new);
        is_new
    }

    /// Whether names that are painted already have to be painted again.
    pub(super) fn take_new(&self) -> bool {
        self.is_new.take()
    }

    /// The name, with what hides in it spelled out; and where somebody else's looks like it, a part of the id.
    pub(super) fn name(&self, client: &str, name: &str) -> String {
        self.with_mark(client, name, phrases::visible(name))
    }

    /// The same, not longer than a sentence bears.
    pub(super) fn short_name(&self, client: &str, name: &str) -> String {
        self.with_mark(client, name, phrases::short_name(name))
    }

    /// Names beside each other.
    pub(super) fn names<'n>(&self, texts: &Texts, people: impl Iterator<Item = (&'n str, &'n str)>) -> String {
        let names: Vec<String> = people.map(|(client, name)| self.short_name(client, name)).collect();
        names.join(texts.comma())
    }

    fn with_mark(&self, client: &str, name: &str, mut shown: String) -> String {
        if let Some(mark) = self.names.borrow().mark(client, name) {
            shown.push_str(" #");
            shown.push_str(mark);
        }
        shown
    }
}
