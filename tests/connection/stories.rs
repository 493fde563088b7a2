//! What a single transition cannot show.

use std::time::Duration;

use chat_room::connection::{Command, CommandError, Event, Instant, OutboxLimits, Output, State, Why, comes_back};

use crate::support::{self, Bench, SECOND, close, config, limited, target, words};

macro_rules! stories {
    ($($(#[$doc:meta])* fn $name:ident() $body:block)*) => { $(
        $(#[$doc])*
        #[cfg_attr(not(target_arch = "wasm32"), test)]
        #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
        fn $name() $body
    )* };
}

fn texts(outputs: &[Output<String>]) -> Vec<&str> {
    outputs
        .iter()
        .filter_map(|output| match output {
            Output::Send { message, .. } | Output::Received(message) | Output::Returned(message) => {
                Some(message.as_str())
            }
            _ => None,
        })
        .collect()
}

stories! {
    fn the_window_doubles_with_every_failure_up_to_the_cap() {
        let mut bench = Bench::new(config());
        bench.chance = 1.0;
        bench.connect();
        for expected in [2, 4, 8, 16, 30, 30] {
            bench.closed(1006);
            assert_eq!(bench.retry_in(), Some(expected * SECOND));
            assert_eq!(words(&bench.deadline()), ["open"]);
        }
    }

    fn the_jitter_reaches_from_nothing_to_the_whole_window() {
        let backoff = support::backoff(SECOND, 8 * SECOND);
        for (chance, expected) in [(0.0, 0), (0.25, 2000), (0.5, 4000), (1.0, 8000), (-1.0, 0), (7.0, 8000), (f64::NAN, 0)] {
            assert_eq!(backoff.delay(3, chance), Duration::from_millis(expected), "chance {chance}");
            // The cap bounds the window, not the drawn wait: clamped waits would bring the fleet back in one instant.
            assert_eq!(backoff.delay(40, chance), Duration::from_millis(expected), "chance {chance}");
        }
        assert_eq!(backoff.window(u32::MAX), 8 * SECOND);
        assert_eq!(support::backoff(Duration::MAX, 8 * SECOND).window(1), 8 * SECOND);
    }

    fn a_restart_that_was_announced_is_waited_for_once_within_its_window() {
        for (chance, expected) in [(0.0, 0), (0.5, 4), (1.0, 8)] {
            let mut changed = config();
            changed.restart_window = 6 * SECOND;
            let mut bench = Bench::new(changed);
            bench.connection.set_restart_window(8 * SECOND);
            bench.connect();
            bench.opened();
            bench.chance = chance;
            bench.closed(1012);
            assert_eq!(bench.retry_in(), Some(expected * SECOND), "chance {chance}");
            bench.deadline();
            bench.chance = 1.0;
            bench.closed(1006);
            assert_eq!(bench.retry_in(), Some(4 * SECOND), "and then as after any other loss");
        }
    }

    fn every_wait_is_drawn_afresh() {
        let mut bench = Bench::new(config());
        bench.connect();
        let mut waits = Vec::new();
        for chance in [0.1, 0.9, 0.4] {
            bench.chance = chance;
            bench.closed(1006);
            waits.push(bench.retry_in().expect("a wait"));
            bench.deadline();
        }
        assert_eq!(waits, [2 * SECOND / 10, 36 * SECOND / 10, 32 * SECOND / 10]);
    }

    fn the_count_starts_anew_only_after_the_connection_stayed_up() {
        let mut bench = Bench::new(config());
        bench.connect();
        bench.closed(1006);
        bench.deadline();
        bench.closed(1006);
        bench.deadline();
        bench.opened();
        bench.now = bench.now + (10 * SECOND - Duration::from_millis(1));
        bench.closed(1006);
        assert!(matches!(bench.connection.state(), State::Waiting { failed: 3, .. }), "too short to count as up");
        bench.deadline();
        bench.opened();
        bench.now = bench.now + 10 * SECOND;
        bench.closed(1006);
        assert!(matches!(bench.connection.state(), State::Waiting { failed: 0, .. }), "long enough");
    }

    fn it_gives_up_after_the_last_attempt_and_the_user_can_begin_anew() {
        let mut bench = Bench::new(limited(3));
        bench.connect();
        for _ in 0..2 {
            bench.closed(1006);
            assert_eq!(bench.state(), "Waiting");
            bench.deadline();
        }
        bench.send("still here");
        let outputs = bench.closed(1006);
        assert_eq!(texts(&outputs), ["still here"], "what waited comes back");
        assert_eq!(*bench.connection.state(), State::Closed { why: Why::GaveUp, close: close(1006) });
        assert_eq!(bench.connection.poll_timeout(), None);
        bench.connect();
        assert!(matches!(bench.connection.state(), State::Connecting { attempt: 1, .. }));
    }

    fn a_user_who_does_not_want_to_wait_begins_at_the_first_attempt() {
        let mut bench = Bench::new(config());
        bench.connect();
        bench.closed(1006);
        bench.send("waiting");
        bench.connect();
        assert!(matches!(bench.connection.state(), State::Connecting { attempt: 1, .. }));
        assert_eq!(texts(&bench.opened()), ["waiting"], "the outbox is kept");
    }

    fn what_waited_goes_out_in_order_and_before_what_comes_after() {
        let mut bench = Bench::new(config());
        bench.connect();
        for text in ["one", "two", "three"] {
            assert_eq!(bench.send(text), []);
        }
        assert_eq!(texts(&bench.opened()), ["one", "two", "three"]);
        assert_eq!(texts(&bench.send("four")), ["four"]);
        assert_eq!(bench.connection.waiting_messages(), 0);
    }

    fn the_outbox_is_full_at_exactly_its_limits() {
        let limits = OutboxLimits { messages: 3, bytes: 10 };
        let mut changed = config();
        changed.outbox = limits;
        let mut bench = Bench::new(changed);
        bench.connect();
        let full = Err(CommandError::OutboxFull(limits));
        assert_eq!(bench.command(Command::Send("01234567890".into())), full, "11 bytes");
        bench.send("0123456789");
        assert_eq!(bench.command(Command::Send("x".into())), full, "an eleventh byte");
        bench.send("");
        bench.send("");
        assert_eq!(bench.command(Command::Send(String::new())), full, "a fourth message");
        assert_eq!(texts(&bench.opened()), ["0123456789", "", ""], "and nothing that was accepted is lost");
    }

    fn what_a_dying_socket_refuses_goes_out_on_the_next_one_in_order() {
        let mut bench = Bench::new(config());
        bench.connect();
        bench.opened();
        assert_eq!(texts(&bench.send("one")), ["one"]);
        bench.event(Event::SendRefused { message: "one".into() });
        assert_eq!(bench.send("two"), [], "not before the one that was refused");
        bench.closed(1006);
        bench.send("three");
        bench.deadline();
        assert_eq!(texts(&bench.opened()), ["one", "two", "three"]);
    }

    fn leaving_gives_back_what_was_not_sent() {
        let mut bench = Bench::new(config());
        bench.connect();
        bench.send("one");
        bench.send("two");
        assert_eq!(texts(&bench.command(Command::Disconnect).expect("disconnect")), ["one", "two"]);
    }

    fn leaving_gives_back_what_a_dying_socket_refused() {
        let mut bench = Bench::new(config());
        bench.connect();
        bench.opened();
        bench.send("one");
        bench.event(Event::SendRefused { message: "one".into() });
        assert_eq!(texts(&bench.command(Command::Disconnect).expect("disconnect")), ["one"]);
    }

    fn leaving_cancels_a_pending_retry() {
        let mut bench = Bench::new(config());
        bench.connect();
        bench.closed(1006);
        bench.command(Command::Disconnect).expect("disconnect");
        assert_eq!(bench.connection.poll_timeout(), None);
        assert_eq!(bench.pass(3600 * SECOND), []);
        assert_eq!(bench.event(Event::Online), []);
        assert_eq!(bench.event(Event::Visible), []);
        assert_eq!(bench.state(), "Closed");
    }

    fn a_close_that_nobody_answers_ends_at_its_deadline() {
        let mut bench = Bench::new(config());
        bench.connect();
        bench.opened();
        bench.command(Command::Disconnect).expect("disconnect");
        assert_eq!(bench.pass(5 * SECOND - Duration::from_millis(1)), []);
        assert_eq!(words(&bench.pass(Duration::from_millis(1))), ["drop"]);
        assert!(matches!(bench.connection.state(), State::Closed { why: Why::Disconnected, close } if close.code == 1006));
    }

    fn error_then_close_makes_one_new_socket() {
        let mut bench = Bench::new(config());
        let socket = bench.connect();
        let mut outputs = bench.event(Event::SocketErrored { socket });
        outputs.extend(bench.closed(1006));
        outputs.extend(bench.deadline());
        assert_eq!(words(&outputs), ["open"]);
    }

    fn silence_is_probed_and_then_fatal_and_any_message_is_life() {
        let mut bench = Bench::new(config());
        bench.connect();
        bench.opened();
        assert_eq!(bench.pass(19 * SECOND), []);
        bench.message("life");
        assert_eq!(words(&bench.pass(20 * SECOND)), ["probe"]);
        bench.message("an answer");
        assert_eq!(words(&bench.pass(20 * SECOND)), ["probe"]);
        assert_eq!(words(&bench.pass(10 * SECOND)), ["drop"]);
        assert!(matches!(bench.connection.state(), State::Waiting { why: Why::Silent, .. }));
    }

    fn a_laptop_that_slept_probes_at_once_and_gives_up_soon() {
        let mut bench = Bench::new(config());
        bench.connect();
        bench.opened();
        bench.now = bench.now + 8 * 3600 * SECOND;
        assert_eq!(words(&bench.event(Event::Visible)), ["probe"]);
        assert_eq!(bench.connection.poll_timeout(), Some(bench.now + 3 * SECOND));
        assert_eq!(words(&bench.pass(3 * SECOND)), ["drop"]);
    }

    fn a_later_probe_does_not_put_off_an_earlier_deadline() {
        let mut bench = Bench::new(config());
        bench.connect();
        bench.opened();
        bench.event(Event::Visible);
        let deadline = bench.connection.poll_timeout();
        bench.now = bench.now + SECOND;
        bench.event(Event::Online);
        assert_eq!(bench.connection.poll_timeout(), deadline);
    }

    fn without_a_heartbeat_silence_is_golden() {
        let mut changed = config();
        changed.heartbeat = None;
        let mut bench = Bench::new(changed);
        bench.connect();
        bench.opened();
        assert_eq!(bench.connection.poll_timeout(), None);
        assert_eq!(bench.event(Event::Visible), []);
        assert_eq!(bench.pass(8 * 3600 * SECOND), []);
        assert_eq!(bench.state(), "Open");
    }

    fn a_heartbeat_can_be_set_and_taken_away_while_open() {
        let mut changed = config();
        changed.heartbeat = None;
        let mut bench = Bench::new(changed);
        bench.connect();
        bench.opened();
        bench.connection.set_heartbeat(config().heartbeat);
        assert_eq!(words(&bench.deadline()), ["probe"]);
        bench.connection.set_heartbeat(None);
        assert_eq!(bench.connection.poll_timeout(), None);
        assert_eq!(bench.state(), "Open");
    }

    fn without_a_network_no_attempt_is_made_until_it_returns() {
        let mut bench = Bench::new(config());
        bench.connect();
        bench.opened();
        bench.event(Event::Offline);
        assert_eq!(bench.state(), "Open", "an open socket may still work");
        bench.closed(1006);
        assert_eq!(bench.retry_in(), None);
        assert_eq!(bench.event(Event::Visible), []);
        assert_eq!(words(&bench.event(Event::Online)), ["open"]);
    }

    fn a_frozen_page_lets_its_socket_go_and_comes_back_at_once() {
        let mut bench = Bench::new(config());
        bench.connect();
        bench.opened();
        assert_eq!(words(&bench.event(Event::Suspended)), ["drop"]);
        assert_eq!(bench.event(Event::Suspended), [], "freeze follows pagehide");
        bench.send("typed while frozen");
        assert_eq!(bench.event(Event::Visible), [], "seen, but not running yet");
        bench.event(Event::Offline);
        assert_eq!(bench.event(Event::Resumed), [], "awake, but without a network");
        assert_eq!(words(&bench.event(Event::Online)), ["open"]);
        assert!(matches!(bench.connection.state(), State::Connecting { attempt: 1, .. }), "freezing is no failure");
        assert_eq!(texts(&bench.opened()), ["typed while frozen"]);
    }

    fn another_server_gets_nothing_that_was_meant_for_the_first() {
        let mut bench = Bench::new(config());
        let first = bench.connect();
        bench.send("for here");
        let outputs = bench.command(Command::Connect(target("elsewhere"))).expect("connect");
        assert_eq!(texts(&outputs), ["for here"]);
        let late = bench.event(Event::SocketMessage { socket: first, message: "from here".into() });
        assert_eq!(late, [], "nor is the first one heard any more");
        assert_eq!(texts(&bench.opened()), [] as [&str; 0]);
    }

    fn the_codes_that_do_not_come_back() {
        let stay: Vec<u16> = (0..=u16::MAX).filter(|code| !comes_back(*code, 3)).collect();
        let expected: Vec<u16> = std::iter::once(1000).chain(4400..=4499).collect();
        assert_eq!(stay, expected);
        let stay: Vec<u16> = (0..=u16::MAX).filter(|code| !comes_back(*code, 2)).collect();
        assert_eq!(stay, expected.into_iter().filter(|code| *code != 4409).collect::<Vec<_>>());
    }

    fn ones_own_ghost_drives_one_out_once_and_another_self_three_times() {
        let mut bench = Bench::new(config());
        bench.connect();
        bench.opened();
        bench.now = bench.now + 10 * SECOND;
        for expected in ["Waiting", "Waiting", "Waiting", "Closed"] {
            bench.closed(4409);
            assert_eq!(bench.state(), expected);
            if expected == "Waiting" {
                bench.deadline();
                bench.opened();
            }
        }
    }

    fn time_stops_at_its_end_instead_of_running_over() {
        let end = Instant::from_millis(u64::MAX);
        assert_eq!(end + SECOND, end);
        assert_eq!(Instant::from_millis(5) + Duration::MAX, end);
        assert_eq!(Instant::from_millis(5).saturating_since(end), Duration::ZERO);
    }

    fn errors_say_what_to_do() {
        for (error, hint) in [
            (CommandError::AlreadyConnected, "disconnect first"),
            (CommandError::NotConnected, "connect first"),
            (CommandError::Closing, "connect again"),
            (CommandError::OutboxFull(OutboxLimits { messages: 4, bytes: 64 }), "at most 4 messages and 64 bytes"),
        ] {
            assert!(error.to_string().contains(hint), "{error}");
        }
    }
}
