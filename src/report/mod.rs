//! Facts on their way out: tables, exports, explanations, the summary, and the mask over people.

pub mod explain;
pub mod mask;
mod moment;
pub mod rows;
pub mod sentence;
pub mod shell;
pub mod summary;
mod value;
mod write;

use crate::parse::Kind;

pub use value::{Column, Holds, Row, Table, Value};
pub use write::{Format, Layout, OutputError, OutputFile};

/// Events that say what became of a recipient.
const fn names_recipient(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Delivery | Kind::Deferral | Kind::RetryWait | Kind::Failure | Kind::Discarded
    )
}
