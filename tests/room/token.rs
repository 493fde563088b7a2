//! The token for the way in: asked for anew before each join, waited for within bounds, shown nowhere.

use chat_room::connection::{Event, SocketId, State};
use chat_room::room::{Command, MAX_TOKEN_BYTES, TOKEN_TIMEOUT};
use chat_room_wire::{ClientFrame, ServerFrame};

use crate::support::{Bench, entrance, identity, joined, page};

const TIMEOUT: u64 = TOKEN_TIMEOUT.as_millis() as u64;

/// On the way in, with a page that has tokens: one is asked for.
fn asked() -> (Bench, SocketId) {
    let mut bench = Bench::new();
    bench.command(Command::UseTokens(true)).expect("taken");
    bench.command(Command::Connect(entrance("garden"))).expect("connect");
    bench.claimed(identity(vec![]));
    bench.opened();
    let socket = bench.asked.pop().expect("a token is asked for");
    assert_eq!(Some(socket), bench.socket);
    assert!(bench.frames().is_empty(), "nothing is said before");
    (bench, socket)
}

impl Bench {
    fn gives(&mut self, socket: SocketId, token: Result<&str, &str>) {
        let token = token.map(str::to_owned).map_err(str::to_owned);
        self.room.handle_token(self.now, socket, token, &mut || 0.5);
        self.drain();
    }

    /// The tokens of the joins that were sent.
    fn tokens(&mut self) -> Vec<Option<String>> {
        let joins = self.frames().into_iter().map(|frame| match frame {
            ClientFrame::Join(join) => join.token,
            other => panic!("not a join: {other:?}"),
        });
        joins.collect()
    }

    fn is_open(&self) -> bool {
        matches!(self.room.state(), State::Open { .. })
    }
}

tests! {
    fn without_a_word_of_tokens_none_is_asked_for_or_sent() {
        let mut bench = Bench::new();
        bench.command(Command::Connect(entrance("garden"))).expect("connect");
        bench.claimed(identity(vec![]));
        bench.opened();
        assert_eq!(bench.asked, []);
        assert_eq!(bench.tokens(), [None]);
    }

    fn the_join_waits_for_the_token_and_carries_it_and_shows_it_nowhere() {
        let (mut bench, socket) = asked();
        bench.gives(socket, Ok("a.\"b\".c"));
        assert_eq!(bench.tokens(), [Some("a.\"b\".c".to_owned())]);
        let [shown] = &bench.shown_instead[..] else {
            panic!("one join: {:?}", bench.shown_instead);
        };
        assert!(shown.contains(r#""token":"…""#) && shown.contains("garden"), "{shown}");
        bench.hear(&[ServerFrame::Joined(Box::new(joined(0))), page(vec![])]);
        assert!(bench.room.is_joined());
        assert!(!format!("{:?}", bench.room).contains("a.\\\"b"), "and it is kept nowhere");
    }

    fn it_is_asked_for_once_whatever_comes_first_and_plain_text_asks_for_none() {
        let mut bench = Bench::new();
        bench.command(Command::UseTokens(true)).expect("taken");
        bench.command(Command::Connect(entrance("garden"))).expect("connect");
        bench.opened();
        assert_eq!(bench.asked, [], "it is not known yet as whom to come");
        bench.claimed(identity(vec![]));
        assert_eq!(bench.asked.len(), 1);
        bench.event(Event::TimePassed);
        assert_eq!(bench.asked.len(), 1);

        let mut bench = Bench::new();
        bench.command(Command::UseTokens(true)).expect("taken");
        bench.command(Command::Connect(entrance("garden"))).expect("connect");
        let socket = bench.socket.expect("a socket");
        let protocol = String::new();
        bench.event(Event::SocketOpened { socket, protocol });
        bench.claimed(identity(vec![]));
        assert_eq!(bench.asked, [], "plain text knows no tokens");
    }

    fn it_is_asked_for_anew_at_each_join_and_an_answer_for_an_older_socket_is_ignored() {
        let (mut bench, first) = asked();
        bench.closed(1006);
        bench.event(Event::Visible);
        bench.opened();
        let second = bench.asked.pop().expect("asked again");
        bench.gives(first, Ok("late"));
        bench.gives(first, Err("late"));
        assert!(bench.tokens().is_empty() && bench.is_open());
        bench.gives(second, Ok("fresh"));
        bench.gives(second, Ok("twice"));
        assert_eq!(bench.tokens(), [Some("fresh".to_owned())]);
        assert!(bench.asked.is_empty());
    }

    fn a_page_that_has_none_is_a_failed_attempt_that_comes_back() {
        let (mut bench, socket) = asked();
        bench.gives(socket, Err("signed out"));
        assert!(matches!(bench.room.state(), State::Waiting { failed: 1, retry_at: Some(_), .. }));
        assert_eq!(bench.room.no_token(), Some("signed out"));
        assert_eq!(bench.shown(), ["no token: signed out"]);
        bench.pass(60_000);
        assert_eq!(bench.room.no_token(), None, "it is tried again");
        bench.opened();
        let socket = bench.asked.pop().expect("asked again");
        bench.gives(socket, Err("still"));
        assert!(matches!(bench.room.state(), State::Waiting { failed: 2, .. }));
        bench.closed(1006);
        bench.pass(60_000);
        bench.opened();
        let socket = bench.asked.pop().expect("and again");
        bench.gives(socket, Ok("at last"));
        assert_eq!(bench.tokens(), [Some("at last".to_owned())]);
    }

    fn a_page_that_never_answers_is_waited_for_exactly_so_long() {
        let (mut bench, socket) = asked();
        let due = bench.room.poll_timeout().expect("a deadline").as_millis();
        assert_eq!(due, bench.now.as_millis() + TIMEOUT);
        bench.pass(TIMEOUT - 1);
        assert!(bench.is_open());
        bench.pass(1);
        assert!(matches!(bench.room.state(), State::Waiting { failed: 1, .. }));
        assert_eq!(bench.room.no_token(), Some("no answer within 8 seconds"));
        bench.gives(socket, Ok("late"));
        assert!(bench.frames().is_empty());
    }

    fn a_token_may_have_so_many_bytes_and_no_more() {
        let (mut bench, socket) = asked();
        let longest = "\u{1}".repeat(MAX_TOKEN_BYTES);
        bench.gives(socket, Ok(&longest));
        assert_eq!(bench.tokens(), [Some(longest.clone())]);

        let (mut bench, socket) = asked();
        bench.gives(socket, Ok(&format!("{longest}x")));
        assert!(bench.frames().is_empty());
        assert_eq!(
            bench.room.no_token(),
            Some("it has 8193 bytes, at most 8192 are sent")
        );
    }

    fn a_page_that_gives_up_its_tokens_joins_without_and_one_that_gets_some_asks_at_the_next_join() {
        let (mut bench, socket) = asked();
        bench.command(Command::UseTokens(false)).expect("taken");
        assert_eq!(bench.tokens(), [None]);
        bench.gives(socket, Ok("late"));
        assert!(bench.frames().is_empty());
        bench.command(Command::UseTokens(true)).expect("taken");
        assert_eq!(bench.asked, [], "it is on its way in");
        bench.closed(1006);
        bench.event(Event::Visible);
        bench.opened();
        assert_eq!(bench.asked.len(), 1);
    }

    fn who_leaves_meanwhile_is_not_kept_waiting() {
        let (mut bench, socket) = asked();
        bench.command(Command::Disconnect).expect("disconnect");
        bench.gives(socket, Ok("late"));
        bench.gives(socket, Err("late"));
        assert!(bench.frames().is_empty());
        assert_eq!(bench.shown(), [] as [&str; 0]);
        bench.pass(TIMEOUT);
        assert_eq!(bench.room.no_token(), None);
        assert!(matches!(bench.room.state(), State::Closed { .. }));
    }
}
