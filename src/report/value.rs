//! Rows as every export sees them: named columns and typed cells.

use std::cmp::Ordering;

use crate::text::Clean;
use crate::tls::Grade;

/// One cell. Whatever a stranger wrote is [`Clean`]; everything else is ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value {
    /// Not known, or no such thing here.
    #[default]
    Null,
    /// Text from a log or a header.
    Text(Clean),
    /// A word of a closed list, such as `delivery`.
    Word(&'static str),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Bool(bool),
    /// A grade.
    Grade(Grade),
    /// A set, in the order it was found.
    List(Vec<Clean>),
    /// Milliseconds since 1970-01-01 UTC.
    Time(i64),
}

impl Value {
    /// Text that is [`Value::Null`] when nothing was written.
    pub fn text(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            Self::Null
        } else {
            Self::Text(Clean::line(bytes))
        }
    }

    /// An envelope address: the null sender `<>` is the empty text, nothing written is null.
    pub fn address(bytes: &[u8]) -> Self {
        if bytes == b"<>" {
            Self::Text(Clean::default())
        } else {
            Self::text(bytes)
        }
    }

    /// A number that may be missing.
    pub fn integer(number: Option<impl Into<i64>>) -> Self {
        number.map_or(Self::Null, |number| Self::Integer(number.into()))
    }

    /// A count; one beyond what fits is the greatest that does.
    pub fn count(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }

    /// A word that may be missing.
    pub fn word(word: Option<&'static str>) -> Self {
        word.map_or(Self::Null, Self::Word)
    }

    /// The words of the cell, where it has any.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    /// True where there is nothing to show.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::List(list) => list.is_empty(),
            _ => false,
        }
    }

    /// The order of `--sort`: what is not known comes last, whichever way the rest is turned.
    pub fn compare(&self, other: &Self, descending: bool) -> Ordering {
        match (self, other) {
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Greater,
            (_, Self::Null) => Ordering::Less,
            _ if descending => other.ascending(self),
            _ => self.ascending(other),
        }
    }

    fn ascending(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) | (Self::Time(a), Self::Time(b)) => a.cmp(b),
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Grade(a), Self::Grade(b)) => a.cmp(b),
            (Self::List(a), Self::List(b)) => a.cmp(b),
            _ => self.as_str().cmp(&other.as_str()),
        }
    }
}

/// The items of a list as one text, spaces between them.
pub(super) fn joined(list: &[Clean]) -> String {
    let items: Vec<&str> = list.iter().map(Clean::as_str).collect();
    items.join(" ")
}

/// What a column holds: how it is aligned, and what `--mask` makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Words of closed lists, identifiers: nothing about a person.
    Word,
    /// `in` for what was handed to us, `out` for what we handed on.
    Direction,
    /// Several words.
    Words,
    /// Path of a file, perhaps with a line behind it.
    Path,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// A moment.
    Time,
    /// A grade.
    Grade,
    /// A mail address.
    Address,
    /// Several mail addresses.
    Addresses,
    /// Name of a remote host, or its IP address where it has no name.
    Host,
    /// What a remote host called itself.
    Helo,
    /// IP address of a remote host.
    Ip,
    /// A Message-ID.
    MessageId,
    /// What a person wrote: never shown when masked.
    Subject,
    /// Free text, in which anything may stand.
    Prose,
    /// A line in which nobody knows where people stand: never shown when masked.
    Raw,
}

impl Holds {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Word,
        Self::Direction,
        Self::Words,
        Self::Path,
        Self::Number,
        Self::Flag,
        Self::Time,
        Self::Grade,
        Self::Address,
        Self::Addresses,
        Self::Host,
        Self::Helo,
        Self::Ip,
        Self::MessageId,
        Self::Subject,
        Self::Prose,
        Self::Raw,
    ];
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Name of the column in CONTRACT and in every export.
    pub name: &'static str,
    /// What the column holds.
    pub holds: Holds,
    /// In what order columns are left out where a terminal is narrow: 9 last; 0 is never shown on a terminal.
    pub rank: u8,
}

impl Column {
    /// A column that a terminal shows as long as there is room, the highest `rank` longest.
    pub const fn new(name: &'static str, holds: Holds, rank: u8) -> Self {
        Self { name, holds, rank }
    }
}

/// One row: a cell for each column.
pub type Row = Vec<Value>;

/// Rows of one kind. They stream: nothing is built whole.
pub struct Table<'a> {
    /// The columns.
    pub columns: &'a [Column],
    /// The rows, in order.
    pub rows: Box<dyn Iterator<Item = Row> + 'a>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_null_sender_is_an_empty_text_and_nothing_written_is_null() {
        assert_eq!(Value::address(b"<>"), Value::Text(Clean::default()));
        assert_eq!(Value::address(b""), Value::Null);
        assert_eq!(
            Value::address(b"a@example.org").as_str(),
            Some("a@example.org")
        );
    }

    #[test]
    fn unknown_comes_last_in_either_order() {
        let sorted = |descending| {
            let mut cells = [Value::Null, Value::Integer(1), Value::Integer(2)];
            cells.sort_by(|a, b| a.compare(b, descending));
            cells
        };
        assert_eq!(
            sorted(false),
            [Value::Integer(1), Value::Integer(2), Value::Null]
        );
        assert_eq!(
            sorted(true),
            [Value::Integer(2), Value::Integer(1), Value::Null]
        );
    }

    #[test]
    fn grades_sort_from_unknown_to_plain() {
        let mut cells = [Grade::F, Grade::A, Grade::Unknown, Grade::S, Grade::Refused];
        cells.sort_by(|a, b| Value::Grade(*a).compare(&Value::Grade(*b), false));
        assert_eq!(
            cells,
            [Grade::Unknown, Grade::Refused, Grade::A, Grade::S, Grade::F]
        );
    }
}
