//! A list: column heads and the rows on screen.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::insight::findings::check;
use crate::query::eval::Table;
use crate::ui::widgets::{Columns, wrapped};
use crate::ui::{Action, App};

use super::chains::{self, ChainRow};
use super::draw_lines;
use super::findings::{self, FindingRow};
use super::hosts::{self, HostRow};
use super::messages::{self, MessageRow};

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

/// Draws the list of the table on screen.
pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let width = usize::from(area.width);
    let height = usize::from(area.height.saturating_sub(1));
    let lines = if app.list().rows.is_empty() {
        wrapped(&nothing(app), 2, 0, width, app.theme().dim())
    } else {
        Vec::new()
    };
    let model = &app.model();
    let (heads, rows) = match app.table {
        Table::Messages => {
            let columns = messages::columns(app, model, width);
            lines_of(app, &columns, height, |row, above| {
                MessageRow::of(app, model, row, above)
            })
        }
        Table::Hosts => lines_of(app, &hosts::columns(app, width), height, |row, _| {
            HostRow::of(app, model, row)
        }),
        Table::Chains => lines_of(app, &chains::columns(width), height, |row, above| {
            ChainRow::of(app, model, row, above)
        }),
        Table::Findings => lines_of(app, &findings::columns(width), height, |row, _| {
            FindingRow::of(app, model, row)
        }),
        // It has a shape of its own.
        Table::Overview => (Line::default(), Vec::new()),
    };
    let lines: Vec<Line<'static>> = [heads].into_iter().chain(lines).chain(rows).collect();
    draw_lines(frame, area, &lines, 0);
}

/// The line of heads and the `height` lines of rows that are on screen; `read` makes a row from its number and the
/// number of the row above it.
fn lines_of<T>(
    app: &App,
    columns: &Columns<T>,
    height: usize,
    read: impl Fn(u32, Option<u32>) -> Option<T>,
) -> (Line<'static>, Vec<Line<'static>>) {
    let list = app.list();
    let mut above = None;
    let rows = list.rows.iter().enumerate().skip(list.top).take(height);
    let rows = rows.map(|(nth, &number)| {
        let look = Look {
            selected: nth == list.selected,
            marked: list.marks.contains(&number),
        };
        let row = read(number, above.replace(number));
        row.map_or_else(Line::default, |row| {
            columns.row(look.gutter(app), &row, look.style(app))
        })
    });
    let rows = rows.collect();
    (columns.heads(list.sort, app.theme().dim()), rows)
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
