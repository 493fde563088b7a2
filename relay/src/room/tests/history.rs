//! Older entries, a page at a time.

use super::*;

fn ask(before: u64) -> String {
    format!(r#"{{"type":"history","before":{before},"limit":1000}}"#)
}

fn page(before: u64) -> String {
    format!(r#"{{"type":"history","before":{before},"entries":[],"start":true}}"#)
}

#[test]
fn one_request_after_the_other_is_answered() {
    let mut bench = Bench::with(Limits {
        histories_waiting: 2,
        ..Limits::default()
    });
    let a = bench.joined("ada");
    bench.say(a, &format!("[{},{},{},{}]", ask(9), ask(8), ask(7), ask(6)));
    // One with the log, two that wait, one too many.
    assert_eq!(bench.outputs(), ["read 2: r before Some(9) limit 100", "wake 1"]);
    let why = "history: 2 requests wait already; ask again when they are answered";
    assert_eq!(
        bench.heard(a),
        [format!(r#"{{"type":"refused","code":"limit","message":"{why}"}}"#)]
    );
    bench.found(2, nothing_found());
    assert_eq!(bench.outputs(), ["wake 1", "read 3: r before Some(8) limit 100"]);
    bench.rooms.handle_found(bench.now, 3, Err(LogError("gone".to_owned())));
    bench.found(4, nothing_found());
    let sorry = r#"{"type":"refused","code":"unavailable","message":"history: the relay cannot read its log now; ask again later","retry_after_ms":2000}"#;
    assert_eq!(bench.heard(a), [format!("[{},{sorry},{}]", page(9), page(7))]);
}

#[test]
fn who_does_not_read_is_not_read_and_gets_no_further_page() {
    let mut bench = Bench::with(Limits {
        message_bytes: 4,
        queue_bytes: 4,
        ..Limits::default()
    });
    let a = bench.joined("ada");
    bench.say(a, &format!("[{},{}]", ask(9), ask(8)));
    bench.found(2, nothing_found());
    assert_eq!(
        bench.outputs(),
        ["read 2: r before Some(9) limit 100", "wake 1", "pause 1"]
    );
    assert_eq!(bench.heard(a), [page(9)]);
    assert_eq!(bench.outputs(), ["read 3: r before Some(8) limit 100", "resume 1"]);
}

#[test]
fn history_waits_for_joined() {
    let mut bench = Bench::new();
    let (a, ticket) = bench.asking("ada");
    bench.say(a, r#"{"type":"history","limit":3}"#);
    assert_eq!(bench.outputs(), [""; 0]);
    bench.found(ticket, nothing_found());
    assert_eq!(bench.outputs(), ["wake 1", "read 2: r before None limit 3"]);
    // It left; the answer finds nobody.
    bench.rooms.handle_closed(bench.now, a);
    bench.found(2, nothing_found());
    bench.is_empty();
}
