//! What is found at which address, and the headers on every answer.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Extension, Router};
use tracing::warn;

use crate::assets;
use crate::limits::quoted;
use crate::origin::{Policy, Refusal};
use crate::serve::Peer;
use crate::socket::Lobby;

/// The page may talk to any WebSocket server, hence `ws:` and `wss:`; it may make no HTML out of strings, and no script's
/// address but that of its service worker.
const CONTENT_SECURITY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
    manifest-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types service-worker";

const NO_CLIENT: &str = "The client was not built into this relay. Build both with `cargo xtask build`.\n";
const NO_PAGE: &str = "The page was not built into this relay. Build it from a checkout that has www/index.html.\n";

#[derive(Clone)]
struct Shared {
    policy: Arc<Policy>,
    lobby: Arc<Lobby>,
}

pub(crate) fn router(policy: Arc<Policy>, lobby: Arc<Lobby>) -> Router {
    let shared = Shared { policy, lobby };
    Router::new()
        .route("/socket", any(socket))
        .route("/healthz", get(health))
        .fallback(file)
        .layer(middleware::from_fn_with_state(shared.clone(), guard))
        .with_state(shared)
}

/// Turns away what may not come in, and puts the security headers on every answer.
async fn guard(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let mut response = if request.method() != Method::GET && request.method() != Method::HEAD {
        let allowed = [(ALLOW, "GET, HEAD")];
        let sentence = "Only GET and HEAD are answered here.\n";
        (StatusCode::METHOD_NOT_ALLOWED, allowed, sentence).into_response()
    } else if let Err(refusal) = check_hosts(&shared.policy, &request) {
        refused(&request, &refusal)
    } else {
        next.run(request).await
    };
    secure(response.headers_mut());
    response
}

/// Checks the `Host` header, and the host in the request line where there is one, since that one counts too.
fn check_hosts(policy: &Policy, request: &Request) -> Result<(), Refusal> {
    policy.check_host(host(request.headers())?)?;
    match request.uri().authority() {
        Some(authority) => policy.check_host(authority.as_str()),
        None => Ok(()),
    }
}

fn host(headers: &HeaderMap) -> Result<&str, Refusal> {
    match one(headers, HOST) {
        Ok(Some(host)) => Ok(host),
        Ok(None) => Err(Refusal::MalformedHost("there is none".to_owned())),
        Err(why) => Err(Refusal::MalformedHost(why.to_owned())),
    }
}

/// The value of a header that may come once.
fn one(headers: &HeaderMap, name: HeaderName) -> Result<Option<&str>, &'static str> {
    let mut values = headers.get_all(name).into_iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| "it is not ASCII"),
        (Some(_), Some(_)) => Err("there is more than one"),
    }
}

fn refused(request: &Request, refusal: &Refusal) -> Response {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0);
    warn!(peer = ?peer, path = %quoted(request.uri().path()), "refused: {refusal}");
    let status = match refusal {
        Refusal::MalformedHost(_) => StatusCode::BAD_REQUEST,
        Refusal::Host(_) | Refusal::Origin(_) => StatusCode::FORBIDDEN,
    };
    (status, format!("Refused: {refusal}.\n")).into_response()
}

fn secure(headers: &mut HeaderMap) {
    let security = [
        (CONTENT_SECURITY_POLICY, CONTENT_SECURITY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in security {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

async fn socket(State(shared): State<Shared>, Extension(peer): Extension<Peer>, request: Request) -> Response {
    let headers = request.headers();
    let origin = one(headers, ORIGIN).map_err(|why| Refusal::Origin(format!("({why})")));
    let checked = host(headers).and_then(|host| origin.and_then(|origin| shared.policy.check_origin(origin, host)));
    match checked {
        Ok(()) => shared.lobby.receive(peer, request),
        Err(refusal) => refused(&request, &refusal),
    }
}

async fn health(State(shared): State<Shared>) -> Response {
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
    let hub = shared.lobby.hub();
    let status = if hub.log_works() { "ok" } else { "failing" };
    let connections = hub.connections();
    let body = format!("{{\"status\":\"{status}\",\"connections\":{connections}}}");
    (headers, body).into_response()
}

async fn file(uri: Uri, headers: HeaderMap) -> Response<Body> {
    if let Some(asset) = assets::find(uri.path()) {
        return asset.response(&headers);
    }
    let sentence = match uri.path() {
        path if path.starts_with("/pkg/") && !assets::has_client() => NO_CLIENT,
        "/" => NO_PAGE,
        _ => "There is nothing at this address.\n",
    };
    (StatusCode::NOT_FOUND, [(CACHE_CONTROL, "no-cache")], sentence).into_response()
}
