//! A network between page and relay, or any other server, that fails on demand.
//!
//! Every TCP connection is forwarded. The faults are those of sockets alone, which are known by their first request:
//! the page itself and what it fetches always get through, so that a test can load it whatever the network does. Where
//! the page comes from elsewhere, all connections can be treated as sockets: a library may do without WebSockets.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::watch,
    task::{AbortHandle, JoinSet},
    time,
};

/// How much is forwarded at a time, in bytes.
const CHUNK: usize = 4 * 1024;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the page.
    ToRelay,
    /// From the relay.
    ToPage,
}

/// The two of them.
pub const BOTH: [Way; 2] = [Way::ToRelay, Way::ToPage];

/// A running proxy. It stops when dropped, and every connection with it.
#[derive(Debug)]
pub struct Proxy {
    addr: SocketAddr,
    shared: Arc<Shared>,
    accepting: AbortHandle,
}

/// What all connections share.
#[derive(Debug)]
struct Shared {
    relay: String,
    /// Whether every connection counts as a socket.
    all: bool,
    faults: Mutex<Faults>,
    /// How often all sockets were cut.
    cuts: watch::Sender<u64>,
    /// Whether new sockets have to wait.
    holds: watch::Sender<bool>,
    /// The newest socket that is half-open, each way; those before it are, too.
    swallowed: [AtomicUsize; 2],
    accepted: AtomicUsize,
    sockets: AtomicUsize,
}

#[derive(Debug, Default)]
struct Faults {
    refuses: bool,
    delay: Duration,
    /// How many bytes go through until all sockets are cut, each way.
    left: [Option<usize>; 2],
}

impl Proxy {
    /// Forwards to the relay at this host and port, on the current tokio runtime.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn start(relay: impl Into<String>) -> Self {
        Self::serve(relay.into(), false).await
    }

    /// The same, but every connection counts as a socket, whatever it asks for.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn of_all(relay: impl Into<String>) -> Self {
        Self::serve(relay.into(), true).await
    }

    async fn serve(relay: String, all: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Shared {
            relay,
            all,
            faults: Mutex::default(),
            cuts: watch::Sender::new(0),
            holds: watch::Sender::new(false),
            swallowed: Default::default(),
            accepted: AtomicUsize::new(0),
            sockets: AtomicUsize::new(0),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared))).abort_handle();
        Self {
            addr,
            shared,
            accepting,
        }
    }

    /// The address of the page, by way of this.
    pub fn page(&self) -> String {
        format!("http://{}/", self.addr)
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.addr.port()
    }

    /// Resets all sockets on both sides.
    pub fn cut(&self) {
        self.shared.cut();
    }

    /// Cuts all sockets after so many more bytes that way, which may be in the midst of a message.
    pub fn cut_after(&self, way: Way, bytes: usize) {
        self.shared.faults().left[way as usize] = Some(bytes);
    }

    /// Whether a cut is still to come.
    pub fn is_to_cut(&self) -> bool {
        self.shared.faults().left.iter().any(Option::is_some)
    }

    /// Leaves the sockets of now half-open that way for as long as they live: both ends see an open connection, and
    /// what they send goes nowhere, nor does their end. New sockets are well.
    pub fn swallow(&self, ways: &[Way]) {
        let sockets = self.shared.sockets.load(Ordering::SeqCst);
        for way in ways {
            self.shared.swallowed[*way as usize].store(sockets, Ordering::SeqCst);
        }
    }

    /// Resets new sockets at once, until healed.
    pub fn refuse(&self) {
        self.shared.faults().refuses = true;
    }

    /// Takes new sockets and forwards nothing of them, until healed.
    pub fn hold(&self) {
        self.shared.holds.send_replace(true);
    }

    /// Lets every piece of what is sent take so long, each way, until healed.
    pub fn delay(&self, by: Duration) {
        self.shared.faults().delay = by;
    }

    /// From now on all goes well. What is half-open remains so.
    pub fn heal(&self) {
        *self.shared.faults() = Faults::default();
        self.shared.holds.send_replace(false);
    }

    /// How many TCP connections there were.
    pub fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::SeqCst)
    }

    /// How many of them were sockets, with those that were refused.
    pub fn sockets(&self) -> usize {
        self.shared.sockets.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Shared {
    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// How many of these bytes go that way before the cut.
    fn take(&self, way: Way, bytes: usize) -> usize {
        let left = &mut self.faults().left[way as usize];
        let Some(allowed) = *left else { return bytes };
        let taken = allowed.min(bytes);
        *left = (taken == bytes).then_some(allowed - taken);
        taken
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // Owned by this task, so that aborting it ends the connections, too.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // Out of file descriptors, most likely: the page tries again.
                let Ok((page, _)) = accepted else { continue };
                shared.accepted.fetch_add(1, Ordering::SeqCst);
                connections.spawn(serve(page, Arc::clone(&shared)));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// A connection's failure ends it and nothing else.
async fn serve(mut page: TcpStream, shared: Arc<Shared>) {
    let mut first = vec![0; CHUNK];
    let Ok(length @ 1..) = page.read(&mut first).await else {
        return;
    };
    first.truncate(length);
    let _ = page.set_nodelay(true);
    if !shared.all && !asks_for_a_socket(&first) {
        if let Ok(mut relay) = TcpStream::connect(&shared.relay).await
            && relay.write_all(&first).await.is_ok()
        {
            let _ = tokio::io::copy_bidirectional(&mut page, &mut relay).await;
        }
        return;
    }
    let mut cuts = shared.cuts.subscribe();
    let number = shared.sockets.fetch_add(1, Ordering::SeqCst) + 1;
    if !wait_while_held(&mut page, &mut first, &shared).await {
        return;
    }
    let relay = TcpStream::connect(&shared.relay).await;
    let Some(mut relay) = relay.ok().filter(|_| !shared.faults().refuses) else {
        let _ = page.set_zero_linger();
        return;
    };
    let _ = relay.set_nodelay(true);
    let is_cut = {
        let (page_reads, page_writes) = page.split();
        let (relay_reads, relay_writes) = relay.split();
        let up = Pipe::new(Way::ToRelay, number, &shared).run(first, page_reads, relay_writes);
        let down = Pipe::new(Way::ToPage, number, &shared).run(Vec::new(), relay_reads, page_writes);
        tokio::select! {
            _ = cuts.changed() => true,
            _ = async { tokio::join!(up, down) } => false,
        }
    };
    if is_cut {
        let _ = page.set_zero_linger();
        let _ = relay.set_zero_linger();
    }
}

/// Whether the page is still there when the network lets it through.
async fn wait_while_held(page: &mut TcpStream, first: &mut Vec<u8>, shared: &Shared) -> bool {
    let mut holds = shared.holds.subscribe();
    loop {
        tokio::select! {
            _ = holds.wait_for(|holds| !holds) => return true,
            read = page.read_buf(first) => if !matches!(read, Ok(1..)) {
                return false;
            },
        }
    }
}

/// Whether this head of a request is a handshake's.
fn asks_for_a_socket(head: &[u8]) -> bool {
    String::from_utf8_lossy(head)
        .to_ascii_lowercase()
        .contains("upgrade: websocket")
}

/// One way of one socket.
struct Pipe<'a> {
    way: Way,
    number: usize,
    shared: &'a Shared,
}

impl<'a> Pipe<'a> {
    fn new(way: Way, number: usize, shared: &'a Shared) -> Self {
        Self { way, number, shared }
    }

    /// Forwards until one end has had enough.
    async fn run(self, first: Vec<u8>, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) {
        let mut is_open = self.forward(&first, &mut to).await.is_ok();
        let mut chunk = vec![0; CHUNK];
        // What nobody takes any more is read all the same, so that the end behind it is seen.
        while let Ok(length @ 1..) = from.read(&mut chunk).await {
            is_open = is_open && self.forward(&chunk[..length], &mut to).await.is_ok();
        }
        if !self.is_swallowed() {
            let _ = to.shutdown().await;
        }
    }

    async fn forward(&self, bytes: &[u8], to: &mut WriteHalf<'_>) -> io::Result<()> {
        let delay = self.shared.faults().delay;
        if !delay.is_zero() {
            time::sleep(delay).await;
        }
        if self.is_swallowed() {
            return Ok(());
        }
        let taken = self.shared.take(self.way, bytes.len());
        to.write_all(&bytes[..taken]).await?;
        if taken < bytes.len() {
            self.shared.cut();
        }
        Ok(())
    }

    fn is_swallowed(&self) -> bool {
        self.number <= self.shared.swallowed[self.way as usize].load(Ordering::SeqCst)
    }
}
