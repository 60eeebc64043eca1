//! Grading of legs.

use std::sync::Arc;

use chrono::NaiveDate;

use super::rule::Facts;
use super::{Leg, Network, Profile};
use crate::tls::group::Group;
use crate::tls::{Grade, Grading, Session, Suite, TlsState, Trouble, Version};

impl Profile {
    /// Grades a leg by the rules in force on a day. The first of these that applies decides:
    ///
    /// 1. TLS required and not available: R, on any network
    /// 2. no SMTP hop, or loopback: L
    /// 3. version and suite known: worst cap of all rules that apply; of two possible suites the worse grade
    /// 4. version only: TLS 1.3 by its own cap; older ones at best S, since the suite is unknown
    /// 5. suite only: D if it is broken, its own grade if it needs TLS 1.2, else S
    /// 6. TLS without details: S
    /// 7. plaintext: E inside (F in profiles that make no distinction), else F
    /// 8. nothing stated: ?
    ///
    /// Certificate verification is not part of the grade.
    pub fn grade(&self, leg: &Leg<'_>, as_of: NaiveDate) -> Grading {
        let trouble = leg.trouble.map(Trouble::code);
        match (leg.tls, leg.network) {
            (TlsState::Refused, _) => plain(Grade::Refused, trouble.unwrap_or("REFUSED"), None),
            (TlsState::NotApplicable, _) => plain(Grade::Local, "LOCAL", None),
            (_, Network::Loopback) => plain(Grade::Local, "LOOPBACK", None),
            (TlsState::Yes, _) => match leg.session {
                Some(session) => self.grade_session(session, as_of),
                None => plain(Grade::S, "TLS_UNSPECIFIED", None),
            },
            (TlsState::No, Network::Inside) => plain(self.plain_inside, "PLAIN_INSIDE", trouble),
            (TlsState::No, Network::Outside) => plain(Grade::F, "PLAIN", trouble),
            (TlsState::No, Network::Unknown) => {
                let mut grading = plain(Grade::F, "PLAIN", trouble);
                grading.reasons.push("NETWORK_UNKNOWN".into());
                grading
            }
            (TlsState::NotStated, _) => plain(Grade::Unknown, "NOT_STATED", trouble),
        }
    }

    /// Grades a suite without a version.
    pub fn grade_suite(&self, suite: &'static Suite, as_of: NaiveDate) -> Grading {
        let facts = Facts {
            suite: Some(suite),
            bits: key_bits(Some(suite), None),
            ..Facts::default()
        };
        self.verdict(&facts, as_of).grading()
    }

    fn grade_session(&self, session: &Session, as_of: NaiveDate) -> Grading {
        let used = session.used_suites();
        let group = session.group.as_deref().and_then(Group::parse);
        let facts = |suite: Option<&'static Suite>| Facts {
            version: session.version,
            suite,
            bits: key_bits(suite, session.bits),
            group,
        };
        let renamed = used != session.suites;
        let graded = |suite| self.grade_facts(&facts(suite), renamed, as_of);
        used.iter()
            .map(|suite| graded(Some(suite)))
            .reduce(|worst, other| {
                if other.grade > worst.grade {
                    other
                } else {
                    worst
                }
            })
            .unwrap_or_else(|| graded(None))
    }

    fn grade_facts(&self, facts: &Facts, renamed: bool, as_of: NaiveDate) -> Grading {
        let mut verdict = self.verdict(facts, as_of);
        match (facts.version, facts.suite) {
            (Some(version), Some(suite)) if !suite.fits(version) => {
                verdict.add(Grade::A, "PROTO_SUITE_MISMATCH");
            }
            (Some(_), Some(_)) if renamed => verdict.add(Grade::A, "TLS12_NAME"),
            (Some(_), Some(_)) => {}
            (Some(Version::Tls13), None) => verdict.add(Grade::A, "SUITE_UNKNOWN"),
            (Some(_), None) => verdict.add(Grade::S, "SUITE_UNKNOWN"),
            (None, None) => verdict.add(Grade::S, "TLS_UNSPECIFIED"),
            (None, Some(suite)) if verdict.grade() == Grade::D || suite.first >= Version::Tls12 => {
                verdict.add(Grade::A, "VERSION_UNKNOWN");
            }
            (None, Some(_)) => return verdict.without_version(),
        }
        verdict.grading()
    }

    fn verdict(&self, facts: &Facts, as_of: NaiveDate) -> Verdict {
        let mut verdict = Verdict::default();
        for rule in self.rules.iter().filter(|rule| rule.in_force(as_of)) {
            for reason in rule.reasons(facts) {
                verdict.caps.push((rule.cap, reason));
            }
        }
        verdict
    }
}

/// Caps that apply to a leg.
#[derive(Default)]
struct Verdict {
    caps: Vec<(Grade, Arc<str>)>,
}

impl Verdict {
    fn add(&mut self, cap: Grade, reason: &str) {
        self.caps.push((cap, reason.into()));
    }

    fn grade(&self) -> Grade {
        let caps = self.caps.iter().map(|(cap, _)| *cap);
        caps.fold(Grade::A, Grade::worst)
    }

    /// Worst cap, and the distinct reasons, the worst first.
    fn grading(mut self) -> Grading {
        let grade = self.grade();
        self.caps.sort_by(|(a, _), (b, _)| b.cmp(a));
        let mut reasons: Vec<Arc<str>> = Vec::with_capacity(self.caps.len());
        for (_, reason) in self.caps {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        Grading { grade, reasons }
    }

    /// Grade S: without a version, a suite that is not broken may have been used well or badly.
    fn without_version(self) -> Grading {
        let mut grading = self.grading();
        grading.grade = Grade::S;
        grading.reasons.insert(0, "VERSION_UNKNOWN".into());
        grading
    }
}

/// Smaller of the key sizes of the suite and of the statement. `None` for a suite without a key, which cannot
/// be too short.
fn key_bits(suite: Option<&Suite>, stated: Option<u16>) -> Option<u16> {
    let of_suite = suite.map(|suite| suite.bits);
    of_suite
        .into_iter()
        .chain(stated)
        .min()
        .filter(|bits| *bits > 0)
}

fn plain(grade: Grade, reason: &str, more: Option<&str>) -> Grading {
    let reasons = [Some(reason), more].into_iter().flatten();
    Grading {
        grade,
        reasons: reasons.map(Arc::from).collect(),
    }
}
