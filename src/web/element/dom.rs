//! The few things that the view needs of the DOM. Text goes in as text, never as markup.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Document, Element, HtmlButtonElement, HtmlElement};

/// The page's document.
///
/// # Panics
/// Outside of a page; an element cannot be there.
pub(super) fn document() -> Document {
    web_sys::window()
        .and_then(|window| window.document())
        .expect("an element is in a document")
}

#[wasm_bindgen(module = "/src/web/element/dom.js")]
extern "C" {
    #[wasm_bindgen(js_name = make)]
    fn make_element(what: &str) -> Element;
    #[wasm_bindgen(js_name = copy)]
    fn copy_element(what: &str) -> Element;
    fn draw(parent: &Element, words: &str, steps: &[u32]);
}

/// A new element: its tag and its attributes, as `button;type=button;hidden`. They are one text because that is smaller
/// than a table of them, and one call.
pub(super) fn make<T: JsCast>(what: &str) -> T {
    make_element(what).unchecked_into()
}

/// A new element of this class.
pub(super) fn classed<T: JsCast>(tag: &str, class: &str) -> T {
    make(&[tag, ";class=", class].concat())
}

/// A new button, which does not submit, with this id.
pub(super) fn button(id: &str) -> HtmlButtonElement {
    make(&["button;type=button;id=", id].concat())
}

/// A new element of what is made again and again.
pub(super) fn copy<T: JsCast>(what: &'static str) -> T {
    copy_element(what).unchecked_into()
}

/// The same with a text in it.
pub(super) fn worded(what: &'static str, text: &str) -> Element {
    let element: Element = copy(what);
    element.set_text_content(Some(text));
    element
}

/// How many units JavaScript counts in a text.
pub(super) fn utf16_len(text: &str) -> u32 {
    let units = match text.is_ascii() {
        true => text.len(),
        false => text.encode_utf16().count(),
    };
    units as u32
}

// What a step of a sketch does, as `dom.js` has it.
const OPEN: u32 = 0;
const CLOSE: u32 = 1;
const TEXT: u32 = 2;
const NAME: u32 = 3;
const VALUE: u32 = 4;

/// What goes into an element, written down so that one call draws all of it.
#[derive(Default)]
pub(super) struct Sketch {
    words: String,
    /// What is done with the next words, in the lowest bits, and how many UTF-16 code units they are.
    steps: Vec<u32>,
}

impl Sketch {
    fn step(&mut self, what: u32, words: &str) {
        self.words.push_str(words);
        self.steps.push(utf16_len(words) << 3 | what);
    }

    /// Begins an element, which `close` ends.
    pub(super) fn open(&mut self, what: &'static str) {
        self.step(OPEN, what);
    }

    pub(super) fn close(&mut self) {
        self.step(CLOSE, "");
    }

    /// A text in the open element.
    pub(super) fn text(&mut self, words: &str) {
        self.step(TEXT, words);
    }

    /// An attribute of the open element.
    pub(super) fn set(&mut self, name: &'static str, value: &str) {
        self.step(NAME, name);
        self.step(VALUE, value);
    }

    /// An element with nothing but a text in it.
    pub(super) fn worded(&mut self, what: &'static str, words: &str) {
        self.open(what);
        self.text(words);
        self.close();
    }

    /// Draws it, after what is there.
    pub(super) fn draw(&self, parent: &Element) {
        draw(parent, &self.words, &self.steps);
    }
}

/// Appends each child in turn.
pub(super) fn append(parent: &Element, children: &[&Element]) {
    for child in children {
        parent.append_child(child).expect("an element takes children");
    }
}

pub(super) fn set(element: &Element, name: &str, value: &str) {
    element.set_attribute(name, value).expect("a valid attribute");
}

/// Sets an attribute only where it differs, so that nothing is announced or drawn for nothing.
pub(super) fn set_changed(element: &Element, name: &str, value: &str) {
    if element.get_attribute(name).as_deref() != Some(value) {
        set(element, name, value);
    }
}

/// Sets the text only where it differs.
pub(super) fn set_text(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

pub(super) fn show(element: &HtmlElement, shown: bool) {
    if element.hidden() == shown {
        element.set_hidden(!shown);
    }
}
