//! Embeds the files of `www/` that a browser needs, each as it is and compressed, into the relay.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

#[path = "src/mime.rs"]
mod mime;

fn main() -> io::Result<()> {
    let www = Path::new(&variable("CARGO_MANIFEST_DIR")).join("../www");
    let out = PathBuf::from(variable("OUT_DIR"));
    // A folder stands for everything below it. Where it is missing this script runs at every build.
    println!("cargo::rerun-if-changed={}", www.display());

    let mut files = Vec::new();
    list(&www, "", &mut files)?;
    files.sort();

    let mut code = String::from("&[\n");
    for path in files {
        if let Some(media_type) = mime::media_type(&path) {
            embed(&www, &path, media_type, &out, &mut code)?;
        }
    }
    code.push(']');
    fs::write(out.join("assets.rs"), code)
}

fn variable(name: &str) -> String {
    std::env::var(name).expect("cargo sets it for a build script")
}

/// Collects the files under `www`, as paths relative to it with `/` in between.
fn list(www: &Path, below: &str, files: &mut Vec<String>) -> io::Result<()> {
    let entries = match fs::read_dir(www.join(below)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let path = if below.is_empty() {
            name
        } else {
            format!("{below}/{name}")
        };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            list(www, &path, files)?;
        } else if kind.is_file() {
            files.push(path);
        }
    }
    Ok(())
}

/// Copies a file into `out` under the hash of its content, with its compressed forms beside it, and adds it to
/// the table. What is there from an earlier build is kept: the best compression is slow.
fn embed(www: &Path, path: &str, media_type: &str, out: &Path, code: &mut String) -> io::Result<()> {
    let bytes = fs::read(www.join(path))?;
    let hash = Sha256::digest(&bytes)
        .iter()
        .take(16)
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
    let compressible =
        !media_type.starts_with("image/") && !media_type.starts_with("font/") || media_type == "image/svg+xml";

    let plain = keep(out, &hash, || Ok(bytes.clone()))?;
    let encoded = |suffix: &str, encode: fn(&[u8]) -> io::Result<Vec<u8>>| {
        if !compressible {
            return Ok::<_, io::Error>(String::from("None"));
        }
        let length = keep(out, &format!("{hash}.{suffix}"), || encode(&bytes))?;
        // A file too small to gain is sent as it is.
        Ok(if length < plain {
            format!("Some({})", include(&format!("{hash}.{suffix}")))
        } else {
            String::from("None")
        })
    };
    let brotli = encoded("br", brotli)?;
    let gzip = encoded("gz", gzip)?;
    let _ = writeln!(
        code,
        "Asset {{ path: {:?}, media_type: {media_type:?}, hash: {hash:?}, plain: {}, brotli: {brotli}, gzip: {gzip} }},",
        format!("/{path}"),
        include(&hash),
    );
    Ok(())
}

/// Makes the file `name` in `out` unless it is there; returns its length.
fn keep(out: &Path, name: &str, make: impl FnOnce() -> io::Result<Vec<u8>>) -> io::Result<u64> {
    let target = out.join(name);
    if !target.exists() {
        // Renamed into place, so that an interrupted build leaves no half of a file behind.
        let unfinished = out.join("unfinished");
        fs::write(&unfinished, make()?)?;
        fs::rename(&unfinished, &target)?;
    }
    Ok(fs::metadata(&target)?.len())
}

fn include(name: &str) -> String {
    format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\"))")
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    // Build scripts are not optimized: the best quality takes seconds, which a debug build need not wait for.
    let quality = if variable("PROFILE") == "release" { 11 } else { 5 };
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, quality, 22);
    writer.write_all(bytes)?;
    Ok(writer.into_inner())
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes)?;
    writer.finish()
}
