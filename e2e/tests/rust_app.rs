//! The example of another application in Rust: built as its README says, served, and driven in a worker.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use e2e::{
    files::FileServer, in_both_browsers, page::Page, programs, proxy::Proxy, relay::Relay, stage::Stage,
    test_server::TestServer, wait::until,
};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

in_both_browsers!(
    a_connection_in_a_worker_survives_a_cut,
    a_room_in_a_worker_loses_and_doubles_nothing,
    an_application_in_rust_defines_the_element_only_if_it_asks_for_it,
);

/// What the application takes of the crate, besides what it is made with.
#[derive(Clone, Copy, Debug)]
enum Takes {
    Nothing,
    Element,
    /// The crate's defaults, as where another dependency has left them on.
    Package,
}

/// The example with its page, built and served.
async fn serve(takes: Takes) -> FileServer {
    static BUILT: OnceCell<[PathBuf; 3]> = OnceCell::const_new();
    let all = async || [Takes::Nothing, Takes::Element, Takes::Package].map(build);
    FileServer::start(&BUILT.get_or_init(all).await[takes as usize], &[]).await
}

fn build(takes: Takes) -> PathBuf {
    let features: &[&str] = match takes {
        Takes::Nothing => &[],
        Takes::Element => &["--features", "chat-room/element"],
        Takes::Package => &["--features", "chat-room/package"],
    };
    // A directory of its own: cargo gives a wasm the same name whatever features it has, and takes one for the other.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rust-app");
    let output = target.join("wasm32-unknown-unknown/debug");
    for stale in ["chat_room_worker.wasm", "deps/chat_room_worker.wasm"] {
        // There is none at first.
        let _ = fs::remove_file(output.join(stale));
    }
    run(Command::new(env!("CARGO"))
        .current_dir(programs::repository())
        .args([
            "build",
            "--package",
            "chat-room-worker",
            "--target",
            "wasm32-unknown-unknown",
        ])
        .args(features)
        .arg("--target-dir")
        .arg(&target));
    let site = target.join(format!("{takes:?}"));
    run(Command::new(programs::find("WASM_BINDGEN", &["wasm-bindgen"]))
        .args(["--target", "web", "--out-dir"])
        .arg(site.join("pkg"))
        .arg(output.join("chat_room_worker.wasm")));
    for file in ["index.html", "worker.js"] {
        let from = programs::repository().join("examples/worker").join(file);
        fs::copy(&from, site.join(file)).unwrap_or_else(|error| panic!("cannot copy {}: {error}", from.display()));
    }
    site
}

fn run(command: &mut Command) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

async fn open(stage: &Stage, files: &FileServer, query: &str) -> Page {
    let page = stage.window().await;
    page.go(&format!("{}/index.html?{query}", files.origin())).await;
    until_told(&page, "ready").await;
    page
}

async fn say(page: &Page, text: &str) {
    let script = "document.getElementById('text').value = arguments[0]; document.querySelector('form').requestSubmit()";
    page.script(script, vec![json!(text)]).await;
}

/// What the worker has told so far.
async fn told(page: &Page) -> Vec<String> {
    let script = "return [...document.querySelectorAll('#told li')].map((it) => it.textContent)";
    serde_json::from_value(page.script(script, vec![]).await).expect("lines")
}

async fn until_told(page: &Page, line: &str) {
    until_told_times(page, line, 1).await;
}

async fn until_told_times(page: &Page, line: &str, times: usize) {
    until(line, async || {
        let told = told(page).await;
        match told.iter().filter(|it| *it == line).count() >= times {
            true => Ok(()),
            false => Err(told.join("\n")),
        }
    })
    .await;
}

async fn a_connection_in_a_worker_survives_a_cut(stage: &Stage) {
    let files = serve(Takes::Nothing).await;
    let server = TestServer::start("127.0.0.1:0").await.expect("a free port");
    let proxy = Proxy::start(server.addr().to_string()).await;
    let page = open(stage, &files, &format!("url=ws://127.0.0.1:{}/echo", proxy.port())).await;
    until_told(&page, "is Open").await;
    say(&page, "before 之前").await;
    until_told(&page, "heard before 之前").await;
    proxy.refuse();
    proxy.cut();
    until("it waits", async || {
        match told(&page).await.iter().any(|it| it == "is Waiting") {
            true => Ok(()),
            false => Err("nobody has noticed".to_owned()),
        }
    })
    .await;
    say(&page, "meanwhile").await;
    proxy.heal();
    until_told_times(&page, "is Open", 2).await;
    until_told(&page, "heard meanwhile").await;
    let told = told(&page).await;
    let heard = told.iter().filter(|it| it.starts_with("heard ")).collect::<Vec<_>>();
    assert_eq!(heard, ["heard before 之前", "heard meanwhile"]);
}

async fn a_room_in_a_worker_loses_and_doubles_nothing(stage: &Stage) {
    let files = serve(Takes::Nothing).await;
    let relay = Relay::with_options(&["--allow-origin", &files.origin()]);
    let proxy = Proxy::start(relay.host()).await;
    let own = stage.open(&relay.page()).await;
    own.join("garden", "Gardener").await;
    let url = format!("url=ws://127.0.0.1:{}/socket&room=garden&name=Worker", proxy.port());
    let page = open(stage, &files, &url).await;
    until_told(&page, "is in the room").await;
    say(&page, "Good morning.").await;
    own.until_received(&["Good morning."]).await;
    proxy.cut();
    say(&page, "Are you there?").await;
    own.until_received(&["Good morning.", "Are you there?"]).await;
    own.say("I am.").await;
    until_told(&page, "heard I am.").await;
    let heard = told(&page).await.into_iter().filter(|it| it.starts_with("heard "));
    assert_eq!(heard.collect::<Vec<_>>(), ["heard I am."]);
    own.until_received(&["Good morning.", "Are you there?"]).await;
    own.until_shown("Worker", "Are you there?").await;
}

async fn an_application_in_rust_defines_the_element_only_if_it_asks_for_it(stage: &Stage) {
    let script = "return import('/pkg/chat_room_worker.js').then((it) => it.default())
        .then(() => Boolean(customElements.get('chat-room')))";
    for (takes, is_defined) in [(Takes::Element, false), (Takes::Package, true)] {
        let files = serve(takes).await;
        let server = TestServer::start("127.0.0.1:0").await.expect("a free port");
        // The application's own start function runs all the same, also in a worker.
        let page = open(stage, &files, &format!("url=ws://{}/echo", server.addr())).await;
        until_told(&page, "is Open").await;
        let defined = page.script(script, vec![]).await;
        assert_eq!(defined, Value::Bool(is_defined), "{takes:?}");
    }
}
