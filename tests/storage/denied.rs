//! Where the browser keeps nothing: no exception, an answer to every claim, and the truth about it.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, Tab, address, denied, new_tab, post, tab_item};

#[wasm_bindgen_test]
async fn a_claim_is_answered_where_the_browser_denies_anything() {
    for what in [
        "no indexedDB",
        "indexedDB throws",
        "open throws",
        "open fails",
        "open never answers",
        "a newer version",
        "another's database",
        "no locks",
        "locks throw",
        "locks reject",
        "locks never answer",
        "transaction throws",
    ] {
        let address = address(what);
        let keys = denied(what, async || {
            let (tab, one) = Tab::new(&address).await;
            assert!(!one.kept.durable, "{what}");
            assert_eq!((one.kept.next_n, one.kept.posts.len()), (1, 0), "{what}");
            // All else goes on, and keeps nothing.
            tab.storage.keep_draft("draft");
            tab.storage.keep_name("name");
            tab.keep(&[post(1)]);
            tab.gone(&[1]);
            tab.storage.flush();
            assert!(!tab.is_saving() && !tab.said_not_kept(), "{what}");
            assert_eq!(tab.claim_orphan(&address).await, None, "{what}");
            let two = tab.claim(&address).await;
            [one.kept.key, two.kept.key]
        })
        .await;
        assert_ne!(keys[0], keys[1], "{what}: nobody guards it, so nobody uses it twice");
        let (_tab, after) = Tab::new(&address).await;
        assert!(after.kept.durable, "allowed again after: {what}");
        assert_eq!(after.kept.posts, [], "{what}");
    }
}

#[wasm_bindgen_test]
async fn without_session_storage_it_is_durable_all_the_same() {
    let address = address("no session");
    let key = denied("no sessionStorage", async || {
        let tab = Tab::open();
        let claimed = tab.claim(&address).await;
        assert!(claimed.kept.durable);
        tab.keep(&[post(1)]);
        tab.leave(&claimed.kept.key).await;
        claimed.kept.key
    })
    .await;
    let (_tab, after) = Tab::new(&address).await;
    assert_eq!((after.kept.key, after.kept.posts), (key, vec![post(1)]));
}

#[wasm_bindgen_test]
async fn a_sandboxed_frame_gets_an_answer() {
    let address = address("sandbox");
    let page = Page::open(true).await;
    let (key, durable) = page.claim(&address).await;
    assert!(!durable);
    chat_room_wire::check_key(&key).expect("a key that a relay takes");
}

#[wasm_bindgen_test]
async fn a_write_that_fails_is_told() {
    for what in ["put throws", "writes abort"] {
        let address = address(what);
        let (tab, before) = Tab::new(&address).await;
        tab.keep(&[post(1)]);
        tab.written().await;
        denied(what, async || {
            tab.keep(&[post(2)]);
            assert!(tab.is_saving(), "{what}");
            tab.written().await;
            assert!(tab.said_not_kept(), "{what}");
        })
        .await;
        // What can be written again is written.
        tab.keep(&[post(3)]);
        tab.leave(&before.kept.key).await;
        let (_tab, after) = Tab::new(&address).await;
        assert_eq!(after.kept.posts, [post(1), post(3)], "{what}");
        assert_eq!(after.kept.next_n, 4, "{what}");
    }
}

#[wasm_bindgen_test]
async fn a_database_that_was_deleted_is_made_again() {
    let address = address("deleted");
    let (tab, before) = Tab::new(&address).await;
    tab.keep(&[post(1)]);
    tab.written().await;
    crate::page::drop_database().await;
    tab.keep(&[post(2)]);
    tab.keep(&[post(3)]);
    assert!(tab.is_saving());
    tab.written().await;
    assert!(!tab.said_not_kept());
    tab.leave(&before.kept.key).await;
    let (_tab, after) = Tab::new(&address).await;
    assert_eq!(
        (after.kept.key, after.kept.posts),
        (before.kept.key, vec![post(2), post(3)])
    );
    assert_eq!(after.kept.next_n, 4);
}

#[wasm_bindgen_test]
async fn a_database_that_is_denied_later_is_told() {
    let address = address("denied later");
    let (tab, claimed) = Tab::new(&address).await;
    denied("open throws", async || {
        tab.keep(&[post(1)]);
        assert!(tab.is_saving());
        tab.written().await;
        assert!(tab.said_not_kept());
    })
    .await;
    tab.leave(&claimed.kept.key).await;
    new_tab();
    assert_eq!(tab_item("chat-room clients"), None);
}
