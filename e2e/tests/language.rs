//! Which language is spoken, and that it is spoken throughout.

use e2e::{
    browser::Wishes, files::FileServer, in_both_browsers, programs, relay::Relay, room_page::RoomPage, stage::Stage,
};
use serde_json::json;

in_both_browsers!(
    a_chinese_browser_gets_chinese,
    an_english_browser_gets_english_and_may_ask_for_chinese,
    the_nearest_lang_attribute_wins,
);

async fn a_chinese_browser_gets_chinese(stage: &Stage) {
    let relay = Relay::start();
    let wishes = Wishes {
        languages: "zh-CN,zh",
        ..Wishes::default()
    };
    let page = stage.window_of(stage.engine(), &wishes).await;
    page.go(&relay.page()).await;
    let page = RoomPage::first_in(page).await;
    let seen = page.until_state("idle").await;
    let words = [
        &seen.connect.text,
        &seen.send.text,
        &seen.disconnect.text,
        &seen.text.label,
    ];
    assert_eq!(words, ["建立连接", "发送数据", "断开连接", "请输入一些文字："]);
    assert_eq!((&*seen.title, &*seen.words), ("lobby", "未连接"));
    let document = page
        .page()
        .script("return [document.title, document.documentElement.lang]", vec![])
        .await;
    assert_eq!(document, json!(["聊天室", "zh-CN"]));
    let seen = page.connect().await;
    assert_eq!(seen.words, "已连接");
    page.disconnect().await;
    let seen = page.until_state("closed").await;
    assert_eq!(seen.ending, "连接已关闭：您已断开 (1000, 正常握手关闭)");
}

async fn an_english_browser_gets_english_and_may_ask_for_chinese(stage: &Stage) {
    let relay = Relay::start();
    let page = stage.open(&relay.page()).await;
    let seen = page.until_state("idle").await;
    let words = [
        &seen.connect.text,
        &seen.send.text,
        &seen.disconnect.text,
        &seen.text.label,
    ];
    assert_eq!(words, ["Connect", "Send", "Disconnect", "Type something:"]);
    let page = stage.open(&format!("{}?lang=zh-TW", relay.page())).await;
    assert_eq!(page.until_state("idle").await.connect.text, "建立连接");
}

async fn the_nearest_lang_attribute_wins(stage: &Stage) {
    let page = r#"<!doctype html><html lang="de"><body>
        <chat-room></chat-room>
        <chat-room lang="zh"></chat-room>
        <div lang="zh-Hans"><chat-room></chat-room><chat-room lang="en-GB"></chat-room></div>
        <script type="module">import init from "/www/pkg/chat_room.js"; await init();</script>"#;
    let files = FileServer::start(programs::repository(), &[("/languages.html", page)]).await;
    let window = stage.window().await;
    window.go(&format!("{}/languages.html", files.origin())).await;
    for (index, connect) in ["Connect", "建立连接", "建立连接", "Connect"].into_iter().enumerate() {
        let room = RoomPage::nth_in(window.clone(), index).await;
        assert_eq!(room.until_state("idle").await.connect.text, connect, "element {index}");
    }
    // It may be changed while the element is in use, and what was typed and said stays.
    let room = RoomPage::first_in(window).await;
    room.type_text("typed").await;
    room.with_host("host.lang = 'zh-CN'").await;
    let seen = room.until("Chinese", |it| it.connect.text == "建立连接").await;
    assert_eq!((&*seen.text.value, &*seen.focus), ("typed", "text"));
}
