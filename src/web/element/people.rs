//! Who is in the room: beside the conversation where there is room, over it where there is not.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlButtonElement, HtmlElement, HtmlInputElement, KeyboardEvent};

use super::Shared;
use super::composer::{handled, is_taken_by_input_method};
use super::dom::{append, make, set, set_changed, set_text, show};
use super::events::on;
use super::fields::speaks_rooms;
use super::names::Called;
use super::parts::Parts;
use super::phrases;
use super::row::hue;
use super::search::{fold, has};
use super::texts::{Texts, fill};
use crate::room::Room;

/// The most people that are listed at once; the search finds the others.
const MAX_LISTED: usize = 200;

/// From more people on than this there is a search field.
const SEARCH_FROM: u64 = 20;

pub(super) struct People {
    panel: HtmlElement,
    heading: HtmlElement,
    close: HtmlButtonElement,
    search: HtmlInputElement,
    list: HtmlElement,
    rest: HtmlElement,
    /// Who is in the list.
    listed: RefCell<Vec<Person>>,
}

/// Oneself comes first, then the others by name.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Person {
    is_other: bool,
    /// Their name without case.
    key: String,
    client: String,
    /// As it is shown.
    name: String,
    typing: bool,
}

impl People {
    pub(super) fn new(parts: &Parts) -> Self {
        let people = Self {
            panel: make("aside;id=people-panel;part=people;aria-labelledby=people-heading;hidden"),
            heading: make("h2;id=people-heading"),
            close: make("button;id=people-close;type=button;class=quiet close"),
            search: make("input;id=people-search;type=search;autocomplete=off;dir=auto;hidden"),
            // It scrolls, so the keyboard has to get there.
            list: make("ul;id=people-list;tabindex=0;aria-labelledby=people-heading"),
            rest: make("p;id=people-rest"),
            listed: RefCell::default(),
        };
        let head: Element = make("div;class=panel-head");
        append(&head, &[&people.heading, &people.close]);
        append(&people.panel, &[&head, &people.search, &people.list, &people.rest]);
        append(&parts.middle, &[&people.panel]);
        people
    }

    pub(super) fn speak(&self, texts: &Texts) {
        set_text(&self.heading, texts.members());
        set(&self.close, "aria-label", texts.close());
        set(&self.close, "title", texts.close());
        set(&self.search, "aria-label", texts.find_people());
        self.search.set_placeholder(texts.find_people());
        // What is listed has words in it.
        self.listed.take();
        self.list.set_text_content(None);
    }

    fn is_open(&self, parts: &Parts) -> bool {
        parts.people.get_attribute("aria-expanded").as_deref() == Some("true")
    }

    /// Gives whether the focus was within what is no longer to be seen.
    pub(super) fn paint(
        &self,
        room: &Room,
        parts: &Parts,
        texts: &Texts,
        focus: Option<&Element>,
        called: &Called,
    ) -> bool {
        let members = room.members();
        let count = members.count();
        let known = room.is_joined() && speaks_rooms(room) && count > 0;
        show(&parts.people, known);
        let shown = known && self.is_open(parts);
        let loses = !shown && !self.panel.hidden() && self.panel.contains(focus.map(AsRef::as_ref));
        show(&self.panel, shown);
        // A valid name.
        drop(parts.root.toggle_attribute_with_force("data-people", shown));
        if known {
            set_text(&parts.people, &phrases::count_of_people(texts, count));
        }
        if shown {
            self.paint_list(room, texts, called);
        }
        loses
    }

    fn paint_list(&self, room: &Room, texts: &Texts, called: &Called) {
        let members = room.members();
        let many = members.count() > SEARCH_FROM;
        show(&self.search, many);
        let sought = if many {
            fold(self.search.value().trim())
        } else {
            String::new()
        };
        let own = room.client();
        let (mut people, mut all) = (Vec::<Person>::new(), 0);
        for (client, name) in members.iter() {
            if !sought.is_empty() && !has(name, &sought) {
                continue;
            }
            all += 1;
            let person = Person {
                is_other: own != Some(client),
                key: name.to_ascii_lowercase(),
                client: client.to_owned(),
                name: called.name(client, name),
                typing: members.is_typing(client),
            };
            // Put in order as they come: there are few, or few of them are listed.
            let place = people.partition_point(|it| *it < person);
            if place < MAX_LISTED {
                people.insert(place, person);
                people.truncate(MAX_LISTED);
            }
        }
        let all = if sought.is_empty() { members.count() } else { all };
        let more = all.saturating_sub(people.len() as u64);
        let rest = match (people.len(), more) {
            (0, 0) => texts.nobody_found().to_owned(),
            (_, 0) => String::new(),
            (_, more) => fill(texts.and_more(), &[&more.to_string()]),
        };
        set_text(&self.rest, &rest);
        show(&self.rest, !rest.is_empty());
        if *self.listed.borrow() == people {
            return;
        }
        self.list.set_text_content(None);
        for person in &people {
            append(&self.list, &[&line(person, texts)]);
        }
        self.listed.replace(people);
    }
}

fn line(person: &Person, texts: &Texts) -> Element {
    let line: Element = make("li");
    let hue = hue(&person.client).to_string();
    let initial: Element = make("span;class=initial;aria-hidden=true");
    set(&initial, "data-hue", &hue);
    set_text(&initial, super::row::initial(&person.name).encode_utf8(&mut [0; 4]));
    let called: Element = make("bdi");
    set(&called, "data-hue", &hue);
    set(&called, "title", &person.client);
    set_text(&called, &person.name);
    append(&line, &[&initial, &called]);
    for (marked, words) in [(!person.is_other, texts.you_mark()), (person.typing, texts.types())] {
        if marked {
            let mark: Element = make("small");
            set_text(&mark, words);
            append(&line, &[&mark]);
        }
    }
    line
}

pub(super) fn listen(shared: &Rc<Shared>) -> Vec<EventListener> {
    let (parts, people) = (&shared.view.parts, &shared.view.people);
    vec![
        on(shared, &parts.people, "click", |shared, _| {
            let (parts, people) = (&shared.view.parts, &shared.view.people);
            if people.is_open(parts) {
                return close(shared);
            }
            people.search.set_value("");
            set_changed(&parts.people, "aria-expanded", "true");
            shared.paint();
            let first: &HtmlElement = if people.search.hidden() {
                &people.list
            } else {
                &people.search
            };
            drop(first.focus());
        }),
        on(shared, &people.close, "click", |shared, _| close(shared)),
        on(shared, &people.search, "input", |shared, _| shared.request_paint()),
        on(shared, &people.panel, "keydown", |shared, event| {
            let Some(key) = event.dyn_ref::<KeyboardEvent>() else {
                return;
            };
            if key.key() == "Escape" && !is_taken_by_input_method(key) {
                handled(event);
                close(shared);
            }
        }),
    ]
}

fn close(shared: &Rc<Shared>) {
    let parts = &shared.view.parts;
    set_changed(&parts.people, "aria-expanded", "false");
    shared.paint();
    drop(parts.people.focus());
}
