//! What a process has taken of the machine, as Linux tells.

use std::{fs, time::Duration};

/// The system counts a process's time in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

/// The processor time of all its threads, in the kernel and outside.
///
/// # Panics
/// If there is no such process.
pub(crate) fn processor(id: u32) -> Duration {
    let stat = read(id, "stat");
    let ticks = ticks(&stat).unwrap_or_else(|| panic!("the times of process {id} cannot be read: {stat}"));
    TICK * ticks
}

/// The memory that it holds, in KiB.
///
/// # Panics
/// If there is no such process.
pub(crate) fn resident_kib(id: u32) -> u64 {
    let status = read(id, "status");
    field_kib(&status, "VmRSS:").unwrap_or_else(|| panic!("the memory of process {id} cannot be read"))
}

fn read(id: u32, file: &str) -> String {
    let path = format!("/proc/{id}/{file}");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The fields 14 and 15. The second one is the program's name, which may have anything in it.
fn ticks(stat: &str) -> Option<u32> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split_whitespace().skip(11);
    Some(fields.next()?.parse::<u32>().ok()? + fields.next()?.parse::<u32>().ok()?)
}

/// What a line of a process's status tells.
pub(crate) fn field_kib(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_are_found_behind_any_name() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 3 0 0 0 250 50 9 9 20 0 4 0 1 1 1";
        assert_eq!(ticks(stat), Some(300));
        assert_eq!(ticks("7 (a"), None);
    }

    #[test]
    fn the_memory_is_the_resident_one() {
        assert_eq!(field_kib("VmSize:\t 9 kB\nVmRSS:\t  1234 kB\n", "VmRSS:"), Some(1234));
        assert_eq!(field_kib("VmSize:\t 9 kB\n", "VmRSS:"), None);
    }
}
