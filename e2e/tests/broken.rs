//! When the core itself breaks, or can never start: the page says so, and what was typed is not lost.

use e2e::{
    browser::{Engine, Wishes},
    files::FileServer,
    in_both_browsers,
    page::Page,
    programs,
    relay::Relay,
    room_page::RoomPage,
    stage::Stage,
    wait::until,
};
use serde_json::json;

in_both_browsers!(
    a_broken_core_says_so_and_starts_again,
    a_text_that_waits_is_kept,
    a_text_that_waits_in_a_room_is_sent_once,
    one_broken_element_spares_the_other,
    without_webassembly_there_is_a_sentence,
    without_javascript_there_is_a_sentence,
    a_client_that_cannot_be_loaded_is_told,
);

/// The next paint that adds something to the log fails.
const BREAK: &str = "
    const { appendChild, insertBefore } = Node.prototype;
    const breaks = (native) => function (...children) {
        if (this.id !== 'message') return native.apply(this, children);
        Object.assign(Node.prototype, { appendChild, insertBefore });
        throw new Error('broken on purpose');
    };
    Object.assign(Node.prototype, { appendChild: breaks(appendChild), insertBefore: breaks(insertBefore) });";

async fn a_broken_core_says_so_and_starts_again(stage: &Stage) {
    stage.expect_error("<chat-room> broke:");
    stage.expect_error("panicked at");
    let relay = Relay::start();
    let ann = stage.open(&relay.page()).await;
    let bob = stage.open(&relay.page()).await;
    ann.enter_protocols("").await;
    ann.connect().await;
    bob.connect().await;
    ann.type_text("half a sentence").await;
    ann.page().script(BREAK, vec![]).await;
    bob.say("the straw").await;
    let seen = ann
        .until("the confession", |it| it.broken.contains("The chat room broke"))
        .await;
    assert!(seen.broken.contains("is kept."), "{}", seen.broken);
    assert_eq!((seen.ready_state, &*seen.focus), (3, "restart"));
    ann.click("#restart").await;
    let seen = ann.until_state("idle").await;
    assert_eq!(
        (&*seen.text.value, &*seen.url.value),
        ("half a sentence", &*relay.socket())
    );
    ann.connect().await;
    ann.type_text(", and the rest\u{e007}").await;
    bob.until_received(&["half a sentence, and the rest"]).await;
}

async fn a_text_that_waits_is_kept(stage: &Stage) {
    stage.expect_error("<chat-room> broke:");
    stage.expect_error("panicked at");
    let mut relay = Relay::start();
    let page = stage.open(&relay.page()).await;
    page.connect_to(&relay.socket()).await;
    page.until_state("open").await;
    page.say("this was sent").await;
    page.until_sent(&["this was sent"]).await;
    break_while_a_text_waits(&mut relay, &page).await;
    let seen = page.until_state("idle").await;
    assert_eq!(seen.text.value, "this waits\nhalf a sentence");
}

/// In a room it is kept by the browser and sent by itself, so it must not be in the text box as well.
async fn a_text_that_waits_in_a_room_is_sent_once(stage: &Stage) {
    stage.expect_error("<chat-room> broke:");
    stage.expect_error("panicked at");
    let mut relay = Relay::start();
    let page = stage.open(&relay.page()).await;
    page.connect().await;
    page.say("this was sent").await;
    page.until_sent(&["this was sent"]).await;
    break_while_a_text_waits(&mut relay, &page).await;
    page.until("what was typed", |it| it.text.value == "half a sentence")
        .await;
    relay.start_again();
    page.until_sent(&["this was sent", "this waits"]).await;
    let logged = relay.database().entries("lobby");
    let logged = logged.iter().map(|it| &*it.text).collect::<Vec<_>>();
    assert_eq!(logged, ["this was sent", "this waits"]);
}

async fn break_while_a_text_waits(relay: &mut Relay, page: &RoomPage) {
    relay.kill();
    page.until_state("waiting").await;
    page.say("this waits").await;
    page.until("the text", |it| it.texts("own").last() == Some(&"this waits"))
        .await;
    page.type_text("half a sentence").await;
    page.page().script(BREAK, vec![]).await;
    // What is painted next is that it is over.
    page.disconnect().await;
    page.click("#restart").await;
}

async fn one_broken_element_spares_the_other(stage: &Stage) {
    stage.expect_error("<chat-room> broke:");
    stage.expect_error("panicked at");
    let relay = Relay::start();
    let first = stage.open(&relay.page()).await;
    first
        .with_host("const other = document.createElement('chat-room'); other.url = '/socket'; host.after(other)")
        .await;
    let second = RoomPage::nth_in(first.page().clone(), 1).await;
    first.connect().await;
    second.connect().await;
    first.page().script(BREAK, vec![]).await;
    // One's own text is painted too, and only the first element has one.
    first.say("the last words").await;
    until("one broken element", async || {
        let broken = "return Array.from(document.querySelectorAll('chat-room'), (it) => Boolean(it.shadowRoot.getElementById('broken')))";
        match first.page().script(broken, vec![]).await {
            it if it == json!([true, false]) || it == json!([false, true]) => Ok(()),
            other => Err(other.to_string()),
        }
    })
    .await;
    let whole = if first.seen().await.is_some_and(|it| it.broken.is_empty()) {
        &first
    } else {
        &second
    };
    whole.say("still here").await;
    whole
        .until("its text", |it| {
            it.rows_of("own")
                .any(|it| it.text == "still here" && it.delivery == "sent")
        })
        .await;
}

async fn without_webassembly_there_is_a_sentence(stage: &Stage) {
    let relay = Relay::start();
    let wishes = Wishes {
        // Its engine has nothing but a compiler for it.
        chromium: vec!["--js-flags=--jitless"],
        firefox: vec![("javascript.options.wasm", json!(false))],
        ..Wishes::default()
    };
    let page = stage.window_of(stage.engine(), &wishes).await;
    page.go(&relay.page()).await;
    says(&page, "This page needs WebAssembly.").await;
    page.go(&format!("{}?lang=zh", relay.page())).await;
    says(&page, "本页面需要 WebAssembly。").await;
}

async fn without_javascript_there_is_a_sentence(stage: &Stage) {
    let relay = Relay::start();
    let page = match stage.engine() {
        // With scripts switched off there, its driver still reads the page.
        Engine::Chromium => {
            let wishes = Wishes {
                chromium: vec!["--blink-settings=scriptEnabled=false,preferredColorScheme=1"],
                ..Wishes::default()
            };
            stage.window_of(stage.engine(), &wishes).await
        }
        Engine::Firefox => {
            let wishes = Wishes {
                firefox: vec![("javascript.enabled", json!(false))],
                ..Wishes::default()
            };
            stage.window_of(stage.engine(), &wishes).await
        }
    };
    page.go(&relay.page()).await;
    for sentence in [
        "This page needs JavaScript and WebAssembly.",
        "本页面需要 JavaScript 和 WebAssembly。",
    ] {
        says(&page, sentence).await;
    }
}

async fn a_client_that_cannot_be_loaded_is_told(stage: &Stage) {
    stage.allow_error("module");
    stage.allow_error("SyntaxError");
    // Of an error that a page has put there, Chromium tells no more than what kind of value it is.
    stage.allow_error("error");
    let not_a_module = [("/pkg/chat_room.js", "<p>This is no module.</p>")];
    let files = FileServer::start(&programs::repository().join("www"), &not_a_module).await;
    let page = stage.window().await;
    page.go(&format!("{}/?lang=en", files.origin())).await;
    says(&page, "The chat room could not be loaded. Reload the page to try again").await;
    page.go(&format!("{}/?lang=zh", files.origin())).await;
    says(&page, "聊天室未能加载。请刷新页面重试").await;
}

/// Waits until this is to be read on the page.
async fn says(page: &Page, sentence: &str) {
    until(sentence, async || {
        let body = page
            .client()
            .await
            .find(fantoccini::Locator::Css("body"))
            .await
            .map_err(|it| it.to_string())?;
        let text = body.text().await.map_err(|it| it.to_string())?;
        if text.contains(sentence) { Ok(()) } else { Err(text) }
    })
    .await;
}
