//! Search in what is loaded: which texts have what is sought, the newest first, marked where they are to be seen.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Element, HtmlButtonElement, HtmlElement, HtmlFormElement, HtmlInputElement, KeyboardEvent};

use super::composer::{handled, is_taken_by_input_method};
use super::dom::{append, button, make, set, set_changed, set_text, show};
use super::events::on;
use super::parts::Parts;
use super::texts::{Texts, fill};
use super::{Shared, later};
use crate::room::{Content, Item, ItemId, Timeline};

/// How long one slice of a search takes, in milliseconds.
const SLICE_MS: u64 = 8;

/// After how many items the clock is looked at.
const ITEMS_PER_LOOK: usize = 64;

/// What is said while the search is open is found so long after it, in milliseconds.
const AGAIN_MS: u32 = 1_000;

/// How far down in the log a match is shown, of its height.
const PLACE_OF_MATCH: f64 = 0.35;

/// The longest text that is sought, in UTF-16 units.
const MAX_SOUGHT_UNITS: i32 = 200;

#[wasm_bindgen(module = "/src/web/element/find.js")]
extern "C" {
    pub(super) fn fold(text: &str) -> String;
    pub(super) fn has(text: &str, needle: &str) -> bool;

    type Marks;
    #[wasm_bindgen(constructor)]
    fn new() -> Marks;
    #[wasm_bindgen(method)]
    fn show(this: &Marks, log: &HtmlElement, needle: &str, current: Option<&HtmlElement>);
    #[wasm_bindgen(method)]
    fn clear(this: &Marks);
}

pub(super) struct Search {
    bar: HtmlFormElement,
    field: HtmlInputElement,
    count: HtmlElement,
    older: HtmlButtonElement,
    newer: HtmlButtonElement,
    close: HtmlButtonElement,
    composing: Cell<bool>,
    sought: RefCell<Sought>,
    marks: Marks,
    /// The next slice, or the next look at what has been said since.
    timer: RefCell<Option<Timeout>>,
    /// What had the focus before.
    opener: RefCell<Option<HtmlElement>>,
}

#[derive(Default)]
struct Sought {
    /// As it is compared; empty if nothing is sought.
    needle: String,
    /// What has it, the newest first, as far as that is known.
    found: Vec<ItemId>,
    /// Of a search that is under way: what it has found, and the last item that it has looked at.
    under_way: Option<(Vec<ItemId>, Option<ItemId>)>,
    /// The one that is shown.
    current: Option<ItemId>,
    /// What the timeline was like when it was last searched.
    seen: Seen,
}

/// Enough of a timeline to tell whether something has come or gone.
type Seen = (usize, Option<ItemId>, Option<ItemId>);

fn seen(timeline: &Timeline) -> Seen {
    let mut items = timeline.iter();
    let count = items.len();
    (count, items.next().map(Item::id), items.next_back().map(Item::id))
}

impl Search {
    pub(super) fn new(parts: &Parts) -> Self {
        let button = |id: &str, class: &str| -> HtmlButtonElement {
            let button = button(id);
            button.set_class_name(class);
            button
        };
        let search = Self {
            bar: make("form;id=search;part=search;role=search;novalidate;hidden"),
            field: make(
                "input;id=search-field;type=search;autocomplete=off;enterkeyhint=search;dir=auto;aria-describedby=search-count",
            ),
            count: make("span;id=search-count"),
            older: button("search-older", "quiet up"),
            newer: button("search-newer", "quiet down"),
            close: button("search-close", "quiet close"),
            composing: Cell::default(),
            sought: RefCell::default(),
            marks: Marks::new(),
            timer: RefCell::default(),
            opener: RefCell::default(),
        };
        search.field.set_max_length(MAX_SOUGHT_UNITS);
        let Self {
            bar,
            field,
            count,
            older,
            newer,
            close,
            ..
        } = &search;
        append(bar, &[field, count, older, newer, close]);
        // The room has it among its children.
        drop(parts.root.insert_before(bar, Some(&parts.middle)));
        search
    }

    pub(super) fn speak(&self, texts: &Texts) {
        set(&self.field, "aria-label", texts.search_field());
        self.field.set_placeholder(texts.search_field());
        for (button, words) in [
            (&self.older, texts.search_older()),
            (&self.newer, texts.search_newer()),
            (&self.close, texts.close()),
        ] {
            set(button, "aria-label", words);
            set(button, "title", words);
        }
    }

    /// `3 of 17`, or why not.
    fn words(&self, texts: &Texts) -> String {
        let sought = self.sought.borrow();
        let (found, more) = match &sought.under_way {
            Some((found, _)) if found.len() >= sought.found.len() => (found, "…"),
            _ => (&sought.found, ""),
        };
        let place = found.iter().position(|it| Some(*it) == sought.current);
        match place {
            _ if sought.needle.is_empty() => String::new(),
            Some(place) => fill(
                texts.search_place(),
                &[&(place + 1).to_string(), &[&found.len().to_string(), more].concat()],
            ),
            None if sought.under_way.is_some() => more.to_owned(),
            None => texts.search_nothing().to_owned(),
        }
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        self.marks.clear();
    }
}

pub(super) fn listen(shared: &Rc<Shared>) -> Vec<EventListener> {
    let (parts, search) = (&shared.view.parts, &shared.view.search);
    vec![
        on(shared, &search.bar, "submit", |_, event| event.prevent_default()),
        on(shared, &search.field, "input", |shared, _| typed(shared)),
        on(shared, &search.field, "compositionstart", |shared, _| {
            shared.view.search.composing.set(true);
        }),
        on(shared, &search.field, "compositionend", |shared, _| {
            shared.view.search.composing.set(false);
            typed(shared);
        }),
        on(shared, &search.older, "click", |shared, _| step(shared, true)),
        on(shared, &search.newer, "click", |shared, _| step(shared, false)),
        on(shared, &search.close, "click", |shared, _| close(shared)),
        on(shared, &parts.root, "keydown", |shared, event| {
            let search = &shared.view.search;
            let Some(key) = event.dyn_ref::<KeyboardEvent>() else {
                return;
            };
            if search.bar.hidden() || is_taken_by_input_method(key) {
                return;
            }
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let in_field = target.as_ref() == Some(&search.field);
            let in_bar = search.bar.contains(target.as_deref());
            match key.key().as_str() {
                "F3" => step(shared, !key.shift_key()),
                "Enter" if in_field => step(shared, !key.shift_key()),
                "Escape" if in_bar => close(shared),
                _ => return,
            }
            handled(event);
        }),
    ]
}

pub(super) fn open(shared: &Rc<Shared>) {
    let search = &shared.view.search;
    let focus = shared.view.focus().and_then(|it| it.dyn_into::<HtmlElement>().ok());
    search.opener.replace(focus);
    show(&search.bar, true);
    drop(search.field.focus());
    search.field.select();
    seek(shared);
}

fn close(shared: &Rc<Shared>) {
    let search = &shared.view.search;
    search.timer.take();
    search.sought.take();
    search.marks.clear();
    let opener = search.opener.take().filter(|it| it.is_connected());
    drop(opener.as_ref().unwrap_or(&shared.view.parts.text).focus());
    show(&search.bar, false);
}

fn typed(shared: &Rc<Shared>) {
    // What an input method is composing is not sought for yet.
    if !shared.view.search.composing.get() {
        seek(shared);
    }
}

/// Begins with what is in the field.
fn seek(shared: &Rc<Shared>) {
    let search = &shared.view.search;
    let needle = fold(search.field.value().trim());
    if search.sought.borrow().needle != needle {
        search.sought.replace(Sought {
            needle,
            ..Sought::default()
        });
        begin(shared);
    }
}

fn begin(shared: &Rc<Shared>) {
    let search = &shared.view.search;
    let now = shared.driver.read(|room| seen(room.timeline()));
    let mut sought = search.sought.borrow_mut();
    sought.seen = now;
    sought.under_way = (!sought.needle.is_empty()).then(Default::default);
    drop(sought);
    slice(shared);
}

/// Searches for a few milliseconds.
fn slice(shared: &Rc<Shared>) {
    let search = &shared.view.search;
    search.timer.take();
    let until = shared.driver.now().as_millis() + SLICE_MS;
    let mut sought = search.sought.borrow_mut();
    let Some((mut found, last)) = sought.under_way.take() else {
        drop(sought);
        return tell(shared);
    };
    let stopped_at = shared.driver.read(|room| {
        let mut items = room.timeline().iter().rev();
        if let Some(last) = last.filter(|last| room.timeline().get(*last).is_some()) {
            items.find(|item| item.id() == last);
        }
        for (index, item) in items.enumerate() {
            if text_of(item).is_some_and(|text| has(text, &sought.needle)) {
                found.push(item.id());
            }
            if index % ITEMS_PER_LOOK == ITEMS_PER_LOOK - 1 && shared.driver.now().as_millis() >= until {
                return Some(item.id());
            }
        }
        None
    });
    let first = sought.current.is_none().then(|| found.first().copied()).flatten();
    if stopped_at.is_some() {
        sought.under_way = Some((found, stopped_at));
        search.timer.replace(Some(later(shared, 0, slice)));
    } else {
        if !sought.current.is_some_and(|current| found.contains(&current)) {
            sought.current = found.first().copied();
        }
        sought.found = found;
    }
    drop(sought);
    match first {
        Some(item) => go_to(shared, item),
        None => tell(shared),
    }
}

fn text_of(item: &Item) -> Option<&str> {
    match item.content() {
        Content::Said(said) => Some(said.text()),
        Content::Text { text, .. } => Some(text),
        _ => None,
    }
}

/// The next older one, or the next newer one; after the last one the first.
fn step(shared: &Rc<Shared>, older: bool) {
    let next = {
        let sought = shared.view.search.sought.borrow();
        let found = match &sought.under_way {
            Some((found, _)) if found.len() > sought.found.len() => found,
            _ => &sought.found,
        };
        let count = found.len();
        let place = found.iter().position(|it| Some(*it) == sought.current).unwrap_or(0);
        let step = if older { 1 } else { count.saturating_sub(1) };
        found.get((place + step) % count.max(1)).copied()
    };
    if let Some(item) = next {
        go_to(shared, item);
        shared.say_aloud(shared.view.search.count.text_content().unwrap_or_default());
    }
}

fn go_to(shared: &Rc<Shared>, item: ItemId) {
    let search = &shared.view.search;
    search.sought.borrow_mut().current = Some(item);
    let height = f64::from(shared.view.parts.log.client_height());
    shared.view.rows.show_item(item, height * PLACE_OF_MATCH);
    shared.request_paint();
    tell(shared);
}

/// Says where one is, and marks what is to be seen.
fn tell(shared: &Rc<Shared>) {
    let search = &shared.view.search;
    set_text(&search.count, &shared.with_texts(|texts| search.words(texts)));
    let sought = search.sought.borrow();
    let none = if sought.current.is_none() { "true" } else { "false" };
    set_changed(&search.older, "aria-disabled", none);
    set_changed(&search.newer, "aria-disabled", none);
    let row = sought.current.and_then(|item| shared.view.rows.element_of(item));
    search.marks.show(&shared.view.parts.log, &sought.needle, row.as_ref());
}

/// Rows have been painted: the marks in them are gone, and there may be more to be found.
pub(super) fn painted(shared: &Rc<Shared>) {
    let search = &shared.view.search;
    if search.bar.hidden() || search.sought.borrow().needle.is_empty() {
        return;
    }
    tell(shared);
    let now = shared.driver.read(|room| seen(room.timeline()));
    if now != search.sought.borrow().seen && search.timer.borrow().is_none() {
        search.timer.replace(Some(later(shared, AGAIN_MS, begin)));
    }
}
