//! A run: tabs, network, relay and disk under one clock, which jumps from one happening to the next.

use std::collections::BTreeSet;

use chat_room::connection::{Config, Event, Instant, SocketId, State, Target};
use chat_room::room::{Address, Command, Content, Delivery, Entrance, Keep, KeptLog, MAX_ITEMS, Output, Room};
use chat_room::websocket::{Close, Message, Protocol};
use chat_room_relay::room::{ConnectionId, Message as RelayMessage, Opening, Output as RelayOutput};
use chat_room_wire::{BadFrame, Body, SUBPROTOCOL, ServerFrame};

use crate::chance::Chance;
use crate::check;
use crate::disk::{Disk, WRITE_TAKES};
use crate::house::House;
use crate::net::{Down, Line, Lines, Up};
use crate::plan::{Act, Plan, TABS};

/// When a run begins, in milliseconds since 1970.
const BEGIN: u64 = 1_700_000_000_000;
/// How long everything may take to be well again after the last act.
const HEALING: u64 = 600_000;
/// How long a log changes before it is written.
const LOG_RESTS: u64 = 1_000;
/// Within this a connection that carries nothing is noticed: the heartbeat and its deadline.
const NOTICED_WITHIN: u64 = 30_000;
/// The same after somebody has looked at the page.
const NOTICED_AWAKE: u64 = 3_000;
/// The same where only the way to the relay is dead and something waits: what was answered last may be under way for some
/// seconds.
const NOTICED_DEAF: u64 = 45_000;
/// How many texts are said at once: more than may wait.
const MANY: usize = 300;
/// Within this everybody knows that somebody has left.
const LEAVING: u64 = 20_000;
/// More happenings than any run has: one that has more goes round in circles.
const MOST_STEPS: u64 = 50_000;

/// A text that somebody has said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) page: u64,
    at: u64,
    /// There was time to keep it before its page ended, so that it must not be lost.
    pub(crate) promised: bool,
    /// It was put behind later ones, as the user asked or the protocol has it.
    pub(crate) out_of_order: bool,
}

pub(crate) struct Tab {
    pub(crate) room: Option<Room>,
    /// Grows with every page; unique over all tabs.
    pub(crate) page: u64,
    key: Option<String>,
    claimed_at: Option<u64>,
    claim_at: Option<(u64, Address)>,
    /// When the log is written that has changed.
    log_at: Option<u64>,
    /// It knows by which id the others know it.
    pub(crate) knows_itself: bool,
    line: Option<u64>,
    frozen: bool,
    woken_at: u64,
    slow: u64,
    heard: BTreeSet<String>,
    chance: Chance,
}

/// A line that carries nothing any more.
struct Broken {
    line: u64,
    at: u64,
    /// When the last that was under way has arrived.
    silent_at: u64,
}

pub(crate) struct World {
    seed: u64,
    pub(crate) now: u64,
    pub(crate) tabs: Vec<Tab>,
    lines: Lines,
    lines_made: u64,
    pages: u64,
    pub(crate) house: House,
    pub(crate) disk: Disk,
    pub(crate) said: Vec<Said>,
    /// What an act has shown to be wrong.
    wrong: Option<String>,
    broken: Vec<Broken>,
    /// Lines whose way to the relay is dead: since when something has waited for an answer over each.
    deaf: Vec<(u64, Option<u64>)>,
    chance: Chance,
    /// Which log is kept of those that were written.
    kept_chance: Chance,
    pub(crate) trace: Option<Vec<String>>,
}

/// Plays a plan to its end. The error says what was found wrong.
pub(crate) fn play(seed: u64, plan: &Plan, trace: Option<Vec<String>>) -> (Result<(), String>, Vec<String>) {
    let mut world = World::new(seed, trace);
    let result = world.play(plan);
    (result, world.trace.unwrap_or_default())
}

pub(crate) fn entrance(tab: usize) -> Entrance {
    let target = Target {
        url: "ws://relay/socket".to_owned(),
        protocols: vec![Protocol::new(SUBPROTOCOL).expect("a protocol")],
    };
    Entrance::new(target, "lobby", format!("tab {tab}"))
}

impl World {
    fn new(seed: u64, trace: Option<Vec<String>>) -> Self {
        let tabs = (0..TABS as u64).map(|tab| Tab {
            room: None,
            page: 0,
            key: None,
            claimed_at: None,
            claim_at: None,
            log_at: None,
            knows_itself: false,
            line: None,
            frozen: false,
            woken_at: 0,
            slow: 0,
            heard: BTreeSet::new(),
            chance: Chance::new(seed, 10 + tab),
        });
        Self {
            seed,
            now: BEGIN,
            tabs: tabs.collect(),
            lines: Lines::new(),
            lines_made: 0,
            pages: 0,
            house: House::new(seed),
            disk: Disk::default(),
            said: Vec::new(),
            wrong: None,
            broken: Vec::new(),
            deaf: Vec::new(),
            chance: Chance::new(seed, 3),
            kept_chance: Chance::new(seed, 4),
            trace,
        }
    }

    fn play(&mut self, plan: &Plan) -> Result<(), String> {
        for tab in 0..TABS / 2 {
            self.open(tab);
        }
        for (pause, act) in plan {
            self.run_until(self.now + pause)?;
            self.note(|| format!("{act:?}"));
            self.act(*act);
            self.settle()?;
            self.tabs.iter().try_for_each(check::doubles)?;
        }
        self.heal();
        self.settle()?;
        self.run_until_well()?;
        self.read_all_history()?;
        check::at_the_end(self)?;
        self.close(TABS - 1, false);
        self.run_until(self.now + LEAVING)?;
        check::presence(self)
    }

    fn note(&mut self, what: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{:>9} {}", self.now - BEGIN, what()));
        }
    }

    // Time

    fn run_until(&mut self, until: u64) -> Result<(), String> {
        let mut steps = 0;
        while let Some(at) = self.next().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.step()?;
            steps += 1;
            if steps > MOST_STEPS {
                return Err("it goes round in circles".to_owned());
            }
        }
        self.now = until;
        Ok(())
    }

    fn run_until_well(&mut self) -> Result<(), String> {
        let end = self.now + HEALING;
        let mut steps = 0;
        while !self.is_well() {
            steps += 1;
            if steps > MOST_STEPS {
                return Err(format!("it goes round in circles: {}", check::describe(self)));
            }
            let Some(at) = self.next().filter(|at| *at <= end) else {
                return Err(format!("it does not get well again: {}", check::describe(self)));
            };
            self.now = self.now.max(at);
            self.step()?;
        }
        // What is still under way arrives: the last presence, the entries for the others.
        self.run_until(self.now + 70_000)
    }

    fn is_well(&mut self) -> bool {
        let well = |tab: &Tab| {
            tab.room
                .as_ref()
                .is_some_and(|room| room.is_joined() && room.waiting_posts() == 0)
        };
        self.tabs.iter().all(well) && !self.disk.has_orphans(self.now)
    }

    fn next(&self) -> Option<u64> {
        let timers = self.tabs.iter().filter(|tab| !tab.frozen).filter_map(|tab| {
            let room = tab.room.as_ref().and_then(Room::poll_timeout).map(Instant::as_millis);
            let claim = tab.claim_at.as_ref().map(|(at, _)| *at);
            room.into_iter().chain(claim).chain(tab.log_at).min()
        });
        let lines = self.lines.values().filter_map(|line| {
            let stalled = Some(line.stalled_until).filter(|at| *at > 0);
            line.next(self.tabs[line.tab].frozen).into_iter().chain(stalled).min()
        });
        timers.chain(lines).chain(self.house.next()).min()
    }

    fn step(&mut self) -> Result<(), String> {
        for tab in 0..TABS {
            self.claim(tab);
            if !self.tabs[tab].frozen && self.tabs[tab].log_at.is_some_and(|at| at <= self.now) {
                self.keep_log(tab);
            }
            let due = self.tabs[tab].room.as_ref().and_then(Room::poll_timeout);
            if !self.tabs[tab].frozen && due.is_some_and(|at| at.as_millis() <= self.now) {
                self.event(tab, Event::TimePassed);
            }
        }
        let numbers: Vec<u64> = self.lines.keys().copied().collect();
        for number in numbers {
            self.deliver(number);
        }
        if self.house.rooms.is_none() && self.house.up_at <= self.now {
            self.note(|| "the relay is up".to_owned());
            self.house.start();
        }
        self.house.work(self.now);
        self.house.tell(self.now);
        if let Some(rooms) = &mut self.house.rooms
            && rooms.poll_timeout().is_some_and(|at| at <= self.now)
        {
            rooms.handle_time(self.now);
        }
        self.settle()
    }

    /// Everything that was asked for is done.
    fn settle(&mut self) -> Result<(), String> {
        loop {
            let relay = self.carry_out_relay();
            let tabs = (0..TABS)
                .map(|tab| self.carry_out_tab(tab))
                .collect::<Result<Vec<_>, _>>()?;
            if !relay && !tabs.contains(&true) {
                break;
            }
        }
        self.end_restart();
        self.lines
            .retain(|_, line| !line.is_over() || line.next(false).is_some());
        if let Some(wrong) = self.wrong.take() {
            return Err(wrong);
        }
        self.check_broken()?;
        check::bounds(self)?;
        for tab in &self.tabs {
            check::timeline(tab)?;
        }
        Ok(())
    }

    // Acts

    fn act(&mut self, act: Act) {
        match act {
            Act::Say(tab) => self.say(tab),
            Act::Change(tab, number) => self.change(tab, number),
            Act::Open(tab) => self.open(tab),
            Act::Close(tab) => self.close(tab, false),
            Act::Reload(tab) => {
                self.close(tab, false);
                self.open(tab);
            }
            Act::Crash(tab) => self.close(tab, true),
            Act::Disconnect(tab) => self.try_command(tab, Command::Disconnect),
            Act::Connect(tab) => self.try_command(tab, Command::Connect(entrance(tab))),
            Act::Cut(tab) => {
                let now = self.now;
                if let Some(line) = self.line_of(tab) {
                    line.cut(now);
                }
            }
            Act::HalfOpen(tab) => {
                let now = self.now;
                if let Some(number) = self.tabs[tab].line
                    && let Some(line) = self.lines.get_mut(&number)
                {
                    let silent_at = line.half_open(now);
                    self.broken.push(Broken {
                        line: number,
                        at: now,
                        silent_at,
                    });
                }
            }
            Act::Deaf(tab) => {
                let now = self.now;
                if let Some(number) = self.tabs[tab].line
                    && let Some(line) = self.lines.get_mut(&number)
                {
                    line.deafen(now);
                    self.deaf.push((number, None));
                }
            }
            Act::SayMany(tab) => {
                // Until no more may wait, which is tested at its edge.
                for _ in 0..MANY {
                    self.say(tab);
                }
            }
            Act::Slow(tab, millis) => self.tabs[tab].slow = millis,
            Act::Freeze(tab) => {
                if !self.tabs[tab].frozen {
                    self.keep_log(tab);
                    self.event(tab, Event::Suspended);
                    self.tabs[tab].frozen = true;
                }
            }
            Act::Resume(tab) => self.resume(tab),
            Act::Visible(tab) => {
                if !self.tabs[tab].frozen {
                    self.tabs[tab].woken_at = self.now;
                    self.event(tab, Event::Visible);
                }
            }
            Act::Stall(tab, millis) => {
                let until = self.now + millis;
                if let Some(line) = self.line_of(tab) {
                    line.stalled_until = until;
                }
            }
            Act::Kill => self.kill(),
            Act::Restart => self.restart(),
            Act::LogFails(millis) => self.house.log_fails_until = self.now + millis,
            Act::LogSlow(millis) => self.house.log_slow = millis,
        }
    }

    fn say(&mut self, tab: usize) {
        let text = format!("{tab}.{}", self.said.len());
        let waiting = self.tabs[tab].room.as_ref().map_or(0, Room::waiting_posts);
        let taken = self.command(tab, Command::Say(text.clone()));
        if taken && waiting >= check::OUTBOX {
            self.wrong = Some(format!("tab {tab} takes one more post than may wait"));
        }
        if taken {
            self.said.push(Said {
                text,
                page: self.tabs[tab].page,
                at: self.now,
                promised: true,
                out_of_order: false,
            });
        }
    }

    /// Something about one of the entries that this tab shows. The relay refuses what is not allowed.
    fn change(&mut self, tab: usize, number: u64) {
        let Some(room) = &self.tabs[tab].room else { return };
        let seqs: Vec<u64> = room.timeline().iter().filter_map(|item| item.seq()).collect();
        let Some(of) = seqs.get(number as usize % seqs.len().max(1)).copied() else {
            return;
        };
        let body = match number % 3 {
            0 => Body::Edit {
                of,
                text: format!("edited {number}"),
            },
            1 => Body::Retract { of },
            _ => Body::Reaction {
                of,
                emoji: ["+", "-"][number as usize % 2].to_owned(),
                on: !number.is_multiple_of(5),
            },
        };
        self.command(tab, Command::Post(body));
    }

    fn open(&mut self, tab: usize) {
        if self.tabs[tab].room.is_some() {
            return;
        }
        self.pages += 1;
        let page = &mut self.tabs[tab];
        page.page = self.pages;
        page.room = Some(Room::new(Config::default()));
        page.frozen = false;
        page.heard.clear();
        self.command(tab, Command::Prepare(entrance(tab).address()));
        self.command(tab, Command::Connect(entrance(tab)));
    }

    fn keep_log(&mut self, tab: usize) {
        let page = &mut self.tabs[tab];
        if page.log_at.take().is_some()
            && let Some(log) = page.room.as_ref().and_then(Room::kept_log)
        {
            self.wrong = self.wrong.take().or(check::kept(self, &log).err());
            self.disk.keep_log(self.now, tab, log);
        }
    }

    /// What was kept is shown at once, whatever becomes of the connection.
    fn check_kept(&mut self, tab: usize, log: Option<KeptLog>) {
        let Some(room) = &self.tabs[tab].room else { return };
        let frames = log.map(|log| ServerFrame::decode(&log.entries).expect("the room's own words"));
        let kept: Vec<u64> = frames.into_iter().flatten().filter_map(seq_of).collect();
        let shown = kept.iter().filter(|seq| room.timeline().holds(**seq)).count();
        let others = room.timeline().iter().filter_map(|item| item.seq());
        let others = others.filter(|seq| !kept.contains(seq)).count();
        let kept = kept.len();
        // What waits is never let go of for it.
        if (kept != shown || others > 0) && room.timeline().iter().len() < MAX_ITEMS {
            self.wrong = Some(format!("tab {tab} shows {shown} of {kept} entries that were kept"));
        }
        self.wrong = self.wrong.take().or(check::doubles(&self.tabs[tab]).err());
    }

    fn close(&mut self, tab: usize, crash: bool) {
        if !crash {
            self.keep_log(tab);
        }
        let page = &mut self.tabs[tab];
        let Some(room) = page.room.take() else { return };
        if crash {
            self.disk.crash(self.now, tab);
        } else {
            self.disk.close(self.now, tab);
        }
        for said in self.said.iter_mut().filter(|said| said.page == page.page) {
            // It is handed to the disk as soon as it is known as whom it was said.
            let handed = page.claimed_at.map(|at| at.max(said.at));
            said.promised = handed.is_some_and(|at| !crash || at + WRITE_TAKES <= self.now);
        }
        drop(room);
        page.key = None;
        page.claimed_at = None;
        page.claim_at = None;
        page.log_at = None;
        if let Some(number) = page.line.take()
            && let Some(line) = self.lines.get_mut(&number)
        {
            line.tab_leaves(self.now);
        }
    }

    fn resume(&mut self, tab: usize) {
        if std::mem::replace(&mut self.tabs[tab].frozen, false) {
            self.tabs[tab].woken_at = self.now;
            self.event(tab, Event::Resumed);
        }
    }

    fn kill(&mut self) {
        if self.house.rooms.is_none() {
            return;
        }
        let up_at = self.now + self.chance.between(0, 8_000);
        self.house.kill(up_at);
        for line in self.lines.values_mut().filter(|line| !line.relay_done) {
            // A machine that dies says nothing; a process that dies has its connections reset.
            if self.chance.one_in(4) {
                line.down.clear();
                line.swallows = true;
            } else {
                line.send_down(self.now, Down::Closed(1006));
            }
            line.relay_done = true;
            line.up.clear();
        }
        let silent = self.lines.iter().filter(|(_, line)| line.swallows && !line.tab_done);
        let silent: Vec<u64> = silent.map(|(number, _)| *number).collect();
        for number in silent {
            self.broken.push(Broken {
                line: number,
                at: self.now,
                silent_at: self.now,
            });
        }
    }

    fn restart(&mut self) {
        if let Some(rooms) = &mut self.house.rooms {
            rooms.handle_shutdown(self.now);
            self.house.closing_until.get_or_insert(self.now + 4_000);
        }
    }

    /// A relay that has said goodbye to everybody, or has no more time to, ends and starts again.
    fn end_restart(&mut self) {
        let Some(until) = self.house.closing_until else { return };
        let Some(rooms) = &mut self.house.rooms else { return };
        if self.now >= until {
            rooms.close_all(self.now);
        } else if rooms.connections() > 0 {
            return;
        }
        while self.carry_out_relay() {}
        self.house.closing_until = None;
        self.kill();
    }

    /// The end of all trouble: everybody is there, and so is everything they need.
    fn heal(&mut self) {
        self.note(|| "all trouble ends".to_owned());
        self.house.log_fails_until = 0;
        self.house.log_slow = 0;
        for tab in 0..TABS {
            self.tabs[tab].slow = 0;
            self.open(tab);
            self.resume(tab);
            self.try_command(tab, Command::Connect(entrance(tab)));
        }
    }

    fn read_all_history(&mut self) -> Result<(), String> {
        for tab in 0..TABS {
            self.say_failed_again(tab);
        }
        self.settle()?;
        self.run_until_well()?;
        for tab in 0..TABS {
            for _ in 0..MOST_STEPS {
                let has_older = self.tabs[tab].room.as_ref().is_some_and(Room::has_older);
                if !has_older {
                    break;
                }
                self.command(tab, Command::LoadOlder);
                self.settle()?;
                self.run_until(self.now + 500)?;
            }
        }
        Ok(())
    }

    /// The user sends again what the relay did not take.
    fn say_failed_again(&mut self, tab: usize) {
        let Some(room) = &self.tabs[tab].room else { return };
        let failed = room.timeline().iter().filter_map(|item| match item.content() {
            Content::Said(said) if said.delivery == Some(Delivery::Failed) => Some((item.id(), said.text().to_owned())),
            _ => None,
        });
        let failed: Vec<_> = failed.collect();
        for (item, text) in failed {
            self.command(tab, Command::SayAgain(item));
            for said in self.said.iter_mut().filter(|said| said.text == text) {
                said.out_of_order = true;
            }
        }
    }

    // Tabs

    fn line_of(&mut self, tab: usize) -> Option<&mut Line> {
        let number = self.tabs[tab].line?;
        self.lines.get_mut(&number)
    }

    fn try_command(&mut self, tab: usize, command: Command) {
        self.command(tab, command);
    }

    /// Says whether it was not refused.
    fn command(&mut self, tab: usize, command: Command) -> bool {
        if self.tabs[tab].frozen {
            return false;
        }
        let now = Instant::from_millis(self.now);
        let Some(room) = &mut self.tabs[tab].room else {
            return false;
        };
        room.handle_command(now, command).is_ok()
    }

    fn event(&mut self, tab: usize, event: Event<Message>) {
        let page = &mut self.tabs[tab];
        if let Some(room) = &mut page.room {
            let chance = &mut page.chance;
            room.handle_event(Instant::from_millis(self.now), event, &mut || chance.unit());
        }
    }

    fn claim(&mut self, tab: usize) {
        if self.tabs[tab].claim_at.as_ref().is_none_or(|(at, _)| *at > self.now) {
            return;
        }
        let Some((_, address)) = self.tabs[tab].claim_at.take() else {
            return;
        };
        let kept = self.disk.claim(self.now, tab, &mut self.kept_chance);
        self.note(|| format!("tab {tab} gets {kept:?}"));
        let page = &mut self.tabs[tab];
        page.key = Some(kept.key.clone());
        page.claimed_at = Some(self.now);
        page.knows_itself = !kept.client.is_empty();
        let log = kept.log.clone();
        if let Some(room) = &mut page.room {
            room.handle_claimed(Instant::from_millis(self.now), &address, kept);
        }
        self.check_kept(tab, log);
    }

    fn carry_out_tab(&mut self, tab: usize) -> Result<bool, String> {
        let mut any = false;
        while let Some(output) = self.tabs[tab].room.as_mut().and_then(Room::poll_output) {
            any = true;
            match output {
                Output::OpenSocket { socket, .. } => self.open_line(tab, socket),
                Output::CloseSocket { socket } => {
                    if let Some(number) = self.line_with(tab, socket)
                        && let Some(line) = self.lines.get_mut(&number)
                    {
                        line.send_up(self.now, Up::Closed);
                    }
                }
                Output::DropSocket { socket } => {
                    if let Some(number) = self.line_with(tab, socket)
                        && let Some(line) = self.lines.get_mut(&number)
                    {
                        line.tab_leaves(self.now);
                        self.tabs[tab].line = None;
                    }
                }
                Output::Send { socket, message, .. } => {
                    let Message::Text(text) = message else {
                        return Err("a tab sends bytes".to_owned());
                    };
                    self.note(|| format!("tab {tab} says {text}"));
                    if let Some(number) = self.line_with(tab, socket)
                        && let Some(line) = self.lines.get_mut(&number)
                    {
                        line.send_up(self.now, Up::Text(text));
                    }
                }
                Output::SendSecret { .. } | Output::AskToken { .. } => {
                    return Err("a tab wants a token that it was not told of".to_owned());
                }
                Output::Claim(address) => {
                    let at = self.now + self.tabs[tab].chance.between(0, 30);
                    self.tabs[tab].claim_at = Some((at, address));
                }
                Output::Keep(keep) => self.keep(tab, keep)?,
                Output::Received(Message::Text(text)) => {
                    if !self.tabs[tab].heard.insert(text.clone()) {
                        return Err(format!("tab {tab} hears {text:?} twice"));
                    }
                }
                Output::Received(Message::Binary(_)) => return Err("a tab hears bytes".to_owned()),
                Output::StateChanged => {}
            }
        }
        Ok(any)
    }

    fn keep(&mut self, tab: usize, keep: Keep) -> Result<(), String> {
        let Some(key) = self.tabs[tab].key.clone() else {
            return Err(format!("tab {tab} wants something kept before it has an identity"));
        };
        match keep {
            Keep::Client(client) => {
                self.tabs[tab].knows_itself = true;
                self.disk.keep(self.now, &key, Keep::Client(client));
            }
            Keep::Log => drop(self.tabs[tab].log_at.get_or_insert(self.now + LOG_RESTS)),
            keep => self.disk.keep(self.now, &key, keep),
        }
        Ok(())
    }

    fn open_line(&mut self, tab: usize, socket: SocketId) {
        self.lines_made += 1;
        let page = &self.tabs[tab];
        let mut line = Line::new(self.seed, self.lines_made, tab, page.page, socket, page.slow);
        line.send_up(self.now, Up::Open);
        self.lines.insert(self.lines_made, line);
        self.tabs[tab].line = Some(self.lines_made);
    }

    /// The line of this socket, if the tab still wants to hear of it.
    fn line_with(&self, tab: usize, socket: SocketId) -> Option<u64> {
        let number = self.tabs[tab].line?;
        self.lines
            .get(&number)
            .filter(|line| line.socket == socket)
            .map(|_| number)
    }

    // The network

    fn deliver(&mut self, number: u64) {
        while let Some(line) = self.lines.get_mut(&number)
            && !line.paused
            && line.up.front().is_some_and(|(at, _)| *at <= self.now)
            && let Some((_, up)) = line.up.pop_front()
        {
            self.deliver_up(number, up);
            while self.carry_out_relay() {}
        }
        while let Some(line) = self.lines.get_mut(&number)
            && line.down.front().is_some_and(|(at, _)| *at <= self.now)
            && !self.tabs[line.tab].frozen
            && let Some((_, down)) = line.down.pop_front()
        {
            self.deliver_down(number, down);
        }
        if let Some(line) = self.lines.get_mut(&number)
            && line.stalled_until > 0
            && line.stalled_until <= self.now
        {
            line.stalled_until = 0;
            if let Some(connection) = line.connection {
                self.write(connection);
            }
        }
    }

    fn deliver_up(&mut self, number: u64, up: Up) {
        let now = self.now;
        let Some(line) = self.lines.get_mut(&number) else {
            return;
        };
        let Some(rooms) = self.house.rooms.as_mut().filter(|_| !line.relay_done) else {
            if let Up::Open = up {
                line.relay_done = true;
                line.send_down(now, Down::Closed(1006));
            }
            return;
        };
        match (up, line.connection) {
            (Up::Open, _) => {
                line.connection = Some(rooms.handle_opened(now, Opening::V1));
                line.send_down(now, Down::Opened);
            }
            (Up::Text(text), Some(connection)) => {
                rooms.handle_message(now, connection, RelayMessage::Text(text.into()))
            }
            (Up::Closed, Some(connection)) => {
                rooms.handle_closed(now, connection);
                line.relay_done = true;
                // The answer to a closing handshake; or the relay gives up a line over which nothing comes.
                let code = if line.swallows_up { 1006 } else { 1000 };
                line.send_down(now, Down::Closed(code));
            }
            (Up::Text(_) | Up::Closed, None) => line.relay_done = true,
        }
    }

    fn deliver_down(&mut self, number: u64, down: Down) {
        let Some(line) = self.lines.get_mut(&number) else {
            return;
        };
        let (tab, socket) = (line.tab, line.socket);
        if line.tab_done || line.page != self.tabs[tab].page {
            return;
        }
        match down {
            Down::Opened => {
                let protocol = SUBPROTOCOL.to_owned();
                self.event(tab, Event::SocketOpened { socket, protocol });
            }
            Down::Text(text) => {
                self.note(|| format!("tab {tab} hears {text}"));
                if text.contains("\"code\":\"conflict\"") {
                    self.lost_count(tab);
                }
                let message = Message::Text(text);
                self.event(tab, Event::SocketMessage { socket, message });
            }
            Down::Closed(code) => {
                line.tab_leaves(self.now);
                self.tabs[tab].line = None;
                let close = Close {
                    code,
                    reason: String::new(),
                    was_clean: code != 1006,
                };
                self.event(tab, Event::SocketClosed { socket, close });
            }
        }
    }

    /// A disk that has lost writes can cost what waits its order: what may have been sent under its number keeps it.
    fn lost_count(&mut self, tab: usize) {
        let Some(room) = &self.tabs[tab].room else { return };
        let pending = room.timeline().iter().filter_map(|item| match item.content() {
            Content::Said(said) if said.delivery != Some(Delivery::Sent) => Some(said.text().to_owned()),
            _ => None,
        });
        let pending: BTreeSet<String> = pending.collect();
        for said in self.said.iter_mut().filter(|said| pending.contains(&said.text)) {
            said.out_of_order = true;
        }
    }

    // The relay

    fn carry_out_relay(&mut self) -> bool {
        let mut any = false;
        while let Some(output) = self.house.rooms.as_mut().and_then(|rooms| rooms.poll_output()) {
            any = true;
            match output {
                RelayOutput::Append { posts } => self.house.append(self.now, posts),
                RelayOutput::Read { ticket, query } => self.house.read(self.now, ticket, *query),
                RelayOutput::Wake(connection) => self.write(connection),
                RelayOutput::Pause(connection) => self.set_paused(connection, true),
                RelayOutput::Resume(connection) => self.set_paused(connection, false),
                RelayOutput::Close(closing) => {
                    let now = self.now;
                    if let Some(line) = self.line_to(closing.connection) {
                        for text in closing.rest {
                            line.send_down(now, Down::Text(text.to_string()));
                        }
                        line.send_down(now, Down::Closed(closing.code));
                        line.relay_done = true;
                        line.up.clear();
                    }
                }
            }
        }
        any
    }

    fn line_to(&mut self, connection: ConnectionId) -> Option<&mut Line> {
        self.lines
            .values_mut()
            .find(|line| line.connection == Some(connection) && !line.relay_done)
    }

    fn set_paused(&mut self, connection: ConnectionId, paused: bool) {
        if let Some(line) = self.line_to(connection) {
            line.paused = paused;
        }
    }

    /// What waits for a connection goes out, unless its receiver does not read.
    fn write(&mut self, connection: ConnectionId) {
        if self.line_to(connection).is_none_or(|line| line.stalled_until > 0) {
            return;
        }
        let Some(rooms) = &mut self.house.rooms else { return };
        let texts: Vec<String> = rooms.take(connection).map(|text| text.to_string()).collect();
        let now = self.now;
        if let Some(line) = self.line_to(connection) {
            for text in texts {
                line.send_down(now, Down::Text(text));
            }
        }
    }

    /// Connections that carry nothing are noticed in time.
    fn check_broken(&mut self) -> Result<(), String> {
        let (now, lines, tabs) = (self.now, &self.lines, &self.tabs);
        let is_used = |number: &u64| {
            lines
                .get(number)
                .is_some_and(|line| !line.tab_done && line.page == tabs[line.tab].page)
        };
        self.broken.retain(|broken| is_used(&broken.line));
        self.deaf.retain(|(number, _)| is_used(number));
        for (number, since) in &mut self.deaf {
            let page = &tabs[lines[number].tab];
            let owed = page
                .room
                .as_ref()
                .is_some_and(|room| room.is_joined() && room.waiting_posts() > 0);
            if page.frozen || !owed {
                *since = None;
            } else if now > *since.get_or_insert(now) + NOTICED_DEAF {
                return Err(format!("tab {} does not notice that nobody answers", lines[number].tab));
            }
        }
        for Broken { line, at, silent_at } in &self.broken {
            let tab = self.lines[line].tab;
            let page = &self.tabs[tab];
            let state = page.room.as_ref().map(Room::state);
            if page.frozen || !matches!(state, Some(State::Open { .. })) {
                continue;
            }
            let looked = if page.woken_at >= *at {
                page.woken_at + NOTICED_AWAKE
            } else {
                u64::MAX
            };
            if now > looked.min(silent_at + NOTICED_WITHIN) {
                return Err(format!(
                    "tab {tab} still trusts a connection that was dead at {}",
                    at - BEGIN
                ));
            }
        }
        Ok(())
    }
}

fn seq_of(frame: Result<ServerFrame, BadFrame>) -> Option<u64> {
    match frame {
        Ok(ServerFrame::Entry(entry)) => Some(entry.seq),
        _ => None,
    }
}
