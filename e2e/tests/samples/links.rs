//! Links between the project's own pages.

use std::{collections::HashMap, path::Path};

use e2e::programs;

use crate::markdown::{Document, pages};

/// Pages that have links, but no samples of their own to be run here.
const OTHERS: [&str; 3] = ["ARCHITECTURE.md", "CHANGELOG.md", "wire/PROTOCOL.md"];

#[test]
fn every_link_within_the_repository_leads_somewhere() {
    let documents: Vec<_> = pages().into_iter().chain(OTHERS.map(Document::read)).collect();
    let anchors: HashMap<_, _> = documents.iter().map(|it| (&*it.path, &it.anchors)).collect();
    let mut broken = Vec::new();
    for document in &documents {
        let links = document.links.iter().filter(|(_, link)| !link.contains("://"));
        for (line, link) in links {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let path = match file {
                "" => document.path.clone(),
                _ => beside(&document.path, file),
            };
            let known = anchors.get(&*path).is_none_or(|it| it.iter().any(|it| it == anchor));
            if !programs::repository().join(&path).exists() || !(anchor.is_empty() || known) {
                broken.push(format!("{}:{line}: {link}", document.path));
            }
        }
    }
    assert!(broken.is_empty(), "these lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn every_page_of_the_docs_is_in_their_index() {
    let index = Document::read("docs/README.md");
    for page in pages() {
        let Some(name) = page.path.strip_prefix("docs/").filter(|it| *it != "README.md") else {
            continue;
        };
        assert!(
            index.links.iter().any(|(_, link)| link == name),
            "docs/README.md does not list {name}"
        );
    }
}

#[test]
fn every_file_that_contributing_names_is_there() {
    let folders = ["src/", "tests/", "relay/", "wire/", "e2e/", "docs/"];
    for (line, text) in Document::read("CONTRIBUTING.md").prose {
        let named = text.split('`').skip(1).step_by(2);
        for path in named.filter(|it| folders.iter().any(|folder| it.starts_with(folder))) {
            assert!(
                programs::repository().join(path).exists(),
                "CONTRIBUTING.md:{line}: there is no {path}"
            );
        }
    }
}

/// The path of a link, from the root.
fn beside(page: &str, link: &str) -> String {
    let mut parts: Vec<_> = Path::new(page).parent().into_iter().flat_map(Path::iter).collect();
    for part in Path::new(link) {
        match part.to_str() {
            Some("..") => drop(parts.pop()),
            Some(".") => {}
            _ => parts.push(part),
        }
    }
    let parts: Vec<_> = parts.iter().map(|it| it.to_string_lossy()).collect();
    parts.join("/")
}
