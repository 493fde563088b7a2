//! The inspector: what it lists, shows, sends and exports, and that it costs nothing when it is closed.

use chat_room_wire::ServerFrame;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

use crate::page::{Room, externrefs, frame, until};
use crate::scripted::Server;

#[wasm_bindgen(module = "/tests/element/inspector.js")]
extern "C" {
    /// `false` if the element has taken the key.
    fn press(element: &Element, key: &str) -> bool;
    fn focused(element: &Element) -> String;
    fn focus(part: &Element);
    fn get(element: &Element) -> bool;
    fn set(element: &Element, value: bool);
    fn rows(element: &Element) -> Vec<String>;
    #[wasm_bindgen(js_name = clickRow)]
    fn click_row(element: &Element, text: &str);
    #[wasm_bindgen(js_name = catchFiles)]
    fn catch_files() -> js_sys::Array;
    #[wasm_bindgen(js_name = textOf)]
    async fn text_of(blob: &JsValue) -> JsValue;
    #[wasm_bindgen(js_name = catchCopies)]
    fn catch_copies(works: bool) -> js_sys::Array;
    #[wasm_bindgen(js_name = releaseCopies)]
    fn release_copies();
    #[wasm_bindgen(js_name = countPaints)]
    fn count_paints(element: &Element) -> js_sys::Function;
}

/// An element that is connected in plain text, with the inspector open.
async fn plain(server: &Server) -> Room {
    let room = Room::open(&[("lang", "en"), ("url", "ws://localhost/"), ("inspector", "")]);
    room.press("connect").await;
    server.accept("");
    until("the connection", || room.state() == "open").await;
    frame().await;
    room
}

async fn until_rows(room: &Room, what: &str, fits: impl Fn(&[String]) -> bool) -> Vec<String> {
    until(what, || fits(&rows(&room.host))).await;
    rows(&room.host)
}

async fn until_last(room: &Room, last: &str) -> Vec<String> {
    until_rows(room, last, |it| it.last().is_some_and(|it| it == last)).await
}

fn is_hidden(room: &Room, id: &str) -> bool {
    room.part(id).has_attribute("hidden")
}

#[wasm_bindgen_test]
async fn everything_that_happens_to_sockets_is_in_one_list_across_reconnects() {
    let server = Server::new();
    let room = plain(&server).await;
    room.send("hello\nthere").expect("it is open");
    server.say_text("你好");
    server.say_bytes(&[0, 0x9f, 0xff]);
    server.end_because(4001, "soon");
    until("another attempt", || server.attempts() == 2).await;
    server.accept("");
    until_last(&room, "• 1 OPEN Open").await;
    room.press("disconnect").await;
    let listed = until_rows(&room, "the end", |it| it.last().is_some_and(|it| it.contains("1000 ·"))).await;
    assert_eq!(
        listed,
        [
            "• 0 CONNECTING Connecting to ws://localhost/ · attempt 1",
            "• 1 OPEN Open",
            "↑ 11 B hello⏎there",
            "↓ 6 B 你好",
            "↓ 3 B 00 9f ff",
            "• 3 CLOSED Closed 4001 · defined by this server · clean · soon",
            "• 0 CONNECTING Connecting to ws://localhost/ · attempt 2",
            "• 1 OPEN Open",
            "• 2 CLOSING Closing with 1000",
            "• 3 CLOSED Closed 1000 · finished normally · clean",
        ]
    );
    assert_eq!(room.text("traffic-status"), "10 recorded · 54 B · 10 shown");
}

#[wasm_bindgen_test]
async fn closed_it_records_nothing_and_opened_it_says_from_where_on() {
    let server = Server::new();
    let room = Room::open(&[("lang", "en"), ("url", "ws://localhost/")]);
    room.press("connect").await;
    server.accept("");
    until("the connection", || room.state() == "open").await;
    server.say_text("before");
    assert!(!room.has("inspector") && !get(&room.host));

    set(&room.host, true);
    assert!(room.host.has_attribute("inspector") && room.has("inspector"));
    server.say_text("seen");
    let listed = until_last(&room, "↓ 4 B seen").await;
    assert_eq!(listed[0], "• 1 OPEN Recording from here on · ws://localhost/");
    assert_eq!(listed.len(), 2);

    set(&room.host, false);
    assert!(!room.has("inspector"));
    server.say_text("unseen");
    frame().await;
    room.host.set_attribute("inspector", "").expect("an attribute");
    server.say_text("later");
    let listed = until_last(&room, "↓ 5 B later").await;
    assert_eq!(listed.len(), 4, "what was recorded is still there: {listed:?}");
    assert!(listed[2].contains("Recording from here on"));
}

#[wasm_bindgen_test]
async fn the_menu_opens_it_and_escape_gives_the_focus_back() {
    let room = Room::open(&[("lang", "en")]);
    let choose = async || {
        room.press("menu-button").await;
        room.press("menu-inspector").await;
    };
    choose().await;
    assert!(get(&room.host) && room.has("inspector"));
    assert_eq!(focused(&room.host), "traffic");
    assert!(room.text("traffic-empty").starts_with("Nothing recorded yet"));
    assert!(!press(&room.host, "Escape"));
    assert!(!get(&room.host) && !room.has("inspector"));
    assert_eq!(focused(&room.host), "menu-button");

    choose().await;
    room.press("inspector-close").await;
    assert!(!room.has("inspector"));
    choose().await;
    choose().await;
    assert!(!room.has("inspector"), "what is open is closed from there too");
}

#[wasm_bindgen_test]
async fn keys_walk_through_the_list_and_open_what_is_there() {
    let server = Server::new();
    let room = plain(&server).await;
    server.say_text(r#"{"b":1.50,"a":[true]}"#);
    server.say_bytes(b"\x00binary");
    server.say_text("a\u{202e}b");
    until_rows(&room, "all", |it| it.len() == 5).await;

    focus(&room.part("traffic"));
    assert!(!press(&room.host, "End"));
    frame().await;
    let active = room.part("traffic-active");
    assert!(active.text_content().unwrap_or_default().contains("⟨U+202E⟩"));
    assert_eq!(active.get_attribute("aria-selected").as_deref(), Some("true"));
    assert_eq!(
        room.part("traffic").get_attribute("aria-activedescendant").as_deref(),
        Some("traffic-active")
    );
    assert!(is_hidden(&room, "traffic-detail"));
    press(&room.host, "Enter");
    frame().await;
    assert_eq!(room.text("traffic-content"), "a⟨U+202E⟩b");
    assert!(is_hidden(&room, "traffic-json"));

    press(&room.host, "ArrowUp");
    frame().await;
    assert_eq!(
        room.text("traffic-content"),
        "00000000   00 62 69 6e 61 72 79                              .binary"
    );
    press(&room.host, "ArrowUp");
    frame().await;
    assert_eq!(
        room.text("traffic-content"),
        "{\n  \"b\": 1.50,\n  \"a\": [\n    true\n  ]\n}"
    );
    room.press("traffic-text").await;
    frame().await;
    assert_eq!(room.text("traffic-content"), r#"{"b":1.50,"a":[true]}"#);
    room.press("traffic-hex").await;
    frame().await;
    assert!(room.text("traffic-content").starts_with("00000000   7b 22 62 22"));
    room.press("traffic-json").await;

    press(&room.host, "Home");
    frame().await;
    assert!(
        room.text("traffic-content")
            .starts_with("Connecting to ws://localhost/")
    );
    focus(&room.part("traffic-content"));
    assert!(!press(&room.host, "Escape"));
    frame().await;
    assert!(is_hidden(&room, "traffic-detail") && room.has("inspector"));
    assert_eq!(focused(&room.host), "traffic");
    assert!(press(&room.host, "x"), "other keys are left to the browser");
}

#[wasm_bindgen_test]
async fn the_protocols_signs_of_life_are_one_row_that_opens() {
    let server = Server::new();
    let room = Room::open(&[
        ("lang", "en"),
        ("url", "ws://localhost/"),
        ("room", "lobby"),
        ("name", "Ann"),
        ("inspector", ""),
    ]);
    room.press("connect").await;
    server.let_in(Vec::new()).await;
    until("the room", || room.state() == "open").await;
    for _ in 0..12 {
        server.say(ServerFrame::Pong);
    }
    let fold = "▸ Heartbeat: 0 pings, 12 pongs";
    let listed = until_last(&room, fold).await;
    let join = listed.iter().find(|it| it.starts_with('↑')).expect("a join");
    assert!(join.contains(r#"{"type":"join""#), "{join}");
    assert!(listed[1].contains("subprotocol chat-room.v1"), "{listed:?}");
    assert!(room.text("raw-hint").contains("past the room’s guarantee"));

    click_row(&room.host, "Heartbeat");
    until_last(&room, r#" ↓ 15 B {"type":"pong"}"#).await;
    focus(&room.part("traffic"));
    press(&room.host, "ArrowLeft");
    let closed = until_last(&room, fold).await;
    assert_eq!(closed, listed);
    press(&room.host, "ArrowRight");
    let opened = until_last(&room, r#" ↓ 15 B {"type":"pong"}"#).await;
    assert_eq!(opened.iter().filter(|it| it.starts_with(' ')).count(), 12);
}

#[wasm_bindgen_test]
async fn it_filters_pauses_and_clears() {
    let server = Server::new();
    let room = plain(&server).await;
    server.say_text("apple");
    server.say_text("pear");
    server.say_bytes(&[0xca, 0xfe]);
    room.send("apple pie").expect("it is open");
    until_last(&room, "↑ 9 B apple pie").await;
    for (text, expected) in [
        ("APPLE", &["↓ 5 B apple", "↑ 9 B apple pie"][..]),
        ("ca fe", &["↓ 2 B ca fe"]),
        ("nothing", &[]),
    ] {
        room.type_into("traffic-filter", text);
        frame().await;
        assert_eq!(rows(&room.host), expected, "{text}");
    }
    assert_eq!(room.text("traffic-empty"), "No row fits the filter.");
    focus(&room.part("traffic-filter"));
    press(&room.host, "Escape");
    frame().await;
    assert_eq!((room.value("traffic-filter").as_str(), rows(&room.host).len()), ("", 6));
    room.press("traffic-events").await;
    room.press("traffic-received").await;
    until_rows(&room, "what was sent", |it| it == ["↑ 9 B apple pie"]).await;
    room.press("traffic-events").await;
    room.press("traffic-received").await;

    room.press("traffic-pause").await;
    server.say_text("meanwhile");
    server.say_text("meanwhile");
    until("it says so", || {
        room.text("traffic-status") == "Paused: the list stands still, 2 more recorded meanwhile"
    })
    .await;
    assert_eq!(rows(&room.host).len(), 6);
    room.press("traffic-pause").await;
    until_rows(&room, "all of them", |it| it.len() == 8).await;

    room.press("traffic-clear").await;
    until_rows(&room, "nothing", <[String]>::is_empty).await;
    server.say_text("new");
    until_rows(&room, "the next one", |it| it == ["↓ 3 B new"]).await;
}

#[wasm_bindgen_test]
async fn raw_messages_go_out_as_they_are_and_are_had_again() {
    let server = Server::new();
    let room = plain(&server).await;
    room.type_into("raw-text", " as it is ");
    room.press("raw-send").await;
    assert_eq!(server.told(), [" as it is "]);
    assert_eq!(room.value("raw-text"), "");
    until_last(&room, "↑ 10 B  as it is ").await;
    assert_eq!(room.texts(), [] as [&str; 0], "it is not part of the conversation");

    room.press("raw-hex").await;
    for (typed, words) in [
        ("00 9f\n 1x", "line 2, place 3: “x” is no hexadecimal digit"),
        ("0x1 22", "line 1, place 1, has only one digit"),
    ] {
        room.type_into("raw-text", typed);
        focus(&room.part("raw-text"));
        assert!(!press(&room.host, "Enter"));
        frame().await;
        assert!(room.text("raw-hint").contains(words), "{}", room.text("raw-hint"));
        assert_eq!(room.value("raw-text"), typed, "what is refused stays");
    }
    room.type_into("raw-text", "0x00, 9F\nff");
    frame().await;
    assert!(!room.text("raw-hint").contains("Nothing was sent"));
    press(&room.host, "Enter");
    assert_eq!(server.told(), [" as it is ", "0,159,255"]);
    until_last(&room, "↑ 3 B 00 9f ff").await;

    room.type_into("raw-text", "draft");
    press(&room.host, "ArrowUp");
    assert_eq!(room.value("raw-text"), "0x00, 9F\nff");
    let is_hex = || room.part("raw-hex").get_attribute("aria-pressed").as_deref() == Some("true");
    assert!(is_hex());
    focus(&room.part("raw-text"));
    press(&room.host, "ArrowDown");
    assert_eq!(room.value("raw-text"), "draft");

    // The same, the other way to write it.
    room.type_into("raw-text", "e4 bd a0");
    room.press("raw-hex").await;
    assert_eq!((room.value("raw-text").as_str(), is_hex()), ("你", false));
    room.press("raw-hex").await;
    assert_eq!((room.value("raw-text").as_str(), is_hex()), ("e4 bd a0", true));

    room.press("disconnect").await;
    until("the end", || room.state() == "closed").await;
    room.press("raw-send").await;
    frame().await;
    assert!(room.text("raw-hint").contains("there is no connection"));
}

#[wasm_bindgen_test]
async fn what_is_here_is_copied_and_exported() {
    let server = Server::new();
    let room = plain(&server).await;
    server.say_text("one\nline \"two\"");
    server.say_bytes(&[1, 0xab]);
    until_rows(&room, "all", |it| it.len() == 4).await;

    let copies = catch_copies(true);
    click_row(&room.host, "one");
    room.press("traffic-copy").await;
    click_row(&room.host, "01 ab");
    room.press("traffic-copy").await;
    until("both copies", || copies.length() == 2).await;
    assert_eq!(copies.get(0).as_string().as_deref(), Some("one\nline \"two\""));
    assert_eq!(copies.get(1).as_string().as_deref(), Some("01 ab"));
    catch_copies(false);
    room.press("traffic-copy").await;
    until("the refusal", || {
        room.text("traffic-status").contains("does not let this page copy")
    })
    .await;
    release_copies();

    // What does not fit the filter is exported too.
    room.type_into("traffic-filter", "nothing");
    for (button, name, lines) in [
        (
            "traffic-export-json",
            "chat-room.jsonl",
            [
                r#""event":"open","readyState":1"#,
                r#""event":"received","bytes":14,"text":"one\nline \"two\"""#,
                r#""event":"received","bytes":2,"hex":"01 ab""#,
            ],
        ),
        (
            "traffic-export-text",
            "chat-room.txt",
            [
                " open readyState 1",
                " received 14 bytes one",
                " received 2 bytes binary 01 ab",
            ],
        ),
    ] {
        let files = catch_files();
        room.press(button).await;
        assert_eq!(files.get(1).as_string().as_deref(), Some(name));
        let text = text_of(&files.get(0)).await.as_string().expect("a text");
        for line in lines {
            assert!(text.contains(line), "{line} is not in {text}");
        }
    }
}

#[wasm_bindgen_test]
async fn a_long_message_is_shown_bit_by_bit() {
    let server = Server::new();
    let room = plain(&server).await;
    server.say_text(&"x".repeat(65_536));
    server.say_text(&"y".repeat(300_000));
    until_rows(&room, "both", |it| it.len() == 4).await;
    click_row(&room.host, "65536 B");
    frame().await;
    assert_eq!(room.text("traffic-content").len(), 16_384);
    room.press("traffic-more").await;
    frame().await;
    assert_eq!(room.text("traffic-content").len(), 65_536);
    assert!(is_hidden(&room, "traffic-more"));

    click_row(&room.host, "300000 B");
    for _ in 0..2 {
        frame().await;
        room.press("traffic-more").await;
    }
    frame().await;
    assert_eq!(room.text("traffic-content").len(), 262_144);
    let note = room.part("traffic-detail").text_content().unwrap_or_default();
    assert!(
        note.contains("Only the first 262144 of 300000 bytes are kept."),
        "{note}"
    );
}

#[wasm_bindgen_test]
async fn thousands_of_frames_are_few_rows_and_one_paint_a_frame() {
    let server = Server::new();
    let room = plain(&server).await;
    frame().await;
    let paints = count_paints(&room.host);
    let paints = || paints.call0(&JsValue::NULL).ok().and_then(|it| it.as_f64());
    for number in 1..=2_000 {
        server.say_text(&number.to_string());
    }
    assert_eq!(paints(), Some(0.0), "nothing is painted before a frame");
    frame().await;
    assert_eq!(paints(), Some(1.0));
    let listed = until_last(&room, "↓ 4 B 2000").await;
    assert!(listed.len() <= 200, "{}", listed.len());
    assert!(room.text("traffic-status").starts_with("2002 recorded"));

    // Those above are there when they are looked for.
    focus(&room.part("traffic"));
    press(&room.host, "Home");
    let start = until_rows(&room, "the beginning", |it| it[0].contains("attempt 1")).await;
    assert!(start.len() <= 200, "{}", start.len());
    server.say_text("more");
    frame().await;
    assert_eq!(rows(&room.host), start, "who reads is not moved");
    press(&room.host, "End");
    until_last(&room, "↓ 4 B more").await;
}

#[wasm_bindgen_test]
async fn where_there_is_little_room_it_stands_in_the_place_of_the_conversation() {
    let room = Room::open(&[("lang", "en")]);
    for (width, has_both) in [("320px", false), ("700px", true), ("1000px", true)] {
        room.host.style().set_property("inline-size", width).expect("a size");
        set(&room.host, true);
        frame().await;
        for id in ["message", "text"] {
            assert_eq!(room.is_shown(id), has_both, "#{id} at {width}");
        }
        for id in ["connect", "disconnect", "traffic", "raw-send"] {
            assert!(room.is_shown(id), "#{id} at {width}");
        }
        set(&room.host, false);
        frame().await;
        assert!(room.is_shown("message") && room.is_shown("text"), "closed at {width}");
    }
}

#[wasm_bindgen_test]
async fn it_speaks_both_languages_and_says_what_browsers_hide() {
    let room = Room::open(&[("lang", "zh-CN"), ("inspector", "")]);
    frame().await;
    assert_eq!(room.text("raw-send"), "原样发送");
    assert!(room.text("limits").contains("1006"));
    assert!(room.text("limits").contains("ping"));
    room.host.set_attribute("lang", "en").expect("an attribute");
    frame().await;
    assert_eq!(room.text("raw-send"), "Send raw");
    for words in ["HTTP headers", "ping and pong frames", "1006", "tab’s key"] {
        assert!(room.text("limits").contains(words), "{words}");
    }
}

#[wasm_bindgen_test]
async fn opened_and_closed_a_hundred_times_it_leaves_nothing_behind() {
    let room = Room::open(&[("lang", "en")]);
    let mut live = Vec::new();
    for _ in 0..3 {
        for _ in 0..100 {
            set(&room.host, true);
            set(&room.host, false);
        }
        frame().await;
        frame().await;
        live.push(externrefs());
    }
    assert!(live[2] <= live[1], "each round leaves more behind: {live:?}");
}
