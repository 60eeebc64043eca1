//! Reading the project's own tables: CSV files embedded from `assets/tls`.

use csv::ReaderBuilder;
use serde::de::DeserializeOwned;

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

/// Every record of a CSV table with a header line.
pub(super) fn rows<T: DeserializeOwned>(file: &str, text: &str) -> Result<Vec<Row<T>>, DataError> {
    let fail = |error: &csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        failure(file, line, error)
    };
    let mut reader = ReaderBuilder::new().from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| fail(&error))?.clone();
    reader
        .into_records()
        .map(|record| {
            let record = record.map_err(|error| fail(&error))?;
            let line = record.position().map_or(1, csv::Position::line);
            let record = record
                .deserialize(Some(&headers))
                .map_err(|error| failure(file, line, &error))?;
            Ok(Row { line, record })
        })
        .collect()
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
