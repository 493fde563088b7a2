//! The rows that are in the document: those in sight and a few around them, however many there are.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use web_sys::{Element, HtmlElement};

use super::super::dom::{append, classed, make, set, set_changed};
use super::super::texts::Texts;
use super::words;
use crate::traffic::{Key, List, Row};

/// The most rows that are in the document at once.
const MAX_ROWS: usize = 200;

/// How many rows there are above and below those in sight.
const AROUND: usize = 12;

/// The height of a row, in CSS pixels, until one can be measured.
const ROW_HEIGHT: i32 = 28;

/// How near to its end, in CSS pixels, the list counts as being there.
const END_SLACK: i32 = 12;

/// The id of the row that the keyboard is at.
const ACTIVE: &str = "traffic-active";

/// A window over the list. All rows have one height.
pub(super) struct Rows {
    pub(super) scroller: HtmlElement,
    pub(super) tree: HtmlElement,
    shown: RefCell<VecDeque<Shown>>,
    height: Cell<i32>,
    /// The reader is at the end and wants to stay there.
    at_end: Cell<bool>,
    /// The row that the keyboard is at.
    cursor: Cell<Option<Key>>,
}

/// How the keyboard moves.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// By so many rows.
    By(isize),
    First,
    Last,
}

struct Shown {
    key: Key,
    element: HtmlElement,
    /// Of a fold, how many it holds and whether it is open; entries never change.
    version: (usize, bool),
}

impl Rows {
    pub(super) fn new() -> Self {
        let scroller: HtmlElement = make("div;class=scroller");
        let tree: HtmlElement = make("div;id=traffic;role=tree;tabindex=0");
        append(&scroller, &[&tree]);
        Self {
            scroller,
            tree,
            shown: RefCell::default(),
            height: Cell::new(ROW_HEIGHT),
            at_end: Cell::new(true),
            cursor: Cell::default(),
        }
    }

    pub(super) fn scrolled(&self) {
        let scroller = &self.scroller;
        let from_end = scroller.scroll_height() - scroller.scroll_top() - scroller.client_height();
        self.at_end.set(from_end <= END_SLACK);
    }

    pub(super) fn cursor(&self) -> Option<Key> {
        self.cursor.get()
    }

    /// Which row this is, or is in.
    pub(super) fn key_of(&self, element: &Element) -> Option<Key> {
        let row = element.closest("[role=treeitem]").ok().flatten()?;
        let shown = self.shown.borrow();
        shown
            .iter()
            .find(|it| it.element.is_same_node(Some(&row)))
            .map(|it| it.key)
    }

    /// Puts the keyboard at a row. With the next paint it is in sight.
    pub(super) fn set_cursor(&self, key: Option<Key>) {
        self.cursor.set(key);
    }

    /// All words are written anew with the next paint.
    pub(super) fn forget(&self) {
        for row in self.shown.take() {
            row.element.remove();
        }
    }

    /// Where the keyboard gets to from where it is, within the list.
    pub(super) fn step(&self, list: &List, step: Step) -> Option<Key> {
        let last = list.rows().len().checked_sub(1)?;
        let here = self.cursor.get().and_then(|key| list.place(key));
        let place = match (step, here) {
            (Step::By(by), Some(place)) => place.saturating_add_signed(by).min(last),
            (Step::By(..0) | Step::Last, _) => last,
            (Step::By(_) | Step::First, _) => 0,
        };
        Some(list.rows()[place].key())
    }

    /// How many rows are in sight.
    pub(super) fn page(&self) -> isize {
        (self.scroller.client_height() / self.height.get()).max(1) as isize
    }

    /// Scrolls no further than needed for the keyboard's row to be in sight.
    pub(super) fn reveal(&self, list: &List) {
        let Some(place) = self.cursor.get().and_then(|key| list.place(key)) else {
            return;
        };
        let (scroller, height) = (&self.scroller, self.height.get());
        let top = place as i32 * height;
        let (from, view) = (scroller.scroll_top(), scroller.client_height());
        if top < from {
            scroller.set_scroll_top(top);
        } else if top + height > from + view {
            scroller.set_scroll_top(top + height - view);
        }
        self.scrolled();
    }

    /// Shows the list. `gone`: so many rows have left at its beginning since the last time.
    pub(super) fn paint(&self, list: &List, gone: usize, texts: &Texts, rooms: bool) {
        let (scroller, tree) = (&self.scroller, &self.tree);
        if let Some(row) = self.shown.borrow().front() {
            let measured = row.element.offset_height();
            if measured > 0 {
                self.height.set(measured);
            }
        }
        let height = self.height.get();
        let total = list.rows().len();
        let (length, view) = (total as i32 * height, scroller.client_height());
        // Worked out and not read from the document, which still has the rows of the last time.
        let end = (length - view).max(0);
        let before = scroller.scroll_top();
        let top = match self.at_end.get() {
            true => end,
            false => (before - gone as i32 * height).clamp(0, end),
        };
        let first = ((top / height) as usize).saturating_sub(AROUND).min(total);
        let in_sight = (view / height) as usize + 2;
        let last = (first + in_sight + 2 * AROUND).min(first + MAX_ROWS).min(total);
        // Both values are valid, so neither call can fail.
        drop(tree.style().set_property("padding-top", &pixels(first as i32 * height)));
        drop(tree.style().set_property("height", &pixels(length)));
        if top != before {
            scroller.set_scroll_top(top);
        }

        let mut shown = self.shown.borrow_mut();
        let mut spare = Vec::new();
        for (place, row) in list.rows().range(first..last).enumerate() {
            let key = row.key();
            while shown.get(place).is_some_and(|it| it.key < key) {
                spare.extend(shown.remove(place));
            }
            if shown.get(place).is_none_or(|it| it.key != key) {
                // Those that have left are used again: at a thousand messages a second that is all of them.
                let beyond = shown.len() > place && shown.len() > last - first;
                let used = spare.pop().or_else(|| if beyond { shown.pop_back() } else { None });
                let element = used.map_or_else(new_row, |it| it.element);
                let before = shown.get(place).map(|it| it.element.clone().into());
                tree.insert_before(&element, before.as_ref())
                    .expect("a tree takes rows");
                shown.insert(
                    place,
                    Shown {
                        key,
                        element,
                        version: (0, false),
                    },
                );
                write(&shown[place].element, row, texts, rooms);
                shown[place].version = version(row);
            } else if shown[place].version != version(row) {
                write(&shown[place].element, row, texts, rooms);
                shown[place].version = version(row);
            }
        }
        spare.extend(shown.drain(last - first..));
        for row in spare {
            row.element.remove();
        }
        self.mark_cursor(&shown);
    }

    fn mark_cursor(&self, shown: &VecDeque<Shown>) {
        let cursor = self.cursor.get();
        let mut is_here = false;
        for row in shown {
            let active = cursor == Some(row.key);
            is_here |= active;
            set_changed(&row.element, "aria-selected", if active { "true" } else { "false" });
            if active {
                set_changed(&row.element, "id", ACTIVE);
            } else if row.element.has_attribute("id") {
                remove(&row.element, "id");
            }
        }
        if is_here {
            set_changed(&self.tree, "aria-activedescendant", ACTIVE);
        } else {
            remove(&self.tree, "aria-activedescendant");
        }
    }
}

fn version(row: &Row) -> (usize, bool) {
    match row {
        Row::Entry { .. } => (0, false),
        Row::Fold(fold) => (fold.entries.len(), fold.open),
    }
}

fn new_row() -> HtmlElement {
    let row: HtmlElement = make("div;role=treeitem;aria-setsize=-1");
    for class in ["time", "arrow", "unseen", "size", "preview"] {
        let cell: Element = classed("span", class);
        append(&row, &[&cell]);
    }
    let arrow = row.children().item(1);
    if let Some(arrow) = arrow {
        set(&arrow, "aria-hidden", "true");
    }
    row
}

fn write(element: &HtmlElement, row: &Row, texts: &Texts, rooms: bool) {
    let line = words::line(texts, row, rooms);
    let inside = matches!(row, Row::Entry { inside: true, .. });
    set_changed(element, "data-kind", line.kind);
    set_changed(element, "aria-level", if inside { "2" } else { "1" });
    match row {
        Row::Fold(fold) => set_changed(element, "aria-expanded", if fold.open { "true" } else { "false" }),
        Row::Entry { .. } => remove(element, "aria-expanded"),
    }
    let cells = element.children();
    for (place, text) in [&line.time, line.arrow, line.way, &line.size, &line.text]
        .into_iter()
        .enumerate()
    {
        if let Some(cell) = cells.item(place as u32) {
            cell.set_text_content(Some(text));
        }
    }
}

fn remove(element: &Element, attribute: &str) {
    // Only a name that is none could make it fail.
    drop(element.remove_attribute(attribute));
}

pub(super) fn pixels(number: i32) -> String {
    let mut text = number.to_string();
    text.push_str("px");
    text
}
