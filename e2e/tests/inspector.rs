//! The inspector against real servers: everything that goes over the sockets, whatever becomes of them.

use e2e::{
    in_both_browsers, person::Person, relay::Relay, room_page::RoomPage, stage::Stage, test_server::TestServer,
    wait::until,
};
use serde_json::json;

in_both_browsers!(
    a_plain_servers_frames_and_closes_are_listed_across_reconnects,
    a_rooms_frames_are_listed_and_its_pings_folded,
);

/// What the list shows, a line each: the arrow, the size, the text.
const ROWS: &str = "
    const rows = host.shadowRoot.querySelectorAll('#traffic [role=treeitem]');
    return Array.from(rows, (row) =>
        ['arrow', 'size', 'preview'].map((it) => row.querySelector('.' + it).textContent).join(' '));";

async fn until_rows(page: &RoomPage, what: &str, fits: impl Fn(&[String]) -> bool) -> Vec<String> {
    until(what, async || {
        let rows = page.with_host(ROWS).await;
        let rows: Vec<String> = serde_json::from_value(rows).expect("the script gives texts");
        if fits(&rows) {
            Ok(rows)
        } else {
            Err(format!("{rows:#?}"))
        }
    })
    .await
}

/// Sends this raw, as it is typed there.
async fn send_raw(page: &RoomPage, text: &str) {
    let script = format!(
        "const field = host.shadowRoot.getElementById('raw-text');
        field.value = {};
        field.dispatchEvent(new Event('input', {{ bubbles: true }}));",
        json!(text)
    );
    page.with_host(&script).await;
    page.click("#raw-send").await;
}

fn has(rows: &[String], part: &str) -> bool {
    rows.iter().any(|row| row.contains(part))
}

async fn a_plain_servers_frames_and_closes_are_listed_across_reconnects(stage: &Stage) {
    let relay = Relay::start();
    let server = TestServer::start("127.0.0.1:0").await.expect("a free port");
    let page = stage.open(&relay.page()).await;
    page.with_host("host.inspector = true").await;
    page.connect_to(&format!("ws://{}/greet?n=2", server.addr())).await;
    until_rows(&page, "the greetings", |it| has(it, "↓ 1 B 2")).await;
    send_raw(&page, " 回声 ").await;
    until_rows(&page, "the echo", |it| has(it, "↓ 8 B  回声 ")).await;
    page.click("#raw-hex").await;
    send_raw(&page, "0x00 9f\nff").await;
    let rows = until_rows(&page, "the bytes", |it| has(it, "↓ 3 B 00 9f ff")).await;
    assert!(
        rows[0].contains("0 CONNECTING Connecting to ws://127.0.0.1"),
        "{rows:#?}"
    );
    assert!(rows[1].starts_with("• 1 OPEN Open"), "{rows:#?}");
    let sent = rows.iter().filter(|it| it.starts_with('↑')).collect::<Vec<_>>();
    assert_eq!(sent, ["↑ 8 B  回声 ", "↑ 3 B 00 9f ff"]);

    // What was there before stays, also over an attempt that is made by itself.
    page.click("#change").await;
    page.connect_to(&format!("ws://{}/close?code=4001&reason=soon", server.addr()))
        .await;
    let close = "3 CLOSED Closed 4001 · defined by this server · clean · soon";
    let rows = until_rows(&page, "a second close", |it| {
        it.iter().filter(|row| row.contains(close)).count() >= 2
    })
    .await;
    assert!(has(&rows, "↓ 1 B 2"), "{rows:#?}");
    assert!(has(&rows, "attempt 2"), "{rows:#?}");
    page.until("a moment in which it can be left", |it| it.disconnect.enabled)
        .await;
    page.disconnect().await;
    page.until_state("closed").await;
}

async fn a_rooms_frames_are_listed_and_its_pings_folded(stage: &Stage) {
    let relay = Relay::start();
    let ann = Person::come(stage, &relay.page(), "Ann").await;
    let page = ann.room();
    page.with_host("host.inspector = true").await;
    let rows = until_rows(page, "the beginning", |it| !it.is_empty()).await;
    assert!(rows[0].contains("Recording from here on") && rows[0].contains("chat-room.v1"));
    page.say("hello").await;
    let rows = until_rows(page, "the entry", |it| has(it, r#"{"type":"entry""#)).await;
    assert!(has(&rows, r#"{"type":"post""#), "{rows:#?}");

    for _ in 0..3 {
        send_raw(page, r#"{"type":"ping"}"#).await;
    }
    until_rows(page, "one row for all of them", |it| {
        it.iter().any(|row| row.contains("Heartbeat: 3 pings, 3 pongs"))
    })
    .await;
    // What is said goes on as ever.
    page.say("goodbye").await;
    page.until_sent(&["hello", "goodbye"]).await;
}
