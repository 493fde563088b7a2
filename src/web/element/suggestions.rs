//! How what is being typed may go on: commands and names, in a list above the text box.
//!
//! The keys stay with the text box, which names the chosen option (`aria-activedescendant`). It is no `combobox`, since
//! a text box of several lines may have no other role.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::Shared;
use super::composer::{self, meaning, usage};
use super::dom::{append, make, set, set_text, show, utf16_len};
use super::events::on;
use super::fields::speaks_rooms;
use super::parts::Parts;
use super::phrases;
use super::texts::{Texts, fill};
use crate::room::typed::{Completion, complete};

pub(super) struct Suggestions {
    list: HtmlElement,
    open: RefCell<Option<Open>>,
}

struct Open {
    completion: Completion,
    /// Where what is to be replaced ends, in bytes.
    caret: usize,
    chosen: usize,
}

impl Suggestions {
    pub(super) fn new(parts: &Parts) -> Self {
        let list: HtmlElement = make("ul;id=suggestions;part=suggestions;role=listbox;hidden");
        if let Some(line) = parts.text.parent_element() {
            append(&line, &[&list]);
        }
        set(&parts.text, "aria-autocomplete", "list");
        set(&parts.text, "aria-haspopup", "listbox");
        set(&parts.text, "aria-controls", "suggestions");
        Self {
            list,
            open: RefCell::default(),
        }
    }

    pub(super) fn speak(&self, texts: &Texts) {
        set(&self.list, "aria-label", texts.suggestions());
    }

    fn fill(&self, completion: &Completion, texts: &Texts) {
        self.list.set_text_content(None);
        for (index, option) in completion.options.iter().enumerate() {
            let id = ["suggestion-", &index.to_string()].concat();
            let item: Element = make("li;role=option");
            item.set_id(&id);
            let words: Element = make("bdi");
            append(&item, &[&words]);
            if let Some(command) = option.strip_prefix('/') {
                let command = command.trim_end();
                set_text(&words, &usage(texts, command));
                let description: Element = make("span");
                set_text(&description, meaning(texts, command));
                append(&item, &[&description]);
            } else {
                set_text(&words, &phrases::visible(option.trim_end()));
            }
            append(&self.list, &[&item]);
        }
    }

    /// Marks the chosen option, for the eye and for assistive technology.
    fn mark(&self, parts: &Parts, chosen: usize) {
        let options = self.list.children();
        for index in 0..options.length() {
            if let Some(option) = options.item(index) {
                let selected = index as usize == chosen;
                set(&option, "aria-selected", if selected { "true" } else { "false" });
                if selected {
                    set(&parts.text, "aria-activedescendant", &option.id());
                }
            }
        }
    }
}

pub(super) fn listen(shared: &Rc<Shared>) -> Vec<EventListener> {
    let list = &shared.view.suggestions.list;
    vec![
        // The text box keeps the focus.
        on(shared, list, "pointerdown", |_, event| event.prevent_default()),
        on(shared, list, "mousedown", |_, event| event.prevent_default()),
        on(shared, list, "click", |shared, event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let option = target.and_then(|target| target.closest("[role=option]").ok().flatten());
            let index = option.and_then(|option| option.id().rsplit('-').next()?.parse().ok());
            if let Some(index) = index {
                choose(shared, index);
                take(shared);
            }
        }),
        on(shared, &shared.view.parts.text, "click", |shared, _| update(shared)),
    ]
}

/// The text or its caret is another one.
pub(super) fn update(shared: &Rc<Shared>) {
    let suggestions = &shared.view.suggestions;
    let text = &shared.view.parts.text;
    let value = text.value();
    let begins = value.starts_with('/') || value.as_bytes().contains(&b'@');
    // An input method shows a list of its own, over the same keys.
    if !begins || shared.view.composer.composing.get() {
        return close(shared);
    }
    let caret = text.selection_start().ok().flatten();
    let caret = caret.map_or(value.len(), |caret| byte_of(&value, caret as usize));
    let completion = shared.driver.read(|room| {
        let names = room.members().iter().map(|(_, name)| name);
        complete(&value, caret, speaks_rooms(room), names)
    });
    let Some(completion) = completion else {
        return close(shared);
    };
    let was_open = suggestions.open.borrow().is_some();
    let count = completion.options.len().to_string();
    shared.with_texts(|texts| suggestions.fill(&completion, texts));
    suggestions.open.replace(Some(Open {
        completion,
        caret,
        chosen: 0,
    }));
    suggestions.mark(&shared.view.parts, 0);
    show(&suggestions.list, true);
    if !was_open {
        shared.say_aloud(shared.with_texts(|texts| fill(texts.suggested(), &[&count])));
    }
}

pub(super) fn close(shared: &Rc<Shared>) {
    if shared.view.suggestions.open.take().is_some() {
        hide(shared);
    }
}

fn hide(shared: &Rc<Shared>) {
    show(&shared.view.suggestions.list, false);
    // It may not be there.
    drop(shared.view.parts.text.remove_attribute("aria-activedescendant"));
}

/// Whether the list has taken this key of the text box.
pub(super) fn take_key(shared: &Rc<Shared>, key: &KeyboardEvent) -> bool {
    let (chosen, count, is_there) = match &*shared.view.suggestions.open.borrow() {
        Some(open) => (open.chosen, open.completion.options.len(), is_there(shared, open)),
        None => return false,
    };
    if key.ctrl_key() || key.alt_key() || key.meta_key() || key.shift_key() {
        return false;
    }
    match key.key().as_str() {
        "ArrowDown" => choose(shared, (chosen + 1) % count),
        "ArrowUp" => choose(shared, (chosen + count - 1) % count),
        "Escape" => close(shared),
        // What is typed in full already is meant, also where a longer one begins likewise.
        "Enter" if is_there => return false,
        "Enter" | "Tab" => take(shared),
        "ArrowLeft" | "ArrowRight" | "Home" | "End" | "PageUp" | "PageDown" => {
            close(shared);
            return false;
        }
        _ => return false,
    }
    true
}

fn is_there(shared: &Rc<Shared>, open: &Open) -> bool {
    let text = shared.view.parts.text.value();
    let typed = text.get(open.completion.from..open.caret);
    let option = open.completion.options.get(open.chosen);
    typed.is_some() && typed == option.map(|option| option.trim_end())
}

fn choose(shared: &Rc<Shared>, index: usize) {
    let suggestions = &shared.view.suggestions;
    if let Some(open) = &mut *suggestions.open.borrow_mut() {
        open.chosen = index.min(open.completion.options.len() - 1);
        suggestions.mark(&shared.view.parts, open.chosen);
    }
}

/// Puts the chosen option where its beginning was typed.
fn take(shared: &Rc<Shared>) {
    let open = shared.view.suggestions.open.take();
    hide(shared);
    let Some(open) = open else { return };
    let text = &shared.view.parts.text;
    let value = text.value();
    let (Some(before), Some(after)) = (value.get(..open.completion.from), value.get(open.caret..)) else {
        return;
    };
    let option = &open.completion.options[open.chosen];
    let begun = [before, option].concat();
    let caret = utf16_len(&begun);
    text.set_value(&[&begun, after.strip_prefix(' ').unwrap_or(after)].concat());
    // A caret within the text is always valid.
    drop(text.set_selection_range(caret, caret));
    composer::typed(shared);
}

/// Where in the text, in bytes, this many UTF-16 units are over.
fn byte_of(text: &str, units: usize) -> usize {
    let mut passed = 0;
    for (byte, character) in text.char_indices() {
        if passed >= units {
            return byte;
        }
        passed += character.len_utf16();
    }
    text.len()
}
