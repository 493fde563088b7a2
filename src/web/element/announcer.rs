//! Reads out what is new. A live region inside a shadow root is not read reliably, and one that is the log reads too
//! much: so there is one polite region at the end of the page, which gets a few words at a time.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Interval;
use web_sys::HtmlElement;

use super::dom::{append, document, make, set_changed};
use crate::text::Language;

/// At most this often, in milliseconds.
const PACE_MS: u32 = 1_000;
/// What a person can still follow; the oldest are left out.
const MAX_WAITING: usize = 5;
/// How many paces of quiet end the work.
const QUIET_PACES: u32 = 3;

pub(super) struct Announcer {
    region: HtmlElement,
    waiting: RefCell<Vec<String>>,
    quiet: Cell<u32>,
    timer: RefCell<Option<Interval>>,
}

impl Announcer {
    pub(super) fn new() -> Rc<Self> {
        let region: HtmlElement = make("div;role=status;aria-live=polite;data-chat-room=announcer");
        // Out of sight, not out of hearing; the page's style sheets need not know of it.
        let style = region.style();
        for (property, value) in [
            ("position", "fixed"),
            ("width", "1px"),
            ("height", "1px"),
            ("overflow", "hidden"),
            ("clip-path", "inset(50%)"),
            ("white-space", "nowrap"),
        ] {
            // An unknown property is ignored.
            drop(style.set_property(property, value));
        }
        if let Some(body) = document().body() {
            append(&body, &[&region]);
        }
        Rc::new(Self {
            region,
            waiting: RefCell::default(),
            quiet: Cell::new(0),
            timer: RefCell::default(),
        })
    }

    pub(super) fn say(self: &Rc<Self>, language: Language, text: String) {
        set_changed(&self.region, "lang", language.tag());
        let mut waiting = self.waiting.borrow_mut();
        waiting.push(text);
        while waiting.len() > MAX_WAITING {
            waiting.remove(0);
        }
        drop(waiting);
        self.quiet.set(0);
        if self.timer.borrow().is_none() {
            let weak = Rc::downgrade(self);
            let timer = Interval::new(PACE_MS, move || {
                if let Some(announcer) = weak.upgrade() {
                    announcer.pace();
                }
            });
            self.timer.replace(Some(timer));
        }
    }

    /// Leaves the page.
    pub(super) fn leave(&self) {
        self.timer.take();
        self.region.remove();
    }

    fn pace(&self) {
        let text = self.waiting.take().join("\n");
        self.region.set_text_content(Some(&text));
        self.quiet.set(self.quiet.get() + 1);
        if self.quiet.get() > QUIET_PACES {
            self.timer.take();
        }
    }
}
