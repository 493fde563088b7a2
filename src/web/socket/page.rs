//! What a socket needs to know about the page, or the worker, it is opened from.

use js_sys::Error;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Url, WorkerGlobalScope};

use crate::websocket::{UrlFault, from_resolved, has_scheme};

/// The absolute ws or wss URL that `url` stands for on this page, as the native constructor reads it.
///
/// # Errors
/// What is wrong with it; see [`UrlFault`]. Nothing is connected to, so a host that does not exist is fine.
pub fn check_url(url: &str) -> Result<String, UrlFault> {
    if url.trim().is_empty() {
        return Err(UrlFault::Empty);
    }
    let base = base();
    let has_web_base = base
        .as_deref()
        .is_some_and(|it| from_resolved(without_fragment(it)).is_ok());
    if !has_scheme(url) && !has_web_base {
        return Err(UrlFault::NoBase);
    }
    let parsed = match base {
        Some(base) => Url::new_with_base(url, &base),
        None => Url::new(url),
    };
    from_resolved(&parsed.map_err(|_| UrlFault::Unreadable)?.href())
}

/// Whether this page, or the one that owns it, came over https. A sandboxed page has no origin, one without an address
/// of its own only that of its owner.
pub(in crate::web) fn is_secure() -> bool {
    let Some(window) = web_sys::window() else {
        return worker().is_some_and(|it| it.origin().starts_with("https:"));
    };
    let by_address = window.location().protocol().is_ok_and(|it| it == "https:");
    by_address || window.origin().starts_with("https:")
}

/// The name and the words of an exception.
pub(super) fn exception(thrown: &JsValue) -> (String, String) {
    match thrown.dyn_ref::<Error>() {
        Some(error) => (error.name().into(), error.message().into()),
        None => (String::new(), format!("{thrown:?}")),
    }
}

fn base() -> Option<String> {
    match web_sys::window() {
        Some(window) => window.document()?.base_uri().ok()?,
        None => Some(worker()?.location().href()),
    }
}

fn worker() -> Option<WorkerGlobalScope> {
    js_sys::global().dyn_into().ok()
}

fn without_fragment(url: &str) -> &str {
    url.split('#').next().unwrap_or(url)
}
