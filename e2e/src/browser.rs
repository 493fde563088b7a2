//! A browser of a test's own: its driver on a free port, a fresh profile, and both gone when it is dropped.

use std::{
    path::PathBuf,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
};

use fantoccini::{Client, ClientBuilder, wd::WindowHandle};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;

use crate::{
    bidi::Bidi,
    folder::Folder,
    process::{Process, family, signal},
    programs,
    wait::within,
};

/// How often a driver is started that ends before it is ready.
const ATTEMPTS: usize = 3;

/// What the client's own browser tests are started with, too.
const CAPABILITIES: &str = include_str!("../../webdriver.json");

/// The two browsers that everything is tested in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// By chromedriver.
    Chromium,
    /// By geckodriver.
    Firefox,
}

/// How a browser is to be set up.
#[derive(Clone, Debug)]
pub struct Wishes {
    /// The languages that the user has chosen, the best first.
    pub languages: &'static str,
    /// Whether the user likes it dark.
    pub dark: bool,
    /// More options for Chromium's command line.
    pub chromium: Vec<&'static str>,
    /// More settings for Firefox, as in `about:config`.
    pub firefox: Vec<(&'static str, Value)>,
    /// Where what it knows is kept, for one that is to come back. Without it all is forgotten at its end.
    pub profile: Option<PathBuf>,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            languages: "en-US,en",
            dark: false,
            chromium: Vec::new(),
            firefox: Vec::new(),
            profile: None,
        }
    }
}

/// A running browser.
#[derive(Debug)]
pub struct Browser {
    engine: Engine,
    client: Client,
    first: WindowHandle,
    /// The window that commands go to.
    current: Mutex<WindowHandle>,
    bidi: Bidi,
    /// The browser's own process, which outlives a driver that is killed.
    id: Option<u32>,
    closed: AtomicBool,
    driver: Process,
    /// For all that it writes.
    _home: Folder,
}

impl Browser {
    /// Starts a driver, and a browser by it.
    ///
    /// # Panics
    /// If either cannot be started.
    pub async fn start(engine: Engine, wishes: &Wishes) -> Self {
        let home = Folder::new();
        let (driver, port) = start_driver(engine, &home);
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities(engine, wishes));
        let address = format!("http://127.0.0.1:{port}");
        let client = match within("a browser session", builder.connect(&address)).await {
            Ok(client) => client,
            Err(error) => panic!("{engine:?} cannot be started: {error}\n{}", driver.printed()),
        };
        let given = |name: &str| client.capabilities().and_then(|it| it.get(name)).cloned();
        let id = ["goog:processID", "moz:processID"]
            .iter()
            .find_map(|name| given(name)?.as_u64());
        let bidi = given("webSocketUrl").and_then(|it| it.as_str().map(str::to_owned));
        let bidi = Bidi::connect(&bidi.expect("the browser speaks BiDi")).await;
        let first = client.window().await.expect("a browser has a window");
        Self {
            engine,
            client,
            current: Mutex::new(first.clone()),
            first,
            bidi,
            id: id.and_then(|id| u32::try_from(id).ok()),
            closed: AtomicBool::new(false),
            driver,
            _home: home,
        }
    }

    /// Which browser it is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// What plain WebDriver cannot do.
    pub fn bidi(&self) -> &Bidi {
        &self.bidi
    }

    /// What the driver and the browser have printed.
    pub fn printed(&self) -> String {
        self.driver.printed()
    }

    /// The window that the browser came with.
    pub fn first_window(&self) -> WindowHandle {
        self.first.clone()
    }

    /// Opens one more window, which is seen, unlike a tab behind another.
    ///
    /// # Panics
    /// If the browser does not.
    pub async fn new_window(&self) -> WindowHandle {
        self.client.new_window(false).await.expect("a new window").handle
    }

    /// Closes a window, and leaves it for another one, so that commands to the browser as a whole have one to go to.
    ///
    /// # Panics
    /// If it is not open.
    pub async fn close_window(&self, window: &WindowHandle) {
        let client = self.client(window).await;
        within("a window's end", client.close_window())
            .await
            .expect("the window was open");
        let left = client.windows().await.expect("the browser has windows");
        if let Some(other) = left.into_iter().next() {
            self.client(&other).await;
        }
    }

    /// WebDriver, for commands to this window.
    ///
    /// # Panics
    /// If the window is gone.
    pub async fn client(&self, window: &WindowHandle) -> &Client {
        let mut current = self.current.lock().await;
        if *current != *window {
            let switched = within("the window", self.client.switch_to_window(window.clone())).await;
            switched.expect("the window is open");
            current.clone_from(window);
        }
        &self.client
    }

    /// Kills it and all its processes at once, as when a machine loses its power.
    ///
    /// # Panics
    /// If it has no process that could be killed.
    pub fn kill(&self) {
        let id = self.id.expect("the driver has told the browser's process");
        for id in family(id) {
            signal("KILL", id);
        }
        self.closed.store(true, Ordering::Relaxed);
    }

    /// Whether it has ended, by whatever means of this.
    pub fn is_gone(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Ends it in good order, which leaves nothing to be killed.
    pub async fn close(&self) {
        if self.is_gone() {
            return;
        }
        // One that does not close is killed when this is dropped.
        let closed = within("the browser's end", self.client.clone().close()).await;
        self.closed.store(closed.is_ok(), Ordering::Relaxed);
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The id of one that has closed may be somebody else's by now.
        if let Some(id) = self.id.filter(|_| !self.closed.load(Ordering::Relaxed)) {
            signal("KILL", id);
        }
    }
}

fn start_driver(engine: Engine, home: &Folder) -> (Process, u16) {
    let (name, path, arguments) = match engine {
        Engine::Chromium => (
            "chromedriver",
            programs::find("CHROMEDRIVER", &["chromedriver"]),
            &["--port=0"][..],
        ),
        Engine::Firefox => (
            "geckodriver",
            programs::find("GECKODRIVER", &["geckodriver"]),
            &["--port=0", "--websocket-port=0"][..],
        ),
    };
    let mut command = Command::new(path);
    // Profiles and sockets go there, and with it.
    command.args(arguments).env("TMPDIR", home.path());
    let mut printed = String::new();
    // A driver takes the port that it was given for IPv6 for IPv4 too, and ends if another program has that one.
    for _ in 0..ATTEMPTS {
        let driver = Process::start(name, &mut command);
        if let Some(port) = driver.find(|line| port_in(engine, line)) {
            return (driver, port);
        }
        printed = driver.printed();
    }
    panic!("{name} did not get ready; it printed:\n{printed}");
}

fn port_in(engine: Engine, line: &str) -> Option<u16> {
    let (_, port) = line.split_once(match engine {
        Engine::Chromium => "started successfully on port ",
        Engine::Firefox => "Listening on 127.0.0.1:",
    })?;
    port.trim().trim_end_matches('.').parse().ok()
}

fn capabilities(engine: Engine, wishes: &Wishes) -> Map<String, Value> {
    let mut all: Map<String, Value> = serde_json::from_str(CAPABILITIES).expect("webdriver.json is an object");
    let name = match engine {
        Engine::Chromium => "goog:chromeOptions",
        Engine::Firefox => "moz:firefoxOptions",
    };
    let mut options = all.remove(name).expect("webdriver.json has options for each browser");
    match engine {
        Engine::Chromium => {
            options["binary"] = path(programs::find(
                "CHROMIUM",
                &["chromium", "chromium-browser", "google-chrome"],
            ));
            let arguments = options["args"].as_array_mut().expect("webdriver.json has args");
            arguments.push(json!(format!("--accept-lang={}", wishes.languages)));
            // 0 is dark, 1 light: the machine's own taste is not asked.
            let scheme = usize::from(!wishes.dark);
            arguments.push(json!(format!("--blink-settings=preferredColorScheme={scheme}")));
            // The last of two alike counts.
            arguments.extend(wishes.chromium.iter().map(|it| json!(it)));
            let profile = wishes.profile.iter();
            arguments.extend(profile.map(|it| json!(format!("--user-data-dir={}", it.display()))));
        }
        Engine::Firefox => {
            options["binary"] = path(programs::find("FIREFOX", &["firefox-esr", "firefox"]));
            options["prefs"]["intl.accept_languages"] = json!(wishes.languages);
            options["prefs"]["layout.css.prefers-color-scheme.content-override"] = json!(usize::from(!wishes.dark));
            if let Some(profile) = &wishes.profile {
                let arguments = options["args"].as_array_mut().expect("webdriver.json has args");
                arguments.extend([json!("-profile"), json!(profile)]);
            }
            for (name, value) in &wishes.firefox {
                options["prefs"][*name] = value.clone();
            }
        }
    }
    Map::from_iter([(name.to_owned(), options), ("webSocketUrl".to_owned(), json!(true))])
}

fn path(path: PathBuf) -> Value {
    Value::from(path.to_string_lossy().into_owned())
}
