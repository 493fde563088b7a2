//! `<chat-room>` in a room: what is asked of the server, and what is shown of what it says.

use chat_room_wire::{Body, Entry, Presence, Refused, RefusedCode, ServerFrame};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Events, Room, announced, frame, until};
use crate::scripted::{BOB, LIN, ME, Server, entry, joined, text};

fn refused(n: Option<u64>, code: RefusedCode, message: &str) -> ServerFrame {
    ServerFrame::Refused(Refused {
        n,
        code,
        message: message.to_owned(),
        retry_after_ms: None,
    })
}

fn said(text: &str) -> Body {
    Body::Text {
        text: text.to_owned(),
        reply_to: None,
    }
}

#[wasm_bindgen_test]
async fn naming_a_room_asks_for_the_protocol_and_no_room_for_plain_text() {
    for (room, typed, offered) in [
        ("lobby", "", &["chat-room.v1"][..]),
        ("lobby", "one, two", &["chat-room.v1", "one", "two"]),
        ("lobby", "one, chat-room.v1", &["one", "chat-room.v1"]),
        ("", "one", &["one"]),
        ("  ", "", &[]),
    ] {
        let server = Server::new();
        let element = Room::open(&[("url", "ws://localhost/"), ("room", room)]);
        element.type_into("protocols", typed);
        element.connect().expect("an address");
        assert_eq!(server.offered(), offered, "{room:?} {typed:?}");
    }
}

#[wasm_bindgen_test]
async fn a_join_names_the_room_and_the_user_who_is_a_guest_without_a_name() {
    let server = Server::new();
    let room = server.room("join 1", vec![]).await;
    let join = server.heard_of("join").remove(0);
    assert!(join.contains(r#""room":"join 1","name":"Ann""#), "{join}");
    assert_eq!(
        ["summary-url", "summary-room", "summary-name"].map(|id| room.text(id)),
        ["ws://localhost/", "join 1", "Ann"]
    );
    drop(room);

    for (lang, guest) in [("en", "Guest "), ("zh", "访客 ")] {
        let server = Server::new();
        let room = Room::open(&[
            ("lang", lang),
            ("url", "ws://localhost/"),
            ("room", &format!("join {lang}")),
        ]);
        room.press("connect").await;
        server.let_in(vec![]).await;
        let join = server.heard_of("join").remove(0);
        assert!(join.contains(&format!(r#""name":"{guest}"#)), "{join}");
        frame().await;
        let name = room.text("summary-name");
        assert_eq!(
            name.strip_prefix(guest).map(|mark| mark.chars().count()),
            Some(4),
            "{name}"
        );
    }
}

#[wasm_bindgen_test]
async fn what_cannot_be_a_room_or_a_name_is_told_at_its_field() {
    let long = "x".repeat(131);
    for (field, value, english, chinese) in [
        ("room", "\u{200b}", "nothing in it that could be seen", "没有可见的字符"),
        ("room", &long, "too long by 3 bytes", "超出 3 字节"),
        ("room", "a\u{2028}b", "a line break", "含有换行"),
        ("name", " ", "nothing in it that could be seen", "没有可见的字符"),
        ("name", &long, "too long by 3 bytes", "超出 3 字节"),
        ("name", "a\u{7}b", "a line break", "含有换行"),
    ] {
        for (lang, words) in [("en", english), ("zh", chinese)] {
            let _server = Server::new();
            let room = Room::open(&[("lang", lang), ("url", "ws://localhost/"), ("room", "lobby")]);
            room.type_into(field, value);
            room.connect().expect_err("a bad field");
            frame().await;
            let told = room.text(&format!("{field}-error"));
            assert!(told.contains(words), "{field} {value:?}: {told}");
            assert_eq!(room.part(field).get_attribute("aria-invalid").as_deref(), Some("true"));
            assert_eq!(room.text("url-error"), "");
            assert_eq!(room.ready_state(), 3);
        }
    }
}

#[wasm_bindgen_test]
async fn a_room_is_being_joined_until_the_server_lets_one_in() {
    let server = Server::new();
    let room = Room::open(&[
        ("lang", "en"),
        ("url", "ws://localhost/"),
        ("room", "joining"),
        ("name", "Ann"),
    ]);
    let told = Events::of(&room);
    room.press("connect").await;
    server.accept("chat-room.v1");
    frame().await;
    assert_eq!(
        (room.state().as_str(), room.text("status-words").as_str()),
        ("joining", "Joining the room…")
    );
    assert!(!room.is_shown("people"));
    until("a join", || !server.heard_of("join").is_empty()).await;
    room.host.set_attribute("name", "Anna").expect("an attribute");
    server.say(ServerFrame::Joined(Box::new(joined(0))));
    server.history(None, vec![]);
    frame().await;
    assert_eq!(
        server.heard_of("rename"),
        [r#"{"type":"rename","name":"Anna"}"#],
        "a name that came too late for the join"
    );
    assert_eq!(
        (room.state().as_str(), room.text("status-words").as_str()),
        ("open", "Connected")
    );
    assert_eq!(room.text("people"), "3 people");
    assert_eq!(
        room.part("people").get_attribute("title").as_deref(),
        Some("Lin⟨U+202E⟩nil, Bob, Ann")
    );
    assert!(room.text("older-words").contains("Nothing has been said here yet"));
    let mut told = told.list();
    told.dedup();
    assert_eq!(
        told,
        [
            "statechange connecting 0",
            "statechange open 1",
            "statechange open 1 joined 3"
        ]
    );
    server.say(ServerFrame::Presence(Presence {
        left: vec![BOB.to_owned(), LIN.to_owned()],
        count: 1,
        ..Presence::default()
    }));
    frame().await;
    assert_eq!(room.text("people"), "1 person");
}

#[wasm_bindgen_test]
async fn an_own_text_keeps_its_row_and_goes_to_its_place() {
    let server = Server::new();
    let room = server.room("own row", vec![text(1, BOB, "first")]).await;
    room.send("mine").expect("connected");
    frame().await;
    assert_eq!(room.delivery(), ["waiting"]);
    let row = room.row_of("mine");
    let n = server.last_n();
    server.entry(text(2, BOB, "second"));
    server.entry(entry(3, ME, n, said("mine")));
    server.entry(text(4, BOB, "third"));
    frame().await;
    assert_eq!(room.texts(), ["first", "second", "mine", "third"]);
    assert_eq!(room.delivery(), ["sent"]);
    assert!(room.row_of("mine") == row, "another element shows it");
    assert_eq!(room.in_row("second", ".sender"), "Bob");
    assert_eq!(room.in_row("mine", ".sender"), "Ann");
}

/// Every order that texts can get into: those of the log by their place, then those that are not in it yet.
#[wasm_bindgen_test]
async fn whatever_happens_the_rows_are_in_the_order_of_the_log() {
    let server = Server::new();
    let room = server.room("any order", vec![]).await;
    let mut random = 1_u64;
    let mut below = |limit: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (random >> 33) as usize % limit
    };
    // What is in the log, and what is not with its `n`, if it still waits.
    let (mut log, mut pending) = (Vec::<String>::new(), Vec::<(String, Option<u64>)>::new());
    // Until there are more than have rows.
    for step in 0..120 {
        let text_now = format!("text {step}");
        let (waiting, failed): (Vec<usize>, Vec<usize>) = (0..pending.len()).partition(|it| pending[*it].1.is_some());
        match below(6) {
            0 => {
                server.entry(text(log.len() as u64 + 1, BOB, &text_now));
                log.push(text_now);
            }
            1 | 2 => {
                room.send(&text_now).expect("connected");
                pending.push((text_now, Some(server.last_n())));
            }
            3 if !waiting.is_empty() => {
                let (text, n) = pending.remove(waiting[0]);
                server.entry(entry(log.len() as u64 + 1, ME, n.expect("it waits"), said(&text)));
                log.push(text);
            }
            4 if !waiting.is_empty() => {
                let index = waiting[below(waiting.len())];
                server.say(refused(pending[index].1.take(), RefusedCode::Limit, "no"));
            }
            5 if !failed.is_empty() => {
                let index = failed[below(failed.len())];
                frame().await;
                let (text, _) = pending.remove(index);
                if below(2) == 0 {
                    room.press_in_row(&text, ".discard");
                } else {
                    room.press_in_row(&text, ".again");
                    pending.push((text, Some(server.last_n())));
                }
            }
            _ => {}
        }
        if below(3) == 0 {
            // However long it takes: a server that leaves posts and questions unanswered would be left.
            server.say(ServerFrame::Pong);
            frame().await;
            let expected: Vec<&String> = log.iter().chain(pending.iter().map(|(text, _)| text)).collect();
            assert_eq!(room.texts().iter().collect::<Vec<_>>(), expected, "after step {step}");
        }
    }
}

#[wasm_bindgen_test]
async fn a_reader_of_the_history_is_not_moved_and_nothing_old_is_read_out() {
    let page = |seqs: std::ops::RangeInclusive<u64>| -> Vec<Entry> {
        seqs.map(|seq| text(seq, BOB, &format!("entry {seq}"))).collect()
    };
    let server = Server::new();
    let room = server.room("history", page(101..=150)).await;
    frame().await;
    assert!(room.distance_from_end() < 2.0, "{}", room.distance_from_end());
    assert_eq!(room.text("load-older"), "Load older messages");

    room.scroll_to(0.0);
    until("a question", || !server.heard_of("history").is_empty()).await;
    frame().await;
    assert_eq!(room.text("load-older"), "Loading…");
    let top = room.top_of("entry 101");
    server.history(Some(101), page(51..=100));
    frame().await;
    assert!((room.top_of("entry 101") - top).abs() < 2.0, "the reader was moved");
    until("what is above", || room.texts()[0] != "entry 101").await;
    assert!((room.top_of("entry 101") - top).abs() < 2.0, "the reader was moved");

    // By the keyboard, and to the beginning.
    room.press("load-older").await;
    until("a second question", || server.heard_of("history").len() == 2).await;
    server.history(Some(51), page(1..=50));
    until("all of them", || !room.is_shown("load-older")).await;
    room.scroll_to(0.0);
    frame().await;
    assert_eq!(room.texts()[0], "entry 1");
    assert_eq!(room.text("older-words"), "This is the beginning of the conversation.");

    // What comes now is below, and is read out.
    let top = room.top_of("entry 1");
    server.entry(text(151, BOB, "news"));
    until("the news are read out", || announced().contains("Bob: news")).await;
    assert!(!announced().contains("entry"), "{}", announced());
    assert!((room.top_of("entry 1") - top).abs() < 2.0, "the reader was moved");
    assert!(room.is_shown("newer"));
}

#[wasm_bindgen_test]
async fn what_is_missing_is_shown_until_it_is_there() {
    let server = Server::new();
    let room = server.room("hole", vec![text(1, BOB, "one")]).await;
    server.entry(text(4, BOB, "four"));
    frame().await;
    assert_eq!(room.rows("hole"), ["Messages are missing here, loading…"]);
    server.history(Some(4), vec![text(2, BOB, "two"), text(3, LIN, "three")]);
    frame().await;
    assert_eq!(room.rows("hole"), [] as [&str; 0]);
    assert_eq!(room.texts(), ["one", "two", "three", "four"]);
}

#[wasm_bindgen_test]
async fn edits_deletions_reactions_and_answers_are_shown_where_they_belong() {
    let server = Server::new();
    let log = vec![text(1, BOB, "question"), text(2, LIN, "answer")];
    let room = server.room("changes", log).await;
    let reply = Body::Text {
        text: "thanks".to_owned(),
        reply_to: Some(2),
    };
    server.entry(entry(3, BOB, 3, reply));
    frame().await;
    assert_eq!(room.in_row("thanks", ".quote"), "Lin⟨U+202E⟩nilanswer");

    let edit = Body::Edit {
        of: 2,
        text: "better answer".to_owned(),
    };
    server.entry(entry(4, LIN, 4, edit));
    let react = |seq, client| {
        let emoji = "👍".to_owned();
        entry(seq, client, seq, Body::Reaction { of: 1, emoji, on: true })
    };
    server.entry(react(5, ME));
    server.entry(react(6, LIN));
    frame().await;
    assert_eq!(room.texts(), ["question", "better answer", "thanks"]);
    assert_eq!(room.in_row("better answer", ".edited"), "edited");
    assert_eq!(room.in_row("question", ".reaction"), "👍2");
    assert_eq!(room.in_row("thanks", ".quoted-text"), "better answer");

    server.entry(entry(7, LIN, 7, Body::Retract { of: 2 }));
    frame().await;
    assert_eq!(room.texts(), ["question", "thanks"]);
    assert_eq!(room.in_row("thanks", ".quoted-text"), "Deleted by its author");
}

#[wasm_bindgen_test]
async fn typing_is_told_and_shown() {
    let server = Server::new();
    let room = server.room("typing", vec![]).await;
    let told = || server.heard_of("typing");
    room.type_into("text", "h");
    room.type_into("text", "he");
    assert_eq!(told(), [r#"{"type":"typing","on":true}"#], "not with every key");
    room.type_into("text", " ");
    assert_eq!(told().len(), 2, "what is empty is not typed");
    assert!(told()[1].contains("false"));
    room.type_into("text", "hello");
    room.press_enter(false, 13);
    assert_eq!(told().len(), 4, "{:?}", told());
    assert!(told()[3].contains("false"));

    let typing = |client: &str, on| ServerFrame::Typing {
        client: client.to_owned(),
        on,
    };
    for (frame_of, words) in [
        (typing(BOB, true), "Bob is typing…"),
        (typing(LIN, true), "Bob and Lin⟨U+202E⟩nil are typing…"),
        (typing(BOB, true), "Bob and Lin⟨U+202E⟩nil are typing…"),
        (typing(BOB, false), "Lin⟨U+202E⟩nil is typing…"),
        (typing(LIN, false), "Enter sends, Shift+Enter begins a new line."),
    ] {
        server.say(frame_of);
        frame().await;
        assert_eq!(room.text("hint"), words);
    }
}

#[wasm_bindgen_test]
async fn another_name_is_said_and_another_room_is_another_connection() {
    let server = Server::new();
    let room = server.room("names", vec![]).await;
    assert_eq!(room.enabled(), ["send", "disconnect"]);
    room.press("change").await;
    room.type_into("name", "Anna");
    frame().await;
    assert_eq!(room.enabled(), ["connect", "send", "disconnect"]);
    room.press("connect").await;
    frame().await;
    assert_eq!(server.heard_of("rename"), [r#"{"type":"rename","name":"Anna"}"#]);
    assert_eq!(room.text("summary-name"), "Anna");
    assert_eq!(room.enabled(), ["send", "disconnect"]);

    room.host.set_attribute("name", "Annabel").expect("an attribute");
    assert_eq!(server.heard_of("rename").len(), 2, "at once");
    assert_eq!(room.value("name"), "Annabel");
    assert_eq!(server.attempts(), 1);

    room.host.set_attribute("room", "another").expect("an attribute");
    frame().await;
    assert_eq!(room.enabled(), ["connect", "send", "disconnect"]);
    room.press("connect").await;
    until("another socket", || server.attempts() == 2).await;
    server.let_in(vec![]).await;
    let join = server.heard_of("join").remove(0);
    assert!(join.contains(r#""room":"another","name":"Annabel""#), "{join}");
}

#[wasm_bindgen_test]
async fn a_text_too_long_for_a_room_is_told_so() {
    let server = Server::new();
    let room = server.room("too long", vec![]).await;
    let long = "x".repeat(16 * 1024 + 37);
    room.type_into("text", &long);
    frame().await;
    assert!(
        room.text("hint").contains("too long by 37 bytes"),
        "{}",
        room.text("hint")
    );
    room.press_enter(false, 13);
    assert_eq!(room.value("text").len(), long.len());
    room.type_into("text", &long[37..]);
    room.press_enter(false, 13);
    assert_eq!(room.value("text"), "", "exactly the limit");
}

#[wasm_bindgen_test]
async fn what_the_server_refuses_has_failed_and_can_be_discarded() {
    let server = Server::new();
    let room = server.room("refused", vec![]).await;
    room.send("unwanted").expect("connected");
    server.say(refused(
        Some(server.last_n()),
        RefusedCode::Limit,
        "no\u{202e}thing like that",
    ));
    frame().await;
    assert_eq!(room.delivery(), ["failed"]);
    assert_eq!(room.in_row("unwanted", ".delivery"), "Not sent");
    let notices = room.rows("notice");
    assert!(
        notices.contains(&"The server refused: no⟨U+202E⟩thing like that".to_owned()),
        "{notices:?}"
    );
    room.press_in("#message .again");
    frame().await;
    assert_eq!(room.delivery(), ["waiting"]);
    server.say(refused(Some(server.last_n()), RefusedCode::Limit, "no"));
    frame().await;
    room.press_in("#message .discard");
    frame().await;
    assert_eq!(room.texts(), [] as [&str; 0]);
}

#[wasm_bindgen_test]
async fn a_log_that_was_reset_says_so_in_both_languages() {
    let server = Server::new();
    let room = server.room("reset", vec![text(1, BOB, "old")]).await;
    server.end(1006);
    until("the wait", || room.state() == "waiting").await;
    assert!(!room.is_shown("people"));
    room.press("connect").await;
    until("another socket", || server.attempts() == 2).await;
    server.accept("chat-room.v1");
    until("a join", || !server.heard_of("join").is_empty()).await;
    let mut anew = joined(0);
    anew.epoch = "another".to_owned();
    server.say(ServerFrame::Joined(Box::new(anew)));
    server.history(None, vec![]);
    frame().await;
    assert_eq!(room.texts(), [] as [&str; 0]);
    assert!(
        room.rows("notice")[0].contains("log was reset"),
        "{:?}",
        room.rows("notice")
    );
    room.host.set_attribute("lang", "zh").expect("an attribute");
    frame().await;
    assert!(
        room.rows("notice")[0].contains("记录已被重置"),
        "{:?}",
        room.rows("notice")
    );
}

#[wasm_bindgen_test]
async fn the_protocols_own_close_codes_are_told_in_words() {
    for (code, english, chinese) in [
        (4401, "asks for a sign-in", "要求登录凭据"),
        (4403, "may not be entered", "不允许进入"),
        (4409, "open elsewhere", "已在别处打开"),
        (1012, "restarts and is back", "正在重启"),
        (1013, "was too slow", "连接太慢"),
    ] {
        let server = Server::new();
        let room = server.room(&format!("close {code}"), vec![]).await;
        server.end(code);
        let told = |words: &str| room.rows("notice").iter().any(|it| it.contains(words));
        until("the end", || told(english)).await;
        // Where the server could do nothing else the next time, and only there, it ends for good.
        let is_final = matches!(code, 4401 | 4403);
        assert_eq!(room.state() == "closed", is_final, "{code}: {}", room.state());
        room.host.set_attribute("lang", "zh").expect("an attribute");
        frame().await;
        assert!(told(chinese), "{:?}", room.rows("notice"));
        if is_final {
            assert!(room.text("ending").contains(chinese), "{}", room.text("ending"));
        }
    }
}

#[wasm_bindgen_test]
async fn where_no_server_was_reached_the_hint_tells_of_plain_text() {
    let server = Server::new();
    let room = Room::open(&[("lang", "en"), ("url", "ws://localhost/"), ("room", "lobby")]);
    room.press("connect").await;
    server.end(1006);
    until("the wait", || room.state() == "waiting").await;
    assert!(
        room.text("hint").contains("leave the field Room empty"),
        "{}",
        room.text("hint")
    );
    drop(room);

    let room = server.room("reached", vec![]).await;
    server.end(1006);
    until("the wait", || room.state() == "waiting").await;
    assert!(!room.text("hint").contains("leave the field"), "{}", room.text("hint"));
}
