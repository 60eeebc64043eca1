//! Reason codes in plain words.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::Grading;
use super::data::{DataError, rows};

const REASONS: &str = include_str!("../../assets/tls/reasons.csv");

#[derive(Deserialize)]
struct Reason {
    code: String,
    text: String,
}

/// Short English words for a reason code or the code of a [`super::Trouble`]; a code of a profile of
/// your own is returned as it is.
pub fn explain_reason(code: &str) -> &str {
    table().get(code).map_or(code, String::as_str)
}

impl Grading {
    /// The grade's word and the reasons in plain words: `deprecated: TLS 1.0; CBC mode, ...`.
    pub fn explain(&self) -> String {
        let reasons: Vec<_> = self
            .reasons
            .iter()
            .map(|code| explain_reason(code))
            .collect();
        let word = self.grade.word();
        if reasons.is_empty() {
            word.to_owned()
        } else {
            format!("{word}: {}", reasons.join("; "))
        }
    }
}

/// The embedded table; a test loads it.
fn table() -> &'static HashMap<String, String> {
    static TABLE: OnceLock<HashMap<String, String>> = OnceLock::new();
    TABLE.get_or_init(|| load(REASONS).unwrap_or_default())
}

fn load(text: &str) -> Result<HashMap<String, String>, DataError> {
    let rows = rows::<Reason>("reasons.csv", text)?;
    Ok(rows
        .into_iter()
        .map(|row| (row.record.code, row.record.text))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::{Grade, Trouble};

    #[test]
    fn the_table_loads_and_says_something_of_every_code() {
        let table = load(REASONS).unwrap();
        assert_eq!(table.len(), REASONS.lines().count() - 1);
        assert!(table.values().all(|text| !text.is_empty()));
    }

    #[test]
    fn every_trouble_is_explained() {
        for trouble in Trouble::ALL {
            assert_ne!(explain_reason(trouble.code()), trouble.code());
        }
    }

    #[test]
    fn a_code_of_ones_own_stands_for_itself() {
        assert_eq!(explain_reason("HOUSE_RULE_7"), "HOUSE_RULE_7");
    }

    #[test]
    fn a_grading_reads_as_a_sentence() {
        let grading = Grading {
            grade: Grade::C,
            reasons: vec!["PROTO_TLS1_0".into(), "NO_AEAD".into()],
        };
        assert_eq!(
            grading.explain(),
            "deprecated: TLS 1.0; no authenticated encryption"
        );
        assert_eq!(Grading::default().explain(), "unknown");
    }
}
