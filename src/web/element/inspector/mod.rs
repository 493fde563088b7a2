//! The inspector: everything that goes over the sockets, and a way to send more. It is there while the element has the
//! attribute `inspector`; without it nothing is recorded, and nothing of this is in the document.

mod detail;
mod panel;
mod rows;
mod words;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use chat_room_wire::SUBPROTOCOL;
use gloo_events::EventListener;
use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, ShadowRoot};

use self::detail::Form;
use self::panel::Panel;
use self::rows::{Step, pixels};
use super::super::resize::Resize;
use super::alerts::download;
use super::composer::{handled, is_taken_by_input_method};
use super::dom::{append, set_changed, set_text, show};
use super::events::on;
use super::phrases;
use super::texts::{Texts, fill};
use super::{Shared, enter};
use crate::connection::State;
use crate::room::wants_rooms;
use crate::text::Language;
use crate::traffic::{BadHex, Filter, History, Key, List, Raw, Row, hex, json_line, parse_hex, text_line};
use crate::websocket::Message;

#[wasm_bindgen(module = "/src/web/element/inspector/page.js")]
extern "C" {
    fn copy(text: &str, told: &Closure<dyn Fn(bool)>);
}

/// The attribute that opens it.
const ATTRIBUTE: &str = "inspector";

/// What outlives the panel, and the panel while it is open.
#[derive(Default)]
pub(super) struct Inspector {
    open: RefCell<Option<Rc<Open>>>,
    history: RefCell<History>,
    /// Who had the focus when it was opened by hand.
    opener: RefCell<Option<HtmlElement>>,
}

impl Inspector {
    /// The panel, so that nothing is borrowed while it works.
    fn opened(&self) -> Option<Rc<Open>> {
        self.open.borrow().clone()
    }

    /// The words have changed: all of them are written anew at the next paint.
    pub(super) fn forget_words(&self) {
        if let Some(open) = self.opened() {
            open.language.set(None);
        }
    }
}

struct Open {
    panel: Panel,
    list: RefCell<List>,
    language: Cell<Option<Language>>,
    /// What became of what was copied, until something else is done.
    notice: RefCell<Option<String>>,
    /// What went wrong with the raw message.
    problem: RefCell<Option<String>>,
    /// Told when something was copied, or not.
    told: Closure<dyn Fn(bool)>,
    /// Held to be dropped with the panel.
    listeners: RefCell<Vec<EventListener>>,
    size: RefCell<Option<Resize>>,
}

/// Whether it is open.
pub(super) fn is_open(shared: &Shared) -> bool {
    shared.host.has_attribute(ATTRIBUTE)
}

/// Opens the inspector, or closes it.
pub(super) fn toggle(shared: &Rc<Shared>) {
    let opens = !is_open(shared);
    if opens {
        let focused = focused(shared);
        shared.inspector.opener.replace(focused);
    }
    // It is valid, so this cannot fail. The class tells the core of the change.
    drop(shared.host.toggle_attribute_with_force(ATTRIBUTE, opens));
    if let Some(open) = shared.inspector.opened() {
        open.paint(shared);
        drop(open.panel.rows.tree.focus());
    }
}

/// The attribute is there, or no longer.
pub(super) fn attribute_changed(shared: &Rc<Shared>) {
    let wanted = is_open(shared);
    let is_there = shared.inspector.open.borrow().is_some();
    shared.driver.record(wanted);
    if wanted && !is_there {
        let open = Open::new(shared);
        shared.inspector.open.replace(Some(open));
    } else if !wanted && is_there {
        close(shared);
    }
}

/// What is new since the last frame. Nothing, while it is closed.
pub(super) fn paint(shared: &Rc<Shared>) {
    if let Some(open) = shared.inspector.opened() {
        open.paint(shared);
    }
}

fn close(shared: &Rc<Shared>) {
    let Some(open) = shared.inspector.open.take() else {
        return;
    };
    let section = &open.panel.section;
    let had_focus = focused(shared).is_some_and(|it| section.contains(Some(&it)));
    open.listeners.take();
    open.size.take();
    section.remove();
    let opener = shared.inspector.opener.take();
    if had_focus {
        let next = opener.filter(|it| it.is_connected() && it.offset_height() > 0);
        let parts = &shared.view.parts;
        // What cannot take the focus leaves it where it is.
        drop(next.as_ref().unwrap_or(&parts.status).focus());
    }
}

/// What has the focus within the element.
fn focused(shared: &Rc<Shared>) -> Option<HtmlElement> {
    let root: ShadowRoot = shared.view.parts.root.get_root_node().unchecked_into();
    root.active_element()?.dyn_into().ok()
}

impl Open {
    fn new(shared: &Rc<Shared>) -> Rc<Self> {
        let weak = Rc::downgrade(shared);
        let told = Closure::<dyn Fn(bool)>::new(move |copied| {
            enter(&weak, |shared| {
                let words = shared.with_texts(|texts| match copied {
                    true => texts.traffic_copied().to_owned(),
                    false => texts.traffic_not_copied().to_owned(),
                });
                shared.announcer.say(shared.language(), words.clone());
                if let Some(open) = shared.inspector.opened() {
                    open.notice.replace(Some(words));
                    shared.request_paint();
                }
            });
        });
        let open = Rc::new(Self {
            panel: Panel::new(),
            list: RefCell::default(),
            language: Cell::default(),
            notice: RefCell::default(),
            problem: RefCell::default(),
            told,
            listeners: RefCell::default(),
            size: RefCell::default(),
        });
        append(&shared.view.parts.root, &[&open.panel.section]);
        open.listen(shared);
        shared.request_paint();
        open
    }

    fn listen(&self, shared: &Rc<Shared>) {
        let panel = &self.panel;
        self.listeners.replace(vec![
            on(shared, &panel.section, "click", |shared, event| {
                with(shared, event, Open::clicked);
            }),
            on(shared, &panel.section, "keydown", |shared, event| {
                with(shared, event, Open::pressed);
            }),
            on(shared, &panel.section, "input", |shared, event| {
                with(shared, event, Open::typed);
            }),
            on(shared, &panel.raw, "submit", |shared, event| {
                with(shared, event, Open::submitted);
            }),
            on(shared, &panel.rows.scroller, "scroll", |shared, event| {
                with(shared, event, |open, shared, _| {
                    open.panel.rows.scrolled();
                    shared.request_paint();
                });
            }),
        ]);
        let weak = Rc::downgrade(shared);
        self.size.replace(Resize::watch(&panel.rows.scroller, move || {
            enter(&weak, |shared| {
                // The list gives room to the chosen row, which stays in sight.
                if let Some(open) = shared.inspector.opened()
                    && open.panel.detail.is_open()
                {
                    open.panel.rows.reveal(&open.list.borrow());
                }
                shared.request_paint();
            });
        }));
    }

    fn paint(&self, shared: &Rc<Shared>) {
        let language = shared.language();
        let rooms = shared.driver.read(|room| wants_rooms(room.entrance()));
        shared.with_texts(|texts| {
            let panel = &self.panel;
            if self.language.replace(Some(language)) != Some(language) {
                panel.speak(texts);
            }
            let mut list = self.list.borrow_mut();
            let status = shared.driver.with_traffic(|traffic| {
                list.update(traffic);
                if list.is_paused() {
                    fill(texts.traffic_paused(), &[&list.missed(traffic).to_string()])
                } else {
                    let numbers = [traffic.iter().len(), traffic.bytes(), list.rows().len()].map(|it| it.to_string());
                    fill(texts.traffic_count(), &[&numbers[0], &numbers[1], &numbers[2]])
                }
            });
            let gone = list.take_gone();
            set_text(&panel.status, self.notice.borrow().as_ref().unwrap_or(&status));
            set_changed(
                &panel.pause,
                "aria-pressed",
                if list.is_paused() { "true" } else { "false" },
            );
            let is_empty = list.rows().is_empty();
            let is_filtered = *list.filtered_by() != Filter::default();
            let words = match is_filtered {
                true => texts.traffic_nothing(),
                false => texts.traffic_empty(),
            };
            set_text(&panel.empty, words);
            show(&panel.empty, is_empty);
            panel.rows.paint(&list, gone, texts, rooms);
            panel.detail.paint(texts, rooms);
            self.paint_hint(shared, texts);
        });
    }

    fn paint_hint(&self, shared: &Rc<Shared>, texts: &Texts) {
        let hint = &self.panel.raw_hint;
        let problem = self.problem.borrow();
        let in_room = shared
            .driver
            .read(|room| matches!(room.state(), State::Open { protocol, .. } if protocol == SUBPROTOCOL));
        let words = match &*problem {
            Some(problem) => problem,
            None if in_room => texts.raw_past_room(),
            None => texts.raw_hint(),
        };
        set_text(hint, words);
        set_changed(hint, "class", if problem.is_some() { "error" } else { "" });
    }

    fn clicked(&self, shared: &Rc<Shared>, event: &Event) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(target) = target else { return };
        self.notice.take();
        if let Some(key) = self.panel.rows.key_of(&target) {
            self.panel.rows.set_cursor(Some(key));
            self.choose(key);
        }
        let button = target.closest("button").ok().flatten().map(|it| it.id());
        let detail = &self.panel.detail;
        match button.as_deref().unwrap_or_default() {
            "inspector-close" => return toggle(shared),
            "traffic-sent" | "traffic-received" | "traffic-events" => {
                let pressed = target.get_attribute("aria-pressed").as_deref() == Some("true");
                set_changed(&target, "aria-pressed", if pressed { "false" } else { "true" });
                self.filter(shared);
            }
            "traffic-pause" => shared.driver.with_traffic(|traffic| {
                let mut list = self.list.borrow_mut();
                let paused = list.is_paused();
                list.pause(!paused, traffic);
            }),
            "traffic-clear" => {
                shared
                    .driver
                    .with_traffic(|traffic| self.list.borrow_mut().clear(traffic));
                detail.choose(None);
            }
            "traffic-export-json" => self.export(shared, "chat-room.jsonl", "application/x-ndjson", json_line),
            "traffic-export-text" => self.export(shared, "chat-room.txt", "text/plain", text_line),
            "traffic-json" => detail.show_as(Form::Json),
            "traffic-text" => detail.show_as(Form::Text),
            "traffic-hex" => detail.show_as(Form::Hex),
            "traffic-more" => detail.show_more(),
            "traffic-close" => self.leave_detail(),
            "traffic-copy" => {
                if let Some(text) = detail.whole() {
                    copy(&text, &self.told);
                }
            }
            "raw-hex" => self.swap_hex(),
            _ => {}
        }
        shared.request_paint();
    }

    /// Opens a fold or closes it, and shows an entry in full.
    fn choose(&self, key: Key) {
        let mut list = self.list.borrow_mut();
        let entry = match list.place(key).map(|place| &list.rows()[place]) {
            Some(Row::Entry { entry, .. }) => Some(Rc::clone(entry)),
            Some(Row::Fold(_)) => None,
            None => return,
        };
        match entry {
            Some(entry) => self.panel.detail.choose(Some(entry)),
            None => list.toggle(key),
        }
    }

    fn leave_detail(&self) {
        self.panel.detail.choose(None);
        drop(self.panel.rows.tree.focus());
    }

    fn filter(&self, shared: &Rc<Shared>) {
        let [sent, received, events] = &self.panel.kinds;
        let is_on = |button: &Element| button.get_attribute("aria-pressed").as_deref() == Some("true");
        let filter = Filter {
            sent: is_on(sent),
            received: is_on(received),
            events: is_on(events),
            text: self.panel.filter.value().trim().to_owned(),
        };
        shared
            .driver
            .with_traffic(|traffic| self.list.borrow_mut().filter(filter, traffic));
        shared.request_paint();
    }

    fn export(&self, shared: &Rc<Shared>, name: &str, kind: &str, line: fn(&crate::traffic::Entry, &mut String)) {
        let mut lines = String::new();
        shared.driver.with_traffic(|traffic| {
            for entry in self.list.borrow().all(traffic) {
                line(entry, &mut lines);
            }
        });
        download(name, kind, &Array::of1(&lines.into()));
    }

    fn typed(&self, shared: &Rc<Shared>, event: &Event) {
        let is_filter = event.target().as_ref() == Some(&**self.panel.filter as &web_sys::EventTarget);
        if is_filter {
            self.filter(shared);
        } else {
            fit(&self.panel.raw_text);
            self.problem.take();
            shared.request_paint();
        }
    }

    fn pressed(&self, shared: &Rc<Shared>, event: &Event) {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
            return;
        };
        if is_taken_by_input_method(event) || event.alt_key() || event.ctrl_key() || event.meta_key() {
            return;
        }
        let id = focused(shared).map(|it| it.id()).unwrap_or_default();
        let key = event.key();
        let taken = match (&*id, &*key) {
            ("traffic-filter", "Escape") if !self.panel.filter.value().is_empty() => {
                self.panel.filter.set_value("");
                self.filter(shared);
                true
            }
            // What is being typed must not go with the panel.
            ("raw-text", "Escape") => {
                drop(self.panel.rows.tree.focus());
                true
            }
            (_, "Escape") if self.panel.detail.is_open() => {
                self.leave_detail();
                true
            }
            (_, "Escape") => {
                handled(event);
                return toggle(shared);
            }
            ("traffic", _) => self.walk(&key),
            ("raw-text", "Enter") if !event.shift_key() => {
                self.send(shared);
                true
            }
            ("raw-text", "ArrowUp" | "ArrowDown") if !event.shift_key() => self.recall(key == "ArrowUp", shared),
            _ => false,
        };
        if taken {
            handled(event);
            shared.request_paint();
        }
    }

    /// What a key does in the list.
    fn walk(&self, key: &str) -> bool {
        let rows = &self.panel.rows;
        let list = self.list.borrow();
        let step = match key {
            "ArrowUp" => Step::By(-1),
            "ArrowDown" => Step::By(1),
            "PageUp" => Step::By(-rows.page()),
            "PageDown" => Step::By(rows.page()),
            "Home" => Step::First,
            "End" => Step::Last,
            "Enter" | " " | "ArrowLeft" | "ArrowRight" => {
                let Some(key_here) = rows.cursor() else { return false };
                let fold_is_open = list.place(key_here).and_then(|place| match &list.rows()[place] {
                    Row::Fold(fold) => Some(fold.open),
                    Row::Entry { .. } => None,
                });
                let opens = match key {
                    "ArrowLeft" => fold_is_open == Some(true),
                    "ArrowRight" => fold_is_open == Some(false),
                    _ => true,
                };
                drop(list);
                if opens {
                    self.choose(key_here);
                }
                return true;
            }
            _ => return false,
        };
        rows.set_cursor(rows.step(&list, step));
        rows.reveal(&list);
        drop(list);
        if self.panel.detail.is_open()
            && let Some(key) = rows.cursor()
            && !self.is_fold(key)
        {
            self.choose(key);
        }
        true
    }

    fn is_fold(&self, key: Key) -> bool {
        let list = self.list.borrow();
        list.place(key)
            .is_some_and(|place| matches!(list.rows()[place], Row::Fold(_)))
    }

    // What is sent raw

    fn submitted(&self, shared: &Rc<Shared>, event: &Event) {
        event.prevent_default();
        self.send(shared);
    }

    fn raw(&self) -> Raw {
        Raw {
            text: self.panel.raw_text.value(),
            hex: self.panel.raw_hex.get_attribute("aria-pressed").as_deref() == Some("true"),
        }
    }

    fn set_raw(&self, raw: &Raw) {
        self.panel.raw_text.set_value(&raw.text);
        fit(&self.panel.raw_text);
        set_changed(
            &self.panel.raw_hex,
            "aria-pressed",
            if raw.hex { "true" } else { "false" },
        );
    }

    fn send(&self, shared: &Rc<Shared>) {
        let raw = self.raw();
        let message = match raw.hex {
            false => Ok(Message::Text(raw.text.clone())),
            true => parse_hex(&raw.text).map(Message::Binary),
        };
        let sent = match &message {
            Ok(message) => shared
                .driver
                .send_raw(message)
                .map_err(|refusal| shared.with_texts(|texts| phrases::refusal(texts, &refusal))),
            Err(bad) => Err(shared.with_texts(|texts| bad_hex(texts, bad))),
        };
        let problem = sent.err();
        if problem.is_none() {
            let hex = raw.hex;
            shared.inspector.history.borrow_mut().push(raw);
            self.set_raw(&Raw {
                text: String::new(),
                hex,
            });
        }
        if let Some(problem) = &problem {
            shared.announcer.say(shared.language(), problem.clone());
        }
        self.problem.replace(problem);
        drop(self.panel.raw_text.focus());
        shared.request_paint();
    }

    /// What was sent before, or after that; `false` where the key only moves within the text.
    fn recall(&self, older: bool, shared: &Rc<Shared>) -> bool {
        let field = &self.panel.raw_text;
        let typed = self.raw();
        let at = field.selection_start().ok().flatten().unwrap_or_default() as usize;
        let is_break = |unit: u16| unit == u16::from(b'\n');
        let units = typed.text.encode_utf16();
        let moves_within = match older {
            true => units.take(at).any(is_break),
            false => units.skip(at).any(is_break),
        };
        if moves_within {
            return false;
        }
        let mut history = shared.inspector.history.borrow_mut();
        let raw = match older {
            true => history.older(typed),
            false => history.newer(),
        };
        raw.iter().for_each(|raw| self.set_raw(raw));
        raw.is_some()
    }

    /// The same message, the other way to write it, where there is one.
    fn swap_hex(&self) {
        let raw = self.raw();
        let text = match raw.hex {
            false => Some(hex(raw.text.as_bytes())),
            true => parse_hex(&raw.text)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok()),
        };
        self.set_raw(&Raw {
            text: text.unwrap_or(raw.text),
            hex: !raw.hex,
        });
        self.problem.take();
    }
}

/// Handles an event of the panel, while there is one.
fn with(shared: &Rc<Shared>, event: &Event, handle: fn(&Open, &Rc<Shared>, &Event)) {
    if let Some(open) = shared.inspector.opened() {
        handle(&open, shared, event);
    }
}

/// Lets the box grow with its text; the style sheet says how far.
fn fit(text: &HtmlElement) {
    let style = text.style();
    // Both values are valid, so neither call can fail.
    drop(style.set_property("height", "auto"));
    let borders = text.offset_height() - text.client_height();
    drop(style.set_property("height", &pixels(text.scroll_height() + borders)));
}

fn bad_hex(texts: &Texts, bad: &BadHex) -> String {
    match bad {
        BadHex::Digit { character, line, place } => {
            let character = phrases::visible(&character.to_string());
            fill(texts.raw_digit(), &[&line.to_string(), &place.to_string(), &character])
        }
        BadHex::Half { line, place } => fill(texts.raw_half(), &[&line.to_string(), &place.to_string()]),
    }
}
