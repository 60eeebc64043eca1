//! journalctl `-o json` and related formats: one object per entry.
//!
//! A value is a string, an array of numbers for bytes that are not UTF-8, an array of values for a repeated
//! field, or null for a value that is too long. Source: systemd, "Journal JSON Format". Numbers are accepted as
//! well, because tools that forward journals convert times to them.

use std::fmt;
use std::io::Write;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::fields::Fields;
use super::line_end;
use crate::parse::Entry;
use crate::parse::bytes::{from, to};

/// Index after the line that closes the object opened on the first line. A first line that opens none is a
/// record of its own.
pub(super) fn record_end(text: &[u8]) -> Option<usize> {
    let first = line_end(text)?;
    if !is_brace(to(text, first), b'{') {
        return Some(first);
    }
    let mut at = first;
    loop {
        let line = line_end(from(text, at))?;
        let closes = is_brace(to(from(text, at), line), b'}');
        at += line;
        if closes {
            return Some(at);
        }
    }
}

/// True when the line is the brace, with an optional comma. Line ends in strings are escaped, so no value looks
/// like that.
fn is_brace(line: &[u8], brace: u8) -> bool {
    let line = line.trim_ascii_end();
    line == [brace] || (brace == b'}' && line == b"},")
}

/// Parses one object. Its values are decoded into `scratch`.
pub(super) fn open<'a>(record: &[u8], scratch: &'a mut Vec<u8>) -> Option<Entry<'a>> {
    scratch.clear();
    let record = record.trim_ascii();
    let record = record.strip_suffix(b",").unwrap_or(record);
    if record.first() != Some(&b'{') {
        return None;
    }
    let mut json = serde_json::Deserializer::from_slice(record);
    let ranges = Object(scratch).deserialize(&mut json).ok()?;
    json.end().ok()?;
    let values: &'a [u8] = scratch;
    let fields = ranges.map(|range: Range<usize>| values.get(range).unwrap_or_default());
    fields.entry(None)
}

/// Visitor of an object. Decodes values into the buffer, and returns their ranges in it.
struct Object<'s>(&'s mut Vec<u8>);

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = Fields<Range<usize>>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = Fields<Range<usize>>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a journal entry")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut fields = Fields::default();
        while let Some(slot) = object.next_key_seed(Name(&mut fields))? {
            let Some(slot) = slot else {
                object.next_value::<IgnoredAny>()?;
                continue;
            };
            let start = self.0.len();
            let found = object.next_value_seed(Value(self.0))?;
            let range = start..self.0.len();
            *slot = found.then_some(range);
        }
        Ok(fields)
    }
}

/// Visitor of a field name; returns the slot of its value.
struct Name<'f>(&'f mut Fields<Range<usize>>);

impl<'f, 'de> DeserializeSeed<'de> for Name<'f> {
    type Value = Option<&'f mut Option<Range<usize>>>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl<'f> Visitor<'_> for Name<'f> {
    type Value = Option<&'f mut Option<Range<usize>>>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("the name of a field")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.slot(name.as_bytes()))
    }
}

/// Visitor of a field value, which is appended to the buffer; false when there is none.
struct Value<'s>(&'s mut Vec<u8>);

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<bool, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = bool;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("the value of a field")
    }

    fn visit_str<E>(self, text: &str) -> Result<bool, E> {
        self.0.extend_from_slice(text.as_bytes());
        Ok(true)
    }

    fn visit_u64<E>(self, number: u64) -> Result<bool, E> {
        // Writing to a vector cannot fail.
        Ok(write!(self.0, "{number}").is_ok())
    }

    fn visit_i64<E>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<bool, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    /// An array of bytes is one value; of an array of values the first one counts.
    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<bool, A::Error> {
        let mut found = false;
        while let Some(item) = array.next_element_seed(Item(self.0))? {
            found |= item != Found::Nothing;
            if item == Found::Value {
                break;
            }
        }
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(found)
    }
}

/// Kind of an array element.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    Byte,
    Value,
}

/// Visitor of an array element, which is appended to the buffer.
struct Item<'s>(&'s mut Vec<u8>);

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Found, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = Found;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a byte or a value")
    }

    fn visit_u64<E>(self, number: u64) -> Result<Found, E> {
        Ok(u8::try_from(number).map_or(Found::Nothing, |byte| {
            self.0.push(byte);
            Found::Byte
        }))
    }

    fn visit_str<E>(self, text: &str) -> Result<Found, E> {
        self.0.extend_from_slice(text.as_bytes());
        Ok(Found::Value)
    }

    fn visit_unit<E>(self) -> Result<Found, E> {
        Ok(Found::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, array: A) -> Result<Found, A::Error> {
        let found = Value(self.0).visit_seq(array)?;
        Ok(if found { Found::Value } else { Found::Nothing })
    }
}
