//! The npm package in projects of others: installed from its tarball, compiled strictly, bundled or not, and used.

use e2e::{
    consumer::Consumer, files::FileServer, in_both_browsers, relay::Relay, room_page::RoomPage, stage::Stage,
    test_server::TestServer, wait::until,
};

in_both_browsers!(
    built_by_vite,
    served_by_vites_dev_server,
    built_by_vite_with_react,
    a_page_without_a_bundler,
);

#[test]
fn the_types_are_complete_in_a_strict_project_without_react() {
    Consumer::install("vite").run("tsc", &[]);
}

#[test]
fn the_types_are_complete_in_jsx_of_react_19() {
    Consumer::install("react").run("tsc", &[]);
}

#[test]
fn the_types_are_complete_in_jsx_of_react_18() {
    Consumer::install("react-18").run("tsc", &[]);
}

#[test]
fn the_manifest_fits_its_schema_and_is_found_by_the_package() {
    Consumer::install("manifest").run("check.js", &[]);
}

#[test]
fn what_renders_pages_on_a_server_can_import_it() {
    Consumer::install("plain").run("on-a-server.js", &[]);
}

async fn built_by_vite(stage: &Stage) {
    let project = Consumer::install("vite");
    project.run("vite", &["build"]);
    let files = FileServer::start(&project.path().join("dist"), &[]).await;
    talks(stage, &Servers::start().await, &format!("{}/", files.origin()), "Vite").await;
}

async fn served_by_vites_dev_server(stage: &Stage) {
    let project = Consumer::install("vite");
    let server = project.start("Vite", "vite", &["--host", "127.0.0.1", "--port", "0"]);
    let address = server.wait_for(|line| {
        let (_, address) = line.split_once("http://127.0.0.1:")?;
        Some(format!("http://127.0.0.1:{}", address.trim()))
    });
    talks(stage, &Servers::start().await, &address, "Vite").await;
}

async fn built_by_vite_with_react(stage: &Stage) {
    let project = Consumer::install("react");
    project.run("vite", &["build"]);
    let files = FileServer::start(&project.path().join("dist"), &[]).await;
    let servers = Servers::start().await;
    let (page, other) = talks(stage, &servers, &format!("{}/", files.origin()), "React").await;
    // Events come as React hands them on, and the ref leads to the element.
    until_output(&page, "state", "open").await;
    let wave = "document.getElementById('wave').click()";
    page.page().script(wave, vec![]).await;
    other
        .until_received(&["The package works.", "A wave from React."])
        .await;
}

async fn a_page_without_a_bundler(stage: &Stage) {
    let project = Consumer::install("plain");
    let files = FileServer::start(project.path(), &[]).await;
    talks(stage, &Servers::start().await, &format!("{}/", files.origin()), "Plain").await;
}

/// What the element and the socket connect to.
struct Servers {
    relay: Relay,
    echo: TestServer,
}

impl Servers {
    async fn start() -> Self {
        Self {
            relay: Relay::start(),
            echo: TestServer::start("127.0.0.1:0").await.expect("a free port"),
        }
    }
}

/// The element connects by itself, says something and hears something; the socket has an answer.
async fn talks(stage: &Stage, servers: &Servers, page: &str, name: &str) -> (RoomPage, RoomPage) {
    let Servers { relay, echo } = servers;
    let other = stage.open(&relay.page()).await;
    other.join("lobby", "Other").await;
    let asked = format!("?relay={}&echo=ws://{}/echo", relay.socket(), echo.addr());
    let here = stage.open(&format!("{page}{asked}")).await;
    here.until_state("open").await;
    here.say("The package works.").await;
    other.until_shown(name, "The package works.").await;
    other.say("So it seems.").await;
    here.until_received(&["So it seems."]).await;
    until_output(&here, "heard", "So it seems.").await;
    let greeting = match name {
        "Plain" => "hello from a plain page".to_owned(),
        name => format!("hello from {name}"),
    };
    until_output(&here, "echo", &greeting).await;
    (here, other)
}

async fn until_output(page: &RoomPage, id: &str, expected: &str) {
    until(expected, async || {
        let script = format!("return document.getElementById('{id}').value");
        match page.page().script(&script, vec![]).await {
            value if value == expected => Ok(()),
            value => Err(value.to_string()),
        }
    })
    .await;
}
