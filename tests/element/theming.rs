//! What docs/theming.md promises: properties, parts, themes, words; each of its examples is tried.

use chat_room_wire::Body;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

use crate::looks::{Sheet, style};
use crate::page::{Room, break_next_append, frame, until};
use crate::scripted::{BOB, ME, Server, entry, text};

#[path = "../../build/sheet.rs"]
mod sheet;

#[wasm_bindgen(module = "/tests/element/looks.js")]
extern "C" {
    #[wasm_bindgen(js_name = textColor)]
    fn text_color(host: &Element, selector: &str) -> String;
    fn paint(host: &Element, selector: &str) -> String;
    #[wasm_bindgen(js_name = pixelOf)]
    fn pixel_of(color: &str) -> String;
    #[wasm_bindgen(js_name = rulesOf)]
    fn rules_of(css: &str) -> Vec<String>;
    #[wasm_bindgen(js_name = partNames)]
    fn part_names(host: &Element) -> Vec<String>;
    fn run(script: &str);
    #[wasm_bindgen(js_name = setProperty)]
    fn set_property(host: &Element, name: &str, value: &JsValue);
    #[wasm_bindgen(js_name = getProperty)]
    fn get_property(host: &Element, name: &str) -> JsValue;
    #[wasm_bindgen(js_name = prefersDark)]
    fn prefers_dark() -> bool;
    fn warnings() -> JsValue;
    fn warned(warnings: &JsValue) -> Vec<String>;
    #[wasm_bindgen(js_name = stopWarnings)]
    fn stop_warnings(warnings: &JsValue);
}

const GUIDE: &str = include_str!("../../docs/theming.md");
const STYLES: [&str; 7] = [
    include_str!("../../src/web/element/style/base.css"),
    include_str!("../../src/web/element/style/settings.css"),
    include_str!("../../src/web/element/style/log.css"),
    include_str!("../../src/web/element/style/composer.css"),
    include_str!("../../src/web/element/style/panels.css"),
    include_str!("../../src/web/element/style/inspector.css"),
    include_str!("../../src/web/element/style/media.css"),
];
const TEXTS: &str = include_str!("../../src/web/element/texts.rs");

/// The guide's examples in a language.
fn examples(language: &str) -> Vec<&'static str> {
    // Every second piece is a block; what stands behind the language in its first line is for others.
    let blocks = GUIDE.split("```").skip(1).step_by(2);
    let lines = blocks.filter_map(|it| it.split_once('\n'));
    let such = lines.filter(|(info, _)| info.split(' ').next() == Some(language));
    such.map(|(_, code)| code).collect()
}

/// What stands in backquotes in a text, and is made of such characters.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list.dedup();
    list
}

#[wasm_bindgen_test]
fn every_public_property_is_in_the_table_and_no_other_with_its_default() {
    let css = STYLES.concat();
    let used = css.match_indices("var(").filter_map(|(at, _)| {
        let rest = css[at + 4..].trim_start();
        rest.starts_with("--chat-room-")
            .then(|| rest.split([',', ')']).next().unwrap_or_default().trim())
    });
    let rows = GUIDE.lines().filter(|line| line.starts_with("| `--chat-room-"));
    let told = rows.clone().map(|row| quoted(row)[0]);
    assert_eq!(sorted(told.collect()), sorted(used.collect()));
    for row in rows {
        let words = quoted(row);
        for default in &words[1..] {
            let as_written = format!("var({}, {default})", words[0]);
            assert!(css.contains(&as_written), "{as_written}");
        }
    }
}

#[wasm_bindgen_test]
fn the_sheet_that_is_built_has_the_rules_of_the_one_that_is_written() {
    let written = STYLES.concat();
    let built = sheet::minify(&written);
    // The values of properties are kept as they are written, white space and all.
    let rules = |css| rules_of(css).iter().map(|rule| sheet::minify(rule)).collect::<Vec<_>>();
    assert_eq!(rules(&built), rules(&written));
    assert!(built.len() < written.len());
}

#[wasm_bindgen_test]
fn every_text_that_can_be_replaced_is_named_and_no_other() {
    let names = TEXTS.lines().filter_map(|line| {
        let (name, _) = line.strip_prefix("    ")?.split_once(": \"")?;
        let mut words = name.split('_');
        let mut camel = words.next()?.to_owned();
        for word in words {
            camel.push_str(&word[..1].to_ascii_uppercase());
            camel.push_str(&word[1..]);
        }
        camel.chars().all(|it| it.is_ascii_alphanumeric()).then_some(camel)
    });
    let (_, list) = GUIDE.split_once("The names:").expect("a list of the names");
    let told = quoted(list).into_iter().map(str::to_owned);
    let names = sorted(names.collect());
    assert!(names.len() > 100, "they are read from where they are");
    let as_written = names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
    assert_eq!(
        sorted(told.collect()),
        names,
        "the list should have exactly {as_written}"
    );
}

#[wasm_bindgen_test]
async fn every_part_in_the_table_is_there_and_no_other() {
    let (_, parts) = GUIDE.split_once("## Parts").expect("a table of the parts");
    let (table, _) = parts.split_once("```").expect("an example");
    let told = table.lines().filter(|line| line.starts_with("| `")).flat_map(quoted);

    let server = Server::new();
    let answer = Body::Text {
        text: "answer".to_owned(),
        reply_to: Some(1),
    };
    let reaction = Body::Reaction {
        of: 1,
        emoji: "👍".to_owned(),
        on: true,
    };
    let log = vec![
        text(1, BOB, "hello"),
        entry(2, ME, 2, answer),
        entry(3, BOB, 3, reaction),
    ];
    let room = server.room("parts", log).await;
    until("the rows", || room.texts().len() == 2).await;
    let mut there = part_names(&room.host);
    break_next_append();
    room.send("the last words").expect("it is connected");
    until("the element says that it broke", || room.has("broken")).await;
    there.extend(part_names(&room.host));
    // They are there only where somebody was away, points at something or inspects.
    there.extend(["unread", "actions", "inspector"].map(str::to_owned));
    assert_eq!(sorted(told.map(str::to_owned).collect()), sorted(there));
}

#[wasm_bindgen_test]
async fn the_examples_in_the_guide_do_what_they_say() {
    let [inherit, colours, parts] = examples("css")[..] else {
        panic!("the guide has other examples");
    };
    let room = Room::open(&[("lang", "en"), ("url", "ws://127.0.0.1:2/")]);
    {
        let _sheet = Sheet::new(inherit);
        assert_eq!(paint(&room.host, ".room"), pixel_of("#16181c"));
    }
    {
        let _sheet = Sheet::new(colours);
        assert_eq!(paint(&room.host, ".room"), pixel_of("#f6f4ec"));
        assert_eq!(paint(&room.host, "#connect"), pixel_of("#2f6f3a"));
        assert_eq!(text_color(&room.host, "#connect"), pixel_of("#fff"));
        assert!(style(&room.host, ".room", "font-family").starts_with("Georgia"));
        assert_eq!(room.host.offset_height(), 640);
    }
    {
        let _sheet = Sheet::new(parts);
        assert_eq!(style(&room.host, "header", "border-bottom-width"), "1px");
        assert_eq!(style(&room.host, "#send", "text-transform"), "uppercase");
    }
    let [words] = examples("js")[..] else {
        panic!("the guide has other examples");
    };
    run(words);
    frame().await;
    assert_eq!(room.text("send"), "Go");
    assert_eq!(room.text("connect"), "Connect", "what is not named stays");
    room.press("connect").await;
    until("a wait", || room.text("status-words").starts_with("back in ")).await;
}

#[wasm_bindgen_test]
async fn a_word_is_replaced_in_every_language_and_an_unknown_one_is_told() {
    let room = Room::open(&[("lang", "zh")]);
    let console = warnings();
    let words = js_sys::Object::new();
    for (name, text) in [("send", "<b>Go</b>"), ("title", "花园"), ("sned", "?")] {
        js_sys::Reflect::set(&words, &name.into(), &text.into()).expect("a plain object");
    }
    set_property(&room.host, "texts", &words);
    let said = warned(&console);
    stop_warnings(&console);
    assert_eq!(said, [r#"<chat-room> has no text "sned""#]);
    frame().await;
    assert_eq!(room.text("send"), "<b>Go</b>", "as text");
    assert_eq!(room.text("connect"), "建立连接");
    room.host.set_attribute("lang", "en").expect("an attribute");
    frame().await;
    assert_eq!(
        (room.text("send").as_str(), room.text("connect").as_str()),
        ("<b>Go</b>", "Connect")
    );
    set_property(&room.host, "texts", &js_sys::Object::new());
    frame().await;
    assert_eq!(room.text("send"), "Send", "the element's own again");
}

#[wasm_bindgen_test]
async fn the_theme_is_an_attribute_and_a_property_and_else_the_pages_or_the_users() {
    const LIGHT: &str = "#fff";
    const DARK: &str = "#16181c";
    let room = Room::open(&[]);
    let shows = || paint(&room.host, ".room");
    let preferred = if prefers_dark() { DARK } else { LIGHT };
    assert_eq!(shows(), pixel_of(preferred));
    for (theme, paper) in [("dark", DARK), ("light", LIGHT), ("", preferred)] {
        set_property(&room.host, "theme", &theme.into());
        assert_eq!(room.host.get_attribute("theme").unwrap_or_default(), theme);
        assert_eq!(get_property(&room.host, "theme"), JsValue::from_str(theme));
        assert_eq!(shows(), pixel_of(paper), "{theme:?}");
    }
    assert!(!room.host.has_attribute("theme"));
    let early = Room::with_early_property("theme", "dark");
    assert_eq!(early.host.get_attribute("theme").as_deref(), Some("dark"));
    // Half dark is dark: whatever the page says of the element itself comes first.
    let _sheet = Sheet::new("chat-room { color-scheme: dark }");
    assert_eq!(shows(), pixel_of(DARK));
}

#[wasm_bindgen_test]
fn the_ink_follows_the_paper_and_the_accents_ink_the_accent() {
    let room = Room::open(&[("url", "ws://127.0.0.1:2/")]);
    for (paper, is_light) in [("#fff", true), ("#ffe9b0", true), ("#102a43", false), ("#000", false)] {
        let _sheet = Sheet::new(&format!("chat-room {{ --chat-room-paper: {paper} }}"));
        let red: f64 = text_color(&room.host, ".title")
            .split(',')
            .next()
            .and_then(|it| it.parse().ok())
            .expect("red");
        assert_eq!(red < 128.0, is_light, "{paper}");
    }
    for (accent, ink) in [
        ("#ffd400", "#000"),
        ("#7a0050", "#fff"),
        ("#0a0", "#000"),
        ("#000", "#fff"),
    ] {
        let _sheet = Sheet::new(&format!("chat-room {{ --chat-room-accent: {accent} }}"));
        assert_eq!(paint(&room.host, "#connect"), pixel_of(accent));
        assert_eq!(text_color(&room.host, "#connect"), pixel_of(ink), "{accent}");
    }
}

#[wasm_bindgen_test]
fn the_colours_that_others_are_made_of_are_worked_out_once() {
    let room = Room::open(&[("url", "ws://127.0.0.1:2/")]);
    for name in ["paper", "pole", "ink"] {
        let worked_out = style(&room.host, ".room", &format!("--chat-room__{name}"));
        assert!(
            !worked_out.is_empty() && !worked_out.contains("from"),
            "{name}: {worked_out}"
        );
    }
}
