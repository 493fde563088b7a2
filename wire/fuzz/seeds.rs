//! Writes each golden message as a file into corpus/client or corpus/server, for the fuzzer to begin with.

use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let client = include_str!("../golden/client.json");
    let server = include_str!("../golden/server.json");
    for (target, golden) in [("client", client), ("server", server)] {
        let folder = here.join("corpus").join(target);
        fs::create_dir_all(&folder)?;
        let cases: Vec<Value> = serde_json::from_str(golden)?;
        for (index, case) in cases.iter().enumerate() {
            let message = case["message"].as_str().ok_or("a message is a text")?;
            fs::write(folder.join(format!("golden-{index:03}")), message)?;
        }
        println!("{} messages in {}", cases.len(), folder.display());
    }
    Ok(())
}
