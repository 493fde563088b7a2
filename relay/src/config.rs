//! What an operator decides about a relay, apart from its limits.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use crate::Limits;

/// The port the relay listens on unless it is told otherwise.
pub const DEFAULT_PORT: u16 = 8005;

/// Who may come to a relay, and how much of it they may use.
///
/// ```
/// use chat_room_relay::Config;
///
/// let config = Config {
///     allow_hosts: vec!["chat.example.org".into()],
///     allow_origins: vec!["https://www.example.org".into()],
///     ..Config::default()
/// };
/// # let _ = config;
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Names the relay answers to besides localhost, loopback and the address it listens on: `host` for any port,
    /// `host:port` for one, `*` for every name.
    pub allow_hosts: Vec<String>,
    /// Origins whose pages may open a socket besides those the relay itself serves: `scheme://host[:port]`,
    /// `null`, or `*` for every one.
    pub allow_origins: Vec<String>,
    /// The folder of the rooms' log, made if there is none; it may be no other relay's. Without one the log is in
    /// memory, and what was said is gone with the relay.
    pub data: Option<PathBuf>,
    /// The bounds of everything that could grow.
    pub limits: Limits,
}

/// Where a relay listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listen {
    /// On 127.0.0.1 and, where there is IPv6, on `[::1]`, so that `localhost` leads here whichever way it
    /// resolves; port 0 is any free one.
    Localhost(u16),
    /// On one address; port 0 is any free one.
    Address(SocketAddr),
}

impl Default for Listen {
    fn default() -> Self {
        Listen::Localhost(DEFAULT_PORT)
    }
}

impl Listen {
    /// Reads `ip:port`, `localhost:port` or a port alone; `None` is anything else.
    ///
    /// ```
    /// use chat_room_relay::Listen;
    ///
    /// assert_eq!(Listen::parse("8006"), Some(Listen::Localhost(8006)));
    /// assert_eq!(Listen::parse("[::]:80"), Some(Listen::Address("[::]:80".parse().unwrap())));
    /// assert_eq!(Listen::parse("chat.example.org:80"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let port = text.strip_prefix("localhost:").unwrap_or(text);
        if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) {
            return port.parse().ok().map(Listen::Localhost);
        }
        text.parse().ok().map(Listen::Address)
    }

    /// The port asked for.
    pub fn port(&self) -> u16 {
        match self {
            Listen::Localhost(port) => *port,
            Listen::Address(address) => address.port(),
        }
    }

    /// The host to write in a URL that leads here from this machine.
    pub(crate) fn url_host(&self) -> String {
        match self {
            Listen::Localhost(_) => "localhost".to_owned(),
            Listen::Address(address) => match address.ip() {
                ip if ip.is_unspecified() => "localhost".to_owned(),
                IpAddr::V4(ip) => ip.to_string(),
                IpAddr::V6(ip) => format!("[{ip}]"),
            },
        }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Listen::Localhost(port) => write!(f, "localhost:{port}"),
            Listen::Address(address) => address.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Listen;

    #[test]
    fn where_to_listen() {
        let address = |text: &str| Some(Listen::Address(text.parse().unwrap()));
        let table = [
            ("8005", Some(Listen::Localhost(8005))),
            ("0", Some(Listen::Localhost(0))),
            ("65535", Some(Listen::Localhost(65535))),
            ("localhost:9000", Some(Listen::Localhost(9000))),
            ("127.0.0.1:8006", address("127.0.0.1:8006")),
            ("[::1]:8006", address("[::1]:8006")),
            ("65536", None),
            ("", None),
            ("localhost:", None),
            ("localhost", None),
            ("127.0.0.1", None),
            ("::1:80", None),
            ("+80", None),
            ("example.org:80", None),
        ];
        for (text, expected) in table {
            assert_eq!(Listen::parse(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_leads_there() {
        let table = [
            ("8005", "localhost"),
            ("127.0.0.1:1", "127.0.0.1"),
            ("[::1]:1", "[::1]"),
            ("0.0.0.0:1", "localhost"),
            ("[::]:1", "localhost"),
        ];
        for (text, expected) in table {
            assert_eq!(Listen::parse(text).unwrap().url_host(), expected, "{text}");
        }
    }
}
