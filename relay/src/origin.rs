//! Who may speak to the relay: the check of the `Host` and `Origin` headers.
//!
//! A WebSocket knows no same-origin rule: without the check of `Origin`, any page a visitor opens could join the
//! room as that visitor. Without the check of `Host`, a page could point a name of its own at this machine (DNS
//! rebinding) and be of the same origin. Pure.

#![deny(clippy::disallowed_methods)]

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::limits::quoted;

/// The hosts and origins that are let in.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    hosts: Rule<Authority>,
    origins: Rule<Origin>,
    listening: Vec<IpAddr>,
}

/// A request that is turned away, and why; its text is the answer and the log line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is not exactly one well-formed `Host`: 400.
    MalformedHost(String),
    /// The relay does not answer to that name: 403.
    Host(String),
    /// Pages of that origin may not open a socket here: 403.
    Origin(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::MalformedHost(why) => {
                write!(
                    f,
                    "the Host header is unusable ({why}); send exactly one, as HTTP demands"
                )
            }
            Refusal::Host(host) => write!(
                f,
                "this relay does not answer to the host {}; its operator can allow it with --allow-host",
                quoted(host)
            ),
            Refusal::Origin(origin) => write!(
                f,
                "pages from the origin {} may not open a socket here; the relay's operator can allow it with \
                 --allow-origin",
                quoted(origin)
            ),
        }
    }
}

impl Policy {
    /// `listening` are the addresses the relay listens on; the error says which entry is malformed, and how.
    pub(crate) fn new(
        allow_hosts: &[String],
        allow_origins: &[String],
        listening: Vec<IpAddr>,
    ) -> Result<Self, String> {
        let hosts = Rule::parse(allow_hosts, Authority::parse).map_err(|entry| {
            format!(
                "--allow-host wants a host name or address, such as chat.example.org, or *; {} is neither",
                quoted(entry)
            )
        })?;
        let origins = Rule::parse(allow_origins, Origin::parse).map_err(|entry| {
            format!(
                "--allow-origin wants an origin without a path, such as https://example.org, or null or *; {} is \
                 none of them",
                quoted(entry)
            )
        })?;
        Ok(Self {
            hosts,
            origins,
            listening,
        })
    }

    /// Whether the relay answers to the name it is called by.
    pub(crate) fn check_host(&self, host: &str) -> Result<(), Refusal> {
        let Some(authority) = Authority::parse(host) else {
            return Err(Refusal::MalformedHost(format!("{} is no host", quoted(host))));
        };
        let by_default = match &authority.host {
            Host::Name(name) => name == "localhost",
            Host::Ip(ip) => self.is_own_address(*ip),
        };
        if by_default || self.hosts.allows(|allowed| allowed.covers(&authority)) {
            Ok(())
        } else {
            Err(Refusal::Host(host.to_owned()))
        }
    }

    /// Whether a page of this origin may open a socket; `None` is a client that is no browser, and may.
    pub(crate) fn check_origin(&self, origin: Option<&str>, host: &str) -> Result<(), Refusal> {
        let Some(origin) = origin else {
            return Ok(());
        };
        let parsed = Origin::parse(origin);
        let allowed = match &parsed {
            Some(parsed) => {
                parsed.is_of_host(host)
                    || parsed.is_of_this_machine(host)
                    || self.origins.allows(|allowed| allowed == parsed)
            }
            None => matches!(self.origins, Rule::Any),
        };
        if allowed {
            Ok(())
        } else {
            Err(Refusal::Origin(origin.to_owned()))
        }
    }

    /// Loopback, or an address listened on. A relay that listens on every address answers to any: rebinding
    /// needs a name.
    fn is_own_address(&self, ip: IpAddr) -> bool {
        ip == Ipv4Addr::LOCALHOST
            || ip == Ipv6Addr::LOCALHOST
            || self.listening.iter().any(|own| own.is_unspecified() || *own == ip)
    }
}

/// What an option allows.
#[derive(Clone, Debug)]
enum Rule<T> {
    Any,
    Only(Vec<T>),
}

impl<T> Rule<T> {
    fn parse(entries: &[String], parse: impl Fn(&str) -> Option<T>) -> Result<Self, &str> {
        let mut only = Vec::new();
        for entry in entries {
            if entry == "*" {
                return Ok(Rule::Any);
            }
            only.push(parse(entry).ok_or(entry.as_str())?);
        }
        Ok(Rule::Only(only))
    }

    fn allows(&self, matches: impl Fn(&T) -> bool) -> bool {
        match self {
            Rule::Any => true,
            Rule::Only(entries) => entries.iter().any(matches),
        }
    }
}

/// An `Origin`, as a browser writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    /// `null`: a page from a file, a sandboxed frame and the like.
    Opaque,
    /// Scheme, host and port, the scheme's own port written out.
    Tuple(String, Host, Option<u16>),
}

impl Origin {
    fn parse(text: &str) -> Option<Self> {
        if text == "null" {
            return Some(Origin::Opaque);
        }
        let (scheme, authority) = text.split_once("://")?;
        let well_formed = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        if !well_formed {
            return None;
        }
        let scheme = scheme.to_ascii_lowercase();
        let Authority { host, port } = Authority::parse(authority)?;
        let port = port.or(default_port(&scheme));
        Some(Origin::Tuple(scheme, host, port))
    }

    /// Whether this is the origin of a page that `host`, a `Host` header, itself served.
    fn is_of_host(&self, host: &str) -> bool {
        match (self, Authority::parse(host)) {
            (Origin::Tuple(scheme, own_host, own_port), Some(authority)) => {
                let port = authority.port.or(default_port(scheme));
                default_port(scheme).is_some() && *own_host == authority.host && *own_port == port
            }
            _ => false,
        }
    }

    /// Whether both the page and the relay, as it was called, are on the visitor's own machine: a page that is being
    /// made, served from another port.
    fn is_of_this_machine(&self, host: &str) -> bool {
        match (self, Authority::parse(host)) {
            (Origin::Tuple(scheme, own_host, _), Some(authority)) => {
                default_port(scheme).is_some() && own_host.is_loopback() && authority.host.is_loopback()
            }
            _ => false,
        }
    }
}

impl Host {
    fn is_loopback(&self) -> bool {
        match self {
            Host::Name(name) => name == "localhost",
            Host::Ip(ip) => ip.is_loopback(),
        }
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

/// `host[:port]`
#[derive(Clone, Debug, PartialEq, Eq)]
struct Authority {
    host: Host,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    /// In lower case.
    Name(String),
    Ip(IpAddr),
}

impl Authority {
    fn parse(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix('[') {
            let (ip, rest) = rest.split_once(']')?;
            let ip: Ipv6Addr = ip.parse().ok()?;
            let port = match rest {
                "" => None,
                rest => Some(parse_port(rest.strip_prefix(':')?)?),
            };
            return Some(Self {
                host: Host::Ip(ip.into()),
                port,
            });
        }
        let (host, port) = match text.split_once(':') {
            Some((host, port)) => (host, Some(parse_port(port)?)),
            None => (text, None),
        };
        let of_a_name = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        if host.is_empty() || !host.chars().all(of_a_name) {
            return None;
        }
        let host = match host.parse::<Ipv4Addr>() {
            Ok(ip) => Host::Ip(ip.into()),
            Err(_) => Host::Name(host.to_ascii_lowercase()),
        };
        Some(Self { host, port })
    }

    /// Whether an allowed host lets this one in: without a port of its own it does so on any.
    fn covers(&self, other: &Authority) -> bool {
        self.host == other.host && (self.port.is_none() || self.port == other.port)
    }
}

fn parse_port(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(hosts: &[&str], origins: &[&str], listening: &[&str]) -> Policy {
        let owned = |list: &[&str]| list.iter().map(|s| s.to_string()).collect::<Vec<_>>();
        let listening = listening.iter().map(|ip| ip.parse().unwrap()).collect();
        Policy::new(&owned(hosts), &owned(origins), listening).unwrap()
    }

    #[derive(Debug, PartialEq)]
    enum Verdict {
        Allowed,
        Refused,
        Malformed,
    }
    use Verdict::{Allowed, Malformed, Refused};

    fn verdict(result: Result<(), Refusal>) -> Verdict {
        match result {
            Ok(()) => Allowed,
            Err(Refusal::MalformedHost(_)) => Malformed,
            Err(Refusal::Host(_) | Refusal::Origin(_)) => Refused,
        }
    }

    #[test]
    fn hosts() {
        let local = policy(&[], &[], &["127.0.0.1", "::1"]);
        let lan = policy(&[], &[], &["192.168.1.5"]);
        let everywhere = policy(&[], &[], &["0.0.0.0"]);
        let named = policy(&["Chat.Example.org", "other.example:8443"], &[], &["127.0.0.1"]);
        let any = policy(&["*"], &[], &["127.0.0.1"]);
        let table = [
            (&local, "localhost", Allowed),
            (&local, "LocalHost:1", Allowed),
            (&local, "127.0.0.1:65535", Allowed),
            (&local, "[::1]:8005", Allowed),
            (&local, "[::1]", Allowed),
            (&local, "[0:0::1]", Allowed),
            (&local, "127.0.0.2", Refused),
            (&local, "127.1", Refused),
            (&local, "0.0.0.0", Refused),
            (&local, "example.org", Refused),
            (&local, "localhost.example.org", Refused),
            (&local, "localhost.", Refused),
            (&local, "192.168.1.5", Refused),
            (&local, "", Malformed),
            (&local, ":8005", Malformed),
            (&local, "localhost:", Malformed),
            (&local, "localhost:+80", Malformed),
            (&local, "localhost:65536", Malformed),
            (&local, "localhost:80:80", Malformed),
            (&local, "user@localhost", Malformed),
            (&local, "localhost/", Malformed),
            (&local, "local\nhost", Malformed),
            (&local, "[::1", Malformed),
            (&local, "[::1]80", Malformed),
            (&local, "[localhost]", Malformed),
            (&local, "::1", Malformed),
            (&lan, "192.168.1.5:8005", Allowed),
            (&lan, "localhost", Allowed),
            (&lan, "192.168.1.6", Refused),
            (&everywhere, "10.1.2.3:8005", Allowed),
            (&everywhere, "[fd00::1]", Allowed),
            (&everywhere, "example.org", Refused),
            (&named, "chat.example.ORG:443", Allowed),
            (&named, "a.chat.example.org", Refused),
            (&named, "other.example:8443", Allowed),
            (&named, "other.example:8444", Refused),
            (&named, "other.example", Refused),
            (&any, "example.org", Allowed),
            (&any, "exa mple.org", Malformed),
        ];
        for (policy, host, expected) in table {
            assert_eq!(verdict(policy.check_host(host)), expected, "{host:?} to {policy:?}");
        }
    }

    #[test]
    fn origins() {
        let none = policy(&[], &[], &["127.0.0.1"]);
        let some = policy(&[], &["https://example.org", "null", "app://shell"], &["127.0.0.1"]);
        let any = policy(&[], &["*"], &["127.0.0.1"]);
        let here = "localhost:8005";
        let table = [
            (&none, None, here, Allowed),
            (&none, Some("http://localhost:8005"), here, Allowed),
            (&none, Some("https://localhost:8005"), here, Allowed),
            (&none, Some("HTTP://LOCALHOST:8005"), here, Allowed),
            (&none, Some("http://[::1]:8005"), "[::1]:8005", Allowed),
            (&none, Some("http://localhost"), "localhost", Allowed),
            (&none, Some("http://localhost"), "localhost:80", Allowed),
            (&none, Some("https://chat.example"), "chat.example", Allowed),
            (&none, Some("https://chat.example"), "chat.example:443", Allowed),
            (&none, Some("https://chat.example"), "chat.example:80", Refused),
            (&none, Some("http://localhost"), here, Allowed),
            (&none, Some("http://localhost:8006"), here, Allowed),
            (&none, Some("http://127.0.0.1:8000"), "[::1]:8005", Allowed),
            (&none, Some("http://localhost:8006"), "chat.example", Refused),
            (&none, Some("http://localhost:8006"), "192.168.1.5:8005", Refused),
            (&none, Some("http://192.168.1.5:8006"), here, Refused),
            (&none, Some("app://localhost"), here, Refused),
            (&none, Some("http://localhost.evil.example"), here, Refused),
            (&none, Some("http://evil.example"), here, Refused),
            (&none, Some("http://localhost:8005.evil.example"), here, Refused),
            (&none, Some("http://evil.example@localhost:8005"), here, Refused),
            (&none, Some("http://localhost:8005/"), here, Refused),
            (&none, Some("ftp://localhost:8005"), here, Refused),
            (&none, Some("localhost:8005"), here, Refused),
            (&none, Some("null"), here, Refused),
            (&none, Some(""), here, Refused),
            (&none, Some("://"), here, Refused),
            (&some, Some("https://example.org"), here, Allowed),
            (&some, Some("https://example.org:443"), here, Allowed),
            (&some, Some("http://example.org"), here, Refused),
            (&some, Some("https://example.org:8443"), here, Refused),
            (&some, Some("https://www.example.org"), here, Refused),
            (&some, Some("null"), here, Allowed),
            (&some, Some("app://shell"), here, Allowed),
            (&some, Some("http://localhost:8005"), here, Allowed),
            (&any, Some("http://evil.example"), here, Allowed),
            (&any, Some("null"), here, Allowed),
            (&any, Some("nonsense"), here, Allowed),
        ];
        for (policy, origin, host, expected) in table {
            let got = verdict(policy.check_origin(origin, host));
            assert_eq!(got, expected, "{origin:?} at {host:?} to {policy:?}");
        }
    }

    #[test]
    fn a_malformed_option_is_named() {
        for entry in ["http://example.org", "", "a b", "[::1"] {
            let error = Policy::new(&[entry.to_owned()], &[], vec![]).unwrap_err();
            assert!(
                error.contains("--allow-host") && error.contains(&quoted(entry)),
                "{error}"
            );
        }
        for entry in ["example.org", "https://example.org/", "", "://x"] {
            let error = Policy::new(&[], &[entry.to_owned()], vec![]).unwrap_err();
            assert!(
                error.contains("--allow-origin") && error.contains(&quoted(entry)),
                "{error}"
            );
        }
    }

    #[test]
    fn a_refusal_says_what_was_refused_and_which_option_allows_it() {
        let refusal = policy(&[], &[], &[])
            .check_host("evil.example")
            .unwrap_err()
            .to_string();
        assert!(refusal.contains("\"evil.example\"") && refusal.contains("--allow-host"));
        let refusal = policy(&[], &[], &[])
            .check_origin(Some("http://a\u{7f}b"), "localhost")
            .unwrap_err()
            .to_string();
        assert!(refusal.contains(r#""http://a\u{7f}b""#) && refusal.contains("--allow-origin"));
    }
}
