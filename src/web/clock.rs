//! The time for pure code: never backwards, and on through sleep.

use core::cell::Cell;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::connection::Instant;

/// A clock that starts at the time of day and then follows whichever has gone further: the wall clock, which knows of
/// sleep but may be set back, or the monotonic one, which is never set back but may stand still during sleep.
///
/// It is what a [`Connection`](crate::connection::Connection) is told the time by, in pages and in workers.
#[derive(Debug)]
pub struct Clock {
    last: Cell<Reading>,
}

#[derive(Clone, Copy, Debug)]
struct Reading {
    wall: f64,
    monotonic: f64,
    now: f64,
}

impl Clock {
    /// A clock that shows the time of day.
    #[expect(clippy::new_without_default, reason = "it reads the time")]
    pub fn new() -> Self {
        let wall = wall();
        Self {
            last: Cell::new(Reading {
                wall,
                monotonic: monotonic(),
                now: wall,
            }),
        }
    }

    /// Milliseconds since 1970, as far as the wall clock was right at the start.
    #[must_use]
    pub fn now(&self) -> Instant {
        let last = self.last.get();
        let (wall, monotonic) = (wall(), monotonic());
        let passed = (wall - last.wall).max(monotonic - last.monotonic).max(0.0);
        let now = last.now + passed;
        self.last.set(Reading { wall, monotonic, now });
        Instant::from_millis(now as u64)
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn wall() -> f64;

    /// The global `performance`, which workers have too; web-sys knows only a window's.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn monotonic() -> f64;
}
