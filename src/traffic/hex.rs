//! Bytes as hexadecimal digits, and back.

use core::fmt;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// How many bytes a line of a [`dump`] shows.
pub const DUMP_LINE: usize = 16;

/// Two digits for each byte, with a space between: `00 9f ff`.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for byte in bytes {
        if !text.is_empty() {
            text.push(' ');
        }
        push_byte(&mut text, *byte);
    }
    text
}

/// A line for every [`DUMP_LINE`] bytes: the offset, the bytes, and what of them is ASCII.
pub fn dump(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (number, line) in bytes.chunks(DUMP_LINE).enumerate() {
        if number > 0 {
            text.push('\n');
        }
        for byte in ((number * DUMP_LINE) as u32).to_be_bytes() {
            push_byte(&mut text, byte);
        }
        text.push(' ');
        for place in 0..DUMP_LINE {
            text.push_str(if place % 8 == 0 { "  " } else { " " });
            match line.get(place) {
                Some(byte) => push_byte(&mut text, *byte),
                None => text.push_str("  "),
            }
        }
        text.push_str("  ");
        text.extend(line.iter().map(|byte| match byte {
            b' '..=b'~' => char::from(*byte),
            _ => '.',
        }));
    }
    text
}

fn push_byte(text: &mut String, byte: u8) {
    for digit in [byte >> 4, byte & 15] {
        text.push(char::from(DIGITS[usize::from(digit)]));
    }
}

/// Why a text is not read as bytes. Places count characters from 1, within their line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadHex {
    /// This character is no hexadecimal digit.
    Digit {
        /// The character.
        character: char,
        /// Its line, from 1.
        line: usize,
        /// Its place in the line, from 1.
        place: usize,
    },
    /// A byte has two digits; here the second one is missing.
    Half {
        /// The line, from 1.
        line: usize,
        /// The place of the only digit in the line, from 1.
        place: usize,
    },
}

impl fmt::Display for BadHex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digit { character, line, place } => {
                write!(f, "{character:?} in line {line} at {place} is no hexadecimal digit")
            }
            Self::Half { line, place } => write!(f, "the byte in line {line} at {place} has only one digit"),
        }
    }
}

impl core::error::Error for BadHex {}

/// The bytes that hexadecimal digits stand for. Between bytes there may be spaces, line breaks, commas, and `0x` or
/// `\x` before each; nothing at all is no bytes.
///
/// # Errors
/// A character that does not belong there, or a byte with a single digit; both with their place.
pub fn parse_hex(text: &str) -> Result<Vec<u8>, BadHex> {
    let mut bytes = Vec::new();
    for (line, words) in text.lines().enumerate() {
        let line = line + 1;
        let mut characters = words.chars().enumerate().peekable();
        while let Some((place, mut character)) = characters.next() {
            let place = place + 1;
            if character.is_whitespace() || character == ',' {
                continue;
            }
            if matches!(character, '0' | '\\') && characters.next_if(|(_, next)| matches!(next, 'x' | 'X')).is_some() {
                match characters.next() {
                    Some((_, digit)) => character = digit,
                    None => return Err(BadHex::Half { line, place }),
                }
                if !character.is_ascii_hexdigit() {
                    return Err(BadHex::Half { line, place });
                }
            }
            let Some(high) = character.to_digit(16) else {
                return Err(BadHex::Digit { character, line, place });
            };
            match characters.next() {
                Some((_, low)) if low.is_ascii_hexdigit() => {
                    bytes.push((high * 16 + low.to_digit(16).unwrap_or_default()) as u8);
                }
                Some((next, low)) if !low.is_whitespace() && low != ',' => {
                    return Err(BadHex::Digit {
                        character: low,
                        line,
                        place: next + 1,
                    });
                }
                _ => return Err(BadHex::Half { line, place }),
            }
        }
    }
    Ok(bytes)
}
