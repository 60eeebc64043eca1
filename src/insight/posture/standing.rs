//! The hosts of a domain side by side, as they stand at its end.

use std::cmp::Reverse;

use super::Posture;
use super::runs::{Run, WINDOW_MS, compare};
use crate::text::Clean;
use crate::tls::{Grade, Version};

/// Hosts of one domain with which the same is had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The grade.
    pub grade: Grade,
    /// The TLS version; `None` for plaintext, refusals, and where none is stated.
    pub version: Option<Version>,
    /// The hosts, and since when in milliseconds since 1970-01-01 UTC; the longest first.
    pub hosts: Vec<(Clean, i64)>,
}

/// How the hosts of a domain stand at its last contact, the best first: by the latest run of each, as far as it
/// falls into the last 30 days of the domain and rests on more than one contact.
pub(super) fn of(last: i64, hosts: impl Iterator<Item = Posture>) -> Vec<Standing> {
    let mut standings: Vec<Standing> = Vec::new();
    for host in hosts {
        let recent = |run: &&Run| run.contacts > 1 && last - run.last <= WINDOW_MS;
        let Some(run) = host.runs.last().filter(recent) else {
            continue;
        };
        let own = (host.name, run.first);
        let same = |known: &&mut Standing| (known.grade, known.version) == (run.grade, run.version);
        match standings.iter_mut().find(same) {
            Some(known) => known.hosts.push(own),
            None => standings.push(Standing {
                grade: run.grade,
                version: run.version,
                hosts: vec![own],
            }),
        }
    }
    // Refused stands beside plaintext: it has no place on the scale of its own.
    let place = |grade: Grade| (grade.rank().or(Grade::F.rank()), grade == Grade::Refused);
    standings.sort_by_key(|own| (place(own.grade), Reverse(own.version)));
    for own in &mut standings {
        own.hosts.sort_by_key(|(_, since)| *since);
    }
    standings
}

/// Whether some are better than others.
pub(super) fn differ(standings: &[Standing]) -> bool {
    // S compares with less than the others do: the extremes of those show every difference.
    let mut stated = standings.iter().filter(|own| own.grade != Grade::S);
    let (best, worst) = (stated.clone().next(), stated.next_back());
    let pair = best.zip(worst);
    pair.is_some_and(|(best, worst)| {
        standings.iter().any(|own| {
            compare(own.grade, best.grade).is_ne() || compare(own.grade, worst.grade).is_ne()
        })
    })
}

impl Posture {
    /// Hosts of a domain that are compared, and those of them that are as good as the best.
    pub fn compared(&self) -> (usize, usize) {
        let best = self.standings.first().map(|own| own.grade);
        let is_best = |own: &&Standing| best.is_some_and(|best| compare(own.grade, best).is_eq());
        let count = |own: &Standing| own.hosts.len();
        let all = self.standings.iter().map(count).sum();
        let at_best = self.standings.iter().filter(is_best);
        (all, at_best.map(count).sum())
    }
}
