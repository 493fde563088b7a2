//! What calls a user who looks elsewhere: desktop notifications of mentions, and a tone. Never for what was said before.

use std::cell::Cell;
use std::rc::Rc;

use gloo_events::EventListener;
use js_sys::Array;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Element, EventTarget, HtmlElement};

use super::Shared;
use super::dom::document;
use super::events::on;
use super::phrases;
use super::texts::{Texts, fill};
use crate::connection::Instant;
use crate::room::{Content, Item, ItemId, Room};
use crate::text::is_mention;

/// Between two tones, and between two notifications, are at least so many milliseconds.
const PACE_MS: u64 = 2_000;

/// How much of a text a notification shows.
const MAX_SHOWN_CHARACTERS: usize = 200;

#[wasm_bindgen(module = "/src/web/element/alerts.js")]
extern "C" {
    fn remembered(name: &str) -> bool;
    fn remember(name: &str, on: bool);
    fn permission() -> String;
    fn ask(target: &EventTarget);
    fn notify(title: &str, body: &str, tag: &str, lang: &str, host: &HtmlElement);
    fn tone();
    /// Puts a part of a file to the others, where it takes no memory of the page's.
    #[wasm_bindgen(js_name = addPiece)]
    pub(super) fn add_piece(pieces: &Array, text: &str);
    /// Gives the user a file of these parts.
    pub(super) fn download(name: &str, file_type: &str, pieces: &Array);
}

pub(super) struct Alerts {
    notifies: Cell<bool>,
    sounds: Cell<bool>,
    /// The newest item that was looked at.
    looked_at: Cell<Option<ItemId>>,
    notified_at: Cell<Option<Instant>>,
    sounded_at: Cell<Option<Instant>>,
}

/// Something that was just said.
struct News {
    client: String,
    from: String,
    text: String,
    is_mention: bool,
}

impl Alerts {
    pub(super) fn new() -> Self {
        Self {
            notifies: Cell::new(remembered("notifications")),
            sounds: Cell::new(remembered("sound")),
            looked_at: Cell::default(),
            notified_at: Cell::default(),
            sounded_at: Cell::default(),
        }
    }

    /// Whether mentions are shown, and why not although they are wanted or cannot be.
    pub(super) fn notifications<'t>(&self, texts: &Texts<'t>) -> (bool, &'t str) {
        let permission = permission();
        let why_not = match permission.as_str() {
            "granted" | "default" => "",
            "denied" => texts.notifications_denied(),
            _ => texts.notifications_missing(),
        };
        (self.notifies.get() && permission == "granted", why_not)
    }

    pub(super) fn sounds(&self) -> bool {
        self.sounds.get()
    }

    /// What was said since the last look: the newest that names the user, else the newest. Nothing unless it is wanted.
    fn news(&self, room: &Room, wanted: bool) -> Option<News> {
        let last = self.looked_at.get();
        let name = room.entrance().name.as_str();
        let mut newest = last;
        let mut news: Option<News> = None;
        for item in room.timeline().iter().rev() {
            let is_new = Some(item.id()) > last;
            if is_new {
                newest = newest.max(Some(item.id()));
            } else if !is_ours(item) {
                break;
            }
            if !wanted || !is_new || !item.is_news() || news.as_ref().is_some_and(|it| it.is_mention) {
                continue;
            }
            let (client, from, text, is_mention) = match item.content() {
                Content::Said(said) if said.delivery.is_none() && !said.is_retracted() => {
                    let text = said.text();
                    (said.client.as_str(), said.name.as_str(), text, is_mention(text, name))
                }
                Content::Text { text, .. } => ("", "", text.as_str(), false),
                _ => continue,
            };
            if news.is_none() || is_mention {
                news = Some(News {
                    client: client.to_owned(),
                    from: from.to_owned(),
                    text: text.to_owned(),
                    is_mention,
                });
            }
        }
        self.looked_at.set(newest);
        news
    }
}

/// Whether it is of this page: a text of one's own keeps its item while newer ones of others come before it.
fn is_ours(item: &Item) -> bool {
    match item.content() {
        Content::Said(said) => said.delivery.is_some(),
        Content::Notice(_) => true,
        _ => false,
    }
}

/// Something has happened, maybe while the page is hidden and paints nothing.
pub(super) fn look(shared: &Rc<Shared>) {
    let alerts = &shared.view.alerts;
    let hidden = document().hidden();
    let notifies = hidden && alerts.notifies.get();
    let wanted = notifies || alerts.sounds.get();
    let Some(first) = shared.driver.read(|room| alerts.news(room, wanted)) else {
        return;
    };
    let now = shared.driver.now();
    let shows = first.is_mention && notifies && permission() == "granted";
    if shows && is_time(&alerts.notified_at, now) {
        let room = shared.driver.read(|room| room.entrance().room.clone());
        let title = shared.with_texts(|texts| {
            fill(
                texts.mentioned_by(),
                &[
                    &shared.view.called.short_name(&first.client, &first.from),
                    &phrases::short_name(&room),
                ],
            )
        });
        let text = first.text.replace(['\n', '\r'], " ");
        let body = phrases::beginning(&phrases::visible(&text), MAX_SHOWN_CHARACTERS);
        notify(&title, &body, &room, shared.language().tag(), &shared.host);
    }
    if alerts.sounds.get() && (first.is_mention || hidden) && is_time(&alerts.sounded_at, now) {
        tone();
    }
}

fn is_time(last: &Cell<Option<Instant>>, now: Instant) -> bool {
    let is_time = last
        .get()
        .is_none_or(|last| now.as_millis() >= last.as_millis() + PACE_MS);
    if is_time {
        last.set(Some(now));
    }
    is_time
}

/// The user has decided about notifications in the browser's own question.
pub(super) fn listen(shared: &Rc<Shared>, item: &Element) -> EventListener {
    on(shared, item, "decided", |shared, _| decided(shared))
}

/// Asked for by a click on `item`, which is the only time that a browser may be asked.
pub(super) fn toggle_notifications(shared: &Rc<Shared>, item: &Element) {
    let alerts = &shared.view.alerts;
    if alerts.notifies.get() && permission() == "granted" {
        alerts.notifies.set(false);
        remember("notifications", false);
        return shared.note(shared.with_texts(|texts| texts.notifications_off().to_owned()));
    }
    match permission().as_str() {
        "default" => ask(item),
        _ => decided(shared),
    }
}

fn decided(shared: &Rc<Shared>) {
    let alerts = &shared.view.alerts;
    let granted = permission() == "granted";
    alerts.notifies.set(granted);
    remember("notifications", granted);
    let sentence = shared.with_texts(|texts| match alerts.notifications(texts) {
        (true, _) => texts.notifications_on().to_owned(),
        (false, "") => texts.notifications_off().to_owned(),
        (false, why_not) => why_not.to_owned(),
    });
    shared.note(sentence);
}

pub(super) fn toggle_sound(shared: &Rc<Shared>) {
    let alerts = &shared.view.alerts;
    let on = !alerts.sounds.get();
    alerts.sounds.set(on);
    remember("sound", on);
    if on {
        // So that one knows it, and since a browser wants a click before it plays anything.
        tone();
    }
    let sentence = shared.with_texts(|texts| if on { texts.sound_on() } else { texts.sound_off() }.to_owned());
    shared.note(sentence);
}
