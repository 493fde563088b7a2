//! The page's token: a string or a function, asked anew for each join, and to be seen nowhere.

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

use crate::page::{Room, frame, until};
use crate::scripted::Server;

#[wasm_bindgen(module = "/tests/element/token.js")]
extern "C" {
    type Provider;

    #[wasm_bindgen(constructor)]
    fn new() -> Provider;
    #[wasm_bindgen(method, getter)]
    fn ask(this: &Provider) -> JsValue;
    #[wasm_bindgen(method)]
    fn asked(this: &Provider) -> usize;
    #[wasm_bindgen(method)]
    fn give(this: &Provider, number: usize, token: &JsValue);
    #[wasm_bindgen(method)]
    fn refuse(this: &Provider, number: usize, words: &str);
    fn throwing(words: &str) -> JsValue;
    fn giving(value: &JsValue) -> JsValue;
    fn meddling(element: &Element) -> JsValue;
}

#[wasm_bindgen(module = "/tests/element/looks.js")]
extern "C" {
    #[wasm_bindgen(js_name = setProperty)]
    fn set_property(host: &Element, name: &str, value: &JsValue);
}

#[wasm_bindgen(module = "/tests/element/inspector.js")]
extern "C" {
    fn rows(element: &Element) -> Vec<String>;
    #[wasm_bindgen(js_name = catchFiles)]
    fn catch_files() -> js_sys::Array;
    #[wasm_bindgen(js_name = textOf)]
    async fn text_of(blob: &JsValue) -> JsValue;
}

fn garden(token: &JsValue) -> Room {
    let room = Room::open(&[
        ("lang", "en"),
        ("url", "ws://localhost/"),
        ("room", "garden"),
        ("name", "Ann"),
    ]);
    set_property(&room.host, "token", token);
    room
}

/// The tokens of the joins that the last socket was told.
fn tokens(server: &Server) -> Vec<Option<String>> {
    let token = |join: &String| Some(join.split_once(r#""token":""#)?.1.split('"').next()?.to_owned());
    server.heard_of("join").iter().map(token).collect()
}

async fn until_joined_with(server: &Server, token: Option<&str>) {
    until("a join", || !server.heard_of("join").is_empty()).await;
    assert_eq!(tokens(server), [token.map(str::to_owned)]);
}

async fn opened(server: &Server, attempt: u32) {
    until("a connection", || server.attempts() == attempt).await;
    server.accept("chat-room.v1");
}

/// An element whose socket is open, and that waits for its token.
async fn asking(server: &Server, provider: &Provider) -> Room {
    let room = garden(&provider.ask());
    room.press("connect").await;
    opened(server, 1).await;
    until("the question", || provider.asked() == 1).await;
    room
}

#[wasm_bindgen_test]
async fn a_string_goes_into_every_join() {
    let server = Server::new();
    let room = garden(&"a.b.c".into());
    room.press("connect").await;
    for attempt in 1..=2 {
        opened(&server, attempt).await;
        until_joined_with(&server, Some("a.b.c")).await;
        server.end(1006);
        frame().await;
        room.press("now").await;
    }
}

#[wasm_bindgen_test]
async fn no_token_and_an_empty_one_are_none() {
    for nothing in [JsValue::NULL, JsValue::UNDEFINED, "".into()] {
        let server = Server::new();
        let room = garden(&"old".into());
        set_property(&room.host, "token", &nothing);
        room.press("connect").await;
        opened(&server, 1).await;
        until_joined_with(&server, None).await;
    }
}

#[wasm_bindgen_test]
async fn a_function_is_asked_anew_at_each_join_and_a_late_answer_is_nobodys() {
    let server = Server::new();
    let provider = Provider::new();
    let room = garden(&provider.ask());
    room.press("connect").await;
    assert_eq!(provider.asked(), 0, "not before it is needed");
    opened(&server, 1).await;
    until("the question", || provider.asked() == 1).await;
    assert!(server.heard_of("join").is_empty());
    server.end(1006);
    frame().await;
    room.press("now").await;
    opened(&server, 2).await;
    until("another question", || provider.asked() == 2).await;
    provider.give(0, &"late".into());
    frame().await;
    assert!(server.heard_of("join").is_empty());
    provider.give(1, &"fresh".into());
    until_joined_with(&server, Some("fresh")).await;
}

#[wasm_bindgen_test]
async fn what_fails_is_told_and_comes_back() {
    let number = giving(&7.into());
    for (token, words) in [
        (throwing("signed out"), "signed out"),
        (number, "it is number, not a string"),
        (giving(&JsValue::NULL), "it is null, not a string"),
    ] {
        let server = Server::new();
        let room = garden(&token);
        room.press("connect").await;
        opened(&server, 1).await;
        until("the wait", || room.state() == "waiting").await;
        assert!(server.heard_of("join").is_empty());
        let told = format!("This page gave no sign-in token: {words}");
        assert_eq!(room.text("ending"), told);
        set_property(&room.host, "token", &"mended".into());
        room.press("now").await;
        opened(&server, 2).await;
        until_joined_with(&server, Some("mended")).await;
    }
    let server = Server::new();
    let provider = Provider::new();
    let room = asking(&server, &provider).await;
    provider.refuse(0, "no session");
    until("the wait", || room.state() == "waiting").await;
    assert!(room.text("ending").ends_with("no session"));
    // It comes back by itself.
    opened(&server, 2).await;
    until("another question", || provider.asked() == 2).await;
}

#[wasm_bindgen_test]
async fn another_token_counts_at_once_for_a_join_that_waits() {
    let server = Server::new();
    let provider = Provider::new();
    let room = asking(&server, &provider).await;
    set_property(&room.host, "token", &"another".into());
    until_joined_with(&server, Some("another")).await;
    provider.give(0, &"late".into());
    frame().await;
    assert_eq!(server.heard_of("join").len(), 1);

    let server = Server::new();
    let room = garden(&provider.ask());
    room.press("connect").await;
    opened(&server, 1).await;
    until("the question", || provider.asked() == 2).await;
    set_property(&room.host, "token", &JsValue::NULL);
    until_joined_with(&server, None).await;
}

#[wasm_bindgen_test]
async fn a_function_may_call_back_and_an_element_that_is_gone_is_not_told() {
    let server = Server::new();
    let room = garden(&JsValue::NULL);
    set_property(&room.host, "token", &meddling(&room.host));
    room.press("connect").await;
    opened(&server, 1).await;
    until("another connection", || server.attempts() == 2).await;
    assert!(server.heard_of("join").is_empty());

    let provider = Provider::new();
    let server = Server::new();
    let gone = asking(&server, &provider).await;
    gone.host.remove();
    frame().await;
    provider.give(0, &"late".into());
    frame().await;
    assert!(server.heard_of("join").is_empty());
}

#[wasm_bindgen_test]
async fn the_inspector_neither_shows_nor_exports_it_and_no_attribute_has_it() {
    const SECRET: &str = "very.secret.token";
    let server = Server::new();
    let room = garden(&SECRET.into());
    room.host.set_attribute("inspector", "").expect("an attribute");
    room.press("connect").await;
    opened(&server, 1).await;
    until_joined_with(&server, Some(SECRET)).await;
    let join = |it: &String| it.contains(r#"{"type":"join""#);
    until("the join's row", || rows(&room.host).iter().any(join)).await;
    let mut shown = rows(&room.host).concat();
    for button in ["traffic-export-json", "traffic-export-text"] {
        let files = catch_files();
        room.press(button).await;
        shown += &text_of(&files.get(0)).await.as_string().expect("a text");
    }
    assert!(
        shown.matches("…").count() >= 3,
        "it is in each of them by a mark: {shown}"
    );
    assert!(!shown.contains(SECRET), "{shown}");
    assert!(!room.host.outer_html().contains(SECRET));
    assert!(!room.shadow().inner_html().contains(SECRET));
}
