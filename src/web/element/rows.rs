//! The log: rows for a window of the timeline, changed only where the timeline has changed.

use std::cell::{Cell, RefCell};

use web_sys::{Element, HtmlElement};

use super::dates::local;
use super::dom::{append, copy, set, set_changed};
use super::plan::staying;
use super::row::{self, Style};
use super::window::{self, FIRST_HEIGHT};
use crate::connection::Instant;
use crate::room::{Content, Item, ItemId, Said, Timeline};

/// How near to its end, in CSS pixels, the log counts as being there.
const END_SLACK: i32 = 24;

/// After so long a silence, in milliseconds, somebody's next text begins a new group.
const GROUP_MS: u64 = 5 * 60 * 1000;

/// How many of the newest items can be news of one paint.
const MAX_NEWS: usize = 64;

/// The rows that are in the log, in order.
pub(super) struct Rows {
    shown: RefCell<Vec<Row>>,
    /// What stands for the items above and below the rows.
    above: HtmlElement,
    below: HtmlElement,
    height_above: Cell<f64>,
    height_below: Cell<f64>,
    /// How high a row is on average.
    average: Cell<f64>,
    /// How many items are above the rows and below them.
    outside: Cell<(usize, usize)>,
    /// The reader is at the end and wants to stay there, also when the log's size changes.
    at_end: Cell<bool>,
    /// Else: what the reader sees first, and where it has to stay.
    anchor: Cell<Option<Anchor>>,
    /// The anchor is somewhere else than what is in sight now.
    jumps: Cell<bool>,
    /// How far the log was scrolled when the anchor was taken, or put in its place.
    scrolled_to: Cell<i32>,
    /// The log's width and height when that was last found out.
    size: Cell<(i32, i32)>,
    /// Items from this one on were never shown: what is written anew is no news.
    fresh: Cell<ItemId>,
    /// The row that the keyboard is at, or comes in at.
    active: Cell<Option<ItemId>>,
    /// The row that is a stop of the Tab key.
    tab_stop: RefCell<Option<HtmlElement>>,
    /// The focus was in the log before the last paint.
    had_focus: Cell<bool>,
    /// Not all rows are there yet that may be.
    growing: Cell<bool>,
}

struct Row {
    item: ItemId,
    version: Option<Version>,
    element: HtmlElement,
    /// All that is written of the item. The row can have more in it for a while.
    line: HtmlElement,
    at: Instant,
    day: i64,
    /// Whose it is; empty if nobody's.
    group: String,
    /// Its classes: the kind of the item, whether it goes on with what stands before it, and how it is said.
    class: [&'static str; 3],
    /// A line stands above it.
    is_divided: bool,
}

/// What a row was written from.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Version {
    revision: u32,
    /// The item that it answers, if that is here, and its revision.
    source: Option<(ItemId, u32)>,
    /// The day that begins with it, and today.
    day: Option<(i64, i64)>,
    /// What is new begins with it.
    is_first_unread: bool,
}

/// A row, and where its upper edge is, in CSS pixels below that of the log.
#[derive(Clone, Copy)]
struct Anchor {
    item: ItemId,
    top: f64,
}

/// What a paint is to show besides the items.
#[derive(Clone, Copy, Default)]
pub(super) struct Marks {
    /// The first item that the reader has not seen.
    pub(super) first_unread: Option<ItemId>,
}

impl Rows {
    pub(super) fn new(log: &HtmlElement) -> Self {
        let spacer = || copy::<HtmlElement>("div;class=spacer;aria-hidden=true");
        let (above, below) = (spacer(), spacer());
        append(log, &[&above, &below]);
        Self {
            shown: RefCell::default(),
            above,
            below,
            height_above: Cell::new(0.0),
            height_below: Cell::new(0.0),
            average: Cell::new(FIRST_HEIGHT),
            outside: Cell::default(),
            at_end: Cell::new(true),
            anchor: Cell::new(None),
            jumps: Cell::new(false),
            scrolled_to: Cell::new(-1),
            size: Cell::default(),
            fresh: Cell::default(),
            active: Cell::new(None),
            tab_stop: RefCell::default(),
            had_focus: Cell::new(false),
            growing: Cell::new(false),
        }
    }

    /// The log has scrolled: by the reader, or because its size has changed and it was moved along. Gives whether other
    /// rows are wanted now.
    pub(super) fn scrolled(&self, log: &HtmlElement) -> bool {
        if self.size.get() != size(log) {
            self.resized(log);
            return false;
        }
        if !self.look(log) {
            return false;
        }
        let (above, below) = self.outside.get();
        if self.at_end.get() {
            return below > 0;
        }
        let shown = self.shown.borrow();
        let first = first_in_sight(&shown, top_of(log));
        let now = above..above + shown.len();
        let wanted = window::range(above + first, self.in_sight(log), now.clone(), now.end + below, 0);
        let is_empty = self
            .anchor
            .get()
            .is_none_or(|it| it.top >= f64::from(log.client_height()));
        is_empty || wanted.start != now.start
    }

    /// Finds out where the reader is, if they have moved. Gives whether they have.
    fn look(&self, log: &HtmlElement) -> bool {
        if log.scroll_top() == self.scrolled_to.get() {
            return false;
        }
        let distance = log.scroll_height() - log.scroll_top() - log.client_height();
        self.at_end.set(distance <= END_SLACK);
        self.take_anchor(log);
        true
    }

    /// The log has another size.
    pub(super) fn resized(&self, log: &HtmlElement) {
        self.size.set(size(log));
        if self.at_end.get() {
            self.scroll_to_end(log);
            return;
        }
        let shown = self.shown.borrow();
        let anchor = self.anchor.get();
        if let Some((anchor, row)) = anchor.and_then(|it| Some((it, shown.iter().find(|row| row.item == it.item)?))) {
            self.scroll_by(log, row.anchor(top_of(log)).top - anchor.top);
        }
    }

    /// The reader is at the end, or is brought to it by the next paint.
    pub(super) fn to_end(&self, log: &HtmlElement) {
        self.at_end.set(true);
        self.anchor.set(None);
        self.scroll_to_end(log);
    }

    /// Whether the reader is at the end.
    pub(super) fn is_at_end(&self) -> bool {
        self.at_end.get()
    }

    /// Whether there is much below what the reader sees.
    pub(super) fn is_far_from_end(&self, log: &HtmlElement) -> bool {
        let distance = log.scroll_height() - log.scroll_top() - log.client_height();
        !self.at_end.get() && distance > log.client_height()
    }

    /// The reader wants to stay where they are, even if that is the end.
    pub(super) fn stay(&self, log: &HtmlElement) {
        if self.at_end.replace(false) {
            self.take_anchor(log);
        }
    }

    /// What the reader sees first stays where it is from now on.
    fn take_anchor(&self, log: &HtmlElement) {
        let (shown, top) = (self.shown.borrow(), top_of(log));
        let first = shown.get(first_in_sight(&shown, top));
        self.anchor.set(first.map(|row| row.anchor(top)));
        self.scrolled_to.set(log.scroll_top());
    }

    /// The next paint shows this item, so far below the upper edge.
    pub(super) fn show_item(&self, item: ItemId, top: f64) {
        self.at_end.set(false);
        self.anchor.set(Some(Anchor { item, top }));
        self.jumps.set(true);
    }

    /// Makes the log show the timeline. A reader at the end stays at the end; one who has scrolled up stays where they
    /// are, also while `above` changes what is above the rows. Gives texts that have arrived, for those who cannot see
    /// the log.
    pub(super) fn paint(
        &self,
        log: &HtmlElement,
        timeline: &Timeline,
        style: &Style,
        marks: Marks,
        above: impl FnOnce(),
    ) -> Vec<String> {
        let has_rows = !self.shown.borrow().is_empty();
        if has_rows && self.at_end.get() && self.size.get() == size(log) {
            // Of scrolling one is told later, and does not undo it until then.
            self.look(log);
        }
        // Not borrowed: browsers tell at once of a focus that leaves with its row, and whoever listens may call back.
        let mut shown = self.shown.take();
        let jumps = self.jumps.take();
        let anchor = if self.at_end.get() {
            None
        } else {
            self.find_anchor(log, &shown, timeline, jumps)
        };
        // Whoever sees nothing of what is here is brought to the end.
        self.at_end.set(anchor.is_none());
        let in_sight = self.in_sight(log);
        let new = timeline.next_id().get().saturating_sub(self.fresh.get().get());
        let range = match anchor.and_then(|it| Some((it.top, timeline.position(it.item)?))) {
            Some((top, position)) => {
                let now = positions(&shown, timeline).unwrap_or(position..position);
                // What is jumped to can be in the midst of what is in sight.
                let before = (top / self.average.get()).ceil() as usize;
                window::range(position.saturating_sub(before), in_sight, now, timeline.len(), new)
            }
            None => {
                let now = positions(&shown, timeline).unwrap_or(0..0);
                window::range_at_end(in_sight, &now, timeline.len(), new)
            }
        };
        self.growing
            .set(range.len() < timeline.len().min(window::most(in_sight)));
        let items: Vec<&Item> = range.clone().filter_map(|position| timeline.at(position)).collect();
        let old: Vec<ItemId> = shown.iter().map(|row| row.item).collect();
        let new: Vec<ItemId> = items.iter().map(|item| item.id()).collect();

        above();
        let had_focus = has_focus(log);
        shown = arrange(log, &self.below, shown, &staying(&old, &new), &items);
        let outside = range.start.checked_sub(1).and_then(|it| timeline.at(it));
        let outside = outside.map(|item| (local(item.at()).day(), item.at(), row::group(item.content())));
        let today = local(style.now).day();
        if self.note_names(&shown, &items, style) {
            forget(&mut shown);
        }
        for (place, item) in items.into_iter().enumerate() {
            let (rows, rest) = shown.split_at_mut(place);
            let before = match (rows.last(), &outside) {
                (Some(row), _) => Some((row.day, row.at, &*row.group)),
                (None, Some((day, at, group))) => Some((*day, *at, &**group)),
                (None, None) => None,
            };
            rest[0].write(item, timeline, style, marks, before, today);
        }
        self.outside.set((range.start, timeline.len() - range.end));
        self.settle(log, &shown, anchor, jumps);
        self.choose_active(&shown, timeline, log, anchor, had_focus);
        self.had_focus.set(self.had_focus.get() || had_focus);
        self.shown.replace(shown);
        self.news(timeline, style)
    }

    /// What has left with the focus in it hands it to its row, or to the log, from where the keyboard goes on. Not a part
    /// of the paint: whoever listens may call back.
    pub(super) fn keep_focus(&self, log: &HtmlElement) {
        if self.had_focus.take() && !has_focus(log) {
            let row = self.active.get().and_then(|item| self.element_of(item));
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            // What is shown can take it.
            drop(row.as_ref().unwrap_or(log).focus_with_options(&options));
        }
    }

    /// More rows are to come with the next paint.
    pub(super) fn is_growing(&self) -> bool {
        self.growing.get()
    }

    /// Writes every row anew, in another language or name.
    pub(super) fn forget(&self) {
        forget(&mut self.shown.borrow_mut());
    }

    /// Whether a name that is new here makes others to be told apart.
    fn note_names(&self, shown: &[Row], items: &[&Item], style: &Style) -> bool {
        let new = shown.iter().zip(items).filter(|(row, _)| row.version.is_none());
        new.fold(false, |alike, (_, item)| match item.content() {
            Content::Said(said) => style.called.note(&said.client, &said.name) || alike,
            _ => alike,
        })
    }

    /// The item whose row has this element in it.
    pub(super) fn item_of(&self, element: &Element) -> Option<ItemId> {
        self.shown
            .borrow()
            .iter()
            .find(|row| row.element.contains(Some(element)))
            .map(|row| row.item)
    }

    /// The row that shows an item, if one does.
    pub(super) fn element_of(&self, item: ItemId) -> Option<HtmlElement> {
        let shown = self.shown.borrow();
        shown.iter().find(|row| row.item == item).map(|row| row.element.clone())
    }

    /// How many rows are in sight, about.
    pub(super) fn in_sight(&self, log: &HtmlElement) -> usize {
        // What is known already is not laid out for.
        let height = match self.size.get() {
            (0, 0) => log.client_height(),
            (_, height) => height,
        };
        (f64::from(height) / self.average.get()) as usize + 1
    }

    /// The item whose row the keyboard is at.
    pub(super) fn active(&self) -> Option<ItemId> {
        self.active.get()
    }

    /// The keyboard is at the row of this item from now on.
    pub(super) fn set_active(&self, item: ItemId) {
        self.active.set(Some(item));
        self.put_tab_stop(self.element_of(item));
    }

    fn put_tab_stop(&self, row: Option<HtmlElement>) {
        let before = self.tab_stop.replace(row.clone());
        if before == row {
            return;
        }
        for (row, value) in [(before, "-1"), (row, "0")] {
            if let Some(row) = row {
                set(&row, "tabindex", value);
            }
        }
    }

    /// One row, or the log itself if that has none, is a stop of the Tab key.
    fn choose_active(
        &self,
        shown: &[Row],
        timeline: &Timeline,
        log: &HtmlElement,
        anchor: Option<Anchor>,
        is_in_log: bool,
    ) {
        let kept = self.active.get().filter(|it| timeline.position(*it).is_some());
        let find = |item: ItemId| shown.iter().find(|row| row.item == item);
        let here = kept.and_then(find);
        // Where the keyboard is not in the log, it comes in at what the reader sees.
        let next = here
            .filter(|_| is_in_log)
            .or_else(|| anchor.and_then(|it| find(it.item)))
            .or(shown.last());
        let has_left = is_in_log && here.is_none() && kept.is_some();
        if !has_left {
            self.active.set(next.map(|row| row.item));
        }
        self.put_tab_stop(next.map(|row| row.element.clone()));
        set_changed(log, "tabindex", if shown.is_empty() { "0" } else { "-1" });
    }

    /// What the reader sees first of all that is still here, and where.
    fn find_anchor(&self, log: &HtmlElement, shown: &[Row], timeline: &Timeline, jumps: bool) -> Option<Anchor> {
        let known = self.anchor.get().filter(|it| timeline.position(it.item).is_some());
        let (top, bottom) = edges(log);
        let is_where_it_was = log.scroll_top() == self.scrolled_to.get();
        if let Some(anchor) = known
            && (jumps || is_where_it_was && anchor.top < bottom - top)
        {
            return Some(anchor);
        }
        let rows = positions(shown, timeline).unwrap_or(0..0);
        let at = |position: usize| {
            let item = timeline.at(position)?.id();
            Some(Anchor { item, top: 0.0 })
        };
        // Whoever drags the scrollbar can be between spacers alone.
        let (first, last) = (shown.first()?, shown.last()?);
        if first.top() >= bottom && rows.start > 0 {
            let part = (top - top_of(&self.above)) / self.height_above.get();
            return at(window::row_in_spacer(rows.start, part));
        }
        if last.bottom() <= top && rows.end < timeline.len() {
            let part = (top - top_of(&self.below)) / self.height_below.get();
            return at(rows.end + window::row_in_spacer(timeline.len() - rows.end, part));
        }
        let in_sight = &shown[first_in_sight(shown, top).min(shown.len() - 1)..];
        let stays = |row: &&Row| timeline.position(row.item).is_some();
        let stays = in_sight.iter().find(stays).or_else(|| shown.iter().rfind(stays));
        stays.map(|row| row.anchor(top))
    }

    /// Gives the spacers their heights, and what the reader sees its place. What is asked for after each change is laid out
    /// anew, so all is measured together.
    fn settle(&self, log: &HtmlElement, shown: &[Row], anchor: Option<Anchor>, jumps: bool) {
        let (rows_above, rows_below) = self.outside.get();
        let average = self.average.get();
        set_height(&self.below, &self.height_below, window::estimate(rows_below, average));
        let row = anchor.and_then(|it| Some((it, shown.iter().find(|row| row.item == it.item)?)));
        let Some((anchor, row)) = row else {
            set_height(&self.above, &self.height_above, window::estimate(rows_above, average));
            self.scroll_to_end(log);
            return self.measure(shown);
        };
        let moved = row.anchor(top_of(log)).top - anchor.top;
        self.measure(shown);
        let before = self.height_above.get();
        let kept = if jumps { -1.0 } else { before - moved };
        let height = window::spacer_above(rows_above, self.average.get(), kept);
        set_height(&self.above, &self.height_above, height);
        self.scroll_by(log, moved + height - before);
        self.anchor.set(Some(anchor));
    }

    /// How high the rows are that are here.
    fn measure(&self, shown: &[Row]) {
        if let (Some(first), Some(last)) = (shown.first(), shown.last())
            && (shown.len() > 20 || self.average.get() == FIRST_HEIGHT)
        {
            let height = (last.bottom() - first.top()) / shown.len() as f64;
            // A log that is not shown has no heights.
            if height > 1.0 {
                self.average.set(height);
            }
        }
    }

    /// What has come since the last time, as it is read out.
    fn news(&self, timeline: &Timeline, style: &Style) -> Vec<String> {
        let fresh = self.fresh.replace(timeline.next_id());
        let newest = timeline.iter().rev().take(MAX_NEWS);
        let news = newest.filter(|item| item.id() >= fresh);
        let mut news: Vec<String> = news.filter_map(|item| row::announcement(item, style)).collect();
        news.reverse();
        news
    }

    fn scroll_to_end(&self, log: &HtmlElement) {
        log.set_scroll_top(log.scroll_height());
        self.scrolled_to.set(log.scroll_top());
    }

    /// By parts of a pixel, too.
    fn scroll_by(&self, log: &HtmlElement, distance: f64) {
        if distance.abs() > 0.01 {
            log.scroll_by_with_x_and_y(0.0, distance);
        }
        self.scrolled_to.set(log.scroll_top());
    }
}

impl Row {
    fn new(item: &Item) -> Self {
        let element: HtmlElement = copy("div;part=row;role=article;tabindex=-1");
        let line: HtmlElement = copy("div;class=content");
        append(&element, &[&line]);
        Self {
            item: item.id(),
            version: None,
            element,
            line,
            at: item.at(),
            day: 0,
            group: String::new(),
            class: [""; 3],
            is_divided: false,
        }
    }

    /// `before` is what stands before it: its day, its time, and whose it is.
    fn write(
        &mut self,
        item: &Item,
        timeline: &Timeline,
        style: &Style,
        marks: Marks,
        before: Option<(i64, Instant, &str)>,
        today: i64,
    ) {
        let is_new = self.version.is_none();
        if is_new || self.at != item.at() {
            self.at = item.at();
            self.day = local(self.at).day();
        }
        let source = source_of(item, timeline);
        let version = Version {
            revision: item.revision(),
            source: source.map(|(source, _)| (source.id(), source.revision())),
            day: before
                .is_none_or(|(day, ..)| day != self.day)
                .then_some((self.day, today)),
            is_first_unread: marks.first_unread == Some(item.id()),
        };
        let mut class = self.class;
        if self.version != Some(version) {
            self.version = Some(version);
            self.group = row::group(item.content());
            class = [row::kind(item.content()), "", row::manner(item.content(), style)];
            if let Some(seq) = item.seq() {
                set(&self.element, "data-seq", &seq.to_string());
            }
            row::write(&self.element, &self.line, item, source.map(|(_, said)| said), style);
            let is_divided = version.day.is_some() || version.is_first_unread;
            if self.is_divided || is_divided {
                self.is_divided = is_divided;
                let day = version.day.map(|(day, today)| today - day);
                let (row, line) = (&self.element, &self.line);
                row::write_dividers(row, line, item.at(), day, version.is_first_unread, style);
            }
        }
        let follows = version.day.is_none()
            && !version.is_first_unread
            && before.is_some_and(|(_, at, group)| {
                let ends = at.as_millis().saturating_add(GROUP_MS);
                !group.is_empty() && group == self.group && self.at.as_millis() < ends
            });
        class[1] = if follows { " more" } else { "" };
        if self.class != class {
            self.class = class;
            self.element.set_class_name(&["row ", &class.concat()].concat());
        }
    }

    fn top(&self) -> f64 {
        top_of(&self.element)
    }

    fn bottom(&self) -> f64 {
        self.element.get_bounding_client_rect().bottom()
    }

    fn anchor(&self, top_of_log: f64) -> Anchor {
        let top = self.top() - top_of_log;
        Anchor { item: self.item, top }
    }
}

fn forget(rows: &mut [Row]) {
    for row in rows {
        row.version = None;
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

/// Where the items stand now that have rows. Nothing if none of them does.
fn positions(shown: &[Row], timeline: &Timeline) -> Option<std::ops::Range<usize>> {
    let first = shown.iter().find_map(|row| timeline.position(row.item))?;
    let last = shown.iter().rev().find_map(|row| timeline.position(row.item))?;
    Some(first..last.max(first) + 1)
}

/// The first row that ends below this edge, by its place among them.
fn first_in_sight(shown: &[Row], top: f64) -> usize {
    shown.partition_point(|row| row.bottom() <= top)
}

/// Puts the rows into the order of the items, before `end`: those that leave are taken out, those that stay are not
/// touched, all others go between them.
fn arrange(log: &HtmlElement, end: &HtmlElement, old: Vec<Row>, stays: &[bool], items: &[&Item]) -> Vec<Row> {
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
        let next = staying.peek().map_or(end, |next| &next.element);
        log.insert_before(&row.element, Some(next)).expect("the log takes rows");
        rows.push(row);
    }
    for row in others {
        row.element.remove();
    }
    rows
}

fn has_focus(log: &HtmlElement) -> bool {
    log.matches(":focus-within").unwrap_or(false)
}

fn set_height(spacer: &HtmlElement, now: &Cell<f64>, height: f64) {
    let height = height.round();
    if now.replace(height) != height {
        let mut value = (height as u64).to_string();
        value.push_str("px");
        // It is valid, so the call cannot fail.
        drop(spacer.style().set_property("height", &value));
    }
}

fn size(log: &HtmlElement) -> (i32, i32) {
    (log.client_width(), log.client_height())
}

fn top_of(element: &Element) -> f64 {
    element.get_bounding_client_rect().top()
}

fn edges(element: &Element) -> (f64, f64) {
    let rect = element.get_bounding_client_rect();
    (rect.top(), rect.bottom())
}
