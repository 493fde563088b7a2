//! The socket as a stream and a sink, in a real browser against the project's test server.
#![cfg(target_arch = "wasm32")]

mod dropped;
mod sink;
#[path = "../socket_support/mod.rs"]
mod support;

use chat_room::{
    web::{ConnectError, Ended, OVERFLOW_CODE, SocketStream, StreamLimits},
    websocket::{Close, CloseCode, Message, OpenError, ReadyState, SendError, UrlFault},
};
use futures_util::{FutureExt, SinkExt, StreamExt, future::join, stream::FusedStream};
use support::{server::*, *};
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);

fn clean(code: u16, reason: &str) -> Close {
    Close {
        code,
        reason: reason.to_owned(),
        was_clean: true,
    }
}

fn limits(queued_messages: usize, queued_bytes: usize) -> StreamLimits {
    let mut limits = StreamLimits::default();
    (limits.queued_messages, limits.queued_bytes) = (queued_messages, queued_bytes);
    limits
}

fn open(path: &str, limits: StreamLimits) -> SocketStream {
    SocketStream::open(&at(path), &[], limits).expect("the browser takes it")
}

async fn connect(path: &str) -> SocketStream {
    SocketStream::connect(&at(path), &[]).await.expect("it connects")
}

fn numbers(range: impl Iterator<Item = u32>) -> Vec<Result<Message, Ended>> {
    range.map(|it| Ok(it.to_string().into())).collect()
}

#[wasm_bindgen_test]
async fn what_the_sink_is_given_comes_back_in_its_order() {
    let before = open_count().await;
    let stream = connect("/echo").await;
    let (mut sink, mut stream) = stream.split();
    let writing = async move {
        for number in 0..300 {
            sink.feed(number.to_string().into()).await.expect("open");
            sink.feed(vec![number as u8].into()).await.expect("open");
        }
        sink.flush().await.expect("open");
        sink
    };
    let reading = async {
        for number in 0..300 {
            assert_eq!(stream.next().await, Some(Ok(number.to_string().into())));
            assert_eq!(stream.next().await, Some(Ok(vec![number as u8].into())));
        }
    };
    let (mut sink, ()) = join(writing, reading).await;
    sink.close().await.expect("all is sent");
    assert_eq!(stream.next().await, Some(Err(Ended::Closed(clean(1000, "")))));
    assert_eq!(stream.next().await, None);
    drop((sink, stream));
    open_count_returns_to(before).await;
    assert_eq!(uncaught(), "");
}

#[wasm_bindgen_test]
async fn what_came_with_the_handshake_is_there_and_what_came_before_the_close_before_it() {
    open_count().await;
    let mut stream = connect("/greet?n=100").await;
    let read: Vec<_> = stream.by_ref().take(100).collect().await;
    assert_eq!(read, numbers(1..=100));
    stream
        .socket()
        .close(Some(CloseCode::new(4001).expect("allowed").into()));
    assert_eq!(stream.next().await, Some(Err(Ended::Closed(clean(4001, "")))));
}

#[wasm_bindgen_test]
async fn the_end_says_how_and_comes_once() {
    open_count().await;
    let table = [
        ("/close?code=4001&reason=bye", clean(4001, "bye")),
        ("/close?code=1000", clean(1000, "")),
        ("/close?code=1013&reason=busy", clean(1013, "busy")),
        ("/close", clean(1005, "")),
        ("/bad-frame", lost()),
    ];
    for (path, expected) in table {
        let mut stream = open(path, StreamLimits::default());
        assert_eq!(stream.next().await, Some(Err(Ended::Closed(expected))), "{path}");
        assert!(stream.is_terminated());
        assert_eq!(stream.next().await, None, "{path}");
        assert_eq!(
            stream.send("x".into()).await,
            Err(SendError::NotOpen(ReadyState::Closed)),
            "{path}"
        );
        assert_eq!(stream.close().await, Ok(()), "{path}");
    }
}

#[wasm_bindgen_test]
async fn what_cannot_be_connected_to_is_a_typed_error() {
    open_count().await;
    let error = SocketStream::connect("ftp://127.0.0.1/", &[])
        .await
        .expect_err("refused");
    let refused = OpenError::BadUrl {
        url: "ftp://127.0.0.1/".to_owned(),
        what: UrlFault::Scheme("ftp".to_owned()),
    };
    assert_eq!(error, ConnectError::Refused(refused));
    for url in [REFUSED.to_owned(), at("/refuse")] {
        let error = SocketStream::connect(&url, &[]).await.expect_err("nobody lets it in");
        assert_eq!(error, ConnectError::Closed { url, close: lost() });
    }
}

#[wasm_bindgen_test]
async fn the_queue_holds_as_many_messages_as_it_may_and_no_more() {
    open_count().await;
    let mut stream = open("/greet?n=10", limits(10, 100));
    until("ten are queued", || {
        format!("{stream:?}").contains("queued_messages: 10,")
    })
    .await;
    assert_eq!(stream.socket().ready_state(), ReadyState::Open);
    assert_eq!(stream.next().await, Some(Ok("1".into())));
    stream.send("11".into()).await.expect("open");
    let read: Vec<_> = stream.by_ref().take(10).collect().await;
    assert_eq!(read, numbers(2..=11));

    let stream = open("/greet?n=11", limits(10, 100));
    overflows(stream, numbers(1..=10), limits(10, 100)).await;
}

#[wasm_bindgen_test]
async fn the_queue_holds_as_many_bytes_as_it_may_and_no_more() {
    open_count().await;
    let mut stream = open("/greet?n=5", limits(10, 5));
    until("five are queued", || {
        format!("{stream:?}").contains("queued_messages: 5,")
    })
    .await;
    assert_eq!(stream.socket().ready_state(), ReadyState::Open);
    let read: Vec<_> = stream.by_ref().take(5).collect().await;
    assert_eq!(read, numbers(1..=5));
    // What has been read is no longer counted.
    stream.send("12345".into()).await.expect("open");
    assert_eq!(stream.next().await, Some(Ok("12345".into())));
    stream.send("123456".into()).await.expect("open");
    overflows(stream, Vec::new(), limits(10, 5)).await;

    let stream = open("/greet?n=6", limits(10, 5));
    overflows(stream, numbers(1..=5), limits(10, 5)).await;
}

/// Nobody reads until the socket closes for it. What was queued is read after that, and then why no more is there.
async fn overflows(mut stream: SocketStream, queued: Vec<Result<Message, Ended>>, limits: StreamLimits) {
    until("it closes", || {
        matches!(stream.socket().ready_state(), ReadyState::Closing | ReadyState::Closed)
    })
    .await;
    let sent = stream.feed("x".into()).now_or_never();
    assert!(matches!(sent, Some(Err(SendError::NotOpen(_)))), "{sent:?}");
    stream.close().await.expect("the server answers");
    let read: Vec<_> = stream.by_ref().take(queued.len()).collect().await;
    assert_eq!(read, queued);
    assert_eq!(stream.next().await, Some(Err(Ended::Overflowed(limits))));
    assert_eq!(stream.next().await, None);
}

#[wasm_bindgen_test]
async fn the_server_is_told_of_an_overflow_by_its_code() {
    open_count().await;
    let restore = keep_sockets();
    let stream = open("/greet?n=2", limits(1, 100));
    // The server answers with the code that it was given.
    assert_eq!(close_code().await.as_f64(), Some(f64::from(OVERFLOW_CODE)));
    drop(stream);
    restore.call0(&wasm_bindgen::JsValue::NULL).expect("it does not throw");
}

#[wasm_bindgen_test]
fn errors_say_what_to_do() {
    let closed = ConnectError::Closed {
        url: "ws://localhost:1/".to_owned(),
        close: lost(),
    };
    assert_eq!(
        closed.to_string(),
        "cannot connect to \"ws://localhost:1/\": the socket closed with 1006 (connection lost); see that the server \
         runs there and lets this page in"
    );
    assert_eq!(
        Ended::Closed(clean(4001, "bye")).to_string(),
        "the socket closed with 4001 (the server's own code: \"bye\"); connect again to go on"
    );
    assert_eq!(
        Ended::Overflowed(limits(10, 100)).to_string(),
        "the socket was closed since more than 10 messages or 100 bytes waited to be read; read them sooner, or set \
         StreamLimits higher"
    );
}
