//! The list of hosts or domains: its columns and rows.

use std::sync::Arc;

use ratatui::text::Span;

use crate::insight::posture::{Bucket, Level, Posture, SCALE};
use crate::model::Model;
use crate::query::eval::SortKey;
use crate::report::peer;
use crate::report::posture::{count, counts, trend, way};
use crate::report::shares::lengths;
use crate::tls::Grade;
use crate::ui::App;
use crate::ui::widgets::{Cell, Column, Columns, Width, badge, bar};

use super::time;

/// What the cells of a row are made from.
pub(super) struct HostRow<'a> {
    app: &'a App,
    model: &'a Model,
    posture: Arc<Posture>,
}

impl<'a> HostRow<'a> {
    /// The row with this number.
    pub(super) fn of(app: &'a App, model: &'a Model, number: u32) -> Option<Self> {
        let posture = app.peers.get(model, number)?;
        Some(Self {
            app,
            model,
            posture,
        })
    }
}

/// Columns go in the order series, bar, counts, time; never grade, name, direction, trend.
pub(super) fn columns<'a>(app: &App, total: usize) -> Columns<HostRow<'a>> {
    let cells = Width::Cells;
    let from = |least: usize, wide: usize| cells(if total >= least { wide } else { 0 });
    let name = match app.level {
        Level::Domain => "DOMAIN",
        _ => "HOST",
    };
    let columns = vec![
        Column::left("NOW", cells(4), HostRow::grade).sorted_by(SortKey::Grade),
        Column::left(name, Width::Rest, HostRow::name).sorted_by(SortKey::Name),
        Column::left("WAY", cells(3), HostRow::way),
        Column::left("SHARE", from(110, 8), HostRow::shares),
        Column::left("DELIVERIES", from(76, 18), HostRow::deliveries)
            .sorted_by(SortKey::Deliveries),
        Column::left("TREND", cells(11), HostRow::trend).sorted_by(SortKey::Trend),
        Column::left("OVER TIME", from(110, 12), HostRow::series),
        Column::right("LAST", from(60, time::NARROW), HostRow::last).sorted_by(SortKey::Last),
    ];
    Columns::fit(columns, total)
}

/// What stands in each column.
impl HostRow<'_> {
    fn grade(&self, _: usize) -> Cell {
        let badge = badge(self.app.theme(), self.posture.latest);
        Cell::Spans(vec![badge, Span::raw(" ")])
    }

    fn name(&self, _: usize) -> Cell {
        peer::name(&self.posture, self.app.mask()).into()
    }

    fn way(&self, _: usize) -> Cell {
        way(&self.posture).into()
    }

    /// The shares of the grades as letters, each share that exists with one letter at least.
    fn shares(&self, cells: usize) -> Cell {
        let (posture, theme) = (&self.posture, self.app.theme());
        let shares = SCALE.map(|grade| (grade, count(&posture.tally, posture.refused, grade)));
        let lengths = lengths(&shares.map(|(_, count)| count), cells);
        let present = shares
            .iter()
            .zip(&lengths)
            .filter(|(_, length)| **length > 0);
        let letters = present.map(|((grade, _), length)| {
            let letters = grade.letter().to_string().repeat(*length);
            Span::styled(letters, theme.grade(*grade))
        });
        let mut spans: Vec<Span<'static>> = letters.collect();
        let used: usize = lengths.iter().sum();
        spans.push(Span::raw(" ".repeat(cells.saturating_sub(used) + 1)));
        Cell::Spans(spans)
    }

    /// Deliveries and refusals by grade; waits where there is nothing else.
    fn deliveries(&self, cells: usize) -> Cell {
        let posture = &self.posture;
        let text = match (posture.deliveries(), posture.refused, posture.waits) {
            (0, 0, 1) => "1 wait".to_owned(),
            (0, 0, waits) => format!("{waits} waits"),
            (_, refused, _) => counts(&posture.tally, refused, cells),
        };
        text.into()
    }

    fn trend(&self, _: usize) -> Cell {
        trend(&self.posture).into()
    }

    /// The grade over time: the better, the higher.
    fn series(&self, cells: usize) -> Cell {
        let theme = self.app.theme();
        let postures = &self.app.peers.postures;
        let buckets = postures.series(self.model, &self.posture, postures.span, cells);
        let blocks = buckets.into_iter().map(|bucket| match bucket {
            Bucket::Nothing => Span::styled("·", theme.dim()),
            Bucket::Seen(grade) => Span::styled(height(grade), bar(theme, grade)),
        });
        Cell::Spans(blocks.chain([Span::raw(" ")]).collect())
    }

    /// When the host was last heard of.
    fn last(&self, cells: usize) -> Cell {
        let newest = self.model.newest();
        time::of_row(self.app, newest, self.posture.last, None, cells).into()
    }
}

const fn height(grade: Grade) -> &'static str {
    match grade {
        Grade::A => "█",
        Grade::B => "▇",
        Grade::S => "▆",
        Grade::C => "▄",
        Grade::D => "▃",
        Grade::E => "▂",
        Grade::F | Grade::Refused => "▁",
        Grade::Local | Grade::Unknown => "?",
    }
}
