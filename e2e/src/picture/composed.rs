//! The pictures of the documentation: the same talk seen from its two ends, light and wide beside dark and narrow.

use std::fs;

use base64::{Engine as _, prelude::BASE64_STANDARD as BASE64};
use e2e::{
    browser::{Engine, Wishes},
    page::Page,
    programs,
    relay::Relay,
    room_page::{ENTER, RoomPage},
    stage::{self, Stage},
    wait::within,
};
use serde_json::Value;

/// In CSS pixels. Together with the gap they are as wide as a README.
const WIDE: (u32, u32) = (540, 634);
const NARROW: (u32, u32) = (340, 634);

/// Who speaks, and what.
enum Turn {
    Light(&'static str),
    Dark(&'static str),
}
use Turn::{Dark, Light};

struct Talk {
    file: &'static str,
    language: &'static str,
    room: &'static str,
    names: [&'static str; 2],
    turns: Vec<Turn>,
    typed: &'static str,
}

/// The relay has any free port, and the time that it is: what a reader will see is its usual address, and a morning.
const USUAL: &str = "
    for (const it of host.shadowRoot.querySelectorAll('#summary-url, .row.notice .text'))
        it.textContent = it.textContent.replace(/127\\.0\\.0\\.1:\\d+/, 'localhost:8005');
    const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
    let minute = 40;
    for (const it of host.shadowRoot.querySelectorAll('.row time'))
        it.textContent = clock.format(new Date(2024, 4, 1, 9, minute++));
    host.shadowRoot.getElementById('text').style.caretColor = 'transparent';";

/// Nothing is painted after this.
const REST: &str = "window.requestAnimationFrame = () => 0; return new Promise((done) => setTimeout(done, 200))";

/// Puts two pictures beside each other, with round corners and nothing around them.
const JOIN: &str = "
    const [gap, corner, done] = [40, 24, arguments[arguments.length - 1]];
    const load = (data) => { const it = new Image(); it.src = 'data:image/png;base64,' + data; return it.decode().then(() => it); };
    Promise.all([load(arguments[0]), load(arguments[1])]).then(([left, right]) => {
        const canvas = document.createElement('canvas');
        canvas.width = left.width + gap + right.width;
        canvas.height = left.height;
        const pen = canvas.getContext('2d');
        for (const [image, x] of [[left, 0], [right, left.width + gap]]) {
            pen.save();
            pen.beginPath();
            pen.roundRect(x, 0, image.width, image.height, corner);
            pen.clip();
            pen.drawImage(image, x, 0);
            pen.restore();
            pen.beginPath();
            pen.roundRect(x + 1, 1, image.width - 2, image.height - 2, corner);
            pen.lineWidth = 2;
            pen.strokeStyle = '#8885';
            pen.stroke();
        }
        done(canvas.toDataURL('image/png').split(',')[1]);
    });";

pub(crate) async fn take() {
    stage::play_with_two(Engine::Chromium, async |stage| {
        let pages = [page(stage, false, WIDE).await, page(stage, true, NARROW).await];
        let folder = programs::repository().join("docs");
        fs::create_dir_all(&folder).expect("a folder for the pictures");
        for talk in [english(), chinese()] {
            let both = play(&talk, &pages).await;
            let path = folder.join(talk.file);
            fs::write(&path, both).expect("the picture can be stored");
            println!("docs/{}", talk.file);
        }
    })
    .await;
}

async fn page(stage: &Stage, dark: bool, (width, height): (u32, u32)) -> Page {
    let wishes = Wishes {
        dark,
        chromium: vec!["--hide-scrollbars"],
        ..Wishes::default()
    };
    let page = stage.window_of(Engine::Chromium, &wishes).await;
    page.resize_dense(width, height).await;
    page
}

/// Has the talk held, and gives the picture of its end.
async fn play(talk: &Talk, pages: &[Page; 2]) -> Vec<u8> {
    let relay = Relay::start();
    let mut rooms = Vec::new();
    for (page, name) in pages.iter().zip(talk.names) {
        page.go(&format!("{}?lang={}", relay.page(), talk.language)).await;
        let room = RoomPage::first_in(page.clone()).await;
        room.with_host(&format!("host.room = {:?}; host.name = {name:?};", talk.room))
            .await;
        room.connect().await;
        rooms.push(room);
    }
    let (light, dark) = (&rooms[0], &rooms[1]);
    for turn in &talk.turns {
        let (speaker, hearer, text) = match turn {
            Light(text) => (light, dark, text),
            Dark(text) => (dark, light, text),
        };
        speaker.paste(text).await;
        speaker.type_text(ENTER).await;
        hearer.until(text, |it| it.texts("theirs").last() == Some(text)).await;
        speaker.until(text, |it| it.texts("own").last() == Some(text)).await;
    }
    light.paste(talk.typed).await;
    dark.with_host("host.shadowRoot.activeElement?.blur()").await;
    let mut pictures = Vec::new();
    for room in [light, dark] {
        room.with_host(REST).await;
        room.with_host(USUAL).await;
        pictures.push(Value::from(BASE64.encode(room.page().screenshot().await)));
    }
    // Where no content security policy forbids pictures to be put together.
    pages[0].go("about:blank").await;
    let joined = within(
        "the joined picture",
        pages[0].client().await.execute_async(JOIN, pictures),
    )
    .await;
    let joined = joined.expect("pictures can be joined");
    BASE64.decode(joined.as_str().expect("base64")).expect("base64")
}

fn english() -> Talk {
    Talk {
        file: "picture-en.png",
        language: "en",
        room: "Garden talk",
        names: ["Ann", "Bob"],
        turns: vec![
            Dark("Good morning! Is anybody here?"),
            Light("Morning, Bob 👋"),
            Dark("The tomatoes are late this year. Yours?"),
            Light(
                "Mine too. The beans, on the other hand, have climbed over the fence and are on their way to the neighbours.",
            ),
            Dark("👍 Let us follow them."),
        ],
        typed: "See you at the market",
    }
}

fn chinese() -> Talk {
    Talk {
        file: "picture-zh.png",
        language: "zh",
        room: "花园闲谈",
        names: ["小安", "小波"],
        turns: vec![
            Dark("早上好！有人在吗？"),
            Light("早呀 👋"),
            Dark("今年的番茄熟得真晚。你家的呢？"),
            Light("也一样。不过豆角倒是长得飞快，已经爬过篱笆，到邻居家串门去了。"),
            Dark("👍 我们跟过去看看。"),
        ],
        typed: "市场上见",
    }
}
