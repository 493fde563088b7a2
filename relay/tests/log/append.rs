//! What becomes of posts, one table a story.

use chat_room_relay::log::{NewPost, Outcome, Store};
use chat_room_wire::{Body, Entry, MAX_INTEGER};

use crate::support::{all, entry, failure, post, text};

fn store() -> Store {
    Store::in_memory().expect("memory")
}

fn appended(seq: u64, post: &NewPost) -> Outcome {
    Outcome::Appended(entry(seq, post))
}

fn known(seq: u64, post: &NewPost) -> Outcome {
    Outcome::Known(entry(seq, post))
}

#[test]
fn a_resend_gets_the_entry_back_that_was_made_first() {
    let mut store = store();
    let first = post("a", 1, text("hello"));
    assert_eq!(store.append(std::slice::from_ref(&first)), [appended(1, &first)]);
    let again = NewPost {
        name: "called otherwise".to_owned(),
        at: 9_999,
        ..first.clone()
    };
    assert_eq!(store.append(&[again]), [known(1, &first)]);
    assert_eq!(all(&store), [entry(1, &first)]);
}

#[test]
fn a_batch_is_decided_post_after_post() {
    let mut store = store();
    let (one, two, three) = (
        post("a", 1, text("1")),
        post("b", 1, text("2")),
        post("a", 5, text("3")),
    );
    let batch = [
        one.clone(),
        two.clone(),
        one.clone(),
        three.clone(),
        post("a", 5, text("another")),
        post("a", 4, text("late")),
        three.clone(),
    ];
    let expected = [
        appended(1, &one),
        appended(2, &two),
        known(1, &one),
        appended(3, &three),
        Outcome::Conflict,
        Outcome::Stale,
        known(3, &three),
    ];
    assert_eq!(store.append(&batch), expected);
    assert_eq!(all(&store), [entry(1, &one), entry(2, &two), entry(3, &three)]);
    assert_eq!(store.append(&[]), []);
}

#[test]
fn rooms_users_and_clients_count_for_themselves() {
    let mut store = store();
    let here = post("a", 1, text("same"));
    let there = NewPost {
        room: "elsewhere".to_owned(),
        ..here.clone()
    };
    let somebody = NewPost {
        user: "u".to_owned(),
        ..here.clone()
    };
    let other = post("A", 1, text("same"));
    let outcomes = store.append(&[here.clone(), there.clone(), somebody.clone(), other.clone()]);
    assert_eq!(
        outcomes,
        [
            appended(1, &here),
            appended(1, &there),
            appended(2, &somebody),
            appended(3, &other)
        ]
    );
}

/// What a post about an entry becomes, in a lobby where `a` said a text (1), reacted to it (2), and `b` said a text (3).
#[test]
fn posts_about_entries() {
    let edit = |of| Body::Edit {
        of,
        text: "better".to_owned(),
    };
    let reaction = |of| Body::Reaction {
        of,
        emoji: "👍".to_owned(),
        on: true,
    };
    let reply = |of| Body::Text {
        text: "indeed".to_owned(),
        reply_to: Some(of),
    };
    let retract = |of| Body::Retract { of };
    let table: [(Body, Option<Outcome>); 18] = [
        (edit(1), None),
        (edit(2), Some(Outcome::NoSuchEntry)),
        (edit(3), Some(Outcome::NotYours)),
        (edit(4), Some(Outcome::NoSuchEntry)),
        (edit(0), Some(Outcome::NoSuchEntry)),
        (edit(u64::MAX), Some(Outcome::NoSuchEntry)),
        (retract(1), None),
        (retract(2), None),
        (retract(3), Some(Outcome::NotYours)),
        (retract(4), Some(Outcome::NoSuchEntry)),
        (reaction(1), None),
        (reaction(2), None),
        (reaction(3), None),
        (reaction(4), Some(Outcome::NoSuchEntry)),
        (reply(2), None),
        (reply(3), None),
        (reply(4), Some(Outcome::NoSuchEntry)),
        (reply(u64::MAX), Some(Outcome::NoSuchEntry)),
    ];
    for (body, refused) in table {
        let mut store = store();
        store.append(&[
            post("a", 1, text("one")),
            post("a", 2, reaction(1)),
            post("b", 1, text("three")),
        ]);
        let post = post("a", 3, body);
        let expected = refused.unwrap_or_else(|| appended(4, &post));
        assert_eq!(store.append(std::slice::from_ref(&post)), [expected], "{:?}", post.body);
    }
}

#[test]
fn an_entry_of_the_same_client_under_another_user_is_not_ones_own() {
    let mut store = store();
    store.append(&[post("a", 1, text("one"))]);
    let stranger = NewPost {
        user: "u".to_owned(),
        ..post("a", 1, Body::Retract { of: 1 })
    };
    assert_eq!(store.append(&[stranger]), [Outcome::NotYours]);
}

#[test]
fn a_post_can_be_about_one_before_it_in_the_batch_but_in_no_other_room() {
    let mut store = store();
    let (one, edit) = (post("a", 1, text("one")), post("a", 2, Body::Retract { of: 1 }));
    let elsewhere = NewPost {
        room: "elsewhere".to_owned(),
        ..edit.clone()
    };
    let outcomes = store.append(&[one.clone(), edit.clone(), elsewhere]);
    assert_eq!(outcomes, [appended(1, &one), appended(2, &edit), Outcome::NoSuchEntry]);
}

/// What was refused may be sent again, and is then what it would be if it came for the first time.
#[test]
fn a_refused_post_leaves_nothing_behind() {
    let mut store = store();
    let early = post("a", 1, Body::Retract { of: 1 });
    assert_eq!(store.append(std::slice::from_ref(&early)), [Outcome::NoSuchEntry]);
    assert_eq!(all(&store), []);
    let text = post("a", 1, text("one"));
    assert_eq!(store.append(std::slice::from_ref(&text)), [appended(1, &text)]);
    assert_eq!(store.append(&[early]), [Outcome::Conflict]);
}

/// The key is asked first: a resend is known even where its target would be refused now, or its `n` is behind.
#[test]
fn the_key_comes_before_the_place_and_the_target() {
    let mut store = store();
    let (one, two, three) = (
        post("a", 1, text("one")),
        post("a", 2, Body::Retract { of: 1 }),
        post("a", 9, text("three")),
    );
    store.append(&[one, two.clone(), three]);
    let behind = post("a", 5, Body::Retract { of: 77 });
    let conflict = post("a", 2, Body::Retract { of: 77 });
    assert_eq!(
        store.append(&[two.clone(), behind, conflict]),
        [known(2, &two), Outcome::Stale, Outcome::Conflict]
    );
}

#[test]
fn any_text_comes_back_as_it_was() {
    let mut store = store();
    let texts = [
        "",
        "\0",
        "'; DROP TABLE entries; --",
        "小明 👩‍👩‍👧",
        "\u{202e}\r\n\t\"\\",
        "\u{feff}",
    ];
    let posts: Vec<NewPost> = (1..)
        .zip(texts)
        .map(|(n, odd)| NewPost {
            room: odd.to_owned(),
            user: odd.to_owned(),
            client: odd.to_owned(),
            name: odd.to_owned(),
            ..post("", n, text(odd))
        })
        .collect();
    let expected: Vec<Outcome> = posts.iter().map(|post| appended(1, post)).collect();
    assert_eq!(store.append(&posts), expected);
    let expected: Vec<Outcome> = posts.iter().map(|post| known(1, post)).collect();
    assert_eq!(store.append(&posts), expected);
}

#[test]
fn numbers_are_taken_up_to_the_greatest_of_the_protocol() {
    let mut store = store();
    let greatest = NewPost {
        at: MAX_INTEGER,
        ..post("a", MAX_INTEGER, text("last"))
    };
    assert_eq!(store.append(std::slice::from_ref(&greatest)), [appended(1, &greatest)]);
    for (n, at) in [(MAX_INTEGER + 1, 1), (1, MAX_INTEGER + 1), (u64::MAX, u64::MAX)] {
        let beyond = NewPost {
            at,
            ..post("b", n, text("x"))
        };
        assert!(failure(&store.append(&[beyond])).contains("9007199254740991"));
    }
    let expected: [Entry; 1] = [entry(1, &greatest)];
    assert_eq!(all(&store), expected);
}
