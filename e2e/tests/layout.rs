//! Nothing is ever wider than the screen, and the text can be read in light and in dark.

use e2e::{
    browser::{Engine, Wishes},
    in_both_browsers,
    relay::Relay,
    room_page::RoomPage,
    stage::Stage,
};
use serde_json::json;

in_both_browsers!(
    it_fits_in_the_light,
    it_fits_in_the_dark,
    a_state_of_two_lines_leaves_no_letter_alone,
    nothing_is_told_by_colour_alone,
);

const WIDTHS: [u32; 5] = [280, 360, 480, 900, 1400];

async fn it_fits_in_the_light(stage: &Stage) {
    it_fits(stage, false).await;
}

async fn it_fits_in_the_dark(stage: &Stage) {
    it_fits(stage, true).await;
}

async fn it_fits(stage: &Stage, dark: bool) {
    let mut relay = Relay::start();
    let wishes = Wishes {
        dark,
        ..Wishes::default()
    };
    let window = stage.window_of(stage.engine(), &wishes).await;
    for language in ["en", "zh"] {
        window.go(&format!("{}?lang={language}", relay.page())).await;
        let page = RoomPage::first_in(window.clone()).await;
        let is_dark = page
            .with_host("return matchMedia('(prefers-color-scheme: dark)').matches")
            .await;
        assert_eq!(is_dark, dark);
        at_all_widths(&page).await;
        page.click("#status").await;
        page.connect_to("ftp://a-rather-long-name.example.org/").await;
        page.until("the complaint", |it| it.url.invalid).await;
        at_all_widths(&page).await;
        page.connect_to(&relay.socket()).await;
        page.until_state("open").await;
        page.say("Hello, 你好").await;
        page.until_sent(&["Hello, 你好"]).await;
        at_all_widths(&page).await;
        page.click("#change").await;
        relay.kill();
        page.until_state("waiting").await;
        page.say("this waits").await;
        at_all_widths(&page).await;
        page.disconnect().await;
        page.until_state("closed").await;
        at_all_widths(&page).await;
        relay.start_again();
    }
}

async fn at_all_widths(page: &RoomPage) {
    for width in WIDTHS {
        page.page().resize(width, 800).await;
        page.until_fits().await;
    }
}

/// "Reconnecting in 1 s" does not end in a line of one letter where it is narrow.
async fn a_state_of_two_lines_leaves_no_letter_alone(stage: &Stage) {
    let relay = Relay::start();
    let page = stage.open(&relay.page()).await;
    page.page().resize(320, 700).await;
    let script = "
        const words = host.shadowRoot.querySelector('#status-words');
        const range = document.createRange();
        const lines = () => {
            range.selectNodeContents(words);
            return Array.from(range.getClientRects(), ({ width }) => width);
        };
        words.textContent = 'in';
        while (lines().length < 2) words.textContent += ' s';
        return Math.min(...lines()) > Math.max(...lines()) / 2;";
    assert_eq!(page.with_host(script).await, json!(true));
}

/// Where the system forces its few colours upon all pages.
async fn nothing_is_told_by_colour_alone(stage: &Stage) {
    let relay = Relay::start();
    let wishes = Wishes {
        firefox: vec![("browser.display.document_color_use", json!(2))],
        ..Wishes::default()
    };
    let window = stage.window_of(stage.engine(), &wishes).await;
    if stage.engine() == Engine::Chromium {
        let features = json!({ "features": [{ "name": "forced-colors", "value": "active" }] });
        window.devtools("Emulation.setEmulatedMedia", features).await;
    }
    window.go(&relay.page()).await;
    let page = RoomPage::first_in(window).await;
    let script = "return matchMedia('(forced-colors: active)').matches";
    assert_eq!(page.with_host(script).await, json!(true));
    page.enter_name("Ann").await;
    page.connect().await;
    let bob = stage.open(&relay.page()).await;
    bob.connect().await;
    bob.say("theirs").await;
    page.say("own").await;
    page.until("both texts", |it| it.messages.len() == 2).await;
    page.until_sent(&["own"]).await;
    let script = "
        const root = host.shadowRoot;
        const style = (it) => getComputedStyle(root.querySelector(it));
        const [own, theirs] = ['.row.own .bubble', '.row.theirs .bubble'].map(style);
        const dot = style('.dot');
        return {
            outlined: [own, theirs].map((it) => parseFloat(it.borderTopWidth) >= 1 && it.borderTopColor !== it.backgroundColor),
            apart: own.borderInlineEndWidth !== theirs.borderInlineEndWidth,
            dot: dot.backgroundColor !== style('.room').backgroundColor,
            buttons: ['#connect', '#disconnect', '#send'].map((it) => parseFloat(style(it).borderTopWidth) >= 1),
            disabled: style('#connect').color !== style('#disconnect').color,
        };";
    let expected = json!({
        "outlined": [true, true],
        "apart": true,
        "dot": true,
        "buttons": [true, true, true],
        "disabled": true,
    });
    assert_eq!(page.with_host(script).await, expected);
    page.page().resize(320, 700).await;
    page.until_fits().await;
}
