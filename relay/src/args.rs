//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use chat_room_relay::{Config, Listen};
use lexopt::prelude::*;
use tracing::level_filters::LevelFilter;

pub(crate) const HELP: &str = "\
chat-room-relay: serves the chat room's page and carries its messages

Usage: chat-room-relay [OPTION]...

  --listen ADDR          where to listen: ip:port, or a port on localhost; port 0 is any free one
                         [default: 8005, on 127.0.0.1 and [::1]]
  --data DIR             the folder of the log: all that is said is kept there, in chat-room.db. Made if missing;
                         one relay at a time can use it [default: chat-room-data in the working directory]
  --heartbeat SECONDS    how often silent clients and the relay ask each other for a sign of life, from 1 to 300
                         [default: 20]
  --connections N        how many may be connected at the same time; one more is asked to come back later
                         [default: 10000]
  --posts-per-second N   how many posts a second one client may send for long; who sends more is read more slowly
                         [default: 50]
  --post-burst N         how many posts it may send at once after it was silent [default: 200]
  --allow-host HOST      answer to this name too: host, host:port, or * for every name; repeatable
                         [default: localhost, 127.0.0.1, [::1] and the address listened on]
  --allow-origin ORIGIN  let pages of this origin join too: https://example.org, null, or * for every one;
                         repeatable [default: pages served by the relay itself; pages of this machine, if they
                         call the relay localhost; programs that send no Origin]
  --log LEVEL            off, error, warn, info, debug or trace, to standard error [default: info]
  --log-format FORMAT    text or json [default: text]
  -h, --help             print this
  -V, --version          print the version

When it is ready, the relay prints the address to open. Ctrl-C or SIGTERM ends it, a second one at once.
Exit status: 0 after an orderly end, 1 when it cannot start, 2 for a mistake on the command line.
";

/// The folder of the log, in the working directory.
const DEFAULT_DATA: &str = "chat-room-data";

/// The largest number that an option takes: more is no limit.
const MAX_NUMBER: u32 = 1_000_000;

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    Help,
    Version,
    Serve(Box<Options>),
}

#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    pub(crate) listen: Listen,
    pub(crate) log: LevelFilter,
    pub(crate) log_format: LogFormat,
    pub(crate) config: Config,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// Reads the arguments after the program's name; the error is one sentence.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    parse_all(args).map_err(|error| format!("{error}; see --help"))
}

fn parse_all(args: impl IntoIterator<Item = OsString>) -> Result<Command, lexopt::Error> {
    let mut options = Options {
        listen: Listen::default(),
        log: LevelFilter::INFO,
        log_format: LogFormat::Text,
        config: Config {
            data: Some(PathBuf::from(DEFAULT_DATA)),
            ..Config::default()
        },
    };
    let mut parser = lexopt::Parser::from_args(args);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("listen") => {
                let text = parser.value()?.string()?;
                options.listen = Listen::parse(&text).ok_or_else(|| {
                    format!("--listen wants ip:port or a port, such as 127.0.0.1:8006; {text:?} is neither")
                })?;
            }
            Long("data") => options.config.data = Some(parser.value()?.into()),
            Long("heartbeat") => {
                let text = parser.value()?.string()?;
                options.config.limits.ping_every = heartbeat(&text)
                    .ok_or_else(|| format!("--heartbeat wants whole seconds from 1 to 300, not {text:?}"))?;
            }
            Long("connections") => options.config.limits.connections = number(&mut parser, "--connections")?,
            Long("posts-per-second") => {
                options.config.limits.posts_per_second = number(&mut parser, "--posts-per-second")?;
            }
            Long("post-burst") => options.config.limits.post_burst = number(&mut parser, "--post-burst")?,
            Long("allow-host") => options.config.allow_hosts.push(parser.value()?.string()?),
            Long("allow-origin") => options.config.allow_origins.push(parser.value()?.string()?),
            Long("log") => {
                let text = parser.value()?.string()?;
                options.log = level(&text)
                    .ok_or_else(|| format!("--log wants off, error, warn, info, debug or trace, not {text:?}"))?;
            }
            Long("log-format") => {
                options.log_format = match parser.value()?.string()?.as_str() {
                    "text" => LogFormat::Text,
                    "json" => LogFormat::Json,
                    other => return Err(format!("--log-format wants text or json, not {other:?}").into()),
                }
            }
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Command::Serve(Box::new(options)))
}

/// The value of an option that counts something: at least one of it, and no more than is some limit.
fn number<T: TryFrom<u32>>(parser: &mut lexopt::Parser, option: &str) -> Result<T, lexopt::Error> {
    let text = parser.value()?.string()?;
    let number = text.parse().ok().filter(|number| (1..=MAX_NUMBER).contains(number));
    let number = number.and_then(|number| T::try_from(number).ok());
    Ok(number.ok_or_else(|| format!("{option} wants a whole number from 1 to {MAX_NUMBER}, not {text:?}"))?)
}

fn heartbeat(text: &str) -> Option<Duration> {
    let seconds = text.parse().ok().filter(|seconds| (1..=300).contains(seconds))?;
    Some(Duration::from_secs(seconds))
}

fn level(text: &str) -> Option<LevelFilter> {
    Some(match text {
        "off" => LevelFilter::OFF,
        "error" => LevelFilter::ERROR,
        "warn" => LevelFilter::WARN,
        "info" => LevelFilter::INFO,
        "debug" => LevelFilter::DEBUG,
        "trace" => LevelFilter::TRACE,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use chat_room_relay::Limits;

    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn everything_can_be_set() {
        let Ok(Command::Serve(options)) = parsed(
            "--listen 9000 --data=rooms --allow-host a.example --allow-host b.example --allow-origin * \
             --heartbeat 300 --connections 20 --posts-per-second 1 --post-burst 1000000 --log debug --log-format json",
        ) else {
            panic!("these options are right");
        };
        assert_eq!(options.listen, Listen::Localhost(9000));
        assert_eq!(options.config.data, Some(PathBuf::from("rooms")));
        assert_eq!(options.config.limits.ping_every, Duration::from_secs(300));
        let limits = &options.config.limits;
        assert_eq!(
            (limits.connections, limits.posts_per_second, limits.post_burst),
            (20, 1, 1_000_000)
        );
        assert_eq!(options.config.allow_hosts, ["a.example", "b.example"]);
        assert_eq!(options.config.allow_origins, ["*"]);
        assert_eq!(options.log, LevelFilter::DEBUG);
        assert_eq!(options.log_format, LogFormat::Json);
        let Ok(Command::Serve(options)) = parsed("") else {
            panic!("nothing has to be set");
        };
        assert_eq!(options.config.data, Some(PathBuf::from("chat-room-data")));
        assert_eq!(options.config.limits, Limits::default());
        assert_eq!(parsed("--help"), Ok(Command::Help));
        assert_eq!(parsed("-V"), Ok(Command::Version));
    }

    #[test]
    fn a_mistake_is_one_sentence_that_names_it() {
        let table = [
            ("--frobnicate", "--frobnicate"),
            ("serve", "serve"),
            ("--listen", "--listen"),
            ("--listen example.org:80", "example.org:80"),
            ("--heartbeat 0", "from 1 to 300"),
            ("--heartbeat 301", "from 1 to 300"),
            ("--heartbeat soon", "soon"),
            ("--connections 0", "--connections wants a whole number from 1"),
            ("--posts-per-second 1000001", "to 1000000"),
            ("--post-burst -1", "\"-1\""),
            ("--log loud", "loud"),
            ("--log-format xml", "xml"),
        ];
        for (line, named) in table {
            let error = parsed(line).unwrap_err();
            assert!(error.contains(named) && error.contains("--help"), "{line}: {error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }
}
