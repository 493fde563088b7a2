//! Texts that want to be more than text.

use e2e::{
    in_both_browsers, programs, relay::Relay, room_page::RoomPage, scripted::Scripted, stage::Stage, wait::until,
};
use serde_json::{Value, json};

in_both_browsers!(
    markup_stays_text,
    long_words_do_not_widen_the_page,
    no_text_becomes_more_wherever_it_comes_in,
);

const MARKUP: [&str; 5] = [
    "<img src=x onerror=\"window.ran=1\">",
    "<script>window.ran=2</script>",
    "</p></div><iframe srcdoc='<script>parent.ran=3</script>'></iframe>",
    "<svg onload=\"window.ran=4\"><a href=\"javascript:window.ran=5\">x</a>",
    "{{window.ran=6}} ${window.ran=7} javascript:window.ran=8",
];

async fn said_by_one_to_another(stage: &Stage, said: &[String]) -> (Relay, [RoomPage; 2]) {
    let relay = Relay::start();
    let ann = stage.open(&relay.page()).await;
    let bob = stage.open(&relay.page()).await;
    ann.connect().await;
    bob.connect().await;
    for text in said {
        ann.paste(text).await;
        ann.click("#send").await;
    }
    ann.until_sent(said).await;
    bob.until_received(said).await;
    (relay, [ann, bob])
}

async fn markup_stays_text(stage: &Stage) {
    let mut said = MARKUP.map(str::to_owned).to_vec();
    // Overrides of direction, isolates without an end, and what has no width.
    said.push("\u{202e}gnp.exe\u{202c} \u{2067}\u{202d}\u{200b}\u{200f}\u{feff} end".to_owned());
    let (_relay, pages) = said_by_one_to_another(stage, &said).await;
    for page in &pages {
        let script = "const root = document.querySelector('chat-room').shadowRoot;
            return [window.ran ?? null, root.querySelectorAll('.row :is(img, script, iframe, svg, a:not([href^=http]))').length];";
        assert_eq!(page.page().script(script, vec![]).await, json!([null, 0]));
        // A text cannot turn what stands around it: each paragraph has a direction of its own.
        let script = "return Array.from(document.querySelector('chat-room').shadowRoot.querySelectorAll('.row .text'))
            .every((it) => getComputedStyle(it).unicodeBidi === 'plaintext')";
        assert_eq!(page.page().script(script, vec![]).await, json!(true));
    }
}

async fn long_words_do_not_widen_the_page(stage: &Stage) {
    let said = [
        "W".repeat(16 * 1024),
        "好".repeat(5_000),
        format!("https://example.org/{}", "a".repeat(3_000)),
        // Marks that heap upon a letter.
        format!("Z{}", "\u{310}\u{35c}\u{326}".repeat(1_000)),
    ];
    let (_relay, pages) = said_by_one_to_another(stage, &said).await;
    for page in &pages {
        page.page().resize(320, 700).await;
        page.until_fits().await;
        let script = "const text = [...host.shadowRoot.querySelectorAll('.row .text')].at(-1);
            return [text.offsetHeight < 100, getComputedStyle(text).overflowY];";
        assert_eq!(
            page.with_host(script).await,
            json!([true, "clip"]),
            "marks stay in their row"
        );
    }
}

/// Under the relay's content security policy, and where no string may become markup at all.
async fn no_text_becomes_more_wherever_it_comes_in(stage: &Stage) {
    const STRICT: &str = "const meta = document.createElement('meta');
        meta.httpEquiv = 'Content-Security-Policy';
        meta.content = \"require-trusted-types-for 'script'; trusted-types 'none'\";
        document.head.append(meta);";
    const WORKS_OFFLINE: &str = "return navigator.serviceWorker.getRegistration().then(Boolean)";
    const TRY: &str = "return tryEverywhere(document.querySelector('chat-room'), arguments[0] ?? hostileTexts)
        .then(() => inspectEverything())";
    // A subprotocol that was never asked for, for example.
    stage.allow_error("<chat-room> has no text");
    let relay = Relay::start();
    let page = stage.open(&relay.page()).await;
    // The page around the element has a policy of its own, for the address of its service worker.
    until("a service worker", async || {
        match page.page().script(WORKS_OFFLINE, vec![]).await {
            Value::Bool(true) => Ok(()),
            other => Err(other.to_string()),
        }
    })
    .await;
    page.page().script(STRICT, vec![]).await;
    let _scripted = Scripted::new(&page).await;
    page.page()
        .script(&format!("window.textNames = {}", json!(text_names())), vec![])
        .await;
    page.page().script(include_str!("../src/hostile.js"), vec![]).await;
    let usual = page
        .page()
        .script(
            TRY,
            vec![json!([
                "plain",
                "two words",
                "https://example.org/",
                "`1`, 2",
                "```\n3\n```"
            ])],
        )
        .await;
    let hostile = page.page().script(TRY, vec![]).await;
    for what in ["wrong", "ran", "scripts", "frames", "names"] {
        assert_eq!(hostile[what], usual[what], "{what}");
    }
    assert_eq!((&hostile["wrong"], &hostile["ran"]), (&json!([]), &json!(0)));
    assert!(page.seen().await.is_some_and(|it| it.broken.is_empty()));
}

/// The names of all texts that a page can replace, as docs/theming.md lists them.
fn text_names() -> Vec<String> {
    let guide = std::fs::read_to_string(programs::repository().join("docs/theming.md")).expect("a guide");
    let (_, names) = guide.split_once("The names:").expect("a list of the names");
    names.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}
