//! Where the browser enters: a panic ends the one core that it happened in, and that one says so.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(module = "/src/web/guard.js")]
extern "C" {
    /// Through JavaScript and back: `catch` turns the trap of a panic, or an exception, into an error.
    #[wasm_bindgen(catch)]
    fn attempt(work: &mut dyn FnMut()) -> Result<(), JsValue>;
}

/// Runs what the browser calls. After a panic nothing of this core runs again, since its state may be half-changed.
#[derive(Clone)]
pub(super) struct Guard {
    broken: Rc<Cell<bool>>,
    on_broken: Function,
}

impl Guard {
    /// `on_broken` is called once, with the error, when something has panicked.
    pub(super) fn new(on_broken: Function) -> Self {
        Self {
            broken: Rc::new(Cell::new(false)),
            on_broken,
        }
    }

    /// What `work` gives, or `None` if it panicked now or something did before.
    pub(super) fn run<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let mut work = Some(work);
        let mut result = None;
        self.attempt(&mut || {
            if let Some(work) = work.take() {
                result = Some(work());
            }
        });
        result
    }

    /// Once for all kinds of work: what is generic is compiled again for each.
    fn attempt(&self, work: &mut dyn FnMut()) {
        if self.broken.get() {
            return;
        }
        if let Err(error) = attempt(&mut || work())
            && !self.broken.replace(true)
        {
            // What the listener throws is its own affair.
            drop(self.on_broken.call1(&JsValue::NULL, &error));
        }
    }
}
