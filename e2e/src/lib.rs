//! The page in real browsers against real servers: what the tests in `tests/` stand on, and the server they need.

pub mod bidi;
pub mod browser;
pub mod consumer;
pub mod database;
pub mod files;
pub mod folder;
pub mod page;
pub mod person;
pub mod process;
pub mod programs;
pub mod proxy;
pub mod relay;
pub mod room_page;
pub mod scripted;
pub mod stage;
pub mod test_server;
pub mod wait;
