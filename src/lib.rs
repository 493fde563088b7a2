//! A chat room for any web page.

pub mod connection;
#[cfg(feature = "element")]
pub mod room;
#[cfg(target_arch = "wasm32")]
pub mod web;
pub mod websocket;
