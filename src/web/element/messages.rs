//! What is loaded, for the page.

use js_sys::Array;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::room::{Content, Delivery, Room};

#[wasm_bindgen(module = "/src/web/element/messages.js")]
extern "C" {
    /// Puts a message at the end of the list.
    fn add(
        list: &Array,
        seq: Option<f64>,
        at: f64,
        client: &str,
        name: &str,
        text: &str,
        delivery: Option<&str>,
        edited: bool,
        deleted: bool,
        reply_to: Option<f64>,
    );
    /// Puts a reaction to the last one of the list.
    fn react(list: &Array, emoji: &str, clients: Array);
}

/// All texts that are here, the oldest first.
pub(super) fn of(room: &Room) -> Array {
    let list = Array::new();
    for item in room.timeline().iter() {
        let (seq, at) = (item.seq().map(|it| it as f64), item.at().as_millis() as f64);
        match item.content() {
            Content::Said(said) => {
                let (client, name) = match said.name.as_str() {
                    "" => (room.client().unwrap_or_default(), room.entrance().name.as_str()),
                    name => (said.client.as_str(), name),
                };
                let delivery = said.delivery.map(|it| match it {
                    Delivery::Waiting => "waiting",
                    Delivery::Sent => "sent",
                    Delivery::Failed => "failed",
                });
                let (edited, deleted) = (said.is_edited(), said.is_retracted());
                let reply_to = said.reply_to.map(|it| it as f64);
                add(
                    &list,
                    seq,
                    at,
                    client,
                    name,
                    said.text(),
                    delivery,
                    edited,
                    deleted,
                    reply_to,
                );
                for reaction in &said.reactions {
                    let clients = reaction.clients.iter().map(|it| wasm_bindgen::JsValue::from_str(it));
                    react(&list, &reaction.emoji, clients.collect());
                }
            }
            Content::Text { text, .. } => add(&list, seq, at, "", "", text, None, false, false, None),
            Content::Binary { .. } | Content::Notice(_) | Content::People(_) | Content::Hole => {}
        }
    }
    list
}
