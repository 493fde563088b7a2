//! `<chat-room>` in a document, without a server: what is there, what it says, what it refuses, what it leaves behind.
#![cfg(all(target_arch = "wasm32", feature = "element"))]

mod composing;
mod conversation;
mod embedded;
mod inspector;
mod looks;
mod page;
mod panels;
mod rooms;
mod scripted;
mod theming;
mod token;
mod tools;

use page::{Room, break_next_append, externrefs, frame, until};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Nobody listens here, and no browser blocks the port.
const REFUSED: &str = "ws://127.0.0.1:2/";

#[wasm_bindgen_test]
fn it_has_the_tutorials_parts_under_the_tutorials_names() {
    let room = Room::open(&[("lang", "en")]);
    for (id, tag) in [
        ("message", "DIV"),
        ("text", "TEXTAREA"),
        ("connect", "BUTTON"),
        ("send", "BUTTON"),
        ("disconnect", "BUTTON"),
        ("url", "INPUT"),
        ("protocols", "INPUT"),
        ("status", "BUTTON"),
    ] {
        assert_eq!(room.part(id).tag_name(), tag, "#{id}");
    }
}

#[wasm_bindgen_test]
async fn it_speaks_the_language_of_its_place() {
    for (tag, words) in [
        (
            "zh-CN",
            ["建立连接", "发送数据", "断开连接", "请输入一些文字：", "未连接"],
        ),
        ("ZH", ["建立连接", "发送数据", "断开连接", "请输入一些文字：", "未连接"]),
        (
            "en",
            ["Connect", "Send", "Disconnect", "Type something:", "Not connected"],
        ),
        (
            "fr",
            ["Connect", "Send", "Disconnect", "Type something:", "Not connected"],
        ),
    ] {
        let room = Room::open(&[("lang", tag)]);
        assert_eq!(room.words(), words, "lang={tag}");
    }
    let room = Room::open(&[("lang", "en")]);
    room.host.set_attribute("lang", "zh").expect("an attribute");
    frame().await;
    assert_eq!(room.words()[0], "建立连接", "a change of language");
}

#[wasm_bindgen_test]
async fn a_page_can_put_its_own_words_in_the_place_of_the_elements() {
    let room = Room::open(&[("lang", "en")]);
    // A name that no text has is told in the console, and changes nothing.
    room.set_texts(r#"{"send": "Go", "textHint": "Write.", "nonsense": "x"}"#);
    frame().await;
    assert_eq!((&*room.words()[1], &*room.text("hint")), ("Go", "Write."));
    assert_eq!(room.words()[0], "Connect", "all others stay");
    room.host.set_attribute("lang", "zh").expect("an attribute");
    frame().await;
    assert_eq!((&*room.words()[0], &*room.words()[1]), ("建立连接", "Go"));
    room.set_texts("{}");
    frame().await;
    assert_eq!(room.words()[1], "发送数据");
}

#[wasm_bindgen_test]
async fn buttons_can_be_pressed_exactly_when_it_makes_sense() {
    let room = Room::open(&[("url", REFUSED)]);
    assert_eq!(room.enabled(), ["connect"], "not connected");
    assert_eq!(room.ready_state(), 3);

    room.press("connect").await;
    assert_eq!(room.ready_state(), 0);
    until("the refusal", || room.state() == "waiting").await;
    assert_eq!(
        room.enabled(),
        ["connect", "send", "disconnect"],
        "waiting for the next attempt"
    );
    assert_eq!(room.ready_state(), 0);
    assert!(room.text("ending").contains("1006"), "{}", room.text("ending"));

    room.press("disconnect").await;
    until("the end", || room.state() == "closed").await;
    assert_eq!(room.enabled(), ["connect"], "closed");
    assert_eq!(room.ready_state(), 3);
}

#[wasm_bindgen_test]
async fn a_bad_address_is_told_at_the_field_and_to_the_caller() {
    for (url, english, chinese) in [
        ("", "Enter the server's address", "请输入服务器地址"),
        ("ftp://example.org", "begins with “ftp:”", "以“ftp:”开头"),
        ("example.org/socket", "Begin it with ws://", "请以 ws:// 或 wss:// 开头"),
        ("not an address", "Begin it with ws://", "请以 ws:// 或 wss:// 开头"),
        ("localhost:8005", "begins with “localhost:”", "以“localhost:”开头"),
        ("ws://example.org/#here", "Remove “#here”", "请删除“#here”"),
        ("ws://[", "cannot be read", "无法识别"),
        ("ws://example.org:99999/", "cannot be read", "无法识别"),
        ("ws://a b/", "cannot be read", "无法识别"),
    ] {
        for (lang, words) in [("en", english), ("zh", chinese)] {
            let room = Room::open(&[("lang", lang)]);
            room.type_into("url", url);
            let thrown = room.connect().expect_err("a bad address");
            assert!(!thrown.is_empty(), "{url}: the caller is told nothing");
            frame().await;
            assert!(
                room.text("url-error").contains(words),
                "{url}: {}",
                room.text("url-error")
            );
            assert_eq!(room.part("url").get_attribute("aria-invalid").as_deref(), Some("true"));
            assert_eq!(room.ready_state(), 3);

            room.type_into("url", REFUSED);
            frame().await;
            assert_eq!(room.text("url-error"), "", "gone as soon as it is mended");
        }
    }
}

#[wasm_bindgen_test]
async fn a_bad_subprotocol_is_told_at_its_field() {
    for (names, words) in [
        ("good, b@d", "“b@d” has a character that is not allowed: “@”"),
        ("one,,two", "without a name"),
        ("one, two，one", "“one” is there twice"),
    ] {
        let room = Room::open(&[("lang", "en"), ("url", REFUSED)]);
        room.type_into("protocols", names);
        room.press("connect").await;
        frame().await;
        assert!(
            room.text("protocols-error").contains(words),
            "{names}: {}",
            room.text("protocols-error")
        );
        assert_eq!(room.text("url-error"), "");
        assert_eq!(room.ready_state(), 3);
    }
}

#[wasm_bindgen_test]
async fn nothing_is_sent_without_text_or_connection_and_a_hint_says_why() {
    let room = Room::open(&[("lang", "en"), ("url", REFUSED)]);
    assert!(room.send("hello").expect_err("not connected").contains("connect first"));
    room.press("connect").await;
    for blank in ["", "  \n"] {
        room.type_into("text", blank);
        room.press_enter(false, 13);
        frame().await;
        assert!(room.text("hint").contains("the text is empty"), "{}", room.text("hint"));
        assert_eq!(room.rows("own"), [] as [&str; 0]);
    }
    let long = "x".repeat(64 * 1024 + 37);
    room.type_into("text", &long);
    frame().await;
    assert!(
        room.text("hint").contains("too long by 37 bytes"),
        "{}",
        room.text("hint")
    );
    room.press_enter(false, 13);
    assert_eq!(room.value("text").len(), long.len(), "what is refused stays");
}

#[wasm_bindgen_test]
async fn enter_sends_but_not_while_an_input_method_composes() {
    let room = Room::open(&[("url", REFUSED)]);
    room.press("connect").await;
    room.type_into("text", "你好");
    room.press_enter(true, 229); // Chromium and Firefox, during the composition
    room.press_enter(false, 229); // Safari, after its end
    frame().await;
    assert_eq!(room.value("text"), "你好");
    room.press_enter(false, 13);
    frame().await;
    assert_eq!(room.value("text"), "");
    assert_eq!(room.rows("own"), ["你好"]);
}

#[wasm_bindgen_test]
async fn text_is_text() {
    let room = Room::open(&[("url", REFUSED), ("room", "<b>room</b>"), ("name", "<i>me</i>")]);
    room.press("connect").await;
    let hostile = "<img src=x onerror=\"window.broken = true\"><script>window.broken = true</script>";
    room.send(hostile).expect("it waits for the connection");
    frame().await;
    assert_eq!(room.rows("own"), [hostile]);
    let shadow = room.shadow();
    assert_eq!(shadow.query_selector("img, script, b, i").expect("a selector"), None);
}

#[wasm_bindgen_test]
async fn what_was_not_sent_can_be_sent_again() {
    let room = Room::open(&[("url", REFUSED)]);
    room.press("connect").await;
    room.send("hello").expect("it waits for the connection");
    frame().await;
    assert_eq!(room.delivery(), ["waiting"]);
    room.press("disconnect").await;
    frame().await;
    assert_eq!(room.delivery(), ["failed"]);
    room.press("connect").await;
    room.press_in("#message .again");
    frame().await;
    assert_eq!(room.delivery(), ["waiting"]);
    assert_eq!(room.rows("own"), ["hello"], "the same row");
}

#[wasm_bindgen_test]
async fn a_text_whose_own_row_breaks_the_core_is_kept() {
    let room = Room::open(&[("url", REFUSED)]);
    room.press("connect").await;
    room.type_into("text", "precious");
    room.press_enter(false, 13);
    break_next_append();
    until("the element says that it broke", || room.has("broken")).await;
    room.press("restart").await;
    assert_eq!(room.value("text"), "precious");
}

#[wasm_bindgen_test]
async fn properties_set_before_the_class_was_there_are_kept() {
    let room = Room::with_early_property("url", REFUSED);
    assert_eq!(room.host.get_attribute("url").as_deref(), Some(REFUSED));
    assert_eq!(room.value("url"), REFUSED);
}

#[wasm_bindgen_test]
async fn an_element_that_is_moved_stays_and_one_that_is_removed_leaves_nothing() {
    let announcers = || page::count("[data-chat-room=announcer]");
    frame().await; // the room of the test before leaves in a microtask
    let before = announcers();
    let room = Room::open(&[("url", REFUSED)]);
    room.press("connect").await;
    room.type_into("text", "a draft");
    assert_eq!(announcers(), before + 1);

    page::body().prepend_with_node_1(&room.host).expect("moved");
    frame().await;
    assert_eq!(room.value("text"), "a draft");
    assert_eq!(room.ready_state(), 0, "still on its way");

    room.host.remove();
    frame().await;
    assert_eq!(announcers(), before);
    assert_eq!(room.ready_state(), 3);
    assert_eq!(room.shadow().child_element_count(), 0);
}

#[wasm_bindgen_test]
async fn a_hundred_elements_come_and_go_and_leave_nothing_behind() {
    let mut live = Vec::new();
    for _ in 0..3 {
        for _ in 0..100 {
            let room = Room::open(&[("url", REFUSED), ("autoconnect", "")]);
            room.send("waiting").expect("it waits for the connection");
            room.host.remove();
        }
        frame().await;
        frame().await;
        live.push(externrefs());
    }
    assert!(live[2] <= live[1], "each round leaves more behind: {live:?}");
}
