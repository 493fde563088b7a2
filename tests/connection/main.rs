//! The connection's state machine: every transition, stories, and random sequences against a model.
//! The same tests run natively and in the browsers.

mod diagram;
mod model;
mod stories;
mod support;
mod table;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
