//! Properties of every input and every expression.

use chrono::Utc;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::arbitrary::{expr, text};
use crate::model::Status;
use crate::parse::Kind;
use crate::query::*;
use crate::tls::{Grade, TlsState, Version};

/// Fragments of the language in any order, which are closer to filters than arbitrary text.
fn soup() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "(",
        ")",
        "\"",
        "/",
        "\\",
        ",",
        " ",
        "-",
        "!",
        "AND",
        "OR ",
        "NOT",
        "a",
        "ü",
        "host",
        "ip",
        "grade",
        "since",
        "tls",
        "size",
        "code",
        "delay",
        "kind",
        "errno",
        ":",
        "=",
        "!=",
        "<=",
        ">",
        "10",
        "1.2",
        "C",
        "2020-02-25",
        "T04:55",
        "-2h",
        "2001:db8::",
        "/24",
        ".",
        "<>",
        "M",
        "[",
        "\u{2028}",
        "\u{0}",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn check_input(input: &str, cursor: usize) -> Result<(), TestCaseError> {
    match Query::parse(input) {
        Ok(query) => {
            let printed = query.to_string();
            prop_assert_eq!(Query::parse(&printed), Ok(query), "{}", printed);
        }
        Err(error) => {
            prop_assert!(input.get(error.span.clone()).is_some(), "{:?}", error);
            prop_assert!(!error.message.is_empty());
        }
    }
    for completion in complete(input, cursor, &NothingSeen) {
        prop_assert!(input.get(completion.replace).is_some());
    }
    Ok(())
}

/// A row of few values, so that filters often match it.
#[derive(Clone, Debug)]
struct Row {
    text: String,
    grade: Grade,
    version: Option<Version>,
    tls: TlsState,
    status: Status,
    kinds: Vec<Kind>,
    ip: String,
    code: String,
    number: i64,
    time: i64,
}

fn any_of<T: Member + std::fmt::Debug>() -> impl Strategy<Value = T> {
    select(T::ALL)
}

fn row() -> impl Strategy<Value = Row> {
    let words = (any_of(), prop::option::of(any_of()), any_of(), any_of());
    let ip = (0..4_u8).prop_map(|last| format!("192.0.2.{last}"));
    let code = (0..3, 0..3).prop_map(|(subject, detail)| format!("4.{subject}.{detail}"));
    let kinds = prop::collection::vec(any_of(), 0..3);
    let number = prop_oneof![-5..6_i64, -6000..6000_i64];
    (text(), words, kinds, ip, code, number, NOW - 20..NOW + 2).prop_map(
        |(text, (grade, version, tls, status), kinds, ip, code, number, time)| Row {
            text,
            grade,
            version,
            tls,
            status,
            kinds,
            ip,
            code,
            number,
            time,
        },
    )
}

const NOW: i64 = 1_582_600_000_000;

impl Row {
    fn passes(&self, term: &Term) -> bool {
        let clock = Clock {
            now: NOW,
            zone: &Utc,
        };
        match term {
            Term::Anywhere(text) | Term::Text { text, .. } => text.matches(self.text.as_bytes()),
            Term::Grade(set) => set.contains(self.grade),
            Term::Version(set) => self.version.is_some_and(|version| set.contains(version)),
            Term::Tls(set) => set.contains(self.tls),
            Term::Status(set) => set.contains(self.status),
            Term::Kind(set) => self.kinds.iter().any(|kind| set.contains(*kind)),
            Term::Ip(network) => network.matches(self.ip.as_bytes()),
            Term::Code(code) => code.matches(self.code.as_bytes()),
            Term::Number { cmp, value, .. } => cmp.holds(&self.number, value),
            Term::Delay { cmp, millis } => cmp.holds(&self.number, millis),
            Term::Time { edge, moment } => match edge {
                Edge::Since => self.time >= moment.span(&clock).start,
                Edge::Until => self.time < moment.span(&clock).end,
            },
        }
    }

    fn selected(&self, query: &Query) -> bool {
        query.expr().holds(&mut |term| self.passes(term))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_is_read_or_told(input in any::<String>(), cursor in 0..40_usize) {
        check_input(&input, cursor)?;
    }

    #[test]
    fn any_pieces_are_read_or_told(input in soup(), cursor in 0..40_usize) {
        check_input(&input, cursor)?;
    }

    #[test]
    fn what_prints_reads_back_equal(expr in expr()) {
        let query = Query::from(expr);
        let printed = query.to_string();
        prop_assert_eq!(Query::parse(&printed), Ok(query), "{}", printed);
    }

    /// No error is shown while a valid filter is typed.
    #[test]
    fn a_beginning_of_a_filter_is_never_wrong(expr in expr(), cut in any::<Index>()) {
        let printed = expr.to_string();
        let boundaries: Vec<_> = printed.char_indices().map(|(at, _)| at).collect();
        if !boundaries.is_empty() {
            let typed = &printed[..boundaries[cut.index(boundaries.len())]];
            if let Err(error) = Query::parse(typed) {
                prop_assert!(error.incomplete, "{}: {}", typed, error);
            }
        }
    }

    #[test]
    fn rows_of_a_narrower_filter_are_rows_of_the_wider(
        a in expr(), b in expr(), rows in prop::collection::vec(row(), 8),
    ) {
        let both = Query::from(Expr::and(vec![a.clone(), b.clone()]));
        let either = Query::from(Expr::or(vec![a.clone(), b.clone()]));
        let (a, b) = (Query::from(a), Query::from(b));
        for (narrow, wide) in [(&a, &b), (&b, &a), (&both, &a), (&b, &either), (&both, &either)] {
            if narrow.narrows(wide) {
                for row in &rows {
                    prop_assert!(!row.selected(narrow) || row.selected(wide), "{} / {}: {:?}", narrow, wide, row);
                }
            }
        }
        prop_assert!(a.narrows(&a));
    }
}
