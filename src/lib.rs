//! A chat room for any web page: the browser's WebSocket behind a typed state machine, and an element around it.
//!
//! - [`websocket`] has the words of the native WebSocket as types: states, close codes and reasons, subprotocols, URLs.
//! - [`connection`] is one lasting connection across many sockets, as a state machine without a socket or a clock in it.
//! - `room` is a chat room over a connection, built likewise (feature `element`, on by default).
//! - `text` finds links, code and names in what is said (likewise).
//! - `traffic` is what went over the sockets of a connection, recorded for the inspector (likewise).
//! - `web` is the browser's side, for `wasm32` targets only: the native socket, and with the feature `element` the
//!   custom element `<chat-room>`, which the generated JavaScript module defines as soon as it is initialised.

pub mod connection;
#[cfg(feature = "element")]
pub mod room;
#[cfg(feature = "element")]
pub mod text;
#[cfg(feature = "element")]
pub mod traffic;
#[cfg(target_arch = "wasm32")]
pub mod web;
pub mod websocket;

/// The samples of docs/rust.md, as documentation tests: `cargo test --doc --target wasm32-unknown-unknown --all-features`.
#[cfg(all(doctest, target_arch = "wasm32"))]
#[doc = include_str!("../docs/rust.md")]
mod rust_page {}
