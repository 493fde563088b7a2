//! Two people answer, react to, edit and delete what was said: with a mouse, with a finger, and by keys.

use e2e::{
    in_both_browsers,
    relay::Relay,
    room_page::{ENTER, Pointer, RoomPage, Seen},
    stage::Stage,
};

in_both_browsers!(with_a_mouse, with_a_finger, by_keys);

const ARROW_UP: &str = "\u{e013}";
const ARROW_RIGHT: &str = "\u{e014}";
const END: &str = "\u{e010}";
const ESCAPE: &str = "\u{e00c}";
/// The key that goes back.
const SHIFT_TAB: &str = "\u{e008}\u{e004}\u{e008}";

async fn ann_and_bob(stage: &Stage) -> (Relay, RoomPage, RoomPage) {
    let relay = Relay::start();
    let ann = stage.open(&format!("{}?room=garden&name=Ann", relay.page())).await;
    let bob = stage.open(&format!("{}?room=garden&name=Bob", relay.page())).await;
    for page in [&ann, &bob] {
        page.page().resize(600, 800).await;
        page.connect().await;
    }
    bob.say("Is anybody here?").await;
    ann.until_received(&["Is anybody here?"]).await;
    (relay, ann, bob)
}

async fn with_a_mouse(stage: &Stage) {
    point_at_everything(stage, Pointer::Mouse).await;
}

async fn with_a_finger(stage: &Stage) {
    point_at_everything(stage, Pointer::Finger).await;
}

async fn point_at_everything(stage: &Stage, pointer: Pointer) {
    let (_relay, ann, bob) = ann_and_bob(stage).await;
    ann.point(pointer, ".row.theirs .bubble").await;
    ann.tap(pointer, "[data-do=reply]").await;
    ann.say("I am").await;
    bob.until("the answer", is_answered).await;
    bob.tap(pointer, ".row.theirs .quote").await;
    bob.until_there(".row.own[data-found]").await;

    ann.point(pointer, ".row.theirs .bubble").await;
    ann.tap(pointer, "[data-do=react]").await;
    ann.tap(pointer, "[data-emoji='🎉']").await;
    reactions_become(&bob, "own", 1).await;
    bob.tap(pointer, ".row.own .reaction").await;
    reactions_become(&ann, "theirs", 2).await;
    ann.tap(pointer, ".row.theirs .reaction").await;
    reactions_become(&bob, "own", 1).await;

    ann.point(pointer, ".row.own .text").await;
    ann.tap(pointer, "[data-do=edit]").await;
    ann.say(" here").await;
    bob.until("the edited text", is_edited).await;
    ann.point(pointer, ".row.own .text").await;
    ann.tap(pointer, "[data-do=delete]").await;
    ann.tap(pointer, "[data-do=really-delete]").await;
    bob.until("the text to be gone", is_deleted).await;
}

async fn by_keys(stage: &Stage) {
    let (_relay, ann, bob) = ann_and_bob(stage).await;
    // From the text box to the last message, and to the first thing that can be done with it.
    let to_the_last = format!("{SHIFT_TAB}{END}{ENTER}");
    let right = |times: usize| ARROW_RIGHT.repeat(times);
    ann.page().press(&format!("{to_the_last}{ENTER}")).await;
    ann.until("the text box", |it| it.focus == "text").await;
    ann.page().press(&format!("I am{ENTER}")).await;
    bob.until("the answer", is_answered).await;
    // In an empty box, Up is the last text of one's own.
    ann.until_sent(&["I am"]).await;
    ann.page().press(ARROW_UP).await;
    ann.page().press(&format!(" here{ENTER}")).await;
    bob.until("the edited text", is_edited).await;
    ann.page()
        .press(&format!("{to_the_last}{}{ENTER}{ENTER}", right(1)))
        .await;
    reactions_become(&bob, "theirs", 1).await;
    ann.page().press(ESCAPE).await;
    ann.until("the text box", |it| it.focus == "text").await;
    ann.page()
        .press(&format!("{to_the_last}{}{ENTER}{ENTER}", right(3)))
        .await;
    bob.until("the text to be gone", is_deleted).await;
}

fn is_answered(seen: &Seen) -> bool {
    seen.rows_of("theirs")
        .any(|row| row.text == "I am" && row.quote.contains("Is anybody here?"))
}

fn is_edited(seen: &Seen) -> bool {
    seen.rows_of("theirs").any(|row| row.edited && row.text == "I am here")
}

fn is_deleted(seen: &Seen) -> bool {
    seen.rows_of("theirs").any(|row| row.deleted)
}

async fn reactions_become(page: &RoomPage, kind: &str, count: u64) {
    page.until(&format!("{count} reactions"), |it| {
        it.rows_of(kind)
            .any(|row| row.reactions.iter().any(|it| it.count == count))
    })
    .await;
}
