//! The overview: grades over time, whom to look at first, what protected the mail, what is not known.
//!
//! ```text
//!  the answer in a sentence
//!  the length of a column, and all of them by grade
//!  the chart, its axis and its times
//!  ▲ the chosen stretch of time
//!  ───────────────────────────────────────────────
//!  worst peers              | protection      beside each other from 100 columns on,
//!  what is not known        | cipher suites   below each other else
//! ```

mod chart;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::insight::overview::{Share, Slot, percent, share};
use crate::insight::posture::Worst;
use crate::model::Model;
use crate::report::lines::Align;
use crate::report::posture::way;
use crate::report::{forgotten, peer};
use crate::text::{Lang, human, pad_left, truncate_middle, width};
use crate::tls::Grade;
use crate::ui::outlook::Outlook;
use crate::ui::widgets::{Row, badge, bar, wrapped};
use crate::ui::{Action, App};

use super::{draw_lines, list};

/// From this width on the lower parts stand beside each other.
const TWO_COLUMNS: usize = 100;
/// From so many lines on the chart gets more of them; below so few it has to do alone.
const TALL: usize = 30;
const LOW: usize = 12;
/// Cipher suites that are named.
const SUITES: usize = 8;
/// Columns of the overview as text, and lines of its chart.
const TEXT: (usize, usize) = (100, 8);

/// Columns that the stretches of time have on a screen so wide.
pub const fn chart_columns(columns: usize) -> usize {
    chart::columns(columns)
}

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let columns = usize::from(area.width);
    let Some(outlook) = app
        .outlook
        .as_ref()
        .filter(|own| !own.histogram.slots.is_empty())
    else {
        let why = list::nothing(app);
        let lines = wrapped(&why, 2, 0, columns, app.theme().dim());
        draw_lines(frame, area, &lines, 0);
        return;
    };
    let model = app.model();
    let mut lines = upper(app, outlook, columns);
    let room = usize::from(area.height).saturating_sub(lines.len());
    let below = lower(app, &model, outlook, columns);
    lines.extend(below.into_iter().skip(app.below.top).take(room));
    draw_lines(frame, area, &lines, 0);
}

/// Lines below the rule, and how many of them there is room for.
pub fn below(app: &App) -> (usize, usize) {
    let Some(outlook) = &app.outlook else {
        return (0, 0);
    };
    let columns = usize::from(app.size.0);
    let above = upper(app, outlook, columns).len();
    let lines = lower(app, &app.model(), outlook, columns).len();
    (lines, app.detail_height().saturating_sub(above))
}

/// The chosen stretch of time, or the chosen host, in a sentence.
pub fn sentence(app: &App, model: &Model) -> String {
    let chosen = app.outlook.as_ref().zip(app.below.peer);
    let worst = chosen.and_then(|(own, nth)| Some((own, own.peers.worst.get(nth)?)));
    match worst {
        Some((outlook, worst)) => {
            let [way, name, what] = told_peer(app, model, outlook, worst);
            format!("{name} ({way}): {} {what}", worst.grade.word())
        }
        None => app.slot().map_or_else(String::new, |slot| told(app, slot)),
    }
}

/// All of it as text.
pub fn text(app: &App, model: &Model) -> String {
    let Some(outlook) = &app.outlook else {
        return String::new();
    };
    let (columns, rows) = TEXT;
    let mut lines = head(app, outlook, columns);
    lines.extend(chart::lines(app, &outlook.histogram, columns, rows));
    lines.push(Line::default());
    lines.extend(in_one_column(app, model, outlook, columns));
    let lines = lines.iter().map(ToString::to_string);
    let lines = lines.map(|line| line.trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

/// Everything above and with the rule.
fn upper(app: &App, outlook: &Outlook, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let height = app.detail_height();
    let rows = if height < TALL {
        height / 4
    } else {
        height / 3
    };
    let rows = rows.clamp(2, 12);
    let mut lines = head(app, outlook, columns);
    if height < LOW {
        // The chart itself is the answer where there is room for one only.
        lines = lines.split_off(lines.len().saturating_sub(1));
    }
    lines.extend(chart::lines(app, &outlook.histogram, columns, rows));
    let chosen = app.below.peer.is_none();
    if let Some(slot) = app.slot() {
        let style = if chosen {
            theme.selection()
        } else {
            theme.dim()
        };
        let told = told(app, slot);
        let told = crate::text::truncate_end(&told, columns.saturating_sub(4)).into_owned();
        let mark = if chosen { theme.accent() } else { theme.dim() };
        lines.push(Line::from(vec![
            Span::styled(" ▲ ", mark),
            Span::styled(told, style),
        ]));
    }
    let rule = format!(" {}", "─".repeat(columns.saturating_sub(2)));
    lines.push(Line::styled(rule, theme.rule()));
    lines
}

/// The answer, the length of a column, and all contacts by grade.
fn head(app: &App, outlook: &Outlook, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let figures = &outlook.peers.figures;
    let mut lines = wrapped(&figures.headline(), 1, 0, columns, theme.text());
    lines.push(legend(app, outlook, columns));
    lines
}

/// `one column = 15 min   A ++ 27   F ! 2`; closer together where that is too wide.
fn legend(app: &App, outlook: &Outlook, columns: usize) -> Line<'static> {
    let theme = app.theme();
    let tally = &outlook.peers.figures.tally;
    let step = format!(" one column = {}", outlook.histogram.step.words());
    let counts: Vec<(Grade, String)> = Grade::ALL
        .into_iter()
        .filter(|grade| tally.of(*grade) > 0)
        .map(|grade| (grade, human::count(tally.of(grade).into())))
        .collect();
    let made = |gap: usize, marks: bool| {
        let mut spans = vec![Span::styled(step.clone(), theme.dim())];
        for (grade, count) in &counts {
            let badge = if marks {
                format!("{} {}", grade.letter(), grade.mark())
            } else {
                grade.letter().to_string()
            };
            spans.push(Span::raw(" ".repeat(gap)));
            spans.push(Span::styled(badge, theme.grade(*grade)));
            spans.push(Span::styled(format!(" {count}"), theme.text()));
        }
        Line::from(spans)
    };
    let forms = [(3, true), (2, true), (2, false)];
    let mut forms = forms.into_iter().map(|(gap, marks)| made(gap, marks));
    let fits = forms.find(|line| line.width() < columns);
    fits.unwrap_or_else(|| made(1, false))
}

/// `Tue 25 Feb 2020 04:45-05:00   3 deliveries, one arrival, 2 refused   A 3  F 1  R 2`.
fn told(app: &App, slot: &Slot) -> String {
    let counted = |count: u32, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("one {one}")),
        count => Some(format!("{} {many}", human::count(count.into()))),
    };
    let parts = [
        counted(slot.deliveries(), "delivery", "deliveries"),
        counted(slot.arrivals(), "arrival", "arrivals"),
        counted(slot.of(Grade::Refused), "refused", "refused"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let parts = if parts.is_empty() {
        "nothing".to_owned()
    } else {
        parts.join(", ")
    };
    let grades = Grade::ALL.into_iter().filter_map(|grade| {
        let count = slot.of(grade);
        (count > 0).then(|| format!("  {} {}", grade.letter(), human::count(count.into())))
    });
    format!(
        "{}   {parts} {}",
        chart::stretch(app, slot),
        grades.collect::<String>()
    )
}

fn lower(app: &App, model: &Model, outlook: &Outlook, columns: usize) -> Vec<Line<'static>> {
    if columns < TWO_COLUMNS {
        return in_one_column(app, model, outlook, columns);
    }
    let left = columns * 9 / 20;
    let right = columns - left;
    let mut at_left = worst(app, model, outlook, left);
    at_left.extend(unknown(app, model, outlook, left));
    let mut at_right = protection(app, outlook, right);
    at_right.push(Line::default());
    at_right.extend(suites(app, outlook, right));
    let lines = at_left.len().max(at_right.len());
    at_left.resize(lines, Line::default());
    at_right.resize(lines, Line::default());
    let beside = |(left_line, right_line): (Line<'static>, Line<'static>)| {
        let gap = left.saturating_sub(left_line.width());
        let mut spans = left_line.spans;
        spans.push(Span::raw(" ".repeat(gap)));
        spans.extend(right_line.spans);
        Line::from(spans)
    };
    at_left.into_iter().zip(at_right).map(beside).collect()
}

fn in_one_column(
    app: &App,
    model: &Model,
    outlook: &Outlook,
    columns: usize,
) -> Vec<Line<'static>> {
    let mut lines = worst(app, model, outlook, columns);
    lines.push(Line::default());
    lines.extend(protection(app, outlook, columns));
    lines.push(Line::default());
    lines.extend(suites(app, outlook, columns));
    lines.extend(unknown(app, model, outlook, columns));
    lines
}

fn title(app: &App, name: &str) -> Line<'static> {
    // Spans keep their look when lines are put beside each other.
    Line::from(Span::styled(format!(" {name}"), app.theme().title()))
}

fn worst(app: &App, model: &Model, outlook: &Outlook, columns: usize) -> Vec<Line<'static>> {
    let mut lines = vec![title(app, "Worst peers")];
    if outlook.peers.worst.is_empty() {
        let none = "no peer with a grade of C or worse, and none refused";
        lines.extend(flat(wrapped(none, 2, 0, columns, app.theme().dim())));
    }
    for (nth, worst) in outlook.peers.worst.iter().enumerate() {
        let look = list::Look {
            selected: app.below.peer == Some(nth),
            marked: false,
        };
        let style = look.style(app);
        let [way, name, what] = told_peer(app, model, outlook, worst);
        let room = columns.saturating_sub(2 + 5 + 4 + 2 + width(&what));
        let row = Row::default()
            .span(look.gutter(app))
            .span(badge(app.theme(), worst.grade))
            .space(1)
            .cell(&way, 3, Align::Left, style)
            .cell(&name, room.max(8), Align::Left, style)
            .cell(&what, width(&what), Align::Right, style);
        lines.push(row.line());
    }
    lines
}

/// The way, the name as it may be shown, and `14 of 20, now A`.
fn told_peer(app: &App, model: &Model, outlook: &Outlook, worst: &Worst) -> [String; 3] {
    let Some(posture) = &outlook.peers.at(model, worst.place) else {
        return Default::default();
    };
    let now = match posture.latest {
        latest if latest == worst.grade => String::new(),
        latest => format!(", now {}", latest.letter()),
    };
    let (count, of) = (
        human::count(worst.count.into()),
        human::count(worst.of.into()),
    );
    let what = format!("{count} of {of}{now}");
    [
        way(posture).to_owned(),
        peer::name(posture, app.mask()),
        what,
    ]
}

fn protection(app: &App, outlook: &Outlook, columns: usize) -> Vec<Line<'static>> {
    let mut lines = vec![title(app, "Protection")];
    lines.extend(shares(
        app,
        outlook,
        &outlook.peers.figures.protection,
        columns,
    ));
    lines
}

fn suites(app: &App, outlook: &Outlook, columns: usize) -> Vec<Line<'static>> {
    let all = &outlook.peers.figures.suites;
    let mut lines = vec![title(app, "Cipher suites")];
    if all.is_empty() {
        lines.extend(flat(wrapped(
            "none is stated",
            2,
            0,
            columns,
            app.theme().dim(),
        )));
    }
    let shown = all.get(..SUITES).unwrap_or(all);
    lines.extend(shares(app, outlook, shown, columns));
    let rest = all.get(SUITES..).unwrap_or_default();
    if !rest.is_empty() {
        let count: u32 = rest.iter().map(|own| own.count).sum();
        let text = format!("{} more, {} in all", rest.len(), human::count(count.into()));
        lines.extend(flat(wrapped(&text, 7, 0, columns, app.theme().dim())));
    }
    lines
}

/// Cells of a bar.
const BAR: u32 = 8;

fn shares(app: &App, outlook: &Outlook, all: &[Share], columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let most = all.iter().map(|own| own.count).max().unwrap_or(1).max(1);
    let total = outlook.peers.figures.all();
    let number = |own: &Share| human::count(own.count.into());
    let numbers = all.iter().map(|own| width(&number(own))).max().unwrap_or(0);
    let share_room = width(">99 %");
    let bar_room = if columns >= 56 { BAR } else { 0 };
    let used = 2 + 5 + numbers + 1 + share_room + 2 + bar_room as usize + 1;
    let line = |own: &Share| {
        let cells = (u64::from(own.count) * u64::from(bar_room)).div_ceil(most.into());
        let blocks = "▪".repeat(usize::try_from(cells).unwrap_or(0));
        let style: Style = bar(theme, own.grade);
        Row::default()
            .space(2)
            .span(badge(theme, own.grade))
            .space(1)
            .cell(
                &own.name,
                columns.saturating_sub(used).max(8),
                Align::Left,
                theme.text(),
            )
            .cell(&blocks, bar_room as usize, Align::Left, style)
            .cell(&number(own), numbers, Align::Right, theme.text())
            .cell(
                &percent(own.count, total),
                share_room,
                Align::Right,
                theme.dim(),
            )
            .line()
    };
    all.iter().map(line).collect()
}

/// Lines that were not understood or left out, and what the logs do not say.
fn unknown(app: &App, model: &Model, outlook: &Outlook, columns: usize) -> Vec<Line<'static>> {
    let (dim, text) = (app.theme().dim(), app.theme().text());
    let mut lines = vec![Line::default(), title(app, "Not known")];
    let mut say = |told: &str, style| lines.extend(flat(wrapped(told, 2, 0, columns, style)));
    let (told, style) = not_understood(app, model);
    say(&told, if style { text } else { dim });
    for told in left_out(app, model) {
        say(&told, dim);
    }
    let figures = &outlook.peers.figures;
    let unknown = figures.tally.of(Grade::Unknown);
    if unknown > 0 {
        let share = share(unknown, figures.all());
        let told = format!(
            "{} ({share}) without a statement on TLS",
            human::count(unknown.into())
        );
        say(&told, text);
    }
    for sentence in app.coverage.sentences(Lang::En) {
        say(&sentence, dim);
    }
    lines
}

/// How many lines were read and how many of them not understood; true where there are any.
fn not_understood(app: &App, model: &Model) -> (String, bool) {
    let lines: u64 = model.files.iter().map(|file| u64::from(file.lines)).sum();
    let read = format!("{} lines read", human::count(lines));
    let unread = model.reasons.total();
    if unread == 0 {
        return (format!("{read}, all understood"), false);
    }
    let key = app.key(Action::NotUnderstood);
    let narrow = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    let share = share(narrow(unread), narrow(lines));
    let unread = human::count(unread);
    (
        format!("{read}, {unread} ({share}) not understood: {key} lists them"),
        true,
    )
}

/// What counts for nothing, or is no longer there.
fn left_out(app: &App, model: &Model) -> Vec<String> {
    let copies: u64 = model.files.iter().map(|file| u64::from(file.copies)).sum();
    let counts = [
        (model.foreign(), "of programs that move no mail"),
        (copies, "in the reject log as well, counted once"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let mut told: Vec<String> = counts
        .map(|(count, what)| format!("{} {what}", human::count(count)))
        .collect();
    match app.setup.progress.left_out().len() {
        0 => {}
        1 => told.push("one input was not read".to_owned()),
        count => told.push(format!("{count} inputs were not read")),
    }
    told.extend(forgotten::sentence(&model.forgotten, app.setup.zone));
    told
}

/// Lines of spans that have their own look.
fn flat(lines: Vec<Line<'static>>) -> impl Iterator<Item = Line<'static>> {
    lines.into_iter().map(|line| {
        let style = line.style;
        let spans = line.spans.into_iter();
        let spans = spans.map(|span| Span::styled(span.content, style.patch(span.style)));
        Line::from(spans.collect::<Vec<_>>())
    })
}

/// A number at the right of so many cells, cut where it must be.
fn number(count: u32, cells: usize) -> String {
    let text = human::count(count.into());
    pad_left(&truncate_middle(&text, cells), cells).into_owned()
}
