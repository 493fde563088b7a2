use chat_room::traffic::{Heartbeat, MAX_BYTES, MAX_ENTRIES, MAX_ENTRY_BYTES, Traffic, What};
use chat_room::websocket::{Close, Message, OpenError, ReadyState};

use crate::{in_a_room, open, received, sent};

tests! {
    /// The oldest entries leave first, and the numbers go on.
    fn there_are_at_most_so_many_entries() {
        let mut traffic = Traffic::default();
        for number in 0..MAX_ENTRIES {
            traffic.note(number as u64, sent("x"));
        }
        assert_eq!((traffic.iter().len(), traffic.first(), traffic.bytes()), (MAX_ENTRIES, 0, MAX_ENTRIES));
        traffic.note(0, sent("xx"));
        assert_eq!((traffic.iter().len(), traffic.first(), traffic.next()), (MAX_ENTRIES, 1, MAX_ENTRIES as u64 + 1));
        assert_eq!(traffic.bytes(), MAX_ENTRIES + 1);
    }

    fn there_are_at_most_so_many_bytes() {
        let mut traffic = Traffic::default();
        let fits = MAX_BYTES / MAX_ENTRY_BYTES;
        let large = What::received(&Message::from(vec![7; MAX_ENTRY_BYTES]));
        for _ in 0..fits {
            traffic.note(0, large.clone());
        }
        assert_eq!((traffic.iter().len(), traffic.bytes()), (fits, MAX_BYTES));
        traffic.note(0, sent(""));
        assert_eq!(traffic.iter().len(), fits + 1, "no bytes take no place");
        traffic.note(0, sent("x"));
        assert_eq!((traffic.iter().len(), traffic.bytes()), (fits + 1, MAX_BYTES - MAX_ENTRY_BYTES + 1));
    }

    fn a_long_message_keeps_its_head_and_its_size() {
        for (message, kept) in [
            (Message::from(vec![7; MAX_ENTRY_BYTES]), MAX_ENTRY_BYTES),
            (Message::from(vec![7; MAX_ENTRY_BYTES + 1]), MAX_ENTRY_BYTES),
            (Message::from("x".repeat(MAX_ENTRY_BYTES)), MAX_ENTRY_BYTES),
            (Message::from("x".repeat(MAX_ENTRY_BYTES + 9)), MAX_ENTRY_BYTES),
            // Cut between characters.
            (Message::from("x".repeat(MAX_ENTRY_BYTES - 1) + "你"), MAX_ENTRY_BYTES - 1),
        ] {
            let What::Received(data) = What::received(&message) else { unreachable!() };
            assert_eq!((data.head.len(), data.bytes), (kept, message.len()));
            assert_eq!(data.is_whole(), kept == message.len());
        }
    }

    fn what_came_since_is_found_by_its_number() {
        let mut traffic = Traffic::default();
        for _ in 0..MAX_ENTRIES + 5 {
            traffic.note(0, sent(""));
        }
        let end = MAX_ENTRIES as u64 + 5;
        for (seq, first, count) in [(0, 5, MAX_ENTRIES), (5, 5, MAX_ENTRIES), (6, 6, MAX_ENTRIES - 1), (end - 1, end - 1, 1)] {
            let mut since = traffic.since(seq);
            assert_eq!(since.len(), count, "{seq}");
            assert_eq!(since.next().map(|it| it.seq), Some(first));
        }
        assert_eq!(traffic.since(end).len(), 0);
        assert_eq!(traffic.since(end + 1).len(), 0);
        traffic.clear();
        assert_eq!((traffic.iter().len(), traffic.bytes(), traffic.first(), traffic.next()), (0, 0, end, end));
    }

    fn only_signs_of_life_of_the_protocol_are_such() {
        for (text, kind) in [
            (r#"{"type":"ping"}"#, Some(Heartbeat::Ping)),
            (r#"{"type":"pong"}"#, Some(Heartbeat::Pong)),
            (r#"[{"type":"pong"}]"#, Some(Heartbeat::Pong)),
            (" { \"type\" : \"pong\" }\n", Some(Heartbeat::Pong)),
            (r#"{"type":"ping","x":1}"#, None),
            (r#"[{"type":"pong"},{"type":"pong"}]"#, None),
            ("ping", None),
            ("", None),
        ] {
            let mut traffic = in_a_room();
            traffic.note(3, received(text));
            let last = traffic.iter().last().and_then(|it| it.what.data()).expect("a message");
            assert_eq!(last.heartbeat, kind, "{text}");

            // To another server it is a text like any other, also after a room.
            traffic.note(4, open());
            traffic.note(5, sent(text));
            let last = traffic.iter().last().and_then(|it| it.what.data()).expect("a message");
            assert_eq!(last.heartbeat, None, "{text}");
        }
    }

    fn each_event_has_a_name_and_a_ready_state_if_it_changes() {
        let close = Close { code: 4001, reason: "x".into(), was_clean: true };
        let refused = OpenError::MixedContent { url: "ws://x/".into() };
        for (what, name, state) in [
            (open(), "recording", Some(ReadyState::Open)),
            (What::Connecting { url: String::new(), protocols: String::new(), attempt: 1 }, "connecting", Some(ReadyState::Connecting)),
            (What::Refused(refused), "refused", Some(ReadyState::Closed)),
            (What::Open { protocol: String::new(), extensions: String::new() }, "open", Some(ReadyState::Open)),
            (sent(""), "sent", None),
            (received(""), "received", None),
            (What::NotSent(3), "not sent", None),
            (What::Closing, "closing", Some(ReadyState::Closing)),
            (What::Errored, "error", None),
            (What::Closed(close), "close", Some(ReadyState::Closed)),
            (What::Dropped, "dropped", Some(ReadyState::Closed)),
        ] {
            assert_eq!((what.name(), what.ready_state()), (name, state));
        }
    }
}
