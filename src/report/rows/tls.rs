//! The TLS columns, the same in every table that has them.

use super::super::value::{Column, Holds, Value};
use std::sync::LazyLock;

use crate::text::Clean;
use crate::tls::{Grading, Session, TlsState, Verify, Version};

/// In the order of CONTRACT.
pub(super) const COLUMNS: [Column; 10] = [
    Column::new("tls", Holds::Word, 0),
    Column::new("tls_version", Holds::Word, 5),
    Column::new("cipher", Holds::Word, 5),
    Column::new("cipher_iana", Holds::Words, 0),
    Column::new("bits", Holds::Number, 1),
    Column::new("group", Holds::Word, 0),
    Column::new("resumed", Holds::Flag, 0),
    Column::new("verify", Holds::Word, 2),
    Column::new("grade", Holds::Grade, 9),
    Column::new("reasons", Holds::Words, 1),
];

/// A session of which nothing is known.
static NONE: LazyLock<Session> = LazyLock::new(Session::default);

/// The cells of [`COLUMNS`].
pub(super) fn cells(
    state: TlsState,
    session: Option<&Session>,
    grading: &Grading,
) -> impl Iterator<Item = Value> {
    let stated = stated(session.unwrap_or(&NONE));
    let reasons = grading
        .reasons
        .iter()
        .map(|code| Clean::line(code.as_ref()));
    [Value::Word(state.name())]
        .into_iter()
        .chain(stated)
        .chain([Value::Grade(grading.grade), Value::List(reasons.collect())])
}

/// What the source states of the session.
fn stated(session: &Session) -> [Value; 7] {
    [
        Value::word(session.version.map(Version::name)),
        Value::text(session.cipher.as_bytes()),
        Value::List(session.cipher_iana().map(Clean::line).collect()),
        Value::integer(session.bits),
        Value::text(session.group.as_deref().unwrap_or_default().as_bytes()),
        session.resumed.map_or(Value::Null, Value::Bool),
        Value::word(session.verify.map(Verify::name)),
    ]
}
