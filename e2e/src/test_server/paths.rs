//! What each path does.

use std::{io, sync::atomic::Ordering, time::Duration};

use futures_util::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, Interest},
    net::TcpStream,
    time,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        self,
        protocol::{CloseFrame, Role},
    },
};

use super::{Counts, request::Request};

/// How often a connection that reads nothing looks whether its peer is gone.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Opcode 3 is reserved, so every client has to fail the connection.
const BAD_FRAME: [u8; 2] = [0x83, 0];

pub(super) async fn serve(mut stream: TcpStream, request: &Request, counts: &Counts) -> tungstenite::Result<()> {
    let protocol = request.last_protocol().filter(|_| request.path() == "/protocol");
    let Some(acceptance) = request.acceptance(protocol) else {
        return Ok(answer(
            stream,
            "426 Upgrade Required",
            "text/plain",
            "a WebSocket is served here",
        )
        .await?);
    };
    let acceptance = acceptance.as_bytes();
    match request.path() {
        "/echo" => echo(accept(stream, acceptance).await?, counts).await,
        "/greet" => {
            let count = request.query("n").unwrap_or(100);
            echo(accept(stream, &[acceptance, &greetings(count)].concat()).await?, counts).await
        }
        "/close" => {
            let mut socket = accept(stream, acceptance).await?;
            let frame = request.query::<u16>("code").map(|code| CloseFrame {
                code: code.into(),
                reason: request.query::<String>("reason").unwrap_or_default().into(),
            });
            socket.close(frame).await?;
            echo(socket, counts).await
        }
        "/protocol" => {
            let mut socket = accept(stream, acceptance).await?;
            socket.send(protocol.unwrap_or_default().into()).await?;
            echo(socket, counts).await
        }
        "/headers" => {
            let mut socket = accept(stream, acceptance).await?;
            socket.send(request.headers_as_json().into()).await?;
            echo(socket, counts).await
        }
        "/ticker" => {
            let period = milliseconds(request).unwrap_or(Duration::from_millis(10));
            tick(accept(stream, acceptance).await?, period.max(Duration::from_millis(1))).await
        }
        "/hang" => Ok(at_most(milliseconds(request), drain(stream)).await?),
        "/refuse" => Ok(answer(stream, "403 Forbidden", "text/plain", "refused, as asked").await?),
        "/drop" => {
            stream.write_all(acceptance).await?;
            time::sleep(milliseconds(request).unwrap_or_default()).await;
            Ok(())
        }
        "/mute" => {
            stream.write_all(acceptance).await?;
            Ok(at_most(milliseconds(request), gone(&stream)).await?)
        }
        "/bad-frame" => {
            stream.write_all(acceptance).await?;
            time::sleep(milliseconds(request).unwrap_or_default()).await;
            stream.write_all(&BAD_FRAME).await?;
            Ok(drain(stream).await?)
        }
        _ => Ok(answer(stream, "404 Not Found", "text/plain", "no such path in the test server").await?),
    }
}

pub(super) async fn count(stream: TcpStream, counts: &Counts) -> io::Result<()> {
    let body = serde_json::json!({
        "open": counts.open.load(Ordering::Relaxed),
        "accepted": counts.accepted.load(Ordering::Relaxed),
        "received": counts.received.load(Ordering::Relaxed),
    });
    answer(stream, "200 OK", "application/json", &body.to_string()).await
}

fn milliseconds(request: &Request) -> Option<Duration> {
    request.query("ms").map(Duration::from_millis)
}

/// Writes the answer to a handshake, with whatever else is in `bytes`, in one go.
async fn accept(mut stream: TcpStream, bytes: &[u8]) -> io::Result<WebSocketStream<TcpStream>> {
    stream.write_all(bytes).await?;
    Ok(WebSocketStream::from_raw_socket(stream, Role::Server, None).await)
}

/// Until the closing handshake is done, which tungstenite does by itself.
async fn echo(mut socket: WebSocketStream<TcpStream>, counts: &Counts) -> tungstenite::Result<()> {
    while let Some(message) = socket.next().await {
        let message = message?;
        if message.is_text() || message.is_binary() {
            counts.received.fetch_add(1, Ordering::Relaxed);
            socket.send(message).await?;
        }
    }
    Ok(())
}

async fn tick(mut socket: WebSocketStream<TcpStream>, period: Duration) -> tungstenite::Result<()> {
    let mut interval = time::interval(period);
    let mut number = 0_u64;
    loop {
        tokio::select! {
            _ = interval.tick() => {
                number += 1;
                socket.send(format!("tick {number}").into()).await?;
            }
            message = socket.next() => match message {
                Some(message) => drop(message?),
                None => return Ok(()),
            },
        }
    }
}

/// Unmasked text frames of less than 126 bytes, by hand: tungstenite would write them after the handshake.
fn greetings(count: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for text in (1..=count).map(|it| it.to_string()) {
        bytes.extend([0x81, text.len() as u8]);
        bytes.extend(text.as_bytes());
    }
    bytes
}

async fn answer(mut stream: TcpStream, status: &str, kind: &str, body: &str) -> io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
         Access-Control-Allow-Origin: *\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    );
    stream.write_all((head + body).as_bytes()).await?;
    stream.shutdown().await
}

/// Ends `wait` after `limit`, if there is one.
async fn at_most(limit: Option<Duration>, wait: impl Future<Output = io::Result<()>>) -> io::Result<()> {
    match limit {
        Some(limit) => time::timeout(limit, wait).await.unwrap_or(Ok(())),
        None => wait.await,
    }
}

/// Reads and forgets until the peer ends.
async fn drain(mut stream: TcpStream) -> io::Result<()> {
    let mut forgotten = [0; 4096];
    while stream.read(&mut forgotten).await? > 0 {}
    Ok(())
}

/// Waits until the peer has ended, without reading what it has sent.
async fn gone(stream: &TcpStream) -> io::Result<()> {
    while !stream.ready(Interest::READABLE).await?.is_read_closed() {
        // Unread bytes keep the stream ready, so it cannot be awaited.
        time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}
