//! Nothing is lost, doubled or out of order: when a connection is half-open, or there is no network at all.
//!
//! How long it takes to notice is printed. It is not asserted: a busy machine is late with everything.

use std::time::Duration;

use e2e::{
    browser::Wishes,
    in_both_browsers,
    person::{Person, settle, texts},
    proxy::{BOTH, Proxy, Way},
    relay::Relay,
    room_page::Seen,
    stage::Stage,
    wait::until,
};
use serde_json::json;
use tokio::time::Instant;

in_both_browsers!(
    half_open_while_two_people_speak,
    the_page_is_deaf_to_nobody_but_the_relay,
    half_open_when_the_page_wakes,
    offline_and_back,
);

/// Waits until the page has given up its socket for another one, and gives how long that took.
async fn until_noticed(person: &Person, proxy: &Proxy, before: usize) -> Duration {
    let begun = Instant::now();
    until("another socket", async || {
        person.hurry().await;
        if proxy.sockets() > before {
            Ok(())
        } else {
            Err(format!("{proxy:?} {:?}", person.count().await))
        }
    })
    .await;
    begun.elapsed()
}

async fn half_open_while_two_people_speak(stage: &Stage) {
    let relay = Relay::with_options(&["--heartbeat", "2"]);
    let of_ann = Proxy::start(relay.host()).await;
    let of_bob = Proxy::start(relay.host()).await;
    let ann = Person::come(stage, &of_ann.page(), "Ann").await;
    let bob = Person::come(stage, &of_bob.page(), "Bob").await;
    let mut said = [("Ann", Vec::new()), ("Bob", Vec::new())];
    let rounds = [&[Way::ToRelay][..], &[Way::ToPage], &BOTH];
    for (round, ways) in (0..).zip(rounds) {
        // Both lose their connections while they speak, so nobody is kept alive by the other.
        let numbers = round * 60 + 1..=round * 60 + 60;
        for (person, (name, said)) in [&ann, &bob].into_iter().zip(&mut said) {
            let texts = texts(name, numbers.clone());
            person.say_all(&texts).await;
            said.extend(texts);
        }
        until("some of it", async || {
            let count = ann.count().await;
            if count.to_say < 40 {
                Ok(())
            } else {
                Err(format!("{count:?}"))
            }
        })
        .await;
        let before = (of_ann.sockets(), of_bob.sockets());
        of_ann.swallow(ways);
        of_bob.swallow(ways);
        let (of_ann, of_bob) = tokio::join!(
            until_noticed(&ann, &of_ann, before.0),
            until_noticed(&bob, &of_bob, before.1)
        );
        println!(
            "{:?}: half-open {ways:?}, heartbeat 2 s and 1 s: noticed after {of_ann:.1?} and {of_bob:.1?}",
            stage.engine()
        );
    }
    settle(&[&ann, &bob], &relay.database(), &said).await;
}

/// Only the way to the relay is dead, and others speak: the page hears them, and has to miss the answers to its own texts.
async fn the_page_is_deaf_to_nobody_but_the_relay(stage: &Stage) {
    let relay = Relay::with_options(&["--heartbeat", "2"]);
    let proxy = Proxy::start(relay.host()).await;
    let ann = Person::come(stage, &proxy.page(), "Ann").await;
    let bob = Person::come(stage, &relay.page(), "Bob").await;
    let before = proxy.sockets();
    proxy.swallow(&[Way::ToRelay]);
    let mut said = [("Ann", texts("Ann", 1..=100)), ("Bob", Vec::new())];
    ann.say_all(&said[0].1).await;
    let begun = Instant::now();
    let mut number = 0;
    until("another socket", async || {
        number += 1;
        let more = texts("Bob", number..=number);
        bob.say_all(&more).await;
        said[1].1.extend(more);
        tokio::time::sleep(Duration::from_millis(150)).await;
        if proxy.sockets() > before {
            Ok(())
        } else {
            Err(format!("{proxy:?}"))
        }
    })
    .await;
    println!(
        "{:?}: half-open to the relay alone while others speak: noticed after {:.1?}",
        stage.engine(),
        begun.elapsed()
    );
    settle(&[&ann, &bob], &relay.database(), &said).await;
}

async fn half_open_when_the_page_wakes(stage: &Stage) {
    // Nobody would notice by the heartbeat alone.
    let relay = Relay::with_options(&["--heartbeat", "300"]);
    let proxy = Proxy::start(relay.host()).await;
    let ann = Person::come(stage, &proxy.page(), "Ann").await;
    let bob = Person::come(stage, &relay.page(), "Bob").await;
    let mut said = [("Ann", Vec::new()), ("Bob", Vec::new())];
    let wakes = [
        "window.dispatchEvent(new Event('online'))",
        "document.dispatchEvent(new Event('visibilitychange'))",
    ];
    for (round, wake) in (0..).zip(wakes) {
        let numbers = round * 100 + 1..=round * 100 + 100;
        let before = proxy.sockets();
        proxy.swallow(&BOTH);
        for (name, said) in &mut said {
            said.extend(texts(name, numbers.clone()));
        }
        bob.say_all(&texts("Bob", numbers.clone())).await;
        bob.until("all to be sent", |it| it.unsent == 0).await;
        // What she says would be missed in the log within seconds; of what she does not hear nothing tells her page.
        assert_eq!(&*ann.count().await.state, "open");
        ann.room().page().script(wake, vec![]).await;
        ann.say_all(&texts("Ann", numbers)).await;
        let noticed = until_noticed(&ann, &proxy, before).await;
        println!(
            "{:?}: half-open, then {wake}: noticed after {noticed:.1?}",
            stage.engine()
        );
        ann.until("all to be sent", |it| it.unsent == 0).await;
    }
    settle(&[&ann, &bob], &relay.database(), &said).await;
}

/// A page is never offline for its own machine, so this one has another name.
async fn offline_and_back(stage: &Stage) {
    const HOST: &str = "room.example";
    let relay = Relay::with_options(&["--allow-host", HOST, "--heartbeat", "2"]);
    let wishes = Wishes {
        chromium: vec!["--host-resolver-rules=MAP room.example 127.0.0.1"],
        firefox: vec![("network.dns.localDomains", json!(HOST))],
        ..Wishes::default()
    };
    let proxy = Proxy::start(relay.host()).await;
    let window = stage.window_of(stage.engine(), &wishes).await;
    window.go(&format!("http://{HOST}:{}/", proxy.port())).await;
    let ann = Person::enter(window.clone(), "Ann").await;
    // Not a name of this machine, and not encrypted: browsers keep nothing there, and the page says so.
    let told = |it: &Seen| it.texts("notice").iter().any(|it| it.contains("keeps nothing"));
    ann.room().until("a warning", told).await;
    let bob = Person::come(stage, &relay.page(), "Bob").await;
    let mut said = [("Ann", Vec::new()), ("Bob", Vec::new())];
    for round in 0..2 {
        let numbers = round * 100 + 1..=round * 100 + 100;
        for (person, (name, said)) in [&ann, &bob].into_iter().zip(&mut said) {
            let texts = texts(name, numbers.clone());
            person.say_all(&texts).await;
            said.extend(texts);
        }
        window.set_offline(true).await;
        // A browser that is told to be offline need not end its sockets, so the cable is pulled, too. Chromium does not
        // tell the page even then, and it takes the heartbeat to notice.
        proxy.cut();
        ann.until("being offline", |it| it.state == "offline").await;
        ann.until_said().await;
        let unsent = ann.count().await.unsent;
        assert!(unsent > 0, "nothing can be sent");
        let sockets = proxy.sockets();
        window.set_offline(false).await;
        let back = until_noticed(&ann, &proxy, sockets).await;
        println!("{:?}: online again: tried after {back:.1?}", stage.engine());
        ann.until_joined().await;
    }
    settle(&[&ann, &bob], &relay.database(), &said).await;
}
