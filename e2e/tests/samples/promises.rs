//! What the docs list has to be all that there is.

use std::{collections::BTreeSet, fs, process::Command};

use e2e::programs;

fn text(path: &str) -> String {
    fs::read_to_string(programs::repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The words of a page that stand in code spans, up to a bracket or a blank: `send(text)` is `send`.
fn told(page: &str) -> BTreeSet<String> {
    let page = text(page);
    let spans = page.split('`').skip(1).step_by(2);
    let words = spans.filter_map(|span| span.split([' ', '(', '=']).next());
    words.map(str::to_owned).collect()
}

#[test]
fn every_option_of_the_relay_is_explained_and_no_other() {
    let help = Command::new(programs::relay())
        .arg("--help")
        .output()
        .expect("the relay starts");
    let help = String::from_utf8(help.stdout).expect("its help is a text");
    let words = help.split_whitespace().map(|word| word.trim_end_matches(','));
    let options =
        |words: &mut dyn Iterator<Item = String>| words.filter(|word| word.starts_with("--")).collect::<BTreeSet<_>>();
    let told = options(&mut told("docs/relay.md").into_iter());
    assert_eq!(options(&mut words.map(str::to_owned)), told);
}

#[test]
fn every_member_of_the_element_is_explained() {
    let class = text("src/web/element/element.js");
    let (_, class) = class
        .split_once("class ChatRoomElement")
        .expect("the element has a class");
    let (class, _) = class.split_once("\n}\n").expect("it ends");
    let members = class.lines().filter_map(|line| line.strip_prefix("  "));
    let members = members.filter(|line| line.starts_with(|it: char| it.is_ascii_lowercase()));
    let names = members.filter_map(|line| line.strip_prefix("get ").unwrap_or(line).split_once('('));
    let names: BTreeSet<_> = names
        .map(|(name, _)| name.strip_prefix("set ").unwrap_or(name))
        .collect();
    // What the browser calls.
    let calls = |name: &str| name == "constructor" || name.ends_with("Callback");
    assert!(names.len() > 10, "they are found: {names:?}");
    for page in ["docs/embed.md", "docs/embed.zh-CN.md"] {
        let told = told(page);
        let missing: Vec<_> = names
            .iter()
            .filter(|name| !calls(name) && !told.contains(**name))
            .collect();
        assert!(missing.is_empty(), "{page} does not tell: {missing:?}");
    }
}
