//! The relay of chat-room: serves the page and keeps the rooms.
//!
//! A client that offers the subprotocol `chat-room.v1` at `/socket` speaks that. Any other sits in the same rooms in
//! plain text: at `/socket?room=…&name=…` it gets what the others say as `name: text`, and what it sends is said. What
//! is said is in the log before anybody sees it.
//!
//! ```no_run
//! use chat_room_relay::{Config, Listen, Relay, StartError};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), StartError> {
//! let relay = Relay::bind(Listen::default(), Config::default()).await?;
//! println!("{}", relay.page_url());
//! relay
//!     .serve(async {
//!         // Without a signal handler there is nothing to be done about Ctrl-C either.
//!         let _ = tokio::signal::ctrl_c().await;
//!     })
//!     .await;
//! # Ok(())
//! # }
//! ```

mod assets;
mod clock;
mod config;
mod http;
mod hub;
mod limits;
mod line;
mod listen;
pub mod log;
// The build script's; here for its tests.
#[cfg(test)]
mod mime;
mod opening;
mod origin;
pub mod room;
mod serve;
mod socket;

pub use config::{Config, DEFAULT_PORT, Listen};
pub use limits::Limits;
pub use listen::StartError;
pub use serve::Relay;
