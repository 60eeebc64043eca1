//! What each action does to the state.

use crate::query::eval::{Table, is_bad as is_bad_grade};
use crate::query::{Expr, Query, Term, TextField};
use crate::text::clean;

use super::{App, CopyWhat, Effect, Overlay};
use crate::ui::Action;

pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Up => app.walk(-1),
        Action::Down => app.walk(1),
        Action::PageUp => app.walk(-app.page()),
        Action::PageDown => app.walk(app.page()),
        Action::Top => app.walk(isize::MIN / 2),
        Action::Bottom => app.walk(isize::MAX / 2),
        Action::Left => app.shift(-16),
        Action::Right => app.shift(16),
        Action::Open => return app.open(),
        Action::Back => return app.back(),
        Action::NextView | Action::PreviousView => {
            let other = match app.table {
                Table::Messages => Table::Chains,
                Table::Chains => Table::Messages,
            };
            app.view(other);
        }
        Action::Messages => app.view(Table::Messages),
        Action::Chains => app.view(Table::Chains),
        Action::Filter => app.filter.edit(),
        Action::ClearFilter => return app.set_filter(""),
        Action::NextBad => return app.seek_bad(1),
        Action::PreviousBad => return app.seek_bad(-1),
        Action::Sort | Action::Reverse => return app.resort(action),
        Action::Mark => app.mark(),
        Action::Unmark => app.list_mut().marks.clear(),
        Action::Raw => return app.toggle_raw(),
        Action::Joined => return app.follow_join(),
        Action::SameHost => return app.filter_host(),
        Action::NotUnderstood => app.overlay = Some(Overlay::NotUnderstood(0)),
        Action::Profile => return app.next_profile(),
        Action::Mask => app.toggle_mask(),
        Action::Theme => app.next_theme(),
        Action::CopyRow => return app.copy(CopyWhat::Row),
        Action::CopyId => return app.copy(CopyWhat::Id),
        Action::CopyRaw => return app.copy(CopyWhat::Raw),
        Action::CopyStory => return app.copy(CopyWhat::Story),
        Action::CopyFilter => {
            return vec![Effect::CopyFilter(app.table, app.filter.text().to_owned())];
        }
        Action::WriteCopy => app.overlay = Some(Overlay::WriteTo("hopgrade.txt".into())),
        Action::Help => app.overlay = Some(Overlay::Help(0)),
        Action::Palette => {
            app.overlay = Some(Overlay::Palette {
                input: tui_input::Input::default(),
                selected: 0,
            });
        }
        Action::CancelLoad => return app.cancel_load(),
        Action::Suspend => return vec![Effect::Suspend],
        Action::Quit => return vec![Effect::Quit],
    }
    Vec::new()
}

impl App {
    fn page(&self) -> isize {
        let height = if self.detail.is_some() {
            self.detail_height()
        } else {
            self.list_height()
        };
        isize::try_from(height.saturating_sub(1)).unwrap_or(1)
    }

    fn walk(&mut self, by: isize) {
        if self.detail.is_some() {
            self.scroll(by);
        } else {
            let height = self.list_height();
            self.list_mut().step(by, height);
        }
    }

    fn view(&mut self, table: Table) {
        self.table = table;
        self.detail = None;
    }

    fn open(&self) -> Vec<Effect> {
        let row = self.list().selected_row();
        row.map(|row| Effect::Open(self.table, row))
            .into_iter()
            .collect()
    }

    fn back(&mut self) -> Vec<Effect> {
        if self.detail.take().is_some() {
            return Vec::new();
        }
        if !self.list().marks.is_empty() {
            self.list_mut().marks.clear();
            return Vec::new();
        }
        if self.filter.text().is_empty() {
            Vec::new()
        } else {
            self.set_filter("")
        }
    }

    fn mark(&mut self) {
        self.list_mut().toggle_mark();
        if self.detail.is_none() {
            self.walk(1);
        }
    }

    /// Goes to the next row, in display order, that somebody should look at; past the end it stays.
    fn seek_bad(&mut self, by: isize) -> Vec<Effect> {
        let list = self.list();
        let is_bad = |row: u32| match self.table {
            Table::Messages => is_bad_grade(self.grades.message(row).grade),
            Table::Chains => self.model().mails.get(row as usize).is_some_and(|mail| {
                let grades = mail.grades(&self.grades);
                is_bad_grade(grades.witnessed) || grades.claimed.is_some_and(is_bad_grade)
            }),
        };
        let mut at = list.selected;
        let found = loop {
            let Some(next) = at
                .checked_add_signed(by)
                .filter(|next| *next < list.rows.len())
            else {
                break None;
            };
            at = next;
            if list.rows.get(at).copied().is_some_and(is_bad) {
                break Some(at);
            }
        };
        let Some(found) = found else {
            let way = if by > 0 { "below" } else { "above" };
            self.toast = Some(format!("no bad grade {way}"));
            return Vec::new();
        };
        let height = self.list_height();
        self.list_mut().go_to(found, height);
        if self.detail.is_some() {
            self.open()
        } else {
            Vec::new()
        }
    }

    fn resort(&mut self, action: Action) -> Vec<Effect> {
        let table = self.table;
        let list = self.list_mut();
        let sort = if action == Action::Sort {
            list.sort.next(table)
        } else {
            list.sort.reversed()
        };
        list.set_sort(sort);
        self.toast = Some(format!("sorted by {}", sort.words()));
        self.ask_all()
    }

    fn toggle_raw(&mut self) -> Vec<Effect> {
        let Some(detail) = self.detail.as_mut() else {
            self.raw_next = true;
            return self.open();
        };
        detail.raw = !detail.raw;
        detail.top = 0;
        detail.shift = 0;
        Vec::new()
    }

    fn follow_join(&mut self) -> Vec<Effect> {
        let Some(detail) = self.detail.as_ref() else {
            self.toast =
                Some("open a row first: its detail knows what it is joined with".to_owned());
            return Vec::new();
        };
        let Some(&row) = detail.content.joined.first() else {
            self.toast = Some("nothing loaded is joined with this".to_owned());
            return Vec::new();
        };
        self.table = match detail.content.table {
            Table::Messages => Table::Chains,
            Table::Chains => Table::Messages,
        };
        let height = self.list_height();
        self.list_mut().select(row, height);
        vec![Effect::Open(self.table, row)]
    }

    fn filter_host(&mut self) -> Vec<Effect> {
        let host = self.host_of_selected();
        let Some(host) = host else {
            self.toast = Some("this row names no remote host".to_owned());
            return Vec::new();
        };
        self.detail = None;
        let Ok(text) = TextField::Host.equals(&host) else {
            return Vec::new();
        };
        let exactly = Term::Text {
            field: TextField::Host,
            text,
        };
        self.set_filter(&Query::from(Expr::Term(exactly)).to_string())
    }

    fn host_of_selected(&self) -> Option<String> {
        let row = self.list().selected_row()?;
        let model = self.model();
        let label = match self.table {
            Table::Messages => {
                let message = model.messages.get(row)?;
                let event = model
                    .events_of(message)
                    .filter(|event| !event.peer.is_none())
                    .last()?;
                model.strings.endpoint(event.peer).label().to_vec()
            }
            Table::Chains => model.mails.get(row as usize)?.newest_from()?.to_vec(),
        };
        Some(clean(&label).into_owned())
    }

    fn next_profile(&mut self) -> Vec<Effect> {
        self.profile = (self.profile + 1) % self.setup.profiles.len().max(1);
        self.toast = Some(format!("graded by profile {}", self.profile().name));
        let mut effects = self.ask_all();
        if let Some(detail) = &self.detail {
            effects.push(Effect::Open(detail.content.table, detail.content.row));
        }
        effects
    }

    fn toggle_mask(&mut self) {
        self.masked = !self.masked;
        let state = if self.masked {
            "people are masked, in copies too"
        } else {
            "people are shown"
        };
        self.toast = Some(state.to_owned());
    }

    fn next_theme(&mut self) {
        self.theme = (self.theme + 1) % self.setup.themes.len().max(1);
        self.toast = Some(format!("theme {}", self.setup.themes[self.theme].0));
    }

    fn copy(&mut self, what: CopyWhat) -> Vec<Effect> {
        let rows = match &self.detail {
            Some(detail) if self.list().marks.is_empty() => vec![detail.content.row],
            _ => self.list().subjects(),
        };
        if rows.is_empty() {
            self.toast = Some("nothing to copy".to_owned());
            return Vec::new();
        }
        vec![Effect::Copy(what, self.table, rows)]
    }

    fn cancel_load(&mut self) -> Vec<Effect> {
        if self.setup.progress.is_done() {
            self.toast = Some("press q to leave".to_owned());
            return Vec::new();
        }
        self.toast = Some("loading stopped; what was read is kept".to_owned());
        vec![Effect::CancelLoad]
    }
}
