//! H08 accounts, H09 client addresses, H10 software: what a header tells about people.

use super::{Case, Findings, Subject, plain};
use crate::parse::received::Received;

pub(super) fn find(case: &Case<'_>, found: &mut Findings) {
    for (subject, hop) in case.numbered() {
        account(subject, hop, found);
    }
    for field in &case.facts.accounts {
        let summary = format!(
            "The field {} tells the login of the sender.",
            plain(field.name.as_bytes())
        );
        found.warning("H08", Subject::Message, summary, field.value.as_bytes());
    }
    for field in &case.facts.clients {
        let summary = format!(
            "The field {} tells where the sender was: {}",
            plain(field.name.as_bytes()),
            plain(field.value.as_bytes())
        );
        found.info("H09", Subject::Message, summary, field.value.as_bytes());
    }
    for field in &case.facts.software {
        if has_digit(field.value.as_bytes()) {
            let summary = format!(
                "The field {} tells software and version: {}",
                plain(field.name.as_bytes()),
                plain(field.value.as_bytes())
            );
            found.info("H10", Subject::Message, summary, field.value.as_bytes());
        }
    }
    for (subject, hop) in case.foreign() {
        if !hop.software.is_empty() {
            let summary = format!(
                "The header tells software and version: {}",
                plain(hop.software)
            );
            found.info("H10", subject, summary, hop.software);
        }
    }
}

/// The login or token stays out of the summary: the finding is that it is readable at all.
fn account(subject: Subject, hop: &Received<'_>, found: &mut Findings) {
    if !hop.ident.is_empty() {
        let summary = format!(
            "A user name or account token of {} characters stands before the client's address.",
            String::from_utf8_lossy(hop.ident).chars().count()
        );
        found.warning("H08", subject, summary, hop.ident);
    }
    if !hop.auth.is_empty() {
        let summary = "The header tells the login of the sender.".to_owned();
        found.warning("H08", subject, summary, hop.auth);
    }
}

fn has_digit(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_digit)
}
