//! How long it takes until what is sent comes back, or is seen.

use e2e::browser::Engine;
use serde_json::{Value, json};

use super::{MESSAGE, SOCKETS};
use crate::{
    flood::{Flood, Speech},
    part::Context,
    peers,
    relay::Unlimited,
    report::{Cell, Goal, Section, Table, Wants},
    site::Site,
    stats::percentile,
    tab::Tab,
};

const SCRIPT: &str = "roundtrip.js";

pub(crate) async fn run(context: &Context) -> Section {
    let site = Site::open(&[SCRIPT]).await;
    let flood = Flood::start();
    let relay = Unlimited::start();
    let (_socketio, port) = peers::serve("socketio-flood.js", &[]);
    let socketio = format!("http://127.0.0.1:{port}");
    let mut section = Section::default();
    for engine in [Engine::Chromium, Engine::Firefox] {
        let mut tab = Tab::open(engine, &site.page(SCRIPT)).await;
        echoes(context, &mut section, engine, &mut tab, &flood).await;
        posts(context, &mut section, engine, &mut tab, &relay, &socketio).await;
    }
    section.notes.extend(NOTES.map(str::to_owned));
    section
}

const NOTES: [&str; 4] = [
    "One message is on its way at a time, and each client comes after each other one as often. A tenth as many went before to get warm. \
     The pages are isolated, so that Chromium's clock has steps of 5 µs and Firefox's of 20 µs.",
    "Both people of a room are elements in one page, and so are both sockets of socket.io: they share a clock, and one thread.",
    "What is said in a room counts as said when the element that said it has it in its timeline, no longer waiting: the relay has \
     it on the disk by then, flushed. A socket.io server acknowledges from memory, and keeps nothing.",
    "What is said is heard when the other element has told its page the `message`, which is in its timeline then.",
];

async fn echoes(context: &Context, section: &mut Section, engine: Engine, tab: &mut Tab, flood: &Flood) {
    let rounds: usize = context.pick(8_000, 800);
    let names = SOCKETS.map(|(name, _)| name);
    let mut times = Value::Null;
    for rounds in [rounds / 10, rounds] {
        let url = flood.url(Speech::Echo);
        let options = json!({ "url": url, "names": names, "rounds": rounds, "bytes": MESSAGE });
        times = tab.call("echoes", options).await;
    }
    let mut table = Table::new(
        format!("From sending {MESSAGE} bytes to their echo, {engine:?}"),
        &["p50, ms", "p99, ms", "p50 of native", "p99 of native"],
    );
    let found = names.map(|name| Spread::of(&times[name]));
    for ((_, name), it) in SOCKETS.iter().zip(&found) {
        table.row(
            *name,
            [it.p50, it.p99, it.p50 / found[0].p50, it.p99 / found[0].p99].map(Cell::from),
        );
    }
    section.tables.push(table);
    section.goals.push(Goal {
        what: format!("PersistentWebSocket's p50 of native, {engine:?}"),
        is: found[1].p50 / found[0].p50,
        wants: Wants::AtMost(1.05),
        unit: "times".to_owned(),
    });
}

async fn posts(
    context: &Context,
    section: &mut Section,
    engine: Engine,
    tab: &mut Tab,
    relay: &Unlimited,
    socketio: &str,
) {
    let rounds: usize = context.pick(400, 100);
    let mut times = Value::Null;
    for rounds in [rounds / 10, rounds] {
        let options = json!({ "relay": relay.url(), "socketio": socketio, "rounds": rounds, "bytes": MESSAGE });
        times = tab.call("posts", options).await;
    }
    let mut table = Table::new(
        format!("From saying {MESSAGE} bytes to their being said and heard, {engine:?}"),
        &["said: p50, ms", "p99, ms", "heard: p50, ms", "p99, ms"],
    );
    for (key, name) in [
        ("relay", "`<chat-room>` and its relay, on the disk"),
        ("socketio", "socket.io, acknowledged from memory"),
    ] {
        let (said, heard) = (Spread::of(&times[key]["said"]), Spread::of(&times[key]["heard"]));
        table.row(name, [said.p50, said.p99, heard.p50, heard.p99].map(Cell::from));
    }
    section.tables.push(table);
}

struct Spread {
    p50: f64,
    p99: f64,
}

impl Spread {
    fn of(times: &Value) -> Self {
        let times = times.as_array().expect("the page gives times").iter();
        let times: Vec<f64> = times.filter_map(Value::as_f64).collect();
        Self {
            p50: percentile(&times, 0.5),
            p99: percentile(&times, 0.99),
        }
    }
}
