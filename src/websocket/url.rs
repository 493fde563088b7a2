//! Which URLs a WebSocket takes, and what is wrong with the others.
//!
//! Reading a URL is the browser's work; these rules come after it, on the absolute URL it has made of the given text.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::fmt;

/// The `ws:` or `wss:` form of `href`, an absolute URL as a URL parser writes it.
///
/// `http:` turns into `ws:` and `https:` into `wss:`, as natively.
///
/// # Errors
/// [`UrlFault::Scheme`] for any other scheme, [`UrlFault::Fragment`] for a `#`, even one with nothing after it, and
/// [`UrlFault::Unreadable`] for what is no absolute URL.
///
/// ```
/// use chat_room::websocket::{UrlFault, from_resolved};
///
/// assert_eq!(from_resolved("https://example.org/room").as_deref(), Ok("wss://example.org/room"));
/// assert_eq!(from_resolved("ftp://example.org/"), Err(UrlFault::Scheme("ftp".to_owned())));
/// ```
pub fn from_resolved(href: &str) -> Result<String, UrlFault> {
    let (scheme, rest) = href.split_once(':').ok_or(UrlFault::Unreadable)?;
    let scheme = match scheme {
        "ws" | "http" => "ws",
        "wss" | "https" => "wss",
        other => return Err(UrlFault::Scheme(other.to_owned())),
    };
    if let Some((_, fragment)) = rest.split_once('#') {
        return Err(UrlFault::Fragment(fragment.to_owned()));
    }
    // Chromium, against the URL standard, takes a space in a host and writes it like this.
    if host(rest).as_bytes().contains(&b'%') {
        return Err(UrlFault::Unreadable);
    }
    Ok(format!("{scheme}:{rest}"))
}

/// The host and port in what follows the scheme.
fn host(rest: &str) -> &str {
    let authority = rest
        .trim_start_matches('/')
        .split(['/', '?'])
        .next()
        .unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

/// Whether `url` begins with a scheme, and so needs no base URL.
pub fn has_scheme(url: &str) -> bool {
    url.trim_start().split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|it: char| it.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || matches!(it, '+' | '-' | '.'))
    })
}

/// What is wrong with a URL for a WebSocket.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlFault {
    /// Nothing but spaces. Natively an empty URL is the page's own; here it is a forgotten one.
    Empty,
    /// It cannot be read as a URL, for example because its host has a space or its port is over 65535.
    Unreadable,
    /// It is relative, and the page has no http, https, ws or wss URL of its own to complete it with.
    NoBase,
    /// Its scheme, given here without the colon, is not ws, wss, http or https.
    Scheme(
        /// The scheme in lower case. For `localhost:8005` it is `localhost`, as natively.
        String,
    ),
    /// It has a fragment, given here without its `#`.
    Fragment(
        /// The fragment; empty if the URL ends in a bare `#`.
        String,
    ),
    /// The browser refuses it for a reason of its own.
    Refused(
        /// The browser's words.
        String,
    ),
}

impl fmt::Display for UrlFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty; give one like wss://example.org/socket"),
            Self::Unreadable => f.write_str("it cannot be read as a URL; give one like wss://example.org/socket"),
            Self::NoBase => f.write_str(
                "it is relative and this page has no web address to complete it with; start it with ws:// or wss://",
            ),
            Self::Scheme(scheme) => write!(f, "its scheme is \"{scheme}\"; start it with ws:// or wss://"),
            Self::Fragment(fragment) => write!(f, "it has the fragment \"#{fragment}\"; remove it"),
            Self::Refused(words) => write!(
                f,
                "the browser refuses it ({words}); give one like wss://example.org/socket"
            ),
        }
    }
}

impl core::error::Error for UrlFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolved_urls_become_websocket_urls_or_say_what_is_wrong() {
        let table = [
            ("ws://127.0.0.1:8005/socket", Ok("ws://127.0.0.1:8005/socket")),
            ("http://example.org/", Ok("ws://example.org/")),
            (
                "wss://example.org/?room=%E6%88%BF",
                Ok("wss://example.org/?room=%E6%88%BF"),
            ),
            ("https://example.org/a:b", Ok("wss://example.org/a:b")),
            ("ftp://example.org/", Err(UrlFault::Scheme("ftp".to_owned()))),
            ("localhost:8005", Err(UrlFault::Scheme("localhost".to_owned()))),
            ("ws://example.org/#", Err(UrlFault::Fragment(String::new()))),
            ("ws://example.org/?q#a#b", Err(UrlFault::Fragment("a#b".to_owned()))),
            ("ws://a%20b:80/", Err(UrlFault::Unreadable)),
            ("ws://a%20:b%20@c/d%20?e%20@", Ok("ws://a%20:b%20@c/d%20?e%20@")),
            ("example.org", Err(UrlFault::Unreadable)),
        ];
        for (href, expected) in table {
            assert_eq!(from_resolved(href), expected.map(str::to_owned), "{href}");
        }
    }

    #[test]
    fn a_scheme_is_told_from_a_relative_path() {
        for url in ["ws://x", " wss:x", "localhost:1", "a+b-c.d:"] {
            assert!(has_scheme(url), "{url}");
        }
        for url in ["", "/socket", "//x:1/", "127.0.0.1:8005", "a b:c", ":x", "?q=a:b"] {
            assert!(!has_scheme(url), "{url}");
        }
    }
}
