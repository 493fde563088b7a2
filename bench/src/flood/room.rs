//! The relay's part of `chat-room.v1` without a log: whoever posts what a page would ask for gets as many entries.

use std::time::{SystemTime, UNIX_EPOCH};

use chat_room_wire::{Body, ClientFrame, Entry, History, Joined, Limits, Member, ServerFrame};
use futures_util::SinkExt;
use tokio_tungstenite::tungstenite::Message;

use super::{Asked, Socket, heard, pour, stream};

/// What the client that joins is called by the others.
const CLIENT: &str = "6a0ce9459b3b6d841c473c7012ca13a5";

pub(super) async fn serve(socket: &mut Socket) -> Option<()> {
    let mut last = 0;
    let mut me = String::new();
    loop {
        for frame in ClientFrame::decode(&heard(socket).await?).ok()?.into_iter().flatten() {
            match frame {
                ClientFrame::Join(join) => {
                    me = join.name;
                    say(socket, &joined(&me)).await?;
                    let (entries, start) = (Vec::new(), true);
                    say(
                        socket,
                        &ServerFrame::History(History {
                            before: None,
                            entries,
                            start,
                        }),
                    )
                    .await?;
                }
                ClientFrame::Post(post) => {
                    let asked = match &post.body {
                        Body::Text { text, .. } => Asked::read(text),
                        _ => None,
                    };
                    let entry = Entry {
                        seq: last + 1,
                        prev: last,
                        at: now(),
                        client: CLIENT.to_owned(),
                        name: me.clone(),
                        n: post.n,
                        body: post.body,
                    };
                    last += 1;
                    say(socket, &ServerFrame::Entry(entry)).await?;
                    if let Some(asked) = asked {
                        pour(socket, stream::packed(last, asked, stream::JOINED_FRAMES)).await?;
                        last += asked.count as u64;
                    }
                }
                ClientFrame::Ping => say(socket, &ServerFrame::Pong).await?,
                _ => {}
            }
        }
    }
}

async fn say(socket: &mut Socket, frame: &ServerFrame) -> Option<()> {
    socket.send(Message::text(frame.to_json())).await.ok()
}

fn joined(me: &str) -> ServerFrame {
    let member = Member {
        client: CLIENT.to_owned(),
        name: me.to_owned(),
    };
    ServerFrame::Joined(Box::new(Joined {
        client: CLIENT.to_owned(),
        // Another log each time.
        epoch: format!("{:032x}", now()),
        head: 0,
        recovered: false,
        accepted: 0,
        members: vec![member],
        count: 1,
        limits: Limits::default(),
        heartbeat_ms: 20_000,
        restart_ms: 5_000,
    }))
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |it| it.as_millis() as u64)
}
