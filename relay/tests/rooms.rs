//! chat-room.v1 over real sockets.

mod common;

use chat_room_relay::log::sqlite::DATABASE;
use chat_room_relay::room::client_id;
use chat_room_relay::{Config, Limits};
use chat_room_wire::{ClientFrame, Place, RefusedCode, ServerFrame};
use common::chat::{Chat, join, key, post, text_of};
use common::program::Folder;
use common::{Running, get, within};

fn seqs(entries: &[chat_room_wire::Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq).collect()
}

#[tokio::test]
async fn what_is_posted_comes_to_everybody_and_back_to_its_author() {
    let relay = Running::start(Config::default()).await;
    let mut ada = Chat::connect(relay.address).await;
    ada.say(join("tea", "Ada", None)).await;
    let joined = ada.joined().await;
    assert_eq!(
        (joined.head, joined.recovered, joined.accepted, joined.count),
        (0, false, 0, 1)
    );
    assert_eq!(joined.client, client_id(&key("Ada")));
    assert_eq!(joined.limits, Limits::default().told());
    assert_eq!((joined.heartbeat_ms, joined.restart_ms), (20_000, 5_000));
    let page = ada.history().await;
    assert_eq!((page.before, page.entries.len(), page.start), (None, 0, true));

    let mut bob = Chat::join(relay.address, "tea", "Bob").await;
    let mut other_room = Chat::join(relay.address, "coffee", "Cyd").await;
    ada.say(post(1, "grüß euch, 你好 👋")).await;
    let entry = ada.entry().await;
    assert_eq!((entry.seq, entry.prev, entry.n, entry.name.as_str()), (1, 0, 1, "Ada"));
    assert_eq!((text_of(&entry), &entry.client), ("grüß euch, 你好 👋", &joined.client));
    assert_eq!(bob.entry().await, entry);
    bob.say(post(1, "two")).await;
    assert_eq!(ada.entry().await.seq, 2);
    other_room.say(post(1, "here")).await;
    assert_eq!(other_room.entry().await.seq, 1, "every room counts for itself");
}

#[tokio::test]
async fn who_comes_back_gets_exactly_what_was_missed() {
    let relay = Running::start(Config::default()).await;
    let mut ada = Chat::join(relay.address, "tea", "Ada").await;
    let mut bob = Chat::connect(relay.address).await;
    bob.say(join("tea", "Bob", None)).await;
    let epoch = bob.joined().await.epoch;
    bob.history().await;
    ada.say(post(1, "one")).await;
    assert_eq!((ada.entry().await.seq, bob.entry().await.seq), (1, 1));
    drop(bob);
    for n in 2..=5 {
        ada.say(post(n, "missed")).await;
        assert_eq!(ada.entry().await.seq, n);
    }
    let since = |epoch: &str, seq| {
        let epoch = epoch.to_owned();
        Some(Place { epoch, seq })
    };
    let mut bob = Chat::connect(relay.address).await;
    bob.say(join("tea", "Bob", since(&epoch, 1))).await;
    let joined = bob.joined().await;
    assert_eq!((joined.head, joined.recovered), (5, true));
    ada.say(post(6, "live")).await;
    for seq in 2..=6 {
        let entry = bob.entry().await;
        assert_eq!((entry.seq, entry.prev), (seq, seq - 1));
    }
    // A place that this log does not have is none.
    for place in [since("of another log", 1), since(&epoch, 99), None] {
        let mut bob = Chat::connect(relay.address).await;
        bob.say(join("tea", "Bob", place)).await;
        assert!(!bob.joined().await.recovered);
        let page = bob.history().await;
        assert_eq!((seqs(&page.entries), page.start), ((1..=6).collect(), true));
    }
}

#[tokio::test]
async fn the_whole_history_can_be_read_page_by_page() {
    let limits = Limits {
        history_entries: 7,
        ..Limits::default()
    };
    let relay = Running::with_limits(limits).await;
    let mut ada = Chat::join(relay.address, "tea", "Ada").await;
    let posts: Vec<ClientFrame> = (1..=40).map(|n| post(n, "x")).collect();
    ada.say_all(&posts).await;
    for seq in 1..=40 {
        assert_eq!(ada.entry().await.seq, seq);
    }
    let mut all = Vec::new();
    let mut before = None;
    loop {
        let page = ada.page(before, 1_000).await;
        assert_eq!(page.before, before);
        assert!(page.entries.len() <= 7, "{}", page.entries.len());
        all.splice(0..0, seqs(&page.entries));
        before = all.first().copied();
        if page.start {
            break;
        }
    }
    assert_eq!(all, (1..=40).collect::<Vec<u64>>());
    let page = ada.page(Some(4), 2).await;
    assert_eq!((seqs(&page.entries), page.start), (vec![2, 3], false));
}

#[tokio::test]
async fn a_post_that_is_sent_again_stays_one_entry() {
    let relay = Running::start(Config::default()).await;
    let mut ada = Chat::join(relay.address, "tea", "Ada").await;
    let mut bob = Chat::join(relay.address, "tea", "Bob").await;
    ada.say(post(3, "once")).await;
    let entry = ada.entry().await;
    ada.say(post(3, "once")).await;
    assert_eq!(ada.entry().await, entry, "the entry of then");
    ada.say(post(3, "another")).await;
    let refused = ada.refused().await;
    assert_eq!((refused.n, refused.code), (Some(3), RefusedCode::Conflict));
    ada.say(post(2, "too late")).await;
    let refused = ada.refused().await;
    assert_eq!((refused.n, refused.code), (Some(2), RefusedCode::Stale));
    ada.say(post(4, "next")).await;
    assert_eq!(bob.entry().await, entry);
    assert_eq!(bob.entry().await.seq, 2, "the others were told once");

    // Also over another connection of the same client, which ends the older one.
    let mut again = Chat::connect(relay.address).await;
    again.say(join("tea", "Ada", None)).await;
    assert_eq!(again.joined().await.accepted, 4);
    again.history().await;
    again.say(post(3, "once")).await;
    assert_eq!(again.entry().await, entry);
    let (_, code) = ada.rest().await;
    assert_eq!(code, Some(4409));
    // Somebody else may use the same numbers.
    bob.say(post(3, "mine")).await;
    assert_eq!(bob.entry().await.seq, 3);
}

#[tokio::test]
async fn people_are_told_of_each_other() {
    let relay = Running::start(Config::default()).await;
    let mut ada = Chat::join(relay.address, "tea", "Ada").await;
    let mut bob = Chat::join(relay.address, "tea", "Bob").await;
    let told = ada.presence().await;
    assert_eq!((told.joined[0].name.as_str(), told.count), ("Bob", 2));
    let bobs_id = told.joined[0].client.clone();

    bob.say(ClientFrame::Rename { name: "Rob".into() }).await;
    let told = ada.presence().await;
    assert_eq!(
        (told.renamed[0].name.as_str(), &told.renamed[0].client),
        ("Rob", &bobs_id)
    );
    bob.say(ClientFrame::Typing { on: true }).await;
    let client = bobs_id.clone();
    assert_eq!(ada.next().await, ServerFrame::Typing { client, on: true });
    bob.say(post(1, "said")).await;
    assert_eq!(ada.entry().await.name, "Rob");
    let client = bobs_id.clone();
    assert_eq!(ada.next().await, ServerFrame::Typing { client, on: false });
    bob.client.close().await;
    let told = ada.presence().await;
    assert_eq!((told.left, told.count), (vec![bobs_id], 1));
    ada.say(ClientFrame::Ping).await;
    assert_eq!(ada.next().await, ServerFrame::Pong);
}

#[tokio::test]
async fn plain_text_and_v1_sit_in_one_room() {
    let relay = Running::start(Config::default()).await;
    let mut ada = Chat::join(relay.address, "tea", "Ada").await;
    let mut pat = relay.plain("room=tea&name=Pat").await;
    assert_eq!(ada.presence().await.joined[0].name, "Pat");
    ada.say(post(1, "hello")).await;
    assert_eq!(pat.next_text().await, "Ada: hello");
    ada.entry().await;
    pat.send("hi").await;
    let entry = ada.entry().await;
    assert_eq!((entry.seq, entry.name.as_str(), text_of(&entry)), (2, "Pat", "hi"));
    ada.say(post(2, "and bye")).await;
    assert_eq!(pat.next_text().await, "Ada: and bye", "no echo of its own");
}

#[tokio::test]
async fn who_posts_too_fast_is_slowed_and_loses_nothing() {
    let limits = Limits {
        posts_per_second: 200,
        post_burst: 5,
        posts_on_way: 3,
        ..Limits::default()
    };
    let relay = Running::with_limits(limits).await;
    let mut ada = Chat::join(relay.address, "tea", "Ada").await;
    for n in 1..=60 {
        ada.say(post(n, "x")).await;
    }
    for n in 1..=60 {
        let entry = ada.entry().await;
        assert_eq!((entry.seq, entry.n), (n, n));
    }
}

#[tokio::test]
async fn a_log_that_cannot_be_written_refuses_and_takes_it_later() {
    let folder = Folder::new();
    let config = Config {
        data: Some(folder.path().to_owned()),
        ..Config::default()
    };
    let relay = Running::start(config).await;
    let mut ada = Chat::join(relay.address, "tea", "Ada").await;
    let mut pat = relay.plain("room=tea&name=Pat").await;
    ada.say(post(1, "before")).await;
    assert_eq!(ada.entry().await.seq, 1);

    let other = rusqlite::Connection::open(folder.path().join(DATABASE)).expect("the database");
    other.execute_batch("BEGIN IMMEDIATE").expect("locked");
    ada.say_all(&[post(2, "two"), post(3, "three")]).await;
    let [first, second] = [ada.refused().await, ada.refused().await];
    assert_eq!((first.n, &first.code), (Some(2), &RefusedCode::Unavailable));
    assert_eq!((second.n, &second.code), (Some(3), &RefusedCode::Earlier));
    assert!(first.retry_after_ms.is_some() && first.code.is_temporary());
    let health = get(relay.address, "/healthz", "").await;
    assert_eq!(health.text(), r#"{"status":"failing","connections":2}"#);
    // What was said before can still be read, and people can come and go.
    assert_eq!(seqs(&ada.page(None, 10).await.entries), [1]);
    assert_eq!(pat.next_text().await, "Ada: before");
    pat.send("lost").await;
    let (code, reason) = pat.closed().await;
    assert_eq!(code, 1011);
    assert!(reason.contains("could not be stored"), "{reason}");

    other.execute_batch("ROLLBACK").expect("unlocked");
    ada.say_all(&[post(2, "two"), post(3, "three")]).await;
    for seq in 2..=3 {
        let entry = ada.entry().await;
        assert_eq!((entry.seq, entry.n), (seq, seq));
    }
    let health = get(relay.address, "/healthz", "").await;
    assert_eq!(health.text(), r#"{"status":"ok","connections":1}"#);
}

#[tokio::test]
async fn an_end_in_good_order_loses_nothing() {
    let folder = Folder::new();
    let config = Config {
        data: Some(folder.path().to_owned()),
        ..Config::default()
    };
    let relay = Running::start(config.clone()).await;
    let mut ada = Chat::join(relay.address, "tea", "Ada").await;
    let posts: Vec<ClientFrame> = (1..=100).map(|n| post(n, "x")).collect();
    ada.say_all(&posts).await;
    assert_eq!(ada.entry().await.seq, 1);
    let stopped = relay.stop();
    let (frames, code) = ada.rest().await;
    assert_eq!(code, Some(1012));
    // The message was taken, so all of it is answered before the end.
    let entries = frames
        .iter()
        .filter(|frame| matches!(frame, ServerFrame::Entry(_)))
        .count();
    assert_eq!(entries, 99);
    within("the end", stopped).await.expect("an orderly end");

    let relay = Running::start(config).await;
    let mut ada = Chat::connect(relay.address).await;
    ada.say(join("tea", "Ada", None)).await;
    let joined = ada.joined().await;
    assert_eq!((joined.head, joined.accepted), (100, 100));
}
