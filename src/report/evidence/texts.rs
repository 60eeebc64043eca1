//! The texts of evidence: `assets/evidence`, one file for each language.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::super::document::BLANK;
use crate::text::Lang;
use crate::tls::StandingRule;

const ENGLISH: &str = include_str!("../../../assets/evidence/en.toml");
const GERMAN: &str = include_str!("../../../assets/evidence/de.toml");

type Words = HashMap<String, String>;

/// All texts of one language.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Texts {
    pub(super) blank: String,
    pub(super) none: String,
    pub(super) more: String,
    pub(super) trust_line: String,
    classes: Words,
    directions: Words,
    zones: Words,
    caveats: Words,
    severities: Words,
    results: Words,
    certificates: Words,
    columns: Words,
    /// Those of the table of rules, where the language has other words for them.
    scopes: Words,
    pub(super) complaint: Complaint,
    note: Words,
    rules: HashMap<String, RuleText>,
}

/// The texts of a submission.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Complaint {
    pub(super) title: String,
    pub(super) lead: String,
    sections: Words,
    text: HashMap<String, Paragraphs>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Paragraphs {
    One(String),
    List(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleText {
    name: String,
    /// Where the language has its own name for the edition.
    version: Option<String>,
    asks: String,
}

fn get<'a>(words: &'a Words, name: &str) -> &'a str {
    words.get(name).map_or("", String::as_str)
}

impl Texts {
    pub(super) fn class(&self, name: &str) -> &str {
        get(&self.classes, name)
    }

    pub(super) fn direction(&self, name: &str) -> &str {
        get(&self.directions, name)
    }

    /// Where the zone of a local time comes from.
    pub(super) fn zone(&self, name: &str) -> &str {
        get(&self.zones, name)
    }

    /// Why the hour of a local time may be another one.
    pub(super) fn caveat(&self, name: &str) -> &str {
        get(&self.caveats, name)
    }

    pub(super) fn severity(&self, name: &str) -> &str {
        get(&self.severities, name)
    }

    pub(super) fn result(&self, name: &str) -> &str {
        get(&self.results, name)
    }

    pub(super) fn certificate(&self, name: &str) -> &str {
        get(&self.certificates, name)
    }

    pub(super) fn columns(&self, names: &[&str]) -> Vec<String> {
        let names = names.iter();
        names
            .map(|name| get(&self.columns, name).to_owned())
            .collect()
    }

    pub(super) fn section(&self, name: &str) -> &str {
        get(&self.complaint.sections, name)
    }

    /// A paragraph of a submission, its blanks marked.
    pub(super) fn say(&self, name: &str) -> String {
        match self.complaint.text.get(name) {
            Some(Paragraphs::One(text)) => blanks(text),
            _ => String::new(),
        }
    }

    pub(super) fn list(&self, name: &str) -> &[String] {
        match self.complaint.text.get(name) {
            Some(Paragraphs::List(list)) => list,
            _ => &[],
        }
    }

    pub(super) fn note(&self, name: &str) -> String {
        blanks(get(&self.note, name))
    }

    /// Whom or what a rule concerns.
    pub(super) fn scope<'a>(&'a self, rule: &'a StandingRule) -> &'a str {
        self.scopes.get(&rule.scope).unwrap_or(&rule.scope)
    }

    /// Name, edition and requirement of a rule; in the words of the rule table where the language has none.
    pub(super) fn rule<'a>(&'a self, rule: &'a StandingRule) -> [&'a str; 3] {
        match self.rules.get(&rule.id) {
            Some(text) => {
                let version = text.version.as_ref().unwrap_or(&rule.version);
                [&text.name, version, &text.asks]
            }
            None => [&rule.document, &rule.version, &rule.requirement],
        }
    }
}

/// `[[name]]` is for a person to fill in.
fn blanks(text: &str) -> String {
    text.replace("[[", &BLANK[0].to_string())
        .replace("]]", &BLANK[1].to_string())
}

/// The texts of a language; a test loads them.
pub(super) fn texts(lang: Lang) -> &'static Texts {
    static TEXTS: OnceLock<[Texts; 2]> = OnceLock::new();
    let [english, german] = TEXTS
        .get_or_init(|| [ENGLISH, GERMAN].map(|text| toml::from_str(text).unwrap_or_default()));
    lang.pick(english, german)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::standing_rule;

    /// The paths of all texts.
    fn paths(value: &toml::Value, path: &str, into: &mut Vec<String>) {
        match value.as_table() {
            Some(table) => table
                .iter()
                .filter(|(name, _)| {
                    !path.is_empty() || !["rules", "scopes"].contains(&name.as_str())
                })
                .for_each(|(name, own)| paths(own, &format!("{path}.{name}"), into)),
            None => into.push(path.to_owned()),
        }
    }

    #[test]
    fn both_languages_load_and_say_the_same_things() {
        let all = [ENGLISH, GERMAN].map(|text| {
            let loaded: Texts = toml::from_str(text).unwrap();
            assert!(loaded.rules.keys().all(|id| standing_rule(id).is_some()));
            let mut found = Vec::new();
            paths(&toml::from_str(text).unwrap(), "", &mut found);
            found
        });
        assert!(all[0].len() > 80);
        assert_eq!(all[0], all[1]);
    }
    /// What the table of rules says in English.
    #[test]
    fn a_german_text_cites_rules_in_german() {
        let german = texts(Lang::De);
        let table = include_str!("../../../assets/tls/rules.csv");
        let ids = table.lines().skip(1);
        let ids = ids.filter_map(|line| line.split(',').next());
        for rule in ids.map(|id| standing_rule(id).unwrap()) {
            let [name, version, asks] = german.rule(rule);
            assert_ne!(asks, rule.requirement, "{}", rule.id);
            assert!(german.scopes.contains_key(&rule.scope), "{}", rule.scope);
            for text in [name, version] {
                let english = [" of ", " for ", "section", "Regulation", "guidelines"];
                let english = english.iter().find(|word| text.contains(**word));
                assert_eq!(english, None, "{}: {text}", rule.id);
            }
        }
    }
}
