//! The only part that knows a browser.

mod clock;
#[cfg(feature = "element")]
mod courier;
#[cfg(feature = "element")]
mod driver;
#[cfg(feature = "element")]
pub mod element;
#[cfg(feature = "element")]
mod frame;
#[cfg(feature = "element")]
mod guard;
#[cfg(feature = "element")]
mod resize;
#[cfg(feature = "element")]
mod seat;
pub mod socket;
#[cfg(feature = "element")]
pub mod storage;

pub use self::clock::Clock;
