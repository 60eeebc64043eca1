//! Prints filters in canonical form. A printed filter parses to an equal one.

use std::fmt::{self, Write as _};

use super::expr::{Cmp, Code, Expr, Term};
use super::field::{Field, NumberField};
use super::set::{Member, Set};
use super::text_match::{How, TextMatch};
use super::value::{show_duration, show_size};

/// Context of an expression, by how tightly it binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Context {
    /// The whole filter.
    Whole,
    /// An operand of `OR`.
    Alternative,
    /// An operand of `AND` or of a minus.
    Operand,
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => Ok(()),
            _ => write_expr(f, self, Context::Whole),
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

fn write_expr(f: &mut fmt::Formatter<'_>, expr: &Expr, context: Context) -> fmt::Result {
    match expr {
        Expr::All => f.write_str("()"),
        Expr::Term(term) => write!(f, "{term}"),
        Expr::Not(inner) => {
            f.write_char('-')?;
            write_expr(f, inner, Context::Operand)
        }
        Expr::And(list) => write_parenthesised(f, context == Context::Operand, |f| {
            write_separated(f, list, " ", |f, expr| {
                write_expr(f, expr, Context::Operand)
            })
        }),
        Expr::Or(list) => {
            let lists: Vec<_> = list.chunk_by(in_one_list).collect();
            let several = lists.len() > 1;
            write_parenthesised(f, several && context > Context::Whole, |f| {
                write_separated(f, &lists, " OR ", |f, list| write_list(f, list))
            })
        }
    }
}

fn write_parenthesised(
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

fn write_separated<T>(
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

/// True when two operands of `OR` are printed as values of one list: `to:a,b`.
fn in_one_list(a: &Expr, b: &Expr) -> bool {
    match (a, b) {
        (Expr::Term(a), Expr::Term(b)) => is_listed(a) && is_listed(b) && parts(a).0 == parts(b).0,
        _ => false,
    }
}

/// True for a term that is one of several when its field has a list of values. Fields with sets have one term
/// for all values.
fn is_listed(term: &Term) -> bool {
    match term {
        Term::Text { .. } | Term::Ip(_) | Term::Code(_) | Term::Time { .. } => true,
        Term::Number { cmp, .. } | Term::Delay { cmp, .. } => *cmp == Cmp::Eq,
        _ => false,
    }
}

fn write_list(f: &mut fmt::Formatter<'_>, list: &[Expr]) -> fmt::Result {
    for (at, expr) in list.iter().enumerate() {
        match expr {
            Expr::Term(term) if at > 0 => write!(f, ",{}", parts(term).1)?,
            expr => write_expr(f, expr, Context::Alternative)?,
        }
    }
    Ok(())
}

/// Text of the field with its operator, and of the value.
fn parts(term: &Term) -> (String, String) {
    match term {
        Term::Anywhere(text) if is_keyword(text) => (String::new(), quoted(text.text())),
        Term::Anywhere(text) => (String::new(), text_value(text)),
        Term::Text { field, text } => {
            let op = match text.how() {
                How::Contains | How::Regex => ":",
                How::Equals | How::Exactly => "=",
            };
            (head(Field::Text(*field), op), text_value(text))
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

/// True for a text that as a word would be an operator.
fn is_keyword(text: &TextMatch) -> bool {
    text.how() != How::Regex && matches!(text.text(), "AND" | "OR" | "NOT")
}

fn text_value(text: &TextMatch) -> String {
    if text.how() == How::Regex {
        return slashed(text.text());
    }
    quote_if_needed(text.text())
}

/// The text as a word if it parses to itself, else in quotes.
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

/// The regex between slashes. In a [`TextMatch`] slashes are not escaped; here each one is.
fn slashed(pattern: &str) -> String {
    format!("/{}/", pattern.replace('/', r"\/"))
}
