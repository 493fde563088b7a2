//! The only part that knows a browser.

#[cfg(feature = "element")]
mod clock;
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
pub mod socket;
