//! The typed socket in a real browser against the project's test server.
#![cfg(target_arch = "wasm32")]

mod churn;
#[path = "../socket_support/mod.rs"]
mod support;

use std::{cell::RefCell, rc::Rc};

use chat_room::{
    web::{Socket, SocketEvent},
    websocket::{Close, CloseCode, CloseFrame, CloseReason, Message, ReadyState, SendError},
};
use support::{server::*, *};
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);

fn frame(code: u16, reason: &str) -> CloseFrame {
    CloseFrame::new(
        CloseCode::new(code).expect("allowed"),
        CloseReason::new(reason).expect("short"),
    )
}

fn clean(code: u16, reason: &str) -> Close {
    Close {
        code,
        reason: reason.to_owned(),
        was_clean: true,
    }
}

#[wasm_bindgen_test]
async fn every_message_comes_back_as_it_was_in_its_order() {
    open_count().await;
    let it = Recorded::opened(&at("/echo")).await;
    let mut sent: Vec<Message> = vec![
        "plain".into(),
        "".into(),
        "你好，房间".into(),
        "🦀👩‍👩‍👧‍👦\0\u{10ffff}".into(),
        "字".repeat(65_536 / 3).into(),
        "x".repeat(65_536).into(),
        vec![].into(),
        (0..=255).collect::<Vec<u8>>().into(),
        vec![0xff; 65_536].into(),
    ];
    for number in 0..100_u8 {
        sent.push(number.to_string().into());
        sent.push(vec![number].into());
    }
    for message in &sent {
        assert_eq!(it.socket.send(message), Ok(()));
    }
    assert!(it.has_messages(sent.len()).await == sent, "what came back differs");
}

#[wasm_bindgen_test]
async fn frames_that_come_with_the_handshake_are_not_lost() {
    open_count().await;
    for _ in 0..20 {
        let it = Recorded::open(&at("/greet?n=100"));
        let expected: Vec<Message> = (1..=100).map(|it| it.to_string().into()).collect();
        assert_eq!(it.has_messages(100).await, expected);
        assert_eq!(it.events()[0], SocketEvent::Open);
    }
}

#[wasm_bindgen_test]
async fn the_server_chooses_the_protocol() {
    open_count().await;
    let it = Recorded::offer(&at("/protocol"), &["chat-room.v1", "plain"]);
    assert_eq!(it.has_messages(1).await, ["plain".into()]);
    assert_eq!(it.socket.protocol(), "plain");
    // A browser that has offered some fails the connection if none is chosen, or may let it pass.
    let it = Recorded::opened(&at("/echo")).await;
    assert_eq!(it.socket.protocol(), "");
}

#[wasm_bindgen_test]
async fn the_handshake_offers_what_was_asked_for() {
    open_count().await;
    let names = ["a", "!#$%&'*+-.^_`|~", "Z9"];
    let it = Recorded::offer(&at("/headers"), &names);
    // No protocol is chosen, which some browsers take as a failure; the request is the same without the offer.
    until("an answer", || !it.events().is_empty()).await;
    let it = Recorded::opened(&at("/headers?q=%E6%88%BF")).await;
    let Some(Message::Text(headers)) = it.has_messages(1).await.pop() else {
        panic!("the headers are text");
    };
    for name in [
        "\"origin\":\"http://127.0.0.1:",
        "\"upgrade\":\"websocket\"",
        "\"sec-websocket-version\":\"13\"",
    ] {
        assert!(headers.contains(name), "{headers}");
    }
    assert!(!headers.contains("sec-websocket-protocol"), "{headers}");
}

#[wasm_bindgen_test]
async fn the_servers_close_code_and_reason_arrive() {
    open_count().await;
    let table = [
        ("/close?code=4001&reason=bye", clean(4001, "bye")),
        ("/close?code=1000&reason=%E5%86%8D%E8%A7%81", clean(1000, "再见")),
        ("/close?code=1001", clean(1001, "")),
        ("/close?code=1013&reason=busy", clean(1013, "busy")),
        ("/close?code=3000", clean(3000, "")),
        ("/close", clean(1005, "")),
    ];
    for (path, expected) in table {
        let it = Recorded::open(&at(path));
        assert_eq!(it.closed().await, expected, "{path}");
        assert_eq!(it.events(), [SocketEvent::Open, SocketEvent::Close(expected)], "{path}");
    }
}

#[wasm_bindgen_test]
async fn our_close_code_and_reason_reach_the_server() {
    open_count().await;
    let longest = "再".repeat(41);
    let table = [
        (None, clean(1005, "")),
        (Some(CloseCode::NORMAL.into()), clean(1000, "")),
        (
            Some(CloseReason::new("done").expect("short").into()),
            clean(1000, "done"),
        ),
        (Some(frame(3000, "")), clean(3000, "")),
        (Some(frame(4999, &longest)), clean(4999, &longest)),
    ];
    for (how, expected) in table {
        let it = Recorded::opened(&at("/echo")).await;
        it.socket.close(how);
        assert_eq!(it.socket.ready_state(), ReadyState::Closing);
        // The test server sends back the frame it was sent.
        assert_eq!(it.closed().await, expected);
        assert_eq!(it.events(), [SocketEvent::Open, SocketEvent::Close(expected)]);
    }
}

#[wasm_bindgen_test]
async fn what_was_sent_before_a_close_or_a_drop_still_arrives() {
    let before = open_count().await;
    for drop_it in [true, false] {
        let received = received_count().await;
        let it = Recorded::opened(&at("/echo")).await;
        for number in 0..100 {
            it.socket.send_text(&number.to_string()).expect("open");
        }
        if drop_it {
            drop(it);
        } else {
            it.socket.close(None);
            assert_eq!(it.closed().await, clean(1005, ""));
            // What is on its way to a socket that is closing is discarded natively.
            assert_eq!(it.messages(), []);
        }
        open_count_returns_to(before).await;
        assert_eq!(received_count().await - received, 100);
    }
}

#[wasm_bindgen_test]
async fn a_connection_that_is_dropped_is_an_unclean_1006() {
    let before = open_count().await;
    let it = Recorded::open(&at("/drop?ms=300"));
    assert_eq!(it.closed().await, lost());
    let told = it.events();
    console_log!("dropped later: {told:?}");
    let without_error: Vec<_> = told.into_iter().filter(|it| *it != SocketEvent::Error).collect();
    assert_eq!(without_error, [SocketEvent::Open, SocketEvent::Close(lost())]);
    // Dropped right after the handshake, it may never have been open to a browser.
    let it = Recorded::open(&at("/drop"));
    assert_eq!(it.closed().await, lost());
    console_log!("dropped at once: {:?}", it.events());
    open_count_returns_to(before).await;
}

#[wasm_bindgen_test]
async fn a_refused_handshake_is_an_error_and_an_unclean_1006() {
    let before = open_count().await;
    let it = Recorded::open(&at("/refuse"));
    assert_eq!(it.closed().await, lost());
    assert_eq!(it.events(), [SocketEvent::Error, SocketEvent::Close(lost())]);
    open_count_returns_to(before).await;
}

#[wasm_bindgen_test]
async fn a_server_that_breaks_the_protocol_is_an_error_and_an_unclean_close() {
    let before = open_count().await;
    let it = Recorded::open(&at("/bad-frame?ms=300"));
    let close = it.closed().await;
    assert!(!close.was_clean && [1002, 1006].contains(&close.code), "{close:?}");
    let expected = [SocketEvent::Open, SocketEvent::Error, SocketEvent::Close(close)];
    assert_eq!(it.events(), expected);
    // Broken right after the handshake, it may never have been open to a browser.
    let it = Recorded::open(&at("/bad-frame"));
    assert!(!it.closed().await.was_clean);
    console_log!("broken at once: {:?}", it.events());
    open_count_returns_to(before).await;
}

#[wasm_bindgen_test]
async fn a_handshake_without_an_answer_can_be_given_up() {
    let before = open_count().await;
    // Firefox keeps the TCP connection of a handshake that was given up, unless the server ends it.
    let url = at("/hang?ms=2000");
    let it = Recorded::open(&url);
    let dropped = Recorded::open(&url);
    sleep(300).await;
    assert_eq!(it.socket.ready_state(), ReadyState::Connecting);
    assert_eq!(
        it.socket.send_text("x"),
        Err(SendError::NotOpen(ReadyState::Connecting))
    );
    it.socket.close(Some(frame(4001, "too slow")));
    assert_eq!(it.closed().await, lost());
    assert_eq!(it.events(), [SocketEvent::Error, SocketEvent::Close(lost())]);
    drop(dropped);
    open_count_returns_to(before).await;
}

#[wasm_bindgen_test]
async fn closing_lasts_while_the_server_is_mute_and_dropping_frees_all_the_same() {
    let before = open_count().await;
    let owned = Rc::new(());
    let inner = Rc::clone(&owned);
    let opened = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&opened);
    let socket = Socket::open(&at("/mute?ms=2000"), &[], move |event| {
        let _owned = &inner;
        log.borrow_mut().push(event);
    });
    let socket = socket.expect("accepted");
    until("open", || !opened.borrow().is_empty()).await;
    socket.close(Some(frame(4001, "bye")));
    sleep(500).await;
    assert_eq!(socket.ready_state(), ReadyState::Closing);
    assert_eq!(socket.send_text("x"), Err(SendError::NotOpen(ReadyState::Closing)));
    drop(socket);
    assert_eq!(Rc::strong_count(&owned), 1);
    // Meanwhile the browser waits for the server: Firefox for 10 seconds, Chromium for longer.
    open_count_returns_to(before).await;
    assert_eq!(*opened.borrow(), [SocketEvent::Open]);
    assert_eq!(uncaught(), "");
}

#[wasm_bindgen_test]
async fn sending_is_possible_in_one_state_only() {
    open_count().await;
    let it = Recorded::open(&at("/echo"));
    let send = || {
        (
            it.socket.ready_state(),
            it.socket.send_text("x"),
            it.socket.send_bytes(b"x"),
        )
    };
    let cannot = |state| (state, Err(SendError::NotOpen(state)), Err(SendError::NotOpen(state)));
    assert_eq!(send(), cannot(ReadyState::Connecting));
    it.has_opened().await;
    assert_eq!(send(), (ReadyState::Open, Ok(()), Ok(())));
    it.has_messages(2).await;
    it.socket.close(None);
    assert_eq!(send(), cannot(ReadyState::Closing));
    it.closed().await;
    assert_eq!(send(), cannot(ReadyState::Closed));
    // Nothing reached the browser's own discarding send, which counts here.
    assert_eq!(it.socket.buffered_amount(), 0);
    assert_eq!(it.messages(), ["x".into(), b"x".to_vec().into()]);
}

#[wasm_bindgen_test]
async fn what_waits_to_be_sent_is_counted_in_bytes() {
    open_count().await;
    let url = at("/mute?ms=2000");
    let it = Recorded::opened(&url).await;
    assert_eq!(it.socket.buffered_amount(), 0);
    it.socket.send_text("你好").expect("open");
    it.socket.send_bytes(&[0; 10]).expect("open");
    assert_eq!(it.socket.buffered_amount(), 16);
    let megabyte = vec![0; 1 << 20];
    for _ in 0..32 {
        it.socket.send_bytes(&megabyte).expect("open");
    }
    // A server that reads nothing takes what the buffers of the system hold, and no more.
    sleep(300).await;
    assert!(it.socket.buffered_amount() > 1 << 20, "{}", it.socket.buffered_amount());
    assert_eq!((it.socket.url(), it.socket.extensions()), (url, String::new()));
    assert_eq!(
        (it.socket.protocol(), it.socket.binary_type()),
        (String::new(), "arraybuffer")
    );
}

#[wasm_bindgen_test]
async fn a_callback_may_send_and_close() {
    open_count().await;
    let slot = Rc::new(RefCell::new(None::<Socket>));
    let seen = Rc::new(RefCell::new(Vec::new()));
    let (inner, log) = (Rc::downgrade(&slot), Rc::clone(&seen));
    let socket = Socket::open(&at("/echo"), &[], move |event| {
        let slot = inner.upgrade().expect("the test is running");
        let slot = slot.borrow();
        let socket = slot.as_ref().expect("nothing happens before it is here");
        match &event {
            SocketEvent::Open => socket.send_text("1").expect("open"),
            SocketEvent::Message(Message::Text(text)) if text == "1" => socket.send_bytes(b"2").expect("open"),
            SocketEvent::Message(_) => socket.close(Some(frame(4001, "enough"))),
            SocketEvent::Error => panic!("no error is expected"),
            SocketEvent::Close(_) => {
                socket.close(None);
                assert_eq!(socket.send_text("3"), Err(SendError::NotOpen(ReadyState::Closed)));
            }
        }
        log.borrow_mut().push(event);
    });
    slot.replace(Some(socket.expect("accepted")));
    until("closed", || seen.borrow().len() == 4).await;
    let expected = [
        SocketEvent::Open,
        SocketEvent::Message("1".into()),
        SocketEvent::Message(b"2".to_vec().into()),
        SocketEvent::Close(clean(4001, "enough")),
    ];
    assert_eq!(*seen.borrow(), expected);
    assert_eq!(uncaught(), "");
}

#[wasm_bindgen_test]
async fn a_tutorials_server_is_heard_line_by_line() {
    let before = open_count().await;
    let it = Recorded::open(&at("/ticker?ms=2"));
    let expected: Vec<Message> = (1..=50).map(|it| format!("tick {it}").into()).collect();
    assert_eq!(it.has_messages(50).await[..50], expected);
    drop(it);
    open_count_returns_to(before).await;
}
