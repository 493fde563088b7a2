//! The log: one row for each item of the timeline, changed only where the timeline has changed.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use js_sys::{Date, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

use super::dom::{Maker, append, set, show};
use super::phrases;
use super::texts::{Language, Texts, fill};
use crate::connection::Instant;
use crate::room::{Content, Delivery, Item, ItemId, Timeline};

/// How near to its end, in CSS pixels, the log counts as being there.
const END_SLACK: i32 = 24;

/// How much of a text is read out to those who cannot see the log.
const MAX_ANNOUNCED_CHARACTERS: usize = 200;

/// The rows that are in the log, in order.
pub(super) struct Rows {
    shown: RefCell<VecDeque<Row>>,
    /// The reader is at the end and wants to stay there, also when the log's size changes.
    at_end: Cell<bool>,
    /// The log's width and height when that was last found out.
    size: Cell<(i32, i32)>,
    /// The newest item that was ever shown: what is written anew is no news.
    newest: Cell<Option<ItemId>>,
}

struct Row {
    item: ItemId,
    revision: u32,
    element: HtmlElement,
}

/// What a paint has changed.
pub(super) struct Painted {
    /// Texts that have arrived, for those who cannot see the log.
    pub(super) news: Vec<String>,
    /// Something has arrived below what the reader sees.
    pub(super) below: bool,
}

/// How rows are written.
pub(super) struct Style {
    pub(super) language: Language,
    /// What the user is called beside their own texts.
    pub(super) own_name: String,
}

impl Rows {
    pub(super) fn new() -> Self {
        Self {
            shown: RefCell::default(),
            at_end: Cell::new(true),
            size: Cell::default(),
            newest: Cell::default(),
        }
    }

    /// The log has scrolled: by the reader, or because its size has changed and it was moved along.
    pub(super) fn scrolled(&self, log: &HtmlElement, newer: &HtmlElement) {
        if self.size.get() != size(log) {
            return self.resized(log);
        }
        let at_end = log.scroll_height() - log.scroll_top() - log.client_height() <= END_SLACK;
        self.at_end.set(at_end);
        if at_end {
            show(newer, false);
        }
    }

    /// The log has another size.
    pub(super) fn resized(&self, log: &HtmlElement) {
        self.size.set(size(log));
        if self.at_end.get() {
            log.set_scroll_top(log.scroll_height());
        }
    }

    /// Brings the reader to the end.
    pub(super) fn to_end(&self, log: &HtmlElement, newer: &HtmlElement) {
        self.at_end.set(true);
        log.set_scroll_top(log.scroll_height());
        show(newer, false);
    }

    /// Makes the log show the timeline. A reader at the end stays at the end; one who has scrolled up stays where they
    /// are.
    pub(super) fn paint(&self, log: &HtmlElement, timeline: &Timeline, style: &Style) -> Painted {
        let at_end = self.at_end.get();
        let mut shown = self.shown.borrow_mut();
        let anchor = if at_end { None } else { Anchor::find(log, &shown) };
        let mut news = Vec::new();

        let mut items = timeline.iter().peekable();
        let mut kept = VecDeque::with_capacity(timeline.iter().len());
        while let Some(row) = shown.pop_front() {
            match items.next_if(|item| item.id() == row.item) {
                Some(item) => kept.push_back(repaint(log, row, item, style)),
                None => row.element.remove(),
            }
        }
        for item in items {
            let element = make_row(item, style);
            append(log, &[&element]);
            if self.newest.get() < Some(item.id()) {
                self.newest.set(Some(item.id()));
                news.extend(announcement(item, style));
            }
            kept.push_back(Row {
                item: item.id(),
                revision: item.revision(),
                element,
            });
        }
        *shown = kept;

        if at_end {
            log.set_scroll_top(log.scroll_height());
        } else if let Some(anchor) = anchor {
            anchor.restore(log);
        }
        Painted {
            below: !at_end && !news.is_empty(),
            news,
        }
    }

    /// Writes every row anew, in another language or name.
    pub(super) fn forget(&self) {
        for row in self.shown.borrow_mut().drain(..) {
            row.element.remove();
        }
    }

    /// The item whose row has this element in it.
    pub(super) fn item_of(&self, element: &Element) -> Option<ItemId> {
        self.shown
            .borrow()
            .iter()
            .find(|row| row.element.contains(Some(element)))
            .map(|row| row.item)
    }
}

fn size(log: &HtmlElement) -> (i32, i32) {
    (log.client_width(), log.client_height())
}

/// The first row that the reader sees, and where. Safari does not anchor by itself.
struct Anchor {
    element: HtmlElement,
    top: i32,
}

impl Anchor {
    fn find(log: &HtmlElement, rows: &VecDeque<Row>) -> Option<Self> {
        let from = log.scroll_top();
        rows.iter()
            .map(|row| &row.element)
            .find(|row| row.offset_top() + row.offset_height() > from)
            .map(|row| Self {
                element: row.clone(),
                top: row.offset_top(),
            })
    }

    fn restore(self, log: &HtmlElement) {
        if self.element.is_connected() {
            log.set_scroll_top(log.scroll_top() + self.element.offset_top() - self.top);
        }
    }
}

fn repaint(log: &HtmlElement, row: Row, item: &Item, style: &Style) -> Row {
    if row.revision == item.revision() {
        return row;
    }
    let element = make_row(item, style);
    log.replace_child(&element, &row.element)
        .expect("the row is in the log");
    Row {
        revision: item.revision(),
        element,
        ..row
    }
}

fn make_row(item: &Item, style: &Style) -> HtmlElement {
    let maker = Maker::new();
    let texts = style.language.texts();
    let (kind, sender) = match item.content() {
        Content::Said(said) if said.delivery.is_some() => ("own", Some(style.own_name.as_str())),
        Content::Said(said) => ("theirs", Some(said.name.as_str())),
        Content::Text { .. } | Content::Binary { .. } => ("theirs", Some(texts.received)),
        Content::Notice(_) | Content::Hole | Content::Change(_) => ("notice", None),
    };
    let row: HtmlElement = maker.make("div", &[("class", &format!("row {kind}")), ("part", "row")]);
    if let Some(sender) = sender {
        let name: Element = maker.make("bdi", &[("class", "sender")]);
        name.set_text_content(Some(sender));
        append(&row, &[&name]);
    }
    let bubble: Element = maker.make("div", &[("class", "bubble"), ("part", "bubble")]);
    fill_bubble(&maker, &bubble, item.content(), texts);
    append(&row, &[&bubble]);

    let meta: Element = maker.make("div", &[("class", "meta")]);
    if let Content::Said(said) = item.content()
        && let Some(delivery) = said.delivery
    {
        add_delivery(&maker, &row, &meta, delivery, texts);
    }
    append(&meta, &[&time(&maker, item.at(), style.language)]);
    append(&row, &[&meta]);
    row
}

fn fill_bubble(maker: &Maker, bubble: &Element, content: &Content, texts: &Texts) {
    let add = |tag: &str, attributes: &[(&str, &str)], text: &str| {
        let element: Element = maker.make(tag, attributes);
        element.set_text_content(Some(text));
        append(bubble, &[&element]);
    };
    match content {
        Content::Said(said) => add("p", &[("class", "text"), ("dir", "auto")], said.text()),
        Content::Hole | Content::Change(_) => {}
        Content::Text { text, bytes } => {
            add("p", &[("class", "text"), ("dir", "auto")], text);
            if *bytes > text.len() {
                add("small", &[("class", "note")], &fill(texts.cut, &[&bytes.to_string()]));
            }
        }
        Content::Binary { head, bytes } => {
            add(
                "small",
                &[("class", "note")],
                &fill(texts.binary, &[&bytes.to_string()]),
            );
            add("code", &[("class", "hex"), ("dir", "ltr")], &hex(head, *bytes));
        }
        Content::Notice(notice) => add("p", &[("class", "text")], &phrases::notice(texts, notice)),
    }
}

fn add_delivery(maker: &Maker, row: &HtmlElement, meta: &Element, delivery: Delivery, texts: &Texts) {
    let (name, words) = match delivery {
        Delivery::Sent => {
            set(row, "data-delivery", "sent");
            return;
        }
        Delivery::Waiting => ("waiting", texts.delivery_waiting),
        Delivery::Failed => ("failed", texts.delivery_failed),
    };
    set(row, "data-delivery", name);
    let state: Element = maker.make("span", &[("class", "delivery")]);
    state.set_text_content(Some(words));
    append(meta, &[&state]);
    if delivery == Delivery::Failed {
        let again: HtmlElement = maker.make("button", &[("type", "button"), ("class", "quiet again")]);
        again.set_text_content(Some(texts.send_again));
        append(meta, &[&again]);
    }
}

/// Bytes as `48 65 6c`, with an ellipsis if there are more.
fn hex(head: &[u8], bytes: usize) -> String {
    let mut text = head
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .join(" ");
    if bytes > head.len() {
        text.push_str(" …");
    }
    text
}

fn time(maker: &Maker, at: Instant, language: Language) -> Element {
    let date = Date::new(&JsValue::from_f64(at.as_millis() as f64));
    let options = Object::new();
    for name in ["hour", "minute"] {
        // Setting a property of a fresh plain object cannot fail.
        drop(Reflect::set(&options, &name.into(), &"2-digit".into()));
    }
    let element: Element = maker.make("time", &[]);
    element.set_text_content(Some(&String::from(
        date.to_locale_time_string_with_options(language.tag(), &options),
    )));
    if let Some(iso) = Some(date.to_iso_string()).and_then(|iso| iso.dyn_into::<js_sys::JsString>().ok()) {
        set(&element, "datetime", &String::from(iso));
    }
    element
}

fn announcement(item: &Item, style: &Style) -> Option<String> {
    let texts = style.language.texts();
    match item.content() {
        Content::Text { text, .. } => Some(text.chars().take(MAX_ANNOUNCED_CHARACTERS).collect()),
        Content::Binary { bytes, .. } => Some(fill(texts.binary, &[&bytes.to_string()])),
        Content::Said(said) if said.delivery.is_none() && item.is_news() => {
            Some(said.text().chars().take(MAX_ANNOUNCED_CHARACTERS).collect())
        }
        Content::Said(_) | Content::Notice(_) | Content::Hole | Content::Change(_) => None,
    }
}
