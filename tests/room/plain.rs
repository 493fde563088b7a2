//! The room over plain text, with a server that knows no rooms.

use std::time::Duration;

use chat_room::connection::{Config, Event, Instant, OutboxLimits, SocketId, Target, Why};
use chat_room::room::{Command, Content, Entrance, ItemId, MAX_TEXT_BYTES, Notice, Output, Refusal, Room};
use chat_room::websocket::{Close, Message};

const NOW: Instant = Instant::from_millis(1_000);

struct Bench {
    room: Room,
    socket: Option<SocketId>,
}

impl Bench {
    fn new() -> Self {
        let mut config = Config::default();
        config.outbox = OutboxLimits {
            messages: 2,
            bytes: 1_000,
        };
        Self {
            room: Room::new(config),
            socket: None,
        }
    }

    fn connected() -> Self {
        let mut bench = Self::new();
        bench.connect();
        bench.opened();
        bench
    }

    fn command(&mut self, command: Command) -> Result<Vec<Output>, Refusal> {
        let result = self.room.handle_command(NOW, command);
        let outputs = self.drain();
        result.map(|()| outputs)
    }

    fn connect(&mut self) {
        self.command(Command::Connect(Entrance::new(Target::new("ws://here/"), "", "")))
            .expect("connect");
    }

    fn say(&mut self, text: &str) -> Vec<Output> {
        self.command(Command::Say(text.into())).expect("say")
    }

    fn event(&mut self, event: Event<Message>) -> Vec<Output> {
        self.room.handle_event(NOW, event, &mut || 0.5);
        self.drain()
    }

    fn opened(&mut self) -> Vec<Output> {
        let socket = self.socket.expect("a socket");
        self.event(Event::SocketOpened {
            socket,
            protocol: "chat".into(),
        })
    }

    fn hear(&mut self, message: impl Into<Message>) -> Vec<Output> {
        let socket = self.socket.expect("a socket");
        self.event(Event::SocketMessage {
            socket,
            message: message.into(),
        })
    }

    fn closed(&mut self, code: u16) -> Vec<Output> {
        let socket = self.socket.expect("a socket");
        self.event(Event::SocketClosed {
            socket,
            close: close(code),
        })
    }

    fn drain(&mut self) -> Vec<Output> {
        let outputs: Vec<_> = std::iter::from_fn(|| self.room.poll_output()).collect();
        for output in &outputs {
            if let Output::OpenSocket { socket, .. } = output {
                self.socket = Some(*socket);
            }
        }
        outputs
    }

    /// The timeline in short words.
    fn shown(&self) -> Vec<String> {
        self.room
            .timeline()
            .iter()
            .map(|item| match item.content() {
                Content::Said(said) => format!("{}: {:?}", said.text(), said.delivery.expect("one's own")),
                Content::Text { text, .. } => format!("< {text}"),
                Content::Binary { head, bytes } => format!("< {head:?} of {bytes}"),
                Content::Notice(Notice::Connected { url, protocol }) => format!("connected {url} {protocol}"),
                Content::Notice(Notice::Lost { why, close }) => format!("lost {why:?} {}", close.code),
                Content::Notice(Notice::Ended { why, close }) => format!("ended {why:?} {}", close.code),
                other => panic!("not in plain text: {other:?}"),
            })
            .collect()
    }
}

fn close(code: u16) -> Close {
    Close {
        code,
        reason: String::new(),
        was_clean: true,
    }
}

fn sent(outputs: &[Output]) -> Vec<&Message> {
    outputs
        .iter()
        .filter_map(|output| match output {
            Output::Send { message, .. } => Some(message),
            _ => None,
        })
        .collect()
}

tests! {
    fn a_conversation_stands_in_the_order_in_which_it_happened() {
        let mut bench = Bench::connected();
        assert_eq!(sent(&bench.say("你好")), [&Message::from("你好")]);
        assert_eq!(bench.hear("hello"), [Output::Received("hello".into())]);
        bench.hear(vec![1, 2, 3]);
        bench.closed(1000);
        assert_eq!(
            bench.shown(),
            ["connected ws://here/ chat", "你好: Sent", "< hello", "< [1, 2, 3] of 3", "ended SocketClosed 1000"]
        );
    }

    fn what_is_said_before_the_connection_is_open_is_sent_when_it_is() {
        let mut bench = Bench::new();
        bench.connect();
        assert_eq!(sent(&bench.say("one")), [] as [&Message; 0]);
        bench.say("two");
        assert_eq!(bench.shown(), ["one: Waiting", "two: Waiting"]);
        assert_eq!(bench.room.unsent().collect::<Vec<_>>(), ["one", "two"]);
        let outputs = bench.opened();
        assert_eq!(sent(&outputs), [&Message::from("one"), &Message::from("two")]);
        assert_eq!(bench.shown(), ["one: Sent", "two: Sent", "connected ws://here/ chat"]);
        assert_eq!(bench.room.unsent().count(), 0);
    }

    fn what_a_dying_socket_did_not_take_waits_again() {
        let mut bench = Bench::connected();
        bench.say("one");
        bench.room.handle_send_refused(NOW, Some(ItemId::from_number(1)), "one".into());
        assert_eq!(bench.shown()[1], "one: Waiting");
        bench.closed(1006);
        bench.event(Event::Visible);
        assert_eq!(sent(&bench.opened()), [&Message::from("one")]);
        assert_eq!(bench.shown(), ["connected ws://here/ chat", "one: Sent", "lost SocketClosed 1006", "connected ws://here/ chat"]);
    }

    fn what_was_not_sent_is_shown_as_failed_and_can_be_sent_again() {
        let mut bench = Bench::new();
        bench.connect();
        bench.say("one");
        bench.command(Command::Disconnect).expect("disconnect");
        assert_eq!(bench.shown(), ["one: Failed", "ended Disconnected 1006"]);

        let item = ItemId::from_number(0);
        assert!(matches!(bench.command(Command::SayAgain(item)), Err(Refusal::Connection(_))), "not connected");
        assert_eq!(bench.shown()[0], "one: Failed");
        bench.connect();
        bench.opened();
        assert_eq!(sent(&bench.command(Command::SayAgain(item)).expect("say again")), [&Message::from("one")]);
        assert_eq!(bench.shown()[0], "one: Sent");
        assert_eq!(bench.command(Command::SayAgain(item)), Err(Refusal::NotFailed), "only once");
        assert_eq!(bench.command(Command::SayAgain(ItemId::from_number(99))), Err(Refusal::NotFailed));
    }

    fn a_refused_text_leaves_no_trace() {
        let mut bench = Bench::connected();
        let before = bench.shown();
        for text in ["", " ", "\n\t\u{3000}", "\u{200b}\u{200d}", "\u{feff} \u{2060}\u{202e}"] {
            assert_eq!(bench.command(Command::Say(text.into())), Err(Refusal::Empty));
        }
        let long = "x".repeat(MAX_TEXT_BYTES + 1);
        assert_eq!(bench.command(Command::Say(long)), Err(Refusal::TooLong { bytes: MAX_TEXT_BYTES + 1, limit: MAX_TEXT_BYTES }));
        assert_eq!(bench.shown(), before);
        assert_eq!(sent(&bench.say(&"x".repeat(MAX_TEXT_BYTES))).len(), 1, "the longest that fits");

        bench.closed(1006);
        bench.say("one");
        bench.say("two");
        let before = bench.shown();
        assert!(matches!(bench.command(Command::Say("three".into())), Err(Refusal::Connection(_))), "the outbox is full");
        assert_eq!(bench.shown(), before);
    }

    fn attempts_that_fail_do_not_fill_the_timeline() {
        let mut bench = Bench::connected();
        for _ in 0..5 {
            bench.closed(1006);
            bench.event(Event::Visible);
        }
        assert_eq!(bench.shown(), ["connected ws://here/ chat", "lost SocketClosed 1006"]);
    }

    fn a_socket_that_cannot_be_made_ends_it() {
        let mut bench = Bench::new();
        bench.connect();
        let socket = bench.socket.expect("a socket");
        bench.event(Event::SocketRefused { socket });
        assert_eq!(bench.shown(), [format!("ended {:?} 1006", Why::Refused)]);
    }

    fn the_clock_is_the_connections() {
        let mut bench = Bench::new();
        assert_eq!(bench.room.poll_timeout(), None);
        bench.connect();
        assert_eq!(bench.room.poll_timeout(), Some(NOW + Duration::from_secs(15)));
    }
}
