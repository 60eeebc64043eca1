//! What logs tell: one pass over the events, one over those that were found.

use std::ops::Range;

use chrono::NaiveDate;
use hashbrown::{HashMap, HashSet};

use super::super::Severity;
use super::super::words::host;
use super::met::Met;
use super::rules::{Condition, Rule, rule};
use super::walked::Walked;
use super::{Finding, MOST_ADDRESSES, Place, SubjectKind, Unit, id, is_since};
use crate::model::{Event, Evidence, GradeBook, Interner, Model, Symbol, shares};
use crate::parse::{Direction, Kind};
use crate::text::{Clean, clean};
use crate::tls::{Grade, Network, TlsState, Trouble, Version, standing_rule};

/// The findings about peers, in the order of their first events.
pub(super) fn find(model: &Model, grades: &GradeBook, since: Option<i64>) -> Vec<Finding> {
    let peers = Peers::of(model);
    let mut groups: Vec<Group> = Vec::new();
    let mut by_key: HashMap<(Condition, bool, u32), Vec<usize>> = HashMap::new();
    let parts = shares::stretches(0..model.events.len(), shares::EVENTS);
    let hits = shares::share(parts, |part| hits(model, grades, &peers, part, since));
    let mut messages = Vec::new();
    for hit in hits.into_iter().flatten() {
        if hit.condition.counts_attempts() {
            messages.push(hit.message);
        }
        let Some(rule) = rule(hit.condition) else {
            continue;
        };
        // What happened before a rule came is no part of what violates it.
        let key = (hit.condition, hit.inbound, peers.label(hit.peer));
        let known = by_key.entry(key).or_default();
        let other = known.first().copied();
        let same = |at: &&usize| {
            groups
                .get(**at)
                .is_some_and(|own: &Group| own.severity == hit.severity)
        };
        let at = known.iter().find(same).copied().unwrap_or(groups.len());
        if at == groups.len() {
            known.push(at);
            groups.push(Group {
                rule,
                severity: hit.severity,
                is_part: other.is_some(),
                inbound: hit.inbound,
                peer: hit.peer,
                events: Vec::new(),
            });
            if let Some(other) = other.and_then(|at| groups.get_mut(at)) {
                other.is_part = true;
            }
        }
        if let Some(group) = groups.get_mut(at) {
            group.events.push(hit.event);
        }
    }
    let walked = Walked::through(model, messages.clone());
    let met = Met::of(model, grades, &peers, messages, since);
    let barring = barring(&groups, &peers);
    shares::each(&groups, |group| {
        let mut finding = group.finding(model, grades, &walked);
        if group.rule.when.ends_attempts() {
            let host = peers.label(group.peer);
            met.add(host, &mut finding);
            finding.has_siblings = barring.get(&host).is_some_and(|groups| *groups > 1);
        }
        finding
    })
}

/// By host, how many groups tell of attempts that ended for want of TLS.
fn barring(groups: &[Group], peers: &Peers) -> HashMap<u32, u32> {
    let mut barring = HashMap::new();
    for group in groups.iter().filter(|own| own.rule.when.ends_attempts()) {
        *barring.entry(peers.label(group.peer)).or_default() += 1;
    }
    barring
}

/// What is found in one event.
struct Hit {
    condition: Condition,
    /// By the rules of its day.
    severity: Severity,
    inbound: bool,
    peer: Symbol,
    event: u32,
    message: u32,
}

fn hits(
    model: &Model,
    grades: &GradeBook,
    peers: &Peers,
    numbers: Range<u32>,
    since: Option<i64>,
) -> Vec<Hit> {
    let mut hits = Vec::new();
    let events = model.events.range(numbers.start, numbers.end);
    for event in events.filter(|event| is_since(event.time(), since)) {
        let found = conditions(model, grades, peers, &event).into_iter();
        let day = |rule: &Rule| rule.severity_on(grades.day_of(event.time()));
        hits.extend(found.flatten().map(|condition| Hit {
            condition,
            severity: rule(condition).map_or(Severity::Info, day),
            inbound: event.direction() == Some(Direction::In),
            peer: event.peer,
            event: event.number,
            message: event.message,
        }));
    }
    hits
}

/// Remote hosts as findings tell them apart: by name, else by address.
pub(super) struct Peers {
    /// By peer symbol.
    labels: Vec<u32>,
    /// By label: seen to use TLS with us.
    able: Vec<bool>,
}

impl Peers {
    fn of(model: &Model) -> Self {
        let mut known = Interner::default();
        let mut lower = Vec::new();
        let peers = (0..model.strings.peers.len()).map(|peer| {
            lower.clear();
            lower.extend_from_slice(model.strings.endpoint(Symbol(peer)).label());
            lower.make_ascii_lowercase();
            known.intern(&lower).0
        });
        let labels: Vec<u32> = peers.collect();
        let parts = shares::stretches(0..model.events.len(), shares::EVENTS);
        let parts = shares::share(parts, |part| {
            let mut able = vec![false; known.len() as usize];
            for event in model.events.range(part.start, part.end) {
                if !event.peer.is_none() && model.tls_state(&event) == TlsState::Yes {
                    let label = labels.get(event.peer.0 as usize);
                    if let Some(able) = label.and_then(|&label| able.get_mut(label as usize)) {
                        *able = true;
                    }
                }
            }
            able
        });
        let able = parts.into_iter().reduce(|mut all, part| {
            all.iter_mut()
                .zip(part)
                .for_each(|(own, part)| *own |= part);
            all
        });
        let able = able.unwrap_or_default();
        Self { labels, able }
    }

    /// The number of a host, the same for all its addresses; 0 for none.
    pub(super) fn label(&self, peer: Symbol) -> u32 {
        self.labels
            .get(peer.0 as usize)
            .copied()
            .unwrap_or_default()
    }

    fn is_able(&self, peer: Symbol) -> bool {
        let label = self.label(peer) as usize;
        self.able.get(label).copied().unwrap_or(false)
    }
}

/// What is found in an event. A session may be both old and broken.
fn conditions(
    model: &Model,
    grades: &GradeBook,
    peers: &Peers,
    event: &Event,
) -> [Option<Condition>; 2] {
    let Some(direction @ (Direction::In | Direction::Out)) = event.direction() else {
        return [None; 2];
    };
    if event.peer.is_none() {
        return [None; 2];
    }
    let outcome = matches!(
        event.kind,
        Kind::Deferral | Kind::Failure | Kind::TlsRefused
    );
    let trouble = model.remark(event).trouble;
    if outcome && trouble == Some(Trouble::PeerRequiresTls) {
        let out = direction == Direction::Out;
        return [out.then_some(Condition::PeerRequiresTls), None];
    }
    if trouble == Some(Trouble::HandshakeFailed) && model.was_stopped(event) {
        let out = direction == Direction::Out;
        return [out.then_some(Condition::HandshakeFailed), None];
    }
    match model.tls_state(event) {
        TlsState::Refused => [refused(direction, trouble), None],
        TlsState::No => [in_clear(model, peers, event, direction), None],
        TlsState::Yes if matches!(event.kind, Kind::Arrival | Kind::Delivery) => {
            let session = model.session(event);
            let version = session.and_then(|session| session.version);
            let old = version.is_some_and(|version| version < Version::Tls12);
            let broken = grades.event(model, event) == Grade::D;
            [
                old.then_some(Condition::OldTls),
                broken.then_some(Condition::BrokenTls),
            ]
        }
        _ => [None; 2],
    }
}

const fn refused(direction: Direction, trouble: Option<Trouble>) -> Option<Condition> {
    match (direction, trouble) {
        (
            Direction::Out,
            Some(Trouble::ValidationFailure | Trouble::DnssecInvalid | Trouble::TlsaInvalid),
        ) => Some(Condition::CertificateRefused),
        (Direction::Out, Some(Trouble::TooWeak)) => Some(Condition::TooWeak),
        (Direction::Out, _) => Some(Condition::Refused),
        _ => None,
    }
}

fn in_clear(
    model: &Model,
    peers: &Peers,
    event: &Event,
    direction: Direction,
) -> Option<Condition> {
    let network = model.network(event.peer);
    match (event.kind, direction, network) {
        (_, _, Network::Loopback) => None,
        (Kind::TlsDowngrade, Direction::Out, _) => Some(Condition::Downgrade),
        (Kind::Delivery, Direction::Out, Network::Inside) => Some(Condition::SentClearInside),
        (Kind::Delivery, Direction::Out, _) => Some(Condition::SentClear),
        (Kind::Arrival, Direction::In, Network::Outside) if peers.is_able(event.peer) => {
            Some(Condition::ReceivedClear)
        }
        _ => None,
    }
}

/// The events of one finding.
pub(super) struct Group {
    pub(super) rule: &'static Rule,
    pub(super) severity: Severity,
    /// The rule is met by the same peer on days on which it matters more or less: another group has those.
    pub(super) is_part: bool,
    pub(super) inbound: bool,
    /// The peer of the first event: all have the same label.
    pub(super) peer: Symbol,
    pub(super) events: Vec<u32>,
}

impl Group {
    fn events(&self, model: &Model) -> impl Iterator<Item = Event> {
        let events = self.events.iter();
        events.filter_map(|&number| model.events.get(number))
    }

    pub(super) fn unit(&self, model: &Model) -> Unit {
        let refused = |event: Event| model.tls_state(&event) == TlsState::Refused;
        let (any, all) = match self.rule.when {
            Condition::Regressed => (
                self.events(model).any(refused),
                self.events(model).all(refused),
            ),
            other => (other.counts_attempts(), other.counts_attempts()),
        };
        match (any, self.inbound) {
            // Several messages may come in on one connection: they are no attempts.
            (true, true) if !all => Unit::Contact,
            (true, _) => Unit::Attempt,
            (false, true) => Unit::Arrival,
            (false, false) => Unit::Delivery,
        }
    }

    /// The finding. Where attempts are counted, its messages have been walked through.
    pub(super) fn finding(&self, model: &Model, grades: &GradeBook, walked: &Walked) -> Finding {
        let endpoint = model.strings.endpoint(self.peer);
        let direction = if self.inbound {
            Direction::In
        } else {
            Direction::Out
        };
        let label = endpoint.label().to_ascii_lowercase();
        let messages = self.messages(model);
        let unit = self.unit(model);
        let count = match unit {
            Unit::Attempt => self.attempts(model, walked),
            _ => count(self.events.len()),
        };
        let mut finding = Finding {
            id: self.id(direction, &label),
            rule: self.rule,
            severity: self.severity,
            is_part: self.is_part,
            kind: SubjectKind::Host,
            subject: Clean::line(&label),
            peer: if self.inbound {
                Clean::line(host(&endpoint, None))
            } else {
                Clean::line(&label)
            },
            direction: Some(direction),
            unit,
            count,
            first: self.events(model).map(|event| event.time()).min(),
            last: self.events(model).map(|event| event.time()).max(),
            grade: Grade::Unknown,
            evidence: Evidence::Own,
            references: Vec::new(),
            place: Place::Events(self.events.clone()),
            waits: 0,
            clear: 0,
            clear_inside: 0,
            untold: 0,
            unsure: 0,
            unsure_inside: 0,
            has_siblings: false,
            unnamed: self.unnamed(model),
            messages,
            tls: Vec::new(),
            addresses: self.addresses(model),
            namesakes: Vec::new(),
            decline: None,
            detail: Clean::default(),
            quote: Clean::default(),
            clients: Vec::new(),
        };
        self.judge(model, grades, &mut finding);
        finding
    }

    /// What matters less, for it was before a rule came, is another finding.
    fn id(&self, direction: Direction, label: &[u8]) -> String {
        let about = [direction.name().as_bytes(), label];
        if self.severity < self.rule.most() {
            let earlier = self.severity.name().as_bytes();
            return id(self.rule, &[about[0], about[1], earlier]);
        }
        id(self.rule, &about)
    }

    pub(super) fn messages(&self, model: &Model) -> Vec<u32> {
        let mut seen = HashSet::new();
        let numbers = self.events(model).map(|event| event.message);
        numbers
            .filter(|&number| number != Event::NO_MESSAGE && seen.insert(number))
            .collect()
    }

    /// Lines that name no message.
    fn unnamed(&self, model: &Model) -> u32 {
        let events = self.events(model);
        count(
            events
                .filter(|own| own.message == Event::NO_MESSAGE)
                .count(),
        )
    }

    /// Distinct pairs of message and attempt; a line without one counts for itself.
    fn attempts(&self, model: &Model, walked: &Walked) -> u32 {
        let mut distinct = HashSet::new();
        let first_lines = self.events(model).filter(|event| {
            let attempt = walked.attempt(event.number);
            attempt.is_none_or(|attempt| distinct.insert((event.message, attempt)))
        });
        count(first_lines.count())
    }

    /// The addresses of the peer; none where they would not tell all events.
    fn addresses(&self, model: &Model) -> Vec<Clean> {
        let mut found: Vec<Clean> = Vec::new();
        for event in self.events(model) {
            let endpoint = model.strings.endpoint(event.peer);
            let Some(address) = endpoint.address() else {
                return Vec::new();
            };
            let address = Clean::line(address.to_string());
            if !found.contains(&address) {
                if found.len() == MOST_ADDRESSES {
                    return Vec::new();
                }
                found.push(address);
            }
        }
        found
    }

    /// Grade, and the texts of each day.
    fn judge(&self, model: &Model, grades: &GradeBook, finding: &mut Finding) {
        let mut days: Vec<NaiveDate> = Vec::new();
        let mut judged = HashSet::new();
        for event in self.events(model) {
            let day = grades.day_of(event.time());
            if days.last() != Some(&day) && !days.contains(&day) {
                days.push(day);
                for reference in self.rule.references_on(day) {
                    finding.cite(reference);
                }
            }
            finding.grade = finding.grade.worst(grades.event(model, &event));
            told(model, &event, finding);
            let by_session = matches!(
                self.rule.when,
                Condition::OldTls | Condition::BrokenTls | Condition::Regressed
            );
            if by_session && judged.insert((day, event.session)) {
                let reasons = grades.grading(model, &event).reasons;
                let when = self.rule.when;
                for reason in reasons.iter().filter(|own| when.rests_on(own)) {
                    for id in grades.profile().references(reason, day) {
                        if let Some(reference) = standing_rule(id) {
                            finding.cite(reference);
                        }
                    }
                }
            }
        }
    }
}

/// Distinct troubles or sessions that are told.
const TOLD: usize = 6;

/// Why TLS was not had, or the session that was.
fn told(model: &Model, event: &Event, finding: &mut Finding) {
    let told = match (model.session(event), model.remark(event).trouble) {
        (_, Some(trouble)) => trouble.code().to_owned(),
        (Some(session), None) => {
            let version = session.version.map_or("TLS", Version::spoken);
            format!("{version} {}", clean(session.cipher.as_bytes()))
        }
        (None, None) => return,
    };
    if finding.tls.len() < TOLD && !finding.tls.contains(&told) {
        finding.tls.push(told);
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
