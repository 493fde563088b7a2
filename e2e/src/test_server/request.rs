//! The HTTP request a connection begins with, read by hand: the answer has to be writable byte by byte.

use std::{collections::BTreeMap, io, str::FromStr};

use tokio::{io::AsyncReadExt, net::TcpStream};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// More than any browser sends.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// A request's path, query and headers.
#[derive(Debug)]
pub(super) struct Request {
    path: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
}

impl Request {
    /// Reads up to the empty line, and nothing after it; `None` if the peer ends before or sends no HTTP.
    pub(super) async fn read(stream: &mut TcpStream) -> io::Result<Option<Self>> {
        let mut head = Vec::new();
        // One byte at a time is slow and leaves the first frames, if any came along, where they belong.
        while !head.ends_with(b"\r\n\r\n") {
            if head.len() == MAX_HEAD_BYTES {
                return Ok(None);
            }
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(Self::parse(&String::from_utf8_lossy(&head)))
    }

    fn parse(head: &str) -> Option<Self> {
        let mut lines = head.lines();
        let target = lines.next()?.split(' ').nth(1)?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = BTreeMap::<String, String>::new();
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let values = headers.entry(name.to_ascii_lowercase()).or_default();
            if !values.is_empty() {
                values.push_str(", ");
            }
            values.push_str(value.trim());
        }
        Some(Self {
            path: path.to_owned(),
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers,
        })
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// A value of the query, read as `T`; `None` if it is not there or does not read.
    pub(super) fn query<T: FromStr>(&self, name: &str) -> Option<T> {
        self.query.get(name)?.parse().ok()
    }

    /// All headers, names in lower case, as a JSON object.
    pub(super) fn headers_as_json(&self) -> String {
        serde_json::json!(self.headers).to_string()
    }

    /// The last subprotocol offered.
    pub(super) fn last_protocol(&self) -> Option<&str> {
        Some(self.headers.get("sec-websocket-protocol")?.rsplit(',').next()?.trim())
    }

    /// The answer that accepts the handshake; `None` if the request asks for none.
    pub(super) fn acceptance(&self, protocol: Option<&str>) -> Option<String> {
        let key = derive_accept_key(self.headers.get("sec-websocket-key")?.as_bytes());
        let protocol = protocol.map_or(String::new(), |it| format!("Sec-WebSocket-Protocol: {it}\r\n"));
        Some(format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {key}\r\n{protocol}\r\n"
        ))
    }
}
