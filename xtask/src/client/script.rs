//! One script instead of the dozen that wasm-bindgen leaves: fetched at once, and with short names.

use super::package;
use crate::failure::{Failure, Result};
use crate::process;
use crate::steps::Steps;
use crate::tools::Tools;
use std::fs;
use std::path::Path;

/// Nothing is rewritten that the browsers of README.md understand, and nothing made of what they do not.
const ESBUILD: [&str; 4] = ["--bundle", "--format=esm", "--minify", "--target=es2022"];

/// In a comment at the module's top: where its types are, for Deno.
const TYPES: &str = "@ts-self-types";

/// At the script's top: V8 compiles all of it while it is still being fetched, beside the page's other work. Most of it is
/// needed as soon as there is an element.
const EAGER: &str = "//# allFunctionsCalledOnLoad";

/// The scripts that the module imports, by wasm-bindgen's name for their folder.
const IMPORTED: &str = "snippets";

/// Makes one script of `module` and what it imports. What `module` exports keeps its names.
pub(super) fn bundle(tools: &Tools, steps: &Steps, esbuild: &Path, module: &Path) -> Result {
    steps.say(&format!("Making one short script: esbuild {}", ESBUILD.join(" ")));
    let long = fs::read_to_string(module).map_err(|e| Failure::file("read", module, &e))?;
    let short = module.with_extension("short");
    let mut command = tools.command(esbuild);
    // It warns of a key that wasm-bindgen writes twice, with the same value.
    command.args(ESBUILD).arg("--log-level=error");
    command.arg(format!("--banner:js={}", banner(&long)));
    command.arg(module).arg(format!("--outfile={}", short.display()));
    process::quietly(command, "esbuild", steps)?;
    fs::rename(&short, module).map_err(|e| Failure::file("write", module, &e))?;
    let directory = module.with_file_name(IMPORTED);
    if directory.is_dir() {
        fs::remove_dir_all(&directory).map_err(|e| Failure::file("remove", &directory, &e))?;
        package::leave_out(IMPORTED, module.with_file_name(package::JSON).as_path())?;
    }
    Ok(())
}

/// The comments that browsers and tools read.
fn banner(script: &str) -> String {
    let types = script.lines().next().filter(|line| line.contains(TYPES));
    [EAGER].into_iter().chain(types).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_and_tools_read_is_at_the_top() {
        let types = "/* @ts-self-types=\"./a.d.ts\" */";
        assert_eq!(banner(&format!("{types}\nimport a;\n")), format!("{EAGER}\n{types}"));
        assert_eq!(banner("import a;\n"), EAGER);
        assert_eq!(banner(""), EAGER);
    }
}
