//! The list of findings. The number of a row is given once to each finding and stays from answer to answer.

use hashbrown::HashMap;
use std::cmp::Ordering;
use std::sync::Arc;

use crate::insight::findings::{self, Finding};
use crate::model::{AsOf, GradeBook, Model};
use crate::query::Query;
use crate::query::eval::{Scene, Sort, SortKey};
use crate::tls::Profile;

/// Row numbers by ID of the finding, and by its place among findings of one ID: a message that was loaded twice has
/// each of its findings twice under one ID.
#[derive(Default)]
struct RowNumbers(HashMap<(String, u32), u32>);

impl RowNumbers {
    fn numbers(&mut self, all: &[Finding]) -> Vec<u32> {
        let mut seen: HashMap<&str, u32> = HashMap::new();
        let numbers = all.iter().map(|finding| {
            let nth = seen.entry(&finding.id).or_insert(0);
            let key = (finding.id.clone(), *nth);
            *nth += 1;
            let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
            *self.0.entry(key).or_insert(next)
        });
        numbers.collect()
    }
}

/// The findings of a model.
#[derive(Debug, Default)]
pub struct Findings {
    /// All of them, the worst first.
    pub all: Vec<Finding>,
    /// Grades that the findings were made from; `None` before the first search.
    pub grades: Option<Arc<GradeBook>>,
    /// [`Model::generation`] that the findings are about.
    generation: u64,
    /// [`Model::renewals`] that the numbers of events and messages in the findings belong to.
    renewals: u32,
    /// Row number of each finding.
    numbers: Vec<u32>,
    /// Position in `all` by row number.
    places: HashMap<u32, usize>,
}

impl Findings {
    /// The finding of a row.
    pub fn get(&self, row: u32) -> Option<&Finding> {
        self.all.get(*self.places.get(&row)?)
    }

    /// The finding of a row, if the numbers in it are still those of the model.
    pub(super) fn of_now(&self, model: &Model, row: u32) -> Option<&Finding> {
        self.get(row).filter(|_| self.renewals == model.renewals)
    }

    /// Number of rows.
    pub fn count(&self) -> u32 {
        u32::try_from(self.numbers.len()).unwrap_or(u32::MAX)
    }

    /// The rows that a filter selects, in order.
    pub(super) fn rows(&self, scene: &Scene<'_>, query: &Query, sort: Sort) -> Vec<u32> {
        let selected = findings::select(scene, &self.all, query).into_iter();
        let rows = selected.filter_map(|place| {
            let place = place as usize;
            Some((self.all.get(place)?, *self.numbers.get(place)?))
        });
        let mut rows: Vec<(&Finding, u32)> = rows.collect();
        rows.sort_by(|(one, _), (other, _)| {
            let order = compare(sort.key, one, other);
            if sort.descending {
                order.reverse()
            } else {
                order
            }
        });
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// True for findings of this very model, profile and rules.
    fn is_of(&self, model: &Model, profile: &Arc<Profile>, as_of: AsOf) -> bool {
        let by = |grades: &Arc<GradeBook>| {
            Arc::ptr_eq(grades.profile(), profile) && grades.as_of() == as_of
        };
        (self.generation, self.renewals) == (model.generation, model.renewals)
            && self.grades.as_ref().is_some_and(by)
    }
}

/// Order of two findings; equal ones stay as they were found.
fn compare(key: SortKey, one: &Finding, other: &Finding) -> Ordering {
    let weight = |finding: &Finding| (finding.severity, finding.grade.urgency(), finding.count);
    match key {
        SortKey::Severity => weight(one).cmp(&weight(other)),
        SortKey::First => one.first.cmp(&other.first),
        SortKey::Last => one.last.cmp(&other.last),
        SortKey::Grade => one.grade.urgency().cmp(&other.grade.urgency()),
        SortKey::Name => one.subject.as_str().cmp(other.subject.as_str()),
        SortKey::Count => one.count.cmp(&other.count),
        _ => Ordering::Equal,
    }
}

/// Findings of the last search, kept until the model, the profile or the rules change.
#[derive(Default)]
pub(super) struct FindingsCache {
    row_numbers: RowNumbers,
    kept: Arc<Findings>,
}

impl FindingsCache {
    /// The findings of a model; searched for anew only where something has changed.
    pub(super) fn of(
        &mut self,
        model: &Model,
        profile: &Arc<Profile>,
        as_of: AsOf,
    ) -> Arc<Findings> {
        if !self.kept.is_of(model, profile, as_of) {
            let grades = GradeBook::of(model, Arc::clone(profile), as_of);
            let all = findings::all(model, &grades);
            let numbers = self.row_numbers.numbers(&all);
            self.kept = Arc::new(Findings {
                grades: Some(Arc::new(grades)),
                generation: model.generation,
                renewals: model.renewals,
                places: numbers.iter().copied().zip(0..).collect(),
                numbers,
                all,
            });
        }
        Arc::clone(&self.kept)
    }
}
