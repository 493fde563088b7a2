//! The parts, in the order in which they are told.

use std::pin::Pin;

use crate::{parts, report::Section};

/// What every part is told.
pub(crate) struct Context {
    /// Whether all parts together have five minutes: as much as shows that they work, and an idea of the figures.
    pub(crate) quick: bool,
}

impl Context {
    /// `full`, or `quick` for a quick run.
    pub(crate) fn pick<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }
}

type Measuring<'a> = Pin<Box<dyn Future<Output = Section> + 'a>>;

/// Something that is measured by itself.
pub(crate) struct Part {
    pub(crate) name: &'static str,
    /// One line.
    pub(crate) about: &'static str,
    /// Panics with the reason if it cannot be measured.
    pub(crate) run: for<'a> fn(&'a Context) -> Measuring<'a>,
}

/// All of them.
const ALL: &[Part] = &[
    Part {
        name: "receive",
        about: "messages a second into a page",
        run: |context| Box::pin(parts::receive::run(context)),
    },
    Part {
        name: "roundtrip",
        about: "how long it takes until what is sent comes back, or is seen",
        run: |context| Box::pin(parts::roundtrip::run(context)),
    },
    Part {
        name: "log",
        about: "the log on the screen: loading, scrolling, 2,000 messages a second",
        run: |context| Box::pin(parts::log::run(context)),
    },
    Part {
        name: "start",
        about: "from the navigation to a conversation",
        run: |context| Box::pin(parts::start::run(context)),
    },
    Part {
        name: "fanout",
        about: "one says it, all in the room get it: the relay beside other servers",
        run: |context| Box::pin(parts::fanout::run(context)),
    },
    Part {
        name: "faults",
        about: "what is lost, and for how long, when networks and servers fail",
        run: |context| Box::pin(parts::faults::run(context)),
    },
];

/// The parts of these names, or all of them.
pub(crate) fn chosen(names: &[String]) -> Result<Vec<&'static Part>, String> {
    let unknown = names.iter().find(|name| ALL.iter().all(|part| part.name != **name));
    if let Some(unknown) = unknown {
        let all: Vec<&str> = ALL.iter().map(|part| part.name).collect();
        return Err(format!("there is no part {unknown:?}: there are {}", all.join(", ")));
    }
    let is_chosen = |part: &&Part| names.is_empty() || names.iter().any(|name| name == part.name);
    Ok(ALL.iter().filter(is_chosen).collect())
}

/// A line for each.
pub(crate) fn list() -> String {
    let lines = ALL.iter().map(|part| format!("{:<12}{}", part.name, part.about));
    lines.collect::<Vec<_>>().join("\n")
}

/// All, in their order.
pub(crate) fn all() -> impl Iterator<Item = &'static Part> {
    ALL.iter()
}
