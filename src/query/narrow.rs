//! Decides whether a filter narrows another one, so that only the rows of the other need to be tested again.

use super::expr::{Cmp, Expr, Term};
use super::field::Edge;
use super::moment::Moment;
use super::set::Set;

/// Maximum number of comparisons. Filters typed by hand need far fewer.
const MAX_COMPARISONS: u32 = 20_000;

/// True when `b` selects every row that `a` selects. False also where this is not known.
pub(super) fn implies(a: &Expr, b: &Expr) -> bool {
    Comparison {
        left: MAX_COMPARISONS,
    }
    .expr(a, b)
}

struct Comparison {
    left: u32,
}

impl Comparison {
    fn expr(&mut self, a: &Expr, b: &Expr) -> bool {
        let Some(left) = self.left.checked_sub(1) else {
            return false;
        };
        self.left = left;
        match (a, b) {
            (_, Expr::All) => true,
            (Expr::Or(list), _) => list.iter().all(|a| self.expr(a, b)),
            (_, Expr::And(list)) => list.iter().all(|b| self.expr(a, b)),
            (Expr::Not(a), Expr::Not(b)) => self.expr(b, a),
            (Expr::Term(a), Expr::Term(b)) => term(a, b),
            _ => self.part(a, b),
        }
    }

    /// In an `And` on the left one part is enough, and so it is in an `Or` on the right.
    fn part(&mut self, a: &Expr, b: &Expr) -> bool {
        if let Expr::And(list) = a
            && list.iter().any(|a| self.expr(a, b))
        {
            return true;
        }
        match b {
            Expr::Or(list) => list.iter().any(|b| self.expr(a, b)),
            _ => false,
        }
    }
}

/// The same for single terms.
pub(super) fn term(a: &Term, b: &Term) -> bool {
    match (a, b) {
        (Term::Anywhere(a), Term::Anywhere(b)) => a.implies(b),
        (
            Term::Text { field, text },
            Term::Text {
                field: other,
                text: b,
            },
        ) => field == other && text.implies(b),
        (Term::Grade(a), Term::Grade(b)) => within(*a, *b),
        (Term::Version(a), Term::Version(b)) => within(*a, *b),
        (Term::Tls(a), Term::Tls(b)) => within(*a, *b),
        (Term::Status(a), Term::Status(b)) => within(*a, *b),
        (Term::Kind(a), Term::Kind(b)) => within(*a, *b),
        (Term::Ip(a), Term::Ip(b)) => b.covers(*a),
        (Term::Code(a), Term::Code(b)) => {
            let mut parts = a.parts();
            b.parts().all(|part| parts.next() == Some(part))
        }
        (
            Term::Number { field, cmp, value },
            Term::Number {
                field: other,
                cmp: b_cmp,
                value: b,
            },
        ) => field == other && bounds_within((*cmp, *value), (*b_cmp, *b)),
        (
            Term::Delay { cmp, millis },
            Term::Delay {
                cmp: b_cmp,
                millis: b,
            },
        ) => bounds_within((*cmp, *millis), (*b_cmp, *b)),
        (
            Term::Time { edge, moment },
            Term::Time {
                edge: other,
                moment: b,
            },
        ) => edge == other && time(*edge, *moment, *b),
        _ => false,
    }
}

fn within<T: super::Member>(a: Set<T>, b: Set<T>) -> bool {
    a.within(b)
}

/// Compares closed intervals of `i128`, whose ends do not overflow.
fn bounds_within(a: (Cmp, i64), b: (Cmp, i64)) -> bool {
    let (a, b) = (interval(a), interval(b));
    a.0 >= b.0 && a.1 <= b.1
}

fn interval((cmp, value): (Cmp, i64)) -> (i128, i128) {
    let value = i128::from(value);
    match cmp {
        Cmp::Eq => (value, value),
        Cmp::Lt => (i128::MIN, value - 1),
        Cmp::Le => (i128::MIN, value),
        Cmp::Gt => (value + 1, i128::MAX),
        Cmp::Ge => (value, i128::MAX),
    }
}

/// Compares moments where this needs no clock.
fn time(edge: Edge, a: Moment, b: Moment) -> bool {
    match (a, b) {
        (Moment::Ago(a), Moment::Ago(b)) => match edge {
            Edge::Since => a <= b,
            Edge::Until => a >= b,
        },
        _ => a == b,
    }
}
