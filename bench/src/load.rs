//! What measures servers that send what one says to all: a program of its own, on a core of its own, which parses no
//! more of what it gets than it must.
//!
//! A text is `~`, who sent it and when, and is filled up to its length. So texts are counted by their `~`, whatever a
//! server wraps them in.

mod crowd;
mod line;
mod speech;
pub(crate) mod usage;

use std::{env, process::Command};

use serde::{Deserialize, Serialize};

use self::crowd::Crowd;
pub(crate) use self::speech::Speech;

/// The first argument that makes this program the load.
pub(crate) const ARGUMENT: &str = "load";

/// What is to be done.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Plan {
    pub(crate) speech: Speech,
    /// Of the server, on 127.0.0.1.
    pub(crate) port: u16,
    /// The server's process, whose time and memory are read.
    pub(crate) server: u32,
    pub(crate) task: Task,
}

/// What is to be measured.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum Task {
    /// Some say something in one room, and all in it get it.
    FanOut {
        receivers: usize,
        /// Of the receivers.
        senders: usize,
        /// How many texts of one sender are on their way at a time: measured one after the other.
        in_flight: Vec<usize>,
        /// Before each.
        warm_ms: u64,
        measure_ms: u64,
    },
    /// Connections that say nothing: the memory is read at each of these counts, which rise.
    Idle { counts: Vec<usize> },
}

/// What a task gives.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Found {
    pub(crate) flows: Vec<Flow>,
    /// KiB for each idle connection, by the counts.
    pub(crate) idle_kib: Vec<f64>,
}

/// One measurement of a fan-out.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Flow {
    /// Texts that reached somebody, a second.
    pub(crate) deliveries: f64,
    /// Texts that came back to their sender, a second.
    pub(crate) posts: f64,
    /// Processor time of the server for a delivery, in microseconds.
    pub(crate) server_us: f64,
    /// The share of a core that the server took, and the load.
    pub(crate) server_core: f64,
    pub(crate) load_core: f64,
    /// From when a text was sent until somebody had it, in milliseconds.
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

/// Has another process do it, on this core.
///
/// # Panics
/// If it cannot.
pub(crate) fn measure(plan: &Plan, core: usize) -> Found {
    let own = env::current_exe().expect("a program knows where it is");
    let json = serde_json::to_string(plan).expect("it is JSON");
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(own).args([ARGUMENT, &json]);
    let done = command
        .output()
        .unwrap_or_else(|error| panic!("cannot run taskset: {error}"));
    let trouble = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "the load on {:?}: {trouble}", plan.speech);
    serde_json::from_slice(&done.stdout).expect("the load prints what it found")
}

/// Does what the argument says, and prints what it finds: the other process.
pub(crate) fn main(plan: &str) {
    let plan: Plan = serde_json::from_str(plan).expect("a plan");
    let mut crowd = Crowd::new(plan.speech, plan.port);
    let found = match plan.task {
        Task::FanOut {
            receivers,
            senders,
            in_flight,
            warm_ms,
            measure_ms,
        } => {
            crowd.gather(receivers, senders);
            let flow = |in_flight| crowd.flow(in_flight, warm_ms, measure_ms, plan.server);
            Found {
                flows: in_flight.into_iter().map(flow).collect(),
                idle_kib: Vec::new(),
            }
        }
        Task::Idle { counts } => Found {
            flows: Vec::new(),
            idle_kib: crowd.idle(&counts, plan.server),
        },
    };
    println!("{}", serde_json::to_string(&found).expect("it is JSON"));
}
