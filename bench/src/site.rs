//! The pages of the bench, served.

use e2e::{consumer, files::FileServer, folder::Folder, programs};

use crate::peers;

/// Pages with these are alone in their process and get a clock that is twenty times finer.
const ISOLATED: [(&str, &str); 2] = [
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
];

/// A server of a page for each script of `bench/pages`, and of the project's client at `/pkg/`.
pub(crate) struct Site {
    server: FileServer,
    _folder: Folder,
}

impl Site {
    /// Bundles the scripts and serves them.
    ///
    /// # Panics
    /// If a script cannot be bundled, or there is no client in `www/pkg`.
    pub(crate) async fn open(scripts: &[&str]) -> Self {
        let folder = Folder::new();
        peers::bundle(scripts, &folder);
        let client = programs::repository().join("www/pkg");
        consumer::copy(&client, &folder.path().join("pkg"));
        let html = include_str!("../pages/page.html");
        let pages: Vec<(String, String)> = scripts
            .iter()
            .map(|script| {
                (
                    format!("/{}", script.replace(".js", ".html")),
                    html.replace("SCRIPT", script),
                )
            })
            .collect();
        let pages: Vec<(&str, &str)> = pages
            .iter()
            .map(|(path, html)| (path.as_str(), html.as_str()))
            .collect();
        Self {
            server: FileServer::with_headers(folder.path(), &pages, &ISOLATED).await,
            _folder: folder,
        }
    }

    /// The address of a script's page.
    pub(crate) fn page(&self, script: &str) -> String {
        format!("{}/{}", self.server.origin(), script.replace(".js", ".html"))
    }
}
