//! Ending a program together with all that it started: a hanging test must not leave its browser behind.

use std::fs;
use std::process::{Command, Stdio};

/// Ends a process that this one has started and not yet waited for, and its descendants.
/// Where there is no /proc they are not known, and live on.
pub(crate) fn kill(parent: u32) {
    let table: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|id: u32| Some((id, parent_in(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)?)))
        .collect();
    let ids = [parent].into_iter().chain(below(parent, &table));
    // The shell's own: a small system has no program of that name.
    let mut kill = Command::new("sh");
    kill.args(["-c", "kill -KILL \"$@\"", "kill"])
        .args(ids.map(|id| id.to_string()));
    let _ = kill.stdout(Stdio::null()).stderr(Stdio::null()).status();
}

/// The parent's id in a line of /proc/ID/stat: `7 (a name) S 3 …`, where the name may hold anything.
fn parent_in(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

fn below(parent: u32, table: &[(u32, u32)]) -> Vec<u32> {
    let mut found = Vec::new();
    let mut open = vec![parent];
    while let Some(one) = open.pop() {
        let children = table
            .iter()
            .filter(|(id, parent)| *parent == one && !found.contains(id))
            .map(|(id, _)| *id);
        let children: Vec<u32> = children.collect();
        open.extend(&children);
        found.extend(children);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};

    #[test]
    fn the_parent_is_found_behind_any_name() {
        assert_eq!(parent_in("42 (sh) S 7 42 42 0"), Some(7));
        assert_eq!(parent_in("42 (odd) name (2) S 9 1"), Some(9));
        assert_eq!(parent_in("42"), None);
    }

    #[test]
    fn descendants_at_any_depth_and_nobody_else() {
        let table = [(2, 1), (3, 2), (4, 3), (5, 1), (6, 5), (7, 4)];
        let mut found = below(3, &table);
        found.sort_unstable();
        assert_eq!(found, [4, 7]);
        assert_eq!(below(6, &table), []);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_program_ends_with_what_it_started() {
        let mut sh = Command::new("sh");
        sh.args(["-c", "sleep 300 & echo $!; wait"]).stdout(Stdio::piped());
        let mut child = sh.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let grandchild = format!("/proc/{}", line.trim());
        assert!(fs::exists(&grandchild).unwrap());
        kill(child.id());
        assert!(!child.wait().unwrap().success());
        // Whoever inherits it may take a moment to bury it.
        let gone = || !fs::read_to_string(format!("{grandchild}/stat")).is_ok_and(|stat| !stat.contains(") Z"));
        assert!((0..100).any(|_| gone() || {
            std::thread::sleep(std::time::Duration::from_millis(50));
            false
        }));
    }
}
