//! What is against the rules, and what is too much.

use super::*;

fn refused(code: &str, message: &str) -> String {
    format!(r#"{{"type":"refused","code":"{code}","message":"{message}"}}"#)
}

#[test]
fn five_malformed_frames_are_refused_and_the_sixth_ends_it() {
    let mut bench = Bench::new();
    let id = bench.open();
    bench.say(id, r#"{"type":"typing"}"#);
    assert_eq!(bench.heard(id), [refused("malformed", "typing: on is missing")]);
    bench.say(id, r#"{"type":"post","n":3,"body":7}"#);
    let with_n = r#"{"type":"refused","n":3,"code":"malformed","message":"post: body must be an object"}"#;
    assert_eq!(bench.heard(id), [with_n]);
    bench.say(
        id,
        r#"[1,{"type":"ping"},{"type":"rename","name":"x"},{"type":"unknown"}]"#,
    );
    let object = refused("malformed", "a message must be one object or an array of objects");
    let order = refused("order", "rename: send a join first");
    assert_eq!(bench.heard(id), [format!(r#"[{object},{{"type":"pong"}},{order}]"#)]);
    bench.discard();
    bench.say(id, r#"[{"type":"typing"},{"type":"ping"},{"type":"post","n":1,"body":{"type":"text","text":"x"}},{"type":"ping"}]"#);
    let fifth = refused("malformed", "typing: on is missing");
    assert_eq!(
        bench.outputs(),
        [
            "wake 1".to_owned(),
            format!(
                r#"close 1 1008 too many malformed frames; the last: post: send a join first after [{fifth},{{"type":"pong"}}]"#
            )
        ]
    );
    bench.is_empty();
}

#[test]
fn a_second_join_is_out_of_order() {
    let mut bench = Bench::new();
    let a = bench.joined("ada");
    bench.say(
        a,
        &format!(
            r#"{{"type":"join","room":"other","name":"ada","key":"{}"}}"#,
            key("ada")
        ),
    );
    let why = "join: this connection is in a room already; open another one for another room";
    assert_eq!(bench.heard(a), [refused("order", why)]);
    assert_eq!(bench.rooms.rooms(), 1);
}

#[test]
fn a_long_reason_is_cut_at_a_character() {
    assert_eq!(cut("short"), "short");
    assert_eq!(cut(&"x".repeat(124)), "x".repeat(123));
    assert_eq!(cut(&"é".repeat(62)), "é".repeat(61));
}

#[test]
fn who_sends_too_fast_is_read_more_slowly() {
    let mut bench = Bench::with(Limits {
        post_burst: 2,
        posts_on_way: 100,
        frame_burst: 2,
        ..Limits::default()
    });
    let a = bench.joined("ada");
    bench.pass(10_000);
    bench.post(a, 1, "x");
    bench.post(a, 2, "x");
    bench.discard();
    bench.post(a, 3, "x");
    // It is taken, and paid for by waiting.
    assert_eq!(
        (bench.outputs(), bench.rooms.posts_on_way()),
        (vec!["pause 1".to_owned()], 3)
    );
    bench.pass(19);
    assert_eq!(bench.outputs(), [""; 0]);
    bench.pass(1);
    assert_eq!(bench.outputs(), ["resume 1"]);

    // Other frames have a measure of their own, and so has what is no frame at all.
    bench.say(a, &format!("[{}]", [r#"{"type":"ping"}"#; 3].join(",")));
    assert_eq!(bench.heard(a), [r#"{"type":"pong"}"#]);
    assert_eq!(bench.outputs(), ["wake 1", "pause 1"]);
    bench.pass(50);
    assert_eq!(bench.outputs(), ["resume 1"]);
    bench.say(a, &format!("[{}]", [r#"{"type":"?"}"#; 1_000].join(",")));
    assert_eq!(bench.outputs(), ["pause 1"]);
    bench.pass(650);
    assert_eq!(bench.outputs(), ["resume 1"]);
    bench.say(a, "[]");
    assert_eq!(bench.outputs(), ["pause 1"]);
    // Who leaves while it is paused leaves no timer behind.
    bench.posted(vec![(2, failed())]);
    bench.rooms.handle_closed(bench.now, a);
    bench.outputs();
    bench.is_empty();
}

#[test]
fn a_slow_receiver_is_sent_away_and_the_others_go_on() {
    let mut bench = Bench::with(Limits {
        queue_packets: 2,
        ..Limits::default()
    });
    let [a, b] = [bench.joined("ada"), bench.joined("bob")];
    for n in 1..=3 {
        bench.heard(a);
        bench.post(a, n, "x");
        bench.posted(vec![(n + 2, Outcome::Appended(entry(n, "ada", n, "x")))]);
    }
    let reason = "too slow: more was waiting for you than is kept; come back and go on from there";
    assert!(bench.outputs().contains(&format!("close {b} 1013 {reason}")));
    assert_eq!(bench.rooms.connections(), 1);
    // The others are told that it has gone.
    let told = bench.heard(a).concat();
    assert!(told.contains(&client("bob")) && told.contains(r#""count":1"#), "{told}");
}

#[test]
fn nothing_is_heard_of_who_has_gone() {
    let mut bench = Bench::new();
    let id = bench.open();
    bench.rooms.handle_closed(bench.now, id);
    bench.say(id, r#"{"type":"ping"}"#);
    bench.rooms.handle_closed(bench.now, id);
    bench.rooms.handle_message(bench.now, id, Message::Binary);
    assert!(bench.rooms.take(id).is_empty());
    bench.posted(vec![(99, failed())]);
    bench.found(99, nothing_found());
    bench.is_empty();
    let id = bench.open();
    bench.rooms.handle_message(bench.now, id, Message::Binary);
    assert_eq!(
        bench.outputs(),
        [format!("close {id} 1003 only text is taken here, not binary")]
    );
}
