//! Findings: what somebody should act on, by the rules of `assets/findings/rules.toml`.
//!
//! What our logs tell is gathered by peer, rule and direction; what headers tell, by message and hop. A
//! finding has the same ID whenever the same is found about the same, whatever the files are called.

mod decline;
mod logs;
mod mails;
mod met;
mod namesakes;
mod recount;
mod rules;
mod select;
mod story;
#[cfg(test)]
mod tests;
mod walked;

use crate::model::{Evidence, GradeBook, Model};
use crate::parse::Direction;
use crate::text::{Clean, Lang, base32, fill};
use crate::tls::{Grade, StandingRule};

use super::Severity;
use super::headers::Client;
pub use decline::{Decline, Stretch};
pub use recount::{MetFilters, Recount, Reused};
pub use rules::{Condition, Rule};
use rules::{counted, word};
pub use select::{check, select};
pub use story::FindingStory;
pub use walked::Walked;

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubjectKind {
    /// A remote host.
    Host,
    /// A loaded message.
    Message,
    /// One hop of a loaded message.
    Hop,
}

impl SubjectKind {
    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Message => "message",
            Self::Hop => "hop",
        }
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Connection attempts: distinct pairs of queue entry and attempt.
    Attempt,
    /// Lines that tell of a delivery, one for each recipient.
    Delivery,
    /// Lines that tell of an arrival.
    Arrival,
    /// Lines that tell of an arrival, or of mail that was not taken in for want of TLS.
    Contact,
    /// Headers.
    Header,
}

impl Unit {
    /// The name used in tables and by the words of `rules.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Attempt => "attempt",
            Self::Delivery => "delivery",
            Self::Arrival => "arrival",
            Self::Contact => "contact",
            Self::Header => "header",
        }
    }
}

/// Where a finding was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In lines of logs: events by number, in load order.
    Events(Vec<u32>),
    /// In the header of a loaded mail, by number; the hop counts from 0, `None` is the whole header.
    Mail(u32, Option<u32>),
}

/// Something that somebody should act on.
#[derive(Clone, Debug)]
pub struct Finding {
    /// `tls-refused-3f9k2m1a`: the rule, and a fingerprint of what it is about.
    pub id: String,
    /// The rule.
    pub rule: &'static Rule,
    /// How much it matters.
    pub severity: Severity,
    /// The same peer met the rule on other days as well, on which it matters more or less: another finding tells of
    /// those.
    pub is_part: bool,
    /// What kind of thing it is about.
    pub kind: SubjectKind,
    /// What it is about: a host, or the file of a message and its hop.
    pub subject: Clean,
    /// The host in a sentence: with its address where mail came in from it.
    pub peer: Clean,
    /// Where mail went; `None` for headers.
    pub direction: Option<Direction>,
    /// What is counted.
    pub unit: Unit,
    /// How often.
    pub count: u32,
    /// The first time, in milliseconds since 1970-01-01 UTC.
    pub first: Option<i64>,
    /// The last time.
    pub last: Option<i64>,
    /// The worst grade among them.
    pub grade: Grade,
    /// Who says so.
    pub evidence: Evidence,
    /// Standing rules in force on the day of at least one event, in the order of the rule.
    pub references: Vec<&'static StandingRule>,
    /// Where it was found.
    pub place: Place,
    /// The log messages concerned, by number, each once.
    pub messages: Vec<u32>,
    /// Retries that made no connection, laid to the host as in its posture, of recipients of these messages whom it
    /// barred for want of TLS.
    pub waits: u32,
    /// Deliveries of these messages in clear to the same recipients, over whatever host. Those over an inner network
    /// are not among them, nor what stayed within one host.
    pub clear: u32,
    /// The same over an inner network.
    pub clear_inside: u32,
    /// Deliveries, perhaps to these recipients, of which the log does not say whether TLS was used.
    pub untold: u32,
    /// Those among `clear` of which the log does not say whether the host had barred their recipients.
    pub unsure: u32,
    /// The same among `clear_inside`.
    pub unsure_inside: u32,
    /// Another finding tells of other attempts at the same host that ended for want of TLS.
    pub has_siblings: bool,
    /// Lines of its own that name no message: of whatever those were, nothing is known.
    pub unnamed: u32,
    /// Why TLS was not had, and the sessions that were: each once.
    pub tls: Vec<String>,
    /// Addresses of the peer, up to [`MOST_ADDRESSES`]; none where a line names none.
    pub addresses: Vec<Clean>,
    /// Addresses of hosts without a name that greeted us with that of the peer, from the same addresses, up to
    /// [`MOST_ADDRESSES`]: they are others.
    pub namesakes: Vec<Clean>,
    /// How a peer became worse, where that is what was found.
    pub decline: Option<Decline>,
    /// English words of a header rule.
    pub detail: Clean,
    /// The text that a header rule rests on.
    pub quote: Clean,
    /// Of what headers tell: the sending hosts that `peer`, `detail` and `quote` name.
    pub clients: Vec<Client>,
}

/// More addresses of one host are not told apart.
pub const MOST_ADDRESSES: usize = 8;

impl Finding {
    /// How often, in words: `2 connection attempts`.
    pub fn times(&self, lang: Lang) -> String {
        counted(self.unit.name(), self.count, lang)
    }

    /// It in one line.
    pub fn summary(&self, lang: Lang) -> String {
        self.told(lang, str::to_owned)
    }

    /// The same, with what others wrote as `shown` has it.
    pub fn told(&self, lang: Lang, shown: impl Fn(&str) -> String) -> String {
        let own = |name| word(name, lang);
        let peer = if self.peer.is_empty() {
            own("nobody").to_owned()
        } else {
            shown(&self.peer)
        };
        let waits = match self.waits {
            0 => String::new(),
            number => format!(", {}", counted("wait", number, lang)),
        };
        let to = match self.direction {
            Some(Direction::In) => own("from"),
            _ => own("to"),
        };
        let decline = self.decline.as_ref();
        let decline = decline.map_or_else(String::new, |own| own.told(lang));
        let values = [
            ("peer", &*peer),
            ("decline", &decline),
            ("times", &self.times(lang)),
            ("waits", &waits),
            ("clear", &self.told_clear(lang)),
            ("to", to),
            ("tls", &self.tls.join(", ")),
            ("says", own(self.evidence.name())),
            ("quote", &shown(&self.quote)),
            ("detail", &shown(&self.detail)),
        ];
        fill(self.rule.template(lang), &values)
    }

    /// What went in clear to the recipients concerned, as far as the log says of which messages.
    fn told_clear(&self, lang: Lang) -> String {
        if self.messages.is_empty() {
            return word("unnamed", lang).to_owned();
        }
        let numbers = [
            ("clear", self.clear - self.unsure),
            ("clear_inside", self.clear_inside - self.unsure_inside),
        ];
        let told = numbers.iter().filter(|(_, number)| *number > 0);
        let mut told: Vec<String> = told
            .map(|(unit, number)| counted(unit, *number, lang))
            .collect();
        let unsure = self.unsure + self.unsure_inside;
        if unsure > 0 {
            told.push(counted("unsure", unsure, lang));
        }
        if self.untold > 0 {
            told.push(counted("untold", self.untold, lang));
        } else if told.is_empty() {
            told.push(word("nothing_clear", lang).to_owned());
        }
        if self.unnamed > 0 {
            told.push(counted("unnamed", self.unnamed, lang));
        }
        told.join(", ")
    }

    /// Cites a text, once.
    fn cite(&mut self, text: &'static StandingRule) {
        if !self.references.iter().any(|own| own.id == text.id) {
            self.references.push(text);
        }
    }

    /// Its lines: number of the file, and line.
    pub fn lines(&self, model: &Model) -> Vec<(u32, u32)> {
        match &self.place {
            Place::Events(events) => {
                let events = events.iter().filter_map(|&number| model.events.get(number));
                let lines =
                    events.map(|event| (model.file_number(&event), model.events.line(&event)));
                lines.collect()
            }
            Place::Mail(row, _) => {
                let mail = model.mails.get(*row as usize);
                mail.map(|mail| (mail.file, mail.first_line))
                    .into_iter()
                    .collect()
            }
        }
    }
}

/// All findings of a model: the worst first, then as the files tell them.
pub fn all(model: &Model, grades: &GradeBook) -> Vec<Finding> {
    since(model, grades, None)
}

/// The same of what happened from a time on, in milliseconds since 1970-01-01 UTC. That a peer became worse is found
/// by what was before it.
pub fn since(model: &Model, grades: &GradeBook, since: Option<i64>) -> Vec<Finding> {
    let mut found = logs::find(model, grades, since);
    found.extend(decline::find(model, grades, since));
    found.extend(mails::find(model, grades, since));
    namesakes::note(model, &mut found);
    found.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    found
}

/// Whether something happened then or later; without such a time everything did.
fn is_since(time: i64, since: Option<i64>) -> bool {
    since.is_none_or(|since| time >= since)
}

/// A name that depends on nothing but what is found about what (FNV-1a, 40 bits in base 32).
fn id(rule: &Rule, about: &[&[u8]]) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in about {
        for &byte in part.iter().chain(b"\0") {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{}-{}", rule.id, base32(hash, 8))
}
