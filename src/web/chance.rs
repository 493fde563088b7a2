//! Chance for pure code.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// A fresh number, uniform in 0..1.
    #[wasm_bindgen(js_namespace = Math, js_name = random)]
    pub(super) fn chance() -> f64;
}
