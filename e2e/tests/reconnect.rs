//! What the page does when the relay goes away, and when it is there again.

use e2e::{in_both_browsers, relay::Relay, room_page::Seen, stage::Stage};

in_both_browsers!(
    what_was_typed_meanwhile_arrives_once,
    it_comes_back_by_itself,
    an_orderly_end_is_told_and_survived,
    one_can_leave_while_it_waits,
    plain_text_that_waits_has_failed_when_one_leaves,
    connect_while_it_waits_tries_at_once,
);

async fn what_was_typed_meanwhile_arrives_once(stage: &Stage) {
    let mut relay = Relay::start();
    let ann = stage.open(&relay.page()).await;
    let bob = stage.open(&relay.page()).await;
    ann.connect().await;
    bob.connect().await;
    ann.say("before").await;
    bob.until_received(&["before"]).await;

    relay.kill();
    // It goes back and forth between waiting and connecting.
    let seen = ann.until("the loss", |it| it.state == "waiting").await;
    assert!(seen.words.starts_with("Reconnecting"), "{}", seen.words);
    assert!(seen.ending.contains("1006"), "{}", seen.ending);
    ann.say("meanwhile").await;
    let seen = ann
        .until("a waiting text", |it| it.texts("own") == ["before", "meanwhile"])
        .await;
    let row = seen.rows_of("own").last().expect("there are two");
    assert_eq!((&*row.delivery, &*row.meta), ("waiting", "Waiting to be sent"));
    assert!(seen.text.value.is_empty(), "what waits has left the text box");

    // Who comes back first does not matter.
    relay.start_again();
    ann.until_sent(&["before", "meanwhile"]).await;
    ann.say("after").await;
    bob.until_received(&["before", "meanwhile", "after"]).await;
    ann.until_sent(&["before", "meanwhile", "after"]).await;
}

async fn it_comes_back_by_itself(stage: &Stage) {
    let mut relay = Relay::start();
    let page = stage.open(&relay.page()).await;
    page.connect().await;
    for text in ["after the first loss", "after the second loss"] {
        relay.kill();
        page.until_state("waiting").await;
        page.say(text).await;
        relay.start_again();
        page.until_state("open").await;
    }
    page.until_sent(&["after the first loss", "after the second loss"])
        .await;
}

async fn an_orderly_end_is_told_and_survived(stage: &Stage) {
    let mut relay = Relay::start();
    let page = stage.open(&relay.page()).await;
    page.connect().await;
    let status = relay.end();
    assert!(status.success(), "{status}");
    // The ending is that of an attempt that has failed since, as soon as there is one; the notice stays.
    let said = |it: &Seen| {
        it.texts("notice")
            .into_iter()
            .find(|it| it.contains("1012"))
            .map(str::to_owned)
    };
    let seen = page.until("the goodbye", |it| said(it).is_some()).await;
    let notice = said(&seen).unwrap_or_default();
    for part in ["the server restarts", "the relay restarts"] {
        assert!(notice.contains(part), "{part:?} is not in {notice:?}");
    }
    relay.start_again();
    page.until_state("open").await;
    page.say("still here").await;
    page.until_sent(&["still here"]).await;
}

async fn one_can_leave_while_it_waits(stage: &Stage) {
    let mut relay = Relay::start();
    let page = stage.open(&relay.page()).await;
    page.connect().await;
    relay.kill();
    page.until_state("waiting").await;
    page.say("to be sent some time").await;
    page.disconnect().await;
    let seen = page.until_state("closed").await;
    assert_eq!(seen.ready_state, 3);
    let row = seen.rows_of("own").last().expect("it stays").clone();
    assert_eq!((&*row.delivery, &*row.meta), ("waiting", "Waiting to be sent"));
    relay.start_again();
    page.connect().await;
    page.until_sent(&["to be sent some time"]).await;
}

/// Plain text has nobody who would know whether it has arrived, so what waits has failed when one leaves.
async fn plain_text_that_waits_has_failed_when_one_leaves(stage: &Stage) {
    let mut relay = Relay::start();
    let page = stage.open(&relay.page()).await;
    page.connect_to(&relay.socket()).await;
    page.until_state("open").await;
    relay.kill();
    page.until_state("waiting").await;
    page.say("never to be sent").await;
    page.disconnect().await;
    let seen = page.until_state("closed").await;
    let row = seen.rows_of("own").last().expect("it stays").clone();
    assert_eq!((&*row.delivery, &*row.meta), ("failed", "Not sent"));
    relay.start_again();
    let seen = page.connect().await;
    assert_eq!(seen.rows_of("own").last().map(|it| &*it.delivery), Some("failed"));
}

async fn connect_while_it_waits_tries_at_once(stage: &Stage) {
    let mut relay = Relay::start();
    let page = stage.open(&relay.page()).await;
    page.connect().await;
    relay.kill();
    page.until_state("waiting").await;
    relay.start_again();
    // It may have come back by itself by now, and then the button cannot be pressed.
    if page.seen().await.is_some_and(|it| it.connect.enabled) {
        page.click("#connect").await;
    }
    page.until_state("open").await;
}
