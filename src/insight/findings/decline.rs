//! Peers that became worse: what was had with them before, and since.

use super::super::posture::{Contacts, Fall, Names, Posture, Postures, Run, compare};
use super::logs::Group;
use super::rules::{Condition, Precision, Rule, moment, rule, word};
use super::walked::Walked;
use super::{Finding, Unit, id, is_since};
use crate::model::{GradeBook, Model, attempts, shares};
use crate::parse::Direction;
use crate::text::{Lang, fill};
use crate::tls::{Grade, TlsState, Version};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// How a peer became worse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decline {
    /// What was had before; its time is that of the last contact.
    pub before: Stretch,
    /// What was had from then on: the first that was worse, the worst where another was, and what came
    /// when it was over. Times are those of the first contacts.
    pub then: Vec<Stretch>,
    /// The grades of what is counted, best first.
    pub grades: Vec<Grade>,
}

/// What was had with a peer for some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// When, in milliseconds since 1970-01-01 UTC.
    pub time: i64,
    /// The grade.
    pub grade: Grade,
    /// The TLS version; `None` where there was none or none is stated.
    pub version: Option<Version>,
}

impl Stretch {
    const fn of(run: &Run, time: i64) -> Self {
        Self {
            time,
            grade: run.grade,
            version: run.version,
        }
    }

    /// `from 22 Feb 2026 TLS 1.0 (C deprecated)`.
    fn told(&self, when: &str, precision: Precision, lang: Lang) -> String {
        let tls = match (self.version, self.grade) {
            (Some(version), _) => version.spoken(),
            (None, Grade::Refused | Grade::E | Grade::F) => word("no_tls", lang),
            (None, _) => "TLS",
        };
        let grade = format!("{} {}", self.grade.letter(), self.grade.word_in(lang));
        let time = moment(self.time, precision, lang);
        let values = [("time", &*time), ("tls", tls), ("grade", &grade)];
        fill(word(when, lang), &values)
    }
}

impl Decline {
    fn of(fall: &Fall<'_>, grades: Vec<Grade>) -> Self {
        let first = fall.runs.first();
        let later = |run: &&Run| first.is_some_and(|first| first.first != run.first);
        let told = [first, fall.worst().filter(later), fall.after];
        let told = told.into_iter().flatten();
        Self {
            before: Stretch::of(fall.before, fall.before.last),
            then: told.map(|run| Stretch::of(run, run.first)).collect(),
            grades,
        }
    }

    /// `until 21 Feb 2026 TLS 1.3 (A current), from 22 Feb 2026 TLS 1.0 (C deprecated)`; with the time where a
    /// day alone does not tell one from the other.
    pub(super) fn told(&self, lang: Lang) -> String {
        let then = self.then.iter();
        let days = [&self.before].into_iter().chain(then.clone());
        let mut days: Vec<i64> = days.map(|own| own.time.div_euclid(DAY_MS)).collect();
        let all = days.len();
        days.dedup();
        let precision = if days.len() < all {
            Precision::Second
        } else {
            Precision::Day
        };
        let mut parts = vec![self.before.told("until", precision, lang)];
        parts.extend(then.map(|own| own.told("since", precision, lang)));
        parts.join(", ")
    }
}

/// The findings about hosts that became worse, in the order of their first contacts: of each the latest
/// time that it did.
pub(super) fn find(model: &Model, grades: &GradeBook, since: Option<i64>) -> Vec<Finding> {
    let Some(rule) = rule(Condition::Regressed) else {
        return Vec::new();
    };
    let contacts = Contacts::of_turning_hosts(model, grades);
    let hosts = contacts.hosts(model, grades, &mut Names::default());
    let places: Vec<u32> = (0..).take(hosts.briefs().len()).collect();
    let found = shares::each(&places, |place| {
        let host = hosts.posture(model, grades, *place)?;
        let fall = host.latest_fall()?;
        finding(rule, model, grades, (&hosts, &host), &fall, since)
    });
    found.into_iter().flatten().collect()
}

fn finding(
    rule: &'static Rule,
    model: &Model,
    grades: &GradeBook,
    (hosts, host): (&Postures, &Posture),
    fall: &Fall<'_>,
    since: Option<i64>,
) -> Option<Finding> {
    let (first, mut last) = fall.span();
    // The last lines of a refused attempt may come later: then what else lies before them counts as well.
    let mut events = loop {
        let within = hosts.events_within(model, host, (first, last));
        let worse = within.iter().copied().filter(|number| {
            let event = model.events.get(*number);
            let grade = event.map(|event| grades.event(model, &event));
            grade.is_some_and(|grade| compare(grade, fall.before.grade).is_gt())
        });
        let events = with_all_lines(model, worse.collect());
        let times = events.iter().filter_map(|number| model.events.get(*number));
        let latest = times.map(|event| event.time()).max()?;
        if latest <= last {
            break events;
        }
        last = latest;
    };
    let time = |number: &u32| model.events.get(*number).map(|event| event.time());
    events.retain(|number| time(number).is_some_and(|time| is_since(time, since)));
    let peer = model.events.get(*events.first()?)?.peer;
    let mut counted: Vec<Grade> = events
        .iter()
        .filter_map(|number| model.events.get(*number))
        .map(|event| grades.event(model, &event))
        .collect();
    counted.sort_unstable();
    counted.dedup();
    let group = Group {
        rule,
        severity: rule.severity,
        is_part: false,
        inbound: host.direction == Direction::In,
        peer,
        events,
    };
    let messages = match group.unit(model) {
        Unit::Attempt => group.messages(model),
        _ => Vec::new(),
    };
    let walked = Walked::through(model, messages);
    let mut finding = group.finding(model, grades, &walked);
    let day = grades.day_of(finding.last.unwrap_or(first));
    finding.severity = rule.severity_of(finding.grade, day);
    // Another time that it becomes worse is another finding.
    let about = [host.direction.name(), &finding.subject, &first.to_string()];
    finding.id = id(rule, &about.map(str::as_bytes));
    finding.decline = Some(Decline::of(fall, counted));
    Some(finding)
}

/// A refused attempt may be told on several lines: all of them are what a filter finds.
fn with_all_lines(model: &Model, mut events: Vec<u32>) -> Vec<u32> {
    let is_refused = |number: &u32| {
        let event = model.events.get(*number);
        event.is_some_and(|event| model.tls_state(&event) == TlsState::Refused)
    };
    let mut more = Vec::new();
    for refused in events.iter().filter(|number| is_refused(number)) {
        let message = model.events.get(*refused).map(|event| event.message);
        let Some(message) = message.and_then(|number| model.messages.get(number)) else {
            continue;
        };
        let attempts = attempts::number(&model.strings, model.events_of(message));
        let lines: Vec<(u32, u16)> = model.event_numbers_of(message).zip(attempts).collect();
        let own = lines.iter().find(|(number, _)| number == refused);
        let Some((_, own)) = own.filter(|(_, attempt)| *attempt > 0) else {
            continue;
        };
        let same = lines.iter().filter(|(_, attempt)| attempt == own);
        more.extend(same.map(|(number, _)| *number).filter(is_refused));
    }
    events.extend(more);
    events.sort_unstable();
    events.dedup();
    events
}
