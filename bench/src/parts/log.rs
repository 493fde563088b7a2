//! The log on the screen: many messages in it, many a second that arrive, and a reader who scrolls.

mod growth;
mod run;
mod tell;

use crate::{
    part::Context,
    report::{Goal, Section, Wants},
    site::Site,
    stats::{median, percentile},
};
use run::{Plan, Run};

const SCRIPT: &str = "log.js";

/// What the page loads besides.
const ALSO: [&str; 2] = ["log-relay.js", "log-deep-chat.js"];

/// As the page knows them, and as people do.
const CONTENDERS: [(&str, &str); 5] = [
    ("empty", "an empty page"),
    ("element", "chat-room"),
    ("virtual", "@tanstack/virtual-core"),
    ("list", "a div a message"),
    ("deep-chat", "deep-chat"),
];

/// A frame of 60 a second, and the grain of the clock that frames are told by.
const FRAME_MS: f64 = 16.8;

pub(crate) async fn run(context: &Context) -> Section {
    let site = Site::open(&[SCRIPT, ALSO[0], ALSO[1]]).await;
    let plan = Plan {
        messages: context.pick(100_000, 5_000),
        load_seconds: context.pick(60, 5),
        bears_seconds: context.pick(10, 2),
        scroll_seconds: context.pick(4, 1),
        flood_seconds: context.pick(6, 1),
    };
    let rounds = context.pick(2, 1);
    let mut all: Vec<Vec<Run>> = CONTENDERS.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for ((name, _), runs) in CONTENDERS.iter().zip(&mut all) {
            runs.push(run::run(&site, name, &plan).await);
        }
    }
    let mut section = Section::default();
    tell::tables(&mut section, &plan, &all);
    goals(&mut section, &all);
    section.notes.extend(tell::notes(&plan, rounds));
    growth::measure(context, &site, &all[1], &mut section).await;
    section
}

/// What holds for the project's own element, in all phases together.
fn goals(section: &mut Section, all: &[Vec<Run>]) {
    let [empty, element, ..] = all else { return };
    let frames = |runs: &[Run]| -> Vec<f64> { runs.iter().flat_map(Run::frames).collect() };
    let long: usize = element.iter().map(Run::long_tasks).sum();
    let alone = percentile(&frames(empty), 0.99);
    let of = |what: fn(&Run) -> f64| median(&element.iter().map(what).collect::<Vec<_>>());
    let mut goal = |what: &str, is: f64, most: f64, unit: &str| {
        section.goals.push(Goal {
            what: what.to_owned(),
            is,
            wants: Wants::AtMost(most),
            unit: unit.to_owned(),
        });
    };
    goal(
        "Tasks over 50 ms, all that is told above together",
        long as f64,
        0.0,
        "",
    );
    let most = FRAME_MS.max(1.2 * alone);
    goal(
        "99 of 100 frames, likewise",
        percentile(&frames(element), 0.99),
        most,
        "ms",
    );
    goal("Nodes in the page", of(|run| run.nodes), 3_000.0, "");
    goal("JavaScript's heap and wasm", of(|run| run.heap + run.wasm), 60.0, "MB");
}
