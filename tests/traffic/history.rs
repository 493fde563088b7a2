use chat_room::traffic::{History, MAX_HISTORY, MAX_HISTORY_BYTES, Raw};

fn raw(text: &str) -> Raw {
    Raw {
        text: text.into(),
        hex: false,
    }
}

tests! {
    fn one_goes_back_and_forward_to_what_was_being_typed() {
        let mut history = History::default();
        assert_eq!(history.older(raw("draft")), None, "there is nothing yet");
        assert_eq!(history.newer(), None);
        for text in ["one", "two"] {
            history.push(raw(text));
        }
        assert_eq!(history.newer(), None);
        assert_eq!(history.older(raw("draft")), Some(raw("two")));
        assert_eq!(history.older(raw("two, changed")), Some(raw("one")));
        assert_eq!(history.older(raw("one")), None);
        assert_eq!(history.newer(), Some(raw("two")));
        assert_eq!(history.newer(), Some(raw("draft")));
        assert_eq!(history.newer(), None);
        history.older(raw("another draft"));
        history.push(raw("three"));
        assert_eq!(history.newer(), None, "what is sent ends it");
        assert_eq!(history.older(raw("")), Some(raw("three")));
    }

    fn the_same_again_is_remembered_once() {
        let mut history = History::default();
        let digits = Raw { text: "00".into(), hex: true };
        for it in [raw("00"), raw("00"), digits.clone()] {
            history.push(it);
        }
        assert_eq!(history.older(raw("")), Some(digits));
        assert_eq!(history.older(raw("")), Some(raw("00")));
        assert_eq!(history.older(raw("")), None);
    }

    fn it_is_bounded() {
        let mut history = History::default();
        for number in 0..=MAX_HISTORY {
            history.push(raw(&number.to_string()));
        }
        let mut oldest = None;
        let mut count = 0;
        while let Some(older) = history.older(raw("")) {
            (oldest, count) = (Some(older), count + 1);
        }
        assert_eq!((oldest, count), (Some(raw("1")), MAX_HISTORY));

        let mut history = History::default();
        let half = "x".repeat(MAX_HISTORY_BYTES / 2);
        history.push(raw(&half));
        history.push(raw(&half.replace('x', "y")));
        history.older(raw(""));
        assert!(history.older(raw("")).is_some(), "both fit");
        history.push(raw("z"));
        history.older(raw(""));
        history.older(raw(""));
        assert_eq!(history.older(raw("")), None, "the oldest has left");
        history.push(raw(&"x".repeat(MAX_HISTORY_BYTES + 1)));
        assert_eq!(history.older(raw("")), Some(raw("z")), "too long by itself");
    }
}
