//! A short note to the postmaster on the other side, plain ASCII: what was seen, how to check it.

use std::cmp::Reverse;

use hashbrown::HashSet;

use super::super::document::{BLANK, Block};
use super::facts::{self, Fact, session};
use super::texts::Texts;
use super::{Case, moment};
use crate::insight::findings::{Condition, Finding};
use crate::model::{Event, Model};
use crate::parse::{Direction, Kind};
use crate::text::{Clean, clean, fill};
use crate::tls::{Grade, Session, TlsState, Trouble};

/// Log lines that are quoted.
const LINES: usize = 3;

/// One note for each host and direction: what was found there is one matter for its postmaster.
pub(super) fn blocks(case: &Case<'_>, texts: &Texts) -> Vec<Block> {
    let matters = matters(case.findings);
    matters
        .iter()
        .map(|findings| Block::Text(ascii(&note(case, texts, findings))))
        .collect()
}

/// Findings of the same host and direction. They come the most severe first, and so do the groups.
fn matters<'a>(findings: &[&'a Finding]) -> Vec<Vec<&'a Finding>> {
    let mut matters: Vec<Vec<&Finding>> = Vec::new();
    for &finding in findings {
        let same = |first: &Finding| {
            first.subject == finding.subject && first.direction == finding.direction
        };
        let known = matters
            .iter_mut()
            .find(|matter| matter.first().is_some_and(|first| same(first)));
        match known {
            Some(matter) => matter.push(finding),
            None => matters.push(vec![finding]),
        }
    }
    matters
}

/// The note about findings of one host and direction. The worst gives the subject line.
fn note(case: &Case<'_>, texts: &Texts, findings: &[&Finding]) -> String {
    let rank = |finding: &&&Finding| Reverse((finding.severity, finding.grade, finding.count));
    let Some(worst) = findings.iter().min_by_key(rank) else {
        return String::new();
    };
    let facts: Vec<Vec<Fact<'_>>> = findings
        .chunks(1)
        .map(|findings| facts::of(&Case { findings, ..*case }).0)
        .collect();
    let lines: String = quoted_of(&facts)
        .into_iter()
        .map(|(file, line)| quoted(case, file, line))
        .collect();
    let summaries: Vec<String> = findings.iter().map(|own| case.summary(own)).collect();
    let host = case.masked(&host(worst));
    let (what, code) = seen(texts, worst);
    let values = [
        ("host", host.clone()),
        ("peer", host),
        ("what", what),
        ("code", code),
        ("times", worst.times(case.lang)),
        ("when", when(texts, worst)),
        ("summary", summaries.join("\n  ")),
        ("lines", lines),
        ("good", good(case, texts, worst)),
        ("left_out", left_out(case, texts)),
        ("unsure", unsure(texts, &facts)),
        ("effect", effect(texts, findings)),
        ("check", check(texts, worst)),
        ("ask", texts.note(ask(findings))),
        ("ids", ids(case, texts, findings)),
    ];
    let values = values
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let subject = fill(&texts.note("subject"), &values);
    format!("{subject}\n\n{}", fill(&texts.note("text"), &values))
}

/// The host with its first address.
fn host(finding: &Finding) -> String {
    let address = finding.addresses.first().map_or("", |address| address);
    if address.is_empty() || address == finding.subject.as_str() {
        finding.subject.to_string()
    } else {
        format!("{} [{address}]", finding.subject)
    }
}

/// What it meant for the mail, after a space; empty where that differs among the findings, whose lines say it.
fn effect(texts: &Texts, findings: &[&Finding]) -> String {
    let mut effects = findings.iter().flat_map(|finding| effects(finding));
    match effects.next() {
        Some(effect) if effects.all(|other| other == effect) => {
            format!(" {}", texts.note(effect))
        }
        _ => String::new(),
    }
}

/// What the connections of a finding meant for the mail.
fn effects(finding: &Finding) -> Vec<&'static str> {
    let of_grade = |grade: &Grade| match grade {
        Grade::Refused => "effect_refused",
        Grade::E | Grade::F => "effect_clear",
        _ => "effect_tls",
    };
    match finding.rule.when {
        Condition::Refused
        | Condition::HandshakeFailed
        | Condition::CertificateRefused
        | Condition::TooWeak => vec!["effect_refused"],
        Condition::OldTls | Condition::BrokenTls => vec!["effect_tls"],
        Condition::Regressed => {
            let grades = finding.decline.iter().flat_map(|own| &own.grades);
            grades.map(of_grade).collect()
        }
        _ => vec!["effect_clear"],
    }
}

/// The first of our queue IDs, and how many more there are.
fn ids(case: &Case<'_>, texts: &Texts, findings: &[&Finding]) -> String {
    let model = case.facts.model;
    let messages = findings.iter().flat_map(|finding| &finding.messages);
    let messages = messages.filter_map(|&number| model.messages.get(number));
    let mut seen = HashSet::new();
    let mut shown: Vec<Clean> = Vec::new();
    for id in messages.map(|message| Clean::line(model.queue_id(message))) {
        if seen.insert(id.clone()) && shown.len() < LINES {
            shown.push(id);
        }
    }
    if shown.is_empty() {
        return texts.note("no_ids");
    }
    let ids: Vec<&str> = shown.iter().map(Clean::as_str).collect();
    let ids = ids.join(", ");
    match seen.len() - shown.len() {
        0 => ids,
        more => fill(
            &texts.note("more_ids"),
            &[("ids", &ids), ("n", &more.to_string())],
        ),
    }
}

/// What was seen in a few words, and behind them the code that TLSRPT has for it, as the beginning of a list.
/// A session speaks for itself, where it is the only one.
fn seen(texts: &Texts, finding: &Finding) -> (String, String) {
    let words = |name: &str| texts.note(&format!("what_{name}"));
    let tls = match finding.tls.as_slice() {
        [only] if finding.rule.when != Condition::Regressed => Some(only),
        _ => None,
    };
    let name = tls.unwrap_or(&finding.rule.id);
    match (words(name), tls) {
        (what, _) if what.is_empty() => (name.clone(), String::new()),
        (what, Some(code)) => (what, format!("{code}, ")),
        (what, None) => (what, String::new()),
    }
}

/// From when to when, or the second in which it all was.
fn when(texts: &Texts, finding: &Finding) -> String {
    let time = |time: Option<i64>| time.map_or_else(String::new, moment::utc);
    let (first, last) = (time(finding.first), time(finding.last));
    if first == last {
        return first;
    }
    fill(&texts.note("span"), &[("first", &first), ("last", &last)])
}

/// How the addressee sees for themselves. What a host does that connects to ours, its own server does not show.
fn check(texts: &Texts, finding: &Finding) -> String {
    let name = match finding.direction {
        Some(Direction::In) => "check_in",
        _ => "check",
    };
    fill(&texts.note(name), &[("target", &finding.subject)])
}

/// What is asked of the addressee. A filter on the way can hide STARTTLS; it changes nothing about a session.
fn ask(findings: &[&Finding]) -> &'static str {
    let hidden = Trouble::StarttlsNotSupported.code();
    let may_be_hidden = findings.iter().any(|finding| match finding.rule.when {
        Condition::SentClear | Condition::SentClearInside | Condition::ReceivedClear => true,
        Condition::Regressed => matches!(finding.grade, Grade::E | Grade::F | Grade::Refused),
        _ => finding.tls.iter().any(|code| code == hidden),
    });
    if may_be_hidden { "ask_filter" } else { "ask" }
}

/// The lines to quote, in log order: of the first finding a few and all on which its first fact rests, of each other
/// finding the line of its first fact.
fn quoted_of(facts: &[Vec<Fact<'_>>]) -> Vec<(u32, u32)> {
    let Some((first, others)) = facts.split_first() else {
        return Vec::new();
    };
    let most = first.first().map_or(0, |fact| fact.lines.len()).max(LINES);
    let mut lines: Vec<(u32, u32)> = Vec::new();
    for line in first.iter().take(most).flat_map(|fact| &fact.lines) {
        if lines.len() < most && !lines.contains(line) {
            lines.push(*line);
        }
    }
    lines.extend(
        others
            .iter()
            .filter_map(|facts| facts.first())
            .map(|fact| fact.line),
    );
    lines.sort_unstable();
    lines.dedup();
    lines
}

/// What was left out or not read, where something was; a line for each.
fn left_out(case: &Case<'_>, texts: &Texts) -> String {
    let span = case.facts.model.forgotten.span;
    let left_out = span.map_or_else(String::new, |(_, last)| {
        let told = fill(&texts.note("left_out"), &[("last", &moment::utc(last))]);
        format!("{told}\n")
    });
    left_out + &case.extent.noted(texts)
}

/// That the hour of a time may be another one, where it may; a line of its own.
fn unsure(texts: &Texts, facts: &[Vec<Fact<'_>>]) -> String {
    if (facts.iter().flatten()).all(|fact| fact.local.caveat.is_none()) {
        return String::new();
    }
    format!("{}\n", texts.note("unsure"))
}

/// A log line, people masked.
fn quoted(case: &Case<'_>, file: u32, line: u32) -> String {
    let record = case.facts.model.record(file, line).unwrap_or_default();
    format!("  {}\n", case.masked(&clean(&record)))
}

/// The last connection with the same host that was graded A or B.
fn good(case: &Case<'_>, texts: &Texts, finding: &Finding) -> String {
    let told = last_good(case, finding);
    told.map_or_else(
        || texts.note("no_good"),
        |(time, own)| {
            let tls = session(texts, own);
            let time = moment::utc(time);
            fill(&texts.note("good"), &[("time", &time), ("tls", &tls)])
        },
    )
}

/// Time and session of that connection. A session of which no more is told than that it was set up does not count
/// where a connection with the host was given up next: it is that one, or nobody knows.
fn last_good<'a>(case: &Case<'a>, finding: &Finding) -> Option<(i64, &'a Session)> {
    let model: &Model = case.facts.model;
    let same = |name: &[u8]| name.eq_ignore_ascii_case(finding.subject.as_bytes());
    let (mut used, mut set_up): (Option<Event>, Option<Event>) = (None, None);
    let of_host = |event: &Event| same(model.strings.endpoint(event.peer).label());
    for event in model.events.iter().filter(of_host) {
        if model.was_stopped(&event) {
            set_up = None;
        }
        let passed = model.tls_state(&event) == TlsState::Yes
            && matches!(case.facts.grades.event(model, &event), Grade::A | Grade::B);
        if passed {
            let last = match event.kind {
                Kind::Session | Kind::Note => &mut set_up,
                _ => &mut used,
            };
            if last.is_none_or(|last| last.time() <= event.time()) {
                *last = Some(event);
            }
        }
    }
    let last = [used, set_up].into_iter().flatten();
    let last = last.max_by_key(Event::time)?;
    Some((last.time(), model.session(&last)?))
}

/// Mail to a stranger is read by any program: letters beyond ASCII are spelt out, blanks stay marked.
fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'Ä' => out.push_str("Ae"),
            'Ö' => out.push_str("Oe"),
            'Ü' => out.push_str("Ue"),
            'ß' => out.push_str("ss"),
            '„' | '“' => out.push('"'),
            own if own.is_ascii() || BLANK.contains(&own) => out.push(own),
            _ => out.push('?'),
        }
    }
    out
}
