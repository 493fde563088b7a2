//! The end of a relay, and the program itself: what it prints, and how it exits.
#![cfg(unix)]

mod common;

use std::net::{Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use chat_room_relay::{Config, Limits};
use common::program::{Folder, Program, output, relay};
use common::{Client, Running, get, within};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

#[tokio::test]
async fn everybody_is_told_of_the_shutdown() {
    let relay = Running::start(Config::default()).await;
    let address = relay.address;
    let mut clients = [relay.client().await, relay.client().await, relay.client().await];
    let _idle = TcpStream::connect(address).await.expect("the relay accepts");
    let served = relay.stop();
    for client in &mut clients {
        assert_eq!(
            client.closed().await,
            (1012, "the relay restarts; come back in a moment".to_owned())
        );
    }
    within("the end", served).await.expect("an orderly end");
    assert!(TcpStream::connect(address).await.is_err(), "the port is still open");
}

#[tokio::test]
async fn who_does_not_answer_does_not_keep_the_relay() {
    for within_limits in [(50, 60_000), (60_000, 50)] {
        let limits = Limits {
            close_within: Duration::from_millis(within_limits.0),
            shutdown_within: Duration::from_millis(within_limits.1),
            ..Limits::default()
        };
        let relay = Running::with_limits(limits).await;
        let silent = relay.client().await;
        within("the end", relay.stop()).await.expect("an orderly end");
        drop(silent);
    }
}

#[tokio::test]
async fn a_signal_ends_everything_in_good_order() {
    for signal in ["TERM", "INT"] {
        let program = Program::start(&["--listen", "127.0.0.1:0"]).await;
        let address = program.address();
        let port = address.port();
        assert_eq!(
            program.ready,
            format!("chat-room is open at http://127.0.0.1:{port}/ (chat at ws://127.0.0.1:{port}/socket)\n")
        );
        let mut answering = Client::connect(address).await;
        let silent = Client::connect(address).await;
        program.signal(signal).await;
        assert_eq!(answering.closed().await.0, 1012);
        assert_eq!(program.status().await, Some(0), "{signal}");
        drop(silent);
    }
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    // A machine too busy may let the orderly end win.
    for _ in 0..5 {
        let mut program = Program::start(&["--listen", "127.0.0.1:0"]).await;
        let _silent = Client::connect(program.address()).await;
        program.signal("INT").await;
        program.logs("shutting down").await;
        program.signal("INT").await;
        if program.status().await == Some(130) {
            return;
        }
    }
    panic!("no second signal ended the program at once");
}

#[tokio::test]
async fn localhost_leads_there_whichever_way_it_resolves() {
    let program = Program::start(&["--listen", "0"]).await;
    let port = program.port();
    assert_eq!(
        program.ready,
        format!("chat-room is open at http://localhost:{port}/ (chat at ws://localhost:{port}/socket)\n")
    );
    assert_eq!(get(program.address(), "/healthz", "").await.status, 200);
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok() {
        let v6 = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
        assert_eq!(get(v6, "/healthz", "").await.status, 200);
    }
}

#[tokio::test]
async fn what_keeps_it_from_starting_is_one_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port();
    let a_file = env!("CARGO_MANIFEST_PATH");
    let table = [
        (
            vec!["--listen".to_owned(), format!("127.0.0.1:{port}")],
            1,
            format!("port {port} is in use; end the other program or choose another with --listen 127.0.0.1:"),
        ),
        (
            vec!["--listen".to_owned(), port.to_string()],
            1,
            format!("port {port} is in use; "),
        ),
        (
            vec!["--listen".to_owned(), "192.0.2.1:0".to_owned()],
            1,
            "no network interface".to_owned(),
        ),
        (vec!["--data".to_owned(), a_file.to_owned()], 1, "the folder".to_owned()),
        (
            vec!["--allow-origin".to_owned(), "example.org".to_owned()],
            1,
            "--allow-origin wants".to_owned(),
        ),
        (
            vec!["--listen".to_owned(), "example.org".to_owned()],
            2,
            "--listen wants ip:port".to_owned(),
        ),
        (vec!["--frobnicate".to_owned()], 2, "--frobnicate".to_owned()),
    ];
    for (args, status, sentence) in table {
        let mut line: Vec<&str> = vec!["--log", "error"];
        line.extend(args.iter().map(String::as_str));
        let folder = Folder::new();
        let data = folder.path().to_str().expect("UTF-8").to_owned();
        if !line.contains(&"--data") {
            line.extend(["--data", &data]);
        }
        let output = output(&line).await;
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{args:?}: {told}");
        assert!(
            told.starts_with("chat-room-relay: ") && told.contains(&sentence),
            "{args:?}: {told}"
        );
        assert_eq!(told.lines().count(), 1, "{told}");
        assert_eq!(output.stdout, b"", "{args:?}");
    }
}

#[tokio::test]
async fn help_and_version_are_printed() {
    let help = output(&["--help"]).await;
    let text = String::from_utf8_lossy(&help.stdout);
    assert!(help.status.success());
    for option in [
        "--listen",
        "--data",
        "--heartbeat",
        "--allow-host",
        "--allow-origin",
        "--log",
        "--log-format",
    ] {
        assert!(text.contains(option), "{option}");
    }
    let version = output(&["--version"]).await;
    assert_eq!(
        String::from_utf8_lossy(&version.stdout),
        concat!("chat-room-relay ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[tokio::test]
async fn a_folder_for_data_is_made_and_is_one_relays() {
    let folder = Folder::new();
    let data = folder.path().join("a/b");
    let data = data.to_str().expect("UTF-8");
    let line = ["--listen", "127.0.0.1:0", "--log", "error", "--data", data];
    let mut first = relay(&line).spawn().expect("the program runs");
    let mut ready = String::new();
    let stdout = first.stdout.as_mut().expect("piped");
    within("the line", BufReader::new(stdout).read_line(&mut ready))
        .await
        .expect("a line");
    assert!(Path::new(data).join("chat-room.db").is_file());
    let second = output(&line).await;
    assert_eq!(second.status.code(), Some(1));
    let told = String::from_utf8_lossy(&second.stderr);
    assert!(
        told.contains("another relay is using the folder") && told.contains("--data"),
        "{told}"
    );
    assert_eq!(told.lines().count(), 1, "{told}");
    first.kill().await.expect("killed");
}

#[tokio::test]
async fn without_a_folder_named_it_is_in_the_working_directory() {
    let folder = Folder::new();
    let mut child = relay(&["--listen", "127.0.0.1:0", "--log", "error"])
        .current_dir(folder.path())
        .spawn()
        .expect("the program runs");
    let mut ready = String::new();
    let stdout = child.stdout.as_mut().expect("piped");
    within("the line", BufReader::new(stdout).read_line(&mut ready))
        .await
        .expect("a line");
    assert!(folder.path().join("chat-room-data/chat-room.db").is_file());
    child.kill().await.expect("killed");
}

#[tokio::test]
async fn the_log_tells_who_came_and_went_but_not_what_was_said() {
    for format in ["text", "json"] {
        let mut program = Program::start(&["--listen", "127.0.0.1:0", "--log", "trace", "--log-format", format]).await;
        let mut client = Client::connect(program.address()).await;
        let mut other = Client::connect(program.address()).await;
        client.send("the secret").await;
        assert_eq!(other.next_text().await, "guest-1: the secret");
        let reason = "bye\nERROR forged \u{1b}[31m".into();
        client
            .0
            .close(Some(CloseFrame {
                code: 4001.into(),
                reason,
            }))
            .await
            .expect("closed");

        let mut seen = Vec::new();
        within("the log", async {
            while let Some(line) = program.log.next_line().await.expect("a log in UTF-8") {
                let last = line.contains("disconnected");
                seen.push(line);
                if last {
                    break;
                }
            }
        })
        .await;
        let all = seen.join("\n");
        let last = seen.last().expect("a line");
        assert!(
            last.contains("4001") && last.contains("forged") && last.contains("u{1b}[31m"),
            "{last}"
        );
        assert_eq!(
            seen.iter()
                .filter(|line| line.contains("connected") && line.contains("127.0.0.1:"))
                .count(),
            2
        );
        assert!(!all.contains("secret") && !all.contains('\u{1b}'), "{all}");
        assert!(seen.iter().all(|line| !line.starts_with("ERROR")), "{all}");
    }
}
