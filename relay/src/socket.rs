//! The WebSocket: the upgrade, one task per connection, and the goodbye.
//!
//! The upgrade is made here rather than with axum's extractor because the goodbye needs the TCP stream: closing
//! one that has unread bytes resets the connection, and the peer would lose the close frame that tells it why.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONNECTION, RETRY_AFTER, SEC_WEBSOCKET_VERSION, UPGRADE};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tracing::{debug, info};

use crate::Limits;
use crate::limits::{READ_BUFFER, RETRY_AFTER_SECONDS, WRITE_BUFFER, quoted};
use crate::old_room::{Frame, MemberId, Notice, QueueLimits, Room};
use crate::serve::{Peer, Tasks};

type Socket = WebSocketStream<TcpStream>;

/// The room, and the way into it.
pub(crate) struct Lobby {
    room: Mutex<Room<Arc<Mailbox>>>,
    seats: Arc<Semaphore>,
    limits: Arc<Limits>,
    tasks: Tasks,
}

/// How the room reaches the task of a connection.
#[derive(Default)]
struct Mailbox {
    waiting: Notify,
    too_slow: Notify,
}

impl Lobby {
    pub(crate) fn new(limits: Arc<Limits>, tasks: Tasks) -> Self {
        let queue = QueueLimits {
            frames: limits.queue_packets,
            bytes: limits.queue_bytes,
        };
        Self {
            room: Mutex::new(Room::new(queue)),
            seats: Arc::new(Semaphore::new(limits.connections)),
            limits,
            tasks,
        }
    }

    /// How many are in the room.
    pub(crate) fn connections(&self) -> usize {
        self.room().len()
    }

    /// Answers a request for a WebSocket; the conversation then has a task of its own.
    ///
    /// No subprotocol is ever selected: a client that offered some goes on in plain text, or leaves.
    pub(crate) fn receive(self: &Arc<Self>, peer: Peer, mut request: Request) -> Response {
        let switching = match create_response_with_body(&request, Body::empty) {
            Ok(response) => response,
            Err(error) => return no_handshake(&error),
        };
        let Ok(seat) = Arc::clone(&self.seats).try_acquire_owned() else {
            let sentence = "This relay has as many connections as it allows; try again later.\n";
            let later = [(RETRY_AFTER, RETRY_AFTER_SECONDS)];
            return (StatusCode::SERVICE_UNAVAILABLE, later, sentence).into_response();
        };
        let upgrade = hyper::upgrade::on(&mut request);
        // A member before the client knows that it is connected, so that it misses nothing from then on.
        let membership = Membership::of(self);
        let lobby = Arc::clone(self);
        self.tasks.spawn(async move {
            match upgraded(upgrade, &lobby.limits).await {
                Ok(socket) => lobby.converse(socket, peer, membership).await,
                Err(why) => debug!(peer = %peer.0, why, "an upgrade failed"),
            }
            drop(seat);
        });
        switching
    }

    async fn converse(&self, mut socket: Socket, peer: Peer, membership: Membership) {
        let connection = membership.id.0;
        info!(connection, peer = %peer.0, connections = self.connections(), "connected");
        let ending = self.carry(&mut socket, &membership).await;
        drop(membership);
        let (by, code, reason) = ending.for_the_log();
        let connections = self.connections();
        info!(connection, by, code, reason = %quoted(reason), connections, "disconnected");
        part(socket, ending, self.limits.close_within).await;
    }

    /// Carries messages in both directions until there is a reason to end.
    async fn carry(&self, socket: &mut Socket, membership: &Membership) -> Ending {
        let Membership { id, mailbox, .. } = membership;
        let (mut sink, mut stream) = socket.split();
        // One task for both directions, so that a writer that waits for its peer stops no reader.
        tokio::select! {
            ending = self.read(&mut stream, *id) => ending,
            ending = self.write(&mut sink, *id, mailbox) => ending,
            () = mailbox.too_slow.notified() => {
                Ending::ours(CloseCode::Again, "too slow: more was waiting for you than is kept")
            }
            () = self.tasks.closing.cancelled() => {
                Ending::ours(CloseCode::Away, "the relay is shutting down")
            }
        }
    }

    async fn read(&self, stream: &mut SplitStream<&mut Socket>, id: MemberId) -> Ending {
        let silence = self.limits.ping_every + self.limits.pong_within;
        loop {
            let frame = match timeout(silence, stream.next()).await {
                Ok(Some(Ok(Message::Text(text)))) => Frame::Text(text),
                Ok(Some(Ok(Message::Binary(bytes)))) => Frame::Binary(bytes),
                Ok(Some(Ok(Message::Close(frame)))) => return Ending::Theirs(frame),
                // Any sign of life counts; tungstenite answers the pings.
                Ok(Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)))) => continue,
                Ok(Some(Err(error))) => return Ending::of(&error, &self.limits),
                Ok(None) => return Ending::Broken("the connection ended".to_owned()),
                Err(_) => return Ending::ours(CloseCode::Policy, "no answer to a ping"),
            };
            self.room().post(id, &frame, |mailbox, notice| match notice {
                Notice::Waiting => mailbox.waiting.notify_one(),
                Notice::TooSlow => mailbox.too_slow.notify_one(),
            });
            // The writers just woken go first, or one busy sender would fill the queues of healthy receivers.
            tokio::task::yield_now().await;
        }
    }

    /// Writes what waits in batches, each flushed once, and pings in between.
    async fn write(&self, sink: &mut SplitSink<&mut Socket, Message>, id: MemberId, mailbox: &Mailbox) -> Ending {
        let mut pings = interval(self.limits.ping_every);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first tick is immediate, and a fresh connection needs no ping.
        pings.tick().await;
        let error = loop {
            let fed = tokio::select! {
                () = mailbox.waiting.notified() => {
                    let batch = self.room().take(id);
                    feed_all(sink, batch.into_iter().map(Message::from)).await
                }
                _ = pings.tick() => feed_all(sink, [Message::Ping(Bytes::new())]).await,
            };
            let flushed = match fed {
                Ok(()) => sink.flush().await,
                Err(error) => Err(error),
            };
            if let Err(error) = flushed {
                break error;
            }
        };
        Ending::of(&error, &self.limits)
    }

    /// A panic elsewhere must not lock everybody out, and every change to the room is whole.
    fn room(&self) -> MutexGuard<'_, Room<Arc<Mailbox>>> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leaves the room when dropped, whatever ends the connection's task.
struct Membership {
    lobby: Arc<Lobby>,
    id: MemberId,
    mailbox: Arc<Mailbox>,
}

impl Membership {
    fn of(lobby: &Arc<Lobby>) -> Self {
        let mailbox = Arc::new(Mailbox::default());
        let id = lobby.room().join(Arc::clone(&mailbox));
        let lobby = Arc::clone(lobby);
        Self { lobby, id, mailbox }
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.lobby.room().leave(self.id);
    }
}

impl From<Frame> for Message {
    fn from(frame: Frame) -> Self {
        match frame {
            Frame::Text(text) => Message::Text(text),
            Frame::Binary(bytes) => Message::Binary(bytes),
        }
    }
}

async fn feed_all(
    sink: &mut SplitSink<&mut Socket, Message>,
    messages: impl IntoIterator<Item = Message>,
) -> Result<(), Error> {
    for message in messages {
        sink.feed(message).await?;
    }
    Ok(())
}

/// Why a connection ends.
enum Ending {
    /// The peer sent a close frame.
    Theirs(Option<CloseFrame>),
    /// The relay has a reason to close.
    Ours(CloseFrame),
    /// There is nobody left to tell.
    Broken(String),
}

impl Ending {
    fn ours(code: CloseCode, reason: impl Into<String>) -> Self {
        Ending::Ours(CloseFrame {
            code,
            reason: reason.into().into(),
        })
    }

    /// The error's own text is not used: it can quote what was said.
    fn of(error: &Error, limits: &Limits) -> Self {
        match error {
            Error::Capacity(_) => Ending::ours(
                CloseCode::Size,
                format!("a message may have at most {} bytes", limits.message_bytes),
            ),
            Error::Utf8(_) => Ending::ours(CloseCode::Invalid, "text must be valid UTF-8"),
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
                Ending::Broken("the connection ended without a close frame".to_owned())
            }
            Error::Protocol(_) => Ending::ours(CloseCode::Protocol, "a frame against the WebSocket protocol"),
            Error::Io(error) => Ending::Broken(error.kind().to_string()),
            _ => Ending::Broken("the connection is closed".to_owned()),
        }
    }

    /// Who ended it, the code as the peer's `CloseEvent` will have it, and the reason.
    fn for_the_log(&self) -> (&'static str, u16, &str) {
        match self {
            Ending::Theirs(Some(frame)) => ("peer", frame.code.into(), frame.reason.as_str()),
            Ending::Theirs(None) => ("peer", CloseCode::Status.into(), ""),
            Ending::Ours(frame) => ("relay", frame.code.into(), frame.reason.as_str()),
            Ending::Broken(why) => ("network", CloseCode::Abnormal.into(), why),
        }
    }
}

/// Closes the connection in good form, or without any where the peer takes longer than `within`.
async fn part(mut socket: Socket, ending: Ending, within: Duration) {
    let farewell = async {
        match ending {
            // The answer to the peer's close frame is queued already.
            Ending::Theirs(_) => socket.flush().await?,
            Ending::Ours(frame) => socket.send(Message::Close(Some(frame))).await?,
            Ending::Broken(_) => return Ok(()),
        }
        let stream = socket.get_mut();
        stream.shutdown().await?;
        // On the heap, as every connection's task would have room for it all along.
        let mut unread = vec![0; READ_BUFFER];
        while stream.read(&mut unread).await? > 0 {}
        Ok::<_, Error>(())
    };
    if !matches!(timeout(within, farewell).await, Ok(Ok(()))) {
        // What the system still holds for this peer is not worth its memory.
        let _ = socket.get_ref().set_zero_linger();
    }
}

/// Waits for the connection to become a WebSocket.
async fn upgraded(upgrade: OnUpgrade, limits: &Limits) -> Result<Socket, &'static str> {
    let upgraded: Upgraded = upgrade.await.map_err(|_| "the connection ended")?;
    let parts = upgraded
        .downcast::<TokioIo<TcpStream>>()
        .map_err(|_| "the connection is not TCP")?;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        // The last message of a batch may find the buffer almost full; control frames fit in besides.
        .max_write_buffer_size(2 * WRITE_BUFFER + limits.message_bytes)
        .max_message_size(Some(limits.message_bytes))
        .max_frame_size(Some(limits.message_bytes));
    let stream = parts.io.into_inner();
    // Copied, since it may be a small piece of a large buffer.
    let early = parts.read_buf.to_vec();
    Ok(WebSocketStream::from_partially_read(stream, early, Role::Server, Some(config)).await)
}

/// The answer to a request that is no handshake of a WebSocket.
fn no_handshake(error: &Error) -> Response {
    const UPGRADE_REQUIRED: [(HeaderName, &str); 3] = [
        (CONNECTION, "upgrade"),
        (UPGRADE, "websocket"),
        (SEC_WEBSOCKET_VERSION, "13"),
    ];
    match error {
        Error::Protocol(ProtocolError::MissingSecWebSocketKey | ProtocolError::InvalidSecWebSocketKey) => {
            let sentence = "The handshake needs a Sec-WebSocket-Key of 16 bytes in base64.\n";
            (StatusCode::BAD_REQUEST, sentence).into_response()
        }
        _ => {
            let sentence = "This address speaks WebSocket, version 13: open it with a WebSocket client.\n";
            (StatusCode::UPGRADE_REQUIRED, UPGRADE_REQUIRED, sentence).into_response()
        }
    }
}
