//! `chat-room.v1`: the frames that the client and the relay exchange, and the rules that both hold.
//!
//! `PROTOCOL.md`, beside this crate, specifies them; `golden/` has an example of every frame. A WebSocket message is
//! one frame, a JSON object with a `type`, or an array of frames.
//!
//! ```
//! use chat_room_wire::{Limits, ServerFrame};
//!
//! let message = r#"{"type":"refused","n":7,"code":"limit","message":"post: body.text has 20000 bytes"}"#;
//! let [Ok(ServerFrame::Refused(refused))] = &ServerFrame::decode(message)?[..] else { unreachable!() };
//! assert_eq!((refused.n, refused.code.as_str()), (Some(7), "limit"));
//! assert!(Limits::default().check_name("小明").is_ok());
//! # Ok::<(), chat_room_wire::BadFrame>(())
//! ```
//!
//! # Fuzzing
//!
//! The decoders take any text. The tests try many thousands; `fuzz/` tries without end, with a nightly compiler and
//! cargo-fuzz, beginning with the golden messages. In the folder of this crate:
//!
//! ```text
//! cargo run --manifest-path fuzz/Cargo.toml --example seeds
//! cargo +nightly fuzz run client -- -dict=fuzz/dictionary.txt -max_total_time=300
//! cargo +nightly fuzz run server -- -dict=fuzz/dictionary.txt -max_total_time=300
//! ```

mod bad;
mod decode;
mod encode;
mod frame;
mod json;
mod limits;

pub use bad::{BadField, BadFrame, Problem};
pub use frame::{
    Body, ClientFrame, Entry, History, HistoryRequest, Join, Joined, Member, Place, Post, Presence, Refused,
    RefusedCode, ServerFrame,
};
pub use limits::{
    Limits, MAX_EMOJI_BYTES, MAX_INTEGER, MAX_KEY_BYTES, MAX_ROOM_BYTES, MIN_KEY_BYTES, check_key, check_room,
    is_invisible,
};

/// The subprotocol's name.
pub const SUBPROTOCOL: &str = "chat-room.v1";

/// Close codes of the protocol's own. A client does not come back after these.
pub mod close {
    /// The token is missing or wrong.
    pub const TOKEN: u16 = 4401;
    /// The room may not be entered.
    pub const ROOM: u16 = 4403;
    /// The same key has joined elsewhere.
    pub const ELSEWHERE: u16 = 4409;
}
