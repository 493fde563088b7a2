//! Conversations in the protocol: held with a relay, as they stand on the page.

use std::collections::VecDeque;

use e2e::{relay::Relay, wait::within};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::ClientRequestBuilder};

use crate::markdown::blocks;

/// Fields that are others at every relay and at every time.
const VARIES: [&str; 3] = ["client", "epoch", "at"];

#[tokio::test]
async fn conversations_go_as_they_are_told() {
    let blocks = blocks("text");
    assert!(!blocks.is_empty(), "the conversation is found");
    for block in blocks {
        let relay = Relay::start();
        let mut client = connect(&relay.host(), &relay.socket(), &[]).await;
        let mut heard = VecDeque::new();
        for said in frames(&block.text) {
            let (client_speaks, told) = said.unwrap_or_else(|why| panic!("{}: {why}", block.place));
            if client_speaks {
                client.send(told.to_string().into()).await.expect("the relay listens");
                continue;
            }
            while heard.is_empty() {
                heard.extend(hear(&mut client).await);
            }
            let frame = heard.pop_front().expect("one was heard");
            assert!(
                alike(&told, &frame),
                "{}: {told} is told, and {frame} is said",
                block.place
            );
        }
    }
}

/// Opens a WebSocket to a host, by the address and with the headers that the relay is to see.
pub(crate) async fn connect(host: &str, url: &str, headers: &[(&str, &str)]) -> WebSocketStream<TcpStream> {
    let stream = TcpStream::connect(host).await.expect("it listens");
    let mut request = ClientRequestBuilder::new(url.parse().expect("an address")).with_sub_protocol("chat-room.v1");
    for (name, value) in headers {
        request = request.with_header(*name, *value);
    }
    let opened = within("the handshake", client_async(request, stream)).await;
    opened.unwrap_or_else(|error| panic!("{url} at {host}: {error}")).0
}

/// The frames of the next message.
pub(crate) async fn hear(client: &mut WebSocketStream<TcpStream>) -> Vec<Value> {
    let message = within("a frame", client.next())
        .await
        .expect("the relay stays")
        .expect("a message");
    let Ok(text) = message.to_text() else {
        return Vec::new();
    };
    match serde_json::from_str(text) {
        Ok(Value::Array(frames)) => frames,
        Ok(frame) => vec![frame],
        // A ping of the WebSocket protocol.
        Err(_) => Vec::new(),
    }
}

/// Each arrow begins a frame; `true` are those of the client.
fn frames(text: &str) -> Vec<Result<(bool, Value), String>> {
    let mut starts: Vec<_> = text.match_indices(['→', '←']).map(|(start, _)| start).collect();
    starts.push(text.len());
    let frames = starts.windows(2).map(|ends| &text[ends[0]..ends[1]]);
    frames
        .map(|frame| {
            let json = frame.trim_start_matches(['→', '←']);
            let value = serde_json::from_str(json).map_err(|error| format!("{error}: {json}"))?;
            Ok((frame.starts_with('→'), value))
        })
        .collect()
}

/// Whether both have the same fields, with the same values where these do not vary.
fn alike(told: &Value, said: &Value) -> bool {
    match (told, said) {
        (Value::Object(told), Value::Object(said)) => {
            told.len() == said.len()
                && told.iter().all(|(name, value)| {
                    let other = said.get(name);
                    other.is_some_and(|other| VARIES.contains(&&**name) || alike(value, other))
                })
        }
        (Value::Array(told), Value::Array(said)) => {
            told.len() == said.len() && told.iter().zip(said).all(|(told, said)| alike(told, said))
        }
        _ => told == said,
    }
}
