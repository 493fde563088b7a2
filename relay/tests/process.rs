//! The end of a relay, and the program itself: what it prints, and how it exits.
#![cfg(unix)]

mod common;

use std::net::{Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use chat_room_relay::{Config, Limits};
use common::{Client, Running, get, within};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStderr, Command};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

#[tokio::test]
async fn everybody_is_told_of_the_shutdown() {
    let relay = Running::start(Config::default()).await;
    let address = relay.address;
    let mut clients = [relay.client().await, relay.client().await, relay.client().await];
    let _idle = TcpStream::connect(address).await.expect("the relay accepts");
    let served = relay.stop();
    for client in &mut clients {
        assert_eq!(client.closed().await, (1001, "the relay is shutting down".to_owned()));
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

fn relay(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chat-room-relay"));
    command.args(args).kill_on_drop(true);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The output of a relay that is expected to end by itself.
async fn output(args: &[&str]) -> Output {
    within("the program to end", relay(args).output())
        .await
        .expect("the program runs")
}

/// The relay's program, open.
struct Program {
    child: Child,
    ready: String,
    log: Lines<BufReader<ChildStderr>>,
}

impl Program {
    async fn start(args: &[&str]) -> Self {
        let mut child = relay(args).spawn().expect("the program runs");
        let log = BufReader::new(child.stderr.take().expect("piped")).lines();
        let mut ready = String::new();
        let stdout = child.stdout.as_mut().expect("piped");
        within("the line", async {
            while !ready.ends_with('\n') {
                ready.push(char::from(stdout.read_u8().await.expect("a line")));
            }
        })
        .await;
        Self { child, ready, log }
    }

    fn port(&self) -> u16 {
        let url = self
            .ready
            .split(' ')
            .find(|word| word.starts_with("http://"))
            .expect("a URL");
        url.trim_end_matches('/')
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok())
            .expect("a port")
    }

    fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port()))
    }

    async fn signal(&self, name: &str) {
        let id = self.child.id().expect("still running").to_string();
        let status = Command::new("kill")
            .args(["-s", name, &id])
            .status()
            .await
            .expect("kill runs");
        assert!(status.success());
    }

    /// Reads the log up to a line that contains `text`.
    async fn logs(&mut self, text: &str) -> String {
        within(text, async {
            while let Some(line) = self.log.next_line().await.expect("a log in UTF-8") {
                if line.contains(text) {
                    return line;
                }
            }
            panic!("the log ended without {text:?}");
        })
        .await
    }

    /// The exit status; all else that was printed must be nothing.
    async fn status(mut self) -> Option<i32> {
        // A pipe that nobody empties would keep the program from ending.
        let rest = async {
            let mut rest = String::new();
            self.child
                .stdout
                .as_mut()
                .expect("piped")
                .read_to_string(&mut rest)
                .await
                .expect("text");
            while let Ok(Some(_)) = self.log.next_line().await {}
            rest
        };
        assert_eq!(within("the program to end", rest).await, "");
        within("the exit status", self.child.wait())
            .await
            .expect("it has ended")
            .code()
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
        assert_eq!(answering.closed().await.0, 1001);
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
        (
            vec!["--data".to_owned(), a_file.to_owned()],
            1,
            "cannot write to the folder".to_owned(),
        ),
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
async fn a_folder_for_data_is_made() {
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("data-{}/rooms", std::process::id()));
    let program = Program::start(&["--listen", "127.0.0.1:0", "--data", data.to_str().expect("UTF-8")]).await;
    assert_eq!(std::fs::read_dir(&data).expect("the folder").count(), 0);
    program.signal("TERM").await;
    assert_eq!(program.status().await, Some(0));
    std::fs::remove_dir_all(data.parent().expect("its parent")).expect("removed");
}

#[tokio::test]
async fn the_log_tells_who_came_and_went_but_not_what_was_said() {
    for format in ["text", "json"] {
        let mut program = Program::start(&["--listen", "127.0.0.1:0", "--log", "trace", "--log-format", format]).await;
        let mut client = Client::connect(program.address()).await;
        let mut other = Client::connect(program.address()).await;
        client.send("the secret").await;
        assert_eq!(other.next_text().await, "the secret");
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
