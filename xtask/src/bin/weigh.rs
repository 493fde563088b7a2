//! How much files are to those who fetch them: a line for each, with its bytes and those of it compressed by brotli at its
//! best. A program of its own, since brotli takes longer to be compiled than all of xtask.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

const QUALITY: i32 = 11;
const WINDOW: i32 = 22;

fn main() -> Result<(), Box<dyn Error>> {
    for file in env::args().skip(1) {
        let bytes = fs::read(&file).map_err(|e| format!("cannot read {file}: {e}"))?;
        println!("{} {} {}", bytes.len(), compressed(&bytes)?, Path::new(&file).display());
    }
    Ok(())
}

fn compressed(bytes: &[u8]) -> std::io::Result<usize> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: QUALITY,
        lgwin: WINDOW,
        size_hint: bytes.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
    Ok(compressed.len())
}
