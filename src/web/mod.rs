//! The only part that knows a browser: a page's, or a worker's. For `wasm32` targets only.
//!
//! [`Socket`] is the native WebSocket, typed; with the feature `futures`, `SocketStream` is the same as a `Stream` and
//! a `Sink`. [`Clock`] tells the time to what takes it as an argument.

#[cfg(not(feature = "rust"))]
mod bare;
#[cfg(any(feature = "element", not(feature = "rust")))]
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
#[cfg(any(feature = "package", not(feature = "rust")))]
mod persistent;
#[cfg(feature = "element")]
mod resize;
#[cfg(feature = "element")]
mod seat;
#[cfg(feature = "rust")]
mod socket;
// Public for its tests alone; no promise is made about it.
#[cfg(feature = "element")]
#[doc(hidden)]
pub mod storage;
#[cfg(feature = "futures")]
mod stream;
#[cfg(any(feature = "element", not(feature = "rust")))]
mod timer;

#[cfg(any(feature = "package", not(feature = "rust")))]
use wasm_bindgen::prelude::wasm_bindgen;

pub use self::clock::Clock;
#[cfg(feature = "rust")]
pub use self::socket::{Socket, SocketEvent, check_url};
#[cfg(feature = "futures")]
pub use self::stream::{ConnectError, Ended, OVERFLOW_CODE, SocketStream, StreamLimits};

/// What the generated JavaScript module does when it is initialised. An application has a start function, too, by another
/// name.
#[cfg(any(feature = "package", not(feature = "rust")))]
#[wasm_bindgen(start, skip_typescript)]
fn start_chat_room() {
    persistent::install_class();
    #[cfg(feature = "element")]
    element::define_element();
}
