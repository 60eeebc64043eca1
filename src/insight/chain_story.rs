//! The story of a loaded mail: its hops from oldest to newest, and what they mean.

use crate::model::{Endpoint, Evidence, GradeBook, Hop, Mail, MailGrades, Model};
use crate::parse::received::Transport;
use crate::text::{Clean, Lang, fill};
use crate::tls::{Grade, Grading, Network, TlsState, Version};

use super::headers::{Client, HeaderFinding, Subject, findings};
use super::{Label, LabelKind, words};

/// One hop of a chain, in words.
#[derive(Clone, Debug)]
pub struct Rung {
    /// 1 is the oldest.
    pub number: usize,
    /// Grade and why.
    pub grading: Grading,
    /// The sending host: `mail.example.org [192.0.2.1]`; in parentheses a name that our own host did not confirm.
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
    /// The sending hosts of the hops: rungs and findings may name them.
    pub clients: Vec<Client>,
}

impl ChainStory {
    /// Tells the story of a loaded mail in a language; `None` when there is no such mail.
    pub fn of(model: &Model, grades: &GradeBook, row: u32, lang: Lang) -> Option<Self> {
        let mail = model.mails.get(row as usize)?;
        let found = findings(&mail.facts, &mail.chain, lang);
        let teller = Teller { mail, grades, lang };
        let hops = (1..).zip(&mail.hops);
        Some(Self {
            from: Clean::line(mail.sender()),
            to: recipient(mail),
            grades: mail.grades(grades),
            headline: teller.headline(),
            rungs: hops
                .map(|(number, hop)| teller.rung(number, hop, &found))
                .collect(),
            findings: about(&found, Subject::Message),
            labels: teller.labels(model),
            time: mail.time(),
            clients: mail.hops.iter().map(Client::of).collect(),
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

struct Teller<'a> {
    mail: &'a Mail,
    grades: &'a GradeBook,
    lang: Lang,
}

impl<'a> Teller<'a> {
    fn rung(&self, number: usize, hop: &Hop, found: &[HeaderFinding]) -> Rung {
        Rung {
            number,
            grading: hop.grading(self.grades),
            from: Clean::line(sender(hop)),
            by: Clean::line(&hop.by),
            time: hop.time,
            delay: hop.delay,
            protection: Clean::line(self.protection(hop)),
            evidence: hop.evidence,
            findings: about(found, Subject::Hop(number)),
        }
    }

    fn protection(&self, hop: &Hop) -> String {
        let lang = self.lang;
        let with = Clean::line(&hop.with);
        let template = match (hop.tls, &hop.session) {
            (TlsState::Yes, Some(session)) => return words::session(session, lang),
            (TlsState::Yes, None) => {
                lang.pick("TLS, no details stated", "TLS, keine näheren Angaben")
            }
            (TlsState::No, _) if hop.network == Network::Loopback => lang.pick(
                "no TLS: {with} within one host",
                "kein TLS: {with} innerhalb eines Hosts",
            ),
            (TlsState::No, _) => {
                lang.pick("no TLS: {with} in clear", "kein TLS: {with} im Klartext")
            }
            (TlsState::NotApplicable, _) if with.is_empty() => {
                lang.pick("no SMTP hop ({transport})", "kein SMTP-Hop ({transport})")
            }
            (TlsState::NotApplicable, _) => {
                lang.pick("no SMTP hop ({with})", "kein SMTP-Hop ({with})")
            }
            (TlsState::NotStated | TlsState::Refused, _) => lang.pick(
                "TLS not stated in this header",
                "zu TLS keine Angabe in diesem Header",
            ),
        };
        let transport = words::transport(hop.transport, lang);
        let values = [("with", with.as_str()), ("transport", transport)];
        fill(template, &values)
    }

    /// The answer: how the part we saw was protected, then what the others' headers tell.
    fn headline(&self) -> Clean {
        // What the hops of a returned message are about, told before anything else.
        let returned = if self.mail.returned {
            self.lang.pick(
                "Returned in a bounce: the journey of the message that did not arrive, as the bounce quotes it. ",
                "In einem Bounce zurückgesandt: der Weg der Nachricht, die nicht ankam, wie der Bounce ihn zitiert. ",
            )
        } else {
            ""
        };
        Clean::line(format!("{returned}{}", self.protected()))
    }

    fn protected(&self) -> String {
        let (mail, lang) = (self.mail, self.lang);
        if mail.hops.is_empty() {
            let nothing = lang.pick(
                "No Received header: nothing tells how this message travelled.",
                "Kein Received-Header: Nichts zeigt, welchen Weg diese Nachricht nahm.",
            );
            return nothing.to_owned();
        }
        if mail.hops.iter().all(|hop| hop.evidence != Evidence::Own) {
            // None of it is ours: nothing was witnessed.
            let nobody = lang.pick(
                "None of its headers is ours.",
                "Keiner der Header stammt von uns.",
            );
            return format!("{nobody}{}", self.quoted_claims());
        }
        let incomplete = if mail.grades(self.grades).incomplete {
            lang.pick(
                " At least one hop is not shown.",
                " Mindestens ein Hop ist nicht sichtbar.",
            )
        } else {
            ""
        };
        format!("{}{}{incomplete}", self.witnessed(), self.claims())
    }

    fn witnessed(&self) -> String {
        let lang = self.lang;
        let own = self
            .mail
            .hops
            .iter()
            .filter(|hop| hop.evidence == Evidence::Own);
        let place = if own.count() == 1 {
            lang.pick("on the last hop", "auf dem letzten Hop")
        } else {
            lang.pick("on our own hops", "auf unseren eigenen Hops")
        };
        let template = match self.mail.grades(self.grades).witnessed {
            Grade::A | Grade::B => lang.pick(
                "Sealed {place}.",
                "Verschlüsselt {place}, wie in einem verschlossenen Umschlag.",
            ),
            Grade::S => lang.pick(
                "Encrypted {place}; how strongly is not stated.",
                "Verschlüsselt {place}; wie stark, ist nicht angegeben.",
            ),
            Grade::C => lang.pick(
                "Encrypted {place}, but with what is no longer allowed.",
                "Verschlüsselt {place}, aber mit nicht mehr zulässigem Verfahren.",
            ),
            Grade::D => lang.pick(
                "TLS in name only {place}: it can be broken.",
                "TLS nur dem Namen nach {place}: Es ist brechbar.",
            ),
            Grade::E => lang.pick(
                "In clear {place}, over an inner network.",
                "Im Klartext {place}, über ein internes Netz.",
            ),
            Grade::F => lang.pick(
                "In clear {place}, like a postcard.",
                "Im Klartext {place}, wie auf einer Postkarte.",
            ),
            Grade::Local => lang.pick(
                "Our own hops crossed no network.",
                "Unsere eigenen Hops gingen über kein Netz.",
            ),
            Grade::Refused | Grade::Unknown => lang.pick(
                "What protected it {place} is not stated.",
                "Der Schutz {place} ist nicht angegeben.",
            ),
        };
        fill(template, &[("place", place)])
    }

    fn quoted_claims(&self) -> String {
        let told = self.bad_hops(self.mail.hops.iter());
        if told.is_empty() {
            let nothing = self.lang.pick(
                " They tell of nothing bad.",
                " Von nichts Schlechtem ist darin die Rede.",
            );
            return nothing.to_owned();
        }
        let template = self
            .lang
            .pick(" They tell of {what}.", " Darin ist die Rede von {what}.");
        fill(template, &[("what", &told)])
    }

    /// What the headers of others tell of: the bad hops, in words.
    fn claims(&self) -> String {
        let lang = self.lang;
        let others = self.mail.hops.iter();
        let others = others.filter(|hop| hop.evidence != Evidence::Own);
        let others: Vec<&Hop> = others.collect();
        if others.is_empty() {
            return String::new();
        }
        let told = self.bad_hops(others.iter().copied());
        if told.is_empty() {
            let nothing = lang.pick(
                " What others' headers tell of the hops before that shows nothing worse.",
                " Was die Header anderer von den Hops davor berichten, zeigt nichts Schlechteres.",
            );
            return nothing.to_owned();
        }
        let template = if others.iter().any(|hop| hop.evidence == Evidence::Peer) {
            lang.pick(
                " Before that the peer's own headers tell of {what}.",
                " Davor berichten die eigenen Header der Gegenseite von {what}.",
            )
        } else {
            lang.pick(
                " Before that unverified headers tell of {what}.",
                " Davor berichten ungeprüfte Header von {what}.",
            )
        };
        fill(template, &[("what", &told)])
    }

    /// The bad hops, in words, each kind once; empty where there is none. The first `of` is not in it.
    fn bad_hops(&self, hops: impl Iterator<Item = &'a Hop>) -> String {
        let lang = self.lang;
        let mut told: Vec<&str> = Vec::new();
        for hop in hops {
            let what = match hop.grading(self.grades).grade {
                Grade::C => {
                    let version = hop.session.as_ref().and_then(|session| session.version);
                    let suite = lang.pick("a deprecated suite", "einer veralteten Cipher-Suite");
                    version.map_or(suite, Version::spoken)
                }
                Grade::D => lang.pick("broken encryption", "gebrochener Verschlüsselung"),
                Grade::E => lang.pick(
                    "one hop without any encryption inside",
                    "einem Hop ohne jede Verschlüsselung im internen Netz",
                ),
                Grade::F => lang.pick("one hop in clear", "einem Hop im Klartext"),
                _ => continue,
            };
            if !told.contains(&what) {
                told.push(what);
            }
        }
        told.join(lang.pick(" and of ", " und von "))
    }

    fn labels(&self, model: &Model) -> Vec<Label> {
        let mail = self.mail;
        let mut labels = Vec::new();
        let mut add = |kind, value: Clean| {
            if !value.is_empty() {
                labels.push(Label { kind, value });
            }
        };
        add(LabelKind::Subject, Clean::line(mail.subject()));
        add(LabelKind::MessageId, Clean::line(mail.message_id()));
        add(LabelKind::Hops, Clean::line(self.hops()));
        let lang = self.lang;
        let path = model.path(mail.file).display();
        let inside = if mail.returned {
            lang.pick(" (in a bounce)", " (in einem Bounce)")
        } else {
            ""
        };
        let lines = format!(
            "{path} {} {}-{}{inside}",
            lang.pick("lines", "Zeilen"),
            mail.first_line,
            mail.last_line
        );
        add(LabelKind::SeenIn, Clean::line(lines));
        if !mail.facts.complete {
            let excerpt = lang.pick(
                "an excerpt: what is missing here says nothing about the message",
                "ein Auszug: Was hier fehlt, sagt nichts über die Nachricht",
            );
            add(LabelKind::Note, Clean::line(excerpt));
        }
        labels
    }

    /// `3 (3 by SMTP), +1 s in all`.
    fn hops(&self) -> String {
        let (mail, lang) = (self.mail, self.lang);
        let smtp = mail.hops.iter();
        let smtp = smtp.filter(|hop| hop.transport == Transport::Smtp).count();
        let total = mail
            .first_time()
            .zip(mail.time())
            .map(|(first, last)| (last - first) / 1000);
        let by = lang.pick("by SMTP", "über SMTP");
        let all = mail.hops.len();
        match (total, lang) {
            (None, _) => format!("{all} ({smtp} {by})"),
            (Some(total), Lang::En) => {
                format!("{all} ({smtp} {by}), {} in all", lang.delta(total))
            }
            (Some(total), Lang::De) => {
                format!("{all} ({smtp} {by}), zusammen {}", lang.delta(total))
            }
        }
    }
}

fn sender(hop: &Hop) -> String {
    if hop.is_name_hearsay() {
        let claimed = Endpoint {
            ip: &hop.from_ip,
            name: b"",
            helo: &hop.from_name,
        };
        return words::host(&claimed, None);
    }
    let name = Clean::line(hop.sender_name()).to_string();
    let ip = Clean::line(&hop.from_ip).to_string();
    if ip.is_empty() || name.contains(&ip) {
        name
    } else {
        format!("{name} [{ip}]").trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Trust;
    use crate::parse::message::parse;

    /// The sending hosts, as a mail tells them to the host that wrote its newest header.
    fn senders(newest: &str) -> Vec<String> {
        let header = format!(
            "Received: from {newest} by mail.our.example (Postfix) with ESMTP id 4f9K0x3zzz; x\n\
             Received: from pc.bank.example (unknown [198.51.100.67]) by mx.bank.example (Postfix) with SMTP id 4f9K0x3zzy; x\n\n"
        );
        let facts = parse(header.as_bytes());
        let mail = Mail::new(facts, &Trust::default(), &[]);
        assert_eq!(mail.hops[1].evidence, Evidence::Own);
        mail.hops.iter().map(sender).collect()
    }

    #[test]
    fn a_name_that_our_host_did_not_confirm_is_shown_as_a_claim() {
        let ip = "[198.51.100.66]";
        for (newest, wanted) in [
            (
                "a.example (mx.bank.example [198.51.100.66])",
                format!("mx.bank.example {ip}"),
            ),
            (
                "mx.bank.example (unknown [198.51.100.66])",
                format!("(mx.bank.example) {ip}"),
            ),
            ("[198.51.100.66] (unknown [198.51.100.66])", ip.to_owned()),
            (
                "mx.bank.example (unknown [10.0.0.5])",
                "mx.bank.example [10.0.0.5]".to_owned(),
            ),
        ] {
            // What others write is a claim anyway.
            assert_eq!(
                senders(newest),
                ["pc.bank.example [198.51.100.67]", &wanted]
            );
        }
    }
}
