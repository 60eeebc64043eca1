//! The rows of the message list.

use ratatui::text::{Line, Span};

use crate::model::{Event, Message, Model};
use crate::parse::Direction;
use crate::query::eval::SortKey;
use crate::text::{Clean, truncate_middle, width};
use crate::ui::App;
use crate::ui::widgets::{Align, Row, badge};

use super::list::Look;

/// Which columns there is room for, and how wide they are.
struct Columns {
    time: usize,
    id: usize,
    /// Envelope sender and recipient, or the recipient alone.
    route: usize,
    with_sender: bool,
    state: usize,
    tries: bool,
    waits: bool,
    peer: usize,
}

/// Gutter, badge and the space behind it.
const FIXED: usize = 2 + 5;

impl Columns {
    /// Columns go in the order peer, wait, sender; never grade, time, ID, recipient, state.
    fn of(total: usize, id: usize) -> Self {
        let mut columns = Self {
            time: if total < 60 { 8 } else { 15 },
            id,
            route: 0,
            with_sender: false,
            state: 9,
            tries: total >= 60,
            waits: total >= 90,
            peer: if total >= 110 { 28.min(total / 6) } else { 0 },
        };
        let counts = usize::from(columns.tries) * 4 + usize::from(columns.waits) * 5;
        let peer = if columns.peer > 0 {
            columns.peer + 1
        } else {
            0
        };
        let used = FIXED + columns.time + 1 + columns.id + 1 + columns.state + 1 + counts + peer;
        columns.route = total.saturating_sub(used + 1).max(8);
        columns.with_sender = columns.route >= 38;
        columns
    }
}

/// Queue IDs of the loaded logs: 16 columns, 23 where Exim's new ones occur.
fn id_width(model: &Model, rows: &[u32]) -> usize {
    let longest = rows
        .iter()
        .filter_map(|&row| model.messages.get(row))
        .map(|m| model.queue_id(m).len());
    longest.max().unwrap_or(16).clamp(10, 23)
}

fn columns(app: &App, model: &Model, total: usize) -> Columns {
    let list = app.list();
    let end = (list.top + app.list_height()).min(list.rows.len());
    let shown = list.rows.get(list.top..end).unwrap_or_default();
    Columns::of(total, id_width(model, shown))
}

pub(super) fn heads(app: &App, total: usize) -> Line<'static> {
    let columns = columns(app, &app.model(), total);
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
    let route = if columns.with_sender {
        format!("{} → TO", head("FROM", SortKey::From))
    } else {
        "TO".to_owned()
    };
    let mut row = Row::default()
        .space(2)
        .cell(&head("GRD", SortKey::Grade), 4, Align::Left, style)
        .cell(
            &head("LAST", SortKey::Last),
            columns.time,
            Align::Left,
            style,
        )
        .cell(&head("ID", SortKey::Id), columns.id, Align::Left, style)
        .cell(&route, columns.route, Align::Left, style)
        .cell(
            &head("STATE", SortKey::Status),
            columns.state,
            Align::Left,
            style,
        );
    if columns.tries {
        row = row.cell(&head("TRY", SortKey::Attempts), 3, Align::Right, style);
    }
    if columns.waits {
        row = row.cell(&head("WAIT", SortKey::Waits), 4, Align::Right, style);
    }
    if columns.peer > 0 {
        row = row.cell("PEER", columns.peer, Align::Left, style);
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
    let Some(message) = model.messages.get(number) else {
        return Line::default();
    };
    let theme = app.theme();
    let columns = columns(app, model, total);
    let style = if look.selected {
        theme.selection()
    } else {
        theme.text()
    };
    let grade = app.grades.message(number);
    let last = model.span_of(message).1;
    let previous = before
        .and_then(|row| model.messages.get(row))
        .map(|m| model.span_of(m).1);
    let id = Clean::line(model.queue_id(message));
    let mut row = Row::default()
        .span(look.gutter(app))
        .span(badge(theme, grade.grade))
        .span(Span::styled(
            if grade.incomplete { "~" } else { " " },
            theme.dim(),
        ))
        .cell(
            &super::story::stamp(app, model, last, previous, columns.time),
            columns.time,
            Align::Left,
            style,
        )
        .cell(&id, columns.id, Align::Left, style)
        .cell(
            &route(app, model, message, &columns),
            columns.route,
            Align::Left,
            style,
        )
        .cell(message.status.name(), columns.state, Align::Left, style);
    if columns.tries {
        row = row.cell(&count(message.attempts), 3, Align::Right, style);
    }
    if columns.waits {
        row = row.cell(&count(message.waits), 4, Align::Right, style);
    }
    if columns.peer > 0 {
        row = row.cell(&peer(model, message), columns.peer, Align::Left, style);
    }
    row.line()
}

fn count(number: u16) -> String {
    if number == 0 {
        String::new()
    } else {
        number.to_string()
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
    let first = model.events_of(message).find(|event| is_outcome(event));
    let Some(first) = first else {
        return "?".to_owned();
    };
    let name = person(app, model.strings.addresses.get(first.recipient()));
    match message.recipients {
        0 | 1 => name,
        many => format!("({many}) {name} …"),
    }
}

const fn is_outcome(event: &Event) -> bool {
    use crate::parse::Kind::{Deferral, Delivery, Discarded, Failure, Rejection, RetryWait};
    matches!(
        event.kind,
        Delivery | Deferral | RetryWait | Failure | Discarded | Rejection
    ) && !event.address.is_none()
}

fn person(app: &App, address: &[u8]) -> String {
    let clean = Clean::line(address);
    match app.mask() {
        Some(mask) => mask.address(&clean),
        None => clean.to_string(),
    }
}

/// The remote host of the latest leg: the one mail went to, else the one it came from.
fn peer(model: &Model, message: &Message) -> String {
    let mut found = None;
    for event in model
        .events_of(message)
        .filter(|event| !event.peer.is_none())
    {
        if event.direction() == Some(Direction::Out) || found.is_none() {
            found = Some(event.peer);
        }
    }
    found.map_or_else(String::new, |peer| {
        Clean::line(model.strings.endpoint(peer).label()).to_string()
    })
}
