//! Loaded mails: the headers and hops of one message.

mod heap;

use chrono::NaiveDate;

use crate::parse::message::{Mailbox, MessageFacts};
use crate::parse::received::{Received, Transport};
use crate::tls::{Grade, Grading, Leg, Network, Session, TlsState};

use super::chain::{Chain, Evidence, JudgedHop, evaluate, evaluate_returned};
use super::gradebook::unless_a_leg_is_hidden;
use super::{AsOf, Cidr, GradeBook, Trust, classify, parse_ip};

/// One loaded message. Its texts are untrusted.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// File number.
    pub file: u32,
    /// Index within the file, from 0.
    pub index: u32,
    /// First line of the header block.
    pub first_line: u32,
    /// Last line of the header block.
    pub last_line: u32,
    /// True when the message was inside a bounce: its hops are not those of the mail in the file.
    pub returned: bool,
    /// Header fields of the message.
    pub facts: MessageFacts,
    /// Verdicts on the hops, oldest first.
    pub chain: Chain,
    /// Hops, oldest first.
    pub hops: Vec<Hop>,
}

/// One parsed Received header.
#[derive(Clone, Debug, Default)]
pub struct Hop {
    /// Reverse DNS name of the sending host, or the first name in the header.
    pub from_name: Vec<u8>,
    /// True when the writer confirmed that name by forward and reverse DNS.
    pub is_name_confirmed: bool,
    /// HELO of the sending host.
    pub from_helo: Vec<u8>,
    /// IP address of the sending host.
    pub from_ip: Vec<u8>,
    /// Host that wrote the header.
    pub by: Vec<u8>,
    /// Protocol word, as written.
    pub with: Vec<u8>,
    /// Kind of transport.
    pub transport: Transport,
    /// TLS state that the header states.
    pub tls: TlsState,
    /// TLS session, if the header states one.
    pub session: Option<Session>,
    /// Queue ID on the writing host.
    pub queue_id: Vec<u8>,
    /// Envelope recipient.
    pub recipient: Vec<u8>,
    /// Time in milliseconds since 1970-01-01 UTC.
    pub time: Option<i64>,
    /// Seconds since the next older hop.
    pub delay: Option<i64>,
    /// Value as evidence.
    pub evidence: Evidence,
    /// Network of the sending address.
    pub network: Network,
    /// True when quoted-printable damage of the header was repaired.
    pub mended: bool,
    /// Header text, unfolded.
    pub raw: Vec<u8>,
}

impl Mail {
    /// A message with its hops judged. `trust` names our own hosts, `inner` our networks.
    pub fn new(facts: MessageFacts, trust: &Trust, inner: &[Cidr]) -> Self {
        Self::judged(facts, inner, |hops, impossible| {
            evaluate(hops, trust, impossible)
        })
    }

    /// A message from inside a bounce, see [`evaluate_returned`].
    pub fn returned(facts: MessageFacts, trust: &Trust, inner: &[Cidr]) -> Self {
        let mail = Self::judged(facts, inner, |hops, impossible| {
            evaluate_returned(hops, trust, impossible)
        });
        Self {
            returned: true,
            ..mail
        }
    }

    fn judged(
        facts: MessageFacts,
        inner: &[Cidr],
        judge: impl Fn(&[Received<'_>], &dyn Fn(usize) -> bool) -> Chain,
    ) -> Self {
        let received: Vec<_> = facts.received().collect();
        let session = |hop: &Received<'_>| hop.statement.as_ref().map(Session::from_statement);
        let sessions: Vec<_> = received.iter().map(session).collect();
        let chain = judge(&received, &|hop| {
            let session = sessions.get(hop).and_then(Option::as_ref);
            session.is_some_and(is_impossible)
        });
        let judged = received.iter().zip(&chain.hops).zip(&facts.hops);
        let hops = judged
            .zip(sessions)
            .map(|(((received, judged), raw), session)| {
                let mut hop = Hop::new(received, session, judged, raw, inner);
                hop.mended |= facts.mended;
                hop
            })
            .collect();
        Self {
            facts,
            chain,
            hops,
            ..Self::default()
        }
    }

    /// Judges the headers anew.
    pub(super) fn judge_again(&mut self, trust: &Trust) {
        let received: Vec<_> = self.facts.received().collect();
        let impossible = |hop: usize| {
            let session = self.hops.get(hop).and_then(|hop| hop.session.as_ref());
            session.is_some_and(is_impossible)
        };
        let chain = if self.returned {
            evaluate_returned(&received, trust, impossible)
        } else {
            evaluate(&received, trust, impossible)
        };
        for (hop, judged) in self.hops.iter_mut().zip(&chain.hops) {
            hop.evidence = judged.evidence;
        }
        self.chain = chain;
    }

    /// Message-ID without angle brackets; empty if there is none.
    pub fn message_id(&self) -> &str {
        &self.facts.message_id
    }

    /// From header: `Anna <anna@example.org>, ...`.
    pub fn from(&self) -> String {
        mailboxes(&self.facts.from)
    }

    /// First address of the From header, or its name if it has no address; empty without that header.
    pub fn sender(&self) -> &str {
        self.facts.from.first().map_or("", Mailbox::label)
    }

    /// To header, in the same form.
    pub fn to(&self) -> String {
        mailboxes(&self.facts.to)
    }

    /// Subject, decoded; empty if there is none.
    pub fn subject(&self) -> &str {
        self.facts.subject.as_deref().unwrap_or_default()
    }

    /// Date header in milliseconds since 1970-01-01 UTC.
    fn date(&self) -> Option<i64> {
        self.facts
            .date
            .and_then(|date| date.utc())
            .map(|seconds| seconds * 1000)
    }
}

fn mailboxes(list: &[Mailbox]) -> String {
    let shown =
        list.iter().map(
            |mailbox| match (mailbox.name.as_str(), mailbox.address.as_str()) {
                ("", address) => address.to_owned(),
                (name, "") => name.to_owned(),
                (name, address) => format!("{name} <{address}>"),
            },
        );
    shown.collect::<Vec<_>>().join(", ")
}

/// Whether protocol version, suite and key length of a session do not exist together.
fn is_impossible(session: &Session) -> bool {
    let suites = session.used_suites();
    if suites.is_empty() {
        return false;
    }
    let misfits = |version| !suites.iter().any(|suite| suite.fits(version));
    let other_key = |bits| !suites.iter().any(|suite| may_have_key(suite.bits, bits));
    session.version.is_some_and(misfits) || session.bits.is_some_and(other_key)
}

/// Whether a key length may be that of the suite. Only 128 against 256 bits is a contradiction. Other lengths are
/// counted in several ways: 3DES as 112, 168 or 192 bits, export ciphers with or without their public bits.
fn may_have_key(suite: u16, stated: u16) -> bool {
    !matches!((suite, stated), (128, 256) | (256, 128))
}

impl Hop {
    fn new(
        received: &Received<'_>,
        session: Option<Session>,
        judged: &JudgedHop,
        raw: &[u8],
        inner: &[Cidr],
    ) -> Self {
        Self {
            from_name: received.from_name().to_vec(),
            is_name_confirmed: !received.confirmed_name().is_empty(),
            from_helo: received.helo.to_vec(),
            from_ip: received.ip.to_vec(),
            by: received.by.to_vec(),
            with: received.with.to_vec(),
            transport: received.transport,
            tls: received.tls,
            session,
            queue_id: received.id.to_vec(),
            recipient: received.recipient.to_vec(),
            time: received
                .date
                .and_then(|date| date.utc())
                .map(|seconds| seconds * 1000),
            delay: judged.delay,
            evidence: judged.evidence,
            network: classify(parse_ip(received.ip), inner),
            mended: received.doubts.mended,
            raw: raw.to_vec(),
        }
    }
}

/// The two grades of a mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailGrades {
    /// Worst grade of the hops that our own hosts wrote.
    pub witnessed: Grade,
    /// Worst grade of the hops that others wrote; `None` without such hops.
    pub claimed: Option<Grade>,
    /// True when the protection of at least one network hop is unknown: graded S or ?.
    pub incomplete: bool,
}

impl Hop {
    /// Grade of the hop with its reasons. A hop that contradicts itself is not graded.
    pub fn grading(&self, grades: &GradeBook) -> Grading {
        if self.evidence == Evidence::Inconsistent {
            return Grading::default();
        }
        let leg = Leg {
            tls: self.tls,
            session: self.session.as_ref(),
            trouble: None,
            network: self.network,
        };
        grades.profile().grade(&leg, self.day(grades))
    }

    /// Day whose rules grade this hop.
    fn day(&self, grades: &GradeBook) -> NaiveDate {
        match (grades.as_of(), self.time) {
            (AsOf::Day(day), _) => day,
            (AsOf::Event, time) => grades.day_of(time.unwrap_or_default()),
        }
    }

    /// Name of the sending host; its HELO only if there is no address either.
    pub fn sender_name(&self) -> &[u8] {
        if self.from_name.is_empty() && self.from_ip.is_empty() {
            &self.from_helo
        } else {
            &self.from_name
        }
    }

    /// The same for an accusation: empty where the name is [hearsay](Self::is_name_hearsay).
    pub fn witnessed_name(&self) -> &[u8] {
        if self.is_name_hearsay() {
            b""
        } else {
            self.sender_name()
        }
    }

    /// True in a header of our own for a name that nobody confirmed. Our host is a witness of the address, but the name
    /// is the HELO, or one that the owner of the address chose. What others' headers say is a claim anyway.
    pub fn is_name_hearsay(&self) -> bool {
        let is_unconfirmed = self.evidence == Evidence::Own && !self.is_name_confirmed;
        is_unconfirmed && !self.from_ip.is_empty() && self.network == Network::Outside
    }

    /// Name of the sending host to show: its name, else its address, else its HELO.
    pub fn sender_label(&self) -> &[u8] {
        let names = [&self.from_name, &self.from_ip, &self.from_helo];
        names
            .into_iter()
            .find(|name| !name.is_empty())
            .map_or(b"", Vec::as_slice)
    }
}

impl Mail {
    /// The grades of the mail, separately for the hops of our own hosts and those of others.
    pub fn grades(&self, grades: &GradeBook) -> MailGrades {
        let mut result = MailGrades::default();
        let (mut own_hidden, mut claimed_hidden) = (false, false);
        for hop in &self.hops {
            let grade = hop.grading(grades).grade;
            let is_leg = hop.transport == Transport::Smtp;
            let hidden = is_leg && matches!(grade, Grade::S | Grade::Unknown);
            result.incomplete |= hidden;
            if hop.evidence == Evidence::Own {
                own_hidden |= hidden;
                result.witnessed = result.witnessed.worst(grade);
            } else if hop.evidence != Evidence::Inconsistent {
                claimed_hidden |= hidden;
                result.claimed = Some(result.claimed.map_or(grade, |claimed| claimed.worst(grade)));
            }
        }
        result.witnessed = unless_a_leg_is_hidden(result.witnessed, own_hidden);
        let claimed = result.claimed;
        result.claimed = claimed.map(|grade| unless_a_leg_is_hidden(grade, claimed_hidden));
        result
    }

    /// Time of the newest dated hop, or the Date header, in milliseconds since 1970-01-01 UTC.
    pub fn time(&self) -> Option<i64> {
        self.hops
            .iter()
            .rev()
            .find_map(|hop| hop.time)
            .or_else(|| self.date())
    }

    /// Time of the oldest dated hop, or the Date header, in milliseconds since 1970-01-01 UTC. Hops that claim a time
    /// after [`Self::time`] are skipped.
    pub fn first_time(&self) -> Option<i64> {
        let last = self.time()?;
        let mut times = self.hops.iter().filter_map(|hop| hop.time);
        times.find(|&time| time <= last).or(Some(last))
    }

    /// Sending host of the newest hop.
    pub fn newest_from(&self) -> Option<&[u8]> {
        self.hops
            .last()
            .map(Hop::sender_label)
            .filter(|label| !label.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::message::parse;

    fn mail(remark: &str) -> Mail {
        let newest =
            "Received: from b.example ([192.0.2.2]) by c.example with esmtp (Exim 4.96); x\n";
        let header = format!(
            "{newest}Received: from a ([192.0.2.1]) by b.example with ESMTPS {remark}; x\n"
        );
        Mail::new(parse(header.as_bytes()), &Trust::default(), &[])
    }

    #[test]
    fn what_cannot_go_together_is_inconsistent() {
        for (remark, evidence) in [
            ("(TLSv1.2:AES256-SHA:128)", Evidence::Inconsistent),
            ("(TLS-1.0:RSA_AES_128_CBC_SHA1:32)", Evidence::Inconsistent),
            ("(TLSv1.3:AES128-SHA:128)", Evidence::Inconsistent),
            ("(TLSv1.2:AES256-SHA:256)", Evidence::Peer),
            ("(TLS-1.0:RSA_AES_256_CBC_SHA1:32)", Evidence::Peer),
            ("(TLSv1:DES-CBC3-SHA:168)", Evidence::Peer),
            ("(TLS-1.0:DHE_RSA_3DES_EDE_CBC_SHA:24)", Evidence::Peer),
            (
                "(using TLSv1 with cipher EXP-RC4-MD5 (40/128 bits))",
                Evidence::Peer,
            ),
            ("(version=TLSv1.2 cipher=Aes256 bits=128)", Evidence::Peer),
        ] {
            assert_eq!(mail(remark).hops[0].evidence, evidence, "{remark}");
        }
    }

    #[test]
    fn a_journey_begins_before_it_ends() {
        let times = |hops: &[&str]| {
            let hops = hops
                .iter()
                .map(|date| format!("Received: from a by b; {date}\n"));
            let text = format!(
                "{}Date: Wed, 1 Jan 2099 00:00:00 +0000\n",
                hops.collect::<String>()
            );
            let mail = Mail::new(parse(text.as_bytes()), &Trust::default(), &[]);
            let minutes = |time: i64| (time - 1_735_689_600_000) / 60_000;
            (mail.first_time().map(minutes), mail.time().map(minutes))
        };
        let [early, late] = [
            "Wed, 1 Jan 2025 00:00:00 +0000",
            "Wed, 1 Jan 2025 00:07:00 +0000",
        ];
        let forged = "Thu, 1 Jan 2099 00:00:00 +0000";
        assert_eq!(times(&[late, early]), (Some(0), Some(7)));
        assert_eq!(times(&[late, early, forged]), (Some(0), Some(7)));
        assert_eq!(times(&[late, forged]), (Some(7), Some(7)));
        assert_eq!(times(&["no date", early, forged]), (Some(0), Some(0)));
        let (first, last) = times(&["no date"]);
        assert!(first.is_some() && first == last);
    }

    #[test]
    fn a_returned_message_and_mended_hops_are_marked() {
        let damaged = "Received: from a by b with ESMTPS (version=3DTLS1_2) id 1; x\n";
        let mail = Mail::returned(parse(damaged.as_bytes()), &Trust::default(), &[]);
        assert!(mail.returned && mail.hops[0].mended);
        assert_eq!(mail.hops[0].evidence, Evidence::Unverified);
        assert!(!Mail::new(parse(b"Received: from a by b; x\n"), &Trust::default(), &[]).returned);
    }
}
