//! Paints the room: what can be done, how it stands, what was said.

use std::cell::{Cell, RefCell};

use web_sys::{Element, HtmlElement, ShadowRoot};

use super::dom::{Maker, append, set_changed, set_text, show};
use super::parts::Parts;
use super::phrases;
use super::rows::{Rows, Style};
use super::texts::{Language, Texts, fill};
use crate::connection::{Instant, State};
use crate::room::Room;
use crate::websocket::{OpenError, ReadyState};

/// What the view is told besides the room itself.
pub(super) struct Look {
    pub(super) language: Language,
    pub(super) title: String,
    pub(super) own_name: String,
    pub(super) now: Instant,
    /// The fields name another server than the room's.
    pub(super) fields_differ: bool,
}

/// The hint under the text box.
#[derive(Clone, Default, PartialEq)]
pub(super) enum Hint {
    #[default]
    Keys,
    Problem(String),
}

pub(super) struct View {
    pub(super) parts: Parts,
    pub(super) rows: Rows,
    shadow: ShadowRoot,
    language: Cell<Option<Language>>,
    own_name: RefCell<String>,
    /// The user wants to see the fields although the room is connected.
    pub(super) changing: Cell<bool>,
    pub(super) hint: RefCell<Hint>,
    /// What is wrong with a field, to be told in whatever language.
    pub(super) field_error: RefCell<Option<OpenError>>,
}

impl View {
    pub(super) fn new(shadow: ShadowRoot) -> Self {
        let parts = Parts::new();
        append_to_shadow(&shadow, &parts.root);
        Self {
            parts,
            rows: Rows::new(),
            shadow,
            language: Cell::new(None),
            own_name: RefCell::default(),
            changing: Cell::new(false),
            hint: RefCell::default(),
            field_error: RefCell::default(),
        }
    }

    /// Paints everything that has changed. Gives what is to be read out.
    pub(super) fn paint(&self, room: &Room, look: &Look) -> Vec<String> {
        let texts = look.language.texts();
        let own_name = if look.own_name.is_empty() {
            texts.you.to_owned()
        } else {
            look.own_name.clone()
        };
        if self.language.replace(Some(look.language)) != Some(look.language) {
            self.parts.speak(look.language);
            self.rows.forget();
        }
        if self.own_name.replace(own_name.clone()) != own_name {
            self.rows.forget();
        }
        set_text(
            &self.parts.title,
            if look.title.is_empty() {
                texts.title
            } else {
                &look.title
            },
        );

        let mut news = self.paint_status(room, look, texts);
        self.paint_settings(room, look, texts);
        self.paint_composer(room, texts);

        let empty = match room.state() {
            State::Idle | State::Closed { .. } => texts.empty_idle,
            State::Open { .. } => texts.empty_open,
            State::Connecting { .. } | State::Waiting { .. } | State::Closing { .. } => texts.connecting,
        };
        set_text(&self.parts.empty, empty);
        show(&self.parts.empty, room.timeline().iter().len() == 0);
        let painted = self.rows.paint(
            &self.parts.log,
            room.timeline(),
            &Style {
                language: look.language,
                own_name,
            },
        );
        if painted.below {
            show(&self.parts.newer, true);
        }
        news.extend(painted.news);
        news
    }

    fn paint_status(&self, room: &Room, look: &Look, texts: &Texts) -> Vec<String> {
        let parts = &self.parts;
        let (name, words) = status(room, look.now, texts);
        let ready_state = room.state().ready_state();
        let before = parts.root.get_attribute("data-state");
        set_changed(&parts.root, "data-state", name);
        set_text(&parts.status_words, &words);
        set_text(&parts.status_number, &u16::from(ready_state).to_string());
        set_changed(
            &parts.status_number,
            "title",
            &format!("readyState {} {ready_state}", u16::from(ready_state)),
        );

        let ending = match room.state() {
            State::Waiting { why, close, .. } => Some(fill(texts.lost, &[&phrases::end(texts, *why, close)])),
            State::Closed { why, close } => Some(fill(texts.ended, &[&phrases::end(texts, *why, close)])),
            State::Idle | State::Connecting { .. } | State::Open { .. } | State::Closing { .. } => None,
        };
        set_text(&parts.ending, ending.as_deref().unwrap_or_default());
        show(&parts.ending, ending.is_some());
        if !parts.details.hidden() {
            self.paint_details(room, ready_state, texts);
        }
        match before {
            Some(before) if before != name => vec![ending.unwrap_or(words)],
            _ => Vec::new(),
        }
    }

    fn paint_details(&self, room: &Room, ready_state: ReadyState, texts: &Texts) {
        let mut facts = vec![(
            texts.state,
            format!("readyState {} {ready_state}", u16::from(ready_state)),
        )];
        let target = &room.entrance().target;
        if !target.url.is_empty() {
            facts.push((texts.address, phrases::visible(&target.url)));
        }
        match room.state() {
            State::Idle | State::Closing { .. } => {}
            State::Connecting { attempt, .. } => facts.push((texts.attempt, attempt.to_string())),
            State::Open { protocol, .. } => {
                let protocol = if protocol.is_empty() {
                    texts.none.to_owned()
                } else {
                    phrases::visible(protocol)
                };
                facts.push((texts.protocol, protocol));
            }
            State::Waiting { close, .. } | State::Closed { close, .. } => {
                let clean = if close.was_clean { texts.clean } else { texts.unclean };
                let meaning = phrases::meaning(texts, close.meaning());
                facts.push((texts.last_close, format!("{} · {clean} · {meaning}", close.code)));
                let reason = if close.reason.is_empty() {
                    texts.none.to_owned()
                } else {
                    phrases::visible(&close.reason)
                };
                facts.push((texts.reason, reason));
            }
        }
        let maker = Maker::new();
        self.parts.details.set_text_content(None);
        for (name, value) in facts {
            let term: Element = maker.make("dt", &[]);
            term.set_text_content(Some(name));
            let description: Element = maker.make("dd", &[("dir", "auto")]);
            description.set_text_content(Some(&value));
            append(&self.parts.details, &[&term, &description]);
        }
    }

    fn paint_settings(&self, room: &Room, look: &Look, texts: &Texts) {
        let parts = &self.parts;
        let state = room.state();
        let at_rest = matches!(state, State::Idle | State::Closed { .. });
        let error = self.field_error.borrow();
        let open = at_rest || self.changing.get() || error.is_some();
        let focus = self.shadow.active_element();
        show(&parts.fields, open);
        show(&parts.summary, !open);
        set_text(&parts.summary_url, &phrases::visible(&room.entrance().target.url));
        set_changed(&parts.change, "aria-label", &format!("{}: {}", texts.change, texts.url));

        let (url_error, protocols_error) = match &*error {
            Some(error) if phrases::is_about_url(error) => (Some(phrases::open_error(texts, error)), None),
            Some(error) => (None, Some(phrases::open_error(texts, error))),
            None => (None, None),
        };
        for (field, note, text) in [
            (&parts.url, &parts.url_error, url_error),
            (&parts.protocols, &parts.protocols_error, protocols_error),
        ] {
            set_changed(field, "aria-invalid", if text.is_some() { "true" } else { "false" });
            set_text(note, text.as_deref().unwrap_or_default());
            show(note, text.is_some());
        }

        let busy_with_it = matches!(state, State::Connecting { .. } | State::Open { .. }) && !look.fields_differ;
        let nothing_to_leave = at_rest || matches!(state, State::Closing { .. });
        parts.connect.set_disabled(busy_with_it);
        parts.disconnect.set_disabled(nothing_to_leave);
        parts.send.set_disabled(nothing_to_leave);
        self.keep_focus(focus.as_ref());
    }

    /// A control that can no longer be used hands its focus to what can be done next.
    fn keep_focus(&self, before: Option<&Element>) {
        let Some(before) = before else { return };
        let parts = &self.parts;
        let lost = (parts.fields.hidden() && parts.fields.contains(Some(before)))
            || (parts.summary.hidden() && parts.summary.contains(Some(before)))
            || (parts.connect.disabled() && before == &**parts.connect)
            || (parts.disconnect.disabled() && before == &**parts.disconnect)
            || (parts.send.disabled() && before == &**parts.send);
        if lost {
            let next: &HtmlElement = if parts.send.disabled() {
                &parts.connect
            } else {
                &parts.text
            };
            // What cannot take the focus leaves it where it is.
            drop(next.focus());
        }
    }

    fn paint_composer(&self, room: &Room, texts: &Texts) {
        let hint = self.hint.borrow();
        let (text, is_problem) = match &*hint {
            Hint::Problem(text) => (text.as_str(), true),
            Hint::Keys if matches!(room.state(), State::Connecting { .. } | State::Waiting { .. }) => {
                (texts.will_be_sent, false)
            }
            Hint::Keys => (texts.text_hint, false),
        };
        set_text(&self.parts.hint, text);
        set_changed(&self.parts.hint, "class", if is_problem { "error" } else { "" });
    }
}

/// The state's name for the style sheet, and in words.
fn status(room: &Room, now: Instant, texts: &Texts) -> (&'static str, String) {
    match room.state() {
        State::Idle => ("idle", texts.idle.into()),
        State::Connecting { .. } => ("connecting", texts.connecting.into()),
        State::Open { .. } => ("open", texts.open.into()),
        State::Closing { .. } => ("closing", texts.closing.into()),
        State::Waiting { retry_at: None, .. } if room.is_offline() => ("offline", texts.waiting_offline.into()),
        State::Waiting { retry_at: None, .. } => ("waiting", texts.waiting_paused.into()),
        State::Waiting { retry_at: Some(at), .. } => {
            let seconds = at.saturating_since(now).as_millis().div_ceil(1000);
            let words = match seconds {
                0 => texts.waiting_now.into(),
                seconds => fill(texts.waiting, &[&seconds.to_string()]),
            };
            ("waiting", words)
        }
        State::Closed { close, .. } => ("closed", format!("{} {}", texts.closed, close.code)),
    }
}

fn append_to_shadow(shadow: &ShadowRoot, element: &Element) {
    shadow.append_child(element).expect("a shadow root takes children");
}
