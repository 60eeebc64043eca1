//! What each action does to the state.

use super::moves::beside;
use super::overlay::Overlay;
use super::{App, CopyWhat, Effect, ListState, Purpose};
use crate::insight::posture::Level;
use crate::query::eval::Table;
use crate::report::evidence::Addressee;
use crate::ui::Action;

pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Up => app.walk(-1),
        Action::Down => app.walk(1),
        Action::PageUp => app.walk_pages(-1),
        Action::PageDown => app.walk_pages(1),
        Action::Top => app.walk(isize::MIN / 2),
        Action::Bottom => app.walk(isize::MAX / 2),
        Action::NextRow => return app.step_row(1),
        Action::PreviousRow => return app.step_row(-1),
        Action::Open => return app.open(),
        Action::Back => return app.back(),
        Action::NextView => return app.view(beside(app.table, 1)),
        Action::PreviousView => return app.view(beside(app.table, Table::ALL.len() - 1)),
        Action::Messages => return app.view(Table::Messages),
        Action::Hosts => return app.view(Table::Hosts),
        Action::Domains => return app.toggle_domains(),
        Action::Chains => return app.view(Table::Chains),
        Action::Findings => return app.view(Table::Findings),
        Action::Overview => return app.view(Table::Overview),
        Action::Earlier => return app.step_time(1),
        Action::Later => return app.step_time(-1),
        Action::Filter => app.edit_filter(),
        Action::ClearFilter => return app.drop_filter(),
        Action::NextBad => return app.seek_bad(1),
        Action::PreviousBad => return app.seek_bad(-1),
        Action::Sort | Action::Reverse => return app.resort(action),
        Action::Mark => return app.mark(),
        Action::Unmark => return app.unmark(),
        Action::Raw => return app.toggle_raw(),
        Action::Joined => return app.follow_join(),
        Action::SameHost => return app.filter_host(),
        Action::NotUnderstood => return app.list_not_understood(0),
        Action::Trust => return app.list_writers(),
        Action::Profile => return app.next_profile(),
        Action::Mask => return app.toggle_mask(),
        Action::Theme => app.next_theme(),
        Action::Language => return app.next_language(),
        Action::CopyRow => return app.copy(CopyWhat::Row),
        Action::CopyId => return app.copy(CopyWhat::Id),
        Action::CopyRaw => return app.copy(CopyWhat::Raw),
        Action::CopyStory => return app.copy(CopyWhat::Story),
        Action::Evidence => return app.write_evidence(Addressee::Authority, Purpose::Preview),
        Action::CopyEvidence => return app.write_evidence(Addressee::Authority, Purpose::Copy),
        Action::CopyNote => return app.write_evidence(Addressee::Postmaster, Purpose::Copy),
        Action::CopyFilter => return app.copy_filter(),
        Action::WriteCopy => return app.ask_file(),
        Action::Help => app.overlay = Some(Overlay::Help(0)),
        Action::Cases => return app.list_cases(),
        Action::Palette => app.overlay = Some(Overlay::palette()),
        Action::Follow => return app.toggle_follow(),
        Action::CancelLoad => return app.cancel_load(),
        Action::Suspend => return vec![Effect::Suspend],
        Action::Quit => return vec![Effect::Quit],
    }
    Vec::new()
}

impl App {
    /// Tells something; asks for nothing.
    pub(super) fn say(&mut self, text: &str) -> Vec<Effect> {
        self.toast = Some(text.to_owned());
        Vec::new()
    }

    fn mark(&mut self) -> Vec<Effect> {
        if self.table == Table::Overview {
            return self.say("nothing is marked in the overview");
        }
        if self.list().selected_row().is_none() {
            return self.say("there is no row to mark");
        }
        self.list_mut().toggle_mark();
        if self.detail.is_none() {
            self.walk(1);
        }
        Vec::new()
    }

    fn unmark(&mut self) -> Vec<Effect> {
        match self.list().marks.len() {
            0 => self.say("nothing is marked"),
            count => {
                self.list_mut().marks.clear();
                self.say(&format!("{count} unmarked"))
            }
        }
    }

    fn resort(&mut self, action: Action) -> Vec<Effect> {
        let table = self.table;
        if table == Table::Overview {
            return self.say("the overview is in the order of time");
        }
        let list = self.list_mut();
        list.sort = match action {
            Action::Sort => list.sort.next(table),
            _ => list.sort.reversed(),
        };
        let words = list.sort.words();
        self.say(&format!("sorted by {words}"));
        self.ask_for_order()
    }

    /// The list of hosts by their domains, and back; from a detail it leads to that list.
    fn toggle_domains(&mut self) -> Vec<Effect> {
        if self.table != Table::Hosts {
            let key = self.key(Action::Hosts);
            return self.say(&format!("hosts and domains are in the view behind {key}"));
        }
        self.detail = None;
        self.level = match self.level {
            Level::Domain => Level::Host,
            _ => Level::Domain,
        };
        self.hosts = ListState::new(self.hosts.sort);
        self.ask_alone()
    }

    fn toggle_raw(&mut self) -> Vec<Effect> {
        if self.table == Table::Overview {
            return self.say_no_lines();
        }
        let Some(detail) = self.detail.as_mut() else {
            self.raw_next = true;
            return self.open();
        };
        detail.raw = !detail.raw;
        detail.top = 0;
        let missing = detail.raw && detail.content.raw.is_none();
        self.reopen().filter(|_| missing).into_iter().collect()
    }

    fn next_profile(&mut self) -> Vec<Effect> {
        self.profile = (self.profile + 1) % self.setup.profiles.len().max(1);
        self.say(&format!("graded by profile {}", self.profile().name));
        self.ask_all()
    }

    fn toggle_mask(&mut self) -> Vec<Effect> {
        self.masked = !self.masked;
        self.say(if self.masked {
            "people are masked, in copies too"
        } else {
            "people are shown"
        });
        self.reopen().into_iter().collect()
    }

    fn next_theme(&mut self) {
        self.theme = (self.theme + 1) % self.setup.themes.len().max(1);
        self.say(&format!("theme {}", self.setup.themes[self.theme].0));
    }

    /// The rows that a copy is about: the marked ones, else that of the detail, else the selected one.
    pub(super) fn subjects(&self) -> Vec<u32> {
        match &self.detail {
            Some(detail) if self.list().marks.is_empty() => vec![detail.content.row],
            _ => self.list().subjects(),
        }
    }

    fn copy(&mut self, what: CopyWhat) -> Vec<Effect> {
        if self.table == Table::Overview && matches!(what, CopyWhat::Id | CopyWhat::Raw) {
            return self.say_no_lines();
        }
        let rows = self.subjects();
        if rows.is_empty() {
            return self.say("there is no row to copy");
        }
        if self.masked && what == CopyWhat::Raw {
            let key = self.key(Action::Mask);
            return self.say(&format!(
                "raw lines cannot be masked; {key} shows people again"
            ));
        }
        self.has_copy = true;
        vec![Effect::Copy(what, self.table, rows)]
    }

    fn copy_filter(&mut self) -> Vec<Effect> {
        self.has_copy = true;
        vec![Effect::CopyFilter(
            self.table,
            self.filter.text().to_owned(),
        )]
    }

    /// Asks for the name of the file that the last copy goes to.
    fn ask_file(&mut self) -> Vec<Effect> {
        if !self.has_copy {
            let key = self.key(Action::CopyRow);
            return self.say(&format!("nothing was copied yet; {key} copies"));
        }
        self.overlay = Some(Overlay::WriteTo {
            input: "hopgrade.txt".into(),
            error: None,
        });
        Vec::new()
    }

    fn toggle_follow(&mut self) -> Vec<Effect> {
        let progress = &self.setup.progress;
        if progress.is_done() && progress.following.logs() == 0 {
            return self.say("nothing that was loaded can grow");
        }
        let on = !progress.following.is_on();
        self.say(if on {
            "the logs are followed as they grow"
        } else {
            "the logs are no longer followed"
        });
        vec![Effect::Follow(on)]
    }

    fn cancel_load(&mut self) -> Vec<Effect> {
        if self.setup.progress.is_done() && self.setup.progress.following.is_on() {
            return self.toggle_follow();
        }
        if self.setup.progress.is_done() {
            let key = self.key(Action::Quit);
            return self.say(&format!("nothing is being loaded; {key} leaves"));
        }
        self.say("loading stopped; what was read is kept");
        vec![Effect::CancelLoad]
    }
}
