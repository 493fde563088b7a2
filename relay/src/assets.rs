//! The files of `www/`, embedded when the relay was built, and how they are served: compressed as the client
//! likes best, and only if it has not got them already.

use axum::body::Body;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderName, Response, StatusCode};

/// An embedded file.
#[derive(Debug)]
pub(crate) struct Asset {
    /// Its place under the root, with a leading slash.
    path: &'static str,
    media_type: &'static str,
    /// Of the uncompressed content, in hexadecimal.
    hash: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The file at this path of a URL; `/` is the page.
pub(crate) fn find(path: &str) -> Option<&'static Asset> {
    let path = if path == "/" { "/index.html" } else { path };
    let index = ASSETS.binary_search_by(|asset| asset.path.cmp(path));
    index.ok().and_then(|index| ASSETS.get(index))
}

/// Whether the client was built when the relay was.
pub(crate) fn has_client() -> bool {
    ASSETS.iter().any(|asset| asset.path.starts_with("/pkg/"))
}

impl Asset {
    /// The answer to a GET of this file with these headers.
    pub(crate) fn response(&self, request: &HeaderMap) -> Response<Body> {
        let (encoding, bytes) = self.choose(request);
        // Each encoding has a tag of its own, since a strong tag promises the same bytes.
        let etag = match encoding {
            Some(encoding) => format!("\"{}-{encoding}\"", self.hash),
            None => format!("\"{}\"", self.hash),
        };
        let unchanged = list(request, IF_NONE_MATCH).any(|tag| {
            let tag = tag.trim();
            tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
        });

        let mut response = Response::builder()
            .header(ETAG, etag)
            .header(VARY, "Accept-Encoding")
            .header(CACHE_CONTROL, "no-cache");
        if unchanged {
            response = response.status(StatusCode::NOT_MODIFIED);
        } else {
            response = response.header(CONTENT_TYPE, self.media_type);
            if let Some(encoding) = encoding {
                response = response.header(CONTENT_ENCODING, encoding);
            }
        }
        let body = if unchanged { Body::empty() } else { Body::from(bytes) };
        response
            .body(body)
            .expect("the parts of every asset are valid header values")
    }

    /// The encoding the client likes best, brotli where it does not care; the file as it is where it names none.
    fn choose(&self, request: &HeaderMap) -> (Option<&'static str>, &'static [u8]) {
        let mut best = (None, self.plain);
        let mut best_quality = 0.0;
        for (coding, bytes) in [("br", self.brotli), ("gzip", self.gzip)] {
            let quality = quality(request, coding);
            if let Some(bytes) = bytes
                && quality > best_quality
            {
                best = (Some(coding), bytes);
                best_quality = quality;
            }
        }
        best
    }
}

/// How much the client likes a content coding: 0 is not at all, 1 is best.
fn quality(request: &HeaderMap, coding: &str) -> f32 {
    let mut of_any_other = 0.0;
    for entry in list(request, ACCEPT_ENCODING) {
        let mut parts = entry.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let quality = match parts.find_map(|part| part.strip_prefix("q=")) {
            Some(number) => number.parse().unwrap_or(0.0),
            None => 1.0,
        };
        if name.eq_ignore_ascii_case(coding) {
            return quality;
        }
        if name == "*" {
            of_any_other = quality;
        }
    }
    of_any_other
}

/// The entries of a header that is a list, over all the lines it came in.
fn list(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    static PAGE: Asset = Asset {
        path: "/page.html",
        media_type: "text/html; charset=utf-8",
        hash: "abc",
        plain: b"as it is",
        brotli: Some(b"brotli"),
        gzip: Some(b"gzip"),
    };

    static PICTURE: Asset = Asset {
        path: "/picture.png",
        media_type: "image/png",
        hash: "def",
        plain: b"as it is",
        brotli: None,
        gzip: None,
    };

    fn request(headers: &[(HeaderName, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, HeaderValue::from_static(value));
        }
        map
    }

    fn header(response: &Response<Body>, name: HeaderName) -> Option<&str> {
        response.headers().get(name).map(|value| value.to_str().unwrap())
    }

    #[test]
    fn the_coding_is_the_one_the_client_likes_best() {
        let table = [
            ("", None),
            ("br", Some("br")),
            ("gzip, deflate, br, zstd", Some("br")),
            ("gzip", Some("gzip")),
            ("GZIP", Some("gzip")),
            ("gzip;q=1.0, br;q=0.5", Some("gzip")),
            ("br ; q=0.5 ,gzip; q=0.4", Some("br")),
            ("*", Some("br")),
            ("*;q=0.1, br;q=0", Some("gzip")),
            ("br;q=0, gzip;q=0.000", None),
            ("br;q=nonsense", None),
            ("br;q=-1", None),
            ("br;q=NaN", None),
            ("identity", None),
            ("deflate", None),
        ];
        for (accepted, expected) in table {
            let response = PAGE.response(&request(&[(ACCEPT_ENCODING, accepted)]));
            assert_eq!(header(&response, CONTENT_ENCODING), expected, "{accepted:?}");
            assert_eq!(header(&response, VARY), Some("Accept-Encoding"));
        }
        let picture = PICTURE.response(&request(&[(ACCEPT_ENCODING, "br, gzip")]));
        assert_eq!(header(&picture, CONTENT_ENCODING), None);
    }

    #[test]
    fn every_coding_has_a_tag_of_its_own() {
        for (accepted, expected) in [("", "\"abc\""), ("br", "\"abc-br\""), ("gzip", "\"abc-gzip\"")] {
            let response = PAGE.response(&request(&[(ACCEPT_ENCODING, accepted)]));
            assert_eq!(header(&response, ETAG), Some(expected), "{accepted:?}");
        }
    }

    #[test]
    fn a_client_that_has_the_file_gets_no_second_copy() {
        let table = [
            ("\"abc\"", StatusCode::NOT_MODIFIED),
            ("W/\"abc\"", StatusCode::NOT_MODIFIED),
            ("\"x\", \"abc\"", StatusCode::NOT_MODIFIED),
            ("*", StatusCode::NOT_MODIFIED),
            ("\"abc-br\"", StatusCode::OK),
            ("\"ab\"", StatusCode::OK),
            ("abc", StatusCode::OK),
            ("", StatusCode::OK),
        ];
        for (tag, expected) in table {
            let response = PAGE.response(&request(&[(IF_NONE_MATCH, tag)]));
            assert_eq!(response.status(), expected, "{tag}");
            assert_eq!(header(&response, ETAG), Some("\"abc\""));
            assert_eq!(header(&response, CACHE_CONTROL), Some("no-cache"));
        }
    }

    #[test]
    fn every_embedded_file_is_found() {
        for asset in ASSETS {
            assert_eq!(find(asset.path).map(|found| found.path), Some(asset.path));
        }
        for path in [
            "",
            "//",
            "/../Cargo.toml",
            "/index.html/",
            "/%69ndex.html",
            "index.html",
        ] {
            assert!(find(path).is_none(), "{path}");
        }
    }
}
