//! What a message costs when there are more of them.

use super::{
    CONTENDERS,
    run::{self, Phase, Plan, Run},
};
use crate::{
    part::Context,
    report::{Cell, Goal, Graph, Line, Section, Table, Wants},
    site::Site,
    stats::median,
};

/// As the parts of the growth are told.
const COSTS: [(&str, &str, &str); 2] = [
    ("log-load", "Work for a message that is loaded", "µs"),
    ("log-flood", "Work for a frame, 2,000 messages a second arriving", "ms"),
];

/// How much more one may cost where there are ten or a hundred times as many.
const FLAT: f64 = 1.5;

/// Adds a graph and a goal for each cost. The largest size was measured already.
pub(super) async fn measure(context: &Context, site: &Site, largest: &[Run], section: &mut Section) {
    let sizes: [u64; 2] = context.pick([1_000, 10_000], [500, 1_500]);
    let most: u64 = context.pick(100_000, 5_000);
    // Of few messages the work is short: the median of some.
    let rounds = context.pick(3, 1);
    let mut costs: [Vec<(f64, f64)>; 2] = [Vec::new(), Vec::new()];
    for messages in sizes {
        let plan = Plan {
            messages,
            load_seconds: 60,
            bears_seconds: 0,
            scroll_seconds: 0,
            flood_seconds: context.pick(4, 1),
        };
        let mut found = [Vec::new(), Vec::new()];
        for _ in 0..rounds {
            let (load, flood) = run::short(site, CONTENDERS[1].0, &plan).await;
            for (found, cost) in found.iter_mut().zip(costs_of(&load, &flood, messages)) {
                found.push(cost);
            }
        }
        for (costs, found) in costs.iter_mut().zip(&found) {
            costs.push((messages as f64, median(found)));
        }
    }
    for (index, costs) in costs.iter_mut().enumerate() {
        let found = largest.iter().map(|it| costs_of(&it.load, &it.reading, most)[index]);
        costs.push((most as f64, median(&found.collect::<Vec<_>>())));
    }
    tell(section, costs);
}

/// In µs a message, and in ms a frame.
fn costs_of(load: &Phase, flood: &Phase, messages: u64) -> [f64; 2] {
    [
        1000.0 * load.work / messages as f64,
        flood.work / flood.frames.len() as f64,
    ]
}

fn tell(section: &mut Section, costs: [Vec<(f64, f64)>; 2]) {
    let heads: Vec<String> = costs[0].iter().map(|(size, _)| format!("{size} messages")).collect();
    let heads: Vec<&str> = heads.iter().map(String::as_str).chain(["most to least"]).collect();
    let mut table = Table::new("chat-room as its log grows", &heads);
    for ((file, title, unit), points) in COSTS.into_iter().zip(costs) {
        let ratio = ratio(&points);
        let cells = points
            .iter()
            .map(|(_, cost)| Cell::from(*cost))
            .chain([Cell::from(ratio)]);
        table.row(format!("{title}, {unit}"), cells);
        section.goals.push(Goal {
            what: format!("{title}: of the most to the fewest"),
            is: ratio,
            wants: Wants::AtMost(FLAT),
            unit: "times".to_owned(),
        });
        section.graphs.push(Graph {
            name: file.to_owned(),
            title: title.to_owned(),
            x: "messages".to_owned(),
            y: unit.to_owned(),
            lines: vec![Line {
                name: "chat-room".to_owned(),
                points,
            }],
        });
    }
    section.tables.push(table);
}

fn ratio(points: &[(f64, f64)]) -> f64 {
    match points {
        [(_, first), .., (_, last)] => last / first,
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_the_last_cost_to_the_first() {
        assert_eq!(ratio(&[(1.0, 2.0), (10.0, 9.0), (100.0, 3.0)]), 1.5);
        assert!(ratio(&[(1.0, 2.0)]).is_nan());
    }
}
