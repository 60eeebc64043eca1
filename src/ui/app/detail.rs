//! The open detail of a row.

use std::sync::Arc;

use ratatui::text::Line;

use crate::insight::findings::FindingStory;
use crate::insight::posture::PostureStory;
use crate::insight::{ChainStory, JourneyStory, Timeline};
use crate::query::eval::Table;
use crate::text::Clean;

use super::{App, SPACIOUS, WIDE};
use crate::ui::views;

/// One line as it was written, and where.
#[derive(Clone, Debug)]
pub struct RawLine {
    /// The name of the file, without its folder.
    pub file: Clean,
    /// The number of the line, from 1.
    pub number: u32,
    /// The text, or why it cannot be read any more.
    pub text: Result<Clean, Clean>,
}

impl RawLine {
    /// What stands in its place on screen and in a copy.
    pub fn shown(&self) -> &str {
        let (Ok(text) | Err(text)) = &self.text;
        text.as_str()
    }
}

/// An entry of the list of what was not understood.
#[derive(Clone, Debug)]
pub enum NotUnderstood {
    /// How many lines, and why.
    Count(String),
    /// Why a line was not understood, and the line.
    Line(&'static str, RawLine),
}

/// Everything a detail shows, made once when it is opened.
#[derive(Clone, Debug)]
pub struct Detail {
    /// Table of the row.
    pub table: Table,
    /// The row.
    pub row: u32,
    /// The stories of the log messages: of the row itself, or of what its chain is joined with.
    pub timelines: Vec<Timeline>,
    /// The ways of these messages over several hosts.
    pub journeys: Vec<JourneyStory>,
    /// The posture, of a row of hosts.
    pub posture: Option<PostureStory>,
    /// The finding, of a row of findings.
    pub finding: Option<FindingStory>,
    /// The stories of the chains: of the row itself, or of what its message is joined with.
    pub chains: Vec<ChainStory>,
    /// The raw lines of the row; `None` until they are shown.
    pub raw: Option<Vec<RawLine>>,
    /// Rows of either table that belong to the same journey, the next one first.
    pub joined: Vec<(Table, u32)>,
}

/// A detail on screen.
#[derive(Clone, Debug)]
pub struct DetailState {
    /// What it shows.
    pub content: Arc<Detail>,
    /// The detail in lines that fit.
    pub lines: Arc<[Line<'static>]>,
    /// What the lines were made for.
    made_for: Option<MadeFor>,
    /// The chosen run of a posture.
    pub run: usize,
    /// Number of lines scrolled down.
    pub top: usize,
    /// Raw lines are shown instead of the story.
    pub raw: bool,
}

/// What the look of a detail depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct MadeFor {
    columns: usize,
    run: usize,
    theme: usize,
    raw: bool,
    masked: bool,
}

impl App {
    /// True when the raw lines are to be shown.
    pub fn wants_raw(&self) -> bool {
        self.raw_next || self.detail.as_ref().is_some_and(|detail| detail.raw)
    }

    /// Makes the lines of the open detail, where they are not made yet: a message may have thousands
    /// of events, and drawing must not take their time.
    pub(super) fn lay_out(&mut self) {
        let columns = usize::from(self.detail_width()) - usize::from(self.is_split());
        let Some(detail) = &self.detail else { return };
        let wanted = MadeFor {
            columns,
            run: detail.run,
            theme: self.theme,
            raw: detail.raw,
            masked: self.masked,
        };
        if detail.made_for == Some(wanted) {
            return;
        }
        let lines = views::detail::lines(self, detail, columns).into();
        if let Some(detail) = self.detail.as_mut() {
            detail.lines = lines;
            detail.made_for = Some(wanted);
        }
    }

    pub(super) fn show(&mut self, detail: Detail) {
        // A step to the next row keeps the way of looking; the same row anew keeps the place, too.
        let open = self.detail.take();
        let raw = std::mem::take(&mut self.raw_next) || open.as_ref().is_some_and(|open| open.raw);
        let same = |open: &DetailState| {
            (open.content.table, open.content.row) == (detail.table, detail.row) && open.raw == raw
        };
        let runs = detail
            .posture
            .as_ref()
            .map_or(0, |posture| posture.runs.len());
        let (run, top) = open
            .filter(same)
            .map_or((0, 0), |open| (open.run, open.top));
        self.detail = Some(DetailState {
            content: Arc::new(detail),
            lines: Arc::from([]),
            made_for: None,
            run: run.min(runs.saturating_sub(1)),
            top,
            raw,
        });
        self.scroll(0);
    }

    /// True when list and detail stand side by side.
    pub const fn is_split(&self) -> bool {
        self.size.0 >= WIDE
    }

    /// The table of the open detail.
    pub(super) fn detail_table(&self) -> Option<Table> {
        self.detail.as_ref().map(|detail| detail.content.table)
    }

    /// Columns that the detail has.
    pub const fn detail_width(&self) -> u16 {
        if self.is_split() {
            self.size.0 - self.size.0 * 2 / 5
        } else {
            self.size.0
        }
    }

    /// Lines that the detail has.
    pub fn detail_height(&self) -> usize {
        // Header and filter above, message line and footer below.
        usize::from(self.size.1.saturating_sub(4 + self.air())).max(1)
    }

    /// Empty lines below the filter: where there is room, it stands apart.
    pub const fn air(&self) -> u16 {
        if self.size.1 >= SPACIOUS { 1 } else { 0 }
    }

    pub(super) fn scroll(&mut self, by: isize) {
        self.lay_out();
        let height = self.detail_height();
        if let Some(detail) = self.detail.as_mut() {
            let last = detail.lines.len().saturating_sub(height);
            detail.top = detail.top.saturating_add_signed(by).min(last);
        }
    }
}
