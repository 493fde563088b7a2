//! Which button can be pressed when, and what the page's own script is told.

use e2e::{
    files::FileServer, in_both_browsers, programs, relay::Relay, room_page::RoomPage, stage::Stage,
    test_server::TestServer, wait::until,
};
use serde_json::{Value, json};

in_both_browsers!(
    each_button_can_be_pressed_exactly_when_it_makes_sense,
    a_script_can_do_and_hear_everything,
    attributes_and_early_properties_count,
    a_moved_element_keeps_its_connection_and_a_removed_one_closes_it,
    several_elements_keep_apart,
);

async fn each_button_can_be_pressed_exactly_when_it_makes_sense(stage: &Stage) {
    let mut relay = Relay::start();
    let server = TestServer::start("127.0.0.1:0").await.expect("a free port");
    let page = stage.open(&relay.page()).await;
    let seen = page.until_state("idle").await;
    assert_eq!(
        (seen.ready_state, &*seen.number, seen.enabled()),
        (3, "3", [true, false, false])
    );

    page.connect_to(&format!("ws://{}/hang", server.addr())).await;
    let seen = page.until_state("connecting").await;
    assert_eq!(
        (seen.ready_state, &*seen.number, seen.enabled()),
        (0, "0", [false, true, true])
    );
    // Elsewhere, without leaving first.
    page.click("#change").await;
    page.enter_url(&relay.socket()).await;
    page.until("a button for the other address", |it| it.connect.enabled)
        .await;
    let seen = page.connect().await;
    assert_eq!(
        (seen.ready_state, &*seen.number, seen.enabled()),
        (1, "1", [false, true, true])
    );

    relay.kill();
    let seen = page.until_state("waiting").await;
    assert_eq!(
        (seen.ready_state, &*seen.number, seen.enabled()),
        (0, "0", [true, true, true])
    );
    page.disconnect().await;
    let seen = page.until_state("closed").await;
    assert_eq!(
        (seen.ready_state, &*seen.number, seen.enabled()),
        (3, "3", [true, false, false])
    );
}

async fn a_script_can_do_and_hear_everything(stage: &Stage) {
    let relay = Relay::start();
    let ann = stage.open(&relay.page()).await;
    let bob = stage.open(&relay.page()).await;
    bob.connect().await;
    ann.with_host(
        "window.told = [];
        host.addEventListener('statechange', (it) => told.push([it.detail.state, it.detail.readyState, host.readyState, it.detail.joined]));
        host.addEventListener('message', (it) => told.push(['message', it.data]));
        host.addEventListener('close', (it) => told.push(['close', it.code, it.reason, it.wasClean]));
        host.connect();",
    )
    .await;
    ann.until_state("open").await;
    ann.with_host("host.send('by script')").await;
    bob.until_received(&["by script"]).await;
    ann.until_sent(&["by script"]).await;
    bob.say("by hand").await;
    ann.until_received(&["by hand"]).await;
    ann.with_host("host.disconnect()").await;
    ann.until_state("closed").await;
    let expected = json!([
        ["connecting", 0, 0, false],
        ["open", 1, 1, false],
        ["open", 1, 1, true],
        ["message", "by hand"],
        ["closing", 2, 2, true],
        ["closed", 3, 3, false],
        ["close", 1000, "", true],
    ]);
    assert_eq!(ann.with_host("return told").await, expected);
    let refused = ann
        .with_host("try { host.send('x') } catch (it) { return it.message }")
        .await;
    assert!(refused.as_str().is_some_and(|it| !it.is_empty()), "{refused}");
    let constants = "const it = host.constructor; return [it.CONNECTING, it.OPEN, it.CLOSING, it.CLOSED]";
    assert_eq!(ann.with_host(constants).await, json!([0, 1, 2, 3]));
}

async fn attributes_and_early_properties_count(stage: &Stage) {
    let relay = Relay::start();
    let url = relay.socket();
    let page = format!(
        r#"<!doctype html><html lang="en"><body>
        <chat-room url="{url}" room="Garden" name="Ann" autoconnect></chat-room>
        <chat-room></chat-room>
        <script type="module">
          const early = document.querySelectorAll("chat-room")[1];
          early.url = "{url}";
          early.room = "Garden";
          early.name = "Eve";
          early.autoconnect = true;
          const {{ default: init }} = await import("/www/pkg/chat_room.js");
          await init();
        </script>"#
    );
    let files = FileServer::start(programs::repository(), &[("/attributes.html", &page)]).await;
    let window = stage.window().await;
    window.go(&format!("{}/attributes.html", files.origin())).await;
    let ann = RoomPage::first_in(window.clone()).await;
    let early = RoomPage::nth_in(window, 1).await;
    assert_eq!(ann.until_state("open").await.title, "Garden");
    let seen = early.until_state("open").await;
    assert_eq!((&*seen.title, &*seen.url.value), ("Garden", &*url));
    assert_eq!(
        early
            .with_host("return [host.getAttribute('url'), host.hasAttribute('autoconnect')]")
            .await,
        json!([url, true])
    );
    ann.say("hello").await;
    early.until_received(&["hello"]).await;
    early.say("hello, Ann").await;
    ann.until_talk(&[("Ann", "hello"), ("Eve", "hello, Ann")]).await;
    ann.with_host("host.name = '安'").await;
    ann.say("I am renamed").await;
    let talk = [("Ann", "hello"), ("Eve", "hello, Ann"), ("安", "I am renamed")];
    early.until_talk(&talk).await;
    // One that connects by itself goes where it is told to.
    ann.with_host("host.room = '花园'").await;
    let seen = ann
        .until("the other room", |it| it.title == "花园" && it.state == "open")
        .await;
    assert!(seen.talk().is_empty(), "{seen:#?}");
    early.say("is she gone?").await;
    early.until("its own text", |it| it.talk().len() == 4).await;
    assert!(ann.seen().await.expect("it is there").talk().is_empty());
}

async fn a_moved_element_keeps_its_connection_and_a_removed_one_closes_it(stage: &Stage) {
    let relay = Relay::start();
    let page = stage.open(&relay.page()).await;
    page.connect().await;
    page.say("before").await;
    page.until_sent(&["before"]).await;
    let elsewhere = "const box = document.createElement('div');
        box.style.blockSize = '30rem';
        document.body.append(box);
        box.append(host);";
    page.with_host(elsewhere).await;
    page.say("after").await;
    let seen = page.until_sent(&["before", "after"]).await;
    assert_eq!((&*seen.state, seen.texts("notice").len()), ("open", 1));
    connections_become(&page, 1).await;

    page.with_host("window.kept = host; host.remove()").await;
    connections_become(&page, 0).await;
    assert_eq!(page.page().script("return kept.readyState", vec![]).await, json!(3));
    // Back again it begins anew, with what it has seen.
    let back = "document.querySelector('body > div').remove(); document.querySelector('main').append(kept)";
    page.page().script(back, vec![]).await;
    let seen = page
        .until("what was said", |it| it.texts("own") == ["before", "after"])
        .await;
    assert_eq!((&*seen.state, seen.rows.len()), ("idle", 2));
    page.connect().await;
}

/// Waits until the relay says that so many are connected.
async fn connections_become(page: &RoomPage, expected: u64) {
    let script = "return fetch('/healthz').then((it) => it.json())";
    until(&format!("{expected} connections"), async || {
        let health: Value = page.page().script(script, vec![]).await;
        if health["connections"] == expected {
            Ok(())
        } else {
            Err(health.to_string())
        }
    })
    .await;
}

async fn several_elements_keep_apart(stage: &Stage) {
    let relay = Relay::start();
    let first = stage.open(&relay.page()).await;
    first
        .with_host("const other = document.createElement('chat-room'); other.url = '/socket'; other.room = 'lobby'; host.after(other)")
        .await;
    let second = RoomPage::nth_in(first.page().clone(), 1).await;
    first.connect().await;
    assert_eq!(second.until_state("idle").await.ready_state, 3);
    second.connect().await;
    first.say("from the first").await;
    second.until_received(&["from the first"]).await;
    second.say("from the second").await;
    first.until_received(&["from the second"]).await;
    first.disconnect().await;
    first.until_state("closed").await;
    assert_eq!(second.until_state("open").await.texts("own"), ["from the second"]);
}
