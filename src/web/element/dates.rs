//! Days and times as the language writes them. The browser's formats are made once for each language: to make one costs
//! more than all else in a row.

use std::cell::RefCell;

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

use super::texts::Language;
use crate::connection::Instant;

pub(super) struct Dates {
    time: Kept,
    full: Kept,
    day: Function,
    day_of_year: Function,
}

impl Dates {
    pub(super) fn new(language: Language) -> Self {
        let time = &[("hour", "2-digit"), ("minute", "2-digit")];
        let day = &[("weekday", "long"), ("month", "long"), ("day", "numeric")];
        Self {
            time: Kept::new(format(language, &[time]), 60_000),
            full: Kept::new(
                format(language, &[&[("dateStyle", "full"), ("timeStyle", "medium")]]),
                1_000,
            ),
            day: format(language, &[day]),
            day_of_year: format(language, &[day, &[("year", "numeric")]]),
        }
    }

    /// The time of day.
    pub(super) fn time(&self, at: Instant) -> String {
        self.time.words(at)
    }

    /// Day and time.
    pub(super) fn full(&self, at: Instant) -> String {
        self.full.words(at)
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

/// A format whose words are the same for so many milliseconds, and those that it gave last: what stands together in a log
/// was said together.
struct Kept {
    format: Function,
    span: u64,
    last: RefCell<Option<(u64, String)>>,
}

impl Kept {
    fn new(format: Function, span: u64) -> Self {
        Self {
            format,
            span,
            last: RefCell::default(),
        }
    }

    fn words(&self, at: Instant) -> String {
        let span = at.as_millis() / self.span;
        let mut last = self.last.borrow_mut();
        match &*last {
            Some((known, words)) if *known == span => words.clone(),
            _ => {
                let words = words(&self.format, at);
                *last = Some((span, words.clone()));
                words
            }
        }
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
