//! What the text box is for now: a new text, an answer to another one, or another text in the place of one's own.

use std::rc::Rc;

use super::Shared;
use crate::room::ItemId;

/// The next text answers this one.
pub(super) fn begin_reply(_shared: &Rc<Shared>, _item: ItemId) {}

/// The text box gets this text of one's own, to be changed.
pub(super) fn begin_edit(_shared: &Rc<Shared>, _item: ItemId) {}
