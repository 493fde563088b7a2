//! Nothing is lost in unusual company: where the browser keeps nothing, and beside those who speak plain text.

use e2e::{
    files::FileServer,
    in_both_browsers,
    person::{LOBBY, Person, texts},
    programs,
    relay::Relay,
    room_page::RoomPage,
    stage::Stage,
    wait::{until, within},
};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::{client_async, tungstenite::Message};

in_both_browsers!(
    a_frame_that_may_keep_nothing_works_and_says_so,
    plain_text_and_pages_share_a_room,
);

async fn a_frame_that_may_keep_nothing_works_and_says_so(stage: &Stage) {
    const TEXTS: u32 = 60;
    let mut relay = Relay::with_options(&["--allow-origin", "null"]);
    // A sandbox without allow-same-origin has no origin, and so no storage. What it runs has to be in the frame itself.
    let frame = format!(
        "<!doctype html><html lang=en><body><chat-room url='{}' room='{LOBBY}' name='Ann' autoconnect></chat-room>
        <script type=module>import init from '/www/pkg/chat_room.js'; await init();</script>",
        relay.socket()
    );
    let page = r#"<!doctype html><html lang="en"><body style="margin: 0">
        <iframe src="/frame.html" sandbox="allow-scripts" style="border: 0; width: 100vw; height: 95vh"></iframe>"#;
    let files = FileServer::start(programs::repository(), &[("/page.html", page), ("/frame.html", &frame)]).await;
    let bob = Person::come(stage, &relay.page(), "Bob").await;
    let window = stage.window().await;
    window.go(&format!("{}/page.html", files.origin())).await;
    let entered = within("the frame", window.client().await.enter_frame(0)).await;
    entered.expect("there is a frame");
    let ann = RoomPage::first_in(window).await;
    let seen = ann.until_state("open").await;
    let notices = seen.texts("notice").join("\n");
    assert!(notices.contains("keeps nothing"), "{notices}");

    let said = texts("Ann", 1..=TEXTS);
    for text in &said[..TEXTS as usize / 2] {
        ann.with_host(&format!("host.send('{text}')")).await;
    }
    relay.kill();
    ann.until("the loss", |it| it.state != "open").await;
    for text in &said[TEXTS as usize / 2..] {
        ann.with_host(&format!("host.send('{text}')")).await;
    }
    relay.start_again();
    ann.until_sent(&said).await;
    bob.room().until_received(&said).await;
    let entries = relay.database().entries(LOBBY);
    let logged = entries.iter().map(|it| it.text.clone()).collect::<Vec<_>>();
    assert_eq!(logged, said);
}

async fn plain_text_and_pages_share_a_room(stage: &Stage) {
    const TEXTS: u32 = 120;
    let relay = Relay::start();
    let ann = Person::come(stage, &relay.page(), "Ann").await;
    let bob = Person::come(stage, &relay.page(), "Bob").await;
    let address = format!("{}?room={LOBBY}&name=Plain", relay.socket());
    let stream = TcpStream::connect(relay.host()).await.expect("the relay listens");
    let (mut plain, _) = within("plain text", client_async(address, stream))
        .await
        .expect("it is let in");
    let said = ["Ann", "Bob", "Plain"].map(|name| (name, texts(name, 1..=TEXTS)));
    ann.say_all(&said[0].1).await;
    bob.say_all(&said[1].1).await;
    let mut lines = Vec::new();
    let mut own = said[2].1.iter();
    while lines.len() < 2 * TEXTS as usize {
        if let Some(text) = own.next() {
            plain.send(Message::text(text)).await.expect("the relay reads");
        }
        let line = within("a line", plain.next()).await.expect("it is open");
        lines.push(line.expect("it is open").into_text().expect("a text").to_string());
    }
    let entries = e2e::person::settle(&[&ann, &bob], &relay.database(), &said).await;
    let others = entries.iter().filter(|it| it.name != "Plain");
    let told = others.map(|it| format!("{}: {}", it.name, it.text)).collect::<Vec<_>>();
    assert_eq!(lines, told[..lines.len()], "no own echo, and all of the others");
    let last = within("the last word", plain.next()).await.expect("it is open");
    assert_eq!(
        last.expect("it is open").into_text().expect("a text").as_str(),
        "Ann: the last word"
    );

    // Somebody's text has several lines, and so has what is told of it.
    bob.room().paste("one\ntwo").await;
    bob.room().click("#send").await;
    let line = within("a line", plain.next()).await.expect("it is open");
    assert_eq!(
        line.expect("it is open").into_text().expect("a text").as_str(),
        "Bob: one\ntwo"
    );
    plain
        .send(Message::binary(vec![1, 2, 3]))
        .await
        .expect("the relay reads");
    until("the end of one who sends what is no text", async || {
        match plain.next().await {
            Some(Ok(Message::Close(Some(frame)))) if u16::from(frame.code) == 1003 => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
}
