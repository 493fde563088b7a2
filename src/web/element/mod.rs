//! `<chat-room>`: an element for any page. JavaScript has the class, this is the core of each element.

mod announcer;
mod dom;
mod events;
mod parts;
mod phrases;
mod rows;
mod texts;
mod view;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use js_sys::Function;
use wasm_bindgen::prelude::{Closure, JsError, wasm_bindgen};
use web_sys::{HtmlElement, ShadowRoot};

use self::announcer::Announcer;
use self::texts::Language;
use self::view::{Hint, Look, View};
use super::driver::{Driver, Happening, Role, is_loopback};
use super::frame::Frame;
use super::guard::Guard;
use super::resize::Resize;
use super::socket::{check_url, is_secure};
use super::storage::Claimed;
use crate::connection::{CommandError, Config, State, Target};
use crate::room::{Command, Entrance, Refusal, Room};
use crate::websocket::{OpenError, Protocol, UrlFault, duplicate, has_scheme};

/// How often the seconds until the next attempt are painted, in milliseconds.
const COUNTDOWN_MS: u32 = 500;

#[wasm_bindgen(module = "/src/web/element/element.js")]
extern "C" {
    /// The class of `<chat-room>`, as the module exports it.
    #[wasm_bindgen(reexport)]
    type ChatRoomElement;

    fn define(make: &Closure<dyn Fn(HtmlElement, ShadowRoot, Function) -> ChatRoomCore>, css: &str);
}

thread_local! {
    static DEFINED: Cell<bool> = const { Cell::new(false) };
    /// Makes the core of every element there will ever be.
    static MAKE: Closure<dyn Fn(HtmlElement, ShadowRoot, Function) -> ChatRoomCore> = Closure::new(ChatRoomCore::new);
}

/// Defines `<chat-room>`. The generated JavaScript module does so by itself; an application in Rust calls this, once or
/// more often.
///
/// ```no_run
/// chat_room::web::element::define_element();
/// ```
#[wasm_bindgen(start)]
pub fn define_element() {
    console_error_panic_hook::set_once();
    if !DEFINED.replace(true) {
        MAKE.with(|make| define(make, include_str!("style.css")));
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

struct Shared {
    host: HtmlElement,
    guard: Guard,
    driver: Rc<Driver>,
    view: View,
    announcer: Rc<Announcer>,
    frame: RefCell<Option<Frame>>,
    countdown: RefCell<Option<Timeout>>,
}

#[wasm_bindgen]
impl ChatRoomCore {
    fn new(host: HtmlElement, shadow: ShadowRoot, on_broken: Function) -> Self {
        let guard = Guard::new(on_broken);
        let shared = Rc::new_cyclic(|weak: &Weak<Shared>| {
            let listener = weak.clone();
            let tell = move |happening| {
                if let Some(shared) = listener.upgrade() {
                    shared.happened(happening);
                }
            };
            Shared {
                host,
                guard: guard.clone(),
                driver: Driver::new(Role::Element, Config::default(), guard, tell),
                view: View::new(shadow),
                announcer: Announcer::new(),
                frame: RefCell::default(),
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

    /// The first paint, and the first connect if the page wants it.
    pub fn begin(&self) {
        self.enter(|shared| {
            shared.take_url();
            shared.paint();
            if let Some(entrance) = shared.driver.last_entrance(shared.declared()) {
                shared.come_back(entrance);
            } else if shared.host.has_attribute("autoconnect") {
                // A bad address is told at the field.
                drop(shared.connect());
            }
        });
    }

    /// An attribute of the element has changed.
    #[wasm_bindgen(js_name = attributeChanged)]
    pub fn attribute_changed(&self, name: &str) {
        self.enter(|shared| {
            if name == "url" {
                shared.take_url();
            }
            if (name == "url" || name == "autoconnect") && shared.host.has_attribute("autoconnect") {
                drop(shared.connect());
            }
            shared.request_paint();
        });
    }

    /// Connects to the server that the fields name.
    pub fn connect(&self) -> Result<(), JsError> {
        self.enter(|shared| shared.connect())
            .unwrap_or(Ok(()))
            .map_err(JsError::from)
    }

    /// Leaves.
    pub fn disconnect(&self) {
        self.enter(|shared| shared.disconnect());
    }

    /// Sends a text.
    pub fn send(&self, text: String) -> Result<(), JsError> {
        self.enter(|shared| shared.say(text))
            .unwrap_or(Ok(()))
            .map_err(JsError::from)
    }

    /// The native readyState of the connection.
    #[wasm_bindgen(js_name = readyState)]
    pub fn ready_state(&self) -> u16 {
        self.shared.driver.read(|room| room.state().ready_state()).into()
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
        self.shared.driver.shut_down();
        self.shared.announcer.leave();
    }
}

impl Shared {
    /// What the user asked for by the button, the page by the method.
    fn connect(self: &Rc<Self>) -> Result<(), OpenError> {
        let result = self.read_fields();
        match &result {
            Ok(target) => {
                self.view.parts.url.set_value(&target.url);
                self.view.changing.set(false);
                self.view.field_error.replace(None);
                self.view.hint.replace(Hint::Keys);
                let entrance = Entrance {
                    target: target.clone(),
                    ..Entrance::default()
                };
                match self.driver.command(Command::Connect(entrance)) {
                    Ok(()) | Err(Refusal::Connection(CommandError::AlreadyConnected)) => {}
                    Err(refusal) => self.show_refusal(&refusal),
                }
            }
            Err(error) => {
                self.view.field_error.replace(Some(error.clone()));
            }
        }
        self.request_paint();
        result.map(drop)
    }

    /// What the page asks of this element.
    fn declared(&self) -> String {
        let words = ["url", "room"].map(|name| self.host.get_attribute(name).unwrap_or_default());
        words.join(" ")
    }

    /// To where it was connected before the page was loaded again.
    fn come_back(self: &Rc<Self>, entrance: Entrance) {
        let names: Vec<_> = entrance.target.protocols.iter().map(Protocol::as_str).collect();
        self.view.parts.url.set_value(&entrance.target.url);
        self.view.parts.protocols.set_value(&names.join(", "));
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

    fn show_refusal(self: &Rc<Self>, refusal: &Refusal) {
        let language = self.language();
        let sentence = phrases::refusal(language.texts(), refusal);
        self.announcer.say(language, sentence.clone());
        self.view.hint.replace(Hint::Problem(sentence));
        self.request_paint();
    }

    /// The server that the fields name.
    fn read_fields(&self) -> Result<Target, OpenError> {
        let typed = self.view.parts.url.value();
        if is_without_scheme(&typed) {
            return Err(OpenError::BadUrl {
                url: typed,
                what: UrlFault::NoBase,
            });
        }
        let url = check_url(&typed).map_err(|what| OpenError::BadUrl { url: typed, what })?;
        if is_mixed_content(&url) {
            return Err(OpenError::MixedContent { url });
        }
        let names = self.view.parts.protocols.value();
        let mut protocols = Vec::new();
        if !names.trim().is_empty() {
            for name in names.split([',', '，']) {
                protocols.push(Protocol::new(name.trim()).map_err(OpenError::BadProtocol)?);
            }
        }
        if let Some(twice) = duplicate(&protocols) {
            return Err(OpenError::DuplicateProtocol(twice.clone()));
        }
        Ok(Target { url, protocols })
    }

    /// The element's `url` becomes the field's, in full if it can be read.
    fn take_url(&self) {
        if let Some(url) = self.host.get_attribute("url") {
            self.view.parts.url.set_value(&check_url(&url).unwrap_or(url));
            self.view.field_error.replace(None);
        }
    }

    fn happened(self: &Rc<Self>, happening: Happening) {
        match happening {
            Happening::StateChanged => events::tell_state(&self.host, self.driver.read(|room| room.state().clone())),
            Happening::Received(message) => events::tell_message(&self.host, &message),
            Happening::Closed(close) => events::tell_close(&self.host, &close),
            Happening::Refused(error) => drop(self.view.field_error.replace(Some(error))),
            Happening::Claimed(claimed) => self.claimed(&claimed),
            Happening::Saving(saving) => {
                // It is valid, so neither call can fail.
                drop(self.view.parts.root.toggle_attribute_with_force("data-saving", saving));
            }
            Happening::NothingLeft => {}
            Happening::Settled => self.request_paint(),
        }
    }

    /// What the user was typing comes back, and what was not sent is on its way again.
    fn claimed(self: &Rc<Self>, claimed: &Claimed) {
        let text = &self.view.parts.text;
        if text.value().is_empty() {
            text.set_value(&claimed.draft);
            events::fit(text);
        }
        let is_at_rest = |room: &Room| matches!(room.state(), State::Idle | State::Closed { .. });
        if claimed.has_unsent() && self.driver.read(is_at_rest) {
            // A bad address is told at the field.
            drop(self.connect());
        }
    }

    fn request_paint(self: &Rc<Self>) {
        if self.frame.borrow().is_none() {
            let weak = Rc::downgrade(self);
            *self.frame.borrow_mut() = Frame::request(move || enter(&weak, Shared::paint));
        }
    }

    fn paint(self: &Rc<Self>) {
        self.frame.take();
        let fields = self.read_fields().ok();
        let language = self.language();
        let (news, counts_down) = self.driver.read(|room| {
            let look = Look {
                language,
                title: self.host.get_attribute("room").unwrap_or_default(),
                own_name: self.host.get_attribute("name").unwrap_or_default(),
                now: self.driver.now(),
                fields_differ: fields.as_ref() != Some(&room.entrance().target),
            };
            let counts_down = matches!(room.state(), State::Waiting { retry_at: Some(_), .. });
            (self.view.paint(room, &look), counts_down)
        });
        for text in news {
            self.announcer.say(language, text);
        }
        let weak = Rc::downgrade(self);
        self.countdown
            .replace(counts_down.then(|| Timeout::new(COUNTDOWN_MS, move || enter(&weak, Shared::request_paint))));
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

/// What the browser calls: guarded, and nothing if the core is gone.
fn enter(shared: &Weak<Shared>, work: impl FnOnce(&Rc<Shared>)) {
    if let Some(shared) = shared.upgrade() {
        shared.guard.run(|| work(&shared));
    }
}

/// What has been typed begins neither with a scheme nor like a path: `example.org` is meant as a server, and would be a
/// path of this page's own.
fn is_without_scheme(typed: &str) -> bool {
    let typed = typed.trim();
    !typed.is_empty() && !has_scheme(typed) && !typed.starts_with(['/', '.', '?'])
}

/// An https page may not open ws: sockets, except to its own machine. Known beforehand, so that the old connection is
/// not given up for it.
fn is_mixed_content(url: &str) -> bool {
    is_secure() && url.starts_with("ws:") && !is_loopback(url)
}
