//! The part of WebDriver BiDi that plain WebDriver lacks: the console, a script before the page's own, the viewport.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use futures_util::{SinkExt, StreamExt, stream::SplitSink};
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    sync::{self, mpsc},
    task::AbortHandle,
};
use tokio_tungstenite::{WebSocketStream, client_async_with_config, tungstenite::protocol::WebSocketConfig};

use crate::wait::within;

/// Puts breaches of the content security policy into the console, where they are read.
const REPORT_VIOLATIONS: &str = r#"() => {
    document.addEventListener("securitypolicyviolation", (event) => {
        console.error("CSP violation:", event.violatedDirective, event.blockedURI, event.sourceFile);
    });
}"#;

/// Something in a page's console.
#[derive(Clone, Debug)]
pub struct Entry {
    /// `debug`, `info`, `warn` or `error`.
    pub level: String,
    /// What it says.
    pub text: String,
}

/// A connection to a browser, beside that of WebDriver.
#[derive(Debug)]
pub struct Bidi {
    sink: sync::Mutex<SplitSink<WebSocketStream<TcpStream>, tokio_tungstenite::tungstenite::Message>>,
    answers: sync::Mutex<mpsc::UnboundedReceiver<Value>>,
    entries: Arc<Mutex<Vec<Entry>>>,
    made: AtomicU64,
    reading: AbortHandle,
}

impl Bidi {
    /// Connects to the address that the browser gave, and begins to listen to all consoles.
    ///
    /// # Panics
    /// If the browser does not do its part.
    pub async fn connect(url: &str) -> Self {
        let host = url.strip_prefix("ws://").and_then(|rest| rest.split('/').next());
        let host = host.unwrap_or_else(|| panic!("{url} is no address of a WebSocket"));
        let stream = within("the browser's BiDi port", TcpStream::connect(host)).await;
        // A screenshot or a log can be larger than what is usual on a socket, and the browser is trusted.
        let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let stream = stream.expect("the browser listens where it says");
        let handshake = client_async_with_config(url, stream, Some(config));
        let (socket, _) = within("the BiDi handshake", handshake).await.expect("a WebSocket");
        let (sink, mut stream) = socket.split();
        let entries = Arc::new(Mutex::new(Vec::new()));
        let (tell, answers) = mpsc::unbounded_channel();
        let seen = Arc::clone(&entries);
        let reading = tokio::spawn(async move {
            while let Some(Ok(message)) = stream.next().await {
                let Some(value) = message.to_text().ok().and_then(|it| serde_json::from_str(it).ok()) else {
                    continue;
                };
                match entry(&value) {
                    Some(entry) => seen.lock().unwrap_or_else(PoisonError::into_inner).push(entry),
                    // Nobody waits any more when the test is over.
                    None => drop(tell.send(value)),
                }
            }
        })
        .abort_handle();
        let bidi = Self {
            sink: sync::Mutex::new(sink),
            answers: sync::Mutex::new(answers),
            entries,
            made: AtomicU64::new(1),
            reading,
        };
        bidi.command("session.subscribe", json!({ "events": ["log.entryAdded"] }))
            .await;
        bidi.command(
            "script.addPreloadScript",
            json!({ "functionDeclaration": REPORT_VIOLATIONS }),
        )
        .await;
        bidi
    }

    /// Has a command carried out, and gives its result.
    ///
    /// # Panics
    /// If the browser refuses.
    pub async fn command(&self, method: &str, params: Value) -> Value {
        // One at a time, so that the next answer with this id is the one.
        let mut answers = self.answers.lock().await;
        let id = self.made.fetch_add(1, Ordering::Relaxed);
        let command = json!({ "id": id, "method": method, "params": params }).to_string();
        within("BiDi", self.sink.lock().await.send(command.into()))
            .await
            .expect("the browser is there");
        loop {
            let answer = within(method, answers.recv()).await.expect("the browser is there");
            if answer["id"] == id {
                assert_eq!(answer["type"], "success", "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    /// All that was in any console so far.
    pub fn console(&self) -> Vec<Entry> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Bidi {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

fn entry(value: &Value) -> Option<Entry> {
    let params = (value["method"] == "log.entryAdded").then(|| &value["params"])?;
    Some(Entry {
        level: params["level"].as_str()?.to_owned(),
        text: params["text"].as_str().unwrap_or_default().to_owned(),
    })
}
