//! One animation frame, as a value: dropped, it is cancelled.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

pub(super) struct Frame {
    id: i32,
    _callback: Closure<dyn FnMut(f64)>,
}

impl Frame {
    /// Calls `paint` before the browser paints next. A hidden page paints nothing until it is seen again.
    pub(super) fn request(paint: impl FnOnce() + 'static) -> Option<Self> {
        let mut paint = Some(paint);
        let callback = Closure::<dyn FnMut(f64)>::new(move |_| {
            if let Some(paint) = paint.take() {
                paint();
            }
        });
        let id = web_sys::window()?
            .request_animation_frame(callback.as_ref().unchecked_ref())
            .ok()?;
        Some(Self {
            id,
            _callback: callback,
        })
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            // A frame that has come already cannot be cancelled, and need not be.
            drop(window.cancel_animation_frame(self.id));
        }
    }
}
