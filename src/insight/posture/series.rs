//! A posture over time in a few steps, for a small chart.

use super::runs::compare;
use super::{Posture, Postures};
use crate::model::Model;
use crate::tls::Grade;

/// What a posture was in one step of the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// No contact.
    Nothing,
    /// Contacts, and the worst grade of the runs that they belong to; `?` where no run says one.
    Seen(Grade),
}

impl Postures {
    /// A posture in `steps` equal steps from `start` to `end`, in milliseconds since 1970-01-01 UTC. Looks
    /// at as many contacts as there are steps and runs, not at all of them.
    pub fn series(
        &self,
        model: &Model,
        posture: &Posture,
        (start, end): (i64, i64),
        steps: usize,
    ) -> Vec<Bucket> {
        let events = self.events_of(posture);
        let time = |at: u32| model.events.get(at).map_or(0, |event| event.time());
        let width = (end - start).max(0) + 1;
        let edge = |step: usize| {
            let (step, steps) = (i64::try_from(step), i64::try_from(steps.max(1)));
            start + width * step.unwrap_or(0) / steps.unwrap_or(1)
        };
        (0..steps)
            .map(|step| {
                let (from, to) = (edge(step), edge(step + 1));
                let first = events.partition_point(|at| time(*at) < from);
                let next = events.partition_point(|at| time(*at) < to);
                if first == next {
                    return Bucket::Nothing;
                }
                let runs = posture.runs.iter().filter(|run| {
                    let (start, end) = run.range;
                    (start as usize) < next && (end as usize) > first
                });
                Bucket::Seen(worst(runs.map(|run| run.grade)))
            })
            .collect()
    }
}

fn worst(grades: impl Iterator<Item = Grade>) -> Grade {
    grades
        .max_by(|one, other| compare(*one, *other))
        .unwrap_or(Grade::Unknown)
}
