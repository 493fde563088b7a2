//! Asks the page for its token, anew for each join. It is a secret: nothing here keeps, shows or records it.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};

use super::{Driver, chance, enter};
use crate::connection::SocketId;
use crate::room::Command;

#[wasm_bindgen(module = "/src/web/driver/token.js")]
extern "C" {
    type Question;

    #[wasm_bindgen(constructor)]
    fn new(token: &JsValue, tell: &Closure<dyn Fn(bool, String)>) -> Question;
    #[wasm_bindgen(method)]
    fn forget(this: &Question);
}

/// A question that the page has not answered yet. It is taken back when dropped.
pub(super) struct Asking {
    socket: SocketId,
    question: Question,
    /// Held to be dropped with the question.
    _tell: Closure<dyn Fn(bool, String)>,
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.question.forget();
    }
}

impl Driver {
    /// A string, or a function that gives one or a promise of one. It counts from the next join on, also for one that
    /// waits for its token.
    pub(in crate::web) fn set_token(self: &Rc<Self>, token: Option<JsValue>) {
        let asked = self.asking.take().map(|asking| asking.socket);
        let uses_tokens = token.is_some();
        self.couriers.set_token(token.as_ref());
        self.token.replace(token);
        if let Some(socket) = asked {
            self.ask_token(socket);
        }
        // It is refused in no state.
        _ = self.command(Command::UseTokens(uses_tokens));
    }

    /// For a courier, which enters the same rooms.
    pub(in crate::web) fn token(&self) -> Option<JsValue> {
        self.token.borrow().clone()
    }

    pub(super) fn ask_token(self: &Rc<Self>, socket: SocketId) {
        let Some(token) = self.token() else { return };
        let weak = Rc::downgrade(self);
        let tell = Closure::new(move |given: bool, words: String| {
            enter(&weak, |driver| {
                driver.answered(socket, if given { Ok(words) } else { Err(words) })
            });
        });
        let question = Question::new(&token, &tell);
        self.asking.replace(Some(Asking {
            socket,
            question,
            _tell: tell,
        }));
    }

    fn answered(self: &Rc<Self>, socket: SocketId, token: Result<String, String>) {
        self.asking.take();
        let now = self.now();
        self.room.borrow_mut().handle_token(now, socket, token, &mut chance);
        self.pump();
    }
}
