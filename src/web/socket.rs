//! The browser's native WebSocket, typed: no exception, no `JsValue`, nothing left behind.

mod handler;
mod page;

use std::{fmt, rc::Rc};

use gloo_events::EventListener;
use js_sys::{Array, JsString, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::{BinaryType, CloseEvent, Event, MessageEvent, WebSocket};

use self::handler::Handler;
pub use self::page::check_url;
#[cfg(feature = "element")]
pub(super) use self::page::is_secure;
use crate::websocket::{Close, CloseFrame, Message, OpenError, Protocol, ReadyState, SendError, duplicate};

/// What happens to a socket, in the order in which it happens.
///
/// `Open` comes first or never, `Error` at most once and right before `Close`, and nothing after `Close`. A connection
/// that is lost right after its handshake may have no `Open` in one browser and one in another, and a lost connection
/// need not be an `Error`: only `Open` and `Close` say where a socket is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketEvent {
    /// The handshake is done: the socket can send, and [`Socket::protocol`] tells what the server chose.
    Open,
    /// A message has arrived.
    Message(Message),
    /// Something failed. The browser tells no cause; a `Close` follows, and only that one should be acted on.
    Error,
    /// The socket is closed for good. The code is 1006 if it was lost, refused or not reached.
    Close(Close),
}

/// The browser's native WebSocket, from its construction to its end: typed, without exceptions or a `JsValue`.
///
/// ```no_run
/// use chat_room::web::{Socket, SocketEvent};
/// use chat_room::websocket::{CloseCode, Message, Protocol};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let socket = Socket::open("ws://localhost:8005/socket", &[Protocol::new("chat-room.v1")?], |event| match event {
///     SocketEvent::Open => { /* now it can send */ }
///     SocketEvent::Message(Message::Text(text)) => drop(text),
///     SocketEvent::Message(Message::Binary(bytes)) => drop(bytes),
///     SocketEvent::Error => { /* a close follows and says as much as is known */ }
///     SocketEvent::Close(close) => drop(close.code),
/// })?;
/// // Later, once it is open:
/// socket.send_text("你好")?;
/// socket.close(Some(CloseCode::NORMAL.into()));
/// # Ok(())
/// # }
/// ```
///
/// Dropping it, in any state and also from within its own callback, ends everything: no event arrives any more, the
/// callback is dropped (once it has returned, if it is running), and the connection is closed with 1000. Messages that
/// were handed over before are still sent.
#[must_use = "dropping it closes the connection"]
pub struct Socket {
    native: WebSocket,
    handler: Rc<Handler>,
    listeners: Option<[EventListener; 4]>,
}

impl Socket {
    /// Starts to connect to `url` and tells `on_event` all that happens, never before this function has returned.
    ///
    /// `url` is read as the native constructor does: relative ones are completed with the page's address, and http
    /// and https mean ws and wss. `protocols` are the subprotocols to offer, best first; none is fine.
    ///
    /// `on_event` may call back into the socket, and drop it. An event that comes while it runs waits for its return.
    ///
    /// # Errors
    /// What the constructor refuses, told apart; see [`OpenError`]. An address that is merely not reachable is no
    /// error here but a later [`SocketEvent::Close`].
    pub fn open(
        url: &str,
        protocols: &[Protocol],
        on_event: impl FnMut(SocketEvent) + 'static,
    ) -> Result<Self, OpenError> {
        Ok(Self::over(construct(url, protocols)?, Box::new(on_event)))
    }

    /// Takes a native socket that nobody has listened to yet.
    pub(in crate::web) fn over(native: WebSocket, on_event: Box<dyn FnMut(SocketEvent)>) -> Self {
        // All of it before this task ends: a frame may arrive in the next one. A later change of `binaryType` would
        // apply to messages that are on their way.
        native.set_binary_type(BinaryType::Arraybuffer);
        let handler = Rc::new(Handler::new(on_event));
        let listen = |kind: &'static str, read: fn(&Event) -> Option<SocketEvent>| {
            let handler = Rc::clone(&handler);
            EventListener::new(&native, kind, move |event| {
                if let Some(event) = read(event) {
                    handler.handle(event);
                }
            })
        };
        let listeners = [
            listen("open", |_| Some(SocketEvent::Open)),
            listen("message", |event| event.dyn_ref().map(read_message)),
            listen("error", |_| Some(SocketEvent::Error)),
            listen("close", |event| event.dyn_ref().map(read_close)),
        ];
        Self {
            native,
            handler,
            listeners: Some(listeners),
        }
    }

    /// Hands a text message to the browser, which sends it after those before it.
    ///
    /// # Errors
    /// [`SendError::NotOpen`] in every state but OPEN. `Ok` promises that the browser has taken the message, not that
    /// the peer has got it: no native WebSocket can tell that.
    pub fn send_text(&self, text: &str) -> Result<(), SendError> {
        self.check_open()?;
        self.native.send_with_str(text).map_err(refused)
    }

    /// Hands a binary message to the browser, which copies it and sends it after those before it.
    ///
    /// # Errors
    /// As [`Socket::send_text`].
    pub fn send_bytes(&self, bytes: &[u8]) -> Result<(), SendError> {
        self.check_open()?;
        self.native.send_with_u8_array(bytes).map_err(refused)
    }

    /// Hands a message of either kind to the browser.
    ///
    /// # Errors
    /// As [`Socket::send_text`].
    pub fn send(&self, message: &Message) -> Result<(), SendError> {
        match message {
            Message::Text(text) => self.send_text(text),
            Message::Binary(bytes) => self.send_bytes(bytes),
        }
    }

    /// Starts to close, with a code and a reason for the peer or with none (which the peer sees as 1005).
    ///
    /// The state is CLOSING until the peer has answered, and [`SocketEvent::Close`] tells the end; a peer that does
    /// not answer is waited for as long as the browser likes, ten seconds or a minute. What was handed over before is
    /// still sent, what arrives from now on is discarded. While CONNECTING the attempt is given up: an error and an
    /// unclean 1006 follow. In CLOSING and CLOSED nothing happens.
    pub fn close(&self, frame: Option<CloseFrame>) {
        // The native call throws for a bad code or reason only, and a frame has neither.
        let _ = match frame {
            None => self.native.close(),
            Some(frame) if frame.reason().is_empty() => self.native.close_with_code(frame.code().get()),
            Some(frame) => self
                .native
                .close_with_code_and_reason(frame.code().get(), frame.reason()),
        };
    }

    /// The native `readyState`.
    pub fn ready_state(&self) -> ReadyState {
        // No fifth state can come: the standard fixes the four, and CLOSED is the one that promises nothing.
        ReadyState::try_from(self.native.ready_state()).unwrap_or(ReadyState::Closed)
    }

    /// How many bytes of messages wait inside the browser to be sent. Texts count as UTF-8, framing does not count.
    pub fn buffered_amount(&self) -> u64 {
        self.native.unchecked_ref::<Buffered>().buffered_amount() as u64
    }

    /// The subprotocol the server has chosen; empty before the socket is open, and where it chose none.
    pub fn protocol(&self) -> String {
        self.native.protocol()
    }

    /// The extensions in use, such as `permessage-deflate`; empty before the socket is open, and where there are none.
    pub fn extensions(&self) -> String {
        self.native.extensions()
    }

    /// The absolute ws or wss URL.
    pub fn url(&self) -> String {
        self.native.url()
    }

    /// The native `binaryType`: always `"arraybuffer"`.
    ///
    /// It cannot be changed. The other value, `"blob"`, is read asynchronously, so that a binary message could be
    /// overtaken by the text after it, and changing it hits messages that have been sent but not yet delivered.
    pub fn binary_type(&self) -> &'static str {
        "arraybuffer"
    }

    fn check_open(&self) -> Result<(), SendError> {
        match self.ready_state() {
            ReadyState::Open => Ok(()),
            state => Err(SendError::NotOpen(state)),
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // The listeners first: the native socket lives on until it has closed, and would call closures that are gone.
        // One that is running right now is freed by wasm-bindgen when it returns, and the callback with it.
        self.listeners = None;
        self.handler.discard_waiting();
        let _ = self.native.close_with_code(1000);
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket")
            .field("url", &self.url())
            .field("ready_state", &self.ready_state())
            .finish()
    }
}

fn construct(given: &str, protocols: &[Protocol]) -> Result<WebSocket, OpenError> {
    let url = check_url(given).map_err(|what| OpenError::BadUrl {
        url: given.to_owned(),
        what,
    })?;
    if let Some(protocol) = duplicate(protocols) {
        return Err(OpenError::DuplicateProtocol(protocol.clone()));
    }
    let names: Array = protocols.iter().map(|it| JsValue::from_str(it.as_str())).collect();
    WebSocket::new_with_str_sequence(&url, &names).map_err(|thrown| {
        let (name, words) = page::exception(&thrown);
        OpenError::from_exception(&url, &name, &words, page::is_secure())
    })
}

fn read_message(event: &MessageEvent) -> SocketEvent {
    let data = event.data();
    SocketEvent::Message(match data.dyn_ref::<JsString>() {
        Some(text) => Message::Text(read_text(text)),
        None => Message::Binary(Uint8Array::new(&data).to_vec()),
    })
}

/// As `JsValue::as_string` does, which looks at each character on its own for as long as they are ASCII. Here the browser
/// encodes the text at once.
fn read_text(text: &JsString) -> String {
    let units = text.length() as usize;
    let mut bytes = vec![0; units];
    let written = encode(text, &mut bytes).or_else(|| {
        // It is not all ASCII: a unit of UTF-16 has at most three bytes.
        bytes.resize(3 * units, 0);
        encode(text, &mut bytes)
    });
    bytes.truncate(written.unwrap_or_default() as usize);
    bytes.shrink_to_fit();
    // It is UTF-8, as the browser makes no other.
    String::from_utf8(bytes).unwrap_or_default()
}

fn read_close(event: &CloseEvent) -> SocketEvent {
    SocketEvent::Close(Close {
        code: event.code(),
        reason: event.reason(),
        was_clean: event.was_clean(),
    })
}

fn refused(thrown: JsValue) -> SendError {
    SendError::Refused {
        words: page::exception(&thrown).1,
    }
}

#[wasm_bindgen(module = "/src/web/socket/text.js")]
extern "C" {
    /// Writes the text as UTF-8 and tells how many bytes it has; nothing where not all of it has room.
    fn encode(text: &JsString, into: &mut [u8]) -> Option<u32>;
}

#[wasm_bindgen]
extern "C" {
    /// The native socket once more: web-sys reads `bufferedAmount` as 32 bits, which wrap at 4 GiB.
    type Buffered;

    #[wasm_bindgen(method, getter, js_name = bufferedAmount)]
    fn buffered_amount(this: &Buffered) -> f64;
}
