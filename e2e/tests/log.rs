//! The log: where the reader is, and how much of it there is.

use e2e::{in_both_browsers, relay::Relay, room_page::RoomPage, stage::Stage, test_server::TestServer, wait::until};

in_both_browsers!(
    a_reader_who_has_scrolled_up_is_not_moved,
    a_reader_at_the_end_stays_there,
    of_two_thousand_messages_five_hundred_stay_and_a_part_has_rows,
);

/// Scrolls as a wheel would, so far up.
async fn scroll_up(page: &RoomPage, pixels: u32) {
    page.with_host(&format!(
        "host.shadowRoot.getElementById('message').scrollBy(0, -{pixels})"
    ))
    .await;
}

/// How far below the top of the log its topmost row may begin, in pixels: a day may stand above it.
const AT_THE_TOP: f64 = 100.0;

/// The same as `first_in_sight`, once there are rows for the place that was scrolled to: they come with the next frame.
async fn first_after_scrolling(page: &RoomPage) -> (String, f64) {
    until("rows at the top", async || {
        let first = first_in_sight(page).await;
        if first.1 < AT_THE_TOP {
            Ok(first)
        } else {
            Err(format!("{first:?}"))
        }
    })
    .await
}

/// The topmost row in sight, and how far it is from the top of the log.
async fn first_in_sight(page: &RoomPage) -> (String, f64) {
    let found = page.with_host(
        "const log = host.shadowRoot.getElementById('message');
        const top = log.getBoundingClientRect().top;
        const row = Array.from(log.querySelectorAll('.row')).find((it) => it.getBoundingClientRect().bottom > top);
        return [row.querySelector('.text').textContent, row.getBoundingClientRect().top - top];",
    );
    serde_json::from_value(found.await).expect("a text and a number")
}

/// Browsers keep places in parts of a pixel, and not all of them the same parts.
fn assert_unmoved(now: &(String, f64), before: &(String, f64)) {
    let moved = (now.1 - before.1).abs();
    assert!(now.0 == before.0 && moved < 1.0, "{now:?} instead of {before:?}");
}

/// A page at a server that has sent it so much, and sends back what it says.
async fn filled(stage: &Stage, messages: usize) -> (Relay, TestServer, RoomPage) {
    let relay = Relay::start();
    let server = TestServer::start("127.0.0.1:0").await.expect("a free port");
    let page = stage.open(&relay.page()).await;
    page.connect_to(&format!("ws://{}/greet?n={messages}", server.addr()))
        .await;
    let last = messages.to_string();
    page.until("the last greeting in sight", |it| {
        it.texts("theirs").last() == Some(&&*last) && it.from_end <= 1.0
    })
    .await;
    // The log has its size from the next frame on: until then scrolling cannot be told from that.
    page.with_host("return new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        .await;
    (relay, server, page)
}

async fn a_reader_who_has_scrolled_up_is_not_moved(stage: &Stage) {
    let (_relay, _server, page) = filled(stage, 100).await;
    scroll_up(&page, 600).await;
    page.until("a place above", |it| it.from_end > 500.0).await;
    let before = first_after_scrolling(&page).await;
    page.with_host("host.send('echo 1'); host.send('echo 2')").await;
    let seen = page
        .until("the button", |it| {
            it.newer.shown && it.newer.text.contains("new message")
        })
        .await;
    assert!(
        seen.newer.text.ends_with("new messages") || seen.newer.text == "1 new message",
        "{seen:#?}"
    );
    page.until("the echoes", |it| it.texts("theirs").last() == Some(&"echo 2"))
        .await;
    assert_unmoved(&first_in_sight(&page).await, &before);
    page.click("#newer").await;
    let seen = page.until("the end", |it| it.from_end <= 1.0 && !it.newer.shown).await;
    assert_eq!(seen.focus, "message", "the button that is gone hands on its focus");

    // Also while the oldest rows go, since there are more than are kept.
    scroll_up(&page, 600).await;
    page.until("a place above", |it| it.from_end > 500.0).await;
    let before = first_after_scrolling(&page).await;
    page.with_host("for (let n = 1; n <= 210; n += 1) host.send('flood ' + n)")
        .await;
    page.until("the flood", |it| it.all_theirs().last() == Some(&"flood 210"))
        .await;
    page.until("fewer rows than messages", |it| {
        it.rows.len() < 150 && it.messages.len() == 500
    })
    .await;
    assert_unmoved(&first_in_sight(&page).await, &before);
}

async fn a_reader_at_the_end_stays_there(stage: &Stage) {
    let (_relay, _server, page) = filled(stage, 100).await;
    for number in 1..=5 {
        page.with_host(&format!("host.send('line one\\nline two\\nline three {number}')"))
            .await;
        page.until("the echo at the end", |it| {
            it.texts("theirs")
                .last()
                .is_some_and(|it| it.ends_with(&number.to_string()))
                && it.from_end <= 1.0
        })
        .await;
    }
    // As when a keyboard comes up, and goes.
    page.page().resize(500, 420).await;
    page.until("the end of a small log", |it| it.from_end <= 1.0).await;
    page.page().resize(700, 900).await;
    let seen = page.until("the end of a large log", |it| it.from_end <= 1.0).await;
    assert!(!seen.newer.shown);
    // One's own text brings one back to it.
    scroll_up(&page, 800).await;
    page.until("a place above", |it| it.from_end > 300.0).await;
    page.say("mine").await;
    page.until("the end", |it| {
        it.from_end <= 1.0 && it.texts("own").last() == Some(&"mine")
    })
    .await;
}

async fn of_two_thousand_messages_five_hundred_stay_and_a_part_has_rows(stage: &Stage) {
    let (_relay, _server, page) = filled(stage, 2_000).await;
    // Those in sight, and forty above and below.
    let seen = page.until("the rows", |it| it.rows.len() > 80).await;
    let kept = (1_501..=2_000).map(|it| it.to_string()).collect::<Vec<_>>();
    assert_eq!(seen.all_theirs(), kept);
    let rows = seen.rows.len();
    assert!(rows < 150, "{rows} rows");
    assert_eq!(seen.texts("theirs"), kept[kept.len() - rows..]);
    assert!(seen.from_end <= 1.0);
}
