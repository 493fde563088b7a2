//! What is kept of the logs of rooms, one for all tabs.

use chat_room::room::{Address, Keep, KeptLog};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{
    Counting, Tab, address, count, log_writes_counted, logs, make_first_version, new_tab, post, put, until,
    writes_counted,
};

fn log(entries: &str) -> KeptLog {
    KeptLog {
        epoch: "one".to_owned(),
        start: true,
        entries: format!("[{entries}]"),
    }
}

/// As the driver does it.
fn keep_now(tab: &Tab, log: &KeptLog) {
    let before = tab.logs_due();
    tab.storage.keep(&Keep::Log);
    tab.storage.flush_log();
    assert_eq!(tab.logs_due(), before + 1, "asked for within the call");
    tab.storage.keep_log(log);
}

/// What the next tab gets.
async fn kept(address: &Address) -> Option<KeptLog> {
    Tab::new(address).await.1.kept.log
}

#[wasm_bindgen_test]
async fn what_was_seen_last_is_given_to_every_tab() {
    let address = address("log");
    let (first, claimed) = Tab::new(&address).await;
    assert_eq!(claimed.kept.log, None);
    keep_now(&first, &log("1"));
    let (second, claimed) = Tab::new(&address).await;
    assert_eq!(claimed.kept.log, Some(log("1")));
    let newer = KeptLog {
        start: false,
        epoch: "two".to_owned(),
        ..log("1, 2")
    };
    keep_now(&second, &newer);
    assert_eq!(kept(&address).await, Some(newer), "the last one counts");
    keep_now(&first, &log("3"));
    assert_eq!(kept(&address).await, Some(log("3")), "whoever writes it");
    let other_room = Address {
        room: "attic".to_owned(),
        ..address
    };
    assert_eq!(kept(&other_room).await, None);
}

#[wasm_bindgen_test]
async fn it_is_asked_for_once_in_a_while_and_when_the_page_ends() {
    let (tab, _) = Tab::new(&address("log rests")).await;
    let counting = Counting::new();
    for _ in 0..100 {
        tab.storage.keep(&Keep::Log);
        tab.storage.commit();
    }
    assert_eq!(tab.logs_due(), 0, "it rests");
    until("the log to be asked for", || tab.logs_due() == 1).await;
    tab.storage.flush();
    assert_eq!(tab.logs_due(), 1, "nothing has changed since");
    tab.storage.keep(&Keep::Log);
    tab.storage.flush();
    assert_eq!(tab.logs_due(), 2, "the page ends");
    tab.storage.keep_log(&log("1"));
    assert_eq!((writes_counted(), log_writes_counted()), (0, 1));
    drop(counting);
}

#[wasm_bindgen_test]
async fn the_log_of_a_room_that_was_left_is_not_asked_for() {
    let address = address("log left");
    let (tab, _) = Tab::new(&address).await;
    tab.storage.keep(&Keep::Log);
    let elsewhere = crate::page::address("log elsewhere");
    tab.claim(&elsewhere).await;
    tab.storage.flush();
    assert_eq!(tab.logs_due(), 0);
    tab.storage.release();
    tab.storage.keep(&Keep::Log);
    tab.storage.keep_log(&log("1"));
    assert_eq!(kept(&elsewhere).await, None, "nothing is claimed");
}

#[wasm_bindgen_test]
async fn who_wants_nothing_kept_loses_what_was() {
    let address = address("nokeep");
    let (tab, _) = Tab::new(&address).await;
    keep_now(&tab, &log("1"));
    assert_eq!(kept(&address).await, Some(log("1")));
    tab.storage.keep_no_log(true);
    assert_eq!(kept(&address).await, None, "at once");
    tab.storage.keep(&Keep::Log);
    tab.storage.flush();
    assert_eq!(tab.logs_due(), 1, "not asked for again");

    tab.storage.keep_no_log(false);
    keep_now(&tab, &log("2"));
    new_tab();
    let other = Tab::open();
    other.storage.keep_no_log(true);
    assert_eq!(other.claim(&address).await.kept.log, None, "not given");
    assert_eq!(kept(&address).await, None, "and gone");
    assert!(!logs().await.contains(&address.url));
}

#[wasm_bindgen_test]
async fn a_log_that_is_none_is_given_as_what_no_room_takes() {
    for (index, fields) in [
        "",
        "epoch: 7, entries: {}",
        "epoch: 'e'.repeat(2000), entries: 'x'.repeat(4e6)",
    ]
    .into_iter()
    .enumerate()
    {
        let address = address(&format!("hostile log {index}"));
        put(
            "logs",
            &format!("{{url: '{}', room: 'lobby', start: 'yes', {fields}}}", address.url),
        )
        .await;
        let nothing = KeptLog::default();
        assert_eq!(kept(&address).await, Some(nothing), "{fields}");
    }
}

#[wasm_bindgen_test]
async fn a_log_that_is_too_long_leaves_what_was_kept_before() {
    let address = address("long log");
    let (tab, _) = Tab::new(&address).await;
    keep_now(&tab, &log("1"));
    let (most, more) = (3 * 1024 * 1024, 3 * 1024 * 1024 + 1);
    let longest = log(&" ".repeat(most - 2));
    keep_now(&tab, &log(&" ".repeat(more - 2)));
    assert_eq!(kept(&address).await, Some(log("1")));
    keep_now(&tab, &longest);
    assert!(kept(&address).await == Some(longest));
}

#[wasm_bindgen_test]
async fn the_logs_of_so_many_rooms_are_kept() {
    let room = |number: u32| Address {
        room: format!("room {number}"),
        ..address("many logs")
    };
    for number in 0..40 {
        let (tab, _) = Tab::new(&room(number)).await;
        keep_now(&tab, &log("1"));
        // Each has a time of its own, since they are told apart by it.
        crate::page::pass(3).await;
    }
    assert_eq!(kept(&room(7)).await, None);
    assert_eq!(kept(&room(8)).await, Some(log("1")), "those that were written last");
    assert_eq!(logs().await.len(), 32);
}

#[wasm_bindgen_test]
async fn a_database_of_the_first_version_keeps_what_is_in_it() {
    let address = address("first version");
    let url = &address.url;
    let key = "V".repeat(32);
    make_first_version(
        &format!("({{key: '{key}', url: '{url}', room: 'lobby', name: 'N', draft: 'D', next_n: 4, used_at: Date.now()}})"),
        &format!(
            r#"[2, 3].map((n) => ({{key: '{key}', n, at: 1700000000000 + n, body: '{{"type":"text","text":"text ' + n + '"}}', failed: false}}))"#
        ),
    )
    .await;
    let (tab, claimed) = Tab::new(&address).await;
    assert_eq!((claimed.kept.key.as_str(), claimed.kept.next_n), (key.as_str(), 4));
    assert_eq!(claimed.kept.posts, [post(2), post(3)]);
    assert_eq!((claimed.name.as_str(), claimed.draft.as_str()), ("N", "D"));
    assert_eq!((claimed.kept.client.as_str(), &claimed.kept.log), ("", &None));
    keep_now(&tab, &log("1"));
    tab.keep(&[post(4)]);
    tab.leave(&key).await;
    assert_eq!(count("posts", &key).await, 3);
    assert_eq!(kept(&address).await, Some(log("1")));
}

#[wasm_bindgen_test]
async fn who_one_is_comes_back_with_what_was_said() {
    let address = address("client");
    let (tab, claimed) = Tab::new(&address).await;
    let key = claimed.kept.key;
    tab.storage.keep(&Keep::Client("me".to_owned()));
    assert!(!tab.is_saving(), "nothing was said that would have to be known");
    tab.keep(&[post(1)]);
    tab.leave(&key).await;
    let (tab, claimed) = Tab::new(&address).await;
    assert_eq!(
        (claimed.kept.key.as_str(), claimed.kept.client.as_str()),
        (key.as_str(), "me")
    );
    tab.storage.keep(&Keep::Client("me now".to_owned()));
    assert!(tab.is_saving());
    tab.leave(&key).await;
    assert_eq!(Tab::new(&address).await.1.kept.client, "me now");
}
