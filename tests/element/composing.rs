//! What the text box is for: new texts, answers, edits, commands; and what an input method may do in it.

use chat_room_wire::{Body, Entry, Joined, Limits, ServerFrame};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

use crate::page::{Room, announced, frame, until};
use crate::scripted::{BOB, ME, Server, entry, joined, text};

#[wasm_bindgen(module = "/tests/element/composing.js")]
extern "C" {
    fn play(field: &Element, steps: Vec<String>) -> Vec<String>;
    #[wasm_bindgen(js_name = key)]
    pub(crate) fn press_key(field: &Element, name: &str, modifier: &str) -> bool;
    pub(crate) fn height(part: &Element) -> f64;
    pub(crate) fn top(part: &Element) -> f64;
    #[wasm_bindgen(js_name = isVisible)]
    pub(crate) fn is_visible(part: &Element) -> bool;
    #[wasm_bindgen(js_name = widthOf)]
    pub(crate) fn width_of(part: &Element) -> f64;
    pub(crate) fn focused(host: &Element) -> String;
    fn caret(field: &Element) -> u32;
}

/// Presses a key in the text box. Gives whether the element has taken it.
fn key(room: &Room, name: &str) -> bool {
    press_key(&room.part("text"), name, "")
}

fn log() -> Vec<Entry> {
    vec![
        text(1, BOB, "first"),
        text(2, ME, "mine"),
        text(3, BOB, "second"),
        text(4, ME, "my last"),
        text(5, BOB, "third"),
    ]
}

fn edit(seq: u64, of: u64, client: &str, text: &str) -> Entry {
    let text = text.to_owned();
    entry(seq, client, seq, Body::Edit { of, text })
}

/// The bar above the text box: what it says, and quotes.
fn bar(room: &Room) -> Option<(String, String)> {
    room.is_shown("mode")
        .then(|| (room.text("mode-words"), room.text("mode-quote")))
}

#[wasm_bindgen_test]
async fn an_answer_says_whom_it_answers_and_is_sent_as_one() {
    let server = Server::new();
    let room = server.room("answers", log()).await;
    assert_eq!(bar(&room), None);
    room.type_into("text", "half a thought");
    for (name, words, quote) in [
        ("ArrowUp", "Replying to Bob", "third"),
        ("ArrowUp", "Replying to Ann", "my last"),
        ("ArrowDown", "Replying to Bob", "third"),
    ] {
        assert!(press_key(&room.part("text"), name, "alt"), "{name}");
        frame().await;
        assert_eq!(bar(&room), Some((words.to_owned(), quote.to_owned())));
    }
    assert_eq!(room.value("text"), "half a thought", "an answer takes nothing away");
    until("the words read out", || announced().contains("Replying to Bob")).await;
    room.press_enter(false, 13);
    frame().await;
    let post = server.heard_of("post").pop().expect("a post");
    assert!(post.contains(r#""text":"half a thought","reply_to":5"#), "{post}");
    assert_eq!(bar(&room), None, "the next one answers nothing");
    room.type_into("text", "more");
    room.press_enter(false, 13);
    assert!(!server.heard_of("post").pop().expect("a post").contains("reply_to"));

    press_key(&room.part("text"), "ArrowUp", "alt");
    frame().await;
    room.type_into("text", "kept");
    assert!(key(&room, "Escape"));
    frame().await;
    assert_eq!((bar(&room), room.value("text")), (None, "kept".to_owned()));
    assert!(!key(&room, "Escape"), "what closes nothing is left to the page");
}

#[wasm_bindgen_test]
async fn an_edit_gets_the_text_and_gives_back_what_was_typed() {
    let server = Server::new();
    let room = server.room("edits", log()).await;
    room.type_into("text", "x");
    assert!(!key(&room, "ArrowUp"), "in a text the key moves the caret");
    room.type_into("text", "");
    assert!(key(&room, "ArrowUp"));
    frame().await;
    let editing = |quote: &str| Some(("Editing your message".to_owned(), quote.to_owned()));
    assert_eq!(
        (room.value("text").as_str(), bar(&room)),
        ("my last", editing("my last"))
    );

    room.type_into("text", "my very last");
    room.press_enter(false, 13);
    frame().await;
    let post = server.heard_of("post").pop().expect("a post");
    assert!(
        post.contains(r#"{"type":"edit","of":4,"text":"my very last"}"#),
        "{post}"
    );
    assert_eq!((room.value("text").as_str(), bar(&room)), ("", None));
    server.entry(edit(6, 4, ME, "my very last"));
    frame().await;
    assert!(room.texts().contains(&"my very last".to_owned()));

    // Nothing has changed: nothing is said.
    let said = server.heard_of("post").len();
    key(&room, "ArrowUp");
    assert_eq!(room.value("text"), "my very last");
    room.press_enter(false, 13);
    frame().await;
    assert_eq!((server.heard_of("post").len(), bar(&room)), (said, None));

    // An answer that is under way waits for the end of the edit.
    press_key(&room.part("text"), "ArrowUp", "alt");
    room.type_into("text", "");
    frame().await;
    assert!(!key(&room, "ArrowUp"), "nothing is edited in the midst of an answer");
    room.press("mode-cancel").await;
    key(&room, "ArrowUp");
    room.type_into("text", "something else");
    assert!(key(&room, "Escape"));
    frame().await;
    assert_eq!((room.value("text").as_str(), bar(&room)), ("", None));
    assert_eq!(server.heard_of("post").len(), said, "a cancelled edit says nothing");
}

#[wasm_bindgen_test]
async fn an_edit_that_leaves_nothing_asks_to_delete() {
    let server = Server::new();
    let room = server.room("emptied", log()).await;
    key(&room, "ArrowUp");
    room.type_into("text", "  ");
    room.press_enter(false, 13);
    frame().await;
    assert_eq!(room.text("mode-words"), "Nothing is left of it. Delete the message?");
    assert!(server.heard_of("post").is_empty());
    assert_eq!(focused(&room.host), "mode-delete");
    assert!(
        press_key(&room.part("mode-delete"), "Escape", ""),
        "Esc does not delete"
    );
    frame().await;
    assert_eq!((bar(&room), room.value("text")), (None, String::new()));
    assert_eq!(focused(&room.host), "text");

    key(&room, "ArrowUp");
    room.type_into("text", "");
    room.press_enter(false, 13);
    frame().await;
    room.type_into("text", "no, this");
    frame().await;
    assert!(!room.is_shown("mode-delete"), "something is typed again");
    room.type_into("text", "");
    room.press_enter(false, 13);
    room.press("mode-delete").await;
    frame().await;
    let post = server.heard_of("post").pop().expect("a post");
    assert!(post.contains(r#"{"type":"retract","of":4}"#), "{post}");
    assert_eq!((bar(&room), room.value("text")), (None, String::new()));
}

#[wasm_bindgen_test]
async fn what_is_answered_or_edited_can_vanish() {
    let server = Server::new();
    let room = server.room("vanished", log()).await;
    key(&room, "ArrowUp");
    room.type_into("text", "too late");
    server.entry(entry(6, ME, 6, Body::Retract { of: 4 }));
    frame().await;
    assert_eq!((bar(&room), room.value("text")), (None, String::new()));
    assert!(
        room.text("hint").contains("were editing is no longer here"),
        "{}",
        room.text("hint")
    );

    press_key(&room.part("text"), "ArrowUp", "alt");
    room.type_into("text", "an answer");
    server.entry(entry(7, BOB, 7, Body::Retract { of: 5 }));
    frame().await;
    let deleted = ("Replying to Bob".to_owned(), "Deleted by its author".to_owned());
    assert_eq!(bar(&room), Some(deleted), "it can still be answered");

    // A connection that comes back changes nothing; a log that begins anew has no such place.
    server.end(1006);
    until("the wait", || room.state() == "waiting").await;
    assert!(bar(&room).is_some());
    room.press("connect").await;
    until("another socket", || server.attempts() == 2).await;
    server.accept("chat-room.v1");
    until("a join", || !server.heard_of("join").is_empty()).await;
    assert!(bar(&room).is_some());
    let mut anew = joined(0);
    anew.epoch = "another".to_owned();
    server.say(ServerFrame::Joined(Box::new(anew)));
    server.history(None, vec![]);
    frame().await;
    assert_eq!((bar(&room), room.value("text").as_str()), (None, "an answer"));
    assert!(room.text("hint").contains("sent without it"), "{}", room.text("hint"));
    room.press_enter(false, 13);
    assert!(!server.heard_of("post").pop().expect("a post").contains("reply_to"));
}

#[wasm_bindgen_test]
async fn an_edit_waits_for_the_connection_too() {
    let server = Server::new();
    let room = server.room("edit away", log()).await;
    key(&room, "ArrowUp");
    server.end(1006);
    until("the wait", || room.state() == "waiting").await;
    room.type_into("text", "later");
    room.press_enter(false, 13);
    frame().await;
    assert_eq!((bar(&room), room.value("text").as_str()), (None, ""));
    room.press("connect").await;
    until("another socket", || server.attempts() == 2).await;
    server.accept("chat-room.v1");
    until("a join", || !server.heard_of("join").is_empty()).await;
    let back = Joined {
        recovered: true,
        ..joined(5)
    };
    server.say(ServerFrame::Joined(Box::new(back)));
    until("the edit", || !server.heard_of("post").is_empty()).await;
    assert!(server.heard_of("post")[0].contains(r#""of":4,"text":"later""#));

    key(&room, "ArrowUp");
    room.press("disconnect").await;
    until("the end", || room.state() == "closed").await;
    room.type_into("text", "never");
    room.press_enter(false, 13);
    frame().await;
    assert!(room.text("hint").contains("no connection"), "{}", room.text("hint"));
    assert_eq!(room.value("text"), "never", "what is refused stays");
    assert!(bar(&room).is_some());
}

/// In the order of events of each browser: what the key does is the input
/// method's, and nothing of it is the element's.
#[wasm_bindgen_test]
async fn no_key_acts_while_an_input_method_composes() {
    // (browser, how a composition begins, how this key comes in its midst, how Enter ends it)
    let browsers = [
        (
            "Chromium",
            "down Process 229|start|update n|write n composing|up n 78 composing",
            "down KEY 229 composing|up KEY 0 composing",
            "down Enter 229 composing|update 你|write 你 composing|end 你|up Enter 13",
        ),
        (
            "Firefox",
            "down Process 229|start|update n|write n composing|up n 78 composing",
            "down KEY 229 composing|up KEY 229 composing",
            "down Enter 229 composing|update 你|end 你|write 你|up Enter 13",
        ),
        (
            "Safari",
            "start|update n|write n composing|down n 229 composing|up n 78 composing",
            "down KEY 229 composing|up KEY 0 composing",
            "write 你 composing|end 你|down Enter 229|up Enter 13",
        ),
        // An Esc that ends the composition comes after its end there.
        (
            "Safari, cancelled",
            "start|update n|write n composing|down n 229 composing",
            "write  composing|end|down KEY 229|up KEY 0",
            "start|update 你|write 你 composing|end 你|down Enter 229|up Enter 13",
        ),
    ];
    for (browser, begin, midst, end) in browsers {
        for name in ["ArrowUp", "ArrowDown", "Escape", "Tab", "Enter"] {
            let server = Server::new();
            let room = server.room(&format!("{browser} {name}"), log()).await;
            press_key(&room.part("text"), "ArrowUp", "alt");
            frame().await;
            let answers = bar(&room);
            let steps = [begin, &midst.replace("KEY", name), end].join("|");
            let taken = play(&room.part("text"), steps.split('|').map(str::to_owned).collect());
            frame().await;
            assert_eq!(taken, [] as [&str; 0], "{browser}: {name} is the input method's");
            assert_eq!(bar(&room), answers, "{browser}: {name}");
            assert_eq!(room.value("text"), "你", "{browser}: {name}");
            assert!(server.heard_of("post").is_empty(), "{browser}: {name}");
            assert!(key(&room, "Enter"), "{browser}: an Enter of one's own");
            assert!(server.heard_of("post")[0].contains("你"), "{browser}");
        }
    }
}

#[wasm_bindgen_test]
async fn nothing_is_suggested_while_an_input_method_composes() {
    for (browser, begin, end) in [
        (
            "Chromium",
            "start|update b|write @b composing",
            "down Enter 229 composing|write @b composing|end b|up Enter 13",
        ),
        (
            "Firefox",
            "start|update b|write @b composing",
            "down Enter 229 composing|end b|write @b|up Enter 13",
        ),
        (
            "Safari",
            "start|update b|write @b composing",
            "write @b composing|end b|down Enter 229|up Enter 13",
        ),
    ] {
        let server = Server::new();
        let room = server.room(&format!("names {browser}"), log()).await;
        let steps = |text: &str| text.split('|').map(str::to_owned).collect();
        play(&room.part("text"), steps(begin));
        assert!(!room.is_shown("suggestions"), "{browser}");
        assert_eq!(play(&room.part("text"), steps(end)), [] as [&str; 0], "{browser}");
        assert!(room.is_shown("suggestions"), "{browser}");
        assert_eq!(room.value("text"), "@b");
    }
}

#[wasm_bindgen_test]
async fn commands_do_what_they_say() {
    let server = Server::new();
    let room = server.room("commands", log()).await;
    let enter = |line: &str| {
        room.type_into("text", line);
        press_key(&room.part("text"), "Escape", "");
        room.press_enter(false, 13);
    };
    let said = || server.heard_of("post").pop().unwrap_or_default();
    enter("/me waves");
    assert!(said().contains(r#""text":"/me waves""#), "{}", said());
    enter("//me is a command");
    assert!(said().contains(r#""text":"/me is a command""#), "{}", said());
    let count = server.heard_of("post").len();

    enter("/nick  Anna ");
    frame().await;
    assert_eq!(server.heard_of("rename"), [r#"{"type":"rename","name":"Anna"}"#]);
    assert_eq!((room.value("name").as_str(), room.value("text").as_str()), ("Anna", ""));
    assert_eq!(room.text("hint"), "You are called Anna now.");
    assert_eq!(room.enabled(), ["send", "disconnect"], "the fields and the room agree");
    enter(&format!("/nick {}", "x".repeat(131)));
    frame().await;
    assert!(
        room.text("hint").contains("too long by 3 bytes"),
        "{}",
        room.text("hint")
    );
    assert!(room.value("text").starts_with("/nick x"), "what is refused stays");

    for (line, words) in [
        ("/foo bar", "/foo is no command; // sends a text that begins with /."),
        ("/nick", "Something is missing: /nick NAME"),
        ("/me ", "Something is missing: /me TEXT"),
    ] {
        enter(line);
        frame().await;
        assert_eq!((room.text("hint").as_str(), room.value("text").as_str()), (words, line));
        assert_eq!(room.part("hint").get_attribute("class").as_deref(), Some("error"));
    }
    assert!(!room.is_shown("help"));
    enter("/help");
    frame().await;
    assert!(room.is_shown("help"));
    for words in ["/nick NAME", "be called this", "/me TEXT", "//"] {
        assert!(room.text("help").contains(words), "{}", room.text("help"));
    }
    assert_eq!(room.value("text"), "");
    assert!(key(&room, "Escape"));
    assert!(!room.is_shown("help"));
    assert_eq!(server.heard_of("post").len(), count, "none of it is for the others");
}

#[wasm_bindgen_test]
async fn plain_text_is_sent_as_it_is_but_for_the_commands_of_rooms() {
    let server = Server::new();
    let room = Room::open(&[("lang", "en"), ("url", "ws://localhost/")]);
    room.press("connect").await;
    server.accept("");
    until("plain text", || room.state() == "open").await;
    let enter = |line: &str| {
        room.type_into("text", line);
        press_key(&room.part("text"), "Escape", "");
        room.press_enter(false, 13);
    };
    for line in ["/nick Ann", "/me waves"] {
        enter(line);
        frame().await;
        assert!(room.text("hint").contains("needs a room"), "{}", room.text("hint"));
        assert_eq!(room.value("text"), line);
    }
    enter("/help");
    assert!(room.is_shown("help"));
    for line in ["/join #rust", "// a remark", "//nick"] {
        enter(line);
    }
    frame().await;
    assert_eq!(room.rows("own"), ["/join #rust", "// a remark", "/nick"]);
    room.type_into("text", "");
    assert!(!key(&room, "ArrowUp"), "nothing can be edited");
    assert!(!room.is_shown("mode"));
}

#[wasm_bindgen_test]
async fn commands_and_names_are_suggested() {
    let server = Server::new();
    let room = server.room("suggestions", log()).await;
    let chosen = || {
        let id = room.part("text").get_attribute("aria-activedescendant")?;
        let option = room.part(&id);
        assert_eq!(option.get_attribute("aria-selected").as_deref(), Some("true"));
        assert_eq!(option.get_attribute("role").as_deref(), Some("option"));
        option.query_selector("bdi").expect("a selector")?.text_content()
    };
    room.type_into("text", "/");
    assert!(room.is_shown("suggestions"));
    assert_eq!(chosen().as_deref(), Some("/nick NAME"));
    for (name, words) in [
        ("ArrowDown", "/me TEXT"),
        ("ArrowDown", "/help "),
        ("ArrowDown", "/nick NAME"),
        ("ArrowUp", "/help "),
    ] {
        assert!(key(&room, name));
        assert_eq!(chosen().as_deref(), Some(words), "{name}");
    }
    assert!(key(&room, "Escape"));
    assert!(!room.is_shown("suggestions"));
    assert_eq!(
        (chosen(), room.value("text").as_str()),
        (None, "/"),
        "Esc takes nothing away"
    );

    for (typed, name, value) in [
        ("/n", "Tab", "/nick "),
        ("/M", "Enter", "/me "),
        ("@b", "Enter", "@Bob "),
        ("你好@B", "Tab", "你好@Bob "),
    ] {
        room.type_into("text", typed);
        assert!(key(&room, name), "{typed}");
        assert_eq!(room.value("text"), value);
        assert_eq!(caret(&room.part("text")) as usize, value.encode_utf16().count());
        assert!(!room.is_shown("suggestions"), "{typed}");
    }
    assert!(server.heard_of("post").is_empty(), "Enter has sent nothing");
    room.type_into("text", "/help");
    assert!(!room.is_shown("suggestions"), "it is there already");
    room.type_into("text", "/m");
    room.press_in("#suggestions [role=option]");
    assert_eq!(room.value("text"), "/me ", "by the pointer");
    assert!(!key(&room, "Tab"), "where nothing is suggested, Tab moves on");
    // A name that hides something is spelled out in the list, and taken as it is.
    room.type_into("text", "@l");
    assert_eq!(chosen().as_deref(), Some("@Lin⟨U+202E⟩nil"));
    key(&room, "Tab");
    assert_eq!(room.value("text"), "@Lin\u{202e}nil ");
}

#[wasm_bindgen_test]
async fn a_text_that_is_too_long_says_so_at_once_and_nothing_jumps() {
    let server = Server::new();
    let room = server.room("long", vec![]).await;
    frame().await;
    let before = top(&room.part("hint"));
    room.type_into("text", &"x".repeat(16 * 1024 + 5));
    frame().await;
    assert!(room.text("hint").contains("too long by 5 bytes"));
    assert_eq!(
        room.part("send").get_attribute("aria-disabled").as_deref(),
        Some("true")
    );
    assert_eq!(
        room.part("send").get_attribute("aria-describedby").as_deref(),
        Some("hint")
    );
    assert_eq!(room.part("text").get_attribute("aria-invalid").as_deref(), Some("true"));
    assert!(
        (top(&room.part("hint")) - before).abs() < 1.0,
        "the line under it keeps its place: {before}, {}",
        top(&room.part("hint"))
    );
    room.type_into("text", "short");
    frame().await;
    assert_eq!(
        room.part("send").get_attribute("aria-disabled").as_deref(),
        Some("false")
    );
    assert_eq!(
        room.part("text").get_attribute("aria-invalid").as_deref(),
        Some("false")
    );
}

#[wasm_bindgen_test]
async fn the_text_box_grows_to_a_third_of_the_element() {
    let server = Server::new();
    let room = server.room("growing", vec![]).await;
    for (size, share) in [("320px", 8.0), ("600px", 4.0)] {
        let host = &room.host;
        host.style().set_property("block-size", size).expect("a size");
        frame().await;
        frame().await;
        room.type_into("text", "");
        let one = height(&room.part("text"));
        room.type_into("text", "one\ntwo");
        assert!(height(&room.part("text")) > one, "{size}: a second line");
        room.type_into("text", &"line\n".repeat(50));
        frame().await;
        let (most, whole) = (height(&room.part("text")), height(host));
        assert!(
            most <= whole / 3.0 + 1.0 && most > whole / share,
            "{size}: {most} of {whole}"
        );
        let end = top(&room.part("hint")) + height(&room.part("hint"));
        assert!(end <= top(host) + whole, "{size}: the line under it is in sight");
    }
}

#[wasm_bindgen_test]
async fn posts_that_wait_for_the_rate_say_so() {
    let server = Server::new();
    let attributes = [
        ("lang", "en"),
        ("url", "ws://localhost/"),
        ("room", "slow"),
        ("name", "Ann"),
    ];
    let room = Room::open(&attributes);
    room.press("connect").await;
    server.accept("chat-room.v1");
    until("a join", || !server.heard_of("join").is_empty()).await;
    let mut slow = joined(0);
    slow.limits = Limits {
        posts_per_second: 1,
        post_burst: 1,
        ..Limits::default()
    };
    server.say(ServerFrame::Joined(Box::new(slow)));
    server.history(None, vec![]);
    room.send("one").expect("connected");
    room.send("two").expect("connected");
    frame().await;
    assert!(
        room.text("hint").contains("faster than this room allows"),
        "{}",
        room.text("hint")
    );
    until("the second", || server.heard_of("post").len() == 2).await;
    until("the usual words", || room.text("hint").contains("Enter sends")).await;
}
