//! The chosen entry in full: a message as JSON in lines, as text or as hex, an event with all that is known of it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::{Element, HtmlButtonElement, HtmlElement};

use super::super::dom::{append, button, make, set_changed, set_text, show};
use super::super::phrases::visible;
use super::super::texts::{Texts, fill};
use super::words;
use crate::traffic::{DUMP_LINE, Data, Entry, dump, hex, json_line, pretty};
use crate::websocket::Message;

/// How much of a message is shown at first, in bytes of what is to be seen.
const FIRST_SHOWN: usize = 16 * 1024;

/// How much more of it with each press.
const MORE: usize = 4;

/// How many bytes a line of a dump takes.
const DUMP_COST: usize = 79;

/// A character is cut off whole, so that a text may be shorter than its limit by one less than this.
const MAX_CHARACTER_BYTES: usize = 4;

/// How a message is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Text,
    Hex,
}

pub(super) struct Detail {
    pub(super) section: HtmlElement,
    title: HtmlElement,
    forms: [HtmlButtonElement; 3],
    copy: HtmlButtonElement,
    pub(super) close: HtmlButtonElement,
    content: HtmlElement,
    note: HtmlElement,
    more: HtmlButtonElement,
    entry: RefCell<Option<Rc<Entry>>>,
    /// What the user wants to see; without it, what fits the message best.
    form: Cell<Option<Form>>,
    limit: Cell<usize>,
    is_painted: Cell<bool>,
}

impl Detail {
    pub(super) fn new() -> Self {
        let detail = Self {
            section: make("section;id=traffic-detail;hidden"),
            title: make("p;class=chosen"),
            forms: ["traffic-json", "traffic-text", "traffic-hex"].map(button),
            copy: button("traffic-copy"),
            close: button("traffic-close"),
            content: make("pre;id=traffic-content;tabindex=0;role=region"),
            note: make("p;class=note;hidden"),
            more: button("traffic-more"),
            entry: RefCell::default(),
            form: Cell::default(),
            limit: Cell::new(FIRST_SHOWN),
            is_painted: Cell::default(),
        };
        let tools: Element = make("div;class=tools");
        for form in &detail.forms {
            append(&tools, &[form]);
        }
        append(&tools, &[&detail.copy, &detail.close]);
        append(
            &detail.section,
            &[&detail.title, &tools, &detail.content, &detail.note, &detail.more],
        );
        detail
    }

    pub(super) fn speak(&self, texts: &Texts) {
        let words = [texts.traffic_json(), texts.traffic_text(), texts.traffic_hex()];
        for (button, words) in self.forms.iter().zip(words) {
            set_text(button, words);
        }
        set_text(&self.copy, texts.traffic_copy());
        set_text(&self.close, texts.close());
        set_text(&self.more, texts.traffic_more());
        set_changed(&self.content, "aria-label", texts.traffic_detail());
        self.is_painted.set(false);
    }

    pub(super) fn is_open(&self) -> bool {
        self.entry.borrow().is_some()
    }

    pub(super) fn choose(&self, entry: Option<Rc<Entry>>) {
        self.entry.replace(entry);
        self.limit.set(FIRST_SHOWN);
        self.is_painted.set(false);
    }

    pub(super) fn show_as(&self, form: Form) {
        self.form.set(Some(form));
        self.limit.set(FIRST_SHOWN);
        self.is_painted.set(false);
    }

    pub(super) fn show_more(&self) {
        self.limit.set(self.limit.get().saturating_mul(MORE));
        self.is_painted.set(false);
    }

    /// What is to be copied: all of a message that is kept, or the event as it is exported.
    pub(super) fn whole(&self) -> Option<String> {
        let entry = self.entry.borrow();
        let entry = entry.as_ref()?;
        Some(match entry.what.data().map(|data| &data.head) {
            Some(Message::Text(text)) => text.clone(),
            Some(Message::Binary(bytes)) => hex(bytes),
            None => {
                let mut line = String::new();
                json_line(entry, &mut line);
                line
            }
        })
    }

    pub(super) fn paint(&self, texts: &Texts, rooms: bool) {
        if self.is_painted.replace(true) {
            return;
        }
        let entry = self.entry.borrow();
        show(&self.section, entry.is_some());
        let Some(entry) = &*entry else { return };
        let mut title = words::clock(entry.at);
        for part in [words::way(texts, &entry.what).2, &words::size(texts, &entry.what)] {
            if !part.is_empty() {
                title.push_str(" · ");
                title.push_str(part);
            }
        }
        set_text(&self.title, &title);
        let data = entry.what.data();
        let (text, form, more) = match data {
            Some(data) => self.message(data),
            None => (words::event(texts, &entry.what, rooms), None, false),
        };
        set_text(&self.content, &text);
        set_changed(
            &self.content,
            "data-form",
            if form == Some(Form::Hex) { "hex" } else { "text" },
        );
        for (button, of) in self.forms.iter().zip([Form::Json, Form::Text, Form::Hex]) {
            show(
                button,
                data.is_some_and(|data| form == Some(of) || self.can_be(data, of)),
            );
            set_changed(button, "aria-pressed", if form == Some(of) { "true" } else { "false" });
        }
        let cut = data.filter(|data| !data.is_whole());
        let note = cut.map(|data| {
            let (kept, all) = (data.head.len().to_string(), data.bytes.to_string());
            fill(texts.traffic_cut(), &[&kept, &all])
        });
        set_text(&self.note, note.as_deref().unwrap_or_default());
        show(&self.note, note.is_some() && !more);
        show(&self.more, more);
    }

    /// Whether it makes sense to show it like this, which it is not now.
    fn can_be(&self, data: &Data, form: Form) -> bool {
        match (form, text_of(&data.head)) {
            (Form::Hex, _) => true,
            (Form::Text, text) => text.is_some(),
            // Where nothing else was asked for it would be shown like this already, if it could be.
            (Form::Json, text) => {
                let is_asked = matches!(self.form.get(), Some(Form::Text | Form::Hex));
                let is_binary = matches!(data.head, Message::Binary(_)) && self.form.get().is_none();
                (is_asked || is_binary) && text.is_some_and(|text| pretty(text, data.is_whole(), 0).is_some())
            }
        }
    }

    /// As much of it as is to be seen, how, and whether there is more.
    fn message(&self, data: &Data) -> (String, Option<Form>, bool) {
        let limit = self.limit.get();
        let bytes = match &data.head {
            Message::Text(text) => text.as_bytes(),
            Message::Binary(bytes) => bytes,
        };
        let form = match (self.form.get(), &data.head) {
            (Some(form), _) => form,
            (None, Message::Text(_)) => Form::Json,
            (None, Message::Binary(_)) => Form::Hex,
        };
        let Some(text) = text_of(&data.head).filter(|_| form != Form::Hex) else {
            let end = (limit / DUMP_COST * DUMP_LINE).min(bytes.len());
            return (dump(&bytes[..end]), Some(Form::Hex), end < bytes.len());
        };
        if form == Form::Json
            && let Some(pretty) = pretty(text, data.is_whole(), limit)
        {
            // Of a head, the end is no place to ask for more.
            let more = pretty.more && pretty.text.len() + MAX_CHARACTER_BYTES > limit;
            return (shown(&pretty.text), Some(Form::Json), more);
        }
        let end = text.floor_char_boundary(limit);
        (shown(&text[..end]), Some(Form::Text), end < text.len())
    }
}

fn text_of(head: &Message) -> Option<&str> {
    match head {
        Message::Text(text) => Some(text),
        Message::Binary(bytes) => core::str::from_utf8(bytes).ok(),
    }
}

/// What hides or turns the direction is spelled out, in every line.
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let words = line.strip_suffix('\n').unwrap_or(line);
        for (place, part) in words.split('\t').enumerate() {
            if place > 0 {
                shown.push('\t');
            }
            shown.push_str(&visible(part));
        }
        if words.len() < line.len() {
            shown.push('\n');
        }
    }
    shown
}
