//! The golden files, which both ends and every other reader of the protocol can hold themselves to: each message
//! decodes to the frames or errors beside it, and what was decoded is written and read back the same.

use chat_room_wire::{BadFrame, ClientFrame, ServerFrame};
use serde_json::{Value, json};

type Decoded<F> = Result<Vec<Result<F, BadFrame>>, BadFrame>;

/// What one direction has to offer to these tests.
struct Direction<F> {
    golden: &'static str,
    decode: fn(&str) -> Decoded<F>,
    to_json: fn(&F) -> String,
    types: &'static [&'static str],
}

const CLIENT: Direction<ClientFrame> = Direction {
    golden: include_str!("../golden/client.json"),
    decode: ClientFrame::decode,
    to_json: ClientFrame::to_json,
    types: &["join", "post", "history", "typing", "rename", "ping"],
};

const SERVER: Direction<ServerFrame> = Direction {
    golden: include_str!("../golden/server.json"),
    decode: ServerFrame::decode,
    to_json: ServerFrame::to_json,
    types: &["joined", "entry", "history", "presence", "typing", "refused", "pong"],
};

impl<F: PartialEq + std::fmt::Debug> Direction<F> {
    fn cases(&self) -> Vec<Value> {
        match serde_json::from_str(self.golden) {
            Ok(Value::Array(cases)) => cases,
            other => panic!("a golden file is an array of cases, not {other:?}"),
        }
    }

    /// What the message is, as the golden file would write it.
    fn outcome(&self, message: &str) -> Value {
        let frames = match (self.decode)(message) {
            Ok(frames) => frames,
            Err(bad @ BadFrame::NotJson { .. }) => {
                // The rest is the reader's own words.
                let text = bad.to_string();
                return json!({ "error": text.split_once(": ").expect("it says why").0 });
            }
            Err(bad) => return json!({ "error": bad.to_string() }),
        };
        let frames = frames.iter().map(|frame| match frame {
            Ok(frame) => serde_json::from_str(&(self.to_json)(frame)).expect("what is written is JSON"),
            Err(bad @ BadFrame::Field { n: Some(n), .. }) => json!({ "error": bad.to_string(), "n": n }),
            Err(bad) => json!({ "error": bad.to_string() }),
        });
        json!({ "frames": frames.collect::<Vec<Value>>() })
    }

    fn hold(&self) {
        for mut case in self.cases() {
            let case = case.as_object_mut().expect("a case is an object");
            let name = case.remove("name").expect("a case has a name");
            let message = case.remove("message").expect("a case has a message");
            let message = message.as_str().expect("a message is a text");
            let canonical = case.remove("canonical").is_some();
            assert_eq!(self.outcome(message), Value::Object(case.clone()), "{name}");
            for frame in (self.decode)(message).into_iter().flatten().flatten() {
                let written = (self.to_json)(&frame);
                assert_eq!((self.decode)(&written), Ok(vec![Ok(frame)]), "{name}");
                if canonical {
                    assert_eq!(written, message, "{name}");
                }
            }
        }
    }

    fn name_every_case_once(&self) {
        let mut names: Vec<String> = self.cases().iter().map(|case| case["name"].to_string()).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    fn have_every_frame(&self) {
        let cases = self.cases();
        for kind in self.types {
            let written = cases
                .iter()
                .any(|case| case["canonical"] == true && case["frames"][0]["type"] == *kind);
            assert!(written, "{kind} as it is written");
            let wrong = |case: &Value| {
                let error = case["frames"][0]["error"].as_str();
                error.is_some_and(|error| error.starts_with(&format!("{kind}: ")))
            };
            let has_no_fields = matches!(*kind, "ping" | "pong");
            assert_eq!(cases.iter().any(wrong), !has_no_fields, "{kind} with a wrong field");
        }
    }
}

#[test]
fn what_a_client_says_is_read_as_the_golden_file_has_it() {
    CLIENT.hold();
}

#[test]
fn what_a_relay_says_is_read_as_the_golden_file_has_it() {
    SERVER.hold();
}

#[test]
fn the_golden_files_have_every_frame() {
    CLIENT.have_every_frame();
    SERVER.have_every_frame();
}

#[test]
fn every_golden_case_has_a_name_of_its_own() {
    CLIENT.name_every_case_once();
    SERVER.name_every_case_once();
}
