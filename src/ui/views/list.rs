//! A list: column heads and the rows on screen.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::query::eval::Table;
use crate::ui::App;

use super::{chains, draw_lines, messages};

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
}

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let width = usize::from(area.width);
    let list = app.list();
    let height = usize::from(area.height.saturating_sub(1));
    let mut lines = vec![match app.table {
        Table::Messages => messages::heads(app, width),
        Table::Chains => chains::heads(app, width),
    }];
    if list.rows.is_empty() {
        lines.push(Line::styled(
            format!("  {}", nothing(app)),
            app.theme().dim(),
        ));
    }
    let model = app.model();
    let mut before = None;
    for (nth, &row) in list.rows.iter().enumerate().skip(list.top).take(height) {
        let look = Look {
            selected: nth == list.selected,
            marked: list.marks.contains(&row),
        };
        lines.push(match app.table {
            Table::Messages => messages::row(app, &model, row, before, &look, width),
            Table::Chains => chains::row(app, &model, row, before, &look, width),
        });
        before = Some(row);
    }
    draw_lines(frame, area, lines, 0);
}

/// Why the list is empty, and what to do.
fn nothing(app: &App) -> &'static str {
    let list = app.list();
    if list.total > 0 {
        return "nothing passes the filter: Ctrl-L drops it";
    }
    if !app.setup.progress.is_done() {
        return "loading …";
    }
    match app.table {
        Table::Messages => "no log messages here: load a log, or press 3 for loaded mails",
        Table::Chains => {
            "no mails here: load an .eml file or pasted headers, or press 1 for log messages"
        }
    }
}
