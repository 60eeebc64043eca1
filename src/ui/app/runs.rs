//! The runs of a posture: choosing one, and the messages behind it.

use super::way_back::Leaving;
use super::{App, Effect, Peers};
use crate::insight::posture::{Level, Posture, Run};
use crate::query::eval::Table;
use crate::query::{Expr, Query, Term, TextField};
use crate::report::peer::Peer;
use crate::ui::views;

impl App {
    /// Chooses another run of the open posture; false where there is none that way.
    pub(super) fn step_run(&mut self, by: isize) -> bool {
        let height = self.detail_height();
        let Some(detail) = self.detail.as_mut().filter(|detail| !detail.raw) else {
            return false;
        };
        let Some(posture) = &detail.content.posture else {
            return false;
        };
        let last = posture.runs.len().saturating_sub(1);
        let run = detail.run.saturating_add_signed(by).min(last);
        if run == detail.run {
            return false;
        }
        detail.run = run;
        self.lay_out();
        let Some(detail) = self.detail.as_mut() else {
            return false;
        };
        if let Some(line) = views::posture::line_of_chosen(&detail.lines) {
            // The first run has the answer above it.
            let line = if run == 0 { 0 } else { line };
            detail.top = detail.top.clamp((line + 2).saturating_sub(height), line);
        }
        self.scroll(0);
        true
    }

    /// Goes to the messages behind the chosen run.
    pub(super) fn open_run(&mut self) -> Vec<Effect> {
        let none = "there is no run to open";
        let Some(detail) = &self.detail else {
            return self.say(none);
        };
        let row = detail.content.row;
        let posture = detail.content.posture.as_ref();
        let Some(run) = posture.and_then(|posture| posture.runs.get(detail.run)) else {
            return self.say(none);
        };
        let run = run.run.clone();
        let filter = match self.posture_filter(row) {
            Some(Ok(filter)) => filter,
            Some(Err(why_not)) => return self.say(why_not),
            None => return self.say(none),
        };
        self.leave(Leaving::ForList);
        self.detail = None;
        self.table = Table::Messages;
        let filter = format!("{filter} {}", self.stretch_of(&run));
        self.set_filter(&filter)
    }

    /// The time of a run, as a filter.
    fn stretch_of(&self, run: &Run) -> String {
        let second = |time| self.setup.zone.local(time).format("%Y-%m-%d %H:%M:%S");
        format!(
            "since:\"{}\" until:\"{}\"",
            second(run.first),
            second(run.last)
        )
    }

    /// The filter that finds the events of a posture, or why there is none under a mask; `None` where no host is named.
    pub(super) fn posture_filter(&self, row: u32) -> Option<Result<String, &'static str>> {
        let query = self.posture_query(&self.peers, row)?;
        Some(query.map(|query| query.to_string()))
    }

    /// The query that finds the events of a posture among `peers`, by its row.
    pub(super) fn posture_query(
        &self,
        peers: &Peers,
        row: u32,
    ) -> Option<Result<Query, &'static str>> {
        let posture = &*peers.get(&self.model(), row)?;
        let ip = posture.ip().map(|ip| ip.to_string()).unwrap_or_default();
        let peer = Peer::of_posture(posture, &ip);
        if self.masked && peer.is_person() {
            return Some(Err(super::MASKED));
        }
        let query = match peers.postures.level {
            Level::Domain => domain_filter(posture)?,
            _ => peer.filter()?,
        };
        Some(Ok(query))
    }
}

fn domain_filter(posture: &Posture) -> Option<Query> {
    let text = TextField::Domain.equals(&posture.name).ok()?;
    let field = TextField::Domain;
    Some(Query::from(Expr::Term(Term::Text { field, text })))
}
