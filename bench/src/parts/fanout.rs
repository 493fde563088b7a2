//! Fan-out: what one says reaches everybody in the room. How many a second, at what cost, how late; and what those take
//! who say nothing.

mod servers;

use std::collections::BTreeMap;

use self::servers::Kind;
use crate::{
    cores::{self, Pinned},
    load::{self, Flow, Plan, Task},
    part::Context,
    report::{Cell, Goal, Graph, Line, Section, Table, Wants},
    stats::median,
};

const SENDERS: usize = 10;
const IN_FLIGHT: [usize; 2] = [8, 1];

/// Receivers, where all are compared.
const COMPARED: [usize; 2] = [200, 2_000];
const ALL: [Kind; 5] = [Kind::Ours, Kind::Ws, Kind::SocketIo, Kind::Nats, Kind::Floor];

/// Receivers, for the growth of the cost.
const GROWTH: [usize; 4] = [20, 200, 2_000, 5_000];
const GROWING: [Kind; 3] = [Kind::Ours, Kind::Ws, Kind::Nats];

/// Those who all post, each one text at a time.
const POSTERS: [usize; 3] = [100, 400, 1_000];

/// What was measured, by who it was, the receivers, the senders and the texts in flight.
type Flows = BTreeMap<(Kind, usize, usize, usize), Vec<Flow>>;

/// How long each measurement takes.
#[derive(Clone, Copy)]
struct Times {
    warm_ms: u64,
    measure_ms: u64,
}

pub(crate) async fn run(context: &Context) -> Section {
    let _pinned = Pinned::new();
    let times = context.pick(
        Times {
            warm_ms: 1_000,
            measure_ms: 3_000,
        },
        Times {
            warm_ms: 300,
            measure_ms: 500,
        },
    );
    let mut flows = Flows::new();
    for _ in 0..context.pick(3, 1) {
        for receivers in COMPARED {
            for kind in ALL {
                measure(&mut flows, kind, receivers, SENDERS, &IN_FLIGHT, times);
            }
        }
        for posters in POSTERS {
            measure(&mut flows, Kind::Ours, posters, posters, &[1], times);
        }
    }
    for receivers in GROWTH.into_iter().filter(|it| !COMPARED.contains(it)) {
        for kind in GROWING {
            measure(&mut flows, kind, receivers, SENDERS, &IN_FLIGHT[..1], times);
        }
    }
    let idle = idle(context.pick(&[5_000, 10_000], &[1_000]));

    let mut section = Section::default();
    for receivers in COMPARED {
        for in_flight in IN_FLIGHT {
            section.tables.push(compared(&flows, receivers, in_flight));
        }
    }
    section.tables.push(posted(&flows));
    section.tables.push(idle_table(&idle));
    section.graphs.push(growth(&flows));
    section.goals = goals(&flows, &idle);
    section.notes = notes();
    section
}

/// With a fresh server.
fn measure(flows: &mut Flows, kind: Kind, receivers: usize, senders: usize, in_flight: &[usize], times: Times) {
    let task = Task::FanOut {
        receivers,
        senders,
        in_flight: in_flight.to_vec(),
        warm_ms: times.warm_ms,
        measure_ms: times.measure_ms,
    };
    let found = load(kind, task).flows;
    for (in_flight, flow) in in_flight.iter().zip(found) {
        println!(
            "{:<30} {receivers:>5} receivers {senders:>4} senders {in_flight} in flight: {:>10.0} deliveries/s, {:>7.0} posts/s, server {:.0} %, load {:.0} %",
            kind.name(),
            flow.deliveries,
            flow.posts,
            flow.server_core * 100.0,
            flow.load_core * 100.0
        );
        flows
            .entry((kind, receivers, senders, *in_flight))
            .or_default()
            .push(flow);
    }
}

fn load(kind: Kind, task: Task) -> load::Found {
    let server = kind.start();
    let plan = Plan {
        speech: server.speech,
        port: server.port,
        server: server.id,
        task,
    };
    load::measure(&plan, cores::LOAD)
}

/// KiB of each idle connection, by who it was, at each of the counts.
fn idle(counts: &[usize]) -> Vec<(Kind, Vec<(usize, f64)>)> {
    let kinds = ALL.into_iter().filter(|it| *it != Kind::Floor);
    let of = |kind: Kind| {
        let found = load(
            kind,
            Task::Idle {
                counts: counts.to_vec(),
            },
        );
        (kind, counts.iter().copied().zip(found.idle_kib).collect())
    };
    kinds.map(of).collect()
}

/// The median of what `figure` says of the rounds.
fn of(flows: &Flows, key: (Kind, usize, usize, usize), figure: impl Fn(&Flow) -> f64) -> f64 {
    let rounds = flows.get(&key).map(Vec::as_slice).unwrap_or_default();
    median(&rounds.iter().map(figure).collect::<Vec<_>>())
}

fn compared(flows: &Flows, receivers: usize, in_flight: usize) -> Table {
    let caption = format!("{receivers} receivers, {SENDERS} of them send, {in_flight} in flight");
    let mut table = Table::new(
        caption,
        &[
            "deliveries a second",
            "of ws",
            "server's µs a delivery",
            "p50 ms",
            "p99 ms",
            "server's core %",
            "load's core %",
        ],
    );
    let rate = |kind| of(flows, (kind, receivers, SENDERS, in_flight), |it| it.deliveries);
    for kind in ALL {
        let figure = |figure: fn(&Flow) -> f64| Cell::from(of(flows, (kind, receivers, SENDERS, in_flight), figure));
        let cells = [
            Cell::from(rate(kind)),
            Cell::from(rate(kind) / rate(Kind::Ws)),
            figure(|it| it.server_us),
            figure(|it| it.p50_ms),
            figure(|it| it.p99_ms),
            figure(|it| it.server_core * 100.0),
            figure(|it| it.load_core * 100.0),
        ];
        table.row(kind.name(), cells);
    }
    table
}

fn posted(flows: &Flows) -> Table {
    let columns = [
        "durable posts a second",
        "deliveries a second",
        "p50 ms",
        "p99 ms",
        "load's core %",
    ];
    let mut table = Table::new(
        "All in one room post, one text at a time, and get what all post",
        &columns,
    );
    for posters in POSTERS {
        let figure = |figure: fn(&Flow) -> f64| Cell::from(of(flows, (Kind::Ours, posters, posters, 1), figure));
        let cells = [
            figure(|it| it.posts),
            figure(|it| it.deliveries),
            figure(|it| it.p50_ms),
            figure(|it| it.p99_ms),
            figure(|it| it.load_core * 100.0),
        ];
        table.row(format!("{posters} posters"), cells);
    }
    table
}

fn idle_table(idle: &[(Kind, Vec<(usize, f64)>)]) -> Table {
    let counts: Vec<String> = idle
        .first()
        .map(|(_, found)| found.iter().map(|(count, _)| format!("of {count}")).collect())
        .unwrap_or_default();
    let columns: Vec<&str> = counts.iter().map(String::as_str).collect();
    let mut table = Table::new(
        "KiB of the server's memory for a connection that says nothing",
        &columns,
    );
    for (kind, found) in idle {
        table.row(kind.name(), found.iter().map(|(_, kib)| Cell::from(*kib)));
    }
    table
}

fn growth(flows: &Flows) -> Graph {
    let line = |kind: Kind| Line {
        name: kind.name().to_owned(),
        points: GROWTH
            .iter()
            .map(|&receivers| {
                let cost = of(flows, (kind, receivers, SENDERS, IN_FLIGHT[0]), |it| it.server_us);
                (receivers as f64, cost)
            })
            .collect(),
    };
    Graph {
        name: "fanout".to_owned(),
        title: "What a delivery costs the server".to_owned(),
        x: "receivers in the room".to_owned(),
        y: "µs of its processor".to_owned(),
        lines: GROWING.map(line).to_vec(),
    }
}

fn goals(flows: &Flows, idle: &[(Kind, Vec<(usize, f64)>)]) -> Vec<Goal> {
    let rate = |kind, receivers, in_flight| of(flows, (kind, receivers, SENDERS, in_flight), |it| it.deliveries);
    let mut goals = Vec::new();
    for receivers in COMPARED {
        for (than, in_flight, times) in [(Kind::Ws, 8, 20.0), (Kind::Ws, 1, 1.2), (Kind::Nats, 8, 2.0)] {
            goals.push(Goal {
                what: format!(
                    "deliveries to {receivers}, {in_flight} in flight, of those of {}",
                    than.name()
                ),
                is: rate(Kind::Ours, receivers, in_flight) / rate(than, receivers, in_flight),
                wants: Wants::AtLeast(times),
                unit: "times".to_owned(),
            });
        }
    }
    let cost = |receivers| of(flows, (Kind::Ours, receivers, SENDERS, 8), |it| it.server_us);
    goals.push(Goal {
        what: "what a delivery to 5,000 costs, of one to 20".to_owned(),
        is: cost(GROWTH[3]) / cost(GROWTH[0]),
        wants: Wants::AtMost(1.5),
        unit: "times".to_owned(),
    });
    let ours = idle
        .iter()
        .filter(|(kind, _)| *kind == Kind::Ours)
        .flat_map(|(_, found)| found);
    goals.extend(ours.map(|(count, kib)| Goal {
        what: format!("an idle connection of {count}"),
        is: *kib,
        wants: Wants::AtMost(9.0),
        unit: "KiB".to_owned(),
    }));
    goals.push(Goal {
        what: format!("durable posts a second in a room of {} posters", POSTERS[0]),
        is: of(flows, (Kind::Ours, POSTERS[0], POSTERS[0], 1), |it| it.posts),
        wants: Wants::AtLeast(20_000.0),
        unit: "a second".to_owned(),
    });
    goals
}

fn notes() -> Vec<String> {
    [
        "The server has one core, the load another one; every measurement has a fresh server. Figures are medians of three rounds, in which the servers alternate.",
        "A text has 100 bytes. A sender is a receiver too, and sends the next text when one of its own has come back to it.",
        "The relay writes every text to its log, on the disk, before anybody gets it; its frames tell who said it, when, and its place in the log, and have about 270 bytes. The others keep nothing, and carry the text alone.",
        "ws and socket.io send as their documentation shows: a loop over the clients, and io.emit. nats-server is asked over its WebSocket listener, without compression.",
        "The floor is an epoll loop that keeps nothing and writes what came together to everybody at once.",
        "The relay was started with limits on posts that nobody reaches.",
        "The idle of the relay are in rooms of 100, joined, and have been told who else is there.",
    ]
    .map(str::to_owned)
    .to_vec()
}
