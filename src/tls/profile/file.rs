//! The TOML form of a profile.
//!
//! | key | meaning |
//! |---|---|
//! | `name`, `title`, `basis` | what it is called, stands for and rests on; the name defaults to the file's |
//! | `plain_inside` | grade of plaintext to an inner address: `"E"` or `"F"` |
//! | `rule_ref` | texts behind the rules that name none themselves |
//! | `inherit` | `[{ profile = "bsi", until = 2021-12-31 }]`; without the key: `default`; `[]`: nothing |
//! | `[[rule]]` | `id`, `when`, `cap`, and if wanted `reason`, `rule_ref`, `from`, `to` (first and last day) |
//!
//! `when` may ask for `tag` and `without` (lists of suite tags, one of which, or none of which, the
//! suite has), `version`, `group` (lists), `bits_below`, `dh_below` and `ec_below`; all that is given
//! must hold. The worst cap of all rules in force that apply is the grade; a cap of A leaves a note.
//! A rule without `reason` reports the tags, or the version, that it met. A rule with the `id` of an
//! inherited one replaces it.

use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::Profile;
use super::rule::{Rule, When};
use crate::tls::data::failure;
use crate::tls::group::Group;
use crate::tls::suite::is_tag;
use crate::tls::{DataError, Grade, Version};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileFile {
    name: Option<String>,
    title: Option<String>,
    #[serde(default)]
    basis: String,
    plain_inside: Option<Spanned<String>>,
    /// References of rules without references of their own.
    #[serde(default)]
    rule_ref: Vec<String>,
    inherit: Option<Vec<Inherit>>,
    #[serde(default)]
    rule: Vec<RuleFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inherit {
    profile: Spanned<String>,
    until: Option<Spanned<Datetime>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    id: Spanned<String>,
    when: WhenFile,
    cap: Spanned<String>,
    reason: Option<Spanned<String>>,
    rule_ref: Option<Vec<String>>,
    from: Option<Spanned<Datetime>>,
    to: Option<Spanned<Datetime>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WhenFile {
    tag: Vec<Spanned<String>>,
    without: Vec<Spanned<String>>,
    version: Vec<Spanned<String>>,
    group: Vec<Spanned<String>>,
    bits_below: Option<u16>,
    dh_below: Option<u16>,
    ec_below: Option<u16>,
}

/// Parses a profile. `file` is used in errors, `stem` is the name of a profile without a name, and `known`
/// gives the profiles it may inherit from.
pub(super) fn parse<'a>(
    file: &str,
    text: &str,
    stem: &str,
    known: impl Fn(&str) -> Option<&'a Profile>,
) -> Result<Profile, DataError> {
    let reader = Reader { file, text };
    let read: ProfileFile = toml::from_str(text)
        .map_err(|error| reader.error(&error.span().unwrap_or_default(), error.message()))?;
    let mut rules = reader.own_rules(read.rule, &read.rule_ref)?;
    let mut plain_inside = Grade::E;
    for inherited in reader.inherited(read.inherit, known)? {
        plain_inside = plain_inside.worst(inherited.plain_inside);
        let new = |rule: &Rule| !rules.iter().any(|known_rule| known_rule.id == rule.id);
        let added: Vec<_> = inherited.rules.into_iter().filter(new).collect();
        rules.extend(added);
    }
    if let Some(grade) = read.plain_inside {
        plain_inside = reader.grade(&grade, &[Grade::E, Grade::F])?;
    }
    let mut eras: Vec<_> = rules.iter().flat_map(Rule::changes).collect();
    eras.sort_unstable();
    eras.dedup();
    let name = read.name.unwrap_or_else(|| stem.to_owned());
    Ok(Profile {
        title: read.title.unwrap_or_else(|| name.clone()),
        name,
        basis: read.basis,
        plain_inside,
        rules,
        eras,
    })
}

/// Builds a profile from its file.
struct Reader<'a> {
    file: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    fn error(&self, span: &Range<usize>, message: &str) -> DataError {
        let before = self.text.as_bytes().get(..span.start).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        failure(self.file, line as u64, message)
    }

    fn own_rules(
        &self,
        written: Vec<RuleFile>,
        references: &[String],
    ) -> Result<Vec<Rule>, DataError> {
        let mut rules: Vec<Rule> = Vec::with_capacity(written.len());
        for rule in written {
            let span = rule.id.span();
            let rule = self.rule(rule, references)?;
            if rules.iter().any(|other| other.id == rule.id) {
                return Err(self.error(&span, &format!("a second rule `{}`", rule.id)));
            }
            rules.push(rule);
        }
        Ok(rules)
    }

    /// Inherited profiles, with their rules limited to the time of inheritance.
    fn inherited<'p>(
        &self,
        inherit: Option<Vec<Inherit>>,
        known: impl Fn(&str) -> Option<&'p Profile>,
    ) -> Result<Vec<Profile>, DataError> {
        let Some(inherit) = inherit else {
            return Ok(known("default").cloned().into_iter().collect());
        };
        let one = |inherit: Inherit| {
            let name = inherit.profile.as_ref();
            let unknown = || self.error(&inherit.profile.span(), &format!("no profile `{name}`"));
            let mut profile = known(name).ok_or_else(unknown)?.clone();
            if let Some(until) = self.date(inherit.until)? {
                profile
                    .rules
                    .retain(|rule| rule.from.is_none_or(|from| from <= until));
                for rule in &mut profile.rules {
                    rule.to = Some(rule.to.map_or(until, |to| to.min(until)));
                }
            }
            Ok(profile)
        };
        inherit.into_iter().map(one).collect()
    }

    fn rule(&self, rule: RuleFile, references: &[String]) -> Result<Rule, DataError> {
        let when = self.when(&rule.when)?;
        if rule.reason.is_none() && when.tag.is_empty() && when.version.is_empty() {
            return Err(self.error(
                &rule.id.span(),
                "without tag and version, a rule needs a reason",
            ));
        }
        let (from, to) = (self.date(rule.from)?, self.date(rule.to)?);
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            return Err(self.error(&rule.id.span(), "the rule ends before it begins"));
        }
        Ok(Rule {
            id: rule.id.into_inner(),
            when,
            cap: self.grade(&rule.cap, &[Grade::A, Grade::B, Grade::C, Grade::D])?,
            reason: rule.reason.map(|reason| self.code(&reason)).transpose()?,
            references: rule.rule_ref.unwrap_or_else(|| references.to_vec()),
            from,
            to,
        })
    }

    fn when(&self, when: &WhenFile) -> Result<When, DataError> {
        Ok(When {
            tag: self.each(&when.tag, "suite tag", tag)?,
            without: self.each(&when.without, "suite tag", tag)?,
            version: self.each(&when.version, "TLS version", |name| {
                Version::parse(name.as_bytes())
            })?,
            group: self.each(&when.group, "key-exchange group", Group::parse)?,
            bits_below: when.bits_below,
            dh_below: when.dh_below,
            ec_below: when.ec_below,
        })
    }

    fn each<T>(
        &self,
        names: &[Spanned<String>],
        what: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, DataError> {
        let one = |name: &Spanned<String>| {
            let unknown = || self.error(&name.span(), &format!("no {what} `{}`", name.as_ref()));
            read(name.as_ref()).ok_or_else(unknown)
        };
        names.iter().map(one).collect()
    }

    fn grade(&self, letter: &Spanned<String>, allowed: &[Grade]) -> Result<Grade, DataError> {
        let letters: String = allowed.iter().map(|grade| grade.letter()).collect();
        allowed
            .iter()
            .copied()
            .find(|grade| letter.as_ref().chars().eq([grade.letter()]))
            .ok_or_else(|| self.error(&letter.span(), &format!("the grade is one of {letters}")))
    }

    fn code(&self, code: &Spanned<String>) -> Result<Arc<str>, DataError> {
        let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let written = code.as_ref();
        if written.is_empty() || !written.chars().all(allowed) {
            let message = "a reason is a code of A-Z, 0-9 and _";
            return Err(self.error(&code.span(), message));
        }
        Ok(Arc::from(written.as_str()))
    }

    fn date(&self, date: Option<Spanned<Datetime>>) -> Result<Option<NaiveDate>, DataError> {
        let Some(date) = date else { return Ok(None) };
        let day = date.as_ref().date.and_then(|day| {
            NaiveDate::from_ymd_opt(day.year.into(), day.month.into(), day.day.into())
        });
        let plain = date.as_ref().time.is_none() && date.as_ref().offset.is_none();
        match day.filter(|_| plain) {
            None => Err(self.error(&date.span(), "a day is written as 2026-07-01")),
            day => Ok(day),
        }
    }
}

/// The tag, if some suite has it.
fn tag(name: &str) -> Option<Arc<str>> {
    is_tag(name).then(|| Arc::from(name))
}
