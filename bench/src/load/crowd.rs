//! All connections of a load, and the one thread that serves them.

use std::{
    process,
    time::{Duration, Instant},
};

use mio::{Events, Interest, Poll, Token};

use super::{
    Flow, Speech,
    line::{Line, Text, Wants, text},
    usage,
};
use crate::stats::percentile;

/// The length of a text, in bytes.
const TEXT: usize = 100;

/// How much is read at a time.
const BUFFER: usize = 256 * 1024;

/// Of so many receivers one looks at the time of every text. All senders do.
const OBSERVED: usize = 32;

/// After so many connections are opened, all are served.
const SERVED: usize = 50;

/// How many idle connections are in a room.
const ROOM: usize = 100;

/// How long a server may take until all are in, and how long it has to come to rest before its memory is read.
const WAY_IN: Duration = Duration::from_secs(60);
const REST: Duration = Duration::from_secs(3);

/// Everybody who is connected.
pub(super) struct Crowd {
    speech: Speech,
    port: u16,
    poll: Poll,
    events: Events,
    buffer: Vec<u8>,
    lines: Vec<Line>,
    begun: Instant,
    /// By the numbers of the lines.
    senders: Vec<Option<Sender>>,
    in_flight: usize,
    counts: Counts,
    latencies: Vec<f64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sender {
    posted: u64,
    on_way: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    deliveries: u64,
    posts: u64,
}

impl Crowd {
    pub(super) fn new(speech: Speech, port: u16) -> Self {
        // Each connection is a file.
        rlimit::increase_nofile_limit(u64::MAX).expect("the limit on open files can be raised");
        Self {
            speech,
            port,
            poll: Poll::new().expect("the system has epoll"),
            events: Events::with_capacity(1024),
            buffer: vec![0; BUFFER],
            lines: Vec::new(),
            begun: Instant::now(),
            senders: Vec::new(),
            in_flight: 0,
            counts: Counts::default(),
            latencies: Vec::new(),
        }
    }

    /// Everybody comes into one room. The senders are spread among the receivers.
    pub(super) fn gather(&mut self, receivers: usize, senders: usize) {
        let apart = receivers / senders;
        for number in 0..receivers {
            let sends = number % apart == 0 && number / apart < senders;
            let watches = sends || number % OBSERVED == 1;
            self.open(number, 0, if watches { Wants::Texts } else { Wants::Count });
            self.senders[number] = sends.then(Sender::default);
        }
        self.wait_until_in();
    }

    /// The memory of the server for a connection, at each of these counts.
    pub(super) fn idle(&mut self, counts: &[usize], server: u32) -> Vec<f64> {
        let before = usage::resident_kib(server);
        let measure = |&count: &usize| {
            while self.lines.len() < count {
                let number = self.lines.len();
                self.open(number, number / ROOM, Wants::Count);
            }
            self.wait_until_in();
            self.serve_for(REST);
            (usage::resident_kib(server) - before) as f64 / count as f64
        };
        counts.iter().map(measure).collect()
    }

    /// Measures with so many texts of each sender on their way.
    pub(super) fn flow(&mut self, in_flight: usize, warm_ms: u64, measure_ms: u64, server: u32) -> Flow {
        self.in_flight = in_flight;
        for number in 0..self.lines.len() {
            self.send(number);
        }
        self.serve_for(Duration::from_millis(warm_ms));
        self.latencies.clear();
        let used = || [server, process::id()].map(usage::processor);
        let (before, used_before, begun) = (self.counts, used(), Instant::now());
        self.serve_for(Duration::from_millis(measure_ms));
        let took = begun.elapsed().as_secs_f64();
        let [server, load] = used().map(|it| it.as_secs_f64());
        let [server, load] = [
            server - used_before[0].as_secs_f64(),
            load - used_before[1].as_secs_f64(),
        ];
        let deliveries = (self.counts.deliveries - before.deliveries) as f64;
        Flow {
            deliveries: deliveries / took,
            posts: (self.counts.posts - before.posts) as f64 / took,
            server_us: server * 1e6 / deliveries,
            server_core: server / took,
            load_core: load / took,
            p50_ms: percentile(&self.latencies, 0.5),
            p99_ms: percentile(&self.latencies, 0.99),
        }
    }

    fn open(&mut self, number: usize, room: usize, wants: Wants) {
        let line = Line::open(self.speech, self.port, number, room, wants);
        let mut line = line.unwrap_or_else(|error| panic!("connection {number}: {error}"));
        let registry = self.poll.registry();
        let registered = registry.register(&mut line.stream, Token(number), Interest::READABLE);
        registered.expect("epoll takes a socket");
        self.lines.push(line);
        self.senders.push(None);
        if number.is_multiple_of(SERVED) {
            self.serve(Duration::ZERO);
        }
    }

    fn wait_until_in(&mut self) {
        let begun = Instant::now();
        while let Some(number) = self.lines.iter().position(|line| !line.is_in()) {
            assert!(begun.elapsed() < WAY_IN, "connection {number} does not get in");
            self.serve(Duration::from_millis(100));
        }
    }

    fn serve_for(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            self.serve(left);
        }
    }

    /// Reads what there is, after a wait for it, and sends what follows from it.
    fn serve(&mut self, wait: Duration) {
        let polled = self.poll.poll(&mut self.events, Some(wait));
        polled.expect("epoll works");
        let events: Vec<usize> = self.events.iter().map(|event| event.token().0).collect();
        for number in events {
            self.read(number);
            self.send(number);
        }
    }

    fn read(&mut self, number: usize) {
        let now = self.now_us();
        let mut own = 0;
        let tell = |text: Text| {
            own += usize::from(text.sender == number);
            self.latencies.push((now - text.sent_us) as f64 / 1000.0);
        };
        let texts = self.lines[number].read(&mut self.buffer, tell);
        self.counts.deliveries += texts.unwrap_or_else(|error| panic!("connection {number}: {error}"));
        if let Some(sender) = &mut self.senders[number] {
            sender.on_way -= own;
            self.counts.posts += own as u64;
        }
    }

    fn send(&mut self, number: usize) {
        let now = self.now_us();
        let Some(sender) = &mut self.senders[number] else {
            return;
        };
        let mut frames = Vec::new();
        while sender.on_way < self.in_flight {
            sender.on_way += 1;
            sender.posted += 1;
            frames.extend(self.speech.post(sender.posted, &text(number, now, TEXT)));
        }
        if !frames.is_empty() {
            let written = self.lines[number].write(&frames);
            written.unwrap_or_else(|error| panic!("connection {number}: {error}"));
        }
    }

    fn now_us(&self) -> u64 {
        self.begun.elapsed().as_micros() as u64
    }
}
