//! A browser of a test's own: its driver on a free port, a fresh profile, and both gone when it is dropped.

use std::{
    env, fs,
    path::PathBuf,
    process::{self, Command},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, wd::WindowHandle};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;

use crate::{
    bidi::Bidi,
    process::{Process, signal},
    programs,
    wait::within,
};

/// What the client's own browser tests are started with, too.
const CAPABILITIES: &str = include_str!("../../webdriver.json");

/// How often, and how far apart, it is tried to remove what a browser has written.
const REMOVALS: u32 = 40;
const BETWEEN_REMOVALS: Duration = Duration::from_millis(50);

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
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            languages: "en-US,en",
            dark: false,
            chromium: Vec::new(),
            firefox: Vec::new(),
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
    _home: Home,
}

impl Browser {
    /// Starts a driver, and a browser by it.
    ///
    /// # Panics
    /// If either cannot be started.
    pub async fn start(engine: Engine, wishes: &Wishes) -> Self {
        let home = Home::new();
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

    /// Ends it in good order, which leaves nothing to be killed.
    pub async fn close(&self) {
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

fn start_driver(engine: Engine, home: &Home) -> (Process, u16) {
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
    command.args(arguments).env("TMPDIR", &home.0);
    let driver = Process::start(name, &mut command);
    let port = driver.wait_for(|line| match engine {
        Engine::Chromium => line
            .split_once("started successfully on port ")
            .and_then(|(_, port)| port.trim_end_matches('.').parse().ok()),
        Engine::Firefox => line
            .split_once("Listening on 127.0.0.1:")
            .and_then(|(_, port)| port.trim().parse().ok()),
    });
    (driver, port)
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
        }
        Engine::Firefox => {
            options["binary"] = path(programs::find("FIREFOX", &["firefox-esr", "firefox"]));
            options["prefs"]["intl.accept_languages"] = json!(wishes.languages);
            options["prefs"]["layout.css.prefers-color-scheme.content-override"] = json!(usize::from(!wishes.dark));
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

/// A folder for all that a browser writes, gone with this.
#[derive(Debug)]
struct Home(PathBuf);

impl Home {
    fn new() -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("chat-room-e2e-{}-{number}", process::id()));
        fs::create_dir_all(&path).unwrap_or_else(|error| panic!("cannot make {}: {error}", path.display()));
        Self(path)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // A browser that is on its way out may still write. What stays after all is the system's to clear.
        for _ in 0..REMOVALS {
            if fs::remove_dir_all(&self.0).is_ok() {
                return;
            }
            thread::sleep(BETWEEN_REMOVALS);
        }
    }
}
