//! The log as a file.

use chat_room::room::export::{Export, Form, PIECE_BYTES, PIECE_ITEMS, Words, file_name, stamp};
use chat_room::room::{Command, Timeline};
use chat_room_wire::{Body, History, Refused, RefusedCode, ServerFrame};

use crate::support::{BO, Bench, ME, entry, joined, page, text as said};

const WORDS: Words = Words {
    answers: "answering %: “%”",
    edited: "edited",
    deleted: "deleted",
    unsent: "not sent",
    hole: "(missing)",
    nameless: ("Me", "They"),
};

/// A log with an answer, an edit, a deletion, a reaction and a text that failed.
fn bench() -> Bench {
    let mut bench = Bench::in_the_room();
    let answer = Body::Text {
        text: "line one\nline \"two\"\r2026-11-24 09:41 EVE: not hers".into(),
        reply_to: Some(1),
    };
    let long = Body::Text {
        text: "short".into(),
        reply_to: Some(2),
    };
    let edit = Body::Edit {
        of: 1,
        text: "changed".into(),
    };
    let reaction = Body::Reaction {
        of: 1,
        emoji: "👍".into(),
        on: true,
    };
    bench.hear_entry(entry(1, BO, 1, said("as it was")));
    bench.hear_entry(entry(2, BO, 2, answer));
    bench.hear_entry(entry(3, ME, 3, long));
    bench.hear_entry(entry(4, BO, 4, said("taken back")));
    bench.hear_entry(entry(5, BO, 5, edit));
    bench.hear_entry(entry(6, BO, 6, Body::Retract { of: 4 }));
    bench.hear_entry(entry(7, ME, 7, reaction));
    bench.say("waits");
    bench
}

/// All pieces.
fn whole(timeline: &Timeline, form: Form<'_>) -> String {
    let mut export = Export::new(timeline);
    std::iter::from_fn(|| export.next(timeline, &form)).collect()
}

fn json(timeline: &Timeline) -> String {
    whole(timeline, Form::Json)
}

/// As text, an hour east of Greenwich.
fn text(timeline: &Timeline) -> String {
    whole(timeline, TEXT)
}

const TEXT: Form<'static> = Form::Text {
    words: WORDS,
    minutes_east: &|_| 60,
    visible: &visible,
};

fn visible(name: &str) -> String {
    name.replace("BO", "Bo<>")
}

/// A reader of the history, who has so many texts of so many bytes.
fn reader(count: u64, bytes: usize) -> Bench {
    let mut bench = Bench::new();
    bench.enter();
    bench.hear(&[
        ServerFrame::Joined(Box::new(joined(2))),
        page(vec![entry(2, BO, 2, said("first"))]),
    ]);
    bench.command(Command::LoadOlder).expect("there is more");
    hear(&mut bench, 3..count + 2, bytes);
    bench
}

fn hear(bench: &mut Bench, seqs: std::ops::Range<u64>, bytes: usize) {
    for seq in seqs {
        bench.hear_entry(entry(seq, BO, seq, said(&"x".repeat(bytes))));
    }
}

tests! {
    fn a_time_is_written_as_it_is_at_the_users_place() {
        for (millis, east, words) in [
            (0, 0, "1970-01-01 00:00"),
            (0, -1, "1969-12-31 23:59"),
            (59_999, 0, "1970-01-01 00:00"),
            (951_782_400_000, 0, "2000-02-29 00:00"),
            (951_868_800_000, 0, "2000-03-01 00:00"),
            (1_709_164_800_000, -60, "2024-02-28 23:00"),
            (1_735_689_599_999, 0, "2024-12-31 23:59"),
            (1_735_689_599_999, 480, "2025-01-01 07:59"),
            (1_795_513_260_000, 330, "2026-11-24 15:11"),
            (4_107_542_400_000, 0, "2100-03-01 00:00"),
        ] {
            assert_eq!(stamp(millis, east), words, "{millis} {east}");
        }
        // Whatever a server says, it is some time.
        assert!(stamp(u64::MAX, 840).starts_with("584556019-"), "{}", stamp(u64::MAX, 840));
    }

    fn a_file_is_named_by_room_and_date() {
        for (room, name) in [
            ("garden", "garden-2026-11-24.txt"),
            ("花园", "花园-2026-11-24.txt"),
            ("", "chat-2026-11-24.txt"),
            ("../etc/pass wd", "-..-etc-pass-wd-2026-11-24.txt"),
            ("a:b*c?\u{7}", "a-b-c---2026-11-24.txt"),
        ] {
            assert_eq!(file_name(room, 1_795_513_260_000, 0, "txt"), name);
        }
        let long = file_name(&"x".repeat(65), 0, 0, "json");
        assert_eq!(long, ["x".repeat(64).as_str(), "-1970-01-01.json"].concat());
    }

    fn the_text_has_a_line_for_each_text() {
        let bench = bench();
        let lines = text(bench.room.timeline());
        assert_eq!(
            lines.lines().collect::<Vec<_>>(),
            [
                "1970-01-01 01:16 Bo<>: changed (edited)",
                "1970-01-01 01:16 Bo<> (answering Bo<>: “changed”): line one",
                "    line \"two\"",
                "    2026-11-24 09:41 EVE: not hers",
                "1970-01-01 01:16 ME (answering Bo<>: “line one…”): short",
                "1970-01-01 01:16 Bo<>: deleted",
                "1970-01-01 01:16 Me: waits (not sent)",
            ]
        );
    }

    fn what_is_missing_is_told() {
        let mut bench = Bench::in_the_room();
        bench.hear_entry(entry(1, BO, 1, said("one")));
        bench.hear_entry(entry(4, BO, 4, said("four")));
        let lines = text(bench.room.timeline());
        assert_eq!(lines.lines().nth(1), Some("(missing)"));
    }

    fn json_has_an_object_for_each_text() {
        let mut bench = bench();
        let n = 1;
        bench.hear(&[ServerFrame::Refused(Refused {
            n: Some(n),
            code: RefusedCode::Limit,
            message: "no".into(),
            retry_after_ms: None,
        })]);
        let objects: serde_json::Value = serde_json::from_str(&json(bench.room.timeline())).expect("JSON");
        let object = |index: usize| objects[index].clone();
        assert_eq!(objects.as_array().map(Vec::len), Some(5));
        assert_eq!(
            object(0),
            serde_json::json!({
                "seq": 1, "at": 1_000_001, "client": "bo", "name": "BO", "text": "changed", "own": false,
                "delivery": null, "edited": true, "deleted": false, "replyTo": null,
                "reactions": [{"emoji": "👍", "clients": ["me"]}],
            })
        );
        assert_eq!(object(1)["text"], "line one\nline \"two\"\r2026-11-24 09:41 EVE: not hers");
        assert_eq!((&object(2)["own"], &object(2)["replyTo"]), (&true.into(), &2.into()));
        assert_eq!((&object(3)["deleted"], &object(3)["text"]), (&true.into(), &"".into()));
        assert_eq!((&object(4)["seq"], &object(4)["delivery"]), (&serde_json::Value::Null, &"failed".into()));
        assert_eq!(json(Bench::new().room.timeline()), "[\n]\n");
    }

    fn json_escapes_what_it_must() {
        let mut bench = Bench::in_the_room();
        let all: String = (0..=0x2f_u8).map(char::from).chain("\\\u{7f}\u{2028}𝄞".chars()).collect();
        bench.hear_entry(entry(1, BO, 1, said(&all)));
        let objects: serde_json::Value = serde_json::from_str(&json(bench.room.timeline())).expect("JSON");
        assert_eq!(objects[0]["text"], all);
    }

    fn a_piece_is_bounded_by_items_and_by_bytes() {
        let lines = |piece: Option<String>| piece.map(|it| it.lines().count());
        for (texts, bytes, first, rest) in [
            (PIECE_ITEMS - 1, 1, PIECE_ITEMS - 1, None),
            (PIECE_ITEMS, 1, PIECE_ITEMS - 1, Some(1)),
            (20, PIECE_BYTES / 16, 17, Some(3)),
        ] {
            let bench = reader(texts as u64, bytes);
            let timeline = bench.room.timeline();
            assert_eq!(timeline.len(), texts + 1, "one says that one is connected");
            let mut export = Export::new(timeline);
            assert_eq!(lines(export.next(timeline, &TEXT)), Some(first), "{texts} of {bytes}");
            assert_eq!((export.texts(), export.is_whole()), (first, rest.is_none()));
            assert_eq!(lines(export.next(timeline, &TEXT)), rest, "{texts} of {bytes}");
            assert_eq!(export.next(timeline, &TEXT), None);
            assert_eq!(export.texts(), texts);
        }
    }

    fn what_comes_between_two_pieces_is_not_in_the_file() {
        let mut bench = reader(PIECE_ITEMS as u64, 1);
        let mut export = Export::new(bench.room.timeline());
        let first = export.next(bench.room.timeline(), &Form::Json).expect("a piece");
        bench.say("mine");
        hear(&mut bench, PIECE_ITEMS as u64 + 2..PIECE_ITEMS as u64 + 9, 1);
        bench.hear(&[ServerFrame::History(History { before: Some(2), entries: vec![entry(1, BO, 1, said("older"))], start: true })]);
        let rest = std::iter::from_fn(|| export.next(bench.room.timeline(), &Form::Json));
        let file = rest.fold(first, |file, piece| file + &piece);
        let objects: Vec<serde_json::Value> = serde_json::from_str(&file).expect("JSON");
        let seqs: Vec<u64> = objects.iter().filter_map(|it| it["seq"].as_u64()).collect();
        assert_eq!(seqs, (2..PIECE_ITEMS as u64 + 2).collect::<Vec<_>>());
    }

    fn what_leaves_between_two_pieces_is_told() {
        let mut bench = reader(2 * PIECE_ITEMS as u64, 1);
        for (form, end) in [(TEXT, "(missing)\n"), (Form::Json, "\n]\n")] {
            let mut export = Export::new(bench.room.timeline());
            export.next(bench.room.timeline(), &form).expect("a piece");
            bench.command(Command::StopReading).expect("it is taken in each state");
            assert_eq!(export.next(bench.room.timeline(), &form).as_deref(), Some(end));
            assert_eq!(export.next(bench.room.timeline(), &form), None);
            bench = reader(2 * PIECE_ITEMS as u64, 1);
        }
    }
}
