//! Accepts connections, serves each in a task of its own, and closes them all at the end.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, info, warn};

use crate::hub::{Desk, Hub};
use crate::limits::{ACCEPT_PAUSE, REQUEST_HEAD};
use crate::log::{Answers, Log, SqliteLog};
use crate::origin::Policy;
use crate::socket::Lobby;
use crate::{Config, Limits, Listen, StartError, http, listen};

/// A relay whose ports are open; it answers once it is served.
pub struct Relay {
    listeners: Vec<TcpListener>,
    log: Arc<SqliteLog>,
    hub: Arc<Hub>,
    config: Config,
    policy: Policy,
    address: SocketAddr,
    url_host: String,
}

/// Who is asking, as the TCP connection tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// The tasks of a relay, and the two ways to end them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tasks {
    tracker: TaskTracker,
    /// Told when nobody may come any more.
    pub(crate) closing: CancellationToken,
    cut_off: CancellationToken,
}

impl Tasks {
    /// Runs `task` until it is done or time is up.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        // Boxed, since the wrappers would otherwise hold room for it several times over.
        let task = self.cut_off.clone().run_until_cancelled_owned(Box::pin(task));
        self.tracker.spawn(task);
    }
}

impl Relay {
    /// Opens the log and the ports.
    ///
    /// # Errors
    /// Where `config` is malformed, the log cannot be used, or the address cannot be listened on.
    pub async fn bind(listen: Listen, config: Config) -> Result<Self, StartError> {
        // The policy needs the addresses, which are not known yet; a mistake in the options shows without them.
        policy(&config, &[])?;
        let listeners = listen::bind(listen).await?;
        let addresses = addresses(listen, &listeners)?;
        let policy = policy(&config, &addresses)?;
        let address = addresses.first().copied().expect("a port was opened");
        // Last, since a relay that cannot listen has no business with the log.
        let (log, hub) = open_log(&config)?;
        Ok(Self {
            listeners,
            log,
            hub,
            config,
            policy,
            address,
            url_host: listen.url_host(),
        })
    }

    /// The address listened on; for localhost, the one of IPv4.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the page, to open in a browser on this machine.
    pub fn page_url(&self) -> String {
        format!("http://{}:{}/", self.url_host, self.address.port())
    }

    /// The address of the chat, for a WebSocket on this machine.
    pub fn socket_url(&self) -> String {
        format!("ws://{}:{}/socket", self.url_host, self.address.port())
    }

    /// Serves until `shutdown` is done, then takes nothing more, waits for the log to answer what is on its way to it,
    /// closes every WebSocket with 1012 and the log, and returns; the connections end at the latest
    /// [`Limits::shutdown_within`] later.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) {
        let tasks = Tasks::default();
        let limits = Arc::new(self.config.limits);
        let hub = self.hub;
        let lobby = Arc::new(Lobby::new(Arc::clone(&hub), Arc::clone(&limits), tasks.clone()));
        let router = http::router(Arc::new(self.policy), lobby);
        let slots = Arc::new(Semaphore::new(limits.http_connections));
        tasks.spawn({
            let (hub, closing) = (Arc::clone(&hub), tasks.closing.clone());
            async move {
                let _ = closing.run_until_cancelled(hub.keep_time()).await;
            }
        });
        for listener in self.listeners {
            let door = Door {
                listener,
                router: router.clone(),
                slots: Arc::clone(&slots),
                limits: Arc::clone(&limits),
                tasks: tasks.clone(),
            };
            tasks.spawn(door.keep_open());
        }

        shutdown.await;
        info!("shutting down");
        tasks.closing.cancel();
        tasks.tracker.close();
        hub.shut_down();
        // Half of the time for the log, and half for the goodbyes.
        let half = limits.shutdown_within / 2;
        if timeout(half, tasks.tracker.wait()).await.is_err() {
            hub.close_all();
            if timeout(half, tasks.tracker.wait()).await.is_err() {
                warn!(connections = tasks.tracker.len(), "cutting off who has not answered");
                tasks.cut_off.cancel();
                tasks.tracker.wait().await;
            }
        }
        let log = self.log;
        // It writes all that it still has, which takes a while.
        let _ = spawn_blocking(move || log.close()).await;
    }
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay")
            .field("address", &self.address)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// The log, and the rooms that are kept in it.
fn open_log(config: &Config) -> Result<(Arc<SqliteLog>, Arc<Hub>), StartError> {
    let desk = Arc::new(Desk::default());
    let answers = Arc::clone(&desk) as Arc<dyn Answers>;
    let log = match &config.data {
        Some(folder) => SqliteLog::open(folder, answers),
        None => SqliteLog::in_memory(answers),
    };
    let log = Arc::new(log.map_err(StartError::Log)?);
    let hub = Hub::new(config.limits.clone(), Arc::clone(&log) as Arc<dyn Log>, &desk);
    Ok((log, hub))
}

fn policy(config: &Config, addresses: &[SocketAddr]) -> Result<Policy, StartError> {
    listen::check(config)?;
    let ips = addresses.iter().map(SocketAddr::ip).collect();
    Policy::new(&config.allow_hosts, &config.allow_origins, ips).map_err(StartError::Config)
}

fn addresses(listen: Listen, listeners: &[TcpListener]) -> Result<Vec<SocketAddr>, StartError> {
    listeners
        .iter()
        .map(TcpListener::local_addr)
        .collect::<Result<_, _>>()
        .map_err(|error| StartError::Bind { listen, error })
}

/// One open port.
struct Door {
    listener: TcpListener,
    router: Router,
    slots: Arc<Semaphore>,
    limits: Arc<Limits>,
    tasks: Tasks,
}

impl Door {
    async fn keep_open(self) {
        let closing = self.tasks.closing.clone();
        let _ = closing.run_until_cancelled(self.accept_all()).await;
    }

    async fn accept_all(self) {
        // The semaphore is never closed, so the loop ends with the task alone.
        while let Ok(slot) = Arc::clone(&self.slots).acquire_owned().await {
            match self.listener.accept().await {
                Ok((stream, peer)) => self.welcome(stream, Peer(peer), slot),
                Err(error) => {
                    warn!(%error, "cannot accept a connection; trying again");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn welcome(&self, stream: TcpStream, peer: Peer, slot: OwnedSemaphorePermit) {
        if let Err(error) = stream.set_nodelay(true) {
            debug!(peer = %peer.0, %error, "cannot turn Nagle's algorithm off");
        }
        let router = TowerToHyperService::new(self.router.clone());
        let limits = Arc::clone(&self.limits);
        let closing = self.tasks.closing.clone();
        self.tasks.spawn(async move {
            let answer = |mut request: Request<Incoming>| {
                request.extensions_mut().insert(peer);
                let answer = router.call(request);
                async { answer.await as Result<Response<Body>, Infallible> }
            };
            serve_http(stream, peer, answer, &limits, closing).await;
            drop(slot);
        });
    }
}

/// Serves one TCP connection until it ends, becomes a WebSocket, or has lasted too long.
async fn serve_http<F>(
    stream: TcpStream,
    peer: Peer,
    answer: impl Fn(Request<Incoming>) -> F,
    limits: &Limits,
    closing: CancellationToken,
) where
    F: Future<Output = Result<Response<Body>, Infallible>> + Send + 'static,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.header_within)
        .max_buf_size(REQUEST_HEAD);
    let connection = http
        .serve_connection(TokioIo::new(stream), service_fn(answer))
        .with_upgrades();
    let mut connection = pin!(connection);

    let time_to_finish = tokio::select! {
        result = &mut connection => return log_end(peer, result),
        () = closing.cancelled() => limits.close_within,
        () = sleep(limits.http_lifetime) => limits.http_lifetime,
    };
    connection.as_mut().graceful_shutdown();
    match timeout(time_to_finish, connection).await {
        Ok(result) => log_end(peer, result),
        Err(_) => debug!(peer = %peer.0, "cut off an HTTP connection that would not end"),
    }
}

fn log_end(peer: Peer, result: hyper::Result<()>) {
    if let Err(error) = result {
        debug!(peer = %peer.0, error = ?error.to_string(), "an HTTP connection broke");
    }
}
