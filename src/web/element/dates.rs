//! Days and times as the language writes them. The browser's formats are made once for each language: to make one costs
//! more than all else in a row.

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

use super::texts::Language;
use crate::connection::Instant;

pub(super) struct Dates {
    time: Function,
    full: Function,
    day: Function,
    day_of_year: Function,
}

impl Dates {
    pub(super) fn new(language: Language) -> Self {
        let time = &[("hour", "2-digit"), ("minute", "2-digit")];
        let day = &[("weekday", "long"), ("month", "long"), ("day", "numeric")];
        Self {
            time: format(language, &[time]),
            full: format(language, &[&[("dateStyle", "full"), ("timeStyle", "medium")]]),
            day: format(language, &[day]),
            day_of_year: format(language, &[day, &[("year", "numeric")]]),
        }
    }

    /// The time of day.
    pub(super) fn time(&self, at: Instant) -> String {
        words(&self.time, at)
    }

    /// Day and time.
    pub(super) fn full(&self, at: Instant) -> String {
        words(&self.full, at)
    }

    /// The day, with the year if it is not this one.
    pub(super) fn day(&self, at: Instant, now: Instant) -> String {
        let same = date(at).get_full_year() == date(now).get_full_year();
        words(if same { &self.day } else { &self.day_of_year }, at)
    }

    /// For machines.
    pub(super) fn iso(&self, at: Instant) -> String {
        let date = date(at);
        // Of a time that is none it would throw.
        if date.get_time().is_nan() {
            return String::new();
        }
        String::from(date.to_iso_string())
    }
}

fn format(language: Language, options: &[&[(&str, &str)]]) -> Function {
    let object = Object::new();
    for (name, value) in options.iter().copied().flatten() {
        // Setting a property of a fresh plain object cannot fail.
        drop(Reflect::set(&object, &(*name).into(), &(*value).into()));
    }
    let locales = Array::of1(&language.tag().into());
    Intl::DateTimeFormat::new(&locales, &object).format()
}

/// Empty for a time that is none.
fn words(format: &Function, at: Instant) -> String {
    let words = format.call1(&JsValue::UNDEFINED, &date(at));
    words.ok().and_then(|it| it.as_string()).unwrap_or_default()
}

pub(super) fn date(at: Instant) -> Date {
    Date::new(&JsValue::from_f64(at.as_millis() as f64))
}
