//! How it looks in every state, measured: contrasts, focus, sizes, places, and in pages that mean it ill.

use chat_room_wire::{Body, Entry, Refused, RefusedCode, ServerFrame};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

use crate::page::{Room, break_next_append, frame, until};
use crate::scripted::{BOB, LIN, ME, Server, entry, text};

#[wasm_bindgen(module = "/tests/element/looks.js")]
extern "C" {
    fn faint(host: &Element) -> Vec<String>;
    fn unfocused(host: &Element) -> Vec<String>;
    fn small(host: &Element, least: f64) -> Vec<String>;
    fn hues(host: &Element) -> String;
    fn place(host: &Element, id: &str) -> String;
    fn wide(host: &Element) -> Vec<String>;
    fn sheet(css: &str) -> Element;
    #[wasm_bindgen(js_name = insideSheet)]
    fn inside_sheet(host: &Element, css: &str) -> js_sys::Function;
    pub(crate) fn style(host: &Element, selector: &str, name: &str) -> String;
}

const NOTHING: [String; 0] = [];
const NOWHERE: &str = "ws://127.0.0.1:2/";

/// A style sheet of the page's, until it is dropped.
pub(crate) struct Sheet(Element);

impl Sheet {
    pub(crate) fn new(css: &str) -> Self {
        Self(sheet(css))
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        self.0.remove();
    }
}

fn of(seq: u64, client: &str, body: Body) -> Entry {
    entry(seq, client, seq, body)
}

/// A log with a bit of everything.
fn everything() -> Vec<Entry> {
    let answer = |text: &str, to| Body::Text {
        text: text.to_owned(),
        reply_to: Some(to),
    };
    let mut log = vec![
        text(1, BOB, "Good morning!"),
        of(2, ME, answer("Good morning, Bob", 1)),
        text(3, LIN, "مرحبا بالجميع https://example.org/"),
        of(
            4,
            BOB,
            answer(
                "@Ann a long text with many words in it, so that it has more than one line",
                2,
            ),
        ),
        text(5, LIN, "taken back"),
        of(6, LIN, Body::Retract { of: 5 }),
        text(7, ME, "misspelt"),
        of(
            8,
            ME,
            Body::Edit {
                of: 7,
                text: "spelt".to_owned(),
            },
        ),
    ];
    for (client, emoji) in [(ME, "👍"), (BOB, "👍"), (LIN, "🌻")] {
        let seq = log.len() as u64 + 1;
        let reaction = Body::Reaction {
            of: 4,
            emoji: emoji.to_owned(),
            on: true,
        };
        log.push(of(seq, client, reaction));
    }
    // Colours are drawn from who somebody is: so many that each is there.
    for number in 0..24_u64 {
        let seq = log.len() as u64 + 1;
        log.push(text(seq, &format!("{number:032x}"), "hello"));
    }
    log
}

/// Looks at an element in every state that it can be in.
async fn in_every_state(name: &str, attributes: &[(&str, &str)], look: impl Fn(&str, &Room)) {
    let dress = |room: &Room| {
        for (name, value) in attributes {
            room.host.set_attribute(name, value).expect("an attribute");
        }
    };
    {
        let room = Room::open(&[("url", "ftp://example.org"), ("room", name)]);
        dress(&room);
        look("idle", &room);
        room.type_into("protocols", "b@d");
        room.connect().expect_err("a bad address");
        frame().await;
        look("a bad field", &room);
    }
    let server = Server::new();
    {
        let room = server.room(name, vec![]).await;
        dress(&room);
        frame().await;
        look("an empty room", &room);
    }
    let server = Server::new();
    let room = server.room(name, everything()).await;
    dress(&room);
    until("the rows", || room.texts().len() > 20).await;
    look("a conversation", &room);
    // One is missing, and one is refused.
    let head = everything().len() as u64;
    server.entry(text(head + 2, BOB, "after a gap"));
    room.send("refused").expect("it is connected");
    until("the post", || !server.heard_of("post").is_empty()).await;
    server.say(ServerFrame::Refused(Refused {
        n: Some(server.last_n()),
        code: RefusedCode::Limit,
        message: "too long".to_owned(),
        retry_after_ms: None,
    }));
    room.send("waiting").expect("it is connected");
    until("a failed post", || room.delivery().contains(&"failed".to_owned())).await;
    room.press("status").await;
    frame().await;
    look("a hole, a failed post and details", &room);
    room.press("change").await;
    frame().await;
    look("its settings", &room);
    room.scroll_to(0.0);
    frame().await;
    server.entry(text(head + 1, BOB, "the missing one"));
    frame().await;
    look("at its beginning", &room);
    server.end(1006);
    until("a wait", || room.state() == "waiting").await;
    frame().await;
    look("waiting", &room);
    room.press("disconnect").await;
    until("the end", || room.state() == "closed").await;
    frame().await;
    look("closed", &room);
    break_next_append();
    room.press("connect").await;
    room.send("the last words").expect("it waits");
    until("the element says that it broke", || room.has("broken")).await;
    look("broken", &room);
}

#[wasm_bindgen_test]
async fn every_text_and_every_control_can_be_seen_in_both_themes() {
    for theme in ["light", "dark"] {
        for lang in ["en", "zh"] {
            let all = std::cell::Cell::new(false);
            in_every_state(
                &format!("seen {theme} {lang}"),
                &[("theme", theme), ("lang", lang)],
                |state, room| {
                    assert_eq!(faint(&room.host), NOTHING, "{theme}, {lang}, {state}");
                    all.set(all.get() || hues(&room.host) == "01234567");
                },
            )
            .await;
            assert!(all.get(), "every colour of a name has been there");
        }
    }
}

#[wasm_bindgen_test]
async fn derived_colours_can_be_seen_on_any_paper_that_is_light_or_dark() {
    for paper in ["#f6f4ec", "#ffe9c9", "#dff5e1", "#102a43", "#000", "#2b1b2e"] {
        let _sheet = Sheet::new(&format!("chat-room {{ --chat-room-paper: {paper} }}"));
        in_every_state(&format!("paper {paper}"), &[], |state, room| {
            assert_eq!(faint(&room.host), NOTHING, "{paper}, {state}");
        })
        .await;
    }
}

#[wasm_bindgen_test]
async fn the_focus_can_be_seen_on_every_control_in_both_themes() {
    for theme in ["light", "dark"] {
        in_every_state(&format!("focus {theme}"), &[("theme", theme)], |state, room| {
            assert_eq!(unfocused(&room.host), NOTHING, "{theme}, {state}");
        })
        .await;
    }
}

#[wasm_bindgen_test]
async fn fingers_find_every_control_that_stands_alone() {
    in_every_state("fingers", &[], |state, room| {
        assert_eq!(small(&room.host, 44.0), NOTHING, "{state}");
    })
    .await;
}

#[wasm_bindgen_test]
async fn the_three_buttons_keep_their_places_and_sizes_in_every_state() {
    for width in ["280px", "400px", "600px", "1000px"] {
        let _sheet = Sheet::new(&format!("chat-room {{ inline-size: {width}; block-size: 1200px }}"));
        let places = |room: &Room| ["connect", "disconnect", "send"].map(|id| place(&room.host, id));
        let first = std::cell::RefCell::new(None);
        in_every_state(&format!("places {width}"), &[("lang", "en")], |state, room| {
            if room.has("send") {
                let now = places(room);
                let mut first = first.borrow_mut();
                assert_eq!(first.get_or_insert_with(|| now.clone()), &now, "{width}, {state}");
            }
        })
        .await;
    }
}

#[wasm_bindgen_test]
async fn nothing_sticks_out_however_narrow_and_whichever_way_the_page_runs() {
    for (width, dir) in [("280px", "ltr"), ("280px", "rtl"), ("500px", "rtl"), ("1000px", "rtl")] {
        let _sheet = Sheet::new(&format!("chat-room {{ inline-size: {width}; direction: {dir} }}"));
        for lang in ["en", "zh"] {
            in_every_state(
                &format!("wide {width} {dir}"),
                &[("lang", lang), ("dir", dir)],
                |state, room| {
                    assert_eq!(wide(&room.host), NOTHING, "{width}, {dir}, {lang}, {state}");
                },
            )
            .await;
        }
    }
}

#[wasm_bindgen_test]
async fn texts_can_be_spaced_as_wcag_wants_it_and_enlarged() {
    const SPACED: &str =
        "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
        p { margin-block-end: 2em !important }";
    // As wide as 1280 pixels are when everything is twice as large.
    let _sheet = Sheet::new("chat-room { inline-size: 640px } html { font-size: 200% }");
    in_every_state("spaced", &[("lang", "en")], |state, room| {
        let undo = inside_sheet(&room.host, SPACED);
        assert_eq!(wide(&room.host), NOTHING, "{state}");
        undo.call0(&JsValue::NULL).expect("it takes the sheet away again");
    })
    .await;
}

#[wasm_bindgen_test]
async fn a_page_that_styles_everything_does_not_reach_inside() {
    let measured = |room: &Room| {
        let all = [
            (".title", "font-size"),
            (".title", "letter-spacing"),
            (".title", "text-transform"),
            (".title", "color"),
            ("#text", "font-family"),
            ("#text", "line-height"),
            ("#hint", "text-align"),
            ("#hint", "font-weight"),
            ("#hint", "font-style"),
            ("#hint", "text-shadow"),
            ("#connect", "cursor"),
            ("#connect", "height"),
            ("#connect", "word-spacing"),
            ("#connect", "visibility"),
            (".room", "background-color"),
            (".room", "writing-mode"),
            ("#status", "height"),
        ];
        all.map(|(selector, name)| format!("{selector} {name} {}", style(&room.host, selector, name)))
    };
    let room = Room::open(&[("lang", "en"), ("url", NOWHERE), ("theme", "light")]);
    let own = measured(&room);
    for hostile in [
        "* { all: unset }",
        "* { all: initial }",
        "* { all: revert }",
        "body, body * { font: italic 900 60px/0 fantasy; letter-spacing: 1em; word-spacing: 2em; text-transform: uppercase;
             text-align: right; text-shadow: 0 0 9px red; color: red; background: red; cursor: wait; text-indent: 5em;
             writing-mode: vertical-rl; white-space: pre; word-break: break-all }",
        "body { line-height: 0; font-size: 90px; letter-spacing: -9px; text-align: center; font-style: italic }",
        "button, input, p, h2, div, section { all: unset; display: none !important; color: red !important }",
    ] {
        let _sheet = Sheet::new(hostile);
        assert_eq!(measured(&room), own, "{hostile}");
    }
}

#[wasm_bindgen_test]
async fn several_elements_on_a_page_have_each_their_own_looks() {
    let rooms = [
        Room::open(&[("theme", "dark"), ("lang", "zh")]),
        Room::open(&[("theme", "light"), ("lang", "en")]),
    ];
    rooms[0]
        .host
        .style()
        .set_property("inline-size", "300px")
        .expect("a property");
    rooms[1]
        .host
        .style()
        .set_property("inline-size", "900px")
        .expect("a property");
    let all = |name: &str, selector: &str| rooms.each_ref().map(|it| style(&it.host, selector, name));
    let papers = all("background-color", ".room");
    assert_ne!(papers[0], papers[1]);
    let columns = all("grid-template-columns", ".fields").map(|it| it.split(' ').count());
    assert_eq!(columns, [2, 4]);
    assert_eq!(rooms.each_ref().map(|it| it.words()[1].clone()), ["发送数据", "Send"]);
}
