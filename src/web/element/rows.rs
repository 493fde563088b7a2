//! The log: one row for each item of the timeline, changed only where the timeline has changed.

use std::cell::{Cell, RefCell};

use web_sys::{Element, HtmlElement};

use super::dom::{Maker, set, set_changed, show};
use super::plan::staying;
use super::row::{self, Style};
use crate::connection::Instant;
use crate::room::{Content, Item, ItemId, Said, Timeline};

/// How near to its end, in CSS pixels, the log counts as being there.
const END_SLACK: i32 = 24;

/// After so long a silence, in milliseconds, somebody's next text begins a new group.
const GROUP_MS: u64 = 5 * 60 * 1000;

/// The rows that are in the log, in order.
pub(super) struct Rows {
    shown: RefCell<Vec<Row>>,
    /// The reader is at the end and wants to stay there, also when the log's size changes.
    at_end: Cell<bool>,
    /// The log's width and height when that was last found out.
    size: Cell<(i32, i32)>,
    /// The newest item that was ever shown: what is written anew is no news.
    newest: Cell<Option<ItemId>>,
}

struct Row {
    item: ItemId,
    version: Option<Version>,
    element: HtmlElement,
    at: Instant,
    /// Whose it is; empty if nobody's.
    group: String,
}

/// The item's revision, and that of the one it answers, if that is here.
type Version = (u32, Option<(ItemId, u32)>);

/// What a paint has changed.
pub(super) struct Painted {
    /// Texts that have arrived, for those who cannot see the log.
    pub(super) news: Vec<String>,
    /// Something has arrived below what the reader sees.
    pub(super) below: bool,
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

    /// Whether the reader is at the end.
    pub(super) fn is_at_end(&self) -> bool {
        self.at_end.get()
    }

    /// The reader wants to stay where they are, even if that is the end.
    pub(super) fn stay(&self) {
        self.at_end.set(false);
    }

    /// Makes the log show the timeline. A reader at the end stays at the end; one who has scrolled up stays where they
    /// are, also while `above` changes what is above the rows.
    pub(super) fn paint(&self, log: &HtmlElement, timeline: &Timeline, style: &Style, above: impl FnOnce()) -> Painted {
        let at_end = self.at_end.get();
        let mut shown = self.shown.borrow_mut();
        let items: Vec<&Item> = timeline
            .iter()
            .filter(|it| !matches!(it.content(), Content::Change(_)))
            .collect();
        let old: Vec<ItemId> = shown.iter().map(|row| row.item).collect();
        let new: Vec<ItemId> = items.iter().map(|item| item.id()).collect();
        let stays = staying(&old, &new);
        let anchor = if at_end {
            None
        } else {
            Anchor::find(log, &shown, &stays)
        };

        above();
        *shown = arrange(log, std::mem::take(&mut *shown), &stays, &items);
        let newest = self.newest.get();
        let mut news = Vec::new();
        let mut before: Option<(&str, Instant)> = None;
        for (row, item) in shown.iter_mut().zip(items) {
            row.write(item, timeline, style);
            let follows = before.is_some_and(|(group, at)| {
                !group.is_empty() && group == row.group && row.at.as_millis() < at.as_millis().saturating_add(GROUP_MS)
            });
            before = Some((&row.group, row.at));
            let kind = row::kind(item.content());
            let class = format!("row {kind}{}", if follows { " more" } else { "" });
            set_changed(&row.element, "class", &class);
            if newest < Some(item.id()) {
                self.newest.set(self.newest.get().max(Some(item.id())));
                news.extend(row::announcement(item, style));
            }
        }

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
        for row in self.shown.borrow_mut().iter_mut() {
            row.version = None;
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

impl Row {
    fn new(item: &Item) -> Self {
        let element: HtmlElement = Maker::new().make("div", &[("part", "row")]);
        Self {
            item: item.id(),
            version: None,
            element,
            at: item.at(),
            group: String::new(),
        }
    }

    fn write(&mut self, item: &Item, timeline: &Timeline, style: &Style) {
        let source = source_of(item, timeline);
        let version = (
            item.revision(),
            source.map(|(source, _)| (source.id(), source.revision())),
        );
        if self.version == Some(version) {
            return;
        }
        self.version = Some(version);
        self.at = item.at();
        self.group = row::group(item.content());
        if let Some(seq) = item.seq() {
            set(&self.element, "data-seq", &seq.to_string());
        }
        row::write(&self.element, item, source.map(|(_, said)| said), style);
    }
}

/// What an item answers, if that is here.
fn source_of<'t>(item: &Item, timeline: &'t Timeline) -> Option<(&'t Item, &'t Said)> {
    let Content::Said(said) = item.content() else {
        return None;
    };
    let source = timeline.entry(said.reply_to?)?;
    match source.content() {
        Content::Said(said) => Some((source, said)),
        _ => None,
    }
}

/// Puts the rows into the order of the items: those that leave are taken out, those that stay are not touched, all
/// others go between them.
fn arrange(log: &HtmlElement, old: Vec<Row>, stays: &[bool], items: &[&Item]) -> Vec<Row> {
    let mut staying = Vec::with_capacity(old.len());
    let mut others: Vec<Row> = Vec::new();
    for (row, stays) in old.into_iter().zip(stays) {
        if *stays {
            staying.push(row);
        } else {
            others.push(row);
        }
    }
    let mut staying = staying.into_iter().peekable();
    let mut rows = Vec::with_capacity(items.len());
    for item in items {
        if let Some(row) = staying.next_if(|row| row.item == item.id()) {
            rows.push(row);
            continue;
        }
        let moves = others.iter().position(|row| row.item == item.id());
        let row = moves.map_or_else(|| Row::new(item), |place| others.swap_remove(place));
        let place = match staying.peek() {
            Some(next) => log.insert_before(&row.element, Some(&next.element)),
            None => log.append_child(&row.element),
        };
        place.expect("the log takes rows");
        rows.push(row);
    }
    for row in others {
        row.element.remove();
    }
    rows
}

fn size(log: &HtmlElement) -> (i32, i32) {
    (log.client_width(), log.client_height())
}

/// The first row that the reader sees and that stays, and where. Safari does not anchor by itself.
struct Anchor {
    element: HtmlElement,
    top: i32,
}

impl Anchor {
    fn find(log: &HtmlElement, rows: &[Row], stays: &[bool]) -> Option<Self> {
        let from = log.scroll_top();
        let staying = rows.iter().zip(stays).filter(|(_, stays)| **stays);
        staying
            .map(|(row, _)| &row.element)
            .find(|row| row.offset_top() + row.offset_height() > from)
            .map(|row| Self {
                element: row.clone(),
                top: row.offset_top(),
            })
    }

    fn restore(self, log: &HtmlElement) {
        let moved = self.element.offset_top() - self.top;
        if moved != 0 {
            log.set_scroll_top(log.scroll_top() + moved);
        }
    }
}
