//! The way from a finding to what it rests on: its messages, or the chain whose header tells of it.

use super::way_back::Leaving;
use super::{App, Effect};
use crate::insight::findings::{Finding, Place};
use crate::query::eval::Table;
use crate::report::peer::Peer;

impl App {
    /// Goes to the messages of the open finding, or to its chain.
    pub(super) fn open_behind(&mut self) -> Vec<Effect> {
        let detail = self.detail.as_ref();
        let story = detail.and_then(|detail| detail.content.finding.as_ref());
        let Some(finding) = story.map(|story| &story.finding) else {
            return self.say("this is no longer found");
        };
        match finding.place {
            Place::Mail(row, _) => self.open_row(Table::Chains, row),
            Place::Events(_) => match self.filter_behind(finding) {
                Ok(filter) => {
                    self.leave(Leaving::ForList);
                    self.detail = None;
                    self.table = Table::Messages;
                    self.set_filter(&filter)
                }
                Err(why_not) => self.say(why_not),
            },
        }
    }

    /// Opens the detail of a row elsewhere; Esc leads back.
    pub(super) fn open_row(&mut self, table: Table, row: u32) -> Vec<Effect> {
        self.leave(Leaving::ForDetail);
        self.table = table;
        let height = self.list_height();
        self.list_mut().select(row, height);
        vec![Effect::Open(table, row)]
    }

    /// The filter that finds the messages of a finding.
    fn filter_behind(&self, finding: &Finding) -> Result<String, &'static str> {
        if finding.messages.is_empty() {
            return Err("these lines belong to no message");
        }
        let model = self.model();
        if let Some(filter) = finding.by_id(&model) {
            return Ok(filter);
        }
        // Too many to be named: by what happened to them.
        let is_person = Peer::of_finding(finding).is_some_and(|peer| peer.is_person());
        if self.masked && is_person {
            return Err(super::MASKED);
        }
        Ok(finding.recount(&model).filter)
    }

    /// The filter that finds everything of the host of a finding, or why there is none under a mask; `None` where it is
    /// about no host.
    pub(super) fn finding_filter(&self, row: u32) -> Option<Result<String, &'static str>> {
        let peer = Peer::of_finding(self.findings.get(row)?)?;
        if self.masked && peer.is_person() {
            return Some(Err(super::MASKED));
        }
        Some(Ok(peer.filter()?.to_string()))
    }
}
