//! Standing rules: laws, standards and guidance, with the days on which they are in force.

use std::sync::OnceLock;

use chrono::NaiveDate;
use serde::Deserialize;

use super::data::{DataError, Row, failure, rows};

const RULES: &str = include_str!("../../assets/tls/rules.csv");

/// A standing rule: a row of `assets/tls/rules.csv`.
#[derive(Debug, PartialEq, Eq)]
pub struct StandingRule {
    /// Name used by profiles: `rfc8996`.
    pub id: String,
    /// Issuer: `IETF`, `BSI`, `EU`.
    pub authority: String,
    /// Title.
    pub document: String,
    /// Number, edition or version.
    pub version: String,
    /// First day in force. If only month or year are known, the first day of it.
    pub in_force_from: NaiveDate,
    /// Last day in force; `None` while it is in force.
    pub in_force_to: Option<NaiveDate>,
    /// To whom or what it applies.
    pub scope: String,
    /// Requirement in one sentence.
    pub requirement: String,
    /// Address of the text.
    pub url: String,
    /// How far the row was checked against the text.
    pub verified: String,
}

impl StandingRule {
    /// True on days on which the rule is in force.
    pub fn in_force(&self, date: NaiveDate) -> bool {
        self.in_force_from <= date && self.in_force_to.is_none_or(|last| date <= last)
    }
}

#[derive(Deserialize)]
struct RuleRow {
    id: String,
    authority: String,
    document: String,
    version: String,
    in_force_from: NaiveDateText,
    in_force_to: Option<NaiveDateText>,
    scope: String,
    requirement: String,
    url: String,
    verified: String,
}

/// Day in the form `YYYY-MM-DD`.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct NaiveDateText(NaiveDate);

impl TryFrom<String> for NaiveDateText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|_| format!("`{text}` is no date"))
    }
}

/// Rules in force on a day.
pub fn rules_in_force(date: NaiveDate) -> impl Iterator<Item = &'static StandingRule> {
    table().iter().filter(move |rule| rule.in_force(date))
}

/// Rule of that name.
pub fn standing_rule(id: &str) -> Option<&'static StandingRule> {
    table().iter().find(|rule| rule.id == id)
}

/// Embedded table; a test loads it.
fn table() -> &'static [StandingRule] {
    static TABLE: OnceLock<Vec<StandingRule>> = OnceLock::new();
    TABLE.get_or_init(|| load(RULES).unwrap_or_default())
}

fn load(text: &str) -> Result<Vec<StandingRule>, DataError> {
    rows("rules.csv", text)?.into_iter().map(rule).collect()
}

fn rule(Row { line, record }: Row<RuleRow>) -> Result<StandingRule, DataError> {
    let from = record.in_force_from.0;
    let to = record.in_force_to.map(|date| date.0);
    if to.is_some_and(|to| to < from) {
        return Err(failure("rules.csv", line, "ends before it begins"));
    }
    Ok(StandingRule {
        id: record.id,
        authority: record.authority,
        document: record.document,
        version: record.version,
        in_force_from: from,
        in_force_to: to,
        scope: record.scope,
        requirement: record.requirement,
        url: record.url,
        verified: record.verified,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_force(date: &str) -> Vec<&'static str> {
        rules_in_force(date.parse().unwrap())
            .map(|rule| rule.id.as_str())
            .collect()
    }

    #[test]
    fn the_table_loads_and_ids_are_unique() {
        let rules = load(RULES).unwrap();
        assert_eq!(rules.len(), 36);
        for rule in &rules {
            assert_eq!(standing_rule(&rule.id), Some(rule));
        }
    }

    #[test]
    fn nobody_is_judged_by_a_later_rule() {
        let day = in_force("2020-02-25");
        assert!(day.contains(&"rfc7525") && day.contains(&"rfc3207"));
        for later in ["rfc8996", "rfc9325", "dsk-oh-2020", "bsi-tr-02102-2-2022"] {
            assert!(!day.contains(&later), "{later}");
        }
    }

    #[test]
    fn a_rule_holds_on_its_first_and_last_day() {
        assert!(!in_force("2020-03-12").contains(&"dsk-oh-2020"));
        assert!(in_force("2020-03-13").contains(&"dsk-oh-2020"));
        assert!(in_force("2021-06-15").contains(&"dsk-oh-2020"));
        assert!(!in_force("2021-06-16").contains(&"dsk-oh-2020"));
    }

    #[test]
    fn a_damaged_table_is_refused_with_its_line() {
        for (from, to, message) in [
            ("2021-13-01", "", "rules.csv:2: "),
            (
                "2021-01-02",
                "2021-01-01",
                "rules.csv:2: ends before it begins",
            ),
        ] {
            let header = RULES.lines().next().unwrap();
            let text = format!("{header}\nx,A,D,1,{from},{to},all,asks,https://example.org,read\n");
            let error = load(&text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
