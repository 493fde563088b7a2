//! A room in the test's page, told of as a user would.
#![allow(dead_code, reason = "each of the test crates uses a part of it")]

use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, HtmlElement, ShadowRoot};

#[wasm_bindgen(module = "/tests/element/page.js")]
extern "C" {
    #[wasm_bindgen(js_name = frame)]
    async fn next_frame();
    async fn sleep(ms: u32);
    fn key(target: &Element, composing: bool, key_code: u32);
    #[wasm_bindgen(js_name = type)]
    fn type_value(target: &Element, value: &str);
    fn early(name: &str, value: &str) -> HtmlElement;
    fn value(field: &Element) -> String;
    #[wasm_bindgen(catch)]
    fn connect(element: &Element) -> Result<(), JsValue>;
    #[wasm_bindgen(catch)]
    fn send(element: &Element, text: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(js_name = setTexts)]
    fn set_texts(element: &Element, json: &str);
    #[wasm_bindgen(js_name = readyState)]
    fn ready_state(element: &Element) -> u16;
    fn message(error: &JsValue) -> String;
    fn record(element: &Element) -> js_sys::Array;
    fn page(kind: &str);
    #[wasm_bindgen(js_name = setOnline)]
    fn set_online(online: bool);
    /// What is being read out by the element that came last.
    pub(crate) fn announced() -> String;
    #[wasm_bindgen(js_name = breakNextAppend)]
    pub(crate) fn break_next_append();
    #[wasm_bindgen(js_name = narrowWhileScrolling)]
    fn narrow_while_scrolling(element: &Element, log: &Element);
    #[wasm_bindgen(js_name = distanceFromEnd)]
    fn distance_from_end(log: &Element) -> f64;
    #[wasm_bindgen(js_name = isShown)]
    fn is_shown(part: &Element) -> bool;
    #[wasm_bindgen(js_name = topOf)]
    fn top_of(row: &Element) -> f64;
    #[wasm_bindgen(js_name = scrollTo)]
    fn scroll_to(log: &Element, top: f64);
    #[wasm_bindgen(js_name = openConnections)]
    async fn open_connections_of(server: &str) -> JsValue;
}

fn document() -> Document {
    web_sys::window().and_then(|window| window.document()).expect("a page")
}

pub(crate) fn body() -> HtmlElement {
    document().body().expect("a body")
}

pub(crate) fn count(selector: &str) -> u32 {
    document().query_selector_all(selector).expect("a selector").length()
}

/// Waits until all that was to be painted is painted.
pub(crate) async fn frame() {
    next_frame().await;
}

/// Waits until `condition` holds; after half a minute the test has failed.
pub(crate) async fn until(what: &str, condition: impl Fn() -> bool) {
    for _ in 0..3_000 {
        if condition() {
            return;
        }
        sleep(10).await;
    }
    panic!("waited in vain for {what}");
}

/// How many connections the test server has open.
pub(crate) async fn open_connections(server: &str) -> f64 {
    open_connections_of(server).await.as_f64().expect("a number")
}

/// How many JavaScript values Rust holds.
pub(crate) fn externrefs() -> u32 {
    wasm_bindgen::externref_heap_live_count()
}

/// A `<chat-room>` in the page, removed when dropped.
pub(crate) struct Room {
    pub(crate) host: HtmlElement,
}

impl Room {
    pub(crate) fn open(attributes: &[(&str, &str)]) -> Self {
        chat_room::web::element::define_element();
        let host: HtmlElement = document()
            .create_element("chat-room")
            .expect("a valid tag")
            .unchecked_into();
        for (name, value) in attributes {
            host.set_attribute(name, value).expect("a valid attribute");
        }
        body().append_child(&host).expect("a body takes children");
        Self { host }
    }

    pub(crate) fn with_early_property(name: &str, value: &str) -> Self {
        chat_room::web::element::define_element();
        Self {
            host: early(name, value),
        }
    }

    pub(crate) fn shadow(&self) -> ShadowRoot {
        self.host.shadow_root().expect("an open shadow root")
    }

    pub(crate) fn part(&self, id: &str) -> Element {
        self.shadow()
            .get_element_by_id(id)
            .unwrap_or_else(|| panic!("#{id} is not there"))
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.shadow().get_element_by_id(id).is_some()
    }

    pub(crate) fn text(&self, id: &str) -> String {
        self.part(id).text_content().unwrap_or_default()
    }

    pub(crate) fn value(&self, id: &str) -> String {
        value(&self.part(id))
    }

    /// The words of the buttons, of the text box and of the status.
    pub(crate) fn words(&self) -> [String; 5] {
        let label = self
            .shadow()
            .query_selector("label[for=text]")
            .expect("a selector")
            .expect("a label");
        [
            self.text("connect"),
            self.text("send"),
            self.text("disconnect"),
            label.text_content().unwrap_or_default(),
            self.text("status-words"),
        ]
    }

    pub(crate) fn enabled(&self) -> Vec<&'static str> {
        ["connect", "send", "disconnect"]
            .into_iter()
            .filter(|id| !self.part(id).has_attribute("disabled"))
            .collect()
    }

    pub(crate) fn state(&self) -> String {
        self.shadow()
            .query_selector("[data-state]")
            .expect("a selector")
            .and_then(|root| root.get_attribute("data-state"))
            .unwrap_or_default()
    }

    /// The texts of all rows of a kind.
    pub(crate) fn rows(&self, kind: &str) -> Vec<String> {
        self.all(&format!("#message .{kind} .text"))
            .iter()
            .filter_map(|text| text.text_content())
            .collect()
    }

    /// The texts of all that was said, in order.
    pub(crate) fn texts(&self) -> Vec<String> {
        let texts = self.all("#message :is(.own, .theirs) .text");
        texts.iter().filter_map(|text| text.text_content()).collect()
    }

    /// The row with this text.
    pub(crate) fn row_of(&self, text: &str) -> Element {
        let texts = self.all("#message .row .text");
        let found = texts.iter().find(|it| it.text_content().as_deref() == Some(text));
        let row = found.and_then(|it| it.closest(".row").expect("a selector"));
        row.unwrap_or_else(|| panic!("no row says {text:?}"))
    }

    /// What is written in this part of the row with this text.
    pub(crate) fn in_row(&self, text: &str, part: &str) -> String {
        let part = self.row_of(text).query_selector(part).expect("a selector");
        part.and_then(|it| it.text_content()).unwrap_or_default()
    }

    pub(crate) fn press_in_row(&self, text: &str, part: &str) {
        let part = self.row_of(text).query_selector(part).expect("a selector");
        part.expect("a button").unchecked_ref::<HtmlElement>().click();
    }

    pub(crate) fn is_shown(&self, id: &str) -> bool {
        is_shown(&self.part(id))
    }

    /// Where the row with this text is to be seen, in CSS pixels.
    pub(crate) fn top_of(&self, text: &str) -> f64 {
        top_of(&self.row_of(text))
    }

    /// Scrolls the log.
    pub(crate) fn scroll_to(&self, top: f64) {
        scroll_to(&self.part("message"), top);
    }

    pub(crate) fn delivery(&self) -> Vec<String> {
        self.all("#message .own")
            .iter()
            .filter_map(|row| row.get_attribute("data-delivery"))
            .collect()
    }

    /// As a user would, who waits until the button can be pressed: it is painted a frame after the state has changed.
    pub(crate) async fn press(&self, id: &str) {
        until(&format!("#{id} to be enabled"), || {
            !self.part(id).has_attribute("disabled")
        })
        .await;
        self.part(id).unchecked_ref::<HtmlElement>().click();
    }

    pub(crate) fn press_in(&self, selector: &str) {
        self.all(selector)[0].unchecked_ref::<HtmlElement>().click();
    }

    pub(crate) fn type_into(&self, id: &str, text: &str) {
        type_value(&self.part(id), text);
    }

    pub(crate) fn press_enter(&self, composing: bool, key_code: u32) {
        key(&self.part("text"), composing, key_code);
    }

    pub(crate) fn connect(&self) -> Result<(), String> {
        connect(&self.host).map_err(|error| message(&error))
    }

    pub(crate) fn send(&self, text: &str) -> Result<(), String> {
        send(&self.host, text).map_err(|error| message(&error))
    }

    /// As a page sets the property `texts`.
    pub(crate) fn set_texts(&self, json: &str) {
        set_texts(&self.host, json);
    }

    pub(crate) fn ready_state(&self) -> u16 {
        ready_state(&self.host)
    }

    pub(crate) fn narrow_while_scrolling(&self) {
        narrow_while_scrolling(&self.host, &self.part("message"));
    }

    /// How far the log is scrolled from its end, in CSS pixels.
    pub(crate) fn distance_from_end(&self) -> f64 {
        distance_from_end(&self.part("message"))
    }

    fn all(&self, selector: &str) -> Vec<Element> {
        let nodes = self.shadow().query_selector_all(selector).expect("a selector");
        (0..nodes.length())
            .filter_map(|index| nodes.get(index))
            .map(JsCast::unchecked_into)
            .collect()
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.host.remove();
    }
}

/// The texts of a list of JavaScript's.
pub(crate) fn lines_of(list: &js_sys::Array) -> Vec<String> {
    list.iter().filter_map(|it| it.as_string()).collect()
}

/// What an element has told its page, a line each.
pub(crate) struct Events(js_sys::Array);

impl Events {
    pub(crate) fn of(room: &Room) -> Self {
        Self(record(&room.host))
    }

    pub(crate) fn list(&self) -> Vec<String> {
        lines_of(&self.0)
    }
}

/// What happens to the whole page.
pub(crate) mod events {
    /// `freeze`, `resume`, `pagehide` or `pageshow`.
    pub(crate) fn page(kind: &str) {
        super::page(kind);
    }

    /// The browser says that there is no network, until the value is dropped.
    pub(crate) fn offline() -> Offline {
        super::set_online(false);
        Offline
    }

    pub(crate) struct Offline;

    impl Drop for Offline {
        fn drop(&mut self) {
            super::set_online(true);
        }
    }
}
