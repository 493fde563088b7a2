//! What happens in a run: drawn from the seed, and short enough to be read.

use crate::chance::Chance;

/// How many tabs there can be.
pub(crate) const TABS: usize = 4;

/// Something that happens, to a tab, to its network or to the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// The user says something. The text says who and how often.
    Say(usize),
    /// The user pastes more than may wait at once, text by text.
    SayMany(usize),
    /// The user changes, takes back or reacts to an entry, whichever the number falls on.
    Change(usize, u64),
    /// The page is opened, if it is closed.
    Open(usize),
    /// The page is closed in good order: what was to be kept is kept.
    Close(usize),
    /// The page is closed and opened again at once.
    Reload(usize),
    /// The browser dies: what was not on its disk yet is lost.
    Crash(usize),
    /// The user presses “Disconnect”, or “Connect”.
    Disconnect(usize),
    Connect(usize),
    /// The connection breaks. Each end learns of it in its own time.
    Cut(usize),
    /// The connection goes on as if nothing were wrong, and carries nothing any more.
    HalfOpen(usize),
    /// The same for the way to the relay alone: what others say still arrives.
    Deaf(usize),
    /// The next connections of this tab are so much slower, in milliseconds.
    Slow(usize, u64),
    /// The page is put to sleep, and wakes.
    Freeze(usize),
    Resume(usize),
    /// The page is looked at: somebody is there.
    Visible(usize),
    /// The relay reads nothing out of this connection's queue for a while.
    Stall(usize, u64),
    /// The relay dies at once. Started again by itself a little later.
    Kill,
    /// The relay is restarted in good order.
    Restart,
    /// The log cannot be written for so long, in milliseconds.
    LogFails(u64),
    /// The log takes so long for everything, in milliseconds.
    LogSlow(u64),
}

/// The acts of a run, each with the milliseconds since the one before.
pub(crate) type Plan = Vec<(u64, Act)>;

pub(crate) fn draw(seed: u64) -> Plan {
    let mut chance = Chance::new(seed, 1);
    let length = chance.between(20, 120);
    // A run is either busy or has long silences in it: both find their own mistakes.
    let pause = [50, 400, 4_000][chance.between(0, 2) as usize];
    (0..length)
        .map(|_| (chance.between(0, pause), act(&mut chance)))
        .collect()
}

fn act(chance: &mut Chance) -> Act {
    let tab = chance.between(0, TABS as u64 - 1) as usize;
    match chance.between(0, 99) {
        0..=42 => Act::Say(tab),
        43 => Act::SayMany(tab),
        44 => Act::Deaf(tab),
        45..=51 => Act::Change(tab, chance.between(0, 999)),
        52..=57 => Act::Open(tab),
        58..=59 => Act::Close(tab),
        60..=64 => Act::Reload(tab),
        65..=67 => Act::Crash(tab),
        68 => Act::Disconnect(tab),
        69..=71 => Act::Connect(tab),
        72..=77 => Act::Cut(tab),
        78..=81 => Act::HalfOpen(tab),
        82..=84 => Act::Slow(tab, chance.between(0, 3_000)),
        85..=86 => Act::Freeze(tab),
        87..=89 => Act::Resume(tab),
        90..=91 => Act::Visible(tab),
        92 => Act::Stall(tab, chance.between(10, 8_000)),
        93..=94 => Act::Kill,
        95 => Act::Restart,
        96..=97 => Act::LogFails(chance.between(1, 6_000)),
        _ => Act::LogSlow(chance.between(1, 800)),
    }
}
