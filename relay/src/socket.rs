//! The WebSocket: the upgrade, one task per connection, and the goodbye.
//!
//! The upgrade is made here rather than with axum's extractor because the goodbye needs the TCP stream: closing
//! one that has unread bytes resets the connection, and the peer would lose the close frame that tells it why.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONNECTION, RETRY_AFTER, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chat_room_wire::SUBPROTOCOL;
use futures_util::SinkExt;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tracing::{debug, error, info};

use crate::Limits;
use crate::hub::{Hub, Mailbox, Membership};
use crate::limits::{READ_BUFFER, RETRY_AFTER_SECONDS, TAKEN_BYTES, TAKEN_MESSAGES, WRITE_BUFFER, quoted};
use crate::line::{Line, Pipe, Socket};
use crate::opening;
use crate::room::{self, Backlog, Closing, Joiner, Opening};
use crate::serve::{Peer, Tasks};

/// The way into the rooms.
pub(crate) struct Lobby {
    hub: Arc<Hub>,
    seats: Arc<Semaphore>,
    limits: Arc<Limits>,
    tasks: Tasks,
    /// For all rooms: the receivers of one are written to one after the other.
    joiner: Mutex<Joiner>,
}

impl Lobby {
    pub(crate) fn new(hub: Arc<Hub>, limits: Arc<Limits>, tasks: Tasks) -> Self {
        Self {
            hub,
            seats: Arc::new(Semaphore::new(limits.connections)),
            limits,
            tasks,
            joiner: Mutex::default(),
        }
    }

    /// The rooms.
    pub(crate) fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Answers a request for a WebSocket; the conversation then has a task of its own.
    ///
    /// A client that does not offer `chat-room.v1` goes on in plain text, or leaves.
    pub(crate) fn receive(self: &Arc<Self>, peer: Peer, mut request: Request) -> Response {
        let mut switching = match create_response_with_body(&request, Body::empty) {
            Ok(response) => response,
            Err(error) => return no_handshake(&error),
        };
        let speaks_v1 = opening::offers_v1(request.headers());
        let opening = if speaks_v1 {
            let selected = HeaderValue::from_static(SUBPROTOCOL);
            switching.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, selected);
            Opening::V1
        } else {
            match fresh_key() {
                Ok(key) => opening::plain(request.uri(), key),
                Err(error) => return no_chance(&error),
            }
        };
        let Ok(seat) = Arc::clone(&self.seats).try_acquire_owned() else {
            let sentence = "This relay has as many connections as it allows; try again later.\n";
            let later = [(RETRY_AFTER, RETRY_AFTER_SECONDS)];
            return (StatusCode::SERVICE_UNAVAILABLE, later, sentence).into_response();
        };
        let upgrade = hyper::upgrade::on(&mut request);
        // A member before the client knows that it is connected, so that it misses nothing from then on.
        let membership = self.hub.open(opening);
        let lobby = Arc::clone(self);
        self.tasks.spawn(async move {
            match upgraded(upgrade, &lobby.limits).await {
                Ok(socket) => lobby.converse(socket, peer, membership, speaks_v1).await,
                Err(why) => debug!(peer = %peer.0, why, "an upgrade failed"),
            }
            drop(seat);
        });
        switching
    }

    async fn converse(&self, mut socket: Socket, peer: Peer, membership: Membership, speaks_v1: bool) {
        let connection = membership.id.0;
        let protocol = if speaks_v1 { SUBPROTOCOL } else { "plain text" };
        let connections = self.hub.connections();
        info!(connection, peer = %peer.0, protocol, connections, "connected");
        let ending = self.carry(&mut socket, &membership, speaks_v1).await;
        drop(membership);
        let (by, code, reason) = ending.for_the_log();
        let connections = self.hub.connections();
        info!(connection, by, code, reason = %quoted(reason), connections, "disconnected");
        part(socket, ending, self.limits.close_within).await;
    }

    /// Carries messages in both directions until there is a reason to end.
    async fn carry(&self, socket: &mut Socket, membership: &Membership, speaks_v1: bool) -> Ending {
        let line = Line::new(socket);
        // One task for both directions, so that a writer that waits for its peer stops no reader.
        tokio::select! {
            ending = self.read(&line, membership, speaks_v1) => ending,
            ending = self.write(&line, membership) => ending,
            ending = self.cut_short(&membership.mailbox) => ending,
        }
    }

    async fn read(&self, line: &Line<'_>, membership: &Membership, speaks_v1: bool) -> Ending {
        loop {
            // What it sends meanwhile waits in the network, and in the end at its sender.
            membership.mailbox.may_read().await;
            let Ok(first) = timeout(self.silence(), line.read()).await else {
                return Ending::ours(CloseCode::Policy, "no answer to a ping");
            };
            let mut messages = Vec::new();
            let mut bytes = 0;
            let mut next = Some(first);
            let mut ending = None;
            // What has come with it goes on its way with it.
            while let Some(read) = next.take() {
                match self.understand(read, speaks_v1) {
                    Ok(message) => messages.extend(message.inspect(|(_, length)| bytes += length).map(|it| it.0)),
                    Err(reason) => ending = Some(reason),
                }
                if ending.is_none() && messages.len() < TAKEN_MESSAGES && bytes < TAKEN_BYTES {
                    next = line.read_now();
                }
            }
            if !messages.is_empty() {
                membership.receive(messages);
            }
            if let Some(ending) = ending {
                return ending;
            }
            // The writers just woken go first, or one busy sender would fill the queues of healthy receivers.
            tokio::task::yield_now().await;
        }
    }

    /// What the rooms are told of something that was read, and how long it is; or why nothing more is.
    fn understand(
        &self,
        read: Option<Result<Message, Error>>,
        speaks_v1: bool,
    ) -> Result<Option<(room::Message, usize)>, Ending> {
        match read {
            Some(Ok(Message::Text(text))) if speaks_v1 => Ok(Some((room::Message::read(&text), text.len()))),
            Some(Ok(Message::Text(text))) => {
                let length = text.len();
                Ok(Some((room::Message::Text(text), length)))
            }
            Some(Ok(Message::Binary(bytes))) => Ok(Some((room::Message::Binary, bytes.len()))),
            Some(Ok(Message::Close(frame))) => Err(Ending::Theirs(frame)),
            // Any sign of life counts; tungstenite answers the pings.
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(None),
            Some(Err(error)) => Err(Ending::of(&error, &self.limits)),
            None => Err(Ending::Broken("the connection ended".to_owned())),
        }
    }

    /// Writes what waits in batches, and pings in between. Ends with what the rooms close it for.
    async fn write(&self, line: &Line<'_>, membership: &Membership) -> Ending {
        let mailbox = &membership.mailbox;
        let mut pings = interval(self.limits.ping_every);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first tick is immediate, and a fresh connection needs no ping.
        pings.tick().await;
        let stuck = loop {
            let mut ending = None;
            let written = tokio::select! {
                () = mailbox.waiting.notified() => self.write_all(line, membership.take()).await,
                _ = pings.tick() => self.in_time(line.ping()).await,
                () = mailbox.closed.notified() => match mailbox.closing() {
                    Some(closing) => {
                        ending = Some(Ending::closing(&closing));
                        self.write_all(line, closing.rest).await
                    }
                    None => Ok(()),
                },
            };
            match (written, ending) {
                (Ok(()), None) => {}
                (Ok(()), Some(ending)) => return ending,
                (Err(stuck), _) => break stuck,
            }
        };
        match stuck {
            Stuck::Broken(error) => Ending::of(&error, &self.limits),
            Stuck::Slow => Ending::ours(CloseCode::Again, "too slow: nothing was taken for too long"),
        }
    }

    async fn write_all(&self, line: &Line<'_>, mut backlog: Backlog) -> Result<(), Stuck> {
        let messages = std::iter::from_fn(|| {
            let mut joiner = self.joiner.lock().unwrap_or_else(PoisonError::into_inner);
            backlog.next_message(&mut joiner)
        });
        self.in_time(line.queue(messages)).await?;
        while !self.in_time(line.write_some()).await? {}
        Ok(())
    }

    /// A step of the writer. It has to be done in the time in which something must be heard, since nothing is read from
    /// a peer that takes nothing.
    async fn in_time<T>(&self, step: impl Future<Output = Result<T, Error>>) -> Result<T, Stuck> {
        match timeout(self.silence(), step).await {
            Ok(result) => result.map_err(Stuck::Broken),
            Err(_) => Err(Stuck::Slow),
        }
    }

    /// Ends what the writer cannot end in good order: where the peer is too slow for it.
    async fn cut_short(&self, mailbox: &Mailbox) -> Ending {
        mailbox.cut_short.notified().await;
        if !mailbox.is_too_slow() {
            sleep(self.limits.close_within).await;
        }
        match mailbox.closing() {
            Some(closing) => Ending::closing(&closing),
            // The writer has it, and cannot get rid of what comes before.
            None => Ending::Broken("too slow to be told why it was closed".to_owned()),
        }
    }

    /// After how long without a sign of life a peer counts as gone.
    fn silence(&self) -> Duration {
        self.limits.ping_every + self.limits.pong_within
    }
}

/// Why the writer cannot go on.
enum Stuck {
    Broken(Error),
    Slow,
}

/// A key for a client that brings none.
fn fresh_key() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn no_chance(error: &getrandom::Error) -> Response {
    error!(%error, "the system gives no random numbers; plain-text clients cannot come in");
    let sentence = "This relay cannot take plain-text clients now; try again later.\n";
    let later = [(RETRY_AFTER, RETRY_AFTER_SECONDS)];
    (StatusCode::SERVICE_UNAVAILABLE, later, sentence).into_response()
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

    fn closing(closing: &Closing) -> Self {
        Self::ours(closing.code.into(), closing.reason.clone())
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
    // Where the writer was cut short.
    socket.get_mut().forget_rest();
    let farewell = async {
        match ending {
            // The answer to the peer's close frame is queued already.
            Ending::Theirs(_) => socket.flush().await?,
            Ending::Ours(frame) => socket.send(Message::Close(Some(frame))).await?,
            Ending::Broken(_) => return Ok(()),
        }
        let stream = &mut socket.get_mut().stream;
        stream.shutdown().await?;
        // On the heap, as every connection's task would have room for it all along.
        let mut unread = vec![0; READ_BUFFER];
        while stream.read(&mut unread).await? > 0 {}
        Ok::<_, Error>(())
    };
    if !matches!(timeout(within, farewell).await, Ok(Ok(()))) {
        // What the system still holds for this peer is not worth its memory.
        let _ = socket.get_ref().stream.set_zero_linger();
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
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER)
        .max_message_size(Some(limits.message_bytes))
        .max_frame_size(Some(limits.message_bytes));
    let stream = parts.io.into_inner();
    // Copied, since it may be a small piece of a large buffer.
    let early = parts.read_buf.to_vec();
    Ok(WebSocketStream::from_partially_read(Pipe::new(stream), early, Role::Server, Some(config)).await)
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
