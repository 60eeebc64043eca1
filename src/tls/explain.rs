//! Explanations of reason codes.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::Grading;
use super::data::{DataError, rows};
use crate::text::Lang;

const REASONS: &str = include_str!("../../assets/tls/reasons.csv");

#[derive(Deserialize)]
struct Reason {
    code: String,
    en: String,
    de: String,
}

/// Explanation of a reason code or of the code of a [`super::Trouble`]. A code of a custom profile is returned
/// as it is.
pub fn explain_reason(code: &str) -> &str {
    reason_in(code, Lang::En)
}

fn reason_in(code: &str, lang: Lang) -> &str {
    let told = table().get(code);
    told.map_or(code, |told| lang.pick(&told.en, &told.de))
}

impl Grading {
    /// Word of the grade and explanations of the reasons: `deprecated: TLS 1.0; CBC mode, ...`.
    pub fn explain(&self) -> String {
        self.explain_in(Lang::En)
    }

    /// The same in a language.
    pub fn explain_in(&self, lang: Lang) -> String {
        let reasons = self.reasons.iter().map(|code| reason_in(code, lang));
        let reasons: Vec<&str> = reasons.collect();
        let word = self.grade.word_in(lang);
        if reasons.is_empty() {
            word.to_owned()
        } else {
            format!("{word}: {}", reasons.join("; "))
        }
    }
}

/// Embedded table; a test loads it.
fn table() -> &'static HashMap<String, Reason> {
    static TABLE: OnceLock<HashMap<String, Reason>> = OnceLock::new();
    TABLE.get_or_init(|| load(REASONS).unwrap_or_default())
}

fn load(text: &str) -> Result<HashMap<String, Reason>, DataError> {
    let rows = rows::<Reason>("reasons.csv", text)?;
    let reasons = rows.into_iter().map(|row| row.record);
    Ok(reasons
        .map(|reason| (reason.code.clone(), reason))
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
        for reason in table.values() {
            assert!(!reason.en.is_empty() && !reason.de.is_empty());
            // The names of protocols are the same in every language.
            let name = reason.code.starts_with("PROTO_");
            assert!(name || reason.en != reason.de, "{}", reason.code);
        }
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
        assert_eq!(
            grading.explain_in(Lang::De),
            "veraltet: TLS 1.0; ohne authentisierte Verschlüsselung (AEAD)"
        );
        assert_eq!(Grading::default().explain(), "unknown");
    }
}
