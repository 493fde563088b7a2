//! The command `chat-room-relay`: opens the ports, says where, and serves until it is told to stop.

mod args;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use chat_room_relay::Relay;
use tracing::{info, warn};

use crate::args::{Command, LogFormat, Options};

/// What a shell reports of a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// Open files beyond one per connection: listeners, standard streams, the runtime's own.
const SPARE_FILES: u64 = 64;

fn main() -> ExitCode {
    let options = match args::parse(std::env::args_os().skip(1)) {
        Ok(Command::Serve(options)) => *options,
        Ok(Command::Help) => return print(args::HELP),
        Ok(Command::Version) => {
            return print(concat!("chat-room-relay ", env!("CARGO_PKG_VERSION"), "\n"));
        }
        Err(sentence) => return fail(&sentence, 2),
    };
    start_log(&options);
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => fail(&sentence, 1),
    }
}

#[tokio::main]
async fn run(options: Options) -> Result<(), String> {
    raise_open_files(&options);
    let stop = stop_signal().map_err(|error| format!("cannot wait for signals ({error})"))?;
    let data = options.config.data.clone().unwrap_or_default();
    let relay = Relay::bind(options.listen, options.config)
        .await
        .map_err(|error| error.to_string())?;
    info!(address = %relay.address(), data = %data.display(), "listening");
    print(&format!(
        "chat-room is open at {} (chat at {})\n",
        relay.page_url(),
        relay.socket_url()
    ));
    relay.serve(stop).await;
    info!("closed");
    Ok(())
}

/// Prints and flushes; nobody listening is no reason to stop.
fn print(text: &str) -> ExitCode {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    ExitCode::SUCCESS
}

fn fail(sentence: &str, status: u8) -> ExitCode {
    let _ = writeln!(io::stderr(), "chat-room-relay: {sentence}");
    ExitCode::from(status)
}

fn start_log(options: &Options) {
    let log = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .with_max_level(options.log);
    match options.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}

/// Every connection is an open file, and the usual limit is far below the relay's own.
fn raise_open_files(options: &Options) {
    let limits = &options.config.limits;
    let wanted = (limits.connections + limits.http_connections) as u64 + SPARE_FILES;
    match rlimit::increase_nofile_limit(wanted) {
        Ok(files) if files >= wanted => {}
        Ok(files) => warn!(
            files,
            wanted, "the system allows fewer open files than the relay may need; raise it with ulimit -n"
        ),
        Err(error) => warn!(%error, "cannot raise the limit on open files"),
    }
}

/// Starts to wait for Ctrl-C and SIGTERM. The future is done at the first; a second ends the program at once.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut signals = Signals::new()?;
    Ok(async move {
        signals.next().await;
        tokio::spawn(async move {
            signals.next().await;
            std::process::exit(INTERRUPTED);
        });
    })
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self(tokio::signal::windows::ctrl_c()?))
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
