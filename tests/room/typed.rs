//! What was typed: texts, commands, and how they may go on.

use chat_room::room::typed::{Completion, MAX_OPTIONS, MAX_SOUGHT_BYTES, Typed, complete, read};

tests! {
    fn a_line_is_a_text_or_a_command() {
        use Typed::{Bare, Help, NeedsRoom, Nick, Text, Unknown};
        for (typed, in_a_room, in_plain_text) in [
            ("hello", Text("hello"), Text("hello")),
            ("", Text(""), Text("")),
            (" /help", Text(" /help"), Text(" /help")),
            ("a /nick b", Text("a /nick b"), Text("a /nick b")),
            ("/nick Ann", Nick("Ann"), NeedsRoom("nick")),
            ("/nick  Ann Lee ", Nick("Ann Lee"), NeedsRoom("nick")),
            ("/NICK 小明", Nick("小明"), NeedsRoom("nick")),
            ("/nick\u{3000}小明", Nick("小明"), NeedsRoom("nick")),
            ("/nick", Bare("nick"), NeedsRoom("nick")),
            ("/nick  \n", Bare("nick"), NeedsRoom("nick")),
            ("/me waves", Text("/me waves"), NeedsRoom("me")),
            ("/me  waves ", Text("/me  waves "), NeedsRoom("me")),
            ("/me", Bare("me"), NeedsRoom("me")),
            ("/help", Help, Help),
            ("/help me", Help, Help),
            ("/helpme", Unknown("helpme"), Text("/helpme")),
            ("/foo", Unknown("foo"), Text("/foo")),
            ("/usr/bin is a folder", Unknown("usr/bin"), Text("/usr/bin is a folder")),
            ("/", Text("/"), Text("/")),
            ("/ nick", Text("/ nick"), Text("/ nick")),
            ("//nick Ann", Text("/nick Ann"), Text("/nick Ann")),
            ("//help", Text("/help"), Text("/help")),
            ("//foo", Text("/foo"), Text("//foo")),
            ("// a remark", Text("/ a remark"), Text("// a remark")),
            ("///", Text("//"), Text("///")),
            ("//", Text("/"), Text("//")),
        ] {
            assert_eq!(read(typed, true), in_a_room, "{typed:?} in a room");
            assert_eq!(read(typed, false), in_plain_text, "{typed:?} in plain text");
        }
    }

    /// `|` is the caret.
    fn what_is_being_typed_may_go_on() {
        let names = ["Bob", "bobby", "Ann Lee", "Ännchen", "小明", "小红", "Bob"];
        for (typed, from, options) in [
            ("/|", 0, &["/nick ", "/me ", "/help "][..]),
            ("/N|", 0, &["/nick "]),
            ("/nick|", 0, &[]),
            ("/nick |", 0, &[]),
            ("/nick A|", 0, &[]),
            ("/x|", 0, &[]),
            ("//|", 0, &[]),
            (" /|", 0, &[]),
            ("|/", 0, &[]),
            ("hello @|", 6, &["@Ann Lee ", "@Bob ", "@bobby ", "@Ännchen ", "@小明 ", "@小红 "]),
            ("@b|", 0, &["@Bob ", "@bobby "]),
            ("@bob|", 0, &["@Bob ", "@bobby "]),
            ("@bobb| and more", 0, &["@bobby "]),
            ("@bobby|", 0, &[]),
            ("@ä|", 0, &["@Ännchen "]),
            ("@Ann L|", 0, &["@Ann Lee "]),
            ("@Ann Lee |", 0, &[]),
            ("你好@小|", 6, &["@小明 ", "@小红 "]),
            ("@Ann\n|", 0, &[]),
            ("me@b|", 0, &[]),
            ("@@b|", 1, &["@Bob ", "@bobby "]),
            ("no one|", 0, &[]),
        ] {
            let caret = typed.find('|').expect("a caret");
            let text = typed.replacen('|', "", 1);
            let wanted = (!options.is_empty()).then(|| Completion {
                from,
                options: options.iter().map(|it| (*it).to_owned()).collect(),
            });
            assert_eq!(complete(&text, caret, true, names.into_iter()), wanted, "{typed:?}");
        }
        let plain = |text: &str| complete(text, text.len(), false, names.into_iter());
        assert_eq!(plain("/").expect("help").options, ["/help "]);
        assert_eq!(plain("@b"), None, "nobody is known in plain text");
    }

    fn what_is_offered_is_bounded() {
        let names: Vec<String> = (0..MAX_OPTIONS + 3).rev().map(|it| format!("a{it:02}")).collect();
        let options = |sought: &str| complete(sought, sought.len(), true, names.iter().map(String::as_str));
        let offered = options("@a").expect("names").options;
        assert_eq!(offered.len(), MAX_OPTIONS);
        assert_eq!((offered[0].as_str(), offered[MAX_OPTIONS - 1].as_str()), ("@a00 ", "@a07 "), "the first ones");

        let long = "x".repeat(MAX_SOUGHT_BYTES);
        let name = format!("{long}yz");
        for (sought, found) in [(long.clone(), true), (format!("{long}y"), false)] {
            let text = format!("@{sought}");
            assert_eq!(complete(&text, text.len(), true, [name.as_str()].into_iter()).is_some(), found);
        }
        assert_eq!(complete("@小", 2, true, ["小明"].into_iter()), None, "a caret within a character");
    }
}
