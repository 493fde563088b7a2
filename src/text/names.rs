//! Names that look alike, and what tells the people apart who have them.

use super::characters::{is_combining, is_hidden, small};

/// The most names that are remembered. Then all are forgotten, and noted anew as they come.
pub const MAX_NAMES_NOTED: usize = 4_096;

/// How many characters of somebody's id tell them apart, or so many more as it takes.
const MARK: usize = 4;

/// Names that were seen, and whose they are.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Looks and clients, sorted.
    noted: Vec<(String, String)>,
}

impl Names {
    /// Somebody is called so. Gives whether others are to be told apart now who were not before.
    pub fn note(&mut self, client: &str, name: &str) -> bool {
        if client.is_empty() || name.is_empty() {
            return false;
        }
        let looks = look(name);
        let place = self.noted.partition_point(|it| (&*it.0, &*it.1) < (&*looks, client));
        if self.noted.get(place).is_some_and(|it| it.0 == looks && it.1 == client) {
            return false;
        }
        if self.noted.len() == MAX_NAMES_NOTED {
            *self = Self::default();
        }
        let place = place.min(self.noted.len());
        let alike = self.alike(&looks).any(|it| it != client);
        self.noted.insert(place, (looks, client.to_owned()));
        alike
    }

    /// The beginning of somebody's id, if somebody else's name looks the same.
    pub fn mark<'c>(&self, client: &'c str, name: &str) -> Option<&'c str> {
        let looks = look(name);
        let others = || self.alike(&looks).filter(|it| *it != client);
        others().next()?;
        let mut length = MARK;
        loop {
            match client.get(..length) {
                Some(mark) if others().any(|it| it.starts_with(mark)) => length += MARK,
                Some(mark) => return Some(mark),
                None => return Some(client).filter(|it| !it.is_empty()),
            }
        }
    }

    fn alike<'n>(&'n self, looks: &'n str) -> impl Iterator<Item = &'n str> {
        let from = self.noted.partition_point(|(it, _)| it.as_str() < looks);
        let same = self.noted[from..].iter().take_while(move |(it, _)| it == looks);
        same.map(|(_, client)| client.as_str())
    }
}

/// What a name looks like: the same for all that can be taken for each other at a glance.
fn look(name: &str) -> String {
    let seen = name
        .chars()
        .filter(|it| !it.is_whitespace() && !is_hidden(*it) && !is_combining(*it));
    seen.map(plain).collect()
}

/// Of each letter, what looks like it.
const ALIKE: [(char, &str); 27] = [
    ('a', "аАαΑ"),
    ('b', "вВЬьΒβ"),
    ('c', "сСϲ"),
    ('d', "ԁ"),
    ('e', "еЕёЁΕε"),
    ('f', "ƒ"),
    ('g', "ɡ"),
    ('h', "һҺнНΗ"),
    ('j', "јЈ"),
    ('k', "кКΚκ"),
    ('l', "ıіІїЇΙιӏӀɩ"),
    ('m', "мМΜ"),
    ('n', "Νηп"),
    ('o', "оОοΟσՕօ"),
    ('p', "рРΡρ"),
    ('q', "ԛ"),
    ('r', "гᴦ"),
    ('s', "ѕЅ"),
    ('t', "тТΤτ"),
    ('u', "υ"),
    ('v', "νѵ"),
    ('w', "ωԝ"),
    ('x', "хХΧχ"),
    ('y', "уУΥγ"),
    ('z', "Ζ"),
    ('3', "зЗ"),
    ('-', "‐‑‒–—−"),
];

/// The letters of U+00C0 to U+017F without their accents.
const UNACCENTED: &[u8; 192] = b"aaaaaaaceeeeiiiidnooooo*ouuuuypsaaaaaaaceeeeiiiidnooooo/ouuuuypy\
aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll\
lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

fn plain(character: char) -> char {
    let code = character as u32;
    // Full-width forms, letters in circles, and those of formulas.
    let character = match code {
        0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(character),
        0x24b6..=0x24e9 => letter((code - 0x24b6) % 26),
        0x1d400..=0x1d6a3 => letter((code - 0x1d400) % 26),
        0x1d7ce..=0x1d7ff => char::from(b'0' + ((code - 0x1d7ce) % 10) as u8),
        0xc0..=0x17f => char::from(UNACCENTED[(code - 0xc0) as usize]),
        _ => character,
    };
    if character.is_ascii() {
        return match character.to_ascii_lowercase() {
            'i' | '1' | '|' => 'l',
            '0' => 'o',
            other => other,
        };
    }
    let of = |it: &char| {
        ALIKE
            .iter()
            .find(|(_, like)| like.chars().any(|one| one == *it))
            .map(|(plain, _)| *plain)
    };
    // Some capitals look like another letter than their small ones do.
    let small = small(character);
    of(&character).or_else(|| of(&small)).unwrap_or(small)
}

fn letter(number: u32) -> char {
    char::from(b'a' + (number % 26) as u8)
}
