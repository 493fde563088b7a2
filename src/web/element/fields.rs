//! What the fields say: where to go, to which room, and as whom.

use core::fmt;

use chat_room_wire::{BadField, Limits, SUBPROTOCOL, check_room};

use super::super::chance::chance;
use super::super::driver::is_loopback;
use super::super::socket::{check_url, is_secure};
use super::parts::Parts;
use crate::connection::{State, Target};
use crate::room::{Entrance, Room, wants_rooms};
use crate::websocket::{OpenError, Protocol, UrlFault, duplicate, has_scheme};

/// What a guest's name may end with: no character that is taken for another.
const GUEST_CHARACTERS: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";

/// How many of them a guest's name ends with.
const GUEST_LENGTH: usize = 4;

/// What is wrong with a field.
#[derive(Clone, Debug)]
pub(super) enum Wrong {
    /// No socket can be opened like this.
    Open(OpenError),
    /// The room or the name cannot be called this.
    Field(BadField),
}

/// A field of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Url,
    Room,
    Name,
    Protocols,
}

impl Wrong {
    /// Where it is to be told.
    pub(super) fn place(&self) -> Place {
        match self {
            Self::Open(OpenError::BadProtocol(_) | OpenError::DuplicateProtocol(_)) => Place::Protocols,
            Self::Open(_) => Place::Url,
            Self::Field(field) if field.path == "name" => Place::Name,
            Self::Field(_) => Place::Room,
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => error.fmt(f),
            Self::Field(field) => write!(f, "{field}: change it"),
        }
    }
}

impl core::error::Error for Wrong {}

impl From<OpenError> for Wrong {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

/// Where the fields lead. Naming a room asks for `chat-room.v1`; `guest` is who comes there without a name.
pub(super) fn entrance(parts: &Parts, guest: &str) -> Result<Entrance, Wrong> {
    let url = url(&parts.url.value())?;
    let mut protocols = protocols(&parts.protocols.value())?;
    let room = parts.room.value().trim().to_owned();
    let name = parts.name.value().trim().to_owned();
    let asks_for_rooms = protocols.iter().any(|it| it.as_str() == SUBPROTOCOL);
    if room.is_empty() && !asks_for_rooms {
        let target = Target { url, protocols };
        return Ok(Entrance { target, room, name });
    }
    if !asks_for_rooms {
        protocols.insert(0, Protocol::new(SUBPROTOCOL).map_err(OpenError::BadProtocol)?);
    }
    check_room(&room).map_err(Wrong::Field)?;
    let name = if parts.name.value().is_empty() {
        guest.to_owned()
    } else {
        Limits::default().check_name(&name).map_err(Wrong::Field)?;
        name
    };
    let target = Target { url, protocols };
    Ok(Entrance { target, room, name })
}

/// Lets the fields say this.
pub(super) fn fill_in(parts: &Parts, entrance: &Entrance) {
    let names = entrance.target.protocols.iter().map(Protocol::as_str);
    let typed: Vec<_> = names.filter(|name| *name != SUBPROTOCOL).collect();
    parts.url.set_value(&entrance.target.url);
    parts.protocols.set_value(&typed.join(", "));
    parts.room.set_value(&entrance.room);
    parts.name.set_value(&entrance.name);
}

/// Whether `chat-room.v1` is spoken, or will be if the server knows it.
pub(super) fn speaks_rooms(room: &Room) -> bool {
    match room.state() {
        State::Open { protocol, .. } => protocol == SUBPROTOCOL,
        _ => wants_rooms(room.entrance()),
    }
}

/// What tells one guest from another.
pub(super) fn guest_mark() -> String {
    let draw = |_| {
        let index = (chance() * GUEST_CHARACTERS.len() as f64) as usize;
        char::from(GUEST_CHARACTERS[index.min(GUEST_CHARACTERS.len() - 1)])
    };
    (0..GUEST_LENGTH).map(draw).collect()
}

fn url(typed: &str) -> Result<String, OpenError> {
    if is_without_scheme(typed) {
        return Err(OpenError::BadUrl {
            url: typed.to_owned(),
            what: UrlFault::NoBase,
        });
    }
    let url = check_url(typed).map_err(|what| OpenError::BadUrl {
        url: typed.to_owned(),
        what,
    })?;
    if is_mixed_content(&url) {
        return Err(OpenError::MixedContent { url });
    }
    Ok(url)
}

fn protocols(names: &str) -> Result<Vec<Protocol>, OpenError> {
    let mut protocols = Vec::new();
    if !names.trim().is_empty() {
        for name in names.split([',', '，']) {
            protocols.push(Protocol::new(name.trim()).map_err(OpenError::BadProtocol)?);
        }
    }
    match duplicate(&protocols) {
        Some(twice) => Err(OpenError::DuplicateProtocol(twice.clone())),
        None => Ok(protocols),
    }
}

/// What has been typed begins neither with a scheme nor like a path: `example.org` is meant as a server, and would be a
/// path of this page's own.
fn is_without_scheme(typed: &str) -> bool {
    let typed = typed.trim();
    !typed.is_empty() && !has_scheme(typed) && !typed.starts_with(['/', '.', '?'])
}

/// An https page may not open ws: sockets, except to its own machine. Known beforehand, so that the old connection is
/// not given up for it.
fn is_mixed_content(url: &str) -> bool {
    is_secure() && url.starts_with("ws:") && !is_loopback(url)
}
