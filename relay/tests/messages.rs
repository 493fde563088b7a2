//! Messages over real sockets: who gets them, in what order, and what ends a connection.

mod common;

use std::time::Duration;

use chat_room_relay::Limits;
use common::{Client, Running, get, handshake_status, within};
use futures_util::StreamExt;
use tokio::net::TcpSocket;
use tokio_tungstenite::tungstenite::Message;

const MASK: [u8; 4] = [1, 2, 3, 4];

/// A frame of a client, whatever its first byte and its content say.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match u8::try_from(payload.len()) {
        Ok(length) if length < 126 => frame.push(0x80 | length),
        _ => {
            frame.push(0x80 | 127);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend(MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

#[tokio::test]
async fn what_one_says_all_others_get_and_nobody_else() {
    let relay = Running::start(Default::default()).await;
    let [mut a, mut b, mut c] = [relay.client().await, relay.client().await, relay.client().await];

    a.send("grüß euch, 你好 👋").await;
    // Nothing to be seen, and nothing that is told.
    a.send("").await;
    a.send("two\nlines").await;
    for other in [&mut b, &mut c] {
        assert_eq!(other.next_text().await, "guest-1: grüß euch, 你好 👋");
        assert_eq!(other.next_text().await, "guest-1: two\nlines");
    }
    // Had its own come back to the author, it would come before this.
    b.send("over").await;
    assert_eq!(a.next_text().await, "guest-2: over");
    assert_eq!(c.next_text().await, "guest-2: over");
}

#[tokio::test]
async fn rooms_are_apart_and_names_are_as_asked() {
    let relay = Running::start(Default::default()).await;
    let mut ada = relay.plain("room=tea&name=Ada+L.").await;
    let mut elsewhere = relay.plain("room=coffee&name=Bob").await;
    let mut listener = relay.plain("room=tea").await;
    elsewhere.send("nobody hears this").await;
    ada.send("hello").await;
    assert_eq!(listener.next_text().await, "Ada L.: hello");
    for (query, reason) in [
        ("name=a%0Ab", "name has a control character in it"),
        ("room=%20", "room has nothing in it that could be seen"),
    ] {
        let mut bad = relay.plain(query).await;
        assert_eq!(bad.closed().await, (4400, reason.to_owned()));
    }
}

#[tokio::test]
async fn bytes_are_not_taken() {
    let relay = Running::start(Default::default()).await;
    let mut client = relay.client().await;
    client.send(vec![0, 159, 255]).await;
    assert_eq!(
        client.closed().await,
        (1003, "only text is taken here, not binary".to_owned())
    );
}

#[tokio::test]
async fn a_message_in_fragments_arrives_whole() {
    let relay = Running::start(Default::default()).await;
    let [mut a, mut b] = [relay.client().await, relay.client().await];
    a.send_raw(&masked(0x01, b"one ")).await;
    a.send_raw(&masked(0x89, b"a ping may come between")).await;
    a.send_raw(&masked(0x80, b"message")).await;
    assert_eq!(b.next_text().await, "guest-1: one message");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_hear_one_order() {
    const SENDERS: usize = 5;
    const EACH: usize = 100;
    let relay = Running::start(Default::default()).await;
    let mut listener = relay.client().await;
    let mut senders = Vec::new();
    for name in 0..SENDERS {
        senders.push(relay.plain(&format!("name={name}")).await);
    }

    let mut talks = Vec::new();
    for mut sender in senders {
        talks.push(tokio::spawn(async move {
            for number in 0..EACH {
                sender.send(format!("{number}")).await;
            }
            let mut heard = Vec::new();
            for _ in 0..(SENDERS - 1) * EACH {
                heard.push(sender.next_text().await);
            }
            heard
        }));
    }
    let mut order = Vec::new();
    for _ in 0..SENDERS * EACH {
        order.push(listener.next_text().await);
    }

    for (name, talk) in talks.into_iter().enumerate() {
        let (own, others): (Vec<String>, Vec<String>) = order
            .iter()
            .cloned()
            .partition(|text| text.starts_with(&format!("{name}:")));
        let said: Vec<String> = (0..EACH).map(|number| format!("{name}: {number}")).collect();
        assert_eq!(own, said);
        assert_eq!(talk.await.expect("a sender"), others);
    }
}

#[tokio::test]
async fn the_longest_text_passes_and_one_more_byte_closes_its_sender() {
    let limits = Limits::default();
    let (limit, text_limit) = (limits.message_bytes, limits.text_bytes);
    let relay = Running::start(Default::default()).await;
    let mut listener = relay.client().await;

    let mut good = relay.client().await;
    good.send("x".repeat(text_limit)).await;
    let heard = |line: String| line.strip_prefix("guest-2: ").map(str::len);
    assert_eq!(heard(listener.next_text().await), Some(text_limit));
    good.send_raw(&masked(0x01, &vec![b'x'; text_limit - 1])).await;
    good.send_raw(&masked(0x80, b"x")).await;
    assert_eq!(heard(listener.next_text().await), Some(text_limit));
    for length in [text_limit + 1, limit] {
        let mut bad = relay.client().await;
        bad.send("x".repeat(length)).await;
        assert_eq!(
            bad.closed().await,
            (1009, format!("a text may have at most {text_limit} bytes"))
        );
    }

    let too_long = [
        masked(0x81, "x".repeat(limit + 1).as_bytes()),
        masked(0x82, &vec![7; limit + 1]),
        [masked(0x02, &vec![7; limit]), masked(0x80, &[7])].concat(),
        // Announced, never sent.
        vec![0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4],
    ];
    for frames in too_long {
        let mut bad = relay.client().await;
        bad.send_raw(&frames).await;
        assert_eq!(
            bad.closed().await,
            (1009, "a message may have at most 65536 bytes".to_owned())
        );
    }

    good.send("still here").await;
    assert_eq!(listener.next_text().await, "guest-2: still here");
}

#[tokio::test]
async fn what_breaks_the_protocol_closes_its_sender_alone() {
    let relay = Running::start(Default::default()).await;
    let [mut a, mut b] = [relay.client().await, relay.client().await];
    let table: [(&str, Vec<u8>, u16); 7] = [
        ("text that is not UTF-8", masked(0x81, &[0xff, 0xfe]), 1007),
        ("text cut off inside a character", masked(0x81, &[0xe4, 0xbd]), 1007),
        ("a frame without a mask", vec![0x81, 0x01, b'x'], 1002),
        ("a reserved opcode", masked(0x83, b""), 1002),
        ("a reserved bit", masked(0xc1, b"x"), 1002),
        ("a continuation of nothing", masked(0x80, b"x"), 1002),
        ("a ping too long", masked(0x89, &[0; 126]), 1002),
    ];
    for (name, frame, code) in table {
        let mut bad = relay.client().await;
        bad.send_raw(&frame).await;
        assert_eq!(bad.closed().await.0, code, "{name}");
    }
    relay.has_connections(2).await;
    a.send("still here").await;
    assert_eq!(b.next_text().await, "guest-1: still here");
}

#[tokio::test]
async fn who_vanishes_inside_a_frame_is_gone_and_harms_nobody() {
    let relay = Running::start(Default::default()).await;
    let [mut a, mut b] = [relay.client().await, relay.client().await];
    let mut vanishing = relay.client().await;
    vanishing.send_raw(&masked(0x81, b"half a message")[..9]).await;
    relay.has_connections(3).await;
    drop(vanishing);
    relay.has_connections(2).await;
    a.send("still here").await;
    assert_eq!(b.next_text().await, "guest-1: still here");
}

#[tokio::test]
async fn who_says_goodbye_is_answered() {
    let relay = Running::start(Default::default()).await;
    let mut client = relay.client().await;
    client.send_raw(&masked(0x88, &[0x0f, 0xa0, b'h', b'i'])).await;
    assert_eq!(client.closed().await, (4000, "hi".to_owned()));
    relay.has_connections(0).await;
}

/// A client that takes little before somebody has to wait for it.
async fn narrow_client(relay: &Running) -> Client {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    let stream = socket.connect(relay.address).await.expect("the relay accepts");
    Client::over(stream, relay.address).await
}

/// Queues that fill soon, and senders that are not slowed.
fn short_queues() -> Limits {
    Limits {
        queue_packets: 8,
        text_bytes: 60_000,
        posts_per_second: 1_000_000,
        ..Limits::default()
    }
}

/// Sends until the relay counts `expected` connections, in step with `listener`; returns how often.
async fn send_until(relay: &Running, sender: &mut Client, listener: &mut Client, expected: usize) -> usize {
    let healthy = format!("\"connections\":{expected}}}");
    for sent in 1..5_000 {
        sender.send(format!("{sent:060000}")).await;
        assert_eq!(listener.next_text().await, format!("guest-2: {sent:060000}"));
        if get(relay.address, "/healthz", "").await.text().contains(&healthy) {
            return sent;
        }
    }
    panic!("300 MB were not too much for somebody who reads nothing");
}

#[tokio::test]
async fn a_slow_receiver_is_told_so_and_nobody_waits_for_it() {
    let patient = Limits {
        close_within: Duration::from_secs(60),
        ..short_queues()
    };
    let relay = Running::with_limits(patient).await;
    let mut slow = narrow_client(&relay).await;
    let [mut sender, mut listener] = [relay.client().await, relay.client().await];

    let sent = send_until(&relay, &mut sender, &mut listener, 2).await;
    // What it gets before the close frame is the beginning, without a gap.
    let mut heard = 0;
    let close = loop {
        match slow.next().await {
            Message::Text(text) => {
                heard += 1;
                assert_eq!(text.as_str(), format!("guest-2: {heard:060000}"));
            }
            Message::Close(close) => break close.expect("a close frame with a code"),
            other => panic!("text or the end, not {other:?}"),
        }
    };
    assert_eq!(u16::from(close.code), 1013);
    assert!(close.reason.contains("too slow"), "{}", close.reason);
    assert!(heard < sent, "all {sent} messages were heard");

    sender.send("still here").await;
    assert_eq!(listener.next_text().await, "guest-2: still here");
}

#[tokio::test]
async fn a_receiver_that_does_not_read_its_close_frame_is_dropped() {
    let limits = Limits {
        connections: 3,
        close_within: Duration::from_millis(50),
        ..short_queues()
    };
    let relay = Running::with_limits(limits).await;
    let slow = narrow_client(&relay).await;
    let [mut sender, mut listener] = [relay.client().await, relay.client().await];
    send_until(&relay, &mut sender, &mut listener, 2).await;

    // Its seat is free once its connection is dropped.
    let host = format!("Host: {}\r\n", relay.address);
    within("a seat", async {
        while handshake_status(relay.address, &host).await.0 != 101 {}
    })
    .await;
    drop(slow);
}

#[tokio::test]
async fn who_answers_no_ping_is_gone_and_who_does_stays() {
    let limits = Limits {
        ping_every: Duration::from_millis(100),
        pong_within: Duration::from_secs(3),
        ..Limits::default()
    };
    let relay = Running::with_limits(limits).await;
    let mut sender = relay.client().await;
    let mut lively = relay.client().await;
    let dead = relay.client().await;
    relay.has_connections(3).await;

    assert!(matches!(
        within("a ping", lively.0.next()).await,
        Some(Ok(Message::Ping(_)))
    ));
    // Reading is what answers pings.
    let heard = tokio::spawn(async move { lively.next_text().await });
    let waiting = async {
        relay.has_connections(2).await;
    };
    tokio::select! {
        () = waiting => {}
        message = sender.next() => panic!("nobody spoke, but there is {message:?}"),
    }
    sender.send("still here").await;
    assert_eq!(heard.await.expect("a lively client"), "guest-1: still here");
    drop(dead);
}
