//! The room: what becomes of what is said and heard. Run natively and in the browsers.
#![cfg(feature = "element")]

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[macro_use]
#[path = "../both/mod.rs"]
mod both;

mod export;
mod fold;
mod golden;
mod kept;
mod log;
mod people;
mod plain;
mod posts;
mod support;
mod token;
mod typed;
