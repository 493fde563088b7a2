//! What opens beside the conversation, and how the connection is told: people, the menu, the state.

use chat_room_wire::{Member, Presence, Refused, RefusedCode, ServerFrame};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use crate::composing::{focused, is_visible, press_key, width_of};
use crate::page::{Room, frame, until};
use crate::scripted::{BOB, LIN, ME, Server, text};

fn listed(room: &Room) -> Vec<String> {
    let list = room.part("people-list").children();
    let lines = (0..list.length()).filter_map(|index| list.item(index));
    let words = |line: web_sys::Element| {
        let parts = line.query_selector_all("bdi, small").expect("a selector");
        let parts = (0..parts.length()).filter_map(|index| parts.get(index)?.text_content());
        parts.collect::<Vec<_>>().join(" ")
    };
    lines.map(words).collect()
}

fn expanded(room: &Room, id: &str) -> bool {
    room.part(id).get_attribute("aria-expanded").as_deref() == Some("true")
}

fn width(room: &Room, width: &str) {
    room.host.style().set_property("inline-size", width).expect("a width");
}

#[wasm_bindgen_test]
async fn people_are_listed_with_oneself_first_and_who_is_typing() {
    let server = Server::new();
    let room = server.room("people", vec![]).await;
    assert!(!room.is_shown("people-panel"));
    assert_eq!(room.part("people").tag_name(), "BUTTON");
    room.press("people").await;
    assert!(room.is_shown("people-panel") && expanded(&room, "people"));
    assert_eq!(listed(&room), ["Ann you", "Bob", "Lin⟨U+202E⟩nil"]);
    assert!(!room.is_shown("people-search"), "for so few");
    assert_eq!(focused(&room.host), "people-list");

    let (client, on) = (BOB.to_owned(), true);
    server.say(ServerFrame::Typing { client, on });
    frame().await;
    assert_eq!(listed(&room), ["Ann you", "Bob typing…", "Lin⟨U+202E⟩nil"]);
    let member = |client: &str, name: &str| Member {
        client: client.to_owned(),
        name: name.to_owned(),
    };
    server.say(ServerFrame::Presence(Presence {
        joined: vec![member("another", "<b>zoe</b>")],
        left: vec![LIN.to_owned()],
        renamed: vec![member(ME, "Zara")],
        count: 5,
    }));
    frame().await;
    assert_eq!(listed(&room), ["Zara you", "<b>zoe</b>", "Bob typing…"]);
    assert_eq!(
        room.text("people-rest"),
        "and 2 more",
        "whose names the room does not know"
    );

    assert!(press_key(&room.part("people-list"), "Escape", ""));
    assert!(!room.is_shown("people-panel") && !expanded(&room, "people"));
    assert_eq!(focused(&room.host), "people");
    room.press("people").await;
    room.press("people-close").await;
    assert!(!room.is_shown("people-panel"));
}

#[wasm_bindgen_test]
async fn many_people_can_be_searched_and_are_bounded() {
    let server = Server::new();
    let room = server.room("many", vec![]).await;
    let member = |number: u64| Member {
        client: format!("client {number:04}"),
        name: format!("Guest {number:04}"),
    };
    let come = |from: u64, to: u64| {
        server.say(ServerFrame::Presence(Presence {
            joined: (from..to).map(member).collect(),
            count: to,
            ..Presence::default()
        }));
    };
    come(3, 20);
    room.press("people").await;
    assert!(!room.is_shown("people-search"), "20 can be read");
    come(20, 300);
    frame().await;
    assert!(room.is_shown("people-search"));
    assert_eq!(
        (listed(&room).len(), room.text("people-rest").as_str()),
        (200, "and 100 more")
    );
    room.type_into("people-search", "guest 029");
    frame().await;
    assert_eq!(listed(&room).len(), 10);
    assert!(!room.is_shown("people-rest"));
    room.type_into("people-search", "nobody");
    frame().await;
    assert_eq!(
        (listed(&room).len(), room.text("people-rest").as_str()),
        (0, "Nobody here is called that.")
    );
}

#[wasm_bindgen_test]
async fn people_are_beside_the_conversation_where_it_is_wide_and_over_it_where_not() {
    let server = Server::new();
    let room = server.room("wide", vec![text(1, BOB, "hello")]).await;
    room.press("people").await;
    for (size, beside) in [("320px", false), ("899px", false), ("900px", true), ("1200px", true)] {
        width(&room, size);
        frame().await;
        let (log, panel) = (room.part("message"), room.part("people-panel"));
        assert_eq!(
            is_visible(&log),
            beside,
            "{size}: what is covered cannot be reached by Tab"
        );
        let middle = room.shadow().query_selector(".middle").expect("a selector");
        let (whole, room_width) = (width_of(&log) + width_of(&panel), width_of(&middle.expect("it")));
        assert_eq!(whole <= room_width + 1.0, beside, "{size}");
    }
}

#[wasm_bindgen_test]
async fn people_leave_with_the_connection_and_come_back_with_it() {
    let server = Server::new();
    let room = server.room("gone", vec![]).await;
    room.press("people").await;
    server.end(1006);
    until("the wait", || room.state() == "waiting").await;
    assert!(!room.is_shown("people-panel"));
    assert_eq!(focused(&room.host), "text", "the focus was in what is gone");
    room.press("now").await;
    until("another socket", || server.attempts() == 2).await;
    server.let_in(vec![]).await;
    until("people", || room.is_shown("people-panel")).await;
}

#[wasm_bindgen_test]
async fn the_menu_is_a_menu_by_keys_and_by_pointer() {
    let room = Room::open(&[("lang", "en")]);
    let button = || room.part("menu-button");
    let key = |name: &str| {
        let id = focused(&room.host);
        press_key(&room.part(&id), name, "")
    };
    assert_eq!(button().get_attribute("aria-haspopup").as_deref(), Some("menu"));
    assert_eq!(button().get_attribute("aria-label").as_deref(), Some("Menu"));
    button()
        .unchecked_ref::<HtmlElement>()
        .focus()
        .expect("it takes the focus");
    assert!(key("ArrowDown"));
    assert!(room.is_shown("menu") && expanded(&room, "menu-button"));
    for (name, id) in [
        ("", "menu-search"),
        ("ArrowDown", "menu-text"),
        ("ArrowUp", "menu-search"),
        ("ArrowUp", "menu-sound"),
        ("ArrowDown", "menu-search"),
        ("End", "menu-sound"),
        ("Home", "menu-search"),
        ("e", "menu-text"),
        ("E", "menu-json"),
        ("s", "menu-sound"),
        ("s", "menu-search"),
        ("q", "menu-search"),
    ] {
        if !name.is_empty() {
            key(name);
        }
        assert_eq!(focused(&room.host), id, "after {name:?}");
    }
    assert!(key("Escape"));
    assert!(!room.is_shown("menu") && !expanded(&room, "menu-button"));
    assert_eq!(focused(&room.host), "menu-button");
    assert!(key("ArrowUp"));
    assert_eq!(focused(&room.host), "menu-sound");
    assert!(!key("Tab"), "on to what comes next");
    assert!(!room.is_shown("menu"));

    room.press("menu-button").await;
    assert_eq!(focused(&room.host), "menu-search");
    room.part("url")
        .unchecked_ref::<HtmlElement>()
        .focus()
        .expect("it takes the focus");
    assert!(!room.is_shown("menu"), "it is left");
    assert_eq!(focused(&room.host), "url");
    room.press("menu-button").await;
    room.press("menu-button").await;
    assert!(!room.is_shown("menu"));
}

#[wasm_bindgen_test]
async fn the_state_is_always_told_with_its_cause_and_what_can_be_done() {
    let server = Server::new();
    let room = server.room("states", vec![]).await;
    let told = || (room.state(), room.text("status-words"), room.is_shown("now"));
    let buttons = || ["connect", "send", "disconnect"].map(|id| room.text(id));
    let words = buttons();
    assert_eq!(told(), ("open".to_owned(), "Connected".to_owned(), false));
    server.end(1006);
    until("the wait", || room.state() == "waiting").await;
    assert!(
        room.text("status-words").starts_with("Reconnecting"),
        "{}",
        room.text("status-words")
    );
    assert!(room.is_shown("now"));
    assert_eq!((buttons(), room.text("now")), (words.clone(), "Now".to_owned()));
    room.part("now")
        .unchecked_ref::<HtmlElement>()
        .focus()
        .expect("it takes the focus");
    room.press("now").await;
    until("another socket", || server.attempts() == 2).await;
    frame().await;
    assert_eq!(told(), ("connecting".to_owned(), "Connecting…".to_owned(), false));
    assert_eq!(
        focused(&room.host),
        "status",
        "what has the focus does not vanish under it"
    );

    // At the door: the relay says no, in its own words.
    server.accept("chat-room.v1");
    until("a join", || !server.heard_of("join").is_empty()).await;
    server.say(ServerFrame::Refused(Refused {
        n: None,
        code: RefusedCode::Limit,
        message: "this room is full".to_owned(),
        retry_after_ms: None,
    }));
    until("the end", || room.state() == "closed").await;
    assert!(
        room.text("status-words").starts_with("Refused 1"),
        "{}",
        room.text("status-words")
    );
    assert_eq!(room.text("ending"), "The server refused: this room is full");
    assert_eq!(buttons(), words);

    for (code, pill, sentence) in [
        (
            4403,
            "Refused 4403",
            "does not come back by itself: this room may not be entered",
        ),
        (4401, "Refused 4401", "asks for a sign-in"),
        (4499, "Closed 4499", "Press Connect to try again"),
        (1000, "Closed 1000", "finished normally"),
    ] {
        let count = server.attempts();
        room.press("connect").await;
        until("another socket", || server.attempts() == count + 1).await;
        server.let_in(vec![]).await;
        until("the room", || room.state() == "open").await;
        server.end(code);
        until("the end", || room.state() == "closed").await;
        assert_eq!(told(), ("closed".to_owned(), pill.to_owned(), false));
        assert!(room.text("ending").contains(sentence), "{}", room.text("ending"));
        assert_eq!(buttons(), words);
    }
}

#[wasm_bindgen_test]
async fn without_a_network_it_says_so_and_can_still_be_tried() {
    let server = Server::new();
    let attributes = [
        ("lang", "en"),
        ("url", "ws://chat.example/"),
        ("room", "off"),
        ("name", "Ann"),
    ];
    let room = Room::open(&attributes);
    room.press("connect").await;
    server.let_in(vec![]).await;
    until("the room", || room.state() == "open").await;
    let offline = crate::page::events::offline();
    server.end(1006);
    until("the state", || room.state() == "offline").await;
    assert_eq!(room.text("status-words"), "Offline");
    assert!(room.text("ending").contains("by itself"), "{}", room.text("ending"));
    assert!(room.is_shown("now"));
    drop(offline);
    until("another attempt", || server.attempts() == 2).await;
}
