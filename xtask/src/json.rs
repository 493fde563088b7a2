//! The little JSON that is needed: one string out of a line that cargo printed.

/// The value of the last `"key":"…"` in the line.
pub(crate) fn string(line: &str, key: &str) -> Option<String> {
    let start = line.rfind(&format!("\"{key}\":\""))? + key.len() + 4;
    let mut value = String::new();
    let mut letters = line[start..].chars();
    loop {
        match letters.next()? {
            '"' => return Some(value),
            '\\' => match letters.next()? {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                'u' => {
                    let code: String = letters.by_ref().take(4).collect();
                    value.push(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32)?);
                }
                other => value.push(other),
            },
            letter => value.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_an_artifact() {
        let line = r#"{"reason":"compiler-artifact","executable":"/a b/\"q\"\\r","fresh":true}"#;
        assert_eq!(string(line, "executable").as_deref(), Some("/a b/\"q\"\\r"));
        assert_eq!(string(line, "reason").as_deref(), Some("compiler-artifact"));
        assert_eq!(string(r#"{"executable":null}"#, "executable"), None);
        assert_eq!(string(r#"{"executable":"cut"#, "executable"), None);
    }
}
