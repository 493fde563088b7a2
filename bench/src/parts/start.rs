//! How soon a page shows a conversation: from the navigation until it is connected and has shown the newest of the history.

mod places;

use std::time::Duration;

use serde_json::Value;
use tokio::time;

use crate::{
    devtools::Watched,
    part::Context,
    report::{Cell, Goal, Graph, Line, Section, Table, Wants},
    stats::median,
};
use places::{Page, Places};

/// As people know them, by their order: the page that the others are measured by is the first.
const NAMES: [&str; 4] = [
    "a minimal page, native WebSocket",
    "chat-room, the element in a page",
    "chat-room, the relay's own page",
    "deep-chat in a page",
];

/// In the room at first, and where it grows.
const HISTORY: u64 = 1_000;
const GROWN: [u64; 3] = [1_000, 10_000, 100_000];

/// Which of them keeps a copy of itself, some time after its start.
const OWN: usize = 2;

/// How long a browser is left alone before it opens its first page: it is still busy with itself after its start.
const BROWSER_STARTS: Duration = Duration::from_secs(1);

/// How much longer than the minimal page, and than for a short history.
const OF_MINIMAL: f64 = 1.5;
const FLAT: f64 = 1.5;

pub(crate) async fn run(context: &Context) -> Section {
    let places = Places::open().await;
    let rounds = context.pick(15, 2);
    let mut section = Section::default();
    let mut cold = NAMES.map(|_| Vec::new());
    let mut warm = NAMES.map(|_| Vec::new());
    for _ in 0..rounds {
        for (index, page) in places.all(HISTORY).iter().enumerate() {
            let mut browser = browser(page).await;
            cold[index].push(opened(&mut browser, page).await);
            settle(index).await;
            browser.go("about:blank").await;
            warm[index].push(opened(&mut browser, page).await);
        }
    }
    let bytes = bytes(&places).await;
    let cold = cold.map(|it| median(&it));
    let warm = warm.map(|it| median(&it));
    let columns = [
        "cold, ms",
        "of minimal",
        "warm, ms",
        "of minimal",
        "cold, bytes",
        "warm, bytes",
    ];
    let mut table = Table::new(
        "From the navigation to connected and the newest history shown",
        &columns,
    );
    for (index, name) in NAMES.iter().enumerate() {
        let (first, again) = bytes[index];
        let cells = [
            Cell::from(cold[index]),
            Cell::from(cold[index] / cold[0]),
            Cell::from(warm[index]),
            Cell::from(warm[index] / warm[0]),
            Cell::from(first),
            Cell::from(again),
        ];
        table.row(*name, cells);
    }
    section.tables.push(table);
    for (what, times) in [("cold", cold), ("warm", warm)] {
        for (index, whose) in [(1, "The element in a page"), (OWN, "The relay's own page")] {
            let goal = |of: &str, than: f64, most: f64| Goal {
                what: format!("{whose}, {what}, to {of}"),
                is: times[index] / than,
                wants: Wants::AtMost(most),
                unit: "times".to_owned(),
            };
            section.goals.push(goal("the minimal page", times[0], OF_MINIMAL));
            section.goals.push(goal("deep-chat", times[3], 1.0));
        }
    }
    grow(context, &places, &mut section).await;
    section.notes.extend(notes(rounds));
    section
}

async fn browser(page: &Page) -> Watched {
    let mut browser = Watched::start().await;
    browser.before_pages(&page.before).await;
    time::sleep(BROWSER_STARTS).await;
    browser
}

/// As long is a page left alone before it is opened again, so that what it does after its start is done.
async fn settle(index: usize) {
    time::sleep(Duration::from_millis(if index == OWN { 4_000 } else { 1_500 })).await;
}

/// In ms since the navigation.
async fn opened(browser: &mut Watched, page: &Page) -> f64 {
    browser.go(&page.url).await;
    let shown: Value = browser.value("shown").await;
    shown["at"].as_f64().expect("a page tells when it has shown it")
}

/// Over the wire to the page, cold and warm, with the conversation.
async fn bytes(places: &Places) -> Vec<(u64, u64)> {
    let mut all = Vec::new();
    for (index, page) in places.all_counted(HISTORY).await.into_iter().enumerate() {
        let mut browser = browser(&page.page).await;
        opened(&mut browser, &page.page).await;
        settle(index).await;
        let cold = page.bytes.take();
        browser.go("about:blank").await;
        page.bytes.take();
        opened(&mut browser, &page.page).await;
        settle(index).await;
        all.push((cold, page.bytes.take()));
    }
    all
}

/// The element in a page, cold, in rooms with more and more history.
async fn grow(context: &Context, places: &Places, section: &mut Section) {
    let rounds = context.pick(7, 1);
    let mut times = GROWN.map(|_| Vec::new());
    for _ in 0..rounds {
        for (messages, times) in GROWN.iter().zip(&mut times) {
            let [_, page, ..] = &places.all(*messages);
            let mut browser = browser(page).await;
            times.push(opened(&mut browser, page).await);
        }
    }
    let points: Vec<(f64, f64)> = GROWN
        .iter()
        .zip(&times)
        .map(|(size, it)| (*size as f64, median(it)))
        .collect();
    let ratio = points[points.len() - 1].1 / points[0].1;
    let heads: Vec<String> = GROWN.iter().map(|size| format!("{size} messages")).collect();
    let heads: Vec<&str> = heads.iter().map(String::as_str).chain(["most to least"]).collect();
    let mut table = Table::new("Start as the room's history grows", &heads);
    let cells = points.iter().map(|(_, it)| Cell::from(*it)).chain([Cell::from(ratio)]);
    table.row("chat-room, the element in a page, cold, ms", cells);
    section.tables.push(table);
    section.goals.push(Goal {
        what: "Start with the longest history to the shortest".to_owned(),
        is: ratio,
        wants: Wants::AtMost(FLAT),
        unit: "times".to_owned(),
    });
    section.graphs.push(Graph {
        name: "start".to_owned(),
        title: "Start as the room's history grows".to_owned(),
        x: "messages in the room".to_owned(),
        y: "ms".to_owned(),
        lines: vec![Line {
            name: "chat-room".to_owned(),
            points,
        }],
    });
}

fn notes(rounds: u64) -> Vec<String> {
    [
        format!(
            "Chromium without a window. Cold: the first page of a browser with a fresh profile, a second after it has started. Warm: \
             the second navigation in it, the browser not restarted. {rounds} rounds in alternating order, medians."
        ),
        "A page has shown the history when the newest message is in its log and a frame with it has been drawn; chat-room has to be in \
         the room besides, since it shows what it has kept before."
            .to_owned(),
        "The minimal page and deep-chat get their last 50 messages by a WebSocket of a small Node server (ws), as one JSON text; chat-room \
         joins a room of its relay, which reads its log. All files are compressed by brotli at its best and revalidated by their \
         ETags; the relay serves its own page, the Node server all others."
            .to_owned(),
        "The relay's own page is entered as by its card for a room. Its bytes are with the service worker's look at all files of the \
         page, and with the icons and the manifest; those of all pages are with the heads of the answers and the conversation."
            .to_owned(),
    ]
    .into()
}
