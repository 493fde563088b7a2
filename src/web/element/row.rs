//! One row of the log: what an item looks like.

use js_sys::{Date, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

use super::dom::{Maker, append, set, set_text};
use super::phrases;
use super::texts::{Language, Texts, fill};
use crate::connection::Instant;
use crate::room::{Content, Delivery, Item, Members, Said};

/// How much of a text is read out to those who cannot see the log.
const MAX_ANNOUNCED_CHARACTERS: usize = 200;

/// How much of a text is quoted above an answer.
const MAX_QUOTED_CHARACTERS: usize = 120;

/// How many kinds of reactions to one text are shown.
const MAX_REACTIONS: usize = 20;

/// How many names a tooltip has.
pub(super) const MAX_NAMES: usize = 50;

/// How many colours the style sheet has for names.
const HUES: u32 = 8;

/// How rows are written.
pub(super) struct Style<'a> {
    pub(super) language: Language,
    pub(super) texts: &'a Texts<'a>,
    /// What the user is called beside their own texts.
    pub(super) own_name: &'a str,
    /// In a room, and not in plain text.
    pub(super) rooms: bool,
    pub(super) now: Instant,
    pub(super) members: &'a Members,
}

/// The class of the row, without which it has no look.
pub(super) fn kind(content: &Content) -> &'static str {
    match content {
        Content::Said(said) if said.delivery.is_some() => "own",
        Content::Said(_) | Content::Text { .. } | Content::Binary { .. } => "theirs",
        Content::Hole => "hole",
        Content::Notice(_) | Content::Change(_) => "notice",
    }
}

/// Whose row it is: rows of the same one form a group. Empty for those that nobody has said.
pub(super) fn group(content: &Content) -> String {
    match content {
        Content::Said(said) if said.delivery.is_some() => "own".to_owned(),
        Content::Said(said) => format!("{}\n{}", said.client, said.name),
        Content::Text { .. } | Content::Binary { .. } => "received".to_owned(),
        Content::Notice(_) | Content::Hole | Content::Change(_) => String::new(),
    }
}

/// Writes all that is in the row anew. `source` is what the item answers, if that is here.
pub(super) fn write(row: &HtmlElement, item: &Item, source: Option<&Said>, style: &Style) {
    let maker = Maker::new();
    let texts = style.texts;
    row.set_text_content(None);
    let content = item.content();
    let sender = match content {
        Content::Said(said) if !said.name.is_empty() => Some(phrases::visible(&said.name)),
        Content::Said(_) => Some(phrases::visible(style.own_name)),
        Content::Text { .. } | Content::Binary { .. } => Some(texts.received().to_owned()),
        Content::Notice(_) | Content::Hole | Content::Change(_) => None,
    };
    if let Some(sender) = sender {
        let name: Element = maker.make("bdi", &[("class", "sender")]);
        set_text(&name, &sender);
        if let Content::Said(said) = content
            && !said.client.is_empty()
        {
            set(&name, "data-hue", &hue(&said.client).to_string());
            set(&name, "title", &format!("{sender} · {}", said.client));
        }
        append(row, &[&name]);
    }
    let bubble: Element = maker.make("div", &[("class", "bubble"), ("part", "bubble")]);
    fill_bubble(&maker, &bubble, content, source, style);
    append(row, &[&bubble]);

    let meta: Element = maker.make("div", &[("class", "meta")]);
    if let Content::Said(said) = content
        && said.is_edited()
    {
        let edited: Element = maker.make("span", &[("class", "edited")]);
        set_text(&edited, texts.edited());
        append(&meta, &[&edited]);
    }
    append(&meta, &[&time(&maker, item.at(), style)]);
    if let Content::Said(said) = content
        && let Some(delivery) = said.delivery
    {
        add_delivery(&maker, row, &meta, delivery, item.seq().is_some(), texts);
    }
    append(row, &[&meta]);
    if let Content::Said(said) = content {
        add_reactions(&maker, row, said, style);
    }
}

/// What is read out of an item, if anything is.
pub(super) fn announcement(item: &Item, style: &Style) -> Option<String> {
    let texts = style.texts;
    match item.content() {
        _ if !item.is_news() => None,
        Content::Text { text, .. } => Some(beginning(text, MAX_ANNOUNCED_CHARACTERS)),
        Content::Binary { bytes, .. } => Some(fill(texts.binary(), &[&bytes.to_string()])),
        Content::Said(said) if said.delivery.is_none() => {
            let text = beginning(said.text(), MAX_ANNOUNCED_CHARACTERS);
            Some(fill(texts.says(), &[&phrases::short_name(&said.name), &text]))
        }
        Content::Said(_) | Content::Notice(_) | Content::Hole | Content::Change(_) => None,
    }
}

fn fill_bubble(maker: &Maker, bubble: &Element, content: &Content, source: Option<&Said>, style: &Style) {
    let texts = style.texts;
    let add = |tag: &str, attributes: &[(&str, &str)], text: &str| {
        let element: Element = maker.make(tag, attributes);
        element.set_text_content(Some(text));
        append(bubble, &[&element]);
    };
    match content {
        Content::Said(said) => {
            if let Some(source) = source {
                append(bubble, &[&quote(maker, source, style)]);
            }
            if said.is_retracted() {
                add("p", &[("class", "deleted")], texts.deleted());
            } else {
                add("p", &[("class", "text"), ("dir", "auto")], said.text());
            }
        }
        Content::Text { text, bytes } => {
            add("p", &[("class", "text"), ("dir", "auto")], text);
            if *bytes > text.len() {
                add("small", &[("class", "note")], &fill(texts.cut(), &[&bytes.to_string()]));
            }
        }
        Content::Binary { head, bytes } => {
            add(
                "small",
                &[("class", "note")],
                &fill(texts.binary(), &[&bytes.to_string()]),
            );
            add("code", &[("class", "hex"), ("dir", "ltr")], &hex(head, *bytes));
        }
        Content::Notice(notice) => add("p", &[("class", "text")], &phrases::notice(texts, notice, style.rooms)),
        Content::Hole => add("p", &[("class", "text")], texts.hole()),
        Content::Change(_) => {}
    }
}

/// One line of what is answered.
fn quote(maker: &Maker, source: &Said, style: &Style) -> Element {
    let texts = style.texts;
    let quote: Element = maker.make("blockquote", &[("class", "quote")]);
    let name: Element = maker.make("bdi", &[("class", "quoted-name")]);
    let called = match source.name.as_str() {
        "" => style.own_name,
        name => name,
    };
    set_text(&name, &phrases::short_name(called));
    if !source.client.is_empty() {
        set(&name, "data-hue", &hue(&source.client).to_string());
    }
    let text: Element = maker.make("bdi", &[("class", "quoted-text")]);
    if source.is_retracted() {
        set_text(&text, texts.deleted());
    } else {
        set_text(&text, &beginning(source.text().trim_start(), MAX_QUOTED_CHARACTERS));
    }
    append(&quote, &[&name, &text]);
    quote
}

/// A mark where the time is, and the words for those who do not know it. `in_log`: everybody gets it.
fn add_delivery(maker: &Maker, row: &HtmlElement, meta: &Element, delivery: Delivery, in_log: bool, texts: &Texts) {
    let (name, words) = match delivery {
        Delivery::Sent => ("sent", texts.delivery_sent()),
        Delivery::Waiting => ("waiting", texts.delivery_waiting()),
        Delivery::Failed => ("failed", texts.delivery_failed()),
    };
    set(row, "data-delivery", name);
    if delivery == Delivery::Sent && in_log {
        let mark: Element = maker.make("span", &[("class", "mark"), ("role", "img")]);
        set(&mark, "aria-label", words);
        set(&mark, "title", words);
        append(meta, &[&mark]);
    }
    if delivery == Delivery::Sent {
        return;
    }
    let mark: Element = maker.make("span", &[("class", "mark"), ("aria-hidden", "true"), ("title", words)]);
    let state: Element = maker.make("span", &[("class", "delivery")]);
    state.set_text_content(Some(words));
    append(meta, &[&mark, &state]);
    if delivery == Delivery::Failed {
        for (class, words) in [("quiet again", texts.send_again()), ("quiet discard", texts.discard())] {
            let button: HtmlElement = maker.make("button", &[("type", "button"), ("class", class)]);
            button.set_text_content(Some(words));
            append(meta, &[&button]);
        }
    }
}

fn add_reactions(maker: &Maker, row: &HtmlElement, said: &Said, style: &Style) {
    if said.reactions.is_empty() || said.is_retracted() {
        return;
    }
    let texts = style.texts;
    let list: Element = maker.make("ul", &[("class", "reactions")]);
    for reaction in said.reactions.iter().take(MAX_REACTIONS) {
        let chip: Element = maker.make("li", &[("class", "reaction")]);
        let emoji: Element = maker.make("bdi", &[("class", "emoji")]);
        set_text(&emoji, &phrases::visible(&reaction.emoji));
        let count: Element = maker.make("span", &[("class", "count")]);
        set_text(&count, &reaction.clients.len().to_string());
        let names = reaction.clients.iter().filter_map(|client| style.members.name(client));
        let names = phrases::names(texts, names.take(MAX_NAMES));
        if !names.is_empty() {
            set(&chip, "title", &names);
        }
        append(&chip, &[&emoji, &count]);
        append(&list, &[&chip]);
    }
    append(row, &[&list]);
}

/// One of the colours, by the id that nobody can choose.
fn hue(client: &str) -> u32 {
    client
        .bytes()
        .fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()))
        % HUES
}

fn beginning(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Bytes as `48 65 6c`, with an ellipsis if there are more.
fn hex(head: &[u8], bytes: usize) -> String {
    let mut text = head
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .join(" ");
    if bytes > head.len() {
        text.push_str(" …");
    }
    text
}

/// The time of day, with the day if that is not today.
fn time(maker: &Maker, at: Instant, style: &Style) -> Element {
    let date = date(at);
    let tag = style.language.tag();
    let today = date.to_date_string() == self::date(style.now).to_date_string();
    let options = Object::new();
    let parts: &[(&str, &str)] = &[
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("month", "short"),
        ("day", "numeric"),
    ];
    for (name, value) in &parts[..if today { 2 } else { 4 }] {
        // Setting a property of a fresh plain object cannot fail.
        drop(Reflect::set(&options, &(*name).into(), &(*value).into()));
    }
    let element: Element = maker.make("time", &[]);
    element.set_text_content(Some(&String::from(date.to_locale_string(tag, &options))));
    if let Some(iso) = Some(date.to_iso_string()).and_then(|iso| iso.dyn_into::<js_sys::JsString>().ok()) {
        set(&element, "datetime", &String::from(iso));
    }
    element
}

fn date(at: Instant) -> Date {
    Date::new(&JsValue::from_f64(at.as_millis() as f64))
}
