//! Opening the ports, and saying in one sentence why one cannot be opened.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::TcpListener;

use crate::log::LogError;
use crate::{Config, Listen};

/// How many free ports are tried until one is free on both loopback addresses.
const FREE_PORT_TRIES: usize = 16;

/// Why a relay could not start. Its text is one sentence that says what to do.
#[derive(Debug)]
pub enum StartError {
    /// The address cannot be listened on.
    Bind {
        /// What was asked for.
        listen: Listen,
        /// What the system said.
        error: io::Error,
    },
    /// The configuration contradicts itself or is malformed; the text says where.
    Config(String),
    /// The rooms' log cannot be used.
    Log(LogError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (listen, error) = match self {
            StartError::Config(why) => return f.write_str(why),
            StartError::Log(error) => return error.fmt(f),
            StartError::Bind { listen, error } => (listen, error),
        };
        let port = listen.port();
        let other_port = match port.checked_add(1) {
            Some(next) if next > 1024 => next,
            _ => crate::config::DEFAULT_PORT,
        };
        let instead = match listen {
            Listen::Localhost(_) => SocketAddr::from((Ipv4Addr::LOCALHOST, other_port)),
            Listen::Address(address) => SocketAddr::new(address.ip(), other_port),
        };
        match error.kind() {
            ErrorKind::AddrInUse => write!(
                f,
                "port {port} is in use; end the other program or choose another with --listen {instead}"
            ),
            ErrorKind::PermissionDenied => write!(
                f,
                "this user may not open port {port}; choose one above 1023, as with --listen {instead}"
            ),
            ErrorKind::AddrNotAvailable => write!(
                f,
                "no network interface of this machine has the address of {listen}; choose one that has, as with \
                 --listen 127.0.0.1:{port}"
            ),
            _ => write!(
                f,
                "cannot listen on {listen} ({error}); choose another address with --listen"
            ),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            StartError::Bind { error, .. } => Some(error),
            StartError::Log(error) => Some(error),
            StartError::Config(_) => None,
        }
    }
}

/// Checks the configuration as far as it can be without an address, so that a mistake in it is told first.
pub(crate) fn check(config: &Config) -> Result<(), StartError> {
    config.limits.check().map_err(|why| StartError::Config(why.to_owned()))
}

/// Opens the ports; all of them have the same number.
pub(crate) async fn bind(listen: Listen) -> Result<Vec<TcpListener>, StartError> {
    let bound = match listen {
        Listen::Address(address) => TcpListener::bind(address).await.map(|one| vec![one]),
        Listen::Localhost(0) => bind_any_localhost().await,
        Listen::Localhost(port) => bind_localhost(port).await,
    };
    bound.map_err(|error| StartError::Bind { listen, error })
}

async fn bind_localhost(port: u16) -> io::Result<Vec<TcpListener>> {
    let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let port = v4.local_addr()?.port();
    match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
        Ok(v6) => Ok(vec![v4, v6]),
        // Another program at [::1] would get some of the visitors of localhost.
        Err(error) if error.kind() == ErrorKind::AddrInUse => Err(error),
        Err(error) => {
            tracing::debug!(%error, "no IPv6 loopback");
            Ok(vec![v4])
        }
    }
}

/// A port that is free on 127.0.0.1 need not be so on [::1].
async fn bind_any_localhost() -> io::Result<Vec<TcpListener>> {
    let mut result = bind_localhost(0).await;
    for _ in 1..FREE_PORT_TRIES {
        match &result {
            Err(error) if error.kind() == ErrorKind::AddrInUse => result = bind_localhost(0).await,
            _ => break,
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_do_about_each_error() {
        let table = [
            (
                "8005",
                ErrorKind::AddrInUse,
                "port 8005 is in use; end the other program or choose another with --listen 127.0.0.1:8006",
            ),
            (
                "0.0.0.0:65535",
                ErrorKind::AddrInUse,
                "port 65535 is in use; end the other program or choose another with --listen 0.0.0.0:8005",
            ),
            (
                "[::1]:80",
                ErrorKind::PermissionDenied,
                "this user may not open port 80; choose one above 1023, as with --listen [::1]:8005",
            ),
            (
                "192.0.2.1:8005",
                ErrorKind::AddrNotAvailable,
                "no network interface of this machine has the address of 192.0.2.1:8005; choose one that has, as \
                 with --listen 127.0.0.1:8005",
            ),
        ];
        for (listen, kind, expected) in table {
            let error = StartError::Bind {
                listen: Listen::parse(listen).unwrap(),
                error: kind.into(),
            };
            assert_eq!(error.to_string(), expected);
        }
    }
}
