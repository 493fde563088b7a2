//! Reading a command's arguments: `--name VALUE`, `--name=VALUE`, `--flag`, words, and all that follows `--`.

use crate::failure::{Failure, Result};

/// What a command takes.
pub(crate) struct Accepts {
    pub(crate) command: &'static str,
    /// Options with a value, as `--listen`.
    pub(crate) options: &'static [&'static str],
    /// Options without one.
    pub(crate) flags: &'static [&'static str],
    pub(crate) words: bool,
    pub(crate) rest: bool,
}

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Arguments {
    options: Vec<(String, String)>,
    flags: Vec<String>,
    pub(crate) words: Vec<String>,
    pub(crate) rest: Vec<String>,
}

impl Arguments {
    /// The last value given for the option.
    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        self.options
            .iter()
            .rev()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.flags.iter().any(|it| it == name)
    }
}

pub(crate) fn parse(accepts: &Accepts, arguments: &[String]) -> Result<Arguments> {
    let refuse = |what: String| {
        let command = accepts.command;
        Err(Failure(format!(
            "cargo xtask {command}: {what}; `cargo xtask help {command}` tells what it takes"
        )))
    };
    let mut parsed = Arguments::default();
    let mut left = arguments.iter();
    while let Some(argument) = left.next() {
        if argument == "--" && accepts.rest {
            parsed.rest = left.cloned().collect();
            break;
        }
        if !argument.starts_with('-') {
            if !accepts.words {
                return refuse(format!("does not take `{argument}`"));
            }
            parsed.words.push(argument.clone());
            continue;
        }
        if accepts.flags.contains(&argument.as_str()) {
            parsed.flags.push(argument.clone());
            continue;
        }
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value.to_string())),
            None => (argument.as_str(), None),
        };
        if !accepts.options.contains(&name) {
            return refuse(format!("has no option `{name}`"));
        }
        match value.or_else(|| left.next().cloned()) {
            Some(value) if !value.is_empty() => parsed.options.push((name.to_string(), value)),
            _ => return refuse(format!("`{name}` needs a value")),
        }
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Accepts = Accepts {
        command: "serve",
        options: &["--listen", "--data"],
        flags: &["--quick"],
        words: true,
        rest: true,
    };

    fn read(accepts: &Accepts, line: &str) -> std::result::Result<Arguments, String> {
        let words: Vec<String> = line.split_whitespace().map(String::from).collect();
        parse(accepts, &words).map_err(|failure| failure.0)
    }

    #[test]
    fn options_words_and_rest() {
        let read = read(&ALL, "a --listen 1:2 --data=x=y b -- --listen --more").unwrap();
        assert_eq!(read.option("--listen"), Some("1:2"));
        assert_eq!(read.option("--data"), Some("x=y"));
        assert_eq!(read.words, ["a", "b"]);
        assert_eq!(read.rest, ["--listen", "--more"]);
    }

    #[test]
    fn a_flag_takes_no_value() {
        let read = read(&ALL, "--quick a --data b").unwrap();
        assert!(read.flag("--quick"));
        assert_eq!(read.words, ["a"]);
        assert!(!super::tests::read(&ALL, "a").unwrap().flag("--quick"));
        assert!(super::tests::read(&ALL, "--quick=1").is_err());
    }

    #[test]
    fn the_last_of_equal_options_counts() {
        assert_eq!(read(&ALL, "--data a --data b").unwrap().option("--data"), Some("b"));
    }

    #[test]
    fn what_it_does_not_take_is_named() {
        let strict = Accepts {
            command: "build",
            options: &[],
            flags: &[],
            words: false,
            rest: false,
        };
        for (line, part) in [
            ("--fast", "no option `--fast`"),
            ("all", "not take `all`"),
            ("--", "no option `--`"),
        ] {
            assert!(read(&strict, line).unwrap_err().contains(part), "{line}");
        }
        for line in ["--listen", "--listen="] {
            assert!(
                read(&ALL, line).unwrap_err().contains("`--listen` needs a value"),
                "{line}"
            );
        }
    }
}
