//! The relay in this process, without the rates that hold a single client back.

use std::thread;

use chat_room_relay::{Config, Limits, Listen, Relay};
use chat_room_wire::{Body, ClientFrame, Join, Post, SUBPROTOCOL, ServerFrame};
use e2e::folder::Folder;
use futures_util::{SinkExt, StreamExt, future::join_all};
use tokio::{net::TcpStream, sync::oneshot};
use tokio_tungstenite::{
    client_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

/// More than anybody says in a second.
const RATE: u64 = 1_000_000;
/// As much waits for a receiver that is slower than what is said, so that it is measured and not closed.
const QUEUE_BYTES: usize = 1024 * 1024 * 1024;
/// How many posts are in a message.
const POSTS_IN_MESSAGE: u64 = 200;
/// How many posts of one author are on their way into the log at a time.
const ON_WAY: u64 = 400;
/// How many say something at a time: the log takes their posts together.
const AUTHORS: u64 = 20;

/// A running relay with a log on the disk.
pub(crate) struct Unlimited {
    url: String,
    end: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
    _data: Folder,
}

impl Unlimited {
    /// Starts it on a free port, with threads of its own.
    ///
    /// # Panics
    /// If it cannot start.
    pub(crate) fn start() -> Self {
        let data = Folder::new();
        let limits = Limits {
            posts_per_second: RATE,
            post_burst: RATE,
            posts_on_way: ON_WAY as usize,
            queue_packets: usize::MAX,
            queue_bytes: QUEUE_BYTES,
            ..Limits::default()
        };
        let config = Config {
            data: Some(data.path().to_owned()),
            limits,
            ..Config::default()
        };
        let (tell, told) = std::sync::mpsc::channel();
        let (end, ended) = oneshot::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
            runtime.expect("a runtime can be made").block_on(async {
                let listen = Listen::parse("127.0.0.1:0").expect("it is an address");
                let relay = Relay::bind(listen, config).await.expect("the relay starts");
                tell.send(relay.socket_url()).expect("somebody waits for it");
                // Ends also where nobody is left to say so.
                relay.serve(async { drop(ended.await) }).await;
            });
        });
        Self {
            url: told.recv().expect("the relay starts"),
            end: Some(end),
            thread: Some(thread),
            _data: data,
        }
    }

    /// Its address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Has several authors say so many texts of so many bytes in a room, as fast as the log takes them.
    ///
    /// # Panics
    /// If the relay does not take them.
    pub(crate) async fn say(&self, room: &str, count: u64, bytes: usize) {
        let share = |author| count / AUTHORS + u64::from(author < count % AUTHORS);
        join_all((0..AUTHORS).map(|author| self.author(room, author, share(author), bytes))).await;
    }

    async fn author(&self, room: &str, author: u64, count: u64, bytes: usize) {
        let host = self.url.strip_prefix("ws://").and_then(|it| it.split('/').next());
        let stream = TcpStream::connect(host.expect("it is a ws URL")).await;
        let stream = stream.expect("the relay listens");
        stream.set_nodelay(true).expect("a stream can be so");
        let mut request = self.url.as_str().into_client_request().expect("it is a URL");
        let protocol = HeaderValue::from_static(SUBPROTOCOL);
        request.headers_mut().insert("Sec-WebSocket-Protocol", protocol);
        let (mut socket, _) = client_async(request, stream).await.expect("the relay lets it in");
        let join = ClientFrame::Join(Join {
            room: room.to_owned(),
            name: format!("Author {author}"),
            key: format!("the secret key of author {author}"),
            token: None,
            since: None,
        });
        socket.send(Message::text(join.to_json())).await.expect("it is open");
        let (mut me, mut said, mut seen) = (None, 0, 0);
        while seen < count {
            let message = socket.next().await.expect("the relay stays").expect("it speaks well");
            let frames = ServerFrame::decode(message.to_text().unwrap_or("[]")).unwrap_or_default();
            for frame in frames.into_iter().flatten() {
                match frame {
                    ServerFrame::Joined(joined) => me = Some(joined.client),
                    ServerFrame::Entry(entry) => seen += u64::from(me.as_ref() == Some(&entry.client)),
                    ServerFrame::Refused(refused) => panic!("the relay refused a post: {}", refused.message),
                    _ => {}
                }
            }
            while me.is_some() && said < count && said - seen < ON_WAY {
                let until = count.min(said + POSTS_IN_MESSAGE);
                let posts: Vec<String> = (said..until).map(|it| post(it + 1, bytes)).collect();
                let posts = format!("[{}]", posts.join(","));
                socket.send(Message::text(posts)).await.expect("the relay stays");
                said = until;
            }
        }
    }
}

impl Drop for Unlimited {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // A relay that broke has said so.
            drop(thread.join());
        }
    }
}

fn post(n: u64, bytes: usize) -> String {
    let text = format!("{n} {}", "what people say to one another ".repeat(bytes / 30 + 1));
    let body = Body::Text {
        text: text[..bytes].to_owned(),
        reply_to: None,
    };
    ClientFrame::Post(Post { n, body }).to_json()
}
