//! wasm and the JavaScript around it meet by names that wasm-bindgen has made: long, and with sixteen digits that no
//! compression makes shorter. Nobody else uses them, so they become short in both.

use std::collections::HashMap;

/// How many digits wasm-bindgen puts at the end of a name.
const DIGITS: usize = 16;

const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;

/// Long names and what they become.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<String, String>);

/// The wasm with short names, and these names. `None` if it is not a wasm file as it is known here.
pub(super) fn shorten(wasm: &[u8]) -> Option<(Vec<u8>, Names)> {
    let mut rest = wasm.strip_prefix(b"\0asm\x01\0\0\0")?;
    let mut sections = Vec::new();
    while let Some((id, after)) = rest.split_first() {
        rest = after;
        let length = number(&mut rest)?;
        sections.push((*id, take(&mut rest, length)?));
    }
    let mut names = Names::default();
    let mut short = wasm[..8].to_vec();
    for (id, contents) in sections {
        let contents = match id {
            IMPORTS => in_imports(contents, &mut names)?,
            EXPORTS => in_exports(contents, &mut names)?,
            _ => contents.to_vec(),
        };
        short.push(id);
        put_number(&mut short, contents.len());
        short.extend(contents);
    }
    Some((short, names))
}

impl Names {
    /// A script, or its types, with the short names.
    pub(super) fn replace_in(&self, script: &str) -> String {
        let mut short = String::with_capacity(script.len());
        let mut rest = script;
        while !rest.is_empty() {
            let end = rest.find(|it: char| !is_word(it)).unwrap_or(rest.len());
            let word = &rest[..end];
            short.push_str(self.0.get(word).map_or(word, String::as_str));
            let next = rest[end..].find(is_word).map_or(rest.len(), |at| end + at);
            short.push_str(&rest[end..next]);
            rest = &rest[next..];
        }
        short
    }

    fn short_for(&mut self, name: &str) -> String {
        let digits = name.len().checked_sub(DIGITS).and_then(|at| name.get(at..));
        if !digits.is_some_and(|it| it.bytes().all(|digit| digit.is_ascii_hexdigit())) {
            return name.to_owned();
        }
        let next = self.0.len();
        self.0
            .entry(name.to_owned())
            .or_insert_with(|| short_name(next))
            .clone()
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}

/// `$a`, `$b`, … `$ba`: no name that wasm-bindgen makes begins so.
fn short_name(mut number: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(b'a' + (number % 26) as u8);
        number /= 26;
        if number == 0 {
            break;
        }
    }
    let letters = letters.iter().rev().map(|letter| char::from(*letter));
    std::iter::once('$').chain(letters).collect()
}

fn in_imports(mut from: &[u8], names: &mut Names) -> Option<Vec<u8>> {
    let mut to = Vec::new();
    let count = number(&mut from)?;
    put_number(&mut to, count);
    for _ in 0..count {
        put_name(&mut to, name(&mut from)?);
        put_name(&mut to, &names.short_for(name(&mut from)?));
        // A function, which has a type. wasm-bindgen's memory and tables are the module's own.
        if *from.first()? != 0 {
            return None;
        }
        let before = from;
        from = &from[1..];
        number(&mut from)?;
        to.extend(&before[..before.len() - from.len()]);
    }
    from.is_empty().then_some(to)
}

fn in_exports(mut from: &[u8], names: &mut Names) -> Option<Vec<u8>> {
    let mut to = Vec::new();
    let count = number(&mut from)?;
    put_number(&mut to, count);
    for _ in 0..count {
        put_name(&mut to, &names.short_for(name(&mut from)?));
        let before = from;
        take(&mut from, 1)?;
        number(&mut from)?;
        to.extend(&before[..before.len() - from.len()]);
    }
    from.is_empty().then_some(to)
}

fn take<'a>(from: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(taken)
}

/// LEB128 of at most 32 bits, as all of them are here.
fn number(from: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    for shift in (0..32).step_by(7) {
        let byte = take(from, 1)?[0];
        number |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

fn put_number(to: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn name<'a>(from: &mut &'a [u8]) -> Option<&'a str> {
    let length = number(from)?;
    std::str::from_utf8(take(from, length)?).ok()
}

fn put_name(to: &mut Vec<u8>, name: &str) {
    put_number(to, name.len());
    to.extend(name.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const LONG: &str = "__wbg_append_0123456789abcdef";

    fn wasm() -> Vec<u8> {
        let mut imports = vec![2];
        for (module, field) in [("./a.js", LONG), ("./a.js", "__wbindgen_init")] {
            put_name(&mut imports, module);
            put_name(&mut imports, field);
            imports.extend([0, 0x85, 1]);
        }
        let mut exports = vec![2];
        for (field, kind) in [("memory", 2), ("invoke__h0123456789abcdef", 0)] {
            put_name(&mut exports, field);
            exports.extend([kind, 0]);
        }
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        for (id, contents) in [(1, vec![9; 200]), (IMPORTS, imports), (EXPORTS, exports), (10, vec![7])] {
            wasm.push(id);
            put_number(&mut wasm, contents.len());
            wasm.extend(contents);
        }
        wasm
    }

    #[test]
    fn what_ends_with_digits_is_short_in_both_and_all_else_is_as_it_was() {
        let long = wasm();
        let (short, names) = shorten(&long).unwrap();
        assert_eq!(names.0.len(), 2);
        assert_eq!(short.len(), long.len() - (LONG.len() - 2) - (25 - 2));
        let script = format!("{LONG}:function(a){{wasm.invoke__h0123456789abcdef(a,{LONG}0,\"é\")}},memory");
        assert_eq!(
            names.replace_in(&script),
            format!("$a:function(a){{wasm.$b(a,{LONG}0,\"é\")}},memory")
        );
        let (again, none) = shorten(&short).unwrap();
        assert_eq!((again, none.0.len()), (short, 0));
    }

    #[test]
    fn every_name_is_another_one() {
        let names: BTreeSet<String> = (0..2_000).map(short_name).collect();
        assert_eq!(names.len(), 2_000);
    }

    #[test]
    fn a_torn_file_is_left_alone() {
        let whole = wasm();
        for end in 0..whole.len() - 1 {
            // Between two sections it is a file, if a strange one.
            if let Some((short, names)) = shorten(&whole[..end]) {
                assert!(short.len() <= end && names.0.len() <= 2);
            }
        }
        assert!(shorten(b"<html>").is_none());
    }
}
