//! Nothing is lost, doubled or out of order: when the relay is killed, restarts, or cannot write.

use std::time::Duration;

use e2e::{
    in_both_browsers,
    person::{LOBBY, Person, settle, texts},
    relay::Relay,
    stage::Stage,
    wait::until,
};
use tokio::time;

in_both_browsers!(
    a_relay_that_is_killed_again_and_again,
    a_relay_that_restarts_in_good_order,
    a_database_that_somebody_else_has_locked,
);

const NAMES: [&str; 3] = ["Ann", "Bob", "Cyd"];

/// What each of them says.
type Said = [(&'static str, Vec<String>); 3];

async fn come(stage: &Stage, relay: &Relay) -> (Vec<Person>, Said) {
    let mut people = Vec::new();
    for name in NAMES {
        people.push(Person::come(stage, &relay.page(), name).await);
    }
    (people, NAMES.map(|name| (name, Vec::new())))
}

/// All begin to say so many more. Waits until half of it is in the log.
async fn speak(relay: &Relay, people: &[Person], said: &mut Said, more: u32) {
    let logged = relay.database().entries(LOBBY).len();
    for (person, (name, said)) in people.iter().zip(said) {
        let from = u32::try_from(said.len()).expect("it is not so much") + 1;
        let texts = texts(name, from..from + more);
        person.say_all(&texts).await;
        said.extend(texts);
    }
    until("entries in the database", async || {
        let now = relay.database().entries(LOBBY).len();
        if now >= logged + more as usize * 3 / 2 {
            Ok(())
        } else {
            Err(format!("{logged}, and now {now}"))
        }
    })
    .await;
}

async fn a_relay_that_is_killed_again_and_again(stage: &Stage) {
    let mut relay = Relay::start();
    let (people, mut said) = come(stage, &relay).await;
    for _ in 0..5 {
        speak(&relay, &people, &mut said, 26).await;
        relay.kill();
        for person in &people {
            person.until("the loss", |it| it.state != "open").await;
        }
        relay.start_again();
        for person in &people {
            person.until_joined().await;
        }
    }
    let people = people.iter().collect::<Vec<_>>();
    settle(&people, &relay.database(), &said).await;
}

async fn a_relay_that_restarts_in_good_order(stage: &Stage) {
    let mut relay = Relay::start();
    let (people, mut said) = come(stage, &relay).await;
    for round in 1..=2 {
        speak(&relay, &people, &mut said, 60).await;
        let status = relay.end();
        assert!(status.success(), "{status}");
        for person in &people {
            until("being told of the restart", async || {
                let count = person.count().await;
                let told = count.closes.iter().filter(|code| **code == 1012).count();
                if told == round {
                    Ok(())
                } else {
                    Err(format!("{count:?}"))
                }
            })
            .await;
        }
        relay.start_again();
        // By itself: within the time that the relay has told, nobody has to press anything.
        for person in &people {
            person.room().until_state("open").await;
        }
    }
    let people = people.iter().collect::<Vec<_>>();
    settle(&people, &relay.database(), &said).await;
}

async fn a_database_that_somebody_else_has_locked(stage: &Stage) {
    let relay = Relay::start();
    let (people, mut said) = come(stage, &relay).await;
    speak(&relay, &people, &mut said, 110).await;
    let locked = relay.database().lock();
    let before = relay.database().entries(LOBBY).len();
    for person in &people {
        person
            .until("posts that wait", |it| it.unsent > 0 && it.to_say == 0)
            .await;
    }
    // The relay waits for the lock itself for a while, and only then refuses: both have to be survived.
    until("the relay's complaint", async || {
        let printed = relay.printed();
        if printed.contains("locked") {
            Ok(())
        } else {
            Err(printed)
        }
    })
    .await;
    time::sleep(Duration::from_millis(500)).await;
    assert_eq!(relay.database().entries(LOBBY).len(), before, "nobody can have written");
    for person in &people {
        let count = person.count().await;
        assert_eq!(
            count.state, "open",
            "who waits for the log is still connected: {count:?}"
        );
        assert!(count.unsent > 0, "what is not in the log is not sent: {count:?}");
    }
    drop(locked);
    let people = people.iter().collect::<Vec<_>>();
    settle(&people, &relay.database(), &said).await;
}
