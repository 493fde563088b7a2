//! Typing with an input method: the Enter that ends a composition sends nothing, in the order of events of any browser.

use e2e::{
    browser::Engine,
    in_both_browsers,
    relay::Relay,
    room_page::{ENTER, RoomPage},
    stage::{self, Stage},
};
use serde_json::json;

in_both_browsers!(
    enter_in_a_composition_sends_nothing,
    enter_after_a_composition_in_safaris_order_sends_nothing,
    modified_enters_do_what_they_should,
);

/// `at(kind, options)` dispatches an event as the browser would at the text box, and tells whether it went its way.
const AT: &str = "
    const field = document.querySelector('chat-room').shadowRoot.getElementById('text');
    const at = (kind, options) => {
        const Kind = kind.startsWith('key') ? KeyboardEvent : kind === 'input' ? InputEvent : CompositionEvent;
        return field.dispatchEvent(new Kind(kind, { bubbles: true, composed: true, cancelable: true, ...options }));
    };
    const enter = { key: 'Enter', code: 'Enter' };";

async fn connected(stage: &Stage) -> (Relay, RoomPage) {
    let relay = Relay::start();
    let page = stage.open(&relay.page()).await;
    page.connect().await;
    page.click("#text").await;
    (relay, page)
}

async fn enter_in_a_composition_sends_nothing(stage: &Stage) {
    let keys = "const went = at('keydown', { ...enter, keyCode: 229, isComposing: true });
        at('compositionend', { data: '你好' });";
    a_composition_ends_by(stage, keys).await;
}

async fn enter_after_a_composition_in_safaris_order_sends_nothing(stage: &Stage) {
    let keys = "at('compositionend', { data: '你好' });
        const went = at('keydown', { ...enter, keyCode: 229, isComposing: false });";
    a_composition_ends_by(stage, keys).await;
}

async fn a_composition_ends_by(stage: &Stage, keys: &str) {
    let (_relay, page) = connected(stage).await;
    let script = format!(
        "{AT}
        at('compositionstart', {{ data: '' }});
        field.value = '你好';
        at('input', {{ data: '你好', isComposing: true, inputType: 'insertCompositionText' }});
        {keys}
        at('keyup', {{ ...enter, keyCode: 13 }});
        return went;"
    );
    assert_eq!(
        page.page().script(&script, vec![]).await,
        json!(true),
        "the key is the input method's"
    );
    nothing_sent_but_by_a_real_enter(&page).await;
}

async fn nothing_sent_but_by_a_real_enter(page: &RoomPage) {
    let seen = page.seen().await.expect("it is there");
    assert_eq!(seen.text.value, "你好");
    page.type_text(ENTER).await;
    let seen = page.until_sent(&["你好"]).await;
    assert_eq!(seen.text.value, "");
}

async fn modified_enters_do_what_they_should(stage: &Stage) {
    let (_relay, page) = connected(stage).await;
    page.type_text("one\u{e008}\u{e007}\u{e008}two").await;
    let seen = page.until("two lines", |it| it.text.value.contains("two")).await;
    assert_eq!(seen.text.value, "one\ntwo");
    assert!(seen.texts("own").is_empty());
    page.type_text(ENTER).await;
    page.until_sent(&["one\ntwo"]).await;
}

/// The browser's own events, from its own input method. Firefox lets nobody use that from outside.
#[tokio::test]
async fn chromium_composes_and_the_enter_that_takes_it_sends_nothing() {
    const RECORD: &str = "
        window.events = [];
        const text = host.shadowRoot.getElementById('text');
        for (const kind of ['keydown', 'keyup', 'compositionstart', 'compositionupdate', 'compositionend', 'input']) {
            text.addEventListener(kind, (it) => {
                const key = kind.startsWith('key') ? `${it.key} ${it.keyCode}` : it.data ?? '';
                events.push([kind, key, it.isComposing ? 'composing' : ''].join(' ').trim());
            });
        }";
    stage::play(Engine::Chromium, async |stage| {
        let (_relay, page) = connected(stage).await;
        page.with_host(RECORD).await;
        let key = async |kind: &str, key: &str, code: u32| {
            let params = json!({ "type": kind, "key": key, "windowsVirtualKeyCode": code });
            page.page().devtools("Input.dispatchKeyEvent", params).await;
        };
        let compose = async |text: &str| {
            let params = json!({ "text": text, "selectionStart": text.len(), "selectionEnd": text.len() });
            page.page().devtools("Input.imeSetComposition", params).await;
        };
        key("rawKeyDown", "Process", 229).await;
        compose("n").await;
        key("keyUp", "n", 78).await;
        key("rawKeyDown", "Process", 229).await;
        compose("ni").await;
        key("keyUp", "i", 73).await;
        key("rawKeyDown", "Enter", 229).await;
        page.page().devtools("Input.insertText", json!({ "text": "你" })).await;
        key("keyUp", "Enter", 13).await;
        let events = page.with_host("return window.events").await;
        // As tests/element/composing.rs has it.
        let expected = json!([
            "keydown Process 229",
            "compositionstart",
            "compositionupdate n",
            "input n composing",
            "keyup n 78 composing",
            "keydown Process 229 composing",
            "compositionupdate ni",
            "input ni composing",
            "keyup i 73 composing",
            "keydown Enter 229 composing",
            "compositionupdate 你",
            "input 你 composing",
            "compositionend 你",
            "keyup Enter 13",
        ]);
        assert_eq!(events, expected);
        let seen = page.seen().await.expect("an element");
        assert_eq!((&*seen.text.value, seen.rows_of("own").count()), ("你", 0));
        page.page().press(ENTER).await;
        page.until_sent(&["你"]).await;
    })
    .await;
}
