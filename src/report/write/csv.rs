//! CSV after RFC 4180, safe to open in a spreadsheet.

use std::io::{self, Write};

use super::super::moment;
use super::super::value::{Table, Value, joined};

/// Writes a table: the header line, then its rows.
pub(super) fn write(table: Table<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = writer(out);
    csv.write_record(table.columns.iter().map(|column| column.name))
        .map_err(plain)?;
    finish(csv, table)
}

/// Writes the rows of a table alone.
pub(super) fn write_rows(table: Table<'_>, out: &mut dyn Write) -> io::Result<()> {
    finish(writer(out), table)
}

fn finish<W: Write>(mut csv: csv::Writer<W>, table: Table<'_>) -> io::Result<()> {
    for row in table.rows {
        csv.write_record(row.iter().map(cell)).map_err(plain)?;
    }
    csv.flush()
}

fn writer<W: Write>(out: W) -> csv::Writer<W> {
    csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out)
}

/// The error beneath, so that a closed pipe is known as one.
fn plain(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => inert(text),
        Value::Word(word) => inert(word),
        Value::Integer(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        Value::Grade(grade) => grade.to_string(),
        Value::Time(time) => moment::exact(*time).unwrap_or_default(),
        Value::List(list) => inert(&joined(list)),
    }
}

/// A text that a spreadsheet will not run as a formula: an apostrophe before it makes it text.
fn inert(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::value::{Column, Holds};
    use super::*;
    use crate::text::Clean;

    #[test]
    fn formulas_are_defused_and_numbers_stay_numbers() {
        let texts = ["=1+1", "+1", "-1", "@SUM(A1)", "a=b", "", "a,\"b\""];
        let cells = texts.map(|text| cell(&Value::Text(Clean::line(text))));
        assert_eq!(
            cells,
            ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "a=b", "", "a,\"b\""]
        );
        assert_eq!(inert("\t=1"), "'\t=1");
        assert_eq!(cell(&Value::Word("=>")), "'=>");
        assert_eq!(cell(&Value::Integer(-38)), "-38");
    }

    #[test]
    fn quoting_and_line_ends_follow_rfc_4180() {
        let columns = [
            Column::new("a", Holds::Word, 0),
            Column::new("b", Holds::Words, 0),
        ];
        let row = vec![
            Value::Text(Clean::line("x,\"y\"")),
            Value::List(vec![Clean::line("p"), Clean::line("q")]),
        ];
        let mut out = Vec::new();
        let table = Table {
            columns: &columns,
            rows: Box::new([row].into_iter()),
        };
        write(table, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "a,b\r\n\"x,\"\"y\"\"\",p q\r\n"
        );
    }
}
