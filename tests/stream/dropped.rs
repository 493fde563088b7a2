//! A stream that is dropped, at whatever moment, leaves nothing behind.

use std::{
    cell::RefCell,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Wake, Waker},
};

use chat_room::web::{SocketStream, StreamLimits};
use futures_util::{FutureExt, SinkExt, Stream, StreamExt};
use wasm_bindgen::externref_heap_live_count;
use wasm_bindgen_test::*;

use super::{
    connect, open,
    support::{server::*, *},
};

/// The moment at which a stream is dropped.
#[derive(Clone, Copy, Debug)]
enum When {
    /// While somebody waits for the socket to open.
    Connecting,
    /// While somebody waits for a message.
    Open,
    /// With messages that nobody has read.
    Queued,
    /// While the sink holds back, and a timer runs.
    HeldBack,
    /// While somebody waits for the closing handshake.
    Closing,
    Closed,
}

const MOMENTS: [When; 6] = [
    When::Connecting,
    When::Open,
    When::Queued,
    When::HeldBack,
    When::Closing,
    When::Closed,
];

async fn drop_when(when: When) {
    match when {
        When::Connecting => {
            let mut stream = open("/echo", StreamLimits::default());
            assert!(stream.opened().now_or_never().is_none());
        }
        When::Open => {
            let mut stream = connect("/echo").await;
            assert_eq!(stream.next().now_or_never(), None);
        }
        When::Queued => {
            let stream = connect("/greet?n=3").await;
            until("three are queued", || {
                format!("{stream:?}").contains("queued_messages: 3,")
            })
            .await;
        }
        When::HeldBack => {
            // A server that takes nothing sees no end behind what it does not take.
            let mut stream = connect("/mute?ms=2000").await;
            stream.feed(vec![0; 2 << 20].into()).await.expect("open");
            assert_eq!(stream.feed("x".into()).now_or_never(), None);
        }
        When::Closing => {
            let mut stream = connect("/echo").await;
            assert_eq!(stream.close().now_or_never(), None);
        }
        When::Closed => connect("/echo").await.close().await.expect("all is sent"),
    }
}

#[wasm_bindgen_test]
async fn nothing_is_left_of_what_was_dropped_in_any_state() {
    let before = open_count().await;
    round(before, 2).await;
    let references = externref_heap_live_count();
    round(before, 10).await;
    assert_eq!(
        externref_heap_live_count(),
        references,
        "references to JavaScript's objects"
    );
    let memory = core::arch::wasm32::memory_size(0);
    round(before, 10).await;
    assert_eq!(
        externref_heap_live_count(),
        references,
        "references to JavaScript's objects"
    );
    assert_eq!(core::arch::wasm32::memory_size(0), memory, "pages of memory");
    assert_eq!(uncaught(), "");
}

async fn round(before: u32, times: usize) {
    for _ in 0..times {
        for when in MOMENTS {
            drop_when(when).await;
        }
    }
    open_count_returns_to(before).await;
    // The longest timer of those that were dropped.
    sleep(50).await;
}

thread_local! {
    static STREAM: RefCell<Option<SocketStream>> = const { RefCell::new(None) };
}

/// An executor that runs a task within the wake, and the task drops the stream.
struct Dropping;

impl Wake for Dropping {
    fn wake(self: Arc<Self>) {
        drop(STREAM.take());
    }
}

#[wasm_bindgen_test]
async fn a_stream_may_be_dropped_while_it_wakes_somebody() {
    let before = open_count().await;
    let waker = Waker::from(Arc::new(Dropping));
    for path in ["/greet?n=3", "/close?code=4001", "/echo"] {
        let mut stream = open(path, StreamLimits::default());
        let mut context = Context::from_waker(&waker);
        assert!(Pin::new(&mut stream).poll_next(&mut context).is_pending());
        assert!(pin!(stream.opened()).poll(&mut context).is_pending());
        STREAM.set(Some(stream));
        until("it is dropped", || STREAM.with_borrow(Option::is_none)).await;
    }
    open_count_returns_to(before).await;
    assert_eq!(uncaught(), "");
}
