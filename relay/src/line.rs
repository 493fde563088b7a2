//! A WebSocket whose messages are written past tungstenite: all receivers share their bytes, and only the system copies
//! them. What tungstenite writes itself, which is control frames, goes in between two of them.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

use crate::limits::WRITTEN_MESSAGES;

/// A WebSocket over a [`Pipe`].
pub(crate) type Socket = WebSocketStream<Pipe>;

/// What tungstenite takes for the TCP stream. A frame that was begun is written to its end before anything else.
#[derive(Debug)]
pub(crate) struct Pipe {
    pub(crate) stream: TcpStream,
    frames: VecDeque<TextFrame>,
}

/// A message on its way.
#[derive(Debug)]
struct TextFrame {
    head: [u8; LONGEST_HEAD],
    head_length: usize,
    text: Bytes,
    /// Bytes of the head and the text that the system has.
    written: usize,
}

const LONGEST_HEAD: usize = 10;

/// The first byte of a text message that is one frame.
const TEXT: u8 = 0x81;

impl TextFrame {
    /// As RFC 6455 has it, section 5.2; a server masks nothing.
    fn new(text: Utf8Bytes) -> Self {
        let text = Bytes::from(text);
        let mut head = [0; LONGEST_HEAD];
        head[0] = TEXT;
        let length = text.len() as u64;
        let head_length = match length {
            ..126 => {
                head[1] = length as u8;
                2
            }
            126..=0xffff => {
                head[1] = 126;
                head[2..4].copy_from_slice(&(length as u16).to_be_bytes());
                4
            }
            _ => {
                head[1] = 127;
                head[2..].copy_from_slice(&length.to_be_bytes());
                LONGEST_HEAD
            }
        };
        Self {
            head,
            head_length,
            text,
            written: 0,
        }
    }

    fn length(&self) -> usize {
        self.head_length + self.text.len()
    }

    /// What is still to be written.
    fn parts(&self) -> [IoSlice<'_>; 2] {
        let head = &self.head[self.written.min(self.head_length)..self.head_length];
        let text = &self.text[self.written.saturating_sub(self.head_length)..];
        [IoSlice::new(head), IoSlice::new(text)]
    }
}

impl Pipe {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            frames: VecDeque::new(),
        }
    }

    /// Leaves out what waits, but for a frame that was begun.
    pub(crate) fn forget_rest(&mut self) {
        self.frames.retain(|frame| frame.written > 0);
    }

    /// Writes some of what waits; says whether that was all.
    fn poll_frames(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        if self.frames.is_empty() {
            return Poll::Ready(Ok(true));
        }
        let mut parts = [IoSlice::new(&[]); 2 * WRITTEN_MESSAGES];
        let mut used = 0;
        for frame in self.frames.iter().take(WRITTEN_MESSAGES) {
            parts[used..used + 2].copy_from_slice(&frame.parts());
            used += 2;
        }
        let mut written = ready!(Pin::new(&mut self.stream).poll_write_vectored(context, &parts[..used]))?;
        if written == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        while let Some(frame) = self.frames.front_mut() {
            let left = frame.length() - frame.written;
            if written < left {
                frame.written += written;
                break;
            }
            written -= left;
            self.frames.pop_front();
        }
        if self.frames.is_empty() {
            // An idle connection keeps nothing of busier times.
            self.frames = VecDeque::new();
        }
        Poll::Ready(Ok(self.frames.is_empty()))
    }

    fn poll_all_frames(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !ready!(self.poll_frames(context))? {}
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_all_frames(context))?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_all_frames(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_all_frames(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Both directions of a socket, for one task that reads and writes at the same time.
pub(crate) struct Line<'s>(Mutex<&'s mut Socket>);

impl<'s> Line<'s> {
    pub(crate) fn new(socket: &'s mut Socket) -> Self {
        Self(Mutex::new(socket))
    }

    /// The next message.
    pub(crate) async fn read(&self) -> Option<Result<Message, Error>> {
        std::future::poll_fn(|context| self.socket().poll_next_unpin(context)).await
    }

    /// The next message, if it is here already.
    pub(crate) fn read_now(&self) -> Option<Option<Result<Message, Error>>> {
        self.read().now_or_never()
    }

    /// Sends a ping.
    pub(crate) async fn ping(&self) -> Result<(), Error> {
        let ping = Message::Ping(Bytes::new());
        std::future::poll_fn(|context| self.socket().poll_ready_unpin(context)).await?;
        self.socket().start_send_unpin(ping)?;
        self.flush().await
    }

    /// Puts messages behind all that was begun; they go with [`Line::write_some`].
    pub(crate) async fn queue(&self, messages: impl Iterator<Item = Utf8Bytes>) -> Result<(), Error> {
        // Nothing of tungstenite's may be half-way out.
        self.flush().await?;
        let frames = messages.map(TextFrame::new);
        self.socket().get_mut().frames.extend(frames);
        Ok(())
    }

    /// Writes some of what is queued; says whether that was all.
    pub(crate) async fn write_some(&self) -> Result<bool, Error> {
        let write = |context: &mut Context<'_>| self.socket().get_mut().poll_frames(context);
        Ok(std::future::poll_fn(write).await?)
    }

    async fn flush(&self) -> Result<(), Error> {
        std::future::poll_fn(|context| self.socket().poll_flush_unpin(context)).await
    }

    /// Never waits: one task has it.
    fn socket(&self) -> MutexGuard<'_, &'s mut Socket> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_the_shortest_head_for_its_length() {
        for (length, expected) in [
            (0, &[0x81, 0][..]),
            (125, &[0x81, 125]),
            (126, &[0x81, 126, 0, 126]),
            (65_535, &[0x81, 126, 0xff, 0xff]),
            (65_536, &[0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let frame = TextFrame::new("x".repeat(length).into());
            let [head, text] = frame.parts();
            assert_eq!((&*head, text.len()), (expected, length));
        }
    }

    #[test]
    fn a_frame_goes_on_where_it_was_cut() {
        let mut frame = TextFrame::new("x".repeat(126).into());
        let mut left = Vec::new();
        for written in [0, 3, 4, 129, 130] {
            frame.written = written;
            left.push(frame.parts().map(|part| part.len()));
        }
        assert_eq!(left, [[4, 126], [1, 126], [0, 126], [0, 1], [0, 0]]);
    }
}
