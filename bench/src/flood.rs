//! A server whose sockets send as fast as they can what they are asked for.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{accept_async, tungstenite::Message};

/// Messages that are handed to the system together.
const BATCH: u64 = 256;

/// A running server, on a thread of its own. It runs for as long as the process.
pub(crate) struct Flood {
    addr: SocketAddr,
}

impl Flood {
    /// Starts it on a free port.
    pub(crate) fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a listener can be so");
        let addr = listener.local_addr().expect("it is bound");
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime can be made").block_on(async {
                let listener = TcpListener::from_std(listener).expect("it is of tokio's kind");
                while let Ok((stream, _)) = listener.accept().await {
                    // A page that goes away is no failure of the server.
                    tokio::spawn(async move { serve(stream).await });
                }
            });
        });
        Self { addr }
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("ws://{}/", self.addr)
    }
}

/// Each message of the page's asks: `{"count": 7, "bytes": 100}`.
async fn serve(stream: TcpStream) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut socket = accept_async(stream).await.ok()?;
    while let Some(Ok(asked)) = socket.next().await {
        let Ok(asked) = serde_json::from_slice::<Value>(&asked.into_data()) else {
            continue;
        };
        let text = "x".repeat(asked["bytes"].as_u64()? as usize);
        let count = asked["count"].as_u64()?;
        for number in 1..=count {
            let message = Message::text(text.clone());
            socket.feed(message).await.ok()?;
            if number % BATCH == 0 {
                socket.flush().await.ok()?;
            }
        }
        socket.flush().await.ok()?;
    }
    Some(())
}
