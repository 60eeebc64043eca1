//! Converts tokens to typed terms. Every error names the field, the value and a correction.

use super::cidr::{self, TrailingColons};
use super::error::{QueryError, cite};
use super::expr::{Cmp, Expr, Term};
use super::field::{Field, NumberField, Op, TextField};
use super::lex::{FieldTerm, Item, Shape};
use super::moment::Moment;
use super::set::{Member, Set, read_member};
use super::text_match::{PatternError, TextMatch};
use super::value::{Read, Unread, read_code, read_duration, read_number, read_size};
use crate::tls::{TlsState, Version};

/// Converts a word, a quoted text or a regex without a field.
pub(super) fn check_plain(item: &Item) -> Result<Expr, QueryError> {
    let text = match item.shape {
        Shape::Regex => TextMatch::regex(&item.text),
        Shape::Bare | Shape::Quoted => TextMatch::contains(&item.text),
    };
    let text = text.map_err(|error| bad_pattern(item, &error))?;
    Ok(Expr::Term(Term::Anywhere(text)))
}

/// Converts a field term. `end` is the length of the input in bytes.
pub(super) fn check_field(term: &FieldTerm, end: usize) -> Result<Expr, QueryError> {
    if !term.info.field.operators().contains(&term.op) {
        return Err(wrong_operator(term));
    }
    if let (Some(_), [_, second, ..]) = (order(term.op), &*term.items) {
        let message = format!("a list of values does not go with {}", term.op.symbol());
        let error = QueryError::new(second.span.clone(), message);
        return Err(error.hint("use : or =, or several terms"));
    }
    let expr = Check { term, end }.values()?;
    let negated = term.op == Op::Ne;
    Ok(if negated { expr.negate() } else { expr })
}

/// Comparison for an operator of order.
fn order(op: Op) -> Option<Cmp> {
    match op {
        Op::Has | Op::Eq | Op::Ne => None,
        Op::Lt => Some(Cmp::Lt),
        Op::Le => Some(Cmp::Le),
        Op::Gt => Some(Cmp::Gt),
        Op::Ge => Some(Cmp::Ge),
    }
}

struct Check<'a> {
    term: &'a FieldTerm,
    end: usize,
}

impl Check<'_> {
    /// All values of the term, without the negation of `!=`.
    fn values(&self) -> Result<Expr, QueryError> {
        let cmp = order(self.term.op).unwrap_or(Cmp::Eq);
        match self.term.info.field {
            Field::Text(field) => self.any(|item| self.text(field, item)),
            Field::Ip => {
                let trailing = if self.term.op == Op::Has {
                    TrailingColons::Prefix
                } else {
                    TrailingColons::Address
                };
                self.any(|item| {
                    Ok(Term::Ip(
                        self.read(item, |text| cidr::read(text, trailing))?,
                    ))
                })
            }
            Field::Code => self.any(|item| Ok(Term::Code(self.read(item, read_code)?))),
            Field::Number(field) => self.any(|item| {
                let value = match field {
                    NumberField::Size => self.read(item, read_size)?,
                    NumberField::Errno | NumberField::Attempts => self.read(item, read_number)?,
                };
                Ok(Term::Number { field, cmp, value })
            }),
            Field::Delay => self.any(|item| {
                let millis = self.read(item, read_duration)?;
                Ok(Term::Delay { cmp, millis })
            }),
            Field::Time(edge) => self.any(|item| {
                let moment = self.read(item, Moment::read)?;
                Ok(Term::Time { edge, moment })
            }),
            Field::Status => Ok(Expr::Term(Term::Status(self.set()?))),
            Field::Kind => Ok(Expr::Term(Term::Kind(self.set()?))),
            Field::Grade => Ok(Expr::Term(Term::Grade(self.set()?))),
            Field::Version => Ok(Expr::Term(Term::Version(self.set()?))),
            Field::Tls => self.tls(),
        }
    }

    /// Disjunction of one term for each value.
    fn any(&self, one: impl Fn(&Item) -> Result<Term, QueryError>) -> Result<Expr, QueryError> {
        let terms = self.term.items.iter().map(|item| one(item).map(Expr::Term));
        Ok(Expr::or(terms.collect::<Result<_, _>>()?))
    }

    fn text(&self, field: TextField, item: &Item) -> Result<Term, QueryError> {
        let bare = bare_address(field, item);
        let text = bare.unwrap_or(&item.text);
        let exactly = self.term.op != Op::Has || (bare.is_some() && text.is_empty());
        let text = match item.shape {
            Shape::Regex if exactly => return Err(self.regex_equals(item)),
            Shape::Regex => TextMatch::regex(text),
            _ if exactly => field.equals(text),
            _ => TextMatch::contains(text),
        };
        let text = text.map_err(|error| bad_pattern(item, &error))?;
        Ok(Term::Text { field, text })
    }

    fn regex_equals(&self, item: &Item) -> QueryError {
        let op = self.term.op.symbol();
        let minus = if self.term.op == Op::Ne { "-" } else { "" };
        let name = self.term.info.name;
        let error = QueryError::new(item.span.clone(), format!("a regex does not go with {op}"));
        let whole = "with ^ and $ for the whole value";
        error.hint(format!("write {minus}{name}:/…/, {whole}"))
    }

    /// Set of the listed members, or of those that a comparison selects.
    fn set<T: Member>(&self) -> Result<Set<T>, QueryError> {
        self.set_of(&self.term.items, read_member::<T>)
    }

    fn set_of<'i, T: Member>(
        &self,
        items: impl IntoIterator<Item = &'i Item>,
        read: impl Fn(&str) -> Read<T>,
    ) -> Result<Set<T>, QueryError> {
        let mut members = Vec::new();
        for item in items {
            let member = self.read(item, &read)?;
            match order(self.term.op) {
                Some(cmp) => return self.compared(cmp, member, item),
                None => members.push(member),
            }
        }
        Ok(members.into_iter().collect())
    }

    fn compared<T: Member>(&self, cmp: Cmp, bound: T, item: &Item) -> Result<Set<T>, QueryError> {
        let set = Set::ranked(cmp, bound);
        if !set.is_empty() {
            return Ok(set);
        }
        let (name, bound_name) = (self.term.info.name, bound.name());
        let error = if bound.rank().is_none() {
            let message = format!("{bound_name} has no place on the scale");
            QueryError::new(item.span.clone(), message).hint(format!("write {name}={bound_name}"))
        } else {
            let says = self.term.info.field.says(self.term.op);
            QueryError::new(item.span.clone(), format!("no {name} {says} {bound_name}"))
        };
        Err(error)
    }

    /// Converts a list of TLS states and versions.
    fn tls(&self) -> Result<Expr, QueryError> {
        let is_state = |item: &&Item| TlsState::read(&item.text).is_some();
        let (states, versions): (Vec<_>, Vec<_>) = self.term.items.iter().partition(is_state);
        if let (Some(item), true) = (states.first(), order(self.term.op).is_some()) {
            let message = format!("{} has no place on the scale of versions", item.text);
            return Err(QueryError::new(item.span.clone(), message)
                .hint(format!("write tls:{}", item.text)));
        }
        let mut list = Vec::new();
        if !states.is_empty() {
            let states = self.set_of(states, read_member)?;
            list.push(Expr::Term(Term::Tls(states)));
        }
        if !versions.is_empty() {
            let versions = self.set_of(versions, read_tls_version)?;
            list.push(Expr::Term(Term::Version(versions)));
        }
        Ok(Expr::or(list))
    }

    /// Parses a value with `read`. A regex is an error.
    fn read<T>(&self, item: &Item, read: impl Fn(&str) -> Read<T>) -> Result<T, QueryError> {
        if item.shape == Shape::Regex {
            let message = format!("{} takes no regex", self.term.info.name);
            return Err(QueryError::new(item.span.clone(), message).hint(self.example()));
        }
        read(&item.text).map_err(|unread| self.bad_value(item, unread))
    }

    fn bad_value(&self, item: &Item, unread: Unread) -> QueryError {
        let noun = self.term.info.field.value_noun();
        let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u', 'I']);
        let article = if vowel { "an" } else { "a" };
        let message = format!("{} is not {article} {noun}", cite(&item.text));
        let unfinished = unread.unfinished && item.shape == Shape::Bare;
        QueryError::new(item.span.clone(), message)
            .hint(unread.hint.unwrap_or_else(|| self.example()))
            .incomplete(unfinished && item.span.end == self.end)
    }

    fn example(&self) -> String {
        format!("for example {}", self.term.info.example)
    }
}

impl TextField {
    /// Test for a whole value. IDs are case sensitive (Exim counts in base 62), other fields are not.
    pub fn equals(self, text: &str) -> Result<TextMatch, PatternError> {
        match self {
            Self::Id => Ok(TextMatch::exactly(text)),
            _ => TextMatch::equals(text),
        }
    }
}

/// Text between the angle brackets of an address or a Message-ID, as copied from a log. `<>` is the null sender.
fn bare_address(field: TextField, item: &Item) -> Option<&str> {
    let bracketed = matches!(
        field,
        TextField::Id | TextField::From | TextField::To | TextField::Addr
    );
    let inner = item.text.strip_prefix('<')?.strip_suffix('>')?;
    (bracketed && item.shape == Shape::Bare).then_some(inner)
}

/// Parses a TLS version. The error lists the TLS states as well.
fn read_tls_version(text: &str) -> Read<Version> {
    let states = TlsState::ALL.iter().map(|state| state.name());
    let versions = Version::ALL.iter().map(|version| version.name());
    Version::read(text)
        .ok_or_else(|| Unread::not_listed(text, states.chain(versions), Version::ALSO))
}

fn bad_pattern(item: &Item, error: &PatternError) -> QueryError {
    let message = match (error, item.shape) {
        (PatternError::Syntax(why), _) => format!("the regex is wrong: {why}"),
        (error, _) => error.to_string(),
    };
    let empty = *error == PatternError::Empty;
    let error = QueryError::new(item.span.clone(), message).incomplete(empty);
    if empty && item.shape == Shape::Quoted {
        return error.hint(r#"use = for an empty value, as in from="""#);
    }
    error
}

fn wrong_operator(term: &FieldTerm) -> QueryError {
    let info = term.info;
    let taken: Vec<_> = info
        .field
        .operators()
        .iter()
        .map(|op| op.symbol())
        .collect();
    let message = format!("{} does not go with {}", info.name, term.op.symbol());
    let error = QueryError::new(term.op_span.clone(), message);
    match (info.field, order(term.op)) {
        (Field::Time(_), Some(Cmp::Lt | Cmp::Le)) => {
            error.hint("until:… selects what is not after")
        }
        (Field::Time(_), Some(_)) => error.hint("since:… selects what is not before"),
        _ => error.hint(format!("it takes {}", taken.join(" "))),
    }
}
