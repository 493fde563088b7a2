//! Whether anything in a set of files has changed, by their names and contents: times lie after a checkout.

use crate::failure::{Failure, Result};
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::Hasher;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) fn of_bytes(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// Over every file under the given files and directories of `root`; those that do not exist count as absent.
pub(crate) fn of_files(root: &Path, parts: &[&str]) -> Result<u64> {
    let mut files = Vec::new();
    for part in parts {
        collect(&root.join(part), &mut files)?;
    }
    files.sort();
    files.dedup();
    let mut hasher = DefaultHasher::new();
    for file in &files {
        let bytes = fs::read(file).map_err(|e| Failure::file("read", file, &e))?;
        let name = file.strip_prefix(root).unwrap_or(file).as_os_str().as_encoded_bytes();
        // Lengths first, so that no shift of bytes between names and contents goes unseen.
        hasher.write_usize(name.len());
        hasher.write(name);
        hasher.write_usize(bytes.len());
        hasher.write(&bytes);
    }
    Ok(hasher.finish())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result {
    let unreadable = |e: io::Error| Failure::file("read", path, &e);
    let kind = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(unreadable(e)),
    };
    if kind.is_dir() {
        for entry in fs::read_dir(path).map_err(unreadable)? {
            collect(&entry.map_err(unreadable)?.path(), files)?;
        }
    } else {
        files.push(path.to_path_buf());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::env;
    use std::process;

    struct Tree(PathBuf);

    impl Tree {
        fn new(name: &str) -> Tree {
            let path = env::temp_dir().join(format!("xtask-{name}-{}", process::id()));
            fs::create_dir_all(path.join("src/deep")).unwrap();
            Tree(path)
        }

        fn write(&self, file: &str, text: &str) {
            fs::write(self.0.join(file), text).unwrap();
        }

        fn print(&self) -> u64 {
            of_files(&self.0, &["src", "Cargo.toml", "wire"]).unwrap()
        }
    }

    impl Drop for Tree {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn it_changes_with_a_name_or_a_content_and_with_nothing_else() {
        let tree = Tree::new("fingerprint");
        tree.write("src/deep/a.rs", "one");
        tree.write("Cargo.toml", "x");
        let before = tree.print();
        tree.write("src/deep/a.rs", "one");
        tree.write("elsewhere", "y");
        assert_eq!(tree.print(), before, "the same contents, written again");

        tree.write("src/deep/a.rs", "two");
        assert_ne!(tree.print(), before, "another content");
        tree.write("src/deep/a.rs", "one");
        assert_eq!(tree.print(), before, "back again");

        fs::rename(tree.0.join("src/deep/a.rs"), tree.0.join("src/deep/b.rs")).unwrap();
        assert_ne!(tree.print(), before, "another name");
        tree.write("src/deep/a.rs", "one");
        assert_ne!(tree.print(), before, "one file more");
    }
}
