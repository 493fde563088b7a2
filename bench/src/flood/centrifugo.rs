//! As much of Centrifugo's bidirectional JSON protocol as its client needs: connecting, subscribing, publications.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{Asked, Socket, heard, pour, stream};

/// Centrifugo joins at most so many replies in a message unless it is told otherwise.
const REPLIES_IN_MESSAGE: usize = 16;

pub(super) async fn serve(socket: &mut Socket) -> Option<()> {
    loop {
        for line in heard(socket).await?.lines() {
            let command: Value = serde_json::from_str(line).ok()?;
            pour(socket, answer(&command)).await?;
        }
    }
}

fn answer(command: &Value) -> Vec<Utf8Bytes> {
    let id = &command["id"];
    if command.get("connect").is_some() {
        let connect = json!({ "client": "6a0ce945-9b3b-6d84-1c47-3c7012ca13a5", "version": "6.0.0" });
        return vec![json!({ "id": id, "connect": connect }).to_string().into()];
    }
    if command.get("subscribe").is_some() {
        return vec![json!({ "id": id, "subscribe": {} }).to_string().into()];
    }
    let asked = serde_json::from_value(command["send"]["data"].clone());
    asked.map_or_else(|_| Vec::new(), publications)
}

/// The channel is that of the page.
fn publications(asked: Asked) -> Vec<Utf8Bytes> {
    let replies: Vec<String> = (0..asked.count as u64)
        .map(|prev| {
            let mut entry = String::new();
            stream::entry(prev, asked.bytes).write(&mut entry);
            format!(r#"{{"push":{{"channel":"room","pub":{{"data":{entry}}}}}}}"#)
        })
        .collect();
    replies
        .chunks(REPLIES_IN_MESSAGE)
        .map(|it| it.join("\n").into())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publications_come_line_by_line() {
        let messages = answer(&json!({ "send": { "data": { "count": 17, "bytes": 100 } } }));
        assert_eq!(messages.len(), 2);
        assert_eq!(messages[0].lines().count(), REPLIES_IN_MESSAGE);
        let last: Value = serde_json::from_str(&messages[1]).unwrap();
        assert_eq!(last["push"]["pub"]["data"]["seq"], 17);
        let connected = answer(&json!({ "id": 1, "connect": {} }));
        let connected: Value = serde_json::from_str(&connected[0]).unwrap();
        assert_eq!(connected["id"], 1);
        assert!(connected["connect"]["client"].is_string());
    }
}
