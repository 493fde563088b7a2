//! Chance for pure code.

#[expect(clippy::disallowed_methods, reason = "this is the one place that draws chance")]
pub(super) fn chance() -> f64 {
    js_sys::Math::random()
}
