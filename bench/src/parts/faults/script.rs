//! What happens to networks, servers and pages, and when.

use std::time::Duration;

use e2e::proxy::{BOTH, Way};

/// Who of the two pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// The one whose messages are counted.
    Sender,
    /// The one that has to get them.
    Receiver,
}

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// All connections are reset.
    Cut,
    /// What goes these ways over the connections of now is lost, and nobody is told. New ones are well.
    HalfOpen(&'static [Way]),
    /// All connections are reset, and so are new ones for so long.
    Outage(Duration),
    /// The server is killed, and starts again after so long.
    Kill(Duration),
    /// The server is asked to end, and starts again after so long.
    Restart(Duration),
    /// The browsers stand still for so long, and their connections do not survive it, of which nobody is told.
    Sleep(Duration),
    /// A page is loaded anew.
    Reload(Who),
}

impl Fault {
    /// What it is called in a table.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Cut => "cut",
            Self::HalfOpen(_) => "half-open",
            Self::Outage(_) => "outage",
            Self::Kill(_) => "killed server",
            Self::Restart(_) => "ended server",
            Self::Sleep(_) => "sleep",
            Self::Reload(_) => "reload",
        }
    }

    /// Whether a connection is dead and looks open.
    pub(super) fn is_silent(self) -> bool {
        matches!(self, Self::HalfOpen(_) | Self::Sleep(_))
    }
}

/// The kinds, in the order of a table.
pub(super) const KINDS: [&str; 7] = [
    "cut",
    "outage",
    "killed server",
    "ended server",
    "half-open",
    "sleep",
    "reload",
];

/// What comes so many seconds after the first message, for everybody.
pub(super) type Script = &'static [(u64, Fault)];

/// In a full run, of 400 seconds. After a silent one there is time for those who are slow to notice.
pub(super) const FULL: Script = &[
    (5, Fault::Cut),
    (12, Fault::Kill(seconds(3))),
    (28, Fault::HalfOpen(&BOTH)),
    (82, Fault::Reload(Who::Sender)),
    (88, Fault::Outage(seconds(8))),
    (110, Fault::Restart(seconds(2))),
    (124, Fault::HalfOpen(&[Way::ToRelay])),
    (178, Fault::Reload(Who::Receiver)),
    (184, Fault::Cut),
    (191, Fault::Sleep(seconds(10))),
    (254, Fault::Kill(seconds(8))),
    (276, Fault::HalfOpen(&[Way::ToPage])),
    (330, Fault::Outage(seconds(20))),
    (368, Fault::Restart(seconds(3))),
    (382, Fault::Reload(Who::Sender)),
    (388, Fault::Cut),
    (394, Fault::Reload(Who::Receiver)),
];

/// In a quick run.
pub(super) const QUICK: Script = &[
    (2, Fault::Cut),
    (6, Fault::Kill(seconds(2))),
    (12, Fault::Reload(Who::Sender)),
    (15, Fault::Reload(Who::Receiver)),
    (18, Fault::HalfOpen(&BOTH)),
];

const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comes_after_the_other_and_is_in_the_table() {
        for script in [FULL, QUICK] {
            assert!(script.is_sorted_by_key(|(at, _)| *at));
            assert!(script.iter().all(|(_, fault)| KINDS.contains(&fault.kind())));
        }
        assert!(
            KINDS
                .iter()
                .all(|kind| FULL.iter().any(|(_, fault)| fault.kind() == *kind))
        );
    }
}
