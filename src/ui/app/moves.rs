//! Moving about: rows, pages, details, views.

use crate::insight::Severity;
use crate::model::Model;
use crate::query::eval::{Table, is_bad};
use crate::report::peer::Peer;
use crate::ui::joined::joined;

use super::way_back::Leaving;
use super::{App, Effect, MASKED};

impl App {
    /// Scrolls the detail, else steps through the list.
    pub(super) fn walk(&mut self, by: isize) {
        if self.table == Table::Overview {
            self.walk_below(by);
        } else if self.detail.is_none() {
            self.step(by);
        } else if !self.step_run(by) {
            self.scroll(by);
        }
    }

    /// Walks by pages, which share one line.
    pub(super) fn walk_pages(&mut self, pages: isize) {
        let height = if self.detail.is_some() {
            self.detail_height()
        } else {
            self.list_height()
        };
        let page = isize::try_from(height.saturating_sub(1))
            .unwrap_or(1)
            .max(1);
        self.walk(page * pages);
    }

    pub(super) fn step(&mut self, by: isize) {
        let height = self.list_height();
        self.list_mut().step(by, height);
    }

    /// Steps through the list; an open detail goes along.
    pub(super) fn step_row(&mut self, by: isize) -> Vec<Effect> {
        let before = self.list().selected;
        self.step(by);
        if self.list().selected == before {
            let end = if by > 0 {
                "this is the last row"
            } else {
                "this is the first row"
            };
            return self.say(end);
        }
        self.open_if_open()
    }

    /// Opens the selected row if a detail is open already.
    fn open_if_open(&mut self) -> Vec<Effect> {
        if self.detail.is_some() {
            self.open_selected()
        } else {
            Vec::new()
        }
    }

    pub(super) fn open(&mut self) -> Vec<Effect> {
        match self.detail_table() {
            None if self.table == Table::Overview => self.open_below(),
            None => self.open_selected(),
            Some(Table::Hosts) => self.open_run(),
            Some(Table::Findings) => self.open_behind(),
            Some(_) => self.say("this is the detail"),
        }
    }

    fn open_selected(&mut self) -> Vec<Effect> {
        let Some(row) = self.list().selected_row() else {
            return self.say("there is no row to open");
        };
        self.list_mut().hold();
        vec![Effect::Open(self.table, row)]
    }

    /// Builds the open detail anew.
    pub(super) fn reopen(&self) -> Option<Effect> {
        let detail = self.detail.as_ref()?;
        Some(Effect::Open(detail.content.table, detail.content.row))
    }

    /// Shows a list; from another one there is no way back but its own key.
    pub(super) fn view(&mut self, table: Table) -> Vec<Effect> {
        if self.table == table && self.detail.is_none() {
            return self.say("this is the list that is shown");
        }
        self.table = table;
        self.detail = None;
        self.return_points.clear();
        self.ask_if_due()
    }

    /// Goes to the nearest bad row in steps of `by`, in display order; stays where there is none.
    pub(super) fn seek_bad(&mut self, by: isize) -> Vec<Effect> {
        let Some(found) = self.bad_row(by) else {
            let way = if by > 0 { "below" } else { "above" };
            let what = match self.table {
                Table::Findings => "nothing but infos",
                _ => "no bad grade",
            };
            return self.say(&format!("{what} {way}"));
        };
        let height = self.list_height();
        self.list_mut().go_to(found, height);
        self.open_if_open()
    }

    /// The position of the nearest bad row in steps of `by`.
    fn bad_row(&self, by: isize) -> Option<usize> {
        let list = self.list();
        let model = self.model();
        let mut at = list.selected;
        loop {
            at = at.checked_add_signed(by)?;
            if self.is_bad(&model, *list.rows.get(at)?) {
                return Some(at);
            }
        }
    }

    fn is_bad(&self, model: &Model, row: u32) -> bool {
        match self.table {
            Table::Messages => is_bad(self.grades.message(row).grade),
            Table::Hosts => self.peers.latest(row).is_some_and(is_bad),
            Table::Findings => {
                let finding = self.findings.get(row);
                finding.is_some_and(|finding| finding.severity > Severity::Info)
            }
            Table::Overview => self.is_bad_time(row),
            Table::Chains => model.mails.get(row as usize).is_some_and(|mail| {
                let grades = mail.grades(&self.grades);
                is_bad(grades.witnessed) || grades.claimed.is_some_and(is_bad)
            }),
        }
    }

    /// Goes to the next row of the same journey: another host's, a notice, or headers.
    pub(super) fn follow_join(&mut self) -> Vec<Effect> {
        if self.table == Table::Overview {
            return self.messages_below();
        }
        let Some((table, row)) = self.next_joined() else {
            return self.say("nothing that is loaded is joined with this");
        };
        self.open_row(table, row)
    }

    fn next_joined(&self) -> Option<(Table, u32)> {
        if let Some(detail) = &self.detail {
            return detail.content.joined.first().copied();
        }
        let row = self.list().selected_row()?;
        let model = self.model();
        joined(&model, self.table, row).first().copied()
    }

    /// Filters by the remote host of the selected row.
    pub(super) fn filter_host(&mut self) -> Vec<Effect> {
        let filter = match self.host_filter() {
            Ok(filter) => filter,
            Err(why_not) => return self.say(why_not),
        };
        self.leave(Leaving::ForList);
        self.detail = None;
        self.set_filter(&filter)
    }

    fn host_filter(&self) -> Result<String, &'static str> {
        if self.table == Table::Overview {
            return self.filter_below();
        }
        let none = "this row names no remote host";
        let row = self.list().selected_row().ok_or(none)?;
        match self.table {
            Table::Hosts => return self.posture_filter(row).unwrap_or(Err(none)),
            Table::Findings => return self.finding_filter(row).unwrap_or(Err(none)),
            Table::Messages | Table::Chains | Table::Overview => {}
        }
        let model = self.model();
        let peer = match self.table {
            Table::Hosts | Table::Findings | Table::Overview => None,
            Table::Messages => model
                .messages
                .get(row)
                .and_then(|row| Peer::of_message(&model, row)),
            Table::Chains => {
                let mail = model.mails.get(row as usize);
                mail.and_then(|mail| mail.hops.last()).map(Peer::of_hop)
            }
        };
        let peer = peer.ok_or(none)?;
        if self.masked && peer.is_person() {
            return Err(MASKED);
        }
        peer.filter().map(|filter| filter.to_string()).ok_or(none)
    }
}

/// The table that is `by` places further in the order of views, round and round.
pub(super) fn beside(table: Table, by: usize) -> Table {
    let at = Table::ALL.iter().position(|other| *other == table);
    let at = at.map_or(0, |at| (at + by) % Table::ALL.len());
    Table::ALL.get(at).copied().unwrap_or(table)
}
