//! What the native WebSocket refuses, told apart.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use super::{BadProtocol, Protocol, ReadyState, UrlFault};

/// Why no socket was opened. Nothing has been sent and nothing is left behind.
///
/// What goes wrong later, such as a server that is not there, is no error here: the native API tells it, without
/// its cause, as an error and a close with 1006. Some browsers tell a blocked port or a page's Content Security
/// Policy that way, too.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// The URL is none a WebSocket takes.
    BadUrl {
        /// The URL as it was given.
        url: String,
        /// What is wrong with it.
        what: UrlFault,
    },
    /// A subprotocol's name is not allowed.
    BadProtocol(
        /// What is wrong with the name.
        BadProtocol,
    ),
    /// A subprotocol is offered twice.
    DuplicateProtocol(
        /// The one that is there twice.
        Protocol,
    ),
    /// A page that came over https asks for an unencrypted `ws:` socket to another machine than its own.
    MixedContent {
        /// The URL as it was given to the browser.
        url: String,
    },
    /// The browser forbids this page the connection, for example because of the port.
    Blocked {
        /// The URL as it was given to the browser.
        url: String,
        /// The browser's words.
        words: String,
    },
}

impl OpenError {
    /// The error for an exception of the native constructor, after all that can be checked before it has been.
    ///
    /// `url` is absolute; `name` and `words` are the exception's name and message; `page_is_secure` tells whether the
    /// page came over https.
    #[doc(hidden)] // For the socket alone.
    pub fn from_exception(url: &str, name: &str, words: &str, page_is_secure: bool) -> Self {
        let url = url.to_owned();
        match name {
            "SyntaxError" => Self::BadUrl {
                url,
                what: UrlFault::Refused(words.to_owned()),
            },
            "SecurityError" if page_is_secure && url.starts_with("ws:") => Self::MixedContent { url },
            _ => Self::Blocked {
                url,
                words: words.to_owned(),
            },
        }
    }
}

impl From<BadProtocol> for OpenError {
    fn from(error: BadProtocol) -> Self {
        Self::BadProtocol(error)
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadUrl { url, what } => write!(f, "cannot connect to {url:?}: {what}"),
            Self::BadProtocol(error) => error.fmt(f),
            Self::DuplicateProtocol(name) => write!(f, "subprotocol \"{name}\" is offered twice; offer it once"),
            Self::MixedContent { url } => {
                write!(
                    f,
                    "cannot connect to {url:?}: this page came over https, which allows only wss://; use wss://"
                )
            }
            Self::Blocked { url, words } => {
                write!(
                    f,
                    "the browser forbids this page to connect to {url:?} ({words}); use another address or port"
                )
            }
        }
    }
}

impl core::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::BadUrl { what, .. } => Some(what),
            Self::BadProtocol(error) => Some(error),
            Self::DuplicateProtocol(_) | Self::MixedContent { .. } | Self::Blocked { .. } => None,
        }
    }
}

/// Why a message was not handed to the browser. It has not been sent, not even in part.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError {
    /// The socket is not open. Natively CONNECTING throws while CLOSING and CLOSED discard without a word.
    NotOpen(
        /// The state it is in.
        ReadyState,
    ),
    /// The socket is open, and the browser refuses the message all the same.
    Refused {
        /// The browser's words.
        words: String,
    },
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOpen(ReadyState::Connecting) => {
                f.write_str("nothing was sent: the socket is still CONNECTING; wait until it is open")
            }
            Self::NotOpen(state) => write!(f, "nothing was sent: the socket is {state}; open a new one"),
            Self::Refused { words } => write!(
                f,
                "nothing was sent: the browser refuses the message ({words}); send a smaller one"
            ),
        }
    }
}

impl core::error::Error for SendError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_of_the_constructor_are_told_apart() {
        let url = |it: &str| it.to_owned();
        let words = || "no".to_owned();
        let table = [
            (
                ("ws://x/", "SyntaxError", true),
                OpenError::BadUrl {
                    url: url("ws://x/"),
                    what: UrlFault::Refused(words()),
                },
            ),
            (
                ("ws://x/", "SecurityError", true),
                OpenError::MixedContent { url: url("ws://x/") },
            ),
            (
                ("ws://x/", "SecurityError", false),
                OpenError::Blocked {
                    url: url("ws://x/"),
                    words: words(),
                },
            ),
            (
                ("wss://x/", "SecurityError", true),
                OpenError::Blocked {
                    url: url("wss://x/"),
                    words: words(),
                },
            ),
            (
                ("wss://x/", "Error", true),
                OpenError::Blocked {
                    url: url("wss://x/"),
                    words: words(),
                },
            ),
        ];
        for ((url, name, secure), expected) in table {
            assert_eq!(OpenError::from_exception(url, name, "no", secure), expected);
        }
    }

    #[test]
    fn every_error_is_one_sentence_that_says_what_to_do() {
        let open = |what| {
            OpenError::BadUrl {
                url: "u".to_owned(),
                what,
            }
            .to_string()
        };
        let texts = [
            open(UrlFault::Empty),
            open(UrlFault::Unreadable),
            open(UrlFault::NoBase),
            open(UrlFault::Scheme("ftp".to_owned())),
            open(UrlFault::Fragment("top".to_owned())),
            open(UrlFault::Refused("no".to_owned())),
            OpenError::MixedContent {
                url: "ws://x/".to_owned(),
            }
            .to_string(),
            OpenError::Blocked {
                url: "ws://x/".to_owned(),
                words: "no".to_owned(),
            }
            .to_string(),
            OpenError::DuplicateProtocol(Protocol::new("a").expect("a token")).to_string(),
            SendError::NotOpen(ReadyState::Connecting).to_string(),
            SendError::NotOpen(ReadyState::Closed).to_string(),
            SendError::Refused { words: "no".to_owned() }.to_string(),
        ];
        for text in texts {
            assert!(
                text.contains("; ") && !text.contains('\n') && !text.ends_with('.'),
                "{text}"
            );
        }
    }
}
