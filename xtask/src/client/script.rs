//! JavaScript without comments and without the white space that means nothing. Names stay.
//!
//! A line's end stays wherever JavaScript could take it for a semicolon. Strings, templates and regular expressions are
//! left alone.

/// What tools read in a comment at the top of the module.
const KEPT: &str = "@ts-self-types";

/// After these words a slash begins a regular expression.
const BEFORE_VALUES: [&str; 12] = [
    "await", "case", "delete", "do", "else", "in", "of", "return", "throw", "typeof", "void", "yield",
];

/// The module, shorter.
pub(super) fn shorten(script: &str) -> String {
    let mut short = String::with_capacity(script.len());
    let mut gap = Gap::None;
    let mut rest = script;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => {
                let end = rest.find("*/").map_or(rest.len(), |at| at + 2);
                let comment = &rest[..end];
                if short.is_empty() && comment.contains(KEPT) {
                    short.push_str(comment);
                }
                gap = gap.max(if comment.contains('\n') { Gap::Line } else { Gap::Space });
                end
            }
            '\n' => {
                gap = Gap::Line;
                1
            }
            _ if first.is_whitespace() => {
                gap = gap.max(Gap::Space);
                first.len_utf8()
            }
            _ => {
                bridge(&mut short, gap, first);
                gap = Gap::None;
                let length = match first {
                    '"' | '\'' => end_of_string(rest, first),
                    '`' => end_of_template(rest),
                    '/' if begins_value(&short) => end_of_regex(rest),
                    _ => first.len_utf8(),
                };
                short.push_str(&rest[..length]);
                length
            }
        };
        rest = &rest[length..];
    }
    short.push('\n');
    short
}

/// What stood between two tokens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
}

/// As much of the gap as is needed in front of `next`.
fn bridge(short: &mut String, gap: Gap, next: char) {
    let Some(last) = short.chars().next_back() else {
        return;
    };
    let ends_itself = matches!(last, '{' | '(' | '[' | ',' | ';') || matches!(next, '}' | ')' | ']' | ',');
    let would_merge = is_word(last) && is_word(next) || last == next || last == '/' || next == '/';
    match gap {
        Gap::Line if !ends_itself => short.push('\n'),
        Gap::Line | Gap::Space if would_merge && !ends_itself => short.push(' '),
        _ => {}
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$' | '#' | '\\')
}

/// Whether a slash after this is not a division. After a parenthesis it is taken for one, which no statement of ours makes wrong.
fn begins_value(before: &str) -> bool {
    let before = before.trim_end();
    let word = before.rfind(|it| !is_word(it)).map_or(before, |at| {
        let after = before[at..].chars().next().map_or(0, char::len_utf8);
        &before[at + after..]
    });
    if word.is_empty() {
        !before.ends_with([')', ']', '}', '"', '\'', '`'])
    } else {
        BEFORE_VALUES.contains(&word)
    }
}

/// Where the string that `text` begins with ends.
fn end_of_string(text: &str, quote: char) -> usize {
    end_by(text, |at, character| (character == quote).then_some(at + 1))
}

fn end_of_regex(text: &str) -> usize {
    let mut in_class = false;
    end_by(text, |at, character| {
        match character {
            '[' => in_class = true,
            ']' => in_class = false,
            '/' if !in_class => return Some(at + 1),
            _ => {}
        }
        None
    })
}

/// With all that is put into it: `${}` has code, which can have strings and templates.
fn end_of_template(text: &str) -> usize {
    let mut at = 1;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        at += match first {
            '`' => return at + 1,
            '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            '$' if rest.starts_with("${") => 2 + end_of_code(&rest[2..]),
            _ => first.len_utf8(),
        };
    }
    text.len()
}

/// Behind the brace that closes the code.
fn end_of_code(text: &str) -> usize {
    let (mut at, mut depth) = (0, 1);
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        at += match first {
            '"' | '\'' => end_of_string(rest, first),
            '`' => end_of_template(rest),
            _ => first.len_utf8(),
        };
        match first {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The first end that `found` gives for a character that is not escaped and is not the first.
fn end_by(text: &str, mut found: impl FnMut(usize, char) -> Option<usize>) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if let Some(end) = found(at, character) {
            return end;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(script: &str) -> String {
        shorten(script).trim_end().to_owned()
    }

    #[test]
    fn comments_and_indentation_go() {
        let script =
            "// a\nexport class A {\n  #b = 1; // c\n\n  /** d\n   * e */\n  f(g, h) {\n    return g + h;\n  }\n}\n";
        assert_eq!(shorten(script), "export class A{#b=1;f(g,h){return g+h;}}\n");
    }

    #[test]
    fn a_lines_end_that_can_be_a_semicolon_stays() {
        assert_eq!(short("a = b\n  c()\nlet d\n++e"), "a=b\nc()\nlet d\n++e");
        assert_eq!(short("return\n  // why\n  a"), "return\na");
        assert_eq!(short("a /* b\n */ c"), "a\nc");
    }

    #[test]
    fn what_would_become_another_token_is_kept_apart() {
        for script in [
            "a+ +b",
            "a- -b",
            "typeof a in b",
            "a in #b",
            "a= /b/",
            "a / /b/.c",
            "async function*a(){}",
        ] {
            assert_eq!(short(script), script);
        }
    }

    #[test]
    fn strings_templates_and_regular_expressions_are_left_alone() {
        for script in [
            r#"a("// b  c",'\'  /* d */')"#,
            "a(`b  // ${c( \"}\", `}  ` )}  {`,d)",
            r"a(/[/\]]  \/ '/u,b)",
            "return/  a/.b",
            "a=1/2,'  '/3",
        ] {
            assert_eq!(short(script), script);
        }
    }

    #[test]
    fn what_tools_read_at_the_top_stays() {
        let script = "/* @ts-self-types=\"./a.d.ts\" */\nimport { a } from './a.js';\n";
        assert_eq!(
            shorten(script),
            "/* @ts-self-types=\"./a.d.ts\" */\nimport{a}from'./a.js';\n"
        );
    }

    #[test]
    fn what_is_short_becomes_no_shorter() {
        let script = include_str!("../../../src/web/storage/search.js");
        let once = shorten(script);
        assert!(once.len() < script.len());
        assert_eq!(shorten(&once), once);
    }
}
