//! A thousand clients after a restart: they come back spread, and not all in one instant.

use chat_room::connection::{Config, Event, Instant, SocketId};
use chat_room::room::{Command, Kept, Output, Room};
use chat_room::websocket::{Close, Message};
use chat_room_wire::{Joined, Limits, SUBPROTOCOL, ServerFrame};

use crate::chance::Chance;
use crate::world::entrance;

const CLIENTS: usize = 1_000;

struct Client {
    room: Room,
    socket: Option<SocketId>,
    chance: Chance,
}

impl Client {
    fn event(&mut self, now: u64, event: Event<Message>) -> usize {
        let chance = &mut self.chance;
        self.room
            .handle_event(Instant::from_millis(now), event, &mut || chance.unit());
        self.drain()
    }

    /// How many sockets it makes.
    fn drain(&mut self) -> usize {
        let mut made = 0;
        while let Some(output) = self.room.poll_output() {
            if let Output::OpenSocket { socket, .. } = output {
                self.socket = Some(socket);
                made += 1;
            }
        }
        made
    }

    fn closed(&mut self, now: u64, code: u16) {
        let socket = self.socket.expect("a socket");
        let close = Close {
            code,
            reason: String::new(),
            was_clean: code != 1006,
        };
        self.event(now, Event::SocketClosed { socket, close });
    }
}

/// A client that has long been in the room.
fn client(number: u64) -> Client {
    let mut client = Client {
        room: Room::new(Config::default()),
        socket: None,
        chance: Chance::new(number, 77),
    };
    let at = Instant::from_millis(0);
    client
        .room
        .handle_command(at, Command::Connect(entrance(0)))
        .expect("connect");
    client.drain();
    let kept = Kept {
        key: format!("a-key-that-nobody-guesses-{number:04}"),
        next_n: 1,
        ..Kept::default()
    };
    client.room.handle_claimed(at, &entrance(0).address(), kept);
    let socket = client.socket.expect("a socket");
    client.event(
        0,
        Event::SocketOpened {
            socket,
            protocol: SUBPROTOCOL.to_owned(),
        },
    );
    let joined = ServerFrame::Joined(Box::new(Joined {
        client: number.to_string(),
        epoch: "e".to_owned(),
        head: 0,
        recovered: true,
        accepted: 0,
        members: vec![],
        count: 1,
        limits: Limits::default(),
        heartbeat_ms: 600_000,
        restart_ms: 5_000,
    }));
    let message = Message::Text(joined.to_json());
    client.event(1, Event::SocketMessage { socket, message });
    assert!(client.room.is_joined());
    client
}

/// How many sockets are made in each slot of so many milliseconds, while every one of them is refused after `refused`.
fn attempts(code: u16, slots: usize, slot: u64) -> Vec<usize> {
    let begin = 60_000;
    let mut clients: Vec<Client> = (0..CLIENTS as u64).map(client).collect();
    for client in &mut clients {
        client.closed(begin, code);
    }
    let mut attempts = vec![0; slots];
    for client in &mut clients {
        while let Some(at) = client.room.poll_timeout().map(Instant::as_millis) {
            let number = ((at - begin) / slot) as usize;
            if number >= slots {
                break;
            }
            attempts[number] += client.event(at, Event::TimePassed);
            client.closed(at, 1006);
        }
    }
    attempts
}

#[test]
fn after_a_restart_that_was_told_they_come_within_the_window_that_was_told() {
    let first = attempts_of_the_first(1012, 10, 500);
    assert_eq!(
        first.iter().sum::<usize>(),
        CLIENTS,
        "all of them, within 5 s: {first:?}"
    );
    assert!(
        first.iter().all(|it| (60..=140).contains(it)),
        "a tenth in each half second: {first:?}"
    );
}

#[test]
fn after_a_relay_that_died_and_stays_away_the_attempts_become_few() {
    let attempts = attempts(1006, 120, 1_000);
    // Full jitter: a client's waits grow to 15 s on the average, which makes some 67 attempts a second.
    let later = &attempts[60..];
    assert!(later.iter().all(|it| *it <= 110), "no wave comes back: {attempts:?}");
    assert!(
        later.iter().sum::<usize>() >= 60 * 40,
        "and nobody has given up: {attempts:?}"
    );
}

/// The first attempts alone.
fn attempts_of_the_first(code: u16, slots: usize, slot: u64) -> Vec<usize> {
    let begin = 60_000;
    let mut attempts = vec![0; slots];
    for number in 0..CLIENTS as u64 {
        let mut client = client(number);
        client.closed(begin, code);
        let at = client.room.poll_timeout().expect("it comes back").as_millis();
        attempts[(((at - begin) / slot) as usize).min(slots - 1)] += client.event(at, Event::TimePassed);
    }
    attempts
}
