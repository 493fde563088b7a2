//! What is kept of a run: `results.json`, and from it `RESULTS.md` and the graphs. A part that is measured again takes
//! the place of what was found before; the others stay.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use e2e::programs;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    machine::Machine,
    markdown,
    part::{self, Context, Part},
    report::Section,
    svg,
};

const HEAD: &str = "# What was measured

`cargo xtask bench` measures the project beside its alternatives, all in one session, in alternating order, and writes this file. Take
ratios, not times: another machine has others. [results.json](results.json) has the same for programs.";

/// One part, and what it was measured on.
#[derive(Debug, Deserialize, Serialize)]
struct Found {
    machine: Machine,
    #[serde(flatten)]
    section: Section,
}

/// Where the results are: those of a quick run are nobody's business but that of who has started it.
pub(crate) fn folder(context: &Context) -> PathBuf {
    let below = if context.quick { "target/bench" } else { "bench" };
    let repository = programs::repository();
    repository.canonicalize().as_deref().unwrap_or(repository).join(below)
}

/// Writes down what a part has found, beside what the others have.
///
/// # Panics
/// If a file cannot be read or written.
pub(crate) fn keep(context: &Context, part: &Part, machine: &Machine, section: Section) {
    let folder = folder(context);
    fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("cannot make {}: {error}", folder.display()));
    for graph in &section.graphs {
        write(&folder.join(format!("{}.svg", graph.name)), &svg::draw(graph));
    }
    let json = folder.join("results.json");
    let mut all: BTreeMap<String, Found> = read(&json).unwrap_or_default();
    let machine = machine.clone();
    all.insert(part.name.to_owned(), Found { machine, section });
    write(
        &json,
        &format!("{}\n", serde_json::to_string_pretty(&all).expect("it is JSON")),
    );
    write(&folder.join("RESULTS.md"), &tell(&all));
}

fn tell(all: &BTreeMap<String, Found>) -> String {
    let mut blocks = vec![HEAD.to_owned()];
    let mut shown = None;
    for part in part::all() {
        let Some(found) = all.get(part.name) else { continue };
        blocks.push(format!("## {}", capital(part.about)));
        // Once for all that were measured together.
        if shown != Some(&found.machine) {
            blocks.push(markdown::machine(&found.machine));
            shown = Some(&found.machine);
        }
        blocks.push(markdown::section(part, &found.section));
    }
    blocks.join("\n\n") + "\n"
}

fn capital(words: &str) -> String {
    let mut characters = words.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// What was written by another version may be of another shape, and is measured anew.
fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_str(&fs::read_to_string(path).ok()?).ok()
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
}
