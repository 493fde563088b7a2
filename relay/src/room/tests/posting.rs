//! Posts: to the log one after the other, to everybody in its order, and what is told when that fails.

use chat_room_wire::ServerFrame;

use super::*;
use crate::limits::{GROUP_BYTES, GROUP_POSTS};

fn frame(entry: &Entry) -> String {
    ServerFrame::Entry(entry.clone()).to_json()
}

fn append(ticket: u64, name: &str, n: u64, said: &str) -> String {
    format!("append {ticket}: r {name} {n} {}", text(said).to_json())
}

fn refused(n: u64, code: &str, message: &str) -> String {
    let retry = if matches!(code, "unavailable" | "earlier") {
        r#","retry_after_ms":2000"#
    } else {
        ""
    };
    format!(r#"{{"type":"refused","n":{n},"code":"{code}","message":"{message}"{retry}}}"#)
}

const UNAVAILABLE: &str = "post: the relay cannot write its log now; send this again later";

#[test]
fn what_is_in_the_log_goes_to_everybody_and_its_author() {
    let mut bench = Bench::new();
    let [a, b] = [bench.joined("ada"), bench.joined("bob")];
    bench.post(a, 1, "one");
    bench.post(b, 1, "two");
    assert_eq!(
        bench.outputs(),
        [append(3, "ada", 1, "one"), append(4, "bob", 1, "two")]
    );
    assert_eq!(bench.heard(b), [""; 0], "nobody sees what is not in the log");
    let entries = [entry(1, "ada", 1, "one"), entry(2, "bob", 1, "two")];
    let outcomes = entries.each_ref().map(|entry| Outcome::Appended(entry.clone()));
    bench.posted(vec![3, 4].into_iter().zip(outcomes).collect());
    assert_eq!(bench.outputs(), ["wake 1", "wake 2"]);
    let both = format!("[{},{}]", frame(&entries[0]), frame(&entries[1]));
    assert_eq!(bench.heard(a).concat(), both);
    assert_eq!(bench.heard(b).concat(), both);
}

#[test]
fn what_a_connection_says_together_or_while_the_log_writes_goes_there_together() {
    let mut bench = Bench::new();
    let a = bench.joined("ada");
    let posts = [1, 2].map(|n| format!(r#"{{"type":"post","n":{n},"body":{{"type":"text","text":"x"}}}}"#));
    bench.say(a, &format!("[{}]", posts.join(",")));
    let two = |ticket, n| {
        let [one, other] = [append(ticket, "ada", n, "x"), append(ticket + 1, "ada", n + 1, "x")];
        format!("{one}, {other}")
    };
    assert_eq!(bench.outputs(), [two(2, 1)]);
    bench.post(a, 3, "x");
    bench.post(a, 4, "x");
    assert_eq!(bench.outputs(), [""; 0]);
    assert_eq!(bench.rooms.posts_on_way(), 4);
    // A refusal for good does not hold up the next, and these wait for all of the group.
    bench.posted(vec![(2, Outcome::NotYours)]);
    assert_eq!(bench.outputs(), ["wake 1"]);
    bench.posted(vec![(3, Outcome::Appended(entry(1, "ada", 2, "x")))]);
    assert_eq!(bench.outputs(), [two(4, 3)]);
    let both = [3, 4].map(|n| Outcome::Appended(entry(n - 1, "ada", n, "x")));
    bench.posted([4, 5].into_iter().zip(both).collect());
    assert_eq!(bench.rooms.posts_on_way(), 0);
}

#[test]
fn a_group_ends_at_its_count_and_at_its_bytes() {
    let groups = |posts: usize, text: &str| -> Vec<usize> {
        let mut bench = Bench::new();
        let a = bench.joined("ada");
        let frames =
            (1..=posts).map(|n| format!(r#"{{"type":"post","n":{n},"body":{{"type":"text","text":"{text}"}}}}"#));
        bench.say(a, &format!("[{}]", frames.collect::<Vec<_>>().join(",")));
        let mut lengths = Vec::new();
        while let Some(output) = bench.rooms.poll_output() {
            let Output::Append { posts } = output else { continue };
            lengths.push(posts.len());
            bench.posted(
                posts
                    .into_iter()
                    .map(|(ticket, _)| (ticket, Outcome::NotYours))
                    .collect(),
            );
        }
        lengths
    };
    assert_eq!(groups(GROUP_POSTS, "x"), [GROUP_POSTS]);
    assert_eq!(groups(GROUP_POSTS + 1, "x"), [GROUP_POSTS, 1]);
    let long = "x".repeat(16 * 1024);
    let fitting = GROUP_BYTES / long.len() - 1;
    assert_eq!(groups(fitting + 1, &long), [fitting, 1]);
}

#[test]
fn what_cannot_be_written_is_sent_again_in_order() {
    let mut bench = Bench::new();
    let a = bench.joined("ada");
    for n in 1..=3 {
        bench.post(a, n, "x");
    }
    assert_eq!(bench.outputs(), [append(2, "ada", 1, "x")]);
    bench.posted(vec![(2, failed())]);
    let earlier = |n| {
        refused(
            n,
            "earlier",
            "post: 1 could not be written; send it again first, then this one",
        )
    };
    let all = format!(
        "[{},{},{}]",
        refused(1, "unavailable", UNAVAILABLE),
        earlier(2),
        earlier(3)
    );
    assert_eq!(bench.heard(a), [all]);
    bench.post(a, 4, "x");
    assert_eq!(bench.heard(a), [earlier(4)]);
    bench.discard();
    bench.post(a, 1, "x");
    bench.post(a, 2, "x");
    assert_eq!(bench.outputs(), [append(3, "ada", 1, "x")]);
    bench.posted(vec![(3, Outcome::Appended(entry(1, "ada", 1, "x")))]);
    assert_eq!(bench.outputs(), [append(4, "ada", 2, "x"), "wake 1".to_owned()]);
    assert_eq!(bench.rooms.posts_on_way(), 1);
}

#[test]
fn every_other_outcome_is_the_authors_alone() {
    let table = [
        (Outcome::Known(entry(7, "ada", 1, "x")), frame(&entry(7, "ada", 1, "x"))),
        (
            Outcome::Conflict,
            refused(
                1,
                "conflict",
                "post: n is taken by another post of yours; send this one again under a higher n",
            ),
        ),
        (
            Outcome::Stale,
            refused(
                1,
                "stale",
                "post: a later post of yours is in the log already; send this one again under a higher n",
            ),
        ),
        (
            Outcome::NoSuchEntry,
            refused(
                1,
                "no_such_entry",
                "post: body.of is no entry of this room that this could be done to",
            ),
        ),
        (
            Outcome::NotYours,
            refused(
                1,
                "not_yours",
                "post: body.of is what somebody else has said; only its author can change it",
            ),
        ),
        (failed(), refused(1, "unavailable", UNAVAILABLE)),
    ];
    for (outcome, expected) in table {
        let mut bench = Bench::new();
        let [a, b] = [bench.joined("ada"), bench.joined("bob")];
        bench.post(a, 1, "x");
        bench.discard();
        bench.posted(vec![(3, outcome)]);
        assert_eq!(bench.outputs(), ["wake 1"]);
        assert_eq!(bench.heard(a), [expected]);
        assert_eq!(bench.heard(b), [""; 0]);
    }
}

#[test]
fn what_was_sent_is_said_although_its_author_has_gone() {
    let mut bench = Bench::new();
    let [a, b] = [bench.joined("ada"), bench.joined("bob")];
    bench.post(a, 1, "one");
    bench.post(a, 2, "two");
    bench.rooms.handle_closed(bench.now, a);
    bench.pass(100);
    bench.discard();
    let [one, two] = [entry(1, "ada", 1, "one"), entry(2, "ada", 2, "two")];
    bench.posted(vec![(3, Outcome::Appended(one.clone()))]);
    assert_eq!(bench.outputs(), [append(4, "ada", 2, "two"), "wake 2".to_owned()]);
    assert_eq!(bench.heard(b), [frame(&one)]);
    bench.rooms.handle_closed(bench.now, b);
    bench.posted(vec![(4, Outcome::Appended(two))]);
    bench.is_empty();
}

#[test]
fn an_answer_to_a_post_from_before_joined_follows_it() {
    let mut bench = Bench::new();
    let (a, ticket) = bench.asking("ada");
    bench.post(a, 1, "x");
    assert_eq!(bench.outputs(), [append(2, "ada", 1, "x")]);
    bench.posted(vec![(2, Outcome::Known(entry(7, "ada", 1, "x")))]);
    assert_eq!(bench.heard(a), [""; 0]);
    bench.found(ticket, nothing_found());
    let heard = bench.heard(a).concat();
    assert!(heard.starts_with(r#"[{"type":"joined""#), "{heard}");
    assert!(
        heard.ends_with(&format!("{}]", frame(&entry(7, "ada", 1, "x")))),
        "{heard}"
    );
}

#[test]
fn what_may_not_be_said_is_refused_before_the_log() {
    let mut bench = Bench::new();
    let a = bench.joined("ada");
    bench.post(a, 1, " ");
    assert_eq!(
        bench.heard(a),
        [refused(
            1,
            "limit",
            "post: body.text has nothing in it that could be seen"
        )]
    );
    bench.post(a, 2, &"x".repeat(16 * 1024 + 1));
    assert_eq!(
        bench.heard(a),
        [refused(
            2,
            "limit",
            "post: body.text has 16385 bytes, at most 16384 are allowed"
        )]
    );
    bench.discard();
    bench.post(a, 3, &"x".repeat(16 * 1024));
    assert_eq!(bench.outputs(), [append(2, "ada", 3, &"x".repeat(16 * 1024))]);
}

#[test]
fn many_posts_on_their_way_stop_the_reading_and_a_full_relay_refuses() {
    let mut bench = Bench::with(Limits {
        posts_on_way: 2,
        ..Limits::default()
    });
    let a = bench.joined("ada");
    bench.post(a, 1, "x");
    bench.post(a, 2, "x");
    assert_eq!(bench.outputs(), [append(2, "ada", 1, "x"), "pause 1".to_owned()]);
    bench.posted(vec![(2, Outcome::Appended(entry(1, "ada", 1, "x")))]);
    assert_eq!(
        bench.outputs(),
        [append(3, "ada", 2, "x"), "wake 1".to_owned(), "resume 1".to_owned()]
    );

    let mut bench = Bench::with(Limits {
        waiting_bytes: 1,
        ..Limits::default()
    });
    let [a, b] = [bench.joined("ada"), bench.joined("bob")];
    for n in 1..=3 {
        bench.post(a, n, "x");
    }
    // The first is the log's, the second waits, and that is as much as may.
    assert_eq!(bench.heard(a), [refused(3, "unavailable", UNAVAILABLE)]);
    bench.post(a, 4, "x");
    assert!(bench.heard(a).concat().contains("earlier"));
    bench.discard();
    // Who has none on its way is not held up by those who have.
    bench.post(b, 1, "x");
    assert_eq!(bench.outputs(), [append(4, "bob", 1, "x")]);
}

#[test]
fn the_end_waits_for_the_log() {
    let mut bench = Bench::new();
    let [a, b] = [bench.joined("ada"), bench.joined("bob")];
    bench.post(a, 1, "x");
    bench.discard();
    bench.rooms.handle_shutdown(bench.now);
    assert_eq!(bench.outputs(), ["pause 1", "pause 2"]);
    let said = entry(1, "ada", 1, "x");
    bench.posted(vec![(3, Outcome::Appended(said.clone()))]);
    let end = |id: ConnectionId| {
        let frame = frame(&said);
        format!("close {id} 1012 the relay restarts; come back in a moment after {frame}")
    };
    assert_eq!(
        bench.outputs(),
        ["wake 1".to_owned(), "wake 2".to_owned(), end(a), end(b)]
    );
    let late = bench.open();
    assert_eq!(
        bench.outputs(),
        [format!("close {late} 1012 the relay restarts; come back in a moment")]
    );
    bench.is_empty();
}
