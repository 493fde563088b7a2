//! Everything can be done with the keyboard alone, and one always sees where one is.

use e2e::{
    in_both_browsers,
    relay::Relay,
    room_page::{ENTER, RoomPage, TAB},
    stage::Stage,
};
use serde_json::json;

in_both_browsers!(a_whole_conversation_by_keys, the_focus_is_never_lost,);

/// The key that goes back.
const SHIFT_TAB: &str = "\u{e008}\u{e004}\u{e008}";

async fn a_whole_conversation_by_keys(stage: &Stage) {
    let relay = Relay::start();
    let ann = stage.open(&relay.page()).await;
    let bob = stage.open(&relay.page()).await;
    bob.connect().await;
    for part in [
        "status",
        "menu-button",
        "connect",
        "url",
        "room",
        "name",
        "protocols",
        "message",
        "text",
    ] {
        ann.page().press(TAB).await;
        focus_is(&ann, part).await;
    }
    for part in ["message", "protocols", "name", "room", "url", "connect"] {
        ann.page().press(SHIFT_TAB).await;
        focus_is(&ann, part).await;
    }
    ann.page().press(ENTER).await;
    ann.until_state("open").await;
    // The button can no longer be pressed, and one wants to type now.
    focus_is(&ann, "text").await;
    ann.page().press(&format!("by keys{ENTER}")).await;
    bob.until_received(&["by keys"]).await;
    bob.say("heard").await;
    ann.until_received(&["heard"]).await;
    ann.page().press(TAB).await;
    focus_is(&ann, "send").await;
    for part in ["text", "message", "change", "disconnect"] {
        ann.page().press(SHIFT_TAB).await;
        focus_is(&ann, part).await;
    }
    ann.page().press(ENTER).await;
    ann.until_state("closed").await;
    focus_is(&ann, "connect").await;
}

async fn the_focus_is_never_lost(stage: &Stage) {
    let mut relay = Relay::start();
    let page = stage.open(&relay.page()).await;
    page.connect().await;
    // Whoever presses “Send” goes on typing.
    page.type_text("one").await;
    page.click("#send").await;
    focus_is(&page, "text").await;
    // The status is where one looks when something happens, and one stays there.
    page.click("#status").await;
    relay.kill();
    page.until_state("waiting").await;
    focus_is(&page, "status").await;
    page.click("#change").await;
    focus_is(&page, "url").await;
    relay.start_again();
    page.until_state("open").await;
    focus_is(&page, "url").await;
    page.disconnect().await;
    page.until_state("closed").await;
    focus_is(&page, "connect").await;
}

/// Waits until this part has the focus, and checks that it can be seen and that it shows it.
async fn focus_is(page: &RoomPage, part: &str) {
    page.until(&format!("the focus on {part}"), |it| it.focus == part).await;
    let script = "
        const it = host.shadowRoot.activeElement;
        const box = it.getBoundingClientRect();
        const style = getComputedStyle(it);
        const marked = it.matches(':focus-visible') ? style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 : true;
        const inside = box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
        return [document.activeElement === host, marked, inside && box.width > 0 && box.height > 0];";
    assert_eq!(
        page.with_host(script).await,
        json!([true, true, true]),
        "active, marked and in sight: {part}"
    );
}
