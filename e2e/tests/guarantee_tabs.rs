//! Nothing is lost, doubled or out of order: when tabs are loaded again, closed, doubled, or killed with their browser.

use e2e::{
    browser::Wishes,
    database::Entry,
    folder::Folder,
    in_both_browsers,
    page::Page,
    person::{LOBBY, Person, clients, settle, texts},
    proxy::Proxy,
    relay::Relay,
    room_page::RoomPage,
    stage::Stage,
    wait::until,
};
use serde_json::json;

in_both_browsers!(
    a_reload_with_unsent_texts,
    a_closed_tab_is_taken_over_by_the_next_one,
    a_closed_tab_is_taken_over_by_one_that_is_there,
    a_browser_that_is_killed_comes_back_with_everything,
    a_doubled_tab_is_somebody_else,
);

/// What is typed and not sent.
const DRAFT: &str = "half a sen";

/// What was said by one client, with its numbers from 1 on and no gap.
fn assert_one_client(entries: &[Entry], name: &str) {
    let own = entries.iter().filter(|it| it.name == name);
    assert_eq!(clients(entries, name).len(), 1, "{name} has had more than one identity");
    let numbers = own.map(|it| it.n).collect::<Vec<_>>();
    assert!(numbers.iter().copied().eq(1..=numbers.len() as u64), "{numbers:?}");
}

/// Waits until the field for texts has this in it.
async fn until_draft(room: &RoomPage, draft: &str) {
    room.until("the draft", |it| it.text.value == draft).await;
}

async fn name_of(room: &RoomPage) -> String {
    let value = "return host.shadowRoot.getElementById('name').value";
    room.with_host(value).await.as_str().unwrap_or_default().to_owned()
}

/// The relay is away for sockets, and this person notices.
async fn lose(proxy: &Proxy, person: &Person) {
    proxy.refuse();
    proxy.cut();
    person.room().until("the loss", |it| it.state == "waiting").await;
}

async fn a_reload_with_unsent_texts(stage: &Stage) {
    let relay = Relay::start();
    let proxy = Proxy::start(relay.host()).await;
    let bob = Person::come(stage, &relay.page(), "Bob").await;
    let mut ann = Person::come(stage, &proxy.page(), "Ann").await;
    let mut said = [("Ann", Vec::new()), ("Bob", texts("Bob", 1..=100))];
    bob.say_all(&said[1].1).await;
    for round in 0..3 {
        let more = texts("Ann", round * 80 + 1..=round * 80 + 80);
        ann.say_all(&more).await;
        said[0].1.extend(more);
        if round > 0 {
            // Some of it is on its way, or is there and nobody knows.
            lose(&proxy, &ann).await;
        }
        ann.until_said().await;
        ann.room().type_text(DRAFT).await;
        // Without a word to the page, and at once.
        ann = ann.reload().await;
        until_draft(ann.room(), DRAFT).await;
        assert_eq!(name_of(ann.room()).await, "Ann");
        proxy.heal();
        ann.until_joined().await;
        ann.room().type_text(&"\u{e003}".repeat(DRAFT.len())).await;
        until_draft(ann.room(), "").await;
    }
    let entries = settle(&[&bob, &ann], &relay.database(), &said).await;
    assert_one_client(&entries, "Ann");
}

async fn a_closed_tab_is_taken_over_by_the_next_one(stage: &Stage) {
    let relay = Relay::start();
    let proxy = Proxy::start(relay.host()).await;
    let bob = Person::come(stage, &relay.page(), "Bob").await;
    let ann = Person::come(stage, &proxy.page(), "Ann").await;
    let said = [("Ann", texts("Ann", 1..=200)), ("Bob", texts("Bob", 1..=100))];
    bob.say_all(&said[1].1).await;
    ann.say_all(&said[0].1).await;
    ann.until("some to be sent", |it| it.texts > 20).await;
    lose(&proxy, &ann).await;
    ann.until_said().await;
    ann.room().type_text(DRAFT).await;
    ann.until_saved().await;
    ann.room().page().close().await;

    // Bob has the same browser and another server, so what Ann has left is none of his business.
    let page = stage.window().await;
    page.go(&proxy.page()).await;
    let room = RoomPage::first_in(page).await;
    let ann = Person::on(room, "Ann").await.misses_news();
    until_draft(ann.room(), DRAFT).await;
    assert_eq!(name_of(ann.room()).await, "Ann");
    proxy.heal();
    // It connects by itself, since there is something to be sent.
    ann.until_joined().await;
    let entries = settle(&[&bob, &ann], &relay.database(), &said).await;
    assert_one_client(&entries, "Ann");
}

async fn a_closed_tab_is_taken_over_by_one_that_is_there(stage: &Stage) {
    let mut relay = Relay::start();
    let mut people = Vec::new();
    for name in ["Ann", "Bob", "Cyd"] {
        people.push(Person::come(stage, &relay.page(), name).await);
    }
    let said = ["Ann", "Bob", "Cyd"].map(|name| (name, texts(name, 1..=100)));
    for (person, (_, texts)) in people.iter().zip(&said) {
        person.say_all(texts).await;
    }
    until("some in the log", async || {
        let logged = relay.database().entries(LOBBY).len();
        if logged > 60 { Ok(()) } else { Err(logged.to_string()) }
    })
    .await;
    relay.kill();
    for person in &people {
        person.until_saved().await;
    }
    let cyd = people.pop().expect("three have come");
    let unsent = cyd.count().await.unsent;
    assert!(unsent > 0, "nothing is left of what she said");
    cyd.room().page().close().await;
    relay.start_again();
    let entries = settle(&people.iter().collect::<Vec<_>>(), &relay.database(), &said).await;
    for (name, _) in &said[1..] {
        assert_one_client(&entries, name);
    }
    println!(
        "{:?}: {unsent} texts of a closed tab were delivered by another",
        stage.engine()
    );
}

async fn a_browser_that_is_killed_comes_back_with_everything(stage: &Stage) {
    let mut relay = Relay::start();
    let profile = Folder::new();
    let wishes = Wishes {
        profile: Some(profile.path().to_owned()),
        ..Wishes::default()
    };
    let texts = texts("Ann", 1..=240);
    // In a browser of his own, which lives on.
    let bob = Person::come(stage, &relay.page(), "Bob").await;
    let first = stage.window_of(stage.engine(), &wishes).await;
    first.go(&relay.page()).await;
    let ann = Person::enter(first.clone(), "Ann").await;
    ann.say_all(&texts[..120]).await;
    ann.until("some to be sent", |it| it.texts > 60).await;
    relay.kill();
    ann.until("the loss", |it| it.state != "open").await;
    ann.say_all(&texts[120..]).await;
    ann.until_said().await;
    ann.room().type_text(DRAFT).await;
    ann.until_saved().await;
    let unsent = ann.count().await.unsent;
    assert!(unsent >= 120, "{unsent}");
    first.browser().kill();

    relay.start_again();
    let second = stage.window_of(stage.engine(), &wishes).await;
    second.go(&relay.page()).await;
    let ann = Person::on(RoomPage::first_in(second).await, "Ann").await.misses_news();
    until_draft(ann.room(), DRAFT).await;
    assert_eq!(name_of(ann.room()).await, "Ann");
    // What was sent before is in the history, of which a page brings the newest part.
    ann.until("all to be sent", |it| it.unsent == 0 && it.texts >= unsent)
        .await;
    let said = [("Bob", Vec::new()), ("Ann", texts)];
    let entries = settle(&[&bob, &ann], &relay.database(), &said).await;
    assert_one_client(&entries, "Ann");
    println!("{:?}: {unsent} texts have outlived the browser", stage.engine());
}

async fn a_doubled_tab_is_somebody_else(stage: &Stage) {
    let relay = Relay::start();
    let ann = Person::come(stage, &relay.page(), "Ann").await;
    let bob = Person::come(stage, &relay.page(), "Bob").await;
    let window = double(stage, ann.room().page()).await;
    // What the tab has copied connects by itself.
    let copy = Person::enter_again(window, "Cyd").await;
    let said = ["Ann", "Bob", "Cyd"].map(|name| (name, texts(name, 1..=100)));
    for (person, (_, texts)) in [&ann, &bob, &copy].into_iter().zip(&said) {
        person.say_all(texts).await;
    }
    let entries = settle(&[&bob, &ann, &copy], &relay.database(), &said).await;
    let mut all = Vec::new();
    for (name, _) in &said {
        assert_one_client(&entries, name);
        all.extend(clients(&entries, name));
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 3, "two tabs have had one identity: {all:?}");
}

/// A tab that knows all that this one knew, as the browser's “Duplicate” makes it.
async fn double(stage: &Stage, page: &Page) -> Page {
    let before = page.client().await.windows().await.expect("the browser has windows");
    let opened = page
        .script("return Boolean(window.open(location.href, '', 'popup'))", vec![])
        .await;
    assert_eq!(opened, json!(true), "the browser opens no window");
    let window = until("another window", async || {
        let now = page.client().await.windows().await.map_err(|it| it.to_string())?;
        now.into_iter().find(|it| !before.contains(it)).ok_or("none".to_owned())
    })
    .await;
    stage.window_by(page, window)
}
