//! The rows of the list of loaded mails.

use ratatui::text::Line;

use crate::model::{Evidence, Model};
use crate::query::eval::SortKey;
use crate::text::{Clean, clean};
use crate::ui::App;
use crate::ui::widgets::{Align, Row, badge};

use super::list::Look;
use super::story;

/// Widths of time, sender, subject and last host. Hosts go first when room is short.
fn columns(total: usize) -> (usize, usize, usize, usize) {
    let time = 15;
    let host = if total >= 100 { 24 } else { 0 };
    // Gutter, two badges, hops, and the spaces between.
    let fixed = 2 + 5 + 5 + time + 1 + 4 + usize::from(host > 0) + host + 2;
    let rest = total.saturating_sub(fixed);
    let from = (rest * 2 / 5).max(8);
    (time, from, rest.saturating_sub(from + 1).max(8), host)
}

pub(super) fn heads(app: &App, total: usize) -> Line<'static> {
    let (time, from, subject, host) = columns(total);
    let style = app.theme().dim();
    let sort = app.list().sort;
    let head = |name: &str, key: SortKey| {
        let mark = if sort.descending { "▼" } else { "▲" };
        if sort.key == key {
            format!("{name}{mark}")
        } else {
            name.to_owned()
        }
    };
    let mut row = Row::default()
        .space(2)
        .cell("OURS", 4, Align::Left, style)
        .cell("PEER", 4, Align::Left, style)
        .cell(&head("LAST", SortKey::Last), time, Align::Left, style)
        .cell("HOPS", 4, Align::Right, style)
        .cell(&head("FROM", SortKey::From), from, Align::Left, style)
        .cell("SUBJECT", subject, Align::Left, style);
    if host > 0 {
        row = row.cell("HANDED OVER BY", host, Align::Left, style);
    }
    row.line()
}

pub(super) fn row(
    app: &App,
    model: &Model,
    number: u32,
    before: Option<u32>,
    look: &Look,
    total: usize,
) -> Line<'static> {
    let Some(mail) = model.mails.get(number as usize) else {
        return Line::default();
    };
    let (time, from, subject, host) = columns(total);
    let theme = app.theme();
    let style = if look.selected {
        theme.selection()
    } else {
        theme.text()
    };
    let grades = mail.grades(&app.grades);
    let previous = before.and_then(|row| model.mails.get(row as usize)?.time());
    let when = mail.time().map_or_else(
        || "no time".to_owned(),
        |last| story::stamp(app, model, last, previous, time),
    );
    let sender = story::person(app, &Clean::line(mail.from()));
    let title = if app.masked {
        String::new()
    } else {
        clean(mail.subject().as_bytes()).into_owned()
    };
    let mut row = Row::default()
        .span(look.gutter(app))
        .span(badge(theme, grades.witnessed))
        .space(1);
    row = match grades.claimed {
        Some(claimed) => row.span(badge(theme, claimed)).space(1),
        None => row.space(5),
    };
    let own = mail
        .hops
        .iter()
        .filter(|hop| hop.evidence == Evidence::Own)
        .count();
    row = row
        .cell(&when, time, Align::Left, style)
        .cell(
            &format!("{own}+{}", mail.hops.len() - own),
            4,
            Align::Right,
            style,
        )
        .cell(&sender, from, Align::Left, style)
        .cell(&title, subject, Align::Left, style);
    if host > 0 {
        let label = clean(mail.newest_from().unwrap_or_default()).into_owned();
        row = row.cell(&label, host, Align::Left, style);
    }
    row.line()
}
