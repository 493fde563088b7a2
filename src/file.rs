//! What files are written with: dates, numbers, and JSON with one object a line. Pure.

use alloc::string::{String, ToString};

/// Year, month and day of the day that is so many days after 1970-01-01, by the Gregorian calendar. Years are counted from
/// March, so that a leap day is the last of its year.
pub(crate) fn civil(day: i64) -> (i64, usize, i64) {
    let day = day + 719_468;
    let (era, day) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let year = year + era * 400 + i64::from(month >= 10);
    (year, (month + 2) as usize % 12 + 1, day - (153 * month + 2) / 5 + 1)
}

/// The same as `2026-11-24`.
pub(crate) fn date(day: i64) -> String {
    let (year, month, day) = civil(day);
    let mut date = year.to_string();
    for number in [month as u64, day as u64] {
        date.push('-');
        push_digits(&mut date, number, 2);
    }
    date
}

/// The number with as many zeros before it as make this width.
pub(crate) fn push_digits(text: &mut String, number: u64, width: usize) {
    let digits = number.to_string();
    for _ in digits.len()..width {
        text.push('0');
    }
    text.push_str(&digits);
}

pub(crate) fn push_all(text: &mut String, parts: &[&str]) {
    for part in parts {
        text.push_str(part);
    }
}

/// A JSON object, written field by field from [`Object::begin`] to [`Object::end`].
pub(crate) struct Object<'o> {
    out: &'o mut String,
    empty: bool,
}

impl<'o> Object<'o> {
    pub(crate) fn begin(out: &'o mut String) -> Self {
        out.push('{');
        Self { out, empty: true }
    }

    pub(crate) fn end(self) {
        self.out.push('}');
    }

    /// A field whose value is still to be written, to what is given.
    pub(crate) fn name(&mut self, name: &str) -> &mut String {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        push_all(self.out, &["\"", name, "\":"]);
        self.out
    }

    pub(crate) fn number(&mut self, name: &str, value: u64) {
        self.name(name).push_str(&value.to_string());
    }

    pub(crate) fn optional(&mut self, name: &str, value: Option<u64>) {
        match value {
            Some(value) => self.number(name, value),
            None => self.name(name).push_str("null"),
        }
    }

    pub(crate) fn flag(&mut self, name: &str, value: bool) {
        self.name(name).push_str(if value { "true" } else { "false" });
    }

    pub(crate) fn text(&mut self, name: &str, value: &str) {
        push_text(self.name(name), value);
    }
}

/// A JSON array.
pub(crate) fn push_list<T>(json: &mut String, items: &[T], mut push: impl FnMut(&mut String, &T)) {
    json.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        push(json, item);
    }
    json.push(']');
}

/// A JSON string, in which also what some readers take for the end of a line is escaped.
pub(crate) fn push_text(json: &mut String, text: &str) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\0'..='\x1f' | '\u{7f}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                json.push_str("\\u");
                let code = character as u32;
                for shift in [12, 8, 4, 0] {
                    json.extend(char::from_digit((code >> shift) & 15, 16));
                }
            }
            other => json.push(other),
        }
    }
    json.push('"');
}
