//! Every state x every stimulus, illegal ones included.
//!
//! A cell is the state after it, then the outputs. A dot: nothing changes and nothing is put out. `!X`: refused with
//! that error, and nothing changes. Connecting and Waiting begin with one message in the outbox.
//! Probed is Open with a question out, Paused is Waiting without a network.

use std::collections::BTreeSet;

use chat_room::connection::{Command, Event, Instant, Output, SocketId};

use crate::support::{Bench, close, config, limited, target, words};

const TABLE: &str = "
                      | Idle            | Connecting               | Open                 | Probed               | Closing              | Waiting                | Paused                 | Closed
connect               | Connecting open | !AlreadyConnected        | !AlreadyConnected    | !AlreadyConnected    | Connecting drop open | Connecting open        | Connecting open        | Connecting open
connect elsewhere     | Connecting open | Connecting drop return open | Connecting drop open | Connecting drop open | Connecting drop open | Connecting return open | Connecting return open | Connecting open
disconnect            | !NotConnected   | Closed drop return       | Closing close        | Closing close        | !Closing             | Closed return          | Closed return          | !NotConnected
close                 | !NotConnected   | Closing close return     | Closing close        | Closing close        | !Closing             | Closed return          | Closed return          | !NotConnected
send                  | !NotConnected   | Connecting               | Open send            | Open send            | !Closing             | Waiting                | Waiting                | !NotConnected
send too much         | !NotConnected   | !OutboxFull              | Open send            | Open send            | !Closing             | !OutboxFull            | !OutboxFull            | !NotConnected
opened                | .               | Open send                | .                    | .                    | .                    | .                      | .                      | .
message               | .               | Connecting receive       | Open receive         | Open receive         | Closing receive      | .                      | .                      | .
errored               | .               | .                        | .                    | .                    | .                    | .                      | .                      | .
closed                | .               | Waiting                  | Waiting              | Waiting              | Closed               | .                      | .                      | .
closed for good       | .               | Closed return            | Closed               | Closed               | Closed               | .                      | .                      | .
closed, last attempt  | .               | Closed return            | Closed               | Waiting              | Closed               | .                      | .                      | .
socket refused        | .               | Closed return            | .                    | .                    | .                    | .                      | .                      | .
send refused          | Idle return     | Connecting               | Open                 | Open                 | Closing return       | Waiting                | Waiting                | Closed return
stale opened          | .               | .                        | .                    | .                    | .                    | .                      | .                      | .
stale message         | .               | .                        | .                    | .                    | .                    | .                      | .                      | .
stale errored         | .               | .                        | .                    | .                    | .                    | .                      | .                      | .
stale closed          | .               | .                        | .                    | .                    | .                    | .                      | .                      | .
stale socket refused  | .               | .                        | .                    | .                    | .                    | .                      | .                      | .
too early             | .               | .                        | .                    | .                    | .                    | .                      | .                      | .
deadline              | .               | Waiting drop             | Open probe           | Waiting drop         | Closed drop          | Connecting open        | .                      | .
deadline, last attempt| .               | Closed drop return       | Open probe           | Waiting drop         | Closed drop          | Connecting open        | .                      | .
unanswered            | .               | .                        | Waiting drop             | Waiting drop         | .                    | .                      | .                      | .
online                | .               | .                        | Open probe           | Open probe           | .                    | Connecting open        | Connecting open        | .
offline               | .               | .                        | .                    | .                    | .                    | Waiting                | .                      | .
visible               | .               | .                        | Open probe           | Open probe           | .                    | Connecting open        | .                      | .
hidden                | .               | .                        | .                    | .                    | .                    | .                      | .                      | .
suspended             | .               | Waiting drop             | Waiting drop         | Waiting drop         | Closed drop          | Waiting                | .                      | .
resumed               | .               | .                        | Open probe           | Open probe           | .                    | Connecting open        | .                      | .
";

/// A connection in the state that heads a column.
fn in_state(column: &str, stimulus: &str) -> Bench {
    let limit = stimulus.ends_with("last attempt") && !matches!(column, "Waiting" | "Paused");
    let mut bench = Bench::new(if limit { limited(1) } else { config() });
    if column == "Idle" {
        return bench;
    }
    bench.connect();
    if stimulus.starts_with("stale ") {
        bench.closed(1006);
        bench.deadline();
    }
    if !matches!(column, "Connecting" | "Waiting" | "Paused") {
        bench.opened();
    }
    match column {
        "Connecting" | "Open" => {}
        "Probed" => drop(bench.deadline()),
        "Closing" => drop(bench.command(Command::Disconnect).expect("disconnect")),
        "Waiting" => drop(bench.closed(1006)),
        "Paused" => {
            bench.closed(1006);
            bench.event(Event::Offline);
        }
        "Closed" => drop(bench.closed(1000)),
        other => panic!("no such column: {other}"),
    }
    if matches!(column, "Connecting" | "Waiting" | "Paused") {
        bench.send("queued");
    }
    bench
}

/// What the connection does, in the words of a cell, and whether it said that its state has changed.
fn apply(bench: &mut Bench, stimulus: &str) -> (String, bool) {
    if let Some(stale) = stimulus.strip_prefix("stale ") {
        bench.socket = Some(older_socket(bench));
        return apply(bench, stale);
    }
    let before = format!("{:?}", bench.connection);
    let newest = bench.socket.unwrap_or_else(|| older_socket(bench));
    let command = match stimulus {
        "connect" => Some(Command::Connect(target("here"))),
        "connect elsewhere" => Some(Command::Connect(target("elsewhere"))),
        "disconnect" => Some(Command::Disconnect),
        "close" => Some(Command::Close),
        "send" => Some(Command::Send("hello".into())),
        "send too much" => Some(Command::Send("x".repeat(65))),
        _ => None,
    };
    let outputs = if let Some(command) = command {
        match bench.command(command) {
            Ok(outputs) => outputs,
            Err(error) => {
                assert_eq!(
                    format!("{:?}", bench.connection),
                    before,
                    "{stimulus}: a refusal changed something"
                );
                let name = format!("{error:?}");
                return (format!("!{}", name.split('(').next().expect("a name")), false);
            }
        }
    } else {
        bench.socket = Some(newest);
        match stimulus {
            "opened" => bench.opened(),
            "message" => bench.message("hello"),
            "errored" => bench.event(Event::SocketErrored { socket: newest }),
            "closed" | "closed, last attempt" => bench.closed(1006),
            "closed for good" => bench.closed(4400),
            "socket refused" => bench.event(Event::SocketRefused { socket: newest }),
            "send refused" => bench.event(Event::SendRefused {
                message: "hello".into(),
            }),
            "too early" => match bench.connection.poll_timeout() {
                Some(deadline) => {
                    bench.now = Instant::from_millis(deadline.as_millis() - 1);
                    bench.event(Event::TimePassed)
                }
                None => bench.event(Event::TimePassed),
            },
            "deadline" | "deadline, last attempt" => match bench.connection.poll_timeout() {
                Some(_) => bench.deadline(),
                None => bench.pass(std::time::Duration::from_secs(86_400)),
            },
            "unanswered" => bench.event(Event::Unanswered),
            "online" => bench.event(Event::Online),
            "offline" => bench.event(Event::Offline),
            "visible" => bench.event(Event::Visible),
            "hidden" => bench.event(Event::Hidden),
            "suspended" => bench.event(Event::Suspended),
            "resumed" => bench.event(Event::Resumed),
            other => panic!("no such stimulus: {other}"),
        }
    };
    let changed = outputs.contains(&Output::StateChanged);
    let mut cell = vec![bench.state()];
    cell.extend(words(&outputs));
    (cell.join(" "), changed)
}

/// The first socket that any connection makes.
fn older_socket(bench: &Bench) -> SocketId {
    let first = Bench::new(config()).connect();
    assert_ne!(
        bench.connection.state().socket(),
        Some(first),
        "the older socket is the current one"
    );
    first
}

pub(crate) struct Row {
    pub(crate) stimulus: &'static str,
    /// (column, state before, cell)
    pub(crate) cells: Vec<(&'static str, &'static str, &'static str)>,
}

pub(crate) fn rows() -> Vec<Row> {
    let mut lines = TABLE.trim_matches('\n').lines();
    let columns: Vec<_> = lines
        .next()
        .expect("a head")
        .split('|')
        .skip(1)
        .map(str::trim)
        .collect();
    lines
        .map(|line| {
            let mut parts = line.split('|').map(str::trim);
            let stimulus = parts.next().expect("a stimulus");
            let cells: Vec<_> = parts.collect();
            assert_eq!(cells.len(), columns.len(), "{stimulus}: a cell for every column");
            let cells = columns
                .iter()
                .zip(cells)
                .map(|(&column, cell)| (column, state_of(column), cell))
                .collect();
            Row { stimulus, cells }
        })
        .collect()
}

fn state_of(column: &'static str) -> &'static str {
    match column {
        "Probed" => "Open",
        "Paused" => "Waiting",
        state => state,
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn every_state_answers_every_stimulus_as_the_table_says() {
    let mut wrong = Vec::new();
    for row in rows() {
        for (column, state, expected) in &row.cells {
            let mut bench = in_state(column, row.stimulus);
            assert_eq!(bench.state(), *state, "{column} was not reached");
            let before = bench.connection.state().clone();
            let (cell, changed) = apply(&mut bench, row.stimulus);
            let expected = if *expected == "." { *state } else { *expected };
            if cell != expected {
                wrong.push(format!("{} in {column}: expected {expected}, got {cell}", row.stimulus));
            }
            let after = bench.connection.state();
            let shown = before.name() != after.name() || before.socket() != after.socket();
            if shown && !changed {
                wrong.push(format!(
                    "{} in {column}: changed the state and did not say so",
                    row.stimulus
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn the_table_has_every_state_and_every_stimulus_once() {
    let rows = rows();
    let stimuli: BTreeSet<_> = rows.iter().map(|row| row.stimulus).collect();
    assert_eq!(stimuli.len(), rows.len(), "a stimulus stands twice");
    let states: BTreeSet<_> = rows[0].cells.iter().map(|(_, state, _)| *state).collect();
    assert_eq!(states.len(), 6);

    // A new variant does not compile here until it has a row above.
    let row_of = |event: &Event<String>| match event {
        Event::SocketOpened { .. } => "opened",
        Event::SocketMessage { .. } => "message",
        Event::SocketErrored { .. } => "errored",
        Event::SocketClosed { .. } => "closed",
        Event::SocketRefused { .. } => "socket refused",
        Event::SendRefused { .. } => "send refused",
        Event::TimePassed => "deadline",
        Event::Unanswered => "unanswered",
        Event::Online => "online",
        Event::Offline => "offline",
        Event::Visible => "visible",
        Event::Hidden => "hidden",
        Event::Suspended => "suspended",
        Event::Resumed => "resumed",
    };
    let socket = Bench::new(config()).connect();
    for event in [
        Event::SocketOpened {
            socket,
            protocol: String::new(),
        },
        Event::SocketMessage {
            socket,
            message: String::new(),
        },
        Event::SocketErrored { socket },
        Event::SocketClosed {
            socket,
            close: close(1006),
        },
        Event::SocketRefused { socket },
        Event::SendRefused { message: String::new() },
        Event::TimePassed,
        Event::Unanswered,
        Event::Online,
        Event::Offline,
        Event::Visible,
        Event::Hidden,
        Event::Suspended,
        Event::Resumed,
    ] {
        assert!(stimuli.contains(row_of(&event)), "{event:?} has no row");
    }
}
