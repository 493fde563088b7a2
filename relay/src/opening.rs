//! What a handshake asks for: the protocol, or the place of a plain-text client.

use axum::http::header::SEC_WEBSOCKET_PROTOCOL;
use axum::http::{HeaderMap, Uri};
use chat_room_wire::SUBPROTOCOL;

use crate::room::Opening;

/// The room of a plain-text client that names none.
const DEFAULT_ROOM: &str = "lobby";

/// Whether the client offers `chat-room.v1`, among whatever else.
pub(crate) fn offers_v1(headers: &HeaderMap) -> bool {
    let values = headers.get_all(SEC_WEBSOCKET_PROTOCOL).into_iter();
    let mut offers = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    offers.any(|offer| offer.trim() == SUBPROTOCOL)
}

/// How a plain-text client comes in: `?room=…&name=…`, each as it stands last. An empty one counts as none.
pub(crate) fn plain(uri: &Uri, key: String) -> Opening {
    let query = uri.query().unwrap_or_default().as_bytes();
    let find = |wanted: &str| {
        let pairs = form_urlencoded::parse(query);
        let found = pairs.filter(|(name, value)| name == wanted && !value.is_empty()).last();
        found.map(|(_, value)| value.into_owned())
    };
    Opening::Plain {
        room: find("room").unwrap_or_else(|| DEFAULT_ROOM.to_owned()),
        name: find("name"),
        key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_protocol() {
        let table: [(&[&str], bool); 8] = [
            (&[], false),
            (&["chat-room.v1"], true),
            (&["soap, chat-room.v1"], true),
            (&["soap", "chat-room.v1,wamp"], true),
            (&["chat-room.v2"], false),
            (&["Chat-Room.v1"], false),
            (&["chat-room.v1.1"], false),
            (&["\u{fc}", "chat-room.v1"], true),
        ];
        for (offers, expected) in table {
            let mut headers = HeaderMap::new();
            for offer in offers {
                let value = axum::http::HeaderValue::from_bytes(offer.as_bytes()).expect("a header");
                headers.append(SEC_WEBSOCKET_PROTOCOL, value);
            }
            assert_eq!(offers_v1(&headers), expected, "{offers:?}");
        }
    }

    #[test]
    fn which_room_and_name() {
        let table = [
            ("/socket", ("lobby", None)),
            ("/socket?", ("lobby", None)),
            ("/socket?room=&name=", ("lobby", None)),
            ("/socket?room=tea&name=Ada+L.", ("tea", Some("Ada L."))),
            ("/socket?name=%E5%B0%8F%E6%98%8E&x=y", ("lobby", Some("小明"))),
            ("/socket?room=a&room=b", ("b", None)),
            ("/socket?room=%FF", ("\u{fffd}", None)),
        ];
        for (uri, (room, name)) in table {
            let expected = Opening::Plain {
                room: room.to_owned(),
                name: name.map(str::to_owned),
                key: "k".to_owned(),
            };
            let uri: Uri = uri.parse().expect("an address");
            assert_eq!(plain(&uri, "k".to_owned()), expected, "{uri}");
        }
    }
}
