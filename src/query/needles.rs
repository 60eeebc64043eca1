//! Texts that every selected row must contain, so that a load for one query can skip other lines.

use super::expr::{Expr, Term};
use super::field::TextField;
use super::text_match::{How, TextMatch};

/// Minimum length in bytes: shorter texts are on too many lines to be of use.
const SHORTEST: usize = 4;

/// Texts of which at least one occurs, in any ASCII letter case, on some line of every log message that `expr`
/// selects, and on the line of every selected event without a message. `None` when no such texts are known.
pub(super) fn of(expr: &Expr) -> Option<Vec<&str>> {
    // A relative time counts from the newest line of all, which has to be read.
    if asks_for_time(expr) {
        return None;
    }
    match expr {
        Expr::All | Expr::Not(_) => None,
        Expr::And(list) => {
            let each = list.iter().filter_map(of);
            each.max_by_key(|texts| texts.iter().map(|text| text.len()).min())
        }
        Expr::Or(list) => {
            let each: Option<Vec<_>> = list.iter().map(of).collect();
            each.map(|texts| texts.concat())
        }
        Expr::Term(term) => of_term(term).map(|text| vec![text]),
    }
}

fn asks_for_time(expr: &Expr) -> bool {
    match expr {
        Expr::All => false,
        Expr::And(list) | Expr::Or(list) => list.iter().any(asks_for_time),
        Expr::Not(inner) => asks_for_time(inner),
        Expr::Term(term) => matches!(term, Term::Time { .. }),
    }
}

fn of_term(term: &Term) -> Option<&str> {
    match term {
        // These fields are stored as they are on the line.
        Term::Text {
            field:
                TextField::Id
                | TextField::From
                | TextField::To
                | TextField::Addr
                | TextField::Host
                | TextField::Domain,
            text,
        } => literal(text),
        // A bare word also matches names of states and error texts without their escapes, which are not on the line.
        _ => None,
    }
}

fn literal(text: &TextMatch) -> Option<&str> {
    // In a stored host name, `?` replaces characters that would end it.
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'?';
    let kept =
        text.how() != How::Regex && text.text().len() >= SHORTEST && text.text().bytes().all(plain);
    kept.then(|| text.text())
}

#[cfg(test)]
mod tests {
    use crate::query::Query;

    #[test]
    fn texts_that_must_stand_somewhere() {
        for (filter, expected) in [
            ("id:1j69ZJ-0001iL-S3", Some(vec!["1j69ZJ-0001iL-S3"])),
            ("addr:a@example.org grade>=C", Some(vec!["a@example.org"])),
            (
                "from=a@example.org OR to:example.net",
                Some(vec!["a@example.org", "example.net"]),
            ),
            (
                "to:org (host:mx.example.net OR id:1j69ZJ)",
                Some(vec!["mx.example.net", "1j69ZJ"]),
            ),
            ("anna@example.org", None),
            (
                "domain:example.org -addr:b@example.org",
                Some(vec!["example.org"]),
            ),
            ("delivered", None),
            ("", None),
            ("-addr:a@example.org", None),
            ("addr:a@example.org OR grade:C", None),
            ("addr:/a@example/", None),
            ("addr:a@b", None),
            ("addr:ü@example.org", None),
            ("addr:a@example.org since:-2d", None),
            ("ip:192.0.2.1", None),
        ] {
            let query = Query::parse(filter).unwrap();
            assert_eq!(query.needles(), expected, "{filter}");
        }
    }
}
