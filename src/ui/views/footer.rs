//! The two bottom lines: what goes on, and the keys that work now.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::text::{human, truncate_end, width};
use crate::ui::app::Overlay;
use crate::ui::{Action, App};

/// A toast, else the progress of loading.
pub(super) fn draw_message(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = app.theme();
    let room = usize::from(area.width).saturating_sub(2);
    if let Some(place) = place(app) {
        let column = area
            .right()
            .saturating_sub(u16::try_from(width(&place)).unwrap_or(0) + 1);
        let style = theme.dim();
        frame.buffer_mut().set_string(column, area.y, &place, style);
    }
    let (text, style) = match (&app.toast, progress(app)) {
        (Some(toast), _) => (toast.clone(), theme.accent()),
        (None, Some(progress)) => (progress, theme.dim()),
        (None, None) => return,
    };
    let text = format!(" {} ", truncate_end(&text, room));
    frame.buffer_mut().set_string(area.x, area.y, &text, style);
}

/// Which lines of a detail are on screen, when not all of them are.
fn place(app: &App) -> Option<String> {
    let detail = app.detail.as_ref()?;
    let (lines, height) = (super::detail::line_count(app), app.detail_height());
    let last = (detail.top + height).min(lines);
    (lines > height).then(|| format!("lines {}-{last} of {lines}", detail.top + 1))
}

/// `loading mainlog   412 MB of 1.1 GB   3.1 M lines/s   2 s left`; nothing once loading ended.
fn progress(app: &App) -> Option<String> {
    let progress = &app.setup.progress;
    if progress.is_done() {
        return None;
    }
    let (bytes, total) = (progress.bytes(), progress.total_bytes());
    let seconds = progress.elapsed().as_secs_f64().max(0.001);
    let name = progress.current();
    let name = name.rsplit('/').next().unwrap_or_default();
    let name = crate::text::clean(name.as_bytes()).into_owned();
    let mut parts = vec![format!("loading {name}")];
    if total > bytes {
        parts.push(format!(
            "{} of {}",
            human::bytes(bytes),
            human::bytes(total)
        ));
    } else {
        parts.push(human::bytes(bytes));
    }
    parts.push(human::rate(progress.lines() as f64 / seconds, "lines"));
    if total > bytes && bytes > 0 {
        let left = (total - bytes) as f64 / (bytes as f64 / seconds);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a few seconds"
        )]
        parts.push(format!("{} left", human::duration(left.ceil() as u64)));
    }
    parts.push("Ctrl-C stops".to_owned());
    Some(parts.join("   "))
}

/// Actions worth a place in the footer, the most important first.
const OF_LIST: [Action; 10] = [
    Action::Open,
    Action::Filter,
    Action::NextBad,
    Action::Sort,
    Action::Mark,
    Action::CopyRow,
    Action::Raw,
    Action::Profile,
    Action::Help,
    Action::Quit,
];
const OF_DETAIL: [Action; 9] = [
    Action::Back,
    Action::Raw,
    Action::CopyStory,
    Action::Joined,
    Action::SameHost,
    Action::NextBad,
    Action::WriteCopy,
    Action::Help,
    Action::Quit,
];

pub(super) fn draw_keys(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let keys = keys(app);
    let theme = app.theme();
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    for (key, what) in keys {
        let cells = width(&key) + width(&what) + 4;
        if used + cells > usize::from(area.width) + 3 {
            break;
        }
        used += cells;
        spans.push(Span::styled(key, theme.key()));
        spans.push(Span::styled(format!(" {what}   "), theme.dim()));
    }
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
}

fn keys(app: &App) -> Vec<(String, String)> {
    let pair = |key: &str, what: &str| (key.to_owned(), what.to_owned());
    if let Some(overlay) = &app.overlay {
        return match overlay {
            Overlay::Help(_) | Overlay::NotUnderstood(_) => {
                vec![pair("Esc", "back"), pair("↑ ↓", "scroll")]
            }
            Overlay::Palette { .. } => vec![
                pair("Enter", "do it"),
                pair("↑ ↓", "choose"),
                pair("Esc", "back"),
            ],
            Overlay::WriteTo(_) => vec![pair("Enter", "write"), pair("Esc", "back")],
        };
    }
    if app.filter.is_editing() {
        return vec![
            pair("Enter", "keep"),
            pair("Esc", "as before"),
            pair("Tab", "complete"),
            pair("↑ ↓", "history"),
        ];
    }
    let scope = app.scope();
    if !app.pending.is_empty() {
        let longer = app.setup.keymap.continuations(scope, &app.pending);
        return longer
            .into_iter()
            .map(|(key, action)| (key, action.info().short.to_owned()))
            .collect();
    }
    let actions: &[Action] = if app.detail.is_some() {
        &OF_DETAIL
    } else {
        &OF_LIST
    };
    let shown = actions.iter().filter_map(|action| {
        let key = app
            .setup
            .keymap
            .keys_of(scope, *action)
            .into_iter()
            .next()?;
        let short = match action {
            Action::CopyRow => "copy",
            other => other.info().short,
        };
        Some((key, short.to_owned()))
    });
    shown.collect()
}
