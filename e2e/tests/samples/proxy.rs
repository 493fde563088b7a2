//! The server in front of the relay.

use std::{env, fs, net::TcpListener, process::Command};

use e2e::{folder::Folder, process::Process, relay::Relay};
use futures_util::SinkExt;
use serde_json::json;
use tokio::net::TcpStream;

use crate::{
    conversation::{connect, hear},
    markdown::{Block, blocks},
};

/// The name that the samples give the server.
const NAME: &str = "chat.example.org";

#[tokio::test]
async fn a_conversation_goes_through_the_proxy() {
    for block in blocks("nginx") {
        let text = &block.text;
        for needed in [
            format!("server_name {NAME};"),
            "proxy_pass http://127.0.0.1:8005;".to_owned(),
            "proxy_http_version 1.1;".to_owned(),
            "proxy_set_header Host $host;".to_owned(),
            "proxy_set_header Upgrade $http_upgrade;".to_owned(),
            "proxy_set_header Connection \"upgrade\";".to_owned(),
        ] {
            assert!(text.contains(&needed), "{}: without {needed}", block.place);
        }
        let brackets = ['{', '}'].map(|it| text.matches(it).count());
        assert_eq!(brackets[0], brackets[1], "{}", block.place);
        let on_path = env::split_paths(&env::var_os("PATH").expect("there is a PATH"))
            .chain(["/usr/sbin".into()])
            .map(|folder| folder.join("nginx"))
            .find(|path| path.is_file());
        match env::var_os("NGINX").map(Into::into).or(on_path) {
            Some(program) => carry(&program, &block).await,
            None => eprintln!("{}: there is no nginx to carry a conversation", block.place),
        }
    }
}

/// Has nginx carry a conversation with a relay. TLS needs a certificate, and is left out.
async fn carry(program: &std::path::Path, block: &Block) {
    let relay = Relay::with_options(&["--allow-host", NAME]);
    let folder = Folder::new();
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|it| it.local_addr())
        .expect("a free port")
        .port();
    let host = format!("127.0.0.1:{port}");
    let lines = block
        .text
        .lines()
        .filter(|line| !line.trim_start().starts_with("ssl_certificate"));
    let server = lines.collect::<Vec<_>>().join("\n");
    assert!(server.contains("listen 443 ssl;"), "{}: it speaks TLS", block.place);
    let server = server
        .replace("listen 443 ssl;", &format!("listen {host};"))
        .replace("127.0.0.1:8005", &relay.host());
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|it| format!("{it}_temp_path {it};"))
        .join(" ");
    let configuration = format!(
        "daemon off; master_process off; pid nginx.pid; error_log stderr info; events {{}}
         http {{ access_log off; {temporary}\n{server}\n}}"
    );
    let file = folder.path().join("nginx.conf");
    fs::write(&file, configuration).expect("it can be written");
    let _nginx = Process::start(
        "nginx",
        Command::new(program).arg("-p").arg(folder.path()).arg("-c").arg(&file),
    );
    e2e::wait::until("nginx", async || match TcpStream::connect(&host).await {
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    })
    .await;
    let origin = format!("https://{NAME}");
    let url = format!("ws://{NAME}/socket");
    let mut client = connect(&host, &url, &[("Origin", &origin)]).await;
    let join = json!({ "type": "join", "room": "garden", "name": "Ann", "key": "p1rX0mQ5r2vXn3Zk8aYt4w" });
    client.send(join.to_string().into()).await.expect("it listens");
    assert_eq!(hear(&mut client).await[0]["type"], "joined", "{}", block.place);
}
