//! The overview: going through time and through the worst peers, looking closer, the messages behind.

use std::sync::Arc;

use super::list::Anchor;
use super::way_back::Leaving;
use super::{App, Effect, ListState, Overview};
use crate::insight::overview::{Slot, Step};
use crate::insight::posture::Level;
use crate::model::Model;
use crate::query::eval::{Table, is_bad, span_of};
use crate::query::{Edge, Expr, Moment, Query, Term, Unit};
use crate::report::overview::{OverviewText, chart_columns};
use crate::tls::Grade;
use crate::ui::Action;
use crate::ui::views;

/// The place in the overview below the stretches of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Below {
    /// The chosen one of the worst peers; `None` while a stretch of time is chosen.
    pub peer: Option<usize>,
    /// Number of lines scrolled down.
    pub top: usize,
}

/// Message where an action is about the chosen host, and none is chosen.
pub(super) const NO_HOST: &str = "no host is chosen here; go down to one";

/// Most contacts of which the messages tell more than their times.
const FEW: u32 = 20;

impl App {
    /// Columns that the stretches of time have.
    pub fn chart_columns(&self) -> usize {
        chart_columns(self.size.0.into())
    }

    /// The chosen stretch of time.
    pub fn slot(&self) -> Option<&Slot> {
        self.overview.as_ref()?.slot(self.slots.selected_row()?)
    }

    /// An overview of this model, as it is told here.
    pub fn overview_text<'a>(
        &'a self,
        model: &'a Model,
        overview: &'a Overview,
    ) -> OverviewText<'a> {
        let peers = &overview.peers;
        let worst = peers.worst.iter();
        OverviewText {
            model,
            figures: &peers.figures,
            histogram: &overview.histogram,
            worst: worst
                .map(|worst| (*worst, peers.at(model, worst.place)))
                .collect(),
            coverage: &self.coverage,
            left_out: self.setup.progress.left_out().len(),
            list_key: self.key(Action::NotUnderstood),
            zone: self.setup.zone,
            mask: self.mask(),
            slot: self.slot(),
            peer: self.below.peer,
            newer: self.slots.top,
        }
    }

    /// Takes a new overview. A chosen stretch of time stays chosen, even if it is longer or shorter now.
    pub(super) fn look_at(&mut self, overview: Arc<Overview>) {
        self.slots.renumber(|row| overview.row(row));
        let worst = overview.peers.worst.len();
        let peer = self
            .below
            .peer
            .map(|peer| peer.min(worst.saturating_sub(1)));
        self.below.peer = peer.filter(|_| worst > 0);
        self.overview = Some(overview);
    }

    /// Goes to another stretch of time.
    pub(super) fn step_time(&mut self, by: isize) -> Vec<Effect> {
        if self.table != Table::Overview {
            let key = self.key(Action::Overview);
            return self.say(&format!("time is walked through in the view behind {key}"));
        }
        self.below = Below::default();
        let before = self.slots.selected;
        self.step(by);
        if self.slots.selected != before {
            return Vec::new();
        }
        let end = if by > 0 { "first" } else { "last" };
        self.say(&format!("this is the {end} stretch of time"))
    }

    /// Goes down from the time to the worst peers and on to what stands below them, or up again.
    pub(super) fn walk_below(&mut self, by: isize) {
        let peers = self
            .overview
            .as_ref()
            .map_or(0, |overview| overview.peers.worst.len());
        let (lines, height) = views::overview::below(self);
        let last = peers + lines.saturating_sub(height);
        let Below { peer, top } = self.below;
        let at = peer.map_or(0, |peer| peer + 1) + top;
        let at = at.saturating_add_signed(by).min(last);
        self.below = Below {
            peer: at.min(peers).checked_sub(1),
            top: at.saturating_sub(peers),
        };
    }

    /// Looks closer at the stretch of time, or goes to the chosen host.
    pub(super) fn open_below(&mut self) -> Vec<Effect> {
        match self.below.peer {
            Some(_) => self.open_worst(),
            None if self.is_close() => self.open_time(Table::Messages),
            None => self.open_time(Table::Overview),
        }
    }

    /// Goes to the messages of the stretch of time, or of the chosen host.
    pub(super) fn messages_below(&mut self) -> Vec<Effect> {
        if self.below.peer.is_none() {
            return self.open_time(Table::Messages);
        }
        let query = match self.worst_query() {
            Ok(query) => query,
            Err(why_not) => return self.say(why_not),
        };
        let current = self.filter.query().expr().clone();
        let both = Query::from(Expr::and(vec![current, query.expr().clone()]));
        self.leave(Leaving::ForList);
        self.table = Table::Messages;
        self.set_filter(&both.to_string())
    }

    /// True where looking closer shows nothing more: then the messages do.
    pub fn is_close(&self) -> bool {
        let Some(histogram) = self.overview.as_ref().map(|overview| &overview.histogram) else {
            return true;
        };
        let few = self.slot().is_some_and(|slot| slot.all() <= FEW);
        few || histogram.step == Step::FINEST || histogram.slots.len() < 2
    }

    /// Goes to what happened in the stretch of time: its messages, or the overview of it alone.
    fn open_time(&mut self, table: Table) -> Vec<Effect> {
        let Some(slot) = self.slot().cloned() else {
            return self.say("there is no stretch of time to open");
        };
        if slot.all() == 0 {
            return self.say("nothing was delivered, taken in or refused in this time");
        }
        let filter = self.within(&slot).to_string();
        self.leave(Leaving::ForList);
        self.table = table;
        if table == Table::Overview {
            self.slots = ListState::new(self.slots.sort);
        }
        self.set_filter(&filter)
    }

    /// The filter in force, for this stretch of time alone. What it asks of times and the stretch fulfils
    /// anyway is left out.
    fn within(&self, slot: &Slot) -> Query {
        let expr = self.filter.query().expr().clone();
        let terms = match expr {
            Expr::And(list) => list,
            other => vec![other],
        };
        let kept = terms
            .into_iter()
            .filter(|term| !self.holds_within(term, slot));
        let edges = [
            (Edge::Since, self.moment(slot, Edge::Since)),
            (Edge::Until, self.moment(slot, Edge::Until)),
        ];
        let edges = edges.map(|(edge, moment)| Expr::Term(Term::Time { edge, moment }));
        Query::from(Expr::and(kept.chain(edges).collect()))
    }

    /// True for a term about time that the whole stretch passes.
    fn holds_within(&self, term: &Expr, slot: &Slot) -> bool {
        let Expr::Term(Term::Time { edge, moment }) = term else {
            return false;
        };
        let span = span_of(*moment, self.setup.zone, self.model().newest());
        match edge {
            Edge::Since => span.start <= slot.start,
            Edge::Until => span.end >= slot.end,
        }
    }

    /// An end of a stretch of time as a filter says it: by the day or the minute on the clock, with the
    /// offset where the clock shows that time twice.
    fn moment(&self, slot: &Slot, edge: Edge) -> Moment {
        let zone = self.setup.zone;
        let midnight = |time| zone.local(time).format("%H:%M").to_string() == "00:00";
        let days = midnight(slot.start) && midnight(slot.end);
        let (unit, time) = match (days, edge) {
            (true, Edge::Since) => (Unit::Day, slot.start),
            (true, Edge::Until) => (Unit::Day, slot.end - 1),
            (false, Edge::Since) => (Unit::Minute, slot.start),
            (false, Edge::Until) => (Unit::Minute, slot.end - MINUTE),
        };
        let local = zone.local(time);
        let civil = match unit {
            Unit::Day => local.date_naive().and_time(chrono::NaiveTime::MIN),
            _ => local.naive_local(),
        };
        let plain = Moment::Civil(civil, unit);
        let span = span_of(plain, zone, 0);
        let right = match edge {
            Edge::Since => span.start == slot.start,
            Edge::Until => span.end == slot.end,
        };
        if right {
            plain
        } else {
            let time = match edge {
                Edge::Since => slot.start,
                Edge::Until => slot.end - MINUTE,
            };
            let local = zone.local(time);
            Moment::Fixed(local.naive_local(), *local.offset(), Unit::Minute)
        }
    }

    /// Goes to the chosen host among the hosts.
    fn open_worst(&mut self) -> Vec<Effect> {
        let Some(row) = self.worst_row() else {
            return self.say("there is no host to open");
        };
        self.leave(Leaving::ForList);
        self.table = Table::Hosts;
        let effects = if self.level == Level::Host {
            self.ask_if_due()
        } else {
            self.level = Level::Host;
            self.hosts = ListState::new(self.hosts.sort);
            self.ask_alone()
        };
        let height = self.list_height();
        if effects.is_empty() {
            self.hosts.return_to(Anchor::at(row), height);
        } else {
            self.hosts.await_at(Anchor::at(row));
        }
        effects
    }

    /// The row of the chosen host.
    pub(super) fn worst_row(&self) -> Option<u32> {
        let peers = &self.overview.as_ref()?.peers;
        let worst = peers.worst.get(self.below.peer?)?;
        peers.row(worst.place)
    }

    fn worst_query(&self) -> Result<Query, &'static str> {
        let overview = self.overview.as_ref();
        let chosen = overview.zip(self.worst_row());
        let query = chosen.and_then(|(overview, row)| self.posture_query(&overview.peers, row));
        query.unwrap_or(Err(NO_HOST))
    }

    /// The filter that finds the chosen host.
    pub(super) fn filter_below(&self) -> Result<String, &'static str> {
        self.worst_query().map(|query| query.to_string())
    }

    /// Whether something bad is in the stretch of time of a row.
    pub(super) fn is_bad_time(&self, row: u32) -> bool {
        let slot = self
            .overview
            .as_ref()
            .and_then(|overview| overview.slot(row));
        slot.is_some_and(|slot| {
            let mut bad = Grade::ALL.into_iter().filter(|grade| is_bad(*grade));
            bad.any(|grade| slot.of(grade) > 0)
        })
    }

    pub(super) fn say_no_lines(&mut self) -> Vec<Effect> {
        let key = self.key(Action::Joined);
        self.say(&format!(
            "an overview has no lines of its own; {key} leads to the messages"
        ))
    }
}

/// Milliseconds.
const MINUTE: i64 = 60_000;
