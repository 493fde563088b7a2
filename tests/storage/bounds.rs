//! Every bound at its edge.

use chat_room::room::KeptPost;
use chat_room_wire::MAX_INTEGER;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Tab, address, count, post, put, records, tab_item, text};

const DAY: &str = "24 * 60 * 60 * 1000";

fn record(url: &str, key: &str, used_at: &str) -> String {
    format!("{{key: {key}, url: '{url}', room: 'lobby', name: '', next_n: 1, draft: '', used_at: {used_at}}}")
}

#[wasm_bindgen_test]
async fn of_the_free_ones_without_posts_twenty_stay() {
    let address = address("many free");
    let key = |index: u32| format!("'F'.repeat(29) + '{index:03}'");
    let all: Vec<String> = (100..121)
        .map(|index| record(&address.url, &key(index), &format!("Date.now() - 1e6 + {index}")))
        .collect();
    put("clients", &format!("[{}]", all.join(","))).await;
    // The oldest has a post, so it is not counted.
    put(
        "posts",
        &format!("{{key: {}, n: 1, at: 1, body: '', failed: true}}", key(100)),
    )
    .await;
    let (tab, claimed) = Tab::new(&address).await;
    assert!(claimed.kept.key.ends_with("120"));
    assert_eq!(records(&address).await.len(), 21);
    drop(tab);

    put("clients", &record(&address.url, &key(121), "Date.now()")).await;
    let (tab, claimed) = Tab::new(&address).await;
    assert!(
        claimed.kept.key.ends_with("121") || claimed.kept.key.ends_with("120"),
        "{}",
        claimed.kept.key
    );
    tab.keep(&[post(1)]);
    tab.written().await;
    let left = records(&address).await;
    assert!(left.iter().any(|key| key.ends_with("100")), "it has a post");
    assert!(
        !left.iter().any(|key| key.ends_with("101")),
        "the oldest without is gone"
    );
    assert!(left.iter().any(|key| key.ends_with("102")));
}

#[wasm_bindgen_test]
async fn free_ones_without_posts_stay_for_thirty_days() {
    let address = address("old");
    let all = [
        record(
            &address.url,
            "'O'.repeat(31) + '1'",
            &format!("Date.now() - 30 * {DAY} + 60000"),
        ),
        record(
            &address.url,
            "'O'.repeat(31) + '2'",
            &format!("Date.now() - 30 * {DAY} - 1"),
        ),
        record(
            &address.url,
            "'O'.repeat(31) + '3'",
            &format!("Date.now() - 31 * {DAY}"),
        ),
        record(&address.url, "'O'.repeat(31) + '4'", "undefined"),
        record(&address.url, "'O'.repeat(31) + '5'", "'long ago'"),
    ];
    put("clients", &format!("[{}]", all.join(","))).await;
    put(
        "posts",
        "{key: 'O'.repeat(31) + '3', n: 1, at: 1, body: '', failed: true}",
    )
    .await;
    let (tab, claimed) = Tab::new(&address).await;
    assert!(claimed.kept.key.ends_with('1'));
    tab.keep(&[post(1)]);
    tab.written().await;
    let left: String = records(&address)
        .await
        .iter()
        .filter_map(|key| key.chars().last())
        .collect();
    assert_eq!(left, "13");
}

#[wasm_bindgen_test]
async fn more_posts_than_can_be_are_left_where_they_are() {
    let address = address("many posts");
    let key = "M".repeat(32);
    put("clients", &record(&address.url, &format!("'{key}'"), "Date.now()")).await;
    let make = |count: u32| {
        format!(
            "Array.from({{length: {count}}}, (_, i) => ({{key: '{key}', n: i + 1, at: 1, body: '{{\"type\":\"retract\",\"of\":1}}'}}))"
        )
    };
    put("posts", &make(1_024)).await;
    let (tab, claimed) = Tab::new(&address).await;
    assert_eq!((claimed.kept.posts.len(), claimed.kept.next_n), (1_024, 1_025));
    tab.leave(&key).await;
    put("posts", &make(1_025)).await;
    let (tab, claimed) = Tab::new(&address).await;
    assert_eq!((claimed.kept.posts.len(), claimed.kept.next_n), (1_024, 1_026));
    tab.leave(&key).await;
    assert_eq!(count("posts", &key).await, 1_025);
}

#[wasm_bindgen_test]
async fn more_bytes_than_can_be_are_left_where_they_are() {
    let address = address("many bytes");
    let (tab, before) = Tab::new(&address).await;
    let large = "x".repeat(512 * 1024);
    let posts = |last: &str| -> Vec<KeptPost> {
        (1..)
            .zip([&large, &large, &large, &large[1..], last])
            .map(|(n, words)| KeptPost {
                body: text(words),
                ..post(n)
            })
            .collect()
    };
    for (last, fits) in [("x", true), ("xx", false)] {
        let posts = posts(last);
        tab.keep(&posts);
        tab.written().await;
        let other = crate::page::address("many bytes elsewhere");
        tab.claim(&other).await;
        let after = tab.claim(&address).await;
        assert_eq!(after.kept.key, before.kept.key);
        assert_eq!(after.kept.posts.len(), if fits { 5 } else { 4 });
        assert!(after.kept.posts[..] == posts[..after.kept.posts.len()]);
        assert_eq!(after.kept.next_n, 6);
    }
}

#[wasm_bindgen_test]
async fn a_draft_is_kept_as_far_as_it_could_be_sent() {
    let address = address("long draft");
    let (mut tab, claimed) = Tab::new(&address).await;
    for (units, kept) in [(65_536, 65_536), (65_537, 65_536)] {
        tab.storage.keep_draft(&"d".repeat(units));
        tab.leave(&claimed.kept.key).await;
        let after;
        (tab, after) = Tab::new(&address).await;
        assert_eq!((after.kept.key, after.draft.len()), (claimed.kept.key.clone(), kept));
    }
}

#[wasm_bindgen_test]
async fn a_name_is_kept_if_it_can_be_one() {
    let address = address("long name");
    let (tab, claimed) = Tab::new(&address).await;
    tab.storage.keep_name(&"n".repeat(1_024));
    tab.storage.keep_name(&"n".repeat(1_025));
    tab.leave(&claimed.kept.key).await;
    let (_tab, after) = Tab::new(&address).await;
    assert_eq!(after.name.len(), 1_024);
}

#[wasm_bindgen_test]
async fn counting_ends_before_numbers_do() {
    let address = address("high number");
    let (highest, key) = (MAX_INTEGER + 1 - (1 << 20), "N".repeat(32));
    let record = format!(
        "{{key: '{key}', url: '{}', room: 'lobby', next_n: {highest}, used_at: Date.now()}}",
        address.url
    );
    put("clients", &record).await;
    let (tab, claimed) = Tab::new(&address).await;
    assert_eq!((&claimed.kept.key, claimed.kept.next_n), (&key, highest));
    tab.keep(&[post(highest)]);
    tab.leave(&key).await;
    let (_tab, claimed) = Tab::new(&address).await;
    assert_ne!(claimed.kept.key, key);
}

#[wasm_bindgen_test]
async fn a_tab_remembers_thirty_two_identities() {
    crate::page::new_tab();
    let tab = Tab::open();
    for index in 0..33 {
        tab.claim(&address(&format!("remembered {index}"))).await;
    }
    let remembered = tab_item("chat-room clients").expect("the tab's keys");
    assert_eq!(remembered.matches("lobby").count(), 32);
    assert!(!remembered.contains("remembered-0\"") && remembered.contains("remembered-1\""));
}

#[wasm_bindgen_test]
async fn two_hundred_identities_of_an_address_are_looked_at() {
    let address = address("crowd");
    let (url, body) = (&address.url, r#"'{"type":"text","text":"t"}'"#);
    put(
        "clients",
        &format!(
            "Array.from({{length: 200}}, (_, i) => ({}))",
            record(url, "'L'.repeat(29) + (100 + i)", "Date.now() - 1e6")
        ),
    )
    .await;
    put("clients", &record(url, "'l'.repeat(32)", "Date.now()")).await;
    put("posts", &format!("{{key: 'l'.repeat(32), n: 1, at: 1, body: {body}}}")).await;
    let (tab, claimed) = Tab::new(&address).await;
    assert_ne!(claimed.kept.key, "l".repeat(32), "the last one by its key was not seen");
    tab.keep(&[post(1)]);
    tab.written().await;
    let (_other, claimed) = Tab::new(&address).await;
    assert_eq!(claimed.kept.key, "l".repeat(32), "but now that there are fewer");
}
