//! What survives a reload: as whom one is in a room, what was said but not yet seen in the log, and the newest of the log.
//!
//! For every room of every server there are identities, each with a key, a counter, its unsent posts, a name and a
//! draft. Two tabs, two elements of a page or a duplicated tab never use the same one at the same time, and one that is
//! free again is taken over with what it left. Where the browser keeps nothing, a claim says so and gives a new key.
//! What is kept of a room's log belongs to all of them: who writes last is right, since the relay fills up what is old.
//!
//! ```no_run
//! use chat_room::room::Address;
//! use chat_room::web::storage::{Storage, StorageEvent};
//!
//! let storage = Storage::new(|event| match event {
//!     StorageEvent::Claimed(claimed) => drop((claimed.kept, claimed.name, claimed.draft)),
//!     StorageEvent::LogDue => {} // Hand what the room gives as its `kept_log` to `keep_log`.
//!     StorageEvent::Nothing | StorageEvent::NotKept | StorageEvent::Saving(_) => {}
//! });
//! storage.claim(&Address { url: "wss://example.org/socket".into(), room: "lobby".into() });
//! // Later, with what the room says is to be kept:
//! # let keep = chat_room::room::Keep::Gone(1);
//! storage.keep(&keep);
//! storage.commit();
//! ```

use std::fmt;

use chat_room_wire::{Body, Limits};
use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};

use crate::room::{Address, Keep, Kept, KeptLog, KeptPost};

/// The most bytes of posts that are taken from what was kept: eight times what may wait at once, since more may be said
/// before each claim is answered, and failed ones are kept besides. What is more stays where it is.
const MAX_KEPT_BYTES: usize = 2 * 1024 * 1024;

#[wasm_bindgen(module = "/src/web/storage.js")]
extern "C" {
    type Store;

    #[wasm_bindgen(constructor)]
    fn new(tell: &Closure<dyn Fn(Array)>) -> Store;
    #[wasm_bindgen(method)]
    fn claim(this: &Store, url: &str, room: &str, is_orphan: bool);
    #[wasm_bindgen(method)]
    fn post(this: &Store, n: f64, at: f64, body: &str, failed: bool);
    #[wasm_bindgen(method)]
    fn gone(this: &Store, n: f64);
    #[wasm_bindgen(method)]
    fn client(this: &Store, id: &str);
    #[wasm_bindgen(method, js_name = logChanged)]
    fn log_changed(this: &Store);
    #[wasm_bindgen(method, js_name = keepLog)]
    fn keep_log(this: &Store, epoch: &str, start: bool, entries: &str);
    #[wasm_bindgen(method, js_name = keepNoLog)]
    fn keep_no_log(this: &Store, no: bool);
    #[wasm_bindgen(method, js_name = flushLog)]
    fn flush_log(this: &Store);
    #[wasm_bindgen(method)]
    fn commit(this: &Store);
    #[wasm_bindgen(method, js_name = keepName)]
    fn keep_name(this: &Store, name: &str);
    #[wasm_bindgen(method, js_name = keepDraft)]
    fn keep_draft(this: &Store, draft: &str);
    #[wasm_bindgen(method)]
    fn flush(this: &Store);
    #[wasm_bindgen(method)]
    fn release(this: &Store);
    #[wasm_bindgen(method)]
    fn close(this: &Store);
}

#[wasm_bindgen(module = "/src/web/storage/search.js")]
extern "C" {
    /// The unsent posts of the identity with this key cannot be delivered: [`Storage::claim_orphan`] does not give it to
    /// this page again.
    #[wasm_bindgen(js_name = giveUp)]
    pub(super) fn give_up(key: &str);
}

/// What the storage has to say. None of it comes before the call that asked for it, but `Saving`, which may come within
/// any call, and `LogDue`, which may come within [`Storage::flush`] and [`Storage::flush_log`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorageEvent {
    /// The answer to a claim.
    Claimed(Claimed),
    /// The answer to [`Storage::claim_orphan`] where no such identity is free.
    Nothing,
    /// What was to be kept with the claimed identity could not be.
    NotKept,
    /// It is time for [`Storage::keep_log`].
    LogDue,
    /// Whether something is being claimed or written, so that what was last to be kept may not be durable yet.
    Saving(bool),
}

/// An identity that nobody else uses as long as it is claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// What was claimed.
    pub address: Address,
    /// For [`Room::handle_claimed`](crate::room::Room::handle_claimed).
    pub kept: Kept,
    /// What was last given to [`Storage::keep_name`]; empty if nothing was.
    pub name: String,
    /// The same for [`Storage::keep_draft`].
    pub draft: String,
}

impl Claimed {
    /// Whether it has posts that wait to be sent.
    pub fn has_unsent(&self) -> bool {
        self.kept.posts.iter().any(|post| !post.failed)
    }
}

/// Keeps one identity at a time. Dropping it lets go of the identity, once everything is written.
pub struct Storage {
    native: Store,
    _tell: Closure<dyn Fn(Array)>,
}

impl Storage {
    /// Keeps nothing yet. `on_event` may call back in, and may drop the storage.
    pub fn new(on_event: impl Fn(StorageEvent) + 'static) -> Self {
        let tell = Closure::<dyn Fn(Array)>::new(move |told: Array| {
            if let Some(event) = read_event(&told) {
                on_event(event);
            }
        });
        Self {
            native: Store::new(&tell),
            _tell: tell,
        }
    }

    /// Lets go of what was claimed before, and finds an identity for this room of this server: the one that this tab had
    /// before, else a free one with unsent posts, else the one that was used last, else a new one. Always answered, if
    /// no other claim follows.
    pub fn claim(&self, address: &Address) {
        self.native.claim(&address.url, &address.room, false);
    }

    /// The same, but finds an identity that nobody uses any more and that has unsent posts, or nothing.
    pub fn claim_orphan(&self, address: &Address) {
        self.native.claim(&address.url, &address.room, true);
    }

    /// Keeps a post with the claimed identity, or no longer. Written at the next [`Storage::commit`].
    pub fn keep(&self, keep: &Keep) {
        match keep {
            Keep::Post(post) => {
                let body = post.body.to_json();
                self.native.post(post.n as f64, post.at as f64, &body, post.failed);
            }
            Keep::Gone(n) => self.native.gone(*n as f64),
            Keep::Client(id) => self.native.client(id),
            Keep::Log => self.native.log_changed(),
        }
    }

    /// Keeps this of the log of the room whose identity is claimed.
    pub fn keep_log(&self, log: &KeptLog) {
        self.native.keep_log(&log.epoch, log.start, &log.entries);
    }

    /// Whether nothing is kept of logs. What was kept of those that are claimed then is let go.
    pub fn keep_no_log(&self, no: bool) {
        self.native.keep_no_log(no);
    }

    /// Writes at once what [`Keep::Log`] has announced.
    pub fn flush_log(&self) {
        self.native.flush_log();
    }

    /// Writes together what was to be kept since the last time.
    pub fn commit(&self) {
        self.native.commit();
    }

    /// Keeps what one is called.
    pub fn keep_name(&self, name: &str) {
        self.native.keep_name(name);
    }

    /// Keeps what is being typed, once it rests; that nothing is being typed any more at once. Not more of it than could
    /// be sent.
    pub fn keep_draft(&self, draft: &str) {
        self.native.keep_draft(draft);
    }

    /// Writes everything now, since the page may end.
    pub fn flush(&self) {
        self.native.flush();
    }

    /// Lets go of the identity, once everything is written.
    pub fn release(&self) {
        self.native.release();
    }

    /// The same, and tells nothing from now on.
    pub fn close(&self) {
        self.native.close();
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        self.native.close();
    }
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Storage")
    }
}

fn read_event(told: &Array) -> Option<StorageEvent> {
    let text = |index| told.get(index).as_string().unwrap_or_default();
    Some(match text(0).as_str() {
        "claimed" => StorageEvent::Claimed(Claimed {
            address: Address {
                url: text(1),
                room: text(2),
            },
            kept: Kept {
                key: text(3),
                next_n: told.get(4).as_f64().unwrap_or(1.0) as u64,
                client: text(9),
                posts: read_posts(&told.get(8).into()),
                log: told.get(10).is_string().then(|| KeptLog {
                    epoch: text(10),
                    start: told.get(11).is_truthy(),
                    entries: text(12),
                }),
                durable: told.get(7).is_truthy(),
            },
            name: text(5),
            draft: text(6),
        }),
        "nothing" => StorageEvent::Nothing,
        "not kept" => StorageEvent::NotKept,
        "log" => StorageEvent::LogDue,
        "saving" => StorageEvent::Saving(told.get(1).is_truthy()),
        _ => return None,
    })
}

/// In the order of `n`, without those that are no posts.
fn read_posts(flat: &Array) -> Vec<KeptPost> {
    let mut posts = Vec::new();
    let mut bytes = 0;
    for index in (0..flat.length()).step_by(4) {
        let Some(body) = flat.get(index + 2).as_string().and_then(|body| read_body(&body)) else {
            continue;
        };
        bytes += body.bytes();
        if bytes > MAX_KEPT_BYTES {
            break;
        }
        let integer = |value: JsValue| value.as_f64().unwrap_or_default() as u64;
        posts.push(KeptPost {
            n: integer(flat.get(index)),
            at: integer(flat.get(index + 1)),
            body,
            failed: flat.get(index + 3).is_truthy(),
        });
    }
    posts
}

fn read_body(json: &str) -> Option<Body> {
    // How long a text may be is the relay's to say.
    let limits = Limits {
        text_bytes: u64::MAX,
        ..Limits::default()
    };
    let body = Body::from_json(json).ok()?;
    limits.check_body(&body).ok().map(|()| body)
}
