//! A WebSocket server for tests, that behaves and misbehaves on demand. The path says how.
//!
//! | path | what it does after the handshake, unless it says otherwise |
//! |---|---|
//! | `/echo` | sends every text and binary message back |
//! | `/greet?n=100` | sends `n` text frames, `1` to `n`, in the very TCP write of its handshake answer; then echoes |
//! | `/close?code=4001&reason=bye` | sends this close frame at once; without `code` one that is empty |
//! | `/protocol` | has chosen the **last** subprotocol offered; sends its name as text; then echoes |
//! | `/headers` | sends the request's headers as one JSON object, names in lower case; then echoes |
//! | `/ticker?ms=10` | sends `tick 1`, `tick 2`, … every `ms` milliseconds, as a tutorial's server would |
//! | `/hang?ms=500` | never answers the handshake; drops the TCP connection after so many milliseconds, without `ms` never |
//! | `/refuse` | answers the handshake with 403 |
//! | `/drop?ms=0` | drops the TCP connection without a close frame, after so many milliseconds |
//! | `/mute?ms=500` | reads and sends nothing, so that no closing handshake ends and what it is sent piles up; `ms` as above |
//! | `/bad-frame?ms=0` | sends a frame with an opcode that does not exist, after so many milliseconds |
//! | `/count` | plain HTTP for any origin: `{"accepted":m,"open":n,"received":k}` |
//!
//! `/count` counts the requests for all the other paths: those since the start, and those whose connection has not
//! ended. `received` are the messages that were echoed, or would have been if their sender were still there.
//!
//! Every connection ends when its peer goes away, so `open` tells what clients hold on to. One cannot: TCP delivers the
//! end of a peer after the bytes before it, and `/mute` takes no more of them than the system's buffers hold.

mod paths;
mod request;

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream, ToSocketAddrs},
    task::{AbortHandle, JoinSet},
    time,
};

use self::request::Request;

/// Where the `test-server` program listens unless told otherwise, and where the browser tests look for it.
pub const DEFAULT_ADDR: &str = "127.0.0.1:8006";

/// A running test server. It stops when dropped, and every connection with it.
#[derive(Debug)]
pub struct TestServer {
    addr: SocketAddr,
    accepting: AbortHandle,
}

impl TestServer {
    /// Listens on `addr`, with port 0 for a free one, and serves on the current tokio runtime.
    ///
    /// # Errors
    /// Those of binding, such as an address in use.
    pub async fn start(addr: impl ToSocketAddrs) -> io::Result<Self> {
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let accepting = tokio::spawn(accept(listener)).abort_handle();
        Ok(Self { addr, accepting })
    }

    /// The address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener) {
    let counts = Arc::new(Counts::default());
    // Owned by this task, so that aborting it ends the connections, too.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(serve(stream, Arc::clone(&counts)))),
                // Out of file descriptors, most likely; some come back when connections end.
                Err(_) => time::sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// A connection's failure is its peer's affair: it ends the connection and nothing else.
async fn serve(mut stream: TcpStream, counts: Arc<Counts>) {
    let Ok(Some(request)) = Request::read(&mut stream).await else {
        return;
    };
    let _ = stream.set_nodelay(true);
    if request.path() == "/count" {
        let _ = paths::count(stream, &counts).await;
    } else {
        let _open = Open::new(&counts);
        let _ = paths::serve(stream, &request, &counts).await;
    }
}

#[derive(Debug, Default)]
struct Counts {
    accepted: AtomicUsize,
    open: AtomicUsize,
    received: AtomicUsize,
}

/// One connection that has not ended.
struct Open<'a>(&'a Counts);

impl<'a> Open<'a> {
    fn new(counts: &'a Counts) -> Self {
        counts.accepted.fetch_add(1, Ordering::Relaxed);
        counts.open.fetch_add(1, Ordering::Relaxed);
        Self(counts)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}
