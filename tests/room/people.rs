//! Who is there, who is typing, and signs of life.

use chat_room::connection::{Config, Event, State, Why};
use chat_room::room::{Command, MAX_MEMBERS, Refusal, Room};
use chat_room_wire::{ClientFrame, Joined, Member, RefusedCode, ServerFrame};

use crate::support::{BO, Bench, ME, entrance, entry, joined, page, presence, refused, text};

fn members(bench: &Bench) -> String {
    let members = bench.room.members();
    let names: Vec<&str> = members.iter().map(|(_, name)| name).collect();
    format!("{} of {}", names.join(" "), members.count())
}

fn typing(bench: &Bench) -> Vec<String> {
    bench.room.members().typing().map(|(_, name)| name.to_owned()).collect()
}

fn says_typing(client: &str, on: bool) -> ServerFrame {
    ServerFrame::Typing {
        client: client.into(),
        on,
    }
}

tests! {
    fn people_come_go_and_are_called_something_else() {
        let mut bench = Bench::in_the_room();
        assert_eq!((members(&bench), bench.room.client()), ("Me of 1".into(), Some(ME)));
        bench.hear(&[presence(&[(BO, "Bo"), ("cy", "Cy")], &[], &[], 3)]);
        assert_eq!(members(&bench), "Bo Cy Me of 3");
        bench.hear(&[presence(&[], &["cy", "nobody"], &[(BO, "Bob"), ("nobody", "x")], 2)]);
        assert_eq!(members(&bench), "Bob Me of 2");
        bench.come_back();
        bench.hear(&[ServerFrame::Joined(Box::new(Joined { recovered: true, ..joined(0) }))]);
        assert_eq!(members(&bench), "Me of 1", "a join begins anew");
    }

    fn a_crowd_is_counted_and_not_kept() {
        let mut bench = Bench::new();
        bench.enter();
        let crowd = (0..MAX_MEMBERS as u64 + 50).map(|it| Member { client: it.to_string(), name: it.to_string() });
        let told = Joined { members: crowd.collect(), count: 5_000, ..joined(0) };
        bench.hear(&[ServerFrame::Joined(Box::new(told)), page(vec![])]);
        assert_eq!((bench.room.members().iter().count(), bench.room.members().count()), (MAX_MEMBERS, 5_000));
        bench.hear(&[presence(&[("new", "New")], &["0"], &[], 5_000)]);
        assert_eq!(bench.room.members().name("new"), Some("New"), "there is room where somebody has left");
    }

    fn typing_is_shown_until_it_ends_or_is_forgotten() {
        let mut bench = Bench::in_the_room();
        bench.hear(&[presence(&[(BO, "Bo")], &[], &[], 2), says_typing(BO, true), says_typing("nobody", true)]);
        assert_eq!(typing(&bench), ["Bo"]);
        bench.hear(&[says_typing(BO, false)]);
        assert_eq!(typing(&bench), [] as [String; 0]);
        bench.hear(&[says_typing(BO, true)]);
        bench.hear_entry(entry(1, BO, 1, text("said")));
        assert_eq!(typing(&bench), [] as [String; 0], "it was said");
        bench.hear(&[says_typing(BO, true)]);
        bench.hear(&[presence(&[], &[BO], &[], 1)]);
        assert_eq!(typing(&bench), [] as [String; 0], "who has gone types no more");
        bench.hear(&[presence(&[(BO, "Bo")], &[], &[], 2), says_typing(BO, true)]);
        bench.pass(7_999);
        assert_eq!(typing(&bench), ["Bo"]);
        bench.pass(1);
        assert_eq!(typing(&bench), [] as [String; 0], "forgotten");
    }

    fn ones_own_typing_is_said_now_and_then() {
        let mut bench = Bench::in_the_room();
        let mut type_at = |millis, on| {
            bench.pass(millis);
            bench.command(Command::Typing(on)).expect("always");
            bench.frames().len()
        };
        assert_eq!(type_at(0, false), 0, "nothing to take back");
        assert_eq!(type_at(0, true), 1);
        assert_eq!(type_at(2_999, true), 0);
        assert_eq!(type_at(1, true), 1);
        assert_eq!(type_at(0, false), 1);
        assert_eq!(type_at(0, true), 1);
    }

    fn a_new_name_is_said_without_coming_in_again() {
        let mut bench = Bench::in_the_room();
        bench.command(Command::Rename("Ich".into())).expect("rename");
        assert_eq!(bench.frames(), [ClientFrame::Rename { name: "Ich".into() }]);
        bench.command(Command::Rename("Ich".into())).expect("rename");
        assert_eq!(bench.frames(), [], "it is that already");
        assert!(matches!(bench.command(Command::Rename("a\nb".into())), Err(Refusal::Field(_))));
        let mut elsewhere = entrance("garden");
        elsewhere.name = " ".into();
        assert!(matches!(bench.command(Command::Connect(elsewhere)), Err(Refusal::Field(_))));
        assert!(matches!(bench.command(Command::Connect(entrance(""))), Err(Refusal::Field(_))));
        let ClientFrame::Join(join) = bench.come_back() else { panic!("no join") };
        assert_eq!(join.name, "Ich");
    }

    fn silence_is_asked_about_and_then_fatal() {
        let mut bench = Bench::in_the_room();
        bench.pass(19_999);
        assert_eq!(bench.frames(), []);
        bench.pass(1);
        assert_eq!(bench.frames(), [ClientFrame::Ping]);
        bench.hear(&[ServerFrame::Pong]);
        bench.pass(20_000);
        assert_eq!(bench.frames(), [ClientFrame::Ping]);
        bench.pass(9_999);
        assert_eq!(bench.room.state().name(), "Open");
        bench.pass(1);
        assert!(matches!(bench.room.state(), State::Waiting { why: Why::Silent, .. }));
    }

    fn a_relay_that_is_heard_but_does_not_hear_is_left() {
        let mut bench = Bench::in_the_room();
        bench.say("lost");
        bench.frames();
        for seq in 1..=5 {
            bench.pass(999);
            bench.hear_entry(entry(seq, BO, seq, text("still talking")));
        }
        assert_eq!(bench.frames(), [], "an answer has 5 s, and what was said some time on the line");
        bench.pass(50);
        assert_eq!(bench.frames(), [ClientFrame::Ping]);
        for seq in 6..=15 {
            assert_eq!(bench.room.state().name(), "Open");
            bench.hear_entry(entry(seq, BO, seq, text("still talking")));
            bench.pass(1_000);
        }
        assert!(matches!(bench.room.state(), State::Waiting { why: Why::Unanswered, .. }));
    }

    fn a_relay_that_is_silent_when_it_should_answer_is_left_sooner() {
        let mut bench = Bench::in_the_room();
        bench.say("lost");
        bench.pass(5_050);
        assert!(bench.frames().contains(&ClientFrame::Ping));
        bench.pass(4_999);
        assert_eq!(bench.room.state().name(), "Open");
        bench.pass(1);
        assert!(matches!(bench.room.state(), State::Waiting { why: Why::Unanswered, .. }));
    }

    fn what_is_long_has_its_time_on_the_line() {
        let mut bench = Bench::in_the_room();
        bench.say(&"x".repeat(800));
        bench.frames();
        bench.pass(5_099);
        assert_eq!(bench.frames(), [], "at 8 bytes a millisecond");
        bench.pass(50);
        assert_eq!(bench.frames(), [ClientFrame::Ping]);

        let mut bench = Bench::new();
        bench.room = Room::new(Config::default());
        bench.enter();
        bench.hear(&[ServerFrame::Joined(Box::new(joined(0))), page(vec![])]);
        for _ in 0..10 {
            bench.say(&"x".repeat(10_000));
        }
        bench.frames();
        bench.pass(5_000 + 4_095);
        assert_eq!(bench.frames(), []);
        bench.pass(1);
        assert_eq!(bench.frames(), [ClientFrame::Ping], "a message of it is answered before all of it is there");
    }

    fn a_page_of_the_log_has_its_time_on_the_line() {
        let mut bench = Bench::in_the_room();
        bench.hear_entry(entry(9, BO, 9, text("after a gap")));
        bench.say("waits for its answer behind the page");
        bench.frames();
        bench.pass(19_999);
        assert_eq!(bench.frames(), []);
        bench.pass(1);
        assert!(bench.frames().contains(&ClientFrame::Ping));
        bench.pass(9_999);
        assert_eq!(bench.room.state().name(), "Open");
        bench.pass(1);
        assert_eq!(bench.room.state().name(), "Waiting");
    }

    fn any_answer_shows_that_the_relay_hears() {
        let answers = [
            ServerFrame::Pong,
            ServerFrame::Entry(entry(31, ME, 1, text("one"))),
            refused(Some(2), RefusedCode::Limit),
            refused(Some(1), RefusedCode::Unavailable),
        ];
        for answer in answers {
            let mut bench = Bench::in_the_room();
            bench.say("one");
            bench.say("two");
            bench.pass(5_100);
            bench.hear(std::slice::from_ref(&answer));
            bench.frames();
            // Somebody talks, so that silence is not the reason.
            for seq in 32..=36 {
                bench.hear_entry(entry(seq, BO, seq, text("still talking")));
                bench.pass(999);
            }
            assert_eq!(bench.room.state().name(), "Open", "{answer:?}");
            assert!(!bench.frames().contains(&ClientFrame::Ping), "{answer:?}: it has time again");
        }
    }

    fn who_waits_for_no_answer_needs_none() {
        let mut bench = Bench::in_the_room();
        bench.say("one");
        bench.hear_entry(entry(1, ME, 1, text("one")));
        bench.frames();
        for seq in 2..=100 {
            bench.pass(1_000);
            bench.hear_entry(entry(seq, BO, seq, text("talking")));
        }
        assert_eq!(bench.frames(), []);
        assert_eq!(bench.room.state().name(), "Open");
    }

    fn a_page_that_wakes_knows_soon() {
        for event in [Event::Visible, Event::Online, Event::Resumed] {
            let mut bench = Bench::in_the_room();
            bench.event(event);
            assert_eq!(bench.frames(), [ClientFrame::Ping]);
            bench.pass(3_000);
            assert!(matches!(bench.room.state(), State::Waiting { why: Why::Silent, .. }));
        }
    }

    fn what_was_on_its_way_before_it_slept_is_no_sign_of_life_to_a_page_that_wakes() {
        let mut bench = Bench::in_the_room();
        bench.event(Event::Visible);
        assert_eq!(bench.frames(), [ClientFrame::Ping]);
        bench.hear_entry(entry(1, BO, 1, text("before")));
        bench.pass(2_999);
        assert_eq!(bench.room.state().name(), "Open");
        bench.pass(1);
        assert!(matches!(bench.room.state(), State::Waiting { why: Why::Unanswered, .. }));

        let mut bench = Bench::in_the_room();
        bench.event(Event::Visible);
        bench.hear(&[ServerFrame::Pong]);
        bench.pass(10_000);
        assert_eq!(bench.room.state().name(), "Open");
    }

    fn words_of_a_server_are_kept_short() {
        let mut bench = Bench::in_the_room();
        let long = "é".repeat(100_000);
        bench.hear(&[ServerFrame::Refused(chat_room_wire::Refused {
            n: None,
            code: RefusedCode::Limit,
            message: long.clone(),
            retry_after_ms: None,
        })]);
        assert_eq!(bench.shown().last().map(String::len), Some("refused: ".len() + 1_024));
        bench.hear(&[presence(&[("long", &long), (&long, "Long"), ("c", "Cy")], &[], &[], 4)]);
        assert_eq!(members(&bench), "Cy Me of 4");
        bench.hear(&[presence(&[], &[], &[("c", &long)], 4), says_typing(&long, true)]);
        assert_eq!((members(&bench), typing(&bench).len()), ("Cy Me of 4".into(), 0));
    }

    fn a_server_that_never_answers_the_join_is_left() {
        let mut bench = Bench::new();
        bench.enter();
        bench.pass(20_000);
        bench.pass(10_000);
        assert_eq!(bench.room.state().name(), "Waiting");
        assert!(!bench.room.is_joined());
    }

    fn the_relays_restart_is_waited_for_as_it_said() {
        let mut bench = Bench::new();
        bench.enter();
        let told = Joined { restart_ms: 8_000, ..joined(0) };
        bench.hear(&[ServerFrame::Joined(Box::new(told)), page(vec![])]);
        bench.closed(1012);
        assert_eq!(bench.room.poll_timeout().map(|it| it.as_millis()), Some(bench.now.as_millis() + 4_000));
    }
}
