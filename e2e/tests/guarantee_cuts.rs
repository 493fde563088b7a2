//! Nothing is lost, doubled or out of order: when the network between page and relay is cut.

use std::time::Duration;

use e2e::{
    in_both_browsers,
    person::{Person, settle, texts},
    proxy::{Proxy, Way},
    relay::Relay,
    stage::Stage,
};

in_both_browsers!(cuts_while_three_people_speak, a_slow_network_that_turns_pages_away);

/// Numbers that look random and are the same in every run.
struct Dice(u32);

impl Dice {
    fn throw(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) % sides
    }
}

async fn cuts_while_three_people_speak(stage: &Stage) {
    const TEXTS: u32 = 120;
    let relay = Relay::start();
    let proxy = Proxy::start(relay.host()).await;
    let mut people = Vec::new();
    for name in ["Ann", "Bob", "小明"] {
        people.push(Person::come(stage, &proxy.page(), name).await);
    }
    let mut said = Vec::new();
    for person in &people {
        let texts = texts(person.name(), 1..=TEXTS);
        person.say_all(&texts).await;
        said.push((person.name(), texts));
    }
    let mut dice = Dice(7);
    let mut cuts = 0;
    while cuts < 24 {
        let way = if dice.throw(2) == 0 { Way::ToRelay } else { Way::ToPage };
        match dice.throw(3) {
            0 => proxy.cut(),
            _ => proxy.cut_after(way, dice.throw(3_000) as usize),
        }
        cuts += 1;
        for person in &people {
            person.hurry().await;
        }
    }
    proxy.heal();
    let (ann, texts) = said.first_mut().expect("Ann is there");
    for number in 1..=3 {
        let text = format!("{ann} types {number}");
        people[0].until_said().await;
        people[0].room().say(&text).await;
        texts.push(text);
        proxy.cut();
    }
    let people = people.iter().collect::<Vec<_>>();
    settle(&people, &relay.database(), &said).await;
    println!("{:?}: {} sockets for 3 people", stage.engine(), proxy.sockets());
    assert!(proxy.sockets() > 10, "there were too few losses: {proxy:?}");
}

async fn a_slow_network_that_turns_pages_away(stage: &Stage) {
    let relay = Relay::start();
    let proxy = Proxy::start(relay.host()).await;
    let ann = Person::come(stage, &proxy.page(), "Ann").await;
    let bob = Person::come(stage, &proxy.page(), "Bob").await;
    proxy.delay(Duration::from_millis(150));
    let said = [("Ann", texts("Ann", 1..=200)), ("Bob", texts("Bob", 1..=200))];
    ann.say_all(&said[0].1).await;
    bob.say_all(&said[1].1).await;
    for _ in 0..3 {
        proxy.refuse();
        proxy.cut();
        for person in [&ann, &bob] {
            person.until("the loss", |it| it.state != "open").await;
        }
        proxy.heal();
        proxy.delay(Duration::from_millis(150));
        for person in [&ann, &bob] {
            person.until_joined().await;
        }
    }
    settle(&[&ann, &bob], &relay.database(), &said).await;
}
