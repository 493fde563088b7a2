//! axe-core finds nothing to complain of, in any state, theme, language or width.

use e2e::{
    in_both_browsers, programs,
    relay::Relay,
    room_page::RoomPage,
    scripted::{self, Scripted},
    stage::Stage,
};
use serde_json::json;

in_both_browsers!(axe_finds_nothing);

/// Each theme with each language and each width.
const LOOKS: [(&str, &str, u32); 4] = [
    ("light", "en", 320),
    ("dark", "zh", 320),
    ("light", "zh", 1200),
    ("dark", "en", 1200),
];

/// What is wrong, a line each: the rule, what it asks for, and where.
const RUN: &str = "
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    for (const it of document.querySelector('chat-room').shadowRoot.getAnimations()) {
        if (it.effect.getComputedTiming().endTime < 1e4) it.finish();
    }
    return axe.run(document, { runOnly: tags, resultTypes: ['violations'] }).then((found) =>
        found.violations.flatMap((rule) => rule.nodes.map((node) =>
            `${rule.id}: ${node.target.flat().join(' ')}: ${node.failureSummary.replace(/\\s+/g, ' ')}`)));";

async fn axe_finds_nothing(stage: &Stage) {
    stage.expect_error("<chat-room> broke:");
    stage.allow_error("panicked at");
    let relay = Relay::start();
    let page = stage.open(&relay.page()).await;
    let axe = std::fs::read_to_string(programs::axe()).expect("a script");
    page.page().script(&axe, vec![]).await;
    let scripted = Scripted::new(&page).await;
    let mut found = Vec::new();
    for state in scripted::STATES {
        scripted.bring_about(state).await;
        for (theme, language, width) in LOOKS {
            look(&page, theme, language, width).await;
            let wrong = page.page().script(RUN, vec![]).await;
            for line in wrong.as_array().expect("a list") {
                found.push(format!("{state}, {theme}, {language}, {width}: {line}"));
            }
        }
    }
    assert!(found.is_empty(), "axe-core has found:\n{}", found.join("\n"));
}

async fn look(page: &RoomPage, theme: &str, language: &str, width: u32) {
    page.page().resize(width, 800).await;
    let script = format!(
        "host.theme = {}; document.documentElement.lang = {language};
         document.documentElement.style.colorScheme = {}; host.lang = {language};
         return new Promise((done) => requestAnimationFrame(() => setTimeout(done)))",
        json!(theme),
        json!(theme),
        language = json!(language),
    );
    page.with_host(&script).await;
}
