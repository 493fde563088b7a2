//! What is in a Markdown file: its code blocks, its headings and its links.

use std::{fs, path::Path};

use e2e::programs;

/// A page of the project's documentation.
pub(crate) struct Document {
    /// Below the repository's root.
    pub(crate) path: String,
    pub(crate) blocks: Vec<Block>,
    /// The names that links lead to, as GitHub makes them of headings.
    pub(crate) anchors: Vec<String>,
    /// Where links and pictures lead to, with their lines.
    pub(crate) links: Vec<(usize, String)>,
    /// The lines outside of code blocks.
    pub(crate) prose: Vec<(usize, String)>,
}

/// A fenced code block.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// File and line.
    pub(crate) place: String,
    pub(crate) language: String,
    /// What else its first line says; a reader of the page does not see it.
    pub(crate) words: Vec<String>,
    pub(crate) text: String,
}

/// The pages whose blocks are run.
pub(crate) fn pages() -> Vec<Document> {
    let mut paths = vec![
        "README.md".to_owned(),
        "README.zh-CN.md".to_owned(),
        "CONTRIBUTING.md".to_owned(),
    ];
    let docs = fs::read_dir(programs::repository().join("docs")).expect("there is a folder docs");
    let names = docs.map(|it| it.expect("it can be read").file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> = names.filter(|name| name.ends_with(".md")).collect();
    names.sort();
    paths.extend(names.into_iter().map(|name| format!("docs/{name}")));
    paths.iter().map(|path| Document::read(path)).collect()
}

/// All blocks of one language, in all pages.
pub(crate) fn blocks(language: &str) -> Vec<Block> {
    let blocks = pages().into_iter().flat_map(|page| page.blocks);
    blocks.filter(|block| block.language == language).collect()
}

impl Document {
    /// # Panics
    /// If there is no such file, or something in it would escape the tests.
    pub(crate) fn read(path: &str) -> Self {
        let file = programs::repository().join(Path::new(path));
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut document = Self {
            path: path.to_owned(),
            blocks: Vec::new(),
            anchors: Vec::new(),
            links: Vec::new(),
            prose: Vec::new(),
        };
        let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
        while let Some((number, line)) = lines.next() {
            let place = format!("{path}:{number}");
            if let Some(info) = line.strip_prefix("```") {
                let inside: Vec<_> = lines.by_ref().map(|(_, it)| it).take_while(|it| *it != "```").collect();
                let mut words = info.split([' ', ',']).filter(|it| !it.is_empty()).map(str::to_owned);
                document.blocks.push(Block {
                    place,
                    language: words.next().unwrap_or_default(),
                    words: words.collect(),
                    text: inside.join("\n") + "\n",
                });
                continue;
            }
            let hidden = line.trim_start().starts_with("```") || line.starts_with("    ") || line.starts_with('\t');
            assert!(!hidden, "{place}: a code block begins with ``` at the line's start");
            if let Some(heading) = line.strip_prefix('#') {
                document.anchors.push(anchor(heading.trim_start_matches('#').trim()));
            }
            document.links.extend(links(line).map(|link| (number, link)));
            document.prose.push((number, line.to_owned()));
        }
        document
    }
}

/// As GitHub does it: letters and digits of any script stay, in lower case, and a space becomes a hyphen.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter(|it| it.is_alphanumeric() || " -_".contains(*it));
    kept.map(|it| if it == ' ' { '-' } else { it }).collect()
}

/// The targets of `[text](target)` in a line, code spans left out.
fn links(line: &str) -> impl Iterator<Item = String> {
    let outside: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
    let targets = outside.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.map(str::to_owned).collect::<Vec<_>>().into_iter()
}
