//! The tools of the menu: search, files, notifications and sound.

use chat_room_wire::{Body, Entry};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, Event, HtmlElement};

use crate::composing::{focused, height, press_key, top};
use crate::conversation::{messages, with_history};
use crate::page::{Room, frame, until};
use crate::scripted::{BOB, LIN, ME, Server, entry, text};

#[wasm_bindgen(module = "/tests/element/tools.js")]
extern "C" {
    type Outside;
    #[wasm_bindgen(constructor)]
    fn new(permission: &str, hidden: bool, storage: bool) -> Outside;
    #[wasm_bindgen(method)]
    fn show(this: &Outside);
    #[wasm_bindgen(method, getter)]
    fn tones(this: &Outside) -> f64;
    #[wasm_bindgen(method, getter)]
    fn asked(this: &Outside) -> u32;
    #[wasm_bindgen(method, setter)]
    fn set_answer(this: &Outside, answer: &str);
    #[wasm_bindgen(method)]
    fn told(this: &Outside) -> Vec<String>;
    #[wasm_bindgen(method, js_name = clickLast)]
    fn click_last(this: &Outside);
    #[wasm_bindgen(method, js_name = fileNames)]
    fn file_names(this: &Outside) -> Vec<String>;
    #[wasm_bindgen(method, js_name = fileText)]
    async fn file_text(this: &Outside) -> JsValue;
    #[wasm_bindgen(method, js_name = fileType)]
    fn file_type(this: &Outside) -> String;
    #[wasm_bindgen(method)]
    fn end(this: &Outside);

    #[wasm_bindgen(js_name = withoutHighlights)]
    fn without_highlights(without: bool);
    #[wasm_bindgen(js_name = marked)]
    fn marks(host: &Element, now: bool) -> Vec<String>;
    fn nodes(host: &Element) -> u32;
}

/// As long as it lives, what goes outside is caught.
struct Caught(Outside);

impl Caught {
    fn new(permission: &str, hidden: bool) -> Self {
        Self(Outside::new(permission, hidden, true))
    }
}

impl Drop for Caught {
    fn drop(&mut self) {
        self.0.end();
    }
}

async fn choose(room: &Room, id: &str) {
    room.press("menu-button").await;
    room.press(id).await;
    frame().await;
}

fn checked(room: &Room, id: &str) -> bool {
    room.part("menu-button").unchecked_ref::<HtmlElement>().click();
    let checked = room.part(id).get_attribute("aria-checked").as_deref() == Some("true");
    room.part("menu-button").unchecked_ref::<HtmlElement>().click();
    checked
}

fn log() -> Vec<Entry> {
    vec![
        text(1, BOB, "An apple a day"),
        text(2, ME, "nothing"),
        text(3, LIN, "ＡＰＰＬＥ, apple; 苹果"),
        text(4, BOB, "Ap\u{0301}ple? pinea<b>pple</b>"),
        text(5, BOB, "我喜欢苹果和苹果汁"),
        text(6, BOB, "the pineapple"),
    ]
}

async fn searches(room: &Room) {
    choose(room, "menu-search").await;
    assert!(room.is_shown("search"));
    assert_eq!(focused(&room.host), "search-field");
    for (sought, count, now, found) in [
        ("apple", "1 of 3", &["apple"][..], &["apple", "ＡＰＰＬＥ", "apple"][..]),
        ("ａｐｐｌｅ", "1 of 3", &["apple"], &["apple", "ＡＰＰＬＥ", "apple"]),
        ("苹果", "1 of 2", &["苹果", "苹果"], &["苹果"]),
        ("p\u{301}p", "1 of 1", &["p\u{301}p"], &[]),
        ("<B>", "1 of 1", &["<b>"], &[]),
        ("banana", "Not found", &[], &[]),
        ("", "", &[], &[]),
    ] {
        room.type_into("search-field", sought);
        until(sought, || room.text("search-count") == count).await;
        let sorted = |now: bool| {
            let mut marks = marks(&room.host, now);
            marks.sort();
            marks
        };
        let (mut now, mut found) = (now.to_vec(), found.to_vec());
        now.sort_unstable();
        found.sort_unstable();
        assert_eq!(
            (sorted(true), sorted(false)),
            (owned(&now), owned(&found)),
            "{sought:?}"
        );
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|it| (*it).to_owned()).collect()
}

#[wasm_bindgen_test]
async fn what_is_sought_is_found_and_marked_whatever_its_case_and_width() {
    let server = Server::new();
    let room = server.room("search", log()).await;
    searches(&room).await;
    assert_eq!(nodes(&room.host), 0, "no element is put around anything");
    room.type_into("search-field", "apple");
    until("the matches", || room.text("search-count") == "1 of 3").await;
    drop(room);
    frame().await;
    let nothing = Room::open(&[]);
    let left = [marks(&nothing.host, true), marks(&nothing.host, false)];
    assert_eq!(
        left.concat(),
        [] as [&str; 0],
        "an element that leaves takes its marks along"
    );
}

#[wasm_bindgen_test]
async fn where_a_browser_has_no_highlights_elements_mark_and_leave_again() {
    let server = Server::new();
    let room = server.room("search by elements", log()).await;
    without_highlights(true);
    searches(&room).await;
    room.type_into("search-field", "apple");
    until("the matches", || room.text("search-count") == "1 of 3").await;
    assert_eq!(nodes(&room.host), 4);
    assert!(
        room.texts().contains(&"ＡＰＰＬＥ, apple; 苹果".to_owned()),
        "the texts are as they were"
    );
    press_key(&room.part("search-field"), "Escape", "");
    assert_eq!(nodes(&room.host), 0);
    without_highlights(false);
}

#[wasm_bindgen_test]
async fn a_search_goes_from_match_to_match_and_gives_the_focus_back() {
    let server = Server::new();
    let long = |seq: u64| {
        let words = if seq % 20 == 1 {
            format!("needle {seq}")
        } else {
            format!("hay {seq}")
        };
        text(seq, BOB, &words)
    };
    let room = server.room("steps", (1..=100).map(long).collect()).await;
    choose(&room, "menu-search").await;
    room.type_into("search-field", "NEEDLE");
    until("the matches", || room.text("search-count") == "1 of 5").await;
    let in_sight = |words: &str| {
        let log = top(&room.part("message"));
        let row = room.top_of(words);
        row >= log && row <= log + height(&room.part("message"))
    };
    frame().await;
    assert!(in_sight("needle 81"), "the newest");
    for (key, modifier, count, words) in [
        ("Enter", "", "2 of 5", "needle 61"),
        ("Enter", "", "3 of 5", "needle 41"),
        ("F3", "", "4 of 5", "needle 21"),
        ("Enter", "shift", "3 of 5", "needle 41"),
        ("F3", "shift", "2 of 5", "needle 61"),
        ("Enter", "shift", "1 of 5", "needle 81"),
        ("Enter", "shift", "5 of 5", "needle 1"),
        ("Enter", "", "1 of 5", "needle 81"),
    ] {
        assert!(press_key(&room.part("search-field"), key, modifier));
        frame().await;
        assert_eq!(room.text("search-count"), count, "{key} {modifier}");
        assert!(in_sight(words), "{words}");
    }
    room.press("search-older").await;
    assert_eq!(room.text("search-count"), "2 of 5");
    room.press("search-newer").await;
    assert_eq!(room.text("search-count"), "1 of 5");

    // What is said meanwhile is found, and one stays where one is.
    server.entry(text(101, LIN, "another needle"));
    until("one more", || room.text("search-count") == "2 of 6").await;
    assert!(press_key(&room.part("search-field"), "Escape", ""));
    assert!(!room.is_shown("search"));
    assert_eq!(focused(&room.host), "menu-button");
    assert!(
        !press_key(&room.part("text"), "F3", ""),
        "the key is the browser's again"
    );
}

#[wasm_bindgen_test]
async fn the_log_is_given_as_a_file() {
    let server = Server::new();
    let caught = Caught::new("default", false);
    let room = server.room("my garden", log()).await;
    server.entry(entry(
        7,
        LIN,
        7,
        Body::Edit {
            of: 3,
            text: "pear".to_owned(),
        },
    ));
    frame().await;
    choose(&room, "menu-text").await;
    let name = caught.0.file_names().pop().expect("a file");
    assert!(name.starts_with("my-garden-20") && name.ends_with(".txt"), "{name}");
    assert_eq!(caught.0.file_type(), "text/plain;charset=utf-8");
    let lines = caught.0.file_text().await.as_string().expect("text");
    assert_eq!(lines.lines().count(), 6, "{lines}");
    assert!(lines.contains(" Bob: An apple a day\n"), "{lines}");
    assert!(
        lines.contains(" Lin⟨U+202E⟩nil: pear\n") || lines.contains("An apple"),
        "{lines}"
    );
    assert_eq!(room.text("hint"), "6 messages are in the file.");

    choose(&room, "menu-json").await;
    assert!(caught.0.file_names()[1].ends_with(".json"));
    let json = caught.0.file_text().await.as_string().expect("text");
    let objects = js_sys::JSON::parse(&json)
        .expect("JSON")
        .unchecked_into::<js_sys::Array>();
    assert_eq!(objects.length(), 6);
    drop(room);

    let mut later = log();
    later[0].prev = 0;
    for entry in &mut later {
        entry.seq += 10;
        entry.prev = entry.seq - 1;
    }
    let room = server.room("not all", later).await;
    choose(&room, "menu-text").await;
    assert!(
        room.text("hint").contains("Older messages are not loaded"),
        "{}",
        room.text("hint")
    );
    let lines = caught.0.file_text().await.as_string().expect("text");
    assert!(lines.starts_with("Older messages are not loaded"), "{lines}");
}

#[wasm_bindgen_test]
async fn a_long_log_is_a_file_too_whatever_the_reader_does_meanwhile() {
    let server = Server::new();
    let caught = Caught::new("default", false);
    let room = with_history(&server, "long", 1_000).await;
    for seq in 1_001..=1_500 {
        server.entry(text(seq, BOB, &format!("entry {seq}")));
    }
    choose(&room, "menu-text").await;
    until("the file", || caught.0.file_names().len() == 1).await;
    let lines = caught.0.file_text().await.as_string().expect("text");
    let said: Vec<&str> = lines
        .lines()
        .filter_map(|line| Some(line.split_once(": ")?.1))
        .collect();
    let all: Vec<String> = (1..=1_500).map(|seq| format!("entry {seq}")).collect();
    assert_eq!(said, all);

    // To the end, where all but the newest leave, before the browser comes to anything else.
    room.part("menu-json").unchecked_ref::<HtmlElement>().click();
    assert_eq!(caught.0.file_names().len(), 1, "there is more to come");
    let log = room.part("message");
    room.scroll_to(f64::from(log.scroll_height()));
    let scrolled = Event::new("scroll").expect("an event");
    log.dispatch_event(&scrolled).expect("it is told");
    assert_eq!(caught.0.file_names().len(), 2);
    let json = caught.0.file_text().await.as_string().expect("text");
    assert_eq!(json.matches("entry ").count(), 1_500);
    assert!(!messages(&room.host).contains("entry 1\""), "it has left");
}

#[wasm_bindgen_test]
async fn mentions_are_notified_when_the_page_is_hidden_and_only_if_asked_for() {
    let server = Server::new();
    let caught = Caught::new("default", true);
    let room = server.room("alerts", vec![text(1, BOB, "@Ann in the history")]).await;
    server.entry(text(2, BOB, "hello @Ann"));
    assert_eq!(
        (caught.0.told().len(), caught.0.asked()),
        (0, 0),
        "nothing is asked without a click"
    );
    assert!(!checked(&room, "menu-notifications"));
    choose(&room, "menu-notifications").await;
    until("the answer", || room.text("hint").contains("notified of mentions")).await;
    assert_eq!(caught.0.asked(), 1);
    assert!(checked(&room, "menu-notifications"));

    server.entry(text(3, BOB, "nothing for anybody"));
    server.entry(text(4, BOB, "well, @ann:\nsecond line"));
    let told = ["Bob in alerts: well, @ann: second line (en)"];
    assert_eq!(caught.0.told(), told);
    server.entry(text(5, LIN, "@Ann again, at once"));
    assert_eq!(caught.0.told(), told, "not more often than can be read");
    caught.0.click_last();
    assert_eq!(focused(&room.host), "text");
    assert_eq!(caught.0.tones(), 0.0, "no sound unless it is switched on");

    choose(&room, "menu-notifications").await;
    assert_eq!(room.text("hint"), "Notifications are off.");
    assert!(!checked(&room, "menu-notifications"));
    choose(&room, "menu-notifications").await;
    assert_eq!(caught.0.asked(), 1, "the browser has been asked already");
    drop(room);
    let room = Room::open(&[("lang", "en")]);
    assert!(checked(&room, "menu-notifications"), "it is remembered");
}

#[wasm_bindgen_test]
async fn a_page_in_sight_is_not_notified() {
    let server = Server::new();
    let caught = Caught::new("granted", false);
    let room = server.room("in sight", vec![]).await;
    choose(&room, "menu-notifications").await;
    server.entry(text(1, BOB, "@Ann"));
    frame().await;
    assert_eq!(caught.0.told(), [] as [&str; 0]);
}

#[wasm_bindgen_test]
async fn what_the_browser_denies_is_told_with_what_can_be_done() {
    for (permission, answer, words) in [
        ("default", "denied", "Blocked by the browser"),
        ("denied", "denied", "Blocked by the browser"),
        ("", "", "This browser has none"),
    ] {
        let caught = Caught::new(permission, true);
        caught.0.set_answer(answer);
        let room = Room::open(&[("lang", "en")]);
        choose(&room, "menu-notifications").await;
        until(words, || room.text("hint").starts_with(words)).await;
        assert!(!checked(&room, "menu-notifications"));
        room.press("menu-button").await;
        assert!(room.text("menu-notifications").contains(words));
    }
}

#[wasm_bindgen_test]
async fn a_tone_sounds_if_it_is_switched_on() {
    let server = Server::new();
    let caught = Caught::new("default", true);
    let room = server.room("sound", vec![text(1, BOB, "old")]).await;
    server.entry(text(2, BOB, "@Ann"));
    assert!(caught.0.tones() == 0.0 && !checked(&room, "menu-sound"), "it is off");
    choose(&room, "menu-sound").await;
    assert!(
        caught.0.tones() == 1.0 && checked(&room, "menu-sound"),
        "so that one knows it"
    );
    server.entry(text(3, BOB, "something"));
    assert_eq!(caught.0.tones(), 2.0, "the page is hidden");
    server.entry(text(4, BOB, "@Ann"));
    assert_eq!(caught.0.tones(), 2.0, "not again and again");
    choose(&room, "menu-sound").await;
    assert!(!checked(&room, "menu-sound"));
    drop(room);

    let caught = Caught::new("default", false);
    let room = server.room("sound in sight", vec![]).await;
    choose(&room, "menu-sound").await;
    server.entry(text(1, BOB, "something"));
    assert_eq!(caught.0.tones(), 1.0, "it is in sight");
    server.entry(text(2, BOB, "@Ann"));
    assert_eq!(caught.0.tones(), 2.0);
    server.entry(text(3, ME, "@Ann, by oneself"));
    assert_eq!(caught.0.tones(), 2.0);
}

#[wasm_bindgen_test]
async fn a_browser_that_remembers_nothing_breaks_nothing() {
    let caught = Caught(Outside::new("granted", true, false));
    let room = Room::open(&[("lang", "en")]);
    choose(&room, "menu-sound").await;
    assert!(checked(&room, "menu-sound") && caught.0.tones() == 1.0);
}
