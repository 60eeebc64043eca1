//! Reads the embedded CSV tables of `assets/tls`.

use csv::{Position, ReaderBuilder, StringRecord};
use serde::Deserialize;

/// A table or profile that cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct DataError {
    /// File name, as given or under `assets/tls`.
    pub file: String,
    /// Line number, from 1.
    pub line: u64,
    /// Description of the error.
    pub message: String,
}

/// A record of a table.
pub(super) struct Row<T> {
    /// Line on which it starts, from 1.
    pub(super) line: u64,
    pub(super) record: T,
}

/// Records of a CSV table with a header line.
pub(super) fn rows<T: for<'a> Deserialize<'a>>(
    file: &'static str,
    text: &str,
) -> Result<Vec<Row<T>>, DataError> {
    let fail = |line: Option<&Position>, error: &csv::Error| {
        failure(file, line.map_or(1, Position::line), error)
    };
    let mut reader = ReaderBuilder::new().from_reader(text.as_bytes());
    let headers = reader
        .headers()
        .map_err(|error| fail(error.position(), &error))?
        .clone();
    let row = |record: csv::Result<StringRecord>| {
        let record = record.map_err(|error| fail(error.position(), &error))?;
        let fields = record.deserialize(Some(&headers));
        Ok(Row {
            line: record.position().map_or(1, Position::line),
            record: fields.map_err(|error| fail(record.position(), &error))?,
        })
    };
    reader.into_records().map(row).collect()
}

/// Records of a large CSV table with these columns, as slices of the text. Fields of such a table must not
/// contain quotes or line ends.
pub(super) fn borrowed_rows<'a, const N: usize>(
    file: &'static str,
    text: &'a str,
    columns: [&str; N],
) -> Result<impl Iterator<Item = Result<Row<[&'a str; N]>, DataError>>, DataError> {
    let mut lines = (1..).zip(text.lines());
    let header = lines.next().map_or("", |(_, line)| line);
    let mut names = fields(header);
    if let Some(missing) = columns.iter().find(|column| names.next() != Some(column)) {
        return Err(failure(file, 1, &format!("no column {missing}")));
    }
    let row = move |(line, text)| {
        let mut fields = fields(text);
        let record = [(); N].map(|()| fields.next());
        if record.contains(&None) || fields.next().is_some() {
            return Err(failure(file, line, &format!("there are {N} columns")));
        }
        let record = record.map(Option::unwrap_or_default);
        Ok(Row { line, record })
    };
    Ok(lines.map(row))
}

/// Fields of a line without their quotes, up to the first malformed one.
fn fields(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let line = rest.take()?;
        let until = |text: &str, end: u8| text.bytes().position(|byte| byte == end);
        let (field, length) = if let Some(quoted) = line.strip_prefix('"') {
            let length = until(quoted, b'"')?;
            (quoted.get(..length)?, length + 2)
        } else {
            let length = until(line, b',').unwrap_or(line.len());
            (line.get(..length)?, length)
        };
        match line.as_bytes().get(length) {
            Some(b',') => rest = line.get(length + 1..),
            Some(_) => return None,
            None => {}
        }
        Some(field)
    })
}

/// Error at a line of a file.
pub(super) fn failure(file: &str, line: u64, message: &(impl ToString + ?Sized)) -> DataError {
    DataError {
        file: file.to_owned(),
        line,
        message: message.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Pair {
        name: String,
        size: u16,
    }

    #[test]
    fn reads_records_with_their_lines() {
        let rows = rows::<Pair>("x.csv", "name,size\na,1\n\"b,c\",2\n").unwrap();
        let seen: Vec<_> = rows
            .iter()
            .map(|row| (row.line, row.record.name.as_str(), row.record.size))
            .collect();
        assert_eq!(seen, [(2, "a", 1), (3, "b,c", 2)]);
    }

    #[test]
    fn fields_are_lent_from_the_text() {
        let table =
            |text| borrowed_rows("x.csv", text, ["name", "size"]).and_then(Iterator::collect);
        let rows: Vec<Row<[&str; 2]>> = table("name,size\na,1\n\"b,c\",\n,\"\"\n").unwrap();
        let seen: Vec<_> = rows.iter().map(|row| (row.line, row.record)).collect();
        assert_eq!(seen, [(2, ["a", "1"]), (3, ["b,c", ""]), (4, ["", ""])]);
        for (text, error) in [
            ("", "x.csv:1: no column name"),
            ("name,length\na,1\n", "x.csv:1: no column size"),
            ("name,size\na,1\nb\n", "x.csv:3: there are 2 columns"),
            ("name,size\na,1,\n", "x.csv:2: there are 2 columns"),
            ("name,size\n\"a,1\n", "x.csv:2: there are 2 columns"),
            ("name,size\n\"a\"b,1\n", "x.csv:2: there are 2 columns"),
        ] {
            assert_eq!(table(text).err().unwrap().to_string(), error);
        }
    }

    #[test]
    fn an_error_names_file_and_line() {
        for (text, place) in [
            ("name,size\na,1\nb,many\n", "x.csv:3: "),
            ("name,size\na,1\nb,2,3\n", "x.csv:3: "),
            ("name,length\na,1\n", "x.csv:2: "),
        ] {
            let error = rows::<Pair>("x.csv", text).err().unwrap().to_string();
            assert!(error.starts_with(place), "{error}");
        }
    }
}
