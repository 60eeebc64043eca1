//! The message list: its columns and rows.

use ratatui::text::Span;

use crate::model::{Event, Message, MessageGrade, Model};
use crate::query::eval::SortKey;
use crate::report::peer::Peer;
use crate::text::{Clean, truncate_middle, width};
use crate::ui::App;
use crate::ui::widgets::{Cell, Column, Columns, Width, badge, rest};

use super::time;

/// What the cells of a row are made from.
pub(super) struct MessageRow<'a> {
    app: &'a App,
    model: &'a Model,
    number: u32,
    message: &'a Message,
    /// Time of the row above.
    above: Option<i64>,
}

impl<'a> MessageRow<'a> {
    /// The row of message `number`, below the one of message `above`.
    pub(super) fn of(
        app: &'a App,
        model: &'a Model,
        number: u32,
        above: Option<u32>,
    ) -> Option<Self> {
        let above = above.and_then(|above| model.messages.get(above));
        Some(Self {
            app,
            model,
            number,
            message: model.messages.get(number)?,
            above: above.map(|message| model.span_of(message).1),
        })
    }
}

/// The widths of the columns that may be left out; 0 leaves one out.
struct Widths {
    time: usize,
    id: usize,
    tries: usize,
    waits: usize,
    peer: usize,
}

/// Whom the column that takes the rest names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Route {
    Recipient,
    SenderAndRecipient,
}

/// With fewer cells than these for the recipient other columns go: it would say nothing.
const LEAST_ROUTE: usize = 14;
/// Least cells that have room for the sender as well.
const WITH_SENDER: usize = 38;

/// The columns of the rows that are on screen. They go in the order peer, waits, sender, ID with tries; never
/// grade, time, recipient, state. Without ID the list stands beside a detail that names it, or in a terminal
/// of some forty columns.
pub(super) fn columns<'a>(app: &App, model: &Model, total: usize) -> Columns<MessageRow<'a>> {
    let most = Widths {
        time: time::WIDE,
        id: id_width(app, model),
        tries: 3,
        waits: if total >= 90 { 4 } else { 0 },
        peer: if total >= 110 { 28.min(total / 6) } else { 0 },
    };
    let least = Widths {
        time: time::NARROW,
        id: 0,
        tries: 0,
        waits: 0,
        peer: 0,
    };
    let room = |widths: &Widths| rest(&described(widths, Route::Recipient), total);
    let widths = if room(&most) < LEAST_ROUTE {
        least
    } else {
        most
    };
    let route = if room(&widths) < WITH_SENDER {
        Route::Recipient
    } else {
        Route::SenderAndRecipient
    };
    Columns::fit(described(&widths, route), total)
}

fn described<'a>(widths: &Widths, route: Route) -> Vec<Column<MessageRow<'a>>> {
    let cells = Width::Cells;
    let route = match route {
        Route::Recipient => Column::left("TO", Width::Rest, MessageRow::recipient),
        Route::SenderAndRecipient => {
            Column::left("FROM → TO", Width::Rest, MessageRow::sender_and_recipient)
                .sorted_by(SortKey::From)
        }
    };
    vec![
        Column::left("GRD", cells(4), MessageRow::grade).sorted_by(SortKey::Grade),
        Column::right("LAST", cells(widths.time), MessageRow::last).sorted_by(SortKey::Last),
        Column::left("ID", cells(widths.id), MessageRow::id).sorted_by(SortKey::Id),
        route,
        Column::left("STATE", cells(9), MessageRow::state).sorted_by(SortKey::Status),
        Column::right("TRY", cells(widths.tries), MessageRow::tries).sorted_by(SortKey::Attempts),
        Column::right("WAIT", cells(widths.waits), MessageRow::waits).sorted_by(SortKey::Waits),
        Column::left("PEER", cells(widths.peer), MessageRow::peer),
    ]
}

/// Queue IDs on screen: 16 columns, 23 where Exim's new ones occur.
fn id_width(app: &App, model: &Model) -> usize {
    let list = app.list();
    let end = (list.top + app.list_height()).min(list.rows.len());
    let shown = list.rows.get(list.top..end).unwrap_or_default();
    let longest = shown
        .iter()
        .filter_map(|&row| model.messages.get(row))
        .map(|message| model.queue_id(message).len());
    longest.max().unwrap_or(16).clamp(10, 23)
}

/// What stands in each column.
impl MessageRow<'_> {
    /// The badge, and `~` behind it where not everything is known.
    fn grade(&self, _: usize) -> Cell {
        let theme = self.app.theme();
        let MessageGrade { grade, incomplete } = self.app.grades.message(self.number);
        let mark = if incomplete { "~" } else { " " };
        Cell::Spans(vec![badge(theme, grade), Span::styled(mark, theme.dim())])
    }

    /// When something was last heard of the message.
    fn last(&self, cells: usize) -> Cell {
        let (_, last) = self.model.span_of(self.message);
        time::of_row(self.app, self.model.newest(), last, self.above, cells).into()
    }

    fn id(&self, _: usize) -> Cell {
        Clean::line(self.model.queue_id(self.message))
            .to_string()
            .into()
    }

    fn recipient(&self, _: usize) -> Cell {
        self.recipient_text().into()
    }

    /// `sender → recipient`, both cut in the middle so that both domains stay readable.
    fn sender_and_recipient(&self, cells: usize) -> Cell {
        let recipient = self.recipient_text();
        let sender = self.message.sender;
        let sender = if sender.is_none() {
            "?".to_owned()
        } else {
            person(self.app, self.model.strings.addresses.get(sender))
        };
        let cells = cells.saturating_sub(3);
        let half = cells / 2;
        let room = half + half.saturating_sub(width(&recipient));
        let sender = truncate_middle(&sender, room).into_owned();
        let room = cells.saturating_sub(width(&sender));
        format!("{sender} → {}", truncate_middle(&recipient, room)).into()
    }

    fn state(&self, _: usize) -> Cell {
        self.message.status().name().into()
    }

    fn tries(&self, _: usize) -> Cell {
        count(self.message.attempts).into()
    }

    fn waits(&self, _: usize) -> Cell {
        count(self.message.waits).into()
    }

    /// The remote host, as it may be shown.
    fn peer(&self, _: usize) -> Cell {
        let peer = Peer::of_message(self.model, self.message);
        let name = peer.map(|peer| peer.shown(self.app.mask()));
        name.unwrap_or_default().into()
    }

    /// The first recipient, and how many there are.
    fn recipient_text(&self) -> String {
        let (model, message) = (self.model, self.message);
        let events = || model.events_of(message);
        let first = events().find(is_outcome);
        let first = first.or_else(|| events().find(|event| is_named(model, event)));
        let Some(first) = first else {
            return "?".to_owned();
        };
        let address = model.strings.addresses.get(model.strings.recipient(&first));
        let name = person(self.app, address);
        match message.recipients {
            0 | 1 => name,
            many => format!("({many}) {name}"),
        }
    }
}

/// A number of attempts in three cells; thousands are told where there are too many.
fn count(number: u16) -> String {
    match number {
        0 => String::new(),
        1..1000 => number.to_string(),
        _ => format!("{}k", number / 1000),
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
