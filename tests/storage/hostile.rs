//! Other scripts of the origin can write into the database, and into what the tab remembers.

use chat_room::room::KeptPost;
use chat_room_wire::MAX_INTEGER;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Tab, address, count, post, put, set_tab_item, text};

const KEY: &str = "HHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHH";

#[wasm_bindgen_test]
async fn posts_that_are_none_are_skipped_and_left() {
    let address = address("hostile posts");
    let url = &address.url;
    put(
        "clients",
        &format!(
            "{{key: '{KEY}', url: '{url}', room: 'lobby', name: 'N', next_n: 3, draft: 'D', used_at: Date.now()}}"
        ),
    )
    .await;
    let good = r#"{"type":"text","text":"good"}"#;
    let posts = format!(
        r#"[
        {{key: '{KEY}', n: 1, at: 1, body: '{{"type":"text","text":"first"}}'}},
        {{key: '{KEY}', n: 2}},
        {{key: '{KEY}', n: 3, at: 1, body: 7}},
        {{key: '{KEY}', n: 4, at: 1, body: 'no JSON'}},
        {{key: '{KEY}', n: 5, at: 1, body: '{{"type":"text"}}'}},
        {{key: '{KEY}', n: 6, at: 1, body: '{{"type":"text","text":" "}}'}},
        {{key: '{KEY}', n: 7, at: 1, body: '{{"type":"reaction","of":0,"emoji":"x","on":true}}'}},
        {{key: '{KEY}', n: 8, at: 1, body: '{{"type":"unheard of"}}'}},
        {{key: '{KEY}', n: 9, at: 1, body: '['.repeat(100000)}},
        {{key: '{KEY}', n: 10, at: 'then', body: '{good}'}},
        {{key: '{KEY}', n: 11, at: -1, body: '{good}'}},
        {{key: '{KEY}', n: 12.5, at: 1, body: '{good}'}},
        {{key: '{KEY}', n: -1, at: 1, body: '{good}'}},
        {{key: '{KEY}', n: 'x', at: 1, body: '{good}'}},
        {{key: '{KEY}', n: [13], at: 1, body: '{good}'}},
        {{key: '{KEY}', n: 14, at: 1, body: {{type: 'text', text: 'good'}}}},
        {{key: '{KEY}', n: 15, at: 2, body: '{good}', failed: 'yes', more: 1}},
        ]"#
    );
    put("posts", &posts).await;
    let (tab, claimed) = Tab::new(&address).await;
    assert_eq!(claimed.kept.key, KEY);
    assert_eq!((claimed.name.as_str(), claimed.draft.as_str()), ("N", "D"));
    let kept = |n, at, words| KeptPost {
        n,
        at,
        body: text(words),
        failed: false,
    };
    assert_eq!(claimed.kept.posts, [kept(1, 1, "first"), kept(15, 2, "good")]);
    assert_eq!(claimed.kept.next_n, 16, "above all that is there");
    tab.keep(&[post(16)]);
    tab.leave(KEY).await;
    assert_eq!(count("posts", KEY).await, 18);
}

#[wasm_bindgen_test]
async fn records_that_are_none_are_not_used() {
    let address = address("hostile records");
    let url = &address.url;
    let rest = format!("url: '{url}', room: 'lobby', name: 'x', draft: 'x', used_at: Date.now()");
    let records = format!(
        "[
        {{key: 'short', {rest}}},
        {{key: 'H'.repeat(31) + '/', {rest}}},
        {{key: 'H'.repeat(33), {rest}}},
        {{key: 17, {rest}}},
        {{key: ['H'.repeat(32)], {rest}}},
        {{key: new Date(), {rest}}},
        {{key: 'X'.repeat(32), {rest}, next_n: {}}},
        {{key: 'Y'.repeat(32), {rest}, next_n: 2 ** 53 - 1}},
        {{key: 'Z'.repeat(32), {rest}, next_n: 1}},
        ]",
        MAX_INTEGER - (1 << 20) + 2
    );
    put("clients", &records).await;
    put(
        "posts",
        "{key: 'Z'.repeat(32), n: 2 ** 53 - 1, at: 1, body: '{\"type\":\"text\",\"text\":\"t\"}'}",
    )
    .await;
    let (tab, claimed) = Tab::new(&address).await;
    assert!(claimed.kept.durable);
    assert_eq!((claimed.name.as_str(), claimed.kept.next_n), ("", 1), "a new one");
    assert_eq!(tab.claim_orphan(&address).await, None);
}

#[wasm_bindgen_test]
async fn fields_that_are_none_are_empty() {
    let address = address("hostile fields");
    let url = &address.url;
    let mut tabs = Vec::new();
    for (key, fields) in [
        ('a', "name: 7, draft: {}, next_n: 'x', used_at: Date.now()"),
        ('b', "used_at: Date.now()"),
        ('c', "next_n: -5, used_at: Date.now()"),
        ('d', "next_n: 1.5, used_at: Date.now()"),
        ('e', "next_n: NaN, name: null, draft: [1], used_at: Date.now()"),
    ] {
        put(
            "clients",
            &format!("{{key: '{key}'.repeat(32), url: '{url}', room: 'lobby', {fields}}}"),
        )
        .await;
        let (tab, claimed) = Tab::new(&address).await;
        assert_eq!(claimed.kept.key, String::from(key).repeat(32), "{fields}");
        assert_eq!((claimed.name.as_str(), claimed.draft.as_str()), ("", ""), "{fields}");
        assert_eq!(claimed.kept.next_n, 1, "{fields}");
        tabs.push(tab);
    }
}

#[wasm_bindgen_test]
async fn what_a_tab_remembers_may_be_anything() {
    let address = address("hostile tab");
    let url = &address.url;
    let other = crate::page::address("hostile tab elsewhere");
    let (tab, elsewhere) = Tab::new(&other).await;
    tab.keep(&[post(1)]);
    tab.leave(&elsewhere.kept.key).await;
    let foreign = format!(r#"[["{url}","lobby","{}",true]]"#, elsewhere.kept.key);
    for item in [
        "",
        "no JSON",
        "null",
        "7",
        "{}",
        "[null, 1, [], {}]",
        r#"[["a", "b", 7]]"#,
        &format!(r#"[["{url}","lobby","x",true]]"#),
        &format!(r#"[["{url}","lobby","{}",true]]"#, "U".repeat(32)),
        &foreign,
    ] {
        set_tab_item("chat-room clients", item);
        let claimed = Tab::open().claim(&address).await;
        assert!(claimed.kept.durable, "{item}");
        assert_eq!(claimed.kept.posts, [], "{item}");
        assert_ne!(claimed.kept.key, elsewhere.kept.key, "another room's");
    }
}
