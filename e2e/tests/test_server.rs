//! What the browser tests cannot see of the test server: its bytes, its counts, and its end.

use std::time::Duration;

use e2e::test_server::TestServer;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time,
};

async fn request(server: &TestServer, target: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.addr()).await.expect("the server listens");
    let head = format!("GET {target} HTTP/1.1\r\nHost: test\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("the server reads");
    stream
}

async fn count(server: &TestServer) -> String {
    let mut answer = String::new();
    request(server, "/count")
        .await
        .read_to_string(&mut answer)
        .await
        .expect("an answer");
    answer.split("\r\n\r\n").nth(1).expect("a body").to_owned()
}

async fn count_becomes(server: &TestServer, open: usize, accepted: usize) {
    let expected = format!(r#"{{"accepted":{accepted},"open":{open},"received":0}}"#);
    let mut last = String::new();
    for _ in 0..500 {
        last = count(server).await;
        if last == expected {
            return;
        }
        time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the count is {last}, not {expected}");
}

#[tokio::test]
async fn greetings_come_with_the_handshake() {
    let server = TestServer::start("127.0.0.1:0").await.expect("a free port");
    let mut stream = request(&server, "/greet?n=3").await;
    // Loopback hands over what was written in one go as one piece.
    let mut bytes = [0; 1024];
    let length = stream.read(&mut bytes).await.expect("an answer");
    assert!(bytes.starts_with(b"HTTP/1.1 101 "));
    assert!(
        bytes[..length].ends_with(b"\r\n\r\n\x81\x011\x81\x012\x81\x013"),
        "{:?}",
        &bytes[..length]
    );
}

#[tokio::test]
async fn every_connection_ends_with_its_peer() {
    let server = TestServer::start("127.0.0.1:0").await.expect("a free port");
    let paths = ["/echo", "/hang", "/mute", "/ticker", "/bad-frame"];
    let mut streams = Vec::new();
    for path in paths {
        streams.push(request(&server, path).await);
    }
    // Bytes that the mute path never reads must not hide that the peer is gone.
    streams[2].write_all(&[0; 1000]).await.expect("room in the buffers");
    count_becomes(&server, 5, 5).await;
    drop(streams);
    count_becomes(&server, 0, 5).await;
}

#[tokio::test]
async fn dropping_the_server_ends_its_connections_and_frees_its_port() {
    let server = TestServer::start("127.0.0.1:0").await.expect("a free port");
    let addr = server.addr();
    let mut stream = request(&server, "/hang").await;
    count_becomes(&server, 1, 1).await;
    drop(server);
    let end = time::timeout(Duration::from_secs(5), stream.read_u8())
        .await
        .expect("an end");
    assert!(end.is_err(), "nothing was sent");
    assert!(TcpStream::connect(addr).await.is_err(), "nobody listens");
}
