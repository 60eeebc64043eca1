//! New row numbers, after the older half of the model was forgotten.

use std::sync::Arc;

use crate::model::Kept;
use crate::query::eval::Table;
use crate::report::forgotten;

use super::{App, Detail, Effect, Overlay};

impl App {
    /// Takes the new numbers; what was about a row that is gone is closed.
    pub(super) fn renew(&mut self, kept: &Kept) -> Vec<Effect> {
        self.messages.renumber(|row| kept.message(row));
        self.chains.renumber(|row| kept.mail(row));
        self.keep_in_view();
        let renumbered = |detail: &Detail| detail.renumbered(kept).map(Arc::new);
        let points = std::mem::take(&mut self.return_points).into_iter();
        let points = points.filter_map(|point| point.renumbered(kept, renumbered));
        self.return_points = points.collect();
        if let Some(open) = &mut self.detail {
            match renumbered(&open.content) {
                Some(content) => open.content = content,
                None => self.detail = None,
            }
        }
        if let Some(Overlay::Writers(list)) = &mut self.overlay {
            match kept.mail(list.row) {
                Some(row) => list.row = row,
                None => self.overlay = None,
            }
        }
        self.grades = Arc::new(self.grades.renumbered(kept));
        let left_out = forgotten::sentence(&self.model().forgotten, self.setup.zone);
        self.toast = left_out.or(self.toast.take());
        // An answer under way is about the old numbers.
        self.refresh()
    }
}

impl Detail {
    /// The detail with new numbers; `None` when its row was forgotten, and for postures and findings, which name
    /// messages by their numbers.
    fn renumbered(&self, kept: &Kept) -> Option<Self> {
        if self.posture.is_some() || self.finding.is_some() {
            return None;
        }
        let joined = self.joined.iter();
        let joined =
            joined.filter_map(|&(table, row)| Some((table, renumbered(kept, table, row)?)));
        Some(Self {
            row: renumbered(kept, self.table, self.row)?,
            joined: joined.collect(),
            ..self.clone()
        })
    }
}

/// The new number of a row of a table. Rows of hosts, findings and the overview keep theirs.
pub(super) fn renumbered(kept: &Kept, table: Table, row: u32) -> Option<u32> {
    match table {
        Table::Messages => kept.message(row),
        Table::Hosts | Table::Findings | Table::Overview => Some(row),
        Table::Chains => kept.mail(row),
    }
}
