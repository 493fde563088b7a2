//! A page in a Chromium of its own that is watched by the browser's own protocol. Nothing is listened to that costs the page
//! something: what is wanted is asked for before and after.

use std::{collections::BTreeMap, fs, time::Duration};

use e2e::{browser::Engine, folder::Folder, process::Process};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

use crate::{load::usage::field_kib, tab};

/// After this long a page has hung. Nothing is measured by it.
const GIVE_UP: Duration = Duration::from_secs(120);

/// So many looks at the tabs, so far apart, until the browser has its first one.
const LOOKS: u32 = 100;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Whose heaps can be told exactly and emptied, and whose memory the pages do not share.
const OPTIONS: [&str; 3] = [
    "--remote-debugging-port=0",
    "--enable-precise-memory-info",
    "--remote-allow-origins=*",
];

/// A browser with one page, about:blank at first. It is gone when dropped.
pub(crate) struct Watched {
    socket: WebSocketStream<TcpStream>,
    session: String,
    asked: u64,
    browser: Process,
    _profile: Folder,
}

impl Watched {
    /// Starts a browser with a profile that nothing was ever kept in.
    ///
    /// # Panics
    /// If it does not start.
    pub(crate) async fn start() -> Self {
        let profile = Folder::new();
        let mut command = tab::command(Engine::Chromium, &profile, &OPTIONS);
        let browser = Process::start("the browser", command.arg("about:blank"));
        let address = browser.wait_for(|line| Some(line.strip_prefix("DevTools listening on ")?.to_owned()));
        let host = address.strip_prefix("ws://").and_then(|it| it.split('/').next());
        let host = host.expect("the browser tells its address");
        let stream = TcpStream::connect(host).await.expect("the browser listens");
        stream.set_nodelay(true).expect("a socket can be so");
        let (socket, _) = client_async(&address, stream).await.expect("it speaks WebSocket");
        let mut page = Self {
            socket,
            session: String::new(),
            asked: 0,
            browser,
            _profile: profile,
        };
        let target = page.first_tab().await;
        let attached = page.ask("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        page.session = text(&attached.await["sessionId"]);
        page.ask("Page.enable", json!({})).await;
        page.ask("Performance.enable", json!({})).await;
        page
    }

    /// Goes to another page. Its scripts may still have to run.
    pub(crate) async fn go(&mut self, url: &str) {
        let gone = self.ask("Page.navigate", json!({ "url": url })).await;
        assert!(gone["errorText"].is_null(), "{url}: {}", gone["errorText"]);
    }

    /// Has this script run in each page that comes from now on, before those of the page.
    pub(crate) async fn before_pages(&mut self, script: &str) {
        self.ask("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }))
            .await;
    }

    /// What an expression of the page's is, or what it promises.
    ///
    /// # Panics
    /// If it throws or never settles.
    pub(crate) async fn value(&mut self, expression: &str) -> Value {
        let options = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut given = self.ask("Runtime.evaluate", options).await;
        let thrown = &given["exceptionDetails"];
        assert!(
            thrown.is_null(),
            "{expression}: {}",
            thrown["exception"]["description"].as_str().unwrap_or("failed")
        );
        given["result"]["value"].take()
    }

    /// What the browser counts of the page, such as `TaskDuration` in seconds.
    pub(crate) async fn metrics(&mut self) -> BTreeMap<String, f64> {
        let given = self.ask("Performance.getMetrics", json!({})).await;
        let metrics = given["metrics"].as_array().expect("it counts");
        let pair = |it: &Value| Some((it["name"].as_str()?.to_owned(), it["value"].as_f64()?));
        metrics.iter().filter_map(pair).collect()
    }

    /// Has the page's garbage collected.
    pub(crate) async fn collect_garbage(&mut self) {
        self.ask("HeapProfiler.collectGarbage", json!({})).await;
    }

    /// What the processes hold that pages run in, in bytes: what is theirs alone and in memory.
    pub(crate) fn resident(&self) -> u64 {
        let family = e2e::process::family(self.browser.id());
        family.into_iter().filter_map(anonymous_of_renderer).sum()
    }

    async fn first_tab(&mut self) -> String {
        for _ in 0..LOOKS {
            let targets = self.ask("Target.getTargets", json!({})).await;
            let mut targets = targets["targetInfos"].as_array().into_iter().flatten();
            if let Some(tab) = targets.find(|it| it["type"] == "page") {
                return text(&tab["targetId"]);
            }
            time::sleep(BETWEEN_LOOKS).await;
        }
        panic!("the browser has no tab; it printed:\n{}", self.browser.printed());
    }

    async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        let mut order = json!({ "id": id, "method": method, "params": params });
        if !self.session.is_empty() {
            order["sessionId"] = json!(self.session);
        }
        let answering = async {
            self.socket.send(Message::text(order.to_string())).await.ok()?;
            loop {
                let told = self.socket.next().await?.ok()?.into_data();
                let mut told: Value = serde_json::from_slice(&told).ok()?;
                // All else is news that nobody has asked for.
                if told["id"] == id {
                    return Some((told["result"].take(), told["error"].take()));
                }
            }
        };
        match time::timeout(GIVE_UP, answering).await {
            Ok(Some((result, error))) if error.is_null() => result,
            Ok(Some((_, error))) => panic!("{method}: {error}"),
            Ok(None) => panic!(
                "{method}: the browser has gone; it printed:\n{}",
                self.browser.printed()
            ),
            Err(_) => panic!(
                "{method} was not answered; the browser printed:\n{}",
                self.browser.printed()
            ),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Nothing for what is no renderer, or has ended.
fn anonymous_of_renderer(id: u32) -> Option<u64> {
    let line = fs::read_to_string(format!("/proc/{id}/cmdline")).ok()?;
    if !line.contains("--type=renderer") {
        return None;
    }
    resident_of(&fs::read_to_string(format!("/proc/{id}/status")).ok()?)
}

fn resident_of(status: &str) -> Option<u64> {
    Some(field_kib(status, "RssAnon:")? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_process_holds_is_read_in_bytes() {
        let status = "Name:\tchromium\nVmRSS:\t  9000 kB\nRssAnon:\t    4096 kB\nRssFile:\t 1 kB\n";
        assert_eq!(resident_of(status), Some(4096 * 1024));
        assert_eq!(resident_of("Name:\tchromium\n"), None);
    }
}
