//! How many messages a second reach a page.

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
    stats::median,
    tab::Tab,
};

const SCRIPT: &str = "receive.js";

pub(crate) async fn run(context: &Context) -> Section {
    let site = Site::open(&[SCRIPT]).await;
    let flood = Flood::start();
    let relay = Unlimited::start();
    let (_socketio, port) = peers::serve("socketio-flood.js", &[]);
    let servers = Servers {
        flood,
        relay,
        socketio: format!("http://127.0.0.1:{port}"),
    };
    let mut section = Section::default();
    for engine in [Engine::Chromium, Engine::Firefox] {
        let mut tab = Tab::open(engine, &site.page(SCRIPT)).await;
        texts(context, &mut section, engine, &mut tab, &servers).await;
        entries(context, &mut section, engine, &mut tab, &servers).await;
    }
    section.notes.extend(NOTES.map(str::to_owned));
    section
}

const NOTES: [&str; 8] = [
    "From the first message to the last, in one page, one client after the other in an order that changes each round; a round before \
     the first is to get warm, for entries with a tenth as many. Medians of the rounds, ratios too: those of two in the same round.",
    "Every socket is used through `onmessage`.",
    "The entries of a chat are the same for all clients but that socket.io's and the relay's server make their own: JSON with a place, \
     a time, an id, a name and a text of 100 bytes, 250 bytes in all.",
    "A page without the element keeps the last 500 to 1,000 in an array. The element keeps 500 in its timeline, shows the newest \
     some times a second, tells the page those of a frame by one event, and keeps the newest 200 for the next page in IndexedDB.",
    "The room from the flood gets the frames of `chat-room.v1` as the relay packs them for a receiver that lags: arrays of up to 256 \
     within 64 KiB, made by the relay's own encoder beforehand. Native sockets and Centrifugo's client get theirs from the same program.",
    "The room from the relay hears 20 authors, who say a tenth as much while the page listens; each entry is on the disk before it is \
     told. It is as fast as the log takes their posts, in a relay without its rates for each client.",
    "socket.io-client uses the WebSocket transport alone, and its server runs in node. The server can be slower than its client: it \
     sends one event a message.",
    "Centrifugo's client gets up to 16 publications a message, which is its server's default.",
];

struct Servers {
    flood: Flood,
    relay: Unlimited,
    socketio: String,
}

/// One text a message, through every class of sockets.
async fn texts(context: &Context, section: &mut Section, engine: Engine, tab: &mut Tab, servers: &Servers) {
    // Many short rounds: they are compared within each, and a machine is not as fast all the time.
    let count: usize = context.pick(40_000, 20_000);
    let rounds = context.pick(30, 2);
    let url = servers.flood.url(Speech::Texts);
    let mut rates = SOCKETS.map(|_| Vec::new());
    for round in 0..=rounds {
        // The first is to get warm.
        for index in turn(round, SOCKETS.len()) {
            let options = json!({ "name": SOCKETS[index].0, "url": url, "count": count, "bytes": MESSAGE });
            let took = tab.call("texts", options).await;
            rates[index].extend((round > 0).then(|| rate(count, &took)));
        }
    }
    let title = format!("One text of {MESSAGE} bytes a message, {engine:?}");
    let names = SOCKETS.map(|(_, name)| name);
    section
        .tables
        .push(compared(title, &["messages a second", "of native"], &names, &rates));
    let [native, persistent, alike @ .., _] = &rates;
    let mut goal = |what: String, is, least| {
        section.goals.push(Goal {
            what: format!("{what}, {engine:?}"),
            is,
            wants: Wants::AtLeast(least),
            unit: "times".to_owned(),
        });
    };
    goal(
        "PersistentWebSocket receives as many texts as native".to_owned(),
        ratio(persistent, native),
        0.95,
    );
    let least = alike
        .iter()
        .map(|it| ratio(persistent, it))
        .fold(f64::INFINITY, f64::min);
    goal(
        "PersistentWebSocket receives as many as the better of the two like it".to_owned(),
        least,
        1.0,
    );
}

/// The clients of a chat: their names in the page, those for people, and where they get their entries.
enum Source {
    Flood(Speech),
    Socketio,
    Relay,
}

const CLIENTS: [(&str, &str, Source); 6] = [
    (
        "native",
        "native WebSocket, JSON.parse, one a message",
        Source::Flood(Speech::Entries),
    ),
    (
        "arrays",
        "native WebSocket, JSON.parse, arrays of 200",
        Source::Flood(Speech::Arrays),
    ),
    ("socketio", "socket.io-client", Source::Socketio),
    ("centrifugo", "centrifuge, JSON", Source::Flood(Speech::Centrifugo)),
    ("room", "`<chat-room>`, from the flood", Source::Flood(Speech::Room)),
    ("relay", "`<chat-room>`, from the relay", Source::Relay),
];

/// The entries of a chat, through every client.
async fn entries(context: &Context, section: &mut Section, engine: Engine, tab: &mut Tab, servers: &Servers) {
    let count: usize = context.pick(200_000, 20_000);
    let rounds = context.pick(5, 2);
    let mut rates = CLIENTS.map(|_| Vec::new());
    for round in 0..=rounds {
        let count = if round == 0 { count / 10 } else { count };
        for index in turn(round, CLIENTS.len()) {
            let (name, _, source) = &CLIENTS[index];
            let options = |url: &str| json!({ "name": name, "url": url, "count": count, "bytes": MESSAGE });
            let count = if matches!(source, Source::Relay) {
                count / 10
            } else {
                count
            };
            let took = match source {
                Source::Flood(speech) => tab.call("entries", options(&servers.flood.url(*speech))).await,
                Source::Socketio => tab.call("entries", options(&servers.socketio)).await,
                Source::Relay => from_relay(tab, &servers.relay, count).await,
            };
            rates[index].extend((round > 0).then(|| rate(count, &took)));
        }
    }
    let title = format!("Entries of a chat with texts of {MESSAGE} bytes, {engine:?}");
    let columns = ["entries a second", "of native, one a message"];
    let names = CLIENTS.map(|(_, name, _)| name);
    section.tables.push(compared(title, &columns, &names, &rates));
    section.goals.push(Goal {
        what: format!("A room down to its timeline, of native with one entry a message, {engine:?}"),
        is: ratio(&rates[4], &rates[0]),
        wants: Wants::AtLeast(10.0),
        unit: "times".to_owned(),
    });
}

async fn from_relay(tab: &mut Tab, relay: &Unlimited, count: usize) -> Value {
    let room = tab.call("listen", json!({ "url": relay.url(), "count": count })).await;
    let room = room.as_str().expect("a room has a name").to_owned();
    let (took, ()) = tokio::join!(
        tab.call("listened", Value::Null),
        relay.say(&room, count as u64, MESSAGE)
    );
    took
}

/// The order of a round: forwards, then backwards, and each begins twice, so that nobody always comes after the same one.
fn turn(round: usize, of: usize) -> impl Iterator<Item = usize> {
    let first = round / 2;
    (0..of).map(move |index| {
        let index = if round.is_multiple_of(2) { index } else { of - 1 - index };
        (first + index) % of
    })
}

/// All rates, and what they are of the first.
fn compared(title: String, columns: &[&str], names: &[&str], rates: &[Vec<f64>]) -> Table {
    let mut table = Table::new(title, columns);
    for (name, of) in names.iter().zip(rates) {
        table.row(*name, [Cell::from(median(of)), Cell::from(ratio(of, &rates[0]))]);
    }
    table
}

/// How many times another's rate: the median of the rounds, each of which has both.
fn ratio(of: &[f64], to: &[f64]) -> f64 {
    let ratios: Vec<f64> = of.iter().zip(to).map(|(of, to)| of / to).collect();
    median(&ratios)
}

fn rate(count: usize, took: &Value) -> f64 {
    count as f64 / took.as_f64().expect("a time in ms") * 1000.0
}
