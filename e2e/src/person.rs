//! People in a room, who say a lot, and what has to be true of it everywhere in the end.

use std::{fmt::Debug, time::Duration};

use serde::Deserialize;
use serde_json::json;

use crate::{
    database::{Database, Entry},
    page::Page,
    room_page::RoomPage,
    stage::Stage,
    wait::{GIVE_UP, until, until_for},
};

/// The room that the page is in unless told otherwise.
pub const LOBBY: &str = "lobby";

/// How long hundreds of texts may take through all that happens to them. Nothing is measured by it.
pub const ARRIVAL: Duration = Duration::from_secs(90);

/// How much a page that was loaded anew shows at least, of what there is.
const NEWEST: usize = 40;

/// How long everybody waits between two texts, in milliseconds, so that what happens happens between them.
const BETWEEN_TEXTS: u32 = 12;

/// Hears what the element tells its page, and says what is in a queue. What is refused for now stays in the queue.
const BEGIN: &str = "
    window.heard = [];
    window.closes = [];
    host.addEventListener('close', (it) => closes.push(it.code));
    host.addEventListener('message', (it) => heard.push(it.data));
    window.toSay = [];
    window.saying = setInterval(() => {
        try {
            if (toSay.length > 0) {
                host.send(toSay[0]);
                toSay.shift();
            }
        } catch {}
    }, arguments[1]);";

/// What is to be counted while waiting: small, since it is asked for often.
const COUNT: &str = "
    const root = host.shadowRoot;
    const messages = host.messages();
    return {
        state: root.querySelector('.room').dataset.state,
        saving: root.querySelector('.room').hasAttribute('data-saving'),
        texts: messages.length,
        unsent: messages.filter((it) => it.own && it.delivery !== 'sent').length,
        heard: window.heard?.length ?? 0,
        closes: window.closes ?? [],
        to_say: window.toSay?.length ?? 0,
        last: messages.at(-1)?.text ?? '',
    };";

/// What is loaded, and what of it is to be seen.
const READ: &str = "
    const messages = host.messages();
    const rows = host.shadowRoot.querySelectorAll('.row.own, .row.theirs');
    return {
        texts: messages.map((it) => it.text),
        own: messages.filter((it) => it.own).map((it) => it.text),
        shown: Array.from(rows, (row) => row.querySelector('.text').textContent),
        heard: window.heard ?? [],
    };";

/// Tries at once where it would wait: what a user does who presses the button.
const HURRY: &str = "if (host.shadowRoot.querySelector('.room').dataset.state === 'waiting') host.connect();";

/// Whether the relay has let the element in: then it knows who is there.
const JOINED: &str = "
    const people = host.shadowRoot.getElementById('people');
    return host.readyState === 1 && !people.hidden && people.textContent !== '';";

/// How much there is.
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Count {
    pub state: String,
    pub saving: bool,
    pub texts: usize,
    pub unsent: usize,
    pub heard: usize,
    /// The codes that sockets have closed with since the page was loaded.
    pub closes: Vec<u16>,
    pub to_say: usize,
    pub last: String,
}

#[derive(Debug, Deserialize)]
struct Read {
    texts: Vec<String>,
    own: Vec<String>,
    /// In rows: the end of what is loaded, for somebody who is there.
    shown: Vec<String>,
    heard: Vec<String>,
}

/// Somebody with a page.
#[derive(Debug)]
pub struct Person {
    name: String,
    room: RoomPage,
    /// Whether the page was there for all that was said.
    hears: bool,
}

impl Person {
    /// Opens the page at this address in a window of the stage's browser, and enters the room.
    pub async fn come(stage: &Stage, page: &str, name: &str) -> Self {
        let window = stage.window().await;
        window.go(page).await;
        Self::enter(window, name).await
    }

    /// Enters the room on a page that is open already, under a name that is typed.
    pub async fn enter(page: Page, name: &str) -> Self {
        let room = RoomPage::first_in(page).await;
        room.enter_name(name).await;
        room.connect().await;
        let person = Self::on(room, name).await;
        person.until_joined().await;
        person
    }

    /// The same where a name is in the field already.
    pub async fn enter_again(page: Page, name: &str) -> Self {
        let room = RoomPage::first_in(page).await;
        let script = format!("host.name = {}", json!(name));
        room.with_host(&script).await;
        let person = Self::on(room, name).await;
        person.until_joined().await;
        person
    }

    /// Somebody whose element connects by itself, if it does.
    pub async fn on(room: RoomPage, name: &str) -> Self {
        room.with_host(&BEGIN.replace("arguments[1]", &BETWEEN_TEXTS.to_string()))
            .await;
        Self {
            name: name.to_owned(),
            room,
            hears: true,
        }
    }

    /// What the others see.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The element.
    pub fn room(&self) -> &RoomPage {
        &self.room
    }

    /// Not all that is said will come as news: the page was or will be loaded anew.
    pub fn misses_news(mut self) -> Self {
        self.hears = false;
        self
    }

    /// Loads the page again, and goes on with the same element.
    pub async fn reload(mut self) -> Self {
        let reloaded = self.room.page().client().await.refresh().await;
        reloaded.expect("the page can be loaded");
        self.room = RoomPage::first_in(self.room.page().clone()).await;
        Self::on(self.room, &self.name).await.misses_news()
    }

    /// Begins to say all these, one after the other.
    pub async fn say_all(&self, texts: &[String]) {
        let script = format!("window.toSay.push(...{})", json!(texts));
        self.room.with_host(&script).await;
    }

    /// Where it stands.
    pub async fn count(&self) -> Count {
        let counted = self.room.with_host(COUNT).await;
        serde_json::from_value(counted).expect("the script and the struct agree")
    }

    /// Waits until it is as `fits` wants it, trying to connect at once wherever it would wait.
    pub async fn until(&self, what: &str, fits: impl Fn(&Count) -> bool) -> Count {
        self.until_for(GIVE_UP, what, fits).await
    }

    async fn until_for(&self, limit: Duration, what: &str, fits: impl Fn(&Count) -> bool) -> Count {
        until_for(limit, &format!("{}: {what}", self.name), async || {
            let count = self.count().await;
            if fits(&count) {
                return Ok(count);
            }
            self.hurry().await;
            Err(format!("{count:?}"))
        })
        .await
    }

    /// Tries at once where it would wait.
    pub async fn hurry(&self) {
        self.room.with_host(HURRY).await;
    }

    /// Waits until it is in the room: the field for texts says so.
    pub async fn until_joined(&self) {
        until(&format!("{} to be in the room", self.name), async || {
            self.hurry().await;
            let joined = self.room.with_host(JOINED).await;
            if joined == json!(true) {
                Ok(())
            } else {
                Err(joined.to_string())
            }
        })
        .await;
    }

    /// Waits until all was handed to the element.
    pub async fn until_said(&self) {
        self.until_for(ARRIVAL, "all to be said", |it| it.to_say == 0).await;
    }

    /// Waits until what it has is on the disk, whatever becomes of the page then.
    pub async fn until_saved(&self) {
        self.until("all to be saved", |it| it.to_say == 0 && !it.saving).await;
    }
}

/// `Ann 1`, `Ann 2`, …
pub fn texts(name: &str, numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    numbers.into_iter().map(|number| format!("{name} {number}")).collect()
}

/// Waits until everything that was said is where it has to be, and nothing else is: in the database exactly once, with
/// every author's own order; in every timeline in the order of the database; and told to every page that was there.
///
/// Nothing that was said before can come later: somebody says a last word, and all is compared once everybody has it.
///
/// # Panics
/// If something is lost, doubled or out of order.
pub async fn settle(people: &[&Person], database: &Database, said: &[(&str, Vec<String>)]) -> Vec<Entry> {
    const LAST: &str = "the last word";
    let total = said.iter().map(|(_, texts)| texts.len()).sum::<usize>();
    for person in people {
        // A page that was loaded anew begins with the newest part of what was said.
        let least = if person.hears { total } else { total.min(NEWEST) };
        person
            .until_for(ARRIVAL, &format!("{total} texts"), |it| {
                it.to_say == 0 && it.unsent == 0 && it.texts >= least
            })
            .await;
    }
    // Who has said all may be heard before what a courier has taken along.
    until_for(ARRIVAL, &format!("{total} entries"), async || {
        let now = database.entries(LOBBY).len();
        if now >= total { Ok(()) } else { Err(now.to_string()) }
    })
    .await;
    let first = people.first().expect("somebody is there");
    first.say_all(&[LAST.to_owned()]).await;
    for person in people {
        person
            .until("the last word", |it| it.unsent == 0 && it.last == LAST)
            .await;
    }

    let entries = database.entries(LOBBY);
    for (name, texts) in said {
        let of_author = entries.iter().filter(|it| it.name == *name && it.text != LAST);
        let of_author = of_author.map(|it| it.text.clone()).collect::<Vec<_>>();
        assert_same(&format!("what {name} said, in the database"), &of_author, texts);
    }
    assert_eq!(entries.len(), total + 1, "nobody else has said anything");
    for client in entries.iter().map(|it| &it.client) {
        let numbers = entries.iter().filter(|it| it.client == *client).map(|it| it.n);
        assert!(
            numbers.clone().is_sorted(),
            "{client} has its own order: {:?}",
            numbers.collect::<Vec<_>>()
        );
    }
    for person in people {
        let read = person.room.with_host(READ).await;
        let read: Read = serde_json::from_value(read).expect("the script and the struct agree");
        let shown = if person.hears {
            &entries[..]
        } else {
            &entries[entries.len().saturating_sub(read.texts.len())..]
        };
        let texts_of = |fits: &dyn Fn(&&Entry) -> bool| {
            let fitting = shown.iter().filter(fits);
            fitting.map(|it| it.text.clone()).collect::<Vec<_>>()
        };
        let name = person.name();
        assert_same(&format!("the timeline of {name}"), &read.texts, &texts_of(&|_| true));
        let rows = &read.texts[read.texts.len().saturating_sub(read.shown.len())..];
        assert_same(&format!("the rows of {name}"), &read.shown, rows);
        let own = texts_of(&|it| it.name == name);
        assert_same(&format!("what {name} sees as own"), &read.own, &own);
        if person.hears {
            let theirs = texts_of(&|it| it.name != name);
            assert_same(&format!("what {name} has heard"), &read.heard, &theirs);
        }
    }
    entries
}

/// The clients that this author said something as, each once.
pub fn clients(entries: &[Entry], name: &str) -> Vec<String> {
    let mut clients = Vec::new();
    for entry in entries.iter().filter(|it| it.name == name) {
        if !clients.contains(&entry.client) {
            clients.push(entry.client.clone());
        }
    }
    clients
}

/// Hundreds of texts are not to be read when one is missing.
fn assert_same<T: PartialEq + Debug>(what: &str, seen: &[T], expected: &[T]) {
    if seen == expected {
        return;
    }
    let place = (0..).find(|place| seen.get(*place) != expected.get(*place));
    let place = place.expect("they differ somewhere");
    let around = |list: &[T]| {
        format!(
            "{:?}",
            list.iter().skip(place.saturating_sub(2)).take(6).collect::<Vec<_>>()
        )
    };
    panic!(
        "{what}: {} instead of {}, and from the place {place} on\n  {}\ninstead of\n  {}",
        seen.len(),
        expected.len(),
        around(seen),
        around(expected),
    );
}
