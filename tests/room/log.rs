//! The room's log as it is seen: in order, without doubles, without a gap that nobody knows of.

use chat_room::room::{Command, Content, MAX_ITEMS, MAX_ITEMS_READING, MAX_LEAVING, Refusal};
use chat_room::websocket::Message;
use chat_room_wire::{Body, ClientFrame, Entry, History, HistoryRequest, Joined, RefusedCode, ServerFrame};

use crate::support::{BO, Bench, ME, entrance, entry, joined, page, refused, text};

fn bo(seq: u64) -> Entry {
    entry(seq, BO, seq, text(&seq.to_string()))
}

fn history(before: u64, entries: Vec<Entry>) -> ServerFrame {
    let start = entries.first().is_none_or(|entry| entry.seq == 1);
    ServerFrame::History(History {
        before: Some(before),
        entries,
        start,
    })
}

fn asked(bench: &mut Bench) -> Vec<Option<u64>> {
    let frames = bench.frames().into_iter();
    frames
        .filter_map(|frame| match frame {
            ClientFrame::History(HistoryRequest { before, .. }) => Some(before),
            _ => None,
        })
        .collect()
}

fn numbers(bench: &Bench) -> String {
    let texts: Vec<String> = bench.texts().iter().map(|it| it.replace("BO ", "")).collect();
    texts.join(" ")
}

tests! {
    fn a_page_is_history_and_what_follows_is_news() {
        let mut bench = Bench::new();
        bench.enter();
        bench.hear(&[ServerFrame::Joined(Box::new(joined(2))), page(vec![bo(1), bo(2)]), ServerFrame::Entry(bo(3))]);
        assert_eq!(numbers(&bench), "1 2 3");
        assert_eq!(bench.received, [Message::from("3")]);
        let news: Vec<bool> = bench.room.timeline().iter().filter(|it| it.seq().is_some()).map(|it| it.is_news()).collect();
        assert_eq!(news, [false, false, true]);
        assert!(!bench.room.has_older(), "it begins there");
    }

    fn a_gap_is_seen_at_once_and_mended_page_by_page() {
        let mut bench = Bench::in_the_room();
        bench.hear_entry(bo(1));
        bench.hear_entry(bo(6));
        assert_eq!(numbers(&bench), "1 (hole) 6");
        assert_eq!(asked(&mut bench), [Some(6)]);
        bench.hear_entry(bo(7));
        bench.hear(&[history(6, vec![bo(4), bo(5)])]);
        assert_eq!(numbers(&bench), "1 (hole) 4 5 6 7");
        assert_eq!(asked(&mut bench), [Some(4)]);
        bench.hear(&[history(4, vec![bo(1), bo(2), bo(3)])]);
        assert_eq!(numbers(&bench), "1 2 3 4 5 6 7");
        assert_eq!(asked(&mut bench), []);
    }

    fn a_gap_is_mended_after_a_loss_too() {
        let mut bench = Bench::in_the_room();
        bench.hear_entry(bo(1));
        bench.hear_entry(bo(3));
        bench.frames();
        bench.come_back();
        bench.hear(&[ServerFrame::Joined(Box::new(Joined { recovered: true, ..joined(3) }))]);
        assert_eq!(asked(&mut bench), [Some(3)]);
        bench.hear(&[history(3, vec![bo(1), bo(2)])]);
        assert_eq!(numbers(&bench), "1 2 3");
    }

    fn a_page_that_never_came_is_not_gone_on_from() {
        let mut bench = Bench::new();
        bench.enter();
        bench.say("mine");
        bench.hear(&[ServerFrame::Joined(Box::new(joined(40)))]);
        // It was cut there. The post came into the log.
        bench.frames();
        let ClientFrame::Join(join) = bench.come_back() else { panic!("no join") };
        assert_eq!(join.since, None);
        bench.hear(&[ServerFrame::Joined(Box::new(Joined { accepted: 1, ..joined(41) }))]);
        assert_eq!(bench.posts(), ["1: mine"]);
        let newest = vec![bo(40), entry(41, ME, 1, text("mine"))];
        bench.hear(&[page(newest)]);
        assert_eq!(numbers(&bench), "40 me mine");
        assert!(!bench.shown().contains(&"missed".to_owned()), "nothing had been seen");
        let ClientFrame::Join(join) = bench.come_back() else { panic!("no join") };
        assert_eq!(join.since.map(|it| it.seq), Some(41));
    }

    fn a_relay_that_recovers_what_nobody_asked_for_owes_a_page() {
        let mut bench = Bench::new();
        bench.enter();
        bench.hear(&[ServerFrame::Joined(Box::new(Joined { recovered: true, ..joined(2) })), page(vec![bo(1), bo(2)])]);
        assert_eq!(numbers(&bench), "1 2");
    }

    fn what_the_relay_could_not_read_is_asked_for_again() {
        let mut bench = Bench::in_the_room();
        bench.hear_entry(bo(1));
        bench.hear_entry(bo(3));
        assert_eq!(asked(&mut bench), [Some(3)]);
        bench.hear(&[refused(None, RefusedCode::Unavailable)]);
        bench.pass(1_999);
        assert_eq!(asked(&mut bench), []);
        bench.pass(1);
        assert_eq!(asked(&mut bench), [Some(3)]);
        bench.hear(&[history(3, vec![bo(1), bo(2)])]);
        assert_eq!(numbers(&bench), "1 2 3");

        let mut bench = Bench::new();
        bench.enter();
        bench.hear(&[ServerFrame::Joined(Box::new(joined(9))), page(vec![bo(9)])]);
        bench.command(Command::LoadOlder).expect("there is more");
        bench.hear(&[refused(None, RefusedCode::Unavailable)]);
        assert!(!bench.room.is_loading_older());
        bench.command(Command::LoadOlder).expect("it can be asked for again");
    }

    fn what_finds_no_room_leaves_no_gap_behind_it() {
        let mut bench = Bench::new();
        bench.enter();
        let long = "x".repeat(15 * 1024);
        let big = |seq| entry(seq, BO, seq, text(&long));
        bench.hear(&[ServerFrame::Joined(Box::new(joined(1_000))), page(vec![big(1_000)])]);
        let mut before = 1_000;
        // Until it is nearly full.
        while bench.room.timeline().has_room() && before > 700 {
            bench.command(Command::LoadOlder).expect("there is more");
            bench.frames();
            // A small one behind each long one: it could fit where that does not.
            let entries = vec![bo(before - 2), big(before - 1)];
            bench.hear(&[history(before, entries)]);
            let first = bench.room.timeline().iter().find_map(|it| it.seq()).expect("an entry");
            let all: Vec<u64> = bench.room.timeline().iter().filter_map(|it| it.seq()).collect();
            assert_eq!(all, (first..=1_000).collect::<Vec<_>>(), "a gap");
            if first == before {
                break;
            }
            before = first;
        }
        assert!(bench.room.timeline().iter().len() > 100);
    }

    fn older_entries_whose_place_has_left_are_not_taken_in() {
        let mut bench = Bench::new();
        bench.enter();
        bench.hear(&[ServerFrame::Joined(Box::new(joined(9))), page(vec![bo(9)])]);
        bench.command(Command::LoadOlder).expect("there is more");
        bench.frames();
        // Too many gaps: all that was here leaves.
        for number in 0..=16 {
            bench.hear_entry(bo(11 + 2 * number));
        }
        bench.hear(&[history(9, vec![bo(8)])]);
        assert_eq!(numbers(&bench), "43");
    }

    fn too_many_gaps_begin_anew_with_the_newest() {
        let mut bench = Bench::in_the_room();
        for number in 0..=16 {
            bench.hear_entry(bo(2 + 2 * number));
        }
        assert_eq!(numbers(&bench), "34");
        assert!(bench.shown().contains(&"missed".to_owned()));
        assert!(bench.room.has_older());
    }

    fn a_log_that_was_lost_is_begun_anew_and_said() {
        for (epoch, head) in [("two", 9), ("one", 1)] {
            let mut bench = Bench::in_the_room();
            bench.hear_entry(bo(1));
            bench.hear_entry(bo(2));
            bench.say("mine");
            bench.frames();
            bench.come_back();
            let told = Joined { epoch: epoch.into(), ..joined(head) };
            bench.hear(&[ServerFrame::Joined(Box::new(told)), page(vec![entry(head, BO, 1, text("new"))])]);
            assert_eq!(bench.shown(), ["BO new", "log reset", "connected", "… mine"], "epoch {epoch}");
            assert_eq!(bench.posts(), ["1: mine"]);
        }
    }

    fn after_a_long_absence_the_newest_page_comes_and_the_rest_on_demand() {
        let mut bench = Bench::in_the_room();
        bench.hear_entry(bo(1));
        bench.frames();
        bench.come_back();
        bench.hear(&[ServerFrame::Joined(Box::new(joined(1_000))), page(vec![bo(999), bo(1_000)])]);
        assert_eq!(bench.shown(), ["BO 999", "BO 1000", "missed", "connected"]);
        bench.hear_entry(bo(1_001));
        assert_eq!(numbers(&bench), "999 1000 1001", "no gap");
        bench.command(Command::LoadOlder).expect("there is more");
        assert_eq!(bench.command(Command::LoadOlder), Err(Refusal::NoMore), "one at a time");
        assert_eq!(asked(&mut bench), [Some(999)]);
        bench.hear(&[history(999, vec![bo(997), bo(998)])]);
        assert_eq!(numbers(&bench), "997 998 999 1000 1001");
        assert_eq!(bench.received, [Message::from("1"), Message::from("1001")], "what is old is no news");
    }

    fn the_beginning_is_the_end_of_asking() {
        let mut bench = Bench::new();
        bench.enter();
        bench.hear(&[ServerFrame::Joined(Box::new(joined(9))), page(vec![bo(8), bo(9)])]);
        bench.frames();
        bench.command(Command::LoadOlder).expect("there is more");
        bench.frames();
        let start = ServerFrame::History(History { before: Some(8), entries: vec![bo(7)], start: true });
        bench.hear(&[start]);
        assert!(!bench.room.has_older(), "the relay says so, whatever the number");
        assert_eq!(bench.command(Command::LoadOlder), Err(Refusal::NoMore));
    }

    fn memory_is_bounded_while_one_reads_and_when_one_does_not() {
        let mut bench = Bench::in_the_room();
        let many = MAX_ITEMS as u64 + 100;
        for seq in 1..=many {
            bench.hear_entry(bo(seq));
        }
        assert_eq!(bench.room.timeline().iter().len(), MAX_ITEMS);
        bench.frames();
        let first = bench.room.timeline().iter().find_map(|it| it.seq()).expect("an entry");
        bench.command(Command::LoadOlder).expect("what has left can come back");
        assert_eq!(asked(&mut bench), [Some(first)]);
        bench.hear(&[history(first, (1..first).map(bo).collect())]);
        assert_eq!(numbers(&bench), (1..=many).map(|it| it.to_string()).collect::<Vec<_>>().join(" "));
        let last = MAX_ITEMS_READING as u64 + 200;
        let news: Vec<ServerFrame> = (many + 1..=last).map(|seq| ServerFrame::Entry(bo(seq))).collect();
        for frames in news.chunks(1_000) {
            bench.hear(frames);
        }
        assert_eq!(bench.room.timeline().iter().len(), MAX_ITEMS_READING);
        assert_eq!(bench.command(Command::LoadOlder), Err(Refusal::NoMore), "there is no room for more");
        bench.command(Command::StopReading).expect("always");
        assert_eq!(bench.room.timeline().iter().len(), MAX_ITEMS_READING - MAX_LEAVING, "the first part");
        let mut parts = 1;
        while bench.room.timeline().iter().len() > MAX_ITEMS {
            assert_eq!(bench.room.poll_timeout(), Some(bench.now), "at once, and by itself");
            bench.pass(0);
            parts += 1;
        }
        assert_eq!(parts, (MAX_ITEMS_READING - MAX_ITEMS).div_ceil(MAX_LEAVING));
        assert_eq!(bench.room.timeline().iter().len(), MAX_ITEMS);
        assert_ne!(bench.room.poll_timeout(), Some(bench.now));
        assert_eq!(numbers(&bench).split(' ').next_back(), Some(&*last.to_string()), "the newest stay");
    }

    fn changes_count_from_the_author_alone_and_in_the_logs_order() {
        let mut bench = Bench::in_the_room();
        bench.hear_entry(bo(1));
        let of = 1;
        bench.hear_entry(entry(2, ME, 1, Body::Edit { of, text: "forged".into() }));
        bench.hear_entry(entry(3, ME, 2, Body::Retract { of }));
        assert_eq!(bench.texts(), ["BO 1"]);
        bench.hear_entry(entry(4, BO, 2, Body::Edit { of, text: "first".into() }));
        bench.hear_entry(entry(5, BO, 3, Body::Edit { of, text: "second".into() }));
        let react = |on| Body::Reaction { of, emoji: "+".into(), on };
        bench.hear_entry(entry(6, ME, 3, react(true)));
        bench.hear_entry(entry(7, BO, 4, react(true)));
        bench.hear_entry(entry(8, BO, 5, react(true)));
        assert_eq!(bench.texts(), ["BO second (edited) +2"]);
        bench.hear_entry(entry(9, BO, 6, react(false)));
        bench.hear_entry(entry(10, ME, 4, react(false)));
        bench.hear_entry(entry(11, BO, 7, Body::Retract { of }));
        bench.hear_entry(entry(12, BO, 8, Body::Edit { of, text: "too late".into() }));
        assert_eq!(bench.texts(), ["BO (gone)"]);
    }

    fn a_change_waits_for_the_history_to_bring_what_it_changes() {
        let mut bench = Bench::new();
        bench.enter();
        let edit = entry(5, BO, 5, Body::Edit { of: 3, text: "mended".into() });
        bench.hear(&[ServerFrame::Joined(Box::new(joined(5))), page(vec![bo(4), edit])]);
        assert_eq!(bench.texts(), ["BO 4"]);
        bench.command(Command::LoadOlder).expect("there is more");
        bench.hear(&[history(4, vec![bo(1), bo(2), bo(3)])]);
        assert_eq!(bench.texts(), ["BO 1", "BO 2", "BO mended (edited)", "BO 4"]);
        let item = bench.room.timeline().entry(3).expect("it is here");
        assert!(matches!(item.content(), Content::Said(_)));
    }

    fn a_kind_that_is_not_known_keeps_its_place_and_shows_nothing() {
        let mut bench = Bench::in_the_room();
        bench.hear_entry(entry(1, BO, 1, Body::Other { kind: "poll".into() }));
        bench.hear_entry(bo(2));
        assert_eq!(numbers(&bench), "2", "and no gap before it");
    }

    fn what_cannot_be_read_is_said_once_for_each_connection() {
        let mut bench = Bench::in_the_room();
        bench.hear_text("nonsense");
        bench.hear_text(r#"[{"type":"entry","seq":0},5,{"type":"pong"},{"type":"wave"}]"#);
        bench.hear(&[history(9, vec![])]);
        bench.hear(&[ServerFrame::Joined(Box::new(joined(0)))]);
        let complaints = bench.shown().iter().filter(|it| it.starts_with("unreadable")).count();
        assert_eq!(complaints, 1, "{:?}", bench.shown());
        bench.hear_entry(bo(1));
        assert_eq!(numbers(&bench), "1", "the rest goes on");
        bench.come_back();
        bench.hear_entry(bo(2));
        assert_eq!(bench.shown().iter().filter(|it| it.starts_with("unreadable")).count(), 2);
        assert_eq!(numbers(&bench), "1", "nothing counts before the relay has let one in");
    }

    fn who_is_turned_away_is_told_why_and_does_not_come_back() {
        let mut bench = Bench::new();
        bench.enter();
        bench.hear(&[refused(None, chat_room_wire::RefusedCode::Limit)]);
        assert_eq!(bench.shown(), ["refused: because"]);
        assert_eq!(bench.room.turned_away(), Some("because"));
        bench.closed(1000);
        assert_eq!(bench.room.state().name(), "Closed");
        assert_eq!(bench.room.poll_timeout(), None);
        bench.command(Command::Connect(entrance("lobby"))).expect("once more");
        assert_eq!(bench.room.turned_away(), None, "nobody has said no yet");
    }
}
