//! What happens to the whole page: it comes and goes, and so does the network.

use std::rc::Rc;

use gloo_events::EventListener;
use web_sys::{EventTarget, Window};

use super::{Driver, enter, is_loopback};
use crate::connection::{Event, State};
use crate::room::Room;

impl Driver {
    pub(super) fn listen_to_page(self: &Rc<Self>, window: &Window) {
        self.listen(window, "online", |driver, _| driver.network_event());
        self.listen(window, "offline", |driver, _| driver.network_event());
        self.listen(window, "pagehide", |driver, _| {
            driver.storage.flush();
            driver.event(Event::Suspended);
        });
        self.listen(window, "pageshow", |driver, event| {
            // The first one of a page has nothing to resume.
            if wasm_bindgen::JsCast::dyn_ref::<web_sys::PageTransitionEvent>(event).is_some_and(|it| it.persisted()) {
                driver.event(Event::Resumed);
            }
        });
        let Some(document) = window.document() else { return };
        self.listen(&document, "freeze", |driver, _| driver.event(Event::Suspended));
        self.listen(&document, "resume", |driver, _| driver.event(Event::Resumed));
        self.listen(&document, "visibilitychange", |driver, _| {
            if is_seen() {
                driver.event(Event::Visible);
            } else {
                driver.storage.flush();
                driver.event(Event::Hidden);
            }
        });
    }

    fn listen(
        self: &Rc<Self>,
        target: &EventTarget,
        kind: &'static str,
        handle: impl Fn(&Rc<Self>, &web_sys::Event) + 'static,
    ) {
        let weak = Rc::downgrade(self);
        let listener = EventListener::new(target, kind, move |event| enter(&weak, |driver| handle(driver, event)));
        self.listeners.borrow_mut().push(listener);
    }

    fn network_event(self: &Rc<Self>) {
        let loopback = self.read(|room| is_loopback(&room.entrance().target.url));
        if is_offline() && !loopback {
            self.event(Event::Offline);
        } else {
            self.event(Event::Online);
        }
    }

    /// Before a connect: whether its retries have to wait for the network.
    pub(super) fn check_network(self: &Rc<Self>, loopback: bool) {
        let offline = is_offline() && !loopback;
        if offline != self.read(Room::is_offline) && !self.read(|room| matches!(room.state(), State::Waiting { .. })) {
            self.event(if offline { Event::Offline } else { Event::Online });
        }
    }
}

/// A tab in the background, or a covered window, is not.
pub(super) fn is_seen() -> bool {
    web_sys::window()
        .and_then(|window| window.document())
        .is_none_or(|it| !it.hidden())
}

fn is_offline() -> bool {
    web_sys::window().is_some_and(|window| !window.navigator().on_line())
}
