//! The log as a file.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::Array;

use super::alerts::{add_piece, download};
use super::dates::minutes_east;
use super::dom::document;
use super::texts::fill;
use super::{Shared, enter, phrases};
use crate::room::export::{self, Export, Words};

/// What programs can read, or people.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Form {
    Text,
    Json,
}

/// The files that are being made, one of each form at most, and what goes on with them.
#[derive(Default)]
pub(super) struct Saves {
    under_way: RefCell<Vec<Save>>,
    timer: RefCell<Option<Timeout>>,
}

struct Save {
    form: Form,
    name: String,
    is_all: bool,
    export: Export,
    pieces: Array,
}

/// Gives the user what is loaded as a file, and says if that is not all. A long one is made by pieces.
pub(super) fn save(shared: &Rc<Shared>, form: Form) {
    let mut under_way = shared.saves.under_way.borrow_mut();
    if under_way.iter().any(|it| it.form == form) {
        return;
    }
    let now = shared.driver.now().as_millis();
    under_way.push(shared.driver.read(|room| {
        let extension = match form {
            Form::Text => "txt",
            Form::Json => "json",
        };
        Save {
            form,
            name: export::file_name(&room.entrance().room, now, minutes_east(now), extension),
            is_all: !room.has_older(),
            export: Export::new(room.timeline()),
            pieces: Array::new(),
        }
    }));
    drop(under_way);
    go_on(shared);
}

/// Makes what is being made to its end, before something of it leaves.
pub(super) fn finish(shared: &Rc<Shared>) {
    while shared.saves.timer.take().is_some() {
        go_on(shared);
    }
}

/// The next piece of each.
fn go_on(shared: &Rc<Shared>) {
    let mut under_way = shared.saves.under_way.take();
    under_way.retain_mut(|save| {
        // Timers of hidden pages are slow, and nobody looks.
        while !save.export.is_whole() {
            save.write(shared);
            if !document().hidden() {
                break;
            }
        }
        if save.export.is_whole() {
            save.give(shared);
        }
        !save.export.is_whole()
    });
    let timer = (!under_way.is_empty()).then(|| {
        let weak = Rc::downgrade(shared);
        Timeout::new(0, move || enter(&weak, go_on))
    });
    shared.saves.under_way.replace(under_way);
    shared.saves.timer.replace(timer);
}

impl Save {
    /// Adds the next piece.
    fn write(&mut self, shared: &Rc<Shared>) {
        let piece = shared.with_texts(|texts| {
            let form = match self.form {
                Form::Text => export::Form::Text {
                    words: Words {
                        answers: texts.answers(),
                        edited: texts.edited(),
                        deleted: texts.deleted(),
                        unsent: texts.delivery_failed(),
                        hole: texts.hole_in_file(),
                        nameless: (texts.you(), texts.received()),
                    },
                    minutes_east: &minutes_east,
                    visible: &phrases::visible,
                },
                Form::Json => export::Form::Json,
            };
            shared.driver.read(|room| self.export.next(room.timeline(), &form))
        });
        if let Some(piece) = &piece {
            add_piece(&self.pieces, piece);
        }
    }

    fn give(&self, shared: &Rc<Shared>) {
        let sentence = shared.with_texts(|texts| {
            let mut sentence = fill(texts.saved(), &[&self.export.texts().to_string()]);
            if !self.is_all {
                sentence.push_str(texts.sentence_gap());
                sentence.push_str(texts.older_not_in_file());
                if self.form == Form::Text {
                    self.pieces.unshift(&[texts.older_not_in_file(), "\n"].concat().into());
                }
            }
            sentence
        });
        let file_type = match self.form {
            Form::Text => "text/plain;charset=utf-8",
            Form::Json => "application/json",
        };
        download(&self.name, file_type, &self.pieces);
        shared.note(sentence);
    }
}
