//! Help, command palette, file name, lines not understood: over the body.

use std::iter;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};
use tui_input::Input;

use crate::model::{Evidence, Hop};
use crate::text::{clean, pad_right, shape, truncate_end, truncate_middle, width};
use crate::ui::App;
use crate::ui::action::ActionInfo;
use crate::ui::app::{NotUnderstood, Overlay, Writers, matching};
use crate::ui::not_understood;
use crate::ui::widgets::wrapped;

use super::{draw_lines, help};

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, body: Rect, message: Rect) {
    let Some(overlay) = &app.overlay else { return };
    let area = match overlay {
        Overlay::WriteTo { .. } => message,
        _ => body,
    };
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, app.theme().text());
    let inner = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        ..area
    };
    match overlay {
        Overlay::Help(top) => draw_lines(frame, inner, &help::lines(app), *top),
        Overlay::NotUnderstood { lines, .. } => draw_not_understood(app, frame, inner, lines),
        Overlay::Cases(selected) => draw_lines(frame, inner, &cases(app, *selected), 0),
        Overlay::Writers(list) => draw_writers(app, frame, inner, *list),
        Overlay::Palette { input, selected } => draw_palette(app, frame, inner, input, *selected),
        Overlay::WriteTo { input, .. } => draw_prompt(app, frame, inner, input),
    }
}

fn draw_not_understood(app: &App, frame: &mut Frame<'_>, area: Rect, lines: &[NotUnderstood]) {
    let theme = app.theme();
    let title = not_understood::title(&app.model());
    let room = usize::from(area.width).saturating_sub(width(&title) + 3);
    let mut head = vec![Span::styled(title, theme.title())];
    let command = not_understood::command(&app.model(), room);
    head.extend(command.map(|own| Span::styled(format!("   {own}"), theme.dim())));
    let mut out = vec![Line::from(head)];
    out.extend(lines.iter().flat_map(|entry| not_understood(app, entry)));
    draw_lines(frame, area, &out, 0);
}

/// A count; or where a line stands and why it was not understood, then the line.
fn not_understood(app: &App, entry: &NotUnderstood) -> Vec<Line<'static>> {
    let theme = app.theme();
    let columns = usize::from(app.size.0.saturating_sub(1));
    let (reason, line) = match entry {
        NotUnderstood::Count(count) => return wrapped(count, 2, 2, columns, theme.text()),
        NotUnderstood::Line(reason, line) => (reason, line),
    };
    let head = format!("{}:{}   {reason}", line.file, line.number);
    let mut lines = wrapped(&head, 0, 2, columns, theme.dim());
    // Nobody knows where in such a line people stand.
    let shape = app.masked.then(|| shape(line.shown().as_bytes()));
    let text = shape.as_deref().unwrap_or(line.shown());
    lines.extend(wrapped(text, 2, 2, columns, theme.text()));
    lines
}

/// How many entries of what was not understood are wholly on screen; at least one.
pub fn fitting(app: &App, lines: &[NotUnderstood]) -> usize {
    let mut room = app.list_height();
    let fit = lines.iter().take_while(|line| {
        let height = not_understood(app, line).len();
        let fits = height <= room;
        room = room.saturating_sub(height);
        fits
    });
    fit.count().max(1)
}

fn cases(app: &App, selected: usize) -> Vec<Line<'static>> {
    let (theme, cases) = (app.theme(), &app.setup.cases);
    let columns = usize::from(app.size.0.saturating_sub(2));
    let mut lines = vec![Line::styled("The bundled cases", theme.title())];
    for (nth, case) in cases.all.iter().enumerate() {
        let (bar, style) = if nth == selected {
            ("▌", theme.selection())
        } else {
            (" ", theme.text())
        };
        let shown = if nth == cases.open {
            "   shown now"
        } else {
            ""
        };
        lines.push(Line::from(vec![
            Span::styled(format!("{bar} "), theme.accent()),
            Span::styled(case.name.clone(), style),
            Span::styled(shown, theme.dim()),
        ]));
        lines.extend(wrapped(&case.about, 4, 0, columns, theme.dim()));
    }
    lines
}

fn draw_writers(app: &App, frame: &mut Frame<'_>, area: Rect, list: Writers) {
    let theme = app.theme();
    let model = app.model();
    let mail = model.mails.get(list.row as usize);
    let hops = mail.map_or(&[][..], |mail| &mail.hops);
    let mut lines = vec![Line::styled(
        "Down to which header are the hosts ours?",
        theme.title(),
    )];
    let rows = usize::from(area.height).saturating_sub(1).max(1);
    let names = hops.iter().map(|hop| width(&writer(hop)));
    let column = names.max().unwrap_or(0).min(usize::from(area.width / 2));
    let as_started = iter::once((String::new(), "as at the start".to_owned(), ""));
    let newest_first = hops.iter().enumerate().rev();
    let all = as_started.chain(newest_first.map(|(nth, hop)| {
        let number = format!("{}", nth + 1);
        (number, writer(hop), standing(hop.evidence))
    }));
    let top = (list.selected + 1).saturating_sub(rows);
    for (nth, (number, name, standing)) in all.enumerate().skip(top).take(rows) {
        let (bar, style) = if nth == list.selected {
            ("▌", theme.selection())
        } else {
            (" ", theme.text())
        };
        let name = pad_right(&truncate_middle(&name, column), column).into_owned();
        lines.push(Line::from(vec![
            Span::styled(format!("{bar} {number:>3} "), theme.accent()),
            Span::styled(name, style),
            Span::styled(format!("   {standing}"), theme.dim()),
        ]));
    }
    draw_lines(frame, area, &lines, 0);
}

/// The host that wrote a header.
fn writer(hop: &Hop) -> String {
    match hop.writer() {
        name if name.is_empty() => "(not named)".to_owned(),
        name => clean(name.as_bytes()).into_owned(),
    }
}

/// What the statement of a header is worth.
const fn standing(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Own => "ours",
        Evidence::Peer => "stated by the other side",
        Evidence::Unverified => "anybody may have written it",
        Evidence::Inconsistent => "contradicts itself",
    }
}

fn draw_palette(app: &App, frame: &mut Frame<'_>, area: Rect, input: &Input, selected: usize) {
    let theme = app.theme();
    let mut lines = vec![Line::from(vec![
        Span::styled(": ", theme.accent()),
        Span::styled(input.value().to_owned(), theme.input()),
    ])];
    let rows = usize::from(area.height).saturating_sub(1);
    let top = (selected + 1).saturating_sub(rows);
    let found = matching(input.value());
    if found.is_empty() {
        lines.push(Line::styled("  no action is called so", theme.dim()));
    }
    for (nth, info) in found.into_iter().enumerate().skip(top).take(rows) {
        lines.push(palette_line(
            app,
            info,
            nth == selected,
            usize::from(area.width),
        ));
    }
    draw_lines(frame, area, &lines, 0);
    put_cursor(frame, area, 2 + input.visual_cursor());
}

fn palette_line(app: &App, info: &ActionInfo, selected: bool, columns: usize) -> Line<'static> {
    let theme = app.theme();
    let (bar, style) = if selected {
        ("▌", theme.selection())
    } else {
        (" ", theme.text())
    };
    let keys = app.setup.keymap.keys_of(app.scope(), info.action);
    let keys = keys.into_iter().take(2).collect::<Vec<_>>().join(" ");
    Line::from(vec![
        Span::styled(format!("{bar} "), theme.accent()),
        Span::styled(
            pad_right(&info.name.replace('_', " "), 15).into_owned(),
            style,
        ),
        Span::styled(format!("{} ", pad_right(&keys, 14)), theme.key()),
        Span::styled(
            truncate_end(info.help, columns.saturating_sub(34)).into_owned(),
            theme.dim(),
        ),
    ])
}

fn draw_prompt(app: &App, frame: &mut Frame<'_>, area: Rect, input: &Input) {
    let theme = app.theme();
    let prompt = "write the last copy to: ";
    let room = usize::from(area.width).saturating_sub(width(prompt) + 1);
    let scroll = input.visual_scroll(room);
    let shown: String = input.value().chars().skip(scroll).collect();
    let line = Line::from(vec![
        Span::styled(prompt, theme.accent()),
        Span::styled(shown, theme.input()),
    ]);
    frame.render_widget(Paragraph::new(line), area);
    put_cursor(frame, area, width(prompt) + input.visual_cursor() - scroll);
}

fn put_cursor(frame: &mut Frame<'_>, area: Rect, column: usize) {
    let column = u16::try_from(column)
        .unwrap_or(0)
        .min(area.width.saturating_sub(1));
    frame.set_cursor_position(Position::new(area.x + column, area.y));
}
