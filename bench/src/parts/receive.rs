//! How many messages a second reach a page.

use e2e::browser::Engine;
use serde_json::json;

use crate::{
    flood::Flood,
    part::Context,
    report::{Cell, Goal, Section, Table, Wants},
    site::Site,
    stats::median,
    tab::Tab,
};

const SCRIPT: &str = "receive.js";

/// In bytes.
const MESSAGE: u64 = 100;

/// As the page knows them, and as people do.
const SOCKETS: [(&str, &str); 4] = [
    ("native", "native WebSocket"),
    ("persistent", "PersistentWebSocket"),
    ("reconnecting", "reconnecting-websocket"),
    ("partysocket", "partysocket"),
];

pub(crate) async fn run(context: &Context) -> Section {
    let site = Site::open(&[SCRIPT]).await;
    let flood = Flood::start();
    let count: u64 = context.pick(200_000, 20_000);
    let rounds = context.pick(7, 3);
    let mut section = Section::default();
    let mut tab = Tab::open(Engine::Chromium, &site.page(SCRIPT)).await;
    let mut rates = SOCKETS.map(|_| Vec::new());
    for _ in 0..rounds {
        for ((name, _), rates) in SOCKETS.iter().zip(&mut rates) {
            let options = json!({ "name": name, "url": flood.url(), "count": count, "bytes": MESSAGE });
            let took = tab.call("receive", options).await.as_f64().expect("a time in ms");
            rates.push(count as f64 / took * 1000.0);
        }
    }
    let medians = rates.map(|it| median(&it));
    let mut table = Table::new("One message a frame, Chromium", &["messages a second", "of native"]);
    for ((_, name), rate) in SOCKETS.iter().zip(medians) {
        table.row(*name, [Cell::from(rate), Cell::from(rate / medians[0])]);
    }
    section.tables.push(table);
    section.goals.push(Goal {
        what: "PersistentWebSocket of native".to_owned(),
        is: medians[1] / medians[0],
        wants: Wants::AtLeast(0.95),
        unit: "times".to_owned(),
    });
    section
}
