//! The entries of a chat, as a busy room has them.

use chat_room_wire::{Body, Entry};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::Asked;

/// How many people talk.
const AUTHORS: u64 = 20;
/// The relay's bounds of an array of frames.
pub(super) const JOINED_FRAMES: usize = 256;
const JOINED_BYTES: usize = 64 * 1024;
/// When the first entry was said, in milliseconds since 1970.
const BEGUN: u64 = 1_767_225_600_000;

/// The public id and the name of who said the entry with this place.
fn author(seq: u64) -> (String, String) {
    let author = seq % AUTHORS;
    (
        format!("{:032x}", (author + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)),
        format!("Author {author}"),
    )
}

/// The entry after the one with the place `prev`, with a text of so many bytes.
pub(super) fn entry(prev: u64, bytes: usize) -> Entry {
    let seq = prev + 1;
    let (client, name) = author(seq);
    Entry {
        seq,
        prev,
        at: BEGUN + seq,
        client,
        name,
        n: seq,
        body: Body::Text {
            text: text(seq, bytes),
            reply_to: None,
        },
    }
}

/// No two are the same, and each has words, as people's have.
fn text(seq: u64, bytes: usize) -> String {
    let mut text = format!("{seq} ");
    while text.len() < bytes {
        text.push_str("what people say to one another ");
    }
    text.truncate(bytes);
    text
}

/// As many entries as are asked for after the one with the place `prev`, in messages of at most so many. What is alone
/// in its message is no array.
pub(super) fn packed(prev: u64, asked: Asked, frames: usize) -> Vec<Utf8Bytes> {
    let mut messages = Vec::new();
    let mut message = String::new();
    let mut inside = 0;
    for prev in prev..prev + asked.count as u64 {
        let entry = entry(prev, asked.bytes);
        let before = message.len();
        message.push(if inside == 0 { '[' } else { ',' });
        entry.write(&mut message);
        inside += 1;
        if inside > 1 && message.len() >= JOINED_BYTES {
            let last = message.split_off(before);
            messages.push(closed(std::mem::take(&mut message), inside - 1));
            message = format!("[{}", &last[1..]);
            inside = 1;
        }
        if inside == frames {
            messages.push(closed(std::mem::take(&mut message), inside));
            inside = 0;
        }
    }
    if inside > 0 {
        messages.push(closed(message, inside));
    }
    messages
}

fn closed(mut message: String, frames: usize) -> Utf8Bytes {
    if frames == 1 {
        message.remove(0);
    } else {
        message.push(']');
    }
    message.into()
}

#[cfg(test)]
mod tests {
    use chat_room_wire::ServerFrame;

    use super::*;

    #[test]
    fn every_entry_is_in_one_message_within_the_bounds() {
        for (count, bytes, frames) in [
            (7, 100, 1),
            (1000, 100, 200),
            (1000, 100, JOINED_FRAMES),
            (100, 4000, JOINED_FRAMES),
        ] {
            let messages = packed(5, Asked { count, bytes }, frames);
            let mut last = 5;
            for message in &messages {
                assert!(message.len() <= JOINED_BYTES);
                assert_eq!(message.starts_with('['), frames > 1);
                let entries = ServerFrame::decode(message).unwrap();
                assert!(entries.len() <= frames);
                for entry in entries {
                    let Ok(ServerFrame::Entry(entry)) = entry else {
                        panic!("{entry:?}")
                    };
                    assert_eq!((entry.prev, entry.body.bytes()), (last, bytes));
                    last = entry.seq;
                }
            }
            assert_eq!(last, 5 + count as u64);
        }
    }
}
