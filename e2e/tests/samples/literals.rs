//! The texts in a source file.

/// A string in the source.
#[derive(Debug, PartialEq)]
pub(crate) struct Literal {
    /// The code on its left, from the statement's beginning, or less. White space is one blank, or none at the ends.
    pub(crate) before: String,
    /// What it says. What is filled in is `…`.
    pub(crate) text: String,
}

/// The strings of Rust code, without those of its comments and its tests.
pub(crate) fn rust(source: &str) -> Vec<Literal> {
    let code = source.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut scan = Scan::new(code);
    while let Some(character) = scan.next() {
        match character {
            '/' if scan.rest.starts_with('/') => scan.skip_to('\n'),
            '\'' => scan.skip_character(),
            'r' if scan.rest.starts_with("#\"") => scan.skip_past("\"#"),
            '"' => {
                let text = scan.text('"');
                scan.found(text.replace("{{", "{").replace("}}", "}"), '{');
            }
            _ => {}
        }
    }
    scan.literals
}

/// The strings of JavaScript, in whichever quotes.
pub(crate) fn javascript(source: &str) -> Vec<Literal> {
    let mut scan = Scan::new(source);
    while let Some(character) = scan.next() {
        match character {
            '/' if scan.rest.starts_with('/') => scan.skip_to('\n'),
            '/' if scan.rest.starts_with('*') => scan.skip_past("*/"),
            // What stands where a value may begin is a regular expression.
            '/' if scan.expects_value() => {
                scan.text('/');
            }
            '"' | '\'' | '`' => {
                let text = scan.text(character);
                scan.found(text.replace("${", "{"), '{');
            }
            _ => {}
        }
    }
    scan.literals
}

struct Scan<'a> {
    code: &'a str,
    rest: &'a str,
    /// Where the literal begins that is being read.
    start: usize,
    literals: Vec<Literal>,
}

impl<'a> Scan<'a> {
    fn new(code: &'a str) -> Self {
        Self {
            code,
            rest: code,
            start: 0,
            literals: Vec::new(),
        }
    }

    fn next(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.start = self.code.len() - self.rest.len();
        self.rest = &self.rest[character.len_utf8()..];
        Some(character)
    }

    fn skip_to(&mut self, end: char) {
        self.rest = self.rest.find(end).map_or("", |at| &self.rest[at..]);
    }

    fn skip_past(&mut self, end: &str) {
        self.rest = self.rest.find(end).map_or("", |at| &self.rest[at + end.len()..]);
    }

    /// A character of Rust, or nothing where it is a lifetime.
    fn skip_character(&mut self) {
        let mut characters = self.rest.chars();
        match (characters.next(), characters.next()) {
            (Some('\\'), Some(escaped)) => {
                self.rest = &self.rest[1 + escaped.len_utf8()..];
                self.skip_past("'");
            }
            (Some(one), Some('\'')) => self.rest = &self.rest[one.len_utf8() + 1..],
            _ => {}
        }
    }

    fn expects_value(&self) -> bool {
        let before = self.code[..self.start].trim_end();
        before.is_empty() || before.ends_with(['(', ',', '=', ':', '[', '!', '&', '|', '?', '{', '}', ';', '>'])
    }

    /// Up to the end, without escapes: a line that ends with one goes on with the next.
    fn text(&mut self, end: char) -> String {
        let mut text = String::new();
        let start = self.start;
        while let Some(character) = self.next() {
            match character {
                '\\' => match self.next() {
                    Some('\n') => self.rest = self.rest.trim_start(),
                    Some('n') => text.push('\n'),
                    Some(escaped) => text.push(escaped),
                    None => break,
                },
                _ if character == end => break,
                _ => text.push(character),
            }
        }
        self.start = start;
        text
    }

    fn found(&mut self, text: String, placeholder: char) {
        let before = self.code[..self.start].trim_end();
        let joined = before
            .strip_suffix('+')
            .filter(|it| it.trim_end().ends_with(['"', '\'', '`']));
        if let (Some(_), Some(last)) = (joined, self.literals.last_mut()) {
            last.text = [&*last.text, " ", &filled(&text, placeholder)].concat();
            return;
        }
        let from = before.rfind(';').map_or(0, |at| at + 1);
        self.literals.push(Literal {
            before: before[from..].split_whitespace().collect::<Vec<_>>().join(" "),
            text: filled(&text, placeholder),
        });
    }
}

/// With an ellipsis in the place of each `{…}`.
fn filled(text: &str, placeholder: char) -> String {
    let mut parts = text.split(placeholder);
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('}') {
            Some((_, after)) => {
                filled.push('…');
                filled.push_str(after);
            }
            None => {
                filled.push(placeholder);
                filled.push_str(part);
            }
        }
    }
    filled.trim().to_owned()
}

#[test]
fn strings_are_found() {
    let texts = |literals: Vec<Literal>| literals.into_iter().map(|it| it.text).collect::<Vec<_>>();
    let code = "fn a<'a>(b: &'a str) { c('\"', '\\'', \"one \\\n     {two:?} \\\"three\\\"\"); } // \"not\"\nwrite!(f, \"four\")";
    assert_eq!(texts(rust(code)), ["one … \"three\"", "four"]);
    assert_eq!(rust("x; warn!(a, \"five\")")[0].before, "warn!(a,");
    let code = "/* 'no' */ a(/[\"']/g); throw new E(`six ${seven} 'eight'`); // \"not\"\nb / c; d(\"nine\")";
    assert_eq!(texts(javascript(code)), ["six … 'eight'", "nine"]);
    assert_eq!(texts(javascript("e(`ten ${it} ` +\n  \"eleven\")")), ["ten … eleven"]);
}
