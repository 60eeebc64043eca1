//! Reading the project's own tables: CSV files embedded from `assets/tls`.

use csv::{ReaderBuilder, StringRecord};
use serde::Deserialize;

/// A table or profile that does not load; the message names file and line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct DataError {
    /// File name, as given or under `assets/tls`.
    pub file: String,
    /// Line, counted from 1.
    pub line: u64,
    /// What is wrong there.
    pub message: String,
}

/// One record of a table, with the line it starts on.
pub(super) struct Row<T> {
    /// Line, counted from 1.
    pub(super) line: u64,
    /// The record.
    pub(super) record: T,
}

/// A CSV table with a header line, split into fields.
pub(super) struct Table {
    file: &'static str,
    headers: StringRecord,
    records: Vec<StringRecord>,
}

impl Table {
    /// Reads a table.
    pub(super) fn read(file: &'static str, text: &str) -> Result<Self, DataError> {
        let fail = |error: &csv::Error| {
            let line = error.position().map_or(1, csv::Position::line);
            failure(file, line, error)
        };
        let mut reader = ReaderBuilder::new().from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|error| fail(&error))?.clone();
        let mut records = Vec::with_capacity(memchr::memchr_iter(b'\n', text.as_bytes()).count());
        for record in reader.into_records() {
            records.push(record.map_err(|error| fail(&error))?);
        }
        Ok(Self {
            file,
            headers,
            records,
        })
    }

    /// The column of that name.
    pub(super) fn column(&self, name: &str) -> Result<usize, DataError> {
        let found = self.headers.iter().position(|own| own == name);
        found.ok_or_else(|| failure(self.file, 1, &format!("no column {name}")))
    }

    /// Every record, its fields by number of the column.
    pub(super) fn records(&self) -> impl Iterator<Item = Row<&StringRecord>> {
        self.records.iter().map(|record| Row {
            line: record.position().map_or(1, csv::Position::line),
            record,
        })
    }

    /// Every record as `T`, by the names of the columns.
    pub(super) fn rows<'a, T: Deserialize<'a>>(&'a self) -> Result<Vec<Row<T>>, DataError> {
        self.records()
            .map(|Row { line, record }| {
                let record = record
                    .deserialize(Some(&self.headers))
                    .map_err(|error| failure(self.file, line, &error))?;
                Ok(Row { line, record })
            })
            .collect()
    }
}

/// Every record of a CSV table with a header line.
pub(super) fn rows<T: for<'a> Deserialize<'a>>(
    file: &'static str,
    text: &str,
) -> Result<Vec<Row<T>>, DataError> {
    Table::read(file, text)?.rows()
}

/// An error at a line of a file.
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
