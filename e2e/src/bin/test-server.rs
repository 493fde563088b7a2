//! The test server as a program: `test-server [--listen 127.0.0.1:8006]`, until it is killed.

use std::{
    future,
    io::{self, ErrorKind, Write},
    process::ExitCode,
};

use e2e::test_server::{DEFAULT_ADDR, TestServer};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let Some(addr) = arguments().map_err(|it| format!("test-server: {it}; see --help"))? else {
        println!("Usage: test-server [--listen ADDRESS]   (default {DEFAULT_ADDR}; port 0 takes a free one)");
        return Ok(());
    };
    let server = TestServer::start(&addr).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => format!("{addr} is in use; stop what listens there, or choose another with --listen"),
        _ => format!("cannot listen on {addr}: {error}; choose another address with --listen"),
    })?;
    println!("test server at {}", server.addr());
    io::stdout().flush().map_err(|it| it.to_string())?;
    future::pending().await
}

/// The address to listen on; `None` if help is wanted.
fn arguments() -> Result<Option<String>, lexopt::Error> {
    use lexopt::prelude::*;

    let mut addr = DEFAULT_ADDR.to_owned();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("listen") => addr = parser.value()?.string()?,
            Short('h') | Long("help") => return Ok(None),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Some(addr))
}
