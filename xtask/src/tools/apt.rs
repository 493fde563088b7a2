//! Debian's and Ubuntu's packages, where xtask may install them.

use crate::failure::Result;
use crate::process;
use crate::steps::Steps;
use std::fs;
use std::process::Command;

/// Debian or Ubuntu, or made from them.
pub(crate) fn debian_like() -> bool {
    is_debian_like(&fs::read_to_string("/etc/os-release").unwrap_or_default())
}

/// Ubuntu's packages of both browsers only fetch a snap.
pub(crate) fn ubuntu() -> bool {
    is_ubuntu(&fs::read_to_string("/etc/os-release").unwrap_or_default())
}

/// As root, with apt-get.
pub(crate) fn usable() -> bool {
    debian_like() && is_root() && process::version_line("apt-get").is_some()
}

pub(crate) fn is_root() -> bool {
    process::answer(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0")
}

/// A list that is partly out of date is still good enough: what is missing fails at its install, with its name.
pub(crate) fn update(steps: &Steps) {
    let _ = process::quietly(apt_get(&["update"]), "apt-get update", steps);
}

/// The version of a package that an install would bring.
pub(crate) fn candidate(package: &str) -> Option<String> {
    candidate_in(&process::answer(
        Command::new("apt-cache").env("LC_ALL", "C").args(["policy", package]),
    )?)
}

pub(crate) fn install(packages: &[&str], steps: &Steps) -> Result {
    let line = format!("apt-get install --no-install-recommends {}", packages.join(" "));
    steps.say(&line);
    update(steps);
    let mut command = apt_get(&["install", "-y", "--no-install-recommends"]);
    command.args(packages);
    process::quietly(command, &line, steps)
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    // Another apt-get on this machine is waited for.
    command.args(["-q", "-o", "DPkg::Lock::Timeout=300"]).args(arguments);
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn candidate_in(policy: &str) -> Option<String> {
    let version = policy
        .lines()
        .find_map(|line| line.trim().strip_prefix("Candidate: "))?;
    (version != "(none)").then(|| version.to_string())
}

fn is_debian_like(release: &str) -> bool {
    ids(release).any(|id| id == "debian" || id == "ubuntu")
}

fn is_ubuntu(release: &str) -> bool {
    ids(release).any(|id| id == "ubuntu")
}

/// The words of `ID=` and `ID_LIKE=`.
fn ids(release: &str) -> impl Iterator<Item = &str> {
    let values = release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or(line.strip_prefix("ID_LIKE=")));
    values.flat_map(|value| value.trim_matches(['"', '\'']).split_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_install_would_bring() {
        let policy = "binaryen:\n  Installed: (none)\n  Candidate: 120-4\n  Version table:\n";
        assert_eq!(candidate_in(policy).as_deref(), Some("120-4"));
        assert_eq!(candidate_in("x:\n  Installed: (none)\n  Candidate: (none)\n"), None);
        assert_eq!(candidate_in(""), None);
    }

    #[test]
    fn which_system_it_is() {
        let debian = "PRETTY_NAME=\"Debian GNU/Linux 12\"\nVERSION_ID=\"12\"\nID=debian\n";
        let mint = "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n";
        let fedora = "ID=fedora\nNAME=\"Fedora, not debian\"\n";
        assert!(is_debian_like(debian) && !is_ubuntu(debian));
        assert!(is_debian_like(mint) && is_ubuntu(mint));
        assert!(!is_debian_like(fedora) && !is_debian_like(""));
    }
}
