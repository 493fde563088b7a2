//! The conversation: rows for a window of it, what is in them, what can be done with them, by pointer and keyboard.

use chat_room_wire::{Body, Entry, History, Member, Presence, ServerFrame};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement, ShadowRoot};

use crate::page::{Room, frame, lines_of, until};
use crate::scripted::{BOB, LIN, ME, Server, entry, text};

#[wasm_bindgen(module = "/tests/element/conversation.js")]
extern "C" {
    #[wasm_bindgen(js_name = key)]
    fn press_key(target: &Element, name: &str) -> bool;
    fn over(target: &Element);
    fn hide(hidden: bool);
    /// Whether frames come that are asked for.
    fn frames(come: bool);
    fn unread(element: &Element) -> u32;
    #[wasm_bindgen(js_name = unreadChanges)]
    fn unread_changes(element: &Element) -> js_sys::Array;
    pub(crate) fn messages(element: &Element) -> String;
    type Observer;
    fn touched(log: &Element) -> Observer;
    fn count(observer: &Observer) -> u32;
    #[wasm_bindgen(js_name = firstInSight)]
    fn first_in_sight(log: &Element) -> Vec<String>;
    #[wasm_bindgen(js_name = isFilled)]
    fn is_filled(log: &Element) -> bool;
    fn focused(shadow: &ShadowRoot) -> Option<Element>;
    fn clipboard(works: Option<bool>) -> js_sys::Array;
    fn announcements() -> js_sys::Array;
    #[wasm_bindgen(js_name = talkBack)]
    fn talk_back(element: &Element) -> js_sys::Array;
}

/// So many rows above and below those in sight may be in the document.
const AROUND: u32 = 40;

/// The most rows that may be, in a log as low as these.
const MAX_ROWS: u32 = 2 * AROUND + 20;

impl Room {
    fn log(&self) -> Element {
        self.part("message")
    }

    fn query(&self, selector: &str) -> Option<Element> {
        self.shadow().query_selector(selector).expect("a selector")
    }

    fn row_count(&self) -> u32 {
        self.shadow().query_selector_all(".row").expect("a selector").length()
    }

    /// A key, where the focus is.
    fn key(&self, name: &str) -> bool {
        let here = focused(&self.shadow()).expect("something has the focus");
        press_key(&here, name)
    }

    /// The text of the row that has the focus.
    fn focused_row(&self) -> String {
        let here = focused(&self.shadow()).expect("something has the focus");
        let text = here.query_selector(".text").expect("a selector");
        text.and_then(|it| it.text_content()).unwrap_or_default()
    }

    /// What the bar in the row with this text offers.
    fn offered(&self, text: &str) -> Vec<String> {
        over(&self.row_of(text));
        let buttons = self.shadow().query_selector_all(".actions button").expect("a selector");
        let words = (0..buttons.length()).filter_map(|it| buttons.get(it)?.text_content());
        words.collect()
    }

    fn press_action(&self, name: &str) {
        let button = self.query(&format!(".actions [data-do={name}]")).expect("a button");
        button.unchecked_ref::<HtmlElement>().click();
    }
}

/// All rows have come that may be in the document. Gives how many they are.
async fn all_rows(room: &Room) -> u32 {
    let (mut rows, mut still) = (0, 0);
    // On a slow machine the element rests for some frames after many have come.
    while still < 30 {
        frame().await;
        still = if rows == room.row_count() { still + 1 } else { 0 };
        rows = room.row_count();
    }
    rows
}

fn bob(seqs: std::ops::RangeInclusive<u64>) -> Vec<Entry> {
    seqs.map(|seq| text(seq, BOB, &format!("entry {seq}"))).collect()
}

fn said(text: &str, reply_to: Option<u64>) -> Body {
    let text = text.to_owned();
    Body::Text { text, reply_to }
}

/// A room with so many entries loaded, of a thousand that there are, whose reader is at the top.
pub(crate) async fn with_history(server: &Server, name: &str, loaded: u64) -> Room {
    let room = server.room(name, bob(951..=1_000)).await;
    frame().await;
    let mut first = 951;
    while first > 1_001 - loaded {
        room.scroll_to(0.0);
        until("a question", || {
            let asked = server.heard_of("history").pop().unwrap_or_default();
            asked.contains(&format!("\"before\":{first},"))
        })
        .await;
        let before = first;
        first -= 50;
        server.history(Some(before), bob(first..=before - 1));
        frame().await;
    }
    frame().await;
    room
}

#[wasm_bindgen_test]
async fn the_first_rows_do_not_wait_for_a_frame() {
    let server = Server::new();
    let room = Room::open(&[("url", "ws://localhost/"), ("room", "first")]);
    room.press("connect").await;
    frames(false);
    server.let_in(bob(1..=3)).await;
    until("the rows", || room.row_count() > 3).await;
    frames(true);
}

#[wasm_bindgen_test]
async fn a_part_of_the_log_has_rows_and_nobody_sees_an_end_of_it() {
    let server = Server::new();
    let room = with_history(&server, "window", 1_000).await;
    assert!((2 * AROUND..=MAX_ROWS).contains(&all_rows(&room).await));
    assert!(messages(&room.host).contains("entry 1\"") && messages(&room.host).contains("entry 1000\""));
    // Dragging the scrollbar anywhere, from one end to the other and to and fro.
    let height = f64::from(room.log().scroll_height());
    for part in [0.5, 0.1, 0.9, 0.3, 0.31, 0.29, 0.6, 0.0] {
        room.scroll_to(height * part);
        frame().await;
        frame().await;
        assert!(room.row_count() <= MAX_ROWS);
        assert!(is_filled(&room.log()), "at {part}: {:?}", first_in_sight(&room.log()));
        let first: f64 = first_in_sight(&room.log())[0]
            .replace("entry ", "")
            .parse()
            .expect("a number");
        assert!((first / 1_000.0 - part).abs() < 0.15, "entry {first} at {part}");
    }
    assert_eq!(room.texts()[0], "entry 1");
    room.scroll_to(1e7);
    frame().await;
    frame().await;
    assert_eq!(room.texts().last().map(String::as_str), Some("entry 1000"));
    assert!(room.distance_from_end() < 2.0);
}

#[wasm_bindgen_test]
async fn scrolled_by_and_by_every_row_comes_into_sight() {
    let server = Server::new();
    let room = with_history(&server, "by and by", 400).await;
    room.scroll_to(0.0);
    frame().await;
    let mut seen = 600;
    for _ in 0..400 {
        let number: u64 = first_in_sight(&room.log())[0]
            .replace("entry ", "")
            .parse()
            .expect("a number");
        assert!(number <= seen + 20, "from {seen} to {number}");
        assert!(number >= seen, "back from {seen} to {number}");
        seen = number;
        if room.distance_from_end() < 2.0 {
            break;
        }
        room.scroll_to(f64::from(room.log().scroll_top()) + 200.0);
        frame().await;
    }
    assert!(room.distance_from_end() < 2.0, "the end was never reached, but {seen}");
}

#[wasm_bindgen_test]
async fn a_reader_is_not_moved_whatever_happens_and_few_nodes_are_touched() {
    let server = Server::new();
    let room = with_history(&server, "reader", 500).await;
    let height = f64::from(room.log().scroll_height());
    room.scroll_to(height / 2.0);
    frame().await;
    all_rows(&room).await;
    let [name, top] = &first_in_sight(&room.log())[..] else {
        panic!()
    };
    let (name, top): (String, f64) = (name.clone(), top.parse().expect("a number"));
    let seq: u64 = name.replace("entry ", "").parse().expect("a number");
    let is_there = |what: &str| {
        let now = room.top_of(&name) - room.log().get_bounding_client_rect().top();
        assert!((now - top).abs() < 2.0, "{what}: from {top} to {now}");
    };

    // News far below: no row of all that are there.
    let observer = touched(&room.log());
    for seq in 1_001..=1_300 {
        server.entry(text(seq, BOB, &format!("entry {seq}")));
    }
    frame().await;
    is_there("news");
    assert!(count(&observer) <= 2, "only a spacer");
    assert!(room.row_count() <= MAX_ROWS);

    // A text above grows, one in sight shrinks, one goes.
    let edit = |n, of, text: &str| {
        entry(
            n,
            BOB,
            n,
            Body::Edit {
                of,
                text: text.to_owned(),
            },
        )
    };
    server.entry(edit(1_301, seq - 5, "long ".repeat(500).as_str()));
    frame().await;
    is_there("a text above has grown");
    server.entry(edit(1_302, seq - 5, "short"));
    server.entry(edit(1_303, seq - 300, "long ".repeat(500).as_str()));
    server.entry(entry(1_304, BOB, 1_304, Body::Retract { of: seq - 4 }));
    let emoji = "👍".to_owned();
    server.entry(entry(
        1_305,
        LIN,
        1_305,
        Body::Reaction {
            of: seq - 3,
            emoji,
            on: true,
        },
    ));
    frame().await;
    is_there("texts above have changed");
    room.host.set_attribute("lang", "zh").expect("an attribute");
    frame().await;
    is_there("another language");
    room.host.style().set_property("inline-size", "300px").expect("a style");
    frame().await;
    frame().await;
    is_there("another width");
}

#[wasm_bindgen_test]
async fn at_the_end_few_rows_come_and_go() {
    let server = Server::new();
    let room = server.room("end", bob(951..=1_000)).await;
    for seq in 1_001..=1_400 {
        server.entry(text(seq, BOB, &format!("entry {seq}")));
    }
    assert!((2 * AROUND..=MAX_ROWS).contains(&all_rows(&room).await));
    let observer = touched(&room.log());
    for seq in 1_401..=1_410 {
        server.entry(text(seq, BOB, &format!("entry {seq}")));
    }
    frame().await;
    assert!(room.distance_from_end() < 2.0);
    assert_eq!(room.texts().last().map(String::as_str), Some("entry 1410"));
    // Ten of each, a spacer, the stop of the Tab key, and the row that is the first of its group now.
    let touched = count(&observer);
    assert!(touched <= 30, "{touched} nodes");
}

#[wasm_bindgen_test]
async fn a_hundred_joins_are_one_line_and_one_row() {
    let server = Server::new();
    let room = server.room("joins", bob(1..=3)).await;
    frame().await;
    let rows = room.row_count();
    let observer = touched(&room.log());
    for number in 0..100_u64 {
        server.say(ServerFrame::Presence(Presence {
            joined: vec![Member {
                client: format!("{number:032}"),
                name: format!("Guest {number}"),
            }],
            count: 4 + number,
            ..Presence::default()
        }));
    }
    frame().await;
    assert_eq!(room.row_count(), rows + 1);
    assert!(count(&observer) <= 5, "each came by itself");
    let told = room.rows("notice").pop().expect("a notice");
    assert_eq!(told, "Guest 0, Guest 1 and 98 others joined");
    room.host.set_attribute("lang", "zh").expect("an attribute");
    frame().await;
    assert_eq!(
        room.rows("notice").pop().expect("a notice"),
        "Guest 0、Guest 1和另外 98 人进入了房间"
    );
    server.say(ServerFrame::Presence(Presence {
        left: vec![BOB.to_owned()],
        renamed: vec![Member {
            client: LIN.to_owned(),
            name: "Linda".to_owned(),
        }],
        count: 102,
        ..Presence::default()
    }));
    frame().await;
    let told = room.rows("notice").pop().expect("a notice");
    assert!(told.contains("；Bob离开了房间；Lin⟨U+202E⟩nil改名为Linda"), "{told}");
}

#[wasm_bindgen_test]
async fn days_begin_with_a_line_and_times_tell_all_when_pointed_at() {
    let server = Server::new();
    let day = 24 * 60 * 60 * 1_000;
    let now = js_sys::Date::new_0().get_time() as u64;
    let at = |seq, at| Entry {
        at,
        ..text(seq, BOB, &format!("entry {seq}"))
    };
    let log = vec![
        at(1, now - 400 * day),
        at(2, now - 400 * day + 1),
        at(3, now - day),
        at(4, now),
    ];
    let room = server.room("days", log).await;
    frame().await;
    let days = |room: &Room| {
        let all = room.shadow().query_selector_all(".row > .day").expect("a selector");
        (0..all.length())
            .filter_map(|it| all.get(it)?.text_content())
            .collect::<Vec<_>>()
    };
    let told = days(&room);
    assert_eq!(told[1..], ["Yesterday", "Today"]);
    assert!(told[0].contains(", 202"), "{}: no year", told[0]);
    assert_eq!(room.in_row("entry 2", ".day"), "", "the same day");
    let time = room
        .row_of("entry 1")
        .query_selector("time")
        .expect("a selector")
        .expect("a time");
    let title = time.get_attribute("title").expect("a title");
    assert!(title.contains(", 202") && title.len() > told[0].len(), "{title}");
    room.host.set_attribute("lang", "zh").expect("an attribute");
    frame().await;
    let told = days(&room);
    assert_eq!(told[1..], ["昨天", "今天"]);
    assert!(told[0].contains('年') && told[0].contains("星期"), "{}", told[0]);
}

#[wasm_bindgen_test]
async fn links_code_names_and_deeds_look_like_what_they_are() {
    let server = Server::new();
    let log = vec![
        text(1, BOB, "see https://example.org/a_(b). And `code`, ann!"),
        text(2, BOB, "/me waves at Ann"),
        text(3, ME, "/me, Ann, javascript:alert(1)"),
        text(4, BOB, "```\nlines\n```"),
    ];
    let room = server.room("pieces", log).await;
    frame().await;
    let link = room.query(".row a").expect("a link");
    let attributes = ["href", "rel", "target"].map(|it| link.get_attribute(it).unwrap_or_default());
    assert_eq!(
        attributes,
        ["https://example.org/a_(b)", "noopener noreferrer", "_blank"]
    );
    assert_eq!(
        room.shadow().query_selector_all(".row a").expect("a selector").length(),
        1
    );
    let row = room.row_of("see https://example.org/a_(b). And code, ann!");
    assert!(row.class_list().contains("mention"));
    assert_eq!(
        room.query("code.code").and_then(|it| it.text_content()).as_deref(),
        Some("code")
    );
    assert_eq!(
        room.query("mark").and_then(|it| it.text_content()).as_deref(),
        Some("ann")
    );
    let deed = room.row_of("waves at Ann");
    assert!(deed.class_list().contains("action") && deed.class_list().contains("mention"));
    assert_eq!(room.in_row("waves at Ann", ".actor"), "Bob");
    assert!(
        !room
            .row_of("/me, Ann, javascript:alert(1)")
            .class_list()
            .contains("mention"),
        "one's own"
    );
    assert_eq!(
        room.query("pre").and_then(|it| it.text_content()).as_deref(),
        Some("lines")
    );
}

#[wasm_bindgen_test]
async fn look_alike_names_are_told_apart_wherever_they_are() {
    let server = Server::new();
    let mut other = text(2, LIN, "no, me");
    other.name = "Воb".to_owned();
    let room = server.room("alike", vec![text(1, BOB, "it is me")]).await;
    frame().await;
    assert_eq!(room.in_row("it is me", ".sender"), "Bob");
    server.entry(other);
    frame().await;
    assert_eq!(room.in_row("it is me", ".sender"), "Bob #4464");
    assert_eq!(room.in_row("no, me", ".sender"), "Воb #1b4f");
    frame().await;
    let people = room.part("people").get_attribute("title").expect("a title");
    assert!(people.contains("Bob #4464"), "{people}");
}

#[wasm_bindgen_test]
async fn a_message_offers_what_can_be_done_with_it() {
    let server = Server::new();
    let log = vec![text(1, BOB, "theirs"), text(2, ME, "mine"), text(3, BOB, "gone")];
    let room = server.room("offers", log).await;
    server.entry(entry(4, BOB, 4, Body::Retract { of: 3 }));
    frame().await;
    assert_eq!(room.offered("theirs"), ["Reply", "React", "Copy"]);
    assert_eq!(room.offered("mine"), ["Reply", "React", "Edit", "Delete", "Copy"]);
    room.send("waits").expect("connected");
    frame().await;
    assert_eq!(room.offered("waits"), ["Copy"], "it is not in the log yet");
    over(&room.query(".deleted").expect("a row"));
    assert!(
        room.query(".actions").is_none(),
        "nothing can be done with what is gone"
    );

    // To delete is asked once more, in its place.
    room.offered("mine");
    room.press_action("delete");
    assert_eq!(
        room.query(".question").and_then(|it| it.text_content()).as_deref(),
        Some("Delete this message?")
    );
    room.press_action("keep");
    assert_eq!(server.heard_of("post").len(), 1);
    room.press_action("delete");
    room.press_action("really-delete");
    let post = server.heard_of("post").pop().expect("a post");
    assert!(post.contains(r#""type":"retract","of":2"#), "{post}");
}

#[wasm_bindgen_test]
async fn a_text_is_copied_as_it_was_said() {
    let server = Server::new();
    let said = "`code`, and https://example.org/\nin two lines";
    let room = server.room("copies", vec![text(1, BOB, said)]).await;
    frame().await;
    let press = || {
        over(&room.query(".row.theirs .text").expect("a text"));
        room.press_action("copy");
    };
    let copied = clipboard(Some(true));
    press();
    until("the button to say so", || {
        room.query("[data-do=copy]").and_then(|it| it.text_content()).as_deref() == Some("Copied")
    })
    .await;
    assert_eq!(copied.get(0).as_string().as_deref(), Some(said));
    clipboard(Some(false));
    press();
    until("a hint that it was denied", || room.text("hint").contains("not")).await;
    clipboard(None);
}

#[wasm_bindgen_test]
async fn what_a_crowd_says_is_read_out_a_few_lines_at_a_time() {
    let server = Server::new();
    let room = server.room("crowd", bob(1..=10)).await;
    frame().await;
    let seen = announcements();
    for seq in 11..=200 {
        server.entry(text(seq, BOB, &format!("entry {seq}")));
        if seq % 10 == 0 {
            frame().await;
        }
    }
    until("the last one read out", || {
        seen.iter()
            .any(|it| it.as_string().is_some_and(|it| it.contains("entry 200")))
    })
    .await;
    let read_out = lines_of(&seen);
    for each in &read_out {
        assert!(each.lines().count() <= 5, "{each}");
    }
    let lines: usize = read_out.iter().map(|it| it.lines().count()).sum();
    assert!(lines < 190, "{lines} lines");
    assert!(!room.has("broken"));
}

#[wasm_bindgen_test]
async fn reactions_are_put_there_and_taken_away() {
    let server = Server::new();
    let room = server.room("react", vec![text(1, BOB, "theirs")]).await;
    frame().await;
    let last = || server.heard_of("post").pop().unwrap_or_default();
    room.offered("theirs");
    room.press_action("react");
    let picker = room
        .shadow()
        .query_selector_all(".actions [data-do=emoji]")
        .expect("a selector");
    assert_eq!(picker.length(), 6);
    room.press_action("emoji");
    assert!(last().contains(r#""emoji":"👍","on":true"#), "{}", last());
    let reaction = |seq, client: &str, emoji: &str| {
        let emoji = emoji.to_owned();
        entry(seq, client, seq, Body::Reaction { of: 1, emoji, on: true })
    };
    server.entry(entry(
        2,
        ME,
        server.last_n(),
        Body::Reaction {
            of: 1,
            emoji: "👍".to_owned(),
            on: true,
        },
    ));
    server.entry(reaction(3, LIN, "🎉"));
    frame().await;
    let chips = room.shadow().query_selector_all(".reaction").expect("a selector");
    let chips: Vec<HtmlElement> = (0..2)
        .filter_map(|it| chips.get(it))
        .map(JsCast::unchecked_into)
        .collect();
    let pressed: Vec<_> = chips
        .iter()
        .map(|it| it.get_attribute("aria-pressed").unwrap_or_default())
        .collect();
    assert_eq!(pressed, ["true", "false"]);
    assert_eq!(chips[1].get_attribute("title").as_deref(), Some("Lin⟨U+202E⟩nil"));
    chips[0].click();
    assert!(last().contains(r#""emoji":"👍","on":false"#), "{}", last());
    chips[1].click();
    assert!(last().contains(r#""emoji":"🎉","on":true"#), "{}", last());
    // One's own emoji, typed.
    room.offered("theirs");
    room.press_action("react");
    let field: web_sys::HtmlInputElement = room.query(".own-emoji").expect("a field").unchecked_into();
    field.set_value(" 🦀 ");
    press_key(&field, "Enter");
    assert!(last().contains(r#""emoji":"🦀","on":true"#), "{}", last());
}

#[wasm_bindgen_test]
async fn a_quote_leads_to_its_source_however_old() {
    let server = Server::new();
    let mut log = bob(951..=1_000);
    log.push(entry(1_001, LIN, 1_001, said("answer", Some(860))));
    log.push(entry(1_002, LIN, 1_002, said("near", Some(955))));
    let room = server.room("quote", log).await;
    frame().await;
    assert_eq!(room.in_row("near", ".quote"), "Bobentry 955");
    room.press_in_row("near", ".quote");
    frame().await;
    assert!(room.row_of("entry 955").has_attribute("data-found"));
    assert_eq!(room.focused_row(), "entry 955");
    let top = room.top_of("entry 955") - room.log().get_bounding_client_rect().top();
    assert!(
        top >= 0.0 && top < f64::from(room.log().client_height()),
        "out of sight: {top}"
    );

    room.press("newer").await;
    all_rows(&room).await;
    assert_eq!(room.in_row("answer", ".quote"), "Answers an earlier message");
    room.press_in_row("answer", ".quote");
    for first in [951, 901] {
        until("a question", || {
            server
                .heard_of("history")
                .pop()
                .unwrap_or_default()
                .contains(&format!("\"before\":{first},"))
        })
        .await;
        server.history(Some(first), bob(first - 50..=first - 1));
    }
    until("the source", || room.row_of("entry 860").has_attribute("data-found")).await;
    assert_eq!(room.focused_row(), "entry 860");

    // One that is nowhere is told.
    server.entry(entry(1_003, LIN, 1_003, said("lost", Some(700))));
    room.press("newer").await;
    frame().await;
    room.press_in_row("lost", ".quote");
    until("a question", || {
        server
            .heard_of("history")
            .pop()
            .unwrap_or_default()
            .contains("\"before\":851,")
    })
    .await;
    let (entries, start) = (vec![], true);
    server.say(ServerFrame::History(History {
        before: Some(851),
        entries,
        start,
    }));
    until("the answer", || room.text("hint").contains("cannot be found")).await;
}

#[wasm_bindgen_test]
async fn the_keyboard_reaches_every_message_and_all_that_can_be_done() {
    let server = Server::new();
    let room = with_history(&server, "keys", 1_000).await;
    room.scroll_to(1e7);
    frame().await;
    frame().await;
    let stops = || {
        room.shadow()
            .query_selector_all("#message[tabindex='0'], #message [tabindex='0']")
    };
    assert_eq!(stops().expect("a selector").length(), 1, "one stop of the Tab key");
    let row = room.query("#message [tabindex='0']").expect("a row");
    row.unchecked_ref::<HtmlElement>().focus().expect("it can take it");
    assert_eq!(room.focused_row(), "Connected, and in the room");
    room.key("ArrowUp");
    assert_eq!(room.focused_row(), "entry 1000");
    let row = focused(&room.shadow()).expect("a row");
    let label = row.get_attribute("aria-label").expect("a name");
    assert!(label.starts_with("Bob: entry 1000, "), "{label}");
    // Further than there are rows, one by one; then to the ends.
    for number in (700..1_000).rev() {
        assert!(room.key("ArrowUp"));
        if number % 50 == 0 {
            frame().await;
        }
        assert_eq!(room.focused_row(), format!("entry {number}"));
    }
    room.key("ArrowDown");
    assert_eq!(room.focused_row(), "entry 701");
    // Whoever was at the end keeps the newest ones.
    room.key("Home");
    assert_eq!(room.focused_row(), "entry 502");
    room.key("PageDown");
    let after: u64 = room.focused_row().replace("entry ", "").parse().expect("a number");
    assert!(after > 503 && after < 560, "{after}");
    room.key("PageUp");
    assert_eq!(room.focused_row(), "entry 502");
    room.key("End");
    assert_eq!(room.focused_row(), "Connected, and in the room");
    frame().await;
    assert_eq!(stops().expect("a selector").length(), 1);
    assert!(room.distance_from_end() < 2.0);
    room.key("ArrowUp");

    room.key("Enter");
    let here = || {
        focused(&room.shadow())
            .and_then(|it| it.text_content())
            .unwrap_or_default()
    };
    assert_eq!(here(), "Reply");
    room.key("ArrowRight");
    assert_eq!(here(), "React");
    room.key("ArrowLeft");
    room.key("ArrowLeft");
    assert_eq!(room.focused_row(), "entry 1000", "before the first button is the row");
    room.key("ArrowRight");
    room.key("Escape");
    assert_eq!(room.focused_row(), "entry 1000");
    room.key("Escape");
    assert_eq!(focused(&room.shadow()).map(|it| it.id()).as_deref(), Some("text"));
}

#[wasm_bindgen_test]
async fn whoever_hears_the_focus_move_may_call_back() {
    let server = Server::new();
    let room = with_history(&server, "focus", 500).await;
    room.scroll_to(1e7);
    frame().await;
    frame().await;
    let moves = talk_back(&room.host);
    let focus = |selector: &str| {
        let part = room.query(selector).expect("a part");
        part.unchecked_ref::<HtmlElement>().focus().expect("it can take it");
    };
    // A row leaves the document with the focus in it.
    focus("#message [tabindex='0']");
    for place in [0.0, 1e7, 0.0] {
        room.scroll_to(place);
        frame().await;
        frame().await;
    }
    assert!(moves.length() > 1, "the page has heard of it");
    let name = format!("Ann {}", moves.length());
    until("the last name", || room.text("summary-name") == name).await;
    // A control can no longer be used.
    focus("#disconnect");
    server.end_because(4403, "you are not wanted here");
    until("the end", || room.state() == "closed").await;
    frame().await;
    assert!(!room.has("broken"), "{}", room.text("broken"));
    assert_eq!(focused(&room.shadow()).map(|it| it.id()).as_deref(), Some("connect"));
}

#[wasm_bindgen_test]
async fn what_was_not_seen_is_counted_told_and_marked() {
    let server = Server::new();
    let room = server.room("unread", bob(1..=60)).await;
    let changes = unread_changes(&room.host);
    frame().await;
    server.entry(text(61, BOB, "seen"));
    frame().await;
    assert_eq!(unread(&room.host), 0);
    hide(true);
    server.entry(text(62, BOB, "unseen"));
    server.entry(text(63, BOB, "for Ann"));
    assert_eq!(
        unread(&room.host),
        2,
        "without a frame, which a hidden page has none of"
    );
    hide(false);
    until("it to be seen", || unread(&room.host) == 0).await;
    assert_eq!(room.in_row("unseen", ".unread"), "New messages");
    assert_eq!(room.in_row("for Ann", ".unread"), "");

    room.scroll_to(0.0);
    frame().await;
    server.entry(text(64, BOB, "further down"));
    frame().await;
    assert_eq!(room.text("newer"), "1 new message");
    server.entry(text(65, BOB, "and more"));
    frame().await;
    assert_eq!((room.text("newer").as_str(), unread(&room.host)), ("2 new messages", 2));
    assert_eq!(room.in_row("further down", ".unread"), "New messages");
    assert_eq!(room.in_row("unseen", ".unread"), "", "there is one line");
    room.press("newer").await;
    frame().await;
    assert_eq!(unread(&room.host), 0);
    assert!(!room.is_shown("newer"));
    assert_eq!(lines_of(&changes), ["1 0", "2 1", "0 0", "1 0", "2 0", "0 0"]);
    room.send("mine").expect("connected");
    frame().await;
    assert!(room.query(".row > .unread").is_none(), "whoever answers has seen it");
}

#[wasm_bindgen_test]
async fn a_page_reads_all_that_is_loaded() {
    let server = Server::new();
    let room = server
        .room("messages", vec![text(1, BOB, "one"), text(2, ME, "two")])
        .await;
    let emoji = "👍".to_owned();
    server.entry(entry(3, LIN, 3, Body::Reaction { of: 1, emoji, on: true }));
    server.entry(entry(
        4,
        BOB,
        4,
        Body::Edit {
            of: 1,
            text: "One".to_owned(),
        },
    ));
    server.entry(entry(5, BOB, 5, said("three", Some(2))));
    server.entry(entry(6, ME, 9, Body::Retract { of: 2 }));
    room.send("four").expect("connected");
    let told = messages(&room.host);
    for part in [
        &format!(
            r#""seq":1,"at":1767225660000,"client":"{BOB}","name":"Bob","text":"One","own":false,"delivery":null,"edited":true,"deleted":false,"replyTo":null,"reactions":[{{"emoji":"👍","clients":["{LIN}"]}}]"#
        ),
        r#""text":"","own":true,"delivery":"sent","edited":false,"deleted":true"#,
        r#""text":"three","own":false,"delivery":null,"edited":false,"deleted":false,"replyTo":2"#,
        &format!(r#""client":"{ME}","name":"Ann","text":"four","own":true,"delivery":"waiting""#),
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    assert!(told.contains(r#"{"seq":null,"at""#), "{told}");
}

/// They come from wasm as one string, cut where JavaScript counts.
#[wasm_bindgen_test]
async fn characters_of_all_widths_are_where_they_were_said() {
    let server = Server::new();
    let kinds = [
        "plain",
        "é 中文",
        "𝒜👩‍👩‍👧z",
        "\u{feff}first",
        "a;class=b\u{0}\u{7}c",
        "<b>&amp;",
    ];
    let said: Vec<String> = (0..40)
        .map(|at| format!("{}{at} {}", kinds[at % kinds.len()], "…𝒜".repeat(40)))
        .collect();
    let log = said.iter().zip(1..).map(|(it, seq)| {
        let mut entry = text(seq, BOB, it);
        entry.name = format!("👍 {seq}");
        entry
    });
    let room = server.room("widths", log.collect()).await;
    all_rows(&room).await;
    assert_eq!(room.texts(), said);
    assert_eq!(room.in_row(&said[2], ".sender"), "👍 3");
    let told: serde_json::Value = serde_json::from_str(&messages(&room.host)).expect("JSON");
    let told: Vec<(&str, &str, &str)> = told
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| {
            ["client", "name", "text"]
                .map(|field| it[field].as_str().expect("a text"))
                .into()
        })
        .collect();
    let names: Vec<String> = (1..=40).map(|seq| format!("👍 {seq}")).collect();
    let wanted: Vec<(&str, &str, &str)> = names
        .iter()
        .zip(&said)
        .map(|(name, text)| (BOB, &**name, &**text))
        .collect();
    assert_eq!(told, wanted);
}
