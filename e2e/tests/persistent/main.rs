//! `PersistentWebSocket` in both browsers, as the package has it, against servers that misbehave.
//!
//! `standard.js` holds what a page can observe of a native WebSocket, `stories.js` what only this one does.

use std::path::Path;

use e2e::{
    consumer::copy, files::FileServer, folder::Folder, in_both_browsers, page::Page, programs, proxy::Proxy,
    stage::Stage, test_server::TestServer, wait,
};
use serde_json::{Value, json};

in_both_browsers!(
    without_reconnecting_it_cannot_be_told_from_the_native_one,
    what_is_sent_waits_within_its_limits_and_keeps_its_order,
    it_comes_back_and_asks_for_the_address_anew,
    it_ends_when_it_should_and_tells_what_was_not_sent,
    a_heartbeat_finds_a_dead_connection_and_hides_its_pongs,
    it_does_what_the_page_asks_in_any_state,
    it_is_the_same_in_a_worker,
    the_package_of_the_socket_alone_has_the_same_one,
);

const HTML: &str = "<!doctype html><meta charset=utf-8><title>loading</title>
<script type=module src=/e2e/tests/persistent/page.js></script>";

struct Bench {
    page: Page,
    server: TestServer,
    _files: FileServer,
}

impl Bench {
    async fn new(stage: &Stage) -> Self {
        Self::with(stage, programs::repository()).await
    }

    /// With the package in `www/pkg` below `root`.
    async fn with(stage: &Stage, root: &Path) -> Self {
        // The browsers say so whenever a connection fails, each in its own words.
        stage.allow_error("WebSocket");
        stage.allow_error("connection to ");
        stage.allow_error("on purpose");
        let files = FileServer::start(root, &[("/socket.html", HTML)]).await;
        let server = TestServer::start("127.0.0.1:0").await.expect("a free port");
        let page = stage.window().await;
        page.go(&format!("{}/socket.html", files.origin())).await;
        wait::until("the package", async || {
            match page.script("return document.title", vec![]).await {
                title if title == "ready" => Ok(()),
                title => Err(title.to_string()),
            }
        })
        .await;
        Self {
            page,
            server,
            _files: files,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("ws://{}{path}", self.server.addr())
    }

    /// What the script's promise gives.
    async fn run(&self, script: &str, given: Vec<Value>) -> Value {
        self.page.script(script, given).await;
        self.outcome(script).await
    }

    async fn outcome(&self, what: &str) -> Value {
        let look = "return globalThis.outcome ?? null";
        let outcome = wait::until(what, async || match self.page.script(look, vec![]).await {
            Value::Null => Err("nothing yet".to_owned()),
            outcome => Ok(outcome),
        })
        .await;
        assert_eq!(outcome.get("error"), None, "{what}");
        outcome["value"].clone()
    }

    async fn story(&self, name: &str, given: &[&str]) -> Value {
        let all = std::iter::once(&name).chain(given).map(|it| json!(it)).collect();
        self.run("story(...arguments)", all).await
    }
}

async fn without_reconnecting_it_cannot_be_told_from_the_native_one(stage: &Stage) {
    let bench = Bench::new(stage).await;
    let names = bench.page.script("return names", vec![]).await;
    let names = names.as_array().expect("a list");
    assert!(names.len() > 10, "{names:?}");
    let mut wrong = Vec::new();
    for name in names {
        let url = bench.url("");
        let native = bench
            .run("standard(...arguments)", vec![name.clone(), json!(true), json!(url)])
            .await;
        let ours = bench
            .run("standard(...arguments)", vec![name.clone(), json!(false), json!(url)])
            .await;
        if native != ours {
            wrong.push(format!("{name}\n native {native}\n ours   {ours}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn what_is_sent_waits_within_its_limits_and_keeps_its_order(stage: &Stage) {
    let bench = Bench::new(stage).await;
    let echo = bench.url("/echo");
    assert_eq!(
        bench.story("waitsAndKeepsOrder", &[&echo]).await,
        json!({
            "states": [["connecting", 0], ["open", 1, 23]],
            "waiting": 23,
            "heard": ["first 一", "{\"second\":[2]}", "from the listener", "fourth"],
            "log": ["open", "close 3000"],
            "closed": [3000, "done", true, "closed", []],
        })
    );
    let limits = bench.story("limits", &[]).await;
    let full = |name: &str| json!({ "name": name, "kind": name });
    let kinds = limits["results"].as_array().expect("a list").iter();
    let kinds: Vec<_> = kinds
        .map(|it| match it {
            Value::String(_) => it.clone(),
            it => json!({ "name": it["name"], "kind": it["kind"] }),
        })
        .collect();
    let refused = full("BufferFullError");
    let nothing = json!("nothing");
    assert_eq!(
        kinds,
        [
            // Nine bytes, ten, and a third message of none; there is no room for a fourth.
            nothing.clone(),
            nothing.clone(),
            nothing.clone(),
            refused.clone(),
            // Four bytes of four; then none is left, though there is room for a message without any.
            nothing.clone(),
            refused.clone(),
            nothing,
            // The limits that are set unless told otherwise.
            refused.clone(),
            refused,
            exception("InvalidStateError"),
        ]
    );
    assert_eq!(limits["full"], 10);
    assert_eq!(limits["unsent"], json!(["四四四", "1", ""]));
    assert_eq!(
        limits["error"],
        json!([true, true, { "messages": 256, "bytes": 4 }, { "messages": 2, "bytes": 4 }])
    );
    assert_eq!(
        bench.story("keepsWhatWasGiven", &[&echo]).await,
        json!({
            "heard": [[2, 3], [1, 2, 3, 4], [98, 108, 111, 98], "text"],
            "shared": "TypeError",
        })
    );
    assert_eq!(
        bench.story("json", &[&echo]).await,
        json!({
            "refused": ["TypeError", "TypeError", "TypeError", "TypeError"],
            "heard": { "text": "你好", "list": [1, null] },
        })
    );
}

fn exception(name: &str) -> Value {
    json!({ "name": name, "kind": "DOMException" })
}

async fn it_comes_back_and_asks_for_the_address_anew(stage: &Stage) {
    let bench = Bench::new(stage).await;
    let proxy = Proxy::start(bench.server.addr().to_string()).await;
    let reached = async |stage: &str| {
        let look = "return globalThis.outcome?.error ?? globalThis.stage ?? ''";
        wait::until(stage, async || match bench.page.script(look, vec![]).await {
            seen if seen == stage => Ok(()),
            seen => Err(seen.to_string()),
        })
        .await;
    };
    let url = json!(format!("ws://127.0.0.1:{}/echo", proxy.port()));
    bench.page.script("story('comesBack', ...arguments)", vec![url]).await;
    reached("open").await;
    proxy.refuse();
    proxy.cut();
    reached("away").await;
    proxy.heal();
    let seen = bench.outcome("comesBack").await;
    assert_eq!(
        seen["seen"],
        json!([1006, false, 2, "number", true, "ReconnectingEvent"])
    );
    assert_eq!(seen["away"], json!(["waiting", 0, "number"]));
    assert_eq!(seen["heard"], json!(["away 1", "away 2", "away 3", "away 4", "away 5"]));
    assert_eq!(seen["back"], json!(["open", 1, null]));
    assert_eq!(seen["log"], json!(["open", "reconnecting 1006", "close 1005"]));
    assert_eq!(seen["last"], "close 1005");

    let echo = bench.url("/echo");
    assert_eq!(
        bench.story("providers", &[&echo]).await,
        json!({
            "before": ["", 0, ""],
            "asked": 6,
            "errors": [[2, "Error"], [3, "Error"], [4, "SyntaxError"], [5, null], [6, null]],
            "first": "no address now",
            "heard": ["kept"],
            "after": [true, "open"],
        })
    );
    assert_eq!(bench.story("synchronousProvider", &[&echo]).await, true);
    assert_eq!(
        bench.story("inALibrary", &[&bench.url("/echo")]).await,
        json!(["one", "two"])
    );
}

async fn it_ends_when_it_should_and_tells_what_was_not_sent(stage: &Stage) {
    let bench = Bench::new(stage).await;
    let unsent = json!(["never sent"]);
    assert_eq!(
        bench.story("givesUp", &[&bench.url("")]).await,
        json!({
            "attempts": [["reconnecting 1006", "giveup 1006", "error", "close 1006"], "closed", 3, unsent],
            "refused provider": [["giveup 1006", "error", "close 1006"], "closed", 3, unsent],
            "without reconnect": [["error", "close 1006"], "closed", 3, unsent],
            "1000": ["open", "giveup 1000", "close 1000"],
            "4400": ["open", "giveup 4400", "close 4400"],
        })
    );
    let asked = json!(["close", 1000, "again", true, "CloseEvent"]);
    assert_eq!(
        bench.story("asksWhetherToComeBack", &[&bench.url("")]).await,
        json!({
            "asked": [asked, asked, asked],
            "log": [
                "open", "reconnecting 1000", "open", "reconnecting 1000", "open", "giveup 1000", "close 1000",
            ],
            "errors": [true],
        })
    );
}

async fn a_heartbeat_finds_a_dead_connection_and_hides_its_pongs(stage: &Stage) {
    let bench = Bench::new(stage).await;
    assert_eq!(
        bench.story("heartbeat", &[&bench.url("")]).await,
        json!({
            "shown": ["not a pong"],
            "alive": "open",
            "code": 1006,
            "log": ["open", "reconnecting 1006"],
        })
    );
}

async fn it_does_what_the_page_asks_in_any_state(stage: &Stage) {
    let bench = Bench::new(stage).await;
    let left = json!({
        "closing": ["closing", 2, 0],
        "sent": "InvalidStateError",
        "late": "InvalidStateError",
        "log": ["error", "close 1006"],
        "unsent": ["unsent"],
        "after": ["closed", 3],
    });
    assert_eq!(
        bench.story("leavesInAnyState", &[&bench.url("")]).await,
        json!({ "connecting": left, "asking": left, "waiting": left, "mute": [1006, false] })
    );
    assert_eq!(
        bench.story("dispatches", &[&bench.url("/echo")]).await,
        json!({
            "states": [["open", 1], ["open", 1]],
            "log": [
                "open", "open", "error", "close 4000", "dispatched", "sent",
                "reconnecting 1006", "open", "open", "error", "close 4000", "dispatched", "sent", "close 1005",
            ],
        })
    );
    assert_eq!(
        bench.story("reconnects", &[&bench.url("")]).await,
        json!({
            "now": "connecting",
            "afterClose": "connecting",
            "again": ["connecting", 1],
            "heard": ["1", "meanwhile"],
            "reopened": ["open", 1],
            "log": [
                "open", "reconnecting 1006", "open", "reconnecting 1006", "open", "close 1005", "open", "close 1005",
            ],
        })
    );
    assert_eq!(
        bench.story("sleeps", &[&bench.url("")]).await,
        json!({ "retryAt": null, "attempt": 1, "asleep": ["waiting", null], "after": "closed" })
    );
    let options = bench.story("options", &[]).await;
    for error in options.as_array().expect("a list") {
        assert_eq!(error["kind"], "TypeError", "{error}");
        let message = error["message"].as_str().expect("words");
        assert!(message.starts_with("PersistentWebSocket: "), "{message}");
    }
}

async fn it_is_the_same_in_a_worker(stage: &Stage) {
    agrees_in_a_worker(&Bench::new(stage).await).await;
}

async fn the_package_of_the_socket_alone_has_the_same_one(stage: &Stage) {
    let package = std::env::var_os("SOCKET_PACKAGE").expect("SOCKET_PACKAGE is set by `cargo xtask test e2e`");
    let root = Folder::new();
    let tests = "e2e/tests/persistent";
    copy(Path::new(&package), &root.path().join("www/pkg"));
    copy(&programs::repository().join(tests), &root.path().join(tests));
    let bench = Bench::with(stage, root.path()).await;
    let exported = bench.page.script("return typeof ChatRoomElement", vec![]).await;
    assert_eq!(exported, "undefined", "the element is in it");
    assert_eq!(
        bench.story("keepsWhatWasGiven", &[&bench.url("/echo")]).await["heard"],
        json!([[2, 3], [1, 2, 3, 4], [98, 108, 111, 98], "text"])
    );
    // More than its first page of memory holds.
    assert_eq!(bench.story("keepsMany", &[&bench.url("/echo")]).await, json!(true));
    agrees_in_a_worker(&bench).await;
}

async fn agrees_in_a_worker(bench: &Bench) {
    for name in ["life", "endings", "what send takes"] {
        let observed = async |is_native: bool| {
            let given = vec![json!(name), json!(is_native), json!(bench.url(""))];
            bench.run("inWorker(...arguments)", given).await
        };
        assert_eq!(observed(true).await, observed(false).await, "{name}");
    }
}
