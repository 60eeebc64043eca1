//! Help, command palette, file name, lines not understood: over the body.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

use crate::text::{Clean, human, pad_right, truncate_end, truncate_middle, width};
use crate::ui::App;
use crate::ui::app::{Overlay, matching};

use super::{draw_lines, help};

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, body: Rect, message: Rect) {
    match &app.overlay {
        Some(Overlay::Help(top)) => {
            clear(app, frame, body);
            let area = inner(body);
            draw_lines(frame, area, help::lines(app), *top);
        }
        Some(Overlay::NotUnderstood(top)) => {
            clear(app, frame, body);
            draw_not_understood(app, frame, inner(body), *top);
        }
        Some(Overlay::Palette { input, selected }) => {
            clear(app, frame, body);
            draw_palette(app, frame, inner(body), input, *selected);
        }
        Some(Overlay::WriteTo(input)) => draw_prompt(app, frame, message, input),
        None => {}
    }
}

fn clear(app: &App, frame: &mut Frame<'_>, area: Rect) {
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, app.theme().text());
}

fn inner(area: Rect) -> Rect {
    Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        ..area
    }
}

fn draw_not_understood(app: &App, frame: &mut Frame<'_>, area: Rect, top: usize) {
    let theme = app.theme();
    let model = app.model();
    let count = model.not_understood.len();
    let title = match count {
        0 => "every line was understood".to_owned(),
        _ => format!("{} lines were not understood", human::count(count as u64)),
    };
    let mut lines = vec![Line::styled(title, theme.title())];
    let room = usize::from(area.height).saturating_sub(1);
    for line in model.not_understood.iter().skip(top).take(room) {
        let path = model.path(line.file).display().to_string();
        let place = format!("{}:{}", truncate_middle(&Clean::line(path), 24), line.line);
        let text = match model.line(line.file, line.line) {
            Ok(text) => Clean::line(text),
            Err(error) => Clean::line(error.to_string()),
        };
        let head = format!(
            "{}  {}  ",
            pad_right(&place, 28),
            pad_right(line.reason, 20)
        );
        let rest = usize::from(area.width).saturating_sub(width(&head));
        let text = app
            .mask()
            .map_or_else(|| text.to_string(), |mask| mask.text(&text));
        lines.push(Line::from(vec![
            Span::styled(head, theme.dim()),
            Span::styled(truncate_end(&text, rest).into_owned(), theme.text()),
        ]));
    }
    draw_lines(frame, area, lines, 0);
}

fn draw_palette(
    app: &App,
    frame: &mut Frame<'_>,
    area: Rect,
    input: &tui_input::Input,
    selected: usize,
) {
    let theme = app.theme();
    let mut lines = vec![Line::from(vec![
        Span::styled(": ", theme.accent()),
        Span::styled(input.value().to_owned(), theme.text()),
    ])];
    let rows = usize::from(area.height).saturating_sub(1);
    let top = (selected + 1).saturating_sub(rows);
    for (nth, info) in matching(input.value())
        .into_iter()
        .enumerate()
        .skip(top)
        .take(rows)
    {
        let bar = if nth == selected { "▌" } else { " " };
        let style = if nth == selected {
            theme.selection()
        } else {
            theme.text()
        };
        let keys = app.setup.keymap.keys_of(app.scope(), info.action).join(" ");
        lines.push(Line::from(vec![
            Span::styled(format!("{bar} "), theme.accent()),
            Span::styled(
                pad_right(&info.name.replace('_', " "), 18).into_owned(),
                style,
            ),
            Span::styled(format!("{} ", pad_right(&keys, 16)), theme.key()),
            Span::styled(info.help, theme.dim()),
        ]));
    }
    draw_lines(frame, area, lines, 0);
    put_cursor(frame, area, 2 + input.visual_cursor());
}

fn draw_prompt(app: &App, frame: &mut Frame<'_>, area: Rect, input: &tui_input::Input) {
    let theme = app.theme();
    let prompt = " write the last copy to: ";
    clear(app, frame, area);
    let line = Line::from(vec![
        Span::styled(prompt, theme.accent()),
        Span::styled(input.value().to_owned(), theme.text()),
    ]);
    frame.render_widget(Paragraph::new(line), area);
    put_cursor(frame, area, width(prompt) + input.visual_cursor());
}

fn put_cursor(frame: &mut Frame<'_>, area: Rect, column: usize) {
    let column = u16::try_from(column)
        .unwrap_or(0)
        .min(area.width.saturating_sub(1));
    frame.set_cursor_position(Position::new(area.x + column, area.y));
}
