//! What can be done with one message: a bar of buttons in its row, while one points at the row or is in it by the
//! keyboard. There is one bar for all rows.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use chat_room_wire::Body;
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use web_sys::{Element, Event, HtmlElement, HtmlInputElement};

use super::dom::{append, make, set, set_text};
use super::events::on;
use super::texts::Texts;
use super::view::Hint;
use super::{Shared, composer, enter};
use crate::room::{Command, Content, Item, ItemId, Room, Said};
use crate::text::action;

/// What is offered first. Any other can be typed.
const EMOJI: [&str; 6] = ["👍", "❤️", "😂", "😮", "😢", "🎉"];

/// How many pages of the history are loaded to find what was answered.
const MAX_PAGES_SOUGHT: u32 = 40;

/// How long what was found is marked, in milliseconds.
const MARKED_MS: u32 = 2_000;

#[wasm_bindgen(module = "/src/web/element/actions.js")]
extern "C" {
    fn copy(text: &str, done: &Closure<dyn Fn(bool)>);
}

pub(super) struct Actions {
    bar: HtmlElement,
    item: Cell<Option<ItemId>>,
    /// Told whether something was copied.
    copied: Closure<dyn Fn(bool)>,
    /// The entry that is looked for in the history, and how many pages may still be loaded for it.
    sought: Cell<Option<(u64, u32)>>,
    /// Ends the mark of what was found.
    marked: RefCell<Option<Timeout>>,
}

/// What the bar offers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Offer {
    All,
    Emoji,
    Deletion,
}

impl Actions {
    pub(super) fn new(shared: &Weak<Shared>) -> Self {
        let shared = shared.clone();
        let copied = Closure::new(move |is| enter(&shared, |shared| tell_copied(shared, is)));
        Self {
            bar: make("div;class=actions;part=actions;role=toolbar"),
            item: Cell::new(None),
            copied,
            sought: Cell::new(None),
            marked: RefCell::default(),
        }
    }

    /// Takes the bar away, and gives whether it was there.
    pub(super) fn hide(&self) -> bool {
        self.bar.remove();
        self.item.take().is_some()
    }
}

pub(super) fn listen(shared: &Rc<Shared>) -> Vec<EventListener> {
    let log = &shared.view.parts.log;
    vec![
        // A finger that taps points, too; a long press of one opens a menu, or would.
        on(shared, log, "mouseover", point),
        on(shared, log, "contextmenu", point),
        on(shared, log, "mouseleave", |shared, _| {
            let log = &shared.view.parts.log;
            if !log.matches(":focus-within").unwrap_or(false) {
                shared.actions.hide();
            }
        }),
        on(shared, log, "focusin", |shared, event| {
            if let Some((item, _)) = row_of(shared, event) {
                shared.view.rows.set_active(item);
                shared.name_row(item);
                offer(shared, item);
            }
        }),
        on(shared, log, "click", press),
    ]
}

fn point(shared: &Rc<Shared>, event: &Event) {
    let is_busy = shared.actions.bar.matches(":focus-within").unwrap_or(false);
    if let Some((item, _)) = row_of(shared, event)
        && !is_busy
    {
        offer(shared, item);
    }
}

/// The item whose row this happened in, and where in it.
fn row_of(shared: &Shared, event: &Event) -> Option<(ItemId, Element)> {
    let element: Element = event.target()?.dyn_into().ok()?;
    element.closest(".row").ok()??;
    Some((shared.view.rows.item_of(&element)?, element))
}

/// Shows in the row of this item what can be done with it.
pub(super) fn offer(shared: &Rc<Shared>, item: ItemId) {
    if shared.actions.item.get() != Some(item) {
        fill(shared, item, Offer::All);
    }
}

/// The first button of the bar takes the focus.
pub(super) fn enter_bar(shared: &Rc<Shared>, item: ItemId) {
    offer(shared, item);
    focus_first(&shared.actions.bar);
}

fn focus_first(bar: &HtmlElement) {
    let first = bar.query_selector("input, button").ok().flatten();
    if let Some(first) = first.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        // What cannot take the focus leaves it where it is.
        drop(first.focus());
    }
}

fn fill(shared: &Rc<Shared>, item: ItemId, offered: Offer) {
    let actions = &shared.actions;
    let bar = &actions.bar;
    let had_focus = bar.matches(":focus-within").unwrap_or(false);
    bar.set_text_content(None);
    let button = |name: &str, words: &str| {
        let button: Element = make("button;type=button;tabindex=-1");
        set(&button, "data-do", name);
        set_text(&button, words);
        append(bar, &[&button]);
        button
    };
    let some = shared.with_texts(|texts| {
        set(bar, "aria-label", texts.actions());
        match offered {
            Offer::All => shared.driver.read(|room| {
                let names = room
                    .timeline()
                    .get(item)
                    .map_or_else(Vec::new, |item| possible(room, item, texts));
                for (name, words) in &names {
                    button(name, words);
                }
                !names.is_empty()
            }),
            Offer::Emoji => {
                for emoji in EMOJI {
                    set(&button("emoji", emoji), "data-emoji", emoji);
                }
                let field: HtmlInputElement = make("input;type=text;class=own-emoji;maxlength=16;tabindex=-1");
                set(&field, "aria-label", texts.own_emoji());
                field.set_placeholder("…");
                append(bar, &[&field]);
                button("own-emoji", texts.put_emoji());
                true
            }
            Offer::Deletion => {
                let question: Element = make("span;class=question");
                set_text(&question, texts.ask_delete());
                append(bar, &[&question]);
                set(&button("really-delete", texts.delete()), "class", "bad");
                button("keep", texts.keep());
                true
            }
        }
    });
    match shared.view.rows.element_of(item) {
        Some(row) if some => {
            append(&row, &[bar]);
            actions.item.set(Some(item));
            if had_focus {
                focus_first(bar);
            }
        }
        _ => {
            actions.hide();
        }
    }
}

/// The names of what can be done with an item, and their words.
fn possible<'t>(room: &Room, item: &Item, texts: &Texts<'t>) -> Vec<(&'static str, &'t str)> {
    let mut names = Vec::new();
    let is_text = matches!(item.content(), Content::Said(_) | Content::Text { .. });
    if let Content::Said(said) = item.content() {
        if said.is_retracted() {
            return names;
        }
        if item.seq().is_some() && room.client().is_some() {
            names.extend([("reply", texts.reply()), ("react", texts.react())]);
            if said.delivery.is_some() {
                names.extend([("edit", texts.edit()), ("delete", texts.delete())]);
            }
        }
    }
    if is_text {
        names.push(("copy", texts.copy()));
    }
    names
}

fn press(shared: &Rc<Shared>, event: &Event) {
    let Some((item, element)) = row_of(shared, event) else {
        return;
    };
    let closest = |selector: &str| element.closest(selector).ok().flatten();
    if let Some(chip) = closest(".reaction") {
        let emoji = chip.query_selector(".emoji").ok().flatten();
        let place = shared.driver.read(|room| {
            let reactions = &said(room, item)?.reactions;
            let shown = emoji?.text_content()?;
            let found = reactions.iter().find(|it| super::phrases::visible(&it.emoji) == shown);
            found.map(|it| it.emoji.clone())
        });
        return place.into_iter().for_each(|emoji| react(shared, item, &emoji));
    }
    if closest(".quote").is_some() {
        let source = shared.driver.read(|room| said(room, item)?.reply_to);
        return source.into_iter().for_each(|seq| seek(shared, seq));
    }
    let Some(button) = closest("[data-do]") else { return };
    match button.get_attribute("data-do").unwrap_or_default().as_str() {
        "reply" => {
            shared.actions.hide();
            composer::begin_reply(shared, item);
        }
        "edit" => {
            shared.actions.hide();
            composer::begin_edit(shared, item);
        }
        "react" => ask(shared, item, Offer::Emoji),
        "delete" => ask(shared, item, Offer::Deletion),
        "keep" => ask(shared, item, Offer::All),
        "emoji" => {
            let emoji = button.get_attribute("data-emoji").unwrap_or_default();
            done(shared, item);
            react(shared, item, &emoji);
        }
        "own-emoji" => put_own_emoji(shared),
        "really-delete" => {
            done(shared, item);
            if let Some(of) = seq(shared, item) {
                post(shared, Body::Retract { of });
            }
        }
        "copy" => {
            let text = shared
                .driver
                .read(|room| Some(text_of(room.timeline().get(item)?)?.to_owned()));
            if let Some(text) = text {
                copy(&text, &shared.actions.copied);
            }
        }
        _ => {}
    }
}

/// Asks in the place of the bar; who came by the keyboard goes on in it.
fn ask(shared: &Rc<Shared>, item: ItemId, offered: Offer) {
    fill(shared, item, offered);
    focus_first(&shared.actions.bar);
}

/// The emoji that was typed.
pub(super) fn put_own_emoji(shared: &Rc<Shared>) {
    let field = shared.actions.bar.query_selector("input").ok().flatten();
    let field = field.and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
    if let (Some(field), Some(item)) = (field, shared.actions.item.get()) {
        let emoji = field.value().trim().to_owned();
        if !emoji.is_empty() {
            done(shared, item);
            react(shared, item, &emoji);
        }
    }
}

/// The bar leaves, and hands its focus to its row.
pub(super) fn done(shared: &Rc<Shared>, item: ItemId) {
    let had_focus = shared.actions.bar.matches(":focus-within").unwrap_or(false);
    shared.actions.hide();
    if had_focus && let Some(row) = shared.view.rows.element_of(item) {
        // A row can take it.
        drop(row.focus());
    }
}

/// Puts one's own reaction there, or takes it away.
fn react(shared: &Rc<Shared>, item: ItemId, emoji: &str) {
    let found = shared.driver.read(|room| {
        let (me, reactions) = (room.client()?, &said(room, item)?.reactions);
        let own = |it: &&crate::room::Reaction| it.emoji == emoji && it.clients.iter().any(|client| client == me);
        Some((room.timeline().get(item)?.seq()?, !reactions.iter().any(|it| own(&it))))
    });
    if let Some((of, on)) = found {
        let emoji = emoji.to_owned();
        post(shared, Body::Reaction { of, emoji, on });
    }
}

fn post(shared: &Rc<Shared>, body: Body) {
    if let Err(refusal) = shared.driver.command(Command::Post(body)) {
        shared.show_refusal(&refusal);
    }
}

fn tell_copied(shared: &Rc<Shared>, is: bool) {
    let language = shared.language();
    let words = shared.with_texts(|texts| if is { texts.copied() } else { texts.copy_failed() }.to_owned());
    let button = shared.actions.bar.query_selector("[data-do=copy]").ok().flatten();
    if let Some(button) = button.filter(|_| is) {
        set_text(&button, &words);
    }
    if !is {
        shared.view.hint.replace(Hint::Problem(words.clone()));
        shared.request_paint();
    }
    shared.announcer.say(language, words);
}

fn said(room: &Room, item: ItemId) -> Option<&Said> {
    match room.timeline().get(item)?.content() {
        Content::Said(said) => Some(said),
        _ => None,
    }
}

fn seq(shared: &Shared, item: ItemId) -> Option<u64> {
    shared.driver.read(|room| room.timeline().get(item)?.seq())
}

fn text_of(item: &Item) -> Option<&str> {
    match item.content() {
        Content::Said(said) => Some(action(said.text()).unwrap_or(said.text())),
        Content::Text { text, .. } => Some(text),
        _ => None,
    }
}

// What was answered

/// Goes to this entry, and loads the history until it is there.
fn seek(shared: &Rc<Shared>, seq: u64) {
    shared.actions.sought.set(Some((seq, MAX_PAGES_SOUGHT)));
    go_on_seeking(shared);
}

/// The next step on the way to what is sought, if something is.
pub(super) fn go_on_seeking(shared: &Rc<Shared>) {
    let Some((seq, pages)) = shared.actions.sought.get() else {
        return;
    };
    let (found, is_loading, may_come) = shared.driver.read(|room| {
        let timeline = room.timeline();
        let first = timeline.iter().find_map(Item::seq);
        let may_come = room.has_older() && first.is_none_or(|first| seq < first);
        (timeline.entry(seq).map(Item::id), room.is_loading_older(), may_come)
    });
    if let Some(item) = found {
        shared.actions.sought.set(None);
        shared.view.hint.replace(Hint::Keys);
        return jump(shared, item);
    }
    if is_loading {
        return;
    }
    // Set before anything is asked for, which comes back here.
    shared.actions.sought.set(Some((seq, pages.saturating_sub(1))));
    shared.view.rows.stay(&shared.view.parts.log);
    shared.view.reading.set(true);
    let asked = may_come && pages > 0 && shared.driver.command(Command::LoadOlder).is_ok();
    let words = shared.with_texts(|texts| {
        if asked {
            texts.source_sought()
        } else {
            texts.source_gone()
        }
        .to_owned()
    });
    if !asked {
        shared.actions.sought.set(None);
        shared.announcer.say(shared.language(), words.clone());
    }
    shared.view.hint.replace(Hint::Problem(words));
    shared.request_paint();
}

/// Shows this item, marked for a moment, and the keyboard goes on from it.
fn jump(shared: &Rc<Shared>, item: ItemId) {
    let log = &shared.view.parts.log;
    shared.view.rows.show_item(item, f64::from(log.client_height()) / 3.0);
    shared.view.reading.set(true);
    shared.paint();
    let Some(row) = shared.view.rows.element_of(item) else {
        return;
    };
    set(&row, "data-found", "");
    let marked = row.clone();
    let mark = Timeout::new(MARKED_MS, move || {
        // It fails for no name that was set.
        drop(marked.remove_attribute("data-found"));
    });
    shared.actions.marked.replace(Some(mark));
    focus_row(&row);
}

/// Where it is, without scrolling.
pub(super) fn focus_row(row: &HtmlElement) {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    // A row can take it.
    drop(row.focus_with_options(&options));
}
