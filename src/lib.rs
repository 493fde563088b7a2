//! A chat room for any web page.

pub mod websocket;
