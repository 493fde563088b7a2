//! What holds for all frames and all messages, tried on many made-up ones.
//!
//! The generator is a few lines of our own: a case is its seed, which every failure tells together with the message,
//! and a message is short enough to be read as it is.

use std::fmt::Debug;

use chat_room_wire::*;
use serde_json::Value;

const CASES: u64 = 10_000;

/// More than any error needs: none repeats what was sent.
const LONGEST_ERROR: usize = 160;

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("it is below a usize")
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    fn flag(&mut self) -> bool {
        self.next() & 1 == 1
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.flag() { Some(make(self)) } else { None }
    }

    fn many<T>(&mut self, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(4)).map(|_| make(self)).collect()
    }

    /// 0, the greatest, or anything between, of any length.
    fn integer(&mut self) -> u64 {
        let any = self.next() & MAX_INTEGER;
        *self.pick(&[0, 1, MAX_INTEGER, any, any >> 20, any >> 45])
    }

    fn counter(&mut self) -> u64 {
        self.integer().max(1)
    }

    fn text(&mut self) -> String {
        (0..self.below(12)).map(|_| self.character()).collect()
    }

    /// Escaped or not, of one byte to four.
    fn character(&mut self) -> char {
        let highest = *self.pick(&[0x1f, 0x7f, 0x7f, 0x7ff, 0xffff, 0x10_ffff]);
        let any = u32::try_from(self.below(highest + 1)).ok().and_then(char::from_u32);
        any.unwrap_or('\u{fffd}')
    }
}

fn client_frame(chance: &mut Chance) -> ClientFrame {
    match chance.below(6) {
        0 => ClientFrame::Join(Join {
            room: chance.text(),
            name: chance.text(),
            key: chance.text(),
            token: chance.maybe(Chance::text),
            since: chance.maybe(|chance| Place {
                epoch: chance.text(),
                seq: chance.integer(),
            }),
        }),
        1 => ClientFrame::Post(Post {
            n: chance.counter(),
            body: body(chance),
        }),
        2 => ClientFrame::History(HistoryRequest {
            before: chance.maybe(Chance::integer),
            limit: chance.counter(),
        }),
        3 => ClientFrame::Typing { on: chance.flag() },
        4 => ClientFrame::Rename { name: chance.text() },
        _ => ClientFrame::Ping,
    }
}

fn body(chance: &mut Chance) -> Body {
    match chance.below(4) {
        0 => Body::Text {
            text: chance.text(),
            reply_to: chance.maybe(Chance::integer),
        },
        1 => Body::Edit {
            of: chance.integer(),
            text: chance.text(),
        },
        2 => Body::Retract { of: chance.integer() },
        _ => Body::Reaction {
            of: chance.integer(),
            emoji: chance.text(),
            on: chance.flag(),
        },
    }
}

fn server_frame(chance: &mut Chance) -> ServerFrame {
    match chance.below(7) {
        0 => ServerFrame::Joined(Box::new(Joined {
            client: chance.text(),
            epoch: chance.text(),
            head: chance.integer(),
            recovered: chance.flag(),
            accepted: chance.integer(),
            members: chance.many(member),
            count: chance.integer(),
            limits: Limits {
                text_bytes: chance.counter(),
                name_bytes: chance.counter(),
                message_bytes: chance.counter(),
                posts_per_second: chance.counter(),
                post_burst: chance.counter(),
                history_entries: chance.counter(),
            },
            heartbeat_ms: chance.counter(),
            restart_ms: chance.integer(),
        })),
        1 => ServerFrame::Entry(entry(chance)),
        2 => ServerFrame::History(History {
            before: chance.maybe(Chance::integer),
            entries: chance.many(entry),
            start: chance.flag(),
        }),
        3 => ServerFrame::Presence(Presence {
            joined: chance.many(member),
            left: chance.many(Chance::text),
            renamed: chance.many(member),
            count: chance.integer(),
        }),
        4 => ServerFrame::Typing {
            client: chance.text(),
            on: chance.flag(),
        },
        5 => ServerFrame::Refused(Refused {
            n: chance.maybe(Chance::counter),
            code: match chance.below(3) {
                0 => RefusedCode::Unavailable,
                1 => RefusedCode::NoSuchEntry,
                _ => RefusedCode::Other(chance.text()),
            },
            message: chance.text(),
            retry_after_ms: chance.maybe(Chance::integer),
        }),
        _ => ServerFrame::Pong,
    }
}

fn member(chance: &mut Chance) -> Member {
    Member {
        client: chance.text(),
        name: chance.text(),
    }
}

fn entry(chance: &mut Chance) -> Entry {
    Entry {
        seq: chance.counter(),
        prev: chance.integer(),
        at: chance.integer(),
        client: chance.text(),
        name: chance.text(),
        n: chance.counter(),
        body: match chance.below(5) {
            0 => Body::Other { kind: chance.text() },
            _ => body(chance),
        },
    }
}

type Decoded<F> = Result<Vec<Result<F, BadFrame>>, BadFrame>;

/// What is read from a message is the same written and read again; what is wrong with it is told in a few words that
/// name the field.
fn hold<F: PartialEq + Debug>(
    message: &str,
    decode: fn(&str) -> Decoded<F>,
    to_json: fn(&F) -> String,
) -> Result<(), String> {
    let short = |bad: &BadFrame| {
        let text = bad.to_string();
        let named = match bad {
            BadFrame::Field { frame, field, .. } => {
                !field.path.is_empty() && text.starts_with(&format!("{frame}: {}", field.path))
            }
            _ => true,
        };
        if named && text.len() <= LONGEST_ERROR {
            Ok(())
        } else {
            Err(text)
        }
    };
    let frames = match decode(message) {
        Ok(frames) => frames,
        Err(bad) => return short(&bad),
    };
    for frame in &frames {
        match frame {
            Err(bad) => short(bad)?,
            Ok(frame) => {
                let written = to_json(frame);
                let again = decode(&written);
                let same = matches!(&again, Ok(again) if matches!(&again[..], [Ok(one)] if one == frame));
                if !same {
                    return Err(format!("{written} is read as {again:?}"));
                }
            }
        }
    }
    Ok(())
}

/// Holds for any message, whichever end gets it.
fn hold_both(seed: u64, message: &str) {
    let client = hold(message, ClientFrame::decode, ClientFrame::to_json);
    let server = hold(message, ServerFrame::decode, ServerFrame::to_json);
    assert_eq!((client, server), (Ok(()), Ok(())), "seed {seed}: {message:?}");
}

fn golden_messages() -> Vec<String> {
    let files = [
        include_str!("../golden/client.json"),
        include_str!("../golden/server.json"),
    ];
    let cases = files.iter().flat_map(|file| match serde_json::from_str(file) {
        Ok(Value::Array(cases)) => cases,
        other => panic!("a golden file is an array of cases, not {other:?}"),
    });
    cases
        .map(|case| case["message"].as_str().expect("a message is a text").to_owned())
        .collect()
}

#[test]
fn every_frame_is_read_as_it_was_written() {
    for seed in 0..CASES {
        let chance = &mut Chance(seed);
        let frame = client_frame(chance);
        let written = frame.to_json();
        assert_eq!(
            ClientFrame::decode(&written),
            Ok(vec![Ok(frame)]),
            "seed {seed}: {written}"
        );
        let frame = server_frame(chance);
        let written = frame.to_json();
        assert_eq!(
            ServerFrame::decode(&written),
            Ok(vec![Ok(frame)]),
            "seed {seed}: {written}"
        );
        let body = body(chance);
        let written = body.to_json();
        assert_eq!(Body::from_json(&written), Ok(body), "seed {seed}: {written}");
    }
}

#[test]
fn an_array_of_frames_is_the_frames_one_by_one() {
    let golden = golden_messages();
    for seed in 0..CASES / 10 {
        let chance = &mut Chance(seed);
        let mut items = chance.many(|chance| client_frame(chance).to_json());
        items.extend(chance.many(|chance| server_frame(chance).to_json()));
        // Wrong frames and unknown ones as well, but nothing that is an array or no JSON in one: an array is one level
        // more, and the deepest golden frame has as many as may be.
        let object =
            |item: &&String| item.starts_with('{') && serde_json::from_str::<Value>(&format!("[{item}]")).is_ok();
        items.extend(
            chance
                .many(|chance| chance.pick(&golden).clone())
                .iter()
                .filter(object)
                .cloned(),
        );
        let array = format!("[{}]", items.join(","));
        let one_by_one = items.iter().map(|item| ClientFrame::decode(item).expect("it is JSON"));
        assert_eq!(
            ClientFrame::decode(&array),
            Ok(one_by_one.flatten().collect()),
            "seed {seed}: {array}"
        );
        let one_by_one = items.iter().map(|item| ServerFrame::decode(item).expect("it is JSON"));
        assert_eq!(
            ServerFrame::decode(&array),
            Ok(one_by_one.flatten().collect()),
            "seed {seed}: {array}"
        );
    }
}

#[test]
fn any_bytes_are_frames_or_an_error() {
    for seed in 0..CASES {
        let chance = &mut Chance(seed);
        let bytes: Vec<u8> = (0..chance.below(40)).map(|_| chance.next().to_le_bytes()[0]).collect();
        hold_both(seed, &String::from_utf8_lossy(&bytes));
        let json = b"[]{}:,\"\\u0019-.eE+truefalsn \n";
        let text: String = (0..chance.below(40)).map(|_| char::from(*chance.pick(json))).collect();
        hold_both(seed, &text);
    }
}

#[test]
fn any_json_is_frames_or_an_error() {
    for seed in 0..CASES {
        let mut json = String::new();
        any_json(&mut Chance(seed), 5, &mut json);
        hold_both(seed, &json);
        assert!(serde_json::from_str::<Value>(&json).is_ok(), "seed {seed}: {json}");
    }
}

/// Any JSON, but with the protocol's own words in it.
fn any_json(chance: &mut Chance, depth: usize, out: &mut String) {
    const NAMES: [&str; 16] = [
        "type", "n", "body", "of", "on", "text", "since", "seq", "entries", "client", "name", "members", "left",
        "limit", "count", "code",
    ];
    const VALUES: [&str; 24] = [
        "null",
        "true",
        "false",
        "0",
        "1",
        "-1",
        "0.5",
        "9007199254740991",
        "9007199254740992",
        "1e300",
        "\"\"",
        "\"x\"",
        "\"post\"",
        "\"text\"",
        "\"history\"",
        "\"entry\"",
        "\"typing\"",
        "\"presence\"",
        "\"refused\"",
        "\"edit\"",
        "\"retract\"",
        "\"reaction\"",
        "\"joined\"",
        "\"join\"",
    ];
    let kind = if depth == 0 { 0 } else { chance.below(5) };
    let (open, close) = match kind {
        0 | 1 => return out.push_str(chance.pick::<&str>(&VALUES)),
        2 => ('[', ']'),
        _ => ('{', '}'),
    };
    out.push(open);
    for index in 0..chance.below(7) {
        if index > 0 {
            out.push(',');
        }
        if open == '{' {
            // The type comes first and often.
            let name = if index == 0 {
                "type"
            } else {
                *chance.pick::<&str>(&NAMES)
            };
            out.push_str(&format!("\"{name}\":"));
        }
        let depth = if open == '{' && index == 0 { 0 } else { depth - 1 };
        any_json(chance, depth, out);
    }
    out.push(close);
}

#[test]
fn a_golden_message_with_anything_done_to_it_is_frames_or_an_error() {
    let golden = golden_messages();
    for seed in 0..CASES {
        let chance = &mut Chance(seed);
        let mut bytes = chance.pick(&golden).clone().into_bytes();
        for _ in 0..=chance.below(3) {
            let from = chance.below(bytes.len() + 1);
            let to = bytes.len().min(from + chance.below(12));
            match chance.below(5) {
                0 => drop(bytes.drain(from..to)),
                1 => bytes.truncate(from),
                2 => bytes.splice(from..from, bytes[from..to].to_vec()).for_each(drop),
                3 => bytes.splice(from..to, chance.pick(&golden).bytes()).for_each(drop),
                _ => {
                    let other = *chance.pick(b"[]{}:,\"\\0919-.eE u\x00\xff");
                    bytes.splice(from..to.min(from + 1), [other]).for_each(drop);
                }
            }
        }
        hold_both(seed, &String::from_utf8_lossy(&bytes));
    }
}

/// WebAssembly usually has 1 MiB of stack: half of it has to be enough, in an unoptimized build too.
#[test]
fn the_deepest_message_needs_little_stack() {
    let small = std::thread::Builder::new().stack_size(512 * 1024);
    let reader = small.spawn(|| {
        for open in ["[", "{\"x\":"] {
            for levels in [127, 128, 60_000] {
                let close = if open == "[" { "]" } else { "}" };
                let message = format!("{}0{}", open.repeat(levels), close.repeat(levels));
                assert_eq!(
                    ClientFrame::decode(&message).is_ok(),
                    levels == 127,
                    "{levels} times {open}"
                );
                assert_eq!(
                    ServerFrame::decode(&message).is_ok(),
                    levels == 127,
                    "{levels} times {open}"
                );
            }
        }
    });
    assert!(reader.expect("a thread can be started").join().is_ok());
}
