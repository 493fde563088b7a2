//! What is typed wrong is refused where it is typed, in the user's language, and costs nothing.

use e2e::{in_both_browsers, relay::Relay, room_page::ENTER, stage::Stage};

in_both_browsers!(
    a_bad_address_is_told_at_its_field,
    a_bad_address_is_told_in_chinese,
    a_bad_subprotocol_is_told_at_its_field,
    a_mistake_does_not_cost_the_old_connection,
    nothing_is_sent_for_an_empty_or_blank_text,
    a_text_that_is_too_long_is_refused_and_kept,
    nothing_can_be_sent_without_a_connection,
);

/// What is typed, and a part of what is said about it in English and in Chinese.
const BAD_ADDRESSES: [(&str, &str, &str); 8] = [
    ("", "Enter the server's address", "请输入服务器地址"),
    ("   ", "Enter the server's address", "请输入服务器地址"),
    ("ftp://example.org/", "begins with “ftp:”", "地址以“ftp:”开头"),
    ("localhost:8005", "begins with “localhost:”", "地址以“localhost:”开头"),
    (
        "example.org",
        "Begin it with ws:// or wss://",
        "请以 ws:// 或 wss:// 开头",
    ),
    ("ws://localhost/#frag", "Remove “#frag”", "请删除“#frag”"),
    ("http://[", "cannot be read as an address", "无法识别这个地址"),
    ("ws://exa mple.org/", "cannot be read as an address", "无法识别这个地址"),
];

async fn a_bad_address_is_told_at_its_field(stage: &Stage) {
    let relay = Relay::start();
    let page = stage.open(&relay.page()).await;
    for (typed, said, _) in BAD_ADDRESSES {
        page.connect_to(typed).await;
        let seen = page
            .until(&format!("the complaint about {typed:?}"), |it| {
                it.url.error.contains(said)
            })
            .await;
        assert!(seen.url.invalid && !seen.protocols.invalid, "{typed:?}");
        assert_eq!(seen.focus, "url", "{typed:?}");
        assert_eq!(seen.state, "idle", "{typed:?}");
        assert!(seen.connect.enabled, "one can try again");
    }
    page.enter_url(&relay.socket()).await;
    let seen = page.until("no complaint any more", |it| it.url.error.is_empty()).await;
    assert!(!seen.url.invalid);
    page.connect().await;
}

async fn a_bad_address_is_told_in_chinese(stage: &Stage) {
    let relay = Relay::start();
    let page = stage.open(&format!("{}?lang=zh", relay.page())).await;
    for (typed, _, said) in BAD_ADDRESSES {
        page.connect_to(typed).await;
        page.until(&format!("the complaint about {typed:?}"), |it| {
            it.url.error.contains(said)
        })
        .await;
    }
}

async fn a_bad_subprotocol_is_told_at_its_field(stage: &Stage) {
    let relay = Relay::start();
    let english = stage.open(&relay.page()).await;
    let chinese = stage.open(&format!("{}?lang=zh", relay.page())).await;
    for (typed, said, in_chinese) in [
        (
            "chat room",
            "“chat room” has a character that is not allowed: “ ”",
            "含有不允许的字符",
        ),
        (
            "聊天",
            "“聊天” has a character that is not allowed: “聊”",
            "子协议“聊天”含有不允许的字符：“聊”",
        ),
        ("one,,two", "a subprotocol without a name", "有一个子协议没有名称"),
        ("one, two, one", "“one” is there twice", "子协议“one”重复了"),
    ] {
        for (page, said) in [(&english, said), (&chinese, in_chinese)] {
            page.enter_protocols(typed).await;
            page.click("#connect").await;
            let seen = page
                .until(&format!("the complaint about {typed:?}"), |it| {
                    it.protocols.error.contains(said)
                })
                .await;
            assert!(seen.protocols.invalid && !seen.url.invalid, "{typed:?}");
            assert_eq!((&*seen.focus, &*seen.state), ("protocols", "idle"), "{typed:?}");
        }
    }
}

async fn a_mistake_does_not_cost_the_old_connection(stage: &Stage) {
    let relay = Relay::start();
    let ann = stage.open(&relay.page()).await;
    let bob = stage.open(&relay.page()).await;
    ann.connect().await;
    bob.connect().await;
    for (typed, said, _) in BAD_ADDRESSES {
        if ann.seen().await.is_some_and(|it| !it.url.shown) {
            ann.click("#change").await;
        }
        ann.connect_to(typed).await;
        let seen = ann
            .until(&format!("the complaint about {typed:?}"), |it| {
                it.url.error.contains(said)
            })
            .await;
        assert_eq!((&*seen.state, seen.ready_state), ("open", 1), "{typed:?}");
    }
    ann.say("still connected").await;
    bob.until_received(&["still connected"]).await;
    bob.say("so I hear").await;
    let seen = ann.until_received(&["so I hear"]).await;
    let notices = seen.texts("notice");
    let others = notices.iter().filter(|it| !it.ends_with("joined"));
    assert_eq!(
        others.copied().collect::<Vec<_>>(),
        ["Connected, and in the room"],
        "nothing has happened to the connection: {seen:#?}"
    );
}

async fn nothing_is_sent_for_an_empty_or_blank_text(stage: &Stage) {
    let relay = Relay::start();
    let ann = stage.open(&relay.page()).await;
    let bob = stage.open(&relay.page()).await;
    ann.connect().await;
    bob.connect().await;
    for blank in ["", "   ", "\u{3000}"] {
        ann.type_text(&format!("{blank}{ENTER}")).await;
        let seen = ann.until("the hint", |it| it.hint_is_error).await;
        assert_eq!(
            seen.hint, "Nothing was sent: the text is empty. Type something first.",
            "{blank:?}"
        );
        ann.type_text("x").await;
        ann.until("the hint's end", |it| !it.hint_is_error).await;
        ann.type_text("\u{e003}").await;
    }
    ann.click("#send").await;
    ann.until("the hint", |it| it.hint_is_error).await;
    ann.type_text("something").await;
    ann.click("#send").await;
    let seen = bob.until("what was said", |it| !it.texts("theirs").is_empty()).await;
    // What is blank in front of it was never sent away, so it goes along.
    assert_eq!(seen.texts("theirs")[0].trim(), "something");
}

async fn a_text_that_is_too_long_is_refused_and_kept(stage: &Stage) {
    let relay = Relay::start();
    let ann = stage.open(&relay.page()).await;
    let bob = stage.open(&relay.page()).await;
    bob.connect().await;
    // A room's relay says how long a text may be; plain text may be as long as a message.
    for (room, limit) in [("lobby", 16 * 1024), ("", 64 * 1024)] {
        let heard = bob.seen().await.expect("it is there").rows_of("theirs").count();
        ann.enter_room(room).await;
        ann.connect().await;
        let most = "长".repeat(limit / 3) + "x";
        assert_eq!(most.len(), limit);
        ann.paste(&format!("{most}yz")).await;
        let seen = ann.until("the hint", |it| it.hint_is_error).await;
        assert_eq!(seen.hint, "Nothing was sent: the text is too long by 2 bytes.");
        ann.type_text(ENTER).await;
        ann.click("#send").await;
        let seen = ann.until("the hint", |it| it.hint_is_error).await;
        assert_eq!(seen.text.value.len(), limit + 2, "what was typed stays");
        assert!(seen.texts("own").is_empty());
        // The last two characters away, and it fits.
        ann.type_text("\u{e010}\u{e003}\u{e003}").await;
        ann.until("the hint's end", |it| !it.hint_is_error).await;
        if room.is_empty() {
            // The relay takes it for what the room can hold, which is less.
            ann.type_text("\u{e011}\u{e008}\u{e010}\u{e008}\u{e003}").await;
        } else {
            ann.type_text(ENTER).await;
            ann.until_sent(&[&most]).await;
            bob.until("the whole text", |it| it.texts("theirs")[heard..] == [most.as_str()])
                .await;
        }
        ann.disconnect().await;
        ann.until_state("closed").await;
        ann.with_host("host.shadowRoot.getElementById('text').value = ''").await;
    }
}

async fn nothing_can_be_sent_without_a_connection(stage: &Stage) {
    let relay = Relay::start();
    let page = stage.open(&relay.page()).await;
    for state in ["idle", "closed"] {
        page.type_text("kept").await;
        assert!(!page.until_state(state).await.send.enabled, "{state}");
        page.type_text(ENTER).await;
        let seen = page.until("the hint", |it| it.hint_is_error).await;
        assert_eq!(
            seen.hint,
            "Nothing was sent: there is no connection. Press Connect first."
        );
        assert_eq!((&*seen.text.value, &*seen.focus), ("kept", "text"), "{state}");
        page.connect().await;
        let seen = page.until("no complaint any more", |it| !it.hint_is_error).await;
        assert_eq!(seen.text.value, "kept");
        page.type_text(ENTER).await;
        page.until("the text's way", |it| {
            it.rows_of("own").last().is_some_and(|it| it.delivery == "sent")
        })
        .await;
        page.disconnect().await;
        page.until_state("closed").await;
    }
}
