//! A page of the bench in a browser of its own.
//!
//! No driver steers it: what one listens to, such as every message of a WebSocket, costs more than what is measured. The
//! page itself connects to the bench and is told what to do.

use std::{process::Command, time::Duration};

use e2e::{browser::Engine, folder::Folder, process::Process, programs};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpStream},
    time,
};
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};

/// After this long a page has hung, or a browser does not start. Nothing is measured by it.
const GIVE_UP: Duration = Duration::from_secs(400);

/// What the end-to-end tests' browsers are started with, too.
const CAPABILITIES: &str = include_str!("../../webdriver.json");

/// A page whose script puts functions into `globalThis` for this to call. They take one value and may be asynchronous.
pub(crate) struct Tab {
    listener: TcpListener,
    socket: WebSocketStream<TcpStream>,
    browser: Process,
    _profile: Folder,
}

impl Tab {
    /// Opens the page in a new browser. It has to import `control.js`.
    ///
    /// # Panics
    /// If it does not get ready.
    pub(crate) async fn open(engine: Engine, url: &str) -> Self {
        Self::with_options(engine, url, &[]).await
    }

    /// The same with more on the browser's command line.
    ///
    /// # Panics
    /// If it does not get ready.
    pub(crate) async fn with_options(engine: Engine, url: &str, options: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let profile = Folder::new();
        let url = format!("{url}?control={port}");
        let browser = Process::start("the browser", command(engine, &profile, options).arg(url));
        let socket = connected(&listener, &browser).await;
        Self {
            listener,
            socket,
            browser,
            _profile: profile,
        }
    }

    /// Has the page loaded anew, and waits until it is there.
    ///
    /// # Panics
    /// If it does not get ready.
    pub(crate) async fn reload(&mut self) {
        let order = json!({ "name": "reload", "options": null }).to_string();
        // Nothing answers: the page is gone.
        self.socket.send(Message::text(order)).await.expect("the page is there");
        self.socket = connected(&self.listener, &self.browser).await;
    }

    /// Stops the browser where it is, until [`thaw`](Self::thaw).
    pub(crate) fn freeze(&self) {
        self.browser.freeze();
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) {
        self.browser.thaw();
    }

    /// What this function of the page gives.
    ///
    /// # Panics
    /// If it fails or hangs.
    pub(crate) async fn call(&mut self, name: &str, options: Value) -> Value {
        let order = json!({ "name": name, "options": options }).to_string();
        let calling = async {
            self.socket.send(Message::text(order)).await.ok()?;
            self.socket.next().await?.ok()
        };
        let Ok(Some(answer)) = time::timeout(GIVE_UP, calling).await else {
            panic!(
                "{name} did not come to an end in the page; the browser printed:\n{}",
                self.browser.printed()
            );
        };
        let mut answer: Value = serde_json::from_slice(&answer.into_data()).expect("the page answers with JSON");
        if let Some(error) = answer["error"].as_str() {
            panic!("{name} failed in the page: {error}");
        }
        answer["result"].take()
    }
}

async fn connected(listener: &TcpListener, browser: &Process) -> WebSocketStream<TcpStream> {
    let connecting = async { Some(accept_async(listener.accept().await.ok()?.0).await) };
    match time::timeout(GIVE_UP, connecting).await {
        Ok(Some(Ok(socket))) => socket,
        _ => panic!("the browser did not open the page; it printed:\n{}", browser.printed()),
    }
}

/// A browser with this profile, and more on its command line. What it shows comes last.
pub(crate) fn command(engine: Engine, profile: &Folder, options: &[&str]) -> Command {
    let capabilities: Value = serde_json::from_str(CAPABILITIES).expect("webdriver.json is JSON");
    let given = |name: &str| {
        let given = capabilities[name]["args"].as_array();
        let given = given.expect("webdriver.json has args for each browser").iter();
        given.filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    let mut command = match engine {
        Engine::Chromium => {
            let names = ["chromium", "chromium-browser", "google-chrome"];
            let mut command = Command::new(programs::find("CHROMIUM", &names));
            command.args(given("goog:chromeOptions"));
            command.arg(format!("--user-data-dir={}", profile.path().display()));
            command
        }
        Engine::Firefox => {
            let mut command = Command::new(programs::find("FIREFOX", &["firefox-esr", "firefox"]));
            command.args(given("moz:firefoxOptions"));
            command.arg("-no-remote").arg("-profile").arg(profile.path());
            command
        }
    };
    command.args(options);
    command
}
