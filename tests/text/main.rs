//! What is in a text, which names look alike, and days and times in words. Run natively and in the browsers.
#![cfg(feature = "element")]

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[macro_use]
#[path = "../both/mod.rs"]
mod both;
mod dates;

use chat_room::text::{MAX_NAMES_NOTED, Names, Piece, action, is_mention, pieces};

/// Pieces as `text`, `<link>`, `@name@`, `` `code` `` and `[block]`.
fn shown(text: &str, name: &str) -> String {
    let pieces = pieces(text, name).into_iter().map(|piece| match piece {
        Piece::Plain(text) => text.to_owned(),
        Piece::Link(text) => format!("<{text}>"),
        Piece::Mention(text) => format!("{{{text}}}"),
        Piece::Code(text) => format!("`{text}`"),
        Piece::Block(text) => format!("[{text}]"),
        other => panic!("the tests know no {other:?}"),
    });
    pieces.collect()
}

tests! {
    fn links_end_where_the_address_does() {
        for (text, expected) in [
            ("https://example.org", "<https://example.org>"),
            ("see http://example.org/a?b=c#d now", "see <http://example.org/a?b=c#d> now"),
            ("HTTPS://Example.org", "<HTTPS://Example.org>"),
            ("mailto:ann@example.org?subject=x.", "<mailto:ann@example.org?subject=x>."),
            ("https://example.org.", "<https://example.org>."),
            ("https://example.org/a, https://example.org/b!", "<https://example.org/a>, <https://example.org/b>!"),
            ("(https://example.org)", "(<https://example.org>)"),
            ("(see https://example.org/a_(b))", "(see <https://example.org/a_(b)>)"),
            ("[https://example.org/[a]]", "[<https://example.org/[a]>]"),
            ("<https://example.org/>", "<<https://example.org/>>"),
            ("\"https://example.org\"", "\"<https://example.org>\""),
            ("*https://example.org*", "*<https://example.org>*"),
            ("https://[::1]:80/", "<https://[::1]:80/>"),
            // Chinese around it, and in it.
            ("看https://example.org吧", "看<https://example.org>吧"),
            ("看https://example.org/a，好", "看<https://example.org/a>，好"),
            ("（https://example.org）。", "（<https://example.org>）。"),
            ("《https://example.org/》", "《<https://example.org/>》"),
            ("https://zh.wikipedia.org/wiki/聊天室", "<https://zh.wikipedia.org/wiki/聊天室>"),
            ("https://例子.中国/路", "<https://例子.中国/路>"),
            // Nothing that would run, nothing that leads nowhere, nothing in the middle of a word.
            ("javascript:alert(1)", "javascript:alert(1)"),
            ("data:text/html,x file:///x ftp://x vbscript:x", "data:text/html,x file:///x ftp://x vbscript:x"),
            ("https:// http://. mailto: mailto:ann mailto:@b", "https:// http://. mailto: mailto:ann mailto:@b"),
            ("xhttps://example.org", "xhttps://example.org"),
            ("java\nhttps://a", "java\n<https://a>"),
            ("a:b: c", "a:b: c"),
            ("é:https://a", "é:<https://a>"),
            ("https://a\u{202e}gro", "<https://a>\u{202e}gro"),
            ("https://a\u{200b}b", "<https://a>\u{200b}b"),
        ] {
            assert_eq!(shown(text, ""), expected, "{text:?}");
        }
    }

    fn a_link_has_a_bound_and_no_text_takes_long() {
        let longest = format!("https://{}", "a".repeat(2_048 - 8));
        assert_eq!(pieces(&longest, ""), [Piece::Link(&longest)]);
        let longer = format!("{longest}a");
        assert_eq!(pieces(&longer, ""), [Piece::Plain(&longer)]);
        for begin in ["mailto:", "https://", "http://x)", ")", "`", "``a`", "ann"] {
            let flood = begin.repeat(16 * 1024 / begin.len());
            let whole: usize = shown(&flood, "Annannannannannannannannannannx").len();
            assert!(whole > 0, "{begin}");
        }
    }

    fn code_is_what_stands_between_backticks() {
        for (text, expected) in [
            ("a `b` c", "a `b` c"),
            ("`a``b`", "`a``b`"),
            ("``a`b``", "`a`b`"),
            ("`` `a` ``", "``a``"),
            ("` `", "` `"),
            ("a ` b", "a ` b"),
            ("a `b\nc` d", "a `b\nc` d"),
            ("``", "``"),
            ("it's 5 o`clock", "it's 5 o`clock"),
            ("```\na\n b\n```", "[a\n b]"),
            ("x\n```rust\nfn a() {}\n```\ny", "x[fn a() {}]y"),
            ("```a b```", "[a b]"),
            ("```\na", "```\na"),
            ("`https://example.org`", "`https://example.org`"),
            ("`Ann` and Ann", "`Ann` and {Ann}"),
            ("```\n`a`\n```", "[`a`]"),
        ] {
            assert_eq!(shown(text, "Ann"), expected, "{text:?}");
        }
        let flood = "`".repeat(16 * 1024);
        assert_eq!(shown(&flood, "Ann"), flood);
    }

    fn a_name_is_found_as_a_word_and_in_chinese_anywhere() {
        for (name, text, expected) in [
            ("Ann", "Ann", "{Ann}"),
            ("Ann", "hello ann!", "hello {ann}!"),
            ("Ann", "@ANN: hi", "{@ANN}: hi"),
            ("Ann", "annual Joann ann_e", "annual Joann ann_e"),
            ("Ann", "Ann's Ann", "{Ann}'s {Ann}"),
            ("Ann", "mail x@ann.org", "mail x{@ann}.org"),
            ("Ann", "你好Ann你好", "你好{Ann}你好"),
            ("Ann Lee", "ann lee, Ann", "{ann lee}, Ann"),
            ("小明", "你好小明，在吗", "你好{小明}，在吗"),
            ("小明", "@小明在吗", "{@小明}在吗"),
            ("明", "明天", "明天"),
            ("明", "@明天", "{@明}天"),
            ("A", "A b", "A b"),
            ("A", "@a b", "{@a} b"),
            ("Élan", "élan", "{élan}"),
            ("Юля", "привет, юля!", "привет, {юля}!"),
            ("C++", "c++ c++x", "{c++} {c++}x"),
            ("", "Ann", "Ann"),
            (" ", "a b", "a b"),
            ("Ann", "https://example.org/ann", "<https://example.org/ann>"),
        ] {
            assert_eq!(shown(text, name), expected, "{name:?} in {text:?}");
            assert_eq!(is_mention(text, name), expected.contains('{'), "{name:?} in {text:?}");
        }
    }

    fn an_action_is_what_one_does() {
        for (text, expected) in [
            ("/me waves", Some("waves")),
            ("/me  waves ", Some("waves")),
            ("/me 挥手", Some("挥手")),
            ("/me ", None),
            ("/me", None),
            ("/meow x", None),
            (" /me waves", None),
            ("/ME waves", None),
        ] {
            assert_eq!(action(text), expected, "{text:?}");
        }
    }

    fn names_that_look_alike_are_told_apart() {
        for (one, other) in [
            ("Ana", "ana"),
            ("Ana", "Аna"),
            ("Ana", "Αnа"),
            ("Ana", "A\u{200b}na"),
            ("Ana", "Ana\u{301}"),
            ("Ana", "Aná"),
            ("Ana", " A n a "),
            ("Ana", "Ａｎａ"),
            ("Ana", "𝐀𝐧𝐚"),
            ("Ana", "Ⓐⓝⓐ"),
            ("Bill", "BiIl"),
            ("Bill", "Bi11"),
            ("Bob", "B0b"),
            ("Ivan", "lvan"),
            ("Петя", "ПЕТЯ"),
            ("小明", "小\u{2060}明"),
        ] {
            let mut names = Names::default();
            assert!(!names.note("aaaa1111", one));
            assert_eq!(names.mark("aaaa1111", one), None, "alone: {one}");
            assert!(names.note("bbbb2222", other), "{one} and {other}");
            assert!(!names.note("bbbb2222", other), "known already");
            assert_eq!(names.mark("aaaa1111", one), Some("aaaa"), "{one} and {other}");
            assert_eq!(names.mark("bbbb2222", other), Some("bbbb"), "{one} and {other}");
        }
        for (one, other) in [("Ana", "Anna"), ("小明", "小朋"), ("Bo", "Bob"), ("a", "á b")] {
            let mut names = Names::default();
            names.note("aaaa1111", one);
            assert!(!names.note("bbbb2222", other), "{one} and {other}");
            assert_eq!(names.mark("aaaa1111", one), None);
        }
    }

    fn a_mark_is_as_long_as_it_takes_and_memory_is_bounded() {
        let mut names = Names::default();
        names.note("aaaa1111", "Ana");
        names.note("aaaa2222", "Ana");
        assert_eq!(names.mark("aaaa1111", "Ana"), Some("aaaa1111"));
        assert_eq!(names.mark("aaaa", "Ana"), Some("aaaa"), "an id that is the beginning of another");
        assert_eq!(names.mark("", "Ana"), None);
        assert!(!names.note("", "Ana") && !names.note("x", ""));
        for number in 0..MAX_NAMES_NOTED - 2 {
            names.note(&number.to_string(), &format!("somebody {number} {number}"));
        }
        assert!(names.mark("aaaa1111", "Ana").is_some(), "exactly so many");
        names.note("one", "more");
        assert_eq!(names.mark("aaaa1111", "Ana"), None);
    }
}
