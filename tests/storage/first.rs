//! Somebody's first visit: the way into a room does not wait for the database.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{HeldBack, Page, Tab, address, forget_visits, new_tab, post, records, until};

/// The page of somebody whose browser does not know of a visit before.
async fn first_page() -> Page {
    new_tab();
    forget_visits();
    Page::open(false).await
}

#[wasm_bindgen_test]
async fn a_first_claim_is_answered_before_the_database_opens_and_what_is_kept_is_written_then() {
    let address = address("first");
    let database = HeldBack::new().await;
    let page = first_page().await;
    let (key, durable) = page.claim(&address).await;
    assert!(durable);
    page.keep_name("Ann");
    until("something to be written", || page.is_saving()).await;
    assert_eq!(page.told("not kept").length(), 0);
    database.let_go();
    page.written().await;
    assert_eq!(page.told("not kept").length(), 0);
    assert_eq!(records(&address).await, [key]);
}

#[wasm_bindgen_test]
async fn a_first_visit_to_a_database_that_does_not_open_is_told_of_it() {
    let address = address("first and last");
    let database = HeldBack::new().await;
    let page = first_page().await;
    let (_, durable) = page.claim(&address).await;
    assert!(durable, "as far as anybody knows");
    until("word that nothing is kept", || page.told("not kept").length() > 0).await;
    assert!(!page.is_saving());
    database.let_go();
}

#[wasm_bindgen_test]
async fn where_visits_are_forgotten_a_tab_begins_anew_and_what_others_left_is_found() {
    let address = address("forgotten");
    let (tab, before) = Tab::new(&address).await;
    tab.keep(&[post(1)]);
    tab.leave(&before.kept.key).await;
    let page = first_page().await;
    let (key, durable) = page.claim(&address).await;
    assert!(durable);
    assert_ne!(key, before.kept.key);
    assert_eq!(page.claim_orphan(&address).await.0, before.kept.key);

    // Whoever has come before is known from then on.
    drop(page);
    new_tab();
    let page = Page::open(false).await;
    assert_eq!(page.claim(&address).await.0, before.kept.key);
}
