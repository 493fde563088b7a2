//! What the servers want to hear.

use serde::{Deserialize, Serialize};

/// How one talks to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) enum Speech {
    /// The relay, in `chat-room.v1`.
    ChatRoom,
    /// Text as it is: `ws`, and the floor.
    Text,
    SocketIo,
    Nats,
}

/// The masked frames that clients send.
const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
pub(super) const PONG: u8 = 0x8a;

impl Speech {
    /// What is asked for, and the headers that this needs besides.
    pub(super) fn request(self) -> (&'static str, &'static str) {
        match self {
            Self::ChatRoom => ("/socket", "Sec-WebSocket-Protocol: chat-room.v1\r\n"),
            Self::Text | Self::Nats => ("/", ""),
            Self::SocketIo => ("/socket.io/?EIO=4&transport=websocket", ""),
        }
    }

    /// What is said first.
    pub(super) fn greeting(self, number: usize, room: usize) -> Option<Vec<u8>> {
        let join = format!(
            r#"{{"type":"join","room":"room {room}","name":"person {number}","key":"bench-key-of-person-{number:08}"}}"#
        );
        (self == Self::ChatRoom).then(|| frame(TEXT, join.as_bytes()))
    }

    /// Until one is in: what is heard next, and what is said then.
    pub(super) fn way_in(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::ChatRoom => &[(r#""type":"joined""#, "")],
            Self::Text => &[],
            Self::SocketIo => &[("0{\"sid\"", "40"), ("40{\"sid\"", "")],
            Self::Nats => &[
                (
                    "INFO ",
                    "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB room 1\r\nPING\r\n",
                ),
                ("PONG", ""),
            ],
        }
    }

    /// Says something on the way in.
    pub(super) fn say(self, text: &str) -> Vec<u8> {
        frame(if self == Self::Nats { BINARY } else { TEXT }, text.as_bytes())
    }

    /// Says a text to all.
    pub(super) fn post(self, number: u64, text: &str) -> Vec<u8> {
        match self {
            Self::ChatRoom => {
                let post = format!(r#"{{"type":"post","n":{number},"body":{{"type":"text","text":"{text}"}}}}"#);
                frame(TEXT, post.as_bytes())
            }
            Self::Text => frame(TEXT, text.as_bytes()),
            Self::SocketIo => frame(TEXT, format!(r#"42["message","{text}"]"#).as_bytes()),
            Self::Nats => frame(BINARY, format!("PUB room {}\r\n{text}\r\n", text.len()).as_bytes()),
        }
    }

    /// The answer to what asks for a sign of life in a message of its own.
    pub(super) fn answer(self, payload: &[u8]) -> Option<Vec<u8>> {
        (self == Self::SocketIo && payload == b"2").then(|| frame(TEXT, b"3"))
    }
}

/// As RFC 6455 has it; the mask need not be a secret here.
pub(super) fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = vec![opcode];
    match payload.len() {
        short @ ..126 => frame.push(0x80 | short as u8),
        long => {
            let length = u16::try_from(long).expect("what the load says is short");
            frame.push(0x80 | 126);
            frame.extend(length.to_be_bytes());
        }
    }
    frame.extend(MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_tells_its_length_and_is_masked() {
        assert_eq!(
            frame(TEXT, b"ab"),
            [0x81, 0x82, 0x37, 0xfa, 0x21, 0x3d, b'a' ^ 0x37, b'b' ^ 0xfa]
        );
        let long = frame(BINARY, &[0; 300]);
        assert_eq!(long[..4], [0x82, 0xfe, 1, 44]);
        assert_eq!(long.len(), 8 + 300);
    }
}
