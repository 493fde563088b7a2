//! Floods, and thousands who say nothing: the program's memory stays bounded, and others are served.
#![cfg(target_os = "linux")]

mod common;

use chat_room_wire::ClientFrame;
use common::chat::{Chat, Witnesses, join, post};
use common::program::Program;
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;

/// The memory that a program holds, as Linux tells.
fn resident_kib(program: &Program) -> u64 {
    let id = program.child.id().expect("still running");
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("the system tells");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a line");
    line.split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse().ok())
        .expect("a number")
}

/// How much more memory the program may take for a flood of many times that.
const FLOOD_KIB: u64 = 64 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn floods_are_slowed_and_the_others_are_served() {
    let program = Program::start(&["--listen", "127.0.0.1:0", "--log", "error"]).await;
    let address = program.address();
    let mut witnesses = Witnesses::of(address).await;
    let joined_twice = join("tea", "flood", None).to_json();
    let ping = ClientFrame::Ping.to_json();
    let array = |frame: &str| format!("[{}]", vec![frame; 60_000 / (frame.len() + 1)].join(","));
    let floods: [(&str, Message); 9] = [
        ("pings of the protocol", array(&ping).into()),
        ("pings of the WebSocket", Message::Ping(vec![0; 125].into())),
        (
            "typing",
            array(r#"{"type":"typing","on":true},{"type":"typing","on":false}"#).into(),
        ),
        (
            "renames",
            array(r#"{"type":"rename","name":"a"},{"type":"rename","name":"b"}"#).into(),
        ),
        ("history", array(r#"{"type":"history","limit":100}"#).into()),
        ("nothing known", array(r#"{"type":"?"}"#).into()),
        ("nothing", "[]".into()),
        ("posts", array(&post(1, "x").to_json()).into()),
        ("joins", joined_twice.into()),
    ];
    for (name, message) in floods {
        let before = resident_kib(&program);
        let flooder = Chat::join(address, "tea", "flood").await;
        let (mut sink, mut stream) = flooder.client.0.split();
        let sending = tokio::spawn(async move {
            // As much as the relay takes, and it may end it; 1 GiB would be the end.
            for _ in 0..16_384 {
                if sink.send(message.clone()).await.is_err() {
                    break;
                }
            }
        });
        let reading = tokio::spawn(async move { while let Some(Ok(_)) = stream.next().await {} });
        for _ in 0..20 {
            witnesses.are_served().await;
        }
        sending.abort();
        reading.abort();
        let grown = resident_kib(&program).saturating_sub(before);
        println!("a flood of {name}: {grown} KiB more");
        assert!(grown < FLOOD_KIB, "{name}: {grown} KiB more");
    }
}

/// How many sit in the rooms and say nothing.
const IDLE: usize = 2_000;

/// What one of them may take of the program's memory.
const IDLE_KIB: u64 = 24;

#[tokio::test(flavor = "multi_thread")]
async fn thousands_who_say_nothing_take_little() {
    let program = Program::start(&["--listen", "127.0.0.1:0", "--log", "error"]).await;
    let address = program.address();
    let mut witnesses = Witnesses::of(address).await;
    let before = resident_kib(&program);
    let wanted = rlimit::increase_nofile_limit(2 * IDLE as u64).expect("a limit");
    assert!(
        wanted > IDLE as u64 + 100,
        "the system allows too few open files: ulimit -n {wanted}"
    );
    let mut idle = Vec::with_capacity(IDLE);
    for number in 0..IDLE {
        // Twenty rooms: in one, telling everybody of everybody would be most of the test.
        let room = format!("room {}", number % 20);
        idle.push(Chat::join(address, &room, &format!("idle {number}")).await);
    }
    witnesses.are_served().await;
    let grown = resident_kib(&program).saturating_sub(before);
    println!(
        "{IDLE} joined connections: {grown} KiB, {:.1} KiB each",
        grown as f64 / IDLE as f64
    );
    assert!(grown < IDLE as u64 * IDLE_KIB, "{grown} KiB");
    drop(idle);
    witnesses.are_served().await;
}
