//! Posts: kept until they are seen in the log, sent again after every loss, in order, and never twice.

use chat_room::connection::{CommandError, Event};
use chat_room::room::{Command, Keep, KeptPost, Output, Refusal};
use chat_room::websocket::Message;
use chat_room_wire::{Body, ClientFrame, Limits, RefusedCode, ServerFrame};

use crate::support::{BO, Bench, ME, entrance, entry, identity, joined, page, refused, text};

tests! {
    fn a_post_is_kept_until_its_entry_is_seen() {
        let mut bench = Bench::in_the_room();
        bench.say("one");
        assert_eq!(bench.posts(), ["1: one"]);
        assert_eq!((bench.texts(), bench.stored()), (vec!["… one".into()], vec!["1: one".to_owned()]));
        let item = bench.item("one");
        bench.hear_entry(entry(1, ME, 1, text("one")));
        assert_eq!(bench.texts(), ["me one"]);
        assert_eq!(bench.stored(), [] as [String; 0]);
        assert_eq!(bench.item("one"), item, "the item is the same");
        bench.hear_entry(entry(1, ME, 1, text("one")));
        assert_eq!(bench.texts(), ["me one"], "the entry that comes again is not shown again");
    }

    fn what_others_said_meanwhile_stands_before_what_is_not_in_the_log_yet() {
        let mut bench = Bench::in_the_room();
        bench.say("mine");
        bench.hear_entry(entry(1, BO, 1, text("theirs")));
        assert_eq!(bench.texts(), ["BO theirs", "… mine"]);
        bench.hear_entry(entry(2, ME, 1, text("mine")));
        assert_eq!(bench.texts(), ["BO theirs", "me mine"]);
        assert_eq!(bench.received, [Message::from("theirs")], "one's own is no news");
    }

    fn after_a_loss_everything_is_sent_again_in_order_under_the_same_numbers() {
        let mut bench = Bench::in_the_room();
        bench.say("one");
        bench.say("two");
        bench.hear_entry(entry(1, ME, 1, text("one")));
        bench.posts();
        bench.closed(1006);
        bench.say("three");
        bench.event(Event::Visible);
        bench.opened();
        let frames = bench.frames();
        let [ClientFrame::Join(join)] = &frames[..] else { panic!("{frames:?}") };
        assert_eq!(join.since.as_ref().map(|it| (it.epoch.as_str(), it.seq)), Some(("one", 1)));
        let back = chat_room_wire::Joined { recovered: true, accepted: 1, ..joined(1) };
        bench.hear(&[ServerFrame::Joined(Box::new(back))]);
        assert_eq!(bench.messages, 1, "in one message");
        assert_eq!(bench.posts(), ["2: two", "3: three"]);
        bench.hear_entry(entry(2, ME, 2, text("two")));
        bench.hear_entry(entry(3, ME, 3, text("three")));
        assert_eq!(bench.texts(), ["me one", "me two", "me three"]);
    }

    fn what_is_said_before_it_is_known_as_whom_gets_its_number_then() {
        let mut bench = Bench::new();
        bench.command(Command::Connect(entrance("garden"))).expect("connect");
        bench.say("early");
        assert_eq!(bench.stored(), [] as [String; 0]);
        bench.opened();
        assert_eq!(bench.frames(), [], "not even a join");
        let kept = KeptPost { n: 7, at: 5, body: text("from before"), failed: false };
        bench.claimed(identity(vec![kept]));
        assert_eq!(bench.stored(), ["8: early"], "after what was kept");
        assert!(matches!(bench.frames()[..], [ClientFrame::Join(_)]));
        bench.hear(&[ServerFrame::Joined(Box::new(joined(0))), page(vec![])]);
        assert_eq!(bench.posts(), ["7: from before", "8: early"]);
        assert_eq!(bench.texts(), ["… from before", "… early"]);
    }

    fn what_was_kept_is_there_before_anybody_connects_and_can_be_prepared_only_then() {
        let mut bench = Bench::new();
        let address = entrance("garden").address();
        bench.command(Command::Prepare(address.clone())).expect("prepare");
        assert_eq!(bench.claims, std::slice::from_ref(&address));
        let failed = KeptPost { n: 1, at: 5, body: text("failed"), failed: true };
        let kept = KeptPost { n: 2, at: 6, body: text("waiting"), failed: false };
        bench.claimed(identity(vec![failed, kept]));
        assert_eq!((bench.texts(), bench.room.waiting_posts()), (vec!["! failed".into(), "… waiting".to_owned()], 1));
        bench.command(Command::Connect(entrance("garden"))).expect("connect");
        bench.command(Command::Prepare(entrance("attic").address())).expect("nothing to do while connected");
        assert_eq!(bench.claims, [address], "asked for once");
        bench.opened();
        bench.frames();
        bench.hear(&[ServerFrame::Joined(Box::new(joined(0))), page(vec![])]);
        assert_eq!(bench.posts(), ["2: waiting"]);
        let item = bench.item("failed");
        bench.command(Command::SayAgain(item)).expect("say again");
        assert_eq!(bench.posts(), ["3: failed"], "under a number of its own");
        assert_eq!(bench.stored(), ["3: failed"]);
        assert!(bench.kept.contains(&Keep::Gone(1)));
        assert_eq!(bench.texts(), ["… waiting", "… failed"]);
    }

    fn a_client_that_has_lost_count_does_not_lose_a_text() {
        let mut bench = Bench::new();
        bench.command(Command::Connect(entrance("garden"))).expect("connect");
        let kept = KeptPost { n: 3, at: 5, body: text("new"), failed: false };
        bench.claimed(identity(vec![kept]));
        bench.opened();
        bench.frames();
        let told = chat_room_wire::Joined { accepted: 5, ..joined(5) };
        let old = (1..=5).map(|n| entry(n, ME, n, text(&format!("old {n}")))).collect();
        bench.hear(&[ServerFrame::Joined(Box::new(told)), page(old)]);
        assert_eq!(bench.posts(), ["3: new"], "another text than the third of the log");
        bench.hear(&[refused(Some(3), RefusedCode::Conflict)]);
        assert_eq!(bench.posts(), ["6: new"]);
        assert_eq!(bench.stored(), ["6: new"]);
        bench.hear_entry(entry(6, ME, 6, text("new")));
        assert_eq!(bench.texts().last().map(String::as_str), Some("me new"));
        assert_eq!(bench.room.waiting_posts(), 0);
    }

    fn what_was_said_after_a_lost_count_keeps_its_order_where_it_can() {
        for sent_before in [false, true] {
            let mut bench = Bench::new();
            bench.command(Command::Connect(entrance("garden"))).expect("connect");
            bench.claimed(chat_room::room::Kept { next_n: 2, ..identity(vec![]) });
            for what in ["a", "b", "c"] {
                bench.say(what);
            }
            bench.opened();
            bench.frames();
            if sent_before {
                let told = chat_room_wire::Joined { accepted: 1, ..joined(1) };
                bench.hear(&[ServerFrame::Joined(Box::new(told)), page(vec![])]);
                assert_eq!(bench.posts(), ["2: a", "3: b", "4: c"]);
                bench.come_back();
            }
            let told = chat_room_wire::Joined { accepted: if sent_before { 7 } else { 2 }, ..joined(9) };
            let page = page(vec![entry(9, BO, 1, text("theirs"))]);
            bench.hear(&[ServerFrame::Joined(Box::new(told)), page]);
            if !sent_before {
                assert_eq!(bench.posts(), ["2: a"], "the others wait until it is known whose number that is");
                bench.say("d");
                assert_eq!(bench.posts(), [] as [String; 0]);
            }
            bench.posts();
            bench.hear(&[refused(Some(2), RefusedCode::Conflict)]);
            let posts = bench.posts();
            if sent_before {
                assert_eq!(posts, ["3: b", "4: c"], "what may be in the log under its number keeps it");
                assert_eq!(bench.stored(), ["3: b", "4: c", "8: a"]);
                bench.hear_entry(entry(10, ME, 3, text("b")));
                bench.hear_entry(entry(11, ME, 4, text("c")));
                assert_eq!(bench.posts(), ["8: a"]);
            } else {
                assert_eq!(posts, ["6: a", "7: b", "8: c", "9: d"]);
                assert_eq!(bench.texts(), ["BO theirs", "… a", "… b", "… c", "… d"]);
                assert_eq!(bench.stored(), posts);
            }
        }
    }

    fn while_the_log_cannot_be_written_posts_wait_and_keep_their_order() {
        let mut bench = Bench::in_the_room();
        for what in ["one", "two", "three"] {
            bench.say(what);
        }
        bench.posts();
        bench.hear_entry(entry(1, ME, 1, text("one")));
        bench.hear(&[refused(Some(2), RefusedCode::Unavailable), refused(Some(3), RefusedCode::Earlier)]);
        bench.say("four");
        assert_eq!(bench.posts(), [] as [String; 0], "not at once");
        assert_eq!(bench.texts(), ["me one", "… two", "… three", "… four"]);
        bench.pass(1_999);
        assert_eq!(bench.posts(), [] as [String; 0]);
        bench.pass(1);
        assert_eq!(bench.posts(), ["2: two", "3: three", "4: four"]);
        bench.hear(&[refused(Some(2), RefusedCode::Unavailable)]);
        let told = bench.shown().iter().filter(|it| *it == "refused: because").count();
        assert_eq!(told, 1, "the user knows why, and is told once");
        bench.hear(&[refused(Some(9), RefusedCode::Unavailable)]);
        assert_eq!(bench.room.waiting_posts(), 3, "nobody's number is nobody's");
    }

    fn a_post_that_the_relay_does_not_take_fails_alone_and_can_be_let_go() {
        let mut bench = Bench::in_the_room();
        bench.say("bad");
        bench.say("good");
        bench.posts();
        bench.hear(&[refused(Some(1), RefusedCode::Limit)]);
        bench.hear_entry(entry(1, ME, 2, text("good")));
        assert_eq!(bench.texts(), ["me good", "! bad"]);
        assert_eq!(bench.stored(), ["1: bad failed"], "it is still there after a reload");
        let item = bench.item("bad");
        assert_eq!(bench.command(Command::Discard(bench.item("good"))), Err(Refusal::NotFailed));
        bench.command(Command::Discard(item)).expect("let go");
        assert_eq!((bench.texts(), bench.stored()), (vec!["me good".to_owned()], vec![]));
        assert_eq!(bench.command(Command::Discard(item)), Err(Refusal::NotFailed));
    }

    fn changes_are_posts_as_well_and_show_when_they_are_in_the_log() {
        let mut bench = Bench::in_the_room();
        bench.say("one");
        bench.hear_entry(entry(1, ME, 1, text("one")));
        bench.posts();
        let edit = Body::Edit { of: 1, text: "uno".into() };
        bench.command(Command::Post(edit.clone())).expect("edit");
        assert_eq!(bench.posts(), [format!("2: {}", edit.to_json())]);
        assert_eq!(bench.texts(), ["me one"]);
        bench.hear_entry(entry(2, ME, 2, edit));
        assert_eq!(bench.texts(), ["me uno (edited)"]);
        bench.command(Command::Post(Body::Retract { of: 7 })).expect("retract");
        bench.hear(&[refused(Some(3), RefusedCode::NoSuchEntry)]);
        assert_eq!((bench.room.waiting_posts(), bench.stored()), (0, vec![]), "nothing shows it, so nothing keeps it");
        assert_eq!(bench.shown().last().map(String::as_str), Some("refused: because"));
    }

    fn what_waits_and_is_about_a_log_that_is_no_more_is_not_said_about_another_entry() {
        let mut bench = Bench::in_the_room();
        bench.hear_entry(entry(1, BO, 1, text("old")));
        bench.frames();
        bench.closed(1006);
        bench.command(Command::Post(Body::Text { text: "yes".into(), reply_to: Some(1) })).expect("an answer");
        bench.command(Command::Post(Body::Reaction { of: 1, emoji: "👍".into(), on: true })).expect("a reaction");
        bench.say("more");
        bench.event(Event::Visible);
        bench.opened();
        bench.frames();
        let told = chat_room_wire::Joined { epoch: "two".into(), ..joined(1) };
        bench.hear(&[ServerFrame::Joined(Box::new(told)), page(vec![entry(1, BO, 1, text("new"))])]);
        assert_eq!(bench.posts(), ["1: yes", "3: more"]);
        assert_eq!(bench.stored(), ["3: more", "1: yes"], "the answer was kept anew");
        assert_eq!(bench.texts(), ["BO new", "… yes", "… more"]);
    }

    fn a_relay_that_takes_short_messages_gets_short_ones() {
        let mut bench = Bench::new();
        bench.enter();
        bench.say(&"x".repeat(300));
        bench.say("a");
        bench.say("b");
        let limits = Limits { message_bytes: 128, ..Limits::default() };
        let told = chat_room_wire::Joined { limits, ..joined(0) };
        bench.hear(&[ServerFrame::Joined(Box::new(told)), page(vec![])]);
        assert_eq!(bench.messages, 1);
        assert_eq!(bench.posts(), ["2: a", "3: b"]);
        assert!(bench.texts()[0].starts_with("! xxx"), "the long one has failed");
        assert!(bench.shown().iter().any(|it| it.starts_with("refused: the text has")), "{:?}", bench.shown());
        for text in ["c", "d", "e"] {
            bench.say(text);
            assert_eq!(bench.messages, 1);
            bench.frames();
        }
        // Together they are longer than may be: 53 bytes each.
        bench.come_back();
        bench.hear(&[ServerFrame::Joined(Box::new(chat_room_wire::Joined { limits, recovered: true, ..joined(0) }))]);
        assert_eq!(bench.messages, 3);
        assert_eq!(bench.posts(), ["2: a", "3: b", "4: c", "5: d", "6: e"]);
    }

    fn leaving_loses_nothing_and_coming_back_goes_on() {
        let mut bench = Bench::in_the_room();
        bench.say("one");
        bench.posts();
        bench.command(Command::Disconnect).expect("disconnect");
        bench.closed(1000);
        assert_eq!((bench.texts(), bench.stored()), (vec!["… one".into()], vec!["1: one".to_owned()]));
        let not_now = bench.command(Command::Say("two".into()));
        assert_eq!(not_now, Err(Refusal::Connection(CommandError::NotConnected)));
        bench.command(Command::Connect(entrance("garden"))).expect("connect");
        bench.opened();
        bench.frames();
        let back = chat_room_wire::Joined { recovered: true, ..joined(0) };
        bench.hear(&[ServerFrame::Joined(Box::new(back))]);
        assert_eq!(bench.posts(), ["1: one"]);
    }

    fn another_room_gets_nothing_that_was_meant_for_the_first() {
        let mut bench = Bench::in_the_room();
        bench.say("for the garden");
        bench.posts();
        bench.command(Command::Connect(entrance("attic"))).expect("connect");
        assert_eq!(bench.claims.len(), 2);
        assert_eq!(bench.texts(), [] as [String; 0], "it is kept for the garden");
        assert_eq!(bench.stored(), ["1: for the garden"]);
        bench.claimed(identity(vec![]));
        bench.opened();
        bench.frames();
        bench.hear(&[ServerFrame::Joined(Box::new(joined(0))), page(vec![])]);
        assert_eq!(bench.posts(), [] as [String; 0]);
    }

    fn where_nothing_can_be_kept_it_says_so_and_a_change_of_rooms_fails_what_waits() {
        let mut bench = Bench::new();
        bench.command(Command::Connect(entrance("garden"))).expect("connect");
        bench.claimed(chat_room::room::Kept { durable: false, ..identity(vec![]) });
        assert_eq!(bench.shown(), ["not kept"]);
        bench.say("one");
        bench.command(Command::Connect(entrance("attic"))).expect("connect");
        assert_eq!(bench.texts(), ["! one"]);

        let mut bench = Bench::in_the_room();
        bench.room.handle_not_kept(bench.now);
        bench.room.handle_not_kept(bench.now);
        assert_eq!(bench.shown(), ["connected", "not kept"], "once");
    }

    fn unsent_is_what_would_not_come_back_by_itself() {
        for (durable, unsent) in [(true, &[][..]), (false, &["one", "two"])] {
            let mut bench = Bench::new();
            bench.command(Command::Connect(entrance("garden"))).expect("connect");
            bench.say("one");
            assert_eq!(bench.room.unsent().collect::<Vec<_>>(), ["one"], "nobody knows yet as whom");
            bench.claimed(chat_room::room::Kept { durable, ..identity(vec![]) });
            bench.say("two");
            assert_eq!(bench.room.unsent().collect::<Vec<_>>(), unsent);
        }
    }

    fn the_outbox_is_full_at_exactly_its_limits() {
        let mut bench = Bench::in_the_room();
        for n in 0..100 {
            bench.say(&format!("text {n:03}"));
        }
        assert_eq!(bench.posts().len(), 64, "as many as may be in flight");
        assert!(matches!(bench.command(Command::Say("x".into())), Err(Refusal::Connection(CommandError::OutboxFull(_)))));
        bench.hear_entry(entry(1, ME, 1, text("text 000")));
        assert_eq!(bench.posts(), ["65: text 064"], "one has left, one follows");
        bench.say(&"x".repeat(1_000 - 99 * 8));
        assert!(matches!(bench.command(Command::Say("x".into())), Err(Refusal::Connection(CommandError::OutboxFull(_)))));
    }

    fn it_holds_the_rate_that_the_relay_allows() {
        let mut bench = Bench::new();
        bench.enter();
        let limits = Limits { posts_per_second: 10, post_burst: 3, ..Limits::default() };
        let told = chat_room_wire::Joined { limits, ..joined(0) };
        bench.hear(&[ServerFrame::Joined(Box::new(told)), page(vec![])]);
        for n in 1..=6 {
            bench.say(&n.to_string());
        }
        assert_eq!(bench.posts(), ["1: 1", "2: 2", "3: 3"], "a burst");
        for n in 4..=6 {
            let at = bench.room.poll_timeout().expect("a time");
            assert!(at.as_millis() <= bench.now.as_millis() + 100);
            assert!(bench.room.is_held());
            bench.pass(99);
            assert_eq!(bench.posts(), [] as [String; 0]);
            bench.pass(1);
            assert_eq!(bench.posts(), [format!("{n}: {n}")]);
        }
        assert!(!bench.room.is_held(), "all have been sent");
    }

    fn what_is_too_much_is_refused_before_it_is_sent() {
        let mut bench = Bench::in_the_room();
        let limit = usize::try_from(Limits::default().text_bytes).expect("a size");
        let long = "x".repeat(limit + 1);
        assert_eq!(bench.command(Command::Say(long)), Err(Refusal::TooLong { bytes: limit + 1, limit }));
        assert_eq!(bench.command(Command::Say("\u{200b}".into())), Err(Refusal::Empty));
        let control = "\u{1}".repeat(11_000) + "x";
        assert!(matches!(bench.command(Command::Say(control)), Err(Refusal::TooLong { limit: 65_536, .. })));
        let blank = Body::Reaction { of: 1, emoji: " ".into(), on: true };
        assert!(matches!(bench.command(Command::Post(blank)), Err(Refusal::Field(_))));
        assert_eq!(bench.frames(), []);
        assert_eq!(bench.texts(), [] as [String; 0]);
    }

    fn a_server_that_knows_no_rooms_gets_what_waited_as_plain_text() {
        let mut bench = Bench::new();
        bench.command(Command::Connect(entrance("garden"))).expect("connect");
        bench.claimed(identity(vec![]));
        bench.say("hello");
        let socket = bench.socket.expect("a socket");
        bench.room.handle_event(bench.now, Event::SocketOpened { socket, protocol: String::new() }, &mut || 0.5);
        let sent: Vec<Output> = std::iter::from_fn(|| bench.room.poll_output()).collect();
        assert!(sent.iter().any(|it| matches!(it, Output::Send { message, .. } if *message == Message::from("hello"))));
        assert!(sent.contains(&Output::Keep(Keep::Gone(1))));
        assert_eq!(bench.texts(), ["me hello"]);
        assert_eq!(bench.command(Command::Post(Body::Retract { of: 1 })), Err(Refusal::PlainText));
    }
}
