//! A web worker that holds a connection, or is in a room, for a page that only says and hears.
//!
//! The worker's address says where to: `worker.js?url=ws://localhost:8005/socket` is a
//! [`Connection`](chat_room::connection::Connection) to any server, `&room=garden&name=Ann` makes it a
//! [`Room`](chat_room::room::Room). Each string that the page posts is said; what is heard, and where the connection
//! stands, is posted to the page.
//!
//! The page and how to build this are in `README.md` beside it.
#![cfg(target_arch = "wasm32")]

mod driver;
mod line;
mod visit;

use std::cell::RefCell;

use chat_room::connection::Target;
use chat_room::room::{Entrance, SUBPROTOCOL};
use chat_room::websocket::Protocol;
use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, UrlSearchParams};

thread_local! {
    /// Held for as long as the worker lives.
    static LISTENER: RefCell<Option<EventListener>> = const { RefCell::new(None) };
}

/// Runs as soon as the module is initialised. An application has its own start function; that of the crate is left out
/// with its feature `package`.
#[wasm_bindgen(start)]
fn start() {
    let Ok(worker) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else {
        return;
    };
    let page = worker.clone();
    let tell = move |text: &str| drop(page.post_message(&text.into()));
    let query = UrlSearchParams::new_with_str(&worker.location().search()).ok();
    let given = |name| query.as_ref().and_then(|query| query.get(name));
    let target = Target::new(given("url").unwrap_or_default());
    let say: Box<dyn Fn(String)> = match given("room") {
        None => line::begin(target, tell.clone()),
        Some(room) => {
            let mut target = target;
            target.protocols.extend(Protocol::new(SUBPROTOCOL));
            let name = given("name").unwrap_or_default();
            visit::begin(Entrance::new(target, room, name), tell.clone())
        }
    };
    let listener = EventListener::new(&worker, "message", move |event| {
        if let Some(text) = event.dyn_ref::<MessageEvent>().and_then(|it| it.data().as_string()) {
            say(text);
        }
    });
    LISTENER.set(Some(listener));
    tell("ready");
}
