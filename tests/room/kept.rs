//! What is kept of the log for the next page: a part of it without a gap, from which that page goes on.

use chat_room::room::{
    Command, Content, Keep, Kept, KeptLog, KeptPost, MAX_KEPT_ENTRIES, MAX_KEPT_EPOCH_BYTES, MAX_KEPT_LOG_BYTES,
};
use chat_room::websocket::Message;
use chat_room_wire::{Body, ClientFrame, Entry, History, Joined, Place, ServerFrame};

use crate::support::{BO, Bench, ME, entrance, entry, identity, joined, page, text};

fn bo(seq: u64) -> Entry {
    entry(seq, BO, seq, text(&seq.to_string()))
}

fn older(before: u64, entries: Vec<Entry>) -> ServerFrame {
    let start = entries.first().is_none_or(|entry| entry.seq == 1);
    ServerFrame::History(History {
        before: Some(before),
        entries,
        start,
    })
}

fn log(entries: &[Entry]) -> KeptLog {
    let entries: Vec<String> = entries
        .iter()
        .map(|entry| ServerFrame::Entry(entry.clone()).to_json())
        .collect();
    KeptLog {
        epoch: "one".into(),
        start: false,
        entries: format!("[{}]", entries.join(",")),
    }
}

/// A page that has got this, and has not yet heard of the relay.
fn reopened(log: KeptLog, client: &str, posts: Vec<KeptPost>) -> Bench {
    let mut bench = Bench::new();
    bench
        .command(Command::Prepare(entrance("garden").address()))
        .expect("prepare");
    bench.claimed(Kept {
        log: Some(log),
        client: client.into(),
        ..identity(posts)
    });
    bench
}

/// Connects. Gives where it wants to go on.
fn since(bench: &mut Bench) -> Option<Place> {
    bench.command(Command::Connect(entrance("garden"))).expect("connect");
    bench.opened();
    match &bench.frames()[..] {
        [ClientFrame::Join(join)] => join.since.clone(),
        other => panic!("not a join alone: {other:?}"),
    }
}

fn place(seq: u64) -> Option<Place> {
    Some(Place {
        epoch: "one".into(),
        seq,
    })
}

fn welcome(head: u64, recovered: bool) -> ServerFrame {
    ServerFrame::Joined(Box::new(Joined {
        recovered,
        ..joined(head)
    }))
}

fn kept(bench: &Bench) -> (Vec<u64>, bool) {
    let Some(log) = bench.room.kept_log() else {
        return (vec![], false);
    };
    assert_eq!(log.epoch, "one");
    let frames = ServerFrame::decode(&log.entries).expect("JSON").into_iter();
    let seqs = frames.map(|frame| match frame {
        Ok(ServerFrame::Entry(entry)) => entry.seq,
        other => panic!("{other:?} is kept"),
    });
    (seqs.collect(), log.start)
}

fn post(n: u64, what: &str) -> KeptPost {
    KeptPost {
        n,
        at: 5,
        body: text(what),
        failed: false,
    }
}

fn asks_to_keep(bench: &mut Bench) -> usize {
    let asked = bench.kept.iter().filter(|keep| **keep == Keep::Log).count();
    bench.kept.clear();
    asked
}

tests! {
    fn what_was_kept_is_shown_at_once_and_goes_on_from_there() {
        let mut bench = reopened(log(&[bo(7), entry(8, ME, 1, text("mine")), bo(9)]), ME, vec![]);
        assert_eq!(bench.texts(), ["BO 7", "me mine", "BO 9"], "before there is a connection");
        assert!(bench.room.timeline().iter().all(|item| !item.is_news()));
        assert!(!bench.room.has_older(), "nobody could be asked for it");
        assert_eq!(since(&mut bench), place(9));
        bench.hear(&[welcome(11, true), ServerFrame::Entry(bo(10)), ServerFrame::Entry(bo(11))]);
        assert_eq!(bench.shown(), ["BO 7", "me mine", "BO 9", "connected", "BO 10", "BO 11"]);
        assert_eq!(bench.received, [Message::from("10"), Message::from("11")], "that was not heard before");
        assert!(bench.room.has_older());
        bench.command(Command::LoadOlder).expect("there is more");
        bench.hear(&[older(7, vec![bo(5), bo(6)])]);
        assert_eq!(bench.texts()[..3], ["BO 5", "BO 6", "BO 7"]);
    }

    fn what_is_kept_comes_back_as_it_was() {
        let mut bench = Bench::new();
        bench.enter();
        let edit = entry(3, BO, 3, Body::Edit { of: 2, text: "better".into() });
        let react = entry(4, ME, 1, Body::Reaction { of: 1, emoji: "+".into(), on: true });
        let unknown = entry(5, BO, 4, Body::Other { kind: "poll".into() });
        bench.hear(&[ServerFrame::Joined(Box::new(joined(3))), page(vec![bo(1), bo(2), edit])]);
        bench.hear_entry(react);
        bench.hear_entry(unknown);
        bench.hear_entry(entry(6, BO, 5, text("\u{0}\u{202e}\"\\ 你好 👋\n")));
        let (shown, log) = (bench.texts(), bench.room.kept_log().expect("a log"));
        assert_eq!((kept(&bench).0.len(), log.start), (6, true));
        let mut bench = reopened(log, ME, vec![]);
        assert_eq!(bench.texts(), shown);
        assert_eq!(shown[..2], ["BO 1 +1", "BO better (edited)"]);
        assert_eq!(since(&mut bench), place(6));
        bench.hear(&[welcome(6, true)]);
        assert!(!bench.room.has_older(), "it begins there");
    }

    fn a_change_of_what_was_not_kept_waits_for_the_history() {
        let edit = entry(5, BO, 5, Body::Edit { of: 3, text: "mended".into() });
        let mut bench = reopened(log(&[bo(4), edit]), ME, vec![]);
        assert_eq!(bench.texts(), ["BO 4"]);
        since(&mut bench);
        bench.hear(&[welcome(5, true)]);
        bench.command(Command::LoadOlder).expect("there is more");
        bench.hear(&[older(4, vec![bo(2), bo(3)])]);
        assert_eq!(bench.texts(), ["BO 2", "BO mended (edited)", "BO 4"]);
    }

    fn it_is_asked_to_be_kept_once_for_all_that_came_together() {
        let mut bench = Bench::new();
        bench.enter();
        bench.hear(&[ServerFrame::Joined(Box::new(joined(0))), page(vec![])]);
        assert_eq!(asks_to_keep(&mut bench), 0, "nothing was said");
        assert_eq!(bench.room.kept_log(), None);
        bench.hear(&[ServerFrame::Entry(bo(1)), ServerFrame::Entry(bo(2)), ServerFrame::Entry(bo(3))]);
        assert_eq!(asks_to_keep(&mut bench), 1);
        bench.hear(&[ServerFrame::Pong]);
        bench.hear_entry(bo(2));
        assert_eq!(asks_to_keep(&mut bench), 0, "nothing has changed");
        assert_eq!(kept(&bench), (vec![1, 2, 3], true));
    }

    fn who_one_is_is_kept_once() {
        let mut bench = Bench::in_the_room();
        let clients = |bench: &Bench| bench.kept.iter().filter(|keep| **keep == Keep::Client(ME.into())).count();
        assert_eq!(clients(&bench), 1);
        bench.come_back();
        bench.hear(&[welcome(0, true)]);
        assert_eq!(clients(&bench), 1, "it is known");
    }

    fn nothing_is_kept_across_a_gap() {
        let mut bench = Bench::in_the_room();
        for seq in [1, 2, 6, 7] {
            bench.hear_entry(bo(seq));
        }
        assert_eq!(kept(&bench), (vec![6, 7], false));
        bench.hear(&[older(6, vec![bo(4), bo(5)])]);
        assert_eq!(kept(&bench).0, [4, 5, 6, 7], "what fills it follows");
        bench.hear(&[older(4, vec![bo(1), bo(2), bo(3)])]);
        assert_eq!(kept(&bench), (vec![1, 2, 3, 4, 5, 6, 7], true));
    }

    fn a_log_that_was_lost_leaves_nothing_to_keep() {
        let mut bench = reopened(log(&[bo(1), bo(2)]), ME, vec![]);
        since(&mut bench);
        let told = Joined { epoch: "two".into(), ..joined(1) };
        bench.hear(&[ServerFrame::Joined(Box::new(told)), page(vec![entry(1, BO, 1, text("new"))])]);
        assert_eq!(bench.shown(), ["BO new", "log reset", "connected"]);
        let log = bench.room.kept_log().expect("the new one");
        assert_eq!((log.epoch.as_str(), log.entries.matches("seq").count()), ("two", 1));
    }

    fn after_too_long_an_absence_the_newest_page_comes() {
        let mut bench = reopened(log(&[bo(1), bo(2)]), ME, vec![post(1, "waits")]);
        assert_eq!(bench.texts(), ["BO 1", "BO 2", "… waits"]);
        since(&mut bench);
        bench.hear(&[welcome(900, false), page(vec![bo(899), bo(900)])]);
        assert_eq!(bench.shown(), ["BO 899", "BO 900", "missed", "connected", "… waits"]);
        assert_eq!(bench.posts(), ["1: waits"]);
        assert_eq!(kept(&bench), (vec![899, 900], false));
    }

    fn what_is_in_the_kept_log_and_still_waits_is_shown_once_and_said_again() {
        let mine = entry(8, ME, 3, text("mine"));
        let mut bench = reopened(log(&[bo(7), mine.clone()]), ME, vec![post(3, "mine"), post(4, "next")]);
        assert_eq!(bench.texts(), ["BO 7", "me mine", "… next"]);
        assert_eq!(bench.room.waiting_posts(), 2, "it is for the relay to say that it is in the log");
        assert!(!bench.kept.contains(&Keep::Gone(3)));
        since(&mut bench);
        bench.hear(&[ServerFrame::Joined(Box::new(Joined { recovered: true, accepted: 3, ..joined(8) }))]);
        assert_eq!(bench.posts(), ["3: mine"]);
        bench.hear_entry(mine);
        assert_eq!(bench.texts(), ["BO 7", "me mine", "… next"]);
        assert!(bench.kept.contains(&Keep::Gone(3)));
        assert_eq!(bench.posts(), ["4: next"]);
        bench.hear_entry(entry(9, ME, 4, text("next")));
        assert_eq!(bench.texts(), ["BO 7", "me mine", "me next"]);
        assert_eq!((bench.room.waiting_posts(), bench.received.len()), (0, 0));
    }

    fn who_does_not_know_itself_does_so_once_it_is_in_the_room() {
        let mut bench = reopened(log(&[entry(8, ME, 3, text("mine"))]), "", vec![post(3, "mine")]);
        assert_eq!(bench.texts(), ["ME mine", "… mine"]);
        since(&mut bench);
        bench.hear(&[welcome(8, true)]);
        assert_eq!(bench.texts(), ["me mine"]);
    }

    fn what_was_taken_for_one_s_own_and_is_not_is_somebody_else_s() {
        let mut bench = reopened(log(&[entry(8, "was me", 3, text("mine"))]), "was me", vec![]);
        assert_eq!(bench.texts(), ["me mine"]);
        since(&mut bench);
        bench.hear(&[welcome(8, true)]);
        assert_eq!(bench.texts(), ["WAS ME mine"]);
    }

    fn the_same_number_with_another_text_is_another_post() {
        let bench = reopened(log(&[entry(8, ME, 3, text("said"))]), ME, vec![post(3, "not said")]);
        assert_eq!(bench.texts(), ["me said", "… not said"]);
    }

    fn what_waits_is_shown_again_if_the_log_that_had_it_is_no_more() {
        for (epoch, head) in [("two", 0), ("one", 900)] {
            let mine = entry(8, ME, 3, text("mine"));
            let mut bench = reopened(log(&[mine]), ME, vec![post(3, "mine"), post(4, "next")]);
            since(&mut bench);
            let told = Joined { epoch: epoch.into(), ..joined(head) };
            bench.hear(&[ServerFrame::Joined(Box::new(told)), page(vec![])]);
            assert_eq!(bench.texts(), ["… mine", "… next"], "epoch {epoch}");
            assert_eq!(bench.posts(), ["3: mine", "4: next"]);
        }
    }

    fn only_what_was_said_about_the_kept_log_leaves_with_it() {
        let edit = |of| Body::Edit { of, text: "better".into() };
        let answer = |text: &str| Body::Text { text: text.into(), reply_to: Some(8) };
        let kept = [KeptPost { body: edit(8), ..post(3, "") }, KeptPost { body: answer("old"), ..post(4, "") }];
        let mut bench = reopened(log(&[entry(8, ME, 1, text("mine"))]), ME, kept.into());
        since(&mut bench);
        bench.command(Command::Post(edit(8))).expect("an edit");
        bench.command(Command::Post(answer("new"))).expect("an answer");
        let told = Joined { epoch: "two".into(), ..joined(0) };
        bench.hear(&[ServerFrame::Joined(Box::new(told)), page(vec![])]);
        let posts: Vec<String> = bench.posts().iter().map(|it| it.replace('"', "")).collect();
        let old = ["3: {type:edit,of:8,text:better}", "4: {type:text,text:old,reply_to:8}"];
        assert_eq!(posts, [old[0], old[1], "6: new"], "what was kept may be about this log");
    }

    fn what_is_refused_has_failed_unless_it_is_to_be_seen_in_the_log() {
        let mut bench = reopened(log(&[entry(8, ME, 3, text("mine"))]), ME, vec![post(3, "mine")]);
        since(&mut bench);
        bench.hear(&[welcome(8, true)]);
        bench.hear(&[crate::support::refused(Some(3), chat_room_wire::RefusedCode::Limit)]);
        assert_eq!(bench.texts(), ["me mine"]);
    }

    fn a_record_with_any_fault_is_not_taken() {
        let gap = log(&[bo(7), bo(9)]);
        let faults = [
            ("nothing", log(&[])),
            ("no JSON", KeptLog { entries: "[".into(), ..gap.clone() }),
            ("another frame", KeptLog { entries: r#"[{"type":"pong"}]"#.into(), ..gap.clone() }),
            ("no entry", KeptLog { entries: r#"[{"type":"entry","seq":7}]"#.into(), ..gap.clone() }),
            ("no frame", KeptLog { entries: format!("[7,{}]", ServerFrame::Entry(bo(7)).to_json()), ..gap.clone() }),
            ("a gap", gap),
            ("another order", log(&[bo(8), bo(7)])),
            ("a double", log(&[bo(7), bo(7)])),
            ("a circle", log(&[Entry { prev: 7, ..bo(7) }])),
            ("no epoch", KeptLog { epoch: String::new(), ..log(&[bo(7)]) }),
            ("a long epoch", KeptLog { epoch: "e".repeat(MAX_KEPT_EPOCH_BYTES + 1), ..log(&[bo(7)]) }),
            ("too many", log(&(1..=MAX_KEPT_ENTRIES as u64 + 1).map(bo).collect::<Vec<_>>())),
            ("too much", log(&[entry(7, BO, 7, text(&"x".repeat(MAX_KEPT_LOG_BYTES)))])),
        ];
        for (fault, log) in faults {
            let mut bench = reopened(log, ME, vec![]);
            assert_eq!(bench.shown(), Vec::<String>::new(), "{fault}");
            assert_eq!(since(&mut bench), None, "{fault}");
        }
        let edge = KeptLog { epoch: "e".repeat(MAX_KEPT_EPOCH_BYTES), ..log(&[bo(7)]) };
        assert_eq!(reopened(edge, ME, vec![]).texts(), ["BO 7"]);
        let most: Vec<Entry> = (1..=MAX_KEPT_ENTRIES as u64).map(bo).collect();
        assert_eq!(reopened(log(&most), ME, vec![]).texts().len(), MAX_KEPT_ENTRIES);
    }

    fn so_many_entries_are_kept_and_no_more() {
        let most = MAX_KEPT_ENTRIES as u64;
        let mut bench = Bench::in_the_room();
        for seq in 1..=most {
            bench.hear_entry(bo(seq));
        }
        assert_eq!(kept(&bench), ((1..=most).collect(), true));
        bench.hear_entry(bo(most + 1));
        assert_eq!(kept(&bench), ((2..=most + 1).collect(), false));
    }

    fn so_many_bytes_are_kept_and_no_more() {
        // With the author's id and name.
        let long = |seq, bytes: usize| entry(seq, BO, seq, text(&"x".repeat(bytes - 4)));
        let mut bench = Bench::in_the_room();
        bench.hear_entry(long(1, 4));
        bench.hear_entry(long(2, MAX_KEPT_LOG_BYTES - 4));
        assert_eq!(kept(&bench).0, [1, 2]);
        bench.hear_entry(long(3, 5));
        assert_eq!(kept(&bench).0, [3], "whole entries leave");
        bench.hear_entry(long(4, MAX_KEPT_LOG_BYTES + 1));
        assert_eq!(bench.room.kept_log(), None, "what was kept before stays");
        bench.hear_entry(bo(5));
        assert_eq!(kept(&bench).0, [5]);
    }

    fn a_page_of_the_history_is_kept_as_far_as_it_fits() {
        let most = MAX_KEPT_ENTRIES as u64;
        let mut bench = Bench::new();
        bench.enter();
        let newest: Vec<Entry> = (most..most + 50).map(bo).collect();
        bench.hear(&[ServerFrame::Joined(Box::new(joined(most + 49))), page(newest)]);
        bench.command(Command::LoadOlder).expect("there is more");
        bench.hear(&[older(most, (1..most).map(bo).collect())]);
        assert_eq!(kept(&bench), ((50..most + 50).collect(), false));
    }

    fn another_room_begins_without_it() {
        let mut bench = reopened(log(&[bo(1)]), ME, vec![]);
        bench.command(Command::Prepare(entrance("attic").address())).expect("prepare");
        assert_eq!(bench.room.kept_log(), None);
        bench.claimed(identity(vec![]));
        assert!(!bench.room.timeline().iter().any(|item| matches!(item.content(), Content::Said(_))));
    }

    fn a_claim_that_is_answered_twice_takes_one_log() {
        let mut bench = reopened(log(&[bo(1)]), ME, vec![]);
        bench.claimed(Kept { log: Some(log(&[bo(7)])), ..identity(vec![]) });
        assert_eq!(bench.texts(), ["BO 1"]);
    }
}
