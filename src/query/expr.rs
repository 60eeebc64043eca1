//! Filter expressions, as produced by the parser and evaluated on rows.

use super::field::{Edge, NumberField, TextField};
use super::moment::Moment;
use super::set::Set;
use super::text_match::TextMatch;
use crate::model::{Cidr, Status};
use crate::parse::Kind;
use crate::tls::{Grade, TlsState, Version};

/// A filter expression.
///
/// Expressions built with [`Expr::and`], [`Expr::or`] and [`Expr::negate`] are in normal form: no `And`
/// directly in an `And`, no `Or` in an `Or`, no `Not` in a `Not`, and at least two expressions in each list.
/// Such an expression, printed and parsed, is equal to itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// All rows: the empty filter.
    All,
    /// Rows selected by every one of these.
    And(Vec<Expr>),
    /// Rows selected by at least one of these.
    Or(Vec<Expr>),
    /// Rows not selected by this.
    Not(Box<Expr>),
    /// Rows that pass a test.
    Term(Term),
}

/// A single test. A row with several values (recipients, hosts, kinds) passes when one of them does. A row
/// without the value (unknown or not stated) does not pass.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// Any text shown of the row. Never [`super::How::Equals`] or [`super::How::Exactly`].
    Anywhere(TextMatch),
    /// Text of a field.
    Text {
        /// Field to test.
        field: TextField,
        /// Test of its value.
        text: TextMatch,
    },
    /// The grade is one of these.
    Grade(Set<Grade>),
    /// The TLS version is one of these.
    Version(Set<Version>),
    /// The TLS state is one of these.
    Tls(Set<TlsState>),
    /// The status is one of these.
    Status(Set<Status>),
    /// The kind of an event is one of these.
    Kind(Set<Kind>),
    /// The address of a remote host is in this network.
    Ip(Cidr),
    /// The enhanced status code is this one, or begins with these parts.
    Code(Code),
    /// A number compared to `value`.
    Number {
        /// Field to compare.
        field: NumberField,
        /// Comparison with `value`.
        cmp: Cmp,
        /// Bytes, a count or an error number.
        value: i64,
    },
    /// The delay compared to a bound.
    Delay {
        /// Comparison with `millis`.
        cmp: Cmp,
        /// Bound in milliseconds; may be negative.
        millis: i64,
    },
    /// The time is not before, or not after, a moment.
    Time {
        /// Edge that `moment` is.
        edge: Edge,
        /// Moment as written; [`Moment::span`] resolves it.
        moment: Moment,
    },
}

/// Comparison of a value with a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cmp {
    /// Equal.
    Eq,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
}

impl Cmp {
    /// True when the comparison holds.
    pub fn holds<T: PartialOrd>(self, value: &T, bound: &T) -> bool {
        match self {
            Self::Eq => value == bound,
            Self::Lt => value < bound,
            Self::Le => value <= bound,
            Self::Gt => value > bound,
            Self::Ge => value >= bound,
        }
    }
}

/// An enhanced status code (RFC 3463), or its leading parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Code {
    class: u16,
    subject: Option<u16>,
    detail: Option<u16>,
}

impl Code {
    /// `None` for a class other than 2, 4 or 5, a part above 999, or a detail without a subject.
    pub fn new(class: u16, subject: Option<u16>, detail: Option<u16>) -> Option<Self> {
        let small = [subject, detail]
            .into_iter()
            .flatten()
            .all(|part| part <= 999);
        let whole = subject.is_some() || detail.is_none();
        (matches!(class, 2 | 4 | 5) && small && whole).then_some(Self {
            class,
            subject,
            detail,
        })
    }

    /// The given parts.
    pub(super) fn parts(self) -> impl Iterator<Item = u16> {
        [Some(self.class), self.subject, self.detail]
            .into_iter()
            .flatten()
    }

    /// True when `text` is this code or begins with its parts: 4.7 matches `4.7.5`, but not `4.75.1`.
    pub fn matches(self, text: &[u8]) -> bool {
        let mut given = text.split(|byte| *byte == b'.');
        self.parts().all(|part| {
            let number = given.next().and_then(|text| std::str::from_utf8(text).ok());
            number.and_then(|text| text.parse().ok()) == Some(part)
        })
    }
}

impl Expr {
    /// Conjunction of `list`, flattened and without [`Expr::All`].
    pub fn and(list: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(list.len());
        for expr in list {
            match expr {
                Self::All => {}
                Self::And(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() > 1 {
            return Self::And(flat);
        }
        flat.pop().unwrap_or(Self::All)
    }

    /// Disjunction of `list`, flattened. [`Expr::All`] for an empty list.
    pub fn or(list: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(list.len());
        for expr in list {
            match expr {
                Self::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() > 1 {
            return Self::Or(flat);
        }
        flat.pop().unwrap_or(Self::All)
    }

    /// Negation of the expression.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// The terms, in the order in which they are written.
    pub fn terms(&self) -> Vec<&Term> {
        match self {
            Self::All => Vec::new(),
            Self::And(list) | Self::Or(list) => list.iter().flat_map(Self::terms).collect(),
            Self::Not(inner) => inner.terms(),
            Self::Term(term) => vec![term],
        }
    }

    /// Evaluates the expression. `test` is called for as few terms as needed.
    pub fn holds(&self, test: &mut impl FnMut(&Term) -> bool) -> bool {
        match self {
            Self::All => true,
            Self::And(list) => list.iter().all(|expr| expr.holds(test)),
            Self::Or(list) => list.iter().any(|expr| expr.holds(test)),
            Self::Not(inner) => !inner.holds(test),
            Self::Term(term) => test(term),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_matches_by_parts() {
        let code = Code::new(4, Some(7), None).unwrap();
        assert!(code.matches(b"4.7.5") && code.matches(b"4.7"));
        assert!(!code.matches(b"4.75.1") && !code.matches(b"5.4.7") && !code.matches(b"4"));
        assert!(!code.matches(b"") && !code.matches(b"\xff.7"));
        assert_eq!(Code::new(3, None, None), None);
        assert_eq!(Code::new(5, None, Some(1)), None);
    }

    #[test]
    fn lists_are_kept_flat() {
        let term = |text| Expr::Term(Term::Anywhere(TextMatch::contains(text).unwrap()));
        let (a, b, c) = (term("a"), term("b"), term("c"));
        let inner = Expr::and(vec![a.clone(), b.clone()]);
        let flat = Expr::and(vec![inner, Expr::All, c.clone()]);
        assert_eq!(flat, Expr::And(vec![a.clone(), b, c]));
        assert_eq!(Expr::and(vec![]), Expr::All);
        assert_eq!(Expr::or(vec![a.clone()]), a);
        assert_eq!(a.clone().negate().negate(), a);
    }
}
