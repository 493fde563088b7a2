//! The page around the element: how one comes in, whom one tells, and what is there without a network.

use e2e::{in_both_browsers, page::Page, relay::Relay, room_page::RoomPage, stage::Stage, wait::until};
use serde_json::{Value, json};

in_both_browsers!(
    a_card_leads_into_a_room_and_is_not_needed_again,
    a_link_leads_others_into_the_same_room,
    the_title_tells_the_room_and_how_much_is_unread,
    the_page_opens_without_a_relay_and_goes_on_when_there_is_one,
    what_the_page_remembers_may_be_anything,
);

/// Everything that the card and the list show.
const APP: &str = "
    const text = (it) => document.querySelector(it)?.textContent ?? '';
    const shown = (it) => document.querySelector(it)?.checkVisibility() ?? false;
    return [text('#go h2'), shown('#go'), [...document.querySelectorAll('#visited a')].map((it) => it.textContent)];";

async fn until_script(page: &Page, what: &str, script: &str, wanted: Value) {
    until(what, async || {
        let found = page.script(script, vec![]).await;
        if found == wanted {
            Ok(())
        } else {
            Err(found.to_string())
        }
    })
    .await;
}

async fn enter(page: &Page, name: &str, room: &str) {
    let fill = "
        document.getElementById('go-name').value = arguments[0];
        document.getElementById('go-room').value = arguments[1];
        document.querySelector('#go button').click();";
    page.script(fill, vec![json!(name), json!(room)]).await;
}

/// As its user does. Firefox has no service worker in it where WebDriver reloads.
async fn reload(page: &RoomPage) -> RoomPage {
    let script = "window.isOld = true; location.reload()";
    page.page().script(script, vec![]).await;
    let loaded = "return window.isOld === undefined && document.readyState === 'complete'";
    until_script(page.page(), "the page to be loaded again", loaded, json!(true)).await;
    RoomPage::first_in(page.page().clone()).await
}

async fn a_card_leads_into_a_room_and_is_not_needed_again(stage: &Stage) {
    let relay = Relay::start();
    let home = stage.open(&relay.page()).await;
    // The element is there at once, as it is for whoever does without the card.
    assert_eq!(home.until_state("idle").await.title, "lobby");
    let card = json!(["Go to another room", true, []]);
    home.page().resize(1300, 700).await;
    until_script(home.page(), "the card", APP, card).await;
    enter(home.page(), "Ann", " \u{7} ").await;
    let complaint = "return [document.activeElement.id, document.getElementById('go-complaint').checkVisibility()]";
    until_script(home.page(), "a complaint", complaint, json!(["go-room", true])).await;

    enter(home.page(), "Ann", "Garden talk").await;
    let room = home
        .until("the room", |it| it.title == "Garden talk" && it.state == "open")
        .await;
    assert_eq!(room.name.value, "Ann");
    let address = "return [document.title, location.search]";
    let expected = json!(["Garden talk", "?room=Garden+talk"]);
    until_script(home.page(), "the address without a name", address, expected).await;
    home.say("hello").await;
    home.until_sent(&["hello"]).await;

    let again = reload(&home).await;
    again.until_state("open").await;
    assert_eq!(
        again.until_sent(&["hello"]).await.name.value,
        "Ann",
        "it comes back as it was"
    );
    let next = stage.open(&relay.page()).await;
    let seen = next.until_state("open").await;
    assert_eq!(seen.title, "Garden talk", "a page without a room leads to the last one");
    let list = json!(["Go to another room", false, ["Garden talk"]]);
    next.page().resize(400, 700).await;
    until_script(next.page(), "the list, folded away", APP, list).await;
    next.page()
        .script("document.getElementById('rooms').click()", vec![])
        .await;
    let list = json!(["Go to another room", true, ["Garden talk"]]);
    until_script(next.page(), "the list", APP, list).await;
    next.until_fits().await;

    next.disconnect().await;
    next.until_state("closed").await;
    let after = stage.open(&relay.page()).await;
    let seen = after.until("the room", |it| it.title == "Garden talk").await;
    assert_eq!(seen.state, "idle", "who has left is not taken back");
}

async fn a_link_leads_others_into_the_same_room(stage: &Stage) {
    let relay = Relay::start();
    let ann = stage
        .open(&format!("{}?room=Garden%20talk&name=Ann", relay.page()))
        .await;
    assert_eq!(ann.until_state("idle").await.name.value, "Ann");
    ann.connect().await;
    let script = "
        Object.defineProperty(navigator, 'share', { configurable: true, value: undefined });
        Object.defineProperty(navigator, 'clipboard', {
            configurable: true,
            value: { writeText: async (text) => { window.copied = text; } },
        });
        document.getElementById('share').click();";
    ann.page().script(script, vec![]).await;
    let toast = "return document.getElementById('toast').textContent";
    let sentence = "The link to this room is copied. It works on this machine only.";
    until_script(ann.page(), "the toast", toast, json!(sentence)).await;
    let link = ann.page().script("return copied", vec![]).await;
    assert_eq!(
        link,
        json!(format!("{}?room=Garden+talk", relay.page())),
        "without her name"
    );
    let bob = stage.open(link.as_str().expect("a link")).await;
    bob.connect().await;
    bob.say("found it").await;
    ann.until_received(&["found it"]).await;

    // Where the browser has no clipboard, the link is shown.
    let script = "
        Object.defineProperty(navigator, 'clipboard', { configurable: true, value: undefined });
        document.getElementById('share').click();";
    ann.page().script(script, vec![]).await;
    let toast = "return document.querySelector('#toast code')?.textContent";
    until_script(ann.page(), "the link", toast, link).await;
}

async fn the_title_tells_the_room_and_how_much_is_unread(stage: &Stage) {
    let relay = Relay::start();
    const TITLE: &str = "return document.title";
    let home = stage.open(&relay.page()).await;
    assert_eq!(home.with_host("return document.title").await, json!("Chat room"));
    home.connect().await;
    until_script(home.page(), "the room's name", TITLE, json!("lobby")).await;

    let garden = format!("{}?room=garden", relay.page());
    let ann = stage.open(&garden).await;
    let bob = stage.open(&garden).await;
    ann.connect().await;
    bob.connect().await;
    until_script(ann.page(), "the room's name", TITLE, json!("garden")).await;
    // As when another tab is in front of it.
    let hide = "Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
        document.dispatchEvent(new Event('visibilitychange'))";
    ann.page().script(hide, vec![]).await;
    bob.say("one").await;
    bob.say("two").await;
    until_script(ann.page(), "what is unread", TITLE, json!("(2) garden")).await;
    let show = "delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))";
    ann.page().script(show, vec![]).await;
    until_script(ann.page(), "nothing unread", TITLE, json!("garden")).await;
}

async fn the_page_opens_without_a_relay_and_goes_on_when_there_is_one(stage: &Stage) {
    // What the worker cannot reach is told by browsers, too.
    for part in ["Failed to load", "ServiceWorker", "NetworkError", "could not be loaded"] {
        stage.allow_error(part);
    }
    let mut relay = Relay::start();
    let ann = stage.open(&format!("{}?room=garden", relay.page())).await;
    ann.connect().await;
    for text in ["one", "two"] {
        ann.say(text).await;
    }
    ann.until_sent(&["one", "two"]).await;
    let kept = "return caches.keys().then(async (names) => {
        const worker = (await navigator.serviceWorker.getRegistration())?.active;
        if (worker?.state !== 'activated') return false;
        for (const name of names) if (await (await caches.open(name)).match(new URL('complete', location.href))) return true;
        return false;
    })";
    until_script(ann.page(), "a copy of the page", kept, json!(true)).await;

    relay.kill();
    let ann = reload(&ann).await;
    let seen = ann.until_sent(&["one", "two"]).await;
    assert!(
        ["connecting", "waiting"].contains(&&*seen.state),
        "it is reconnecting: {}",
        seen.state
    );
    let manifest = "const link = document.querySelector('link[rel=manifest]');
        return link && fetch(link.href).then((it) => it.json()).then((it) => it.icons.length > 0)";
    until_script(ann.page(), "what a browser installs it by", manifest, json!(true)).await;
    ann.say("three").await;
    relay.start_again();
    let bob = stage.open(&format!("{}?room=garden", relay.page())).await;
    bob.connect().await;
    ann.until_sent(&["one", "two", "three"]).await;
    bob.until_received(&["one", "two", "three"]).await;
    bob.say("four").await;
    ann.until_received(&["four"]).await;
    let texts: Vec<String> = relay
        .database()
        .entries("garden")
        .iter()
        .map(|it| it.text.clone())
        .collect();
    assert_eq!(texts, ["one", "two", "three", "four"]);
}

async fn what_the_page_remembers_may_be_anything(stage: &Stage) {
    let relay = Relay::start();
    let page = stage.open(&relay.page()).await;
    let list = [
        "no JSON",
        "null",
        "[]",
        r#"{"rooms": 7, "name": {}}"#,
        r#"{"rooms": [1, null, "", " ", "a\nb", {}], "name": ["x"], "isIn": "yes"}"#,
    ];
    for item in list {
        let write = "for (const it of [localStorage, sessionStorage]) {
            it.setItem('chat-room page', arguments[0]);
            it.setItem('chat-room errand', arguments[0]);
        }";
        page.page().script(write, vec![json!(item)]).await;
        let page = reload(&page).await;
        assert_eq!(page.until_state("idle").await.title, "lobby", "{item}");
    }
    let markup = r#"{"rooms": ["<img src=x onerror=alert(1)>"], "name": "x"}"#;
    let write = "localStorage.setItem('chat-room page', arguments[0])";
    page.page().script(write, vec![json!(markup)]).await;
    let page = reload(&page).await;
    page.until("the room", |it| it.title == "<img src=x onerror=alert(1)>")
        .await;
    let images = page.page().script("return document.images.length", vec![]).await;
    assert_eq!(images, json!(0));
}
