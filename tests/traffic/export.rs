use std::rc::Rc;

use chat_room::traffic::{Entry, MAX_ENTRY_BYTES, Traffic, What, json_line, text_line, time_of_day};
use chat_room::websocket::{Close, Message, OpenError, UrlFault};
use serde_json::{Value, json};

use crate::{open, received, sent};

/// 2024-02-29T23:59:59.007Z
const LEAP: u64 = 1_709_251_199_007;

fn entry(at: u64, what: What) -> Rc<Entry> {
    let mut traffic = Traffic::default();
    traffic.note(at, what);
    traffic.iter().next().cloned().expect("one")
}

fn written(what: What) -> (Value, String) {
    let entry = entry(LEAP, what);
    let (mut machine, mut people) = (String::new(), String::new());
    json_line(&entry, &mut machine);
    text_line(&entry, &mut people);
    assert!(machine.ends_with("}\n") && machine.lines().count() == 1, "{machine}");
    (serde_json::from_str(&machine).expect("JSON"), people)
}

tests! {
    fn every_entry_is_a_line_for_machines_and_one_for_people() {
        for (what, fields, words) in [
            (sent("hi \"you\"\n\u{2028}\u{1}"), json!({"event": "sent", "bytes": 13, "text": "hi \"you\"\n\u{2028}\u{1}"}), "sent 13 bytes hi \"you\"\n\u{2028}\u{1}"),
            (What::received(&Message::from(vec![0, 0xff])), json!({"event": "received", "bytes": 2, "hex": "00 ff"}), "received 2 bytes binary 00 ff"),
            (received(""), json!({"event": "received", "bytes": 0, "text": ""}), "received 0 bytes"),
            (open(), json!({"event": "recording", "readyState": 1, "url": "ws://localhost/", "protocol": ""}), "recording readyState 1 ws://localhost/"),
            (
                What::Connecting { url: "ws://x/".into(), protocols: "a, b".into(), attempt: 3 },
                json!({"event": "connecting", "readyState": 0, "url": "ws://x/", "protocols": "a, b", "attempt": 3}),
                "connecting readyState 0 ws://x/ a, b attempt 3",
            ),
            (
                What::Open { protocol: "a".into(), extensions: "permessage-deflate".into() },
                json!({"event": "open", "readyState": 1, "protocol": "a", "extensions": "permessage-deflate"}),
                "open readyState 1 a permessage-deflate",
            ),
            (
                What::Closed(Close { code: 4001, reason: "soon".into(), was_clean: true }),
                json!({"event": "close", "readyState": 3, "code": 4001, "meaning": "the server's own code", "reason": "soon", "wasClean": true}),
                "close readyState 3 4001 clean the server's own code soon",
            ),
            (
                What::Closed(Close { code: 1006, reason: String::new(), was_clean: false }),
                json!({"event": "close", "readyState": 3, "code": 1006, "meaning": "connection lost", "reason": "", "wasClean": false}),
                "close readyState 3 1006 not clean connection lost",
            ),
            (
                What::Refused(OpenError::BadUrl { url: "x".into(), what: UrlFault::NoBase }),
                json!({"event": "refused", "readyState": 3, "error": OpenError::BadUrl { url: "x".into(), what: UrlFault::NoBase }.to_string()}),
                &format!("refused readyState 3 {}", OpenError::BadUrl { url: "x".into(), what: UrlFault::NoBase }),
            ),
            (What::NotSent(7), json!({"event": "not sent", "bytes": 7}), "not sent 7 bytes"),
            (What::Closing, json!({"event": "closing", "readyState": 2}), "closing readyState 2"),
            (What::Errored, json!({"event": "error"}), "error"),
            (What::Dropped, json!({"event": "dropped", "readyState": 3}), "dropped readyState 3"),
        ] {
            let (mut machine, people) = written(what);
            assert_eq!(people, format!("2024-02-29T23:59:59.007Z {words}\n"));
            let object = machine.as_object_mut().expect("an object");
            assert_eq!(object.remove("seq"), Some(json!(0)));
            assert_eq!(object.remove("at"), Some(json!(LEAP)));
            assert_eq!(object.remove("time"), Some(json!("2024-02-29T23:59:59.007Z")));
            assert_eq!(machine, fields);
        }
    }

    fn what_is_not_kept_is_told() {
        let (machine, people) = written(received(&"x".repeat(MAX_ENTRY_BYTES + 1)));
        assert_eq!((&machine["bytes"], &machine["kept"]), (&json!(MAX_ENTRY_BYTES + 1), &json!(MAX_ENTRY_BYTES)));
        assert!(people.contains("262145 bytes of which are kept 262144 xxx"));
    }

    fn times_are_written_in_full() {
        for (at, time) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_767_225_599_999, "2025-12-31T23:59:59.999Z"),
            (1_767_225_600_000, "2026-01-01T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] {
            let mut line = String::new();
            text_line(&entry(at, What::Errored), &mut line);
            assert_eq!(line, format!("{time} error\n"));
            assert_eq!(time_of_day(at), time[11..23]);
        }
        let mut line = String::new();
        text_line(&entry(u64::MAX, What::Errored), &mut line);
        assert!(line.ends_with("Z error\n"), "any number is a time: {line}");
    }
}
