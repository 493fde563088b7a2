//! Chromium and Firefox, each with the driver that tests steer it by.

use super::{Tools, apt, on_path};
use crate::failure::{Failure, Result};
use crate::process;
use crate::project;
use crate::version;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

pub(crate) struct Browser {
    pub(crate) program: PathBuf,
    pub(crate) driver: PathBuf,
}

/// Pictures show Chinese, Japanese, Korean and emoji; these come along with a browser.
const FONTS: [&str; 2] = ["fonts-noto-cjk", "fonts-noto-color-emoji"];

const CHROMIUM: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
];
const CHROMIUM_ON_MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
const FIREFOX: [&str; 2] = ["firefox", "firefox-esr"];
const FIREFOX_ON_MAC: &str = "/Applications/Firefox.app/Contents/MacOS/firefox";

/// A first start on a slow disk takes some ten seconds.
const START: Duration = Duration::from_secs(90);

impl Tools<'_> {
    pub(crate) fn chromium(&mut self) -> Result<Browser> {
        if chromium_here().is_none() {
            self.by_apt(
                &["chromium", "chromium-driver"],
                "Chromium and a chromedriver of the same version",
            )?;
        }
        let Some(browser) = chromium_here() else {
            return Err(Failure::new(
                "Chromium and chromedriver were installed but do not fit together: put both in the same version on PATH",
            ));
        };
        starts(&browser.program)?;
        Ok(browser)
    }

    pub(crate) fn firefox(&mut self) -> Result<Browser> {
        if firefox_here().is_none() {
            self.by_apt(&["firefox-esr"], "Firefox")?;
        }
        let program = firefox_here().ok_or_else(|| Failure::new("Firefox was installed but does not start"))?;
        let driver = match given("GECKODRIVER") {
            Some(driver) => driver,
            None => self.geckodriver()?,
        };
        Ok(Browser { program, driver })
    }

    fn by_apt(&self, packages: &[&str], what: &str) -> Result {
        if apt::ubuntu() {
            return Err(Failure(format!(
                "no {what} on PATH, and Ubuntu's packages are snaps, which tests cannot steer as root: install \
                 Google's google-chrome-stable with its chromedriver, and Mozilla's Firefox as a deb or tar archive"
            )));
        }
        let line = format!("apt-get install --no-install-recommends {}", packages.join(" "));
        if !apt::debian_like() {
            return Err(Failure(format!(
                "no {what} on PATH; install it with your system's package manager"
            )));
        }
        if !apt::usable() {
            return Err(Failure(format!("no {what} on PATH; run as root: {line}")));
        }
        let all: Vec<&str> = packages.iter().copied().chain(FONTS).collect();
        apt::install(&all, self.steps)
    }
}

/// A browser and a driver of the same major version; another is refused by the driver when a test starts it.
fn chromium_here() -> Option<Browser> {
    let driver = given("CHROMEDRIVER").or_else(|| on_path("chromedriver"))?;
    let major = version::first_in(&process::version_line(&driver)?)?.0;
    let program = candidates("CHROMIUM", &CHROMIUM, CHROMIUM_ON_MAC).find(|program| {
        let line = process::version_line(program);
        line.as_deref()
            .and_then(version::first_in)
            .is_some_and(|found| found.0 == major)
    })?;
    Some(Browser { program, driver })
}

fn firefox_here() -> Option<PathBuf> {
    candidates("FIREFOX", &FIREFOX, FIREFOX_ON_MAC).find(|program| {
        process::version_line(program)
            .as_deref()
            .and_then(version::first_in)
            .is_some()
    })
}

fn candidates(variable: &str, names: &'static [&str], mac: &str) -> impl Iterator<Item = PathBuf> {
    let mac = Some(PathBuf::from(mac)).filter(|path| cfg!(target_os = "macos") && path.is_file());
    given(variable)
        .into_iter()
        .chain(names.iter().filter_map(|name| on_path(name)))
        .chain(mac)
}

/// A program named by a variable, as drivers and test runners know them too.
fn given(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file())
}

/// `--version` works in containers where nothing else does: an empty page tells.
fn starts(chromium: &Path) -> Result {
    let profile = project::scratch()?.join("chromium-start");
    let mut command = Command::new(chromium);
    command.args([
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
    ]);
    command.args([
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]);
    command
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(["--dump-dom", "about:blank"]);
    let answer = process::answer_within(command, START);
    let _ = fs::remove_dir_all(profile);
    match answer {
        Ok(page) if page.contains("<html") => Ok(()),
        Ok(_) => Err(Failure(format!(
            "{} started but showed no page: run it by hand to see why",
            chromium.display()
        ))),
        Err(why) => Err(Failure(format!("{} does not start: {why}", chromium.display()))),
    }
}
