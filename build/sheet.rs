//! A style sheet without comments and without the white space that means nothing.
//!
//! It knows what can be told without a grammar: strings are left alone, and a space goes only beside characters that end
//! whatever stands before them. A browser test holds that both sheets are read as the same rules.

/// The sheet, shorter.
pub(crate) fn minify(css: &str) -> String {
    let mut short = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("/*") {
            let end = rest.find("*/").map_or(rest.len(), |at| at + 2);
            space(&mut short);
            end
        } else if matches!(first, '"' | '\'') {
            let end = string_end(rest, first);
            short.push_str(&rest[..end]);
            end
        } else if first.is_ascii_whitespace() {
            space(&mut short);
            1
        } else {
            put(&mut short, first, &rest[first.len_utf8()..]);
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    short.truncate(short.trim_end().len());
    short
}

/// One space, and none where what stands before it has ended anyway. The one after a colon goes: it is in front of a
/// colon that a space says which elements are meant.
fn space(short: &mut String) {
    if !short.is_empty() && !short.ends_with([' ', '{', '}', ';', ',', ':', '>', '(', '~']) {
        short.push(' ');
    }
}

fn put(short: &mut String, character: char, rest: &str) {
    if matches!(character, '{' | '}' | ';' | ',' | '>' | ')' | '~' | '!') && short.ends_with(' ') {
        short.pop();
    }
    if character == '}' && short.ends_with(';') {
        short.pop();
    }
    // 0.5 is .5
    let begins_number = short.ends_with([' ', ':', ',', '(', '-']);
    if !(character == '0' && begins_number && rest.starts_with('.')) {
        short.push(character);
    }
}

/// Where the string that `text` begins with ends.
fn string_end(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}
