//! NDJSON: one object a line, every key present, in the order of the columns.

use std::io::{self, Write};

use super::super::moment;
use super::super::value::{Table, Value};

pub(super) fn write(table: Table<'_>, out: &mut dyn Write) -> io::Result<()> {
    let keys: Vec<String> = table
        .columns
        .iter()
        .zip(std::iter::once('{').chain(std::iter::repeat(',')))
        .map(|(column, before)| format!("{before}\"{}\":", column.name))
        .collect();
    let mut line = Vec::new();
    for row in table.rows {
        line.clear();
        for (key, value) in keys.iter().zip(&row) {
            line.extend_from_slice(key.as_bytes());
            push(&mut line, value)?;
        }
        line.extend_from_slice(b"}\n");
        out.write_all(&line)?;
    }
    Ok(())
}

fn push(line: &mut Vec<u8>, value: &Value) -> io::Result<()> {
    match value {
        Value::Null => line.write_all(b"null"),
        Value::Text(text) => quote(line, text),
        Value::Word(word) => quote(line, word),
        Value::Integer(number) => write!(line, "{number}"),
        Value::Bool(yes) => write!(line, "{yes}"),
        Value::Grade(grade) => write!(line, "\"{grade}\""),
        Value::Time(time) => match moment::exact(*time) {
            Some(time) => write!(line, "\"{time}\""),
            None => line.write_all(b"null"),
        },
        Value::List(list) => {
            line.push(b'[');
            for (nth, item) in list.iter().enumerate() {
                if nth > 0 {
                    line.push(b',');
                }
                quote(line, item)?;
            }
            line.push(b']');
            Ok(())
        }
    }
}

fn quote(line: &mut Vec<u8>, text: &str) -> io::Result<()> {
    serde_json::to_writer(line, text).map_err(io::Error::from)
}

#[cfg(test)]
mod tests {
    use super::super::super::value::{Column, Holds};
    use super::*;
    use crate::text::Clean;
    use crate::tls::Grade;

    #[test]
    fn every_kind_of_cell_is_valid_json() {
        let columns: Vec<Column> = ["a", "b", "c", "d", "e", "f", "g", "h"]
            .map(|name| Column::new(name, Holds::Word, 0))
            .to_vec();
        let row = vec![
            Value::Null,
            Value::Text(Clean::line(b"say \"hi\"\x1b[2J \xff")),
            Value::Word("yes"),
            Value::Integer(-38),
            Value::Bool(true),
            Value::Grade(Grade::Refused),
            Value::List(vec![Clean::line("x"), Clean::line("y\\")]),
            Value::Time(0),
        ];
        let mut out = Vec::new();
        let table = Table {
            columns: &columns,
            rows: Box::new([row].into_iter()),
        };
        write(table, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let expected = concat!(
            r#"{"a":null,"b":"say \"hi\"\\x1b[2J \\xff","c":"yes","d":-38,"e":true,"#,
            r#""f":"R","g":["x","y\\"],"h":"1970-01-01T00:00:00.000Z"}"#,
            "\n"
        );
        assert_eq!(text, expected);
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
    }
}
