//! From frames to text. Cannot fail: a number above [`MAX_INTEGER`](crate::MAX_INTEGER) is written as it is, and
//! refused by whoever reads it.

use crate::frame::*;

/// Writes one JSON object, field by field.
struct Writer<'o> {
    out: &'o mut String,
    empty: bool,
}

impl<'o> Writer<'o> {
    fn frame(out: &'o mut String, kind: &str, fill: impl FnOnce(&mut Writer<'_>)) {
        Self::object(out, |writer| {
            writer.text("type", kind);
            fill(writer);
        });
    }

    fn object(out: &'o mut String, fill: impl FnOnce(&mut Writer<'_>)) {
        out.push('{');
        fill(&mut Writer { out, empty: true });
        out.push('}');
    }

    fn name(&mut self, name: &str) -> &mut String {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        self.out.push('"');
        self.out.push_str(name);
        self.out.push_str("\":");
        self.out
    }

    fn text(&mut self, name: &str, value: &str) {
        write_text(self.name(name), value);
    }

    fn integer(&mut self, name: &str, value: u64) {
        let text = value.to_string();
        self.name(name).push_str(&text);
    }

    fn optional(&mut self, name: &str, value: Option<u64>) {
        if let Some(value) = value {
            self.integer(name, value);
        }
    }

    fn flag(&mut self, name: &str, value: bool) {
        self.name(name).push_str(if value { "true" } else { "false" });
    }

    fn nested(&mut self, name: &str, fill: impl FnOnce(&mut Writer<'_>)) {
        Writer::object(self.name(name), fill);
    }

    fn array<T>(&mut self, name: &str, items: &[T], mut write: impl FnMut(&mut String, &T)) {
        let out = self.name(name);
        out.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write(out, item);
        }
        out.push(']');
    }
}

/// Writes a JSON string. Only what has to be escaped is.
///
/// Not serde_json's: that one writes bytes, and to make sure again and again that all the bytes so far are UTF-8 would
/// make a page of history take the square of its length.
fn write_text(out: &mut String, value: &str) {
    out.push('"');
    let mut rest = value;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, 0..=0x1f | b'"' | b'\\')) {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            control => {
                out.push_str(if control < 0x10 { "\\u000" } else { "\\u001" });
                out.push(char::from(b"0123456789abcdef"[usize::from(control & 0xf)]));
            }
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

impl ClientFrame {
    /// The frame as one JSON object.
    ///
    /// ```
    /// use chat_room_wire::{Body, ClientFrame, Post};
    ///
    /// let body = Body::Text { text: "你好".into(), reply_to: None };
    /// let frame = ClientFrame::Post(Post { n: 1, body });
    /// assert_eq!(frame.to_json(), r#"{"type":"post","n":1,"body":{"type":"text","text":"你好"}}"#);
    /// ```
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        match self {
            Self::Join(join) => Writer::frame(&mut out, "join", |it| {
                it.text("room", &join.room);
                it.text("name", &join.name);
                it.text("key", &join.key);
                if let Some(token) = &join.token {
                    it.text("token", token);
                }
                if let Some(since) = &join.since {
                    it.nested("since", |it| {
                        it.text("epoch", &since.epoch);
                        it.integer("seq", since.seq);
                    });
                }
            }),
            Self::Post(post) => Writer::frame(&mut out, "post", |it| {
                it.integer("n", post.n);
                it.nested("body", |it| fill_body(it, &post.body));
            }),
            Self::History(request) => Writer::frame(&mut out, "history", |it| {
                it.optional("before", request.before);
                it.integer("limit", request.limit);
            }),
            Self::Typing { on } => Writer::frame(&mut out, "typing", |it| it.flag("on", *on)),
            Self::Rename { name } => Writer::frame(&mut out, "rename", |it| it.text("name", name)),
            Self::Ping => Writer::frame(&mut out, "ping", |_| {}),
        }
        out
    }
}

impl ServerFrame {
    /// The frame as one JSON object.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    /// Appends the frame as one JSON object.
    pub fn write(&self, out: &mut String) {
        match self {
            Self::Joined(joined) => Writer::frame(out, "joined", |it| fill_joined(it, joined)),
            Self::Entry(entry) => entry.write(out),
            Self::History(history) => Writer::frame(out, "history", |it| {
                it.optional("before", history.before);
                it.array("entries", &history.entries, |out, entry| entry.write(out));
                it.flag("start", history.start);
            }),
            Self::Presence(presence) => Writer::frame(out, "presence", |it| {
                if !presence.joined.is_empty() {
                    it.array("joined", &presence.joined, write_member);
                }
                if !presence.left.is_empty() {
                    it.array("left", &presence.left, |out, client| write_text(out, client));
                }
                if !presence.renamed.is_empty() {
                    it.array("renamed", &presence.renamed, write_member);
                }
                it.integer("count", presence.count);
            }),
            Self::Typing { client, on } => Writer::frame(out, "typing", |it| {
                it.text("client", client);
                it.flag("on", *on);
            }),
            Self::Refused(refused) => Writer::frame(out, "refused", |it| {
                it.optional("n", refused.n);
                it.text("code", refused.code.as_str());
                it.text("message", &refused.message);
                it.optional("retry_after_ms", refused.retry_after_ms);
            }),
            Self::Pong => Writer::frame(out, "pong", |_| {}),
        }
    }
}

impl Entry {
    /// Appends the entry as one `entry` frame.
    pub fn write(&self, out: &mut String) {
        Writer::frame(out, "entry", |it| {
            it.integer("seq", self.seq);
            it.integer("prev", self.prev);
            it.integer("at", self.at);
            it.text("client", &self.client);
            it.text("name", &self.name);
            it.integer("n", self.n);
            it.nested("body", |it| fill_body(it, &self.body));
        });
    }
}

impl Body {
    /// The body as one JSON object, as a post or an entry has it.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        Writer::object(&mut out, |it| fill_body(it, self));
        out
    }
}

fn fill_joined(it: &mut Writer<'_>, joined: &Joined) {
    it.text("client", &joined.client);
    it.text("epoch", &joined.epoch);
    it.integer("head", joined.head);
    it.flag("recovered", joined.recovered);
    it.integer("accepted", joined.accepted);
    it.array("members", &joined.members, write_member);
    it.integer("count", joined.count);
    it.nested("limits", |it| {
        let limits = &joined.limits;
        it.integer("text_bytes", limits.text_bytes);
        it.integer("name_bytes", limits.name_bytes);
        it.integer("message_bytes", limits.message_bytes);
        it.integer("posts_per_second", limits.posts_per_second);
        it.integer("post_burst", limits.post_burst);
        it.integer("history_entries", limits.history_entries);
    });
    it.integer("heartbeat_ms", joined.heartbeat_ms);
    it.integer("restart_ms", joined.restart_ms);
}

fn fill_body(it: &mut Writer<'_>, body: &Body) {
    match body {
        Body::Text { text, reply_to } => {
            it.text("type", "text");
            it.text("text", text);
            it.optional("reply_to", *reply_to);
        }
        Body::Edit { of, text } => {
            it.text("type", "edit");
            it.integer("of", *of);
            it.text("text", text);
        }
        Body::Retract { of } => {
            it.text("type", "retract");
            it.integer("of", *of);
        }
        Body::Reaction { of, emoji, on } => {
            it.text("type", "reaction");
            it.integer("of", *of);
            it.text("emoji", emoji);
            it.flag("on", *on);
        }
        Body::Other { kind } => it.text("type", kind),
    }
}

fn write_member(out: &mut String, member: &Member) {
    Writer::object(out, |it| {
        it.text("client", &member.client);
        it.text("name", &member.name);
    });
}

#[cfg(test)]
mod tests {
    use super::write_text;

    #[test]
    fn every_character_that_needs_an_escape_is_read_back() {
        let ascii: String = (0..=0x7f).map(char::from).collect();
        for text in [
            &ascii,
            "",
            "\"",
            "\\",
            "a\nb\u{1f}c\u{7f}",
            "é\u{2028}小明\u{0}🙂",
            "\u{ffff}\u{10ffff}",
        ] {
            let mut out = String::from("before");
            write_text(&mut out, text);
            let written = out.strip_prefix("before").expect("it appends");
            assert_eq!(
                serde_json::from_str::<String>(written).as_deref().ok(),
                Some(text),
                "{written}"
            );
            assert!(written.bytes().all(|byte| byte >= b' '), "{written}");
        }
        let mut out = String::new();
        write_text(&mut out, "\t\r\n\u{0}\u{8}\u{1f}/\"\\");
        assert_eq!(out, r#""\t\r\n\u0000\u0008\u001f/\"\\""#);
    }
}
