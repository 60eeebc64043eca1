//! Where a posture became worse.

use std::cmp::Ordering;

use super::{Change, Posture, Postures, Run, compare};
use crate::model::Model;

/// Runs that are all worse than the one before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fall<'a> {
    /// What was before.
    pub before: &'a Run,
    /// The worse runs, oldest first; at least one.
    pub runs: &'a [Run],
    /// What came then, unless it is not over or nothing was seen for 30 days.
    pub after: Option<&'a Run>,
}

impl Posture {
    /// The latest fall, whether it is over or not.
    pub fn latest_fall(&self) -> Option<Fall<'_>> {
        let all = self.runs.as_slice();
        // Where the latest begins and ends.
        let mut latest: Option<(usize, usize)> = None;
        for (at, run) in all.iter().enumerate() {
            let open = latest.filter(|(_, end)| *end == at);
            let before = open.and_then(|(start, _)| all.get(start.checked_sub(1)?));
            let goes_on =
                !run.apart && before.is_some_and(|before| compare(run.grade, before.grade).is_gt());
            match open {
                Some((start, _)) if goes_on => latest = Some((start, at + 1)),
                _ if run.change == Change::Worse && !run.apart => latest = Some((at, at + 1)),
                _ => {}
            }
        }
        let (start, end) = latest?;
        let after = all.get(end).filter(|run| !run.apart);
        Some(Fall {
            before: all.get(start.checked_sub(1)?)?,
            runs: all.get(start..end)?,
            after,
        })
    }
}

impl Fall<'_> {
    /// First and last contact of the worse runs, in milliseconds since 1970-01-01 UTC.
    pub fn span(&self) -> (i64, i64) {
        let (first, last) = (self.runs.first(), self.runs.last());
        (
            first.map_or(0, |run| run.first),
            last.map_or(0, |run| run.last),
        )
    }

    /// The worst of the worse runs, the first of several.
    pub fn worst(&self) -> Option<&Run> {
        let runs = self.runs.iter();
        runs.reduce(|worst, run| match compare(run.grade, worst.grade) {
            Ordering::Greater => run,
            _ => worst,
        })
    }
}

impl Postures {
    /// The numbers of the events behind a posture from one time to another, both included.
    pub fn events_within(&self, model: &Model, posture: &Posture, span: (i64, i64)) -> &[u32] {
        let events = self.events_of(posture);
        let time = |at: u32| model.events.get(at).map_or(0, |event| event.time());
        let start = events.partition_point(|at| time(*at) < span.0);
        let end = events.partition_point(|at| time(*at) <= span.1);
        events.get(start..end).unwrap_or_default()
    }
}
