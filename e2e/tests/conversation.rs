//! What people say to each other through the relay.

use e2e::{
    browser::{Engine, Wishes},
    in_both_browsers,
    relay::Relay,
    room_page::{ENTER, RoomPage, SHIFT_ENTER},
    stage::{self, Stage},
};

in_both_browsers!(
    every_kind_of_text_gets_through,
    three_pages_hear_each_other,
    two_hundred_each_way_keep_their_order,
);

async fn every_kind_of_text_gets_through(stage: &Stage) {
    let relay = Relay::start();
    let ann = stage.open(&relay.page()).await;
    let bob = stage.open(&relay.page()).await;
    ann.connect().await;
    bob.connect().await;

    ann.say("Hello, Bob").await;
    ann.say("你好，世界。").await;
    ann.type_text(&format!("one{SHIFT_ENTER}two{SHIFT_ENTER}{SHIFT_ENTER}four"))
        .await;
    ann.click("#send").await;
    // Not every driver has keys for these.
    ann.paste("👩‍👩‍👧 🇨🇳 👍🏽 عربى").await;
    ann.type_text(ENTER).await;
    let said = ["Hello, Bob", "你好，世界。", "one\ntwo\n\nfour", "👩‍👩‍👧 🇨🇳 👍🏽 عربى"];
    bob.until_received(&said).await;
    let seen = ann.until_sent(&said).await;
    assert_eq!(seen.text.value, "", "what is sent leaves the text box");
    assert_eq!(seen.focus, "text", "one can go on typing");
    assert!(
        seen.texts("theirs").is_empty(),
        "one's own come back from nowhere: {seen:#?}"
    );
}

async fn three_pages_hear_each_other(stage: &Stage) {
    let relay = Relay::start();
    let mut pages = Vec::new();
    for _ in 0..3 {
        let page = stage.open(&relay.page()).await;
        page.connect().await;
        pages.push(page);
    }
    let texts = ["from the first", "from the second", "from the third"];
    for (number, page) in pages.iter().enumerate() {
        page.say(texts[number]).await;
        // So that all see the three in the same order.
        for (other, page) in pages.iter().enumerate().filter(|(other, _)| *other != number) {
            page.until(texts[number], |it| it.texts("theirs").last() == Some(&texts[number]))
                .await;
            assert_ne!(other, number);
        }
    }
    for (number, page) in pages.iter().enumerate() {
        let others = texts.iter().enumerate().filter(|(other, _)| *other != number);
        page.until_received(&others.map(|(_, text)| *text).collect::<Vec<_>>())
            .await;
        page.until_sent(&[texts[number]]).await;
    }
}

async fn two_hundred_each_way_keep_their_order(stage: &Stage) {
    let relay = Relay::start();
    let ann = stage.open(&relay.page()).await;
    let bob = stage.open(&relay.page()).await;
    ann.connect().await;
    bob.connect().await;
    say_two_hundred(&ann, "a").await;
    say_two_hundred(&bob, "b").await;
    for (page, own, theirs) in [(&ann, "a", "b"), (&bob, "b", "a")] {
        page.until_sent(&two_hundred(own)).await;
        page.until_received(&two_hundred(theirs)).await;
    }
}

fn two_hundred(who: &str) -> Vec<String> {
    (1..=200).map(|number| format!("{who}{number}")).collect()
}

/// Key by key, in one go.
async fn say_two_hundred(page: &RoomPage, who: &str) {
    let keys = two_hundred(who)
        .iter()
        .map(|text| format!("{text}{ENTER}"))
        .collect::<String>();
    page.type_text(&keys).await;
}

#[tokio::test]
async fn chromium_and_firefox_talk_to_each_other() {
    stage::play_with_two(Engine::Chromium, async |stage| {
        let relay = Relay::start();
        let chromium = stage.open(&relay.page()).await;
        let firefox = stage.window_of(Engine::Firefox, &Wishes::default()).await;
        firefox.go(&relay.page()).await;
        let firefox = RoomPage::first_in(firefox).await;
        chromium.connect().await;
        firefox.connect().await;
        chromium.say("你好，Firefox").await;
        firefox.until_received(&["你好，Firefox"]).await;
        firefox.say("Hello, Chromium").await;
        chromium.until_received(&["Hello, Chromium"]).await;
        chromium.until_sent(&["你好，Firefox"]).await;
        firefox.until_sent(&["Hello, Chromium"]).await;
    })
    .await;
}
