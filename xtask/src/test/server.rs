//! The test server, running for as long as a part of the tests needs it.

use crate::binary;
use crate::clock;
use crate::failure::{Failure, Result};
use crate::listen;
use crate::steps::Steps;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Where the client's tests look for it.
const ADDRESS: &str = "127.0.0.1:8006";
const READY: &str = "test server at";
const START: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(300);

/// Ends with its value.
pub(super) struct TestServer(Child);

impl TestServer {
    pub(super) fn start(steps: &Steps) -> Result<TestServer> {
        let program = binary::test_server()?;
        wait_for_port(steps)?;
        let mut command = Command::new(program);
        command
            .args(["--listen", ADDRESS])
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|e| Failure(format!("cannot start the test server: {e}")))?;
        let stdout = child.stdout.take();
        let server = TestServer(child);
        let (send, ready) = mpsc::channel();
        // It goes on reading, or the server would stop at a full pipe.
        thread::spawn(move || {
            for line in stdout
                .into_iter()
                .flat_map(|out| BufReader::new(out).lines())
                .map_while(|line| line.ok())
            {
                if line.contains(READY) {
                    let _ = send.send(());
                }
            }
        });
        match ready.recv_timeout(START) {
            Ok(()) => Ok(server),
            Err(_) => Err(Failure(format!(
                "the test server did not get ready at {ADDRESS}: run `cargo xtask test-server` to see why"
            ))),
        }
    }
}

/// Another run of the tests has it for a few minutes.
fn wait_for_port(steps: &Steps) -> Result {
    let free = || listen::check(Some(ADDRESS)).is_ok();
    if free() {
        return Ok(());
    }
    steps.say(&format!(
        "Waiting for the program that has {ADDRESS}, where the tests need their server"
    ));
    let started = clock::now();
    while started.elapsed() < PATIENCE {
        thread::sleep(Duration::from_secs(1));
        if free() {
            return Ok(());
        }
    }
    Err(Failure(format!(
        "the tests need {ADDRESS}, which is in use: stop the program that has it"
    )))
}

impl Drop for TestServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
