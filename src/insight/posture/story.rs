//! The story of a posture: its answer in a sentence, its runs, what was refused, what limits the view.

use std::collections::HashMap;

use super::{Change, Level, NEGOTIATED, Posture, Postures, Run, Trend};
use crate::insight::words::{self, counted};
use crate::model::{Model, Symbol};
use crate::parse::Direction;
use crate::text::{Clean, Lang};
use crate::tls::{Grade, Session, TlsState};

/// Runs that are told; of more, the latest.
const MOST_RUNS: usize = 100;
/// Refusal texts that are told.
const MOST_TEXTS: usize = 8;

/// Everything that is told of a posture.
#[derive(Clone, Debug)]
pub struct PostureStory {
    /// By what peers are told apart.
    pub level: Level,
    /// The posture.
    pub posture: Posture,
    /// The answer.
    pub headline: String,
    /// The runs, the latest first.
    pub runs: Vec<RunStory>,
    /// Older runs that are not told.
    pub earlier: usize,
    /// Texts of refusals and how often, the most frequent first.
    pub refusals: Vec<(Clean, u32)>,
    /// Hosts of a domain, not always all.
    pub hosts: Vec<Posture>,
    /// What to keep in mind.
    pub notes: Vec<String>,
}

/// A run and the sessions of it.
#[derive(Clone, Debug)]
pub struct RunStory {
    /// The run.
    pub run: Run,
    /// Its sessions in words, and their deliveries.
    pub suites: Vec<(Clean, u32)>,
}

impl PostureStory {
    /// The story of a posture; `hosts` are those of its domain.
    pub fn of(model: &Model, postures: &Postures, posture: Posture, hosts: Vec<Posture>) -> Self {
        let runs = posture.runs.iter().rev().take(MOST_RUNS);
        Self {
            level: postures.level,
            headline: headline(&posture),
            runs: runs.map(|run| tell(model, run)).collect(),
            earlier: posture.runs.len().saturating_sub(MOST_RUNS),
            refusals: refusals(model, postures, &posture),
            hosts,
            notes: notes(model, postures, &posture),
            posture,
        }
    }
}

fn tell(model: &Model, run: &Run) -> RunStory {
    let suites = run.sessions.iter().filter_map(|(number, count)| {
        // Nothing of certificates or resumption: that is no part of the posture and may differ.
        let session = model.sessions.get(*number)?;
        let bare = Session {
            resumed: None,
            verify: None,
            group: None,
            ..session.clone()
        };
        Some((Clean::line(words::session(&bare, Lang::En)), *count))
    });
    RunStory {
        run: run.clone(),
        suites: suites.collect(),
    }
}

/// What a grade means, at the end of a sentence.
fn named(grade: Grade) -> String {
    format!("{} {}", grade.letter(), grade.word())
}

fn headline(posture: &Posture) -> String {
    let (Some(first), Some(now)) = (posture.runs.first(), posture.runs.last()) else {
        return "Nothing is known of TLS on these connections.".to_owned();
    };
    let attempts = counted(posture.refused as usize, "one attempt", "attempts");
    if posture.deliveries() == 0 {
        return format!("TLS was wanted and not had on {attempts}; nothing was sent.");
    }
    let turned = posture
        .runs
        .iter()
        .rev()
        .find(|run| matches!(run.change, Change::Better | Change::Worse));
    match (posture.trend, turned) {
        (Trend::Mixed, _) if posture.differs => {
            let (all, at_best) = posture.compared();
            let best = posture.standings.first().map_or(now.grade, |own| own.grade);
            let others = match all - at_best {
                1 => "the other is",
                _ => "the others are",
            };
            format!(
                "Its hosts differ: {at_best} of {all} are {}, {others} worse.",
                named(best)
            )
        }
        (Trend::Mixed, Some(_)) => {
            format!("It went up and down; now it is {}.", named(now.grade))
        }
        (Trend::Mixed, None) => format!(
            "Mostly {}, but again and again otherwise.",
            named(now.grade)
        ),
        (Trend::Improved, _) => format!(
            "It has become better: {} first, {} now.",
            named(first.grade),
            named(now.grade)
        ),
        (Trend::Regressed, _) => format!(
            "It has become worse: {} first, {} now.",
            named(first.grade),
            named(now.grade)
        ),
        (Trend::Steady, _) => format!("Steady: {}.", named(now.grade)),
    }
}

fn refusals(model: &Model, postures: &Postures, posture: &Posture) -> Vec<(Clean, u32)> {
    let mut counts: HashMap<Symbol, u32> = HashMap::new();
    if posture.refused > 0 {
        let events = postures.events_of(posture).iter();
        for event in events.filter_map(|at| model.events.get(*at)) {
            let is_refusal = model.tls_state(&event) == TlsState::Refused;
            let text = model.remark(&event).text;
            if is_refusal && !text.is_none() {
                *counts.entry(text).or_default() += 1;
            }
        }
    }
    let mut all: Vec<(Symbol, u32)> = counts.into_iter().collect();
    all.sort_unstable_by_key(|(text, count)| (u32::MAX - count, *text));
    all.truncate(MOST_TEXTS);
    let shown = |text: Symbol| Clean::line(model.strings.texts.get(text));
    all.into_iter()
        .map(|(text, count)| (shown(text), count))
        .collect()
}

fn notes(model: &Model, postures: &Postures, posture: &Posture) -> Vec<String> {
    let whose = match posture.direction {
        Direction::In => "what the peer chose of our offer",
        _ => "what the peer took of ours",
    };
    let mut notes = vec![format!(
        "Observed with our settings: {NEGOTIATED}, here {whose}."
    )];
    if let Some(newest) = postures.own_limit(model, posture.direction) {
        notes.push(format!(
            "Our own side may be the limit: {} is the newest version with any peer.",
            newest.spoken()
        ));
    }
    notes
}
