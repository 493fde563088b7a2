//! An element's place in its page, by which it finds after a reload where it was connected.

use std::cell::RefCell;

use js_sys::{Array, JsString};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;

use super::socket::check_url;
use crate::connection::Target;
use crate::room::Entrance;
use crate::websocket::Protocol;

#[wasm_bindgen(module = "/src/web/tab.js")]
extern "C" {
    fn take() -> u32;
    fn leave(number: u32);
    fn recall(number: u32, declared: &str) -> Array;
    fn remember(number: u32, declared: &str, entrance: &Array);
}

/// Held by one element of a page. Given up, it forgets where the element was.
pub(super) struct Seat {
    number: u32,
    declared: String,
    /// What the tab remembers now.
    entrance: RefCell<Option<Entrance>>,
}

impl Seat {
    /// `declared` is what the page asks this element for: one that asks for something else does not come back to where
    /// this one was.
    pub(super) fn take(declared: String) -> Self {
        let number = take();
        let entrance = read(&recall(number, &declared));
        Self {
            number,
            declared,
            entrance: RefCell::new(entrance),
        }
    }

    /// Where the element was connected when its page ended.
    pub(super) fn entrance(&self) -> Option<Entrance> {
        self.entrance.borrow().clone()
    }

    pub(super) fn remember(&self, entrance: Option<&Entrance>) {
        if self.entrance.borrow().as_ref() == entrance {
            return;
        }
        let words = Array::new();
        if let Some(Entrance { target, room, name }) = entrance {
            for word in [&target.url, room, name] {
                words.push(&word.into());
            }
            for protocol in &target.protocols {
                words.push(&protocol.as_str().into());
            }
        }
        remember(self.number, &self.declared, &words);
        self.entrance.replace(entrance.cloned());
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.remember(None);
        leave(self.number);
    }
}

/// Another script may have written it.
fn read(words: &Array) -> Option<Entrance> {
    let mut words = words
        .iter()
        .filter_map(|word| word.dyn_into::<JsString>().ok())
        .map(String::from);
    let url = words.next()?;
    Some(Entrance {
        room: words.next()?,
        name: words.next()?,
        target: Target {
            url: check_url(&url).ok()?,
            protocols: words.map(Protocol::new).collect::<Result<_, _>>().ok()?,
        },
    })
}
