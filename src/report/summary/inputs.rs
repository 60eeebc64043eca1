//! What was loaded: whose log each file is, and what in it was not understood.

use std::fmt::{self, Write};

use super::super::place;
use crate::model::{FileInfo, Model};
use crate::parse::Mta;
use crate::text::{Clean, human};

/// Hosts of a file that are named.
const HOSTS: usize = 3;

/// `mainlog: 9 lines, exim`, `mail.log: 2,474 lines, exim, postfix on mx1; 1,234 of programs that move no mail`.
pub(super) fn loaded(model: &Model, number: u32, file: &FileInfo, lines: u32) -> String {
    let path = place::path(model, number);
    let lines = human::counted(lines.into(), "line");
    let what = if file.reader.is_some() {
        writers(model, number)
    } else {
        "message".to_owned()
    };
    let copies = match file.copies {
        0 => String::new(),
        copies => format!(
            ", {} in the reject log as well",
            human::count(copies.into())
        ),
    };
    let foreign = match file.foreign {
        0 => String::new(),
        lines => format!(
            "; {} of programs that move no mail",
            human::count(lines.into())
        ),
    };
    format!("{path}: {lines}, {what}{copies}{foreign}")
}

/// `postfix, sendmail on mx1, mx2`.
fn writers(model: &Model, file: u32) -> String {
    let systems: Vec<&str> = model
        .mail_systems(Some(file))
        .into_iter()
        .map(Mta::name)
        .collect();
    if systems.is_empty() {
        return "no mail log line in it".to_owned();
    }
    let hosts = model.hosts(Some(file));
    let named = hosts.iter().take(HOSTS);
    let named = named.map(|host| Clean::line(model.strings.words.get(*host)).to_string());
    let mut named: Vec<String> = named.collect();
    let more = hosts.len().saturating_sub(HOSTS) as u64;
    if more > 0 {
        named.push(human::counted(more, "more host"));
    }
    let on = if named.is_empty() { "" } else { " on " };
    format!("{}{on}{}", systems.join(", "), named.join(", "))
}

/// By reason, the most frequent first.
pub(super) fn write_not_understood(out: &mut String, model: &Model) -> fmt::Result {
    let lines: u64 = model.files.iter().map(|file| u64::from(file.lines)).sum();
    if lines == 0 {
        return Ok(());
    }
    let lines = human::counted(lines, "line");
    let reasons = model.reasons.most_frequent();
    if reasons.is_empty() {
        return writeln!(out, "{lines}, all understood");
    }
    let total = human::count(model.reasons.total());
    let told = reasons
        .into_iter()
        .map(|(reason, count)| format!("{} {reason}", human::count(count)));
    let told = told.collect::<Vec<_>>().join("; ");
    writeln!(out, "{total} of {lines} not understood: {told}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample::{self, default_postfix, leg};
    use crate::parse::{Fact, Kind, Outcome};

    fn told(model: &Model) -> Vec<String> {
        let files = (0..).zip(&model.files);
        files
            .map(|(number, file)| loaded(model, number, file, file.lines))
            .collect()
    }

    #[test]
    fn every_mail_system_and_host_of_a_file_is_named() {
        let of = |mta, host: &'static [u8]| {
            Outcome::Fact(Fact {
                mta,
                host,
                ..leg(b"program", Kind::Delivery)
            })
        };
        let many: Vec<Outcome<'_>> = [&b"a"[..], b"b", b"c", b"d", b"e"]
            .map(|host| of(Mta::Sendmail, host))
            .to_vec();
        let mixed = [
            of(Mta::Postfix, b"mx1"),
            of(Mta::Exim, b"mx2"),
            Outcome::Foreign,
        ];
        let model = sample::model(&[
            ("default", &default_postfix()),
            ("mixed", &mixed),
            ("many", &many),
            ("bare", &[of(Mta::Exim, b"")]),
        ]);
        assert_eq!(
            told(&model),
            [
                "default: 2 lines, postfix on mx1",
                "mixed: 3 lines, exim, postfix on mx1, mx2; 1 of programs that move no mail",
                "many: 5 lines, sendmail on a, b, c, 2 more hosts",
                "bare: 1 line, exim",
            ]
        );
    }

    #[test]
    fn a_file_without_mail_says_so() {
        let model = sample::model(&[("auth.log", &[Outcome::Foreign, Outcome::Foreign])]);
        assert_eq!(
            told(&model),
            ["auth.log: 2 lines, no mail log line in it; 2 of programs that move no mail"]
        );
        assert!(model.is_foreign(0));
        let unread = sample::model(&[("x", &[Outcome::Foreign, Outcome::NotUnderstood("odd")])]);
        assert!(!unread.is_foreign(0));
    }

    #[test]
    fn reasons_come_by_how_often() {
        let odd = Outcome::NotUnderstood("odd");
        let model = sample::model(&[(
            "x",
            &[
                Outcome::NotUnderstood("rare"),
                odd.clone(),
                odd,
                Outcome::Foreign,
            ],
        )]);
        let mut out = String::new();
        write_not_understood(&mut out, &model).unwrap();
        assert_eq!(out, "3 of 4 lines not understood: 2 odd; 1 rare\n");
    }
}
