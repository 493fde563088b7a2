use chat_room::traffic::{MAX_DEPTH, pretty};

const ALL: usize = usize::MAX;

tests! {
    fn it_is_set_out_as_it_was_sent() {
        for (text, lines) in [
            ("{}", "{}"),
            (" [ ] \n", "[]"),
            (r#"{"b":1,"a":{"x":[]},"b":2}"#, "{\n  \"b\": 1,\n  \"a\": {\n    \"x\": []\n  },\n  \"b\": 2\n}"),
            (
                r#"[1,-0.50,1E+400,12345678901234567890,"\u00e9\"",true,false,null]"#,
                "[\n  1,\n  -0.50,\n  1E+400,\n  12345678901234567890,\n  \"\\u00e9\\\"\",\n  true,\n  false,\n  null\n]",
            ),
            ("[[],{}]", "[\n  [],\n  {}\n]"),
            ("\t{ \"你\" :\n\"好, {[\" }", "{\n  \"你\": \"好, {[\"\n}"),
        ] {
            let pretty = pretty(text, true, ALL).unwrap_or_else(|| panic!("{text} is JSON"));
            assert_eq!((&*pretty.text, pretty.more), (lines, false), "{text}");
        }
    }

    fn what_is_no_object_or_array_is_left_alone() {
        for text in [
            "", " ", "1", "\"x\"", "hello", "{", "}", "[", "]", "{]", "[}", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}",
            "{\"a\":1,}", "{a:1}", "{1:1}", "[01]", "[1.]", "[.5]", "[-]", "[1e]", "[+1]", "[nul]", "[True]", "[1]x", "[1][2]",
            "{} {}", "[\"a\nb\"]", "[\"]", "[\"\\\"]", "{\"a\":1 \"b\":2}", "{\"a\":[}", "[1:2]", "[\u{a0}1]", "[NaN]", "[0x1]",
            "{\"a\" 1}", "{\"a\":1}}", "[--1]", "[1.5.5]", "[1e5e5]", "你",
        ] {
            assert_eq!(pretty(text, true, ALL), None, "{text}");
        }
    }

    fn a_head_may_end_anywhere() {
        let whole = r#"{"a":[1,true,"x\"y"],"b":{}}"#;
        for end in 1..whole.len() {
            let head = pretty(&whole[..end], false, ALL).unwrap_or_else(|| panic!("{}", &whole[..end]));
            assert!(head.more);
            assert_eq!(pretty(&whole[..end], true, ALL), None, "the same, if that were all");
        }
        assert_eq!(pretty("{\"a\":nonsense,", false, ALL), None);
    }

    fn it_is_no_deeper_than_this() {
        let deep = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(pretty(&deep(MAX_DEPTH), true, ALL).is_some());
        assert_eq!(pretty(&deep(MAX_DEPTH + 1), true, ALL), None);
        assert_eq!(pretty(&"[".repeat(1_000_000), false, ALL), None);
    }

    fn no_more_is_written_than_asked_for() {
        let text = r#"["你好"]"#;
        let lines = "[\n  \"你好\"\n]";
        for limit in 0..=lines.len() + 1 {
            let pretty = pretty(text, true, limit).expect("it is JSON");
            assert!(pretty.text.len() <= limit && lines.starts_with(&pretty.text), "{limit}");
            assert_eq!(pretty.more, limit < lines.len(), "{limit}");
        }
        // Indenting must not make much of little: what is not shown is not built.
        let wide = "[".repeat(60) + &"1,".repeat(100_000) + "1" + &"]".repeat(60);
        assert_eq!(pretty(&wide, true, 1000).expect("it is JSON").text.len(), 1000);
        assert_eq!(pretty("[1}", true, 1), None, "looked at to its end all the same");
    }

    /// Whatever it is given, it ends, and what it takes is what serde_json takes.
    fn it_agrees_with_another_reader() {
        let parts = ["{", "}", "[", "]", ",", ":", "\"a\"", "\"\\n\"", "1", "-2.5e3", "true", "null", " ", "x"];
        let mut state: u32 = 7;
        let mut taken = 0;
        for _ in 0..20_000 {
            let mut text = String::from(["", "[", "{"][(state >> 20) as usize % 3]);
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            for _ in 0..=(state >> 16) % 9 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                text.push_str(parts[(state >> 16) as usize % parts.len()]);
            }
            let is_nested = text.trim_start().starts_with(['{', '[']);
            let theirs = serde_json::from_str::<serde_json::Value>(&text).is_ok() && is_nested;
            let ours = pretty(&text, true, ALL);
            assert_eq!(ours.is_some(), theirs, "{text}");
            if let Some(pretty) = ours {
                taken += 1;
                let without_space = |text: &str| text.replace([' ', '\n'], "");
                assert_eq!(without_space(&pretty.text), without_space(&text));
            }
        }
        assert!(taken > 100, "{taken}");
    }
}
