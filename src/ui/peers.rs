//! The list of hosts or domains: postures with numbers that stay the same from answer to answer.

use hashbrown::HashMap;
use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

use crate::insight::overview::Figures;
use crate::insight::posture::{Contacts, Level, Posture, Postures, Worst};
use crate::model::GradeBook;
use crate::parse::Direction;
use crate::query::Query;
use crate::query::eval::{Scene, Sort, SortKey};

/// Hosts of a domain that its detail tells.
const MOST_HOSTS: usize = 40;
/// Peers that the overview names.
const MOST_WORST: usize = 8;

/// Numbers of peers, given once and for all.
#[derive(Default)]
struct Register(HashMap<(Level, bool, String), u32>);

impl Register {
    fn number(&mut self, level: Level, posture: &Posture) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        let inbound = posture.direction == Direction::In;
        let key = (level, inbound, posture.name.to_string());
        *self.0.entry(key).or_insert(next)
    }
}

/// The postures of one answer.
#[derive(Debug, Default)]
pub struct Peers {
    /// The postures that are listed.
    pub postures: Postures,
    /// The hosts behind listed domains.
    pub hosts: Option<Postures>,
    /// What all contacts add up to, those without a peer included.
    pub figures: Figures,
    /// The peers to look at first.
    pub worst: Vec<Worst>,
    /// First and last contact of all, in milliseconds since 1970-01-01 UTC.
    pub span: (i64, i64),
    /// Row number of each posture.
    numbers: Vec<u32>,
    /// Place of each row number.
    places: HashMap<u32, usize>,
}

impl Peers {
    fn new(
        figures: Figures,
        postures: Postures,
        hosts: Option<Postures>,
        register: &mut Register,
    ) -> Self {
        let level = postures.level;
        let all = postures.all.iter();
        let numbers: Vec<u32> = all.clone().map(|own| register.number(level, own)).collect();
        let first = all.clone().map(|own| own.first).min();
        let last = all.map(|own| own.last).max();
        Self {
            figures,
            worst: postures.worst(MOST_WORST),
            span: (first.unwrap_or_default(), last.unwrap_or_default()),
            places: numbers.iter().copied().zip(0..).collect(),
            numbers,
            postures,
            hosts,
        }
    }

    /// The posture of a row.
    pub fn get(&self, row: u32) -> Option<&Posture> {
        self.postures.all.get(*self.places.get(&row)?)
    }

    /// A posture by its place, with its row.
    pub(super) fn at(&self, place: u32) -> Option<(u32, &Posture)> {
        let row = self.numbers.get(place as usize)?;
        Some((*row, self.postures.all.get(place as usize)?))
    }

    /// The hosts of a listed domain, the worst first; no more than a detail tells.
    pub fn members(&self, domain: &Posture) -> Vec<Posture> {
        let hosts = self.hosts.iter().flat_map(|hosts| {
            let members = domain.members.iter();
            members.filter_map(|at| hosts.all.get(*at as usize))
        });
        let mut hosts: Vec<&Posture> = hosts.collect();
        hosts.sort_by_key(|host| Reverse(host.badness()));
        hosts.into_iter().take(MOST_HOSTS).cloned().collect()
    }

    /// Number of rows.
    pub fn count(&self) -> u32 {
        u32::try_from(self.numbers.len()).unwrap_or(u32::MAX)
    }

    /// The rows in order.
    pub(super) fn rows(&self, sort: Sort) -> Vec<u32> {
        let mut rows: Vec<(&Posture, u32)> = self
            .postures
            .all
            .iter()
            .zip(self.numbers.iter().copied())
            .collect();
        rows.sort_by(|(one, _), (other, _)| compare(sort.key, one, other));
        if sort.descending {
            rows.reverse();
        }
        rows.into_iter().map(|(_, row)| row).collect()
    }
}

/// The last postures that were made: all of them, and those of a filter.
#[derive(Default)]
pub(super) struct Listings {
    register: Register,
    kept: Vec<Kept>,
}

/// Postures, and what they hold for.
struct Kept {
    generation: u64,
    grades: Arc<GradeBook>,
    level: Level,
    query: Query,
    peers: Arc<Peers>,
}

impl Listings {
    /// So many are kept.
    const MOST: usize = 4;

    /// The postures of all events, and of those that a filter selects; `None` when the scene was cancelled.
    pub(super) fn both(
        &mut self,
        scene: &Scene<'_>,
        grades: &Arc<GradeBook>,
        level: Level,
        query: &Query,
    ) -> Option<(Arc<Peers>, Arc<Peers>)> {
        let all = self.of(scene, grades, level, &Query::default())?;
        Some((all, self.of(scene, grades, level, query)?))
    }

    fn of(
        &mut self,
        scene: &Scene<'_>,
        grades: &Arc<GradeBook>,
        level: Level,
        query: &Query,
    ) -> Option<Arc<Peers>> {
        let generation = scene.model.generation;
        self.kept
            .retain(|kept| kept.generation == generation && Arc::ptr_eq(&kept.grades, grades));
        let mut kept = self.kept.iter();
        if let Some(known) = kept.find(|kept| kept.level == level && kept.query == *query) {
            return Some(Arc::clone(&known.peers));
        }
        let peers = Arc::new(self.make(scene, level, query)?);
        // All are asked for with every filter: they stay.
        if self.kept.len() >= Self::MOST
            && let Some(filtered) = self.kept.iter().position(|kept| !kept.query.is_all())
        {
            self.kept.remove(filtered);
        }
        self.kept.push(Kept {
            generation,
            grades: Arc::clone(grades),
            level,
            query: query.clone(),
            peers: Arc::clone(&peers),
        });
        Some(peers)
    }

    fn make(&mut self, scene: &Scene<'_>, level: Level, query: &Query) -> Option<Peers> {
        let (model, grades) = (scene.model, scene.grades);
        let contacts = if query.is_all() {
            Contacts::of(model, grades, |_| true)
        } else {
            let events = scene.events(query)?;
            Contacts::of(model, grades, |event| events.has(event))
        };
        let figures = Figures::of(model, &contacts);
        let hosts = contacts.hosts(model);
        Some(match level {
            Level::Domain => {
                let domains = contacts.domains(model, &hosts);
                Peers::new(figures, domains, Some(hosts), &mut self.register)
            }
            _ => Peers::new(figures, hosts, None, &mut self.register),
        })
    }
}

fn compare(key: SortKey, one: &Posture, other: &Posture) -> Ordering {
    match key {
        SortKey::First => one.first.cmp(&other.first),
        SortKey::Last => one.last.cmp(&other.last),
        SortKey::Grade => one.badness().cmp(&other.badness()),
        SortKey::Name => one.name.cmp(&other.name),
        SortKey::Deliveries => one.deliveries().cmp(&other.deliveries()),
        SortKey::Refused => one.refused.cmp(&other.refused),
        SortKey::Waits => one.waits.cmp(&other.waits),
        SortKey::Trend => one.trend.cmp(&other.trend),
        _ => Ordering::Equal,
    }
}
