//! `<chat-room>` on a page, as its user sees and uses it.

mod seen;

use fantoccini::{
    Locator,
    actions::{Actions, InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction, TouchActions},
    elements::Element,
};
use serde_json::{Value, json};

pub use self::seen::{Control, Field, Message, Reaction, Row, Seen};
use crate::{
    page::Page,
    wait::{until, within},
};

/// The key Enter.
pub const ENTER: &str = "\u{e007}";
/// Shift and Enter, which begins a new line. A modifier is let go where it comes again.
pub const SHIFT_ENTER: &str = "\u{e008}\u{e007}\u{e008}";
/// The key that deletes what is selected.
const DELETE: &str = "\u{e017}";
/// Home, and Shift and End.
const SELECT_ALL: &str = "\u{e011}\u{e008}\u{e010}\u{e008}";
/// The key Tab.
pub const TAB: &str = "\u{e004}";

/// Gives all that is wider than it may be, each with its needed and its real width.
const TOO_WIDE: &str = "
    const inside = host.shadowRoot.querySelectorAll('#message, .room, header, #settings, #composer, #details, #broken');
    return [document.documentElement, document.body, ...inside]
        .filter((it) => it.scrollWidth > it.clientWidth)
        .map((it) => [it.id || it.className || it.localName, it.scrollWidth, it.clientWidth]);";

/// What a user points with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Pointer {
    Mouse,
    Finger,
}

/// An element on a page.
#[derive(Clone, Debug)]
pub struct RoomPage {
    page: Page,
    /// Which of the page's elements it is.
    index: usize,
}

impl RoomPage {
    /// The first element of this page, as soon as it is there.
    pub async fn first_in(page: Page) -> Self {
        Self::nth_in(page, 0).await
    }

    /// The element with this index, as soon as it is there.
    pub async fn nth_in(page: Page, index: usize) -> Self {
        let room = Self { page, index };
        room.until("the element", |it| !it.words.is_empty()).await;
        room
    }

    /// The page that it is on.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// What is to be seen of it now; `None` where there is none, or one that has not begun.
    pub async fn seen(&self) -> Option<Seen> {
        let value = self.page.script(seen::SCRIPT, vec![json!(self.index)]).await;
        serde_json::from_value(value).expect("the script and the struct agree")
    }

    /// All that can be told of a page that has failed.
    pub async fn describe(page: &Page) -> String {
        let room = Self {
            page: page.clone(),
            index: 0,
        };
        match room.seen().await {
            Some(seen) => format!("{seen:#?}"),
            None => {
                let text = page.script("return document.documentElement.innerText", vec![]).await;
                format!("no element; the page says: {text}")
            }
        }
    }

    /// Waits until what is to be seen is as `fits` wants it.
    pub async fn until(&self, what: &str, fits: impl Fn(&Seen) -> bool) -> Seen {
        until(what, async || match self.seen().await {
            Some(seen) if fits(&seen) => Ok(seen),
            seen => Err(format!("{seen:#?}")),
        })
        .await
    }

    /// Waits until it is in this state: `idle`, `connecting`, `joining`, `open`, `closing`, `waiting`, `offline` or
    /// `closed`. A room is open when one is in it.
    pub async fn until_state(&self, state: &str) -> Seen {
        self.until(&format!("the state {state}"), |it| it.state == state).await
    }

    /// Waits until exactly these texts have arrived, in this order.
    pub async fn until_received<T: AsRef<str>>(&self, texts: &[T]) -> Seen {
        self.until(&format!("{} received texts", texts.len()), |it| {
            same(&it.all_theirs(), texts)
        })
        .await
    }

    /// Waits until the log's newest text of somebody else is this one, under this name. What has arrived has its row only
    /// with the next paint.
    pub async fn until_shown(&self, sender: &str, text: &str) -> Seen {
        self.until(&format!("{text:?} of {sender}"), |it| {
            let newest = it.rows_of("theirs").last();
            newest.is_some_and(|row| (&*row.sender, &*row.text) == (sender, text))
        })
        .await
    }

    /// Waits until exactly these texts are shown as one's own and sent, in this order.
    pub async fn until_sent<T: AsRef<str>>(&self, texts: &[T]) -> Seen {
        self.until(&format!("{} sent texts", texts.len()), |it| {
            let mut own = it.messages.iter().filter(|it| it.own);
            same(&it.all_own(), texts)
                && own.all(|it| it.delivery.as_deref() == Some("sent"))
                && it.rows_of("own").all(|row| row.delivery == "sent")
        })
        .await
    }

    /// Presses “Connect”, and waits until it is connected.
    pub async fn connect(&self) -> Seen {
        self.click("#connect").await;
        self.until_state("open").await
    }

    /// Presses “Disconnect”.
    pub async fn disconnect(&self) {
        self.click("#disconnect").await;
    }

    /// Puts this into the address field instead of what is there.
    pub async fn enter_url(&self, url: &str) {
        self.enter("#url", url).await;
    }

    /// Puts this into the field of the subprotocols instead of what is there.
    pub async fn enter_protocols(&self, names: &str) {
        self.enter("#protocols", names).await;
    }

    /// Puts this into the field of the room instead of what is there; without a room plain text is spoken.
    pub async fn enter_room(&self, room: &str) {
        self.enter("#room", room).await;
    }

    /// Puts this into the field of the user's name instead of what is there.
    pub async fn enter_name(&self, name: &str) {
        self.enter("#name", name).await;
    }

    /// Goes into this room under this name, and waits until it is in it.
    pub async fn join(&self, room: &str, name: &str) -> Seen {
        self.enter_room(room).await;
        self.enter_name(name).await;
        self.connect().await
    }

    /// Waits until exactly these people have said exactly this, in this order, and all of one's own has arrived.
    pub async fn until_talk(&self, talk: &[(&str, &str)]) -> Seen {
        self.until(&format!("{} texts", talk.len()), |it| {
            it.talk() == talk && it.rows_of("own").all(|row| row.delivery == "sent")
        })
        .await
    }

    /// Goes to another server that knows no rooms, by its address and the button.
    pub async fn connect_to(&self, url: &str) {
        self.enter_url(url).await;
        self.enter_room("").await;
        self.click("#connect").await;
    }

    /// Types into the text box, key by key, after what is there.
    pub async fn type_text(&self, keys: &str) {
        let text = self.find("#text").await;
        let typed = within("typing", text.send_keys(keys)).await;
        typed.unwrap_or_else(|error| panic!("{keys:?} cannot be typed: {error}"));
    }

    /// Types a text, and sends it by Enter.
    pub async fn say(&self, text: &str) {
        self.type_text(&format!("{text}{ENTER}")).await;
    }

    /// Puts a text into the text box as pasting does, without a key for each of its characters.
    pub async fn paste(&self, text: &str) {
        let script = "const field = document.querySelectorAll('chat-room')[arguments[0]].shadowRoot.getElementById('text');
            field.focus();
            field.setRangeText(arguments[1], field.selectionStart, field.selectionEnd, 'end');
            field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, inputType: 'insertFromPaste' }));";
        self.page.script(script, vec![json!(self.index), json!(text)]).await;
    }

    /// Clicks on a part.
    ///
    /// # Panics
    /// If it cannot be clicked.
    pub async fn click(&self, part: &str) {
        let element = self.find(part).await;
        let clicked = within("a click", element.click()).await;
        clicked.unwrap_or_else(|error| panic!("{part} cannot be clicked: {error}"));
    }

    /// Points at the middle of the last part that this selector finds. A finger cannot without a tap.
    pub async fn point(&self, pointer: Pointer, selector: &str) {
        self.use_pointer(pointer, selector, pointer == Pointer::Finger).await;
    }

    /// Taps on the last part that this selector finds.
    pub async fn tap(&self, pointer: Pointer, selector: &str) {
        self.use_pointer(pointer, selector, true).await;
    }

    /// Waits until there is a part that this selector finds.
    pub async fn until_there(&self, selector: &str) {
        self.middle_of(selector).await;
    }

    async fn use_pointer(&self, pointer: Pointer, selector: &str, press: bool) {
        let [x, y] = self.middle_of(selector).await;
        let mut steps = vec![PointerAction::MoveTo { duration: None, x, y }];
        if press {
            let button = MOUSE_BUTTON_LEFT;
            steps.extend([PointerAction::Down { button }, PointerAction::Up { button }]);
        }
        let client = self.page.client().await;
        let actions = match pointer {
            Pointer::Mouse => {
                let mouse = MouseActions::new("mouse".to_owned());
                Actions::from(steps.into_iter().fold(mouse, MouseActions::then))
            }
            Pointer::Finger => {
                let finger = TouchActions::new("finger".to_owned());
                Actions::from(steps.into_iter().fold(finger, TouchActions::then))
            }
        };
        let used = within("pointing", client.perform_actions(actions)).await;
        used.unwrap_or_else(|error| panic!("nobody can point at {selector}: {error}"));
    }

    /// Where the last part is that this selector finds, once it has stopped moving and can be pointed at.
    async fn middle_of(&self, selector: &str) -> [f64; 2] {
        let script = format!(
            "const root = host.shadowRoot;
             const place = () => {{
                 const it = [...root.querySelectorAll({selector:?})].at(-1);
                 if (!it) return null;
                 const box = it.getBoundingClientRect();
                 const [x, y] = [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
                 return it.contains(root.elementFromPoint(x, y)) ? [x, y] : null;
             }};
             return new Promise((done) => requestAnimationFrame(() => {{
                 const before = place();
                 requestAnimationFrame(() => {{
                     const now = place();
                     done(now && String(now) === String(before) ? now : null);
                 }});
             }}));"
        );
        until(selector, async || {
            let place = self.with_host(&script).await;
            match serde_json::from_value(place) {
                Ok(place) => Ok(place),
                Err(_) => Err(format!("{:#?}", self.seen().await)),
            }
        })
        .await
    }

    /// Waits until neither the page nor the log is wider than what there is room for.
    pub async fn until_fits(&self) {
        until("a page that is not too wide", async || {
            let wide = self.with_host(TOO_WIDE).await;
            if wide == json!([]) {
                Ok(())
            } else {
                Err(wide.to_string())
            }
        })
        .await;
    }

    /// Runs a script whose `host` is the element, to read something or to do what a page's own script would.
    pub async fn with_host(&self, script: &str) -> Value {
        let script = format!("const host = document.querySelectorAll('chat-room')[arguments[0]]; {script}");
        self.page.script(&script, vec![json!(self.index)]).await
    }

    async fn enter(&self, field: &str, text: &str) {
        let element = self.find(field).await;
        let keys = format!("{SELECT_ALL}{DELETE}{text}");
        let entered = within("typing", element.send_keys(&keys));
        entered
            .await
            .unwrap_or_else(|error| panic!("{field} cannot be filled in: {error}"));
    }

    /// A part that a user could touch.
    async fn find(&self, part: &str) -> Element {
        until(part, async || {
            let hosts = self.page.client().await.find_all(Locator::Css("chat-room")).await;
            let host = hosts.map_err(|it| it.to_string())?.into_iter().nth(self.index);
            let root = host
                .ok_or("no element")?
                .shadow_root()
                .await
                .map_err(|it| it.to_string())?;
            let found = root.find(Locator::Css(part)).await.map_err(|it| it.to_string())?;
            if found.is_displayed().await.map_err(|it| it.to_string())? {
                Ok(found)
            } else {
                Err(format!("{part} is hidden; {:#?}", self.seen().await))
            }
        })
        .await
    }
}

fn same<T: AsRef<str>>(seen: &[&str], expected: &[T]) -> bool {
    seen.iter().copied().eq(expected.iter().map(AsRef::as_ref))
}
