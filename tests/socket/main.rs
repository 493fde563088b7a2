//! The typed socket in a real browser, where no server is needed.
#![cfg(target_arch = "wasm32")]

#[path = "../socket_support/mod.rs"]
mod support;

use std::{cell::RefCell, rc::Rc};

use chat_room::{
    web::{Socket, SocketEvent, check_url},
    websocket::{CloseCode, CloseFrame, CloseReason, OpenError, ReadyState, SendError, UrlFault},
};
use support::*;
use wasm_bindgen::externref_heap_live_count;
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn a_url_is_refused_with_what_is_wrong_with_it() {
    let table = [
        ("", UrlFault::Empty),
        (" \n", UrlFault::Empty),
        ("ws://", UrlFault::Unreadable),
        ("ws://a b/", UrlFault::Unreadable),
        ("ws://127.0.0.1:65536/", UrlFault::Unreadable),
        ("//a b/", UrlFault::Unreadable),
        ("ftp://127.0.0.1/", UrlFault::Scheme("ftp".to_owned())),
        ("localhost:8005", UrlFault::Scheme("localhost".to_owned())),
        ("javascript:0", UrlFault::Scheme("javascript".to_owned())),
        ("ws://127.0.0.1:2/#", UrlFault::Fragment(String::new())),
        ("/socket#top", UrlFault::Fragment("top".to_owned())),
    ];
    for (url, what) in table {
        let error = Socket::open(url, &[], |_| ()).expect_err("refused");
        assert_eq!(
            error,
            OpenError::BadUrl {
                url: url.to_owned(),
                what: what.clone()
            }
        );
        assert!(error.to_string().starts_with("cannot connect to "), "{error}");
        // Chromium looks for a host with a space in its name, which cannot exist.
        if what != UrlFault::Empty && !url.contains("a b") {
            assert_eq!(native_url(url), None, "{url:?} is fine natively");
        }
    }
}

#[wasm_bindgen_test]
fn a_url_means_what_it_means_natively() {
    let urls = [
        REFUSED,
        "http://127.0.0.1:2/a/../b?q=%20 x",
        "https://127.0.0.1:2",
        "wss://127.0.0.1:2/房间?名=字",
        "WS://127.0.0.1:2/",
        "  ws://127.0.0.1:2/  ",
        "//127.0.0.1:2/socket",
        "/socket",
        "socket?a=b:c",
        "?room=1",
        "127.0.0.1:2",
    ];
    for url in urls {
        let expected = native_url(url);
        assert!(expected.is_some(), "{url:?} is refused natively");
        assert_eq!(check_url(url).ok(), expected, "{url:?}");
        let socket = Socket::open(url, &[], |_| ()).expect("accepted");
        assert_eq!(Some(socket.url()), expected, "{url:?}");
    }
}

#[wasm_bindgen_test]
fn every_token_is_a_protocol_and_none_may_be_offered_twice() {
    let all = "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~";
    assert!(Socket::open(REFUSED, &protocols(&[all, "a", "A"]), |_| ()).is_ok());
    let twice = protocols(&["a", "b", "b"]);
    let error = Socket::open(REFUSED, &twice, |_| ()).expect_err("refused");
    assert_eq!(error, OpenError::DuplicateProtocol(twice[1].clone()));
}

#[wasm_bindgen_test]
fn codes_and_reasons_are_those_the_browser_takes() {
    for code in [
        0, 999, 1000, 1001, 1004, 1005, 1006, 1011, 1015, 2999, 3000, 3999, 4000, 4999, 5000, 65535,
    ] {
        assert_eq!(
            CloseCode::new(code).is_ok(),
            natively_closes(REFUSED, code, ""),
            "{code}"
        );
    }
    for reason in [
        "x".repeat(123),
        "x".repeat(124),
        "再".repeat(41),
        "再".repeat(42),
        "🦀".repeat(31),
    ] {
        let native = natively_closes(REFUSED, 1000, &reason);
        assert_eq!(CloseReason::new(reason.as_str()).is_ok(), native, "{reason}");
    }
}

#[wasm_bindgen_test]
async fn nothing_listens_is_an_error_and_then_an_unclean_1006() {
    let it = Recorded::open(REFUSED);
    assert_eq!(it.closed().await, lost());
    assert_eq!(it.events(), [SocketEvent::Error, SocketEvent::Close(lost())]);
    assert_eq!(it.socket.ready_state(), ReadyState::Closed);
}

#[wasm_bindgen_test]
async fn a_blocked_port_is_told_at_once_or_as_a_lost_connection() {
    let events = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&events);
    match Socket::open("ws://127.0.0.1:1/", &[], move |event| log.borrow_mut().push(event)) {
        Err(OpenError::Blocked { url, words }) => {
            assert_eq!(url, "ws://127.0.0.1:1/");
            console_log!("blocked at once: {words}");
        }
        Err(other) => panic!("{other}"),
        Ok(_socket) => {
            until("closed", || events.borrow().len() == 2).await;
            assert_eq!(*events.borrow(), [SocketEvent::Error, SocketEvent::Close(lost())]);
            console_log!("blocked later, as a lost connection");
        }
    }
}

#[wasm_bindgen_test]
async fn what_is_not_open_cannot_send_and_can_always_be_closed() {
    let it = Recorded::open(REFUSED);
    let frame = || {
        let code = CloseCode::new(4001).expect("allowed");
        Some(CloseFrame::new(
            code,
            CloseReason::new("再".repeat(41)).expect("123 bytes"),
        ))
    };
    let cannot_send = |state| {
        assert_eq!(it.socket.ready_state(), state);
        assert_eq!(it.socket.send_text("x"), Err(SendError::NotOpen(state)));
        assert_eq!(it.socket.send_bytes(b"x"), Err(SendError::NotOpen(state)));
        assert_eq!(it.socket.send(&"x".into()), Err(SendError::NotOpen(state)));
        assert_eq!(it.socket.buffered_amount(), 0);
    };
    cannot_send(ReadyState::Connecting);
    it.socket.close(frame());
    cannot_send(ReadyState::Closing);
    it.socket.close(None);
    assert_eq!(it.closed().await, lost());
    assert_eq!(it.events(), [SocketEvent::Error, SocketEvent::Close(lost())]);
    cannot_send(ReadyState::Closed);
    it.socket.close(frame());
    it.socket.close(None);
    assert_eq!(it.socket.ready_state(), ReadyState::Closed);
}

#[wasm_bindgen_test]
fn a_socket_tells_about_itself_before_it_is_open() {
    let it = Recorded::offer(REFUSED, &["a", "b"]);
    assert_eq!(it.socket.url(), REFUSED);
    assert_eq!(it.socket.protocol(), "");
    assert_eq!(it.socket.extensions(), "");
    assert_eq!(it.socket.binary_type(), "arraybuffer");
    assert_eq!(
        format!("{:?}", it.socket),
        "Socket { url: \"ws://127.0.0.1:2/\", ready_state: Connecting }"
    );
}

#[wasm_bindgen_test]
async fn dropping_while_connecting_ends_everything_at_once() {
    let owned = Rc::new(());
    let inner = Rc::clone(&owned);
    let socket = Socket::open(REFUSED, &[], move |event| panic!("{event:?} with {inner:?}")).expect("accepted");
    assert_eq!(Rc::strong_count(&owned), 2);
    drop(socket);
    assert_eq!(Rc::strong_count(&owned), 1);
    sleep(300).await;
    assert_eq!(uncaught(), "");
}

#[wasm_bindgen_test]
async fn dropping_inside_the_callback_frees_what_it_owns_when_it_returns() {
    let slot = Rc::new(RefCell::new(None));
    let seen = Rc::new(RefCell::new(Vec::new()));
    let (inner, log) = (Rc::clone(&slot), Rc::clone(&seen));
    let socket = Socket::open(REFUSED, &[], move |event| {
        log.borrow_mut().push(event);
        drop(inner.take());
        // Still owned, and so still usable, until the callback returns.
        assert_eq!(Rc::strong_count(&log), 2);
    });
    slot.replace(Some(socket.expect("accepted")));
    until("the callback is gone", || Rc::strong_count(&seen) == 1).await;
    sleep(100).await;
    assert_eq!(*seen.borrow(), [SocketEvent::Error]);
    assert_eq!(Rc::strong_count(&slot), 1);
    assert_eq!(uncaught(), "");
}

#[wasm_bindgen_test]
async fn an_event_inside_the_callback_waits_for_its_end() {
    let restore = keep_sockets();
    let told = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&told);
    let socket = Socket::open(REFUSED, &[], move |event| match event {
        SocketEvent::Error => {
            dispatch_close(4999);
            log.borrow_mut().push(0);
        }
        SocketEvent::Close(close) => log.borrow_mut().push(close.code),
        other => panic!("{other:?}"),
    });
    until("closed", || told.borrow().len() == 3).await;
    assert_eq!(*told.borrow(), [0, 4999, 1006]);
    drop(socket);
    restore.call0(&wasm_bindgen::JsValue::NULL).expect("it does not throw");
    assert_eq!(uncaught(), "");
}

#[wasm_bindgen_test]
async fn an_event_that_waits_is_discarded_if_the_callback_drops_the_socket() {
    let restore = keep_sockets();
    let slot = Rc::new(RefCell::new(None::<Socket>));
    let told = Rc::new(RefCell::new(Vec::new()));
    let (inner, log) = (Rc::clone(&slot), Rc::clone(&told));
    let socket = Socket::open(REFUSED, &[], move |event| {
        log.borrow_mut().push(event);
        dispatch_close(4999);
        drop(inner.take());
        dispatch_close(4998);
    });
    slot.replace(Some(socket.expect("accepted")));
    until("the callback is gone", || Rc::strong_count(&told) == 1).await;
    assert_eq!(*told.borrow(), [SocketEvent::Error]);
    restore.call0(&wasm_bindgen::JsValue::NULL).expect("it does not throw");
    assert_eq!(uncaught(), "");
}

// The harness goes backwards through the names, so this is the last: Chromium delays the sockets of a page whose
// connections have failed often, by seconds.
#[wasm_bindgen_test]
async fn a_batch_of_200_sockets_to_a_closed_port_leaves_nothing() {
    let owned = Rc::new(());
    let open = || {
        let inner = Rc::clone(&owned);
        Socket::open(REFUSED, &[], move |event| panic!("{event:?} with {inner:?}")).expect("accepted")
    };
    // What is made once and kept, such as the listeners' options, is made now.
    drop(open());
    sleep(0).await;
    let before = externref_heap_live_count();
    let sockets: Vec<_> = (0..200).map(|_| open()).collect();
    assert_eq!(Rc::strong_count(&owned), 201);
    drop(sockets);
    assert_eq!(Rc::strong_count(&owned), 1);
    sleep(500).await;
    assert_eq!(externref_heap_live_count(), before);
    assert_eq!(uncaught(), "");
}
