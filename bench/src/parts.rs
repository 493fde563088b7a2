//! What is measured, a module for each part.

pub(crate) mod fanout;
pub(crate) mod faults;
pub(crate) mod log;
pub(crate) mod receive;
pub(crate) mod roundtrip;
pub(crate) mod start;
