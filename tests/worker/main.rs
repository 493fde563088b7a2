//! The socket and the clock in a dedicated worker, where there is no window.
#![cfg(target_arch = "wasm32")]

#[path = "../socket_support/mod.rs"]
mod support;

use chat_room::{
    web::{Clock, Socket, SocketStream, check_url},
    websocket::{CloseCode, Message, OpenError, UrlFault},
};
use futures_util::{SinkExt, StreamExt};
use support::{server::*, *};
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
fn there_is_no_window_here() {
    assert!(web_sys::window().is_none());
}

#[wasm_bindgen_test]
async fn messages_come_back_and_the_end_is_told() {
    let before = open_count().await;
    let it = Recorded::opened(&at("/echo")).await;
    let sent: [Message; 2] = ["你好".into(), vec![0, 255].into()];
    for message in &sent {
        assert_eq!(it.socket.send(message), Ok(()));
    }
    assert_eq!(it.has_messages(2).await, sent);
    it.socket.close(Some(CloseCode::NORMAL.into()));
    let close = it.closed().await;
    assert_eq!((close.code, close.was_clean), (1000, true));
    open_count_returns_to(before).await;
    assert_eq!(uncaught(), "");
}

#[wasm_bindgen_test]
async fn nothing_listens_is_an_unclean_1006() {
    assert_eq!(Recorded::open(REFUSED).closed().await, lost());
}

#[wasm_bindgen_test]
fn a_url_means_what_it_means_natively() {
    for url in [
        REFUSED,
        "/socket",
        "socket?a=b:c",
        "//127.0.0.1:2/socket",
        "ws://127.0.0.1:2/#",
    ] {
        assert_eq!(check_url(url).ok(), native_url(url), "{url:?}");
    }
    let error = Socket::open("", &[], |_| ()).expect_err("refused");
    let (url, what) = (String::new(), UrlFault::Empty);
    assert_eq!(error, OpenError::BadUrl { url, what });
}

#[wasm_bindgen_test]
async fn the_clock_shows_the_time_of_day_and_goes_on() {
    let clock = Clock::new();
    let first = clock.now();
    // Later than when this was written.
    assert!(first.as_millis() > 1_780_000_000_000);
    sleep(20).await;
    assert!(clock.now() > first);
}

#[wasm_bindgen_test]
async fn a_stream_gives_back_what_its_sink_was_given() {
    let before = open_count().await;
    let mut stream = SocketStream::connect(&at("/echo"), &[]).await.expect("it connects");
    stream.send("你好".into()).await.expect("open");
    assert_eq!(stream.next().await, Some(Ok("你好".into())));
    stream.close().await.expect("all is sent");
    open_count_returns_to(before).await;
}
