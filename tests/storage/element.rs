//! An element that comes back: its connection, its posts, its draft, and what other tabs have left.

use chat_room::room::Address;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

use crate::page::{
    Held, Tab, address, count, failed, new_tab, next_task, post, set_tab_item, tab_item, until, until_free,
};

#[wasm_bindgen(module = "/tests/storage/relay.js")]
extern "C" {
    /// A test that has failed never drops its elements, which would have the seats that the next one expects.
    #[wasm_bindgen(js_name = removeAll)]
    fn remove_all();
    fn begin();
    fn end();
    #[wasm_bindgen(js_name = hold)]
    fn hold_answers(on: bool);
    #[wasm_bindgen(js_name = holdClient)]
    fn hold_client(key: &str);
    fn refuse(word: &str);
    fn posts() -> Vec<String>;
    fn open() -> u32;
    fn made() -> u32;
    fn said(index: u32) -> Vec<String>;
    fn cut(code: u16);
    #[wasm_bindgen(js_name = sleepFor)]
    fn sleep_for(ms: f64);
    #[wasm_bindgen(js_name = wakeUp)]
    fn wake_up();
    fn tell(target: &str, kind: &str);
    fn place(number: u32, declared: &str) -> String;
}

/// A relay in the page instead of the network, until the value is dropped.
struct Relay;

impl Relay {
    async fn new() -> Self {
        remove_all();
        // An element that was removed leaves at the end of its task.
        next_task().await;
        begin();
        Self
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        end();
    }
}

/// A `<chat-room>` in the page, removed when dropped.
struct Room(HtmlElement);

impl Room {
    fn open() -> Self {
        chat_room::web::element::define_element();
        let document = web_sys::window().and_then(|it| it.document()).expect("a page");
        let host: HtmlElement = document
            .create_element("chat-room")
            .expect("a valid tag")
            .unchecked_into();
        document
            .body()
            .expect("a body")
            .append_child(&host)
            .expect("a body takes children");
        Self(host)
    }

    /// One in a tab that was in this room before it was reloaded.
    fn reloaded(address: &Address, name: &str) -> Self {
        remember(&[&address.url, &address.room, name, "chat-room.v1"]);
        Self::open()
    }

    fn part(&self, selector: &str) -> Option<Element> {
        let shadow = self.0.shadow_root().expect("an open shadow root");
        shadow.query_selector(selector).expect("a selector")
    }

    fn field(&self, id: &str) -> String {
        let field = self.part(&format!("#{id}")).expect("a field");
        js_sys::Reflect::get(&field, &"value".into())
            .ok()
            .and_then(|it| it.as_string())
            .unwrap_or_default()
    }

    fn type_text(&self, text: &str) {
        let field = self.part("#text").expect("a text box");
        js_sys::Reflect::set(&field, &"value".into(), &text.into()).expect("a value");
        let init = web_sys::EventInit::new();
        init.set_bubbles(true);
        let event = web_sys::Event::new_with_event_init_dict("input", &init).expect("an event");
        field.dispatch_event(&event).expect("an event");
    }

    /// As a user would, who waits until the button can be pressed: it is painted a frame after the state has changed.
    async fn press(&self, id: &str) {
        until(&format!("#{id} to be enabled"), || self.can(id)).await;
        let button = self.part(&format!("#{id}")).expect("a button");
        button.unchecked_into::<HtmlElement>().click();
    }

    fn can(&self, id: &str) -> bool {
        self.part(&format!("#{id}"))
            .is_some_and(|it| !it.has_attribute("disabled"))
    }

    async fn say(&self, text: &str) {
        until("the button", || self.can("send")).await;
        self.type_text(text);
        self.press("send").await;
    }

    fn is_saving(&self) -> bool {
        self.part("section[data-saving]").is_some()
    }

    async fn written(&self) {
        until("everything to be written", || !self.is_saving()).await;
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.0.remove();
    }
}

fn remember(words: &[&str]) {
    let place = place(0, " ");
    let words: Vec<String> = [place.as_str()]
        .iter()
        .chain(words)
        .map(|it| format!("{it:?}"))
        .collect();
    set_tab_item("chat-room entrances", &format!("[[{}]]", words.join(",")));
}

fn remembered() -> String {
    tab_item("chat-room entrances").unwrap_or_default()
}

/// Lets what follows the end of an element happen: its microtasks, and those of its storage.
async fn gone(room: Room, keys: &[&str]) {
    drop(room);
    for key in keys {
        until_free(key).await;
    }
}

/// Posts that a tab has left which is no more. Gives its key.
async fn leave_posts(address: &Address, name: &str, posts: &[chat_room::room::KeptPost]) -> String {
    let (tab, claimed) = Tab::new(address).await;
    tab.storage.keep_name(name);
    tab.keep(posts);
    tab.leave(&claimed.kept.key).await;
    claimed.kept.key
}

#[wasm_bindgen_test]
async fn what_was_not_sent_before_a_reload_is_sent_after_it_in_order() {
    let _relay = Relay::new().await;
    let address = address("element reload");
    let key = leave_posts(&address, "", &[post(3), post(4), failed(5)]).await;
    new_tab();
    let room = Room::reloaded(&address, "Ann");
    until("the posts", || posts().len() == 2).await;
    let k = &key[..1];
    assert_eq!(posts(), [format!("{k} 3 Ann: text 3"), format!("{k} 4 Ann: text 4")]);
    room.say("text 6").await;
    until("the third", || posts().len() == 3).await;
    assert_eq!(posts()[2], format!("{k} 6 Ann: text 6"));
    room.written().await;
    assert_eq!(count("posts", &key).await, 1, "the one that has failed is kept");
    gone(room, &[&key]).await;
}

#[wasm_bindgen_test]
async fn it_shows_until_when_something_is_not_durable() {
    let _relay = Relay::new().await;
    let address = address("element saving");
    new_tab();
    let room = Room::reloaded(&address, "Ann");
    assert!(room.is_saving(), "while its identity is looked for");
    until("the room", || open() == 1).await;
    room.written().await;
    hold_answers(true);
    room.say("unsent").await;
    assert!(room.is_saving(), "at once");
    room.written().await;
    let client = tab_item("chat-room clients").expect("the tab's keys");
    let key = client.split('"').nth(5).expect("a key").to_owned();
    assert_eq!(count("posts", &key).await, 1);
    gone(room, &[&key]).await;
    let (_tab, claimed) = Tab::new(&address).await;
    assert_eq!((claimed.kept.key, claimed.kept.posts.len()), (key, 1));
}

#[wasm_bindgen_test]
async fn a_draft_is_there_again_and_gone_when_it_was_sent() {
    let _relay = Relay::new().await;
    let address = address("element draft");
    let (tab, claimed) = Tab::new(&address).await;
    let key = claimed.kept.key;
    tab.storage.keep_draft("half a sen");
    tab.leave(&key).await;

    let room = Room::reloaded(&address, "Ann");
    until("the draft", || room.field("text") == "half a sen").await;
    room.type_text("half a sentence");
    assert!(room.is_saving());
    tell("window", "pagehide");
    room.written().await;
    gone(room, &[&key]).await;

    let room = Room::reloaded(&address, "Ann");
    until("the draft", || room.field("text") == "half a sentence").await;
    room.press("send").await;
    until("the post", || posts().len() == 1).await;
    room.written().await;
    gone(room, &[&key]).await;

    let room = Room::reloaded(&address, "Ann");
    until("the room", || open() == 1).await;
    room.written().await;
    assert_eq!(room.field("text"), "");
    room.type_text("typed before");
    gone(room, &[&key]).await;
}

#[wasm_bindgen_test]
async fn a_tab_that_was_connected_is_connected_again() {
    let _relay = Relay::new().await;
    new_tab();
    remember(&["ws://127.0.0.1:2/plain", "", "", "one", "two"]);
    let room = Room::open();
    until("the connection", || open() == 1).await;
    assert_eq!(room.field("url"), "ws://127.0.0.1:2/plain");
    assert_eq!(room.field("protocols"), "one, two");
    assert!(remembered().contains("plain"), "for the next time too");

    room.press("disconnect").await;
    until("the end", || open() == 0).await;
    assert_eq!(remembered(), "[]", "the user has left");
    room.press("connect").await;
    assert!(remembered().contains("plain"), "on its way already");
    until("the connection", || open() == 1).await;
    cut(1006);
    assert!(remembered().contains("plain"), "lost, not left");
    until("the connection", || open() == 1).await;
    cut(4403);
    assert_eq!(remembered(), "[]", "turned away");
    drop(room);
}

#[wasm_bindgen_test]
async fn an_element_that_goes_while_its_page_lives_does_not_come_back() {
    let _relay = Relay::new().await;
    new_tab();
    remember(&["ws://127.0.0.1:2/plain", "", ""]);
    let room = Room::open();
    until("the connection", || open() == 1).await;
    drop(room);
    until("the end", || open() == 0).await;
    assert_eq!(remembered(), "[]");
}

#[wasm_bindgen_test]
async fn what_a_tab_remembers_of_a_connection_may_be_anything() {
    let _relay = Relay::new().await;
    let place = place(0, " ");
    for item in [
        "no JSON".to_owned(),
        "7".to_owned(),
        "[null]".to_owned(),
        format!("[[{place:?}]]"),
        format!("[[{place:?}, 7, 8, 9]]"),
        format!(r#"[[{place:?}, "ftp://example.org", "", ""]]"#),
        format!(r#"[[{place:?}, "ws://127.0.0.1:2/", "", "", "b@d"]]"#),
        format!(r#"[[{place:?}, "ws://127.0.0.1:2/", "", "", "chat-room.v1"]]"#),
        r#"[["elsewhere", "ws://127.0.0.1:2/", "", ""]]"#.to_owned(),
    ] {
        new_tab();
        set_tab_item("chat-room entrances", &item);
        let room = Room::open();
        assert_eq!(made(), 0, "{item}");
        assert!(room.can("connect"), "{item}");
        drop(room);
        next_task().await;
    }
}

#[wasm_bindgen_test]
async fn couriers_deliver_what_other_tabs_have_left_under_their_keys_and_in_order() {
    let _relay = Relay::new().await;
    let address = address("couriers");
    // Held until all three are there, or the second would be the first again.
    let one = leave_posts(&address, "Bob", &[post(7), failed(8), post(9)]).await;
    let first = Held::new(&one).await;
    let two = leave_posts(&address, "", &[post(1)]).await;
    let second = Held::new(&two).await;
    let (own, mine) = Tab::new(&address).await;
    own.keep(&[failed(1)]);
    own.leave(&mine.kept.key).await;
    refuse("no more");

    let room = Room::reloaded(&address, "Ann");
    js_sys::Reflect::set(&room.0, &"token".into(), &"a.b.c".into()).expect("a property");
    until("the room", || open() == 1).await;
    room.say("own").await;
    until("one's own", || posts().len() == 1).await;
    drop((first, second));
    // They are looked for at the next join.
    cut(1012);
    until("all posts", || posts().len() == 4).await;
    let own = format!("{} 2 Ann: own", &mine.kept.key[..1]);
    let of_one = [
        format!("{} 7 Bob: text 7", &one[..1]),
        format!("{} 9 Bob: text 9", &one[..1]),
    ];
    let of_two = [format!("{} 1 Ann: text 1", &two[..1])];
    // Whose tab is found to be free first is the browser's affair.
    let sent = posts();
    let in_turn = |order: [&[String]; 2]| sent == [std::slice::from_ref(&own), order[0], order[1]].concat();
    assert!(in_turn([&of_one, &of_two]) || in_turn([&of_two, &of_one]), "{sent:?}");
    until("the couriers to leave", || open() == 1).await;
    until_free(&one).await;
    until_free(&two).await;
    assert_eq!((count("posts", &one).await, count("posts", &two).await), (1, 0));
    assert_eq!(made(), 4, "one at a time, and none for nothing");
    for socket in 0..4 {
        assert!(
            said(socket)[0].contains(r#""token":"a.b.c""#),
            "the page's token is the couriers', too"
        );
    }
    gone(room, &[&mine.kept.key]).await;
    assert_eq!(open(), 0);
}

#[wasm_bindgen_test]
async fn a_courier_goes_with_its_element_and_leaves_what_it_could_not_deliver() {
    let _relay = Relay::new().await;
    let address = address("courier stops");
    let left = leave_posts(&address, "Bob", &[post(1), post(2)]).await;
    let held = Held::new(&left).await;
    new_tab();
    let room = Room::reloaded(&address, "Ann");
    until("the room", || open() == 1).await;
    room.say("own").await;
    until("one's own", || posts().len() == 1).await;
    drop(held);
    hold_client(&left);
    cut(1012);
    until("a courier", || made() == 3 && !said(2).is_empty()).await;
    drop(room);
    until("both to leave", || open() == 0).await;
    until_free(&left).await;
    assert_eq!(posts().len(), 1);
    assert_eq!(count("posts", &left).await, 2);
}

#[wasm_bindgen_test]
async fn a_courier_that_is_turned_away_does_not_come_again() {
    let _relay = Relay::new().await;
    let address = address("courier refused");
    let left = leave_posts(&address, "Bob", &[post(1), post(2)]).await;
    let held = Held::new(&left).await;
    refuse("text 1");
    new_tab();
    let room = Room::reloaded(&address, "Ann");
    until("the room", || open() == 1).await;
    room.say("own").await;
    until("one's own", || posts().len() == 1).await;
    drop(held);
    cut(1012);
    until("what can be delivered", || posts().len() == 2).await;
    until("the courier to leave", || open() == 1).await;
    until_free(&left).await;
    assert_eq!(count("posts", &left).await, 1, "refused for good: kept as failed");
    let (_tab, claimed) = Tab::new(&address).await;
    assert_eq!((claimed.kept.key, claimed.kept.posts), (left, vec![failed(1)]));
    drop(room);
}

#[wasm_bindgen_test]
async fn after_sleep_whatever_happens_first_finds_the_dead_connection() {
    let _relay = Relay::new().await;
    let address = address("wake");
    new_tab();
    let room = Room::reloaded(&address, "Ann");
    until("the room", || open() == 1).await;
    room.say("hello").await;
    until("the post", || posts().len() == 1).await;
    hold_answers(true);
    let probes = || said(0).iter().filter(|it| it.contains("ping")).count();
    for (target, kind) in [
        ("window", "online"),
        ("document", "visibilitychange"),
        ("document", "resume"),
    ] {
        let before = probes();
        tell(target, kind);
        assert_eq!(probes(), before + 1, "{kind}: probed at once");
    }
    // No timer of the page has fired yet, and this is not even news of the network.
    sleep_for(4_001.0);
    tell("window", "offline");
    assert_eq!(open(), 0, "given up at once");
    wake_up();
    tell("window", "online");
    until("another connection", || made() == 2).await;
    drop(room);
}

#[wasm_bindgen_test]
async fn a_page_that_is_spoken_in_before_its_timers_know_that_it_slept() {
    let _relay = Relay::new().await;
    let address = address("slept");
    new_tab();
    let room = Room::reloaded(&address, "Ann");
    until("the room", || open() == 1).await;
    room.say("before").await;
    until("the post", || posts().len() == 1).await;
    hold_answers(true);
    sleep_for(10_000.0);
    room.say("after").await;
    assert!(
        said(0).iter().any(|it| it.contains("ping")),
        "a sign of life is asked for"
    );
    sleep_for(13_001.0);
    room.say("long after").await;
    assert_eq!(open(), 0, "given up at once");
    wake_up();
    until("another connection", || made() == 2).await;
    drop(room);
}

#[wasm_bindgen_test]
async fn what_was_seen_of_the_room_is_there_before_the_relay_lets_one_in() {
    let address = address("kept log");
    let _relay = Relay::new().await;
    new_tab();
    let room = Room::reloaded(&address, "Ann");
    room.say("one").await;
    room.say("two").await;
    until("both to be in the log", || posts().len() == 2).await;
    let texts = |room: &Room| -> Vec<String> {
        let rows = room.0.shadow_root().expect("a shadow root");
        let rows = rows
            .query_selector_all(".row:is(.own, .theirs) .text")
            .expect("a selector");
        let rows = (0..rows.length()).filter_map(|index| rows.item(index));
        rows.filter_map(|row| row.text_content()).collect()
    };
    until("both to be shown", || texts(&room) == ["one", "two"]).await;
    // The element goes to another room at once, which must not cost what it has seen of this one.
    room.0.set_attribute("room", "elsewhere").expect("an attribute");
    drop(room);
    next_task().await;

    hold_answers(true);
    let room = Room::reloaded(&address, "Ann");
    until("what was kept", || texts(&room) == ["one", "two"]).await;
    assert!(
        room.part(".row.own[data-delivery=sent]").is_some(),
        "one's own is known"
    );
    until("the join", || said(made() - 1).len() == 1).await;
    assert!(said(made() - 1)[0].contains(r#""since":{"epoch":"epoch","seq":2}"#));
    hold_answers(false);
    cut(1006);
    tell("window", "online");
    room.say("three").await;
    until("all to be shown", || texts(&room) == ["one", "two", "three"]).await;
    let waits = |room: &Room| room.part(".row.own:not([data-delivery=sent])").is_some();
    until("all to be in the log", || !waits(&room)).await;
    room.written().await;
    drop(room);
    next_task().await;

    hold_answers(true);
    let room = Room::reloaded(&address, "Ann");
    room.0.set_attribute("nokeep", "").expect("an attribute");
    until("the join", || said(made() - 1).len() == 1).await;
    assert!(!said(made() - 1)[0].contains("since"), "{:?}", said(made() - 1));
    assert_eq!(texts(&room), Vec::<String>::new());
}

#[wasm_bindgen_test]
async fn a_page_that_nobody_tells_of_its_sleep_sees_it_by_the_clock() {
    let _relay = Relay::new().await;
    let address = address("glance");
    new_tab();
    let room = Room::reloaded(&address, "Ann");
    until("the room", || open() == 1).await;
    room.say("hello").await;
    until("the post", || posts().len() == 1).await;
    sleep_for(60_000.0);
    // The silence that the relay allows is ten minutes.
    until("a probe", || said(0).iter().any(|it| it.contains("ping"))).await;
    assert_eq!((open(), made()), (1, 1), "it is asked first");
    wake_up();
    drop(room);
}
