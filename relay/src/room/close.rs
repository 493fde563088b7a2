//! Close codes that the relay uses, and the reasons beside them.

use crate::limits::REASON_BYTES;

pub use chat_room_wire::close::ELSEWHERE;

/// What was sent is of a kind that is not taken.
pub const UNSUPPORTED: u16 = 1003;
/// Too much was against the rules.
pub const POLICY: u16 = 1008;
/// A message is too long.
pub const TOO_BIG: u16 = 1009;
/// The relay could not do its work.
pub const FAILED: u16 = 1011;
/// The relay goes, and comes back.
pub const RESTART: u16 = 1012;
/// Come back, and go on from there.
pub const AGAIN: u16 = 1013;
/// The room or the name that a plain-text client asks for may not be had.
pub const NO_SUCH_PLACE: u16 = 4400;

/// A reason as long as a close frame may have it.
pub(super) fn cut(reason: &str) -> String {
    let mut end = reason.len().min(REASON_BYTES);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    reason[..end].to_owned()
}
