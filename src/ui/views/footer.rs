//! The two bottom lines: what goes on, and the keys that work now.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::ingest::{Current, Progress, Stage};
use crate::insight::findings::Place;
use crate::insight::posture::Level;
use crate::query::eval::Table;
use crate::report::evidence::Addressee;
use crate::text::{Lang, clean, human, truncate_end, width};
use crate::ui::app::{DetailState, Overlay, Preview, language};
use crate::ui::{Action, App, not_understood};

use super::{help, overlay, overview};

/// What the screens are about where loading was stopped.
const PART_READ: &str = "loading was stopped: only a part was read";
/// Between two notes on a line.
const GAP: &str = "   ";

/// A toast, else the progress of loading or of a filter, else a note; at the right, which part of a long text is on
/// screen.
pub(super) fn draw_message(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = app.theme();
    let place = place(app).unwrap_or_default();
    let column = area
        .right()
        .saturating_sub(u16::try_from(width(&place)).unwrap_or(0) + 1);
    frame
        .buffer_mut()
        .set_string(column, area.y, &place, theme.dim());
    let (text, style) = match (&app.toast, progress(app).or_else(|| reading(app))) {
        (Some(toast), _) => (toast.clone(), theme.notice()),
        (None, Some(progress)) => (progress, theme.progress()),
        (None, None) => match note(app, usize::from(area.width).saturating_sub(2)) {
            Some(note) => (note, theme.dim()),
            None => return,
        },
    };
    let text = format!(
        " {} ",
        truncate_end(&text, usize::from(area.width).saturating_sub(2))
    );
    frame.buffer_mut().set_string(area.x, area.y, &text, style);
}

/// That only a part was read, which stays, and behind it what there is to tell as far as it fits.
fn note(app: &App, cells: usize) -> Option<String> {
    if app.setup.progress.stage() != Stage::Stopped {
        return passing_note(app, cells);
    }
    let room = cells.saturating_sub(width(PART_READ) + GAP.len());
    let more = passing_note(app, room).filter(|more| width(more) <= room);
    let more = more.map_or_else(String::new, |more| format!("{GAP}{more}"));
    Some(format!("{PART_READ}{more}"))
}

/// What was not read, else what the log does not say of TLS, and how to be rid of the note.
fn passing_note(app: &App, cells: usize) -> Option<String> {
    let hide = format!("   {} hides this", app.key(Action::Back));
    if let Some((first, more)) = app.left_out() {
        let more = match more {
            0 => String::new(),
            1 => " (and one more)".to_owned(),
            more => format!(" (and {more} more)"),
        };
        let room = cells.saturating_sub(width(&hide) + width(&more));
        let first = truncate_end(&clean(first.as_bytes()), room).into_owned();
        return Some(first + &more + &hide);
    }
    let coverage = app.note()?;
    let line = coverage.line(cells.saturating_sub(width(&hide)))?;
    Some(line + &hide)
}

/// Which lines are on screen, when not all of them are.
fn place(app: &App) -> Option<String> {
    let (top, lines, height) = match (&app.overlay, &app.detail) {
        (Some(Overlay::Help(top)), _) => (*top, help::lines(app).len(), app.detail_height()),
        (Some(Overlay::NotUnderstood { top, lines }), _) => (
            *top,
            not_understood::entries(&app.model()),
            overlay::fitting(app, lines),
        ),
        (None, _) if let Some(preview) = &app.preview => {
            (preview.top, preview.lines.len(), app.preview_height())
        }
        (None, Some(detail)) => (detail.top, detail.lines.len(), app.detail_height()),
        (None, None) if app.table == Table::Overview => {
            let (lines, height) = overview::below(app);
            (app.below.top, lines, height)
        }
        _ => return None,
    };
    let last = (top + height).min(lines);
    (lines > height).then(|| format!("lines {}-{last} of {lines}", top + 1))
}

/// `reading lines again   42 %`, while a filter asks for what only the lines tell; or that a text is written.
fn reading(app: &App) -> Option<String> {
    if app.awaits_evidence() {
        return Some("writing the text …".to_owned());
    }
    let percent = app.reading()?;
    Some(format!("reading lines again   {percent} %"))
}

/// `loading mainlog   412 MB of 1.1 GB   3.1 M lines/s   2 s left   Ctrl-C stops`; nothing once loading ended.
fn progress(app: &App) -> Option<String> {
    let progress = &app.setup.progress;
    if progress.is_done() {
        return None;
    }
    let mut parts = match progress.current() {
        Current::Preparing(what) => vec![format!("{what} …")],
        Current::Reading(name) => loading(progress, &name),
    };
    parts.push(if progress.is_cancelled() {
        "stopping …".to_owned()
    } else {
        format!("{} stops", app.key(Action::CancelLoad))
    });
    Some(parts.join("   "))
}

/// What is read, how much of it, how fast, and how long it will take.
fn loading(progress: &Progress, name: &str) -> Vec<String> {
    let (bytes, total) = (progress.bytes(), progress.total_bytes());
    let seconds = progress.elapsed().as_secs_f64().max(0.001);
    let name = name.rsplit('/').next().unwrap_or_default();
    let mut parts = vec![format!("loading {}", clean(name.as_bytes()))];
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
    parts
}

pub(super) fn draw_keys(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = app.theme();
    if let Some(Overlay::WriteTo {
        error: Some(error), ..
    }) = &app.overlay
    {
        let room = usize::from(area.width).saturating_sub(2);
        let text = format!(" {}", truncate_end(error, room));
        frame
            .buffer_mut()
            .set_string(area.x, area.y, &text, theme.error());
        return;
    }
    let mut spans = vec![Span::raw(" ")];
    for (key, what) in fitting(keys(app), usize::from(area.width)) {
        spans.push(Span::styled(key, theme.key()));
        spans.push(Span::styled(format!(" {what}   "), theme.dim()));
    }
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
}

/// A key as it is written, and what it does in a word or two.
type Hint = (String, String);

fn hint(key: &str, what: &str) -> Hint {
    (key.to_owned(), what.to_owned())
}

/// As many keys as fit. The last is the way to all the others and always stays.
fn fitting(mut keys: Vec<Hint>, columns: usize) -> Vec<Hint> {
    let cells = |(key, what): &Hint| width(key) + width(what) + 4;
    while keys.len() > 1 && keys.iter().map(cells).sum::<usize>() > columns + 2 {
        keys.remove(keys.len() - 2);
    }
    keys
}

/// The keys that work now, the most important first.
fn keys(app: &App) -> Vec<Hint> {
    if let Some(overlay) = &app.overlay {
        return keys_of_overlay(overlay);
    }
    if let Some(preview) = &app.preview {
        return keys_of_preview(app, preview);
    }
    if app.filter.is_editing() {
        return vec![
            hint("Enter", "keep"),
            hint("Tab", "complete"),
            hint("↑ ↓", "history"),
            hint("Esc", "as before"),
        ];
    }
    if !app.pending.is_empty() {
        return keys_that_go_on(app);
    }
    let offers = match &app.detail {
        Some(detail) => of_detail(app, detail),
        None => of_list(app),
    };
    let shown = offers.into_iter().filter_map(|(action, word)| {
        let key = app.setup.keymap.first_press(app.scope(), action)?;
        Some((key, word.unwrap_or(action.info().short).to_owned()))
    });
    shown.collect()
}

fn keys_of_overlay(overlay: &Overlay) -> Vec<Hint> {
    let choose = |enter| {
        vec![
            hint("Enter", enter),
            hint("↑ ↓", "choose"),
            hint("Esc", "back"),
        ]
    };
    match overlay {
        Overlay::Help(_) | Overlay::NotUnderstood { .. } => {
            vec![hint("↑ ↓", "scroll"), hint("Esc", "back")]
        }
        Overlay::Palette { .. } => choose("do it"),
        Overlay::Cases(_) => choose("show it"),
        Overlay::Writers(_) => choose("ours down to here"),
        Overlay::WriteTo { .. } => vec![hint("Enter", "write"), hint("Esc", "back")],
    }
}

fn keys_of_preview(app: &App, preview: &Preview) -> Vec<Hint> {
    let other = match preview.request.addressee {
        Addressee::Authority => "the note",
        Addressee::Postmaster => "the evidence",
    };
    let language = match preview.request.lang {
        Lang::En => language(Lang::De),
        Lang::De => language(Lang::En),
    };
    vec![
        hint("y", "copy"),
        hint("w", "write"),
        hint("t", other),
        hint(&app.key(Action::Language), language),
        hint("↑ ↓", "scroll"),
        hint("Esc", "back"),
    ]
}

/// The keys that may follow the beginning of a longer one.
fn keys_that_go_on(app: &App) -> Vec<Hint> {
    let longer = app.setup.keymap.continuations(app.scope(), &app.pending);
    let words = longer
        .into_iter()
        .map(|(key, action)| (key, action.info().short.to_owned()));
    words.chain([hint("Esc", "none")]).collect()
}

/// An action worth a place in the footer, with a word that fits better here than its own.
type Offer = (Action, Option<&'static str>);

/// The most important first.
fn of_list(app: &App) -> Vec<Offer> {
    if app.table == Table::Overview {
        return of_overview(app);
    }
    let list = app.list();
    let mut offers: Vec<Offer> = Vec::new();
    if !list.rows.is_empty() {
        offers.push((Action::Open, None));
    }
    if app.table == Table::Hosts {
        let other = match app.level {
            Level::Domain => "hosts",
            _ => "domains",
        };
        offers.push((Action::Domains, Some(other)));
    }
    offers.push((Action::Filter, None));
    if !list.rows.is_empty() && app.table == Table::Findings {
        offers.extend([(Action::Evidence, None), (Action::CopyRow, Some("copy"))]);
    }
    if !app.setup.cases.all.is_empty() {
        offers.push((Action::Cases, None));
    }
    if !list.rows.is_empty() {
        offers.extend([Action::NextBad, Action::Sort, Action::Mark].map(|action| (action, None)));
        offers.push((Action::CopyRow, Some("copy")));
    }
    if app.has_copy() {
        offers.push((Action::WriteCopy, None));
    }
    if !list.rows.is_empty() {
        let rest = [Action::SameHost, Action::Raw, Action::Evidence];
        offers.extend(rest.map(|action| (action, None)));
    }
    offers.extend([Action::Profile, Action::Quit, Action::Help].map(|action| (action, None)));
    once(offers)
}

fn of_overview(app: &App) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    if !app.slots.rows.is_empty() {
        offers.extend(match (app.below.peer, app.is_close()) {
            (Some(_), _) => [
                (Action::Open, Some("this host")),
                (Action::Joined, Some("messages")),
            ],
            (None, false) => [
                (Action::Open, Some("closer")),
                (Action::Joined, Some("messages")),
            ],
            (None, true) => [(Action::Open, Some("messages")), (Action::NextBad, None)],
        });
        offers.extend([Action::Earlier, Action::Later].map(|action| (action, None)));
        if app.below.peer.is_none() {
            offers.push((Action::Down, Some("hosts")));
        }
    }
    offers.push((Action::Filter, None));
    if app.filter.query().is_all() {
        offers.push((Action::NotUnderstood, None));
    } else {
        offers.push((Action::Back, None));
    }
    if !app.slots.rows.is_empty() {
        offers.push((Action::CopyStory, Some("copy")));
    }
    if app.has_copy() {
        offers.push((Action::WriteCopy, None));
    }
    offers.extend([Action::Profile, Action::Quit, Action::Help].map(|action| (action, None)));
    offers
}

fn of_detail(app: &App, detail: &DetailState) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    let behind = match &detail.content.finding {
        Some(told) if matches!(told.finding.place, Place::Mail(..)) => Some("its chain"),
        Some(_) => Some("its messages"),
        None => detail.content.posture.as_ref().map(|_| "its messages"),
    };
    if let Some(behind) = behind.filter(|_| !detail.raw) {
        offers.push((Action::Open, Some(behind)));
    }
    offers.extend([
        (Action::Back, None),
        (Action::Raw, detail.raw.then_some("story")),
        (Action::CopyStory, Some("copy")),
    ]);
    match detail.content.table {
        Table::Findings => offers.push((Action::Evidence, None)),
        Table::Chains => offers.push((Action::Trust, None)),
        _ => {}
    }
    if let Some((next, _)) = detail.content.joined.first() {
        let other = match (detail.content.table, next) {
            (Table::Messages, Table::Messages) => "next host",
            (_, Table::Chains) => "headers",
            (_, Table::Messages) => "log",
            (_, Table::Hosts | Table::Findings | Table::Overview) => "host",
        };
        offers.push((Action::Joined, Some(other)));
    }
    if app.has_copy() {
        offers.push((Action::WriteCopy, None));
    }
    let rest = [
        Action::SameHost,
        Action::NextRow,
        Action::NextBad,
        Action::Evidence,
        Action::Quit,
        Action::Help,
    ];
    offers.extend(rest.map(|action| (action, None)));
    once(offers)
}

/// Each action where it is offered first.
fn once(offers: Vec<Offer>) -> Vec<Offer> {
    let mut seen: Vec<Action> = Vec::new();
    let new = |(action, _): &Offer| {
        let new = !seen.contains(action);
        seen.push(*action);
        new
    };
    offers.into_iter().filter(new).collect()
}
