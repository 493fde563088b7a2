//! Random sequences of everything that can happen, against a model that is simple enough to be believed.

use std::collections::{BTreeSet, VecDeque};

use chat_room::connection::{Command, CommandError, Event, Output, SocketId};

use crate::support::{Bench, SECOND, close, config, target};

const SEEDS: u64 = 2_000;
const STEPS: usize = 200;

/// SplitMix64, so that a seed replays the same run on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }
}

/// What the user wants, what is live, and where every message is.
#[derive(Default)]
struct Model {
    wanted: bool,
    live: BTreeSet<SocketId>,
    open: Option<SocketId>,
    refuses: bool,
    waiting: VecDeque<String>,
    sent: Vec<String>,
    offline: bool,
    suspended: bool,
    next_message: u64,
}

impl Model {
    /// Carries the outputs out, as a driver would, and checks each.
    fn carry_out(&mut self, bench: &mut Bench, outputs: Vec<Output<String>>) {
        for output in outputs {
            match output {
                Output::OpenSocket { socket, .. } => {
                    assert!(self.live.is_empty(), "two live sockets");
                    self.live.insert(socket);
                    self.refuses = false;
                }
                Output::CloseSocket { socket } => {
                    assert!(self.live.contains(&socket), "closed a socket that is not live");
                    self.open = None;
                }
                Output::DropSocket { socket } => {
                    assert!(self.live.remove(&socket), "dropped a socket that is not live");
                    self.open = self.open.filter(|open| *open != socket);
                }
                Output::Send { socket, message } => {
                    assert_eq!(self.open, Some(socket), "sent through a socket that is not open");
                    assert_eq!(self.waiting.pop_front().as_ref(), Some(&message), "sent out of turn");
                    if self.refuses {
                        self.waiting.push_back(message.clone());
                        let more = bench.event(Event::SendRefused { message });
                        assert_eq!(more, [], "taking back is quiet while there is hope");
                    } else {
                        self.sent.push(message);
                    }
                }
                Output::Returned(message) => {
                    assert_eq!(self.waiting.pop_front(), Some(message), "returned out of turn");
                }
                Output::Probe { socket } => assert_eq!(self.open, Some(socket), "probed a socket that is not open"),
                Output::Received(_) => {}
                Output::StateChanged => {}
            }
        }
    }

    fn check(&self, bench: &Bench, story: impl Fn() -> String) {
        let connection = &bench.connection;
        let state = connection.state().name();
        let expected = match (self.wanted, self.live.is_empty(), self.open.is_some()) {
            (true, false, true) => "Open",
            (true, false, false) => "Connecting",
            (true, true, _) => "Waiting",
            (false, false, _) => "Closing",
            (false, true, _) => "Closed",
        };
        assert!(
            state == expected || (state == "Idle" && expected == "Closed"),
            "{state}, but the model is {expected} after {}",
            story()
        );
        assert_eq!(connection.state().socket(), self.live.first().copied());
        assert_eq!(connection.waiting_messages(), self.waiting.len());
        match state {
            "Connecting" | "Closing" => assert!(connection.poll_timeout().is_some(), "{state} for ever"),
            "Waiting" => {
                let paused = self.offline || self.suspended;
                assert_eq!(
                    connection.poll_timeout().is_none(),
                    paused,
                    "waits for nothing, or for the wrong thing"
                );
            }
            _ => {}
        }
    }
}

fn step(random: &mut Random, bench: &mut Bench, model: &mut Model) -> &'static str {
    let current = model.live.first().copied();
    let socket = match random.below(8) {
        0 => bench.socket,
        _ => current,
    };
    let outputs;
    let did = match random.below(23) {
        0 | 1 => {
            let elsewhere = random.below(4) == 0;
            let host = if elsewhere { "elsewhere" } else { "here" };
            let result = bench.command(Command::Connect(target(host)));
            model.wanted |= result.is_ok();
            outputs = result.unwrap_or_default();
            "connect"
        }
        2 => {
            let politely = random.below(2) == 0;
            let result = bench.command(if politely { Command::Close } else { Command::Disconnect });
            assert_eq!(
                result.is_ok(),
                model.wanted,
                "a wanted connection can be left, and no other"
            );
            model.wanted = false;
            outputs = result.unwrap_or_default();
            "disconnect"
        }
        3..=6 => {
            let text = format!("m{}", model.next_message);
            model.next_message += 1;
            let room = model.waiting.len() < config().outbox.messages;
            let result = bench.command(Command::Send(text.clone()));
            match &result {
                Ok(_) => model.waiting.push_back(text),
                Err(CommandError::OutboxFull(_)) => assert!(!room && model.wanted, "refused with room to spare"),
                Err(_) => assert!(!model.wanted, "refused although connected"),
            }
            outputs = result.unwrap_or_default();
            "send"
        }
        7 | 8 => {
            let Some(socket) = socket else { return "nothing" };
            if model.wanted && current == Some(socket) && model.open.is_none() {
                model.open = Some(socket);
            }
            outputs = bench.event(Event::SocketOpened {
                socket,
                protocol: String::new(),
            });
            "opened"
        }
        9 => {
            let Some(socket) = socket else { return "nothing" };
            let heard = current == Some(socket);
            outputs = bench.event(Event::SocketMessage {
                socket,
                message: "in".into(),
            });
            assert_eq!(
                outputs.contains(&Output::Received("in".into())),
                heard,
                "a stale message, or a lost one"
            );
            "message"
        }
        10 | 11 => {
            let Some(socket) = socket else { return "nothing" };
            let code = [1006, 1001, 1000, 4400][random.below(4) as usize];
            if model.live.remove(&socket) {
                model.open = None;
                model.wanted &= !matches!(code, 1000 | 4400);
            }
            outputs = bench.event(Event::SocketClosed {
                socket,
                close: close(code),
            });
            "closed"
        }
        12 => {
            let Some(socket) = socket else { return "nothing" };
            outputs = bench.event(Event::SocketErrored { socket });
            assert_eq!(outputs, [], "an error is followed by a close and does nothing itself");
            "errored"
        }
        13 => {
            model.refuses = model.open.is_some();
            return "the socket takes nothing more";
        }
        14 | 15 => {
            // Only a deadline of Closing ends what is not wanted; the model learns the rest from the outputs.
            outputs = bench.pass(SECOND * random.below(40) as u32);
            "time"
        }
        16 => {
            model.offline = true;
            outputs = bench.event(Event::Offline);
            "offline"
        }
        17 => {
            model.offline = false;
            outputs = bench.event(Event::Online);
            "online"
        }
        18 => {
            model.suspended = true;
            outputs = bench.event(Event::Suspended);
            "suspended"
        }
        19 => {
            model.suspended = false;
            outputs = bench.event(Event::Resumed);
            "resumed"
        }
        20 => {
            outputs = bench.event(Event::Visible);
            "visible"
        }
        21 => {
            outputs = bench.event(Event::Unanswered);
            "unanswered"
        }
        _ => {
            outputs = bench.event(Event::Hidden);
            assert_eq!(outputs, []);
            "hidden"
        }
    };
    model.carry_out(bench, outputs);
    did
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn random_sequences_agree_with_the_model() {
    let mut states = BTreeSet::new();
    for seed in 0..SEEDS {
        let mut random = Random(seed);
        let mut bench = Bench::new(config());
        let mut model = Model::default();
        let mut done = Vec::new();
        for _ in 0..STEPS {
            bench.chance = random.below(1000) as f64 / 1000.0;
            done.push(step(&mut random, &mut bench, &mut model));
            model.check(&bench, || format!("seed {seed}: {done:?}"));
            states.insert(bench.state());
        }
        // Every message that was accepted was sent once, in order, or is waiting, or was given back.
        let order: Vec<u64> = model
            .sent
            .iter()
            .map(|text| text[1..].parse().expect("a number"))
            .collect();
        assert!(
            order.is_sorted_by(|a, b| a < b),
            "seed {seed}: sent twice or out of order: {order:?}"
        );
    }
    assert_eq!(states.len(), 6, "only {states:?} were reached");
}
