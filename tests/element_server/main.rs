//! `<chat-room>` against the test server: what arrives, what the page is told, and a page that sleeps and wakes.
#![cfg(all(target_arch = "wasm32", feature = "element"))]

#[path = "../element/page.rs"]
mod page;

use page::{Events, Room, announced, break_next_append, count, events, frame, open_connections, until};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const SERVER: &str = match option_env!("CHAT_ROOM_TEST_SERVER") {
    Some(server) => server,
    None => "ws://127.0.0.1:8006",
};

async fn connected(path: &str) -> Room {
    let room = Room::open(&[("lang", "en"), ("url", &format!("{SERVER}{path}"))]);
    room.press("connect").await;
    until(
        "an open connection (is the test server running? `cargo xtask test-server`)",
        || room.state() == "open",
    )
    .await;
    room
}

#[wasm_bindgen_test]
async fn what_is_sent_comes_back_and_the_page_is_told() {
    let room = Room::open(&[("url", &format!("{SERVER}/echo"))]);
    let told = Events::of(&room);
    room.press("connect").await;
    until("an open connection", || room.state() == "open").await;
    assert_eq!(room.ready_state(), 1);
    room.send("你好 👋").expect("connected");
    until("the echo", || room.rows("theirs") == ["你好 👋"]).await;
    assert_eq!(room.rows("own"), ["你好 👋"]);
    assert_eq!(room.delivery(), ["sent"]);
    room.press("disconnect").await;
    until("the end", || room.state() == "closed").await;
    assert_eq!(
        told.list(),
        [
            "statechange connecting 0",
            "statechange open 1",
            "message 你好 👋",
            "statechange closing 2",
            "statechange closed 3",
            "close 1000  true",
        ]
    );
    assert!(
        room.text("ending").contains("you left (1000, clean)"),
        "{}",
        room.text("ending")
    );
}

#[wasm_bindgen_test]
async fn frames_right_after_open_are_all_there_in_order() {
    let room = connected("/greet?n=60").await;
    until("all frames", || room.rows("theirs").len() == 60).await;
    let numbers: Vec<usize> = room
        .rows("theirs")
        .iter()
        .filter_map(|text| text.trim_matches(|it: char| !it.is_ascii_digit()).parse().ok())
        .collect();
    assert_eq!(numbers.len(), 60);
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
}

#[wasm_bindgen_test]
async fn the_server_ends_it_and_the_page_says_how() {
    let room = Room::open(&[
        ("lang", "en"),
        ("url", &format!("{SERVER}/close?code=4403&reason=%E5%86%8D%E8%A7%81")),
    ]);
    let told = Events::of(&room);
    room.press("connect").await;
    until("the end", || room.state() == "closed").await;
    for words in ["4403", "clean", "再见", "defined by this server"] {
        assert!(room.text("ending").contains(words), "{words}: {}", room.text("ending"));
    }
    assert_eq!(told.list().last().map(String::as_str), Some("close 4403 再见 true"));
}

#[wasm_bindgen_test]
async fn a_frozen_page_lets_go_and_a_woken_one_comes_back() {
    for (sleep, wake) in [("freeze", "resume"), ("pagehide", "pageshow")] {
        let room = connected("/echo").await;
        events::page(sleep);
        assert_eq!(room.ready_state(), 0, "{sleep}: waiting to come back");
        frame().await;
        assert_eq!(room.state(), "waiting");
        room.send("typed while asleep").expect("it waits");
        events::page(wake);
        until("the echo of what waited", || {
            room.rows("theirs") == ["typed while asleep"]
        })
        .await;
        assert_eq!(room.ready_state(), 1, "{wake}");
    }
}

#[wasm_bindgen_test]
async fn a_machine_without_a_network_still_reaches_itself() {
    let _offline = events::offline();
    let room = Room::open(&[("url", &format!("{SERVER}/close?code=4001"))]);
    room.press("connect").await;
    until("a retry without a network", || room.rows("notice").len() > 3).await;
}

#[wasm_bindgen_test]
async fn another_address_is_another_connection_and_a_bad_one_changes_nothing() {
    let room = connected("/echo").await;
    assert_eq!(room.enabled(), ["send", "disconnect"], "already connected there");
    room.press("change").await;
    room.type_into("url", "not an address");
    frame().await;
    room.press("connect").await;
    frame().await;
    assert_eq!(
        (room.ready_state(), room.state().as_str()),
        (1, "open"),
        "the old connection stays"
    );
    room.send("still here").expect("connected");
    until("the echo", || room.rows("theirs") == ["still here"]).await;

    room.type_into("url", &format!("{SERVER}/greet?n=1"));
    frame().await;
    assert_eq!(room.enabled(), ["connect", "send", "disconnect"]);
    room.press("connect").await;
    until("the other server", || room.rows("theirs").len() == 2).await;
}

#[wasm_bindgen_test]
async fn a_core_that_breaks_says_so_leaves_nothing_behind_and_can_be_started_again() {
    let url = format!("{SERVER}/echo");
    let bystander = connected("/echo").await;
    let announcers = count("[data-chat-room=announcer]");
    let room = connected("/echo").await;
    let open = open_connections(SERVER).await;
    room.type_into("text", "a draft");
    break_next_append();
    room.send("hello").expect("connected");
    until("the element says that it broke", || room.has("broken")).await;
    assert_eq!(room.ready_state(), 3);
    assert_eq!(count("[data-chat-room=announcer]"), announcers);
    while open_connections(SERVER).await >= open {
        frame().await;
    }

    bystander.send("still here").expect("connected");
    until("the other element's echo", || {
        bystander.rows("theirs") == ["still here"]
    })
    .await;

    room.press("restart").await;
    assert_eq!((room.value("url"), room.value("text")), (url, "a draft".to_owned()));
    room.press("connect").await;
    until("a new connection", || room.state() == "open").await;
    room.send("again").expect("connected");
    until("the echo", || room.rows("theirs") == ["again"]).await;
}

#[wasm_bindgen_test]
async fn a_reader_at_the_end_stays_there_when_the_size_changes() {
    let room = connected("/greet?n=60").await;
    until("all frames", || room.rows("theirs").len() == 60).await;
    room.send(&"a long text, which takes more lines where there is less room ".repeat(20))
        .expect("connected");
    until("its echo", || room.rows("theirs").len() == 61).await;
    assert!(room.distance_from_end() < 24.0, "{}", room.distance_from_end());
    room.narrow_while_scrolling();
    for _ in 0..3 {
        frame().await;
    }
    assert!(room.distance_from_end() < 24.0, "{}", room.distance_from_end());
}

#[wasm_bindgen_test]
async fn what_was_read_out_is_not_read_out_again_in_another_language() {
    let room = connected("/echo").await;
    room.send("old news").expect("connected");
    until("the echo is read out", || announced().contains("old news")).await;
    until("silence", || announced().is_empty()).await;
    room.host.set_attribute("lang", "zh").expect("an attribute");
    frame().await;
    room.send("fresh news").expect("connected");
    until("the next echo is read out", || announced().contains("fresh news")).await;
    assert!(!announced().contains("old news"), "{}", announced());
}

#[wasm_bindgen_test]
async fn a_network_that_does_not_keep_up_is_given_a_mebibyte_and_no_byte_more() {
    // One text that has failed, to be sent again below. Nobody listens at that port.
    let room = Room::open(&[("url", "ws://127.0.0.1:2/")]);
    room.press("connect").await;
    room.send("x").expect("it waits for the connection");
    until("a waiting text", || room.delivery() == ["waiting"]).await;
    room.press("disconnect").await;
    until("a failed text", || room.delivery() == ["failed"]).await;

    room.type_into("url", &format!("{SERVER}/mute"));
    room.press("connect").await;
    until("an open connection", || room.state() == "open").await;
    // All in one task, in which the browser sends nothing yet.
    let piece = "x".repeat(64 * 1024);
    for _ in 0..16 {
        room.send(&piece).expect("room for a mebibyte");
    }
    assert!(
        room.send("x")
            .expect_err("a byte too many")
            .contains("1048576 bytes still wait")
    );
    room.press_in("#message .again");
    frame().await;
    // The rows of the long texts come first.
    until("a text that was not sent either", || {
        room.delivery().contains(&"failed".to_owned())
    })
    .await;
}
