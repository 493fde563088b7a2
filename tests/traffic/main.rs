//! What the inspector records, lists and writes. Run natively and in the browsers.
#![cfg(feature = "element")]

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[macro_use]
#[path = "../both/mod.rs"]
mod both;

mod export;
mod hex;
mod history;
mod json;
mod list;
mod ring;

use chat_room::traffic::{Traffic, What};
use chat_room::websocket::{Message, ReadyState};

pub(crate) fn sent(text: &str) -> What {
    What::sent(&Message::from(text))
}

pub(crate) fn received(text: &str) -> What {
    What::received(&Message::from(text))
}

/// A room's traffic so far: an attempt, and an open socket that speaks `chat-room.v1`.
pub(crate) fn in_a_room() -> Traffic {
    let mut traffic = Traffic::default();
    traffic.note(
        1,
        What::Connecting {
            url: "ws://localhost/".into(),
            protocols: "chat-room.v1".into(),
            attempt: 1,
        },
    );
    traffic.note(
        2,
        What::Open {
            protocol: "chat-room.v1".into(),
            extensions: String::new(),
        },
    );
    traffic
}

/// A socket that speaks no subprotocol.
pub(crate) fn open() -> What {
    What::Began {
        state: ReadyState::Open,
        url: "ws://localhost/".into(),
        protocol: String::new(),
    }
}
