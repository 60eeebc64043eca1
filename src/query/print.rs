//! The canonical text of a filter: read again, it gives an equal filter.

use std::fmt::{self, Write as _};

use super::expr::{Cmp, Code, Expr, Term};
use super::field::{Field, NumberField};
use super::set::{Member, Set};
use super::text_match::{How, TextMatch};
use super::value::{show_duration, show_size};

/// How tightly the place binds in which an expression stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// The whole filter, or all of a parenthesis.
    Whole,
    /// Beside an `OR`.
    Either,
    /// Beside another term, or behind a minus.
    Tight,
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => Ok(()),
            _ => write_expr(f, self, Place::Whole),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (head, value) = parts(self);
        f.write_str(&head)?;
        f.write_str(&value)
    }
}

fn write_expr(f: &mut fmt::Formatter<'_>, expr: &Expr, place: Place) -> fmt::Result {
    match expr {
        Expr::All => f.write_str("()"),
        Expr::Term(term) => write!(f, "{term}"),
        Expr::Not(inner) => {
            f.write_char('-')?;
            write_expr(f, inner, Place::Tight)
        }
        Expr::And(list) => parenthesised(f, place == Place::Tight, |f| {
            separated(f, list, " ", |f, expr| write_expr(f, expr, Place::Tight))
        }),
        Expr::Or(list) => {
            let runs: Vec<_> = list.chunk_by(in_one_list).collect();
            let several = runs.len() > 1;
            parenthesised(f, several && place > Place::Whole, |f| {
                separated(f, &runs, " OR ", |f, run| write_run(f, run))
            })
        }
    }
}

fn parenthesised(
    f: &mut fmt::Formatter<'_>,
    needed: bool,
    inner: impl FnOnce(&mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    if !needed {
        return inner(f);
    }
    f.write_char('(')?;
    inner(f)?;
    f.write_char(')')
}

fn separated<T>(
    f: &mut fmt::Formatter<'_>,
    list: &[T],
    separator: &str,
    mut one: impl FnMut(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (at, item) in list.iter().enumerate() {
        if at > 0 {
            f.write_str(separator)?;
        }
        one(f, item)?;
    }
    Ok(())
}

/// True when two neighbours beside an `OR` are values of one list: `to:a,b`.
fn in_one_list(a: &Expr, b: &Expr) -> bool {
    match (a, b) {
        (Expr::Term(a), Expr::Term(b)) => is_listed(a) && is_listed(b) && parts(a).0 == parts(b).0,
        _ => false,
    }
}

/// True for a term of which a list in the text is several terms; a set is one.
fn is_listed(term: &Term) -> bool {
    match term {
        Term::Text { .. } | Term::Ip(_) | Term::Code(_) | Term::Time { .. } => true,
        Term::Number { cmp, .. } | Term::Delay { cmp, .. } => *cmp == Cmp::Eq,
        _ => false,
    }
}

fn write_run(f: &mut fmt::Formatter<'_>, run: &[Expr]) -> fmt::Result {
    for (at, expr) in run.iter().enumerate() {
        match expr {
            Expr::Term(term) if at > 0 => write!(f, ",{}", parts(term).1)?,
            expr => write_expr(f, expr, Place::Either)?,
        }
    }
    Ok(())
}

/// The field with its operator, and the value.
fn parts(term: &Term) -> (String, String) {
    match term {
        Term::Anywhere(text) => (String::new(), text_value(text, true)),
        Term::Text { field, text } => {
            let op = match text.how() {
                How::Contains | How::Regex => ":",
                How::Equals | How::Exactly => "=",
            };
            (head(Field::Text(*field), op), text_value(text, false))
        }
        Term::Grade(set) => set_parts(Field::Grade, *set),
        Term::Version(set) => set_parts(Field::Version, *set),
        Term::Tls(set) => set_parts(Field::Tls, *set),
        Term::Status(set) => set_parts(Field::Status, *set),
        Term::Kind(set) => set_parts(Field::Kind, *set),
        Term::Ip(network) => (head(Field::Ip, "="), network.to_string()),
        Term::Code(code) => (head(Field::Code, ":"), code.to_string()),
        Term::Number { field, cmp, value } => {
            let value = match field {
                NumberField::Size => show_size(*value),
                NumberField::Errno | NumberField::Attempts => value.to_string(),
            };
            (head(Field::Number(*field), cmp.symbol()), value)
        }
        Term::Delay { cmp, millis } => (head(Field::Delay, cmp.symbol()), show_duration(*millis)),
        Term::Time { edge, moment } => (head(Field::Time(*edge), ":"), moment.to_string()),
    }
}

fn head(field: Field, op: &str) -> String {
    format!("{}{op}", field.name())
}

fn set_parts<T: Member>(field: Field, set: Set<T>) -> (String, String) {
    if let Some((cmp, bound)) = set.as_comparison() {
        return (head(field, cmp.symbol()), bound.name().into());
    }
    let names: Vec<_> = set.members().map(Member::name).collect();
    (head(field, ":"), names.join(","))
}

impl Cmp {
    const fn symbol(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> = self.parts().map(|part| part.to_string()).collect();
        f.write_str(&parts.join("."))
    }
}

fn text_value(text: &TextMatch, alone: bool) -> String {
    if text.how() == How::Regex {
        return slashed(text.text());
    }
    let keyword = alone && matches!(text.text(), "AND" | "OR" | "NOT");
    if keyword {
        return quoted(text.text());
    }
    quote_if_needed(text.text())
}

/// A text as a word, or in quotes where as a word it would be read otherwise.
pub(super) fn quote_if_needed(text: &str) -> String {
    let inside = |c: char| c.is_alphanumeric() || "._@+-".contains(c);
    if text.starts_with(char::is_alphanumeric) && text.chars().all(inside) {
        return text.into();
    }
    quoted(text)
}

fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// A regex between slashes. A [`TextMatch`] keeps its own slashes without escapes: each gets one.
fn slashed(pattern: &str) -> String {
    format!("/{}/", pattern.replace('/', r"\/"))
}
