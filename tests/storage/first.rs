//! Somebody's first visit: the way into a room does not wait for the database.

use chat_room::room::Address;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{HeldBack, Page, Tab, address, drop_database, lose_local_storage, new_tab, post, records, until};

/// The page of a tab that knows nothing.
async fn new_page() -> Page {
    new_tab();
    Page::open(false).await
}

/// The key of an identity that has left something to be sent.
async fn left(address: &Address) -> String {
    let (tab, before) = Tab::new(address).await;
    tab.keep(&[post(1)]);
    tab.leave(&before.kept.key).await;
    before.kept.key
}

#[wasm_bindgen_test]
async fn a_first_claim_is_answered_before_the_database_opens_and_what_is_kept_is_written_then() {
    let address = address("first");
    let database = HeldBack::new().await;
    let page = new_page().await;
    page.pretend("has no database");
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
async fn a_first_visit_to_a_browser_that_opens_no_database_is_told_of_it() {
    let address = address("first and last");
    drop_database().await;
    let page = new_page().await;
    page.pretend("opens none");
    let (_, durable) = page.claim(&address).await;
    assert!(durable, "as far as anybody knows");
    until("word that nothing is kept", || page.told("not kept").length() > 0).await;
    assert!(!page.is_saving());
}

#[wasm_bindgen_test]
async fn whoever_was_here_finds_what_was_left_even_if_the_browser_has_lost_all_but_the_database() {
    let address = address("lost");
    let key = left(&address).await;
    lose_local_storage();
    let page = new_page().await;
    assert_eq!(page.claim(&address).await, (key, true));
}

#[wasm_bindgen_test]
async fn a_browser_that_does_not_list_its_databases_is_asked_for_ours() {
    let address = address("unlisted");
    let key = left(&address).await;
    let page = new_page().await;
    page.pretend("lists none");
    assert_eq!(page.claim(&address).await, (key, true));
}
