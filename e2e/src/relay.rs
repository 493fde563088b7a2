//! The real relay as a process of its own, which can be killed and come back at its old address with its old log.

use std::{
    path::Path,
    process::{Command, ExitStatus},
    rc::Rc,
};

use crate::{database::Database, folder::Folder, process::Process, programs};

/// A running relay.
#[derive(Debug)]
pub struct Relay {
    process: Process,
    options: Vec<String>,
    port: u16,
    /// What it keeps, for as long as this lives.
    data: Rc<Folder>,
}

impl Relay {
    /// Starts one on a free port.
    pub fn start() -> Self {
        Self::with_options(&[])
    }

    /// Starts one on a free port, with these options besides.
    pub fn with_options(options: &[&str]) -> Self {
        let options = options.iter().map(|it| (*it).to_owned()).collect();
        Self::start_on(0, options, Rc::new(Folder::new()))
    }

    /// The address of the page.
    pub fn page(&self) -> String {
        format!("http://{}/", self.host())
    }

    /// The address of the chat.
    pub fn socket(&self) -> String {
        format!("ws://{}/socket", self.host())
    }

    /// Its address and port.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// What it has written to the disk.
    pub fn database(&self) -> Database {
        Database::of(self.data.path())
    }

    /// The folder that it keeps its log in.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// What it has printed.
    pub fn printed(&self) -> String {
        self.process.printed()
    }

    /// Kills it: no goodbye, as when a machine loses its power.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Ends it in good order.
    pub fn end(&mut self) -> ExitStatus {
        self.process.terminate()
    }

    /// Starts another one at the same address, with the same folder.
    pub fn start_again(&mut self) {
        self.process.kill();
        *self = Self::start_on(self.port, std::mem::take(&mut self.options), Rc::clone(&self.data));
    }

    fn start_on(port: u16, options: Vec<String>, data: Rc<Folder>) -> Self {
        let process = Process::start(
            "the relay",
            Command::new(programs::relay())
                .args(["--listen", &format!("127.0.0.1:{port}")])
                .arg("--data")
                .arg(data.path())
                .args(&options),
        );
        let port = process.wait_for(|line| {
            let (_, after) = line.split_once("open at http://127.0.0.1:")?;
            after.split(|it: char| !it.is_ascii_digit()).next()?.parse().ok()
        });
        Self {
            process,
            options,
            port,
            data,
        }
    }
}
