//! The element in somebody else's page, on somebody else's server.

use e2e::{files::FileServer, in_both_browsers, programs, relay::Relay, room_page::RoomPage, stage::Stage};
use serde_json::json;

in_both_browsers!(
    the_page_at_the_root_of_the_repository_works,
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
    let seen = own.until_received(&["The tomatoes are late."]).await;
    assert_eq!(seen.rows_of("theirs").last().map(|it| &*it.sender), Some("Gardener"));
    own.say("So are mine.").await;
    garden.until_received(&["So are mine."]).await;
    garden.until_fits().await;
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
