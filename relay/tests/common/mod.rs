//! A relay on a real port or as a program, and clients for it.
#![allow(dead_code, reason = "no test file uses all of it")]

pub(crate) mod chat;
#[cfg(unix)]
pub(crate) mod program;

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use chat_room_relay::{Config, Limits, Listen, Relay};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// After this long a test gives up; nothing is measured by it.
const GIVE_UP: Duration = Duration::from_secs(60);

pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(GIVE_UP, future).await {
        Ok(value) => value,
        Err(_) => panic!("gave up waiting for {what}"),
    }
}

/// A relay that is being served.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn start(config: Config) -> Self {
        let listen = Listen::Address(SocketAddr::from(([127, 0, 0, 1], 0)));
        let relay = Relay::bind(listen, config).await.expect("a free port");
        let address = relay.address();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(relay.serve(async {
            // An error is a test that dropped the relay.
            let _ = stopped.await;
        }));
        Self { address, stop, served }
    }

    pub(crate) async fn with_limits(limits: Limits) -> Self {
        Self::start(Config {
            limits,
            ..Config::default()
        })
        .await
    }

    /// Tells the relay to stop; what is returned is done when it has.
    pub(crate) fn stop(self) -> JoinHandle<()> {
        self.stop.send(()).expect("it is being served");
        self.served
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.address).await
    }

    /// A plain-text client with this query in its address.
    pub(crate) async fn plain(&self, query: &str) -> Client {
        Client::ask(self.address, &format!("/socket?{query}")).await
    }

    /// How many connections the relay counts.
    pub(crate) async fn connections(&self) -> usize {
        let answer = get(self.address, "/healthz", "").await;
        let number = answer.text().trim_end_matches('}').rsplit(':').next().map(str::parse);
        number.and_then(Result::ok).expect("a number")
    }

    /// Waits until the relay counts `expected` connections.
    pub(crate) async fn has_connections(&self, expected: usize) {
        let healthy = format!("{{\"status\":\"ok\",\"connections\":{expected}}}");
        within(&healthy, async {
            while get(self.address, "/healthz", "").await.text() != healthy {}
        })
        .await;
    }
}

/// A WebSocket client that gives up.
pub(crate) struct Client(pub(crate) WebSocketStream<TcpStream>);

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.expect("the relay accepts"), address).await
    }

    /// A client that offers no subprotocol, at any address.
    pub(crate) async fn ask(address: SocketAddr, path: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("the relay accepts");
        let handshake = client_async(format!("ws://{address}{path}"), stream);
        Self(within("a handshake", handshake).await.expect("a WebSocket").0)
    }

    pub(crate) async fn over(stream: TcpStream, address: SocketAddr) -> Self {
        let handshake = client_async(format!("ws://{address}/socket"), stream);
        let (socket, _) = within("a handshake", handshake).await.expect("a WebSocket");
        Self(socket)
    }

    pub(crate) async fn send(&mut self, message: impl Into<Message>) {
        within("a send", self.0.send(message.into())).await.expect("sent");
    }

    /// Sends bytes past the WebSocket library, which would refuse to.
    pub(crate) async fn send_raw(&mut self, bytes: &[u8]) {
        within("a send", self.0.get_mut().write_all(bytes)).await.expect("sent");
    }

    /// The next message that is no ping or pong.
    pub(crate) async fn next(&mut self) -> Message {
        loop {
            match within("a message", self.0.next()).await {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(message)) => return message,
                other => panic!("a message, not {other:?}"),
            }
        }
    }

    pub(crate) async fn next_text(&mut self) -> String {
        match self.next().await {
            Message::Text(text) => text.to_string(),
            other => panic!("text, not {other:?}"),
        }
    }

    /// The close frame that comes after any number of messages, and nothing but the end after it.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        let close = loop {
            match self.next().await {
                Message::Close(Some(CloseFrame { code, reason })) => break (code.into(), reason.to_string()),
                Message::Close(None) => panic!("a close frame with a code"),
                _ => {}
            }
        };
        match within("the end", self.0.next()).await {
            None | Some(Err(Error::ConnectionClosed)) => close,
            other => panic!("the end, not {other:?}"),
        }
    }

    pub(crate) async fn close(mut self) {
        within("a close frame", self.0.close(None)).await.expect("closed");
    }
}

/// An HTTP answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.body).expect("text")
    }
}

/// GET with further header lines, each ended by CRLF.
pub(crate) async fn get(address: SocketAddr, path: &str, headers: &str) -> Answer {
    request(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}")).await
}

/// Sends a request head that lacks only its end, and reads the answer to the end of the connection.
pub(crate) async fn request(address: SocketAddr, head: &str) -> Answer {
    let answer = raw(address, &format!("{head}Connection: close\r\n\r\n")).await;
    let end = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("the end of a head");
    let head = String::from_utf8(answer[..end].to_vec()).expect("an ASCII head");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .expect("a status");
    Answer {
        status,
        head,
        body: answer[end + 4..].to_vec(),
    }
}

/// Sends bytes and reads until the relay ends the connection.
pub(crate) async fn raw(address: SocketAddr, bytes: &str) -> Vec<u8> {
    within("an answer", async {
        let mut stream = TcpStream::connect(address).await.expect("the relay accepts");
        stream.write_all(bytes.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("an orderly end");
        answer
    })
    .await
}

/// The head of a WebSocket handshake with further header lines, without its end and its Host.
pub(crate) fn handshake(headers: &str) -> String {
    format!(
        "GET /socket HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}"
    )
}

/// The status line of the answer to a handshake; the connection is left to its end.
pub(crate) async fn handshake_status(address: SocketAddr, headers: &str) -> (u16, String) {
    within("an answer to a handshake", async {
        let mut stream = TcpStream::connect(address).await.expect("the relay accepts");
        let request = format!("{}\r\n", handshake(headers));
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        let mut chunk = [0; 4096];
        while !answer.windows(4).any(|window| window == b"\r\n\r\n") {
            let read = stream.read(&mut chunk).await.expect("an answer");
            assert_ne!(read, 0, "an answer before the end");
            answer.extend_from_slice(&chunk[..read]);
        }
        let head = String::from_utf8_lossy(&answer).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.expect("a status"), head)
    })
    .await
}
