//! The story of a loaded mail: its hops from oldest to newest, and what they mean.

use crate::model::{Evidence, GradeBook, Hop, Mail, MailGrades, Model};
use crate::parse::received::Transport;
use crate::text::{Clean, human};
use crate::tls::{Grade, Grading, Network, TlsState};

use super::headers::{HeaderFinding, Subject, findings};
use super::{Label, LabelKind, words};

/// One hop of a chain, in words.
#[derive(Clone, Debug)]
pub struct Rung {
    /// 1 is the oldest.
    pub number: usize,
    /// Grade and why.
    pub grading: Grading,
    /// The sending host: `mail.example.org [192.0.2.1]`.
    pub from: Clean,
    /// The host that wrote the header.
    pub by: Clean,
    /// Milliseconds since 1970-01-01 UTC.
    pub time: Option<i64>,
    /// Seconds since the hop before.
    pub delay: Option<i64>,
    /// What it shows of TLS.
    pub protection: Clean,
    /// Who says so.
    pub evidence: Evidence,
    /// Findings about this hop.
    pub findings: Vec<Clean>,
}

/// A mail's chain.
#[derive(Clone, Debug)]
pub struct ChainStory {
    /// The sender, as the From header has it; empty where nobody is named.
    pub from: Clean,
    /// The recipient of the last hop that names one, else the To header; empty where nobody is named.
    pub to: Clean,
    /// Its grades.
    pub grades: MailGrades,
    /// The answer, in a sentence or two.
    pub headline: Clean,
    /// The hops, oldest first.
    pub rungs: Vec<Rung>,
    /// Findings about the message as a whole.
    pub findings: Vec<Clean>,
    /// Further facts.
    pub labels: Vec<Label>,
    /// When it arrived.
    pub time: Option<i64>,
}

impl ChainStory {
    /// Tells the story of a loaded mail; `None` when there is no such mail.
    pub fn of(model: &Model, grades: &GradeBook, row: u32) -> Option<Self> {
        let mail = model.mails.get(row as usize)?;
        let found = findings(&mail.facts, &mail.chain);
        let hops = (1..).zip(&mail.hops);
        Some(Self {
            from: Clean::line(mail.sender()),
            to: recipient(mail),
            grades: mail.grades(grades),
            headline: headline(mail, grades),
            rungs: hops
                .map(|(number, hop)| rung(number, hop, grades, &found))
                .collect(),
            findings: about(&found, Subject::Message),
            labels: labels(model, mail),
            time: mail.time(),
        })
    }

    /// `sender → recipient`.
    pub fn title(&self) -> Clean {
        let or_unknown = |end: &Clean| {
            if end.is_empty() {
                "?".to_owned()
            } else {
                end.to_string()
            }
        };
        Clean::line(format!(
            "{} → {}",
            or_unknown(&self.from),
            or_unknown(&self.to)
        ))
    }

    /// The number of the first rung above which the trust line runs: everything before it is not
    /// ours. `None` when all hops are ours, or none is.
    pub fn trust_line(&self) -> Option<usize> {
        let first_own = self
            .rungs
            .iter()
            .position(|rung| rung.evidence == Evidence::Own)?;
        (first_own > 0).then_some(first_own)
    }
}

fn about(found: &[HeaderFinding], subject: Subject) -> Vec<Clean> {
    let about = found.iter().filter(|finding| finding.subject == subject);
    about.map(|finding| Clean::line(&finding.summary)).collect()
}

fn recipient(mail: &Mail) -> Clean {
    let mut newest_first = mail.hops.iter().rev().map(|hop| &hop.recipient);
    let named = newest_first.find(|recipient| !recipient.is_empty());
    named.map_or_else(|| Clean::line(mail.to()), Clean::line)
}

fn rung(number: usize, hop: &Hop, grades: &GradeBook, found: &[HeaderFinding]) -> Rung {
    Rung {
        number,
        grading: hop.grading(grades),
        from: Clean::line(sender(hop)),
        by: Clean::line(&hop.by),
        time: hop.time,
        delay: hop.delay,
        protection: Clean::line(protection(hop)),
        evidence: hop.evidence,
        findings: about(found, Subject::Hop(number)),
    }
}

fn sender(hop: &Hop) -> String {
    let name = Clean::line(hop.sender_name()).to_string();
    let ip = Clean::line(&hop.from_ip).to_string();
    if ip.is_empty() || name.contains(&ip) {
        name
    } else {
        format!("{name} [{ip}]").trim().to_owned()
    }
}

fn protection(hop: &Hop) -> String {
    match (hop.tls, &hop.session) {
        (TlsState::Yes, Some(session)) => words::session(session),
        (TlsState::Yes, None) => "TLS, no details stated".to_owned(),
        (TlsState::No, _) => {
            let with = Clean::line(&hop.with);
            if hop.network == Network::Loopback {
                format!("no TLS: {with} within one host")
            } else {
                format!("no TLS: {with} in clear")
            }
        }
        (TlsState::NotApplicable, _) => {
            let with = Clean::line(&hop.with);
            let how = if with.is_empty() {
                hop.transport.name().to_owned()
            } else {
                with.to_string()
            };
            format!("no SMTP hop ({how})")
        }
        (TlsState::NotStated | TlsState::Refused, _) => "TLS not stated in this header".to_owned(),
    }
}

/// What the hops of a returned message are about, told before anything else.
const RETURNED: &str = "Returned in a bounce: the journey of the message that did not arrive, as the \
                        bounce quotes it. ";

/// The answer: how the part we saw was protected, then what the others' headers tell.
fn headline(mail: &Mail, grades: &GradeBook) -> Clean {
    let returned = if mail.returned { RETURNED } else { "" };
    Clean::line(format!("{returned}{}", protected(mail, grades)))
}

fn protected(mail: &Mail, grades: &GradeBook) -> String {
    let result = mail.grades(grades);
    if mail.hops.is_empty() {
        return "No Received header: nothing tells how this message travelled.".to_owned();
    }
    if mail.hops.iter().all(|hop| hop.evidence != Evidence::Own) {
        // None of it is ours: nothing was witnessed.
        return format!(
            "None of its headers is ours.{}",
            quoted_claims(mail, grades)
        );
    }
    let own = mail
        .hops
        .iter()
        .filter(|hop| hop.evidence == Evidence::Own)
        .count();
    let where_ = if own == 1 {
        "on the last hop"
    } else {
        "on our own hops"
    };
    let witnessed = match result.witnessed {
        Grade::A | Grade::B => format!("Sealed {where_}."),
        Grade::S => format!("Encrypted {where_}; how strongly is not stated."),
        Grade::C => format!("Encrypted {where_}, but with what is no longer allowed."),
        Grade::D => format!("TLS in name only {where_}: it can be broken."),
        Grade::E => format!("In clear {where_}, over an inner network."),
        Grade::F => format!("In clear {where_}, like a postcard."),
        Grade::Local => "Our own hops crossed no network.".to_owned(),
        Grade::Refused | Grade::Unknown => format!("What protected it {where_} is not stated."),
    };
    let claimed = claims(mail, grades);
    let incomplete = if result.incomplete {
        " At least one hop is not shown."
    } else {
        ""
    };
    format!("{witnessed}{claimed}{incomplete}")
}

fn quoted_claims(mail: &Mail, grades: &GradeBook) -> String {
    let told = bad_hops(mail.hops.iter(), grades);
    if told.is_empty() {
        " They tell of nothing bad.".to_owned()
    } else {
        format!(" They tell of {}.", told.join(" and of "))
    }
}

/// What the headers of others tell of: the bad hops, in words.
fn claims(mail: &Mail, grades: &GradeBook) -> String {
    let others = mail.hops.iter().filter(|hop| hop.evidence != Evidence::Own);
    let others: Vec<&Hop> = others.collect();
    if others.is_empty() {
        return String::new();
    }
    let told = bad_hops(others.iter().copied(), grades);
    if told.is_empty() {
        return " What others' headers tell of the hops before that shows nothing worse."
            .to_owned();
    }
    let whose = if others.iter().any(|hop| hop.evidence == Evidence::Peer) {
        "the peer's own headers tell"
    } else {
        "unverified headers tell"
    };
    format!(" Before that {whose} of {}.", told.join(" and of "))
}

/// The bad hops, in words, each kind once.
fn bad_hops<'a>(hops: impl Iterator<Item = &'a Hop>, grades: &GradeBook) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for hop in hops {
        let what = match hop.grading(grades).grade {
            Grade::C => {
                let version = hop.session.as_ref().and_then(|session| session.version);
                version.map_or("a deprecated suite".to_owned(), |version| {
                    version.spoken().to_owned()
                })
            }
            Grade::D => "broken encryption".to_owned(),
            Grade::E => "one hop without any encryption inside".to_owned(),
            Grade::F => "one hop in clear".to_owned(),
            _ => continue,
        };
        if !told.contains(&what) {
            told.push(what);
        }
    }
    told
}

fn labels(model: &Model, mail: &Mail) -> Vec<Label> {
    let mut labels = Vec::new();
    let mut add = |kind, value: Clean| {
        if !value.is_empty() {
            labels.push(Label { kind, value });
        }
    };
    add(LabelKind::Subject, Clean::line(mail.subject()));
    add(LabelKind::MessageId, Clean::line(mail.message_id()));
    let smtp = mail
        .hops
        .iter()
        .filter(|hop| hop.transport == Transport::Smtp)
        .count();
    let total = mail
        .first_time()
        .zip(mail.time())
        .map(|(first, last)| (last - first) / 1000);
    let took = total.map_or_else(String::new, |total| {
        format!(", {} in all", human::delta(total))
    });
    add(
        LabelKind::Hops,
        Clean::line(format!("{} ({smtp} by SMTP){took}", mail.hops.len())),
    );
    let path = model.path(mail.file).display();
    let inside = if mail.returned { " (in a bounce)" } else { "" };
    let lines = format!(
        "{path} lines {}-{}{inside}",
        mail.first_line, mail.last_line
    );
    add(LabelKind::SeenIn, Clean::line(lines));
    if !mail.facts.complete {
        add(
            LabelKind::Note,
            Clean::line("an excerpt: what is missing here says nothing about the message"),
        );
    }
    labels
}
