//! The few things that the view needs of the DOM. Text goes in as text, never as markup.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
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

/// Makes elements of one document.
#[derive(Clone)]
pub(super) struct Maker(Document);

impl Maker {
    pub(super) fn new() -> Self {
        Self(document())
    }

    /// A new element: its tag and its attributes, as `button;type=button;hidden`. They are one text because that is
    /// smaller than a table of them.
    pub(super) fn make<T: JsCast>(&self, what: &str) -> T {
        self.element(what).unchecked_into()
    }

    fn element(&self, what: &str) -> Element {
        let mut parts = what.split(';');
        let tag = parts.next().unwrap_or_default();
        let element = self.0.create_element(tag).expect("a valid tag");
        for attribute in parts {
            let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            set(&element, name, value);
        }
        element
    }

    /// A new element of this class.
    pub(super) fn classed<T: JsCast>(&self, tag: &str, class: &str) -> T {
        let element = self.element(tag);
        element.set_class_name(class);
        element.unchecked_into()
    }

    /// A new button, which does not submit, with this id.
    pub(super) fn button(&self, id: &str) -> HtmlButtonElement {
        let button = self.element("button;type=button");
        button.set_id(id);
        button.unchecked_into()
    }
}

thread_local! {
    /// What `copy` has copied before.
    static MADE: RefCell<Vec<(&'static str, Element)>> = const { RefCell::new(Vec::new()) };
}

/// A new element of what is made again and again: a copy costs one call, whatever its attributes.
pub(super) fn copy<T: JsCast>(what: &'static str) -> T {
    let known = MADE.with_borrow(|made| {
        made.iter()
            .find(|(it, _)| std::ptr::eq(*it, what))
            .map(|(_, it)| it.clone())
    });
    let original = known.unwrap_or_else(|| {
        let original = Maker::new().element(what);
        MADE.with_borrow_mut(|made| made.push((what, original.clone())));
        original
    });
    original
        .clone_node()
        .expect("an element can be copied")
        .unchecked_into()
}

/// The same with a text in it.
pub(super) fn worded(what: &'static str, text: &str) -> Element {
    let element: Element = copy(what);
    element.set_text_content(Some(text));
    element
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
