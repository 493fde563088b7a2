//! Subprotocol names, as they may be offered in `Sec-WebSocket-Protocol`.

use alloc::string::String;
use core::{fmt, str::FromStr};

/// The name of a subprotocol: one or more token characters of RFC 7230.
///
/// Letters, digits and ``!#$%&'*+-.^_`|~``. Upper and lower case are different names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Protocol(String);

impl Protocol {
    /// This name, if it can be offered.
    ///
    /// # Errors
    /// An empty name, or one with a character that is no token character.
    pub fn new(name: impl Into<String>) -> Result<Self, BadProtocol> {
        let name = name.into();
        if name.is_empty() {
            return Err(BadProtocol::Empty);
        }
        match name.chars().enumerate().find(|(_, character)| !is_token(*character)) {
            Some((index, character)) => Err(BadProtocol::Character { name, character, index }),
            None => Ok(Self(name)),
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Protocol {
    type Err = BadProtocol;

    fn from_str(name: &str) -> Result<Self, BadProtocol> {
        Self::new(name)
    }
}

/// The first name that is offered twice, which no browser accepts.
pub fn duplicate(protocols: &[Protocol]) -> Option<&Protocol> {
    protocols
        .iter()
        .enumerate()
        .find(|(index, it)| protocols[..*index].contains(it))
        .map(|(_, it)| it)
}

fn is_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".iter().any(|it| char::from(*it) == character)
}

/// A text that cannot be the name of a subprotocol.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadProtocol {
    /// The name is empty.
    Empty,
    /// The name has a character that is no token character.
    Character {
        /// The whole name.
        name: String,
        /// Its first character that is not allowed.
        character: char,
        /// How many characters stand before that one.
        index: usize,
    },
}

impl fmt::Display for BadProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a subprotocol's name cannot be empty; leave it out to offer none"),
            Self::Character { name, character, index } => write!(
                f,
                "subprotocol {name:?} cannot be offered: character {} is {character:?}; \
                 use letters, digits and !#$%&'*+-.^_`|~",
                index + 1
            ),
        }
    }
}

impl core::error::Error for BadProtocol {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_token_characters_are_allowed() {
        let allowed: String = (0..=255)
            .map(char::from)
            .filter(|it| Protocol::new(it.to_string()).is_ok())
            .collect();
        assert_eq!(
            allowed,
            "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~"
        );
    }

    #[test]
    fn a_bad_name_is_told_with_its_character_and_place() {
        assert_eq!(Protocol::new(""), Err(BadProtocol::Empty));
        let table = [
            ("chat room", ' ', 4),
            ("a,b", ',', 1),
            ("聊天", '聊', 0),
            ("chat聊", '聊', 4),
            ("x\r\n", '\r', 1),
        ];
        for (name, character, index) in table {
            let name = name.to_owned();
            let error = BadProtocol::Character {
                name: name.clone(),
                character,
                index,
            };
            assert_eq!(Protocol::new(name), Err(error.clone()));
            assert!(
                error
                    .to_string()
                    .contains(&format!("character {} is {character:?}", index + 1)),
                "{error}"
            );
        }
    }

    #[test]
    fn the_first_repeated_name_is_found_and_case_matters() {
        let list = |names: &[&str]| {
            names
                .iter()
                .map(|it| Protocol::new(*it).expect("a token"))
                .collect::<Vec<_>>()
        };
        assert_eq!(duplicate(&[]), None);
        assert_eq!(duplicate(&list(&["a", "b", "A"])), None);
        assert_eq!(
            duplicate(&list(&["a", "b", "c", "b", "a"])).map(Protocol::as_str),
            Some("b")
        );
    }
}
