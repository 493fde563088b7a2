//! A thousand sockets, opened and dropped at every moment of their lives, leave nothing behind.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use chat_room::{
    web::{Socket, SocketEvent},
    websocket::ReadyState,
};
use wasm_bindgen::externref_heap_live_count;
use wasm_bindgen_test::*;

use super::support::{server::*, *};

/// The moment at which a socket is dropped.
#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    /// Right after it was constructed.
    Connecting,
    Open,
    /// Right after its closing began.
    Closing,
    Closed,
    /// By its own callback, at the first message.
    Inside,
}

const MOMENTS: [When; 5] = [When::Connecting, When::Open, When::Closing, When::Closed, When::Inside];
const SOCKETS: usize = 1000;
/// Few enough to be quick: Chromium delays sockets by how many are connecting, ten at once by six times as long as five.
const AT_ONCE: usize = 5;

#[wasm_bindgen_test]
async fn a_thousand_sockets_leave_nothing() {
    let before = open_count().await;
    // What is made once and kept, by us and by the test's own tools, is made in a small round first.
    round(before, AT_ONCE * MOMENTS.len()).await;
    let references = externref_heap_live_count();
    round(before, SOCKETS).await;
    let memory = core::arch::wasm32::memory_size(0);
    assert_eq!(
        externref_heap_live_count(),
        references,
        "references to JavaScript's objects"
    );
    round(before, SOCKETS).await;
    assert_eq!(
        externref_heap_live_count(),
        references,
        "references to JavaScript's objects"
    );
    assert_eq!(core::arch::wasm32::memory_size(0), memory, "pages of memory");
    assert_eq!(uncaught(), "");
    console_log!("{SOCKETS} sockets twice: {references} references and {memory} pages of memory after each round");
}

async fn round(before: u32, count: usize) {
    let callbacks = Rc::new(());
    for batch in 0..count / AT_ONCE {
        let when = MOMENTS[batch % MOMENTS.len()];
        let lives: Vec<_> = (0..AT_ONCE).map(|_| Life::begin(when, &callbacks)).collect();
        for life in lives {
            life.end().await;
        }
        assert_eq!(
            Rc::strong_count(&callbacks),
            1,
            "a callback has outlived its socket, dropped when {when:?}"
        );
    }
    open_count_returns_to(before).await;
}

/// One socket, its last event, and when it will be dropped.
struct Life {
    when: When,
    socket: Rc<RefCell<Option<Socket>>>,
    state: Rc<Cell<Option<ReadyState>>>,
}

impl Life {
    fn begin(when: When, callbacks: &Rc<()>) -> Self {
        let socket = Rc::new(RefCell::new(None));
        let state = Rc::new(Cell::new(None));
        let (owned, inner, told) = (Rc::clone(callbacks), Rc::clone(&socket), Rc::clone(&state));
        let opened = Socket::open(&at("/greet?n=2"), &[], move |event| {
            let _alive = &owned;
            match event {
                SocketEvent::Open => told.set(Some(ReadyState::Open)),
                SocketEvent::Message(_) if when == When::Inside => {
                    assert!(inner.take().is_some(), "an event after the drop");
                    told.set(Some(ReadyState::Closed));
                }
                SocketEvent::Message(_) => {}
                SocketEvent::Error => panic!("an error, dropped when {when:?}"),
                SocketEvent::Close(_) => told.set(Some(ReadyState::Closed)),
            }
        });
        socket.replace(Some(opened.expect("accepted")));
        if when == When::Connecting {
            socket.take();
        }
        Self { when, socket, state }
    }

    async fn end(self) {
        if self.when == When::Connecting {
            return;
        }
        until("open", || self.state.get().is_some()).await;
        match self.when {
            When::Connecting | When::Open => {}
            When::Closing => self.close(),
            When::Closed => {
                self.close();
                self.is_closed().await;
            }
            When::Inside => self.is_closed().await,
        }
        self.socket.take();
    }

    fn close(&self) {
        if let Some(socket) = &*self.socket.borrow() {
            socket.close(None);
        }
    }

    async fn is_closed(&self) {
        until("closed", || self.state.get() == Some(ReadyState::Closed)).await;
    }
}
