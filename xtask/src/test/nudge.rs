//! Keeps the server of the browser tests going while they run.
//!
//! wasm-bindgen's test runner serves the page by tiny_http, whose pool of threads loses count when two connections come
//! at the same moment: the second one is left waiting until a further one comes, and the page for ever. So further ones
//! come.

use crate::failure::{Failure, Result};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

const PACE: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_secs(1);

/// Ends with its value.
pub(super) struct Nudge {
    address: SocketAddr,
    _ends: Sender<()>,
}

impl Nudge {
    /// At a port that is free now.
    pub(super) fn start() -> Result<Nudge> {
        let address = free().map_err(|e| Failure(format!("there is no free port for the browser tests: {e}")))?;
        let (ends, end) = mpsc::channel();
        thread::spawn(move || {
            while end.recv_timeout(PACE) == Err(RecvTimeoutError::Timeout) {
                // Where nobody listens, nobody waits.
                drop(TcpStream::connect_timeout(&address, PATIENCE));
            }
        });
        Ok(Nudge { address, _ends: ends })
    }

    /// Where the runner is to serve its page.
    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }
}

fn free() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_come_as_long_as_it_lives() {
        let nudge = Nudge::start().unwrap();
        let server = TcpListener::bind(nudge.address()).unwrap();
        for _ in 0..2 {
            server.accept().unwrap();
        }
        drop(nudge);
        server.set_nonblocking(true).unwrap();
        // One may have been on its way; none comes after it.
        thread::sleep(3 * PACE);
        while server.accept().is_ok() {}
        thread::sleep(3 * PACE);
        assert!(server.accept().is_err());
    }
}
