//! A server whose sockets send what they are asked for as fast as they can, so that only the receiver is measured.

mod centrifugo;
mod room;
mod stream;

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async,
    tungstenite::{
        Message, Utf8Bytes,
        handshake::server::{ErrorResponse, Request, Response},
    },
};

/// How many bytes of messages are handed to the system together.
const BATCH_BYTES: usize = 64 * 1024;

/// A running server, on a thread of its own. It runs for as long as the process.
pub(crate) struct Flood {
    addr: SocketAddr,
}

/// What a connection speaks, by the path that it asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Speech {
    /// Texts without a meaning, of so many bytes as are asked for.
    Texts,
    /// Whatever comes goes back.
    Echo,
    /// Entries of a room, one a message.
    Entries,
    /// Entries of a room, arrays of [`ARRAY`] in a message.
    Arrays,
    /// `chat-room.v1`, as the relay packs what its receivers wait for.
    Room,
    /// As much of Centrifugo's JSON protocol as its client needs.
    Centrifugo,
}

/// How many entries are in a message of [`Speech::Arrays`].
const ARRAY: usize = 200;

impl Speech {
    const ALL: [Self; 6] = [
        Self::Texts,
        Self::Echo,
        Self::Entries,
        Self::Arrays,
        Self::Room,
        Self::Centrifugo,
    ];

    fn path(self) -> &'static str {
        match self {
            Self::Texts => "/texts",
            Self::Echo => "/echo",
            Self::Entries => "/entries",
            Self::Arrays => "/arrays",
            Self::Room => "/room",
            Self::Centrifugo => "/centrifugo",
        }
    }
}

/// What a page asks for.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Asked {
    count: usize,
    /// Of each text.
    bytes: usize,
}

impl Asked {
    fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
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

    /// The address of those of its sockets that speak so.
    pub(crate) fn url(&self, speech: Speech) -> String {
        format!("ws://{}{}", self.addr, speech.path())
    }
}

type Socket = WebSocketStream<TcpStream>;

#[expect(clippy::result_large_err, reason = "so tungstenite wants it")]
async fn serve(stream: TcpStream) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut speech = None;
    let socket = accept_hdr_async(stream, |request: &Request, response| {
        choose(&mut speech, request, response)
    });
    let mut socket = socket.await.ok()?;
    match speech? {
        Speech::Texts => {
            asked(&mut socket, |asked| {
                let text = Utf8Bytes::from("x".repeat(asked.bytes));
                vec![text; asked.count]
            })
            .await
        }
        Speech::Echo => echo(&mut socket).await,
        Speech::Entries => asked(&mut socket, |it| stream::packed(0, it, 1)).await,
        Speech::Arrays => asked(&mut socket, |it| stream::packed(0, it, ARRAY)).await,
        Speech::Room => room::serve(&mut socket).await,
        Speech::Centrifugo => centrifugo::serve(&mut socket).await,
    }
}

#[expect(clippy::result_large_err, reason = "so tungstenite wants it")]
fn choose(speech: &mut Option<Speech>, request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
    let path = request.uri().path();
    *speech = Speech::ALL.into_iter().find(|it| it.path() == path);
    // A client offers one subprotocol or none, and this server speaks it.
    if let Some(protocol) = request.headers().get("Sec-WebSocket-Protocol") {
        response
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", protocol.clone());
    }
    Ok(response)
}

async fn asked(socket: &mut Socket, make: impl Fn(Asked) -> Vec<Utf8Bytes>) -> Option<()> {
    loop {
        if let Some(asked) = Asked::read(&heard(socket).await?) {
            pour(socket, make(asked)).await?;
        }
    }
}

async fn echo(socket: &mut Socket) -> Option<()> {
    while let Some(Ok(message)) = socket.next().await {
        socket.send(message).await.ok()?;
    }
    Some(())
}

/// The next text.
async fn heard(socket: &mut Socket) -> Option<Utf8Bytes> {
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Text(text) = message {
            return Some(text);
        }
    }
    None
}

/// Sends all of these, many at a time.
async fn pour(socket: &mut Socket, messages: Vec<Utf8Bytes>) -> Option<()> {
    let mut bytes = 0;
    for message in messages {
        bytes += message.len();
        socket.feed(Message::Text(message)).await.ok()?;
        if bytes >= BATCH_BYTES {
            bytes = 0;
            socket.flush().await.ok()?;
        }
    }
    socket.flush().await.ok()
}
