//! The two top lines: where one is and what is loaded; the filter and how much it leaves.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

use crate::query::eval::Table;
use crate::text::{human, truncate_end, truncate_middle, width};
use crate::ui::App;

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = app.theme();
    let mut spans = vec![Span::styled(" hopgrade  ", theme.title())];
    for (table, number, name) in [
        (Table::Messages, 1, "Messages"),
        (Table::Chains, 3, "Chains"),
    ] {
        let style = if table == app.table {
            theme.accent()
        } else {
            theme.dim()
        };
        spans.push(Span::styled(format!(" {number} {name} "), style));
    }
    let left: usize = spans.iter().map(|span| width(&span.content)).sum();
    let room = usize::from(area.width).saturating_sub(left + 2);
    let status = truncate_end(&status(app, room), room).into_owned();
    let gap = room.saturating_sub(width(&status)) + 1;
    spans.push(Span::raw(" ".repeat(gap)));
    spans.push(Span::styled(status, theme.dim()));
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
}

/// What is loaded, by which profile, in which zone; the least important goes first when room is short.
fn status(app: &App, room: usize) -> String {
    let model = app.model();
    let loaded = match model.files.as_slice() {
        [] => String::new(),
        [only] => file_name(&only.path),
        [first, rest @ ..] => format!("{} +{}", file_name(&first.path), rest.len()),
    };
    let mut counts = Vec::new();
    if !model.messages.is_empty() {
        counts.push(counted(
            u64::from(model.messages.len()),
            "message",
            "messages",
        ));
    }
    if !model.mails.is_empty() {
        counts.push(counted(model.mails.len() as u64, "mail", "mails"));
    }
    if !model.not_understood.is_empty() {
        let lines = counted(model.not_understood.len() as u64, "line", "lines");
        counts.push(format!("{lines} not understood (U)"));
    }
    let mut settings = vec![app.profile().name.clone(), app.setup.zone.name()];
    if app.masked {
        settings.insert(0, "masked".to_owned());
    }
    let full = [vec![loaded.clone()], counts.clone(), settings.clone()]
        .concat()
        .join(" · ");
    let medium = [counts.clone(), settings.clone()].concat().join(" · ");
    settings.pop();
    let without_zone = [counts, settings.clone()].concat().join(" · ");
    let short = settings.join(" · ");
    let fits = [full, medium, without_zone, short]
        .into_iter()
        .find(|text| width(text) <= room);
    fits.unwrap_or_default()
        .trim_start_matches(" · ")
        .to_owned()
}

fn counted(number: u64, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        human::count(number),
        if number == 1 { one } else { many }
    )
}

fn file_name(path: &std::path::Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    truncate_middle(&crate::text::clean(name.as_encoded_bytes()), 24).into_owned()
}

/// Columns before the text of the filter: ` / `.
const PROMPT: usize = 3;

pub(super) fn draw_filter(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = app.theme();
    let list = app.list();
    let shown = list.rows.len() as u64;
    let total = u64::from(list.total);
    let mut right = if shown == total {
        human::count(total)
    } else {
        format!("{} of {}", human::count(shown), human::count(total))
    };
    if !list.marks.is_empty() {
        right = format!("{} marked · {right}", human::count(list.marks.len() as u64));
    }
    let editing = app.filter.is_editing();
    let room = usize::from(area.width).saturating_sub(PROMPT + width(&right) + 2);
    let scroll = app.filter.input.visual_scroll(room);
    let text: String = visible(app.filter.text(), scroll, room);
    let (prompt, text_style) = if editing {
        (theme.accent(), theme.text())
    } else if app.filter.text().is_empty() {
        (theme.dim(), theme.dim())
    } else {
        (theme.accent(), theme.accent())
    };
    let text = if text.is_empty() && !editing {
        "press / to filter".to_owned()
    } else {
        text
    };
    let gap = usize::from(area.width).saturating_sub(PROMPT + width(&text) + width(&right) + 1);
    let line = Line::from(vec![
        Span::styled(" / ", prompt),
        Span::styled(text, text_style),
        Span::raw(" ".repeat(gap)),
        Span::styled(right, theme.dim()),
    ]);
    frame.render_widget(Paragraph::new(line), area);
    if editing && app.overlay.is_none() {
        let cursor = app.filter.input.visual_cursor().saturating_sub(scroll) + PROMPT;
        let column = area.x
            + u16::try_from(cursor)
                .unwrap_or(0)
                .min(area.width.saturating_sub(1));
        frame.set_cursor_position(Position::new(column, area.y));
    }
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

/// The error of the filter, with a caret under its place, over the first lines of the body.
pub(super) fn draw_error(app: &App, frame: &mut Frame<'_>, filter: Rect, body: Rect) {
    let theme = app.theme();
    let completions = &app.filter.completions;
    let lines: Vec<Line<'static>> = if let Some(error) = app.filter.shown_error() {
        let text = app.filter.text();
        let before = text.get(..error.span.start).map_or(0, width);
        let marked = text.get(error.span.clone()).map_or(1, width).max(1);
        let scroll = app
            .filter
            .input
            .visual_scroll(usize::from(filter.width).saturating_sub(PROMPT + 12));
        let indent = (PROMPT + before).saturating_sub(scroll);
        let caret = format!("{}{}", " ".repeat(indent), "^".repeat(marked));
        let room = usize::from(body.width).saturating_sub(PROMPT + 1);
        let message = truncate_end(&error.to_string(), room).into_owned();
        vec![
            Line::styled(
                truncate_end(&caret, usize::from(body.width)).into_owned(),
                theme.error(),
            ),
            Line::styled(format!("   {message}"), theme.error()),
        ]
    } else if app.filter.is_editing() && completions.len() > 1 {
        let mut spans = vec![Span::raw("   ")];
        for (nth, completion) in completions.iter().enumerate().take(12) {
            let style = if nth == app.filter.chosen {
                theme.accent()
            } else {
                theme.dim()
            };
            spans.push(Span::styled(format!("{}  ", completion.text), style));
        }
        vec![Line::from(spans)]
    } else {
        return;
    };
    let height = u16::try_from(lines.len()).unwrap_or(1).min(body.height);
    let area = Rect { height, ..body };
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, theme.text());
    frame.render_widget(Paragraph::new(lines), area);
}
