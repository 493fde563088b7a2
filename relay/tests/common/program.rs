//! The relay's program.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

use super::within;

/// A folder that is gone when it is dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{}-{number}", env!("CARGO_CRATE_NAME"), std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn relay(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chat-room-relay"));
    command.args(args).kill_on_drop(true);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The output of a relay that is expected to end by itself.
pub(crate) async fn output(args: &[&str]) -> Output {
    within("the program to end", relay(args).output())
        .await
        .expect("the program runs")
}

/// The relay's program, open.
pub(crate) struct Program {
    pub(crate) child: Child,
    pub(crate) ready: String,
    pub(crate) log: Lines<BufReader<ChildStderr>>,
    folder: Option<Folder>,
}

impl Program {
    /// With a folder of its own that goes with it.
    pub(crate) async fn start(args: &[&str]) -> Self {
        let folder = Folder::new();
        let mut program = Self::start_in(&folder, args).await;
        program.folder = Some(folder);
        program
    }

    pub(crate) async fn start_in(folder: &Folder, args: &[&str]) -> Self {
        let mut child = relay(args)
            .arg("--data")
            .arg(folder.path())
            .spawn()
            .expect("the program runs");
        let log = BufReader::new(child.stderr.take().expect("piped")).lines();
        let mut ready = String::new();
        let stdout = child.stdout.as_mut().expect("piped");
        within("the line", async {
            while !ready.ends_with('\n') {
                ready.push(char::from(stdout.read_u8().await.expect("a line")));
            }
        })
        .await;
        Self {
            child,
            ready,
            log,
            folder: None,
        }
    }

    pub(crate) fn port(&self) -> u16 {
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

    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port()))
    }

    pub(crate) async fn signal(&self, name: &str) {
        let id = self.child.id().expect("still running").to_string();
        let status = Command::new("kill")
            .args(["-s", name, &id])
            .status()
            .await
            .expect("kill runs");
        assert!(status.success());
    }

    /// Reads the log up to a line that contains `text`.
    pub(crate) async fn logs(&mut self, text: &str) -> String {
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
    pub(crate) async fn status(mut self) -> Option<i32> {
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
