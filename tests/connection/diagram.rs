//! The diagram in ARCHITECTURE.md and the code say the same.

use std::collections::BTreeSet;

use crate::table::rows;

const ARCHITECTURE: &str = include_str!("../../ARCHITECTURE.md");

type Edge = (String, String, String);

/// `A --> B: one, two` is two edges.
fn drawn() -> BTreeSet<Edge> {
    let (_, diagram) = ARCHITECTURE
        .split_once("stateDiagram-v2")
        .expect("ARCHITECTURE.md has a state diagram");
    let (diagram, _) = diagram.split_once("```").expect("the diagram ends");
    let mut edges = BTreeSet::new();
    for line in diagram
        .lines()
        .map(str::trim)
        .filter(|line| line.contains("-->") && !line.starts_with("[*]"))
    {
        let (states, labels) = line.split_once(':').expect("an edge has a label");
        let (from, to) = states.split_once("-->").expect("an edge has two ends");
        for label in labels.split(',') {
            let edge = (from.trim().into(), to.trim().into(), label.trim().into());
            assert!(edges.insert(edge), "drawn twice: {line}");
        }
    }
    edges
}

/// Every cell of the table that leads to another state, or to another socket in the same one. A stimulus that is a
/// special case of another, like "connect elsewhere", counts where it leads elsewhere.
fn walked() -> BTreeSet<Edge> {
    let mut edges = BTreeSet::<Edge>::new();
    for row in rows() {
        for (_, from, cell) in &row.cells {
            let to = cell.split(' ').next().expect("a state");
            let moves = !cell.starts_with(['.', '!']) && (to != *from || cell.contains(" open"));
            let general = edges
                .iter()
                .any(|(f, t, label)| f == from && t == to && row.stimulus.starts_with(label.as_str()));
            if moves && !general {
                edges.insert((from.to_string(), to.into(), row.stimulus.replace(", ", " on the ")));
            }
        }
    }
    edges
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn the_diagram_shows_every_transition_and_no_other() {
    let (drawn, walked) = (drawn(), walked());
    let missing: Vec<_> = walked.difference(&drawn).collect();
    let wrong: Vec<_> = drawn.difference(&walked).collect();
    assert!(
        missing.is_empty() && wrong.is_empty(),
        "not drawn: {missing:#?}\ndrawn but not there: {wrong:#?}"
    );
}
