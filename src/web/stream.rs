//! The socket as a futures `Stream` and `Sink`.

mod ended;
mod shared;

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use futures_core::{FusedStream, Stream};
use futures_sink::Sink;
use gloo_timers::callback::Timeout;

pub use self::ended::{ConnectError, Ended};
use self::shared::Shared;
use super::socket::Socket;
use crate::websocket::{CloseCode, Message, OpenError, Protocol, ReadyState, SendError};

/// How soon what waits inside the browser is looked at again, in milliseconds: `bufferedAmount` has no event.
const LOOK_AGAIN_MS: u32 = 20;

/// How much a [`SocketStream`] holds.
///
/// ```no_run
/// # use chat_room::web::StreamLimits;
/// let mut limits = StreamLimits::default();
/// limits.high_water_bytes = 64 * 1024;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreamLimits {
    /// How many messages may wait to be read. Default 1,024.
    pub queued_messages: usize,
    /// How many bytes they may have together. A single message of more does not fit either. Default 16 MiB.
    pub queued_bytes: usize,
    /// The sink holds back while more bytes than this wait inside the browser to be sent. Default 1 MiB.
    pub high_water_bytes: u64,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self {
            queued_messages: 1024,
            queued_bytes: 16 * 1024 * 1024,
            high_water_bytes: 1024 * 1024,
        }
    }
}

/// A [`Socket`] as a [`Stream`] of messages and a [`Sink`] for them.
///
/// ```no_run
/// use chat_room::web::{Ended, SocketStream};
/// use futures_util::{SinkExt, StreamExt};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let mut socket = SocketStream::connect("ws://localhost:8005/socket", &[]).await?;
/// socket.send("你好".into()).await?; // returns when the browser has handed it to the network
/// while let Some(message) = socket.next().await {
///     match message {
///         Ok(message) => drop(message),
///         Err(Ended::Closed(close)) => drop(close.code),
///         Err(other) => return Err(other.into()),
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// **The stream** gives every message in its order, then once how it [`Ended`], then nothing.
///
/// Nobody can pause a native WebSocket, so what arrives between two polls is queued within [`StreamLimits`]. Where the
/// next message does not fit, the socket is closed with [`OVERFLOW_CODE`], and the stream gives what was queued and then
/// [`Ended::Overflowed`]: no message is missing from the midst.
///
/// **The sink** is ready once the socket is open and at most [`StreamLimits::high_water_bytes`] wait inside the browser.
/// Flushing waits until none do: `feed` keeps a line busy, `send` waits for each message. Closing makes the closing
/// handshake with 1000 and is done when the socket is closed; [`Socket::close`] with another code may come before it.
/// [`SendError::NotOpen`] tells that what was not flushed may be lost.
///
/// Where somebody waits for bytes to leave the browser they are looked at by a timer; a hidden page's timers are late.
///
/// Dropped in any state, it ends everything, as a [`Socket`] does. It works in pages and in workers.
#[must_use = "dropping it closes the connection"]
pub struct SocketStream {
    socket: Rc<Socket>,
    shared: Rc<Shared>,
    limits: StreamLimits,
    look: Option<Timeout>,
}

/// The close code that tells a server that its messages were not read fast enough.
pub const OVERFLOW_CODE: u16 = 4013;

impl SocketStream {
    /// Starts to connect, and returns at once. The sink waits until the socket is open; so does
    /// [`opened`](Self::opened).
    ///
    /// # Errors
    /// As [`Socket::open`].
    pub fn open(url: &str, protocols: &[Protocol], limits: StreamLimits) -> Result<Self, OpenError> {
        let shared = Rc::new(Shared::new(limits));
        let weak = Rc::downgrade(&shared);
        let socket = Socket::open(url, protocols, move |event| {
            if let Some(shared) = weak.upgrade() {
                shared.handle(event);
            }
        })?;
        let socket = Rc::new(socket);
        shared.watch_over(&socket);
        Ok(Self {
            socket,
            shared,
            limits,
            look: None,
        })
    }

    /// Connects with [`StreamLimits::default`], and is there when the socket is open.
    ///
    /// # Errors
    /// The browser refuses to make the socket, or it closes before it was open.
    pub async fn connect(url: &str, protocols: &[Protocol]) -> Result<Self, ConnectError> {
        let mut stream = Self::open(url, protocols, StreamLimits::default())?;
        stream.opened().await?;
        Ok(stream)
    }

    /// Waits until the socket is open, or has been.
    ///
    /// # Errors
    /// It closed before.
    pub async fn opened(&mut self) -> Result<(), ConnectError> {
        poll_fn(|context| self.shared.poll_opened(context))
            .await
            .map_err(|close| ConnectError::Closed {
                url: self.socket.url(),
                close,
            })
    }

    /// The socket, for what it tells, and to close it with a code. What is sent there passes by the sink.
    pub fn socket(&self) -> &Socket {
        &self.socket
    }

    /// Waits until no more bytes than this are left inside the browser.
    fn poll_buffered(&mut self, most: u64, context: &mut Context<'_>) -> Poll<()> {
        if self.socket.buffered_amount() <= most {
            return Poll::Ready(());
        }
        self.shared.wake_writer_later(context);
        if self.shared.begin_look() {
            let weak = Rc::downgrade(&self.shared);
            self.look = Some(Timeout::new(LOOK_AGAIN_MS, move || {
                if let Some(shared) = weak.upgrade() {
                    shared.looked();
                }
            }));
        }
        Poll::Pending
    }
}

impl Stream for SocketStream {
    type Item = Result<Message, Ended>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.shared.poll_next(context)
    }
}

impl FusedStream for SocketStream {
    fn is_terminated(&self) -> bool {
        self.shared.has_told()
    }
}

impl Sink<Message> for SocketStream {
    type Error = SendError;

    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        match self.socket.ready_state() {
            ReadyState::Connecting => {
                self.shared.wake_writer_later(context);
                Poll::Pending
            }
            ReadyState::Open => {
                let most = self.limits.high_water_bytes;
                self.poll_buffered(most, context).map(Ok)
            }
            state @ (ReadyState::Closing | ReadyState::Closed) => Poll::Ready(Err(SendError::NotOpen(state))),
        }
    }

    fn start_send(self: Pin<&mut Self>, message: Message) -> Result<(), SendError> {
        self.socket.send(&message)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        if self.socket.ready_state() == ReadyState::Closed {
            return Poll::Ready(all_sent(&self.socket));
        }
        self.poll_buffered(0, context).map(Ok)
    }

    fn poll_close(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        // The native close lets what was handed over go first; a second one does nothing.
        self.socket.close(Some(CloseCode::NORMAL.into()));
        ready!(self.shared.poll_closed(context));
        Poll::Ready(all_sent(&self.socket))
    }
}

impl fmt::Debug for SocketStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketStream")
            .field("socket", &self.socket)
            .field("queued_messages", &self.shared.queued_messages())
            .finish_non_exhaustive()
    }
}

/// A socket that is closed keeps counting what it did not send.
fn all_sent(socket: &Socket) -> Result<(), SendError> {
    match socket.buffered_amount() {
        0 => Ok(()),
        _ => Err(SendError::NotOpen(ReadyState::Closed)),
    }
}
