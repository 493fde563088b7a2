//! Nothing is ever wider than the screen, and the text can be read in light and in dark.

use e2e::{browser::Wishes, in_both_browsers, relay::Relay, room_page::RoomPage, stage::Stage};

in_both_browsers!(it_fits_in_the_light, it_fits_in_the_dark);

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
