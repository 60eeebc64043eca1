//! The list of loaded mails: its columns and rows.

use ratatui::text::Span;

use crate::model::{Evidence, Mail, MailGrades, Model};
use crate::query::eval::SortKey;
use crate::report::peer::Peer;
use crate::text::{Clean, clean, truncate_end};
use crate::tls::Grade;
use crate::ui::App;
use crate::ui::widgets::{Cell, Column, Columns, Width, badge};

use super::time;

/// What the cells of a row are made from.
pub(super) struct ChainRow<'a> {
    app: &'a App,
    mail: &'a Mail,
    grades: MailGrades,
    /// Time of the newest event of all.
    newest: i64,
    /// Time of the row above.
    above: Option<i64>,
}

impl<'a> ChainRow<'a> {
    /// The row of mail `number`, below the one of mail `above`.
    pub(super) fn of(
        app: &'a App,
        model: &'a Model,
        number: u32,
        above: Option<u32>,
    ) -> Option<Self> {
        let mail = model.mails.get(number as usize)?;
        Some(Self {
            app,
            mail,
            grades: mail.grades(&app.grades),
            newest: model.newest(),
            above: above.and_then(|row| model.mails.get(row as usize)?.time()),
        })
    }
}

/// Columns go in the order host, subject, hops.
pub(super) fn columns<'a>(total: usize) -> Columns<ChainRow<'a>> {
    let cells = Width::Cells;
    let wide = total >= 60;
    let time = if wide { time::WIDE } else { time::NARROW };
    let hops = if wide { 4 } else { 0 };
    let subject = if wide { Width::Rest } else { cells(0) };
    let host = if total >= 100 { 28.min(total / 5) } else { 0 };
    let columns = vec![
        Column::left("SEEN", cells(4), ChainRow::witnessed),
        Column::left("SAID", cells(4), ChainRow::claimed),
        Column::right("LAST", cells(time), ChainRow::last).sorted_by(SortKey::Last),
        Column::right("HOPS", cells(hops), ChainRow::hops),
        Column::left("FROM", Width::Rest, ChainRow::sender).sorted_by(SortKey::From),
        Column::left("SUBJECT", subject, ChainRow::subject),
        Column::left("HANDED OVER BY", cells(host), ChainRow::handed_over_by),
    ];
    Columns::fit(columns, total)
}

/// What stands in each column.
impl ChainRow<'_> {
    /// The grade that our own hosts witnessed.
    fn witnessed(&self, _: usize) -> Cell {
        self.badge(Some(self.grades.witnessed))
    }

    /// The grade that the headers of others claim, if they do.
    fn claimed(&self, _: usize) -> Cell {
        self.badge(self.grades.claimed)
    }

    fn badge(&self, grade: Option<Grade>) -> Cell {
        let badge = match grade {
            Some(grade) => badge(self.app.theme(), grade),
            None => Span::raw("    "),
        };
        Cell::Spans(vec![badge, Span::raw(" ")])
    }

    fn last(&self, cells: usize) -> Cell {
        match self.mail.time() {
            Some(time) => time::of_row(self.app, self.newest, time, self.above, cells).into(),
            None => "no time".into(),
        }
    }

    /// Hops that our own hosts wrote, and those of others: `1+2`.
    fn hops(&self, _: usize) -> Cell {
        let hops = &self.mail.hops;
        let own = hops.iter().filter(|hop| hop.evidence == Evidence::Own);
        match (own.count(), hops.len()) {
            (_, 0) => "0".into(),
            (own, all) => format!("{own}+{}", all - own).into(),
        }
    }

    fn sender(&self, _: usize) -> Cell {
        let sender = Clean::line(self.mail.sender());
        match self.app.mask() {
            Some(mask) => mask.address(&sender).into(),
            None => String::from(sender).into(),
        }
    }

    /// Cut at its end, as one reads it. What a bounce returned is another journey than the bounce.
    fn subject(&self, cells: usize) -> Cell {
        let returned = if self.mail.returned {
            "(returned) "
        } else {
            ""
        };
        if self.app.masked {
            return returned.trim_end().into();
        }
        let subject = format!("{returned}{}", clean(self.mail.subject().as_bytes()));
        truncate_end(&subject, cells).into_owned().into()
    }

    /// The host that handed the mail to the last one of the chain.
    fn handed_over_by(&self, _: usize) -> Cell {
        let hop = self.mail.hops.last();
        let name = hop.map(|hop| Peer::of_hop(hop).shown(self.app.mask()));
        name.unwrap_or_default().into()
    }
}
