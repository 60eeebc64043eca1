//! Tables as bytes.

mod columns;
mod csv;
mod file;
mod ndjson;

use std::io::{self, Write};

pub use columns::Layout;
pub use file::{OutputError, OutputFile};

use super::value::Table;

/// A form of export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    Ndjson,
    /// RFC 4180, with a header line.
    Csv,
    /// Aligned text for people.
    Table(Layout),
}

impl Format {
    /// Writes a whole table.
    pub fn write(self, table: Table<'_>, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Ndjson => ndjson::write(table, out),
            Self::Csv => csv::write(table, out),
            Self::Table(layout) => columns::write(table, layout, out),
        }
    }

    /// Writes further rows of a table whose first rows [`Format::write`] has written.
    pub(super) fn write_more(self, table: Table<'_>, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Csv => csv::write_rows(table, out),
            _ => self.write(table, out),
        }
    }
}
