//! A client of `chat-room.v1` that knows its frames and nothing of what they mean.

use std::collections::VecDeque;
use std::net::SocketAddr;

use chat_room_wire::{
    Body, ClientFrame, Entry, History, HistoryRequest, Join, Joined, Place, Post, Presence, Refused, SUBPROTOCOL,
    ServerFrame,
};
use tokio::net::TcpStream;
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use super::{Client, within};

pub(crate) struct Chat {
    pub(crate) client: Client,
    frames: VecDeque<ServerFrame>,
}

pub(crate) fn key(name: &str) -> String {
    format!("{name:0>22}")
}

pub(crate) fn join(room: &str, name: &str, since: Option<Place>) -> ClientFrame {
    ClientFrame::Join(Join {
        room: room.to_owned(),
        name: name.to_owned(),
        key: key(name),
        token: None,
        since,
    })
}

pub(crate) fn post(n: u64, text: &str) -> ClientFrame {
    let body = Body::Text {
        text: text.to_owned(),
        reply_to: None,
    };
    ClientFrame::Post(Post { n, body })
}

pub(crate) fn text_of(entry: &Entry) -> &str {
    match &entry.body {
        Body::Text { text, .. } => text,
        other => panic!("a text, not {other:?}"),
    }
}

impl Chat {
    /// Connected, and not in a room yet.
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.expect("the relay accepts"), address).await
    }

    pub(crate) async fn over(stream: TcpStream, address: SocketAddr) -> Self {
        let mut request = format!("ws://{address}/socket")
            .into_client_request()
            .expect("an address");
        let offer = HeaderValue::from_static(SUBPROTOCOL);
        request.headers_mut().insert("Sec-WebSocket-Protocol", offer);
        // Thousands of these have to fit in a test.
        let config = WebSocketConfig::default()
            .read_buffer_size(4096)
            .write_buffer_size(4096);
        let handshake = client_async_with_config(request, stream, Some(config));
        let (socket, response) = within("a handshake", handshake).await.expect("a WebSocket");
        let selected = response
            .headers()
            .get("Sec-WebSocket-Protocol")
            .map(HeaderValue::as_bytes);
        assert_eq!(selected, Some(SUBPROTOCOL.as_bytes()));
        let frames = VecDeque::new();
        Self {
            client: Client(socket),
            frames,
        }
    }

    /// In the room, with what it was told, and the frame after it if that is history.
    pub(crate) async fn join(address: SocketAddr, room: &str, name: &str) -> Self {
        let mut chat = Self::connect(address).await;
        chat.say(join(room, name, None)).await;
        chat.joined().await;
        chat.history().await;
        chat
    }

    pub(crate) async fn say(&mut self, frame: ClientFrame) {
        self.client.send(frame.to_json()).await;
    }

    pub(crate) async fn say_all(&mut self, frames: &[ClientFrame]) {
        let frames: Vec<String> = frames.iter().map(ClientFrame::to_json).collect();
        self.client.send(format!("[{}]", frames.join(","))).await;
    }

    pub(crate) async fn next(&mut self) -> ServerFrame {
        loop {
            if let Some(frame) = self.frames.pop_front() {
                return frame;
            }
            let text = self.client.next_text().await;
            self.frames.extend(read(&text));
        }
    }

    /// The next frame that is none of presence and typing, which come when they come.
    pub(crate) async fn next_lasting(&mut self) -> ServerFrame {
        loop {
            match self.next().await {
                ServerFrame::Presence(_) | ServerFrame::Typing { .. } => {}
                other => return other,
            }
        }
    }

    pub(crate) async fn joined(&mut self) -> Joined {
        match self.next_lasting().await {
            ServerFrame::Joined(joined) => *joined,
            other => panic!("joined, not {other:?}"),
        }
    }

    pub(crate) async fn entry(&mut self) -> Entry {
        match self.next_lasting().await {
            ServerFrame::Entry(entry) => entry,
            other => panic!("an entry, not {other:?}"),
        }
    }

    pub(crate) async fn history(&mut self) -> History {
        match self.next_lasting().await {
            ServerFrame::History(history) => history,
            other => panic!("history, not {other:?}"),
        }
    }

    pub(crate) async fn page(&mut self, before: Option<u64>, limit: u64) -> History {
        self.say(ClientFrame::History(HistoryRequest { before, limit })).await;
        self.history().await
    }

    pub(crate) async fn refused(&mut self) -> Refused {
        match self.next_lasting().await {
            ServerFrame::Refused(refused) => refused,
            other => panic!("a refusal, not {other:?}"),
        }
    }

    pub(crate) async fn presence(&mut self) -> Presence {
        loop {
            if let ServerFrame::Presence(presence) = self.next().await {
                return presence;
            }
        }
    }

    /// The frames that come before the connection ends, and how it ends: as the close frame says, or without one.
    pub(crate) async fn rest(mut self) -> (Vec<ServerFrame>, Option<u16>) {
        use futures_util::StreamExt;
        let mut frames: Vec<ServerFrame> = self.frames.into();
        loop {
            match within("the end", self.client.0.next()).await {
                Some(Ok(Message::Text(text))) => frames.extend(read(&text)),
                Some(Ok(Message::Close(close))) => return (frames, close.map(|close| close.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return (frames, None),
            }
        }
    }
}

fn read(text: &str) -> Vec<ServerFrame> {
    let frames = ServerFrame::decode(text).expect("JSON");
    frames
        .into_iter()
        .map(|frame| frame.expect("a frame as it should be"))
        .collect()
}

/// Two others in the room, who have to be served whatever happens.
pub(crate) struct Witnesses {
    ada: Chat,
    bob: Chat,
    said: u64,
}

impl Witnesses {
    pub(crate) async fn of(address: SocketAddr) -> Self {
        let ada = Chat::join(address, "tea", "Ada").await;
        let bob = Chat::join(address, "tea", "Bob").await;
        Self { ada, bob, said: 0 }
    }

    /// What the one says, the other hears, among whatever else.
    pub(crate) async fn are_served(&mut self) {
        self.said += 1;
        let text = format!("witness {}", self.said);
        self.ada.say(post(self.said, &text)).await;
        for chat in [&mut self.ada, &mut self.bob] {
            while text_of(&chat.entry().await) != text {}
        }
    }
}
