//! A socket that records its events, and waiting for what the browser does in its own time.
#![allow(dead_code, reason = "each of the test crates uses a part of it")]

pub(crate) mod server;

use std::{cell::RefCell, rc::Rc};

use chat_room::{
    web::{Socket, SocketEvent},
    websocket::{Close, Message, Protocol},
};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/tests/socket_support/page.js")]
extern "C" {
    /// What nobody caught since the page was loaded, a line each.
    pub(crate) fn uncaught() -> String;
    pub(crate) async fn sleep(ms: u32);
    pub(crate) async fn get(url: &str) -> JsValue;
    #[wasm_bindgen(js_name = nativeUrl)]
    pub(crate) fn native_url(url: &str) -> Option<String>;
    #[wasm_bindgen(js_name = nativelyCloses)]
    pub(crate) fn natively_closes(url: &str, code: u16, reason: &str) -> bool;
    #[wasm_bindgen(js_name = keepSockets)]
    pub(crate) fn keep_sockets() -> js_sys::Function;
    #[wasm_bindgen(js_name = dispatchClose)]
    pub(crate) fn dispatch_close(code: u16);
    #[wasm_bindgen(js_name = closeCode)]
    pub(crate) async fn close_code() -> JsValue;
}

/// Nobody listens here, and no browser blocks the port.
pub(crate) const REFUSED: &str = "ws://127.0.0.1:2/";

/// Waits until `condition` holds; after half a minute the test has failed.
pub(crate) async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..6000 {
        if condition() {
            return;
        }
        sleep(5).await;
    }
    panic!("half a minute has passed, and not yet: {what}");
}

pub(crate) fn protocols(names: &[&str]) -> Vec<Protocol> {
    names.iter().map(|it| Protocol::new(*it).expect("a token")).collect()
}

/// A close that nobody announced.
pub(crate) fn lost() -> Close {
    Close {
        code: 1006,
        reason: String::new(),
        was_clean: false,
    }
}

/// A socket and all it has told so far.
pub(crate) struct Recorded {
    pub(crate) socket: Socket,
    events: Rc<RefCell<Vec<SocketEvent>>>,
}

impl Recorded {
    pub(crate) fn open(url: &str) -> Self {
        Self::offer(url, &[])
    }

    pub(crate) fn offer(url: &str, names: &[&str]) -> Self {
        let events = Rc::new(RefCell::new(Vec::new()));
        let log = Rc::clone(&events);
        let socket = Socket::open(url, &protocols(names), move |event| log.borrow_mut().push(event));
        Self {
            socket: socket.expect("the browser takes it"),
            events,
        }
    }

    /// A socket that is open.
    pub(crate) async fn opened(url: &str) -> Self {
        let recorded = Self::open(url);
        recorded.has_opened().await;
        recorded
    }

    pub(crate) async fn has_opened(&self) {
        until("open", || self.events.borrow().first() == Some(&SocketEvent::Open)).await;
    }

    pub(crate) async fn closed(&self) -> Close {
        until("closed", || {
            matches!(self.events.borrow().last(), Some(SocketEvent::Close(_)))
        })
        .await;
        match self.events().pop() {
            Some(SocketEvent::Close(close)) => close,
            other => panic!("{other:?} after the close"),
        }
    }

    pub(crate) fn events(&self) -> Vec<SocketEvent> {
        self.events.borrow().clone()
    }

    pub(crate) fn messages(&self) -> Vec<Message> {
        let message = |event| match event {
            SocketEvent::Message(message) => Some(message),
            _ => None,
        };
        self.events().into_iter().filter_map(message).collect()
    }

    pub(crate) async fn has_messages(&self, count: usize) -> Vec<Message> {
        until("messages", || self.messages().len() >= count).await;
        self.messages()
    }
}
