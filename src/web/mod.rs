//! The only part that knows a browser.

pub mod socket;
