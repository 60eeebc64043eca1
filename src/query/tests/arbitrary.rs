//! Strategies for arbitrary expressions.

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::model::Cidr;
use crate::query::*;

/// Texts that are hard to print.
pub(super) fn text() -> impl Strategy<Value = String> {
    let nasty = select(vec![
        "AND",
        "OR",
        "NOT",
        "-x",
        "!x",
        "/x/",
        "a/b",
        "\\",
        "\"",
        "a\"b",
        "a:b",
        "grade",
        ">=C",
        "10:30",
        "a,b",
        "(",
        " ",
        "->",
        "<>",
        "<a@b>",
        "dead:beef::1",
        "C:\\d",
        "ſs",
        "Kk",
        "ü",
        "since:today",
        "a\nb",
        "=",
        "\u{202e}x",
    ]);
    prop_oneof![
        nasty.prop_map(String::from),
        "[aAbB]{1,3}",
        "[ -~]{1,8}",
        "\\PC{1,6}",
    ]
}

fn pattern() -> impl Strategy<Value = String> {
    select(vec![
        r"^mx\d",
        "a/b",
        r"a\/b",
        r"[A-Z]+",
        r"\S+ x",
        r"(a|b),\)",
        "ü",
        r"\\/",
        "a{2,3}",
        "\"",
    ])
    .prop_map(String::from)
}

fn anywhere() -> impl Strategy<Value = Term> {
    prop_oneof![
        4 => text().prop_map(|text| TextMatch::contains(&text).unwrap()),
        1 => pattern().prop_map(|text| TextMatch::regex(&text).unwrap()),
    ]
    .prop_map(Term::Anywhere)
}

fn text_field() -> impl Strategy<Value = Term> {
    let fields = select(vec![
        TextField::Id,
        TextField::From,
        TextField::To,
        TextField::Addr,
        TextField::Host,
        TextField::Barred,
        TextField::Domain,
        TextField::Cipher,
        TextField::Text,
        TextField::File,
    ]);
    (fields, text(), pattern(), 0..5).prop_map(|(field, text, pattern, how)| {
        let text = match how {
            0 => TextMatch::regex(&pattern).unwrap(),
            1 => field.equals("").unwrap(),
            2 => field.equals(&text).unwrap(),
            _ => TextMatch::contains(&text).unwrap(),
        };
        Term::Text { field, text }
    })
}

fn members<T: Member + std::fmt::Debug>() -> impl Strategy<Value = Set<T>> {
    subsequence(T::ALL, 1..=T::ALL.len()).prop_map(|members| members.into_iter().collect())
}

fn sets() -> impl Strategy<Value = Term> {
    prop_oneof![
        members().prop_map(Term::Grade),
        members().prop_map(Term::Version),
        members().prop_map(Term::Tls),
        members().prop_map(Term::Status),
        members().prop_map(Term::Kind),
    ]
}

fn cmp() -> impl Strategy<Value = Cmp> {
    select(vec![Cmp::Eq, Cmp::Lt, Cmp::Le, Cmp::Gt, Cmp::Ge])
}

fn value() -> impl Strategy<Value = i64> {
    prop_oneof![-3..4_i64, -5000..5000_i64, any::<i32>().prop_map(i64::from)]
}

fn numbers() -> impl Strategy<Value = Term> {
    let fields = select(vec![
        NumberField::Errno,
        NumberField::Size,
        NumberField::Attempts,
    ]);
    prop_oneof![
        (fields, cmp(), value()).prop_map(|(field, cmp, value)| {
            let value = if field == NumberField::Size {
                value.abs()
            } else {
                value
            };
            Term::Number { field, cmp, value }
        }),
        (cmp(), value()).prop_map(|(cmp, millis)| Term::Delay { cmp, millis }),
        code().prop_map(Term::Code),
        network().prop_map(Term::Ip),
    ]
}

fn code() -> impl Strategy<Value = Code> {
    let parts = (select(vec![2, 4, 5]), 0..3_u8, 0..3_u16, 0..1000_u16);
    parts.prop_map(|(class, given, subject, detail)| {
        Code::new(
            class,
            (given > 0).then_some(subject),
            (given > 1).then_some(detail),
        )
        .unwrap()
    })
}

fn network() -> impl Strategy<Value = Cidr> {
    use std::net::IpAddr;
    prop_oneof![
        (any::<[u8; 4]>(), 0..=32_u8).prop_map(|(ip, len)| Cidr::new(IpAddr::from(ip), len)),
        (any::<[u16; 8]>(), 0..=128_u8).prop_map(|(ip, len)| Cidr::new(IpAddr::from(ip), len)),
        (0..4_u8, 24..=32_u8)
            .prop_map(|(last, len)| Cidr::new(IpAddr::from([192, 0, 2, last]), len)),
    ]
    .prop_map(Option::unwrap)
}

fn civil() -> impl Strategy<Value = NaiveDateTime> {
    (0..4_000_000_000_000_i64).prop_map(|millis| {
        let start = NaiveDate::from_ymd_opt(1970, 1, 1)
            .unwrap()
            .and_time(NaiveTime::MIN);
        start + TimeDelta::milliseconds(millis)
    })
}

/// Truncates a time to the precision of `unit`.
fn cut(civil: NaiveDateTime, unit: Unit) -> NaiveDateTime {
    let length = match unit {
        Unit::Day => 86_400_000,
        Unit::Minute => 60_000,
        Unit::Second => 1000,
        Unit::Milli => 1,
    };
    civil - TimeDelta::milliseconds(civil.and_utc().timestamp_millis() % length)
}

fn moment() -> impl Strategy<Value = Moment> {
    let clock_units = || select(vec![Unit::Minute, Unit::Second, Unit::Milli]);
    let units = select(vec![Unit::Day, Unit::Minute, Unit::Second, Unit::Milli]);
    let offset = (-1439..1440_i32).prop_map(|m| FixedOffset::east_opt(m * 60).unwrap());
    prop_oneof![
        (0..10_i64).prop_map(Moment::Ago),
        (0..10_000_000_000_i64).prop_map(Moment::Ago),
        Just(Moment::Today),
        Just(Moment::Yesterday),
        (civil(), clock_units()).prop_map(|(at, unit)| Moment::Clock(cut(at, unit).time(), unit)),
        (civil(), units).prop_map(|(at, unit)| Moment::Civil(cut(at, unit), unit)),
        (civil(), offset, clock_units()).prop_map(|(at, offset, unit)| Moment::Fixed(
            cut(at, unit),
            offset,
            unit
        )),
    ]
}

fn times() -> impl Strategy<Value = Term> {
    (select(vec![Edge::Since, Edge::Until]), moment())
        .prop_map(|(edge, moment)| Term::Time { edge, moment })
}

/// Any term.
pub(in crate::query) fn term() -> impl Strategy<Value = Term> {
    prop_oneof![anywhere(), text_field(), sets(), numbers(), times()]
}

/// Any expression in normal form.
pub(super) fn expr() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![1 => Just(Expr::All), 12 => term().prop_map(Expr::Term)];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let list = || prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            list().prop_map(Expr::and),
            list().prop_map(Expr::or),
            inner.clone().prop_map(Expr::negate),
        ]
    })
}
