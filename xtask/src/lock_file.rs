//! The version of a crate in Cargo.lock.

/// `None` where the crate is not in the file.
pub(crate) fn version_of<'a>(name: &str, lock: &'a str) -> Option<&'a str> {
    let named = format!("name = \"{name}\"");
    let mut lines = lock.lines().skip_while(|line| line.trim() != named).skip(1);
    lines.next()?.trim().strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
[[package]]
name = "wasm-bindgen-futures"
version = "0.4.80"
dependencies = [
 "wasm-bindgen",
]

[[package]]
name = "wasm-bindgen"
version = "0.2.130"
"#;

    #[test]
    fn the_very_crate_and_not_one_with_a_longer_name() {
        assert_eq!(version_of("wasm-bindgen", LOCK), Some("0.2.130"));
        assert_eq!(version_of("wasm-bindgen-futures", LOCK), Some("0.4.80"));
        assert_eq!(version_of("wasm", LOCK), None);
    }
}
