//! A plain server of static files, such as anybody has.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinSet},
};

/// No request of a browser's for a file has a longer head.
const MAX_HEAD: usize = 64 * 1024;

/// A running server. It stops when dropped.
#[derive(Debug)]
pub struct FileServer {
    addr: SocketAddr,
    accepting: AbortHandle,
}

impl FileServer {
    /// Serves the files below `root`, and these pages besides, on a free port.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn start(root: &Path, pages: &[(&str, &str)]) -> Self {
        Self::with_policy(root, pages, "").await
    }

    /// The same under a Content-Security-Policy. A page whose path ends with `.js` is a script.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn with_policy(root: &Path, pages: &[(&str, &str)], policy: &str) -> Self {
        Self::with_headers(root, pages, &[("Content-Security-Policy", policy)]).await
    }

    /// The same with these headers in each answer.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn with_headers(root: &Path, pages: &[(&str, &str)], headers: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("it is bound");
        let site = Arc::new(Site {
            root: root.to_owned(),
            pages: pages
                .iter()
                .map(|(path, html)| ((*path).to_owned(), (*html).to_owned()))
                .collect(),
            headers: headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}\r\n"))
                .collect(),
        });
        let accepting = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let site = Arc::clone(&site);
                // A browser that goes away is no failure of the server.
                connections.spawn(async move { site.answer(stream).await.ok() });
            }
        })
        .abort_handle();
        Self { addr, accepting }
    }

    /// The origin of its pages.
    pub fn origin(&self) -> String {
        format!("http://{}", self.addr)
    }
}

impl Drop for FileServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

#[derive(Debug)]
struct Site {
    root: PathBuf,
    pages: HashMap<String, String>,
    /// Each with the end of its line.
    headers: String,
}

impl Site {
    async fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        let head = read_head(&mut stream).await?;
        let target = head.split(' ').nth(1).unwrap_or("/");
        let path = target.split(['?', '#']).next().unwrap_or("/");
        let (status, kind, body) = match self.find(path) {
            Some((kind, body)) => ("200 OK", kind, body),
            None => ("404 Not Found", "text/plain", b"there is no such file".to_vec()),
        };
        let length = body.len();
        let headers = &self.headers;
        // A page without an origin gets a module from nobody who does not say this.
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
             Access-Control-Allow-Origin: *\r\n{headers}Connection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(&body).await?;
        stream.shutdown().await
    }

    fn find(&self, path: &str) -> Option<(&'static str, Vec<u8>)> {
        if let Some(text) = self.pages.get(path) {
            let kind = if path.ends_with(".js") {
                "text/javascript"
            } else {
                "text/html; charset=utf-8"
            };
            return Some((kind, text.clone().into_bytes()));
        }
        let path = if path.ends_with('/') {
            format!("{path}index.html")
        } else {
            path.to_owned()
        };
        let below = Path::new(path.trim_start_matches('/'));
        let inside = below.components().all(|it| matches!(it, Component::Normal(_)));
        let body = inside.then(|| std::fs::read(self.root.join(below)).ok())??;
        Some((media_type(below), body))
    }
}

async fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.windows(4).any(|it| it == b"\r\n\r\n") && head.len() < MAX_HEAD {
        if stream.read_buf(&mut head).await? == 0 {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|it| it.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}
