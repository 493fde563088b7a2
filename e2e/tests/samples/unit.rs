//! The unit that has systemd start the relay.

use std::{fs, path::Path, process::Command};

use e2e::{folder::Folder, programs};

use crate::{
    markdown::blocks,
    shell::{understands, words},
};

const ANALYZE: &str = "/usr/bin/systemd-analyze";

#[test]
fn the_unit_starts_the_relay() {
    for block in blocks("ini") {
        let place = &block.place;
        let sections: Vec<_> = block.text.lines().filter(|line| line.starts_with('[')).collect();
        assert_eq!(sections, ["[Unit]", "[Service]", "[Install]"], "{place}");
        let start = block.text.lines().find_map(|line| line.strip_prefix("ExecStart="));
        let start = words(start.unwrap_or_else(|| panic!("{place}: it starts nothing")));
        let options: Vec<_> = start[1..].iter().map(String::as_str).collect();
        understands(&options).unwrap_or_else(|why| panic!("{place}: {why}"));
        assert!(start[0].ends_with("/chat-room-relay"), "{place}");
        if Path::new(ANALYZE).is_file() {
            // It looks whether the program is there.
            let relay = programs::relay().canonicalize().expect("the relay is there");
            let unit = block.text.replace(&start[0], &relay.to_string_lossy());
            let folder = Folder::new();
            let file = folder.path().join("chat-room-relay.service");
            fs::write(&file, unit).expect("it can be written");
            let output = Command::new(ANALYZE)
                .arg("verify")
                .arg(&file)
                .output()
                .expect("it runs");
            let printed = String::from_utf8_lossy(&output.stderr);
            let about = printed.lines().filter(|line| line.contains("chat-room-relay.service"));
            let about: Vec<_> = about.collect();
            assert!(about.is_empty(), "{place}: {about:?}");
        }
    }
}
