//! The list of hosts or domains: postures, whose row numbers stay the same from answer to answer.

use hashbrown::HashMap;
use std::cmp::Reverse;
use std::sync::{Arc, Mutex, PoisonError};

use crate::insight::overview::Figures;
use crate::insight::posture::{Brief, Contacts, Level, Names, Posture, Postures, Worst};
use crate::model::{GradeBook, Model};
use crate::query::Query;
use crate::query::eval::{Scene, Sort, SortKey};
use crate::tls::Grade;

/// Hosts of a domain that its detail tells.
const MOST_HOSTS: usize = 40;
/// Peers that the overview names.
const MOST_WORST: usize = 8;
/// Most postures kept after they were shown: more than a screen has lines.
const MOST_SEEN: usize = 512;

/// The postures of one answer.
#[derive(Debug, Default)]
pub struct Peers {
    /// The postures that are listed.
    pub postures: Arc<Postures>,
    /// What all contacts add up to, those without a peer included.
    pub figures: Figures,
    /// The peers to look at first.
    pub worst: Vec<Worst>,
    /// Grades that the postures are made with; `None` before the first answer.
    grades: Option<Arc<GradeBook>>,
    /// [`Model::renewals`] that the numbers of events belong to.
    renewals: u32,
    /// Postures that were shown, by place in `postures`.
    seen: Mutex<HashMap<u32, Arc<Posture>>>,
}

impl Peers {
    fn new(
        model: &Model,
        grades: &Arc<GradeBook>,
        figures: Figures,
        postures: Arc<Postures>,
    ) -> Self {
        Self {
            figures,
            worst: postures.worst(model, MOST_WORST),
            grades: Some(Arc::clone(grades)),
            renewals: model.renewals,
            seen: Mutex::default(),
            postures,
        }
    }

    /// The posture of a row.
    pub fn get(&self, model: &Model, row: u32) -> Option<Arc<Posture>> {
        self.at(model, self.postures.place_of(row)?)
    }

    /// A posture by its place in `postures`. It is made when it is first shown; after the model was renumbered there
    /// is none.
    pub(super) fn at(&self, model: &Model, place: u32) -> Option<Arc<Posture>> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = seen.get(&place) {
            return Some(Arc::clone(known));
        }
        let grades = self.grades.as_ref();
        let grades = grades.filter(|_| self.renewals == model.renewals)?;
        let posture = Arc::new(self.postures.posture(model, grades, place)?);
        if seen.len() >= MOST_SEEN {
            seen.clear();
        }
        seen.insert(place, Arc::clone(&posture));
        Some(posture)
    }

    /// The posture of a row with all that is told of a domain, and hosts of the domain, the worst first: no more
    /// than a detail tells.
    pub(super) fn whole(&self, model: &Model, row: u32) -> Option<(Posture, Vec<Posture>)> {
        let grades = self.grades.as_ref();
        let grades = grades.filter(|_| self.renewals == model.renewals)?;
        let place = self.postures.place_of(row)?;
        let whole = self.postures.whole(model, grades, place)?;
        let Some((members, hosts)) = self.postures.members(place) else {
            return Some((whole, Vec::new()));
        };
        let mut members = members.to_vec();
        let briefs = hosts.briefs();
        members.sort_by_key(|at| Reverse(briefs.get(*at as usize).map(Brief::badness)));
        let told = members.iter().take(MOST_HOSTS);
        let told = told.filter_map(|at| hosts.posture(model, grades, *at));
        Some((whole, told.collect()))
    }

    /// The row of a posture by its place.
    pub(super) fn row(&self, place: u32) -> Option<u32> {
        self.postures
            .briefs()
            .get(place as usize)
            .map(|brief| brief.row)
    }

    /// The grade of what was seen last, by row.
    pub(super) fn latest(&self, row: u32) -> Option<Grade> {
        let place = self.postures.place_of(row)?;
        let brief = self.postures.briefs().get(place as usize);
        brief.map(|brief| brief.latest)
    }

    /// Number of rows.
    pub fn count(&self) -> u32 {
        u32::try_from(self.postures.briefs().len()).unwrap_or(u32::MAX)
    }

    /// The rows in order.
    pub(super) fn rows(&self, model: &Model, sort: Sort) -> Vec<u32> {
        let all = &self.postures;
        let brief = |place: u32| all.briefs().get(place as usize);
        let mut rows: Vec<u32> = (0..self.count()).collect();
        match sort.key {
            SortKey::First => rows.sort_by_cached_key(|at| all.span_of(model, *at).0),
            SortKey::Last => rows.sort_by_cached_key(|at| all.span_of(model, *at).1),
            SortKey::Grade => rows.sort_by_key(|at| brief(*at).map(Brief::badness)),
            SortKey::Name => rows.sort_by_cached_key(|at| all.name(model, *at)),
            SortKey::Deliveries => rows.sort_by_key(|at| all.deliveries(*at)),
            SortKey::Refused => rows.sort_by_key(|at| brief(*at).map(|brief| brief.refused)),
            SortKey::Waits => rows.sort_by_key(|at| brief(*at).map(|brief| brief.waits)),
            SortKey::Trend => rows.sort_by_key(|at| brief(*at).map(|brief| brief.trend)),
            _ => {}
        }
        if sort.descending {
            rows.reverse();
        }
        for place in &mut rows {
            *place = brief(*place).map_or(0, |brief| brief.row);
        }
        rows
    }
}

/// Postures of the last answers, with and without a filter.
#[derive(Default)]
pub(super) struct PeersCache {
    /// Row numbers, by name.
    names: Names,
    kept: Vec<Cached>,
}

/// Postures, and the question that they answer.
struct Cached {
    generation: u64,
    grades: Arc<GradeBook>,
    level: Level,
    query: Query,
    peers: Arc<Peers>,
}

impl PeersCache {
    /// Most answers that are kept.
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
        let peers = Arc::new(match level {
            Level::Domain => self.domains(scene, grades, query)?,
            _ => self.hosts(scene, grades, query)?,
        });
        // All are asked for with every filter: they stay.
        if self.kept.len() >= Self::MOST
            && let Some(filtered) = self.kept.iter().position(|kept| !kept.query.is_all())
        {
            self.kept.remove(filtered);
        }
        self.kept.push(Cached {
            generation,
            grades: Arc::clone(grades),
            level,
            query: query.clone(),
            peers: Arc::clone(&peers),
        });
        Some(peers)
    }

    fn hosts(
        &mut self,
        scene: &Scene<'_>,
        grades: &Arc<GradeBook>,
        query: &Query,
    ) -> Option<Peers> {
        let contacts = contacts(scene, query)?;
        let figures = Figures::of(scene.model, grades, &contacts);
        if (scene.breaks.cancelled)() {
            return None;
        }
        let hosts = contacts.hosts(scene.model, grades, &mut self.names);
        Some(Peers::new(scene.model, grades, figures, Arc::new(hosts)))
    }

    /// The domains of the hosts, which are likely to be looked at as well.
    fn domains(
        &mut self,
        scene: &Scene<'_>,
        grades: &Arc<GradeBook>,
        query: &Query,
    ) -> Option<Peers> {
        let hosts = self.of(scene, grades, Level::Host, query)?;
        let (figures, hosts) = (hosts.figures.clone(), Arc::clone(&hosts.postures));
        let contacts = contacts(scene, query)?;
        let domains = contacts.domains(scene.model, grades, &mut self.names, hosts);
        Some(Peers::new(scene.model, grades, figures, Arc::new(domains)))
    }
}

fn contacts(scene: &Scene<'_>, query: &Query) -> Option<Contacts> {
    let cancelled = scene.breaks.cancelled;
    if query.is_all() {
        return Contacts::unless(scene.model, |_| true, cancelled);
    }
    let events = scene.events(query)?;
    Contacts::unless(scene.model, |event| events.has(event.number), cancelled)
}
