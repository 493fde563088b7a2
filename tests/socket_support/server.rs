//! The project's test server, as the browser tests see it.

use super::{get, sleep};

/// Where the test server listens, as a WebSocket URL without a path.
const SERVER: &str = match option_env!("CHAT_ROOM_TEST_SERVER") {
    Some(url) => url,
    None => "ws://127.0.0.1:8006",
};

/// The URL of one of the test server's paths.
pub(crate) fn at(path: &str) -> String {
    format!("{SERVER}{path}")
}

/// How many connections are open on the server. Every test begins with it, to fail with words if there is no server.
pub(crate) async fn open_count() -> u32 {
    count("open").await
}

/// How many messages the server has echoed since it started.
pub(crate) async fn received_count() -> u32 {
    count("received").await
}

async fn count(what: &str) -> u32 {
    let url = at("/count").replacen("ws", "http", 1);
    let Some(body) = get(&url).await.as_string() else {
        panic!("no test server at {SERVER}; start it in another terminal with: cargo xtask test-server");
    };
    let counts = js_sys::JSON::parse(&body).expect("JSON");
    let number = js_sys::Reflect::get(&counts, &what.into()).expect("an object");
    number.as_f64().expect("a number") as u32
}

/// Waits until no more connections are open on the server than `before`.
pub(crate) async fn open_count_returns_to(before: u32) {
    let mut open = open_count().await;
    for _ in 0..300 {
        if open <= before {
            return;
        }
        sleep(100).await;
        open = open_count().await;
    }
    panic!("half a minute has passed, and {open} connections are still open, not {before}");
}
