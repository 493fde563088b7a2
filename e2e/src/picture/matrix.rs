//! Every state in every look, to be looked at.

use std::{fs, path::Path};

use e2e::{
    browser::{Engine, Wishes},
    page::Page,
    relay::Relay,
    room_page::{ENTER, RoomPage},
    stage,
};
use futures_util::SinkExt;
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;

const SIZES: [(&str, u32, u32); 2] = [("narrow", 360, 640), ("wide", 1000, 700)];
const STATES: [&str; 7] = ["idle", "open", "details", "waiting", "closed", "error", "broken"];

pub(crate) async fn take(folder: &Path) {
    fs::create_dir_all(folder).expect("a folder for the pictures");
    for (scheme, dark) in [("light", false), ("dark", true)] {
        stage::play(Engine::Chromium, async |stage| {
            stage.allow_error("broke");
            stage.allow_error("panicked at");
            let wishes = Wishes {
                dark,
                ..Wishes::default()
            };
            let page = stage.window_of(Engine::Chromium, &wishes).await;
            for language in ["en", "zh"] {
                for state in STATES {
                    let relay = bring_about(state, language, &page).await;
                    for (size, width, height) in SIZES {
                        page.resize(width, height).await;
                        let name = format!("{language}-{size}-{scheme}-{state}.png");
                        fs::write(folder.join(&name), page.screenshot().await).expect("the picture can be stored");
                        println!("{name}");
                    }
                    drop(relay);
                }
            }
        })
        .await;
    }
}

/// A page in this state, and its relay.
async fn bring_about(state: &str, language: &str, page: &Page) -> Relay {
    let mut relay = Relay::start();
    page.go(&format!("{}?lang={language}", relay.page())).await;
    let room = RoomPage::first_in(page.clone()).await;
    match state {
        "idle" => {}
        "error" => {
            room.enter_protocols("chat, chat").await;
            room.connect_to("ftp://example.org/").await;
            room.until("the complaint", |it| it.url.invalid).await;
        }
        _ => {
            room.connect().await;
            talk(&room, &relay).await;
        }
    }
    match state {
        "details" => room.click("#status").await,
        "waiting" => {
            relay.kill();
            room.until_state("waiting").await;
            room.say("This waits for the connection. 这条消息正在等待连接。").await;
        }
        "closed" => {
            room.disconnect().await;
            room.until_state("closed").await;
        }
        "broken" => {
            room.type_text("half a sentence").await;
            let script =
                "Node.prototype.appendChild = function () { throw new Error('broken on purpose') }; host.send('x')";
            room.with_host(script).await;
            room.until("the confession", |it| !it.broken.is_empty()).await;
        }
        _ => {}
    }
    relay
}

/// A bit of everything.
async fn talk(room: &RoomPage, relay: &Relay) {
    let stream = TcpStream::connect(relay.host()).await.expect("the relay listens");
    let (mut other, _) = client_async(format!("{}?name=Bob", relay.socket()), stream)
        .await
        .expect("the relay lets anybody in");
    for (own, text) in [
        (false, "Good morning! Is anybody here?"),
        (true, "Morning 👋"),
        (
            true,
            "你好，世界。今天的天气真不错，适合在花园里走一走，顺便看看番茄熟了没有。",
        ),
        (
            false,
            "A line,\nand https://example.org/a/rather/long/address/without/any/place/to/break/it",
        ),
        (false, "😂"),
        (false, "مرحبا بالجميع"),
    ] {
        if own {
            room.paste(text).await;
            room.type_text(ENTER).await;
        } else {
            other.send(text.into()).await.expect("the relay reads");
        }
        room.until(text, |it| it.rows.last().is_some_and(|it| it.text == text))
            .await;
    }
}
