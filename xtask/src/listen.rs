//! Whether the relay will get its address, asked before a build that takes minutes.

use crate::failure::{Failure, Result};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

/// The relay's own default: a port on both addresses of localhost.
pub(crate) const DEFAULT: &str = "8005";

/// `None` is the default.
pub(crate) fn check(listen: Option<&str>) -> Result {
    let listen = listen.unwrap_or(DEFAULT);
    let unfit = || {
        Failure(format!(
            "--listen {listen} is no address: give IP:PORT, or a port on localhost, as in {DEFAULT}"
        ))
    };
    for address in addresses(listen).ok_or_else(unfit)? {
        match TcpListener::bind(address) {
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::AddrInUse => return Err(in_use(address)),
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied => {
                return Err(Failure(format!(
                    "port {} is for root alone: give one above 1023, as in --listen {DEFAULT}",
                    address.port()
                )));
            }
            // Not every machine has IPv6.
            Err(_) if address.is_ipv6() && address.ip().is_loopback() => {}
            Err(e) => {
                return Err(Failure(format!(
                    "cannot listen on {address}: {e}; give an address of this machine"
                )));
            }
        }
    }
    Ok(())
}

/// As the relay reads it.
fn addresses(listen: &str) -> Option<Vec<SocketAddr>> {
    if let Ok(address) = listen.parse() {
        return Some(vec![address]);
    }
    let port = listen.parse().ok()?;
    let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    Some(loopback.map(|ip| SocketAddr::new(ip, port)).to_vec())
}

fn in_use(address: SocketAddr) -> Failure {
    let other = if address.port() < u16::MAX {
        address.port() + 1
    } else {
        address.port() - 1
    };
    Failure(format!(
        "port {} is in use at {}: stop the program that has it, or give another, as in \
         cargo xtask serve --listen {other}",
        address.port(),
        address.ip(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_named_with_another_one() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        for listen in [address.to_string(), address.port().to_string()] {
            let failure = check(Some(&listen)).unwrap_err();
            assert!(
                failure.0.contains(&format!("port {} is in use", address.port())),
                "{failure}"
            );
        }
        drop(taken);
        assert_eq!(check(Some(&address.to_string())), Ok(()));
    }

    #[test]
    fn port_0_is_always_free() {
        assert_eq!(check(Some("0")), Ok(()));
        assert_eq!(check(Some("127.0.0.1:0")), Ok(()));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for address in ["", "http://localhost:8005/", "localhost", "127.0.0.1", "70000"] {
            assert!(check(Some(address)).unwrap_err().0.contains("IP:PORT"), "{address}");
        }
        assert!(
            check(Some("192.0.2.1:8005"))
                .unwrap_err()
                .0
                .contains("an address of this machine")
        );
    }
}
