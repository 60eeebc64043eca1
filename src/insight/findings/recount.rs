//! How anybody can count a finding again: the rows of an export, and which of them to count.

use chrono::{DateTime, SecondsFormat};
use hashbrown::HashSet;

use super::{Condition, Finding, Place, Unit};
use crate::model::{Message, Model};
use crate::text::Clean;
use crate::tls::Grade;

/// The export in which a finding can be counted again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recount {
    /// The table: `events` or `hops`.
    pub table: &'static str,
    /// The filter.
    pub filter: String,
    /// Only rows that have one of these among their `reasons`; all where there are none.
    pub reasons: Vec<String>,
    /// What counts as one: rows, or for [`Unit::Attempt`] distinct values of `host`, `queue_id` and
    /// `attempt` together, a row without an attempt for itself. For [`Unit::Header`] the finding names
    /// the one row.
    pub unit: Unit,
    /// Queue IDs of which the rows are those of several messages, for [`Unit::Attempt`]: an attempt of each counts.
    pub reused: Vec<Reused>,
}

/// A queue ID that one host gave to several messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reused {
    /// The queue ID.
    pub queue_id: Clean,
    /// The first line of each of these messages: number of the file, and line.
    pub begins: Vec<(u32, u32)>,
}

impl Reused {
    fn of(model: &Model, same: &[&Message]) -> Self {
        let firsts = same.iter();
        let firsts = firsts.filter_map(|message| model.events.get(message.first));
        let id = same.first().map(|message| model.queue_id(message));
        Self {
            queue_id: Clean::line(id.unwrap_or_default()),
            begins: firsts
                .map(|event| (model.file_number(&event), model.events.line(&event)))
                .collect(),
        }
    }
}

/// Filters of the events that are counted beside a finding, see the fields of the same name of [`Finding`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetFilters {
    /// Waits.
    pub waits: String,
    /// Deliveries in clear.
    pub clear: String,
    /// Deliveries in clear over an inner network.
    pub clear_inside: String,
    /// Deliveries without a statement on TLS.
    pub untold: String,
    /// They also find what other findings about the same host tell: too many messages are concerned to be named.
    pub with_siblings: bool,
}

/// More messages are not named one by one.
const MOST_IDS: usize = 20;

impl Finding {
    /// Where to count it again.
    pub fn recount(&self, model: &Model) -> Recount {
        let Place::Events(_) = self.place else {
            return Recount {
                table: "hops",
                filter: format!("file={}", quoted(&self.path(model))),
                reasons: Vec::new(),
                unit: self.unit,
                reused: Vec::new(),
            };
        };
        let kind = match self.unit {
            Unit::Arrival | Unit::Contact => "kind=arrival",
            _ => "kind=delivery",
        };
        let mut what = match self.rule.when {
            Condition::Refused | Condition::CertificateRefused | Condition::TooWeak => {
                "tls=refused".to_owned()
            }
            // Where TLS was not required, it is no refusal.
            Condition::HandshakeFailed => {
                "(kind=deferral,failure,tls_refused OR kind=tls_failed tls=refused)".to_owned()
            }
            Condition::PeerRequiresTls => {
                "kind=deferral,failure,tls_refused text:530 text:STARTTLS".to_owned()
            }
            Condition::Downgrade => "kind=tls_downgrade tls=no".to_owned(),
            Condition::OldTls => format!("{kind} tls<1.2"),
            Condition::BrokenTls => format!("{kind} grade=D"),
            Condition::Regressed => self.worse(kind),
            _ => format!("{kind} tls=no"),
        };
        if self.is_part {
            what += &self.span();
        }
        let tells_trouble = matches!(
            self.rule.when,
            Condition::Refused
                | Condition::HandshakeFailed
                | Condition::CertificateRefused
                | Condition::TooWeak
        );
        Recount {
            table: "events",
            filter: format!("{what} {}", self.who()),
            reasons: if tells_trouble {
                self.tls.clone()
            } else {
                Vec::new()
            },
            unit: self.unit,
            reused: self.reused(model),
        }
    }

    /// A short queue ID of Postfix comes again before long.
    fn reused(&self, model: &Model) -> Vec<Reused> {
        if self.unit != Unit::Attempt {
            return Vec::new();
        }
        let messages = self.messages.iter();
        let messages = messages.filter_map(|&number| model.messages.get(number));
        let mut messages: Vec<&Message> = messages.collect();
        let entry = |message: &Message| (message.host.0, message.key);
        messages.sort_by_key(|message| (entry(message), message.first));
        let same = messages.chunk_by(|one, next| entry(one) == entry(next));
        let several = same.filter(|same| same.len() > 1);
        several.map(|same| Reused::of(model, same)).collect()
    }

    /// What was worse than before, while it was.
    fn worse(&self, kind: &str) -> String {
        let grades = self.decline.iter().flat_map(|own| &own.grades);
        let sent = grades.clone().filter(|grade| **grade != Grade::Refused);
        let sent: Vec<String> = sent.map(|grade| grade.letter().to_string()).collect();
        let sent = (!sent.is_empty()).then(|| format!("{kind} grade={}", sent.join(",")));
        let mut grades = grades;
        let refused = grades.any(|grade| *grade == Grade::Refused);
        let what = match (sent, refused) {
            (Some(sent), true) => format!("({sent} OR tls=refused)"),
            (Some(sent), false) => sent,
            (None, _) => "tls=refused".to_owned(),
        };
        what + &self.span()
    }

    /// From the first time to the last, as terms of a filter with a space before each. Without a time, or with one
    /// that no calendar reaches, there is no such bound.
    fn span(&self) -> String {
        let bound = |name: &str, time: Option<i64>| {
            let time = time.and_then(DateTime::from_timestamp_millis);
            time.map_or_else(String::new, |time| {
                let time = time.to_rfc3339_opts(SecondsFormat::AutoSi, true);
                format!(" {name}:{time}")
            })
        };
        bound("since", self.first) + &bound("until", self.last)
    }

    /// Where to count again what else the recipients concerned met; `None` where no such thing is told.
    pub fn recount_met(&self, model: &Model) -> Option<MetFilters> {
        if !self.rule.when.ends_attempts() || self.messages.is_empty() {
            return None;
        }
        let host = quoted(&self.subject);
        let ids = self.by_id(model).filter(|_| self.has_siblings);
        let only = ids
            .as_ref()
            .map_or_else(String::new, |ids| format!(" {ids}"));
        let in_clear = |grade: Grade| {
            let grade = grade.letter();
            format!("kind=delivery tls=no grade={grade} barred={host}{only}")
        };
        Some(MetFilters {
            waits: format!("kind=retry_wait host={host} barred={host}{only}"),
            clear: in_clear(Grade::F),
            clear_inside: in_clear(Grade::E),
            untold: format!("kind=delivery tls=not_stated barred={host}{only}"),
            with_siblings: self.has_siblings && ids.is_none(),
        })
    }

    /// The filter that names the messages one by one; `None` where there are none, or too many.
    pub fn by_id(&self, model: &Model) -> Option<String> {
        let few = (1..=MOST_IDS).contains(&self.messages.len());
        let ids = few.then(|| self.queue_ids(model))?;
        let mut ids: Vec<String> = ids.iter().map(|id| quoted(id)).collect();
        let mut seen = HashSet::new();
        ids.retain(|id| seen.insert(id.clone()));
        Some(format!("id={}", ids.join(",")))
    }

    /// The peer, as a filter. One without a name is told from others of its address by `host`.
    fn who(&self) -> String {
        let mut terms = vec![format!("host={}", quoted(&self.subject))];
        if !self.namesakes.is_empty() {
            let others: Vec<String> = self.namesakes.iter().map(|own| quoted(own)).collect();
            terms.push(format!("host!={}", others.join(",")));
        }
        if !self.addresses.is_empty() {
            let addresses: Vec<&str> = self.addresses.iter().map(Clean::as_str).collect();
            terms.push(format!("ip={}", addresses.join(",")));
        }
        terms.join(" ")
    }

    /// Queue IDs of the messages concerned, at most so many as are named one by one.
    pub fn queue_ids(&self, model: &Model) -> Vec<Clean> {
        let messages = self.messages.iter().take(MOST_IDS);
        let messages = messages.filter_map(|&number| model.messages.get(number));
        messages
            .map(|message| Clean::line(model.queue_id(message)))
            .collect()
    }

    /// Path of the file of a header.
    fn path(&self, model: &Model) -> String {
        let file = self.lines(model).first().map(|(file, _)| *file);
        file.map_or_else(String::new, |file| model.path(file).display().to_string())
    }
}

/// A value of a filter: bare where it may stand so.
fn quoted(value: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    if !value.is_empty() && value.bytes().all(bare) {
        value.to_owned()
    } else {
        format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
    }
}
