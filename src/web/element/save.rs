//! The log as a file.

use std::rc::Rc;

use js_sys::Date;
use wasm_bindgen::JsValue;

use super::alerts::download;
use super::texts::fill;
use super::{Shared, phrases};
use crate::room::Content;
use crate::room::export::{self, Words};

/// What programs can read, or people.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Form {
    Text,
    Json,
}

/// Gives the user what is loaded as a file, and says if that is not all.
pub(super) fn save(shared: &Rc<Shared>, form: Form) {
    let (room, count, is_all) = shared.driver.read(|room| {
        let texts = room.timeline().iter();
        let count = texts
            .filter(|item| matches!(item.content(), Content::Said(_) | Content::Text { .. }))
            .count();
        (room.entrance().room.clone(), count, !room.has_older())
    });
    let now = shared.driver.now().as_millis();
    let (extension, file_type) = match form {
        Form::Text => ("txt", "text/plain;charset=utf-8"),
        Form::Json => ("json", "application/json"),
    };
    let file = shared.with_texts(|texts| {
        let words = Words {
            answers: texts.answers(),
            edited: texts.edited(),
            deleted: texts.deleted(),
            unsent: texts.delivery_failed(),
            hole: texts.hole_in_file(),
            nameless: (texts.you(), texts.received()),
        };
        shared.driver.read(|room| match form {
            Form::Text => {
                let lines = export::text(room.timeline(), &words, &minutes_east, &phrases::visible);
                if is_all {
                    lines
                } else {
                    [texts.older_not_in_file(), "\n", &lines].concat()
                }
            }
            Form::Json => export::json(room.timeline()),
        })
    });
    let name = export::file_name(&room, now, minutes_east(now), extension);
    download(&name, file_type, &file);
    let sentence = shared.with_texts(|texts| {
        let mut sentence = fill(texts.saved(), &[&count.to_string()]);
        if !is_all {
            sentence.push_str(texts.sentence_gap());
            sentence.push_str(texts.older_not_in_file());
        }
        sentence
    });
    shared.note(sentence);
}

/// How far the user is east of Greenwich at this time.
fn minutes_east(millis: u64) -> i64 {
    -(Date::new(&JsValue::from_f64(millis as f64)).get_timezone_offset() as i64)
}
