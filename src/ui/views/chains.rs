//! The rows of the list of loaded mails.

use ratatui::text::Line;

use crate::model::{Evidence, Mail, Model};
use crate::query::eval::SortKey;
use crate::text::{Clean, clean, truncate_end};
use crate::ui::App;
use crate::ui::peer::Peer;
use crate::ui::widgets::{Align, Row, badge};

use super::list::{Look, head};
use super::time;

/// Which columns there is room for, and how wide they are; 0 is left out.
struct Columns {
    time: usize,
    hops: usize,
    from: usize,
    subject: usize,
    host: usize,
}

/// Gutter, and two badges with the space behind them.
const FIXED: usize = 2 + 5 + 5;

impl Columns {
    /// Columns go in the order host, subject, hops.
    fn of(total: usize) -> Self {
        let wide = total >= 60;
        let mut columns = Self {
            time: if wide { time::WIDE } else { time::NARROW },
            hops: if wide { 4 } else { 0 },
            from: 0,
            subject: 0,
            host: if total >= 100 { 28.min(total / 5) } else { 0 },
        };
        let fixed = [columns.time, columns.hops, columns.host];
        let used: usize = fixed
            .into_iter()
            .filter(|cells| *cells > 0)
            .map(|cells| cells + 1)
            .sum();
        let rest = total.saturating_sub(FIXED + used + 1);
        columns.subject = if wide { rest / 2 } else { 0 };
        columns.from = rest
            .saturating_sub(columns.subject + usize::from(wide))
            .max(8);
        columns
    }
}

pub(super) fn heads(app: &App, total: usize) -> Line<'static> {
    let columns = Columns::of(total);
    let style = app.theme().dim();
    Row::default()
        .space(2)
        .cell("SEEN", 4, Align::Left, style)
        .cell("SAID", 4, Align::Left, style)
        .cell(
            &head(app, "LAST", SortKey::Last),
            columns.time,
            Align::Right,
            style,
        )
        .cell("HOPS", columns.hops, Align::Right, style)
        .cell(
            &head(app, "FROM", SortKey::From),
            columns.from,
            Align::Left,
            style,
        )
        .cell("SUBJECT", columns.subject, Align::Left, style)
        .cell("HANDED OVER BY", columns.host, Align::Left, style)
        .line()
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
    let columns = Columns::of(total);
    let style = look.style(app);
    let above = before.and_then(|row| model.mails.get(row as usize)?.time());
    let when = mail.time().map_or_else(
        || "no time".to_owned(),
        |time| time::of_row(app, model.newest(), time, above, columns.time),
    );
    let host = mail
        .hops
        .last()
        .map(|hop| Peer::of_hop(hop).shown(app.mask()));
    badges(app, mail, look)
        .cell(&when, columns.time, Align::Right, style)
        .cell(&hops(mail), columns.hops, Align::Right, style)
        .cell(&sender(app, mail), columns.from, Align::Left, style)
        .cell(
            &subject(app, mail, columns.subject),
            columns.subject,
            Align::Left,
            style,
        )
        .cell(&host.unwrap_or_default(), columns.host, Align::Left, style)
        .line()
}

/// The grade that our own hosts witnessed, and what the headers of others claim.
fn badges(app: &App, mail: &Mail, look: &Look) -> Row {
    let theme = app.theme();
    let grades = mail.grades(&app.grades);
    let row = Row::default()
        .span(look.gutter(app))
        .span(badge(theme, grades.witnessed))
        .space(1);
    match grades.claimed {
        Some(claimed) => row.span(badge(theme, claimed)).space(1),
        None => row.space(5),
    }
}

/// Hops that our own hosts wrote, and those of others: `1+2`.
fn hops(mail: &Mail) -> String {
    let own = mail
        .hops
        .iter()
        .filter(|hop| hop.evidence == Evidence::Own)
        .count();
    match mail.hops.len() {
        0 => "0".to_owned(),
        hops => format!("{own}+{}", hops - own),
    }
}

fn sender(app: &App, mail: &Mail) -> String {
    let sender = Clean::line(mail.sender());
    match app.mask() {
        Some(mask) => mask.address(&sender),
        None => sender.into(),
    }
}

/// Cut at its end, as one reads it. What a bounce returned is another journey than the bounce.
fn subject(app: &App, mail: &Mail, cells: usize) -> String {
    let returned = if mail.returned { "(returned) " } else { "" };
    if app.masked {
        return returned.trim_end().to_owned();
    }
    let subject = format!("{returned}{}", clean(mail.subject().as_bytes()));
    truncate_end(&subject, cells).into_owned()
}
