//! The relay's program is killed while people speak: nothing that somebody saw is lost, and nothing is there twice.
#![cfg(unix)]

mod common;

use std::net::SocketAddr;

use chat_room_wire::{ClientFrame, Entry, ServerFrame};
use common::chat::{Chat, join, post, text_of};
use common::program::{Folder, Program};
use tokio::task::JoinHandle;

const ROUNDS: u64 = 30;
const AUTHORS: u64 = 3;

/// Says posts one after the other until the relay is gone; gives what was acknowledged.
fn speak(mut chat: Chat, name: String, first: u64) -> JoinHandle<Vec<Entry>> {
    tokio::spawn(async move {
        let posts: Vec<ClientFrame> = (first..first + 100).map(|n| post(n, &format!("{name} {n}"))).collect();
        for some in posts.chunks(10) {
            let frames: Vec<String> = some.iter().map(ClientFrame::to_json).collect();
            // The relay may be gone by now.
            let message = format!("[{}]", frames.join(","));
            use futures_util::SinkExt;
            if chat.client.0.send(message.into()).await.is_err() {
                break;
            }
        }
        let (frames, _) = chat.rest().await;
        let entries = frames.into_iter().filter_map(|frame| match frame {
            ServerFrame::Entry(entry) => Some(entry),
            _ => None,
        });
        entries.collect()
    })
}

/// All that the room has, from its first entry.
async fn everything(address: SocketAddr) -> Vec<Entry> {
    let mut chat = Chat::join(address, "tea", "reader").await;
    let mut all: Vec<Entry> = Vec::new();
    loop {
        let page = chat.page(all.first().map(|entry| entry.seq), 100).await;
        all.splice(0..0, page.entries);
        if page.start {
            return all;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_it_keeps_what_was_seen_and_doubles_nothing() {
    let folder = Folder::new();
    let args = ["--listen", "127.0.0.1:0", "--log", "error"];
    let mut seen: Vec<Entry> = Vec::new();
    for round in 0..ROUNDS {
        let mut program = Program::start_in(&folder, &args).await;
        let mut watcher = Chat::join(program.address(), "tea", "watcher").await;
        // Each begins with half of the posts of the round before, acknowledged or not: as a client that came back. The
        // other half is new, however much of that round reached the log.
        let first = round * 50 + 1;
        let mut chats = Vec::new();
        for author in 0..AUTHORS {
            let name = format!("a{author}");
            chats.push((Chat::join(program.address(), "tea", &name).await, name));
        }
        let authors: Vec<_> = chats.into_iter().map(|(chat, name)| speak(chat, name, first)).collect();
        for _ in 0..round * 4 + 1 {
            seen.push(watcher.entry().await);
        }
        program.child.start_kill().expect("killed");
        program.child.wait().await.expect("it has ended");
        let (frames, _) = watcher.rest().await;
        seen.extend(frames.into_iter().filter_map(|frame| match frame {
            ServerFrame::Entry(entry) => Some(entry),
            _ => None,
        }));
        for author in authors {
            seen.extend(author.await.expect("an author"));
        }
    }

    let program = Program::start_in(&folder, &args).await;
    // Everybody says everything once more, as whoever got no answer would.
    for author in 0..AUTHORS {
        let name = format!("a{author}");
        let mut chat = Chat::connect(program.address()).await;
        chat.say(join("tea", &name, None)).await;
        let accepted = chat.joined().await.accepted;
        chat.history().await;
        assert!(accepted > 0, "{name} was heard");
        chat.say(post(accepted, &format!("{name} {accepted}"))).await;
        assert_eq!(chat.entry().await.n, accepted);
    }
    let all = everything(program.address()).await;
    let seqs: Vec<u64> = all.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, (1..=all.len() as u64).collect::<Vec<_>>());
    for entry in &seen {
        let kept = all.get(entry.seq as usize - 1);
        assert_eq!(kept, Some(entry), "what was seen is what is kept");
    }
    for author in 0..AUTHORS {
        let name = format!("a{author}");
        let own: Vec<&Entry> = all.iter().filter(|entry| entry.name == name).collect();
        assert!(
            own.windows(2).all(|pair| pair[0].n < pair[1].n),
            "each once, and in the author's order"
        );
        assert!(own.iter().all(|entry| text_of(entry) == format!("{name} {}", entry.n)));
    }
    assert!(
        seen.len() > 100,
        "too little was seen to prove anything: {}",
        seen.len()
    );
    program.signal("TERM").await;
    assert_eq!(program.status().await, Some(0));
}
