//! From text to frames. Total: any text gives frames, or errors that name the field.

use crate::bad::{BadField, BadFrame, Problem};
use crate::frame::*;
use crate::json::{Fields, Json};
use crate::limits::Limits;

type Reader<F> = fn(&str, &Fields<'_>) -> Option<(&'static str, Result<F, BadField>)>;

impl ClientFrame {
    /// Reads what a client sent: one frame, or an array of them.
    ///
    /// Frames of a type that is not known are left out, since the protocol can grow. A frame that cannot be read
    /// spoils none of the others.
    ///
    /// The time it takes grows as the message does, and so does the memory: about a hundred bytes for each byte of the
    /// worst message, which is an array of nothing but wrong frames.
    ///
    /// # Errors
    /// The outer error is that of a message that is no JSON at all.
    ///
    /// ```
    /// use chat_room_wire::ClientFrame;
    ///
    /// let frames = ClientFrame::decode(r#"[{"type":"ping"}, {"type":"typing"}, {"type":"wave"}]"#)?;
    /// assert_eq!(frames.len(), 2);
    /// assert_eq!(frames[0], Ok(ClientFrame::Ping));
    /// assert_eq!(frames[1].as_ref().unwrap_err().to_string(), "typing: on is missing");
    /// # Ok::<(), chat_room_wire::BadFrame>(())
    /// ```
    pub fn decode(message: &str) -> Result<Vec<Result<Self, BadFrame>>, BadFrame> {
        read_message(message, Self::read)
    }

    fn read(kind: &str, fields: &Fields<'_>) -> Option<(&'static str, Result<Self, BadField>)> {
        Some(match kind {
            "join" => ("join", join(fields).map(Self::Join)),
            "post" => ("post", post(fields).map(Self::Post)),
            "history" => ("history", history_request(fields).map(Self::History)),
            "typing" => ("typing", fields.flag("on").map(|on| Self::Typing { on })),
            "rename" => ("rename", fields.text("name").map(|name| Self::Rename { name })),
            "ping" => ("ping", Ok(Self::Ping)),
            _ => return None,
        })
    }
}

impl ServerFrame {
    /// Reads what a relay sent: one frame, or an array of them. As with [`ClientFrame::decode`].
    ///
    /// # Errors
    /// The outer error is that of a message that is no JSON at all.
    pub fn decode(message: &str) -> Result<Vec<Result<Self, BadFrame>>, BadFrame> {
        read_message(message, Self::read)
    }

    fn read(kind: &str, fields: &Fields<'_>) -> Option<(&'static str, Result<Self, BadField>)> {
        Some(match kind {
            "joined" => ("joined", joined(fields).map(|it| Self::Joined(Box::new(it)))),
            "entry" => ("entry", entry(fields).map(Self::Entry)),
            "history" => ("history", history(fields).map(Self::History)),
            "presence" => ("presence", presence(fields).map(Self::Presence)),
            "typing" => ("typing", typing(fields)),
            "refused" => ("refused", refused(fields).map(Self::Refused)),
            "pong" => ("pong", Ok(Self::Pong)),
            _ => return None,
        })
    }
}

impl Body {
    /// Reads a body as [`Body::to_json`] writes it. A kind that is not known is [`Body::Other`].
    ///
    /// # Errors
    /// It is no JSON, or a field is not as it should be.
    pub fn from_json(text: &str) -> Result<Self, BadFrame> {
        let json = parse(text)?;
        let fields = Fields::of_frame(&json).ok_or(BadFrame::NotObject)?;
        body(&fields).map_err(|field| BadFrame::Field {
            frame: "body",
            n: None,
            field,
        })
    }
}

fn parse(text: &str) -> Result<Json<'_>, BadFrame> {
    serde_json::from_str(text).map_err(|error| BadFrame::NotJson { why: error.to_string() })
}

fn read_message<F>(message: &str, read: Reader<F>) -> Result<Vec<Result<F, BadFrame>>, BadFrame> {
    Ok(match &parse(message)? {
        Json::Array(items) => items.iter().filter_map(|item| read_frame(item, read)).collect(),
        one => read_frame(one, read).into_iter().collect(),
    })
}

fn read_frame<F>(json: &Json<'_>, read: Reader<F>) -> Option<Result<F, BadFrame>> {
    let Some(fields) = Fields::of_frame(json) else {
        return Some(Err(BadFrame::NotObject));
    };
    let Ok(kind) = fields.text_ref("type") else {
        return Some(Err(BadFrame::NoType));
    };
    let (frame, result) = read(kind, &fields)?;
    Some(result.map_err(|field| BadFrame::Field {
        frame,
        n: counter(&fields, "n").ok().filter(|_| frame == "post"),
        field,
    }))
}

fn join(fields: &Fields<'_>) -> Result<Join, BadField> {
    Ok(Join {
        room: fields.text("room")?,
        name: fields.text("name")?,
        key: fields.text("key")?,
        token: fields.optional("token", Fields::text)?,
        since: fields.optional("since", |fields, name| fields.object(name, place))?,
    })
}

fn place(fields: &Fields<'_>) -> Result<Place, BadField> {
    Ok(Place {
        epoch: fields.text("epoch")?,
        seq: fields.integer("seq")?,
    })
}

fn post(fields: &Fields<'_>) -> Result<Post, BadField> {
    Ok(Post {
        n: counter(fields, "n")?,
        body: fields.object("body", known_body)?,
    })
}

/// A number from 1.
fn counter(fields: &Fields<'_>, name: &'static str) -> Result<u64, BadField> {
    match fields.integer(name)? {
        0 => Err(fields.bad(name, Problem::Zero)),
        n => Ok(n),
    }
}

/// A body as a client may say it.
fn known_body(fields: &Fields<'_>) -> Result<Body, BadField> {
    match body(fields)? {
        Body::Other { .. } => Err(fields.bad("type", Problem::UnknownBody)),
        known => Ok(known),
    }
}

/// A body as a log may have it: a later relay may know more kinds, and their entries have to be counted too.
fn body(fields: &Fields<'_>) -> Result<Body, BadField> {
    Ok(match fields.text_ref("type")? {
        "text" => Body::Text {
            text: fields.text("text")?,
            reply_to: fields.optional("reply_to", Fields::integer)?,
        },
        "edit" => Body::Edit {
            of: fields.integer("of")?,
            text: fields.text("text")?,
        },
        "retract" => Body::Retract {
            of: fields.integer("of")?,
        },
        "reaction" => Body::Reaction {
            of: fields.integer("of")?,
            emoji: fields.text("emoji")?,
            on: fields.flag("on")?,
        },
        kind => Body::Other { kind: kind.to_owned() },
    })
}

fn history_request(fields: &Fields<'_>) -> Result<HistoryRequest, BadField> {
    Ok(HistoryRequest {
        before: fields.optional("before", Fields::integer)?,
        limit: counter(fields, "limit")?,
    })
}

fn joined(fields: &Fields<'_>) -> Result<Joined, BadField> {
    Ok(Joined {
        client: fields.text("client")?,
        epoch: fields.text("epoch")?,
        head: fields.integer("head")?,
        recovered: fields.flag("recovered")?,
        accepted: fields.integer("accepted")?,
        members: fields.objects("members", member)?,
        count: fields.integer("count")?,
        limits: fields.object("limits", limits)?,
        heartbeat_ms: counter(fields, "heartbeat_ms")?,
        restart_ms: fields.integer("restart_ms")?,
    })
}

fn member(fields: &Fields<'_>) -> Result<Member, BadField> {
    Ok(Member {
        client: fields.text("client")?,
        name: fields.text("name")?,
    })
}

fn limits(fields: &Fields<'_>) -> Result<Limits, BadField> {
    Ok(Limits {
        text_bytes: counter(fields, "text_bytes")?,
        name_bytes: counter(fields, "name_bytes")?,
        message_bytes: counter(fields, "message_bytes")?,
        posts_per_second: counter(fields, "posts_per_second")?,
        post_burst: counter(fields, "post_burst")?,
        history_entries: counter(fields, "history_entries")?,
    })
}

fn entry(fields: &Fields<'_>) -> Result<Entry, BadField> {
    Ok(Entry {
        seq: counter(fields, "seq")?,
        prev: fields.integer("prev")?,
        at: fields.integer("at")?,
        client: fields.text("client")?,
        name: fields.text("name")?,
        n: counter(fields, "n")?,
        body: fields.object("body", body)?,
    })
}

fn history(fields: &Fields<'_>) -> Result<History, BadField> {
    Ok(History {
        before: fields.optional("before", Fields::integer)?,
        entries: fields.objects("entries", entry)?,
        start: fields.flag("start")?,
    })
}

fn presence(fields: &Fields<'_>) -> Result<Presence, BadField> {
    let members = |name| {
        let members = fields.optional(name, |fields, name| fields.objects(name, member))?;
        Ok(members.unwrap_or_default())
    };
    Ok(Presence {
        joined: members("joined")?,
        left: fields.optional("left", Fields::texts)?.unwrap_or_default(),
        renamed: members("renamed")?,
        count: fields.integer("count")?,
    })
}

fn typing(fields: &Fields<'_>) -> Result<ServerFrame, BadField> {
    Ok(ServerFrame::Typing {
        client: fields.text("client")?,
        on: fields.flag("on")?,
    })
}

fn refused(fields: &Fields<'_>) -> Result<Refused, BadField> {
    Ok(Refused {
        n: fields.optional("n", counter)?,
        code: RefusedCode::from_text(fields.text_ref("code")?),
        message: fields.text("message")?,
        retry_after_ms: fields.optional("retry_after_ms", Fields::integer)?,
    })
}
