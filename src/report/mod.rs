//! Facts on their way out: tables, exports, explanations, the summary, and the mask over people.

mod document;
pub mod evidence;
pub mod explain;
pub mod export;
pub mod finding;
pub mod forgotten;
pub mod lines;
pub mod log_lines;
pub mod mask;
mod moment;
pub mod overview;
pub mod peer;
mod pieces;
mod place;
pub mod posture;
pub mod rows;
pub mod sentence;
pub mod shares;
pub mod shell;
pub mod stories;
pub mod summary;
mod value;
mod write;

pub use document::Form;
pub use moment::rfc3339 as time;
pub use value::{Column, Holds, Row, Table, Value};
pub use write::{Format, Layout, OutputError, OutputFile};
