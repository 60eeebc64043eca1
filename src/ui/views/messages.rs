//! The rows of the message list.

use ratatui::text::{Line, Span};

use crate::model::{Event, Message, Model};
use crate::query::eval::SortKey;
use crate::text::{Clean, truncate_middle, width};
use crate::ui::App;
use crate::ui::peer::Peer;
use crate::ui::widgets::{Align, Row, badge};

use super::list::{Look, head};
use super::time;

/// Which columns there is room for, and how wide they are; 0 is left out.
#[derive(Clone, Copy)]
struct Columns {
    time: usize,
    id: usize,
    /// Envelope sender and recipient, or the recipient alone.
    route: usize,
    with_sender: bool,
    state: usize,
    tries: usize,
    waits: usize,
    peer: usize,
}

/// Gutter, badge and the space behind it.
const FIXED: usize = 2 + 5;

/// A recipient below this many columns says nothing: something else goes then.
const LEAST: usize = 14;

impl Columns {
    /// The most columns that leave the recipient some room. They go in the order peer, waits, sender,
    /// ID with tries; never grade, time, recipient, state. Without ID the list stands beside a detail
    /// that names it, or in a terminal of some forty columns.
    fn of(total: usize, id: usize) -> Self {
        let peer = if total >= 110 { 28.min(total / 6) } else { 0 };
        let waits = if total >= 90 { 4 } else { 0 };
        let most = Self {
            time: time::WIDE,
            id,
            route: 0,
            with_sender: false,
            state: 9,
            tries: 3,
            waits,
            peer,
        };
        let least = Self {
            time: time::NARROW,
            id: 0,
            tries: 0,
            waits: 0,
            peer: 0,
            ..most
        };
        let mut columns = if most.rest(total) < LEAST {
            least
        } else {
            most
        };
        columns.route = columns.rest(total).max(8);
        columns.with_sender = columns.route >= 38;
        columns
    }

    /// What sender and recipient have.
    fn rest(&self, total: usize) -> usize {
        let others = [
            self.time, self.id, self.state, self.tries, self.waits, self.peer,
        ];
        let others = others.into_iter().filter(|cells| *cells > 0);
        let used: usize = others.map(|cells| cells + 1).sum();
        total.saturating_sub(FIXED + used + 1)
    }
}

/// Queue IDs on screen: 16 columns, 23 where Exim's new ones occur.
fn id_width(model: &Model, rows: &[u32]) -> usize {
    let longest = rows
        .iter()
        .filter_map(|&row| model.messages.get(row))
        .map(|m| model.queue_id(m).len());
    longest.max().unwrap_or(16).clamp(10, 23)
}

/// What the rows of one frame have in common.
pub(super) struct Page {
    columns: Columns,
    /// Time of the newest event.
    newest: i64,
}

impl Page {
    /// Of the rows that are on screen.
    pub(super) fn of(app: &App, model: &Model, total: usize) -> Self {
        let list = app.list();
        let end = (list.top + app.list_height()).min(list.rows.len());
        let shown = list.rows.get(list.top..end).unwrap_or_default();
        Self {
            columns: Columns::of(total, id_width(model, shown)),
            newest: model.newest(),
        }
    }
}

pub(super) fn heads(app: &App, page: &Page) -> Line<'static> {
    let columns = page.columns;
    let style = app.theme().dim();
    let route = if columns.with_sender {
        format!("{} → TO", head(app, "FROM", SortKey::From))
    } else {
        "TO".to_owned()
    };
    Row::default()
        .space(2)
        .cell(&head(app, "GRD", SortKey::Grade), 4, Align::Left, style)
        .cell(
            &head(app, "LAST", SortKey::Last),
            columns.time,
            Align::Right,
            style,
        )
        .cell(
            &head(app, "ID", SortKey::Id),
            columns.id,
            Align::Left,
            style,
        )
        .cell(&route, columns.route, Align::Left, style)
        .cell(
            &head(app, "STATE", SortKey::Status),
            columns.state,
            Align::Left,
            style,
        )
        .cell(
            &head(app, "TRY", SortKey::Attempts),
            columns.tries,
            Align::Right,
            style,
        )
        .cell(
            &head(app, "WAIT", SortKey::Waits),
            columns.waits,
            Align::Right,
            style,
        )
        .cell("PEER", columns.peer, Align::Left, style)
        .line()
}

pub(super) fn row(
    app: &App,
    model: &Model,
    number: u32,
    before: Option<u32>,
    look: &Look,
    page: &Page,
) -> Line<'static> {
    let Some(message) = model.messages.get(number) else {
        return Line::default();
    };
    let theme = app.theme();
    let columns = page.columns;
    let style = look.style(app);
    let grade = app.grades.message(number);
    let last = model.span_of(message).1;
    let above = before
        .and_then(|row| model.messages.get(row))
        .map(|m| model.span_of(m).1);
    let when = time::of_row(app, page.newest, last, above, columns.time);
    let id = Clean::line(model.queue_id(message));
    let peer = Peer::of_message(model, message);
    let peer = peer.map_or_else(String::new, |peer| peer.shown(app.mask()));
    Row::default()
        .span(look.gutter(app))
        .span(badge(theme, grade.grade))
        .span(Span::styled(
            if grade.incomplete { "~" } else { " " },
            theme.dim(),
        ))
        .cell(&when, columns.time, Align::Right, style)
        .cell(&id, columns.id, Align::Left, style)
        .cell(
            &route(app, model, message, &columns),
            columns.route,
            Align::Left,
            style,
        )
        .cell(message.status().name(), columns.state, Align::Left, style)
        .cell(&count(message.attempts), columns.tries, Align::Right, style)
        .cell(&count(message.waits), columns.waits, Align::Right, style)
        .cell(&peer, columns.peer, Align::Left, style)
        .line()
}

/// A number of attempts in three cells; thousands are told where there are too many.
fn count(number: u16) -> String {
    match number {
        0 => String::new(),
        1..1000 => number.to_string(),
        _ => format!("{}k", number / 1000),
    }
}

/// `sender → recipient`, both cut in the middle so that both domains stay readable.
fn route(app: &App, model: &Model, message: &Message, columns: &Columns) -> String {
    let recipients = recipients(app, model, message);
    if !columns.with_sender {
        return recipients;
    }
    let sender = if message.sender.is_none() {
        "?".to_owned()
    } else {
        person(app, model.strings.addresses.get(message.sender))
    };
    let half = (columns.route - 3) / 2;
    let room = half + half.saturating_sub(width(&recipients));
    let sender = truncate_middle(&sender, room).into_owned();
    let room = (columns.route - 3).saturating_sub(width(&sender));
    format!("{sender} → {}", truncate_middle(&recipients, room))
}

/// The first recipient, and how many there are.
fn recipients(app: &App, model: &Model, message: &Message) -> String {
    let events = || model.events_of(message);
    let first = events().find(is_outcome);
    let first = first.or_else(|| events().find(|event| is_named(model, event)));
    let Some(first) = first else {
        return "?".to_owned();
    };
    let name = person(
        app,
        model.strings.addresses.get(model.strings.recipient(&first)),
    );
    match message.recipients {
        0 | 1 => name,
        many => format!("({many}) {name}"),
    }
}

const fn is_outcome(event: &Event) -> bool {
    use crate::parse::Kind::{Deferral, Delivery, Discarded, Failure, Rejection, RetryWait};
    matches!(
        event.kind,
        Delivery | Deferral | RetryWait | Failure | Discarded | Rejection
    ) && !event.address.is_none()
}

/// A recipient that was taken; of its outcome nothing is told.
fn is_named(model: &Model, event: &Event) -> bool {
    event.kind == crate::parse::Kind::Note
        && event.direction() == Some(crate::parse::Direction::In)
        && model.remark(event).text.is_none()
        && !event.address.is_none()
}

fn person(app: &App, address: &[u8]) -> String {
    let clean = Clean::line(address);
    match app.mask() {
        Some(mask) => mask.address(&clean),
        None => clean.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_fit_their_cells_however_many_there_were() {
        let shown = [0, 1, 999, 1000, 3001, u16::MAX].map(count);
        assert_eq!(shown, ["", "1", "999", "1k", "3k", "65k"]);
    }
}
