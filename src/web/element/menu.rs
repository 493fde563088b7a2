//! The menu in the header: what is not needed every day.

use std::cell::Cell;
use std::rc::Rc;

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent, HtmlButtonElement, HtmlElement, KeyboardEvent, Node};

use super::alerts::{self, Alerts};
use super::composer::handled;
use super::dom::{append, button, make, set, set_changed, set_text, show};
use super::events::on;
use super::parts::Parts;
use super::save::{Form, save};
use super::texts::Texts;
use super::{Shared, inspector, search};

/// What can be chosen, in order.
#[derive(Clone, Copy, PartialEq)]
enum Choice {
    Search,
    Text,
    Json,
    Inspector,
    Notifications,
    Sound,
}

const CHOICES: [(Choice, &str); 6] = [
    (Choice::Search, "menu-search"),
    (Choice::Text, "menu-text"),
    (Choice::Json, "menu-json"),
    (Choice::Inspector, "menu-inspector"),
    (Choice::Notifications, "menu-notifications"),
    (Choice::Sound, "menu-sound"),
];

pub(super) struct Menu {
    button: HtmlButtonElement,
    list: HtmlElement,
    items: Vec<HtmlElement>,
    /// Which item has the focus.
    current: Cell<usize>,
}

impl Menu {
    pub(super) fn new(parts: &Parts) -> Self {
        let item = |(choice, id): (Choice, &str)| {
            let role = match choice {
                Choice::Inspector | Choice::Notifications | Choice::Sound => "menuitemcheckbox",
                Choice::Search | Choice::Text | Choice::Json => "menuitem",
            };
            let button: HtmlElement = button(id).into();
            set(&button, "role", role);
            set(&button, "tabindex", "-1");
            button
        };
        let menu = Self {
            button: make(
                "button;id=menu-button;type=button;class=quiet;aria-haspopup=menu;aria-expanded=false;aria-controls=menu",
            ),
            list: make("div;id=menu;part=menu;role=menu;aria-labelledby=menu-button;hidden"),
            items: CHOICES.map(item).into(),
            current: Cell::default(),
        };
        for item in &menu.items {
            append(&menu.list, &[item]);
        }
        append(&parts.header, &[&menu.button, &menu.list]);
        menu
    }

    pub(super) fn speak(&self, texts: &Texts) {
        set(&self.button, "aria-label", texts.menu());
        set(&self.button, "title", texts.menu());
    }

    /// What the items say and how they stand, as it is when the menu opens.
    fn paint(&self, alerts: &Alerts, inspector_is_open: bool, texts: &Texts) {
        let (notifies, why_not) = alerts.notifications(texts);
        for (item, (choice, _)) in self.items.iter().zip(CHOICES) {
            let (words, checked, note) = match choice {
                Choice::Search => (texts.search(), None, ""),
                Choice::Text => (texts.export_text(), None, ""),
                Choice::Json => (texts.export_json(), None, ""),
                Choice::Inspector => (texts.inspector(), Some(inspector_is_open), ""),
                Choice::Notifications => (texts.notifications(), Some(notifies), why_not),
                Choice::Sound => (texts.sound(), Some(alerts.sounds()), ""),
            };
            set_text(item, words);
            if let Some(checked) = checked {
                set(item, "aria-checked", if checked { "true" } else { "false" });
            }
            if !note.is_empty() {
                let small: Element = make("small");
                set_text(&small, note);
                append(item, &[&small]);
            }
        }
    }
}

pub(super) fn listen(shared: &Rc<Shared>) -> Vec<EventListener> {
    let menu = &shared.view.menu;
    vec![
        alerts::listen(shared, &item_of(shared, Choice::Notifications)),
        on(shared, &menu.button, "click", |shared, _| {
            if shared.view.menu.list.hidden() {
                open(shared, 0);
            } else {
                close(shared, true);
            }
        }),
        on(shared, &menu.button, "keydown", |shared, event| {
            let last = CHOICES.len() - 1;
            match event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key).as_deref() {
                Some("ArrowDown") => open(shared, 0),
                Some("ArrowUp") => open(shared, last),
                _ => return,
            }
            handled(event);
        }),
        on(shared, &menu.list, "keydown", |shared, event| {
            if let Some(key) = event.dyn_ref::<KeyboardEvent>() {
                keydown(shared, key);
            }
        }),
        // A browser that gives a pressed button no focus would take it away from the menu.
        on(shared, &menu.list, "mousedown", |_, event| event.prevent_default()),
        on(shared, &menu.list, "focusout", |shared, event| {
            let to = event.dyn_ref::<FocusEvent>().and_then(FocusEvent::related_target);
            let to = to.and_then(|to| to.dyn_into::<Node>().ok());
            let menu = &shared.view.menu;
            let stays = to.is_some_and(|to| menu.list.contains(Some(&to)) || menu.button.contains(Some(&to)));
            if !stays {
                close(shared, false);
            }
        }),
        on(shared, &menu.list, "click", |shared, event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let item = target.and_then(|target| target.closest("[role^=menuitem]").ok().flatten());
            let chosen = item.and_then(|item| CHOICES.into_iter().find(|(_, id)| item.id() == *id));
            if let Some((choice, _)) = chosen {
                close(shared, true);
                choose(shared, choice);
            }
        }),
    ]
}

fn choose(shared: &Rc<Shared>, choice: Choice) {
    match choice {
        Choice::Search => search::open(shared),
        Choice::Text => save(shared, Form::Text),
        Choice::Json => save(shared, Form::Json),
        Choice::Inspector => inspector::toggle(shared),
        Choice::Notifications => alerts::toggle_notifications(shared, &item_of(shared, choice)),
        Choice::Sound => alerts::toggle_sound(shared),
    }
}

fn item_of(shared: &Rc<Shared>, choice: Choice) -> HtmlElement {
    let place = CHOICES.iter().position(|(it, _)| *it == choice);
    shared.view.menu.items[place.unwrap_or_default()].clone()
}

fn open(shared: &Rc<Shared>, index: usize) {
    let menu = &shared.view.menu;
    let inspector_is_open = inspector::is_open(shared);
    shared.with_texts(|texts| menu.paint(&shared.view.alerts, inspector_is_open, texts));
    show(&menu.list, true);
    set_changed(&menu.button, "aria-expanded", "true");
    go_to(shared, index);
}

fn close(shared: &Rc<Shared>, to_button: bool) {
    let menu = &shared.view.menu;
    if menu.list.hidden() {
        return;
    }
    if to_button {
        drop(menu.button.focus());
    }
    show(&menu.list, false);
    set_changed(&menu.button, "aria-expanded", "false");
}

fn go_to(shared: &Rc<Shared>, index: usize) {
    let menu = &shared.view.menu;
    if let Some(item) = menu.items.get(index) {
        menu.current.set(index);
        drop(item.focus());
    }
}

fn keydown(shared: &Rc<Shared>, key: &KeyboardEvent) {
    let (current, count) = (shared.view.menu.current.get(), CHOICES.len());
    if key.ctrl_key() || key.alt_key() || key.meta_key() {
        return;
    }
    match key.key().as_str() {
        "ArrowDown" => go_to(shared, (current + 1) % count),
        "ArrowUp" => go_to(shared, (current + count - 1) % count),
        "Home" | "PageUp" => go_to(shared, 0),
        "End" | "PageDown" => go_to(shared, count - 1),
        "Escape" => close(shared, true),
        // On from the button, as if the menu had not been there.
        "Tab" => return close(shared, true),
        letter if letter.chars().count() == 1 && letter != " " => go_to_letter(shared, letter),
        _ => return,
    }
    handled(key);
}

/// The next item that begins with this letter.
fn go_to_letter(shared: &Rc<Shared>, letter: &str) {
    let menu = &shared.view.menu;
    let (current, count) = (menu.current.get(), menu.items.len());
    let begins = |index: &usize| {
        let words = menu.items[*index].text_content().unwrap_or_default();
        let first = words.get(..letter.len());
        first.is_some_and(|first| first.eq_ignore_ascii_case(letter))
    };
    let next = (1..=count).map(|step| (current + step) % count).find(begins);
    if let Some(index) = next {
        go_to(shared, index);
    }
}
