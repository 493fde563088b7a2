//! Who owns an identity: one at a time, and those who left something come first.

use chat_room::room::Address;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Held, Page, Tab, address, failed, new_tab, post, put, tab_item, until_asked_for, until_free};

#[wasm_bindgen_test]
async fn two_elements_at_once_get_two_identities_and_both_again_after_a_reload() {
    let address = address("two");
    new_tab();
    let (one, two) = (Tab::open(), Tab::open());
    one.storage.claim(&address);
    two.storage.claim(&address);
    let before = [one.claimed().await, two.claimed().await].map(|it| it.expect("an identity").kept.key);
    assert_ne!(before[0], before[1]);
    one.leave(&before[0]).await;
    two.leave(&before[1]).await;

    let (one, two) = (Tab::open(), Tab::open());
    one.storage.claim(&address);
    two.storage.claim(&address);
    let after = [one.claimed().await, two.claimed().await].map(|it| it.expect("an identity").kept.key);
    assert_eq!(after, before);
}

#[wasm_bindgen_test]
async fn another_page_gets_another_identity() {
    let address = address("two pages");
    let (tab, here) = Tab::new(&address).await;
    tab.keep(&[post(1)]);
    tab.written().await;
    // It shares what the tab remembers, as a duplicated tab does.
    let other = Page::open(false).await;
    let (there, durable) = other.claim(&address).await;
    assert!(durable);
    assert_ne!(there, here.kept.key);
}

#[wasm_bindgen_test]
async fn a_reloaded_tab_waits_for_the_page_before() {
    let address = address("reload");
    let (tab, claimed) = Tab::new(&address).await;
    let key = claimed.kept.key;
    tab.keep(&[post(1)]);
    tab.leave(&key).await;
    let page_before = Held::new(&key).await;
    let tab = Tab::open();
    tab.storage.claim(&address);
    until_asked_for(&key).await;
    drop(page_before);
    assert_eq!(tab.claimed().await.expect("an identity").kept.key, key);
}

#[wasm_bindgen_test]
async fn a_duplicated_tab_does_not_wait_for_ever_nor_twice() {
    let address = address("duplicate");
    let (tab, claimed) = Tab::new(&address).await;
    let key = claimed.kept.key;
    tab.keep(&[post(1)]);
    tab.leave(&key).await;
    let original = Held::new(&key).await;
    let tab = Tab::open();
    let copy = tab.claim(&address).await.kept.key;
    assert_ne!(copy, key);
    let remembered = tab_item("chat-room clients").expect("the tab's keys");
    assert!(remembered.contains(&copy) && !remembered.contains(&key), "{remembered}");
    drop(original);
}

#[wasm_bindgen_test]
async fn an_identity_that_is_no_more_is_not_used_again() {
    let address = address("no more");
    let (tab, claimed) = Tab::new(&address).await;
    tab.keep(&[post(1)]);
    tab.leave(&claimed.kept.key).await;
    // Its counter is gone with it: numbers would be given twice.
    crate::page::drop_database().await;
    assert_ne!(Tab::open().claim(&address).await.kept.key, claimed.kept.key);
}

#[wasm_bindgen_test]
async fn a_free_identity_is_taken_over_the_oldest_unsent_first_then_the_last_used() {
    let address = address("order");
    let record = |key: char, used_at: u32| {
        let key = String::from(key).repeat(32);
        format!(
            "{{key: '{key}', url: '{}', room: 'lobby', name: '{used_at}', next_n: 5, draft: '', used_at: Date.now() - 1e6 + {used_at}}}",
            address.url
        )
    };
    let records = [('A', 5), ('B', 1), ('C', 4), ('D', 2), ('E', 3)].map(|(key, used_at)| record(key, used_at));
    put("clients", &format!("[{}]", records.join(","))).await;
    let body = r#"'{"type":"text","text":"left"}'"#;
    let posts = [('C', false), ('D', false), ('E', true)].map(|(key, failed)| {
        let key = String::from(key).repeat(32);
        format!("{{key: '{key}', n: 4, at: 9, body: {body}, failed: {failed}}}")
    });
    put("posts", &format!("[{}]", posts.join(","))).await;

    let mut tabs = Vec::new();
    let mut order = String::new();
    for _ in 0..5 {
        let (tab, claimed) = Tab::new(&address).await;
        order.extend(claimed.kept.key.chars().next());
        tabs.push(tab);
    }
    assert_eq!(order, "DCAEB");
    let (_tab, new) = Tab::new(&address).await;
    assert_eq!(new.kept.next_n, 1, "then a new one");
}

#[wasm_bindgen_test]
async fn another_claim_lets_go_and_the_way_back_leads_to_the_same() {
    let (here, there) = (address("here"), address("there"));
    let (tab, first) = Tab::new(&here).await;
    tab.keep(&[post(1)]);
    let second = tab.claim(&there).await;
    until_free(&first.kept.key).await;
    tab.keep(&[post(1), post(2)]);
    // Without waiting until it is written.
    let back = tab.claim(&here).await;
    assert_eq!((&back.kept.key, back.kept.posts), (&first.kept.key, vec![post(1)]));
    let again = tab.claim(&there).await;
    assert_eq!(
        (again.kept.key, again.kept.posts),
        (second.kept.key, vec![post(1), post(2)])
    );
}

#[wasm_bindgen_test]
async fn only_the_last_of_several_claims_is_answered() {
    let rooms = ["a", "b", "c"].map(|room| Address {
        room: room.to_owned(),
        ..address("several")
    });
    new_tab();
    let tab = Tab::open();
    for room in &rooms {
        tab.storage.claim(room);
    }
    assert_eq!(tab.claimed().await.expect("an identity").address, rooms[2]);
    // The others are free: another tab gets them with what is left there.
    tab.storage.release();
    tab.storage.keep_draft("to nobody");
    tab.keep(&[post(1)]);
    tab.written().await;
    for room in &rooms {
        let claimed = Tab::open().claim(room).await;
        assert_eq!((claimed.kept.posts, claimed.draft), (vec![], String::new()));
    }
}

#[wasm_bindgen_test]
async fn an_orphan_has_unsent_posts_and_no_owner() {
    let address = address("orphans");
    let tab = Tab::open();
    assert_eq!(tab.claim_orphan(&address).await, None, "nobody was ever there");

    let (mine, own) = Tab::new(&address).await;
    mine.keep(&[post(1)]);
    mine.written().await;
    assert_eq!(tab.claim_orphan(&address).await, None, "somebody has it");

    let (other, left) = Tab::new(&address).await;
    other.keep(&[failed(1), post(2)]);
    other.leave(&left.kept.key).await;
    let (idle, idle_key) = Tab::new(&address).await;
    assert_eq!(
        idle_key.kept.key, left.kept.key,
        "an element takes it over like any other"
    );
    idle.leave(&left.kept.key).await;
    let orphan = tab.claim_orphan(&address).await.expect("an orphan");
    assert_eq!(
        (&orphan.kept.key, &orphan.kept.posts[..]),
        (&left.kept.key, &[failed(1), post(2)][..])
    );

    tab.gone(&[2]);
    tab.written().await;
    assert_eq!(
        tab.claim_orphan(&address).await,
        None,
        "what has failed is not sent again"
    );
    mine.leave(&own.kept.key).await;
}
