//! One way to show the log, once, in a browser of its own.

use serde_json::{Value, json};

use super::SCRIPT;
use crate::{devtools::Watched, site::Site};

/// Messages a second.
pub(super) const RATE: u64 = 2_000;

/// What everybody is put through.
pub(super) struct Plan {
    pub(super) messages: u64,
    /// Who has not loaded all of them by then goes on with what is there.
    pub(super) load_seconds: u64,
    /// The same for who makes long tasks of it.
    pub(super) bears_seconds: u64,
    pub(super) scroll_seconds: u64,
    pub(super) flood_seconds: u64,
}

/// What was found.
pub(super) struct Run {
    pub(super) messages: f64,
    pub(super) load: Phase,
    pub(super) scroll: Phase,
    /// New messages while the reader is in the middle of the log.
    pub(super) reading: Phase,
    /// To the end, and new messages there.
    pub(super) end: Phase,
    pub(super) save: Option<Phase>,
    pub(super) nodes: f64,
    /// In MB, as the next two.
    pub(super) heap: f64,
    pub(super) wasm: f64,
    /// What the pages' processes hold.
    pub(super) resident: f64,
}

/// A while of it. All times are in ms.
#[derive(Default)]
pub(super) struct Phase {
    pub(super) took: f64,
    pub(super) frames: Vec<f64>,
    /// Those over 50 ms.
    pub(super) tasks: Vec<f64>,
    /// How long the page's thread was at work.
    pub(super) work: f64,
    /// Of those that should have come, the share that was taken before the time was up.
    pub(super) share: f64,
}

impl Run {
    fn phases(&self) -> impl Iterator<Item = &Phase> {
        let all = [&self.load, &self.scroll, &self.reading, &self.end];
        all.into_iter().chain(&self.save)
    }

    pub(super) fn frames(&self) -> impl Iterator<Item = f64> {
        self.phases().flat_map(|it| it.frames.iter().copied())
    }

    pub(super) fn long_tasks(&self) -> usize {
        self.phases().map(|it| it.tasks.len()).sum()
    }
}

/// Puts one of them through all of it.
///
/// # Panics
/// If the page fails.
pub(super) async fn run(site: &Site, name: &str, plan: &Plan) -> Run {
    let mut page = opened(site, name, plan.messages).await;
    let seconds = match name {
        "list" | "deep-chat" => plan.bears_seconds,
        _ => plan.load_seconds,
    };
    let load = phase(
        &mut page,
        "load",
        json!({ "messages": plan.messages, "seconds": seconds }),
    )
    .await;
    let messages = number(&page.value("bench.count()").await);
    let scroll = scroll(&mut page, plan).await;
    page.collect_garbage().await;
    let memory = page.value("bench.memory()").await;
    let resident = page.resident();
    let flood = json!({ "rate": RATE, "seconds": plan.flood_seconds });
    let save = if name == "element" {
        Some(save(&mut page).await)
    } else {
        None
    };
    let reading = phase(&mut page, "flood", flood.clone()).await;
    let to_end = phase(&mut page, "end", json!({})).await;
    let end = to_end.and(phase(&mut page, "flood", flood).await);
    Run {
        messages,
        load,
        scroll,
        reading,
        end,
        save,
        nodes: number(&memory["nodes"]),
        heap: number(&memory["heap"]) / 1e6,
        wasm: number(&memory["wasm"]) / 1e6,
        resident: resident as f64 / 1e6,
    }
}

/// Loading alone, and new messages for a reader in the midst: what growth is told of.
pub(super) async fn short(site: &Site, name: &str, plan: &Plan) -> (Phase, Phase) {
    let mut page = opened(site, name, plan.messages).await;
    let options = json!({ "messages": plan.messages, "seconds": plan.load_seconds });
    let load = phase(&mut page, "load", options).await;
    page.value("bench.drag({ seconds: 0 })").await;
    let flood = json!({ "rate": RATE, "seconds": plan.flood_seconds });
    (load, phase(&mut page, "flood", flood).await)
}

async fn opened(site: &Site, name: &str, messages: u64) -> Watched {
    let mut page = Watched::start().await;
    page.go(&format!("{}?contender={name}", site.page(SCRIPT))).await;
    // What is called is there when the script has run.
    let ready =
        "new Promise((done) => { const look = () => globalThis.bench ? done() : setTimeout(look, 20); look(); })";
    page.value(ready).await;
    page.value(&format!("bench.open({{ messages: {messages} }})")).await;
    page
}

async fn scroll(page: &mut Watched, plan: &Plan) -> Phase {
    let options = json!({ "seconds": plan.scroll_seconds });
    let drag = phase(page, "drag", options.clone()).await;
    drag.and(phase(page, "creep", options).await)
}

async fn save(page: &mut Watched) -> Phase {
    let text = phase(page, "save", json!({ "as": "text" })).await;
    text.and(phase(page, "save", json!({ "as": "json" })).await)
}

async fn phase(page: &mut Watched, name: &str, options: Value) -> Phase {
    let before = worked(page).await;
    let found = page.value(&format!("bench.{name}({options})")).await;
    let work = worked(page).await - before;
    let list = |name: &str| found[name].as_array().into_iter().flatten().map(number).collect();
    let due = number(&options["rate"]) * number(&options["seconds"]);
    Phase {
        took: number(&found["took"]),
        frames: list("frames"),
        tasks: list("tasks"),
        work,
        share: number(&found["taken"]) / due,
    }
}

async fn worked(page: &mut Watched) -> f64 {
    page.metrics().await.get("TaskDuration").copied().unwrap_or(f64::NAN) * 1000.0
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

impl Phase {
    /// Both, as if they were one.
    fn and(mut self, mut other: Self) -> Self {
        self.took += other.took;
        self.frames.append(&mut other.frames);
        self.tasks.append(&mut other.tasks);
        self.work += other.work;
        self.share = other.share;
        self
    }
}
