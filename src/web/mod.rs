//! The only part that knows a browser.

mod chance;
mod clock;
#[cfg(feature = "element")]
mod courier;
#[cfg(feature = "element")]
mod driver;
#[cfg(feature = "element")]
pub mod element;
#[cfg(feature = "element")]
mod frame;
#[cfg(feature = "element")]
mod guard;
mod persistent;
#[cfg(feature = "element")]
mod resize;
#[cfg(feature = "element")]
mod seat;
pub mod socket;
#[cfg(feature = "element")]
pub mod storage;

use wasm_bindgen::prelude::wasm_bindgen;

pub use self::clock::Clock;

/// What the generated JavaScript module does when it is initialised.
#[wasm_bindgen(start)]
fn start() {
    persistent::install_class();
    #[cfg(feature = "element")]
    element::define_element();
}
