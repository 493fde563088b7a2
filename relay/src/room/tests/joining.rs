//! Coming in: what is told, in which order, and exactly once.

use chat_room_wire::ServerFrame;

use super::*;

fn frame(entry: &Entry) -> String {
    ServerFrame::Entry(entry.clone()).to_json()
}

fn joined_frame(name: &str, head: u64, recovered: bool, members: &[&str]) -> String {
    let mut members: Vec<_> = members.iter().map(|name| (client(name), *name)).collect();
    members.sort();
    let members: Vec<_> = members
        .iter()
        .map(|(client, name)| format!(r#"{{"client":"{client}","name":"{name}"}}"#))
        .collect();
    format!(
        r#"{{"type":"joined","client":"{}","epoch":"e1","head":{head},"recovered":{recovered},"accepted":0,"members":[{}],"count":{},"limits":{{"text_bytes":16384,"name_bytes":128,"message_bytes":65536,"posts_per_second":50,"post_burst":200,"history_entries":100}},"heartbeat_ms":20000,"restart_ms":5000}}"#,
        client(name),
        members.join(","),
        members.len()
    )
}

#[test]
fn the_first_in_an_empty_room() {
    let mut bench = Bench::new();
    let a = bench.open();
    bench.say(
        a,
        &format!(r#"{{"type":"join","room":"r","name":"ada","key":"{}"}}"#, key("ada")),
    );
    assert_eq!(bench.outputs(), ["read 1: r after None"]);
    assert_eq!(bench.heard(a), [""; 0]);
    bench.found(1, nothing_found());
    assert_eq!(bench.outputs(), ["wake 1"]);
    let page = r#"{"type":"history","entries":[],"start":true}"#;
    assert_eq!(
        bench.heard(a),
        [format!("[{},{page}]", joined_frame("ada", 0, false, &["ada"]))]
    );
    bench.rooms.handle_closed(bench.now, a);
    bench.is_empty();
}

#[test]
fn what_was_missed_is_replayed_and_what_came_meanwhile_follows_once() {
    for published_before_answer in [false, true] {
        let mut bench = Bench::new();
        let author = bench.joined("bob");
        bench.post(author, 1, "four");
        assert_eq!(bench.outputs(), [r#"append 2: r bob 1 {"type":"text","text":"four"}"#]);
        let id = bench.open();
        let since = r#""since":{"epoch":"e1","seq":2}"#;
        bench.say(
            id,
            &format!(
                r#"{{"type":"join","room":"r","name":"ada","key":"{}",{since}}}"#,
                key("ada")
            ),
        );
        assert_eq!(bench.outputs(), ["read 3: r after Some(2)"]);

        let entries: Vec<Entry> = (3..=5).map(|seq| entry(seq, "bob", seq, "x")).collect();
        let found = Found {
            entries: entries[..2].to_vec(),
            start: false,
            head: 4,
            accepted: 0,
            recovered: true,
        };
        // The log may tell of what is committed before or after it says so to everybody.
        if published_before_answer {
            bench.posted(vec![(2, Outcome::Appended(entries[1].clone()))]);
            bench.found(3, found);
        } else {
            bench.found(3, found);
            bench.posted(vec![(2, Outcome::Appended(entries[1].clone()))]);
        }
        bench.post(author, 2, "five");
        bench.posted(vec![(4, Outcome::Appended(entries[2].clone()))]);
        bench.pass(100);
        let heard = bench.heard(id).concat();
        let expected = [
            joined_frame("ada", 4, true, &["ada", "bob"]),
            frame(&entries[0]),
            frame(&entries[1]),
            frame(&entries[2]),
        ];
        assert_eq!(heard, format!("[{}]", expected.join(",")));
    }
}

#[test]
fn another_epoch_is_no_place_to_go_on_from() {
    let mut bench = Bench::new();
    let id = bench.open();
    let since = r#""since":{"epoch":"e0","seq":2}"#;
    bench.say(
        id,
        &format!(
            r#"{{"type":"join","room":"r","name":"ada","key":"{}",{since}}}"#,
            key("ada")
        ),
    );
    assert_eq!(bench.outputs(), ["read 1: r after None"]);
}

#[test]
fn a_log_that_cannot_be_read_sends_the_client_away_for_a_while() {
    let mut bench = Bench::new();
    let (_, ticket) = bench.asking("ada");
    bench
        .rooms
        .handle_found(bench.now, ticket, Err(LogError("gone".to_owned())));
    assert_eq!(
        bench.outputs(),
        ["close 1 1013 the relay cannot read its log now; come back and join again"]
    );
    bench.is_empty();
}

#[test]
fn an_older_connection_of_the_same_client_has_to_go() {
    let mut bench = Bench::new();
    bench.joined("ada");
    let newer = bench.open();
    bench.say(
        newer,
        &format!(r#"{{"type":"join","room":"r","name":"Ada","key":"{}"}}"#, key("ada")),
    );
    assert_eq!(
        bench.outputs(),
        [
            "close 1 4409 the same client has joined this room on another connection",
            "read 2: r after None"
        ]
    );
    bench.found(2, nothing_found());
    bench.pass(100);
    assert!(bench.heard(newer).concat().contains(r#""name":"Ada"}],"count":1"#));
}

#[test]
fn what_is_wrong_with_a_join_is_told_and_a_better_one_is_taken() {
    let mut bench = Bench::new();
    let id = bench.open();
    let table = [
        (
            r#""room":" ","name":"a","key":"0123456789abcdef012345""#,
            "room has nothing in it that could be seen",
        ),
        (
            r#""room":"r","name":"a\nb","key":"0123456789abcdef012345""#,
            "name has a control character in it",
        ),
        (
            r#""room":"r","name":"a","key":"0123456789abcdef01234""#,
            "key has 21 bytes, at least 22 are needed",
        ),
    ];
    for (fields, why) in table {
        bench.say(id, &format!(r#"{{"type":"join",{fields}}}"#));
        let refusal = format!(r#"{{"type":"refused","code":"limit","message":"join: {why}"}}"#);
        assert_eq!(bench.outputs(), ["wake 1"]);
        assert_eq!(bench.heard(id), [refusal]);
    }
    bench.say(
        id,
        r#"{"type":"join","room":"r","name":"a","key":"0123456789abcdef012345"}"#,
    );
    assert_eq!(bench.outputs(), ["read 1: r after None"]);
    bench.rooms.handle_closed(bench.now, id);
    // Nobody is there for the answer.
    bench.found(1, nothing_found());
    bench.is_empty();
}

#[test]
fn too_much_published_during_a_join_is_too_slow() {
    let mut bench = Bench::with(Limits {
        queue_packets: 2,
        ..Limits::default()
    });
    let author = bench.joined("bob");
    let (id, _) = bench.asking("ada");
    for n in 1..=3 {
        bench.post(author, n, "x");
        let ticket = n + 2;
        bench.posted(vec![(ticket, Outcome::Appended(entry(n, "bob", n, "x")))]);
        bench.heard(author);
    }
    let closes: Vec<String> = bench
        .outputs()
        .into_iter()
        .filter(|line| line.starts_with("close"))
        .collect();
    let reason = "too slow: more was waiting for you than is kept; come back and go on from there";
    assert_eq!(closes, [format!("close {id} 1013 {reason}")]);
}

#[test]
fn a_replay_longer_than_a_queue_becomes_the_newest_page() {
    let limits = Limits {
        message_bytes: 1_000,
        queue_bytes: 1_000,
        history_bytes: 400,
        ..Limits::default()
    };
    let mut bench = Bench::with(limits);
    let (id, ticket) = bench.asking("ada");
    let entries: Vec<Entry> = (1..=10).map(|seq| entry(seq, "bob", seq, "x")).collect();
    bench.found(
        ticket,
        Found {
            entries,
            start: true,
            head: 10,
            accepted: 3,
            recovered: true,
        },
    );
    let heard = bench.heard(id).concat();
    assert!(heard.contains(r#""head":10,"recovered":false,"accepted":3"#), "{heard}");
    assert!(heard.contains(r#""history","entries":[{"type":"entry","seq":9,"#) && heard.contains(r#""start":false"#));
}
