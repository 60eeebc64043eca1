//! The story of a finding: what was found, who says so, where it stands, how it is counted again.

use super::{Finding, Place, Recount, Unit};
use crate::model::{Evidence, Model};
use crate::text::{Clean, Lang};
use crate::tls::explain_reason;

/// Lines that are named; of more, their number.
const MOST_LINES: usize = 5;

/// Everything that is told of a finding.
#[derive(Clone, Debug)]
pub struct FindingStory {
    /// The finding.
    pub finding: Finding,
    /// The answer.
    pub headline: Clean,
    /// Why TLS was not had, or the sessions that were, in plain words.
    pub tls: Vec<String>,
    /// Queue IDs of the messages concerned, not always all.
    pub queue_ids: Vec<Clean>,
    /// The first lines that tell of it.
    pub lines: Vec<Cited>,
    /// Further lines.
    pub more: usize,
    /// How anybody counts it again.
    pub recount: Recount,
}

/// A line that tells of a finding.
#[derive(Clone, Debug)]
pub struct Cited {
    /// The file as given, and the line: `mainlog:1`.
    pub place: Clean,
    /// When, in milliseconds since 1970-01-01 UTC.
    pub time: Option<i64>,
}

impl FindingStory {
    /// The story of a finding of this model.
    pub fn of(model: &Model, finding: &Finding) -> Self {
        let lines = finding.lines(model);
        let cited = lines.iter().take(MOST_LINES).enumerate();
        let tls = finding.tls.iter().map(|told| explain_reason(told).into());
        Self {
            headline: Clean::line(finding.summary(Lang::En)),
            tls: tls.collect(),
            queue_ids: finding.queue_ids(model),
            more: lines.len().saturating_sub(MOST_LINES),
            lines: cited
                .map(|(nth, &(file, line))| Cited {
                    place: Clean::line(format!("{}:{line}", model.path(file).display())),
                    time: time_of(model, finding, nth),
                })
                .collect(),
            recount: finding.recount(model),
            finding: finding.clone(),
        }
    }

    /// Whose statement it is.
    pub const fn says(&self) -> &'static str {
        match (&self.finding.place, self.finding.evidence) {
            (Place::Events(_), _) => "our own log",
            (_, Evidence::Own) => "a header that our own host wrote",
            (_, Evidence::Peer) => "the host that handed it to us, in its own header",
            (_, Evidence::Unverified) => "headers further down, which anybody may have written",
            (_, Evidence::Inconsistent) => {
                "headers that contradict themselves or those beside them"
            }
        }
    }

    /// What counts as one; nothing where only one thing can be meant.
    pub const fn counted(&self) -> Option<&'static str> {
        Some(match self.finding.unit {
            Unit::Attempt => "each message and attempt once, however many lines tell of it",
            Unit::Delivery => "each line that tells of a delivery, one for each recipient",
            Unit::Arrival => "each line that tells of an arrival",
            Unit::Contact => {
                "each line that tells of an arrival, or of one refused for want of TLS"
            }
            Unit::Header => return None,
        })
    }
}

fn time_of(model: &Model, finding: &Finding, nth: usize) -> Option<i64> {
    match &finding.place {
        Place::Events(events) => {
            let event = model.events.get(*events.get(nth)?)?;
            Some(event.time())
        }
        Place::Mail(..) => finding.first,
    }
}
