//! What tabs have left that were closed or have crashed is delivered by the others that are in the same room.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use chat_room_wire::Limits;
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsValue;

use super::driver::{Driver, Happening, Role};
use super::storage::{Claimed, give_up};
use crate::connection::State;
use crate::room::{Command, Entrance, Room};

/// How long after a search that found nothing the next one follows, in milliseconds.
const LOOK_AGAIN_MS: u32 = 30_000;

/// One courier at a time: a room that nobody sees, under the key of the tab that is no more. It joins, waits until its
/// posts are seen in the log, and leaves.
#[derive(Default)]
pub(super) struct Couriers {
    at_work: RefCell<Option<Rc<Courier>>>,
    rest: RefCell<Option<Timeout>>,
    /// Whose posts were delivered since the last rest. If they are still there, it cannot be kept that they are gone.
    delivered: RefCell<Vec<String>>,
}

struct Courier {
    driver: Rc<Driver>,
    entrance: Entrance,
    /// Whose posts these are, once they are here.
    key: RefCell<Option<String>>,
}

impl Couriers {
    /// To be called after all that happens to the element: they work only while it is in its room.
    pub(super) fn tend(&self, element: &Rc<Driver>) {
        if element.read(|room| room.client().is_none()) {
            self.stop();
        } else if self.at_work.borrow().is_none() && self.rest.borrow().is_none() {
            self.send(element);
        }
    }

    pub(super) fn stop(&self) {
        self.rest.take();
        if let Some(courier) = self.at_work.take() {
            courier.driver.shut_down();
        }
    }

    /// The element's token is another one from now on.
    pub(super) fn set_token(&self, token: Option<&JsValue>) {
        let courier = self.at_work.borrow().clone();
        if let Some(courier) = courier {
            courier.driver.set_token(token.cloned());
        }
    }

    fn send(&self, element: &Rc<Driver>) {
        let weak = Rc::downgrade(element);
        let tell = move |happening| {
            if let Some(element) = weak.upgrade() {
                element.couriers().happened(&element, happening);
            }
        };
        let driver = Driver::new(Role::Courier, element.guard().clone(), tell);
        driver.set_token(element.token());
        let entrance = element.read(|room| room.entrance().clone());
        let address = entrance.address();
        self.at_work.replace(Some(Rc::new(Courier {
            driver: Rc::clone(&driver),
            entrance,
            key: RefCell::default(),
        })));
        // A room that was never connected always prepares.
        drop(driver.command(Command::Prepare(address)));
    }

    fn happened(&self, element: &Rc<Driver>, happening: Happening) {
        let Some(courier) = self.at_work.borrow().clone() else {
            return;
        };
        match happening {
            Happening::Claimed(claimed) => self.set_out(element, &courier, claimed),
            Happening::NothingLeft => {
                self.stop();
                self.delivered.take();
                let weak = Rc::downgrade(element);
                let rest = Timeout::new(LOOK_AGAIN_MS, move || look_again(&weak));
                self.rest.replace(Some(rest));
            }
            Happening::Settled if courier.key.borrow().is_some() => {
                let is_over = |room: &Room| matches!(room.state(), State::Closed { .. });
                if courier.driver.read(|room| room.waiting_posts() == 0 || is_over(room)) {
                    self.finish(element, &courier);
                }
            }
            _ => {}
        }
    }

    fn set_out(&self, element: &Rc<Driver>, courier: &Courier, claimed: Claimed) {
        let key = &claimed.kept.key;
        let is_futile = !claimed.has_unsent() || self.delivered.borrow().contains(key);
        let mut entrance = courier.entrance.clone();
        if Limits::default().check_name(&claimed.name).is_ok() {
            entrance.name = claimed.name;
        }
        courier.key.replace(Some(key.clone()));
        if is_futile || courier.driver.command(Command::Connect(entrance)).is_err() {
            give_up(key);
            self.finish(element, courier);
        }
    }

    /// The next one looks for more.
    fn finish(&self, element: &Rc<Driver>, courier: &Courier) {
        let Some(key) = courier.key.take() else { return };
        if courier.driver.read(|room| room.waiting_posts() > 0) {
            give_up(&key);
        }
        self.delivered.borrow_mut().push(key);
        self.stop();
        self.tend(element);
    }
}

fn look_again(element: &Weak<Driver>) {
    if let Some(element) = element.upgrade() {
        element.guard().clone().run(|| {
            element.couriers().rest.take();
            element.couriers().tend(&element);
        });
    }
}
