//! What is measured, a module for each part.

pub(crate) mod log;
pub(crate) mod receive;
pub(crate) mod start;
