//! The element in somebody else's page, on somebody else's server.

use e2e::{files::FileServer, in_both_browsers, programs, relay::Relay, room_page::RoomPage, stage::Stage};
use serde_json::json;

in_both_browsers!(
    the_page_at_the_root_of_the_repository_works,
    what_is_begun_before_the_core_is_there_is_taken_or_let_go,
    a_breach_of_the_content_security_policy_would_be_seen,
);

async fn the_page_at_the_root_of_the_repository_works(stage: &Stage) {
    let files = FileServer::start(programs::repository(), &[]).await;
    let relay = Relay::with_options(&["--allow-origin", &files.origin()]);
    let garden = stage.window().await;
    garden.go(&format!("{}/index.html", files.origin())).await;
    let garden = RoomPage::first_in(garden).await;
    let own = stage.open(&relay.page()).await;
    own.connect().await;
    // The page names the relay's usual address, which the tests leave to whoever uses it.
    garden.enter_url(&relay.socket()).await;
    garden.join("lobby", "Gardener").await;
    garden.say("The tomatoes are late.").await;
    own.until_shown("Gardener", "The tomatoes are late.").await;
    own.say("So are mine.").await;
    garden.until_received(&["So are mine."]).await;
    garden.until_fits().await;
}

const EARLY: &str = r#"<!doctype html><meta charset="utf-8"><title>early</title><link rel="icon" href="data:,">
<script>
  const asked = new URLSearchParams(location.search);
  const made = [];
  globalThis.WebSocket = class extends WebSocket {
    constructor(...given) { super(...given); made.push(this); }
  };
  document.write(`<chat-room url="${asked.get("url")}" room="garden" name="Ada" autoconnect></chat-room>`);
</script>
<script type="module">
  import init from "/www/pkg/chat_room.js";
  const early = made.map(({ url }) => url);
  if (asked.has("instead")) document.querySelector("chat-room").setAttribute("url", asked.get("instead"));
  await init();
  const room = document.querySelector("chat-room");
  const told = [];
  room.addEventListener("statechange", ({ detail }) => {
    const state = detail.joined ? "joined" : detail.state;
    if (told.at(-1) !== state) told.push(state);
  });
  // Whoever asks does not wait for the core's task.
  if (asked.has("ask") && room.readyState > 1) told.push("not even connecting");
  if (asked.has("remove")) room.remove();
  globalThis.seen = () => [early, made.map(({ url, readyState }) => [url, readyState])];
  globalThis.told = told;
</script>"#;

async fn what_is_begun_before_the_core_is_there_is_taken_or_let_go(stage: &Stage) {
    // A socket that is closed while it connects, each browser in its own words.
    stage.allow_error("WebSocket");
    stage.allow_error("connection to ");
    let files = FileServer::start(programs::repository(), &[("/early.html", EARLY)]).await;
    let origin = files.origin();
    let relays = [(); 2].map(|()| Relay::with_options(&["--allow-origin", &origin]));
    let [url, instead] = relays.each_ref().map(Relay::socket);
    let here = json!([[url, 1]]);
    for (query, sockets) in [
        (format!("url={url}"), &here),
        (format!("url={url}&instead={instead}"), &json!([[url, 3], [instead, 1]])),
        (format!("url={url}&ask"), &here),
        (format!("url={url}&remove"), &json!([[url, 3]])),
    ] {
        let page = stage.window().await;
        page.go(&format!("{origin}/early.html?{query}")).await;
        e2e::wait::until("the sockets", async || {
            match page.script("return globalThis.seen?.() ?? null", vec![]).await {
                seen if seen == json!([[url], sockets]) => Ok(()),
                seen => Err(seen.to_string()),
            }
        })
        .await;
        if query.ends_with("remove") {
            continue;
        }
        let room = RoomPage::first_in(page).await;
        room.until_state("open").await;
        room.say("Here I am.").await;
        room.until_sent(&["Here I am."]).await;
        let told = room.page().script("return told", vec![]).await;
        assert_eq!(told, json!(["connecting", "open", "joined"]), "{query}");
    }
}

/// The other scenarios fail at any breach, which says something only if breaches are told.
async fn a_breach_of_the_content_security_policy_would_be_seen(stage: &Stage) {
    stage.expect_error("CSP violation:");
    // Firefox says it in its own words, too, but not always in time.
    stage.allow_error("Content-Security-Policy");
    let relay = Relay::start();
    let page = stage.open(&relay.page()).await;
    let script =
        "const it = document.createElement('style'); it.textContent = 'body { color: red }'; document.head.append(it);
        return getComputedStyle(document.body).color";
    let color = page.page().script(script, vec![]).await;
    assert_ne!(color, json!("rgb(255, 0, 0)"));
    e2e::wait::until("the report", async || {
        let console = page.page().browser().bidi().console();
        if console.iter().any(|it| it.text.contains("CSP violation:")) {
            Ok(())
        } else {
            Err(format!("{console:?}"))
        }
    })
    .await;
}
