//! What is lost, doubled or out of order when networks, servers and pages fail, and how soon all is well again.

mod script;
mod server;
mod tell;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use e2e::{
    browser::Engine,
    proxy::{BOTH, Proxy},
};
use futures_util::future::join_all;
use serde_json::json;
use tokio::{
    runtime::{Builder, Runtime},
    time::{Instant, sleep, sleep_until},
};

use self::{
    script::{FULL, Fault, KINDS, QUICK, Script, Who},
    server::{Kind, Server},
    tell::{Notes, Tally},
};
use crate::{
    part::Context,
    report::{Cell, Goal, Section, Table, Wants},
    site::Site,
    stats::median,
    tab::Tab,
};

const PAGE: &str = "faults.js";

/// The room that both pages are in, where a server has several. `faults.js` has it, too.
const ROOM: &str = "faults";

/// Messages a second, of the page whose messages are counted and of the one that answers.
const PACE: (u64, u64) = (25, 10);

/// What stands before their numbers.
const MARKS: (&str, &str) = ("a", "b");

/// How long nothing new may come before the rest counts as lost.
const QUIET: Duration = Duration::from_secs(20);

/// How long that is waited for.
const AT_MOST: Duration = Duration::from_secs(90);

/// Between two clients' beginnings, so that they do not all need the machine at once.
const APART: Duration = Duration::from_millis(1_300);

/// Clients: what people call them, what `faults.js` does, and the server.
const CLIENTS: [(&str, &str, Kind); 7] = [
    ("chat-room", "room", Kind::Relay),
    ("PersistentWebSocket", "persistent", Kind::Rooms),
    ("reconnecting-websocket", "reconnecting", Kind::Rooms),
    ("partysocket", "partysocket", Kind::Rooms),
    ("socket.io", "socketio", Kind::SocketIo(&[])),
    ("socket.io, recovery", "socketio", Kind::SocketIo(&["recovery"])),
    ("socket.io, recovery, retries, log", "socketio-log", Kind::SocketIoLog),
];

/// Which of them is to be first, and where those begin that are others'.
const OURS: usize = 0;
const OTHERS: usize = 2;

pub(crate) async fn run(context: &Context) -> Section {
    let site = Site::open(&[PAGE]).await;
    // What is measured does not wait while the bench starts a server.
    let network = Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let network = network.expect("a runtime can be made");
    let opening = CLIENTS.map(|(_, name, kind)| Subject::open(&site, &network, name, kind));
    let mut subjects = join_all(opening).await;
    let count = context.pick(10_000, 700);
    let script = context.pick(FULL, QUICK);
    let running = subjects.iter_mut().zip(0..).map(|(subject, place)| async move {
        sleep(APART * place).await;
        subject.run(count, script).await
    });
    let found = join_all(running).await;
    drop(subjects);
    network.shutdown_background();
    report(count, script, &found)
}

/// A client in two pages, and all that can fail around it.
struct Subject {
    name: &'static str,
    server: Server,
    proxy: Proxy,
    sender: Tab,
    receiver: Tab,
    notes: (Notes, Notes),
    struck: Vec<Struck>,
}

/// A fault that has been, in milliseconds since 1970.
struct Struck {
    fault: Fault,
    begun: f64,
    /// When nothing stood in the way any more; from there the time to be back counts.
    healed: f64,
    /// What is said since then, and heard after it was healed, shows that all is well. A page that leaves may say and
    /// hear something until it is gone.
    since: f64,
}

/// What was found for a client.
struct Found {
    shown: Tally,
    logged: Option<Tally>,
    /// In seconds, one for each page and dead connection.
    noticed: Vec<f64>,
    /// In seconds, one for each fault, with its kind.
    back: Vec<(&'static str, f64)>,
}

impl Subject {
    async fn open(site: &Site, network: &Runtime, name: &'static str, kind: Kind) -> Self {
        let server = Server::start(kind);
        let proxy = network.spawn(Proxy::of_all(server.host())).await;
        let page = site.page(PAGE);
        Self {
            name,
            server,
            proxy: proxy.expect("a proxy starts"),
            sender: Tab::open(Engine::Chromium, &page).await,
            receiver: Tab::open(Engine::Chromium, &page).await,
            notes: Default::default(),
            struck: Vec::new(),
        }
    }

    async fn run(&mut self, count: u64, script: Script) -> Found {
        let options = |mark, rate, count| {
            let url = format!("ws://127.0.0.1:{}/", self.proxy.port());
            json!({ "client": self.name, "url": url, "mark": mark, "rate": rate, "count": count })
        };
        let to_receiver = options(MARKS.1, PACE.1, u64::from(u32::MAX));
        let to_sender = options(MARKS.0, PACE.0, count);
        self.receiver.call("begin", to_receiver).await;
        self.wait_for_the_receiver().await;
        self.sender.call("begin", to_sender).await;
        let begun = Instant::now();
        for (at, fault) in script {
            sleep_until(begun + Duration::from_secs(*at)).await;
            self.strike(*fault).await;
            self.look().await;
        }
        self.wait_for_the_rest(count).await;
        self.found(count)
    }

    /// What is said before it is there it does not miss: that is history.
    async fn wait_for_the_receiver(&mut self) {
        let begun = Instant::now();
        while !self.notes.1.stood.iter().any(|(is_open, _)| *is_open) {
            assert!(begun.elapsed() < AT_MOST, "{} does not connect", self.name);
            sleep(Duration::from_millis(50)).await;
            self.look().await;
        }
    }

    async fn look(&mut self) {
        self.notes.0.add(self.sender.call("look", json!(null)).await);
        self.notes.1.add(self.receiver.call("look", json!(null)).await);
    }

    async fn strike(&mut self, fault: Fault) {
        let begun = now();
        match fault {
            Fault::Cut => self.proxy.cut(),
            Fault::HalfOpen(ways) => self.proxy.swallow(ways),
            Fault::Outage(time) => {
                self.proxy.refuse();
                self.proxy.cut();
                sleep(time).await;
                self.proxy.heal();
            }
            Fault::Kill(time) => {
                self.server.end(true);
                sleep(time).await;
                self.server.start_again();
            }
            Fault::Restart(time) => {
                self.server.end(false);
                sleep(time).await;
                self.server.start_again();
            }
            Fault::Sleep(time) => {
                self.sender.freeze();
                self.receiver.freeze();
                self.proxy.swallow(&BOTH);
                self.proxy.hold();
                sleep(time).await;
                self.proxy.heal();
                self.sender.thaw();
                self.receiver.thaw();
            }
            Fault::Reload(Who::Sender) => self.sender.reload().await,
            Fault::Reload(Who::Receiver) => self.receiver.reload().await,
        }
        let ended = now();
        // How long a page takes to load is part of what a reload costs.
        let (since, healed) = match fault {
            Fault::Reload(_) => (ended, begun),
            _ => (begun, ended),
        };
        self.struck.push(Struck {
            fault,
            begun,
            healed,
            since,
        });
    }

    async fn wait_for_the_rest(&mut self, count: u64) {
        let begun = Instant::now();
        let (mut most, mut since) = (0, begun);
        while begun.elapsed() < AT_MOST {
            sleep(Duration::from_secs(1)).await;
            self.look().await;
            let lost = Tally::of(count, &self.notes.1.numbers(MARKS.0)).lost;
            let here = count - lost;
            if here > most {
                (most, since) = (here, Instant::now());
            }
            let all_sent = self.notes.0.sent.len() as u64 == count;
            if lost == 0 || all_sent && since.elapsed() > QUIET {
                break;
            }
        }
    }

    fn found(&self, count: u64) -> Found {
        let (sender, receiver) = &self.notes;
        let (mut noticed, mut back) = (Vec::new(), Vec::new());
        for (place, struck) in self.struck.iter().enumerate() {
            let Struck {
                fault, healed, since, ..
            } = *struck;
            let until = self.struck.get(place + 1).map_or(f64::INFINITY, |next| next.begun);
            if fault.is_silent() {
                // A page that sleeps cannot notice anything.
                let pages = [sender, receiver].into_iter();
                let times = pages.filter_map(|page| page.noticed(healed, until));
                noticed.extend(times.map(|at| (at - healed) / 1000.0));
            }
            let from = healed.max(since);
            let there = receiver.back(sender, since, from, until);
            let here = sender.back(receiver, since, from, until);
            back.push((fault.kind(), (there.max(here) - healed) / 1000.0));
        }
        Found {
            shown: Tally::of(count, &receiver.numbers(MARKS.0)),
            logged: self.server.logged(MARKS.0, count),
            noticed,
            back,
        }
    }
}

/// In milliseconds since 1970, as the pages count.
fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("it is later than 1970").as_secs_f64() * 1000.0
}

fn report(count: u64, script: Script, found: &[Found]) -> Section {
    let mut section = Section::default();
    let mut kept = Table::new(
        format!("What became of {count} messages"),
        &[
            "lost",
            "doubled",
            "reordered",
            "lost, doubled, reordered in the server's log",
        ],
    );
    let mut times = Table::new(
        "Seconds until a dead connection is noticed, and until messages come both ways again",
        &["noticed, median", "worst", "back, median", "worst"],
    );
    let happened: Vec<&str> = KINDS
        .into_iter()
        .filter(|kind| script.iter().any(|(_, fault)| fault.kind() == *kind))
        .collect();
    let mut kinds = Table::new(
        "Seconds until messages come both ways again, median after a …",
        &happened,
    );
    for ((name, ..), found) in CLIENTS.iter().zip(found) {
        let Tally {
            lost,
            doubled,
            reordered,
        } = found.shown;
        let logged = found.logged.map_or_else(
            || "keeps none".to_owned(),
            |it| format!("{}, {}, {}", it.lost, it.doubled, it.reordered),
        );
        kept.row(*name, [lost.into(), doubled.into(), reordered.into(), logged.into()]);
        let back = found.back(None);
        times.row(
            *name,
            [
                median(&found.noticed),
                worst(&found.noticed),
                median(&back),
                worst(&back),
            ]
            .map(time),
        );
        kinds.row(*name, happened.iter().map(|kind| time(median(&found.back(Some(kind))))));
    }
    section.tables = vec![kept, times, kinds];
    section.goals = goals(found);
    section.notes = NOTES.iter().map(|note| (*note).to_owned()).collect();
    section
}

impl Found {
    /// The times to be back from faults of this kind, or all.
    fn back(&self, kind: Option<&str>) -> Vec<f64> {
        let of_kind = self.back.iter().filter(|(it, _)| kind.is_none_or(|kind| kind == *it));
        of_kind.map(|(_, time)| *time).collect()
    }
}

fn goals(found: &[Found]) -> Vec<Goal> {
    let ours = &found[OURS];
    let none = |what: &str, tally: fn(Tally) -> u64| Goal {
        what: format!("{what}, at the page and in the log"),
        is: (tally(ours.shown) + ours.logged.map_or(0, tally)) as f64,
        wants: Wants::AtMost(0.0),
        unit: "messages".to_owned(),
    };
    let first = |what: &str, figure: fn(&Found) -> f64| {
        let best = found.iter().skip(OTHERS).map(figure).fold(f64::INFINITY, f64::min);
        let ratio = figure(ours) / best;
        Goal {
            what: format!("{what}, of the best other's"),
            // JSON has no infinity.
            is: if ratio.is_finite() { ratio } else { f64::MAX },
            wants: Wants::AtMost(1.0),
            unit: "times".to_owned(),
        }
    };
    vec![
        none("lost", |it| it.lost),
        none("doubled", |it| it.doubled),
        none("reordered", |it| it.reordered),
        first("median time to notice", |it| median(&it.noticed)),
        first("worst time to notice", |it| worst(&it.noticed)),
        first("median time to be back", |it| median(&it.back(None))),
        first("worst time to be back", |it| worst(&it.back(None))),
    ]
}

fn worst(times: &[f64]) -> f64 {
    times.iter().copied().fold(f64::NAN, f64::max)
}

fn time(seconds: f64) -> Cell {
    if seconds.is_finite() {
        Cell::from(seconds)
    } else {
        Cell::from("not before the next fault")
    }
}

const NOTES: &[&str] = &[
    "Every client has two pages in browsers of their own, behind a proxy of its own, and the same faults at the same seconds: \
     connections that are reset, that are dead to the server, to the page or both ways, networks that refuse, servers that are \
     killed or ended and come back, browsers that stand still, pages that are loaded anew. One page sends 25 numbered messages a \
     second, the other answers with 10; all clients run at once.",
    "Lost is what the other page never got, in none of its lives; doubled and reordered is counted within one. A message counts \
     as sent when the client has taken it; what it refuses since too much waits, the page tries again.",
    "A dead connection is noticed when the client no longer says that it is open, counted from when it died or the browser woke. \
     Back is when each page has got something that the other has said since the fault, counted from when the network, the server \
     or the browser was well again; for half-open connections and reloads from their beginning.",
    "All with their defaults. chat-room: the relay as it starts, with its log on the disk. PersistentWebSocket has the heartbeat \
     of its documentation; it, reconnecting-websocket and partysocket are sockets alone, and talk to a server of rooms that is the \
     one in ws's documentation. What a page misses while it is away, such a server does not have.",
    "socket.io with recovery is the default of connectionStateRecovery; with retries and a log it is the server of socket.io's \
     tutorial, whose clients number their messages, send them again up to 3 times after 10 s, and ask for what they missed; its \
     log is a file, and survives the server.",
    "SignalR's server needs .NET and centrifuge's is a program in Go; neither is to be had from the registries that the bench \
     installs from, and both are left out.",
];
