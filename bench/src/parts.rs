//! What is measured, a module for each part.

pub(crate) mod fanout;
pub(crate) mod faults;
pub(crate) mod log;
pub(crate) mod receive;
pub(crate) mod roundtrip;
pub(crate) mod start;

/// How long a text is that goes through a socket, in bytes.
const MESSAGE: usize = 100;

/// The sockets, as the pages know them, and as people do. The first is what the others are compared with.
const SOCKETS: [(&str, &str); 5] = [
    ("native", "native WebSocket"),
    ("persistent", "PersistentWebSocket"),
    ("reconnecting", "reconnecting-websocket"),
    ("partysocket", "partysocket"),
    ("returned", "PersistentWebSocket, once it has come back"),
];
