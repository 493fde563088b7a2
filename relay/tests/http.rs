//! Everything that is not a conversation: the page, the headers, who is let in, and the limits on asking.

mod common;

use std::io::Read;
use std::time::Duration;

use chat_room_relay::{Config, Limits};
use common::{Running, get, handshake, handshake_status, raw, request, within};
use tokio::net::TcpStream;

const CONTENT_SECURITY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
    manifest-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types service-worker";

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let relay = Running::start(Config::default()).await;
    let table = [
        ("GET / HTTP/1.1\r\nHost: localhost\r\n", None),
        ("HEAD / HTTP/1.1\r\nHost: localhost\r\n", None),
        ("GET /healthz HTTP/1.1\r\nHost: localhost\r\n", Some(200)),
        ("GET /nothing HTTP/1.1\r\nHost: localhost\r\n", Some(404)),
        ("GET /../Cargo.toml HTTP/1.1\r\nHost: localhost\r\n", Some(404)),
        ("GET /%2e%2e/Cargo.toml HTTP/1.1\r\nHost: localhost\r\n", Some(404)),
        ("GET /pkg/package.json HTTP/1.1\r\nHost: localhost\r\n", Some(404)),
        ("GET /healthz/ HTTP/1.1\r\nHost: localhost\r\n", Some(404)),
        ("POST / HTTP/1.1\r\nHost: localhost\r\n", Some(405)),
        ("PUT /healthz HTTP/1.1\r\nHost: localhost\r\n", Some(405)),
        ("OPTIONS /socket HTTP/1.1\r\nHost: localhost\r\n", Some(405)),
        ("DELETE /nothing HTTP/1.1\r\nHost: localhost\r\n", Some(405)),
        ("GET /socket HTTP/1.1\r\nHost: localhost\r\n", Some(426)),
        ("HEAD /socket HTTP/1.1\r\nHost: localhost\r\n", Some(426)),
        ("GET / HTTP/1.1\r\nHost: evil.example\r\n", Some(403)),
        ("GET / HTTP/1.1\r\n", Some(400)),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n", Some(400)),
        ("GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n", Some(403)),
    ];
    for (head, status) in table {
        let answer = request(relay.address, head).await;
        assert_eq!(status.unwrap_or(answer.status), answer.status, "{head}");
        assert_eq!(
            answer.header("content-security-policy"),
            Some(CONTENT_SECURITY),
            "{head}"
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{head}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{head}");
        if answer.status >= 400 {
            assert_eq!(
                answer.header("content-type"),
                Some("text/plain; charset=utf-8"),
                "{head}"
            );
            let silent = head.starts_with("HEAD");
            assert_eq!(answer.text().ends_with(".\n"), !silent, "{head}: {}", answer.text());
        }
        if answer.status == 405 {
            assert_eq!(answer.header("allow"), Some("GET, HEAD"));
        }
        if answer.status == 426 {
            assert_eq!(answer.header("upgrade"), Some("websocket"));
            assert_eq!(answer.header("sec-websocket-version"), Some("13"));
        }
    }
}

#[tokio::test]
async fn a_handshake_that_lacks_something_is_refused() {
    let relay = Running::start(Config::default()).await;
    let whole = handshake("Host: localhost\r\n");
    let table = [
        ("Upgrade: websocket\r\n", "", 426),
        ("Upgrade: websocket\r\n", "Upgrade: h2c\r\n", 426),
        ("Version: 13\r\n", "Version: 8\r\n", 426),
        ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 400),
        ("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ=", 400),
    ];
    for (from, to, expected) in table {
        assert!(whole.contains(from), "{from}");
        let answer = request(relay.address, &whole.replace(from, to)).await;
        assert_eq!(answer.status, expected, "{from} -> {to}");
    }
}

#[tokio::test]
async fn the_relays_own_subprotocol_is_selected_and_no_other() {
    let relay = Running::start(Config::default()).await;
    for (offer, selected) in [("soap, chat-room.v1", true), ("soap, chat-room.v2", false)] {
        let offer = format!("Host: localhost\r\nSec-WebSocket-Protocol: {offer}\r\n");
        let (status, head) = handshake_status(relay.address, &offer).await;
        assert_eq!(status, 101);
        let head = head.to_lowercase();
        assert_eq!(
            head.contains("sec-websocket-protocol: chat-room.v1\r\n"),
            selected,
            "{head}"
        );
        assert_eq!(
            head.matches("sec-websocket-protocol").count(),
            usize::from(selected),
            "{head}"
        );
    }
}

#[tokio::test]
async fn only_who_is_allowed_opens_a_socket() {
    let strict = Running::start(Config::default()).await;
    let open = Running::start(Config {
        allow_hosts: vec!["chat.example".into()],
        allow_origins: vec!["https://friend.example".into(), "null".into()],
        ..Config::default()
    })
    .await;
    let own = format!("http://{}", strict.address);
    let own_host = strict.address.to_string();
    let table = [
        (&strict, own_host.as_str(), None, 101),
        (&strict, &own_host, Some(own.as_str()), 101),
        (&strict, "localhost:1", Some("http://localhost:1"), 101),
        (&strict, "localhost:1", Some("http://localhost:2"), 101),
        (&strict, &own_host, Some("http://localhost"), 101),
        (&strict, &own_host, Some("https://friend.example"), 403),
        (&strict, &own_host, Some("null"), 403),
        (&strict, &own_host, Some("ünicode"), 403),
        (&strict, "chat.example", Some("http://chat.example"), 403),
        (&open, "chat.example", Some("http://chat.example"), 101),
        (&open, "chat.example", Some("https://friend.example"), 101),
        (&open, "chat.example", Some("null"), 101),
        (&open, "chat.example", Some("https://stranger.example"), 403),
        (&open, "chat.example", Some("http://localhost:2"), 403),
        (&open, "stranger.example", None, 403),
    ];
    for (relay, host, origin, expected) in table {
        let origin = origin.map(|origin| format!("Origin: {origin}\r\n")).unwrap_or_default();
        let headers = format!("Host: {host}\r\n{origin}");
        let (status, answer) = handshake_status(relay.address, &headers).await;
        assert_eq!(status, expected, "{headers}");
        assert!(
            answer
                .to_lowercase()
                .contains("content-security-policy: default-src 'none'"),
            "{answer}"
        );
    }
    let twice = "Host: localhost\r\nOrigin: http://localhost\r\nOrigin: http://localhost\r\n";
    assert_eq!(handshake_status(strict.address, twice).await.0, 403);

    let refusal = request(
        strict.address,
        &handshake("Host: localhost\r\nOrigin: https://x.example\r\n"),
    )
    .await;
    assert!(refusal.text().contains("\"https://x.example\"") && refusal.text().contains("--allow-origin"));
    let refusal = request(strict.address, "GET / HTTP/1.1\r\nHost: x.example\r\n").await;
    assert!(refusal.text().contains("\"x.example\"") && refusal.text().contains("--allow-host"));
}

#[tokio::test]
async fn the_page_is_served_compressed_and_once() {
    let relay = Running::start(Config::default()).await;
    let plain = get(relay.address, "/", "").await;
    if plain.status == 404 {
        assert!(plain.text().contains("www/index.html"), "{}", plain.text());
        return;
    }
    assert_eq!(plain.status, 200);
    assert_eq!(plain.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(plain.header("cache-control"), Some("no-cache"));
    assert_eq!(plain.header("vary"), Some("Accept-Encoding"));
    assert_eq!(
        plain.header("content-length"),
        Some(plain.body.len().to_string().as_str())
    );
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(get(relay.address, "/index.html", "").await.body, plain.body);

    let mut unzipped = Vec::new();
    let gzip = get(relay.address, "/", "Accept-Encoding: gzip\r\n").await;
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    flate2::read::GzDecoder::new(&gzip.body[..])
        .read_to_end(&mut unzipped)
        .expect("gzip");
    assert_eq!(unzipped, plain.body);
    let brotli = get(relay.address, "/", "Accept-Encoding: gzip, deflate, br, zstd\r\n").await;
    assert_eq!(brotli.header("content-encoding"), Some("br"));
    unzipped.clear();
    brotli::Decompressor::new(&brotli.body[..], 4096)
        .read_to_end(&mut unzipped)
        .expect("brotli");
    assert_eq!(unzipped, plain.body);

    let tag = brotli.header("etag").expect("a tag");
    let known = format!("Accept-Encoding: br\r\nIf-None-Match: {tag}\r\n");
    let unchanged = get(relay.address, "/", &known).await;
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));
    assert_eq!(unchanged.header("etag"), Some(tag));
    let stale = get(relay.address, "/", "If-None-Match: \"of another day\"\r\n").await;
    assert_eq!((stale.status, stale.body), (200, plain.body.clone()));

    let head = request(relay.address, "HEAD / HTTP/1.1\r\nHost: localhost\r\n").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(
        head.header("content-length"),
        Some(plain.body.len().to_string().as_str())
    );
}

/// What a browser needs to install the page, and to open it without a network: each of its type, and asked for again.
#[tokio::test]
async fn the_page_can_be_installed() {
    let relay = Running::start(Config::default()).await;
    if get(relay.address, "/", "").await.status == 404 {
        return;
    }
    let script = "text/javascript; charset=utf-8";
    let table = [
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/sw.js", script),
        ("/main.js", script),
        ("/app.js", script),
        ("/offline.js", script),
        ("/icon.svg", "image/svg+xml"),
        ("/icons/icon-192.png", "image/png"),
        ("/icons/icon-512.png", "image/png"),
        ("/icons/maskable-192.png", "image/png"),
        ("/icons/maskable-512.png", "image/png"),
        ("/icons/apple-touch-icon.png", "image/png"),
    ];
    for (path, media_type) in table {
        let answer = get(relay.address, path, "").await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some(media_type)),
            "{path}"
        );
        // The browser keeps no script of a service worker that is not asked for again, and no set of mixed ages.
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{path}");
        assert_eq!(
            answer.header("content-security-policy"),
            Some(CONTENT_SECURITY),
            "{path}"
        );
    }
    let manifest = get(relay.address, "/manifest.webmanifest", "").await;
    let manifest = manifest.text();
    for (path, _) in &table[5..10] {
        assert!(manifest.contains(&path[1..]), "{path}");
    }
}

#[tokio::test]
async fn a_client_that_was_not_built_is_explained() {
    let relay = Running::start(Config::default()).await;
    let script = get(relay.address, "/pkg/chat_room.js", "").await;
    let wasm = get(relay.address, "/pkg/chat_room_bg.wasm", "").await;
    if script.status == 404 {
        assert_eq!(wasm.status, 404);
        assert!(script.text().contains("not built") && script.text().contains("`cargo xtask build`"));
    } else {
        assert_eq!((script.status, wasm.status), (200, 200));
        assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"));
        assert_eq!(wasm.header("content-type"), Some("application/wasm"));
    }
}

#[tokio::test]
async fn health_counts_the_connections_and_is_never_kept() {
    let relay = Running::start(Config::default()).await;
    relay.has_connections(0).await;
    let client = relay.client().await;
    let answer = get(relay.address, "/healthz", "").await;
    assert_eq!(answer.text(), r#"{"status":"ok","connections":1}"#);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    client.close().await;
    relay.has_connections(0).await;
}

#[tokio::test]
async fn a_full_relay_says_so_until_somebody_leaves() {
    let relay = Running::with_limits(Limits {
        connections: 2,
        ..Limits::default()
    })
    .await;
    let first = relay.client().await;
    let _second = relay.client().await;
    let (status, answer) = handshake_status(relay.address, "Host: localhost\r\n").await;
    assert_eq!(status, 503);
    assert!(answer.contains("retry-after: 30"), "{answer}");
    // The page is still served, and whoever watches over the relay is answered.
    assert_eq!(get(relay.address, "/healthz", "").await.status, 200);
    first.close().await;
    within("a seat", async {
        while handshake_status(relay.address, "Host: localhost\r\n").await.0 != 101 {}
    })
    .await;
}

#[tokio::test]
async fn who_asks_nothing_is_not_waited_for() {
    let limits = Limits {
        http_connections: 1,
        header_within: Duration::from_millis(100),
        ..Limits::default()
    };
    let relay = Running::with_limits(limits).await;
    // The only slot is free again each time, or the next would not be answered.
    raw(relay.address, "").await;
    raw(relay.address, "GET / HTTP/1.1\r\nHost: loc").await;
    raw(relay.address, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    // A WebSocket needs no slot.
    let _client = relay.client().await;
    assert_eq!(get(relay.address, "/healthz", "").await.status, 200);
}

#[tokio::test]
async fn who_keeps_asking_is_sent_away_in_the_end() {
    let limits = Limits {
        http_lifetime: Duration::from_millis(100),
        ..Limits::default()
    };
    let relay = Running::with_limits(limits).await;
    let mut stream = TcpStream::connect(relay.address).await.expect("the relay accepts");
    within("the end", async {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut answer = [0; 4096];
        // Without the limit this would go on until the test gives up.
        while stream
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .await
            .is_ok()
            && matches!(stream.read(&mut answer).await, Ok(1..))
        {}
    })
    .await;
}

#[tokio::test]
async fn a_request_too_long_is_refused() {
    let relay = Running::start(Config::default()).await;
    let long = |length: usize| format!("X: {}\r\n", "x".repeat(length));
    assert_eq!(get(relay.address, "/healthz", &long(8 * 1024)).await.status, 200);
    assert_eq!(get(relay.address, "/healthz", &long(17 * 1024)).await.status, 431);
}
