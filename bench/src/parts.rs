//! What is measured, a module for each part.

pub(crate) mod faults;
pub(crate) mod receive;
