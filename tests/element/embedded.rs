//! The element as pages and frameworks expect one: attributes and properties, upgrades, moves, copies, events.

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use crate::page::{Events, Room, frame, lines_of, until};
use crate::scripted::{BOB, Server, text};

#[wasm_bindgen(module = "/tests/element/embedded.js")]
extern "C" {
    fn unreflected() -> Vec<String>;
    fn early(properties: &JsValue) -> HtmlElement;
    #[wasm_bindgen(js_name = hasOwn)]
    fn has_own(element: &HtmlElement) -> Vec<String>;
    fn bare() -> String;
    fn constants() -> String;
    fn background(host: &HtmlElement) -> String;
    #[wasm_bindgen(js_name = heardOutside)]
    fn heard_outside(element: &HtmlElement) -> js_sys::Array;
    #[wasm_bindgen(js_name = heardTogether)]
    fn heard_together(element: &HtmlElement, takes_all: bool) -> js_sys::Array;

    type Frame;
    #[wasm_bindgen(constructor)]
    fn new() -> Frame;
    #[wasm_bindgen(method)]
    fn take(this: &Frame, element: &HtmlElement);
    #[wasm_bindgen(method)]
    fn remove(this: &Frame);
}

#[wasm_bindgen(module = "/tests/element/looks.js")]
extern "C" {
    #[wasm_bindgen(js_name = setProperty)]
    fn set_property(host: &HtmlElement, name: &str, value: &JsValue);
    #[wasm_bindgen(js_name = getProperty)]
    fn get_property(host: &HtmlElement, name: &str) -> JsValue;
}

const ANN: [(&str, &str); 4] = [
    ("lang", "en"),
    ("url", "ws://localhost/"),
    ("room", "garden"),
    ("name", "Ann"),
];

#[wasm_bindgen_test]
fn attributes_are_in_properties_and_properties_in_attributes() {
    chat_room::web::element::define_element();
    assert_eq!(unreflected(), [] as [&str; 0]);
}

#[wasm_bindgen_test]
fn a_new_one_has_no_attribute_and_no_child_and_the_states_are_constants() {
    chat_room::web::element::define_element();
    assert_eq!(bare(), "0,0,true,true");
    assert_eq!(constants(), "00,11,22,33 true");
}

#[wasm_bindgen_test]
async fn every_property_that_was_set_before_the_class_was_there_is_taken() {
    let server = Server::new();
    let properties = js_sys::JSON::parse(
        r#"{"url": "ws://localhost/", "room": "garden", "name": "Ann", "lang": "en", "theme": "dark", "inspector": true,
            "noKeep": true, "texts": {"send": "Go"}, "token": "early", "autoconnect": true}"#,
    );
    let room = Room {
        host: early(&properties.expect("JSON")),
    };
    assert_eq!(has_own(&room.host), [] as [&str; 0]);
    for attribute in [
        "url",
        "room",
        "name",
        "lang",
        "theme",
        "inspector",
        "nokeep",
        "autoconnect",
    ] {
        assert!(room.host.has_attribute(attribute), "{attribute}");
    }
    assert!(!room.host.has_attribute("token") && !room.host.has_attribute("texts"));
    until("a connection", || server.attempts() == 1).await;
    server.accept("chat-room.v1");
    until("a join", || !server.heard_of("join").is_empty()).await;
    assert!(server.heard_of("join")[0].contains(r#""token":"early""#));
    assert_eq!(room.text("send"), "Go");
}

#[wasm_bindgen_test]
async fn an_attribute_that_leaves_empties_its_field() {
    let room = Room::open(&ANN);
    for (property, value) in [("url", "ws://localhost/"), ("room", "garden"), ("name", "Ann")] {
        assert_eq!(room.value(property), value);
        set_property(&room.host, property, &JsValue::NULL);
        assert_eq!(room.value(property), "", "{property}");
        set_property(&room.host, property, &value.into());
        assert_eq!(room.value(property), value);
    }
    set_property(&room.host, "url", &JsValue::NULL);
    let thrown = room.connect().expect_err("no address");
    assert!(!thrown.contains("null"), "{thrown}");
}

#[wasm_bindgen_test]
async fn what_the_page_says_of_focus_and_hiding_stays() {
    let room = Room::open(&[("tabindex", "-1"), ("hidden", "")]);
    frame().await;
    assert_eq!(room.host.get_attribute("tabindex").as_deref(), Some("-1"));
    assert!(room.host.hidden());
    assert_eq!(room.host.offset_height(), 0);
    room.host.set_hidden(false);
    assert!(room.host.offset_height() > 0);
    let bare = Room::open(&[]);
    assert!(!bare.host.has_attributes(), "it gives itself no attribute");
}

#[wasm_bindgen_test]
async fn in_another_document_it_looks_the_same_and_stays_connected() {
    let server = Server::new();
    let room = server.room("elsewhere", vec![text(1, BOB, "hello")]).await;
    room.host.set_attribute("theme", "dark").expect("an attribute");
    let before = background(&room.host);
    let other = Frame::new();
    other.take(&room.host);
    frame().await;
    assert_eq!(background(&room.host), before);
    assert_eq!(room.state(), "open");
    server.entry(text(2, BOB, "still there"));
    until("the text", || room.texts().len() == 2).await;
    crate::page::body().append_child(&room.host).expect("moved");
    frame().await;
    assert_eq!((background(&room.host), room.state()), (before, "open".to_owned()));
    assert_eq!(server.attempts(), 1);
    other.remove();
}

#[wasm_bindgen_test]
async fn a_copy_is_an_element_of_its_own() {
    let server = Server::new();
    let room = server.room("garden", vec![]).await;
    set_property(&room.host, "token", &"secret".into());
    room.set_texts(r#"{"send": "Go"}"#);
    let copy = Room {
        host: room.host.clone_node_with_deep(true).expect("a copy").unchecked_into(),
    };
    assert!(
        get_property(&copy.host, "token").is_null(),
        "only attributes are copied"
    );
    crate::page::body().append_child(&copy.host).expect("a place");
    frame().await;
    assert_eq!(
        (copy.value("room"), copy.state()),
        ("garden".to_owned(), "idle".to_owned())
    );
    assert_eq!(
        (room.text("send"), copy.text("send")),
        ("Go".to_owned(), "Send".to_owned())
    );
    copy.press("connect").await;
    until("a connection of its own", || server.attempts() == 2).await;
    assert_eq!(room.state(), "open");
}

#[wasm_bindgen_test]
async fn its_events_are_its_own() {
    let server = Server::new();
    let room = Room::open(&ANN);
    let heard = heard_outside(&room.host);
    room.press("connect").await;
    server.let_in(vec![]).await;
    until("the room", || room.state() == "open").await;
    room.host.set_hidden(true);
    server.entry(text(1, BOB, "hello"));
    until("the text", || room.texts().len() == 1).await;
    server.end(1000);
    until("the end", || room.state() == "closed").await;
    let mut lines = lines_of(&heard);
    lines.sort();
    lines.dedup();
    assert_eq!(
        lines.iter().filter(|it| !it.starts_with("unread")).collect::<Vec<_>>(),
        [
            "close CloseEvent false false false",
            "message MessageEvent false false false",
            "messages CustomEvent false false false",
            "statechange CustomEvent false false false",
        ]
    );
    assert!(lines.iter().all(|it| !it.ends_with("outside")));
}

#[wasm_bindgen_test]
async fn what_comes_together_is_told_one_by_one_in_its_order() {
    let server = Server::new();
    let room = server.room("garden", vec![]).await;
    let told = Events::of(&room);
    let long = "x".repeat(300);
    let texts = ["hello", "", "小明 🙂", "\u{feff}é\u{0}", long.as_str(), "last"];
    server.entries(texts.iter().zip(1..).map(|(it, seq)| text(seq, BOB, it)));
    assert_eq!(told.list(), texts.map(|it| format!("message {it}")));
}

#[wasm_bindgen_test]
async fn what_comes_together_is_told_together_and_alone_only_to_a_page_that_did_not_take_all_of_it() {
    let server = Server::new();
    let room = server.room("garden", vec![]).await;
    let both = heard_together(&room.host, false);
    server.entries([text(1, BOB, "one"), text(2, BOB, "two")].into_iter());
    assert_eq!(lines_of(&both), ["together: one, two", "alone: one", "alone: two"]);

    let taken = heard_together(&room.host, true);
    server.entry(text(3, BOB, "three"));
    assert_eq!(lines_of(&taken), ["together: three"]);
}

#[wasm_bindgen_test]
async fn bytes_are_told_as_an_array_buffer() {
    let server = Server::new();
    let room = Room::open(&[("url", "ws://localhost/")]);
    room.press("connect").await;
    server.accept("");
    let heard = heard_together(&room.host, false);
    server.say_bytes(&[0, 7]);
    server.say_text("after them");
    assert_eq!(
        lines_of(&heard),
        [
            "together: bytes 0 7",
            "alone: bytes 0 7",
            "together: after them",
            "alone: after them",
        ]
    );
}

#[wasm_bindgen_test]
async fn after_a_flood_the_newest_is_to_be_seen() {
    let server = Server::new();
    let room = server.room("garden", vec![]).await;
    let told = Events::of(&room);
    for begin in (1..=5_000).step_by(250) {
        server.entries((begin..begin + 250).map(|seq| text(seq, BOB, &format!("no. {seq}"))));
        frame().await;
    }
    until("the newest", || room.texts().last().is_some_and(|it| it == "no. 5000")).await;
    assert_eq!(told.list().len(), 5_000);
}
