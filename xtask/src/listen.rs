//! Whether the relay will get its address, asked before a build that takes minutes.

use crate::failure::{Failure, Result};
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

/// The relay's own default.
pub(crate) const DEFAULT: &str = "localhost:8005";

pub(crate) fn check(address: &str) -> Result {
    let unfit = || {
        Failure(format!(
            "--listen {address} is no address of this machine: give NAME:PORT or IP:PORT, as in --listen {DEFAULT}"
        ))
    };
    let addresses: Vec<SocketAddr> = address.to_socket_addrs().map_err(|_| unfit())?.collect();
    let mut free = false;
    for one in addresses {
        match TcpListener::bind(one) {
            Ok(_) => free = true,
            Err(e) if e.kind() == io::ErrorKind::AddrInUse => return Err(in_use(one)),
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied => {
                return Err(Failure(format!(
                    "{one} is for root alone: give a port above 1023, as in --listen {DEFAULT}"
                )));
            }
            // localhost often names an IPv6 address that the machine does not have.
            Err(_) => {}
        }
    }
    if free { Ok(()) } else { Err(unfit()) }
}

fn in_use(address: SocketAddr) -> Failure {
    let other = if address.port() < u16::MAX {
        address.port() + 1
    } else {
        address.port() - 1
    };
    Failure(format!(
        "port {} is in use at {}: stop the program that has it, or give another, as in \
         cargo xtask serve --listen localhost:{other}",
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
        let failure = check(&address.to_string()).unwrap_err();
        assert!(
            failure.0.contains(&format!("port {} is in use", address.port())),
            "{failure}"
        );
        drop(taken);
        assert_eq!(check(&address.to_string()), Ok(()));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for address in ["", "8005", "localhost", "localhost:99999", "192.0.2.1:8005"] {
            assert!(check(address).unwrap_err().0.contains("NAME:PORT"), "{address}");
        }
    }
}
