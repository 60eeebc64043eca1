//! Completion of field names, operators, members of closed lists, and values seen in the data.

use std::ops::Range;

use super::field::{FIELDS, Field, FieldInfo, Op};
use super::lex::{Lexer, TokenKind, field_head, unescape};
use super::print::quote_if_needed;
use super::set::{Member, begins};
use crate::model::Status;
use crate::parse::Kind;
use crate::tls::{Grade, TlsState, Version};

/// Maximum number of values asked of a source.
const MAX_VALUES: usize = 50;

/// A value that occurs in the loaded data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Value as in the data.
    pub text: String,
    /// Description, such as how often the value occurs.
    pub note: String,
}

/// Source of values seen in the data.
pub trait ValueSource {
    /// At most `most` values of `field` that begin with `typed` in any letter case, best first.
    fn seen(&self, field: Field, typed: &str, most: usize) -> Vec<Seen>;
}

/// Source without values.
#[derive(Clone, Copy, Debug, Default)]
pub struct NothingSeen;

impl ValueSource for NothingSeen {
    fn seen(&self, _: Field, _: &str, _: usize) -> Vec<Seen> {
        Vec::new()
    }
}

/// A possible completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Range of the input, in bytes, that `text` replaces. It ends at the cursor.
    pub replace: Range<usize>,
    /// Replacement.
    pub text: String,
    /// Short description; may be empty.
    pub note: String,
}

/// Possible completions at byte `cursor` of `input`.
pub fn complete(input: &str, cursor: usize, source: &dyn ValueSource) -> Vec<Completion> {
    let cursor = input.floor_char_boundary(cursor);
    let head = &input[..cursor];
    let cursor_term = cursor_term(head);
    let term = &head[cursor_term.term..];
    let (start, candidates) = match (field_head(term), cursor_term.item) {
        (Some((name, op)), Some(item)) => {
            let typed = &head[item..];
            (item, values(name, op, typed, source))
        }
        _ => (cursor_term.term, fields_or_operators(term)),
    };
    let typed = &head[start..];
    candidates
        .into_iter()
        .filter(|(text, _)| text != typed)
        .map(|(text, note)| Completion {
            replace: start..cursor,
            text,
            note,
        })
        .collect()
}

/// Start of the term under the cursor and, in a field term, of the value.
struct CursorTerm {
    term: usize,
    item: Option<usize>,
}

/// Finds the term that `head`, the input up to the cursor, ends in. Quotes and parentheses may still be open.
fn cursor_term(head: &str) -> CursorTerm {
    let fresh = CursorTerm {
        term: head.len(),
        item: None,
    };
    let mut lexer = Lexer::new(head);
    loop {
        match lexer.next() {
            Ok(None) => return fresh,
            Ok(Some(token)) if token.span.end < head.len() => {}
            Ok(Some(token))
                if head.ends_with(['(', ')', '-', '!']) && may_touch_next(&token.kind) =>
            {
                return fresh;
            }
            Ok(Some(_)) | Err(_) => {
                return CursorTerm {
                    term: lexer.token_start,
                    item: lexer.item_start,
                };
            }
        }
    }
}

/// True for a token that the next one may follow without a space.
fn may_touch_next(kind: &TokenKind) -> bool {
    matches!(kind, TokenKind::Open | TokenKind::Close | TokenKind::Not)
}

/// Operators of the field if `typed` is a field name, else the fields whose names begin with `typed`.
fn fields_or_operators(typed: &str) -> Vec<(String, String)> {
    if let Some(info) = FieldInfo::named(typed) {
        let offer = |op: &Op| {
            let text = format!("{}{}", info.name, op.symbol());
            (text, info.field.says(*op).to_owned())
        };
        return info.field.operators().iter().map(offer).collect();
    }
    let begins = |info: &&FieldInfo| begins(info.name, typed);
    let offer = |info: &FieldInfo| {
        let usual = info.field.operators().first().map_or(":", |op| op.symbol());
        (format!("{}{usual}", info.name), info.help.to_owned())
    };
    FIELDS.iter().filter(begins).map(offer).collect()
}

fn values(name: &str, op: Op, typed: &str, source: &dyn ValueSource) -> Vec<(String, String)> {
    let Some(info) = FieldInfo::named(name) else {
        return Vec::new();
    };
    let ordered = !matches!(op, Op::Has | Op::Eq | Op::Ne);
    match info.field {
        Field::Status => words::<Status>(typed).collect(),
        Field::Kind => words::<Kind>(typed).collect(),
        Field::Grade => words::<Grade>(typed).collect(),
        Field::Version => words::<Version>(typed).collect(),
        Field::Tls if ordered => words::<Version>(typed).collect(),
        Field::Tls => words::<TlsState>(typed)
            .chain(words::<Version>(typed))
            .collect(),
        Field::Time(_) => listed(&TIMES, typed),
        Field::Delay => listed(&DELAYS, typed),
        Field::Text(_) | Field::Ip | Field::Code | Field::Number(_) => {
            seen(info.field, typed, source)
        }
    }
}

const TIMES: [(&str, &str); 5] = [
    ("-1h", "an hour before now"),
    ("-1d", "a day before now"),
    ("-7d", "a week before now"),
    ("today", "the day that now is in"),
    ("yesterday", "the day before"),
];

const DELAYS: [(&str, &str); 4] = [
    ("10s", "seconds"),
    ("5m", "minutes"),
    ("1h", "hours"),
    ("1d", "days"),
];

fn listed(list: &[(&str, &str)], typed: &str) -> Vec<(String, String)> {
    let fitting = list.iter().filter(|(text, _)| begins(text, typed));
    fitting
        .map(|(text, note)| ((*text).to_owned(), (*note).to_owned()))
        .collect()
}

fn words<T: Member>(typed: &str) -> impl Iterator<Item = (String, String)> {
    let members = T::ALL
        .iter()
        .filter(move |member| begins(member.name(), typed));
    members.map(|member| (member.name().to_owned(), member.note().to_owned()))
}

/// Values from the data, except those with characters that cannot be typed.
fn seen(field: Field, typed: &str, source: &dyn ValueSource) -> Vec<(String, String)> {
    if typed.starts_with('/') {
        return Vec::new();
    }
    let typed = match typed.strip_prefix('"') {
        Some(inner) => unescape(inner.strip_suffix('"').unwrap_or(inner)),
        None => typed.to_owned(),
    };
    let odd = |c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER;
    let values = source.seen(field, &typed, MAX_VALUES).into_iter();
    values
        .filter(|seen| !seen.text.is_empty() && !seen.text.contains(odd))
        .map(|seen| (written(field, &seen.text), seen.note))
        .collect()
}

/// The value as it is written after the operator.
fn written(field: Field, value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-');
    match field {
        Field::Text(_) => quote_if_needed(value),
        _ if value.chars().all(plain) => value.to_owned(),
        _ => quote_if_needed(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::TextField;

    struct Hosts;

    impl ValueSource for Hosts {
        fn seen(&self, field: Field, typed: &str, most: usize) -> Vec<Seen> {
            let all = [
                "mx1.example.org",
                "mx2.example.org",
                "m x",
                "mx\u{1b}[2J",
                "relay",
            ];
            let fits = |text: &&str| field == Field::Text(TextField::Host) && begins(text, typed);
            all.into_iter()
                .filter(fits)
                .take(most)
                .map(|text| Seen {
                    text: text.into(),
                    note: "3 messages".into(),
                })
                .collect()
        }
    }

    /// Completions at the `|` of the input, as the inputs they would give.
    fn after(marked: &str) -> Vec<String> {
        let cursor = marked.find('|').unwrap();
        let input = marked.replace('|', "");
        let apply = |completion: Completion| {
            let mut whole = input.clone();
            whole.replace_range(completion.replace, &completion.text);
            whole
        };
        complete(&input, cursor, &Hosts)
            .into_iter()
            .map(apply)
            .collect()
    }

    #[test]
    fn fields_then_operators() {
        assert_eq!(after("gra|"), ["grade>="]);
        assert_eq!(after("a -(st|"), ["a -(status:"]);
        assert_eq!(after("status|"), ["status:", "status=", "status!="]);
        assert_eq!(after("since|"), ["since:", "since="]);
        assert_eq!(after("a |").len(), FIELDS.len());
        assert_eq!(after("-|").len(), FIELDS.len());
        assert_eq!(after("a OR|"), Vec::<String>::new());
        assert_eq!(after("\"gra|"), Vec::<String>::new());
    }

    #[test]
    fn words_of_closed_lists() {
        assert_eq!(after("status:de|"), ["status:delivered", "status:deferred"]);
        assert_eq!(
            after("kind:delivery,re|"),
            [
                "kind:delivery,retry_wait",
                "kind:delivery,rejection",
                "kind:delivery,removed",
            ]
        );
        assert_eq!(after("grade>=|").len(), 10);
        assert_eq!(
            after("tls:n| x"),
            ["tls:no x", "tls:not_stated x", "tls:not_applicable x"]
        );
        assert_eq!(after("tls<S|"), ["tls<SSLv2", "tls<SSLv3"]);
        assert_eq!(after("until:to|"), ["until:today"]);
        assert_eq!(after("status:deferred|"), Vec::<String>::new());
        assert_eq!(after("nonsense:a|"), Vec::<String>::new());
    }

    #[test]
    fn values_that_were_seen_are_quoted_and_never_hostile() {
        assert_eq!(
            after("host:mx|"),
            ["host:mx1.example.org", "host:mx2.example.org"]
        );
        assert_eq!(
            after("host:\"m|"),
            [
                "host:mx1.example.org",
                "host:mx2.example.org",
                "host:\"m x\"",
            ]
        );
        assert_eq!(after("host=relay,m|").len(), 3);
        assert_eq!(after("host:/m|"), Vec::<String>::new());
    }

    #[test]
    fn a_cursor_inside_a_letter_or_outside_the_input_is_no_fault() {
        assert_eq!(complete("ü", 1, &NothingSeen).len(), FIELDS.len());
        assert_eq!(complete("gra", 99, &NothingSeen).len(), 1);
    }
}
