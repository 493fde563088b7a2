//! Plain-text clients, who sit in the same rooms.

use super::*;

#[test]
fn a_line_for_each_text_of_others() {
    let mut bench = Bench::new();
    let v1 = bench.joined("ada");
    let plain = bench.open_plain("r", "pat");
    let other = bench.open_plain("r", "sam");
    bench.pass(100);
    bench.discard();
    bench
        .rooms
        .handle_message(bench.now, plain, Message::Text("grüß euch".into()));
    assert_eq!(
        bench.outputs(),
        [r#"append 2: r pat 1 {"type":"text","text":"grüß euch"}"#]
    );
    let said = entry(1, "pat", 1, "grüß euch");
    let mut edit = entry(2, "ada", 1, "");
    edit.body = Body::Edit {
        of: 1,
        text: "no line".to_owned(),
    };
    bench.posted(vec![(2, Outcome::Appended(said.clone()))]);
    bench.post(v1, 1, "x");
    bench.posted(vec![(3, Outcome::Appended(edit))]);
    assert_eq!(bench.heard(plain), [""; 0], "no echo, and no line for an edit");
    assert_eq!(bench.heard(other), ["pat: grüß euch"]);
    assert_eq!(bench.heard(v1).concat().matches("grüß euch").count(), 1);
    bench.post(v1, 2, "a");
    bench.posted(vec![(4, Outcome::Appended(entry(3, "ada", 2, "a")))]);
    bench.post(v1, 3, "b");
    bench.posted(vec![(5, Outcome::Appended(entry(4, "ada", 3, "b")))]);
    assert_eq!(bench.heard(plain), ["ada: a", "ada: b"]);
}

#[test]
fn a_name_is_made_up_and_a_bad_one_refused() {
    let mut bench = Bench::new();
    let mut open = |room: &str, name: Option<&str>| {
        let opening = Opening::Plain {
            room: room.to_owned(),
            name: name.map(str::to_owned),
            key: key("k"),
        };
        let id = bench.rooms.handle_opened(bench.now, opening);
        (id, bench.outputs())
    };
    assert_eq!(
        open("r", Some("\t")).1,
        ["close 1 4400 name has a control character in it"]
    );
    assert_eq!(
        open(" ", Some("pat")).1,
        ["close 2 4400 room has nothing in it that could be seen"]
    );
    let (guest, _) = open("r", None);
    bench.rooms.handle_message(bench.now, guest, Message::Text("hi".into()));
    assert_eq!(
        bench.outputs(),
        [r#"append 1: r guest-3 1 {"type":"text","text":"hi"}"#]
    );
}

#[test]
fn what_it_may_not_send() {
    let long = "x".repeat(16 * 1024);
    let table = [
        (Message::Text("".into()), None),
        (Message::Text(" \n\u{200b}".into()), None),
        (
            Message::Text(format!("{long}x").into()),
            Some("close 1 1009 a text may have at most 16384 bytes"),
        ),
        (
            Message::Binary,
            Some("close 1 1003 only text is taken here, not binary"),
        ),
    ];
    for (message, end) in table {
        let mut bench = Bench::new();
        let plain = bench.open_plain("r", "pat");
        bench.discard();
        bench.rooms.handle_message(bench.now, plain, message);
        assert_eq!(bench.outputs(), Vec::from_iter(end));
    }
    let mut bench = Bench::new();
    let plain = bench.open_plain("r", "pat");
    bench.discard();
    bench.rooms.handle_message(bench.now, plain, Message::Text(long.into()));
    assert!(bench.outputs()[0].starts_with("append 1: "));
}

#[test]
fn what_could_not_be_stored_ends_the_connection_with_a_reason() {
    let mut bench = Bench::new();
    let plain = bench.open_plain("r", "pat");
    for text in ["one", "two"] {
        bench.rooms.handle_message(bench.now, plain, Message::Text(text.into()));
    }
    bench.discard();
    bench.posted(vec![(1, failed())]);
    let reason = "what you said could not be stored and nobody got it; come back and say it again";
    assert_eq!(bench.outputs(), [format!("close {plain} 1011 {reason}")]);
    bench.is_empty();
}
