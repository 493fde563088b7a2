//! A chat room for any web page: the browser's WebSocket behind a typed state machine, and an element around it.
//!
//! - [`websocket`] has the words of the native WebSocket as types: states, close codes and reasons, subprotocols, URLs.
//! - [`connection`] is one lasting connection across many sockets, as a state machine without a socket or a clock in it.
//! - `room` is a chat room over a connection, built likewise; `text` finds links, code and names in what is said there.
//! - `web` is the browser's side, for `wasm32` targets only: the native socket, for pages and for workers, and the
//!   custom element `<chat-room>`.
//!
//! # Features
//!
//! An application takes what it needs, with `default-features = false` and at least one of the first four:
//!
//! | feature | what there is |
//! |---|---|
//! | `rust` | `websocket`, `connection`, `web::Socket`, `web::Clock`; the others bring it along |
//! | `futures` | `web::SocketStream`: the socket as a `Stream` and a `Sink` |
//! | `room` | `room` and `text` |
//! | `element` | `web::element::define_element()`, and `room` |
//! | `package`, the default | the generated JavaScript module defines `<chat-room>` by itself and has `PersistentWebSocket`; for the crate's own build |
//! | none | the generated JavaScript module has `PersistentWebSocket` and nothing else; for the crate's own build |
//!
//! `test-server` is for the crate's own tests.
//!
//! # A connection over a socket
//!
//! The state machine says what to do, and whoever holds the socket does it. The repository's `examples/worker` is this
//! in full, for a worker.
//!
//! ```
//! use chat_room::connection::{Command, Config, Connection, Event, Instant, Output, Target};
//!
//! let now = Instant::from_millis(0); // in a browser: web::Clock
//! let mut chance = || 0.5; // in a browser: Math.random()
//! let mut connection = Connection::<String>::new(Config::default());
//! let target = Target::new("ws://localhost:8005/socket");
//! connection.handle_command(now, Command::Connect(target))?;
//! while let Some(output) = connection.poll_output() {
//!     match output {
//!         Output::OpenSocket { socket, target } => {
//!             // web::Socket::open(&target.url, …), and its events, with `socket`, to handle_event:
//!             let opened = Event::SocketOpened { socket, protocol: String::new() };
//!             connection.handle_event(now, opened, &mut chance);
//!             drop(target);
//!         }
//!         Output::Send { .. } | Output::CloseSocket { .. } | Output::DropSocket { .. } => { /* to the socket */ }
//!         other => println!("{other:?}"),
//!     }
//! }
//! assert_eq!(connection.state().name(), "Open");
//! # Ok::<(), chat_room::connection::CommandError>(())
//! ```

// The socket alone does without the standard library, which would bring words for panics along that nobody sees.
#![cfg_attr(all(target_arch = "wasm32", not(feature = "rust")), no_std)]

extern crate alloc;

pub mod connection;
#[cfg(feature = "room")]
mod file;
#[cfg(feature = "room")]
pub mod room;
#[cfg(feature = "room")]
pub mod text;
// What the element's inspector shows. Public for its tests alone; no promise is made about it.
#[cfg(feature = "element")]
#[doc(hidden)]
pub mod traffic;
#[cfg(target_arch = "wasm32")]
pub mod web;
pub mod websocket;

/// The samples of docs/rust.md, as documentation tests: `cargo test --doc --target wasm32-unknown-unknown --all-features`.
#[cfg(all(doctest, target_arch = "wasm32"))]
#[doc = include_str!("../docs/rust.md")]
mod rust_page {}
