//! What is loaded, for the page.

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::dom::utf16_len;
use crate::room::{Content, Delivery, Room, Said};

/// Messages go to the page together until their texts are as many bytes. Each string from here is another thing for the
/// browser to clear away; but a page that keeps one message keeps the words of all that came with it.
const BATCH_BYTES: usize = 4096;

#[wasm_bindgen(module = "/src/web/element/messages.js")]
extern "C" {
    /// Puts messages at the end of the list.
    fn add(list: &Array, words: &str, numbers: &[f64]);
    /// Puts a reaction to the last one of the list.
    fn react(list: &Array, emoji: &str, clients: Array);
}

/// All texts that are here, the oldest first.
pub(super) fn of(room: &Room) -> Array {
    let list = Array::new();
    let mut batch = Batch::default();
    for item in room.timeline().iter() {
        let (seq, at) = (item.seq().map_or(-1.0, |it| it as f64), item.at().as_millis() as f64);
        match item.content() {
            Content::Said(said) => {
                let (client, name) = match said.name.as_str() {
                    "" => (room.client().unwrap_or_default(), room.entrance().name.as_str()),
                    name => (said.client.as_str(), name),
                };
                batch.add([client, name, said.text()], [seq, at], Some(said));
                if !said.reactions.is_empty() {
                    batch.tell(&list);
                }
                for reaction in &said.reactions {
                    let clients = reaction.clients.iter().map(|it| JsValue::from_str(it));
                    react(&list, &reaction.emoji, clients.collect());
                }
            }
            Content::Text { text, .. } => batch.add(["", "", text], [seq, at], None),
            Content::Binary { .. } | Content::Notice(_) | Content::People(_) | Content::Hole => {}
        }
        if batch.words.len() >= BATCH_BYTES {
            batch.tell(&list);
        }
    }
    batch.tell(&list);
    list
}

/// Messages that are not in the list yet, as `messages.js` takes them.
#[derive(Default)]
struct Batch {
    words: String,
    numbers: Vec<f64>,
}

impl Batch {
    /// `words` are those of its author's id, their name, and the text.
    fn add(&mut self, words: [&str; 3], [seq, at]: [f64; 2], said: Option<&Said>) {
        let [client, name, text] = words.map(|it| {
            self.words.push_str(it);
            f64::from(utf16_len(it))
        });
        let delivery = match said.and_then(|it| it.delivery) {
            None => 0,
            Some(Delivery::Waiting) => 1,
            Some(Delivery::Sent) => 2,
            Some(Delivery::Failed) => 3,
        };
        let edited = said.is_some_and(Said::is_edited);
        let deleted = said.is_some_and(Said::is_retracted);
        let reply_to = said.and_then(|it| it.reply_to).map_or(-1.0, |it| it as f64);
        let numbers = [
            seq,
            at,
            client,
            name,
            text,
            delivery.into(),
            f64::from(u8::from(edited)),
            f64::from(u8::from(deleted)),
            reply_to,
        ];
        self.numbers.extend(numbers);
    }

    fn tell(&mut self, list: &Array) {
        add(list, &self.words, &self.numbers);
        self.words.clear();
        self.numbers.clear();
    }
}
