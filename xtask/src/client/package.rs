//! What wasm-pack's package.json does not say: where the manifest of the element is, and what can be imported.

use crate::failure::{Failure, Result};
use crate::project;
use std::fs;
use std::path::Path;

const MANIFEST: &str = "src/web/element/custom-elements.json";
const NAME: &str = "custom-elements.json";
pub(super) const JSON: &str = "package.json";

/// Each line of wasm-pack's that another one, or some, go behind.
pub(super) const ADDITIONS: [(&str, &str); 2] = [
    (
        "  \"files\": [\n",
        "    \"custom-elements.json\",\n    \"LICENSE-APACHE\",\n    \"LICENSE-MIT\",\n",
    ),
    (
        "  \"types\": \"chat_room.d.ts\",\n",
        r#"  "customElements": "custom-elements.json",
  "exports": {
    ".": {
      "types": "./chat_room.d.ts",
      "default": "./chat_room.js"
    },
    "./chat_room.js": {
      "types": "./chat_room.d.ts",
      "default": "./chat_room.js"
    },
    "./chat_room_bg.wasm": "./chat_room_bg.wasm",
    "./custom-elements.json": "./custom-elements.json",
    "./package.json": "./package.json"
  },
"#,
    ),
];

pub(super) fn complete(directory: &Path) -> Result {
    let from = project::root().join(MANIFEST);
    let to = directory.join(NAME);
    fs::copy(&from, &to).map_err(|e| Failure::file("copy", &from, &e))?;
    let path = directory.join(JSON);
    let text = fs::read_to_string(&path).map_err(|e| Failure::file("read", &path, &e))?;
    fs::write(&path, completed(&text)?).map_err(|e| Failure::file("write", &path, &e))
}

/// Takes a folder that is no more out of what is published.
pub(super) fn leave_out(folder: &str, json: &Path) -> Result {
    let text = fs::read_to_string(json).map_err(|e| Failure::file("read", json, &e))?;
    fs::write(json, without(folder, &text)).map_err(|e| Failure::file("write", json, &e))
}

/// It is never the first of the list.
fn without(folder: &str, text: &str) -> String {
    text.replace(&format!(",\n    \"{folder}\""), "")
}

fn completed(text: &str) -> Result<String> {
    let mut text = text.to_string();
    for (line, more) in ADDITIONS {
        let Some(place) = text.find(line) else {
            return Err(Failure(format!(
                "wasm-pack's {JSON} has no line {}: this wasm-pack writes it otherwise, and ADDITIONS in \
                 xtask/src/client/package.rs have to follow it",
                line.trim()
            )));
        };
        text.insert_str(place + line.len(), more);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_stands_behind_its_line() {
        let text = "{\n  \"files\": [\n    \"a\"\n  ],\n  \"types\": \"chat_room.d.ts\",\n  \"version\": \"1\"\n}\n";
        let whole = completed(text).unwrap();
        assert!(
            whole.contains("\"files\": [\n    \"custom-elements.json\",\n"),
            "{whole}"
        );
        assert!(whole.contains("\"LICENSE-MIT\",\n    \"a\"\n"), "{whole}");
        assert!(
            whole.contains("chat_room.d.ts\",\n  \"customElements\": \"custom-elements.json\",\n"),
            "{whole}"
        );
        assert!(whole.ends_with("  },\n  \"version\": \"1\"\n}\n"), "{whole}");
    }

    #[test]
    fn a_folder_that_is_no_more_is_not_published() {
        let text =
            "  \"files\": [\n    \"a\",\n    \"snippets\"\n  ],\n  \"sideEffects\": [\n    \"./snippets/*\"\n  ]";
        let left = "  \"files\": [\n    \"a\"\n  ],\n  \"sideEffects\": [\n    \"./snippets/*\"\n  ]";
        assert_eq!(without("snippets", text), left);
        assert_eq!(without("snippets", left), left);
    }

    #[test]
    fn another_form_is_told() {
        let failure = completed("{\"files\":[]}").unwrap_err();
        assert!(failure.0.contains("no line \"files\": ["), "{failure}");
    }
}
