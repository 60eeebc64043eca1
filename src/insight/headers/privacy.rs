//! H08 accounts, H09 client addresses, H10 software: what a header tells about people.

use super::{Case, Findings, Subject, plain};
use crate::parse::message::NamedValue;
use crate::parse::received::Received;
use crate::text::{Lang, fill};

pub(super) fn find(case: &Case<'_>, found: &mut Findings) {
    let lang = case.lang;
    for (subject, hop) in case.numbered() {
        account(subject, hop, lang, found);
    }
    for field in &case.facts.accounts {
        let template = lang.pick(
            "The field {name} tells the login of the sender.",
            "Das Feld {name} nennt den Anmeldenamen des Absenders.",
        );
        let summary = fill(template, &[("name", &plain(field.name.as_bytes()))]);
        found.warning("H08", Subject::Message, summary, field.value.as_bytes());
    }
    for field in &case.facts.clients {
        let where_from = lang.pick(
            "The field {name} tells where the sender was: {value}",
            "Das Feld {name} nennt, von wo der Absender schrieb: {value}",
        );
        let summary = quoted(where_from, field);
        found.info("H09", Subject::Message, summary, field.value.as_bytes());
    }
    for field in &case.facts.software {
        if has_digit(field.value.as_bytes()) {
            let software = lang.pick(
                "The field {name} tells software and version: {value}",
                "Das Feld {name} nennt Programm und Version: {value}",
            );
            let summary = quoted(software, field);
            found.info("H10", Subject::Message, summary, field.value.as_bytes());
        }
    }
    for (subject, hop) in case.foreign() {
        if !hop.software.is_empty() {
            let software = lang.pick(
                "The header tells software and version",
                "Der Header nennt Programm und Version",
            );
            let summary = format!("{software}: {}", plain(hop.software));
            found.info("H10", subject, summary, hop.software);
        }
    }
}

/// The login or token stays out of the summary: the finding is that it is readable at all.
fn account(subject: Subject, hop: &Received<'_>, lang: Lang, found: &mut Findings) {
    if !hop.ident.is_empty() {
        let template = lang.pick(
            "A user name or account token of {length} characters stands before the client's address.",
            "Vor der Adresse des Clients steht ein Benutzername oder Kontotoken mit {length} Zeichen.",
        );
        let length = String::from_utf8_lossy(hop.ident).chars().count();
        let summary = fill(template, &[("length", &length.to_string())]);
        found.warning("H08", subject, summary, hop.ident);
    }
    if !hop.auth.is_empty() {
        let summary = lang.pick(
            "The header tells the login of the sender.",
            "Der Header nennt den Anmeldenamen des Absenders.",
        );
        found.warning("H08", subject, summary.to_owned(), hop.auth);
    }
}

/// A sentence about a field, with its name and its value.
fn quoted(template: &str, field: &NamedValue) -> String {
    let (name, value) = (plain(field.name.as_bytes()), plain(field.value.as_bytes()));
    fill(template, &[("name", &name), ("value", &value)])
}

fn has_digit(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_digit)
}
