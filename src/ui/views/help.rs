//! The help, made from the keys in force, the field table and the grades.

use ratatui::text::{Line, Span};

use crate::query::FIELDS;
use crate::text::{pad_right, width};
use crate::tls::Grade;
use crate::ui::App;
use crate::ui::action::{ACTIONS, ActionInfo};
use crate::ui::keymap::Scope;
use crate::ui::widgets::{badge, wrapped};

/// All lines of the help.
pub fn lines(app: &App) -> Vec<Line<'static>> {
    // One column stays free at either side.
    let columns = usize::from(app.size.0.saturating_sub(1));
    let mut lines = keys(app, columns);
    lines.extend(grades(app, columns));
    lines.extend(filter(app, columns));
    lines
}

fn section(app: &App, name: &str) -> [Line<'static>; 2] {
    [
        Line::default(),
        Line::styled(name.to_owned(), app.theme().title()),
    ]
}

/// `head` in the first `cells` columns, then as many lines of text as it takes; below each other in
/// a narrow terminal.
fn entry(
    app: &App,
    head: Span<'static>,
    cells: usize,
    text: &str,
    columns: usize,
) -> Vec<Line<'static>> {
    let used = width(&head.content) + 4;
    let style = app.theme().text();
    if columns < 60 && used > 10 {
        let mut lines = vec![Line::from(vec![Span::raw("  "), head])];
        lines.extend(wrapped(text, 4, 0, columns, style));
        return lines;
    }
    let indent = used.max(cells.min(columns / 2));
    let mut lines = wrapped(text, indent, 0, columns, style);
    if let Some(first) = lines.first_mut() {
        let gap = indent + 2 - used;
        let head = [Span::raw("  "), head, Span::raw(" ".repeat(gap))];
        first.spans.splice(0..1, head);
    }
    lines
}

fn keys(app: &App, columns: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut last = "";
    for info in ACTIONS {
        let keys = all_keys(app, info);
        if keys.is_empty() {
            continue;
        }
        if info.section != last {
            let skip = usize::from(lines.is_empty());
            lines.extend(section(app, info.section).into_iter().skip(skip));
            last = info.section;
        }
        let head = Span::styled(keys.join("  "), app.theme().key());
        lines.extend(entry(app, head, 24, info.help, columns));
    }
    lines
}

/// The keys of an action in lists, then those in details and in the overview alone.
fn all_keys(app: &App, info: &ActionInfo) -> Vec<String> {
    let keymap = &app.setup.keymap;
    let mut keys = keymap.keys_of(Scope::List, info.action);
    let elsewhere = [Scope::Detail, Scope::Overview];
    for key in elsewhere
        .map(|scope| keymap.keys_of(scope, info.action))
        .concat()
    {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

fn grades(app: &App, columns: usize) -> Vec<Line<'static>> {
    let mut lines = section(app, "Grades").to_vec();
    for grade in Grade::ALL {
        let text = format!("{} {}", pad_right(grade.word(), 14), meaning(grade));
        lines.extend(entry(app, badge(app.theme(), grade), 8, &text, columns));
    }
    let more = [
        "~ beside a grade: at least one leg of the journey is not shown",
        "SEEN is what our own hosts witnessed, SAID what the headers of others claim; HOPS counts both",
    ];
    lines.extend(
        more.iter()
            .flat_map(|text| wrapped(text, 2, 2, columns, app.theme().text())),
    );
    lines
}

fn filter(app: &App, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let mut lines = section(app, "Filter").to_vec();
    for text in [
        "words are found anywhere shown; terms side by side must all hold",
        "OR, NOT or -, ( ), \"quoted\", /regex/, field:value, field=value, < <= > >=",
        "field:a,b means a or b; the last good filter stays while one is mistyped",
    ] {
        lines.extend(wrapped(text, 2, 2, columns, theme.text()));
    }
    let widest = FIELDS.iter().map(|info| width(info.example)).max();
    for info in FIELDS {
        let head = Span::styled(info.example, theme.key());
        let cells = widest.unwrap_or(0) + 4;
        lines.extend(entry(app, head, cells, info.help, columns));
    }
    lines
}

const fn meaning(grade: Grade) -> &'static str {
    match grade {
        Grade::A => "the profile recommends protocol and suite",
        Grade::B => "encrypted, with a SHOULD NOT, phase-out or \"not listed\"",
        Grade::S => "encrypted is stated, its strength is not",
        Grade::C => "encrypted, the profile forbids it",
        Grade::D => "TLS in name only: practically broken",
        Grade::E => "cleartext to an inner address",
        Grade::F => "cleartext over any other network",
        Grade::Refused => "TLS was required, not had, nothing was sent",
        Grade::Local => "no network hop; never counts",
        Grade::Unknown => "no statement; neither good nor bad",
    }
}
