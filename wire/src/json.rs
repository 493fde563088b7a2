//! A JSON text as a tree that borrows from it, and a way to read an object's fields that names what is wrong.
//!
//! One tree for all frames instead of a derived reader for each: it keeps the wasm small, it tells the path of a bad
//! field, and a field that a frame does not know may hold anything.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::bad::{BadField, Problem};
use crate::limits::MAX_INTEGER;

/// A JSON value.
#[derive(Debug)]
pub(crate) enum Json<'a> {
    Null,
    Bool(bool),
    /// A whole number from 0 to [`MAX_INTEGER`].
    Integer(u64),
    /// Any other number.
    Number,
    Text(Cow<'a, str>),
    Array(Vec<Json<'a>>),
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(if value <= MAX_INTEGER {
            Json::Integer(value)
        } else {
            Json::Number
        })
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json<'de>, E> {
        Ok(Json::Number)
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some((key, value)) = access.next_entry()? {
            // A key of JSON is always a text.
            if let Json::Text(key) = key {
                fields.push((key, value));
            }
        }
        Ok(Json::Object(fields))
    }
}

/// An object, and where in its frame it stands.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'j> {
    fields: &'j [(Cow<'j, str>, Json<'j>)],
    place: Place<'j>,
}

/// A path such as `entries[3].body`, built only when something is wrong.
#[derive(Clone, Copy)]
enum Place<'j> {
    Frame,
    Field(&'j Place<'j>, &'static str),
    Item(&'j Place<'j>, &'static str, usize),
}

impl Place<'_> {
    fn write(&self, path: &mut String) {
        match self {
            Place::Frame => {}
            Place::Field(outer, name) => {
                outer.write(path);
                path.push_str(name);
                path.push('.');
            }
            Place::Item(outer, name, index) => {
                outer.write(path);
                path.push_str(&format!("{name}[{index}]."));
            }
        }
    }
}

impl<'j> Fields<'j> {
    /// The fields of a frame, or nothing if it is no object.
    pub(crate) fn of_frame(json: &'j Json<'j>) -> Option<Self> {
        match json {
            Json::Object(fields) => Some(Self {
                fields,
                place: Place::Frame,
            }),
            _ => None,
        }
    }

    pub(crate) fn bad(&self, name: &str, problem: Problem) -> BadField {
        let mut path = String::new();
        self.place.write(&mut path);
        path.push_str(name);
        BadField { path, problem }
    }

    /// The last of that name counts, as with `JSON.parse`. `null` is as good as nothing.
    ///
    /// Looks at every field, which is well: a frame is asked for a dozen names, however many it has.
    fn get(&self, name: &str) -> Option<&'j Json<'j>> {
        let found = self.fields.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, json)| json).filter(|json| !matches!(json, Json::Null))
    }

    fn need(&self, name: &'static str) -> Result<&'j Json<'j>, BadField> {
        self.get(name).ok_or_else(|| self.bad(name, Problem::Missing))
    }

    pub(crate) fn text(&self, name: &'static str) -> Result<String, BadField> {
        self.text_ref(name).map(str::to_owned)
    }

    pub(crate) fn text_ref(&self, name: &'static str) -> Result<&'j str, BadField> {
        match self.need(name)? {
            Json::Text(text) => Ok(text),
            _ => Err(self.bad(name, Problem::NotText)),
        }
    }

    pub(crate) fn integer(&self, name: &'static str) -> Result<u64, BadField> {
        match self.need(name)? {
            Json::Integer(value) => Ok(*value),
            _ => Err(self.bad(name, Problem::NotInteger)),
        }
    }

    pub(crate) fn flag(&self, name: &'static str) -> Result<bool, BadField> {
        match self.need(name)? {
            Json::Bool(value) => Ok(*value),
            _ => Err(self.bad(name, Problem::NotTrueOrFalse)),
        }
    }

    /// What `read` makes of the field, if it is there.
    pub(crate) fn optional<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&Self, &'static str) -> Result<T, BadField>,
    ) -> Result<Option<T>, BadField> {
        match self.get(name) {
            Some(_) => read(self, name).map(Some),
            None => Ok(None),
        }
    }

    /// What `read` makes of the object in the field.
    pub(crate) fn object<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&Fields<'_>) -> Result<T, BadField>,
    ) -> Result<T, BadField> {
        match self.need(name)? {
            Json::Object(fields) => read(&Fields {
                fields,
                place: Place::Field(&self.place, name),
            }),
            _ => Err(self.bad(name, Problem::NotObject)),
        }
    }

    /// What `read` makes of each object in the array in the field.
    pub(crate) fn objects<T>(
        &self,
        name: &'static str,
        mut read: impl FnMut(&Fields<'_>) -> Result<T, BadField>,
    ) -> Result<Vec<T>, BadField> {
        self.items(name, |item, place| match item {
            Json::Object(fields) => Some(read(&Fields { fields, place })),
            _ => None,
        })
        .map_err(|error| error.unwrap_or_else(|path| self.bad(&path, Problem::NotObject)))
    }

    /// The texts in the array in the field.
    pub(crate) fn texts(&self, name: &'static str) -> Result<Vec<String>, BadField> {
        self.items(name, |item, _| match item {
            Json::Text(text) => Some(Ok(text.clone().into_owned())),
            _ => None,
        })
        .map_err(|error| error.unwrap_or_else(|path| self.bad(&path, Problem::NotText)))
    }

    /// `read` gives nothing for an item of the wrong kind; the error is then the item's path.
    fn items<T>(
        &self,
        name: &'static str,
        mut read: impl FnMut(&'j Json<'j>, Place<'_>) -> Option<Result<T, BadField>>,
    ) -> Result<Vec<T>, Result<BadField, String>> {
        let Json::Array(items) = self.need(name).map_err(Ok)? else {
            return Err(Ok(self.bad(name, Problem::NotArray)));
        };
        // It grows as items turn out well: room for all of them at once could be a hundred times the message.
        let mut all = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match read(item, Place::Item(&self.place, name, index)) {
                Some(Ok(value)) => all.push(value),
                Some(Err(bad)) => return Err(Ok(bad)),
                None => return Err(Err(format!("{name}[{index}]"))),
            }
        }
        Ok(all)
    }
}
