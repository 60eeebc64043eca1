//! The rules of findings: `assets/findings/rules.toml`.

use std::collections::HashMap;
use std::sync::OnceLock;

use chrono::{DateTime, Datelike, NaiveDate};
use serde::Deserialize;

use super::super::Severity;
use crate::text::{Lang, fill};
use crate::tls::{Grade, StandingRule, standing_rule};

const RULES: &str = include_str!("../../../assets/findings/rules.toml");

/// What a rule asks. Conditions are code; everything else about a rule is data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// TLS was required and not had; nothing was sent.
    Refused,
    /// The TLS handshake failed; nothing was sent. Whether TLS was required is not asked.
    HandshakeFailed,
    /// A certificate, or what DANE asks, did not pass; nothing was sent.
    CertificateRefused,
    /// TLS was had, weaker than required; nothing was sent.
    TooWeak,
    /// Sent in clear after TLS failed.
    Downgrade,
    /// Delivered in clear over a network that is not ours.
    SentClear,
    /// Delivered in clear to an inner address.
    SentClearInside,
    /// Taken in clear from a host that was seen to use TLS.
    ReceivedClear,
    /// A session older than TLS 1.2.
    OldTls,
    /// A session graded D.
    BrokenTls,
    /// What was had with a peer became worse than before.
    Regressed,
    /// The peer demands TLS of us.
    PeerRequiresTls,
    /// A header tells of a hop in clear.
    HopClear,
    /// A header tells of a hop in clear between inner addresses.
    HopClearInside,
    /// A header tells of a session older than TLS 1.2.
    HopOldTls,
    /// A header tells of a session graded D.
    HopBrokenTls,
    /// TLS, then clear, then TLS.
    ChainGap,
    /// A hop that cannot be true.
    HopInconsistent,
    /// Message-ID.
    #[serde(rename = "H01")]
    H01,
    /// Fields that must be there once.
    #[serde(rename = "H02")]
    H02,
    /// Date of the message.
    #[serde(rename = "H03")]
    H03,
    /// Delays and clocks.
    #[serde(rename = "H04")]
    H04,
    /// Inner names.
    #[serde(rename = "H05")]
    H05,
    /// HELO.
    #[serde(rename = "H06")]
    H06,
    /// Reverse DNS.
    #[serde(rename = "H07")]
    H07,
    /// Accounts.
    #[serde(rename = "H08")]
    H08,
    /// Addresses of clients.
    #[serde(rename = "H09")]
    H09,
    /// Software.
    #[serde(rename = "H10")]
    H10,
    /// Character sets.
    #[serde(rename = "H11")]
    H11,
    /// Protocol words.
    #[serde(rename = "H12")]
    H12,
    /// The chain.
    #[serde(rename = "H13")]
    H13,
    /// Lines.
    #[serde(rename = "H14")]
    H14,
    /// Damage.
    #[serde(rename = "H15")]
    H15,
}

impl Condition {
    /// The condition of a finding of [`super::super::headers`].
    pub(super) fn of_header(id: &str) -> Option<Self> {
        const ALL: [(&str, Condition); 15] = [
            ("H01", Condition::H01),
            ("H02", Condition::H02),
            ("H03", Condition::H03),
            ("H04", Condition::H04),
            ("H05", Condition::H05),
            ("H06", Condition::H06),
            ("H07", Condition::H07),
            ("H08", Condition::H08),
            ("H09", Condition::H09),
            ("H10", Condition::H10),
            ("H11", Condition::H11),
            ("H12", Condition::H12),
            ("H13", Condition::H13),
            ("H14", Condition::H14),
            ("H15", Condition::H15),
        ];
        ALL.iter().find(|(own, _)| *own == id).map(|(_, own)| *own)
    }

    /// True where a reason for a grade is one for the finding: a session is old by its version, whatever else is
    /// wrong with it.
    pub(super) fn rests_on(self, reason: &str) -> bool {
        match self {
            Self::OldTls | Self::HopOldTls => reason.starts_with("PROTO_"),
            _ => true,
        }
    }

    /// True where TLS may have been had, but not of the kind that was required: nothing was sent.
    pub const fn is_of_quality(self) -> bool {
        matches!(self, Self::CertificateRefused | Self::TooWeak)
    }

    /// True where connection attempts are counted, not lines. That the connection went on in clear is told before
    /// any recipient, or once for each.
    pub(super) const fn counts_attempts(self) -> bool {
        self.ends_attempts() || matches!(self, Self::Downgrade)
    }

    /// True where an attempt ended for want of TLS.
    pub(super) const fn ends_attempts(self) -> bool {
        matches!(
            self,
            Self::Refused
                | Self::HandshakeFailed
                | Self::CertificateRefused
                | Self::TooWeak
                | Self::PeerRequiresTls
        )
    }
}

/// One rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, stable.
    pub id: String,
    /// What it asks.
    pub when: Condition,
    /// How much it matters.
    pub severity: Severity,
    /// Where the worst grade decides how much it matters: letters and what they are.
    #[serde(default)]
    by_grade: HashMap<char, Severity>,
    /// Standing rules that make it a violation while they are in force.
    #[serde(default)]
    violation: Vec<String>,
    /// Standing rules that it cites.
    references: Vec<String>,
    en: String,
    de: String,
}

impl Rule {
    /// How much an event of that day matters.
    pub(super) fn severity_on(&self, day: NaiveDate) -> Severity {
        if in_force(&self.violation, day).next().is_some() {
            Severity::Violation
        } else {
            self.at_most(self.severity, day)
        }
    }

    /// How much it matters at most.
    pub(super) fn most(&self) -> Severity {
        if self.violation.is_empty() {
            self.severity
        } else {
            Severity::Violation
        }
    }

    /// How much it matters on that day, as far as the worst grade decides.
    pub(super) fn severity_of(&self, worst: Grade, day: NaiveDate) -> Severity {
        let by_grade = self.by_grade.get(&worst.letter()).copied();
        self.at_most(by_grade.unwrap_or(self.severity), day)
    }

    /// Nothing violates rules that were not in force yet.
    fn at_most(&self, severity: Severity, day: NaiveDate) -> Severity {
        if self.references_on(day).next().is_none() {
            severity.min(Severity::Warning)
        } else {
            severity
        }
    }

    /// The standing rules that it cites for an event of that day.
    pub(super) fn references_on(
        &self,
        day: NaiveDate,
    ) -> impl Iterator<Item = &'static StandingRule> {
        in_force(&self.references, day)
    }

    pub(super) fn template(&self, lang: Lang) -> &str {
        lang.pick(&self.en, &self.de)
    }
}

fn in_force(ids: &[String], day: NaiveDate) -> impl Iterator<Item = &'static StandingRule> {
    let known = ids.iter().filter_map(|id| standing_rule(id));
    known.filter(move |rule| rule.in_force(day))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    rule: Vec<Rule>,
    units: HashMap<String, Words<[String; 2]>>,
    words: Words<HashMap<String, String>>,
    months: Words<[String; 12]>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words<T> {
    en: T,
    de: T,
}

impl<T> Words<T> {
    const fn of(&self, lang: Lang) -> &T {
        lang.pick(&self.en, &self.de)
    }
}

/// The rule of a condition.
pub(super) fn rule(condition: Condition) -> Option<&'static Rule> {
    data().rule.iter().find(|rule| rule.when == condition)
}

/// `2 connection attempts`.
pub(super) fn counted(unit: &str, number: u32, lang: Lang) -> String {
    let Some(words) = data().units.get(unit) else {
        return number.to_string();
    };
    let [one, many] = words.of(lang);
    let words = if number == 1 { one } else { many };
    words.replace("{n}", &number.to_string())
}

/// A word of a language.
pub(super) fn word(name: &str, lang: Lang) -> &'static str {
    data().words.of(lang).get(name).map_or("", String::as_str)
}

/// How exactly a time is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precision {
    /// `21 Feb 2026`, the day in UTC.
    Day,
    /// `21 Feb 2026 10:41:07 UTC`.
    Second,
}

/// A time in words.
pub(super) fn moment(utc_millis: i64, precision: Precision, lang: Lang) -> String {
    let time = DateTime::from_timestamp_millis(utc_millis).unwrap_or_default();
    let month = data().months.of(lang).get(time.month0() as usize);
    let month = month.map_or("", String::as_str);
    let (day, year) = (time.day().to_string(), time.year().to_string());
    let clock = match precision {
        Precision::Day => String::new(),
        Precision::Second => time.format(" %H:%M:%S UTC").to_string(),
    };
    let values = [
        ("day", &*day),
        ("month", month),
        ("year", &year),
        ("clock", &clock),
    ];
    fill(word("date", lang), &values)
}

/// The embedded rules; a test loads them.
fn data() -> &'static Data {
    static DATA: OnceLock<Data> = OnceLock::new();
    DATA.get_or_init(|| toml::from_str(RULES).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_rules_load_and_cite_what_there_is() {
        let data: Data = toml::from_str(RULES).unwrap();
        let ids: HashSet<&str> = data.rule.iter().map(|rule| rule.id.as_str()).collect();
        let conditions: HashSet<Condition> = data.rule.iter().map(|rule| rule.when).collect();
        assert_eq!((ids.len(), conditions.len()), (33, 33));
        assert_eq!(data.rule.len(), 33);
        for rule in &data.rule {
            for id in rule.references.iter().chain(&rule.violation) {
                assert!(standing_rule(id).is_some(), "{}: {id}", rule.id);
            }
        }
        for number in 1..=15 {
            let id = format!("H{number:02}");
            let condition = Condition::of_header(&id).unwrap();
            assert_eq!(format!("{condition:?}"), id);
        }
    }

    #[test]
    fn both_languages_have_the_same_words() {
        let data = data();
        let names = |words: &HashMap<String, String>| -> HashSet<String> {
            words.keys().cloned().collect()
        };
        assert_eq!(names(&data.words.en), names(&data.words.de));
        assert!(!data.words.en.is_empty());
    }

    #[test]
    fn numbers_have_words() {
        assert_eq!(counted("attempt", 1, Lang::De), "ein Verbindungsversuch");
        assert_eq!(counted("wait", 5, Lang::En), "5 waits without a connection");
    }
}
