//! The examples of PROTOCOL.md: each is what its heading says, and is in the golden files.

use chat_room_wire::{Body, ClientFrame, ServerFrame};
use serde_json::Value;

const PROTOCOL: &str = include_str!("../PROTOCOL.md");

/// A code block marked as JSON, and the headings it stands under.
struct Example {
    section: &'static str,
    heading: &'static str,
    json: String,
}

fn examples() -> Vec<Example> {
    let (mut section, mut heading) = ("", "");
    let mut examples = Vec::new();
    let mut lines = PROTOCOL.lines();
    while let Some(line) = lines.next() {
        if let Some(text) = line.strip_prefix("## ") {
            (section, heading) = (text, "");
        } else if let Some(text) = line.strip_prefix("### ") {
            heading = text;
        } else if line == "```json" {
            let json = lines
                .by_ref()
                .take_while(|line| *line != "```")
                .collect::<Vec<_>>()
                .join("\n");
            examples.push(Example { section, heading, json });
        }
    }
    examples
}

fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

/// What is in a golden file: the messages that are written as they are.
fn golden(file: &str) -> Vec<Value> {
    let cases = value(file);
    let cases = cases.as_array().expect("a golden file is an array");
    let canonical = cases.iter().filter(|case| case["canonical"] == true);
    canonical
        .map(|case| value(case["message"].as_str().expect("a message is a text")))
        .collect()
}

#[test]
fn every_example_is_what_its_heading_says() {
    for Example { section, heading, json } in examples() {
        // What the example says is what is understood of it, no more and no less.
        let understood = match section {
            "What a client says" => match &ClientFrame::decode(&json).as_deref() {
                Ok([Ok(frame)]) => frame.to_json(),
                other => panic!("{heading}: {other:?}"),
            },
            "What a relay says" => match &ServerFrame::decode(&json).as_deref() {
                Ok([Ok(frame)]) => frame.to_json(),
                other => panic!("{heading}: {other:?}"),
            },
            "Bodies" => match Body::from_json(&json) {
                Ok(body) => body.to_json(),
                Err(bad) => panic!("{heading}: {bad}"),
            },
            other => panic!("an example under {other}, {heading}, where none is looked for"),
        };
        assert_eq!(value(&understood), value(&json), "{section}, {heading}");
        assert_eq!(value(&json)["type"], heading, "{section}");
    }
}

#[test]
fn every_example_is_a_golden_one() {
    let client = golden(include_str!("../golden/client.json"));
    let server = golden(include_str!("../golden/server.json"));
    let bodies: Vec<Value> = client.iter().map(|frame| frame["body"].clone()).collect();
    for Example { section, heading, json } in examples() {
        let known = match section {
            "What a client says" => &client,
            "What a relay says" => &server,
            _ => &bodies,
        };
        assert!(known.contains(&value(&json)), "{section}, {heading}");
    }
}

#[test]
fn every_frame_and_every_body_has_an_example() {
    let examples = examples();
    let headings = |section| {
        let of_section = examples.iter().filter(move |example| example.section == section);
        of_section.map(|example| example.heading).collect::<Vec<_>>()
    };
    let client = ["join", "post", "history", "typing", "rename", "ping"];
    assert_eq!(headings("What a client says"), client);
    let server = ["joined", "entry", "history", "presence", "typing", "refused", "pong"];
    assert_eq!(headings("What a relay says"), server);
    assert_eq!(headings("Bodies"), ["text", "edit", "retract", "reaction"]);
}

#[test]
fn the_numbers_are_those_of_the_code() {
    let limits = chat_room_wire::Limits::default();
    for (name, number) in [
        ("`text_bytes`", limits.text_bytes),
        ("`name_bytes`", limits.name_bytes),
        ("`message_bytes`", limits.message_bytes),
        ("`posts_per_second`", limits.posts_per_second),
        ("`post_burst`", limits.post_burst),
        ("`history_entries`", limits.history_entries),
    ] {
        assert!(PROTOCOL.contains(&format!("| {name} | {number}, ")), "{name}");
    }
    use chat_room_wire::*;
    for said in [
        format!("| a room's name | {MAX_ROOM_BYTES} bytes |"),
        format!("| a key | {MIN_KEY_BYTES} to {MAX_KEY_BYTES} bytes |"),
        format!("| an emoji | {MAX_EMOJI_BYTES} bytes |"),
        format!("from 0 to {MAX_INTEGER} "),
        format!("# {SUBPROTOCOL}\n"),
        format!("| {} | relay | The token", close::TOKEN),
        format!("| {} | relay | The room", close::ROOM),
        format!("| {} | relay | The same key", close::ELSEWHERE),
    ] {
        assert!(PROTOCOL.contains(&said), "{said}");
    }
}

#[test]
fn links_within_the_page_lead_somewhere() {
    let headings: Vec<String> = PROTOCOL
        .lines()
        .filter_map(|line| line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")))
        .map(|heading| heading.to_lowercase().replace(' ', "-"))
        .collect();
    let links = PROTOCOL.split("](#").skip(1).filter_map(|rest| rest.split(')').next());
    for link in links {
        assert!(headings.iter().any(|heading| heading == link), "#{link}");
    }
}
