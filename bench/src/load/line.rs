//! One connection: its way in, and finding the texts in what comes.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{Ipv4Addr, TcpStream},
};

use memchr::{memchr, memchr_iter, memmem};

use super::speech::{PONG, Speech, frame};

/// What a text begins with, and what is nowhere else.
pub(super) const MARK: u8 = b'~';

/// Digits of a text's sender, and of the time in microseconds when it was sent.
pub(super) const SENDER_DIGITS: usize = 5;
const DIGITS: usize = SENDER_DIGITS + 14;

/// The longest head of a frame from a server.
const LONGEST_HEAD: usize = 10;

/// What one wants to know of the texts that come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    /// How many there are.
    Count,
    /// Who sent each, and when.
    Texts,
}

/// A connection to the server.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) stream: mio::net::TcpStream,
    speech: Speech,
    wants: Wants,
    head: Vec<u8>,
    /// Of the payload, still to come.
    left: usize,
    /// What has come of the digits behind a mark.
    digits: Option<Vec<u8>>,
    /// How far it is on its way in, and what it has heard since.
    steps: usize,
    heard: Vec<u8>,
}

/// A text that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) sender: usize,
    pub(super) sent_us: u64,
}

impl Line {
    /// Opens one, says hello, and does not wait for the answer.
    pub(super) fn open(speech: Speech, port: u16, number: usize, room: usize, wants: Wants) -> io::Result<Self> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nodelay(true)?;
        let (path, headers) = speech.request();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        )?;
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            // What follows the head is the conversation's.
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            answer.extend(byte);
        }
        if !answer.starts_with(b"HTTP/1.1 101 ") {
            return Err(io::Error::other(String::from_utf8_lossy(&answer).into_owned()));
        }
        if let Some(greeting) = speech.greeting(number, room) {
            stream.write_all(&greeting)?;
        }
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream: mio::net::TcpStream::from_std(stream),
            speech,
            wants,
            head: Vec::new(),
            left: 0,
            digits: None,
            steps: 0,
            heard: Vec::new(),
        })
    }

    pub(super) fn is_in(&self) -> bool {
        self.steps == self.speech.way_in().len()
    }

    /// Reads all that there is. Gives how many texts that were, and tells those that are wanted.
    pub(super) fn read(&mut self, buffer: &mut [u8], mut tell: impl FnMut(Text)) -> io::Result<u64> {
        let mut texts = 0;
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(length) => {
                    texts += self.take(&buffer[..length], &mut tell)?;
                    if length < buffer.len() {
                        return Ok(texts);
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(texts),
                Err(error) => return Err(error),
            }
        }
    }

    /// Says something. What a load has on its way fits into the system's buffers.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.stream.write(bytes)? {
            all if all == bytes.len() => Ok(()),
            _ => Err(io::Error::other("the server does not read what it is told")),
        }
    }

    fn take(&mut self, mut bytes: &[u8], tell: &mut impl FnMut(Text)) -> io::Result<u64> {
        let mut texts = 0;
        while !bytes.is_empty() {
            if self.left == 0 {
                let wanted = head_length(&self.head).max(self.head.len() + 1);
                let more = (wanted - self.head.len()).min(bytes.len());
                self.head.extend(&bytes[..more]);
                bytes = &bytes[more..];
                if self.head.len() < head_length(&self.head) {
                    continue;
                }
                self.left = payload_length(&self.head);
                let opcode = self.head[0] & 0x0f;
                self.head.clear();
                match opcode {
                    // A ping; what it carries is not looked at by those who send them here.
                    9 => self.write(&frame(PONG, b""))?,
                    8 => return Err(io::Error::other("the server has closed a connection")),
                    _ => {}
                }
                continue;
            }
            let (payload, rest) = bytes.split_at(self.left.min(bytes.len()));
            self.left -= payload.len();
            bytes = rest;
            texts += self.hear(payload, tell)?;
        }
        Ok(texts)
    }

    fn hear(&mut self, payload: &[u8], tell: &mut impl FnMut(Text)) -> io::Result<u64> {
        if let Some((wanted, say)) = self.speech.way_in().get(self.steps) {
            self.heard.extend(payload);
            if memmem::find(&self.heard, wanted.as_bytes()).is_some() {
                self.heard = Vec::new();
                self.steps += 1;
                if !say.is_empty() {
                    self.write(&self.speech.say(say))?;
                }
            }
        }
        if let Some(answer) = self.speech.answer(payload) {
            self.write(&answer)?;
        }
        Ok(match self.wants {
            Wants::Count => memchr_iter(MARK, payload).count() as u64,
            Wants::Texts => find_texts(&mut self.digits, payload, tell),
        })
    }
}

/// How long a head is that begins like this.
fn head_length(head: &[u8]) -> usize {
    match head.get(1) {
        None => 2,
        Some(126) => 4,
        Some(127) => LONGEST_HEAD,
        Some(_) => 2,
    }
}

fn payload_length(head: &[u8]) -> usize {
    match head[1] {
        126 | 127 => head[2..]
            .iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte)),
        short => usize::from(short),
    }
}

fn find_texts(digits: &mut Option<Vec<u8>>, mut payload: &[u8], tell: &mut impl FnMut(Text)) -> u64 {
    let mut texts = 0;
    loop {
        if let Some(found) = digits {
            let more = (DIGITS - found.len()).min(payload.len());
            found.extend(&payload[..more]);
            payload = &payload[more..];
            if found.len() < DIGITS {
                return texts;
            }
            let number = |digits: &[u8]| digits.iter().fold(0, |sum, it| sum * 10 + u64::from(it - b'0'));
            tell(Text {
                sender: number(&found[..SENDER_DIGITS]) as usize,
                sent_us: number(&found[SENDER_DIGITS..]),
            });
            texts += 1;
            *digits = None;
        }
        let Some(mark) = memchr(MARK, payload) else {
            return texts;
        };
        payload = &payload[mark + 1..];
        *digits = Some(Vec::with_capacity(DIGITS));
    }
}

/// A text of so many bytes.
pub(super) fn text(sender: usize, sent_us: u64, bytes: usize) -> String {
    let known = format!("~{sender:05}{sent_us:014}");
    format!("{known:x<bytes$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_wherever_they_are_cut() {
        let both = format!("[{},{}]", text(7, 1_234, 100), text(12_345, 9, 100));
        let expected = [(7, 1_234), (12_345, 9)];
        for cut in 0..both.len() {
            let (mut digits, mut found) = (None, Vec::new());
            let (one, two) = both.as_bytes().split_at(cut);
            for part in [one, two] {
                find_texts(&mut digits, part, &mut |it: Text| found.push((it.sender, it.sent_us)));
            }
            assert_eq!(found, expected, "{cut}");
        }
    }

    #[test]
    fn a_head_tells_how_long_the_payload_is() {
        for (head, payload) in [
            (&[0x81, 5][..], 5),
            (&[0x81, 126, 1, 0], 256),
            (&[0x81, 127, 0, 0, 0, 0, 0, 1, 0, 2], 65_538),
        ] {
            assert_eq!((head_length(head), payload_length(head)), (head.len(), payload));
        }
        assert_eq!(head_length(&[]), 2);
    }
}
