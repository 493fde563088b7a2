//! Whoever is hostile is refused, slowed or sent away; memory stays bounded, and the others are served.

mod common;

use std::time::Duration;

use chat_room_relay::{Config, Limits};
use chat_room_wire::{RefusedCode, ServerFrame};
use common::Running;
use common::chat::{Chat, Witnesses, join, post};
use serde_json::Value;
use tokio::net::TcpSocket;
use tokio_tungstenite::tungstenite::Message;

/// Every message of the golden file that is malformed, over a real socket: each is refused by its field.
#[tokio::test]
async fn every_malformed_message_is_refused_by_name() {
    let relay = Running::with_limits(Limits {
        bad_frames: 1_000,
        frames_per_second: 1_000_000,
        ..Limits::default()
    })
    .await;
    let golden: Value = serde_json::from_str(include_str!("../../wire/golden/client.json")).expect("JSON");
    let mut outsider = Chat::connect(relay.address).await;
    let mut checked = 0;
    for case in golden.as_array().expect("cases") {
        let message = case["message"].as_str().expect("a message");
        let frames = case["frames"].as_array();
        let errors: Vec<&Value> = match frames {
            Some(frames) if frames.iter().all(|frame| frame.get("error").is_some()) => frames.iter().collect(),
            Some(_) => continue,
            None => vec![case],
        };
        outsider.client.send(message).await;
        for error in errors {
            let refused = outsider.refused().await;
            assert_eq!(refused.code, RefusedCode::Malformed, "{message}");
            let expected = error["error"].as_str().expect("an error");
            assert!(
                refused.message.contains(expected),
                "{message}: {} or {expected}",
                refused.message
            );
            assert_eq!(refused.n, error["n"].as_u64(), "{message}");
            checked += 1;
        }
    }
    assert!(checked > 50, "only {checked} malformed frames were found");
}

#[tokio::test]
async fn what_is_against_the_protocol_ends_its_sender_alone() {
    let relay = Running::start(Config::default()).await;
    let mut witnesses = Witnesses::of(relay.address).await;
    let deep = "[".repeat(60_000);
    let nested = format!("{}{}", r#"{"type":"ping","x":"#.repeat(1_000), "1}".repeat(1_000));
    let table: [(&str, Vec<Message>, u16); 6] = [
        ("no JSON", vec!["{".into(); 6], 1008),
        ("deeply nested", vec![deep.into(); 6], 1008),
        ("deeply nested in a known frame", vec![nested.into(); 6], 1008),
        ("a post before a join", vec![post(1, "x").to_json().into(); 6], 1008),
        ("binary", vec![Message::binary(vec![1])], 1003),
        ("too long", vec!["x".repeat(64 * 1024 + 1).into()], 1009),
    ];
    for (name, messages, expected) in table {
        let mut bad = Chat::connect(relay.address).await;
        for message in messages {
            bad.client.send(message).await;
        }
        let (frames, code) = bad.rest().await;
        assert_eq!(code, Some(expected), "{name}");
        let refusals = frames
            .iter()
            .filter(|frame| matches!(frame, ServerFrame::Refused(_)))
            .count();
        assert_eq!(refusals, if expected == 1008 { 5 } else { 0 }, "{name}");
    }
    let mut twice = Chat::join(relay.address, "tea", "Eve").await;
    for _ in 0..6 {
        twice.say(join("tea", "Eve", None)).await;
    }
    assert_eq!(twice.rest().await.1, Some(1008));
    witnesses.are_served().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_is_sent_away_and_goes_on_where_it_was() {
    let relay = Running::with_limits(Limits {
        queue_packets: 16,
        posts_per_second: 1_000_000,
        close_within: Duration::from_secs(60),
        ..Limits::default()
    })
    .await;
    let mut ada = Chat::join(relay.address, "tea", "Ada").await;
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    let stream = socket.connect(relay.address).await.expect("the relay accepts");
    let mut slow = Chat::over(stream, relay.address).await;
    slow.say(join("tea", "slow", None)).await;
    let epoch = slow.joined().await.epoch;
    slow.history().await;

    let text = "x".repeat(16_000);
    let mut n = 0;
    while relay.connections().await == 2 {
        n += 1;
        ada.say(post(n, &text)).await;
        assert_eq!(ada.entry().await.seq, n);
        assert!(n < 5_000, "80 MB were not too much for somebody who reads nothing");
    }
    let (frames, code) = slow.rest().await;
    assert_eq!(code, Some(1013));
    let mut last = 0;
    for frame in frames {
        if let ServerFrame::Entry(entry) = frame {
            assert_eq!((entry.seq, entry.prev), (last + 1, last));
            last = entry.seq;
        }
    }
    assert!(last < n, "all was heard");

    let mut again = Chat::connect(relay.address).await;
    again
        .say(join("tea", "slow", Some(chat_room_wire::Place { epoch, seq: last })))
        .await;
    let joined = again.joined().await;
    assert_eq!(joined.head, n);
    if joined.recovered {
        for seq in last + 1..=n {
            assert_eq!(again.entry().await.seq, seq);
        }
    } else {
        // It has missed more than is replayed, and pages back to where it was.
        let mut oldest = again.history().await.entries[0].seq;
        while oldest > last + 1 {
            let page = again.page(Some(oldest), 100).await;
            assert_eq!(page.entries.last().map(|entry| entry.seq), Some(oldest - 1));
            oldest = page.entries[0].seq;
        }
    }
}
