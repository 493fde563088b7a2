//! What the text box is for now: a new text, an answer to another one, or another text in the place of one's own.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use chat_room_wire::{Body, is_invisible};
use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlButtonElement, HtmlElement, KeyboardEvent};

use super::Shared;
use super::dom::{append, make, set, set_changed, set_text, show};
use super::events::{on, scroll_to_end};
use super::fields::speaks_rooms;
use super::names::Called;
use super::parts::Parts;
use super::phrases;
use super::suggestions;
use super::texts::{Texts, fill};
use super::view::Hint;
use crate::room::typed::{COMMANDS, Typed, read};
use crate::room::{Command, Content, Item, ItemId, Refusal, Room, Said};

/// Browsers give this code to every key that an input method has taken. Safari gives it to the Enter that ends a
/// composition, when it no longer says that it is composing.
const KEY_CODE_OF_INPUT_METHOD: u32 = 229;

/// How much of a text is quoted above the text box.
const MAX_QUOTED_CHARACTERS: usize = 120;

/// The text box takes this part of the element's height at most.
const SHARE_OF_HEIGHT: i32 = 3;

pub(super) struct Composer {
    mode: RefCell<Mode>,
    /// The text of an edit has been emptied and handed in: is the text to be deleted instead?
    asks: Cell<bool>,
    /// An input method is composing.
    pub(super) composing: Cell<bool>,
    /// What is in the text box is more than may be sent.
    pub(super) too_long: Cell<bool>,
    bar: HtmlElement,
    words: HtmlElement,
    quote: HtmlElement,
    delete: HtmlButtonElement,
    cancel: HtmlButtonElement,
    help: HtmlElement,
    close_help: HtmlButtonElement,
}

#[derive(Clone, Default)]
enum Mode {
    #[default]
    New,
    Reply(Source),
    Edit {
        source: Source,
        /// What was in the text box before, and what it answered.
        before: String,
        answered: Option<Source>,
    },
}

/// The text that is answered or edited: its item, which is never another one, and its place in the log.
#[derive(Clone, Copy, PartialEq)]
struct Source {
    item: ItemId,
    seq: u64,
}

impl Source {
    fn of(item: &Item) -> Option<Self> {
        let (item, seq) = (item.id(), item.seq()?);
        Some(Self { item, seq })
    }

    /// What is answered or edited, if it is still there.
    fn said(self, room: &Room) -> Option<&Said> {
        let item = room.timeline().get(self.item)?;
        match item.content() {
            Content::Said(said) if item.seq() == Some(self.seq) => Some(said),
            _ => None,
        }
    }
}

impl Composer {
    pub(super) fn new(parts: &Parts) -> Self {
        let composer = Self {
            mode: RefCell::default(),
            asks: Cell::default(),
            composing: Cell::default(),
            too_long: Cell::default(),
            bar: make("div;id=mode;part=mode;hidden"),
            words: make("bdi;id=mode-words"),
            quote: make("bdi;id=mode-quote"),
            delete: make("button;id=mode-delete;type=button;hidden"),
            cancel: make("button;id=mode-cancel;type=button;class=quiet close"),
            help: make("div;id=help;part=help;hidden"),
            close_help: make("button;id=help-close;type=button;class=quiet close"),
        };
        let Composer {
            bar,
            words,
            quote,
            delete,
            cancel,
            help,
            ..
        } = &composer;
        append(bar, &[words, quote, delete, cancel]);
        for above in [bar, help] {
            // A form takes children.
            drop(
                parts
                    .composer
                    .insert_before(above, parts.composer.first_child().as_ref()),
            );
        }
        composer
    }

    pub(super) fn speak(&self, texts: &Texts) {
        set_text(&self.delete, texts.delete());
        set(&self.cancel, "aria-label", texts.cancel());
        set(&self.cancel, "title", texts.cancel());
        set(&self.close_help, "aria-label", texts.close());
        set(&self.close_help, "title", texts.close());
        if !self.help.hidden() {
            self.fill_help(texts);
        }
    }

    /// The bar above the text box.
    pub(super) fn paint(&self, room: &Room, texts: &Texts, called: &Called) {
        let mode = self.mode.borrow();
        let (source, words) = match &*mode {
            Mode::New => (None, String::new()),
            Mode::Reply(source) => {
                let name = source
                    .said(room)
                    .map(|said| called.short_name(&said.client, &said.name));
                (Some(source), fill(texts.replying_to(), &[&name.unwrap_or_default()]))
            }
            Mode::Edit { source, .. } if self.asks.get() => (Some(source), texts.delete_instead().to_owned()),
            Mode::Edit { source, .. } => (Some(source), texts.editing().to_owned()),
        };
        set_text(&self.words, &words);
        let quoted = source.and_then(|source| source.said(room)).map(|said| {
            if said.is_retracted() {
                texts.deleted().to_owned()
            } else {
                phrases::beginning(said.text().trim_start(), MAX_QUOTED_CHARACTERS)
            }
        });
        set_text(&self.quote, quoted.as_deref().unwrap_or_default());
        show(&self.delete, self.asks.get());
        show(&self.bar, source.is_some());
    }

    fn fill_help(&self, texts: &Texts) {
        self.help.set_text_content(None);
        let list: Element = make("dl");
        for command in COMMANDS {
            let term: Element = make("dt");
            set_text(&term, &usage(texts, command));
            let description: Element = make("dd");
            set_text(&description, meaning(texts, command));
            append(&list, &[&term, &description]);
        }
        // It scrolls where there is little room, so the keyboard has to get there.
        let all: Element = make("div;class=help-list;tabindex=0;role=group");
        set(&all, "aria-label", texts.commands());
        append(&all, &[&list]);
        for words in [texts.two_slashes(), texts.help_keys()] {
            let line: Element = make("p");
            set_text(&line, words);
            append(&all, &[&line]);
        }
        append(&self.help, &[&all, &self.close_help]);
    }
}

/// A command as it is typed.
pub(super) fn usage(texts: &Texts, command: &str) -> String {
    let about = match command {
        "nick" => texts.nick_about(),
        "me" => texts.me_about(),
        _ => "",
    };
    ["/", command, " ", about].concat()
}

/// What a command does.
pub(super) fn meaning<'t>(texts: &Texts<'t>, command: &str) -> &'t str {
    match command {
        "nick" => texts.nick_meaning(),
        "me" => texts.me_meaning(),
        _ => texts.help_meaning(),
    }
}

pub(super) fn listen(shared: &Rc<Shared>) -> Vec<EventListener> {
    let (parts, composer) = (&shared.view.parts, &shared.view.composer);
    vec![
        on(shared, &parts.composer, "submit", |shared, event| {
            event.prevent_default();
            submit(shared);
        }),
        on(shared, &parts.text, "keydown", keydown),
        on(shared, &parts.text, "input", |shared, _| typed(shared)),
        on(shared, &parts.text, "compositionstart", |shared, _| {
            shared.view.composer.composing.set(true);
            suggestions::update(shared);
        }),
        on(shared, &parts.text, "compositionend", |shared, _| {
            shared.view.composer.composing.set(false);
            suggestions::update(shared);
        }),
        on(shared, &parts.text, "blur", |shared, _| {
            shared.view.composer.composing.set(false);
            suggestions::close(shared);
        }),
        on(shared, &parts.composer, "keydown", |shared, event| {
            let Some(key) = event.dyn_ref::<KeyboardEvent>() else {
                return;
            };
            if key.key() == "Escape" && !is_taken_by_input_method(key) && close(shared) {
                handled(event);
            }
        }),
        on(shared, &composer.cancel, "click", |shared, _| cancel(shared)),
        on(shared, &composer.delete, "click", |shared, _| delete(shared)),
        on(shared, &composer.close_help, "click", |shared, _| {
            show(&shared.view.composer.help, false);
            drop(shared.view.parts.text.focus());
        }),
    ]
}

/// The next text answers this one.
pub(super) fn begin_reply(shared: &Rc<Shared>, item: ItemId) {
    if let Some(source) = shared.driver.read(|room| Source::of(room.timeline().get(item)?)) {
        cancel_edit(shared);
        begin(shared, Mode::Reply(source));
    }
}

/// The text box gets this text of one's own, to be changed.
pub(super) fn begin_edit(shared: &Rc<Shared>, item: ItemId) {
    let found = shared.driver.read(|room| {
        let item = room.timeline().get(item)?;
        Some((Source::of(item)?, own_text(item)?.to_owned()))
    });
    let Some((source, text)) = found else { return };
    cancel_edit(shared);
    let answered = match &*shared.view.composer.mode.borrow() {
        Mode::Reply(source) => Some(*source),
        Mode::New | Mode::Edit { .. } => None,
    };
    let before = shared.view.parts.text.value();
    write(shared, &text);
    begin(
        shared,
        Mode::Edit {
            source,
            before,
            answered,
        },
    );
}

fn begin(shared: &Rc<Shared>, mode: Mode) {
    let composer = &shared.view.composer;
    composer.mode.replace(mode);
    composer.asks.set(false);
    show(&composer.help, false);
    shared.view.hint.replace(Hint::Keys);
    shared.paint();
    shared.say_aloud(composer.words.text_content().unwrap_or_default());
    drop(shared.view.parts.text.focus());
}

/// A text of one's own that is in the log and was not taken back.
fn own_text(item: &Item) -> Option<&str> {
    match item.content() {
        Content::Said(said) if said.delivery.is_some() && !said.is_retracted() && item.seq().is_some() => {
            Some(said.text())
        }
        _ => None,
    }
}

/// What is answered or edited may leave, with its author's will or with the whole log.
pub(super) fn mind_source(shared: &Rc<Shared>) {
    let composer = &shared.view.composer;
    let (source, edits) = match &*composer.mode.borrow() {
        Mode::New => return,
        Mode::Reply(source) => (*source, false),
        Mode::Edit { source, .. } => (*source, true),
    };
    let is_there = |room: &Room| source.said(room).is_some_and(|said| !edits || !said.is_retracted());
    if shared.driver.read(is_there) {
        return;
    }
    if edits {
        cancel_edit(shared);
    } else {
        composer.mode.take();
    }
    let sentence = shared.with_texts(|texts| {
        let words = if edits {
            texts.edited_is_gone()
        } else {
            texts.answered_is_gone()
        };
        words.to_owned()
    });
    shared.note(sentence);
}

/// Closes what Esc closes. `false` if there is nothing.
fn close(shared: &Rc<Shared>) -> bool {
    let composer = &shared.view.composer;
    let is_new = matches!(*composer.mode.borrow(), Mode::New);
    if is_new && composer.help.hidden() {
        return false;
    }
    cancel(shared);
    true
}

/// What was typed before an edit is there again.
fn cancel(shared: &Rc<Shared>) {
    let composer = &shared.view.composer;
    show(&composer.help, false);
    if !cancel_edit(shared) {
        composer.mode.take();
    }
    shared.view.hint.replace(Hint::Keys);
    shared.request_paint();
    drop(shared.view.parts.text.focus());
}

/// Gives back what was typed before. `false` if nothing was being edited.
fn cancel_edit(shared: &Rc<Shared>) -> bool {
    let composer = &shared.view.composer;
    let Mode::Edit { before, answered, .. } = composer.mode.borrow().clone() else {
        return false;
    };
    composer.mode.replace(answered.map_or(Mode::New, Mode::Reply));
    composer.asks.set(false);
    write(shared, &before);
    say_typing(shared, &before);
    true
}

fn delete(shared: &Rc<Shared>) {
    let Mode::Edit { source, .. } = *shared.view.composer.mode.borrow() else {
        return;
    };
    match shared.driver.command(Command::Post(Body::Retract { of: source.seq })) {
        Ok(()) => cancel(shared),
        Err(refusal) => shared.show_refusal(&refusal),
    }
}

fn keydown(shared: &Rc<Shared>, event: &Event) {
    let Some(key) = event.dyn_ref::<KeyboardEvent>() else {
        return;
    };
    if is_taken_by_input_method(key) {
        return;
    }
    if suggestions::take_key(shared, key) {
        return handled(event);
    }
    let is_modified = key.shift_key() || key.alt_key() || key.ctrl_key() || key.meta_key();
    match key.key().as_str() {
        "Enter" if !key.shift_key() && !key.alt_key() => {
            event.prevent_default();
            submit(shared);
        }
        "ArrowUp" if !is_modified && shared.view.parts.text.value().is_empty() => {
            if matches!(*shared.view.composer.mode.borrow(), Mode::New)
                && let Some(item) = last_own(shared)
            {
                event.prevent_default();
                begin_edit(shared, item);
            }
        }
        "ArrowUp" if is_alt(key) => answer_next(shared, event, true),
        "ArrowDown" if is_alt(key) => answer_next(shared, event, false),
        _ => {}
    }
}

/// Whatever it does, it does there.
pub(super) fn is_taken_by_input_method(key: &KeyboardEvent) -> bool {
    key.is_composing() || key.key_code() == KEY_CODE_OF_INPUT_METHOD
}

fn is_alt(key: &KeyboardEvent) -> bool {
    key.alt_key() && !key.shift_key() && !key.ctrl_key() && !key.meta_key()
}

/// Answers the newest text, or the one before or after the one that is being answered.
fn answer_next(shared: &Rc<Shared>, event: &Event, older: bool) {
    let current = match &*shared.view.composer.mode.borrow() {
        Mode::New => None,
        Mode::Reply(source) => Some(source.item),
        Mode::Edit { .. } => return,
    };
    event.prevent_default();
    let next = shared.driver.read(|room| {
        let can_be_answered = |item: &&Item| matches!(item.content(), Content::Said(said) if item.seq().is_some() && !said.is_retracted());
        let mut items = room.timeline().iter().filter(can_be_answered).map(Item::id);
        let Some(current) = current else {
            return items.next_back().filter(|_| older);
        };
        if older {
            items.rev().skip_while(|it| *it != current).nth(1)
        } else {
            items.skip_while(|it| *it != current).nth(1)
        }
    });
    match next {
        Some(item) => begin_reply(shared, item),
        None if !older && current.is_some() => cancel(shared),
        None => {}
    }
}

/// Nobody else is to act on the key, such as a dialog of the page that Esc would close.
pub(super) fn handled(event: &Event) {
    event.prevent_default();
    event.stop_propagation();
}

fn last_own(shared: &Rc<Shared>) -> Option<ItemId> {
    shared.driver.read(|room| {
        let mut newest_first = room.timeline().iter().rev();
        newest_first.find(|item| own_text(item).is_some()).map(Item::id)
    })
}

/// Does what is in the text box. What is refused stays there.
fn submit(shared: &Rc<Shared>) {
    let text = shared.view.parts.text.value();
    let mode = shared.view.composer.mode.borrow().clone();
    suggestions::close(shared);
    match mode {
        Mode::New => command_or_text(shared, &text, None),
        Mode::Reply(source) => command_or_text(shared, &text, Some(source.seq)),
        Mode::Edit { source, .. } => submit_edit(shared, source, text),
    }
}

fn command_or_text(shared: &Rc<Shared>, text: &str, reply_to: Option<u64>) {
    let rooms = shared.driver.read(speaks_rooms);
    let mut note = None;
    let is_done = match read(text, rooms) {
        Typed::Text(text) => shared.post(text.to_owned(), reply_to),
        Typed::Nick(name) => {
            note = Some(name);
            shared.be_called(name)
        }
        Typed::Help => {
            let composer = &shared.view.composer;
            shared.with_texts(|texts| composer.fill_help(texts));
            show(&composer.help, true);
            shared.say_aloud(composer.help.text_content().unwrap_or_default());
            empty(shared);
            return;
        }
        Typed::Bare(command) => return tell(shared, |texts| fill(texts.bare_command(), &[&usage(texts, command)])),
        Typed::NeedsRoom(command) => {
            return tell(shared, |texts| fill(texts.needs_room(), &[command, command]));
        }
        Typed::Unknown(word) => {
            return tell(shared, |texts| fill(texts.no_command(), &[&phrases::short_name(word)]));
        }
    };
    match is_done {
        Ok(()) => {
            let composer = &shared.view.composer;
            composer.mode.take();
            show(&composer.help, false);
            empty(shared);
            if let Some(name) = note {
                let name = phrases::short_name(name);
                shared.note(shared.with_texts(|texts| fill(texts.called_now(), &[&name])));
            }
        }
        Err(refusal) => shared.show_refusal(&refusal),
    }
    drop(shared.view.parts.text.focus());
}

fn submit_edit(shared: &Rc<Shared>, source: Source, text: String) {
    let composer = &shared.view.composer;
    if text.chars().all(is_invisible) {
        composer.asks.set(true);
        shared.paint();
        shared.say_aloud(composer.words.text_content().unwrap_or_default());
        // Enter once more deletes, Esc goes back.
        drop(composer.delete.focus());
        return;
    }
    let is_same = |room: &Room| source.said(room).is_some_and(|said| said.text() == text);
    let result = if shared.driver.read(is_same) {
        Ok(())
    } else {
        let body = Body::Edit {
            of: source.seq,
            text: text.clone(),
        };
        shared.driver.command(Command::Post(body))
    };
    match result {
        Ok(()) => cancel(shared),
        Err(refusal) => shared.show_refusal(&refusal),
    }
}

/// Says what is wrong with a command, which stays in the text box.
fn tell(shared: &Rc<Shared>, words: impl FnOnce(&Texts) -> String) {
    let sentence = shared.with_texts(words);
    shared.show_problem(sentence);
    drop(shared.view.parts.text.focus());
}

/// What was in the text box has been done.
fn empty(shared: &Rc<Shared>) {
    shared.driver.keep_draft("");
    say_typing(shared, "");
    write(shared, "");
    scroll_to_end(shared);
    shared.request_paint();
}

/// Puts this text into the text box, with the caret behind it.
pub(super) fn write(shared: &Rc<Shared>, text: &str) {
    shared.view.parts.text.set_value(text);
    weigh(shared, text);
    fit(shared);
}

pub(super) fn typed(shared: &Rc<Shared>) {
    let composer = &shared.view.composer;
    let value = shared.view.parts.text.value();
    fit(shared);
    // A reload gives back what was typed before an edit.
    if !matches!(*composer.mode.borrow(), Mode::Edit { .. }) {
        shared.driver.keep_draft(&value);
    }
    say_typing(shared, &value);
    if composer.asks.replace(false) {
        shared.request_paint();
    }
    weigh(shared, &value);
    suggestions::update(shared);
}

/// Says before it is sent that a text is too long, and by how much.
fn weigh(shared: &Rc<Shared>, text: &str) {
    let (bytes, limit) = (text.len(), shared.text_limit());
    shared.view.composer.too_long.set(bytes > limit);
    if bytes > limit {
        shared.show_refusal(&Refusal::TooLong { bytes, limit });
    } else if *shared.view.hint.borrow() != Hint::Keys {
        shared.view.hint.replace(Hint::Keys);
        shared.request_paint();
    }
}

/// Lets the text box grow with its text, up to a part of the element's height.
pub(super) fn fit(shared: &Rc<Shared>) {
    let parts = &shared.view.parts;
    let limit = parts.root.client_height() / SHARE_OF_HEIGHT;
    if limit == 0 {
        // It is not to be seen: nothing can be measured.
        return;
    }
    let (text, style) = (&parts.text, parts.text.style());
    // Both values are valid, so neither call can fail.
    drop(style.set_property("height", "auto"));
    let borders = text.offset_height() - text.client_height();
    let height = (text.scroll_height() + borders).min(limit);
    let set_height = |height: i32| drop(style.set_property("height", &[&height.to_string(), "px"].concat()));
    set_height(height);
    // In a very short element not even that much.
    let beyond = parts.root.scroll_height() - parts.root.client_height();
    if beyond > 0 {
        set_height((height - beyond).max(0));
    }
}

/// Tells the others in the room; where there is none, nobody.
fn say_typing(shared: &Rc<Shared>, text: &str) {
    let typing = !text.chars().all(is_invisible);
    // It is refused in no state.
    _ = shared.driver.command(Command::Typing(typing));
}

impl Composer {
    /// What else tells of the text: that it cannot be sent as it is.
    pub(super) fn mark_too_long(&self, parts: &Parts) {
        let too_long = if self.too_long.get() { "true" } else { "false" };
        set_changed(&parts.text, "aria-invalid", too_long);
        set_changed(&parts.send, "aria-disabled", too_long);
    }
}
