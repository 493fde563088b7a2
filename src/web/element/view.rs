//! Paints the room: what can be done, how it stands, what was said.

use std::cell::{Cell, RefCell};

use web_sys::{Element, HtmlElement, ShadowRoot};

use super::alerts::Alerts;
use super::composer::Composer;
use super::dom::{append, make, set_changed, set_text, show};
use super::fields::{Place, Wrong, guest_mark, speaks_rooms};
use super::menu::Menu;
use super::names::Called;
use super::parts::Parts;
use super::people::People;
use super::phrases;
use super::row::{self, MAX_NAMES, Style};
use super::rows::{Marks, Rows};
use super::search::Search;
use super::suggestions::Suggestions;
use super::texts::{Texts, fill};
use super::unread::Unread;
use crate::connection::{Instant, State, Why};
use crate::room::{ItemId, Room, wants_rooms};
use crate::text::Language;
use crate::websocket::ReadyState;

/// What the view is told besides the room itself.
pub(super) struct Look<'a> {
    pub(super) language: Language,
    pub(super) texts: Texts<'a>,
    pub(super) unread: &'a Unread,
    pub(super) now: Instant,
    /// The fields name another server or room than the room's, or the user otherwise.
    pub(super) fields_differ: bool,
}

/// The hint under the text box.
#[derive(Clone, Default, PartialEq)]
pub(super) enum Hint {
    #[default]
    Keys,
    Note(String),
    Problem(String),
}

pub(super) struct View {
    pub(super) parts: Parts,
    pub(super) rows: Rows,
    pub(super) composer: Composer,
    pub(super) suggestions: Suggestions,
    pub(super) people: People,
    pub(super) menu: Menu,
    pub(super) search: Search,
    pub(super) alerts: Alerts,
    shadow: ShadowRoot,
    language: Cell<Option<Language>>,
    /// What people are called.
    pub(super) called: Called,
    own_name: RefCell<String>,
    /// The user wants to see the fields although the room is connected.
    pub(super) changing: Cell<bool>,
    pub(super) hint: RefCell<Hint>,
    /// What is wrong with a field, to be told in whatever language.
    pub(super) wrong: RefCell<Option<Wrong>>,
    /// The history is being read, so that more of it is kept.
    pub(super) reading: Cell<bool>,
    /// No more of the history fits in.
    pub(super) full: Cell<bool>,
    /// What takes the focus once all is painted.
    next_focus: RefCell<Option<HtmlElement>>,
    /// The server that was last reached.
    reached: RefCell<String>,
    /// What a user without a name is told by from other guests.
    guest: String,
    /// There was something to be drawn in the log.
    has_rows: Cell<bool>,
}

impl View {
    /// The words have changed: all of them are written anew at the next paint.
    pub(super) fn forget_words(&self) {
        self.language.set(None);
    }

    pub(super) fn new(shadow: ShadowRoot) -> Self {
        let parts = Parts::new();
        append_to_shadow(&shadow, &parts.root);
        Self {
            composer: Composer::new(&parts),
            suggestions: Suggestions::new(&parts),
            people: People::new(&parts),
            menu: Menu::new(&parts),
            search: Search::new(&parts),
            alerts: Alerts::new(),
            rows: Rows::new(&parts.log),
            parts,
            shadow,
            language: Cell::new(None),
            called: Called::default(),
            own_name: RefCell::default(),
            changing: Cell::new(false),
            hint: RefCell::default(),
            wrong: RefCell::default(),
            reading: Cell::new(false),
            full: Cell::new(false),
            next_focus: RefCell::default(),
            reached: RefCell::default(),
            guest: guest_mark(),
            has_rows: Cell::new(false),
        }
    }

    /// What has the focus in the element.
    pub(super) fn focus(&self) -> Option<Element> {
        self.shadow.active_element()
    }

    /// What a user without a name is called in a room.
    pub(super) fn guest(&self, texts: &Texts) -> String {
        fill(texts.guest(), &[&self.guest])
    }

    /// Remembers which server was reached.
    pub(super) fn note_opened(&self, room: &Room) {
        if let State::Open { .. } = room.state() {
            self.reached.replace(room.entrance().target.url.clone());
        }
    }

    /// Whether nothing is drawn of a conversation that is here.
    pub(super) fn waits_for_rows(&self, room: &Room) -> bool {
        !self.has_rows.get() && room.timeline().iter().any(|item| item.seq().is_some())
    }

    /// Paints everything that has changed. Gives what is to be read out.
    pub(super) fn paint(&self, room: &Room, look: &Look) -> Vec<String> {
        let texts = &look.texts;
        if self.language.replace(Some(look.language)) != Some(look.language) {
            self.parts.speak(look.language, texts);
            self.composer.speak(texts);
            self.suggestions.speak(texts);
            self.people.speak(texts);
            self.menu.speak(texts);
            self.search.speak(texts);
            self.parts.name.set_placeholder(&self.guest(texts));
            self.rows.forget();
        }
        let own_name = match room.entrance().name.as_str() {
            "" => texts.you(),
            name => name,
        };
        if *self.own_name.borrow() != own_name {
            self.own_name.replace(own_name.to_owned());
            self.rows.forget();
        }
        if self.called.note_members(room.members()) {
            self.rows.forget();
        }

        let mut news = self.paint_status(room, look, texts);
        self.paint_people(room, texts);
        self.paint_settings(room, look, texts);
        self.paint_composer(room, texts);

        let style = self.style(room, texts, look.now, look.language);
        let marks = Marks {
            first_unread: look.unread.first(room.timeline()),
        };
        let above = || self.paint_top(room, texts);
        // Rows are measured, which a page that is just being built would have to be laid out for.
        if self.has_rows.get() || !room.timeline().is_empty() {
            self.has_rows.set(true);
            news.extend(self.rows.paint(&self.parts.log, room.timeline(), &style, marks, above));
        } else {
            above();
        }
        let words = match look.unread.count() {
            0 => texts.newest().to_owned(),
            1 => texts.newer_one().to_owned(),
            unread => fill(texts.newer_many(), &[&unread.to_string()]),
        };
        set_text(&self.parts.newer, &words);
        let far = !self.rows.is_at_end() && (look.unread.count() > 0 || self.rows.is_far_from_end(&self.parts.log));
        show(&self.parts.newer, far);
        news
    }

    /// Hands on the focus of what cannot have it any more. Not a part of the paint: whoever listens may call back.
    pub(super) fn hand_on_focus(&self) {
        let next = self.next_focus.take();
        if let Some(next) = next {
            // What cannot take the focus leaves it where it is.
            drop(next.focus());
        }
    }

    fn style<'a>(&'a self, room: &'a Room, texts: &'a Texts<'a>, now: Instant, language: Language) -> Style<'a> {
        Style {
            texts,
            language,
            called: &self.called,
            own_name: match room.entrance().name.as_str() {
                "" => texts.you(),
                name => name,
            },
            me: room.client().unwrap_or_default(),
            rooms: wants_rooms(room.entrance()),
            now,
            members: room.members(),
        }
    }

    /// Gives the row of an item a name for those who do not see it.
    pub(super) fn name_row(&self, room: &Room, texts: &Texts, now: Instant, item: ItemId) {
        let (Some(language), Some(row), Some(item)) = (
            self.language.get(),
            self.rows.element_of(item),
            room.timeline().get(item),
        ) else {
            return;
        };
        let label = row::label(item, &self.style(room, texts, now, language));
        set_changed(&row, "aria-label", &label);
    }

    /// What is above all rows: the way to older ones, or what is there instead of rows.
    fn paint_top(&self, room: &Room, texts: &Texts) {
        let parts = &self.parts;
        let empty = match room.state() {
            State::Idle | State::Closed { .. } => texts.empty_idle(),
            State::Open { .. } if !room.is_joined() => texts.joining(),
            State::Open { .. } => texts.empty_open(),
            State::Connecting { .. } | State::Waiting { .. } | State::Closing { .. } => texts.connecting(),
        };
        set_text(&parts.empty, empty);
        show(&parts.empty, room.timeline().is_empty());

        let loading = room.is_loading_older();
        let full = self.full.get() && room.has_older();
        let can_load = room.has_older() && !full;
        let words = match room.timeline().iter().any(|item| item.seq().is_some()) {
            _ if full => texts.older_full(),
            true => texts.beginning(),
            false => texts.empty_room(),
        };
        let had_focus = self.shadow.active_element().as_ref() == Some(&*parts.load_older as &Element);
        set_text(
            &parts.load_older,
            if loading {
                texts.loading_older()
            } else {
                texts.load_older()
            },
        );
        set_changed(
            &parts.load_older,
            "aria-disabled",
            if loading { "true" } else { "false" },
        );
        set_text(&parts.older_words, words);
        show(&parts.load_older, can_load);
        show(&parts.older_words, !can_load);
        show(&parts.older, room.is_joined() && speaks_rooms(room));
        if had_focus && (parts.load_older.hidden() || parts.older.hidden()) {
            self.next_focus.replace(Some(parts.log.clone()));
        }
    }

    fn paint_people(&self, room: &Room, texts: &Texts) {
        let parts = &self.parts;
        let focus = self.shadow.active_element();
        if self.people.paint(room, parts, texts, focus.as_ref(), &self.called) {
            // It was within what is gone with the connection.
            self.next_focus.replace(Some(parts.text.clone().into()));
        }
        if !parts.people.hidden() {
            set_changed(&parts.people, "title", &self.names_of(room, texts));
        }
    }

    fn paint_status(&self, room: &Room, look: &Look, texts: &Texts) -> Vec<String> {
        let parts = &self.parts;
        let title = match room.state() {
            State::Idle => parts.room.value().trim().to_owned(),
            _ => room.entrance().room.clone(),
        };
        let title = match title.as_str() {
            "" => texts.title().to_owned(),
            title => phrases::visible(title),
        };
        set_text(&parts.title, &title);
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

        let rooms = wants_rooms(room.entrance());
        let ending = match room.state() {
            State::Waiting { retry_at: None, .. } if room.is_offline() => Some(texts.offline_ending().to_owned()),
            State::Waiting { why, close, .. } => Some(match room.no_token() {
                Some(why) => phrases::no_token(texts, why),
                None => fill(texts.lost(), &[&phrases::end(texts, *why, close, rooms)]),
            }),
            State::Closed { why, close } => Some(phrases::ending(texts, *why, close, room.turned_away(), rooms)),
            State::Idle | State::Connecting { .. } | State::Open { .. } | State::Closing { .. } => None,
        };
        let had_focus = self.shadow.active_element().as_ref() == Some(&*parts.now as &Element);
        show(&parts.now, matches!(room.state(), State::Waiting { .. }));
        if had_focus && parts.now.hidden() {
            self.next_focus.replace(Some(parts.status.clone().into()));
        }
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
            texts.state(),
            format!("readyState {} {ready_state}", u16::from(ready_state)),
        )];
        let target = &room.entrance().target;
        if !target.url.is_empty() {
            facts.push((texts.address(), phrases::visible(&target.url)));
        }
        let rooms = wants_rooms(room.entrance());
        if rooms {
            facts.push((texts.room(), phrases::visible(&room.entrance().room)));
            facts.push((texts.name(), phrases::visible(&room.entrance().name)));
        }
        match room.state() {
            State::Idle | State::Closing { .. } => {}
            State::Connecting { attempt, .. } => facts.push((texts.attempt(), attempt.to_string())),
            State::Open { protocol, .. } => {
                let protocol = if protocol.is_empty() {
                    texts.none().to_owned()
                } else {
                    phrases::visible(protocol)
                };
                facts.push((texts.protocol(), protocol));
                if !self.parts.people.hidden() {
                    facts.push((texts.members(), self.names_of(room, texts)));
                }
            }
            State::Waiting { close, .. } | State::Closed { close, .. } => {
                let clean = if close.was_clean {
                    texts.clean()
                } else {
                    texts.unclean()
                };
                let meaning = phrases::code(texts, close, rooms);
                facts.push((texts.last_close(), format!("{} · {clean} · {meaning}", close.code)));
                let reason = if close.reason.is_empty() {
                    texts.none().to_owned()
                } else {
                    phrases::visible(&close.reason)
                };
                facts.push((texts.reason(), reason));
            }
        }
        self.parts.details.set_text_content(None);
        for (name, value) in facts {
            let term: Element = make("dt");
            term.set_text_content(Some(name));
            let description: Element = make("dd;dir=auto");
            description.set_text_content(Some(&value));
            append(&self.parts.details, &[&term, &description]);
        }
    }

    fn paint_settings(&self, room: &Room, look: &Look, texts: &Texts) {
        let parts = &self.parts;
        let state = room.state();
        let at_rest = matches!(state, State::Idle | State::Closed { .. });
        let wrong = self.wrong.borrow().clone();
        let open = at_rest || self.changing.get() || wrong.is_some();
        let focus = self.shadow.active_element();
        show(&parts.fields, open);
        show(&parts.summary, !open);
        let entrance = room.entrance();
        set_text(&parts.summary_url, &phrases::visible(&entrance.target.url));
        let rooms = wants_rooms(entrance);
        for (part, text) in [
            (&parts.summary_room, &entrance.room),
            (&parts.summary_name, &entrance.name),
        ] {
            set_text(part, &phrases::visible(text));
            show(part, rooms);
        }
        set_changed(
            &parts.change,
            "aria-label",
            &format!("{}: {}", texts.change(), texts.url()),
        );

        for (place, field, note) in [
            (Place::Url, &parts.url, &parts.url_error),
            (Place::Room, &parts.room, &parts.room_error),
            (Place::Name, &parts.name, &parts.name_error),
            (Place::Protocols, &parts.protocols, &parts.protocols_error),
        ] {
            let here = wrong.as_ref().filter(|wrong| wrong.place() == place);
            let text = here.map(|wrong| phrases::wrong(texts, wrong));
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
            self.next_focus.replace(Some(next.clone()));
        }
    }

    /// The line under the text box: a problem, else what stands in the way, else who is typing, else how to send.
    fn paint_composer(&self, room: &Room, texts: &Texts) {
        self.composer.paint(room, texts, &self.called);
        self.composer.mark_too_long(&self.parts);
        let hint = self.hint.borrow();
        let (text, is_problem) = match (&*hint, room.state()) {
            (Hint::Problem(text), _) => (text.clone(), true),
            (Hint::Note(text), _) => (text.clone(), false),
            (Hint::Keys, _) if self.may_know_no_rooms(room) => (texts.no_rooms_here().into(), false),
            (Hint::Keys, State::Connecting { .. } | State::Waiting { .. }) => (texts.will_be_sent().into(), false),
            (Hint::Keys, State::Open { .. }) if !room.is_joined() => (texts.will_be_sent().into(), false),
            (Hint::Keys, State::Closed { .. } | State::Idle) if room.waiting_posts() > 0 => {
                let waiting = room.waiting_posts().to_string();
                (fill(texts.waits_for_you(), &[&waiting]), false)
            }
            (Hint::Keys, State::Open { .. }) if room.is_held() => (texts.held().into(), false),
            (Hint::Keys, State::Open { .. }) => {
                let typing = room.members().typing();
                let names = typing.map(|(client, name)| self.called.short_name(client, name));
                let typing = phrases::typing(texts, names);
                (typing.unwrap_or_else(|| texts.text_hint().into()), false)
            }
            (Hint::Keys, _) => (texts.text_hint().into(), false),
        };
        set_text(&self.parts.hint, &text);
        set_changed(&self.parts.hint, "class", if is_problem { "error" } else { "" });
    }

    /// Who is in the room, as many as can be read.
    fn names_of(&self, room: &Room, texts: &Texts) -> String {
        let members = room.members();
        let mut names = self.called.names(texts, members.iter().take(MAX_NAMES));
        if members.count() > MAX_NAMES as u64 {
            names.push_str(texts.comma());
            names.push('…');
        }
        names
    }

    /// Browsers fail a connection whose server chooses none of the subprotocols, and do not tell.
    fn may_know_no_rooms(&self, room: &Room) -> bool {
        let was_in_vain = match room.state() {
            State::Connecting { attempt, .. } => *attempt > 1,
            State::Waiting { why, .. } | State::Closed { why, .. } => {
                matches!(why, Why::SocketClosed | Why::ConnectTimeout | Why::GaveUp)
            }
            State::Idle | State::Open { .. } | State::Closing { .. } => false,
        };
        let entrance = room.entrance();
        let never_reached = *self.reached.borrow() != entrance.target.url;
        was_in_vain && never_reached && wants_rooms(entrance) && !room.is_offline()
    }
}

/// The state's name for the style sheet, and in words.
fn status(room: &Room, now: Instant, texts: &Texts) -> (&'static str, String) {
    match room.state() {
        State::Idle => ("idle", texts.idle().into()),
        State::Connecting { .. } => ("connecting", texts.connecting().into()),
        State::Open { .. } if !room.is_joined() => ("joining", texts.joining().into()),
        State::Open { .. } => ("open", texts.open().into()),
        State::Closing { .. } => ("closing", texts.closing().into()),
        State::Waiting { retry_at: None, .. } if room.is_offline() => ("offline", texts.waiting_offline().into()),
        State::Waiting { retry_at: None, .. } => ("waiting", texts.waiting_paused().into()),
        State::Waiting { retry_at: Some(at), .. } => {
            let left = at.saturating_since(now);
            let seconds = left.as_secs() + u64::from(left.subsec_millis() > 0);
            let words = match seconds {
                0 => texts.waiting_now().into(),
                seconds => fill(texts.waiting(), &[&seconds.to_string()]),
            };
            ("waiting", words)
        }
        State::Closed { why, close } => {
            let refused =
                room.turned_away().is_some() || phrases::is_refusal(*why, close, wants_rooms(room.entrance()));
            let words = if refused { texts.turned_away() } else { texts.closed() };
            ("closed", [words, " ", &close.code.to_string()].concat())
        }
    }
}

fn append_to_shadow(shadow: &ShadowRoot, element: &Element) {
    shadow.append_child(element).expect("a shadow root takes children");
}
