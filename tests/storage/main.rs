//! What survives a reload, in the real browser: identities, their posts, names and drafts, and who owns them.
#![cfg(all(target_arch = "wasm32", feature = "element"))]

mod bounds;
mod denied;
mod element;
mod first;
mod hostile;
mod logs;
mod owners;
mod page;

use chat_room::room::{Address, Keep, KeptPost};
use chat_room_wire::Body;
use page::{Counting, Page, Tab, address, failed, post, until_free, writes_counted};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn a_new_identity_is_a_secret_with_nothing_in_it() {
    let address = address("new");
    let (_tab, claimed) = Tab::new(&address).await;
    assert_eq!(claimed.address, address);
    assert!(claimed.kept.durable);
    assert_eq!(claimed.kept.next_n, 1);
    assert_eq!(claimed.kept.posts, []);
    assert_eq!((claimed.name.as_str(), claimed.draft.as_str()), ("", ""));
    chat_room_wire::check_key(&claimed.kept.key).expect("a key that a relay takes");
    assert_eq!(claimed.kept.key.len(), 32, "24 bytes in base64url");
}

#[wasm_bindgen_test]
async fn posts_come_back_in_order_under_their_numbers() {
    let address = address("posts");
    let (tab, before) = Tab::new(&address).await;
    // Numbers of several lengths: their order is that of numbers, not of letters.
    let posts: Vec<KeptPost> = (1..=120).map(post).collect();
    for some in posts.chunks(7) {
        tab.keep(some);
    }
    tab.gone(&[2, 3, 120]);
    tab.leave(&before.kept.key).await;

    let (_tab, after) = Tab::new(&address).await;
    assert_eq!(after.kept.key, before.kept.key);
    assert!(after.has_unsent());
    let left: Vec<KeptPost> = posts
        .into_iter()
        .filter(|post| ![2, 3, 120].contains(&post.n))
        .collect();
    assert_eq!(after.kept.posts, left);
    assert_eq!(after.kept.next_n, 121, "also above those that are gone");
}

#[wasm_bindgen_test]
async fn a_number_is_never_given_again_although_all_are_gone() {
    let address = address("counter");
    let (tab, before) = Tab::new(&address).await;
    tab.keep(&[post(1), post(2)]);
    tab.gone(&[1, 2]);
    tab.leave(&before.kept.key).await;
    let (_tab, after) = Tab::new(&address).await;
    assert_eq!((after.kept.key, after.kept.next_n), (before.kept.key, 3));
    assert_eq!(after.kept.posts, []);
}

#[wasm_bindgen_test]
async fn every_kind_of_body_comes_back_as_it_was() {
    let address = address("bodies");
    let (tab, before) = Tab::new(&address).await;
    let bodies = [
        Body::Text {
            text: "\u{0}\u{7f} \u{202e}\"\\ 你好 👋\n".to_owned(),
            reply_to: Some(7),
        },
        Body::Edit {
            of: 1,
            text: "better".to_owned(),
        },
        Body::Retract { of: 2 },
        Body::Reaction {
            of: 3,
            emoji: "👍🏽".to_owned(),
            on: true,
        },
    ];
    let posts: Vec<KeptPost> = (1..)
        .zip(bodies)
        .map(|(n, body)| KeptPost { body, ..post(n) })
        .collect();
    tab.keep(&posts);
    tab.leave(&before.kept.key).await;
    let (_tab, after) = Tab::new(&address).await;
    assert_eq!(after.kept.posts, posts);
}

#[wasm_bindgen_test]
async fn the_last_word_about_a_number_counts() {
    let address = address("same number");
    let (tab, before) = Tab::new(&address).await;
    tab.storage.keep(&Keep::Post(post(1)));
    tab.storage.keep(&Keep::Gone(1));
    tab.storage.keep(&Keep::Post(post(2)));
    tab.storage.keep(&Keep::Post(failed(2)));
    tab.storage.keep(&Keep::Gone(3));
    tab.storage.keep(&Keep::Post(post(3)));
    tab.storage.commit();
    tab.gone(&[4]);
    tab.keep(&[post(4)]);
    tab.keep(&[post(5)]);
    tab.gone(&[5]);
    tab.leave(&before.kept.key).await;
    let (_tab, after) = Tab::new(&address).await;
    assert_eq!(after.kept.posts, [failed(2), post(3), post(4)]);
}

#[wasm_bindgen_test]
async fn failed_posts_are_kept_but_do_not_wait() {
    let address = address("failed");
    let (tab, before) = Tab::new(&address).await;
    tab.keep(&[failed(1), failed(2)]);
    tab.leave(&before.kept.key).await;
    let (_tab, after) = Tab::new(&address).await;
    assert_eq!(after.kept.posts, [failed(1), failed(2)]);
    assert!(!after.has_unsent());
}

#[wasm_bindgen_test]
async fn what_is_kept_together_is_written_together() {
    let (tab, _) = Tab::new(&address("together")).await;
    let counting = Counting::new();
    tab.keep(&(1..=50).map(post).collect::<Vec<_>>());
    assert!(tab.is_saving(), "at once");
    tab.written().await;
    assert_eq!(writes_counted(), 1);
    tab.storage.commit();
    assert_eq!(writes_counted(), 1, "nothing more to write");
    drop(counting);
}

#[wasm_bindgen_test]
async fn what_is_kept_faster_than_it_is_written_is_written_together() {
    let address = address("backlog");
    let (tab, before) = Tab::new(&address).await;
    let counting = Counting::new();
    for n in 1..=200 {
        tab.keep(&[post(n)]);
    }
    assert_eq!(writes_counted(), 8, "so many are under way");
    tab.leave(&before.kept.key).await;
    drop(counting);
    let (_tab, after) = Tab::new(&address).await;
    assert_eq!(after.kept.posts, (1..=200).map(post).collect::<Vec<_>>());
}

#[wasm_bindgen_test]
async fn a_page_that_goes_away_leaves_what_was_said_last() {
    let address = address("gone");
    page::new_tab();
    let other = Page::open(false).await;
    let (key, durable) = other.claim(&address).await;
    assert!(durable);
    let posts: Vec<KeptPost> = (1..=100).map(post).collect();
    other.say_and_leave(&posts);
    until_free(&key).await;
    // Its tab is reloaded.
    let claimed = Tab::open().claim(&address).await;
    assert_eq!(claimed.kept.key, key);
    assert_eq!(claimed.kept.posts, posts);
}

#[wasm_bindgen_test]
async fn a_name_and_a_draft_come_back() {
    let address = address("draft");
    let (tab, before) = Tab::new(&address).await;
    tab.storage.keep_name("小明");
    tab.storage.keep_draft("h");
    tab.storage.keep_draft("half a sen");
    assert!(tab.is_saving(), "although it rests");
    tab.leave(&before.kept.key).await;
    let (tab, after) = Tab::new(&address).await;
    assert_eq!(after.kept.key, before.kept.key);
    assert_eq!((after.name.as_str(), after.draft.as_str()), ("小明", "half a sen"));

    tab.storage.keep_draft("");
    tab.leave(&before.kept.key).await;
    let (_tab, after) = Tab::new(&address).await;
    assert_eq!((after.name.as_str(), after.draft.as_str()), ("小明", ""));
}

#[wasm_bindgen_test]
async fn a_draft_rests_before_it_is_written_but_not_when_the_page_ends_or_it_was_sent() {
    let (tab, _) = Tab::new(&address("rest")).await;
    let counting = Counting::new();
    tab.storage.keep_draft("a");
    tab.storage.keep_draft("ab");
    assert_eq!(writes_counted(), 0);
    tab.storage.flush();
    assert_eq!(writes_counted(), 1, "the page ends");
    tab.storage.flush();
    assert_eq!(writes_counted(), 1, "nothing more to write");
    tab.storage.keep_draft("");
    assert_eq!(writes_counted(), 2, "it was sent");
    tab.storage.keep_draft("abc");
    tab.keep(&[post(1)]);
    assert_eq!(writes_counted(), 3, "together with a post");
    tab.written().await;
    assert_eq!(writes_counted(), 3);
    drop(counting);
}

#[wasm_bindgen_test]
async fn what_is_typed_before_the_answer_is_kept_too() {
    let address = address("early");
    page::new_tab();
    let tab = Tab::open();
    tab.storage.claim(&address);
    assert!(tab.is_saving(), "also while it is being claimed");
    tab.storage.keep_draft("too early");
    tab.storage.keep_name("Ann");
    let claimed = tab.claimed().await.expect("an identity");
    assert_eq!(claimed.draft, "", "what was kept, not what is typed");
    tab.leave(&claimed.kept.key).await;
    let (_tab, after) = Tab::new(&address).await;
    assert_eq!((after.name.as_str(), after.draft.as_str()), ("Ann", "too early"));
}

#[wasm_bindgen_test]
async fn rooms_and_servers_are_kept_apart() {
    let here = address("apart");
    let other_room = Address {
        room: "attic".to_owned(),
        ..here.clone()
    };
    let other_server = address("apart/");
    let (tab, claimed) = Tab::new(&here).await;
    tab.keep(&[post(1)]);
    tab.leave(&claimed.kept.key).await;
    for elsewhere in [other_room, other_server] {
        let claimed = Tab::open().claim(&elsewhere).await;
        assert_eq!(claimed.kept.posts, [], "{elsewhere:?}");
    }
}

#[wasm_bindgen_test]
async fn nothing_is_recorded_before_there_is_something_to_keep() {
    let address = address("empty");
    let (tab, claimed) = Tab::new(&address).await;
    tab.storage.commit();
    tab.storage.flush();
    tab.storage.keep_draft("");
    tab.leave(&claimed.kept.key).await;
    assert_eq!(page::records(&address).await, <[String; 0]>::default());
    // The same tab is the same client nevertheless.
    let again = Tab::open().claim(&address).await;
    assert_eq!((again.kept.key, again.kept.next_n), (claimed.kept.key, 1));
}
