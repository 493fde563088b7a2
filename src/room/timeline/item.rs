//! One thing in the timeline, and what it can be.

use chat_room_wire::{Body, Entry};

use super::People;
use crate::connection::{Instant, Why};
use crate::websocket::{Close, Message};

/// The most bytes of a received plain text that are kept to be shown; of a longer one the beginning.
pub const MAX_SHOWN_TEXT_BYTES: usize = 64 * 1024;
/// The most bytes of a received binary message that are kept to be shown.
pub const MAX_BINARY_HEAD: usize = 64;

/// Names one item for as long as its timeline lives. Never used twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub(super) u64);

impl ItemId {
    /// The id as a number, as a page may keep it.
    pub fn get(self) -> u64 {
        self.0
    }

    /// The id with this number.
    pub fn from_number(number: u64) -> Self {
        Self(number)
    }
}

/// Where an item stands: the log's entries by `seq`, everything else after the entry that it came after, and what is
/// not in the log yet at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Order {
    pub(super) seq: u64,
    /// 0 is the entry itself.
    pub(super) after: u64,
}

impl Order {
    pub(super) fn of_entry(seq: u64) -> Self {
        Self { seq, after: 0 }
    }

    pub(super) fn of_hole(seq: u64) -> Self {
        Self { seq, after: u64::MAX }
    }

    pub(super) fn pending(number: u64) -> Self {
        Self {
            seq: u64::MAX,
            after: number,
        }
    }
}

/// One thing in the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub(super) id: ItemId,
    pub(super) at: Instant,
    pub(super) revision: u32,
    pub(super) is_news: bool,
    pub(super) order: Order,
    pub(super) content: Content,
}

impl Item {
    /// Its name.
    pub fn id(&self) -> ItemId {
        self.id
    }

    /// When it was said or happened, in milliseconds since 1970; by the relay's clock if it is in the log.
    pub fn at(&self) -> Instant {
        self.at
    }

    /// Grows with every change, so that a view can tell what to draw anew.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// Whether it came while one was there, and not as a part of the history.
    pub fn is_news(&self) -> bool {
        self.is_news
    }

    /// Its place in the room's log, if it has one.
    pub fn seq(&self) -> Option<u64> {
        let is_entry = self.order.after == 0 && matches!(self.content, Content::Said(_));
        is_entry.then_some(self.order.seq)
    }

    /// What it is.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// How many bytes of text or binary it holds, as [`MAX_TIMELINE_BYTES`](super::MAX_TIMELINE_BYTES) counts them.
    pub fn bytes(&self) -> usize {
        match &self.content {
            Content::Said(said) => said.bytes(),
            Content::Text { text, .. } => text.len(),
            Content::Binary { head, .. } => head.len(),
            Content::People(people) => people.bytes(),
            Content::Notice(_) | Content::Hole => 0,
        }
    }

    /// Whether it is a text of one's own that nobody has got.
    pub(super) fn is_unsent(&self) -> bool {
        match &self.content {
            Content::Said(said) => matches!(said.delivery, Some(Delivery::Waiting | Delivery::Failed)),
            _ => false,
        }
    }

    pub(super) fn changed(&mut self) {
        self.revision = self.revision.wrapping_add(1);
    }
}

/// What an item is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// A text of one's own, or one from the room's log.
    Said(Box<Said>),
    /// A plain text that arrived.
    Text {
        /// The text, or its first [`MAX_SHOWN_TEXT_BYTES`].
        text: String,
        /// How many bytes the whole has.
        bytes: usize,
    },
    /// A binary message that arrived.
    Binary {
        /// Its first [`MAX_BINARY_HEAD`] bytes.
        head: Vec<u8>,
        /// How many bytes the whole has.
        bytes: usize,
    },
    /// Something that happened to the connection.
    Notice(Notice),
    /// Who has come, gone, or is called something else.
    People(Box<People>),
    /// Entries are missing here; they are being asked for.
    Hole,
}

impl Content {
    pub(in crate::room) fn received(message: &Message) -> Self {
        let bytes = message.len();
        match message {
            Message::Text(text) => {
                let text = text[..text.floor_char_boundary(MAX_SHOWN_TEXT_BYTES)].to_owned();
                Self::Text { text, bytes }
            }
            Message::Binary(all) => Self::Binary {
                head: all[..bytes.min(MAX_BINARY_HEAD)].to_vec(),
                bytes,
            },
        }
    }

    /// A text of one's own that waits to be sent.
    pub(in crate::room) fn own(text: &str, reply_to: Option<u64>) -> Self {
        Self::Said(Box::new(Said {
            delivery: Some(Delivery::Waiting),
            reply_to,
            ..Said::new(text.to_owned())
        }))
    }

    /// The text that an entry is; `own` if one has said it oneself.
    pub(super) fn of_entry(entry: Entry, own: bool) -> Self {
        let (text, reply_to) = match entry.body {
            Body::Text { text, reply_to } => (text, reply_to),
            // Only texts become items.
            _ => (String::new(), None),
        };
        Self::Said(Box::new(Said {
            client: entry.client,
            name: entry.name,
            reply_to,
            delivery: own.then_some(Delivery::Sent),
            ..Said::new(text)
        }))
    }
}

/// A text that was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Who said it, by the id that the relay shows; empty if that is not known yet.
    pub client: String,
    /// What they were called then; empty if that is not known yet.
    pub name: String,
    /// What became of a text of one's own; nothing for those of others.
    pub delivery: Option<Delivery>,
    /// The entry that it answers.
    pub reply_to: Option<u64>,
    /// Who reacted with what.
    pub reactions: Vec<Reaction>,
    original: String,
    edited: Option<String>,
    retracted: bool,
}

impl Said {
    fn new(text: String) -> Self {
        Self {
            original: text,
            ..Self::default()
        }
    }

    /// What is to be shown; empty if it was retracted.
    pub fn text(&self) -> &str {
        match &self.edited {
            _ if self.retracted => "",
            Some(text) => text,
            None => &self.original,
        }
    }

    /// Whether the author has put another text in its place.
    pub fn is_edited(&self) -> bool {
        self.edited.is_some() && !self.retracted
    }

    /// Whether the author has taken it back.
    pub fn is_retracted(&self) -> bool {
        self.retracted
    }

    fn bytes(&self) -> usize {
        let reactions: usize = self.reactions.iter().map(Reaction::bytes).sum();
        let words = self.original.len() + self.edited.as_ref().map_or(0, String::len);
        words + self.name.len() + self.client.len() + reactions
    }

    /// What becomes of it by these changes, in the log's order.
    pub(super) fn fold<'c>(&mut self, changes: impl Iterator<Item = &'c Change>) {
        self.edited = None;
        self.retracted = false;
        self.reactions.clear();
        for change in changes {
            match &change.body {
                Body::Edit { text, .. } if change.client == self.client => self.edited = Some(text.clone()),
                Body::Retract { .. } if change.client == self.client => self.retracted = true,
                Body::Reaction { emoji, on, .. } => self.react(emoji, &change.client, *on),
                Body::Edit { .. } | Body::Retract { .. } | Body::Text { .. } | Body::Other { .. } => {}
            }
        }
        self.reactions.retain(|reaction| !reaction.clients.is_empty());
    }

    fn react(&mut self, emoji: &str, client: &str, on: bool) {
        let found = self.reactions.iter().position(|it| it.emoji == emoji);
        let reaction = match found {
            Some(position) => &mut self.reactions[position],
            None => {
                self.reactions.push(Reaction {
                    emoji: emoji.to_owned(),
                    clients: Vec::new(),
                });
                self.reactions.last_mut().expect("it was just put there")
            }
        };
        reaction.clients.retain(|it| it != client);
        if on {
            reaction.clients.push(client.to_owned());
        }
    }
}

/// An emoji under a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// The emoji, or a short word.
    pub emoji: String,
    /// Who has put it there, by the ids that the relay shows.
    pub clients: Vec<String>,
}

impl Reaction {
    fn bytes(&self) -> usize {
        self.emoji.len() + self.clients.iter().map(String::len).sum::<usize>()
    }
}

/// An entry about another one, which shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// Who made it.
    pub(super) client: String,
    /// What it does.
    pub(super) body: Body,
}

impl Change {
    pub(super) fn bytes(&self) -> usize {
        self.body.bytes() + self.client.len()
    }
}

/// What became of a text of one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It waits to be sent, or for its entry in the log.
    Waiting,
    /// It is in the room's log, and everybody gets it. In plain text: the socket took it; whether it arrived is not
    /// known.
    Sent,
    /// It was not sent and will not be, unless the user says so.
    Failed,
}

/// Something that happened to the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// It is open.
    Connected {
        /// The server's address.
        url: String,
        /// The subprotocol that the server chose; empty for none.
        protocol: String,
    },
    /// It was lost and comes back by itself.
    Lost {
        /// Why.
        why: Why,
        /// How the socket closed.
        close: Close,
    },
    /// It is over.
    Ended {
        /// Why.
        why: Why,
        /// How the socket closed.
        close: Close,
    },
    /// There was no token for the way in, and it comes back by itself.
    NoToken {
        /// Why, in the page's words.
        why: String,
    },
    /// The server did not do something, and says why.
    Refused {
        /// In the server's words.
        message: String,
    },
    /// The room's log was lost or reset at the server: what was here is not in the new one.
    LogReset,
    /// More was said meanwhile than is given at once: the newest follows, the rest is in the history.
    Missed,
    /// The browser lets the page keep nothing: what is not sent is lost with the page.
    NotKept,
    /// The server does not speak the protocol as it should.
    Unreadable {
        /// What could not be read.
        what: String,
    },
}
