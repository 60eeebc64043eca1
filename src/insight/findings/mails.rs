//! What headers tell: the hops of each loaded mail, and its form.

use super::super::Severity;
use super::super::headers::{self, Client, Subject};
use super::rules::{Condition, Rule, rule};
use super::{Finding, Place, SubjectKind, Unit, id, is_since};
use crate::model::{Evidence, GradeBook, Hop, Mail, Model};
use crate::text::{Clean, Lang};
use crate::tls::{Grade, Network, TlsState, Version, standing_rule};

/// The findings about loaded mails, in load order. With a time, those of headers that tell when it was.
pub(super) fn find(model: &Model, grades: &GradeBook, since: Option<i64>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (row, mail) in (0_u32..).zip(&model.mails) {
        let case = Case {
            model,
            grades,
            row,
            mail,
        };
        let first = found.len();
        case.hops(&mut found);
        case.gap(&mut found);
        case.header(&mut found);
        for finding in found.get_mut(first..).unwrap_or_default() {
            let texts = [&finding.peer, &finding.detail, &finding.quote];
            finding.clients = Client::named_in(&mail.hops, &texts.map(Clean::as_str));
        }
    }
    if since.is_some() {
        found.retain(|finding| finding.last.is_some_and(|last| is_since(last, since)));
    }
    found
}

impl Finding {
    /// A header that anybody may have written is told of, but nobody is called by it.
    const fn attested_by(&mut self, evidence: Evidence) {
        self.evidence = evidence;
        if matches!(evidence, Evidence::Unverified) {
            self.severity = Severity::Info;
        }
    }
}

struct Case<'a> {
    model: &'a Model,
    grades: &'a GradeBook,
    row: u32,
    mail: &'a Mail,
}

impl Case<'_> {
    fn hops(&self, found: &mut Vec<Finding>) {
        for (at, hop) in (0_u32..).zip(&self.mail.hops) {
            for condition in conditions(hop, hop.grading(self.grades).grade) {
                found.extend(self.about_hop(condition, at, hop));
            }
        }
    }

    fn about_hop(&self, condition: Condition, at: u32, hop: &Hop) -> Option<Finding> {
        let rule = rule(condition)?;
        let mut finding = self.finding(rule, Some(at), &[&hop.raw]);
        finding.attested_by(hop.evidence);
        let grading = hop.grading(self.grades);
        finding.grade = grading.grade;
        finding.peer = sender(hop);
        if let Some(session) = &hop.session {
            let version = session.version.map_or("TLS", Version::spoken);
            let told = format!("{version} {}", Clean::line(&session.cipher));
            finding.tls.push(told.trim_end().to_owned());
        }
        if hop.tls == TlsState::Yes {
            let day = self.grades.day_of(hop.time.unwrap_or_default());
            let profile = self.grades.profile();
            let cited = grading.reasons.iter();
            let cited = cited.filter(|reason| condition.rests_on(reason));
            let cited = cited.flat_map(|reason| profile.references(reason, day));
            for reference in cited.filter_map(standing_rule) {
                finding.cite(reference);
            }
        }
        Some(finding)
    }

    /// TLS, then clear, then TLS: sealed at both ends, a postcard between.
    fn gap(&self, found: &mut Vec<Finding>) {
        let hops = &self.mail.hops;
        let sealed = |hop: &Hop| hop.tls == TlsState::Yes;
        let Some(first) = hops.iter().position(sealed) else {
            return;
        };
        let Some(last) = hops.iter().rposition(sealed) else {
            return;
        };
        let between = hops.get(first..last).unwrap_or_default();
        let open: Vec<&Hop> = between.iter().filter(|hop| is_open(hop)).collect();
        let (Some(worst), Some(rule)) = (open.first(), rule(Condition::ChainGap)) else {
            return;
        };
        let parts: Vec<&[u8]> = hops.iter().map(|hop| hop.raw.as_slice()).collect();
        let mut finding = self.finding(rule, None, &parts);
        finding.attested_by(worst.evidence);
        let grades = open.iter().map(|hop| hop.grading(self.grades).grade);
        finding.grade = grades.fold(Grade::Unknown, Grade::worst);
        let from: Vec<String> = open.iter().map(|hop| sender(hop).to_string()).collect();
        finding.detail = Clean::line(from.join(", "));
        found.push(finding);
    }

    fn header(&self, found: &mut Vec<Finding>) {
        for told in headers::findings(&self.mail.facts, &self.mail.chain, Lang::En) {
            let Some(rule) = Condition::of_header(told.id).and_then(rule) else {
                continue;
            };
            let hop = match told.subject {
                Subject::Message => None,
                Subject::Hop(number) => u32::try_from(number - 1).ok(),
            };
            let mut about = vec![told.summary.as_bytes(), &told.quote];
            if self.mail.message_id().is_empty() {
                about.extend(told_apart(self.mail));
            }
            let mut finding = self.finding(rule, hop, &about);
            finding.severity = finding.severity.min(told.severity);
            let own = hop.and_then(|at| self.mail.hops.get(at as usize));
            finding.evidence = own.map_or(Evidence::Unverified, |hop| hop.evidence);
            finding.detail = Clean::line(&told.summary);
            // A login or a token is found, never shown.
            if rule.when != Condition::H08 {
                finding.quote = Clean::line(&told.quote);
            }
            found.push(finding);
        }
    }

    /// A finding about the message, or about one of its hops; `parts` tell it from others of its rule.
    fn finding(&self, rule: &'static Rule, hop: Option<u32>, parts: &[&[u8]]) -> Finding {
        let own = hop.and_then(|at| self.mail.hops.get(at as usize));
        let time = own.map_or_else(|| self.mail.time(), |hop| hop.time);
        let time = time.or_else(|| self.mail.time());
        let path = self.model.path(self.mail.file).display().to_string();
        let subject = match hop {
            Some(at) => format!("{path} hop {}", at + 1),
            None => path,
        };
        let number = hop.map_or(String::new(), |at| (at + 1).to_string());
        let mut about = vec![self.mail.message_id().as_bytes(), number.as_bytes()];
        about.extend(parts);
        // Without a time nothing is known to have been in force.
        let day = time.map(|time| self.grades.day_of(time));
        let references = day.map_or_else(Vec::new, |day| rule.references_on(day).collect());
        Finding {
            id: id(rule, &about),
            rule,
            severity: day.map_or(rule.severity, |day| rule.severity_on(day)),
            is_part: false,
            kind: if hop.is_some() {
                SubjectKind::Hop
            } else {
                SubjectKind::Message
            },
            subject: Clean::line(subject),
            peer: Clean::default(),
            direction: None,
            unit: Unit::Header,
            count: 1,
            first: time,
            last: time,
            grade: Grade::Unknown,
            evidence: Evidence::Unverified,
            references,
            place: Place::Mail(self.row, hop),
            messages: Vec::new(),
            waits: 0,
            clear: 0,
            clear_inside: 0,
            untold: 0,
            unsure: 0,
            unsure_inside: 0,
            has_siblings: false,
            unnamed: 0,
            tls: Vec::new(),
            addresses: Vec::new(),
            namesakes: Vec::new(),
            decline: None,
            detail: Clean::default(),
            quote: Clean::default(),
            clients: Vec::new(),
        }
    }
}

/// What tells a message without a Message-ID from others: how it came, when, from whom, to whom, about what. Findings
/// about a hop as it is rest on the whole of it anyway.
fn told_apart(mail: &Mail) -> Vec<&[u8]> {
    let facts = &mail.facts;
    let hops = mail.hops.iter().map(|hop| hop.raw.as_slice());
    let date = facts.date_text.as_deref().unwrap_or_default();
    let people = facts.from.iter().chain(&facts.to);
    let people = people.map(|mailbox| mailbox.label().as_bytes());
    let of_header = [date, mail.subject().as_bytes()];
    hops.chain(of_header).chain(people).collect()
}

fn conditions(hop: &Hop, grade: Grade) -> impl Iterator<Item = Condition> + use<> {
    let inconsistent = hop.evidence == Evidence::Inconsistent;
    let clear = is_open(hop) && !inconsistent;
    let inside = hop.network == Network::Inside;
    let session = hop.session.as_ref().filter(|_| !inconsistent);
    let version = session.and_then(|session| session.version);
    let old = version.is_some_and(|version| version < Version::Tls12);
    [
        (inconsistent, Condition::HopInconsistent),
        (clear && inside, Condition::HopClearInside),
        (clear && !inside, Condition::HopClear),
        (old, Condition::HopOldTls),
        (grade == Grade::D, Condition::HopBrokenTls),
    ]
    .into_iter()
    .filter_map(|(holds, condition)| holds.then_some(condition))
}

/// In clear over a network.
fn is_open(hop: &Hop) -> bool {
    hop.tls == TlsState::No && hop.network != Network::Loopback
}

fn sender(hop: &Hop) -> Clean {
    let (name, ip) = (Clean::line(hop.witnessed_name()), Clean::line(&hop.from_ip));
    if ip.is_empty() || name.contains(ip.as_str()) {
        name
    } else {
        Clean::line(format!("{name} [{ip}]").trim_start())
    }
}
