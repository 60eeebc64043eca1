//! The filter line: what is typed, how many rows that leaves; below it, what is wrong or how to go on.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

use crate::query::QueryError;
use crate::query::eval::{Sort, Table};
use crate::text::{human, truncate_end, width};
use crate::ui::App;
use crate::ui::widgets::wrapped;

/// Columns before the text of the filter: ` / `.
const PROMPT: usize = 3;

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = app.theme();
    let columns = usize::from(area.width);
    let editing = app.filter.is_editing();
    let counts = counts(app, columns / 2);
    let room = room(columns, &counts);
    let text = app.filter.text();
    let (prompt, text, style) = match (editing, text) {
        (false, "") => (theme.dim(), "no filter".to_owned(), theme.dim()),
        (false, text) => (
            theme.accent(),
            truncate_end(text, room).into_owned(),
            theme.accent(),
        ),
        (true, text) => (
            theme.accent(),
            visible(text, scroll(app, room), room),
            theme.input(),
        ),
    };
    let gap = columns.saturating_sub(PROMPT + width(&text) + width(&counts) + 1);
    let line = Line::from(vec![
        Span::styled(" / ", prompt),
        Span::styled(text, style),
        Span::raw(" ".repeat(gap)),
        Span::styled(counts, theme.dim()),
    ]);
    frame.render_widget(Paragraph::new(line), area);
    if editing && app.overlay.is_none() {
        let cursor = app
            .filter
            .input
            .visual_cursor()
            .saturating_sub(scroll(app, room));
        let column = u16::try_from(cursor + PROMPT).unwrap_or(0);
        let column = area.x + column.min(area.width.saturating_sub(1));
        frame.set_cursor_position(Position::new(column, area.y));
    }
}

/// Columns for the text of the filter.
fn room(columns: usize, counts: &str) -> usize {
    columns.saturating_sub(PROMPT + width(counts) + 2)
}

/// Columns of the text that are out of sight at the left, so that the cursor is in sight.
fn scroll(app: &App, room: usize) -> usize {
    app.filter.input.visual_scroll(room)
}

/// `2 marked · row 3 of 37, 214,331 in all, 1,176 not searched`, as much of it as fits.
fn counts(app: &App, room: usize) -> String {
    let list = app.list();
    let number = |number: usize| human::count(number as u64);
    let (mut shown, total) = (list.rows.len(), list.total as usize);
    let mut position = match shown {
        0 => "no row".to_owned(),
        _ => format!("row {} of {}", number(list.selected + 1), number(shown)),
    };
    if app.table == Table::Overview {
        shown = app
            .overview
            .as_ref()
            .map_or(0, |own| own.peers.figures.all() as usize);
        position = format!("{} counted", number(shown));
    }
    if shown < total {
        position = format!("{position}, {} in all", number(total));
    }
    if list.not_searched > 0 {
        let not_searched = number(list.not_searched as usize);
        position = format!("{position}, {not_searched} not searched");
    }
    if !list.marks.is_empty() {
        position = format!("{} marked · {position}", number(list.marks.len()));
    }
    if list.sort != Sort::fresh(app.table) {
        let sorted = format!("by {} · {position}", list.sort.words());
        if width(&sorted) <= room {
            return sorted;
        }
    }
    position
}

/// The part of the edited text that fits. What a person types or pastes is shown as it is; control
/// characters never get into the input, and the screen buffer would drop them.
fn visible(text: &str, skip: usize, room: usize) -> String {
    let mut cells = 0;
    let mut out = String::new();
    for letter in text.chars() {
        let wide = width(letter.encode_utf8(&mut [0; 4]));
        if cells >= skip && cells + wide <= skip + room {
            out.push(letter);
        }
        cells += wide;
    }
    out
}

/// What is wrong, under its place, or how to go on: over the first lines of the body.
pub(super) fn draw_help(app: &App, frame: &mut Frame<'_>, body: Rect) {
    let columns = usize::from(body.width);
    let lines = if let Some(error) = app.filter.shown_error() {
        error_lines(app, error, columns)
    } else if app.filter.is_editing() && app.filter.completions.len() > 1 {
        completion_lines(app, columns)
    } else {
        return;
    };
    let height = u16::try_from(lines.len()).unwrap_or(1).min(body.height);
    let area = Rect { height, ..body };
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, app.theme().text());
    frame.render_widget(Paragraph::new(lines), area);
}

fn error_lines(app: &App, error: &QueryError, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let text = app.filter.text();
    let before = text.get(..error.span.start).map_or(0, width);
    let marked = text.get(error.span.clone()).map_or(1, width).max(1);
    let scroll = scroll(app, room(columns, &counts(app, columns / 2)));
    let indent = (PROMPT + before).saturating_sub(scroll);
    let caret = format!("{}{}", " ".repeat(indent), "^".repeat(marked));
    let caret: String = caret.chars().take(columns).collect();
    let mut lines = vec![Line::styled(caret, theme.error())];
    // Under the caret where the sentence fits there.
    let message = error.to_string();
    let indent = if indent + width(&message) < columns {
        indent
    } else {
        PROMPT
    };
    lines.extend(wrapped(&message, indent, 0, columns, theme.error()));
    lines
}

/// The completions around the chosen one, and what that one means.
fn completion_lines(app: &App, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let filter = &app.filter;
    let mut spans = vec![Span::raw(" ".repeat(PROMPT))];
    let mut used = PROMPT;
    let mut first = 0;
    for (nth, completion) in filter.completions.iter().enumerate() {
        let cells = width(&completion.text) + 2;
        if used + cells > columns && nth > first {
            if nth > filter.chosen {
                break;
            }
            spans.truncate(1);
            (used, first) = (PROMPT, nth);
        }
        let style = if nth == filter.chosen {
            theme.accent()
        } else {
            theme.dim()
        };
        let text = truncate_end(&completion.text, columns.saturating_sub(PROMPT + 2)).into_owned();
        spans.push(Span::styled(format!("{text}  "), style));
        used += cells;
    }
    let mut lines = vec![Line::from(spans)];
    let note = filter
        .completions
        .get(filter.chosen)
        .map_or("", |chosen| &chosen.note);
    lines.extend(wrapped(note, PROMPT, 0, columns, theme.dim()));
    lines
}
