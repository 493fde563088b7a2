//! What can be wrong with a frame, in words that name the field.

use std::fmt;

/// A field that is not as the protocol has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadField {
    /// Where in the frame: `name`, `body.text`, `entries[3].seq`.
    pub path: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// It has to be there.
    Missing,
    /// It has to be a string.
    NotText,
    /// It has to be a whole number from 0 to 2^53 - 1.
    NotInteger,
    /// It has to be `true` or `false`.
    NotTrueOrFalse,
    /// It has to be an object.
    NotObject,
    /// It has to be an array.
    NotArray,
    /// It is a kind of body that is not known.
    UnknownBody,
    /// It has nothing in it that could be seen.
    Blank,
    /// It has a control character or a line break where none may be.
    ControlCharacter,
    /// It is longer than it may be.
    TooLong {
        /// How many bytes of UTF-8 it has.
        bytes: usize,
        /// How many it may have.
        limit: usize,
    },
    /// It is shorter than it may be.
    TooShort {
        /// How many bytes of UTF-8 it has.
        bytes: usize,
        /// How many it must have.
        limit: usize,
    },
    /// It has to be at least 1.
    Zero,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is missing"),
            Self::NotText => f.write_str("must be a string"),
            Self::NotInteger => f.write_str("must be a whole number from 0 to 9007199254740991"),
            Self::NotTrueOrFalse => f.write_str("must be true or false"),
            Self::NotObject => f.write_str("must be an object"),
            Self::NotArray => f.write_str("must be an array"),
            Self::UnknownBody => f.write_str("must be text, edit, retract or reaction"),
            Self::Blank => f.write_str("has nothing in it that could be seen"),
            Self::ControlCharacter => f.write_str("has a control character in it"),
            Self::TooLong { bytes, limit } => write!(f, "has {bytes} bytes, at most {limit} are allowed"),
            Self::TooShort { bytes, limit } => write!(f, "has {bytes} bytes, at least {limit} are needed"),
            Self::Zero => f.write_str("must be at least 1"),
        }
    }
}

impl fmt::Display for BadField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path, self.problem)
    }
}

impl std::error::Error for BadField {}

/// A frame that cannot be read. The others of its message can.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadFrame {
    /// The message is no JSON.
    NotJson {
        /// What is wrong, and where: line and column.
        why: String,
    },
    /// The message, or this item of its array, is no object.
    NotObject,
    /// The frame has no `type` that is a string.
    NoType,
    /// A field of a known frame.
    Field {
        /// The frame's type.
        frame: &'static str,
        /// Its `n`, if it is a post whose `n` could be read.
        n: Option<u64>,
        /// The field.
        field: BadField,
    },
}

impl fmt::Display for BadFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson { why } => write!(f, "the message is not JSON: {why}"),
            Self::NotObject => f.write_str("a message must be one object or an array of objects"),
            Self::NoType => f.write_str("type must be there, and be a string"),
            Self::Field { frame, field, .. } => write!(f, "{frame}: {field}"),
        }
    }
}

impl std::error::Error for BadFrame {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_problem_says_what_is_to_be_done() {
        let (bytes, limit) = (9, 8);
        let told = [
            (Problem::Missing, "text is missing"),
            (Problem::NotText, "text must be a string"),
            (
                Problem::NotInteger,
                "text must be a whole number from 0 to 9007199254740991",
            ),
            (Problem::NotTrueOrFalse, "text must be true or false"),
            (Problem::NotObject, "text must be an object"),
            (Problem::NotArray, "text must be an array"),
            (Problem::UnknownBody, "text must be text, edit, retract or reaction"),
            (Problem::Blank, "text has nothing in it that could be seen"),
            (Problem::ControlCharacter, "text has a control character in it"),
            (
                Problem::TooLong { bytes, limit },
                "text has 9 bytes, at most 8 are allowed",
            ),
            (
                Problem::TooShort { bytes, limit },
                "text has 9 bytes, at least 8 are needed",
            ),
            (Problem::Zero, "text must be at least 1"),
        ];
        for (problem, text) in told {
            let path = "text".to_owned();
            assert_eq!(BadField { path, problem }.to_string(), text);
        }
        let integer = Problem::NotInteger.to_string();
        assert!(integer.ends_with(&crate::MAX_INTEGER.to_string()));
    }

    #[test]
    fn each_bad_frame_says_where_it_is_bad() {
        let why = "EOF while parsing an object at line 1 column 1".to_owned();
        let field = BadField {
            path: "entries[3].body.text".to_owned(),
            problem: Problem::Missing,
        };
        let told = [
            (
                BadFrame::NotJson { why },
                "the message is not JSON: EOF while parsing an object at line 1 column 1",
            ),
            (
                BadFrame::NotObject,
                "a message must be one object or an array of objects",
            ),
            (BadFrame::NoType, "type must be there, and be a string"),
            (
                BadFrame::Field {
                    frame: "history",
                    n: None,
                    field,
                },
                "history: entries[3].body.text is missing",
            ),
        ];
        for (bad, text) in told {
            assert_eq!(bad.to_string(), text);
        }
    }
}
