//! The tables of the log.

use super::{
    CONTENDERS,
    run::{Phase, Plan, RATE, Run},
};
use crate::{
    report::{Cell, Section, Table},
    stats::{median, percentile},
};

/// What is told of a run.
type Which = fn(&Run) -> &Phase;

/// Below this Chromium does not tell how long a task was.
const UNTOLD: &str = "under 50";

pub(super) fn tables(section: &mut Section, plan: &Plan, all: &[Vec<Run>]) {
    let messages = plan.messages;
    section.tables.push(loaded(messages, all));
    let phases: [(String, Which); 3] = [
        (
            "To the top and back, and through it by 200 pixels a frame".to_owned(),
            |it| &it.scroll,
        ),
        (format!("{RATE} messages a second, the reader in the middle"), |it| {
            &it.reading
        }),
        (format!("To the end, and {RATE} messages a second there"), |it| &it.end),
    ];
    for (caption, phase) in phases {
        section.tables.push(frames(caption, all, phase));
    }
}

fn loaded(messages: u64, all: &[Vec<Run>]) -> Table {
    let columns = [
        "messages loaded",
        "µs of work a message",
        "longest task, ms",
        "nodes",
        "JavaScript's heap, MB",
        "wasm, MB",
        "the page's process, MB",
    ];
    let mut table = Table::new(format!("{messages} messages, loaded by pages of 50"), &columns);
    for ((_, name), runs) in CONTENDERS.iter().zip(all) {
        let of = |what: fn(&Run) -> f64| median(&runs.iter().map(what).collect::<Vec<_>>());
        let loaded = of(|it| it.messages);
        let is_empty = loaded == 0.0;
        let cost = of(|it| 1000.0 * it.load.work / it.messages);
        let cells = [
            Cell::from(loaded as u64),
            if is_empty { Cell::from("–") } else { Cell::from(cost) },
            longest(runs.iter().map(|it| &it.load)),
            Cell::from(of(|it| it.nodes) as u64),
            Cell::from(of(|it| it.heap)),
            Cell::from(of(|it| it.wasm)),
            Cell::from(of(|it| it.resident)),
        ];
        table.row(*name, cells);
    }
    table
}

fn frames(caption: String, all: &[Vec<Run>], phase: fn(&Run) -> &Phase) -> Table {
    let columns = [
        "p50 of a frame, ms",
        "p95",
        "p99",
        "longest task, ms",
        "work a frame, ms",
        "messages taken",
    ];
    let mut table = Table::new(caption, &columns);
    for ((_, name), runs) in CONTENDERS.iter().zip(all) {
        let phases: Vec<&Phase> = runs.iter().map(phase).collect();
        let frames: Vec<f64> = phases.iter().flat_map(|it| it.frames.iter().copied()).collect();
        let work: f64 = phases.iter().map(|it| it.work).sum();
        let share = median(&phases.iter().map(|it| it.share).collect::<Vec<_>>());
        let taken = if share.is_nan() {
            "–".to_owned()
        } else {
            format!("{:.0} %", 100.0 * share)
        };
        let cells = [
            Cell::from(percentile(&frames, 0.5)),
            Cell::from(percentile(&frames, 0.95)),
            Cell::from(percentile(&frames, 0.99)),
            longest(phases.iter().copied()),
            Cell::from(work / frames.len() as f64),
            Cell::from(taken),
        ];
        table.row(*name, cells);
    }
    table
}

fn longest<'a>(phases: impl Iterator<Item = &'a Phase>) -> Cell {
    let longest = phases.flat_map(|it| it.tasks.iter().copied()).fold(0.0, f64::max);
    if longest > 0.0 {
        Cell::from(longest)
    } else {
        Cell::from(UNTOLD)
    }
}

pub(super) fn notes(plan: &Plan, rounds: u64) -> Vec<String> {
    vec![
        format!(
            "Chromium without a window, a fresh browser for each, one after the other, {rounds} rounds; percentiles are over all frames of \
             all rounds, other figures medians."
        ),
        "A worker plays the relay: all get the same JSON texts by the same messages, and parse them. chat-room asks for older pages in its \
         own protocol while it is scrolled up, the others are handed the same pages."
            .to_owned(),
        format!(
            "deep-chat, which adds its messages by addMessage(), and the plain list have {} s to load, the others {}; the table says how \
             many messages that were. The figures below it are with those, not with {}.",
            plan.bears_seconds, plan.load_seconds, plan.messages
        ),
        "The virtual list is @tanstack/virtual-core with measured rows, anchorTo: \"end\" and followOnAppend, drawn once a frame. It and the \
         plain list show a name, a time and a text, nothing else."
            .to_owned(),
        "Messages taken: what came later than half again of the time that it was sent in is not shown, so that a page that cannot keep up \
         comes to an end."
            .to_owned(),
        "At the end chat-room lets go of all but the newest 500, as its documentation says; the others keep all.".to_owned(),
        "Work is what Chromium counts of tasks on the page's main thread. The page's process is what the renderers hold for \
         themselves (RssAnon), with nodes, styles and layout."
            .to_owned(),
    ]
}
