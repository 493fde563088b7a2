//! The log: what becomes of posts, what is found again, and what a disk, another program or a kill can do to it.

mod append;
mod find;
mod keys;
#[cfg(unix)]
mod killed;
mod model;
mod support;
mod thread;
mod trouble;
mod upgrade;
