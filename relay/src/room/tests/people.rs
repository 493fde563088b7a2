//! Presence and typing: gathered, and exactly what follows from the `joined` before.

use super::*;

fn presence(fields: &str, count: usize) -> String {
    let comma = if fields.is_empty() { "" } else { "," };
    format!(r#"{{"type":"presence",{fields}{comma}"count":{count}}}"#)
}

fn member(id: &str, name: &str) -> String {
    format!(r#"{{"client":"{}","name":"{name}"}}"#, client(id))
}

fn typing(id: &str, on: bool) -> String {
    format!(r#"{{"type":"typing","client":"{}","on":{on}}}"#, client(id))
}

#[test]
fn changes_are_gathered_and_told_once() {
    let mut bench = Bench::new();
    let a = bench.joined("ada");
    bench.pass(1_000);
    // In a quiet room the first change is told at once.
    let (b, ticket) = bench.asking("bob");
    bench.found(ticket, nothing_found());
    assert_eq!(
        bench.heard(a),
        [presence(&format!(r#""joined":[{}]"#, member("bob", "bob")), 2)]
    );
    assert!(bench.heard(b).concat().contains(r#""count":2"#));
    bench.discard();

    // What comes after that is gathered, and what cancels out is not told.
    let (c, ticket) = bench.asking("cyd");
    bench.found(ticket, nothing_found());
    bench.say(b, r#"{"type":"rename","name":"Bob"}"#);
    bench.say(b, r#"{"type":"rename","name":"Rob"}"#);
    assert_eq!(bench.outputs(), [""; 0]);
    assert_eq!(bench.heard(c), [""; 0], "joined comes with the presence");
    bench.pass(99);
    assert_eq!(bench.outputs(), [""; 0]);
    bench.pass(1);
    assert_eq!(bench.outputs(), ["wake 1", "wake 2", "wake 3"]);
    let told = presence(
        &format!(
            r#""joined":[{}],"renamed":[{}]"#,
            member("cyd", "cyd"),
            member("bob", "Rob")
        ),
        3,
    );
    assert_eq!([bench.heard(a), bench.heard(b)], [[told.clone()], [told]]);
    let joined = bench.heard(c).concat();
    assert!(
        joined.contains(&member("bob", "Rob")) && joined.contains(r#""count":3"#),
        "{joined}"
    );

    bench.say(b, r#"{"type":"rename","name":"Bob"}"#);
    bench.say(b, r#"{"type":"rename","name":"Rob"}"#);
    bench.pass(100);
    assert_eq!(bench.outputs(), [""; 0]);
    bench.rooms.handle_closed(bench.now, b);
    bench.pass(100);
    let left = presence(&format!(r#""left":["{}"]"#, client("bob")), 2);
    assert_eq!([bench.heard(a), bench.heard(c)], [[left.clone()], [left]]);
}

#[test]
fn who_comes_and_goes_before_it_is_told_was_never_there() {
    let mut bench = Bench::new();
    let a = bench.joined("ada");
    bench.joined("bob");
    let b = bench.rooms.all_ids()[1];
    bench.rooms.handle_closed(bench.now, b);
    bench.discard();
    let (c, ticket) = bench.asking("cyd");
    bench.found(ticket, nothing_found());
    bench.rooms.handle_closed(bench.now, c);
    bench.discard();
    bench.pass(100);
    assert_eq!(bench.outputs(), [""; 0]);
    assert_eq!(bench.heard(a), [""; 0]);
}

#[test]
fn a_later_entry_has_the_new_name() {
    let mut bench = Bench::new();
    let a = bench.joined("ada");
    bench.post(a, 1, "x");
    bench.say(a, r#"{"type":"rename","name":"Ada L."}"#);
    bench.say(a, r#"{"type":"rename","name":" "}"#);
    bench.posted(vec![(2, Outcome::Appended(entry(1, "ada", 1, "x")))]);
    bench.post(a, 2, "x");
    let outputs = bench.outputs();
    assert!(
        outputs.contains(&r#"append 3: r Ada L. 2 {"type":"text","text":"x"}"#.to_owned()),
        "{outputs:?}"
    );
    let refusal = r#"{"type":"refused","code":"limit","message":"rename: name has nothing in it that could be seen"}"#;
    assert!(bench.heard(a).concat().contains(refusal));
}

#[test]
fn at_most_so_many_are_named_and_all_are_counted() {
    let mut bench = Bench::with(Limits {
        members_shown: 2,
        ..Limits::default()
    });
    let a = bench.joined("ada");
    let b = bench.joined("bob");
    let (c, ticket) = bench.asking("cyd");
    bench.found(ticket, nothing_found());
    bench.pass(100);
    // Only the number is news to those who were there.
    assert_eq!(bench.heard(a), [presence("", 3)]);
    let joined = bench.heard(c).concat();
    assert!(
        joined.contains(&member("cyd", "cyd")),
        "oneself is always among them: {joined}"
    );
    assert!(
        joined.contains(r#""count":3"#) && joined.matches(r#""name""#).count() == 2,
        "{joined}"
    );
    // A place that is free is given to one who had none.
    bench.discard();
    bench.rooms.handle_closed(bench.now, b);
    bench.pass(100);
    let told = presence(
        &format!(r#""joined":[{}],"left":["{}"]"#, member("cyd", "cyd"), client("bob")),
        2,
    );
    assert_eq!(bench.heard(a), [told]);
}

#[test]
fn typing_is_told_to_the_others_and_ends_by_itself() {
    let mut bench = Bench::new();
    let [a, b] = [bench.joined("ada"), bench.joined("bob")];
    bench.pass(1_000);
    bench.say(a, r#"{"type":"typing","on":true}"#);
    assert_eq!(bench.heard(b), [typing("ada", true)]);
    assert_eq!(bench.heard(a), [""; 0]);
    bench.discard();
    // Saying it again is no news, but it lasts longer.
    bench.pass(4_000);
    bench.say(a, r#"{"type":"typing","on":true}"#);
    bench.pass(5_999);
    assert_eq!(bench.outputs(), [""; 0]);
    bench.pass(1);
    assert_eq!(bench.heard(b), [typing("ada", false)]);
    bench.discard();

    // Turned on and off again between two presences: nothing happened.
    bench.say(a, r#"{"type":"typing","on":true}"#);
    bench.say(a, r#"{"type":"typing","on":false}"#);
    bench.pass(1_000);
    assert_eq!(bench.outputs(), [""; 0]);

    // What was typed has been said.
    bench.say(a, r#"{"type":"typing","on":true}"#);
    bench.post(a, 1, "x");
    bench.discard();
    bench.posted(vec![(3, Outcome::Appended(entry(1, "ada", 1, "x")))]);
    bench.pass(100);
    assert!(bench.heard(b).concat().ends_with(&format!("{}]", typing("ada", false))));

    // Who comes is told who is typing; who leaves types no more.
    bench.say(a, r#"{"type":"typing","on":true}"#);
    bench.discard();
    let (c, ticket) = bench.asking("cyd");
    bench.found(ticket, nothing_found());
    bench.pass(100);
    assert!(bench.heard(c).concat().ends_with(&format!("{}]", typing("ada", true))));
    bench.rooms.handle_closed(bench.now, a);
    bench.pass(100);
    assert!(bench.heard(c).concat().contains(&typing("ada", false)));
}

#[test]
fn who_stops_counting_before_it_is_told_was_never_typing() {
    let mut bench = Bench::with(Limits {
        typing_for: std::time::Duration::from_millis(50),
        ..Limits::default()
    });
    let [a, b] = [bench.joined("ada"), bench.joined("bob")];
    bench.say(a, r#"{"type":"rename","name":"Ada"}"#);
    bench.discard();
    bench.say(a, r#"{"type":"typing","on":true}"#);
    bench.pass(1_000);
    assert!(!bench.heard(b).concat().contains("typing"));
    assert_eq!(bench.rooms.poll_timeout(), None);
}

#[test]
fn a_few_at_a_time_are_told_to_be_typing() {
    let mut bench = Bench::with(Limits {
        typists_told: 2,
        ..Limits::default()
    });
    let names = ["ada", "bob", "cyd"];
    let ids = names.map(|name| bench.joined(name));
    let watcher = bench.joined("dan");
    for id in ids {
        bench.say(id, r#"{"type":"typing","on":true}"#);
    }
    bench.pass(100);
    assert_eq!(
        bench.heard(watcher),
        [format!("[{},{}]", typing("ada", true), typing("bob", true))]
    );
    assert_eq!(bench.heard(ids[0]), [typing("bob", true)]);
    bench.say(ids[0], r#"{"type":"typing","on":false}"#);
    bench.say(ids[2], r#"{"type":"typing","on":true}"#);
    bench.pass(100);
    assert_eq!(
        bench.heard(watcher),
        [format!("[{},{}]", typing("ada", false), typing("cyd", true))]
    );
}
