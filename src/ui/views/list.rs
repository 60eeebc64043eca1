//! A list: column heads and the rows on screen.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::insight::findings::check;
use crate::query::eval::{SortKey, Table};
use crate::ui::widgets::wrapped;
use crate::ui::{Action, App};

use super::{chains, draw_lines, findings, hosts, messages};

/// The part of a list that every table has in common.
pub(super) struct Look {
    /// The bar at the left: selected or not.
    pub selected: bool,
    /// The row is marked.
    pub marked: bool,
}

impl Look {
    /// The first two columns of a row.
    pub(super) fn gutter(&self, app: &App) -> Span<'static> {
        let bar = match (self.selected, self.marked) {
            (true, true) => "▌*",
            (true, false) => "▌ ",
            (false, true) => " *",
            (false, false) => "  ",
        };
        Span::styled(bar, app.theme().accent())
    }

    /// How the cells of a row look, all but the badge.
    pub(super) fn style(&self, app: &App) -> Style {
        let theme = app.theme();
        match (self.selected, self.marked) {
            (true, _) => theme.selection(),
            (false, true) => theme.marked(),
            (false, false) => theme.text(),
        }
    }
}

/// The head of a column, with an arrow where the list is sorted by it.
pub(super) fn head(app: &App, name: &str, key: SortKey) -> String {
    let sort = app.list().sort;
    let mark = if sort.descending { "▼" } else { "▲" };
    if sort.key == key {
        format!("{name}{mark}")
    } else {
        name.to_owned()
    }
}

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let width = usize::from(area.width);
    let list = app.list();
    let height = usize::from(area.height.saturating_sub(1));
    let page = messages::Page::of(app, &app.model(), width);
    let mut lines = vec![match app.table {
        Table::Messages => messages::heads(app, &page),
        Table::Hosts => hosts::heads(app, width),
        Table::Chains => chains::heads(app, width),
        Table::Findings => findings::heads(app, width),
        // It has a shape of its own.
        Table::Overview => Line::default(),
    }];
    if list.rows.is_empty() {
        lines.extend(wrapped(&nothing(app), 2, 0, width, app.theme().dim()));
    }
    let model = app.model();
    let mut before = None;
    for (nth, &row) in list.rows.iter().enumerate().skip(list.top).take(height) {
        let look = Look {
            selected: nth == list.selected,
            marked: list.marks.contains(&row),
        };
        lines.push(match app.table {
            Table::Messages => messages::row(app, &model, row, before, &look, &page),
            Table::Hosts => hosts::row(app, &model, row, &look, width),
            Table::Chains => chains::row(app, &model, row, before, &look, width),
            Table::Findings => findings::row(app, &model, row, &look, width),
            Table::Overview => Line::default(),
        });
        before = Some(row);
    }
    draw_lines(frame, area, &lines, 0);
}

/// Why the list is empty, and what to do.
pub(super) fn nothing(app: &App) -> String {
    let list = app.list();
    if list.total > 0 && app.filter.is_editing() {
        return "Nothing passes the filter.".to_owned();
    }
    if list.total > 0 {
        let drop = app.key(Action::ClearFilter);
        let unfit = match app.table {
            Table::Findings => check(&app.filter.query()).err(),
            _ => None,
        };
        let why = unfit.map_or_else(String::new, |unfit| format!(" {unfit}."));
        return format!("Nothing passes the filter.{why} {drop} drops it.");
    }
    if !app.setup.progress.is_done() {
        return "Loading …".to_owned();
    }
    if app.awaits_answer() {
        return "Counting …".to_owned();
    }
    let (messages, chains) = (app.key(Action::Messages), app.key(Action::Chains));
    let not_understood = match app.model().reasons.total() {
        0 => String::new(),
        _ => format!(
            " {} lists the lines that were not understood.",
            app.key(Action::NotUnderstood)
        ),
    };
    match app.table {
        Table::Messages => format!(
            "No log was loaded that tells of a message. {chains} shows loaded mails.{not_understood}"
        ),
        Table::Hosts => format!(
            "No log was loaded that tells of a remote host. {chains} shows loaded mails.{not_understood}"
        ),
        Table::Findings => {
            format!("Nothing was found that somebody should act on.{not_understood}")
        }
        Table::Overview => format!(
            "No log was loaded that tells of a delivery. {chains} shows loaded mails.{not_understood}"
        ),
        Table::Chains => format!(
            "No mail was loaded: give an .eml file or pasted headers. {messages} shows log messages."
        ),
    }
}
