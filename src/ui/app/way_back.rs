//! The way back: the places that were left when a key led elsewhere.

use std::sync::Arc;

use crate::insight::posture::Level;
use crate::model::Kept;
use crate::query::eval::Table;

use super::list::Anchor;
use super::renewal::renumbered;
use super::{App, Below, Detail, DetailState, Effect};
use crate::ui::Action;

/// What one leaves a place for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaving {
    /// For a list.
    ForList,
    /// For a detail: Esc there leads back at once, not to its list.
    ForDetail,
}

/// A place to come back to.
pub(super) struct ReturnPoint {
    table: Table,
    /// In the order of [`Table::ALL`].
    anchors: [Anchor; Table::ALL.len()],
    filter: String,
    level: Level,
    below: Below,
    detail: Option<DetailState>,
    leaving: Leaving,
}

impl ReturnPoint {
    /// True where a detail was open.
    pub(super) const fn has_detail(&self) -> bool {
        self.detail.is_some()
    }

    /// The place after rows were renumbered; `None` for a detail that is gone.
    pub(super) fn renumbered(
        mut self,
        kept: &Kept,
        detail: impl Fn(&Detail) -> Option<Arc<Detail>>,
    ) -> Option<Self> {
        for (anchor, table) in self.anchors.iter_mut().zip(Table::ALL) {
            *anchor = anchor.renumbered(|row| renumbered(kept, table, row));
        }
        if let Some(open) = &mut self.detail {
            open.content = detail(&open.content)?;
        }
        Some(self)
    }
}

impl App {
    /// Remembers the place on screen, before a key leads to a list or to a detail.
    pub(super) fn leave(&mut self, leaving: Leaving) {
        let point = ReturnPoint {
            table: self.table,
            anchors: Table::ALL.map(|table| self.list_of(table).anchor()),
            filter: self.filter.text().to_owned(),
            level: self.level,
            below: self.below,
            detail: self.detail.clone(),
            leaving,
        };
        self.return_points.push(point);
    }

    /// Leads back: out of the detail, to the place before, at last out of the note and the filter.
    pub(super) fn back(&mut self) -> Vec<Effect> {
        let came_for_detail = self
            .return_points
            .last()
            .is_some_and(|point| point.leaving == Leaving::ForDetail);
        if self.detail.is_some() && !came_for_detail {
            self.detail = None;
            return Vec::new();
        }
        if self.left_out().is_some() {
            self.left_out_seen = self.setup.progress.left_out().len();
            return Vec::new();
        }
        if self.note().is_some() {
            self.note = None;
            return Vec::new();
        }
        if self.return_points.is_empty() {
            return self.drop_filter();
        }
        self.return_to_last()
    }

    /// True when the filter is the one of the place that was left last.
    pub(super) fn is_where_it_was(&self) -> bool {
        let last = self.return_points.last();
        last.is_some_and(|point| point.filter == self.filter.text())
    }

    /// Leads back to where one left last.
    pub(super) fn return_to_last(&mut self) -> Vec<Effect> {
        match self.return_points.pop() {
            Some(point) => self.return_to(point),
            None => Vec::new(),
        }
    }

    fn return_to(&mut self, point: ReturnPoint) -> Vec<Effect> {
        self.table = point.table;
        self.detail = point.detail;
        self.below = point.below;
        self.scroll(0);
        let anchors = || Table::ALL.into_iter().zip(point.anchors);
        let other_level = std::mem::replace(&mut self.level, point.level) != point.level;
        if other_level {
            self.put_off(Table::Hosts);
        }
        for (table, anchor) in anchors() {
            let height = self.height_of(table);
            self.list_of_mut(table).return_to(anchor, height);
        }
        let mut effects = self.set_filter(&point.filter);
        for (table, anchor) in anchors() {
            if !effects.is_empty() || other_level && table == Table::Hosts {
                self.list_of_mut(table).await_at(anchor);
            }
        }
        effects.extend(self.ask_if_due());
        // Profile or model may have changed meanwhile.
        effects.extend(self.reopen());
        effects
    }

    /// Drops the filter and says how to have it again.
    pub(super) fn drop_filter(&mut self) -> Vec<Effect> {
        let filter = self.filter.text().to_owned();
        if filter.is_empty() {
            let key = self.key(Action::Quit);
            return self.say(&format!("this is where you began; {key} leaves"));
        }
        self.filter.remember(&filter);
        let key = self.key(Action::Filter);
        self.say(&format!("filter dropped; {key} and ↑ bring it back"));
        self.set_filter("")
    }
}
