//! The sink holds back, flushes and closes.

use chat_room::{
    web::{Ended, StreamLimits},
    websocket::{CloseCode, Message, ReadyState, SendError},
};
use futures_util::{FutureExt, SinkExt, StreamExt};
use wasm_bindgen_test::*;

use super::{
    clean, connect, open,
    support::{server::*, *},
};

const CLOSED: Result<(), SendError> = Err(SendError::NotOpen(ReadyState::Closed));

fn high_water(bytes: u64) -> StreamLimits {
    let mut limits = StreamLimits::default();
    limits.high_water_bytes = bytes;
    limits
}

#[wasm_bindgen_test]
async fn the_sink_waits_for_the_socket_to_open() {
    open_count().await;
    let mut stream = open("/echo", StreamLimits::default());
    assert_eq!(stream.feed("early".into()).now_or_never(), None);
    // Nothing has been sent, so nothing is left to flush.
    assert_eq!(stream.flush().now_or_never(), Some(Ok(())));
    stream.send("x".into()).await.expect("open by now");
    assert_eq!(stream.next().await, Some(Ok("x".into())));
}

#[wasm_bindgen_test]
async fn the_sink_is_ready_up_to_the_high_water_mark_and_again_when_it_has_fallen() {
    open_count().await;
    let mut stream = open("/mute", high_water(16));
    stream.opened().await.expect("it opens");
    // All of it in one task, in which nothing leaves the browser.
    assert_eq!(stream.feed(vec![0; 16].into()).now_or_never(), Some(Ok(())));
    assert_eq!(stream.socket().buffered_amount(), 16);
    assert_eq!(stream.feed(vec![0].into()).now_or_never(), Some(Ok(())));
    assert_eq!(stream.socket().buffered_amount(), 17);
    assert_eq!(stream.feed(vec![0].into()).now_or_never(), None);
    assert_eq!(stream.socket().buffered_amount(), 17);
    // The system takes so few bytes, although the server reads none. No event tells that.
    stream.feed(vec![0].into()).await.expect("open");
    stream.flush().await.expect("open");
    assert_eq!(stream.socket().buffered_amount(), 0);
}

#[wasm_bindgen_test]
async fn the_sink_holds_back_where_the_server_reads_nothing_until_the_end() {
    open_count().await;
    let high = 256 * 1024;
    let message: Message = vec![0; 256 * 1024].into();
    let mut stream = open("/mute?ms=2000", high_water(high));
    let mut held_back = 0;
    let ended = loop {
        assert!(stream.socket().buffered_amount() <= high + message.len() as u64);
        let fed = match stream.feed(message.clone()).now_or_never() {
            Some(fed) => fed,
            None => {
                held_back += 1;
                stream.feed(message.clone()).await
            }
        };
        if fed.is_err() {
            break fed;
        }
    };
    assert!(matches!(ended, Err(SendError::NotOpen(_))), "{ended:?}");
    assert!(held_back > 0);
    // What was not sent is never said to be.
    assert_eq!(stream.close().await, CLOSED);
    assert_eq!(stream.flush().await, CLOSED);
    assert_eq!(stream.next().await, Some(Err(Ended::Closed(lost()))));
}

#[wasm_bindgen_test]
async fn closing_lets_go_what_was_handed_over_and_is_done_when_the_socket_is_closed() {
    let received = received_count().await;
    let mut stream = connect("/echo").await;
    for number in 0..100 {
        stream.feed(vec![number; 1000].into()).await.expect("open");
    }
    stream.close().await.expect("all is sent");
    assert_eq!(stream.socket().ready_state(), ReadyState::Closed);
    assert_eq!(received_count().await, received + 100);
    assert_eq!(stream.close().await, Ok(()));
    assert_eq!(stream.send("x".into()).await, CLOSED);
}

#[wasm_bindgen_test]
async fn a_code_of_ones_own_comes_before_the_sinks() {
    open_count().await;
    let mut stream = connect("/echo").await;
    stream
        .socket()
        .close(Some(CloseCode::new(4321).expect("allowed").into()));
    stream.close().await.expect("the server answers");
    assert_eq!(stream.next().await, Some(Err(Ended::Closed(clean(4321, "")))));
}

#[wasm_bindgen_test]
async fn closing_gives_up_an_attempt() {
    let before = open_count().await;
    let mut stream = open("/hang", StreamLimits::default());
    stream.close().await.expect("nothing was to be sent");
    assert_eq!(stream.next().await, Some(Err(Ended::Closed(lost()))));
    open_count_returns_to(before).await;
}
