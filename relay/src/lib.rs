//! The relay of chat-room: serves the page and carries the messages of one plain-text room.
//!
//! Whatever a client sends to the WebSocket at `/socket`, text or binary, all others get, in one order. Nothing
//! is kept.
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
mod config;
mod http;
mod limits;
mod listen;
// The build script's; here for its tests.
pub mod log;
#[cfg(test)]
mod mime;
mod old_room;
mod origin;
pub mod room;
mod serve;
mod socket;

pub use config::{Config, DEFAULT_PORT, Listen};
pub use limits::Limits;
pub use listen::StartError;
pub use serve::Relay;
