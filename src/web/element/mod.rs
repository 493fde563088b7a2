//! `<chat-room>`: an element for any page. JavaScript has the class, this is the core of each element.

mod actions;
mod alerts;
mod announcer;
mod composer;
mod dates;
mod dom;
mod events;
mod fields;
mod inspector;
mod keys;
mod menu;
mod messages;
mod names;
mod pace;
mod parts;
mod people;
mod phrases;
mod plan;
mod row;
mod rows;
mod save;
mod search;
mod suggestions;
mod texts;
mod unread;
mod view;
mod window;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use chat_room_wire::Body;
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use js_sys::Function;
use wasm_bindgen::prelude::{Closure, JsError, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, ShadowRoot};

use self::actions::Actions;
use self::announcer::Announcer;
use self::fields::{Wrong, speaks_rooms};
use self::inspector::Inspector;
use self::pace::Pace;
use self::save::Saves;
use self::texts::{Replaced, Texts};
use self::unread::Unread;
use self::view::{Hint, Look, View};
use super::driver::{Driver, Happening, Role};
use super::frame::Frame;
use super::guard::Guard;
use super::resize::Resize;
use super::socket::check_url;
use super::storage::Claimed;
use crate::connection::{CommandError, State};
use crate::room::{Command, Entrance, ItemId, MAX_TEXT_BYTES, Refusal, Room, wants_rooms};
use crate::text::{Language, is_mention};
use crate::websocket::Message;

/// The style sheet of every element, as build/sheet.rs has made it out of the files in style/.
const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/style.css"));

/// How often the seconds until the next attempt are painted, in milliseconds.
const COUNTDOWN_MS: u32 = 500;

#[wasm_bindgen(module = "/src/web/element/element.js")]
extern "C" {
    /// The class of `<chat-room>`, as the module exports it. Never called: it stands as a function, since it is functions
    /// alone whose TypeScript wasm-bindgen leaves to `TYPES`.
    #[wasm_bindgen(reexport, skip_typescript, js_name = ChatRoomElement)]
    fn element_class();

    fn define(make: &Closure<dyn Fn(HtmlElement, ShadowRoot, Function) -> ChatRoomCore>, css: &str);
}

/// The element in TypeScript.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("element.d.ts");

thread_local! {
    static DEFINED: Cell<bool> = const { Cell::new(false) };
    /// Makes the core of every element there will ever be.
    static MAKE: Closure<dyn Fn(HtmlElement, ShadowRoot, Function) -> ChatRoomCore> = Closure::new(ChatRoomCore::new);
}

/// Defines `<chat-room>`. The generated JavaScript module does so by itself, which is all that the feature `package` is
/// for; an application in Rust does without that feature and calls this, once or more often. A worker has no elements:
/// nothing happens there.
///
/// A panic is told on the console from then on.
///
/// ```no_run
/// chat_room::web::element::define_element();
/// ```
pub fn define_element() {
    console_error_panic_hook::set_once();
    if !DEFINED.replace(true) {
        MAKE.with(|make| define(make, STYLE));
    }
}

/// What an element does. For the element's class alone; a page talks to the element.
#[wasm_bindgen(skip_typescript)]
pub struct ChatRoomCore {
    shared: Rc<Shared>,
    /// Held to be dropped with the core.
    _listeners: Vec<EventListener>,
    /// Likewise.
    _size: Option<Resize>,
}

/// What waits until the room is painted.
type Later = Box<dyn FnOnce(&Rc<Shared>)>;

struct Shared {
    host: HtmlElement,
    guard: Guard,
    driver: Rc<Driver>,
    view: View,
    actions: Actions,
    unread: Unread,
    announcer: Rc<Announcer>,
    inspector: Inspector,
    /// What the page says in the place of the element's own words.
    replaced: RefCell<Rc<Replaced>>,
    /// The room is being painted. Browsers tell at once of a focus that leaves with what is taken away, and whoever listens
    /// may call back: what would change the room waits here until it can be changed.
    painting: Cell<bool>,
    later: RefCell<Vec<Later>>,
    frame: RefCell<Option<Frame>>,
    pace: Pace,
    saves: Saves,
    countdown: RefCell<Option<Timeout>>,
}

#[wasm_bindgen]
impl ChatRoomCore {
    fn new(host: HtmlElement, shadow: ShadowRoot, on_broken: Function) -> Self {
        let guard = Guard::new(on_broken);
        let shared = Rc::new_cyclic(|weak: &Weak<Shared>| {
            let listener = weak.clone();
            let actions = Actions::new(weak);
            let tell = move |happening| {
                if let Some(shared) = listener.upgrade() {
                    shared.happened(happening);
                }
            };
            Shared {
                host,
                guard: guard.clone(),
                driver: Driver::new(Role::Element, guard, tell),
                view: View::new(shadow),
                actions,
                unread: Unread::default(),
                announcer: Announcer::new(),
                inspector: Inspector::default(),
                replaced: RefCell::default(),
                painting: Cell::new(false),
                later: RefCell::default(),
                frame: RefCell::default(),
                pace: Pace::default(),
                saves: Saves::default(),
                countdown: RefCell::default(),
            }
        });
        let listeners = events::listen(&shared);
        let size = events::watch_size(&shared);
        Self {
            shared,
            _listeners: listeners,
            _size: size,
        }
    }

    /// The first connect if the page wants it, and the first paint.
    pub fn begin(&self) {
        self.enter(|shared| {
            shared.take_url();
            shared.take_room();
            shared.take_name();
            inspector::attribute_changed(shared);
            shared.take_nokeep();
            shared.prepare();
            if let Some(entrance) = shared.driver.last_entrance(shared.declared()) {
                shared.come_back(entrance);
            } else if shared.host.has_attribute("autoconnect") {
                // A bad address is told at the field.
                drop(shared.connect());
            }
            // The socket is on its way meanwhile.
            shared.paint();
        });
    }

    /// An attribute of the element has changed.
    #[wasm_bindgen(js_name = attributeChanged)]
    pub fn attribute_changed(&self, name: &str) {
        let name = name.to_owned();
        self.enter(|shared| shared.unless_painting(move |shared| shared.attribute_changed(&name)));
    }

    /// Connects to the server that the fields name.
    pub fn connect(&self) -> Result<(), JsError> {
        self.enter(|shared| shared.connect())
            .unwrap_or(Ok(()))
            .map_err(JsError::from)
    }

    /// Leaves.
    pub fn disconnect(&self) {
        self.enter(|shared| shared.unless_painting(Shared::disconnect));
    }

    /// Sends a text.
    pub fn send(&self, text: String) -> Result<(), JsError> {
        if self.shared.painting.get() {
            return Err(JsError::new(
                "send() was called by a listener that heard the focus move while the element paints, and nothing was sent: \
                 call it from queueMicrotask() there",
            ));
        }
        self.enter(|shared| shared.say(text))
            .unwrap_or(Ok(()))
            .map_err(JsError::from)
    }

    /// The page's token, or the function that gives it; nothing for none.
    #[wasm_bindgen(js_name = setToken)]
    pub fn set_token(&self, token: JsValue) {
        let token = Some(token).filter(|it| !it.is_null());
        self.enter(|shared| shared.unless_painting(move |shared| shared.driver.set_token(token)));
    }

    /// The page's own words, in the place of all that it gave before. Gives a name that no text has, if there is one.
    #[wasm_bindgen(js_name = replaceTexts)]
    pub fn replace_texts(&self, words: &js_sys::Object) -> Option<String> {
        self.enter(|shared| shared.replace_texts(words)).flatten()
    }

    /// The native readyState of the connection.
    #[wasm_bindgen(js_name = readyState)]
    pub fn ready_state(&self) -> u16 {
        self.shared.driver.read(|room| room.state().ready_state()).into()
    }

    /// What is loaded, the oldest first.
    pub fn messages(&self) -> Option<js_sys::Array> {
        self.enter(|shared| shared.driver.read(messages::of))
    }

    /// How many messages have come that were not seen.
    pub fn unread(&self) -> u32 {
        self.shared.unread.count()
    }

    /// The texts that nobody has got, if that can still be told. Asked when the core has broken, so it is not guarded.
    pub fn unsent(&self) -> Option<Vec<String>> {
        self.shared.driver.unsent()
    }

    fn enter<T>(&self, work: impl FnOnce(&Rc<Shared>) -> T) -> Option<T> {
        self.shared.guard.run(|| work(&self.shared))
    }
}

impl Drop for ChatRoomCore {
    fn drop(&mut self) {
        // An element that is put back begins with all that this one has seen.
        self.shared.driver.flush_log();
        self.shared.driver.shut_down();
        self.shared.announcer.leave();
    }
}

impl Shared {
    /// Does this now, or as soon as the room is painted.
    fn unless_painting(self: &Rc<Self>, work: impl FnOnce(&Rc<Self>) + 'static) {
        if self.painting.get() {
            self.later.borrow_mut().push(Box::new(work));
        } else {
            work(self);
        }
    }

    fn attribute_changed(self: &Rc<Self>, name: &str) {
        match name {
            "url" => self.take_url(),
            "room" => self.take_room(),
            "name" => {
                self.take_name();
                self.rename();
            }
            "inspector" => inspector::attribute_changed(self),
            "nokeep" => self.take_nokeep(),
            _ => {}
        }
        if matches!(name, "url" | "room") {
            self.prepare();
        }
        if matches!(name, "url" | "room" | "autoconnect") && self.host.has_attribute("autoconnect") {
            drop(self.connect());
        }
        self.request_paint();
    }

    /// What the user asked for by the button, the page by the method.
    fn connect(self: &Rc<Self>) -> Result<(), Wrong> {
        if self.painting.get() {
            self.unless_painting(|shared| drop(shared.connect()));
            return self.read_fields().map(drop);
        }
        let result = self.read_fields().and_then(|entrance| self.enter_room(entrance));
        if let Err(wrong) = &result {
            self.view.wrong.replace(Some(wrong.clone()));
        }
        self.request_paint();
        result
    }

    fn enter_room(self: &Rc<Self>, entrance: Entrance) -> Result<(), Wrong> {
        self.view.parts.url.set_value(&entrance.target.url);
        let only_renamed = self.driver.read(|room| {
            let (here, state) = (room.entrance(), room.state());
            let connected = matches!(state, State::Connecting { .. } | State::Open { .. });
            connected && wants_rooms(here) && (&here.target, &here.room) == (&entrance.target, &entrance.room)
        });
        save::finish(self);
        let command = if only_renamed {
            Command::Rename(entrance.name)
        } else {
            Command::Connect(entrance)
        };
        match self.driver.command(command) {
            Ok(()) | Err(Refusal::Connection(CommandError::AlreadyConnected)) => {}
            Err(Refusal::Field(field)) => return Err(Wrong::Field(field)),
            Err(refusal) => {
                self.show_refusal(&refusal);
                return Ok(());
            }
        }
        self.driver.keep_name(self.view.parts.name.value().trim());
        self.view.changing.set(false);
        self.view.wrong.replace(None);
        self.view.hint.replace(Hint::Keys);
        Ok(())
    }

    /// What the page asks of this element.
    fn declared(&self) -> String {
        let words = ["url", "room"].map(|name| self.host.get_attribute(name).unwrap_or_default());
        words.join(" ")
    }

    /// To where it was connected before the page was loaded again.
    fn come_back(self: &Rc<Self>, entrance: Entrance) {
        fields::fill_in(&self.view.parts, &entrance);
        // What is refused is as if it had never been connected.
        drop(self.driver.command(Command::Connect(entrance)));
        self.request_paint();
    }

    fn disconnect(self: &Rc<Self>) {
        // Where there is nothing to leave there is nothing to do, as with the native close().
        _ = self.driver.command(Command::Disconnect);
    }

    fn say(self: &Rc<Self>, text: String) -> Result<(), Refusal> {
        self.driver.command(Command::Say(text))
    }

    /// Says a text, or answers one with it.
    fn post(self: &Rc<Self>, text: String, reply_to: Option<u64>) -> Result<(), Refusal> {
        match reply_to {
            None => self.say(text),
            reply_to => self.driver.command(Command::Post(Body::Text { text, reply_to })),
        }
    }

    fn replace_texts(self: &Rc<Self>, words: &js_sys::Object) -> Option<String> {
        let mut replaced = Replaced::default();
        let mut unknown = None;
        for entry in js_sys::Object::entries(words).iter() {
            let entry: js_sys::Array = entry.unchecked_into();
            if let (Some(name), Some(text)) = (entry.get(0).as_string(), entry.get(1).as_string())
                && !replaced.put(&name, text)
            {
                unknown.get_or_insert(name);
            }
        }
        self.replaced.replace(Rc::new(replaced));
        self.view.forget_words();
        self.inspector.forget_words();
        self.request_paint();
        unknown
    }

    fn show_refusal(self: &Rc<Self>, refusal: &Refusal) {
        self.show_problem(self.with_texts(|texts| phrases::refusal(texts, refusal)));
    }

    /// Says why something was not done, in the line under the text box.
    fn show_problem(self: &Rc<Self>, sentence: String) {
        self.say_aloud(sentence.clone());
        self.view.hint.replace(Hint::Problem(sentence));
        self.request_paint();
    }

    /// Says what has been done, or has happened, in the line under the text box.
    fn note(self: &Rc<Self>, sentence: String) {
        self.say_aloud(sentence.clone());
        self.view.hint.replace(Hint::Note(sentence));
        self.request_paint();
    }

    /// For those who cannot see it.
    fn say_aloud(&self, sentence: String) {
        self.announcer.say(self.language(), sentence);
    }

    /// What a user without a name is called in a room.
    fn guest(&self) -> String {
        self.with_texts(|texts| self.view.guest(texts))
    }

    /// The element's words, in its language.
    fn with_texts<T>(&self, work: impl FnOnce(&Texts) -> T) -> T {
        let mut work = Some(work);
        let mut result = None;
        self.lend_texts(&mut |texts| result = work.take().map(|work| work(texts)));
        result.expect("they are lent once")
    }

    /// Once for all kinds of work: what is generic is compiled again for each.
    fn lend_texts(&self, work: &mut dyn FnMut(&Texts)) {
        let replaced = Rc::clone(&self.replaced.borrow());
        work(&replaced.texts(self.language()));
    }

    fn read_fields(&self) -> Result<Entrance, Wrong> {
        fields::entrance(&self.view.parts, &self.guest())
    }

    /// Fetches what was kept for the room that the fields name.
    fn prepare(self: &Rc<Self>) {
        if let Ok(entrance) = self.read_fields()
            && wants_rooms(&entrance)
        {
            // It is refused in no state.
            _ = self.driver.command(Command::Prepare(entrance.address()));
        }
    }

    /// What the page calls the user counts at once, also while connected.
    fn rename(self: &Rc<Self>) {
        let typed = self.view.parts.name.value().trim().to_owned();
        let (at_rest, rooms) = self.driver.read(|room| {
            let at_rest = matches!(room.state(), State::Idle | State::Closed { .. });
            (at_rest, wants_rooms(room.entrance()))
        });
        let name = match typed {
            typed if !typed.is_empty() => typed,
            _ if rooms => self.guest(),
            _ => return,
        };
        if !at_rest && let Err(Refusal::Field(field)) = self.driver.command(Command::Rename(name)) {
            self.view.wrong.replace(Some(Wrong::Field(field)));
        }
    }

    /// What the user calls themselves by a command counts at once.
    fn be_called(self: &Rc<Self>, name: &str) -> Result<(), Refusal> {
        self.driver.command(Command::Rename(name.to_owned()))?;
        self.view.parts.name.set_value(name);
        self.driver.keep_name(name);
        Ok(())
    }

    fn load_older(self: &Rc<Self>) {
        if self.driver.read(|room| room.is_loading_older() || !room.has_older()) {
            return;
        }
        match self.driver.command(Command::LoadOlder) {
            Ok(()) => self.view.reading.set(true),
            // It can be asked for again when a gap is filled.
            Err(_) => self.view.full.set(self.driver.read(|room| !room.timeline().has_room())),
        }
        self.request_paint();
    }

    /// How many bytes a text may have.
    fn text_limit(&self) -> usize {
        self.driver.read(|room| {
            if speaks_rooms(room) {
                usize::try_from(room.limits().text_bytes).unwrap_or(usize::MAX)
            } else {
                MAX_TEXT_BYTES
            }
        })
    }

    /// The element's `url` becomes the field's, in full if it can be read; without one the field is empty.
    fn take_url(&self) {
        let url = self.host.get_attribute("url").unwrap_or_default();
        self.view.parts.url.set_value(&check_url(&url).unwrap_or(url));
        self.view.wrong.replace(None);
    }

    /// The element's `room` becomes the field's.
    fn take_room(&self) {
        let room = self.host.get_attribute("room").unwrap_or_default();
        self.view.parts.room.set_value(&room);
        self.view.wrong.replace(None);
    }

    /// The element's `name` becomes the field's.
    fn take_name(&self) {
        let name = self.host.get_attribute("name").unwrap_or_default();
        self.view.parts.name.set_value(&name);
        self.view.wrong.replace(None);
    }

    /// With `nokeep` nothing is kept of what is said in rooms, and what was kept of this one is let go. What waits to be
    /// sent is kept nevertheless.
    fn take_nokeep(&self) {
        self.driver.keep_no_log(self.host.has_attribute("nokeep"));
    }

    fn happened(self: &Rc<Self>, happening: Happening) {
        match happening {
            Happening::StateChanged => {
                let told = self.driver.read(events::Told::of);
                events::tell_state(&self.host, &told);
                self.driver.read(|room| self.view.note_opened(room));
            }
            Happening::Received(messages) => {
                self.heard(&messages);
                events::tell_messages(&self.host, &messages);
            }
            Happening::Closed(close) => events::tell_close(&self.host, &close),
            Happening::Refused(error) => drop(self.view.wrong.replace(Some(Wrong::Open(error)))),
            Happening::Claimed(claimed) => self.claimed(&claimed),
            Happening::Saving(saving) => {
                // It is valid, so neither call can fail.
                drop(self.view.parts.root.toggle_attribute_with_force("data-saving", saving));
            }
            Happening::NothingLeft => {}
            Happening::Settled => {
                alerts::look(self);
                if !self.painting.get() && self.driver.read(|room| self.view.waits_for_rows(room)) {
                    // They are there by the time of a frame, which is shown before there are more.
                    self.paint();
                    if self.view.rows.is_growing() {
                        self.pace.fill();
                    }
                } else {
                    self.request_frame();
                }
                actions::go_on_seeking(self);
                self.tell_unread();
            }
        }
    }

    /// What is said while its end is not in sight is not seen.
    fn heard(&self, messages: &[Message]) {
        if self.view.rows.is_at_end() && !dom::document().hidden() {
            return;
        }
        self.driver.read(|room| {
            for message in messages {
                let name = &room.entrance().name;
                let is_mention = matches!(message, Message::Text(text) if is_mention(text, name));
                self.unread.heard(is_mention);
            }
        });
    }

    /// Tells the page how much was not seen, if that has changed.
    fn tell_unread(&self) {
        if let Some((unread, mentions)) = self.unread.changed() {
            events::tell_unread(&self.host, unread, mentions);
        }
    }

    /// Gives the row of an item a name, before the keyboard comes to it.
    fn name_row(&self, item: ItemId) {
        let now = self.driver.now();
        self.with_texts(|texts| self.driver.read(|room| self.view.name_row(room, texts, now, item)));
    }

    /// What the user was typing comes back, and what was not sent is on its way again.
    fn claimed(self: &Rc<Self>, claimed: &Claimed) {
        // What was edited in another room is no longer.
        composer::mind_source(self);
        if !claimed.draft.is_empty() && self.view.parts.text.value().is_empty() {
            composer::write(self, &claimed.draft);
        }
        let name = &self.view.parts.name;
        if name.value().is_empty() && !claimed.name.is_empty() {
            name.set_value(&claimed.name);
            self.rename();
        }
        let is_at_rest = |room: &Room| matches!(room.state(), State::Idle | State::Closed { .. });
        if claimed.has_unsent() && self.driver.read(is_at_rest) {
            // A bad address is told at the field.
            drop(self.connect());
        }
    }

    fn request_paint(self: &Rc<Self>) {
        self.pace.hurry();
        self.request_frame();
    }

    /// Paints what has come, which can wait.
    fn request_frame(self: &Rc<Self>) {
        if self.frame.borrow().is_none() {
            let weak = Rc::downgrade(self);
            *self.frame.borrow_mut() = Frame::request(move || enter(&weak, Shared::frame_came));
        }
    }

    fn frame_came(self: &Rc<Self>) {
        self.frame.take();
        let next = self.driver.read(|room| room.timeline().next_id());
        if self.pace.rests(self.driver.now(), next) {
            self.request_frame();
        } else {
            self.paint();
        }
    }

    fn paint(self: &Rc<Self>) {
        self.frame.take();
        let begun = self.driver.now();
        composer::mind_source(self);
        let fields = self.read_fields().ok();
        let language = self.language();
        let replaced = Rc::clone(&self.replaced.borrow());
        let sees_end = self.view.rows.is_at_end() && !dom::document().hidden();
        self.painting.set(true);
        let (news, counts_down) = self.driver.read(|room| {
            // Where the line stands is found out while it is known how much there is.
            self.unread.first(room.timeline());
            if sees_end {
                self.unread.saw_end(room.timeline());
            }
            let look = Look {
                language,
                texts: replaced.texts(language),
                unread: &self.unread,
                now: self.driver.now(),
                fields_differ: fields.as_ref() != Some(room.entrance()),
            };
            let counts_down = matches!(room.state(), State::Waiting { retry_at: Some(_), .. });
            (self.view.paint(room, &look), counts_down)
        });
        self.painting.set(false);
        let waiting = self.later.take();
        waiting.into_iter().for_each(|work| work(self));
        for text in news {
            self.announcer.say(language, text);
        }
        inspector::paint(self);
        self.view.hand_on_focus();
        self.view.rows.keep_focus(&self.view.parts.log);
        self.tell_unread();
        if self.view.called.take_new() || self.view.rows.is_growing() {
            self.request_paint();
        }
        self.countdown
            .replace(counts_down.then(|| later(self, COUNTDOWN_MS, Shared::request_paint)));
        search::painted(self);
        let next = self.driver.read(|room| room.timeline().next_id());
        self.pace.painted(begun, self.driver.now(), next);
    }

    /// By the element's `lang` or that of what it stands in, else the page's, else the browser's.
    fn language(&self) -> Language {
        let marked = self.host.closest("[lang]:not([lang=''])").ok().flatten();
        let tag = marked
            .and_then(|element| element.get_attribute("lang"))
            .or_else(|| {
                dom::document()
                    .document_element()?
                    .get_attribute("lang")
                    .filter(|tag| !tag.is_empty())
            })
            .or_else(|| web_sys::window()?.navigator().language())
            .unwrap_or_default();
        Language::from_tag(&tag)
    }
}

/// `work` is a plain function, so that all timeouts are of one type.
fn later(shared: &Rc<Shared>, millis: u32, work: fn(&Rc<Shared>)) -> Timeout {
    let weak = Rc::downgrade(shared);
    Timeout::new(millis, move || enter(&weak, work))
}

/// What the browser calls: guarded, and nothing if the core is gone.
fn enter(shared: &Weak<Shared>, work: impl FnOnce(&Rc<Shared>)) {
    if let Some(shared) = shared.upgrade() {
        shared.guard.run(|| work(&shared));
    }
}
