//! Compares the evaluation with a plain test of every message.

mod logs;
mod naive;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;
use proptest::sample::select;

use super::{Breaks, Index, Scene, Sort, SortKey, Table};
use crate::model::{AsOf, GradeBook, Model, Zone};
use crate::parse::Mta;
use crate::query::tests::arbitrary;
use crate::query::{Expr, Query};
use crate::tls::Profile;
use logs::{ADDRESSES, Growing, Pieces};
use naive::Naive;

const SORTS: [SortKey; 10] = [
    SortKey::Input,
    SortKey::Last,
    SortKey::First,
    SortKey::Grade,
    SortKey::Id,
    SortKey::From,
    SortKey::Status,
    SortKey::Attempts,
    SortKey::Waits,
    SortKey::Size,
];

/// Filters that match some rows of the generated logs.
const NEAR: [&str; 53] = [
    "a",
    "ex",
    "example",
    "example.org",
    "mx1",
    "mx",
    "192.0.2",
    "Bo",
    "bo@",
    "de",
    "arrival",
    "AES",
    "1j69",
    "1xVOL4-0",
    "4A1B2C3",
    "/^mx[12]/",
    "/bo$/",
    "/^$/",
    "from:<>",
    "from=\"\"",
    "from:carla",
    "to:bo",
    "to:anna",
    "addr:eve",
    "host:relay",
    "host:helo",
    "barred:mx",
    "barred=mx1.example.net",
    "barred:192.0.2.2",
    "kind:retry_wait host:mx",
    "domain:example.org",
    "domain=example.net",
    "domain:/^aa/",
    "cipher:AES128",
    "text:hello",
    "text:Ok",
    "text:timed",
    "text:grün",
    "code:4.7",
    "code:2.0.0",
    "ip:192.0.2.0/24",
    "errno=110",
    "errno<0",
    "size>10k",
    "attempts>=1",
    "delay>1h",
    "since:2026-03-02T10:00",
    "until:2026-03-02T03:00",
    "id:y@",
    "id:x@MX2.",
    "id:mx1",
    "id:/[02]\\.x@mx[12]/",
    "id=4A1B2C3D",
];

fn near() -> impl Strategy<Value = Expr> {
    let read = |text: &str| Query::parse(text).unwrap().expr().clone();
    let part = (select(&ADDRESSES), any::<(u8, u8)>()).prop_map(|(address, (from, length))| {
        let from = usize::from(from) % address.len();
        let length = 1 + usize::from(length) % (address.len() - from);
        format!("\"{}\"", &address[from..from + length])
    });
    prop_oneof![
        4 => select(&NEAR).prop_map(read),
        1 => part.prop_map(move |text| read(&text)),
        2 => arbitrary::term().prop_map(Expr::Term),
    ]
}

fn filter() -> impl Strategy<Value = Expr> {
    near().prop_recursive(3, 8, 3, |inner| {
        let list = || prop::collection::vec(inner.clone(), 1..3);
        prop_oneof![
            list().prop_map(Expr::and),
            list().prop_map(Expr::or),
            inner.clone().prop_map(Expr::negate),
        ]
    })
}

fn sort() -> impl Strategy<Value = Sort> {
    (select(&SORTS), any::<bool>()).prop_map(|(key, descending)| Sort { key, descending })
}

fn grades(model: &Model) -> GradeBook {
    GradeBook::of(
        model,
        Arc::new(Profile::named("default").unwrap()),
        AsOf::Event,
    )
}

/// Evaluates with a used index and compares; some evaluations are cancelled on the way.
fn check(
    model: &Model,
    index: &Index,
    questions: &[(Expr, Sort)],
    patience: u32,
) -> Result<(), TestCaseError> {
    let grades = grades(model);
    let left = AtomicU32::new(patience);
    let cancelled = || {
        let less = |left: u32| Some(left.saturating_sub(1));
        left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less) == Ok(0)
    };
    for (expr, sort) in questions {
        let query = Query::from(expr.clone());
        let scene = |breaks| Scene {
            model,
            grades: &grades,
            index,
            zone: Zone::parse("UTC").unwrap(),
            breaks,
        };
        left.store(patience, Ordering::Relaxed);
        let early = scene(Breaks {
            cancelled: &cancelled,
            ..Breaks::NEVER
        })
        .rows(Table::Messages, &query, *sort);
        let resting = scene(Breaks {
            rests: &|| true,
            ..Breaks::NEVER
        });
        let mut rests = 0;
        let rested = loop {
            // Every attempt completes at least a part.
            rests += 1;
            match resting.rows(Table::Messages, &query, *sort) {
                None if rests < 1000 => {}
                rows => break rows,
            }
        };
        let naive = Naive {
            model,
            grades: &grades,
        }
        .rows(&query, *sort);
        let rows = scene(Breaks::NEVER).rows(Table::Messages, &query, *sort);
        prop_assert_eq!(rested.as_ref(), Some(&naive), "{} with rests", query);
        prop_assert_eq!(rows.as_ref(), Some(&naive), "{} by {:?}", query, sort);
        prop_assert!(
            early.is_none_or(|early| early == naive),
            "{} cancelled",
            query
        );
    }
    Ok(())
}

/// The newest events are selected as they are in an evaluation of all events.
fn check_window(
    model: &Model,
    index: &Index,
    questions: &[(Expr, Sort)],
    first: u32,
) -> Result<(), TestCaseError> {
    let grades = grades(model);
    let fresh = Index::default();
    let scene = |index| Scene {
        model,
        grades: &grades,
        index,
        zone: Zone::parse("UTC").unwrap(),
        breaks: Breaks::NEVER,
    };
    for (expr, _) in questions {
        let query = Query::from(expr.clone());
        let all = scene(&fresh).events(&query).unwrap();
        let late: Vec<u32> = all.ones().filter(|event| *event >= first).collect();
        let window = scene(index).events_from(&query, first).unwrap();
        let window: Vec<u32> = window.ones().map(|place| first + place).collect();
        prop_assert_eq!(window, late, "{} from {}", query, first);
    }
    Ok(())
}

/// A grade book that grew with its model is equal to one that was filled at once, and the grade of a message is
/// the worst of its events.
fn check_grades(model: &Model, grown: &mut GradeBook) -> Result<(), TestCaseError> {
    grown.refresh(model);
    let fresh = grades(model);
    for (number, message) in (0..).zip(model.messages.iter()) {
        let grade = grown.message(number);
        prop_assert_eq!(grade, fresh.message(number), "message {}", number);
        prop_assert_eq!(
            grade,
            naive::grade(model, &fresh, message),
            "message {}",
            number
        );
    }
    Ok(())
}

fn check_growing(
    logs: &[(Mta, Pieces)],
    questions: &[(Expr, Sort)],
    patience: u32,
) -> Result<(), TestCaseError> {
    let mut model = Model::default();
    let index = Index::default();
    let mut grown = grades(&model);
    for (mta, pieces) in logs {
        let mut log = Growing::new(&mut model, *mta);
        for piece in pieces {
            let first = model.events.len();
            log.take(&mut model, piece);
            check_window(&model, &index, questions, first)?;
            check(&model, &index, questions, patience)?;
            check_grades(&model, &mut grown)?;
        }
        log.finish(&mut model);
        check_grades(&model, &mut grown)?;
        prop_assert_eq!(index.prepare(&model, Breaks::NEVER), Some(()));
        check(&model, &index, questions, patience)?;
    }
    check(&model, &Index::default(), questions, patience)
}

#[test]
fn sizes_of_4_gib_and_more_are_ordered_as_well() {
    let sizes: [u64; 5] = [9 << 30, 5 << 30, 7 << 30, (4 << 30) - 1, 70];
    let lines = (0..).zip(sizes).map(|(nth, size)| {
        format!("2026-03-02 08:00:00 1vwX9{nth}-000AYt-Tm <= a@example.org U=a P=local S={size}")
    });
    let lines: Vec<String> = lines.collect();
    let mut model = Model::default();
    Growing::new(&mut model, Mta::Exim).take(&mut model, &lines);
    let grades = grades(&model);
    let scene = Scene {
        model: &model,
        grades: &grades,
        index: &Index::default(),
        zone: Zone::UTC,
        breaks: Breaks::NEVER,
    };
    let sort = Sort {
        key: SortKey::Size,
        descending: false,
    };
    let rows = scene.rows(Table::Messages, &Query::default(), sort);
    assert_eq!(rows, Some(vec![4, 3, 1, 2, 0]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_list_is_what_a_plain_look_at_every_message_gives(
        exim in logs::exim(),
        postfix in logs::postfix(),
        questions in prop::collection::vec((filter(), sort()), 1..6),
        patience in 0..12_u32,
    ) {
        check_growing(&[(Mta::Exim, exim), (Mta::Postfix, postfix)], &questions, patience)?;
    }
}
