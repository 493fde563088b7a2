//! A storage as a tab has it, and what a test does to it from outside.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use chat_room::room::{Address, Keep, KeptPost};
use chat_room::web::storage::{Claimed, Storage, StorageEvent};
use chat_room_wire::Body;
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/tests/storage/page.js")]
extern "C" {
    async fn sleep(ms: u32);
    #[wasm_bindgen(js_name = newTab)]
    pub(crate) fn new_tab();
    #[wasm_bindgen(js_name = tabItem)]
    pub(crate) fn tab_item(name: &str) -> Option<String>;
    #[wasm_bindgen(js_name = setTabItem)]
    pub(crate) fn set_tab_item(name: &str, value: &str);
    #[wasm_bindgen(js_name = put)]
    async fn put_records(store: &str, script: &str);
    #[wasm_bindgen(js_name = countOf)]
    async fn count_of(store: &str, key: &str) -> JsValue;
    #[wasm_bindgen(js_name = recordsOf)]
    async fn records_of(url: &str) -> JsValue;
    async fn hold(key: &str) -> JsValue;
    async fn waits(key: &str) -> JsValue;
    #[wasm_bindgen(js_name = isHeld)]
    async fn is_held(key: &str) -> JsValue;
    async fn visit(store: &str, early: &str, search: &str, tab: &str, sandboxed: bool) -> JsValue;
    fn ask(page: &JsValue, name: &str, values: &Array);
    #[wasm_bindgen(js_name = askAndLeave)]
    fn ask_and_leave(page: &JsValue, calls: &Array);
    fn leave(page: &JsValue);
    #[wasm_bindgen(js_name = toldBy)]
    fn told_by(page: &JsValue, kind: &str) -> Array;
    async fn deny(what: &str) -> JsValue;
    async fn allow(back: &JsValue);
    #[wasm_bindgen(js_name = dropDatabase)]
    async fn delete_database();
    #[wasm_bindgen(js_name = countWrites)]
    fn count_writes() -> Function;
    #[wasm_bindgen(js_name = writesCounted)]
    pub(crate) fn writes_counted() -> u32;
    #[wasm_bindgen(js_name = logWritesCounted)]
    pub(crate) fn log_writes_counted() -> u32;
    fn pretend(page: &JsValue, what: &str);
    #[wasm_bindgen(js_name = loseLocalStorage)]
    pub(crate) fn lose_local_storage();
    #[wasm_bindgen(js_name = holdBack)]
    async fn hold_back() -> JsValue;
    #[wasm_bindgen(js_name = makeFirstVersion)]
    pub(crate) async fn make_first_version(record: &str, posts: &str);
    #[wasm_bindgen(js_name = logs)]
    async fn all_logs() -> JsValue;
}

/// Lets what was begun in this task end.
pub(crate) async fn next_task() {
    sleep(0).await;
}

/// Lets so many milliseconds pass.
pub(crate) async fn pass(ms: u32) {
    sleep(ms).await;
}

/// Waits until `condition` holds; after half a minute the test has failed.
pub(crate) async fn until(what: &str, condition: impl Fn() -> bool) {
    for _ in 0..3_000 {
        if condition() {
            return;
        }
        sleep(10).await;
    }
    panic!("waited in vain for {what}");
}

/// An address that no other test has.
pub(crate) fn address(test: &str) -> Address {
    Address {
        // As a browser writes it.
        url: format!("wss://example.org/{}", test.replace([' ', '\''], "-")),
        room: "lobby".to_owned(),
    }
}

pub(crate) fn text(text: &str) -> Body {
    Body::Text {
        text: text.to_owned(),
        reply_to: None,
    }
}

pub(crate) fn post(n: u64) -> KeptPost {
    KeptPost {
        n,
        at: 1_700_000_000_000 + n,
        body: text(&format!("text {n}")),
        failed: false,
    }
}

pub(crate) fn failed(n: u64) -> KeptPost {
    KeptPost {
        failed: true,
        ..post(n)
    }
}

/// What an element would have.
pub(crate) struct Tab {
    pub(crate) storage: Storage,
    events: Rc<RefCell<Vec<StorageEvent>>>,
}

impl Tab {
    pub(crate) fn open() -> Self {
        let events = Rc::new(RefCell::new(Vec::new()));
        let sink = Rc::clone(&events);
        Self {
            storage: Storage::new(move |event| sink.borrow_mut().push(event)),
            events,
        }
    }

    /// One that has claimed this address as a tab that was never there.
    pub(crate) async fn new(address: &Address) -> (Self, Claimed) {
        new_tab();
        let tab = Self::open();
        let claimed = tab.claim(address).await;
        (tab, claimed)
    }

    pub(crate) async fn claim(&self, address: &Address) -> Claimed {
        self.events.borrow_mut().clear();
        self.storage.claim(address);
        self.claimed().await.expect("an identity")
    }

    pub(crate) async fn claim_orphan(&self, address: &Address) -> Option<Claimed> {
        self.events.borrow_mut().clear();
        self.storage.claim_orphan(address);
        self.claimed().await
    }

    /// The answer to a claim.
    pub(crate) async fn claimed(&self) -> Option<Claimed> {
        let answer = || {
            self.events.borrow().iter().find_map(|event| match event {
                StorageEvent::Claimed(claimed) => Some(Some(claimed.clone())),
                StorageEvent::Nothing => Some(None),
                _ => None,
            })
        };
        until("the answer to a claim", || answer().is_some()).await;
        answer().expect("an answer")
    }

    pub(crate) fn keep(&self, posts: &[KeptPost]) {
        for post in posts {
            self.storage.keep(&Keep::Post(post.clone()));
        }
        self.storage.commit();
    }

    pub(crate) fn gone(&self, numbers: &[u64]) {
        for n in numbers {
            self.storage.keep(&Keep::Gone(*n));
        }
        self.storage.commit();
    }

    pub(crate) fn is_saving(&self) -> bool {
        let events = self.events.borrow();
        let last = events.iter().rev().find_map(|event| match event {
            StorageEvent::Saving(saving) => Some(*saving),
            _ => None,
        });
        last == Some(true)
    }

    /// Waits until everything is durable.
    pub(crate) async fn written(&self) {
        until("everything to be written", || !self.is_saving()).await;
    }

    /// How often it was asked for the log.
    pub(crate) fn logs_due(&self) -> usize {
        let events = self.events.borrow();
        events.iter().filter(|event| **event == StorageEvent::LogDue).count()
    }

    pub(crate) fn said_not_kept(&self) -> bool {
        self.events.borrow().contains(&StorageEvent::NotKept)
    }

    /// Lets go, and waits until somebody else could have it.
    pub(crate) async fn leave(self, key: &str) {
        self.written().await;
        drop(self);
        until_free(key).await;
    }
}

pub(crate) async fn until_free(key: &str) {
    for _ in 0..3_000 {
        if !is_held(key).await.is_truthy() {
            return;
        }
        sleep(10).await;
    }
    panic!("waited in vain for {key} to be free");
}

/// As another script of the origin writes into the database.
pub(crate) async fn put(store: &str, script: &str) {
    // It makes the database.
    let (_tab, _) = Tab::new(&address("somewhere else")).await;
    put_records(store, script).await;
}

pub(crate) async fn count(store: &str, key: &str) -> usize {
    count_of(store, key).await.as_f64().expect("a number") as usize
}

/// The keys of the identities that are recorded for this address.
pub(crate) async fn records(address: &Address) -> Vec<String> {
    let keys = records_of(&address.url).await.unchecked_into::<Array>();
    keys.iter().filter_map(|key| key.as_string()).collect()
}

/// The servers of the rooms whose logs are kept.
pub(crate) async fn logs() -> Vec<String> {
    let urls = all_logs().await.unchecked_into::<Array>();
    urls.iter().filter_map(|url| url.as_string()).collect()
}

pub(crate) async fn drop_database() {
    delete_database().await;
}

/// Another tab that has an identity, until the value is dropped.
pub(crate) struct Held(Function);

impl Held {
    pub(crate) async fn new(key: &str) -> Self {
        Self(hold(key).await.unchecked_into())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.call0(&JsValue::NULL).expect("a release");
    }
}

/// Waits until somebody asks for an identity that another one has.
pub(crate) async fn until_asked_for(key: &str) {
    for _ in 0..3_000 {
        if waits(key).await.is_truthy() {
            return;
        }
        sleep(1).await;
    }
    panic!("nobody has asked for {key}");
}

/// Another page with a storage, gone when dropped.
pub(crate) struct Page {
    page: JsValue,
    gone: Cell<bool>,
}

impl Page {
    pub(crate) async fn open(sandboxed: bool) -> Self {
        let store = include_str!("../../src/web/storage.js");
        let early = include_str!("../../src/web/early.js");
        let search = include_str!("../../src/web/storage/search.js");
        let tab = include_str!("../../src/web/tab.js");
        Self {
            page: visit(store, early, search, tab, sandboxed).await,
            gone: Cell::new(false),
        }
    }

    /// What its browser is like from now on.
    pub(crate) fn pretend(&self, what: &str) {
        pretend(&self.page, what);
    }

    /// What it was told, as the core would be: the key, and whether it is durable.
    pub(crate) async fn claim(&self, address: &Address) -> (String, bool) {
        let before = self.told("claimed").length();
        let values: [JsValue; 3] = [(&address.url).into(), (&address.room).into(), false.into()];
        ask(&self.page, "claim", &values.into_iter().collect());
        until("the other page's claim", || self.told("claimed").length() > before).await;
        let claimed = self.told("claimed").get(before).unchecked_into::<Array>();
        (claimed.get(3).as_string().expect("a key"), claimed.get(7).is_truthy())
    }

    pub(crate) fn told(&self, kind: &str) -> Array {
        told_by(&self.page, kind)
    }

    /// Keeps what the user wants to be called.
    pub(crate) fn keep_name(&self, name: &str) {
        ask(&self.page, "keepName", &Array::of1(&name.into()));
    }

    /// Whether something that it keeps is not durable yet, as far as it has said.
    pub(crate) fn is_saving(&self) -> bool {
        let last = self.told("saving").iter().last();
        last.is_some_and(|it| it.unchecked_into::<Array>().get(1).is_truthy())
    }

    /// Waits until everything is durable, or cannot be.
    pub(crate) async fn written(&self) {
        until("the other page to have written", || !self.is_saving()).await;
    }

    /// All of it is said, and the page is gone, before this returns.
    pub(crate) fn say_and_leave(&self, posts: &[KeptPost]) {
        let calls = Array::new();
        for post in posts {
            let body = post.body.to_json();
            let call: [JsValue; 5] = [
                "post".into(),
                (post.n as f64).into(),
                (post.at as f64).into(),
                body.into(),
                post.failed.into(),
            ];
            calls.push(&call.into_iter().collect::<Array>());
        }
        calls.push(&Array::of1(&"commit".into()));
        self.gone.set(true);
        ask_and_leave(&self.page, &calls);
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if !self.gone.get() {
            leave(&self.page);
        }
    }
}

/// A database that opens for nobody, until it is let go.
pub(crate) struct HeldBack(Function);

impl HeldBack {
    pub(crate) async fn new() -> Self {
        Self(hold_back().await.unchecked_into())
    }

    pub(crate) fn let_go(self) {
        self.0.call0(&JsValue::NULL).expect("it is closed");
    }
}

/// Runs with something denied.
pub(crate) async fn denied<T>(what: &str, work: impl AsyncFnOnce() -> T) -> T {
    let back = deny(what).await;
    let value = work().await;
    allow(&back).await;
    value
}

/// Counts the writes until the value is dropped.
pub(crate) struct Counting(Function);

impl Counting {
    pub(crate) fn new() -> Self {
        Self(count_writes())
    }
}

impl Drop for Counting {
    fn drop(&mut self) {
        self.0.call0(&JsValue::NULL).expect("a way back");
    }
}
