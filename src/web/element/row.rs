//! One row of the log: what an item looks like.

use web_sys::HtmlElement;

use super::dates::local;
use super::dom::{Sketch, set, set_text, worded};
use super::names::Called;
use super::phrases;
use super::texts::{Texts, fill};
use crate::connection::Instant;
use crate::room::{Content, Delivery, Item, Members, Said};
use crate::text::{Language, Piece, action, is_mention, pieces};
use crate::traffic::utc;

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
    pub(super) texts: &'a Texts<'a>,
    pub(super) language: Language,
    /// What people are called, and what tells them apart.
    pub(super) called: &'a Called,
    /// What the user is called beside their own texts.
    pub(super) own_name: &'a str,
    /// The user, by the id that the relay shows; empty if that is not known.
    pub(super) me: &'a str,
    /// In a room, and not in plain text.
    pub(super) rooms: bool,
    pub(super) now: Instant,
    pub(super) members: &'a Members,
}

impl Style<'_> {
    /// What the author of a text is called.
    fn author(&self, said: &Said) -> String {
        match said.name.as_str() {
            "" => self.called.name(self.me, self.own_name),
            name => self.called.name(&said.client, name),
        }
    }
}

/// The class of the row, without which it has no look.
pub(super) fn kind(content: &Content) -> &'static str {
    match content {
        Content::Said(said) if said.delivery.is_some() => "own",
        Content::Said(_) | Content::Text { .. } | Content::Binary { .. } => "theirs",
        Content::Hole => "hole",
        Content::Notice(_) | Content::People(_) => "notice",
    }
}

/// More classes of the row: of what is done and not said, and of what names the reader.
pub(super) fn manner(content: &Content, style: &Style) -> &'static str {
    match content {
        Content::Said(said) if action(said.text()).is_some() => {
            if mentions_reader(said, style) {
                " action mention"
            } else {
                " action"
            }
        }
        Content::Said(said) if mentions_reader(said, style) => " mention",
        _ => "",
    }
}

fn mentions_reader(said: &Said, style: &Style) -> bool {
    said.delivery.is_none() && is_mention(said.text(), style.own_name)
}

/// Whose row it is: rows of the same one form a group. Empty for those that nobody has said.
pub(super) fn group(content: &Content) -> String {
    match content {
        Content::Said(said) if action(said.text()).is_some() => String::new(),
        Content::Said(said) if said.delivery.is_some() => "own".to_owned(),
        Content::Said(said) => [&*said.client, "\n", &*said.name].concat(),
        Content::Text { .. } | Content::Binary { .. } => "received".to_owned(),
        Content::Notice(_) | Content::Hole | Content::People(_) => String::new(),
    }
}

/// Writes all of the item anew. `source` is what it answers, if that is here.
pub(super) fn write(row: &HtmlElement, line: &HtmlElement, item: &Item, source: Option<&Said>, style: &Style) {
    let texts = style.texts;
    line.set_text_content(None);
    let mut sketch = Sketch::default();
    let content = item.content();
    let sender = match content {
        Content::Said(said) if action(said.text()).is_some() => None,
        Content::Said(said) => Some(style.author(said)),
        Content::Text { .. } | Content::Binary { .. } => Some(texts.received().to_owned()),
        Content::Notice(_) | Content::Hole | Content::People(_) => None,
    };
    if let Some(sender) = sender {
        sketch.open("bdi;class=sender;part=sender");
        if let Content::Said(said) = content {
            colour(&mut sketch, said);
            if said.delivery.is_none() {
                sketch.set("data-initial", initial(&sender).encode_utf8(&mut [0; 4]));
            }
        }
        sketch.text(&sender);
        sketch.close();
    }
    sketch.open("div;class=bubble;part=bubble");
    fill_bubble(&mut sketch, content, source, style);
    sketch.close();

    sketch.open("div;class=meta");
    if let Content::Said(said) = content
        && said.is_edited()
    {
        sketch.worded("span;class=edited", texts.edited());
    }
    add_time(&mut sketch, item.at(), style);
    if let Content::Said(said) = content
        && let Some(delivery) = said.delivery
    {
        set(
            row,
            "data-delivery",
            add_delivery(&mut sketch, delivery, item.seq().is_some(), texts),
        );
    }
    sketch.close();
    if let Content::Said(said) = content {
        add_reactions(&mut sketch, said, style);
    }
    sketch.draw(line);
}

const DAY: &str = "p;class=day;part=day";
const UNREAD: &str = "p;class=unread;part=unread";

/// What stands above the item: the day that begins with it, so many days ago, and that it is the first one not seen.
pub(super) fn write_dividers(
    row: &HtmlElement,
    line: &HtmlElement,
    at: Instant,
    days_ago: Option<i64>,
    is_first_unread: bool,
    style: &Style,
) {
    let texts = style.texts;
    let words = days_ago.map(|days| match days {
        0 => texts.today().to_owned(),
        1 => texts.yesterday().to_owned(),
        _ => {
            let (day, now) = (local(at), local(style.now));
            day.date(style.language, day.year() != now.year())
        }
    });
    let unread = is_first_unread.then(|| texts.unread_line().to_owned());
    for (what, selector, words) in [(DAY, ":scope > .day", words), (UNREAD, ":scope > .unread", unread)] {
        let here = row.query_selector(selector).ok().flatten();
        match (here, words) {
            (Some(here), Some(words)) => set_text(&here, &words),
            (Some(here), None) => here.remove(),
            (None, Some(words)) => {
                let divider = worded(what, &words);
                row.insert_before(&divider, Some(line)).expect("a row takes children");
            }
            (None, None) => {}
        }
    }
}

/// What a row is called for those who do not see it.
pub(super) fn label(item: &Item, style: &Style) -> String {
    let time = local(item.at()).clock(style.language);
    let words = match item.content() {
        Content::Said(said) if said.is_retracted() => {
            fill(style.texts.says(), &[&style.author(said), style.texts.deleted()])
        }
        Content::Said(said) => fill(
            style.texts.says(),
            &[
                &style.author(said),
                &phrases::beginning(said.text(), MAX_ANNOUNCED_CHARACTERS),
            ],
        ),
        Content::Text { text, .. } => phrases::beginning(text, MAX_ANNOUNCED_CHARACTERS),
        Content::Binary { bytes, .. } => fill(style.texts.binary(), &[&bytes.to_string()]),
        Content::Notice(notice) => phrases::notice(style.texts, notice, style.rooms),
        Content::People(people) => phrases::people(style.texts, people, style.called),
        Content::Hole => style.texts.hole().to_owned(),
    };
    [&*words, &*time].join(style.texts.comma())
}

/// What stands for a name where there is little room.
pub(super) fn initial(name: &str) -> char {
    name.chars().next().unwrap_or(' ')
}

/// The author's colour.
fn colour(sketch: &mut Sketch, said: &Said) {
    if !said.client.is_empty() {
        sketch.set("data-hue", &hue(&said.client).to_string());
        sketch.set("title", &said.client);
    }
}

/// What is read out of an item, if anything is.
pub(super) fn announcement(item: &Item, style: &Style) -> Option<String> {
    let texts = style.texts;
    match item.content() {
        _ if !item.is_news() => None,
        Content::Text { text, .. } => Some(phrases::beginning(text, MAX_ANNOUNCED_CHARACTERS)),
        Content::Binary { bytes, .. } => Some(fill(texts.binary(), &[&bytes.to_string()])),
        Content::Said(said) if said.delivery.is_none() => {
            let text = phrases::beginning(said.text(), MAX_ANNOUNCED_CHARACTERS);
            Some(fill(
                texts.says(),
                &[&style.called.short_name(&said.client, &said.name), &text],
            ))
        }
        Content::Said(_) | Content::Notice(_) | Content::Hole | Content::People(_) => None,
    }
}

fn fill_bubble(sketch: &mut Sketch, content: &Content, source: Option<&Said>, style: &Style) {
    let texts = style.texts;
    match content {
        Content::Said(said) => {
            match source {
                Some(source) => add_quote(sketch, source, style),
                None if said.reply_to.is_some() && !said.is_retracted() => {
                    sketch.worded(QUOTE, texts.quote_elsewhere());
                }
                None => {}
            }
            if said.is_retracted() {
                sketch.worded("p;class=deleted", texts.deleted());
            } else if let Some(action) = action(said.text()) {
                sketch.open("bdi;class=actor");
                colour(sketch, said);
                sketch.text(&style.author(said));
                sketch.close();
                add_text(sketch, action, said, style);
            } else {
                add_text(sketch, said.text(), said, style);
            }
        }
        Content::Text { text, bytes } => {
            sketch.worded("p;class=text;dir=auto", text);
            if *bytes > text.len() {
                sketch.worded("small;class=note", &fill(texts.cut(), &[&bytes.to_string()]));
            }
        }
        Content::Binary { head, bytes } => {
            sketch.worded("small;class=note", &fill(texts.binary(), &[&bytes.to_string()]));
            sketch.worded("code;class=hex;dir=ltr", &hex(head, *bytes));
        }
        Content::Notice(notice) => sketch.worded("p;class=text", &phrases::notice(texts, notice, style.rooms)),
        Content::Hole => sketch.worded("p;class=text", texts.hole()),
        Content::People(people) => sketch.worded("p;class=text", &phrases::people(texts, people, style.called)),
    }
}

/// What was said, with its links, its code, and the reader's name.
fn add_text(sketch: &mut Sketch, text: &str, said: &Said, style: &Style) {
    sketch.open("div;class=text;dir=auto");
    let reader = if said.delivery.is_none() { style.own_name } else { "" };
    for piece in pieces(text, reader) {
        match piece {
            Piece::Plain(words) => sketch.text(words),
            Piece::Link(words) => {
                sketch.open(LINK);
                sketch.set("href", words);
                sketch.text(words);
                sketch.close();
            }
            Piece::Mention(words) => sketch.worded("mark;class=name", words),
            Piece::Code(words) => sketch.worded("code;class=code;dir=ltr", words),
            Piece::Block(words) => sketch.worded("pre;class=block;dir=ltr", words),
        }
    }
    sketch.close();
}

const LINK: &str = "a;class=link;target=_blank;rel=noopener noreferrer;tabindex=-1;dir=ltr";

/// A button that leads to what is answered.
const QUOTE: &str = "button;type=button;class=quote;part=quote;tabindex=-1";

/// One line of what is answered.
fn add_quote(sketch: &mut Sketch, source: &Said, style: &Style) {
    let texts = style.texts;
    sketch.open(QUOTE);
    sketch.set("title", texts.go_to_source());
    sketch.open("bdi;class=quoted-name");
    if !source.client.is_empty() {
        sketch.set("data-hue", &hue(&source.client).to_string());
    }
    sketch.text(&style.author(source));
    sketch.close();
    let words = if source.is_retracted() {
        texts.deleted().to_owned()
    } else {
        phrases::beginning(source.text().trim_start(), MAX_QUOTED_CHARACTERS)
    };
    sketch.worded("bdi;class=quoted-text", &words);
    sketch.close();
}

const AGAIN: &str = "button;type=button;tabindex=-1;class=quiet again";
const DISCARD: &str = "button;type=button;tabindex=-1;class=quiet discard";

/// A mark where the time is, and the words for those who do not know it. `in_log`: everybody gets it. Gives what the style
/// sheet calls it.
fn add_delivery(sketch: &mut Sketch, delivery: Delivery, in_log: bool, texts: &Texts) -> &'static str {
    let (name, words) = match delivery {
        Delivery::Sent => ("sent", texts.delivery_sent()),
        Delivery::Waiting => ("waiting", texts.delivery_waiting()),
        Delivery::Failed => ("failed", texts.delivery_failed()),
    };
    if delivery == Delivery::Sent {
        if in_log {
            sketch.open("span;class=mark;role=img");
            sketch.set("aria-label", words);
            sketch.set("title", words);
            sketch.close();
        }
        return name;
    }
    sketch.open("span;class=mark;aria-hidden=true");
    sketch.set("title", words);
    sketch.close();
    sketch.worded("span;class=delivery", words);
    if delivery == Delivery::Failed {
        sketch.worded(AGAIN, texts.send_again());
        sketch.worded(DISCARD, texts.discard());
    }
    name
}

/// A button for each, which puts one's own there or takes it away.
fn add_reactions(sketch: &mut Sketch, said: &Said, style: &Style) {
    if said.reactions.is_empty() || said.is_retracted() {
        return;
    }
    sketch.open("ul;class=reactions");
    for reaction in said.reactions.iter().take(MAX_REACTIONS) {
        sketch.open("li");
        sketch.open("button;type=button;class=reaction;part=reaction;tabindex=-1");
        let is_own = reaction.clients.iter().any(|client| client == style.me);
        sketch.set("aria-pressed", if is_own { "true" } else { "false" });
        let known = reaction.clients.iter();
        let known = known.filter_map(|client| Some((client.as_str(), style.members.name(client)?)));
        let names = style.called.names(style.texts, known.take(MAX_NAMES));
        if !names.is_empty() {
            sketch.set("title", &names);
        }
        sketch.worded("bdi;class=emoji", &phrases::visible(&reaction.emoji));
        sketch.worded("span;class=count", &reaction.clients.len().to_string());
        sketch.close();
        sketch.close();
    }
    sketch.close();
}

/// One of the colours, by the id that nobody can choose.
pub(super) fn hue(client: &str) -> u32 {
    client
        .bytes()
        .fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()))
        % HUES
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

/// The time of day; pointing at it tells all of it.
fn add_time(sketch: &mut Sketch, at: Instant, style: &Style) {
    let local = local(at);
    sketch.open("time");
    sketch.set("datetime", &utc(at.as_millis()));
    sketch.set("title", &local.full(style.language));
    sketch.text(&local.clock(style.language));
    sketch.close();
}
