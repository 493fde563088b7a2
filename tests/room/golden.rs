//! Every golden message of the relay, heard by a room: what can be read is, and what cannot is named and harms nothing.

use chat_room_wire::{Joined, ServerFrame};
use serde_json::Value;

use crate::support::{BO, Bench, entry, joined, page, text};

const MESSAGES: &str = include_str!("../../wire/golden/server.json");

/// A room with one entry, to which nothing has been said yet about what cannot be read.
fn bench() -> Bench {
    let mut bench = Bench::in_the_room();
    bench.hear_entry(entry(1, BO, 1, text("before")));
    bench.frames();
    bench
}

fn complaint(bench: &Bench) -> Option<String> {
    bench
        .shown()
        .iter()
        .find_map(|it| it.strip_prefix("unreadable: ").map(str::to_owned))
}

tests! {
    fn every_golden_message_is_heard() {
        let cases: Vec<Value> = serde_json::from_str(MESSAGES).expect("an array");
        assert!(cases.len() > 100, "the golden messages are there");
        for case in &cases {
            let (name, message) = (&case["name"], case["message"].as_str().expect("a text"));
            let mut bench = bench();
            bench.hear_text(message);
            let frames = case["frames"].as_array().map(Vec::as_slice).unwrap_or_default();
            let errors: Vec<&str> = frames.iter().filter_map(|frame| frame["error"].as_str()).collect();
            let complaint = complaint(&bench);
            if let Some(error) = errors.first() {
                let is_first = frames[0]["error"].is_string();
                assert!(complaint.is_some(), "{name}");
                assert!(!is_first || complaint.as_deref() == Some(error), "{name}: {complaint:?}");
            } else if case["error"].is_string() {
                assert!(complaint.is_some_and(|it| it.starts_with("the message is not JSON")), "{name}");
            } else if let Some(complaint) = complaint {
                // It can be read, but does not belong there.
                let out_of_place = ["a second joined", "a history that was not asked for"];
                assert!(out_of_place.contains(&complaint.as_str()), "{name}: {complaint}");
            }
            assert!(bench.shown().iter().any(|it| it == "BO before"), "{name}: what was there stays");

            // And the room goes on.
            bench.closed(1006);
            bench.event(chat_room::connection::Event::Visible);
            bench.opened();
            let told = Joined { epoch: "anew".into(), ..joined(7) };
            bench.hear(&[ServerFrame::Joined(Box::new(told)), page(vec![entry(7, BO, 9, text("after"))])]);
            assert!(bench.texts().contains(&"BO after".to_owned()), "{name}: {:?}", bench.shown());
        }
    }
}
