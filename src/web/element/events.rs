//! What the user does with the view, and what the page is told.

use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Element, Event, EventTarget, HtmlElement, HtmlInputElement};

use super::super::resize::Resize;
use super::dom::{document, set, show, utf16_len};
use super::{Shared, actions, composer, enter, keys, menu, people, save, search, suggestions};
use crate::room::{Command, ItemId, Room};
use crate::websocket::{Close, Message};

pub(super) fn listen(shared: &Rc<Shared>) -> Vec<EventListener> {
    let parts = &shared.view.parts;
    let mut listeners = vec![
        on(shared, &parts.settings, "submit", |shared, event| {
            event.prevent_default();
            if shared.connect().is_err() {
                shared.paint();
                let parts = &shared.view.parts;
                let fields = [&parts.url, &parts.room, &parts.name, &parts.protocols];
                let invalid =
                    |field: &&&HtmlInputElement| field.get_attribute("aria-invalid").as_deref() == Some("true");
                if let Some(field) = fields.iter().find(invalid) {
                    // A field that cannot take the focus leaves it where it is.
                    drop(field.focus());
                }
            }
        }),
        on(shared, &parts.settings, "input", |shared, _| {
            shared.view.wrong.replace(None);
            shared.request_paint();
        }),
        on(shared, &parts.change, "click", |shared, _| {
            shared.view.changing.set(true);
            shared.paint();
            drop(shared.view.parts.url.focus());
        }),
        on(shared, &parts.disconnect, "click", |shared, _| shared.disconnect()),
        on(shared, &parts.now, "click", |shared, _| {
            let entrance = shared.driver.read(|room| room.entrance().clone());
            if let Err(refusal) = shared.driver.command(Command::Connect(entrance)) {
                shared.show_refusal(&refusal);
            }
        }),
        on(shared, &parts.status, "click", |shared, _| {
            let parts = &shared.view.parts;
            let open = parts.details.hidden();
            show(&parts.details, open);
            set(&parts.status, "aria-expanded", if open { "true" } else { "false" });
            shared.request_paint();
        }),
        on(shared, &parts.log, "click", decide_failed),
        on(shared, &parts.log, "scroll", |shared, _| scrolled(shared)),
        on(shared, &parts.load_older, "click", |shared, _| {
            shared.view.rows.stay(&shared.view.parts.log);
            shared.load_older();
        }),
        on(shared, &parts.newer, "click", |shared, _| {
            scroll_to_end(shared);
            drop(shared.view.parts.log.focus());
        }),
        on(shared, &document(), "visibilitychange", |shared, _| {
            shared.request_paint()
        }),
    ];
    listeners.extend(actions::listen(shared));
    listeners.push(keys::listen(shared));
    listeners.extend(composer::listen(shared));
    listeners.extend(suggestions::listen(shared));
    listeners.extend(people::listen(shared));
    listeners.extend(menu::listen(shared));
    listeners.extend(search::listen(shared));
    listeners
}

/// `handle` is a plain function, so that all listeners are of one type.
pub(super) fn on(
    shared: &Rc<Shared>,
    target: &EventTarget,
    kind: &'static str,
    handle: fn(&Rc<Shared>, &Event),
) -> EventListener {
    let weak = Rc::downgrade(shared);
    EventListener::new_with_options(
        target,
        kind,
        EventListenerOptions::enable_prevent_default(),
        move |event| enter(&weak, |shared| handle(shared, event)),
    )
}

/// What has failed is sent again, or let go.
fn decide_failed(shared: &Rc<Shared>, event: &Event) {
    let Some(button) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
        return;
    };
    let command: fn(ItemId) -> Command = match button.class_list() {
        classes if classes.contains("again") => Command::SayAgain,
        classes if classes.contains("discard") => Command::Discard,
        _ => return,
    };
    let Some(item) = shared.view.rows.item_of(&button) else {
        return;
    };
    match shared.driver.command(command(item)) {
        // The button leaves with the failure.
        Ok(()) => drop(shared.view.parts.text.focus()),
        Err(refusal) => shared.show_refusal(&refusal),
    }
}

/// Near its top the log grows, back at its end it may shrink.
fn scrolled(shared: &Rc<Shared>) {
    let (view, log) = (&shared.view, &shared.view.parts.log);
    let other_rows = view.rows.scrolled(log);
    let is_offered = !view.parts.newer.hidden();
    if other_rows || is_offered && view.rows.is_at_end() || !is_offered && view.rows.is_far_from_end(log) {
        shared.request_paint();
    }
    if view.rows.is_at_end() {
        view.full.set(false);
        if view.reading.replace(false) {
            save::finish(shared);
            // It is refused in no state.
            _ = shared.driver.command(Command::StopReading);
        }
    } else if log.scroll_top() < log.client_height() {
        shared.load_older();
    }
}

pub(super) fn scroll_to_end(shared: &Rc<Shared>) {
    shared.view.rows.to_end(&shared.view.parts.log);
    shared.request_paint();
}

/// Keeps the end of the log in sight when its size changes, as when a keyboard comes up, and the text box within its
/// share of the height.
pub(super) fn watch_size(shared: &Rc<Shared>) -> Option<Resize> {
    let weak = Rc::downgrade(shared);
    Resize::watch(&shared.view.parts.log, move || {
        enter(&weak, |shared| {
            composer::fit(shared);
            shared.view.rows.resized(&shared.view.parts.log);
        });
    })
}

/// What `statechange` tells.
pub(super) struct Told {
    state: String,
    ready_state: u16,
    joined: bool,
    members: u64,
}

impl Told {
    pub(super) fn of(room: &Room) -> Self {
        Self {
            state: room.state().name().to_ascii_lowercase(),
            ready_state: room.state().ready_state().into(),
            joined: room.is_joined(),
            members: room.members().count(),
        }
    }
}

#[wasm_bindgen(module = "/src/web/element/events.js")]
extern "C" {
    #[wasm_bindgen(js_name = tellState)]
    fn tell_state_by(host: &HtmlElement, state: &str, ready_state: u16, joined: bool, members: f64);
    /// `unreadchange`, with how much was said that was not seen, and how much of it names the user.
    #[wasm_bindgen(js_name = tellUnread)]
    pub(super) fn tell_unread(host: &HtmlElement, unread: u32, mentions: u32);
    #[wasm_bindgen(js_name = tellBytes)]
    fn tell_bytes(host: &HtmlElement, bytes: &[u8]);
    /// `ends` is where each text of the string ends, in units of UTF-16.
    #[wasm_bindgen(js_name = tellTexts)]
    fn tell_texts(host: &HtmlElement, texts: &str, ends: &[u32]);
    #[wasm_bindgen(js_name = tellClose)]
    fn tell_close_by(host: &HtmlElement, code: u16, reason: &str, was_clean: bool);
}

/// `statechange`, with the state's name and the native number in its detail, whether one is in the room, and how many
/// are.
pub(super) fn tell_state(host: &HtmlElement, told: &Told) {
    tell_state_by(host, &told.state, told.ready_state, told.joined, told.members as f64);
}

/// `messages`, and a `message` for each of them if the page still wants those. What follows one another crosses over to
/// JavaScript once.
pub(super) fn tell_messages(host: &HtmlElement, messages: &[Message]) {
    for alike in messages.chunk_by(|one, other| matches!((one, other), (Message::Text(_), Message::Text(_)))) {
        let mut texts = String::new();
        let mut ends = Vec::new();
        let mut end = 0;
        for message in alike {
            match message {
                Message::Text(text) => {
                    texts.push_str(text);
                    end += utf16_len(text);
                    ends.push(end);
                }
                Message::Binary(bytes) => tell_bytes(host, bytes),
            }
        }
        if !ends.is_empty() {
            tell_texts(host, &texts, &ends);
        }
    }
}

/// `close`, as the native socket tells it.
pub(super) fn tell_close(host: &HtmlElement, close: &Close) {
    tell_close_by(host, close.code, &close.reason, close.was_clean);
}
