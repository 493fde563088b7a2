//! Which files of `www/` a browser needs, and as what. Shared with the build script, which embeds no others.

/// The media type of a file, or `None` where it is not to be served.
pub(crate) fn media_type(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    // wasm-pack puts a package.json for npm beside what it builds.
    if name.starts_with('.') || name == "package.json" {
        return None;
    }
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::media_type;

    #[test]
    fn what_is_served_and_as_what() {
        let table = [
            ("index.html", Some("text/html; charset=utf-8")),
            ("main.js", Some("text/javascript; charset=utf-8")),
            ("pkg/snippets/a.b-1/element.js", Some("text/javascript; charset=utf-8")),
            ("style.css", Some("text/css; charset=utf-8")),
            ("pkg/chat_room_bg.wasm", Some("application/wasm")),
            ("strings.json", Some("application/json")),
            ("icon.svg", Some("image/svg+xml")),
            ("icon.png", Some("image/png")),
            ("manifest.webmanifest", Some("application/manifest+json")),
            ("pkg/chat_room.d.ts", None),
            ("pkg/package.json", None),
            ("pkg/README.md", None),
            ("pkg/.gitignore", None),
            (".html", None),
            ("a.html/LICENSE", None),
        ];
        for (path, expected) in table {
            assert_eq!(media_type(path), expected, "{path}");
        }
    }
}
