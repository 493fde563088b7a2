//! Plain WebSocket servers of every manner, good and bad: the relay is only one of them.

use e2e::{
    browser::Engine, in_both_browsers, relay::Relay, room_page::RoomPage, stage::Stage, test_server::TestServer,
};
use futures_util::{SinkExt, StreamExt};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_tungstenite::{accept_async, tungstenite::Message};

in_both_browsers!(
    an_echo_comes_back_as_somebody_elses,
    binary_is_shown_as_size_and_hex,
    what_comes_right_after_the_handshake_is_all_there,
    the_chosen_subprotocol_is_told,
    a_close_says_code_reason_cleanness_and_meaning_and_some_are_final,
    servers_that_never_let_one_in,
    one_can_leave_a_server_that_does_not_answer,
);

/// A page of the relay's, with the address of another server.
async fn page(stage: &Stage) -> (Relay, TestServer, RoomPage) {
    let relay = Relay::start();
    let server = TestServer::start("127.0.0.1:0").await.expect("a free port");
    let page = stage.open(&relay.page()).await;
    (relay, server, page)
}

fn url(server: &TestServer, path: &str) -> String {
    format!("ws://{}{path}", server.addr())
}

async fn an_echo_comes_back_as_somebody_elses(stage: &Stage) {
    let (_relay, server, page) = page(stage).await;
    page.connect_to(&url(&server, "/echo")).await;
    page.until_state("open").await;
    page.say("回声 echo").await;
    page.until_sent(&["回声 echo"]).await;
    page.until_received(&["回声 echo"]).await;
}

async fn binary_is_shown_as_size_and_hex(stage: &Stage) {
    let (_relay, _server, page) = page(stage).await;
    let long = (0..=255).cycle().take(70).collect::<Vec<u8>>();
    let (url, sending) = sender(vec![
        Message::binary(vec![0x00, 0x9f, 0xff, 0x41]),
        Message::binary(Vec::new()),
        Message::binary(long),
        Message::text("the last"),
    ])
    .await;
    page.connect_to(&url).await;
    let seen = page
        .until("the last text", |it| it.texts("theirs").last() == Some(&"the last"))
        .await;
    let rows = seen
        .rows_of("theirs")
        .map(|it| (&*it.note, &*it.hex))
        .collect::<Vec<_>>();
    assert_eq!(rows[..2], [("Binary, 4 bytes", "00 9f ff 41"), ("Binary, 0 bytes", "")]);
    assert_eq!(rows[2].0, "Binary, 70 bytes");
    assert!(
        rows[2].1.starts_with("00 01 02") && rows[2].1.ends_with("3e 3f …"),
        "{}",
        rows[2].1
    );
    sending.abort();
}

/// A server that sends these to whoever comes first, and then reads.
async fn sender(messages: Vec<Message>) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("ws://{}/", listener.local_addr().expect("it is bound"));
    let serving = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a browser");
        let mut socket = accept_async(stream).await.expect("a handshake");
        for message in messages {
            socket.send(message).await.expect("the browser reads");
        }
        while let Some(Ok(_)) = socket.next().await {}
    });
    (url, serving)
}

async fn what_comes_right_after_the_handshake_is_all_there(stage: &Stage) {
    let (_relay, server, page) = page(stage).await;
    page.connect_to(&url(&server, "/greet?n=100")).await;
    let numbers = (1..=100).map(|it| it.to_string()).collect::<Vec<_>>();
    page.until_received(&numbers).await;
}

async fn the_chosen_subprotocol_is_told(stage: &Stage) {
    let (_relay, server, page) = page(stage).await;
    page.enter_protocols("first, second").await;
    page.connect_to(&url(&server, "/protocol")).await;
    page.until_received(&["second"]).await;
    page.click("#status").await;
    page.until("the details", |it| it.details.contains("Subprotocolsecond"))
        .await;
    let seen = page.seen().await.expect("it is there");
    assert!(seen.texts("notice")[0].contains("subprotocol second"), "{seen:#?}");

    // This one takes none of those offered: for Chromium that is a failure of the server, for Firefox it is not.
    page.click("#change").await;
    page.connect_to(&url(&server, "/echo")).await;
    match stage.engine() {
        Engine::Chromium => page.until("the failure", |it| it.ending.contains("1006")).await,
        Engine::Firefox => {
            page.until("no subprotocol", |it| it.details.ends_with("Subprotocolnone"))
                .await
        }
    };
}

async fn a_close_says_code_reason_cleanness_and_meaning_and_some_are_final(stage: &Stage) {
    let (_relay, server, page) = page(stage).await;
    page.page()
        .script(
            "window.told = [];
            document.querySelector('chat-room').addEventListener('close', (it) => told.push([it.code, it.reason, it.wasClean]));",
            vec![],
        )
        .await;
    page.click("#status").await;
    for (query, code, reason, meaning) in [
        ("code=1000&reason=done", 1000, "done", "finished normally"),
        ("code=4400&reason=go%20away", 4400, "go away", "defined by this server"),
    ] {
        page.connect_to(&url(&server, &format!("/close?{query}"))).await;
        let code = code.to_string();
        let seen = page
            .until(&code, |it| it.state == "closed" && it.ending.contains(&code))
            .await;
        for part in [&*code, reason, meaning, "clean"] {
            assert!(seen.ending.contains(part), "{part:?} is not in {:?}", seen.ending);
        }
        for part in [&*code, reason, meaning, "clean"] {
            assert!(seen.details.contains(part), "{part:?} is not in {:?}", seen.details);
        }
        assert!(!seen.ending.contains("not clean"), "{}", seen.ending);
        assert_eq!((seen.ready_state, seen.enabled()), (3, [true, false, false]));
    }
    let told = page.page().script("return told", vec![]).await;
    assert_eq!(told.to_string(), r#"[[1000,"done",true],[4400,"go away",true]]"#);

    page.connect_to(&url(&server, "/close?code=4001&reason=soon")).await;
    let is_loss = |it: &&str| it.starts_with("Connection lost") && it.contains("4001");
    let seen = page
        .until("a second 4001, so that it came back by itself", |it| {
            it.texts("notice").into_iter().filter(is_loss).count() >= 2
        })
        .await;
    let notices = seen.texts("notice");
    let lost = notices.into_iter().find(is_loss).expect("there are two");
    for part in ["soon", "clean", "defined by this server"] {
        assert!(lost.contains(part), "{part:?} is not in {lost:?}");
    }
    page.until("a moment in which it can be left", |it| it.disconnect.enabled)
        .await;
    page.disconnect().await;
    page.until_state("closed").await;
}

async fn servers_that_never_let_one_in(stage: &Stage) {
    let (_relay, server, page) = page(stage).await;
    for path in ["/refuse", "/drop"] {
        page.connect_to(&url(&server, path)).await;
        let seen = page
            .until(path, |it| it.state == "waiting" && it.ending.contains("1006"))
            .await;
        assert!(seen.ending.contains("not clean"), "{}", seen.ending);
        assert_eq!(seen.enabled(), [true, true, true], "{path}");
        page.disconnect().await;
        let seen = page.until_state("closed").await;
        assert_eq!((seen.ready_state, seen.enabled()), (3, [true, false, false]), "{path}");
    }
    // Nobody listens there: the port was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let nobody = format!("ws://{}/", free.local_addr().expect("it is bound"));
    drop(free);
    page.connect_to(&nobody).await;
    page.until("nobody", |it| it.state == "waiting" && it.ending.contains("1006"))
        .await;
    page.disconnect().await;
    page.until_state("closed").await;
}

async fn one_can_leave_a_server_that_does_not_answer(stage: &Stage) {
    let (_relay, server, page) = page(stage).await;
    page.connect_to(&url(&server, "/hang")).await;
    let seen = page.until_state("connecting").await;
    assert_eq!((seen.ready_state, &*seen.number), (0, "0"));
    assert_eq!(seen.enabled(), [false, true, true]);
    page.disconnect().await;
    let seen = page.until_state("closed").await;
    assert!(seen.ending.contains("you left"), "{}", seen.ending);

    // It never answers the closing handshake, so the browser stays in it.
    page.connect_to(&url(&server, "/mute")).await;
    page.until_state("open").await;
    page.disconnect().await;
    let seen = page.until_state("closing").await;
    assert_eq!(
        (seen.ready_state, &*seen.number, &*seen.words),
        (2, "2", "Disconnecting…")
    );
    assert_eq!(seen.enabled(), [true, false, false]);
    let seen = page.until_state("closed").await;
    assert_eq!(seen.ready_state, 3);
}
