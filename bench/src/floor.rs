//! The least that a server has to do: it reads what there is from everybody, and writes it to everybody at once. It
//! keeps nothing, checks nothing and closes nobody; no server that people use can be faster.

use std::{
    io::{ErrorKind, Read, Write},
    net::Ipv4Addr,
};

use mio::{
    Events, Interest, Poll, Token,
    net::{TcpListener, TcpStream},
};

/// The first argument that makes this program the floor.
pub(crate) const ARGUMENT: &str = "floor";

const LISTENER: Token = Token(usize::MAX);

/// How much is read at a time.
const BUFFER: usize = 64 * 1024;

/// Somebody who is connected.
struct Client {
    stream: TcpStream,
    /// What came and is not a whole frame yet, or not a whole request.
    came: Vec<u8>,
    /// What the system did not take yet.
    owed: Vec<u8>,
    is_open: bool,
}

/// Serves for as long as the process runs.
pub(crate) fn main() -> ! {
    rlimit::increase_nofile_limit(u64::MAX).expect("the limit on open files can be raised");
    let mut poll = Poll::new().expect("the system has epoll");
    let mut listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0).into()).expect("a free port");
    let registry = poll.registry();
    registry
        .register(&mut listener, LISTENER, Interest::READABLE)
        .expect("epoll takes a listener");
    println!("ready {}", listener.local_addr().expect("it is bound").port());
    let (mut events, mut buffer) = (Events::with_capacity(1024), vec![0; BUFFER]);
    let mut clients: Vec<Client> = Vec::new();
    loop {
        poll.poll(&mut events, None).expect("epoll works");
        let mut said = Vec::new();
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((stream, _)) = listener.accept() {
                    clients.push(welcome(&poll, stream, clients.len()));
                }
                continue;
            }
            let client = &mut clients[event.token().0];
            client.read(&mut buffer, &mut said);
            client.write(&[]);
        }
        if !said.is_empty() {
            clients.iter_mut().for_each(|client| client.write(&said));
        }
    }
}

fn welcome(poll: &Poll, mut stream: TcpStream, number: usize) -> Client {
    stream.set_nodelay(true).expect("a socket can be so");
    let interest = Interest::READABLE | Interest::WRITABLE;
    let registered = poll.registry().register(&mut stream, Token(number), interest);
    registered.expect("epoll takes a socket");
    Client {
        stream,
        came: Vec::new(),
        owed: Vec::new(),
        is_open: false,
    }
}

impl Client {
    /// Who goes away has nothing more to say, and is written to in vain.
    fn read(&mut self, buffer: &mut [u8], said: &mut Vec<u8>) {
        while let Ok(length @ 1..) = self.stream.read(buffer) {
            self.came.extend(&buffer[..length]);
        }
        if !self.is_open && self.came.ends_with(b"\r\n\r\n") {
            self.came.clear();
            self.is_open = true;
            self.owed
                .extend(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        }
        while self.is_open
            && let Some(length) = take_text(&self.came, said)
        {
            self.came.drain(..length);
        }
    }

    fn write(&mut self, said: &[u8]) {
        if !self.is_open {
            return;
        }
        let mut bytes = said;
        if !self.owed.is_empty() {
            self.owed.extend(said);
            bytes = &self.owed;
        }
        let written = match self.stream.write(bytes) {
            Ok(written) => written,
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            Err(_) => bytes.len(),
        };
        let rest = bytes[written..].to_vec();
        self.owed = rest;
    }
}

/// Adds the first frame of what a client sent to what is said. Gives its length, if it is all there.
fn take_text(came: &[u8], said: &mut Vec<u8>) -> Option<usize> {
    let length = usize::from(came.get(1)? & 0x7f);
    assert!(length < 126, "only short texts are said here");
    let mask: [u8; 4] = came.get(2..6)?.try_into().ok()?;
    let payload = came.get(6..6 + length)?;
    said.extend([0x81, length as u8]);
    said.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    Some(6 + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_said_once_it_is_all_there() {
        let frame = [0x81, 0x82, 1, 2, 3, 4, b'a' ^ 1, b'b' ^ 2, 0x81];
        let mut said = Vec::new();
        for part in 0..8 {
            assert_eq!(take_text(&frame[..part], &mut said), None);
        }
        assert_eq!(take_text(&frame, &mut said), Some(8));
        assert_eq!(said, [0x81, 2, b'a', b'b']);
    }
}
