//! What time it is where the user is.

use js_sys::Date;
use wasm_bindgen::JsValue;

use crate::connection::Instant;
use crate::text::LocalTime;

pub(super) fn local(at: Instant) -> LocalTime {
    LocalTime::new(at.as_millis(), minutes_east(at.as_millis()))
}

/// How far the user is east of Greenwich at this time.
pub(super) fn minutes_east(millis: u64) -> i64 {
    -(Date::new(&JsValue::from_f64(millis as f64)).get_timezone_offset() as i64)
}
