//! How many bytes go over a wire: a forwarder that counts.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, tcp::ReadHalf, tcp::WriteHalf},
    task::AbortHandle,
};

const CHUNK: usize = 64 * 1024;

/// A running forwarder. It stops when dropped.
pub(crate) struct Counted {
    addr: SocketAddr,
    bytes: Arc<AtomicU64>,
    accepting: AbortHandle,
}

impl Counted {
    /// Forwards to this host and port, from a free port of its own.
    ///
    /// # Panics
    /// If there is none.
    pub(crate) async fn start(to: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("it is bound");
        let bytes = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&bytes);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Whoever goes away is counted until then.
                tokio::spawn(forward(stream, to.clone(), Arc::clone(&counted)));
            }
        })
        .abort_handle();
        Self { addr, bytes, accepting }
    }

    /// Where it listens.
    pub(crate) fn host(&self) -> String {
        self.addr.to_string()
    }

    /// How many bytes have come from there since the last time this was asked.
    pub(crate) fn take(&self) -> u64 {
        self.bytes.swap(0, Ordering::Relaxed)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn forward(mut here: TcpStream, to: String, bytes: Arc<AtomicU64>) -> Option<()> {
    let mut there = TcpStream::connect(to).await.ok()?;
    let (mut from_here, mut to_here) = here.split();
    let (mut from_there, mut to_there) = there.split();
    let nothing = AtomicU64::new(0);
    tokio::join!(
        pump(&mut from_here, &mut to_there, &nothing),
        pump(&mut from_there, &mut to_here, &bytes)
    );
    Some(())
}

async fn pump(from: &mut ReadHalf<'_>, to: &mut WriteHalf<'_>, bytes: &AtomicU64) -> Option<()> {
    let mut chunk = vec![0; CHUNK];
    loop {
        let length = from.read(&mut chunk).await.ok()?;
        if length == 0 {
            return to.shutdown().await.ok();
        }
        bytes.fetch_add(length as u64, Ordering::Relaxed);
        to.write_all(&chunk[..length]).await.ok()?;
    }
}
