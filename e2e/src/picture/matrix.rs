//! Every state in every look, to be looked at.

use std::{fs, path::Path};

use e2e::{
    browser::Engine,
    relay::Relay,
    room_page::RoomPage,
    scripted::{STATES, Scripted},
    stage,
};
use serde_json::json;

const SIZES: [(&str, u32, u32); 3] = [("narrow", 320, 640), ("middle", 600, 640), ("wide", 1200, 760)];

/// Gives the page and the element a theme, without waiting for what moves.
const DRESS: &str = "host.theme = arguments[1];
    document.documentElement.style.colorScheme = arguments[1];
    for (const it of host.shadowRoot.getAnimations()) if (it.effect.getComputedTiming().endTime < 1e4) it.finish();
    return new Promise((done) => requestAnimationFrame(() => setTimeout(done, 200)));";

pub(crate) async fn take(folder: &Path) {
    fs::create_dir_all(folder).expect("a folder for the pictures");
    stage::play(Engine::Chromium, async |stage| {
        stage.allow_error("broke");
        stage.allow_error("panicked at");
        let page = stage.window().await;
        for language in ["en", "zh"] {
            // On an origin of its own, where nothing is kept from before.
            let relay = Relay::start();
            page.go(&format!("{}?lang={language}", relay.page())).await;
            let room = RoomPage::first_in(page.clone()).await;
            let scripted = Scripted::new(&room).await;
            for state in STATES {
                scripted.bring_about(state).await;
                for (size, width, height) in SIZES {
                    page.resize(width, height).await;
                    for scheme in ["light", "dark"] {
                        let script = DRESS.replace("arguments[1]", &json!(scheme).to_string());
                        room.with_host(&script).await;
                        let name = format!("{language}-{size}-{scheme}-{state}.png");
                        fs::write(folder.join(&name), page.screenshot().await).expect("the picture can be stored");
                        println!("{name}");
                    }
                }
            }
        }
    })
    .await;
}
